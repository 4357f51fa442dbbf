//! Drives an arena by commands and time: plays, steps, walks back. The runner's thread, tests and
//! films call the same two methods, [`Engine::handle`] and [`Engine::advance`].

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::arena::{Experiment, Grain};
use super::clock::{Clock, Position};
use super::config::{ArenaConfig, ConfigError, MAX_LANES, WorldConfig};
use super::snapshot::{Curves, Snapshot, curves, run_snapshot};

/// Longest time between two looks at the commands.
pub const SLICE: Duration = Duration::from_millis(8);
/// A round this short doubles the stride, one as long as a slice halves it.
const SHORT_ROUND: Duration = Duration::from_millis(2);
/// Most often that curves are computed anew while running.
const CURVES_EVERY: Duration = Duration::from_millis(100);

/// What a person can ask for.
#[derive(Clone, Debug)]
pub enum Command {
    /// Play or pause.
    Play(bool),
    /// One grain forward, then pause.
    Step,
    /// One grain back, then pause.
    Back,
    /// What one grain is.
    Grain(Grain),
    /// Go to a place already seen.
    Seek(Position),
    /// Grains a second; `None` as fast as it goes.
    Speed(Option<f64>),
    /// Change a parameter of a run's agent.
    Set {
        /// Which run.
        run: usize,
        /// Which parameter.
        param: usize,
        /// To what.
        value: f64,
    },
    /// Change a parameter of the world; starts anew.
    SetWorld {
        /// Which parameter.
        param: usize,
        /// To what.
        value: f64,
    },
    /// Start anew with this seed and these many lanes; parameters stay as they are.
    Restart {
        /// Seed of lane 0.
        seed: u64,
        /// Lanes per run.
        lanes: usize,
    },
    /// Start anew as the lesson has it.
    Reset,
    /// Another arena.
    Load(Box<ArenaConfig>),
    /// The run whose episodes count when stepping on other clocks.
    Select(usize),
    /// The lane on screen.
    Watch(usize),
    /// The x axis of every curve.
    Axis(Clock),
    /// The clock of the lock-step; starts anew.
    LockStep(Clock),
}

/// An arena with a transport.
pub struct Engine {
    experiment: Experiment,
    lesson: ArenaConfig,
    workers: usize,
    playing: bool,
    grain: Grain,
    speed: Option<f64>,
    /// Grains owed to the clock on the wall.
    debt: f64,
    /// A goal begun in an earlier slice.
    goal: Option<Position>,
    /// Steps per round at full speed, so that a round takes a part of a slice.
    stride: u64,
    limit: u64,
    selected: usize,
    axis: Clock,
    curves: Arc<Curves>,
    curves_of: Option<(Clock, usize, Vec<u64>)>,
    curves_at: Instant,
    generation: u64,
    notice: Option<String>,
}

impl Engine {
    /// Builds the arena; it plays at once.
    pub fn new(config: ArenaConfig, workers: usize) -> Result<Self, ConfigError> {
        let experiment = open(config.clone(), workers)?;
        let axis = config.clock;
        Ok(Self {
            curves: Arc::new(curves(&experiment, axis)),
            experiment,
            workers,
            playing: true,
            grain: Grain::Step,
            speed: config.speed,
            debt: 0.0,
            goal: None,
            stride: 1,
            limit: config.length,
            selected: 0,
            axis,
            curves_of: None,
            curves_at: Instant::now(),
            generation: 0,
            notice: None,
            lesson: config,
        })
    }

    /// The arena.
    pub fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// Whether time would move it.
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// How long until the next grain is due; `None` while paused.
    pub fn due_in(&self) -> Option<Duration> {
        if !self.playing {
            return None;
        }
        let missing = (1.0 - self.debt).max(0.0);
        Some(self.speed.map_or(Duration::ZERO, |rate| {
            Duration::from_secs_f64((missing / rate).min(1.0))
        }))
    }

    /// A sentence for the person, once.
    pub fn take_notice(&mut self) -> Option<String> {
        self.notice.take()
    }

    // ---------------------------------------------------------------- commands

    /// Does what is asked, at a moment when every lane is at the position.
    pub fn handle(&mut self, command: Command) {
        self.finish_goal();
        match command {
            Command::Play(on) => self.play(on),
            Command::Step => self.step(),
            Command::Back => self.back(),
            Command::Grain(grain) => self.grain = grain,
            Command::Seek(to) => {
                self.experiment.seek(to);
                self.finish_goal();
            }
            Command::Speed(speed) => self.speed = speed,
            Command::Set { run, param, value } => {
                if let Err(refused) = self.experiment.set_param(run, param, value) {
                    self.notice = Some(refused.to_string());
                }
            }
            Command::SetWorld { param, value } => {
                let mut config = self.present_config();
                config.world.params[param] = value;
                self.rebuild(config);
            }
            Command::Restart { seed, lanes } => {
                let mut config = self.present_config();
                config.seed = seed;
                config.lanes = lanes.clamp(1, MAX_LANES);
                self.rebuild(config);
            }
            Command::Reset => self.rebuild(self.lesson.clone()),
            Command::Load(config) => {
                self.lesson = (*config).clone();
                self.speed = config.speed;
                self.axis = config.clock;
                self.rebuild(*config);
                self.playing = true;
            }
            Command::Select(run) => self.selected = run,
            Command::Watch(lane) => self.experiment.watch_lane(lane),
            Command::Axis(axis) => self.axis = axis,
            Command::LockStep(clock) => {
                let mut config = self.present_config();
                config.length = length_on(&self.lesson, clock);
                config.clock = clock;
                self.rebuild(config);
            }
        }
    }

