//! The arena: several runs advanced in lock-step on one clock. It is built in `open.rs`; walking
//! back is in `travel.rs`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::clock::{Clock, Counters, Position};
use super::cohort::Advance;
use super::config::{ArenaConfig, letter};
use super::keyframes::Keyframes;
use super::measure::Measures;
use super::networks::is_device;
use super::open::Home;
pub use super::run::{Failure, Run};
use super::workers::{Task, Workers};
use crate::base::params::Dial as _;
use crate::base::rng::lane_seed;
use crate::mdp::State;
use crate::mdp::edit::Stroke;
use crate::nn::device::{Place, Wish};
use crate::probes::truth::Truth;

/// Least time spent computing between two keyframes: about what a step back may take, whatever
/// the pace at which the arena played.
const KEYFRAME_EVERY: Duration = Duration::from_millis(25);
/// Keyframes may take one part in so many of the time at most.
const KEYFRAME_SHARE: u32 = 64;

/// How far one press of "step" goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// One planning unit, or the real part of a step.
    Unit,
    /// One real step.
    Step,
    /// One episode.
    Episode,
}

/// What a person did to a run.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A parameter got another value.
    Param {
        /// Which parameter of its agent.
        param: usize,
        /// To what.
        value: f64,
    },
    /// It planned while the world stood still.
    Dream {
        /// So many planning units were asked for, in every lane.
        units: u32,
        /// So many the watched lane did; fewer where nothing was left to be learned.
        done: u32,
    },
    /// Its world was drawn over, in every lane; all runs of the arena have the same stroke at the
    /// same place.
    Edit {
        /// What it made of which cells.
        stroke: Arc<Stroke>,
        /// It takes an earlier stroke back.
        undo: bool,
    },
    /// An error was painted over its model, in every lane.
    Lie {
        /// What entering each of these cells pays more in the model than in the world.
        cells: Arc<[(State, f64)]>,
        /// It takes an earlier one back.
        undo: bool,
    },
}

/// What was done to a run, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When, on the clock of the lock-step.
    pub position: Position,
    /// Which run.
    pub run: usize,
    /// What was done.
    pub change: Change,
    /// Counters of the watched lane at that moment.
    pub counters: Counters,
}

/// The arena. See [`Experiment::advance_to`].
pub struct Experiment {
    pub(super) config: ArenaConfig,
    /// The worlds that runs live in.
    pub(super) homes: Vec<Home>,
    pub(super) runs: Vec<Run>,
    pub(super) position: Position,
    pub(super) furthest: Position,
    /// A goal that lanes are on their way to: some may be past `position` already.
    pub(super) under_way: Option<Position>,
    pub(super) events: Vec<Event>,
    /// How many of the events have been applied.
    pub(super) applied: usize,
    pub(super) keyframes: Keyframes,
    /// Grows whenever time is walked back or the past gets another event.
    pub(super) past: u64,
    /// Time that computing took on the way here from the start, walked once.
    pub(super) cost: Duration,
    /// How much of it there must be until the next keyframe.
    pub(super) next_keyframe: Duration,
    pub(super) remembers: bool,
    pub(super) measures: Measures,
    pub(super) watched: usize,
    pub(super) records: bool,
    pub(super) workers: Workers,
    /// A sentence for the person.
    pub(super) notice: Option<String>,
}

impl Experiment {
    /// Keeps keyframes from now on, the first one here and now, so that [`Self::seek`] can go
    /// back. Calling it again keeps one more at once.
    pub fn remember(&mut self) {
        self.finish_goal();
        self.remembers = true;
        self.keyframe();
    }

    /// Records the watched lane of every run from now on, or stops to.
    pub fn watch(&mut self, on: bool) {
        self.records = on;
    }

    /// Chooses the watched lane.
    pub fn watch_lane(&mut self, lane: usize) {
        self.watched = lane.min(self.config.lanes - 1);
        self.forget_marks();
    }

    /// The watched lane.
    pub fn watched(&self) -> usize {
        self.watched
    }

