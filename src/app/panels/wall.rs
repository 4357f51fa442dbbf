//! The wall machine: where does each model think it will be?
//!
//! Four maps ask four models about one pair at once, a fifth the network of a run that has one. A ghost in a wall is a state that cannot be.

mod maps;
mod worth;

use egui::{Align, Checkbox, Label, Layout, Rect, RichText, Ui, UiBuilder, pos2, vec2};

use super::asked::{Asked, Moment};
use super::{Cx, Panel, PanelId, framed, on_its_way, waits};
use crate::app::theme;
use crate::app::widgets::number::grouped;
use crate::app::widgets::segmented::segmented;
use crate::app::widgets::slider::Slider;
use crate::app::words::value;
use crate::base::rng::lane_seed;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::mdp::scene::{GridScene, Scene};
use crate::mdp::{Action, State};
use crate::probes::truth::Truth;
use crate::probes::wall::{
    Ask, Cloud, DEPTH, Machine, SAMPLES, Worth, ask, off_the_mean, share_in_walls,
};

/// Seconds between two answers while time passes beside the window.
const EVERY: f64 = 0.1;

/// What can be asked about: a run with all models, in a world with walls.
struct Subject<'a> {
    index: usize,
    run: &'a RunSnapshot,
    grid: &'a GridScene,
}

/// Which pair of which run is asked about.
#[derive(Clone, PartialEq)]
struct Question {
    generation: u64,
    index: usize,
    run: Moment,
    at: (State, Action),
    seed: u64,
}

impl Question {
    /// Asks all models; `None`: no data.
    fn answer(&self) -> Option<Machine> {
        let view = &self.run.lane.view;
        ask(&Ask {
            known: view.known.as_ref()?,
            table: view.table.as_ref()?,
            at: self.at,
            gamma: self.run.gamma,
            seed: self.seed,
        })
    }

    /// Whether it is about the same pair, if at another moment.
    fn same_pair(&self, other: &Self) -> bool {
        let of = |q: &Self| (q.generation, q.index, q.at, q.seed);
        of(self) == of(other)
    }
}

/// What the network of a run expects of the first step.
struct Network {
    letter: char,
    /// (row, column).
    place: [f64; 2],
    /// From the true mean, as a share of the way between the outcomes.
    off: f64,
}

impl Network {
    /// That of the first run with one that predicts places.
    fn of(s: &Snapshot, subject: &Subject<'_>, at: (State, Action)) -> Option<Self> {
        let truth = &subject.run.truth;
        s.runs.iter().find_map(|run| {
            let place = run.lane.view.network.as_ref()?.place(at.0, at.1)?;
            let off = off_the_mean(subject.grid, truth.outcomes(at.0, at.1), place);
            off.is_finite().then_some(Self { letter: run.letter, place, off })
        })
    }

    fn told(&self) -> String {
        format!("1 step: {:.0} % off the mean", 100.0 * self.off)
    }

    fn told_briefly(&self) -> String {
        format!("1 step: {:.0} % off", 100.0 * self.off)
    }
}

/// The panel.
#[derive(Clone)]
pub struct Wall {
    /// Steps ahead.
    depth: f64,
    /// The value of the mean is read at its place, which is not linear.
    nonlinear: bool,
    /// The first move; `None`: that of the fork.
    action: Option<usize>,
    /// The selected run and cell.
    selected: (usize, Option<usize>),
    /// The last answer.
    asked: Asked<Question, Option<Machine>>,
}

impl Default for Wall {
    fn default() -> Self {
        let (depth, nonlinear, action) = (4.0, false, None);
        Self { depth, nonlinear, action, selected: (0, None), asked: Asked::default() }
    }
}

/// The selected run if it teaches all models, else the first that does.
fn subject(s: &Snapshot, selected: usize) -> Option<Subject<'_>> {
    let teaches = |index: &usize| s.runs.get(*index).is_some_and(|r| r.lane.view.known.is_some());
    let index = Some(selected).filter(teaches).or_else(|| (0..s.runs.len()).find(teaches))?;
    let run = &s.runs[index];
    match run.truth.scene() {
        Scene::Grid(grid) => Some(Subject { index, run, grid }),
        Scene::Graph(_) | Scene::Body(_) | Scene::Board(_) | Scene::States(_) => None,
    }
}

impl Wall {
    fn depth(&self) -> usize {
        (self.depth as usize).clamp(1, DEPTH)
    }

