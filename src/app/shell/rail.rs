//! Lessons in lecture order, notes, and the question for the room.

use std::sync::Arc;

use egui::{
    Align, Align2, CursorIcon, Frame, Id, Label, Layout, Margin, Panel, Response, RichText, Role,
    ScrollArea, Sense, Stroke, Ui,
};
use egui::{UiBuilder, WidgetInfo, vec2};

use super::Room;
use crate::app::actions::Action;
use crate::app::panels::Cx;
use crate::app::widgets::button::{Button, framed_icon_button};
use crate::app::widgets::{focus, key_chip, text};
use crate::app::{icons, theme};
use crate::lessons::{Lesson, chapter_name};

/// Usual height of a row, and least and usual distance of two, in points before the text scale.
const HIGH: f32 = 34.0;
const PITCH: (f32, f32) = (30.0, 41.0);
/// What the question for the room usually takes at the foot.
const ASK: f32 = 200.0;

/// Draws the rail.
pub fn rail(ui: &mut Ui, room: Room, lessons: &[Arc<Lesson>], open: usize, cx: &mut Cx<'_>) {
    if !room.names {
        numbers(ui, lessons, open, cx);
        return;
    }
    let here = lessons.get(open).map_or(0, |lesson| lesson.chapter);
    let rows = Rows::of(ui, lessons, here);
    let below = Panel::bottom("ask the room").frame(Frame::NONE).show_separator_line(false);
    below.resizable(false).show(ui, |ui| ask(ui, cx));
    let fetch = came(ui, open);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        let usual = ui.spacing().item_spacing.y;
        ui.spacing_mut().item_spacing.y = rows.gap;
        for (first, chapter) in chapters(lessons) {
            if heading(ui, rows.high, chapter, chapter == here) && chapter != here {
                cx.actions.push(Action::Lesson(first));
            }
            if chapter != here {
                continue;
            }
            for (index, lesson) in lessons.iter().enumerate().filter(|(_, l)| l.chapter == here) {
                let entry = entry(ui, rows.high, &lesson.arena.title, index == open);
                if index == open && fetch {
                    entry.scroll_to_me(None);
                }
                if entry.clicked() {
                    cx.actions.push(Action::Lesson(index));
                }
            }
        }
        ui.spacing_mut().item_spacing.y = usual;
        ui.add_space(14.0);
        notes(ui, cx.lesson);
    });
}

/// How high a row of the list is, and how far from the next one.
struct Rows {
    high: f32,
    gap: f32,
}

impl Rows {
    /// Long chapters stand closer, so that the notes below them can be read. It is the same for all
    /// lessons of a chapter: nothing moves under the hand that goes through them.
    fn of(ui: &Ui, lessons: &[Arc<Lesson>], here: usize) -> Self {
        let points = theme::scale(ui.ctx());
        let chapter = || lessons.iter().filter(|lesson| lesson.chapter == here);
        let notes = chapter().map(|lesson| notes_height(ui, lesson)).fold(0.0, f32::max);
        let count = chapters(lessons).len() + chapter().count();
        Self::sharing(ui.available_height() - ASK * points - notes, count, points)
    }

    /// `count` rows in `room` points.
    fn sharing(room: f32, count: usize, points: f32) -> Self {
        let pitch = (room / count.max(1) as f32).clamp(PITCH.0 * points, PITCH.1 * points);
        let gap = (pitch - HIGH * points).clamp(2.0 * points, (PITCH.1 - HIGH) * points);
        Self { high: pitch - gap, gap }
    }
}

/// Room that the notes of a lesson take, with what is above them.
fn notes_height(ui: &Ui, lesson: &Lesson) -> f32 {
    let (font, ink) = (theme::small(ui.ctx()), theme::tokens(ui.ctx()).text);
    let wide = ui.available_width();
    let all = lesson.notes.trim().split("\n\n").filter(|paragraph| !paragraph.is_empty());
    let high = |paragraph: &str| {
        ui.painter().layout(paragraph.replace('\n', " "), font.clone(), ink, wide).size().y + 11.0
    };
    all.map(high).sum::<f32>() + 44.0 * theme::scale(ui.ctx())
}