    /// Empties the recorders.
    pub fn forget_marks(&mut self) {
        self.runs.iter_mut().for_each(|run| run.recorder.clear());
    }

    /// What it was built from.
    pub fn config(&self) -> &ArenaConfig {
        &self.config
    }

    /// The runs.
    pub fn runs(&self) -> &[Run] {
        &self.runs
    }

    /// The truth about the world, its picture included, as it is now for the watched lane of the
    /// first run, with everything drawn over it.
    pub fn truth(&self) -> &Arc<Truth> {
        self.truth_of(0)
    }

    /// The same for the watched lane of run `run`. A world that changes does so at a real step of
    /// the lane: on the clock of real steps for all at once, on other clocks for each in its turn.
    pub fn truth_of(&self, run: usize) -> &Arc<Truth> {
        let run = &self.runs[run];
        &run.truths[run.stage(self.watched).min(run.truths.len() - 1)]
    }

    /// Where all lanes are.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The furthest place ever reached on this past.
    pub fn furthest(&self) -> Position {
        self.furthest
    }

    /// All events, in order; those after the present are of a future already seen.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Copies of the past.
    pub fn keyframes(&self) -> &Keyframes {
        &self.keyframes
    }

    /// Memory of keyframes and records, in bytes.
    pub fn bytes(&self) -> usize {
        self.keyframes.bytes() + self.runs.iter().map(|r| r.record.bytes()).sum::<usize>()
    }

    // ---------------------------------------------------------------- forward

    /// Brings every lane to `goal`, applying the logged events on the way, or stops at
    /// `deadline`. True once all are there. Call it again with the same goal to go on; a goal
    /// begun is finished before a nearer one counts. With a deadline it also stops once a lane
    /// has finished [`FULL`] episodes, so that rows can be written before they are folded.
    ///
    /// [`FULL`]: super::cohort::FULL
    pub fn advance_to(&mut self, goal: Position, deadline: Option<Instant>) -> bool {
        let goal = match self.under_way {
            Some(begun) if goal < begun => begun,
            _ => goal,
        };
        while self.position < goal {
            let stop = match self.events.get(self.applied) {
                Some(event) if event.position < goal => event.position,
                _ => goal,
            };
            self.under_way = Some(stop);
            let done = self.advance_cohorts(stop, deadline);
            if self.rescue() || !done {
                if deadline.is_some() {
                    return false;
                }
                continue;
            }
            self.under_way = None;
            self.position = stop;
            self.keyframe_if_due();
            self.apply_due_events();
        }
        if self.furthest < self.position {
            self.furthest = self.position;
        }
        true
    }

    /// Finishes a goal begun, so that every lane is at the position.
    pub fn finish_goal(&mut self) {
        if let Some(begun) = self.under_way {
            self.advance_to(begun, None);
        }
    }

    /// Once the watched lanes have all finished what the position asks for, the others finish it
    /// too, and the position becomes the next round one. False if the deadline came first.
    pub fn settle(&mut self, deadline: Option<Instant>) -> bool {
        match self.round_position() {
            Some(round) => self.advance_to(round, deadline),
            None => true,
        }
    }

    /// The next whole step or episode, if every watched lane stands there already.
    pub fn round_position(&self) -> Option<Position> {
        let here = self.position;
        let episode = Position::at(here.clock, here.count + 1);
        let step = here.steps_on(1);
        let all_at = |p: Position| {
            let mut moving = self.moving_watched().peekable();
            moving.peek().is_some() && moving.all(|c| c.position(here.clock) >= p)
        };
        match here.clock {
            Clock::Episodes if here.step + here.unit > 0 && all_at(episode) => Some(episode),
            Clock::Episodes | Clock::EnvSteps if here.unit > 0 && all_at(step) => Some(step),
            _ => None,
        }
    }

    /// Counters of the watched lanes that take part in the lock-step.
    pub(super) fn moving_watched(&self) -> impl Iterator<Item = Counters> {
        let moving = self.runs.iter().filter(|run| run.moves(self.watched));
        moving.map(|run| run.counters(self.watched))
    }

