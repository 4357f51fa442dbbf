//! How the engine lets time pass: a target is pursued in short rounds, at full speed or as many
//! grains a second as were asked for.

use std::time::{Duration, Instant};

use super::arena::Grain;
use super::clock::{Clock, Position};
use super::config::ArenaConfig;
use super::engine::Engine;

/// A round this short doubles the stride.
const SHORT_ROUND: Duration = Duration::from_millis(2);
/// One this long halves it.
const LONG_ROUND: Duration = Duration::from_millis(6);
/// Longest stride, in natural steps.
const MAX_STRIDE: u64 = 1 << 24;

/// Where time is headed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Aim {
    /// To this place, and on to the next round one.
    To(Position),
    /// On clocks that do not know steps or episodes: until the watched lane of this run has
    /// finished more of them than `before`.
    Reading { run: usize, grain: Grain, before: u64 },
}

impl Engine {
    /// Lets time pass and looks closer. True if anything moved.
    pub(super) fn go_on(&mut self, elapsed: Duration, slice: Duration) -> bool {
        let deadline = Instant::now() + slice;
        let moved = self.pass_on(elapsed, deadline);
        let looked = match &mut self.inspector {
            Some(inspector) if inspector.is_due(&self.experiment, self.playing) => {
                inspector.work(&self.experiment, Instant::now() + slice / 2)
            }
            _ => false,
        };
        moved || looked
    }

    /// Whether the updates of a cell are still being looked for.
    pub(super) fn looks_closer(&self) -> bool {
        let inspector = self.inspector.as_ref();
        inspector.is_some_and(|inspector| inspector.is_due(&self.experiment, self.playing))
    }

    fn pass_on(&mut self, elapsed: Duration, deadline: Instant) -> bool {
        match self.speed {
            _ if !self.playing => {
                let stepping = self.aim.is_some();
                self.pursue(deadline);
                self.settle_reliving();
                stepping
            }
            None => self.at_full_speed(deadline),
            Some(rate) => self.at_pace(rate, elapsed, deadline),
        }
    }

    fn at_full_speed(&mut self, deadline: Instant) -> bool {
        while self.playing && Instant::now() < deadline {
            if self.aim.is_none() {
                let far = self.experiment.position().steps_on(self.stride);
                self.aim = Some(Aim::To(self.clamped(far)));
            }
            if self.pursue(deadline).is_none() {
                break;
            }
        }
        true
    }

    fn at_pace(&mut self, rate: f64, elapsed: Duration, deadline: Instant) -> bool {
        self.debt += rate * elapsed.as_secs_f64();
        // What cannot be done in a tenth of a second is not owed any more.
        self.debt = self.debt.min((rate * 0.1).max(1.0));
        let mut moved = false;
        while self.playing && (self.debt >= 1.0 || self.aim.is_some()) {
            moved = true;
            if self.aim.is_none() {
                self.aim = Some(self.grains_owed());
            }
            let Some(paid) = self.pursue(deadline) else {
                break;
            };
            self.debt = (self.debt - paid).max(0.0);
            if Instant::now() >= deadline {
                break;
            }
        }
        moved
    }

    /// One grain further.
    pub(super) fn one_grain_on(&self) -> Aim {
        self.grains_on(1)
    }

    pub(super) fn grains_owed(&self) -> Aim {
        self.grains_on(match self.grain {
            Grain::Step => (self.debt as u64).max(1),
            Grain::Unit | Grain::Episode => 1,
        })
    }

    fn grains_on(&self, steps: u64) -> Aim {
        let here = self.experiment.position();
        match (self.grain, here.clock) {
            (Grain::Unit, _) => Aim::To(self.clamped(here.unit_on())),
            (Grain::Step, Clock::Episodes | Clock::EnvSteps) => {
                Aim::To(self.clamped(here.steps_on(steps)))
            }
            (Grain::Episode, Clock::Episodes) => Aim::To(Position::at(here.clock, here.count + 1)),
            // A run that does not move counts nothing: one tick then.
            _ if !self.selected_moves() => Aim::To(self.clamped(here.steps_on(1))),
            (grain, _) => Aim::Reading {
                run: self.selected,
                grain,
                before: self.reading(self.selected, grain),
            },
        }
    }

