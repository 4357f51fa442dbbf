//! One lane as pictures need it.

use std::collections::VecDeque;

use super::clock::Counters;
use crate::agents::View;
use crate::mdp::State;
use crate::mdp::physical::Body;

/// Cells kept of the way an agent came.
pub const TRAIL: usize = 64;

/// Bodies kept of the way a lane came, through the ends of episodes.
pub const PATH: usize = 512;

/// Where a lane of a world of numbers has been: the newest [`PATH`] bodies.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Path {
    bodies: VecDeque<Body>,
    /// How many of them belong to the episode under way.
    fresh: usize,
}

impl Path {
    /// An episode begins in `body`.
    pub fn begin(&mut self, body: Body) {
        self.fresh = 0;
        self.go(body);
    }

    /// It goes on to `body`.
    pub fn go(&mut self, body: Body) {
        if self.bodies.len() == PATH {
            self.bodies.pop_front();
        }
        self.bodies.push_back(body);
        self.fresh = (self.fresh + 1).min(PATH);
    }

    /// The present one; `None` in worlds whose states are listed.
    pub fn now(&self) -> Option<&Body> {
        self.bodies.back()
    }

    /// Those of the episode under way, oldest first.
    pub fn episode(&self) -> impl DoubleEndedIterator<Item = &Body> + ExactSizeIterator {
        self.bodies.range(self.bodies.len() - self.fresh..)
    }

    /// Those of the episodes before, oldest first.
    pub fn before(&self) -> impl DoubleEndedIterator<Item = &Body> + ExactSizeIterator {
        self.bodies.range(..self.bodies.len() - self.fresh)
    }

    /// Host memory in bytes.
    pub fn bytes(&self) -> usize {
        self.bodies.capacity() * size_of::<Body>()
    }
}

/// What a picture needs of one lane.
#[derive(Clone, Debug)]
pub struct LaneView {
    /// How far it has come.
    pub counters: Counters,
    /// Where it is; `None` in worlds without listed states.
    pub state: Option<State>,
    /// States of this episode, oldest first, at most [`TRAIL`], the present one last.
    pub trail: Vec<State>,
    /// Where it is and was, in worlds of numbers.
    pub path: Path,
    /// Sum of the rewards of the episode under way.
    pub episode_return: f64,
    /// Planning units still due in the step under way.
    pub due: u32,
    /// The agent's tables.
    pub view: View,
}
