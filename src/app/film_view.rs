//! What stands in the picture of a film: title, legend, panels, clock, and at first a card that
//! says who runs and in what they differ. No control, no cursor: the panels are the window's own.

mod card;

use std::sync::Arc;

use egui::{Align2, Rect, Ui, UiBuilder, pos2, vec2};

use super::actions::Actions;
use super::panels::{Cx, Panel, PanelId};
use super::theme::{self, Theme};
use super::view::View;
use super::widgets::source::Source;
use super::widgets::{badge, legend, text};
use super::words;
use crate::experiment::snapshot::Snapshot;
use crate::lessons::Lesson;
use crate::lessons::layout::Layout;

pub use card::differences;

/// Seconds the card stays, and the part of them in which it goes.
const CARD: f32 = 3.0;
const FADE: f32 = 0.35;
/// Part of a film the card may take at most.
const CARD_SHARE: f32 = 0.25;
/// Edge of the picture and gap between panels, in points.
const EDGE: f32 = 16.0;
const GAP: f32 = 12.0;
/// Height of the lines above and below the panels, before the text scale.
const HEAD: f32 = 36.0;
const FOOT: f32 = 26.0;
/// Text scale: at 720 lines, the size of the lecture view.
const SCALE: f32 = 1.1;

/// What a film shows.
#[derive(Clone, Debug)]
pub struct Script {
    /// Over the panels.
    pub title: String,
    /// Beside the title; may be empty.
    pub caption: String,
    /// From top to bottom.
    pub panels: Vec<PanelId>,
    /// Colours.
    pub theme: Theme,
    /// Numbers instead of arrows in the cells.
    pub numbers: bool,
    /// Whether it begins with a card.
    pub card: bool,
}

impl Script {
    /// The panels a film of `lesson` has if nobody chooses: those of the lesson that need no hand,
    /// of the usual three curves the two that say most.
    pub fn panels_of(lesson: &Lesson) -> Vec<PanelId> {
        let usual = lesson.layout == Layout::default();
        let handy = |id: &PanelId| matches!(id, PanelId::Cell | PanelId::Log | PanelId::Futures);
        let panels = lesson.layout.panels().filter(|id| !handy(id));
        panels.filter(|&id| !usual || id != PanelId::Reward).collect()
    }

    /// Text scale.
    pub fn scale(&self) -> f32 {
        SCALE
    }
}

/// The picture, from tick to tick.
pub struct FilmView {
    snapshot: Arc<Snapshot>,
    lesson: Arc<Lesson>,
    script: Script,
    panels: Vec<(PanelId, Box<dyn Panel>)>,
    view: View,
    fps: f32,
    frames: u64,
    frame: u64,
    /// One panel and nothing else.
    bare: bool,
}

impl FilmView {
    /// The first picture of a film of `frames` pictures.
    pub fn new(
        snapshot: Snapshot,
        lesson: Arc<Lesson>,
        script: Script,
        fps: u32,
        frames: u64,
    ) -> Self {
        let view =
            View { theme: script.theme, still: true, numbers: script.numbers, ..View::default() };
        let panels = script.panels.iter().map(|&id| (id, id.open())).collect();
        let (snapshot, fps) = (Arc::new(snapshot), fps as f32);
        Self { snapshot, lesson, script, panels, view, fps, frames, frame: 0, bare: false }
    }

    /// One panel alone at one moment, as the window has it.
    pub fn panel(snapshot: Arc<Snapshot>, lesson: Arc<Lesson>, id: PanelId, view: View) -> Self {
        let script = Script {
            title: String::new(),
            caption: String::new(),
            panels: vec![id],
            theme: view.theme,
            numbers: view.numbers,
            card: false,
        };
        let panels = vec![(id, id.open())];
        let view = View { still: true, ..view };
        let (fps, frames, frame) = (1.0, 1, 0);
        Self { snapshot, lesson, script, panels, view, fps, frames, frame, bare: true }
    }

    /// The next picture.
    pub fn show(&mut self, snapshot: Snapshot, frame: u64) {
        self.snapshot = Arc::new(snapshot);
        self.frame = frame;
    }

