//! Drives an arena by commands and time: plays, steps, walks back. The runner's thread, tests and
//! films call the same two methods, [`Engine::handle`] and [`Engine::advance`].

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::arena::{Event, Experiment, Grain};
use super::clock::{Clock, Position};
pub use super::command::Command;
use super::config::{ArenaConfig, ConfigError, MAX_LANES, WorldConfig};
use super::drive::{Aim, length_on};
use super::inspect::Inspector;
use super::keep::Reliving;
use super::snapshot::{Curves, Snapshot, curves, run_snapshot};

/// Longest time between two looks at the commands.
pub const SLICE: Duration = Duration::from_millis(8);
/// How long a command may wait for lanes that are not on screen, and a step may take before it
/// goes on in slices.
const PATIENCE: Duration = Duration::from_millis(250);
/// Most often that curves are computed anew while running.
const CURVES_EVERY: Duration = Duration::from_millis(100);
/// They may take one part in so many of the time at most.
const CURVES_SHARE: u32 = 64;

/// An arena with a transport.
pub struct Engine {
    pub(super) experiment: Experiment,
    pub(super) lesson: ArenaConfig,
    workers: usize,
    pub(super) playing: bool,
    pub(super) grain: Grain,
    pub(super) speed: Option<f64>,
    /// Grains owed to the clock on the wall.
    pub(super) debt: f64,
    /// Where time is headed; reached in rounds that are short enough for commands to get in.
    pub(super) aim: Option<Aim>,
    /// Steps per round, so that a round takes a part of a slice.
    pub(super) stride: u64,
    pub(super) limit: u64,
    pub(super) selected: usize,
    pub(super) axis: Clock,
    curves: Arc<Curves>,
    /// Those of the last picture, shared with the next while nothing is done.
    events: Arc<[Event]>,
    pub(super) curves_of: Option<(Clock, usize, Vec<u64>, Option<Position>)>,
    pub(super) next_curves: Instant,
    generation: u64,
    pub(super) notice: Option<String>,
    pub(super) inspector: Option<Inspector>,
    pub(super) reliving: Option<Reliving>,
    evidence: bool,
}

impl Engine {
    /// Builds the arena; it plays at once.
    pub fn new(config: ArenaConfig, workers: usize) -> Result<Self, ConfigError> {
        Ok(Self::around(open(config.clone(), workers)?, config, workers))
    }

    /// A transport around an arena; `lesson` is what a reset goes back to.
    pub(super) fn around(experiment: Experiment, lesson: ArenaConfig, workers: usize) -> Self {
        Self {
            curves: Arc::new(curves(&experiment, lesson.clock)),
            events: experiment.events().into(),
            experiment,
            workers,
            playing: true,
            grain: Grain::Step,
            speed: lesson.speed,
            debt: 0.0,
            aim: None,
            stride: 1,
            limit: lesson.length,
            selected: 0,
            axis: lesson.clock,
            curves_of: None,
            next_curves: Instant::now(),
            generation: 0,
            notice: None,
            inspector: None,
            reliving: None,
            evidence: false,
            lesson,
        }
    }

    /// The arena.
    pub fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// Whether time would move it.
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// How long until there is something to do; `None` while paused.
    pub fn due_in(&self) -> Option<Duration> {
        if self.aim.is_some() || self.looks_closer() {
            return Some(Duration::ZERO);
        }
        if !self.playing {
            return None;
        }
        let missing = (1.0 - self.debt).max(0.0);
        Some(
            self.speed
                .map_or(Duration::ZERO, |rate| Duration::from_secs_f64((missing / rate).min(1.0))),
        )
    }

    /// A sentence for the person, once.
    pub fn take_notice(&mut self) -> Option<String> {
        self.experiment.take_notice().or_else(|| self.notice.take())
    }

    // ---------------------------------------------------------------- commands

