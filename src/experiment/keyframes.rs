//! Copies of the whole arena at chosen moments, so that time can be walked backwards.

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
    /// `[runs][lanes]`.
    pub lanes: Vec<Vec<Lane>>,
    bytes: usize,
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
        let lanes: Vec<Vec<Lane>> = runs.iter().map(copy).collect();
        let bytes = lanes.iter().flatten().map(|l| l.cohort().bytes()).sum();
        self.bytes += bytes;
        self.frames.push(Keyframe { position, applied, lanes, bytes });
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
