//! Which loop failed: what is missing to the best return, split into what the model costs and what
//! planning in it costs.

use std::borrow::Cow;

use egui::{
    Align2, CornerRadius, Painter, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use super::asked::{Asked, Moment};
use super::plot::round_up;
use super::{Cx, Panel, PanelId, framed, weak};
use crate::app::theme::{self, Tokens};
use crate::app::widgets::{badge, dashes, text};
use crate::app::words::value;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::probes::shortfall::{Shortfall, has_model};

/// Most room a run takes, in points before the text scale.
const ROW: f32 = 118.0;
/// Room at the top for the formula.
const HEAD: f32 = 54.0;
/// Seconds between two measurements while time passes.
const EVERY: f64 = 0.4;
/// What arenas without a model of listed states are told.
const EMPTY: &str = "Needs a run that learns a model of a world of at most 110 listed states.";
/// The split, longer and shorter.
const SPLIT: [&str; 2] = [
    "V* − V(π)  =  [ V* − V(π̂*) ]  +  [ V(π̂*) − V(π) ]: shortfall = model error + planning error",
    "V* − V(π) = [V* − V(π̂*)] + [V(π̂*) − V(π)]",
];
/// What its letters mean.
const LETTERS: [&str; 2] = [
    "all in the true world, from the start. π: what it does, without noise. π̂*: what is best in its model",
    "true values. π: what it does; π̂*: best in its model",
];

/// What a planning error below 0 means.
const GAINED: [&str; 2] = [
    "frame, below 0: what it does is better than what is best in its model, by so much",
    "frame, below 0: better than its model's best",
];
/// Less than this share of the best is nothing.
const SMALL: f64 = 0.01;

/// One for each run: what was measured; `None` without a model.
type Found = Vec<Option<Shortfall>>;

/// What is measured: the runs of one arena; `None` for those that stopped.
#[derive(Clone, PartialEq)]
struct Question {
    generation: u64,
    runs: Vec<Option<Moment>>,
}

impl Question {
    fn of(s: &Snapshot) -> Self {
        let run = |run: &RunSnapshot| run.failure.is_none().then(|| Moment::of(run));
        Self { generation: s.generation, runs: s.runs.iter().map(run).collect() }
    }

    fn measure(&self) -> Found {
        let one = |run: &Moment| Shortfall::of(&run.truth, &run.lane.view, run.gamma);
        self.runs.iter().map(|run| one(run.as_ref()?)).collect()
    }
}

/// The panel, and what was measured last.
#[derive(Clone, Default)]
pub struct WhichLoop {
    asked: Asked<Question, Found>,
}

impl WhichLoop {
    /// What was measured of these runs, now or a little earlier.
    fn found(&self, s: &Snapshot) -> Option<&Found> {
        let of = |q: &Question| q.generation == s.generation && q.runs.len() == s.runs.len();
        self.asked.known().filter(|(question, _)| of(question)).map(|(_, found)| found)
    }

    /// The same, measured now where nothing was shown yet.
    fn shown(&self, s: &Snapshot) -> Cow<'_, Found> {
        match self.found(s) {
            Some(found) => Cow::Borrowed(found),
            None => Cow::Owned(Question::of(s).measure()),
        }
    }

    fn draw(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let s = cx.snapshot;
        if !s.runs.iter().any(|run| has_model(&run.lane.view)) {
            return weak(ui, EMPTY);
        }
        let pace = if s.playing { EVERY } else { 0.0 };
        self.asked.ask((ui.ctx(), cx.view), &Question::of(s), pace, Question::measure);
        let Some(found) = self.found(s) else {
            return weak(ui, "The policies are being evaluated.");
        };
        if found.iter().all(Option::is_none) {
            return weak(ui, EMPTY);
        }
        let spoken = spoken(s, found);
        let (response, painter) = ui.allocate_painter(ui.available_size(), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
        paint(&painter, response.rect, s, found);
    }
}

/// The formula, then a row for each run on one scale.
fn paint(painter: &Painter, rect: Rect, s: &Snapshot, found: &Found) {
    let ctx = painter.ctx();
    let (t, points) = (theme::tokens(ctx), theme::scale(ctx));
    let wide = rect.width();
    let split = text::fitted(painter, &SPLIT, &theme::body(ctx), t.text_strong, wide);
    let seat = text::place(painter, &split, rect.min, Align2::LEFT_TOP);
    let letters = text::fitted(painter, &LETTERS, &theme::small(ctx), t.text_weak, wide);
    text::place(painter, &letters, seat.left_bottom() + vec2(0.0, 2.0), Align2::LEFT_TOP);
    let all = || found.iter().flatten().flat_map(|f| [f.best, f.planned, f.own]);
    let most = all().fold(0.0_f64, |most, x| most.max(x.abs()));
    let most = if most > 0.0 { round_up(most) } else { 1.0 };
    let low = if all().any(|x| x < 0.0) { -most } else { 0.0 };
    let high = if all().any(|x| x > 0.0) || low == 0.0 { most } else { 0.0 };
    let top = rect.top() + HEAD * points;
    let row = ((rect.bottom() - top) / found.len().max(1) as f32).min(ROW * points);
    for (index, (run, found)) in s.runs.iter().zip(found).enumerate() {
        let y = top + row * index as f32;
        let seat = Rect::from_min_max(pos2(rect.left(), y), pos2(rect.right(), y + row));
        badge::paint(painter, pos2(rect.left() + 11.0 * points, y + 13.0 * points), index);
        let name = pos2(rect.left() + 32.0 * points, y + 13.0 * points);
        let words = match found {
            Some(found) => format!("{}: {}", run.name, verdict(found)),
            None => format!("{}: nothing to split", run.name),
        };
        let room = rect.right() - name.x;
        let words = text::elided(painter, &words, theme::body(ctx), t.text, room);
        text::place(painter, &words, name, Align2::LEFT_CENTER);
        if let Some(found) = found {
            let field =
                seat.with_min_y(y + 28.0 * points).with_min_x(name.x).shrink2(vec2(2.0, 4.0));
            Bar { painter, t: &t, points, field, ends: (low, high) }.paint(found);
        }
    }
}

/// The bar of a run.
struct Bar<'a> {
    painter: &'a Painter,
    t: &'a Tokens,
    points: f32,
    field: Rect,
    ends: (f64, f64),
}

