//! What the window sees of an arena: immutable, cheap to share, taken between two slices.

use std::sync::Arc;

use super::arena::{Event, Experiment, Failure, Grain, Run};
use super::clock::{Clock, Position};
use super::cohort::LaneView;
use super::config::letter;
use super::fork::{Fork, fork_names};
use super::futures::{Future, futures};
pub use super::inspect::Inspection;
use super::record::{EpisodeRow, Record};
use crate::agents::AgentInfo;
pub use crate::agents::search::Evidence;
use crate::base::params::Range;
use crate::base::series::Series;
use crate::mdp::scene::Scene;
use crate::mdp::trace::{CodeLine, Mark};
use crate::probes::curves::{Curve, Lane, by_episode, by_mean_reading, step_held};
pub use crate::probes::price::Price;
use crate::probes::stale::stale;
pub use crate::probes::stale::{Belief, Stale};
use crate::probes::truth::Truth;
use crate::probes::values::ValueMap;

/// Marks handed to the window: enough for every spark and line it can show singly.
pub const MARKS: usize = 256;

/// One run at one moment.
#[derive(Clone, Debug)]
pub struct RunSnapshot {
    /// A to F.
    pub letter: char,
    /// Name.
    pub name: String,
    /// A few words more.
    pub note: String,
    /// Where it split off from another run, if it did.
    pub fork: Option<Fork>,
    /// Which agent.
    pub agent: &'static AgentInfo,
    /// Present values of its parameters.
    pub params: Vec<f64>,
    /// The watched lane.
    pub lane: Arc<LaneView>,
    /// Its value map, for agents with tables.
    pub map: Option<Arc<ValueMap>>,
    /// The world's truth, its picture included, as the watched lane has it now.
    pub truth: Arc<Truth>,
    /// Cells of which its model believes what is not so; empty without a model.
    pub stale: Arc<[Stale]>,
    /// Length of the greedy way home, if there is one.
    pub way_home: Option<usize>,
    /// Newest marks of the watched lane, oldest first.
    pub marks: Arc<[Mark]>,
    /// Marks of the newest unit alone.
    pub unit_marks: Arc<[Mark]>,
    /// The search from the present state, if the run searches and pictures ask for it.
    pub evidence: Option<Arc<Evidence>>,
    /// Pseudo-code that the marks refer to.
    pub code: &'static [CodeLine],
    /// Whether planning while the world stands still would do anything now.
    pub can_dream: bool,
    /// Why it stopped, if it did.
    pub failure: Option<Failure>,
    /// The clock of the lock-step does not move for it.
    pub stands_still: bool,
}

impl RunSnapshot {
    /// Whether it learns what states are worth to somebody who acts at random, and nothing else.
    pub fn predicts(&self) -> bool {
        self.code.iter().any(|line| line.text.starts_with("V[s]"))
    }

    /// Present value of the parameter called `key`.
    pub fn param(&self, key: &str) -> Option<f64> {
        let index = self.agent.params().iter().position(|s| s.key == key)?;
        self.params.get(index).copied()
    }
}

/// Learning curves of all runs on one clock.
#[derive(Clone, Debug)]
pub struct Curves {
    /// The x axis.
    pub axis: Clock,
    /// Steps an episode, one curve a run.
    pub steps: Vec<Curve>,
    /// Cumulative reward, one curve a run.
    pub reward: Vec<Curve>,
    /// Return of each episode, one curve a run.
    pub returns: Vec<Curve>,
    /// Root mean square error of the value, one curve a run; empty where it is not measured.
    pub value_error: Vec<Curve>,
    /// When the mean first was at most [`Snapshot::threshold`] steps an episode: the price on
    /// three clocks.
    pub price: Vec<Option<Price>>,
    /// Fewest steps home in the world of run A, from each of these places on the axis on: `[x,
    /// steps]`; not a number while there is no way. Empty where runs live in different worlds.
    pub shortest: Vec<[f64; 2]>,
    /// What forks have more than their parents.
    pub futures: Vec<Future>,
}

/// The arena at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Name of the arena.
    pub title: String,
    /// Where all lanes are.
    pub position: Position,
    /// The furthest place on this past.
    pub furthest: Position,
    /// Where the arena stops.
    pub limit: u64,
    /// Whether it plays.
    pub playing: bool,
    /// What one press of step is, and what speed counts.
    pub grain: Grain,
    /// Grains a second; `None` as fast as it goes.
    pub speed: Option<f64>,
    /// Seed of lane 0.
    pub seed: u64,
    /// Seeds per run.
    pub lanes: usize,
    /// Mean steps an episode that count as "found the way".
    pub threshold: f64,
    /// The watched lane.
    pub watched: usize,
    /// Parameters of the world of the selected run.
    pub world: Arc<super::config::WorldConfig>,
    /// What the arena was built from: with the events, all it takes to live it again.
    pub config: Arc<super::config::ArenaConfig>,
    /// The runs.
    pub runs: Vec<RunSnapshot>,
    /// Whether their searches were asked for.
    pub evidence: bool,
    /// Learning curves.
    pub curves: Arc<Curves>,
    /// Everything that was done to the runs.
    pub events: Arc<[Event]>,
    /// Whether a person can draw into the world.
    pub can_be_drawn: bool,
    /// Whether there is a stroke to take back.
    pub can_undo: bool,
    /// The updates of the cell under inspection, once they are found.
    pub inspection: Option<Arc<Inspection>>,
    /// Memory of keyframes and records, in bytes.
    pub bytes: usize,
    /// How many keyframes there are, and their bytes.
    pub keyframes: (usize, usize),
    /// Grows with every new arena; what is remembered by place must be forgotten then.
    pub generation: u64,
    /// Grows with every change of the log, and whenever time is walked back.
    pub past: u64,
}