    /// Draws it.
    pub fn ui(&mut self, ui: &mut Ui) {
        let points = theme::scale(ui.ctx());
        let all = ui.ctx().content_rect();
        let inner = all.shrink(EDGE);
        if self.bare {
            self.pictures(ui, inner);
            return;
        }
        let head = inner.with_max_y(inner.top() + HEAD * points);
        let foot = inner.with_min_y(inner.bottom() - FOOT * points);
        self.head(ui, head);
        self.foot(ui, foot);
        let middle = inner.with_min_y(head.bottom() + 4.0).with_max_y(foot.top() - GAP);
        let last = self.pictures(ui, middle);
        let opacity = self.card_opacity();
        if opacity > 0.0 {
            card::card(ui, last, &self.snapshot, &self.script, opacity);
        }
    }

    /// How much of the card is left.
    fn card_opacity(&self) -> f32 {
        let length = self.frames as f32 / self.fps;
        let until = CARD.min(CARD_SHARE * length);
        let left = until - self.frame as f32 / self.fps;
        if self.script.card { (left / FADE.min(until).max(1e-3)).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// Title, caption, and the legend of real and imagined.
    fn head(&self, ui: &mut Ui, rect: Rect) {
        let ctx = ui.ctx().clone();
        let (t, points) = (theme::tokens(&ctx), theme::scale(&ctx));
        let painter = ui.painter().clone();
        let body = theme::body(&ctx);
        let (sample, gap) = (44.0 * points, 8.0 * points);
        let mut right = rect.right();
        for (source, word) in [(Source::Imagined, "imagined"), (Source::Real, "real")] {
            let word = text::line(&painter, word, body.clone(), t.text);
            right -= word.size().x;
            let at = pos2(right, rect.center().y);
            text::place(&painter, &word, at, Align2::LEFT_CENTER);
            right -= sample + gap;
            legend::paint_sample(&painter, pos2(right, rect.center().y), sample, source);
            right -= 20.0 * points;
        }
        let room = right - rect.left();
        let font = theme::hero_words(&ctx);
        let title = text::elided(&painter, &self.script.title, font, t.text_strong, room);
        let words = text::place(&painter, &title, rect.left_center(), Align2::LEFT_CENTER);
        let room = right - words.right() - 14.0 * points;
        if !self.script.caption.is_empty() && room > 120.0 * points {
            let caption = text::elided(&painter, &self.script.caption, body, t.text_weak, room);
            let baseline = words.top() + text::ascent(&title);
            text::place_on(&painter, &caption, words.right() + 14.0 * points, baseline);
        }
    }

    /// Clock, how far along it is, and what tells the runs apart.
    fn foot(&self, ui: &mut Ui, rect: Rect) {
        let ctx = ui.ctx().clone();
        let (t, points) = (theme::tokens(&ctx), theme::scale(&ctx));
        let painter = ui.painter().clone();
        let place = words::place(&self.snapshot);
        let place = text::line(&painter, &place, theme::number(&ctx), t.text_strong);
        text::place(&painter, &place, rect.left_center(), Align2::LEFT_CENTER);
        let left = rect.left() + place.size().x.max(190.0 * points) + 16.0 * points;
        let right = self.parameters(ui, rect, left + 120.0 * points);
        let (y, half) = (rect.center().y, 1.5 * points);
        let line = |to: f32| Rect::from_min_max(pos2(left, y - half), pos2(to, y + half));
        let end = right - 20.0 * points;
        painter.rect_filled(line(end), half, t.stroke);
        let s = &self.snapshot;
        let share = (s.position.count as f32 / s.limit.max(1) as f32).min(1.0);
        painter.rect_filled(line(left + share * (end - left)), half, t.text_strong);
    }

    /// The parameters that differ, each run's value beside its badge, as many as fit to the right
    /// of `least`. Returns where they begin.
    fn parameters(&self, ui: &Ui, rect: Rect, least: f32) -> f32 {
        let ctx = ui.ctx();
        let (t, points) = (theme::tokens(ctx), theme::scale(ctx));
        let painter = ui.painter();
        let mut right = rect.right();
        for (label, values) in differences(&self.snapshot) {
            let label = text::line(painter, &label, theme::body(ctx), t.text_weak);
            let number = |v: &String| text::line(painter, v, theme::number(ctx), t.text_strong);
            let values: Vec<_> = values.iter().map(number).collect();
            let (side, gap) = (badge::SIDE * points, 6.0 * points);
            let cells = values.iter().map(|v| side + gap + v.size().x + 2.0 * gap);
            let width = label.size().x + 2.0 * gap + cells.sum::<f32>();
            if right - width < least {
                break;
            }
            let y = rect.center().y;
            let mut x = right - width;
            right = x - 20.0 * points;
            text::place(painter, &label, pos2(x, y), Align2::LEFT_CENTER);
            x += label.size().x + 2.0 * gap;
            for (run, value) in values.iter().enumerate() {
                badge::paint(painter, pos2(x + side / 2.0, y), run);
                x += side + gap;
                text::place(painter, value, pos2(x, y), Align2::LEFT_CENTER);
                x += value.size().x + 2.0 * gap;
            }
        }
        right
    }

    /// All panels. Returns where the last row lies, for the card.
    fn pictures(&mut self, ui: &mut Ui, rect: Rect) -> Rect {
        let ids: Vec<PanelId> = self.panels.iter().map(|(id, _)| *id).collect();
        let seats = seats(&ids, rect);
        let mut actions = Actions::new();
        for ((id, panel), seat) in self.panels.iter_mut().zip(&seats) {
            let mut cx = Cx {
                snapshot: &self.snapshot,
                view: &self.view,
                lesson: &self.lesson,
                actions: &mut actions,
                bare: false,
            };
            let builder = UiBuilder::new().id_salt(*id as usize).max_rect(*seat);
            panel.ui(&mut ui.new_child(builder), &mut cx);
        }
        let bottom = seats.iter().map(|s| s.top()).fold(rect.top(), f32::max);
        let low = rect.with_min_y(bottom.max(rect.top() + 0.55 * rect.height()));
        if low.top() > bottom + 1.0 { low } else { rect.with_min_y(bottom) }
    }
}

/// Panels that say what they have to say in little height.
const CURVES: [PanelId; 3] = [PanelId::Steps, PanelId::Reward, PanelId::Price];

/// Where panels lie: the mazes over the whole width, the others in a row below.
fn seats(ids: &[PanelId], rect: Rect) -> Vec<Rect> {
    let upright = rect.height() > rect.width();
    let others: Vec<PanelId> = ids.iter().copied().filter(|&id| id != PanelId::Mazes).collect();
    let mazes = others.len() < ids.len();
    let share = match (mazes, others.len()) {
        (true, 0) => 1.0,
        (true, _) if upright || !others.iter().all(|id| CURVES.contains(id)) => 0.5,
        (true, _) => 0.65,
        (false, _) => 0.0,
    };
    let split = rect.top() + share * rect.height();
    let rest = if mazes { rect.with_min_y(split + GAP) } else { rect };
    // Two rows where panels have no mazes above them.
    let rows = if upright {
        others.len()
    } else if mazes || others.len() < 3 {
        1
    } else {
        2
    };
    let columns = others.len().div_ceil(rows.max(1)).max(1);
    let mut next = 0;
    let seat = |id: &PanelId| {
        if *id == PanelId::Mazes {
            return rect.with_max_y(split);
        }
        let (row, column) = (next / columns, next % columns);
        next += 1;
        cell(rest, (row, rows.max(1)), column, &widths(&others, columns))
    };
    ids.iter().map(seat).collect()
}

/// Curves need more width than a slope chart, and four small maps beside each other more still.
fn widths(ids: &[PanelId], columns: usize) -> Vec<f32> {
    let share = |id: &PanelId| match id {
        PanelId::Price => 0.62,
        PanelId::Wall => 1.8,
        _ => 1.0,
    };
    let shares: Vec<f32> = match ids.len() == columns {
        true => ids.iter().map(share).collect(),
        false => vec![1.0; columns],
    };
    let sum: f32 = shares.iter().sum();
    shares.iter().map(|s| s / sum).collect()
}

/// One cell of a grid with gaps.
fn cell(rect: Rect, (row, rows): (usize, usize), column: usize, widths: &[f32]) -> Rect {
    let across = rect.width() - GAP * (widths.len() - 1) as f32;
    let high = (rect.height() - GAP * (rows - 1) as f32) / rows as f32;
    let before: f32 = widths[..column].iter().sum();
    let left = rect.left() + across * before + GAP * column as f32;
    let top = rect.top() + (high + GAP) * row as f32;
    Rect::from_min_size(pos2(left, top), vec2(across * widths[column], high))
}
