//! Why a run cannot go on.

use crate::mdp::{Action, State};

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
