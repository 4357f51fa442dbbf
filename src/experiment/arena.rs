//! The arena: several runs advanced in lock-step, with a log of parameter events and keyframes
//! for walking back.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::build::tabular_cohort;
use super::clock::{Clock, Counters, Position};
use super::cohort::{Advance, Cohort, LaneView};
use super::config::{ArenaConfig, ConfigError, RunConfig, letter};
use super::keyframes::Keyframes;
use super::record::Record;
use super::workers::{Task, Workers};
use crate::base::params::Refused;
use crate::base::rng::lane_seed;
use crate::mdp::Tabular;
use crate::mdp::scene::{Scene, Scenic};
use crate::mdp::trace::Recorder;
use crate::probes::truth::Truth;

/// Least time between two keyframes while running; also about the time a step back may take.
const KEYFRAME_EVERY: Duration = Duration::from_millis(100);

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

/// A parameter that was changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// When, on the clock of the lock-step.
    pub position: Position,
    /// Which run.
    pub run: usize,
    /// Which parameter of its agent.
    pub param: usize,
    /// To what.
    pub value: f64,
    /// Counters of the watched lane at that moment.
    pub counters: Counters,
}

/// Why a run was stopped.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// One sentence for a title.
    pub title: String,
    /// The offending number and where it stood.
    pub text: String,
    /// Seed of the lane.
    pub seed: u64,
    /// How far that lane had come.
    pub counters: Counters,
}

/// One run: a configuration and its lanes.
pub struct Run {
    /// What it was started with.
    pub config: RunConfig,
    /// One cohort a lane.
    cohorts: Vec<Box<dyn Cohort>>,
    record: Record,
    failure: Option<Failure>,
    recorder: Recorder,
    /// The clock of the lock-step does not move for this run.
    standing: bool,
}

impl Run {
    /// Finished episodes.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Why it stopped, if it did.
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }

    /// Marks of the watched lane.
    pub fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// True if the clock of the lock-step does not move for this run.
    pub fn stands_still(&self) -> bool {
        self.standing
    }

    /// How far lane `lane` has come.
    pub fn counters(&self, lane: usize) -> Counters {
        self.cohorts[lane].counters(0)
    }

    /// What a picture needs of lane `lane`.
    pub fn lane_view(&self, lane: usize) -> LaneView {
        self.cohorts[lane].lane_view(0)
    }

    /// The agent's pseudo-code as it is set now.
    pub fn code(&self) -> &'static [crate::mdp::trace::CodeLine] {
        self.cohorts[0].code()
    }

    /// Present value of parameter `index`.
    pub fn param(&self, index: usize) -> f64 {
        self.cohorts[0].param(index)
    }

    /// Fingerprints of all lanes.
    pub fn digests(&self) -> Vec<u64> {
        self.cohorts.iter().map(|c| c.digest()).collect()
    }
}

/// The arena. See [`Experiment::advance_to`].
pub struct Experiment {
    config: ArenaConfig,
    scene: Scene,
    truth: Arc<Truth>,
    runs: Vec<Run>,
    position: Position,
    furthest: Position,
    events: Vec<Event>,
    /// Events already applied at the present position.
    applied: usize,
    keyframes: Keyframes,
    last_keyframe: Instant,
    remembers: bool,
    watched: usize,
    records: bool,
    workers: Workers,
}

impl Experiment {
    /// Builds the arena of a configuration for `workers` threads.
    pub fn new(config: ArenaConfig, workers: usize) -> Result<Self, ConfigError> {
        let world = config.build_world()?;
        Self::in_world(config, &world, workers)
    }

    /// The same with a world of one's own in place of the configured one.
    pub fn in_world<W: Tabular + Scenic>(
        config: ArenaConfig,
        world: &W,
        workers: usize,
    ) -> Result<Self, ConfigError> {
        let mut runs = Vec::new();
        for run in &config.runs {
            let cohort = |lane| {
                let seed = lane_seed(config.seed, lane);
                tabular_cohort(world, run.info.id, &run.params, seed)
            };
            let cohorts: Option<Vec<_>> = (0..config.lanes).map(cohort).collect();
            let cohorts = cohorts
                .ok_or_else(|| ConfigError(format!("agent '{}' is unknown", run.info.id)))?;
            runs.push(Run {
                config: run.clone(),
                record: Record::new(cohorts.len()),
                cohorts,
                failure: None,
                recorder: Recorder::default(),
                standing: false,
            });
        }
        let workers = Workers::new(workers)
            .map_err(|e| ConfigError(format!("{workers} worker threads could not start: {e}")))?;
        let start = Position::at(config.clock, 0);
        Ok(Self {
            scene: world.scene(),
            truth: Arc::new(Truth::of(world)),
            runs,
            position: start,
            furthest: start,
            events: Vec::new(),
            applied: 0,
            keyframes: Keyframes::default(),
            last_keyframe: Instant::now(),
            remembers: false,
            watched: 0,
            records: false,
            workers,
            config,
        })
    }