impl Bar<'_> {
    fn x(&self, worth: f64) -> f32 {
        let share = (worth - self.ends.0) / (self.ends.1 - self.ends.0);
        // Room for the number at the right end.
        self.field.left() + (self.field.width() - 74.0 * self.points) * share as f32
    }

    /// Above, solid, what it truly earns; below it, on the same scale, from there back to the best:
    /// what planning costs, then what the model does.
    fn paint(&self, found: &Shortfall) {
        let high = (0.34 * self.field.height()).clamp(12.0, 28.0 * self.points);
        let (top, bottom) = (self.field.top(), self.field.top() + high);
        let part = |a: f64, b: f64, [from, to]: [f32; 2]| {
            let (a, b) = (self.x(a.min(b)), self.x(a.max(b)));
            Rect::from_min_max(pos2(a, top + from * high), pos2(b, top + to * high))
        };
        let (above, below) = ([0.0, 0.52], [0.6, 1.0]);
        let lived = part(self.ends.0.min(0.0), found.own, above);
        self.painter.rect_filled(lived, 2, self.t.real);
        self.model_error(part(found.planned, found.best, below));
        self.planning_error(part(found.own, found.planned, below), found.planning_error());
        let best = self.x(found.best);
        let line = [pos2(best, top - 4.0), pos2(best, bottom + 4.0)];
        self.painter.line_segment(line, Stroke::new(2.0, self.t.text_strong));
        let ctx = self.painter.ctx();
        let words = text::line(
            self.painter,
            &format!("V* {}", value(found.best)),
            theme::tick_strong(ctx),
            self.t.text_strong,
        );
        let at = pos2(best + 6.0, 0.5 * (top + bottom));
        text::place(self.painter, &words, at, Align2::LEFT_CENTER);
        self.numbers(found, bottom + 4.0);
    }

    fn model_error(&self, model: Rect) {
        if model.width() > 1.0 {
            self.painter.rect_filled(model, 2, self.t.imagined.gamma_multiply(0.32));
            let edge = Stroke::new(1.5, self.t.imagined);
            dashes::paint_box(self.painter, model, CornerRadius::same(2), edge);
        }
    }

    /// Filled where planning costs something; where it earns more than the best plan of its model, a
    /// frame alone, over what the model error counts and nobody misses.
    fn planning_error(&self, planning: Rect, error: f64) {
        if planning.width() <= 1.0 {
            return;
        }
        if error > 0.0 {
            self.painter.rect_filled(planning, 2, self.t.text_weak.gamma_multiply(0.45));
            return;
        }
        let inside = planning.shrink2(vec2(0.0, 3.0));
        let stroke = Stroke::new(1.5, self.t.text_strong);
        self.painter.rect_stroke(inside, 2, stroke, StrokeKind::Inside);
    }

    /// The three parts in numbers, each in the ink of its piece and beside a sample of it.
    fn numbers(&self, found: &Shortfall, top: f32) {
        let gains = found.planning_error() < -SMALL * found.best.abs().max(1e-9);
        let planning = format!("planning error {}", value(found.planning_error()));
        let parts = [
            (format!("earns {}", value(found.own)), self.t.real_text),
            (planning, self.t.text),
            (format!("model error {}", value(found.model_error())), self.t.imagined_text),
        ];
        let font = theme::tick_strong(self.painter.ctx());
        let mut at = pos2(self.field.left(), top);
        for (index, (words, ink)) in parts.into_iter().enumerate() {
            let words = text::line(self.painter, &words, font.clone(), ink);
            let sample = 16.0 * self.points;
            if at.x + sample + words.size().x > self.field.right() {
                at = Pos2::new(self.field.left(), at.y + words.size().y);
            }
            if at.y + words.size().y > self.field.bottom() + 4.0 {
                return;
            }
            let middle = pos2(at.x + 5.0 * self.points, at.y + 0.5 * words.size().y);
            let seat = Rect::from_center_size(middle, Vec2::splat(10.0 * self.points));
            match index {
                0 => drop(self.painter.rect_filled(seat, 2, self.t.real)),
                1 => self.planning_error(seat, if gains { -1.0 } else { 1.0 }),
                _ => self.model_error(seat),
            }
            let from = pos2(at.x + sample, at.y);
            at.x = text::place(self.painter, &words, from, Align2::LEFT_TOP).right() + 18.0;
        }
        if gains {
            self.gained(at.y + font.size * 1.35);
        }
    }

    /// What a planning error below 0 means.
    fn gained(&self, top: f32) {
        let ctx = self.painter.ctx();
        let font = theme::small(ctx);
        let wide = self.field.right() - self.field.left();
        let words = text::fitted(self.painter, &GAINED, &font, self.t.text_weak, wide);
        if top + words.size().y <= self.field.bottom() + 6.0 {
            text::place(self.painter, &words, pos2(self.field.left(), top), Align2::LEFT_TOP);
        }
    }
}