/// Whether another lesson or another height came since the last frame: only then the open lesson
/// is brought into view, so that a hand can scroll away from it.
fn came(ui: &Ui, open: usize) -> bool {
    let key = Id::unique("open lesson in the rail");
    let now = (open, ui.available_height() as i64);
    ui.data_mut(|data| {
        let before = data.get_temp::<(usize, i64)>(key);
        data.insert_temp(key, now);
        before != Some(now)
    })
}

/// Chapters that have lessons, each with its first one.
fn chapters(lessons: &[Arc<Lesson>]) -> Vec<(usize, usize)> {
    let mut chapters: Vec<(usize, usize)> =
        lessons.iter().enumerate().map(|(index, lesson)| (index, lesson.chapter)).collect();
    chapters.dedup_by_key(|(_, chapter)| *chapter);
    chapters
}

/// Numbers alone, for narrow windows: chapters, and the lessons of the open one.
fn numbers(ui: &mut Ui, lessons: &[Arc<Lesson>], open: usize, cx: &mut Cx<'_>) {
    let here = lessons.get(open).map_or(0, |lesson| lesson.chapter);
    let below = Panel::bottom("ask the room").frame(Frame::NONE).show_separator_line(false);
    below.resizable(false).show(ui, |ui| hand(ui, cx));
    let fetch = came(ui, open);
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.with_layout(Layout::top_down(Align::Center), |ui| {
            for (index, lesson) in lessons.iter().enumerate() {
                let begins = index == 0 || lessons[index - 1].chapter != lesson.chapter;
                let (number, title) = match lesson.chapter == here {
                    true if lesson.chapter > 0 => (
                        format!("{}.{}", lesson.chapter, lesson.order),
                        lesson.arena.title.as_str(),
                    ),
                    true => ("file".to_owned(), lesson.arena.title.as_str()),
                    false if begins => {
                        (format!("{:02}", lesson.chapter), chapter_name(lesson.chapter))
                    }
                    false => continue,
                };
                let button = Button::new(&number).on(index == open).show(ui).on_hover_text(title);
                if index == open && fetch {
                    button.scroll_to_me(Some(Align::Center));
                }
                if button.clicked() {
                    cx.actions.push(Action::Lesson(index));
                }
            }
        });
    });
}

/// The question for the room behind one button.
fn hand(ui: &mut Ui, cx: &mut Cx<'_>) {
    if cx.lesson.ask.is_empty() {
        return;
    }
    let answer = if cx.view.revealed { cx.lesson.reveal.as_str() } else { "Page Down answers." };
    let text = format!("{}\n{answer}", cx.lesson.ask);
    ui.vertical_centered(|ui| {
        let hand = framed_icon_button(ui, icons::HAND, "Ask the room").on_hover_text(text);
        if hand.clicked() {
            cx.actions.push(if cx.view.revealed { Action::Backward } else { Action::Forward });
        }
    });
}

/// A chapter; true if it was clicked.
fn heading(ui: &mut Ui, high: f32, chapter: usize, open: bool) -> bool {
    let t = theme::tokens(ui.ctx());
    let name = chapter_name(chapter);
    let size = vec2(ui.available_width(), high);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    if response.hovered() && !open {
        ui.painter().rect_filled(rect, 6.0, t.elev);
    }
    let number = if chapter > 0 { format!("{chapter:02}") } else { "  ".to_owned() };
    let number = text::elided(ui.painter(), &number, theme::code(ui.ctx()), t.text_weak, 40.0);
    let across = number.size().x + 10.0;
    text::place(ui.painter(), &number, rect.left_center(), Align2::LEFT_CENTER);
    let (font, ink) = match open {
        true => (theme::body_strong(ui.ctx()), t.text_strong),
        false => (theme::body(ui.ctx()), t.text),
    };
    let words = text::elided(ui.painter(), name, font, ink, rect.width() - across);
    let at = rect.left_center() + vec2(across, 0.0);
    text::place(ui.painter(), &words, at, Align2::LEFT_CENTER);
    focus::ring(ui, &response, rect, 6.0);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, open, name));
    response.on_hover_cursor(CursorIcon::PointingHand).clicked()
}

