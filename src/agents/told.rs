//! What every agent tells of itself: the work it has done, the clocks it moves, and why it cannot go
//! on.

use crate::mdp::{Action, State};

/// Work done since the beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Table entries (or mini-batch steps of the value) updated from real experience.
    pub real_updates: u64,
    /// The same from imagined experience.
    pub imagined_updates: u64,
    /// Model calls: one call for one state.
    pub imagined_steps: u64,
}

impl Work {
    /// Real and imagined updates together.
    pub fn updates(&self) -> u64 {
        self.real_updates + self.imagined_updates
    }

    /// Both together.
    pub fn with(self, other: Self) -> Self {
        Self {
            real_updates: self.real_updates + other.real_updates,
            imagined_updates: self.imagined_updates + other.imagined_updates,
            imagined_steps: self.imagined_steps + other.imagined_steps,
        }
    }
}

/// Which clocks an agent moves, as it is set now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moves {
    /// It updates something.
    pub updates: bool,
    /// It calls a model.
    pub imagined: bool,
}

/// A number that stopped being one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NotANumber {
    /// Entry: state.
    pub state: State,
    /// Entry: action.
    pub action: Action,
    /// The value it got.
    pub value: f64,
}

/// Why a run cannot go on.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// An entry of its table.
    Entry(NotANumber),
    /// A tensor or a loss, and what it became.
    Number {
        /// What it is called.
        what: String,
        /// The value it got.
        value: f64,
    },
    /// A number of the world, counted from 0, and what it became.
    World {
        /// Which one.
        index: usize,
        /// The value it got.
        value: f64,
    },
    /// Something that it asked for and was refused, in one sentence.
    Refused(String),
}
