//! Value equivalence: a model is moved along the null space of the value, its states turn to nonsense
//! and the plan stays; plan for another value, and it collapses. Beside it the same three errors of
//! the models that the runs have learned.

mod map;
mod table;

use std::sync::Arc;

use egui::{Label, Rect, RichText, Role, Sense, Ui, UiBuilder, WidgetInfo};

use super::asked::{Asked, Moment};
use super::{Cx, Panel, PanelId, framed, weak};
use crate::app::actions::Action;
use crate::app::theme;
use crate::app::widgets::button::Button;
use crate::app::widgets::slider::Slider;
use crate::app::words::value;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::mdp::State;
use crate::mdp::scene::Scene;
use crate::probes::morph;
use crate::probes::morph::{Morphed, Task, elsewhere};
use crate::probes::shortfall::Shortfall;
use crate::probes::three_errors::ThreeErrors;
use crate::probes::truth::Truth;

/// Seconds between two questions about the runs while time passes.
const EVERY: f64 = 0.5;
/// What other worlds are told.
const EMPTY: &str = "Needs a gridworld of at most 200 cells and a discount below 1.";
/// Where no discount is told, plans are made with this one.
const GAMMA: f64 = 0.95;
/// How far the model is moved at first, in percent: every step leads to its true place and to two
/// others, so that both can be seen.
const FIRST: f64 = 50.0;

/// Which model is moved, how far, and what is planned in it.
#[derive(Clone)]
struct Question {
    truth: Arc<Truth>,
    gamma: f64,
    amount: f64,
    task: Task,
}

impl PartialEq for Question {
    fn eq(&self, other: &Self) -> bool {
        let of = |q: &Self| (q.gamma, q.amount, q.task);
        Arc::ptr_eq(&self.truth, &other.truth) && of(self) == of(other)
    }
}

impl Question {
    fn answer(&self) -> Option<Morphed> {
        Morphed::of(&self.truth, self.gamma, self.amount, self.task)
    }
}

/// The runs at one moment; `None` for those that stopped.
#[derive(Clone, PartialEq)]
struct Runs {
    generation: u64,
    runs: Vec<Option<Moment>>,
}

/// What a run's learned model gets wrong, and the share of the best return that it truly earns.
#[derive(Clone, Copy)]
struct Learned {
    errors: ThreeErrors,
    quality: Option<f64>,
}

impl Runs {
    fn of(s: &Snapshot) -> Self {
        let run = |run: &RunSnapshot| run.failure.is_none().then(|| Moment::of(run));
        Self { generation: s.generation, runs: s.runs.iter().map(run).collect() }
    }

    fn measure(&self) -> Vec<Option<Learned>> {
        let one = |run: &Moment| {
            let errors = ThreeErrors::of(&run.truth, &run.lane.view)?;
            let split = Shortfall::of(&run.truth, &run.lane.view, run.gamma);
            Some(Learned {
                errors,
                quality: split.and_then(|split| morph::share(split.own, split.best)),
            })
        };
        self.runs.iter().map(|run| one(run.as_ref()?)).collect()
    }
}

/// The panel.
#[derive(Clone)]
pub struct ValueEquivalence {
    asked: Asked<Question, Option<Morphed>>,
    learned: Asked<Runs, Vec<Option<Learned>>>,
    /// How far the model is moved, in percent.
    percent: f64,
    /// Whether it is planned for another value.
    swapped: bool,
    /// The selected run and cell, as shown last.
    looked: (usize, Option<usize>),
}

impl Default for ValueEquivalence {
    fn default() -> Self {
        let (asked, learned) = (Asked::default(), Asked::default());
        Self { asked, learned, percent: FIRST, swapped: false, looked: (0, None) }
    }
}

impl ValueEquivalence {
    fn question(&self, s: &Snapshot) -> Option<Question> {
        let is_map = |run: &&RunSnapshot| matches!(run.truth.scene(), Scene::Grid(_));
        let selected = s.runs.get(self.looked.0).filter(is_map);
        let run = selected.or_else(|| s.runs.iter().find(is_map))?;
        let gamma = run.param("gamma").filter(|gamma| *gamma < 1.0).unwrap_or(GAMMA);
        let goal = self.goal(&run.truth).filter(|_| self.swapped);
        let task = goal.map_or(Task::Own, Task::Reach);
        Some(Question { truth: run.truth.clone(), gamma, amount: self.percent / 100.0, task })
    }