    /// Does what is asked, at a moment when every lane is at the position.
    pub(super) fn obey(&mut self, command: Command) {
        self.leave_reliving(&command);
        if command.needs_rest() {
            self.come_to_rest();
        }
        match command {
            Command::Play(on) => self.play(on),
            Command::Step => self.step(),
            Command::Back => self.back(),
            Command::Grain(grain) => self.grain = grain,
            Command::Seek(to) => self.seek(to),
            Command::Speed(speed) => self.set_speed(speed),
            Command::Set { run, param, value } => {
                self.stride = 1;
                if let Err(refused) = self.experiment.set_param(run, param, value) {
                    self.notice = Some(refused.to_string());
                }
            }
            Command::Dream { run, units } => {
                self.playing = false;
                self.experiment.forget_marks();
                self.experiment.dream(run, units);
            }
            Command::Edit(_) | Command::Lie { .. } | Command::Undo => self.draw(command),
            Command::Inspect { run, cell, before } => {
                let run = run.min(self.experiment.runs().len() - 1);
                self.inspector = cell.map(|cell| Inspector::new(run, cell, before));
            }
            Command::Evidence(on) => self.evidence = on,
            Command::Fork { run } => self.fork(run),
            Command::Unfork { run } => self.unfork(run),
            Command::SetWorld { param, value } => self.set_world(param, value),
            Command::Restart { seed, lanes } => {
                let mut config = self.present_config();
                config.seed = seed;
                config.lanes = lanes.clamp(1, MAX_LANES);
                self.rebuild(config);
            }
            Command::Reset => {
                // "Again" after the end means that it should move again.
                let ended = self.at_end();
                self.rebuild(self.lesson.clone());
                self.playing |= ended;
            }
            Command::Load(config) => self.load(*config),
            Command::Keep { lesson, reply } => self.keep(lesson, &reply),
            Command::Relive { name, file } => self.relive(name, file),
            Command::Select(run) => self.selected = run.min(self.experiment.runs().len() - 1),
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

    /// Ends the round under way; then the lanes that are not on screen catch up, if that does
    /// not take long.
    fn come_to_rest(&mut self) {
        self.experiment.finish_goal();
        self.aim = self.experiment.round_position().map(Aim::To);
        self.pursue(Instant::now() + PATIENCE);
        self.experiment.finish_goal();
        self.aim = None;
    }

    fn play(&mut self, on: bool) {
        if on && self.at_end() {
            // At the end "play" means: go on, as far again.
            let length = self.experiment.config().length;
            self.limit = self.experiment.position().count.saturating_add(length);
        }
        self.playing = on;
        self.debt = 0.0;
    }

    fn step(&mut self) {
        self.playing = false;
        self.experiment.forget_marks();
        self.aim = Some(self.one_grain_on());
        self.pursue(Instant::now() + PATIENCE);
    }

    fn seek(&mut self, to: Position) {
        self.stride = 1;
        if to <= self.experiment.furthest() {
            self.experiment.seek(to);
            self.come_to_rest();
        } else if to.clock == self.experiment.position().clock {
            self.seek(self.experiment.furthest());
        }
    }

    fn set_speed(&mut self, speed: Option<f64>) {
        match speed {
            Some(rate) if !(rate.is_finite() && rate > 0.0) => {
                let what = format!("speed = {rate} is not allowed: a number above 0");
                self.notice = Some(what);
            }
            _ => self.speed = speed,
        }
    }

    fn set_world(&mut self, param: usize, value: f64) {
        let mut config = self.present_config();
        let worlds = config.worlds().1;
        let home = worlds[self.selected];
        let Some(spec) = config.world_of(self.selected).info.params().get(param) else {
            return;
        };
        match spec.check(value) {
            Ok(value) => {
                // All that live in the world of the selected run go on living in one.
                let own = config.runs.iter_mut().zip(worlds).filter(|(_, of)| *of == home);
                own.filter_map(|(run, _)| run.world.as_mut()).for_each(|w| w.params[param] = value);
                if config.runs[self.selected].world.is_none() {
                    config.world.params[param] = value;
                }
                self.rebuild(config);
            }
            Err(refused) => self.notice = Some(refused.to_string()),
        }
    }

    fn fork(&mut self, run: usize) {
        match self.experiment.fork(run) {
            Ok(twin) => self.selected = twin,
            Err(error) => self.notice = Some(error.to_string()),
        }
        self.curves_of = None;
    }

    fn unfork(&mut self, run: usize) {
        match self.experiment.unfork(run) {
            // Runs behind it move up, and what is remembered by place would be another's.
            Ok(()) => {
                self.generation += 1;
                self.inspector = None;
            }
            Err(error) => self.notice = Some(error.to_string()),
        }
        self.selected = self.selected.min(self.experiment.runs().len() - 1);
        self.curves_of = None;
    }

    fn load(&mut self, config: ArenaConfig) {
        if self.rebuild(config.clone()) {
            self.speed = config.speed;
            self.axis = config.clock;
            self.playing = true;
            self.lesson = config;
        }
    }

    /// Goes back, then repeats the last unit with the recorder on, so that the lines that led
    /// here are on the screen.
    fn back(&mut self) {
        self.playing = false;
        self.stride = 1;
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

    /// Another arena in place of the present one; false, with a notice, if it cannot be.
    fn rebuild(&mut self, mut config: ArenaConfig) -> bool {
        config.split_at_start();
        self.open_anew(config)
    }

    /// The same with forks where they were.
    pub(super) fn open_anew(&mut self, config: ArenaConfig) -> bool {
        let watched = self.experiment.watched();
        let length = config.length;
        match open(config, self.workers) {
            Ok(experiment) => self.experiment = experiment,
            Err(error) => {
                self.notice = Some(error.to_string());
                return false;
            }
        }
        self.limit = length;
        self.experiment.watch_lane(watched);
        self.selected = self.selected.min(self.experiment.runs().len() - 1);
        self.generation += 1;
        self.aim = None;
        self.stride = 1;
        self.debt = 0.0;
        self.curves_of = None;
        self.inspector = None;
        true
    }

    // ---------------------------------------------------------------- pictures

    /// A picture of all there is; it empties the recorders.
    pub(super) fn picture(&mut self) -> Snapshot {
        self.refresh_curves();
        let e = &self.experiment;
        if *self.events != *e.events() {
            self.events = e.events().into();
        }
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
            threshold: e.config().threshold,
            watched: e.watched(),
            world: Arc::new(WorldConfig::clone(e.config().world_of(self.selected))),
            config: Arc::new(e.config().clone()),
            runs: runs.map(|(i, run)| run_snapshot(i, run, e, self.evidence)).collect(),
            evidence: self.evidence,
            curves: self.curves.clone(),
            events: self.events.clone(),
            can_be_drawn: e.can_be_drawn(),
            can_undo: e.can_undo(),
            inspection: self.inspector.as_ref().and_then(Inspector::found),
            bytes: e.bytes(),
            keyframes: (e.keyframes().len(), e.keyframes().bytes()),
            generation: self.generation,
            past: e.past,
        };
        if self.playing {
            self.experiment.forget_marks();
        }
        snapshot
    }

    fn refresh_curves(&mut self) {
        let e = &self.experiment;
        let versions = e.runs().iter().map(|r| r.record().version()).collect();
        // Totals grow with time even where no episode ends.
        let end = (e.position() == e.furthest()).then(|| e.position());
        let wanted = Some((self.axis, e.watched(), versions, end));
        let axis_moved = self.curves.axis != self.axis;
        let running = self.playing || self.reliving.is_some();
        let fresh = running && !axis_moved && Instant::now() < self.next_curves;
        if self.curves_of == wanted || (fresh && self.curves_of.is_some()) {
            return;
        }
        let begun = Instant::now();
        self.curves = Arc::new(curves(e, self.axis));
        self.curves_of = wanted;
        let pause = CURVES_EVERY.max(begun.elapsed() * CURVES_SHARE);
        self.next_curves = Instant::now() + pause;
    }
}

/// Builds an arena that remembers and is watched.
fn open(config: ArenaConfig, workers: usize) -> Result<Experiment, ConfigError> {
    let mut experiment = Experiment::new(config, workers)?;
    experiment.measure_values();
    experiment.remember();
    experiment.watch(true);
    Ok(experiment)
}