impl Snapshot {
    /// Whether run `index` has finished the episode under way and waits for the others.
    pub fn waits(&self, index: usize) -> bool {
        let here = self.position;
        let done = self.runs[index].lane.counters.episodes;
        here.clock == Clock::Episodes && done > here.count && here.count < self.limit
    }
}

/// Name and note of run `index`.
fn names(index: usize, e: &Experiment) -> (String, String) {
    let run = &e.runs()[index];
    match run.config.fork {
        Some(fork) => fork_names(&run.config.name, fork.of, run, &e.runs()[fork.of]),
        None => own_names(run),
    }
}

/// Name and note of a run as it is set now: "n = 50" becomes "n = 5" when n was changed, and the
/// note says what it was.
fn own_names(run: &Run) -> (String, String) {
    let (mut name, mut was, mut swapped) = (run.config.name.clone(), Vec::new(), Vec::new());
    for (index, spec) in run.config.info.params().iter().enumerate() {
        let (before, now) = (run.config.params[index], run.param(index));
        if before == now {
            continue;
        }
        let written = |value| spec.written(value);
        match name.contains(&written(before)) {
            true => {
                name = name.replace(&written(before), &written(now));
                was.push(format!("was {}", written(before)));
            }
            false => {
                was.push(format!("now {}", written(now)));
                if matches!(spec.range, Range::Choice(_)) {
                    swapped.push(spec.show(now));
                }
            }
        }
    }
    // What was swapped is what people call the run by, as long as it is one thing.
    let name = match &swapped[..] {
        [] => name,
        [one] => format!("{name} → {one}"),
        _ => format!("{name}, changed"),
    };
    match was.is_empty() {
        true => (name, run.config.note.clone()),
        false => (name, was.join(", ")),
    }
}

/// What the model believes wrongly, where planning asks it and a map shows it.
fn believed(run: &Run, lane: &LaneView, truth: &Truth) -> Arc<[Stale]> {
    let dial = run.config.info.params().iter().position(|spec| spec.key == "planning_steps");
    let idle = dial.is_some_and(|index| run.param(index) == 0.0);
    let mapped = matches!(truth.scene(), Scene::Grid(_));
    let model = lane.view.model.as_ref().filter(|_| mapped && !idle);
    model.map_or(Arc::from([]), |m| stale(m, truth).into())
}

/// Takes the picture of one run, its search included if `evidence` asks for it.
pub fn run_snapshot(
    index: usize,
    run: &Run,
    experiment: &Experiment,
    evidence: bool,
) -> RunSnapshot {
    let searched = || run.evidence(experiment.watched()).map(Arc::new);
    let lane = run.lane_view(experiment.watched());
    let table = lane.view.table.as_ref();
    let marks = run.recorder().marks();
    let (name, note) = names(index, experiment);
    // Of a slice that went on unwatched, nobody knows the last unit.
    let unit = if run.recorder().is_full() { &[] } else { run.recorder().last_unit() };
    let truth = experiment.truth_of(index);
    RunSnapshot {
        letter: letter(index),
        name,
        note,
        fork: run.config.fork,
        agent: run.config.info,
        params: (0..run.config.params.len()).map(|i| run.param(i)).collect(),
        map: table.map(|t| Arc::new(ValueMap::of(t))),
        // Values of states alone name no action.
        way_home: table
            .filter(|t| t.actions == truth.actions())
            .and_then(|t| truth.greedy_way(t))
            .map(|way| way.len() - 1),
        stale: believed(run, &lane, truth),
        truth: truth.clone(),
        marks: marks[marks.len().saturating_sub(MARKS)..].into(),
        unit_marks: unit.into(),
        evidence: evidence.then(searched).flatten(),
        code: run.code(),
        can_dream: run.can_dream(),
        failure: run.failure().cloned(),
        stands_still: run.stands_still(),
        lane: Arc::new(lane),
    }
}