/// One sentence: who is to blame.
fn verdict(found: &Shortfall) -> &'static str {
    let missing = found.best - found.own;
    if missing <= SMALL * found.best.abs().max(1e-9) {
        return match found.planning_error() < -SMALL * found.best.abs().max(1e-9) {
            // What it does is better than what is best in its model.
            true => "nothing is missing, though the model is wrong",
            false => "nothing is missing",
        };
    }
    match (found.model_error(), found.planning_error()) {
        (model, planning) if model > 2.0 * planning => "the model failed",
        (model, planning) if planning > 2.0 * model => "planning failed",
        _ => "both failed",
    }
}

/// What was found, in words.
fn spoken(s: &Snapshot, found: &Found) -> String {
    let mut words = String::new();
    for (run, found) in s.runs.iter().zip(found) {
        words += &format!("{} {}: ", run.letter, run.name);
        words += &match found {
            Some(f) => format!(
                "{}; it earns {} of {}; planning error {}, model error {}; its model promises {} \
                 and knows {} of {} pairs\n",
                verdict(f),
                value(f.own),
                value(f.best),
                value(f.planning_error()),
                value(f.model_error()),
                value(f.promised),
                f.known.0,
                f.known.1
            ),
            None => "nothing to split\n".to_owned(),
        };
    }
    words
}

impl Panel for WhichLoop {
    fn title(&self) -> &'static str {
        "Which loop failed?"
    }

    fn question(&self) -> &'static str {
        "Is the model wrong, or was it planned in badly?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        // The frame needs the panel's words while the picture changes what it remembers.
        let words = self.clone();
        framed(&words, PanelId::WhichLoop, ui, cx, |ui, cx| self.draw(ui, cx));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        spoken(snapshot, &self.shown(snapshot))
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,best,planned,own,promised,known_pairs\n".to_owned();
        for (run, found) in snapshot.runs.iter().zip(&*self.shown(snapshot)) {
            if let Some(f) = found {
                let (letter, known) = (run.letter, f.known.0);
                csv += &format!(
                    "{letter},{},{},{},{},{known}\n",
                    f.best, f.planned, f.own, f.promised
                );
            }
        }
        csv
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_larger_part_is_blamed() {
        let of = |planned, own| Shortfall { best: 1.0, planned, own, promised: 0.0, known: (0, 0) };
        let lucky = verdict(&of(0.3, 1.0));
        assert_eq!(lucky, "nothing is missing, though the model is wrong");
        let said = [(1.0, 0.2), (0.2, 0.2), (0.6, 0.2), (1.0, 0.995), (0.2, 0.9)];
        let said = said.map(|(planned, own)| verdict(&of(planned, own)));
        let want = ["planning failed", "the model failed", "both failed", "nothing is missing"];
        assert_eq!(said[..4], want);
        assert_eq!(said[4], "the model failed", "what it does is better than its model knows");
    }
}