    fn play(&mut self, on: bool) {
        if on && self.experiment.position().count >= self.limit {
            // At the end "play" means: go on, as far again.
            self.limit += self.experiment.config().length;
        }
        self.playing = on;
        self.debt = 0.0;
    }

    fn step(&mut self) {
        self.playing = false;
        self.experiment.forget_marks();
        self.one_grain(None);
        self.finish_goal();
    }

    /// Goes back, then repeats the last unit with the recorder on, so that the lines that led
    /// here are on the screen.
    fn back(&mut self) {
        self.playing = false;
        self.experiment.back(self.grain, self.selected);
        let here = self.experiment.position();
        self.experiment.back(Grain::Unit, self.selected);
        self.experiment.forget_marks();
        self.experiment.advance_to(here, None);
    }

    /// The configuration with all parameters as they are now.
    fn present_config(&self) -> ArenaConfig {
        let mut config = self.experiment.config().clone();
        for (run, now) in config.runs.iter_mut().zip(self.experiment.runs()) {
            for (index, value) in run.params.iter_mut().enumerate() {
                *value = now.param(index);
            }
        }
        config
    }

    fn rebuild(&mut self, config: ArenaConfig) {
        let watched = self.experiment.watched();
        self.limit = config.length;
        match open(config, self.workers) {
            Ok(experiment) => self.experiment = experiment,
            Err(error) => self.notice = Some(error.to_string()),
        }
        self.experiment.watch_lane(watched);
        self.selected = self.selected.min(self.experiment.runs().len() - 1);
        self.generation += 1;
        self.goal = None;
        self.debt = 0.0;
        self.curves_of = None;
    }

    // ---------------------------------------------------------------- time

    /// Lets `elapsed` pass, working at most about `slice`. True if anything moved.
    pub fn advance(&mut self, elapsed: Duration, slice: Duration) -> bool {
        if !self.playing {
            return false;
        }
        let deadline = Instant::now() + slice;
        let Some(rate) = self.speed else {
            return self.at_full_speed(deadline);
        };
        self.debt += rate * elapsed.as_secs_f64();
        // What cannot be done in a tenth of a second is not owed any more.
        self.debt = self.debt.min((rate * 0.1).max(1.0));
        let mut moved = false;
        while self.debt >= 1.0 && self.playing {
            moved = true;
            let paid = self.one_grain(Some(deadline));
            self.debt -= paid.unwrap_or(0.0);
            if paid.is_none() || Instant::now() >= deadline {
                break;
            }
        }
        moved
    }

    fn at_full_speed(&mut self, deadline: Instant) -> bool {
        while self.playing && Instant::now() < deadline {
            let begun = Instant::now();
            if self.goal.is_none() {
                self.goal = Some(self.clamped(self.experiment.position().steps_on(self.stride)));
            }
            if !self.work(Some(deadline)) {
                self.stride = (self.stride / 2).max(1);
                return true;
            }
            match begun.elapsed() {
                short if short < SHORT_ROUND => self.stride = (self.stride * 2).min(1 << 24),
                long if long > SLICE => self.stride = (self.stride / 2).max(1),
                _ => {}
            }
            self.stop_at_end();
        }
        true
    }

    /// One grain or, for real steps, as many as are owed. Returns how many were done; `None` if
    /// the deadline came first.
    fn one_grain(&mut self, deadline: Option<Instant>) -> Option<f64> {
        let before = self.experiment.position();
        let grain = self.grain;
        let many = match deadline {
            Some(_) => self.debt.floor().max(1.0) as u64,
            None => 1,
        };
        if self.goal.is_none() {
            match (grain, before.clock) {
                (Grain::Unit, _) => self.goal = Some(self.clamped(before.unit_on())),
                (Grain::Step, Clock::Episodes | Clock::EnvSteps) => {
                    self.goal = Some(self.clamped(before.steps_on(many)));
                }
                (Grain::Episode, Clock::Episodes) => {
                    self.goal = Some(Position::at(before.clock, before.count + 1));
                }
                _ => return self.until_selected(grain, deadline),
            }
        }
        let done = self.work(deadline);
        self.stop_at_end();
        done.then(|| self.paid(before))
    }

