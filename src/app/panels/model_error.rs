//! Small model error, large value error: the world's own curve, and where the learners' models are.

use std::sync::Arc;

use egui::{Label, RichText, Stroke, Ui};

use super::asked::{Asked, Moment};
use super::plot::{Ends, Field};
use super::{Cx, Panel, PanelId, framed};
use crate::app::theme;
use crate::app::widgets::badge;
use crate::app::words::value;
use crate::experiment::snapshot::Snapshot;
use crate::probes::model_error::{Point, Solved};

/// Least error drawn; smaller ones stand at the left end.
const LEAST: f64 = 1e-4;
/// Worlds with more pairs are not solved beside the picture.
const PAIRS: usize = 800;

/// Seconds between two answers while time passes beside the window.
const EVERY: f64 = 0.1;

/// Name, quantity and width of a line.
type Line = (&'static str, fn(&Point) -> f64, f32);

/// What is solved: the world of the first run for its discount, and each learner's model.
#[derive(Clone, PartialEq)]
struct Question {
    generation: u64,
    runs: Vec<Moment>,
}

/// The answers.
#[derive(Clone)]
struct Found {
    /// `None` where the world is too large, or never ends.
    world: Option<Arc<Solved>>,
    /// One for each run; `None` without a model.
    learners: Vec<Option<Point>>,
}

impl Question {
    fn of(s: &Snapshot) -> Self {
        Self { generation: s.generation, runs: s.runs.iter().map(Moment::of).collect() }
    }

    /// Solves everything, but not the world anew if it is the one that was solved before.
    fn solve(&self, before: Option<&(Self, Found)>) -> Found {
        let first = self.runs.first();
        let same = |(of, _): &&(Self, Found)| match (of.runs.first(), first) {
            (Some(old), Some(new)) => of.generation == self.generation && old.same_world(new),
            _ => false,
        };
        let world = match before.filter(same) {
            Some((_, found)) => found.world.clone(),
            None => first.and_then(solve).map(Arc::new),
        };
        let point = |run| learner(run, world.as_ref()?);
        Found { learners: self.runs.iter().map(point).collect(), world }
    }
}

/// The panel, and what was solved last.
#[derive(Clone, Default)]
pub struct ModelError {
    asked: Asked<Question, Found>,
}

fn solve(run: &Moment) -> Option<Solved> {
    let table = run.lane.view.table.as_ref()?;
    let fits = table.q.len() <= PAIRS;
    fits.then(|| Solved::of(&run.truth, table.states(), table.actions, run.gamma)).flatten()
}

fn learner(run: &Moment, solved: &Solved) -> Option<Point> {
    solved.learner(&run.truth, run.lane.view.model.as_ref()?)
}

impl ModelError {
    /// What was solved for these runs, now or a little earlier.
    fn found(&self, s: &Snapshot) -> Option<&Found> {
        let of = |q: &Question| q.generation == s.generation && q.runs.len() == s.runs.len();
        self.asked.known().filter(|(question, _)| of(question)).map(|(_, found)| found)
    }

    /// The same, solved now where nothing was shown yet.
    fn shown(&self, s: &Snapshot) -> Found {
        self.found(s).cloned().unwrap_or_else(|| Question::of(s).solve(None))
    }

    /// Asks for what is new: the world when it changes, a learner's model when it moved.
    fn update(&mut self, ui: &Ui, cx: &Cx<'_>) {
        let pace = if cx.snapshot.playing && !cx.view.at_once() { EVERY } else { 0.0 };
        let before = self.asked.share();
        let solve = move |question: &Question| question.solve(before.as_deref());
        self.asked.ask((ui.ctx(), cx.view), &Question::of(cx.snapshot), pace, solve);
    }

    fn body(&self, ui: &mut Ui, s: &Snapshot) {
        let t = theme::tokens(ui.ctx());
        let Some(found) = self.found(s) else {
            ui.add(Label::new(RichText::new("The world is being solved.").color(t.text_weak)));
            return;
        };
        let Some(solved) = found.world.as_ref() else {
            let words = "This world is too large to be solved beside the picture, or never ends.";
            ui.add(Label::new(RichText::new(words).color(t.text_weak)).wrap());
            return;
        };
        let x = Ends { low: LEAST, high: 1.0, log: true };
        let points = found.learners.iter().flatten().copied();
        let errors =
            solved.points.iter().copied().chain(points).flat_map(|p| [p.value_error, p.lost]);
        let y = Ends::over(errors);
        let x_name = "model error: greatest total variation of a next state";
        let y_name = "value error, exact solutions";
        let field = Field::new(ui, (x, x_name), (y, y_name), "Value error over model error");
        let lines: [Line; 2] = [
            ("value error", |p| p.value_error, 2.6),
            ("value lost by acting on it", |p| p.lost, 1.4),
        ];
        for (name, read, width) in lines {
            let points = solved.points.iter().filter(|p| p.model_error > 0.9 * LEAST);
            let path = field.path(points.map(|p| [p.model_error, read(p)]));
            let end = path.last().copied();
            field.painter.line(path, Stroke::new(width, field.t.text));
            if let Some(end) = end {
                field.label(end, name, field.t.text);
            }
        }
        if let Some(flip) = solved.flip() {
            let words = format!("the policy flips at {}", value(flip.model_error));
            field.mark(flip.model_error.max(LEAST), 0, &words, field.t.bad);
        }
        field.note("letters: the learners' own models, without what they never tried");
        for (index, point) in found.learners.iter().enumerate() {
            if let Some(point) = point {
                let at = field.at([point.model_error.max(LEAST), point.value_error]);
                badge::paint_round(&field.painter, at, index);
            }
        }
    }
}

impl Panel for ModelError {
    fn title(&self) -> &'static str {
        "Model error, value error"
    }

    fn question(&self) -> &'static str {
        "How much value does a little model error cost?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.update(ui, cx);
        framed(self, PanelId::ModelError, ui, cx, |ui, cx| self.body(ui, cx.snapshot));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let found = self.shown(snapshot);
        let Some(solved) = found.world else {
            return "This world is too large to be solved beside the picture.\n".to_owned();
        };
        let mut text = match solved.flip() {
            Some(p) => format!(
                "acting on the model costs {} of value from a model error of {} on\n",
                value(p.lost),
                value(p.model_error)
            ),
            None => "no error flips the policy here\n".to_owned(),
        };
        for (run, point) in snapshot.runs.iter().zip(found.learners) {
            if let Some(p) = point {
                let (model, off) = (value(p.model_error), value(p.value_error));
                text += &format!(
                    "{} {}: model error {model}, value error {off}, lost {}\n",
                    run.letter,
                    run.name,
                    value(p.lost)
                );
            }
        }
        text
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "what,weight,model_error,value_error,lost\n".to_owned();
        let found = self.shown(snapshot);
        let Some(solved) = found.world else {
            return csv;
        };
        // A learner's own model was made with no weight: not a number.
        let mut row = |what: &str, p: &Point| {
            let (weight, off) = (p.weight, p.model_error);
            csv += &format!("{what},{weight},{off},{},{}\n", p.value_error, p.lost);
        };
        solved.points.iter().for_each(|p| row("world", p));
        for (run, point) in snapshot.runs.iter().zip(found.learners) {
            if let Some(p) = point {
                row(&run.letter.to_string(), &p);
            }
        }
        csv
    }
}
