//! Small model error, large value error: the world's own curve, and where the learners' models are.

use std::sync::Arc;

use egui::{Label, RichText, Stroke, Ui};

use super::plot::{Ends, Field};
use super::{Cx, Panel, PanelId, framed};
use crate::app::theme;
use crate::app::widgets::badge;
use crate::app::words::value;
use crate::experiment::cohort::LaneView;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::probes::model_error::{Point, Solved};
use crate::probes::truth::Truth;

/// Least error drawn; smaller ones stand at the left end.
const LEAST: f64 = 1e-4;
/// Worlds with more pairs are not solved beside the picture.
const PAIRS: usize = 800;

/// Name, quantity and width of a line.
type Line = (&'static str, fn(&Point) -> f64, f32);

/// The world solved for a discount.
struct World {
    truth: Arc<Truth>,
    gamma: f64,
    solved: Option<Solved>,
}

/// The panel.
#[derive(Default)]
pub struct ModelError {
    world: Option<World>,
    learners: Vec<Option<(Arc<LaneView>, Option<Point>)>>,
}

fn gamma(run: &RunSnapshot) -> f64 {
    let index = run.agent.params().iter().position(|spec| spec.key == "gamma");
    index.map_or(1.0, |index| run.params[index])
}

fn solve(run: &RunSnapshot) -> Option<Solved> {
    let table = run.lane.view.table.as_ref()?;
    let fits = table.q.len() <= PAIRS;
    fits.then(|| Solved::of(&run.truth, table.states(), table.actions, gamma(run))).flatten()
}

fn learner(run: &RunSnapshot, solved: &Solved) -> Option<Point> {
    solved.learner(&run.truth, run.lane.view.model.as_ref()?)
}

impl ModelError {
    /// Solves what is new: the world when it changes, a learner's model when it moved.
    fn update(&mut self, s: &Snapshot) {
        let Some(first) = s.runs.first() else {
            return;
        };
        let of = |w: &World| Arc::ptr_eq(&w.truth, &first.truth) && w.gamma == gamma(first);
        if !self.world.as_ref().is_some_and(of) {
            let (truth, gamma) = (first.truth.clone(), gamma(first));
            self.world = Some(World { truth, gamma, solved: solve(first) });
            self.learners.clear();
        }
        self.learners.resize(s.runs.len(), None);
        let Some(solved) = self.world.as_ref().and_then(|w| w.solved.as_ref()) else {
            return;
        };
        for (run, slot) in s.runs.iter().zip(&mut self.learners) {
            let known = slot.as_ref().is_some_and(|(lane, _)| Arc::ptr_eq(lane, &run.lane));
            // The exact solution of what the model says; while it plays, of what it said last.
            if !known {
                *slot = Some((run.lane.clone(), learner(run, solved)));
            }
        }
    }

    fn body(&self, ui: &mut Ui, s: &Snapshot) {
        let solved = self.world.as_ref().and_then(|w| w.solved.as_ref());
        let t = theme::tokens(ui.ctx());
        let Some(solved) = solved else {
            let words = "This world is too large to be solved beside the picture, or never ends.";
            ui.add(Label::new(RichText::new(words).color(t.text_weak)).wrap());
            return;
        };
        let x = Ends { low: LEAST, high: 1.0, log: true };
        let points = self.learners.iter().flatten().filter_map(|(_, point)| *point);
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
        for (index, _) in s.runs.iter().enumerate() {
            if let Some((_, Some(point))) = self.learners.get(index).and_then(|l| l.as_ref()) {
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
        self.update(cx.snapshot);
        framed(self, PanelId::ModelError, ui, cx, |ui, cx| self.body(ui, cx.snapshot));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let Some(solved) = snapshot.runs.first().and_then(solve) else {
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
        for run in &snapshot.runs {
            if let Some(p) = learner(run, &solved) {
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
        let Some(solved) = snapshot.runs.first().and_then(solve) else {
            return csv;
        };
        // A learner's own model was made with no weight: not a number.
        let mut row = |what: &str, p: &Point| {
            let (weight, off) = (p.weight, p.model_error);
            csv += &format!("{what},{weight},{off},{},{}\n", p.value_error, p.lost);
        };
        solved.points.iter().for_each(|p| row("world", p));
        for run in &snapshot.runs {
            if let Some(p) = learner(run, &solved) {
                row(&run.letter.to_string(), &p);
            }
        }
        csv
    }
}