    /// How many grains lie between `before` and the present.
    fn paid(&self, before: Position) -> f64 {
        let now = self.experiment.position();
        match (self.grain, now.clock) {
            (Grain::Step, Clock::Episodes) if now.count == before.count => {
                (now.step - before.step) as f64
            }
            (Grain::Step, Clock::EnvSteps) => (now.count - before.count) as f64,
            // The rest of an episode: as many steps as its longest lane on screen still had.
            (Grain::Step, Clock::Episodes) => {
                let lane = self.experiment.watched();
                let runs = self.experiment.runs().iter();
                let length = runs.filter_map(|r| r.record().lanes()[lane].get(before.count));
                let longest = length.map(|row| row.length).max().unwrap_or(1);
                longest.saturating_sub(before.step).max(1) as f64
            }
            _ => 1.0,
        }
    }

    /// On clocks that do not know steps or episodes: tick until the selected run has finished one.
    fn until_selected(&mut self, grain: Grain, deadline: Option<Instant>) -> Option<f64> {
        let lane = self.experiment.watched();
        let reading = |e: &Experiment, run: usize| {
            let c = e.runs()[run].counters(lane);
            if grain == Grain::Episode {
                c.episodes
            } else {
                c.env_steps
            }
        };
        let before = reading(&self.experiment, self.selected);
        while reading(&self.experiment, self.selected) == before {
            self.goal = Some(self.clamped(self.experiment.position().unit_on()));
            let done = self.work(deadline);
            self.stop_at_end();
            let late = deadline.is_some_and(|at| Instant::now() >= at);
            let stuck = self.experiment.all_stand() || self.at_end();
            if !done || stuck || late || self.experiment.runs()[self.selected].stands_still() {
                return None;
            }
        }
        Some(1.0)
    }

    /// Goes on to the goal and, from there, to the next round position. True once there.
    fn work(&mut self, deadline: Option<Instant>) -> bool {
        if let Some(goal) = self.goal {
            if !self.experiment.advance_to(goal, deadline) {
                return false;
            }
            self.goal = None;
        }
        if let Some(round) = self.experiment.round_position() {
            self.goal = Some(round);
            if !self.experiment.advance_to(round, deadline) {
                return false;
            }
            self.goal = None;
        }
        true
    }

    fn finish_goal(&mut self) {
        while !self.work(None) {}
    }

    fn clamped(&self, goal: Position) -> Position {
        let end = Position::at(goal.clock, self.limit);
        if goal > end && self.experiment.position() < end {
            return end;
        }
        goal
    }

    fn at_end(&self) -> bool {
        self.experiment.position().count >= self.limit
    }

    fn stop_at_end(&mut self) {
        if self.at_end() || self.experiment.all_stand() {
            self.playing = false;
        }
    }

    // ---------------------------------------------------------------- pictures

    /// Takes a picture and empties the recorders.
    pub fn snapshot(&mut self) -> Snapshot {
        self.refresh_curves();
        let e = &self.experiment;
        let runs = e.runs().iter().enumerate();
        let snapshot = Snapshot {
            title: e.config().title.clone(),
            position: e.position(),
            furthest: e.furthest(),
            limit: self.limit,
            playing: self.playing,
            grain: self.grain,
            speed: self.speed,
            seed: e.config().seed,
            lanes: e.config().lanes,
            watched: e.watched(),
            scene: Arc::new(e.scene().clone()),
            truth: e.truth().clone(),
            world: Arc::new(WorldConfig::clone(&e.config().world)),
            runs: runs.map(|(i, run)| run_snapshot(i, run, e)).collect(),
            curves: self.curves.clone(),
            events: e.events().into(),
            bytes: e.bytes(),
            generation: self.generation,
        };
        if self.playing {
            self.experiment.forget_marks();
        }
        snapshot
    }

    fn refresh_curves(&mut self) {
        let e = &self.experiment;
        let versions = e.runs().iter().map(|r| r.record().version()).collect();
        let wanted = Some((self.axis, e.watched(), versions));
        let axis_moved = self.curves.axis != self.axis;
        let fresh = self.playing && !axis_moved && self.curves_at.elapsed() < CURVES_EVERY;
        if self.curves_of == wanted || (fresh && self.curves_of.is_some()) {
            return;
        }
        self.curves = Arc::new(curves(e, self.axis));
        self.curves_of = wanted;
        self.curves_at = Instant::now();
    }
}

/// Builds an arena that remembers and is watched.
fn open(config: ArenaConfig, workers: usize) -> Result<Experiment, ConfigError> {
    let mut experiment = Experiment::new(config, workers)?;
    experiment.remember();
    experiment.watch(true);
    Ok(experiment)
}

/// A lesson's length on another clock of the lock-step: generous round numbers.
fn length_on(lesson: &ArenaConfig, clock: Clock) -> u64 {
    match clock {
        _ if clock == lesson.clock => lesson.length,
        Clock::Episodes => 50,
        Clock::EnvSteps => 5_000,
        Clock::Updates | Clock::Imagined => 50_000,
    }
}