    /// The pair that is asked about: the fork, or the start where there is none.
    fn pair(&self, subject: &Subject<'_>) -> (State, Action) {
        let start = || {
            let state = subject.run.truth.starts.first().copied().unwrap_or(0);
            let arrows = subject.run.map.as_ref().and_then(|map| map.arrows.get(state as usize));
            let greedy = arrows.filter(|mask| **mask != 0).map_or(0, |m| m.trailing_zeros());
            (state, greedy as Action)
        };
        let (state, action) = subject.run.truth.fork().unwrap_or_else(start);
        let state = self.selected.1.map_or(state, |cell| cell as State);
        (state, self.action.map_or(action, |action| action as Action))
    }

    /// The question about the pair in the picture.
    fn question(&self, s: &Snapshot, subject: &Subject<'_>) -> Question {
        Question {
            generation: s.generation,
            index: subject.index,
            run: Moment::of(subject.run),
            at: self.pair(subject),
            seed: lane_seed(s.seed, s.watched),
        }
    }

    /// What is known of the pair, now or a little earlier; `None`: nothing yet.
    fn known(&self, question: &Question) -> Option<&Option<Machine>> {
        let known = self.asked.known().filter(|(of, _)| of.same_pair(question));
        known.map(|(_, machine)| machine)
    }

    /// The same, asked now where nothing was shown yet; `None`: no data.
    fn shown(&self, s: &Snapshot, subject: &Subject<'_>) -> Option<Machine> {
        let question = self.question(s, subject);
        self.known(&question).cloned().unwrap_or_else(|| question.answer())
    }

    fn controls(&mut self, ui: &mut Ui, at: (State, Action), subject: &Subject<'_>) {
        let truth = &subject.run.truth;
        let points = theme::scale(ui.ctx());
        let t = theme::tokens(ui.ctx());
        let actions = subject.run.lane.view.table.as_ref().map_or(0, |table| table.actions);
        let row = vec2(ui.available_width(), 44.0 * points);
        ui.allocate_ui_with_layout(row, Layout::left_to_right(Align::Center), |ui| {
            let from = format!("from {}", truth.state_name(at.0));
            ui.label(RichText::new(from).color(t.text)).on_hover_text("click a cell to choose");
            let names: Vec<String> = (0..actions).map(|a| truth.action_name(a as Action)).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let mut chosen = usize::from(at.1);
            if segmented(ui, "First move", &names, &mut chosen).changed() {
                self.action = Some(chosen);
            }
            ui.add_space(12.0);
            let slider = Slider::new(&mut self.depth, 1.0..=DEPTH as f64, "Steps ahead").unit("N");
            slider.integer().width(170.0 * points).show(ui);
            ui.add_space(12.0);
            ui.add(Checkbox::new(&mut self.nonlinear, "non-linear value"))
                .on_hover_text("Reads the value of the mean at the cell nearest to its place");
        });
        ui.add_space(4.0);
    }

    fn body(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let s = cx.snapshot;
        let Some(subject) = subject(s, cx.view.run) else {
            note(ui, "Needs a run of 'Dyna, any model' in a world with a map.");
            return;
        };
        let at = self.pair(&subject);
        if !cx.view.still && !cx.view.lecture {
            self.controls(ui, at, &subject);
        }
        let (depth, nonlinear) = (self.depth(), self.nonlinear);
        let question = self.question(s, &subject);
        let pair = pair_name(subject.run, question.at);
        let pace = if s.playing && !cx.view.at_once() { EVERY } else { 0.0 };
        self.asked.ask((ui.ctx(), cx.view), &question, pace, Question::answer);
        let Some(machine) = self.known(&question) else {
            return on_its_way(ui);
        };
        let Some(machine) = machine else {
            note(ui, &waits(&format!("No data: {pair} was never tried so far."), cx));
            return;
        };
        let room = ui.available_rect_before_wrap();
        let points = theme::scale(ui.ctx());
        // Beside the maps where it is wide, else below them.
        let wide = room.width() > 2.1 * room.height();
        let share = if wide { room.width() * 0.72 } else { room.height() * 0.62 };
        let (left, right) = match wide {
            true => room.split_left_right_at_x(room.left() + share),
            false => room.split_top_bottom_at_y(room.top() + share),
        };
        let network = Network::of(s, &subject, at);
        let from = (subject.grid, at.0);
        let clicked = maps::ui(ui, left, from, (machine, network.as_ref()), depth);
        let inset = if wide { vec2(18.0 * points, 0.0) } else { vec2(0.0, 10.0 * points) };
        let seat = Rect::from_min_max(right.min + inset, right.max);
        let mut child = ui.new_child(UiBuilder::new().max_rect(seat));
        let truth = &subject.run.truth;
        first_step(&mut child, machine, truth, at);
        worth::ui(&mut child, machine, depth, nonlinear);
        ui.allocate_rect(room, egui::Sense::hover());
        if let Some(cell) = clicked {
            cx.actions.push(crate::app::actions::Action::Cell(Some(cell)));
        }
    }
}