    /// Whether the watched lane of the selected run still moves on this clock.
    fn selected_moves(&self) -> bool {
        let (run, lane) = (self.selected, self.experiment.watched());
        self.experiment.runs()[run].moves(lane)
    }

    /// Finished episodes or steps of the watched lane of `run`.
    fn reading(&self, run: usize, grain: Grain) -> u64 {
        let counters = self.experiment.runs()[run].counters(self.experiment.watched());
        match grain {
            Grain::Episode => counters.episodes,
            Grain::Unit | Grain::Step => counters.env_steps,
        }
    }

    /// Works towards the aim in rounds; returns how many grains were done once it is reached or
    /// cannot be, `None` if the deadline came first.
    pub(super) fn pursue(&mut self, deadline: Instant) -> Option<f64> {
        let mut paid = 0.0;
        while let Some(aim) = self.aim {
            let before = self.experiment.position();
            let Some(goal) = self.next_goal(aim) else {
                self.aim = None;
                // Nothing is left to be played once every lane stands.
                self.stop_at_end();
                break;
            };
            if Instant::now() >= deadline || !self.round(goal, deadline) {
                self.debt -= paid;
                return None;
            }
            paid += self.paid(before);
            self.stop_at_end();
        }
        Some(paid.max(1.0))
    }

    /// The goal of the next round; `None` once the aim is reached or cannot be.
    fn next_goal(&self, aim: Aim) -> Option<Position> {
        let here = self.experiment.position();
        if self.experiment.all_stand() {
            return None;
        }
        match aim {
            // Strides end inside an episode: its end is a goal of its own.
            Aim::To(place) if here < place => match self.experiment.round_position() {
                Some(round) if round <= place => Some(round),
                _ => Some(self.towards(place)),
            },
            Aim::To(_) => self.experiment.round_position().map(|r| self.towards(r)),
            Aim::Reading { run, grain, before } => {
                let done = self.reading(run, grain) != before;
                (self.selected_moves() && !done).then(|| here.steps_on(1))
            }
        }
    }

    /// A stride towards `place`, or `place` itself once it is near.
    fn towards(&self, place: Position) -> Position {
        let near = self.experiment.position().steps_on(self.stride);
        match near < place && !self.experiment.is_reached(place) {
            true => near,
            false => place,
        }
    }

    /// Advances to `goal`, which is near; adapts the stride. True once there.
    fn round(&mut self, goal: Position, deadline: Instant) -> bool {
        let begun = Instant::now();
        let done = self.experiment.advance_to(goal, Some(deadline));
        match begun.elapsed() {
            long if long > LONG_ROUND => self.stride = (self.stride / 2).max(1),
            short if done && short < SHORT_ROUND => {
                self.stride = (self.stride * 2).min(MAX_STRIDE);
            }
            _ => {}
        }
        done
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
            _ => 0.0,
        }
    }

    fn clamped(&self, goal: Position) -> Position {
        let end = Position::at(goal.clock, self.limit);
        match goal > end && self.experiment.position() < end {
            true => end,
            false => goal,
        }
    }

    pub(super) fn at_end(&self) -> bool {
        self.experiment.position().count >= self.limit
    }

    fn stop_at_end(&mut self) {
        if self.playing && (self.at_end() || self.experiment.all_stand()) {
            self.playing = false;
            self.aim = None;
        }
    }
}

/// A lesson's length on another clock of the lock-step: generous round numbers.
pub(super) fn length_on(lesson: &ArenaConfig, clock: Clock) -> u64 {
    match clock {
        _ if clock == lesson.clock => lesson.length,
        Clock::Episodes => 50,
        Clock::EnvSteps => 5_000,
        Clock::Updates | Clock::Imagined => 50_000,
    }
}