    /// Where the other value leads: the selected cell, or one far from the start.
    fn goal(&self, truth: &Truth) -> Option<State> {
        let picked = self.looked.1.map(|cell| cell as State);
        let open = |state: &State| truth.is_left(*state) && !truth.starts.contains(state);
        picked.filter(open).or_else(|| elsewhere(truth))
    }

    /// The answer in hand, if it is about the same world.
    fn found(&self, question: &Question) -> Option<(Question, Morphed)> {
        let (known, found) = self.asked.known()?;
        let same = Arc::ptr_eq(&known.truth, &question.truth);
        found.clone().filter(|_| same).map(|found| (known.clone(), found))
    }

    /// The state whose step is told in full: the selected one, or the first of the way. The cell that
    /// another goal lies on is no example.
    fn example(&self, found: &Morphed) -> Option<State> {
        let steps = |state: &State| found.steps.get(*state as usize).is_some_and(Option::is_some);
        let picked = self.looked.1.map(|cell| cell as State).filter(|_| !self.swapped);
        picked.filter(steps).or_else(|| found.way.first().copied())
    }

    /// The answer in hand, or one made for the purpose.
    fn told(&self, s: &Snapshot) -> Option<(Question, Morphed)> {
        let question = self.question(s)?;
        let made = || question.answer().map(|found| (question.clone(), found));
        self.found(&question).or_else(made)
    }

    /// What is known of the runs, measured now where nothing is.
    fn measured(&self, s: &Snapshot) -> Vec<Option<Learned>> {
        self.known(s).unwrap_or_else(|| Runs::of(s).measure())
    }

    /// What is known of the runs, now or a little earlier.
    fn known(&self, s: &Snapshot) -> Option<Vec<Option<Learned>>> {
        let of = |q: &Runs| q.generation == s.generation && q.runs.len() == s.runs.len();
        self.learned.known().filter(|(q, _)| of(q)).map(|(_, found)| found.clone())
    }

    fn draw(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.looked = (cx.view.run, cx.view.cell);
        let s = cx.snapshot;
        let Some(question) = self.question(s) else {
            return weak(ui, EMPTY);
        };
        self.asked.ask((ui.ctx(), cx.view), &question, 0.0, Question::answer);
        let pace = if s.playing { EVERY } else { 0.0 };
        self.learned.ask((ui.ctx(), cx.view), &Runs::of(s), pace, Runs::measure);
        let Some((shown, found)) = self.found(&question) else {
            let solved = self.asked.known().is_some_and(|(q, _)| *q == question);
            return weak(ui, if solved { EMPTY } else { "The world is being solved." });
        };
        if !(cx.view.still || cx.view.lecture) {
            self.strip(ui);
        }
        let rect = ui.available_rect_before_wrap();
        let learned = self.known(s).unwrap_or_default();
        let example = self.example(&found);
        let spoken = table::text(s, (&shown, &found, example), &learned);
        ui.allocate_rect(rect, Sense::hover())
            .widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
        let rows = 1 + learned.iter().flatten().count();
        let points = theme::scale(ui.ctx());
        let aspect = map::aspect(&shown.truth);
        let (left, right) = parts(rect, table::height(rows) * points, (aspect, map::FOOT * points));
        let mut child = ui.new_child(UiBuilder::new().max_rect(left));
        let clicked = map::ui(&mut child, left, (&shown, &found, example));
        if let Some(cell) = clicked.filter(|_| !cx.view.still) {
            cx.actions.push(Action::Cell(Some(cell)));
        }
        table::paint(ui.painter(), right, s, (&shown, &found, example), &learned);
    }

