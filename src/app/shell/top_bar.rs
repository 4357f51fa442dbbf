//! Name, place in the lecture, the legend of real and imagined, and how things look.

use egui::{Align, Label, Layout, Pos2, RichText, Sense, Stroke, Ui, vec2};

use super::Room;
use crate::app::actions::Action;
use crate::app::panels::Cx;
use crate::app::widgets::button::{Button, framed_icon_button};
use crate::app::widgets::source::Source;
use crate::app::widgets::{dashes, legend};
use crate::app::{icons, theme};
use crate::lessons::chapter_name;

/// Draws the bar's contents.
pub fn top_bar(ui: &mut Ui, room: Room, cx: &mut Cx<'_>) {
    let t = theme::tokens(ui.ctx());
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.add_space(16.0);
        logo(ui);
        if room.names {
            ui.add_space(4.0);
            ui.label(
                RichText::new("Imaginarium")
                    .font(theme::body_strong(ui.ctx()))
                    .color(t.text_strong),
            );
            ui.add_space(60.0);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(16.0);
            switches(ui, room, cx);
            ui.add_space(12.0);
            // From right to left, so that real stands first.
            legend::entry(ui, Source::Imagined, "imagined");
            ui.add_space(8.0);
            legend::entry(ui, Source::Real, "real");
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| breadcrumbs(ui, cx));
        });
    });
}

fn breadcrumbs(ui: &mut Ui, cx: &Cx<'_>) {
    let t = theme::tokens(ui.ctx());
    let chapter = chapter_name(cx.lesson.chapter);
    let weak = |s: &str| RichText::new(s.to_owned()).color(t.text_weak);
    if ui.available_width() > 340.0 * theme::scale(ui.ctx()) {
        ui.label(weak(chapter));
        ui.label(weak("/"));
    }
    let title = RichText::new(&cx.snapshot.title).font(theme::body_strong(ui.ctx()));
    ui.add(Label::new(title.color(t.text_strong)).truncate());
}

/// From right to left.
fn switches(ui: &mut Ui, room: Room, cx: &mut Cx<'_>) {
    if !room.side {
        let open = cx.view.side_open;
        let button = Button::new("Parameters and code").icon(icons::SIDEBAR).on(open);
        if button.show(ui).on_hover_text("S").clicked() {
            cx.actions.push(Action::Side(!open));
        }
    }
    let keys = if room.names {
        Button::new("Keys  F1").icon(icons::KEYBOARD).show(ui)
    } else {
        framed_icon_button(ui, icons::KEYBOARD, "Keys (F1)")
    };
    if keys.clicked() {
        cx.actions.push(Action::Keys(!cx.view.keys_open));
    }
    let theme_icon = if theme::tokens(ui.ctx()).dark { icons::MOON } else { icons::SUN };
    let theme_button = if room.names {
        Button::new(cx.view.theme.label()).icon(theme_icon).show(ui).on_hover_text("Next theme (T)")
    } else {
        framed_icon_button(ui, theme_icon, "Next theme (T)")
    };
    if theme_button.clicked() {
        cx.actions.push(Action::Theme(cx.view.theme.next()));
    }
    let scale = format!("Text {:.1}", cx.view.text_scale);
    let text = if room.names {
        Button::new(&scale)
            .icon(icons::TEXT_SIZE)
            .show(ui)
            .on_hover_text("Larger text (Ctrl + and −)")
    } else {
        framed_icon_button(ui, icons::TEXT_SIZE, "Larger text (Ctrl + and −)")
    };
    if text.clicked() {
        let next = if cx.view.text_scale > 1.55 { 1.0 } else { cx.view.text_scale + 0.2 };
        cx.actions.push(Action::TextScale(next));
    }
    let lecture = if room.names {
        Button::new("Lecture").icon(icons::EYE).show(ui).on_hover_text("Big type, no controls (L)")
    } else {
        framed_icon_button(ui, icons::EYE, "Lecture view (L)")
    };
    if lecture.clicked() {
        cx.actions.push(Action::Lecture(true));
    }
}

/// A real disc and the dashed outline of the same disc imagined.
fn logo(ui: &mut Ui) {
    let t = theme::tokens(ui.ctx());
    let points = theme::scale(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(vec2(32.0, 22.0) * points, Sense::hover());
    let radius = 7.0 * points;
    let dream = rect.center() + vec2(6.0 * points, 0.0);
    let circle: Vec<Pos2> = (0..=40)
        .map(|i| std::f32::consts::TAU * i as f32 / 40.0)
        .map(|a| dream + radius * vec2(a.cos(), a.sin()))
        .collect();
    dashes::paint(ui.painter(), &circle, Stroke::new(2.0 * points, t.imagined), 4.0, 3.0);
    ui.painter().circle_filled(rect.center() - vec2(5.0 * points, 0.0), radius, t.real);
}
