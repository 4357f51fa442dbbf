//! What stands in the picture of a film: title, legend, panels, clock, and at first a card that
//! says who runs and in what they differ. No control, no cursor: the panels are the window's own.

mod card;
mod seats;

use std::sync::Arc;

use egui::{Align2, Rect, Ui, UiBuilder, pos2};

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
use seats::seats;

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
/// Text scale: at 720 lines, the size of the lecture view; and where so many panels share the
/// picture that their words would not fit.
const SCALE: f32 = 1.1;
const CROWDED_SCALE: f32 = 0.8;
const CROWDED: usize = 5;

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
        if self.panels.len() < CROWDED { SCALE } else { CROWDED_SCALE }
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

    /// The same with run `run` selected: panels about one run show that one.
    pub fn of_run(mut self, run: usize) -> Self {
        self.view.run = run.min(self.snapshot.runs.len().saturating_sub(1));
        self
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
        let seats = seats(&ids, rect, &self.lesson.layout);
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

#[cfg(test)]
mod tests {
    use egui::vec2;

    use super::*;
    use crate::app::fonts;
    use crate::experiment::engine::Engine;
    use crate::experiment::take::Take;
    use crate::lessons;

    /// A film of a lesson after some steps, in so many points.
    fn film(id: &str, steps: u64) -> FilmView {
        let lesson = lessons::find(id).unwrap();
        let mut engine = Engine::for_film(&Take::from_start(lesson.arena.clone()), 1).unwrap();
        engine.pass(steps);
        let script = Script {
            title: id.to_owned(),
            caption: String::new(),
            panels: Script::panels_of(&lesson),
            theme: Theme::Dark,
            numbers: false,
            card: false,
        };
        let run = lesson.run;
        FilmView::new(engine.film_snapshot(), Arc::new(lesson), script, 30, 30).of_run(run)
    }

    #[test]
    fn it_shows_the_run_that_is_asked_for_if_there_is_one() {
        let film = film("value-equivalent", 0);
        assert_eq!(film.view.run, 0, "A, as the lesson says");
        assert_eq!(film.of_run(99).view.run, 2, "else the last");
    }

    #[test]
    fn panels_stay_in_their_seats_where_many_share_the_picture() {
        let (ctx, mut film) = (egui::Context::default(), film("five-agents", 40));
        fonts::install(&ctx);
        theme::install(&ctx, Theme::Dark, film.script.scale());
        let screen = Rect::from_min_size(egui::Pos2::ZERO, vec2(1280.0, 720.0));
        for _ in 0..3 {
            let input = egui::RawInput { screen_rect: Some(screen), ..Default::default() };
            let _ = ctx.run_ui(input, |ui| {
                let ids: Vec<PanelId> = film.panels.iter().map(|(id, _)| *id).collect();
                let seats = seats(&ids, screen.shrink(EDGE), &film.lesson.layout);
                let mut actions = Actions::new();
                for ((id, panel), seat) in film.panels.iter_mut().zip(&seats) {
                    let mut cx = Cx {
                        snapshot: &film.snapshot,
                        view: &film.view,
                        lesson: &film.lesson,
                        actions: &mut actions,
                        bare: false,
                    };
                    let builder = UiBuilder::new().id_salt(*id as usize).max_rect(*seat);
                    let mut child = ui.new_child(builder);
                    panel.ui(&mut child, &mut cx);
                    let drawn = child.min_rect();
                    assert!(drawn.right() <= seat.right() + 1.0, "{id:?}: {drawn} in {seat}");
                }
            });
        }
    }
}