/// A lesson of the open chapter.
fn entry(ui: &mut Ui, high: f32, title: &str, open: bool) -> Response {
    let t = theme::tokens(ui.ctx());
    let size = vec2(ui.available_width(), high);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let inner = rect.with_min_x(rect.left() + 24.0);
    if open || response.hovered() {
        ui.painter().rect_filled(inner, 6.0, t.elev);
    }
    let edge = if open { t.accent } else { t.stroke };
    ui.painter().line_segment([inner.left_top(), inner.left_bottom()], Stroke::new(2.0, edge));
    let ink = if open { t.text_strong } else { t.text_weak };
    let room = inner.width() - 24.0;
    let words = text::elided(ui.painter(), title, theme::body(ui.ctx()), ink, room);
    let cut = words.elided;
    text::place(ui.painter(), &words, inner.left_center() + vec2(12.0, 0.0), Align2::LEFT_CENTER);
    focus::ring(ui, &response, rect, 6.0);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, open, title));
    let response = if cut { response.on_hover_text(title) } else { response };
    response.on_hover_cursor(CursorIcon::PointingHand)
}

fn notes(ui: &mut Ui, lesson: &Lesson) {
    if lesson.notes.trim().is_empty() {
        return;
    }
    let t = theme::tokens(ui.ctx());
    ui.label(RichText::new("Notes").font(theme::body_strong(ui.ctx())).color(t.text_strong));
    for paragraph in lesson.notes.trim().split("\n\n") {
        let text = paragraph.replace('\n', " ");
        let text = RichText::new(text).font(theme::small(ui.ctx())).color(t.text);
        ui.add(Label::new(text).wrap());
        ui.add_space(4.0);
    }
}

/// The question for the room; the answer waits for Page Down.
fn ask(ui: &mut Ui, cx: &mut Cx<'_>) {
    if cx.lesson.ask.is_empty() {
        return;
    }
    let t = theme::tokens(ui.ctx());
    let revealed = cx.view.revealed;
    let builder = UiBuilder::new().id_salt("ask the room").sense(Sense::click());
    let card = ui.scope_builder(builder, |ui| {
        let stroke = Stroke::new(1.0, t.stroke);
        let frame = Frame::new().fill(t.panel).stroke(stroke).corner_radius(8);
        frame.inner_margin(Margin::same(14)).show(ui, |ui| {
            ui.set_min_width(ui.available_width());
            ui.horizontal(|ui| {
                let hand = RichText::new(icons::HAND).font(theme::icon(ui.ctx(), 18.0));
                ui.label(hand.color(t.text_weak));
                let title = RichText::new("Ask the room").font(theme::small(ui.ctx()));
                ui.label(title.color(t.text_weak));
            });
            ui.add(Label::new(RichText::new(&cx.lesson.ask).color(t.text_strong)).wrap());
            if revealed {
                ui.add(Label::new(RichText::new(&cx.lesson.reveal).color(t.text)).wrap());
            } else {
                ui.horizontal(|ui| {
                    let hint = RichText::new("Reveal with").font(theme::small(ui.ctx()));
                    ui.label(hint.color(t.text_weak));
                    key_chip::key_chip(ui, "Page Down");
                });
            }
        });
    });
    card.response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Ask the room"));
    if card.response.clicked() {
        cx.actions.push(if revealed { Action::Backward } else { Action::Forward });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_closer_where_notes_need_the_room() {
        let rows = |room| {
            let Rows { high, gap } = Rows::sharing(room, 10, 1.0);
            (high, gap)
        };
        assert_eq!(rows(1000.0), (34.0, 7.0), "never wider than usual");
        assert_eq!(rows(380.0), (34.0, 4.0));
        assert_eq!(rows(330.0), (31.0, 2.0));
        assert_eq!(rows(-50.0), (28.0, 2.0), "nor closer than a hand can tell apart");
    }
}
