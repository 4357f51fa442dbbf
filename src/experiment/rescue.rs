//! When a graphics adapter is lost its runs go on with Flex, from the last keyframe.
//!
//! Keyframes hold networks in host memory, so they outlive every device. The change of the device is
//! an event at the keyframe like one made by hand there: seeking, forks and files know nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use super::arena::{Change, Event, Experiment};
use super::command::Command;
use super::config::letter;
use super::drive::Aim;
use super::engine::Engine;
use super::networks::is_device;
use super::run::Run;
use super::snapshot::Snapshot;
use crate::base::params::Dial as _;
use crate::nn::device::{DeviceError, Place, Wish};

impl Run {
    /// Why its networks cannot be reached any more, if they cannot; `ask` goes through the places
    /// where they lie.
    fn stranded(&self, ask: impl Fn(Place) -> Option<DeviceError>) -> Option<DeviceError> {
        self.slots.iter().find_map(|slot| slot.cohort().place().and_then(&ask))
    }
}

impl Experiment {
    /// Goes back to the last keyframe and on with Flex from there, if a run has lost its device.
    /// False if none has, or without keyframes: then its lanes have failed.
    pub(super) fn rescue(&mut self) -> bool {
        self.rescue_where(Place::lost)
    }

    /// What there is to say of it, once.
    pub fn take_notice(&mut self) -> Option<String> {
        self.notice.take()
    }

    fn rescue_where(&mut self, ask: impl Fn(Place) -> Option<DeviceError>) -> bool {
        let runs = self.runs.iter().enumerate();
        let lost: Vec<_> = runs.filter_map(|(i, run)| Some((i, run.stranded(&ask)?))).collect();
        let Some((_, error)) = lost.first() else { return false };
        let error = error.to_string();
        if !self.restore(self.position) {
            return false;
        }
        for (run, _) in &lost {
            self.go_ashore(*run);
        }
        self.hand_out_yardsticks();
        let letters: Vec<String> = lost.iter().map(|(run, _)| letter(*run).to_string()).collect();
        let steps = self.runs[lost[0].0].counters(self.watched).env_steps;
        let whose = letters.join(", ");
        self.notice = Some(format!(
            "{error}; Flex goes on from the last keyframe, after {steps} real steps (run {whose}; \
             numbers differ in the last bits)"
        ));
        true
    }

    /// The device of `run` is Flex from the present position on, which is that of a keyframe. The
    /// future seen before no longer holds; whatever else was done to the run there is done again.
    fn go_ashore(&mut self, run: usize) {
        let Some(param) = self.runs[run].config.info.params().iter().position(is_device) else {
            return;
        };
        let (position, counters) = (self.position, self.runs[run].counters(self.watched));
        let change = Change::Param { param, value: Wish::Flex.to_number() };
        self.events.insert(self.applied, Event { position, run, change, counters });
        self.applied += 1;
        self.split_no_later(run);
        self.keyframes.truncate(position);
        self.furthest = position;
        let run = &mut self.runs[run];
        for lane in 0..run.record.lanes().len() {
            let episodes = run.counters(lane).episodes;
            run.record.truncate(lane, episodes);
        }
        run.set_param(param, Wish::Flex.to_number());
    }
}

impl Engine {
    /// Lets `elapsed` pass, working at most about `slice`. True if anything moved.
    pub fn advance(&mut self, elapsed: Duration, slice: Duration) -> bool {
        self.guarded(|engine| engine.go_on(elapsed, slice)).unwrap_or(true)
    }

    /// Does what is asked, at a moment when every lane is at the position.
    pub fn handle(&mut self, command: Command) {
        self.guarded(|engine| engine.obey(command));
    }

    /// Takes a picture and empties the recorders.
    pub fn snapshot(&mut self) -> Snapshot {
        loop {
            // After a rescue nothing lies on that device any more.
            if let Some(picture) = self.guarded(Self::picture) {
                return picture;
            }
        }
    }

    /// Does something that may wait for a device; `None` if that was lost meanwhile and the arena is
    /// on its way to where it stood, from the last keyframe.
    fn guarded<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> Option<T> {
        let here = self.experiment.position();
        let panic = match catch_unwind(AssertUnwindSafe(|| work(self))) {
            Ok(done) => return Some(done),
            Err(panic) => panic,
        };
        if !self.experiment.rescue_where(Place::check) {
            resume_unwind(panic);
        }
        self.stride = 1;
        self.aim = Some(Aim::To(here));
        None
    }
}
