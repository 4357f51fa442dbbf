//! Copies of the whole arena at chosen moments, so that time can be walked backwards.

use std::time::Duration;

use super::arena::Event;
use super::clock::Position;
use super::run::{Run, Slot};

/// Most memory that keyframes may take, in bytes.
pub const MEMORY: usize = 256 << 20;
/// Real steps back in time up to which every place is reached about equally fast; further back
/// the way may grow with the age of the place.
pub const NEAR: u64 = 100_000;

/// Where a keyframe lies on the way from the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Milestone {
    /// Time that computing took up to here: about what walking here again takes.
    pub cost: Duration,
    /// Most real steps of any lane.
    pub steps: u64,
}

/// The arena at one position.
pub(super) struct Keyframe {
    /// Where.
    pub position: Position,
    /// How many events it holds already: all of those before its position, and those at it that
    /// had been applied when it was taken.
    pub applied: usize,
    /// `[stored][cohorts]`.
    stored: Vec<Vec<Slot>>,
    /// `[runs]`: which of the stored each run has. A fork shares its parent's.
    of: Vec<usize>,
    pub milestone: Milestone,
    bytes: usize,
}

impl Keyframe {
    /// The cohorts of each run.
    pub fn slots(&self) -> impl Iterator<Item = &[Slot]> {
        self.of.iter().map(|&index| self.stored[index].as_slice())
    }

    /// The cohorts of run `run`.
    pub fn slots_of(&self, run: usize) -> &[Slot] {
        &self.stored[self.of[run]]
    }

    /// Forgets run `run`, and its cohorts if no other run shares them.
    fn remove(&mut self, run: usize) {
        let gone = self.of.remove(run);
        if !self.of.contains(&gone) {
            self.stored.remove(gone);
            self.of.iter_mut().filter(|index| **index > gone).for_each(|index| *index -= 1);
            self.bytes = bytes_of(&self.stored);
        }
    }
}

/// Keyframes in order of position. When memory runs out, the one goes that is missed least.
#[derive(Default)]
pub struct Keyframes {
    frames: Vec<Keyframe>,
    bytes: usize,
}

impl Keyframes {
    /// Adds a copy of `runs` at `position`, where `applied` events hold and computing has taken
    /// `cost`, unless there is one at or after it.
    pub(super) fn add(&mut self, position: Position, applied: usize, cost: Duration, runs: &[Run]) {
        if self.frames.last().is_some_and(|f| f.position >= position) {
            return;
        }
        let copy = |run: &Run| run.slots.iter().map(Slot::stowed).collect();
        let stored: Vec<Vec<Slot>> = runs.iter().map(copy).collect();
        let (bytes, of) = (bytes_of(&stored), (0..stored.len()).collect());
        let steps = stored.iter().flatten().map(|slot| slot.cohort().counters(0).env_steps);
        let milestone = Milestone { cost, steps: steps.max().unwrap_or(0) };
        self.bytes += bytes;
        self.frames.push(Keyframe { position, applied, stored, of, milestone, bytes });
        while self.bytes > MEMORY && self.frames.len() > 2 {
            let miles: Vec<Milestone> = self.frames.iter().map(|f| f.milestone).collect();
            let gone = self.frames.remove(least_missed(&miles));
            self.bytes -= gone.bytes;
        }
    }

    /// The last frame at or before `position`.
    pub(super) fn before(&self, position: Position) -> Option<&Keyframe> {
        self.frames.iter().rev().find(|f| f.position <= position)
    }

    /// All frames up to `position`, in order.
    pub(super) fn up_to(&self, position: Position) -> &[Keyframe] {
        let count = self.frames.partition_point(|f| f.position <= position);
        &self.frames[..count]
    }

    /// Forgets all frames after `position`: the future has changed.
    pub fn truncate(&mut self, position: Position) {
        self.frames.retain(|f| f.position <= position);
        self.bytes = self.frames.iter().map(|f| f.bytes).sum();
    }