    /// True if every lane that moves is at `place` already, whatever the position says.
    pub fn is_reached(&self, place: Position) -> bool {
        let moving = self.runs.iter().flat_map(|r| &r.slots).filter(|slot| slot.moves());
        let mut lanes = moving.flat_map(|slot| {
            let cohort = slot.cohort();
            (0..cohort.lanes()).map(move |lane| cohort.counters(lane))
        });
        lanes.all(|counters| counters.position(place.clock) >= place)
    }

    /// True if no lane can move any more.
    pub fn all_stand(&self) -> bool {
        let mut slots = self.runs.iter().flat_map(|r| &r.slots);
        slots.all(|slot| !slot.moves())
    }

    fn advance_cohorts(&mut self, goal: Position, deadline: Option<Instant>) -> bool {
        let begun = Instant::now();
        let lanes = self.config.lanes;
        let mut tasks = Vec::with_capacity(self.runs.len() * lanes);
        for (index, run) in self.runs.iter_mut().enumerate() {
            let width = run.width();
            for (number, slot) in run.slots.iter_mut().enumerate() {
                let watched = self.records && number == self.watched / width;
                let Some(cohort) = slot.send_out() else {
                    continue;
                };
                tasks.push(Task {
                    index: index * lanes + number,
                    cohort,
                    recorder: watched.then(|| {
                        run.recorder.look_at(self.watched % width);
                        std::mem::take(&mut run.recorder)
                    }),
                    outcome: Ok(Advance::OutOfFuel),
                });
            }
        }
        let mut all = true;
        for task in self.workers.advance(tasks, goal, deadline) {
            all &= self.take_back(task);
        }
        self.cost += begun.elapsed();
        all
    }

    /// Puts a cohort back into its run; true if it needs no more work for this goal.
    fn take_back(&mut self, mut task: Task) -> bool {
        let number = task.index % self.config.lanes;
        let first = number * task.cohort.lanes();
        let seed = lane_seed(self.config.seed, first + task.cohort.failed_lane());
        let run = &mut self.runs[task.index / self.config.lanes];
        if task.outcome.is_err() {
            // A driver may fail in other words than those of a loss.
            task.cohort.place().and_then(Place::check);
        }
        let failure = Failure::of(&task, seed, &run.truths[0]);
        for (lane, episode, row) in task.cohort.take_finished() {
            run.record.push(first + lane, episode, row);
        }
        if let Some(recorder) = task.recorder {
            run.recorder = recorder;
        }
        let slot = &mut run.slots[number];
        slot.welcome(task.cohort);
        slot.failure = failure;
        slot.standing = task.outcome == Ok(Advance::StandsStill);
        !matches!(task.outcome, Ok(Advance::OutOfFuel | Advance::Full))
    }

    // ---------------------------------------------------------------- keyframes

    pub(super) fn keyframe(&mut self) {
        let begun = Instant::now();
        self.keyframes.add(self.position, self.applied, self.cost, &self.runs);
        // Large worlds and many lanes are copied less often.
        let pause = KEYFRAME_EVERY.max(begun.elapsed() * KEYFRAME_SHARE);
        self.next_keyframe = self.cost + pause;
    }

    fn keyframe_if_due(&mut self) {
        if self.remembers && self.cost >= self.next_keyframe {
            self.keyframe();
        }
    }

    /// The first run whose networks are not where they were, in one sentence.
    pub fn misplaced(&self) -> Option<String> {
        self.runs.iter().enumerate().find_map(|(index, run)| {
            let dial = run.config.info.params().iter().position(is_device)?;
            let wish = Wish::from_number(run.param(dial));
            let computing = run.lane_view(self.watched).view.computing?;
            let elsewhere = wish.place().is_some_and(|place| place != computing.place);
            let was = run.config.info.params()[dial].show(wish.to_number());
            let why = computing.why;
            elsewhere.then(|| format!("run {} was computed on {was}: {why}", letter(index)))
        })
    }

    /// Letter and name of a run, e.g. `C n = 50`.
    pub fn run_name(&self, run: usize) -> String {
        format!("{} {}", letter(run), self.runs[run].config.name)
    }
}
