//! Copies of the whole arena at chosen moments, so that time can be walked backwards.

use super::arena::Event;
use super::clock::Position;
use super::run::{Lane, Run};

/// Most memory that keyframes may take, in bytes.
pub const MEMORY: usize = 256 << 20;

/// The arena at one position.
pub(super) struct Keyframe {
    /// Where.
    pub position: Position,
    /// How many events it holds already: all of those before its position, and those at it that
    /// had been applied when it was taken.
    pub applied: usize,
    /// `[stored][lanes]`.
    stored: Vec<Vec<Lane>>,
    /// `[runs]`: which of the stored each run has. A fork shares its parent's.
    of: Vec<usize>,
    bytes: usize,
}

impl Keyframe {
    /// The lanes of each run.
    pub fn lanes(&self) -> impl Iterator<Item = &[Lane]> {
        self.of.iter().map(|&index| self.stored[index].as_slice())
    }

    /// Forgets run `run`, and its lanes if no other run shares them.
    fn remove(&mut self, run: usize) {
        let gone = self.of.remove(run);
        if !self.of.contains(&gone) {
            self.stored.remove(gone);
            self.of.iter_mut().filter(|index| **index > gone).for_each(|index| *index -= 1);
            self.bytes = bytes_of(&self.stored);
        }
    }
}

/// Keyframes in order of position. When memory runs out, every second one of the older half is
/// dropped, so that intervals grow with age.
#[derive(Default)]
pub struct Keyframes {
    frames: Vec<Keyframe>,
    bytes: usize,
}

impl Keyframes {
    /// Adds a copy of `runs` at `position`, where `applied` events hold, unless there is one at or
    /// after it.
    pub fn add(&mut self, position: Position, applied: usize, runs: &[Run]) {
        if self.frames.last().is_some_and(|f| f.position >= position) {
            return;
        }
        let copy = |run: &Run| run.lanes.iter().map(Lane::duplicate).collect();
        let stored: Vec<Vec<Lane>> = runs.iter().map(copy).collect();
        let (bytes, of) = (bytes_of(&stored), (0..stored.len()).collect());
        self.bytes += bytes;
        self.frames.push(Keyframe { position, applied, stored, of, bytes });
        while self.bytes > MEMORY && self.frames.len() > 2 {
            self.thin();
        }
    }

    /// Drops every second frame of the older half; the first one always stays.
    fn thin(&mut self) {
        let half = self.frames.len() / 2;
        let mut index = 0;
        self.frames.retain(|_| {
            index += 1;
            index > half.max(2) || index % 2 == 1
        });
        self.bytes = self.frames.iter().map(|f| f.bytes).sum();
    }

    /// The last frame at or before `position`.
    pub(super) fn before(&self, position: Position) -> Option<&Keyframe> {
        self.frames.iter().rev().find(|f| f.position <= position)
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
fn bytes_of(stored: &[Vec<Lane>]) -> usize {
    stored.iter().flatten().map(|lane| lane.cohort().bytes()).sum()
}