    /// How far it is moved, and what for.
    fn strip(&mut self, ui: &mut Ui) {
        let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
        ui.horizontal(|ui| {
            let label = "Moved along the null space of V, %";
            let wide = (0.42 * ui.available_width()).clamp(160.0, 340.0 * points);
            Slider::new(&mut self.percent, 0.0..=100.0, label).integer().width(wide).show(ui);
            let other = Button::new("Plan for another goal").on(self.swapped);
            if other.named("Plan for another goal in the same model").show(ui).clicked() {
                self.swapped = !self.swapped;
            }
            let words = match self.swapped {
                true => "click a cell to move that goal",
                false => "click a cell to see what its step becomes",
            };
            let words = RichText::new(words).font(theme::small(ui.ctx())).color(t.text_weak);
            ui.add(Label::new(words).truncate());
        });
    }
}

/// The map, and the table beside it or below, where it gets what it needs. A map that is `aspect`
/// times as wide as high, with a line of `foot` below it, gets no more width than it fills.
fn parts(rect: Rect, table: f32, (aspect, foot): (f32, f32)) -> (Rect, Rect) {
    let gap = 16.0;
    if rect.width() > 1.3 * rect.height() {
        let fills = (aspect * (rect.height() - foot)).max(0.25 * rect.width());
        let split = rect.left() + fills.min(0.5 * rect.width());
        let (left, right) = rect.split_left_right_at_x(split);
        return (left, right.with_min_x(right.left() + gap));
    }
    let split = rect.bottom() - table.min(0.5 * rect.height());
    let (above, below) = rect.split_top_bottom_at_y(split);
    (above, below.with_min_y(below.top() + gap))
}

/// What came out, in one sentence.
fn verdict(question: &Question, found: &Morphed) -> String {
    let cells = value(found.state_error);
    let earned = match found.quality {
        Some(share) => format!(", and the plan earns {:.0} % of the best.", 100.0 * share),
        None => ".".to_owned(),
    };
    match (question.task, found.changed.0) {
        (Task::Own, 0) if found.state_error > 0.0 => {
            format!("Next states are {cells} cells off, and the plan is exactly the right one.")
        }
        (_, 0) if found.state_error > 0.0 => {
            format!("Next states are {cells} cells off, and the plan happens to stand.")
        }
        (_, 0) => "The model is right, and so is the plan.".to_owned(),
        (Task::Own, n) => format!("The plan differs in {n} states."),
        (Task::Reach(_), n) => format!(
            "For another value the same model is wrong: {n} of {} states plan otherwise{earned}",
            found.changed.1
        ),
    }
}

impl Panel for ValueEquivalence {
    fn title(&self) -> &'static str {
        "Value equivalence"
    }

    fn question(&self) -> &'static str {
        "How wrong may a model be and still plan right?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        // The frame needs the panel's words while the picture changes what it remembers.
        let words = self.clone();
        framed(&words, PanelId::ValueEquivalence, ui, cx, |ui, cx| self.draw(ui, cx));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        match self.told(snapshot) {
            Some((question, found)) => {
                let told = (&question, &found, self.example(&found));
                table::text(snapshot, told, &self.measured(snapshot))
            }
            None => format!("{EMPTY}\n"),
        }
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let found = self.told(snapshot).map(|(_, found)| found);
        table::data(snapshot, found.as_ref(), &self.measured(snapshot))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{pos2, vec2};

    #[test]
    fn a_map_takes_no_more_width_than_it_fills() {
        let rect = Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 300.0));
        let (map, table) = parts(rect, 200.0, (1.0, 20.0));
        assert_eq!((map.width(), table.left(), table.right()), (280.0, 296.0, 800.0));
        assert_eq!(parts(rect, 200.0, (3.0, 20.0)).0.width(), 400.0, "nor more than half");
        let low = Rect::from_min_size(pos2(0.0, 0.0), vec2(1000.0, 100.0));
        assert_eq!(parts(low, 200.0, (1.0, 20.0)).0.width(), 250.0);
        let high = Rect::from_min_size(pos2(0.0, 0.0), vec2(400.0, 600.0));
        let (map, table) = parts(high, 200.0, (1.0, 20.0));
        assert_eq!((map.height(), table.top()), (400.0, 416.0));
    }
}
