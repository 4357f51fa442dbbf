//! The ways of all runs whose model and value shall agree, solved beside the window: for panels that
//! show agreement and truth.

use std::sync::Arc;

use egui::{Label, RichText, Ui};

use super::Cx;
use super::asked::{Asked, Moment};
use crate::app::theme;
use crate::experiment::snapshot::Snapshot;
use crate::probes::consistency::{Place, kept, way};

/// Seconds between two answers while time passes beside the window.
const EVERY: f64 = 0.1;

/// Which moment of which arena.
#[derive(Clone, PartialEq)]
struct Question {
    generation: u64,
    runs: Vec<Moment>,
}

/// One way for each run; empty where it has none, or the world cannot be solved.
pub type All = Arc<Vec<Vec<Place>>>;

impl Question {
    fn of(s: &Snapshot) -> Self {
        Self { generation: s.generation, runs: s.runs.iter().map(Moment::of).collect() }
    }

    fn solve(&self) -> All {
        let of = |run: &Moment| way(kept(&run.lane.view)?, &run.truth);
        Arc::new(self.runs.iter().map(|run| of(run).unwrap_or_default()).collect())
    }
}

/// What was solved last.
#[derive(Clone, Default)]
pub struct Ways {
    asked: Asked<Question, All>,
}

impl Ways {
    /// Asks for what is new.
    pub fn update(&mut self, ui: &Ui, cx: &Cx<'_>) {
        let pace = if cx.snapshot.playing && !cx.view.at_once() { EVERY } else { 0.0 };
        self.asked.ask((ui.ctx(), cx.view), &Question::of(cx.snapshot), pace, Question::solve);
    }

    /// The ways as far as they are solved: for this arena, now or a little earlier.
    pub fn known(&self, s: &Snapshot) -> Option<All> {
        let same = |q: &Question| q.generation == s.generation && q.runs.len() == s.runs.len();
        let known = self.asked.known().filter(|(question, _)| same(question));
        known.map(|(_, all)| all.clone())
    }

    /// The same, solved now where nothing was shown yet: for words and data that are asked for.
    pub fn of(&self, s: &Snapshot) -> All {
        self.known(s).unwrap_or_else(|| Question::of(s).solve())
    }
}

/// Says why there is nothing to see; nothing where there is something.
pub fn explain(ui: &mut Ui, s: &Snapshot, known: Option<&All>) -> bool {
    let words = match known {
        None => "The world is being solved.",
        Some(all) if all.iter().all(Vec::is_empty) => empty(s),
        Some(_) => return false,
    };
    let t = theme::tokens(ui.ctx());
    ui.add(Label::new(RichText::new(words).color(t.text_weak)).wrap());
    true
}

/// Why there is nothing to see once all is solved.
pub fn empty(s: &Snapshot) -> &'static str {
    match s.runs.iter().any(|run| kept(&run.lane.view).is_some()) {
        true => "This world is too large to be solved beside the picture, or has no single answer.",
        false => "Needs a run of 'Self-consistency', or of MuZero in a world of listed states.",
    }
}