    /// Keeps keyframes from now on, so that [`Self::seek`] can go back.
    pub fn remember(&mut self) {
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

    /// The world's picture.
    pub fn scene(&self) -> &Scene {
        &self.scene
    }

    /// The truth about the world.
    pub fn truth(&self) -> &Arc<Truth> {
        &self.truth
    }

    /// Where all lanes are.
    pub fn position(&self) -> Position {
        self.position
    }

    /// The furthest place ever reached on this past.
    pub fn furthest(&self) -> Position {
        self.furthest
    }

    /// All parameter events, in order; those after the present are of a future already seen.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Memory of keyframes and records, in bytes.
    pub fn bytes(&self) -> usize {
        self.keyframes.bytes() + self.runs.iter().map(|r| r.record.bytes()).sum::<usize>()
    }

    // ---------------------------------------------------------------- forward

    /// Brings every lane to `goal`, applying the logged events on the way, or stops at
    /// `deadline`. True once all are there. Call it again with the same goal to go on.
    pub fn advance_to(&mut self, goal: Position, deadline: Option<Instant>) -> bool {
        while self.position < goal {
            let stop = match self.events.get(self.applied) {
                Some(event) if event.position < goal => event.position,
                _ => goal,
            };
            if !self.advance_cohorts(stop, deadline) {
                return false;
            }
            self.position = stop;
            self.apply_due_events();
            self.keyframe_if_due();
        }
        if self.furthest < self.position {
            self.furthest = self.position;
        }
        true
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
    fn moving_watched(&self) -> impl Iterator<Item = Counters> {
        let moving = self
            .runs
            .iter()
            .filter(|r| r.failure.is_none() && !r.standing);
        moving.map(|r| r.counters(self.watched))
    }

    /// True if no run can move any more.
    pub fn all_stand(&self) -> bool {
        self.runs.iter().all(|r| r.failure.is_some() || r.standing)
    }

    fn advance_cohorts(&mut self, goal: Position, deadline: Option<Instant>) -> bool {
        let lanes = self.config.lanes;
        let mut tasks = Vec::new();
        for (index, run) in self.runs.iter_mut().enumerate() {
            if run.failure.is_some() {
                continue;
            }
            for (lane, cohort) in run.cohorts.drain(..).enumerate() {
                let watched = self.records && lane == self.watched;
                tasks.push(Task {
                    index: index * lanes + lane,
                    cohort,
                    recorder: watched.then(|| std::mem::take(&mut run.recorder)),
                    outcome: Ok(Advance::OutOfFuel),
                });
            }
        }
        let mut all = true;
        for task in self.workers.advance(tasks, goal, deadline) {
            all &= self.take_back(task, lanes);
        }
        all
    }

    /// Puts a cohort back into its run; true if it needs no more work for this goal.
    fn take_back(&mut self, mut task: Task, lanes: usize) -> bool {
        let run = &mut self.runs[task.index / lanes];
        let lane = task.index % lanes;
        for (_, episode, row) in task.cohort.take_finished() {
            run.record.push(lane, episode, row);
        }
        if let Some(recorder) = task.recorder {
            run.recorder = recorder;
        }
        let seed = lane_seed(self.config.seed, lane);
        let counters = task.cohort.counters(0);
        let fail = |title: String, text: String| Failure {
            title,
            text,
            seed,
            counters,
        };
        let failure = match &task.outcome {
            Ok(Advance::Failed(nan)) => Some(fail(
                format!("Not a number at step {}", counters.env_steps + 1),
                format!(
                    "Q at {} going {} became {} (seed {seed})",
                    self.truth.state_name(nan.state),
                    self.truth.action_name(nan.action),
                    nan.value,
                ),
            )),
            Ok(_) => None,
            Err(panic) => Some(fail(
                format!("Stopped by a fault at step {}", counters.env_steps + 1),
                format!("{panic} (seed {seed})"),
            )),
        };
        run.standing = task.outcome == Ok(Advance::StandsStill);
        run.cohorts.push(task.cohort);
        if run.failure.is_none() {
            run.failure = failure;
        }
        task.outcome != Ok(Advance::OutOfFuel)
    }

    // ---------------------------------------------------------------- parameters

    /// Changes a live parameter of a run at the present position. The futures seen before no
    /// longer hold for this run.
    pub fn set_param(&mut self, run: usize, param: usize, value: f64) -> Result<(), Refused> {
        let Some(spec) = self
            .runs
            .get(run)
            .and_then(|r| r.config.info.params().get(param))
        else {
            return Ok(());
        };
        let value = spec.check(value)?;
        if self.runs[run].param(param) == value {
            return Ok(());
        }
        let here = self.position;
        // Later events of this run belonged to the old future; a drag leaves only its last value.
        let counters = self.runs[run].counters(self.watched);
        let old = std::mem::take(&mut self.events);
        let (past, future) = old.split_at(self.applied);
        let same = |e: &&Event| e.position == here && e.run == run && e.param == param;
        self.events = past.iter().filter(|e| !same(e)).cloned().collect();
        self.events.push(Event {
            position: here,
            run,
            param,
            value,
            counters,
        });
        self.applied = self.events.len();
        let others = future.iter().filter(|e| e.run != run).cloned();
        self.events.extend(others);
        self.keyframes.truncate(here);
        self.set_all(run, param, value);
        let target = &mut self.runs[run];
        for lane in 0..target.cohorts.len() {
            let episodes = target.cohorts[lane].counters(0).episodes;
            target.record.truncate(lane, episodes);
        }
        self.furthest = here;
        Ok(())
    }

    fn set_all(&mut self, run: usize, param: usize, value: f64) {
        for cohort in &mut self.runs[run].cohorts {
            cohort.set_param(param, value);
        }
        self.runs[run].standing = false;
    }

    fn apply_due_events(&mut self) {
        while let Some(event) = self.events.get(self.applied) {
            if event.position > self.position {
                break;
            }
            let Event {
                run, param, value, ..
            } = *event;
            self.set_all(run, param, value);
            self.applied += 1;
        }
    }

    // ---------------------------------------------------------------- backward

    fn keyframe(&mut self) {
        if self.remembers {
            let runs = self.runs.iter().map(|r| r.cohorts.as_slice());
            self.keyframes.add(self.position, self.applied, runs);
            self.last_keyframe = Instant::now();
        }
    }

    fn keyframe_if_due(&mut self) {
        let healthy = self.runs.iter().all(|r| r.failure.is_none());
        if healthy && self.remembers && self.last_keyframe.elapsed() >= KEYFRAME_EVERY {
            self.keyframe();
        }
    }

    /// Goes to any place between the start and the furthest one: back to the nearest keyframe,
    /// then forward by the same dice and the same events.
    pub fn seek(&mut self, goal: Position) {
        if goal < self.position
            && let Some(frame) = self.keyframes.before(goal)
        {
            for (run, cohorts) in self.runs.iter_mut().zip(&frame.cohorts) {
                run.cohorts = cohorts.iter().map(|c| c.duplicate()).collect();
                run.failure = None;
                run.standing = false;
            }
            self.position = frame.position;
            self.applied = frame.events;
        }
        self.forget_marks();
        self.advance_to(goal, None);
    }

    /// One `grain` back; `selected` is the run whose episode counts on clocks other than episodes.
    pub fn back(&mut self, grain: Grain, selected: usize) {
        let goal = match grain {
            Grain::Unit => self.unit_before(),
            Grain::Step => self.step_before(),
            Grain::Episode => self.episode_before(selected),
        };
        if let Some(goal) = goal {
            self.seek(goal);
        }
    }

    fn step_before(&self) -> Option<Position> {
        let here = self.position;
        let whole = Position { unit: 0, ..here };
        match here {
            Position { unit: 1.., .. } => Some(whole),
            Position { step: 1.., .. } => Some(Position {
                step: here.step - 1,
                ..whole
            }),
            Position { count: 0, .. } => None,
            _ if here.clock == Clock::Episodes => {
                let length = |r: &Run| {
                    let lane = r.record.lanes().get(self.watched)?;
                    lane.get(here.count - 1).map(|row| row.length)
                };
                let longest = self.runs.iter().filter_map(length).max().unwrap_or(1);
                Some(Position {
                    count: here.count - 1,
                    step: longest.saturating_sub(1),
                    ..whole
                })
            }
            _ => Some(Position::at(here.clock, here.count - 1)),
        }
    }

    /// Walks the step before once, to find how many units it has.
    fn unit_before(&mut self) -> Option<Position> {
        let here = self.position;
        if here.unit > 0 {
            let unit = here.unit - 1;
            return Some(Position { unit, ..here });
        }
        let mut goal = self.step_before()?;
        if matches!(here.clock, Clock::Updates | Clock::Imagined) {
            return Some(goal);
        }
        self.seek(goal);
        loop {
            let next = self.position.unit_on();
            self.advance_to(next, None);
            if self.round_position().is_some() || self.all_stand() {
                return Some(goal);
            }
            goal = next;
        }
    }

    fn episode_before(&self, selected: usize) -> Option<Position> {
        let here = self.position;
        let inside = here.step + here.unit > 0;
        match here.clock {
            Clock::Episodes if inside => Some(Position::at(here.clock, here.count)),
            Clock::Episodes => Some(Position::at(here.clock, here.count.checked_sub(1)?)),
            _ => {
                let run = self.runs.get(selected)?;
                let now = run.counters(self.watched);
                let lane = run.record.lanes().get(self.watched)?;
                let start_of = |episodes: u64| match episodes.checked_sub(1) {
                    None => Some(Position::at(here.clock, 0)),
                    Some(last) => {
                        let row = lane.get(last)?;
                        let count = match here.clock {
                            Clock::Updates => row.updates,
                            Clock::Imagined => row.imagined_steps,
                            Clock::EnvSteps | Clock::Episodes => row.env_steps,
                        };
                        Some(Position::at(here.clock, count))
                    }
                };
                let start = start_of(now.episodes)?;
                match start < here {
                    true => Some(start),
                    false => start_of(now.episodes.checked_sub(1)?),
                }
            }
        }
    }

    /// Letter and name of a run, e.g. `C n = 50`.
    pub fn run_name(&self, run: usize) -> String {
        format!("{} {}", letter(run), self.runs[run].config.name)
    }
}