    /// Forgets a frame at the end that holds more than `events`: one of those it holds is about to
    /// change. True if there was one.
    pub(super) fn forget_beyond(&mut self, events: usize) -> bool {
        let touched = self.frames.pop_if(|frame| frame.applied > events);
        self.bytes -= touched.as_ref().map_or(0, |frame| frame.bytes);
        touched.is_some()
    }

    /// Run number `runs` becomes a twin of run `parent`: what its past was is known already, and
    /// costs nothing. `events` are those before the twin got copies of its parent's.
    pub(super) fn fork(&mut self, parent: usize, events: &[Event]) {
        for frame in &mut self.frames {
            frame.of.push(frame.of[parent]);
            frame.applied += count_of(parent, &events[..frame.applied]);
        }
    }

    /// Forgets run `run`; `events` are those before its own are taken out.
    pub(super) fn unfork(&mut self, run: usize, events: &[Event]) {
        for frame in &mut self.frames {
            frame.remove(run);
            frame.applied -= count_of(run, &events[..frame.applied]);
        }
        self.bytes = self.frames.iter().map(|f| f.bytes).sum();
    }

    /// Host memory in bytes, as the cohorts report it.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// True before the first one.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }
}

/// How many of `events` are those of `run`.
pub(super) fn count_of(run: usize, events: &[Event]) -> usize {
    events.iter().filter(|event| event.run == run).count()
}

/// Host memory in bytes, as the cohorts report it.
fn bytes_of(stored: &[Vec<Slot>]) -> usize {
    stored.iter().flatten().map(|slot| slot.cohort().bytes()).sum()
}

/// Which of at least three milestones is missed least: the one whose neighbours lie closest to
/// each other, as a share of its age. Ages below [`NEAR`] count as equal, so that there distances
/// become even; beyond, they grow with age. The first and the last are never it.
fn least_missed(miles: &[Milestone]) -> usize {
    let now = miles.last().map_or(0, |last| last.steps);
    let loss = |index: usize| {
        let way = miles[index + 1].cost.saturating_sub(miles[index - 1].cost);
        way.as_secs_f64() / now.saturating_sub(miles[index].steps).max(NEAR) as f64
    };
    (1..miles.len() - 1).min_by(|&a, &b| loss(a).total_cmp(&loss(b))).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A life of `steps` steps at a microsecond each, with a milestone every `every` of them and
    /// room for `room`; the longest way between two milestones near and far, in steps.
    fn live(steps: u64, every: u64, room: usize) -> (u64, f64) {
        let mut miles = Vec::new();
        for steps in (0..=steps).step_by(every as usize) {
            miles.push(Milestone { cost: Duration::from_micros(steps), steps });
            if miles.len() > room {
                miles.remove(least_missed(&miles));
            }
        }
        assert_eq!(miles[0], Milestone::default(), "the start stays");
        let ways = miles.windows(2).map(|pair| (pair[1].steps - pair[0].steps, pair[0].steps));
        let age = |from: u64| steps - from;
        let near = ways.clone().filter(|(_, from)| age(*from) <= NEAR).map(|(way, _)| way);
        let far = ways.filter(|(_, from)| age(*from) > NEAR);
        let share = far.map(|(way, from)| way as f64 / age(from) as f64).fold(0.0, f64::max);
        (near.max().unwrap_or(0), share)
    }

    #[test]
    fn the_near_past_is_covered_evenly_and_the_far_past_in_proportion() {
        // As many as the opening lesson has room for; even distances would be about 500 steps.
        for (steps, every) in [(100_000, 3), (1_000_000, 50), (3_000_000, 800)] {
            let (near, far) = live(steps, every, 230);
            assert!(near <= 3_500, "{steps} {every}: {near} steps without a milestone");
            assert!(far <= 0.1, "{steps} {every}: {far} of the age without a milestone");
        }
    }
}