/// Computes all curves on `axis`.
pub fn curves(experiment: &Experiment, axis: Clock) -> Curves {
    let watched = experiment.watched();
    let records = || experiment.runs().iter().map(Run::record);
    let shared = experiment.config().clock == axis;
    // How far all lanes of a run have come, if that is one and the same axis for all.
    let here = |run: &Run| {
        let lanes = 0..experiment.config().lanes;
        lanes.map(|lane| run.counters(lane).position(axis).count as f64).reduce(f64::min)
    };
    let off = |row: &EpisodeRow| row.value_error.map_or(f64::NAN, f64::from);
    let curve = |value: fn(&EpisodeRow) -> f64, is_total: bool| {
        let of = |run: &Run| {
            let until = here(run).filter(|_| is_total);
            curve_of(run.record(), (axis, shared), watched, value, until)
        };
        experiment.runs().iter().map(of).collect()
    };
    Curves {
        axis,
        steps: curve(|row| row.length as f64, false),
        reward: curve(|row| row.total_return, true),
        returns: curve(|row| row.episode_return, false),
        value_error: curve(off, false).into_iter().map(Curve::measured).collect(),
        price: records().map(Record::price).collect(),
        shortest: match experiment.config().is_mixed() {
            true => Vec::new(),
            false => shortest(experiment, axis),
        },
        futures: futures(experiment, axis),
    }
}

/// The way home of the watched lane of the first run through all that was drawn over its world and
/// all that changed by itself, stepwise on `axis`.
fn shortest(experiment: &Experiment, axis: Clock) -> Vec<[f64; 2]> {
    let run = &experiment.runs()[0];
    let shared = experiment.config().clock == axis;
    // Episodes are numbered from 1 on their axis.
    let first = if axis == Clock::Episodes { 1.0 } else { 0.0 };
    let mut moments: Vec<(u64, f64)> = vec![(0, 0.0)];
    moments.extend(run.chapters.iter().map(|chapter| {
        let at = if shared { chapter.position.count } else { chapter.counters.on(axis) };
        (chapter.counters.env_steps, at as f64 + first)
    }));
    let switch = switched(experiment, axis);
    moments.extend(switch);
    moments.sort_by_key(|moment| moment.0);
    let level = |&(steps, x): &(u64, f64)| {
        let strokes = run.chapters.iter().take_while(|c| c.counters.env_steps <= steps).count();
        let stage = usize::from(switch.is_some_and(|(at, _)| at <= steps));
        [x, run.way_after(strokes, stage).map_or(f64::NAN, |steps| steps as f64)]
    };
    moments.iter().map(level).collect()
}

/// When the world of the watched lane of the first run changed by itself: in real steps, and on
/// `axis`. `None` before it has.
fn switched(experiment: &Experiment, axis: Clock) -> Option<(u64, f64)> {
    let (run, watched) = (&experiment.runs()[0], experiment.watched());
    let world = experiment.config().world_of(0);
    let spec = world.info.params().iter().position(|s| s.key == "switch_step")?;
    let at = world.params[spec] as u64;
    if run.stage(watched) == 0 {
        return None;
    }
    if axis == Clock::EnvSteps {
        return Some((at, at as f64));
    }
    let lane = &run.record().lanes()[watched];
    let row = (lane.first_exact()..lane.len()).find_map(|index| {
        let row = lane.get(index).filter(|row| row.env_steps >= at)?;
        Some(row.on(axis, index + 1))
    });
    Some((at, row.unwrap_or_else(|| run.counters(watched).on(axis) + 1) as f64))
}

/// One run's curve; `shared` says that the lanes are in lock-step on this axis. A running total is
/// known up to `total_until`.
fn curve_of(
    record: &Record,
    (axis, shared): (Clock, bool),
    watched: usize,
    value: fn(&EpisodeRow) -> f64,
    total_until: Option<f64>,
) -> Curve {
    let lanes = record.lanes();
    // Lanes that forgot their oldest rows: begin where all are exact.
    let first = lanes.iter().map(Series::first_exact).max().unwrap_or(0);
    let len = |lane: &Series<EpisodeRow>| lane.len().saturating_sub(first) as usize;
    let row = |lane: &Series<EpisodeRow>, i: usize| lane.get(first + i as u64).copied();
    if axis == Clock::Episodes {
        let lane = |lane| Lane {
            len: len(lane),
            at: move |i| row(lane, i).map_or(f64::NAN, |r| value(&r)),
        };
        return by_episode(first + 1, &lanes.iter().map(lane).collect::<Vec<_>>(), watched);
    }
    let lane = |lane| Lane {
        len: len(lane),
        at: move |i| row(lane, i).map_or([f64::NAN; 2], |r| [r.on(axis, 0) as f64, value(&r)]),
    };
    let lanes: Vec<_> = lanes.iter().map(lane).collect();
    // Who forgot the first rows does not know where the total began.
    let total_until = total_until.filter(|_| first == 0);
    match shared {
        true => step_held(&lanes, watched, total_until),
        false => by_mean_reading(&lanes, watched),
    }
}