/// What the distribution says of the first step, beside what is true.
fn first_step(ui: &mut Ui, machine: &Machine, truth: &Truth, at: (State, Action)) {
    let real = truth.outcomes(at.0, at.1);
    for o in machine.first.iter().take(3) {
        let same = real.iter().filter(|r| (r.next, !r.terminated) == (o.next, o.goes_on));
        let p: f64 = same.map(|r| r.probability).sum();
        let place = truth.state_name(o.next);
        let name = format!("{place}, reward {}", value(o.reward));
        worth::told(ui, &[&name, &place], &format!("{:.3}", o.probability), &format!("{p:.3}"));
    }
    ui.add_space(6.0);
}

fn note(ui: &mut Ui, words: &str) {
    let t = theme::tokens(ui.ctx());
    ui.add(Label::new(RichText::new(words).color(t.text_weak)).wrap());
}

fn pair_name(run: &RunSnapshot, (state, action): (State, Action)) -> String {
    format!("{} {}", run.truth.state_name(state), run.truth.action_name(action))
}

/// How many of the sampled states down to `depth` lie in walls, and how many there are.
fn samples(grid: &GridScene, clouds: &[Cloud], depth: usize) -> (u64, u64) {
    let n = f64::from(SAMPLES);
    let (mut inside, mut all) = (0.0, 0.0);
    for cloud in clouds.iter().take(depth) {
        inside += share_in_walls(grid, cloud) * n;
        all += cloud.iter().map(|(_, share)| share * n).sum::<f64>();
    }
    (inside.round() as u64, all.round() as u64)
}

impl Panel for Wall {
    fn title(&self) -> &'static str {
        "Wall machine"
    }

    fn question(&self) -> &'static str {
        "Where does each model think it will be?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.selected = (cx.view.run, cx.view.cell);
        // The frame needs the panel's words while the body changes it.
        let words = self.clone();
        framed(&words, PanelId::Wall, ui, cx, |ui, cx| self.body(ui, cx));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let Some(subject) = subject(snapshot, self.selected.0) else {
            return "No run teaches all models in a world with a map.\n".to_owned();
        };
        let (run, grid) = (subject.run, subject.grid);
        let at = self.pair(&subject);
        let Some(m) = self.shown(snapshot, &subject) else {
            return format!("No data: {} was never tried.\n", pair_name(run, at));
        };
        let depth = self.depth();
        let (inside, of) = m.means_in_walls(grid, depth);
        let (hits, all) = samples(grid, &m.sample, depth);
        let w = m.worth[depth - 1];
        let network = Network::of(snapshot, &subject, at).map_or_else(String::new, |n| {
            let [row, col] = n.place;
            format!("network of {}: ({row:.2},{col:.2}), {}\n", n.letter, n.told())
        });
        format!(
            "{}, tried {} times, {depth} steps ahead\nexpectation: {inside} of {of} expected places in walls\n\
             sample: {} of {} sampled states in walls\nE[v(s')] = {}, v(E[s']) = {} linear, {} at the mean place\n\
             greatest difference of the linear identity: {:e}\nvariance of the return: {}\n{network}",
            pair_name(run, at),
            grouped(u64::from(m.count)),
            grouped(hits),
            grouped(all),
            value(w.expected),
            value(w.linear),
            value(w.nearest),
            m.greatest_difference(|w| w.linear),
            value(m.variance[depth - 1]),
        )
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let head =
            "depth,mean_row,mean_col,expected,linear,nearest,variance,network_row,network_col";
        let mut csv = format!("{head}\n");
        let Some(subject) = subject(snapshot, self.selected.0) else { return csv };
        let Some(m) = self.shown(snapshot, &subject) else { return csv };
        let network = Network::of(snapshot, &subject, self.pair(&subject));
        for (index, w) in m.worth.iter().enumerate() {
            // Once nothing goes on, there is no mean place.
            let [row, col] = m.means[index].unwrap_or([f64::NAN; 2]);
            let (n, v) = (index + 1, m.variance[index]);
            let first = network.as_ref().filter(|_| index == 0);
            let [told_row, told_col] = first.map_or([f64::NAN; 2], |network| network.place);
            let Worth { expected, linear, nearest } = w;
            csv += &format!(
                "{n},{row},{col},{expected},{linear},{nearest},{v},{told_row},{told_col}\n"
            );
        }
        csv
    }
}

/// A map's place among `n` side by side.
fn column(rect: Rect, index: usize, n: usize, gap: f32) -> Rect {
    let width = (rect.width() - gap * (n - 1) as f32) / n as f32;
    let left = rect.left() + (width + gap) * index as f32;
    Rect::from_min_max(pos2(left, rect.top()), pos2(left + width, rect.bottom()))
}
