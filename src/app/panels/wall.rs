//! The wall machine: where does each model think it will be?
//!
//! Four maps ask four models about one pair at once. A ghost in a wall is a state that cannot be.

mod maps;
mod worth;

use std::sync::Arc;

use egui::{Align, Checkbox, Label, Layout, Rect, RichText, Ui, UiBuilder, pos2, vec2};

use super::{Cx, Panel, PanelId, framed};
use crate::app::theme;
use crate::app::widgets::number::grouped;
use crate::app::widgets::segmented::segmented;
use crate::app::widgets::slider::Slider;
use crate::app::words::value;
use crate::base::rng::lane_seed;
use crate::experiment::cohort::LaneView;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::mdp::scene::{GridScene, Scene};
use crate::mdp::{Action, State};
use crate::probes::truth::Truth;
use crate::probes::wall::{Ask, Cloud, DEPTH, Machine, SAMPLES, ask, share_in_walls};

/// What can be asked about: a run with all models, in a world with walls.
struct Subject<'a> {
    run: &'a RunSnapshot,
    grid: &'a GridScene,
}

/// The panel.
pub struct Wall {
    /// Steps ahead.
    depth: f64,
    /// The value of the mean is read at its place, which is not linear.
    nonlinear: bool,
    /// The first move; `None`: that of the fork.
    action: Option<usize>,
    /// The answer, and the moment and pair it belongs to.
    answer: Option<(Arc<LaneView>, (State, Action), Machine)>,
}

impl Default for Wall {
    fn default() -> Self {
        Self { depth: 4.0, nonlinear: false, action: None, answer: None }
    }
}

/// The selected run if it teaches all models, else the first that does.
fn subject(s: &Snapshot, selected: usize) -> Option<Subject<'_>> {
    let teaches = |run: &&RunSnapshot| run.lane.view.known.is_some();
    let chosen = s.runs.get(selected).filter(teaches);
    let run = chosen.or_else(|| s.runs.iter().find(teaches))?;
    match run.truth.scene() {
        Scene::Grid(grid) => Some(Subject { run, grid }),
        Scene::Graph(_) | Scene::States(_) => None,
    }
}

/// Asks the models of a run about one pair; `None`: no data.
fn answer(s: &Snapshot, run: &RunSnapshot, at: (State, Action)) -> Option<Machine> {
    let view = &run.lane.view;
    let gamma = run.agent.params().iter().position(|spec| spec.key == "gamma");
    ask(&Ask {
        known: view.known.as_ref()?,
        table: view.table.as_ref()?,
        at,
        gamma: gamma.map_or(1.0, |index| run.params[index]),
        seed: lane_seed(s.seed, s.watched),
    })
}

impl Wall {
    fn depth(&self) -> usize {
        (self.depth as usize).clamp(1, DEPTH)
    }

    /// The pair that is asked about: the fork, or the start where there is none.
    fn pair(&self, subject: &Subject<'_>, cell: Option<usize>) -> (State, Action) {
        let start = || {
            let state = subject.run.truth.starts.first().copied().unwrap_or(0);
            let arrows = subject.run.map.as_ref().and_then(|map| map.arrows.get(state as usize));
            let greedy = arrows.filter(|mask| **mask != 0).map_or(0, |m| m.trailing_zeros());
            (state, greedy as Action)
        };
        let (state, action) = subject.run.truth.fork().unwrap_or_else(start);
        let state = cell.map_or(state, |cell| cell as State);
        (state, self.action.map_or(action, |action| action as Action))
    }

    /// The answer for this moment, asked once.
    fn machine(
        &mut self,
        s: &Snapshot,
        run: &RunSnapshot,
        at: (State, Action),
    ) -> Option<&Machine> {
        let known = matches!(&self.answer, Some((lane, of, _)) if Arc::ptr_eq(lane, &run.lane) && *of == at);
        if !known {
            self.answer = answer(s, run, at).map(|machine| (run.lane.clone(), at, machine));
        }
        self.answer.as_ref().map(|(_, _, machine)| machine)
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
        let at = self.pair(&subject, cx.view.cell);
        if !cx.view.still && !cx.view.lecture {
            self.controls(ui, at, &subject);
        }
        let (depth, nonlinear) = (self.depth(), self.nonlinear);
        let pair = pair_name(subject.run, at);
        let Some(machine) = self.machine(s, subject.run, at) else {
            let words = match cx.view.still {
                true => format!("No data: {pair} was never tried."),
                false => format!("No data: {pair} was never tried yet. Space plays."),
            };
            note(ui, &words);
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
        let clicked = maps::ui(ui, left, subject.grid, at.0, machine, depth);
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
        let name = format!("{}, reward {}", truth.state_name(o.next), value(o.reward));
        worth::told(ui, &name, &format!("{:.3}", o.probability), &format!("{p:.3}"));
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
        // The frame needs the panel's words while the body changes it.
        let mut body = std::mem::take(self);
        framed(&Self::default(), PanelId::Wall, ui, cx, |ui, cx| body.body(ui, cx));
        *self = body;
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let Some(subject) = subject(snapshot, 0) else {
            return "No run teaches all models in a world with a map.\n".to_owned();
        };
        let (run, grid) = (subject.run, subject.grid);
        let at = self.pair(&subject, None);
        let Some(m) = answer(snapshot, run, at) else {
            return format!("No data: {} was never tried.\n", pair_name(run, at));
        };
        let depth = self.depth();
        let (inside, of) = m.means_in_walls(grid, depth);
        let (hits, all) = samples(grid, &m.sample, depth);
        let w = m.worth[depth - 1];
        format!(
            "{}, tried {} times, {depth} steps ahead\nexpectation: {inside} of {of} expected places in walls\n\
             sample: {} of {} sampled states in walls\nE[v(s')] = {}, v(E[s']) = {} linear, {} at the mean place\n\
             greatest difference of the linear identity: {:e}\nvariance of the return: {}\n",
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
        let mut csv = "depth,mean_row,mean_col,expected,linear,nearest,variance\n".to_owned();
        let machine =
            subject(snapshot, 0).and_then(|of| answer(snapshot, of.run, self.pair(&of, None)));
        let Some(m) = machine else {
            return csv;
        };
        for (index, w) in m.worth.iter().enumerate() {
            // Once nothing goes on, there is no mean place.
            let [row, col] = m.means[index].unwrap_or([f64::NAN; 2]);
            let (n, v) = (index + 1, m.variance[index]);
            csv += &format!("{n},{row},{col},{},{},{},{v}\n", w.expected, w.linear, w.nearest);
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
