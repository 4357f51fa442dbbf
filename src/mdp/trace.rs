//! What one step did, line by line: the source of living pseudo-code, sparks and the update log.
//!
//! The learning loop exists in two instances, from one generic text: with [`Unwatched`] every
//! call below compiles to nothing, with a [`Recorder`] it leaves a [`Mark`].

use super::{Action, State};

/// Where an update or a line gets its experience from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// It happened.
    Real,
    /// A model said so.
    Imagined,
}

/// A number with its meaning, so that the picture can write it as a person would.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A state.
    State(State),
    /// An action.
    Action(Action),
    /// A state and an action.
    Pair(State, Action),
    /// A reward and the state that follows.
    Outcome(f64, State),
    /// How many.
    Count(u64, &'static str),
    /// A plain number: a reward, a torque.
    Number(f64),
    /// Nothing to be said: the line was skipped.
    NoData,
}

/// A change of one table entry: `Q[s,a]: old -> new`, the same for real and imagined experience.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// State.
    pub state: State,
    /// Action.
    pub action: Action,
    /// State that follows in this experience.
    pub next: State,
    /// Reward in this experience.
    pub reward: f64,
    /// Discount, zero where the task ends.
    pub discount: f64,
    /// Value of the next state, as the rule of this update has it.
    pub next_value: f64,
    /// What the value moves towards.
    pub target: f64,
    /// How many outcomes the target is an expectation over. With one, the target is reward plus
    /// discounted next value; with more, the experience above is the likeliest of them.
    pub outcomes: u16,
    /// Value before.
    pub old: f64,
    /// Value after.
    pub new: f64,
    /// Real or imagined.
    pub source: Source,
}

/// One executed line of pseudo-code.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    /// Index into the agent's pseudo-code.
    pub line: u8,
    /// What the line computed.
    pub value: Option<Value>,
    /// The entry it changed.
    pub effect: Option<Effect>,
}

/// One line of pseudo-code, kept in the agent's own file beside the code it describes.
#[derive(Clone, Copy, Debug)]
pub struct CodeLine {
    /// Depth of nesting.
    pub indent: u8,
    /// The text.
    pub text: &'static str,
    /// Colour of its values; `None` for control flow.
    pub source: Option<Source>,
}

impl CodeLine {
    /// A line at depth `indent`.
    pub const fn new(indent: u8, text: &'static str, source: Option<Source>) -> Self {
        Self { indent, text, source }
    }
}

/// Receives what the loop does.
pub trait Watch {
    /// Line `line` ran and computed `value`.
    fn line(&mut self, line: u8, value: impl FnOnce() -> Option<Value>);
    /// Line `line` ran and changed an entry.
    fn effect(&mut self, line: u8, effect: impl FnOnce() -> Effect);
    /// A planning unit or the real part of a step is over.
    fn unit(&mut self);
    /// A real step begins.
    fn step(&mut self) {}
    /// Whether somebody looks at lane `lane`: agents of several lanes leave marks of that one
    /// alone.
    fn looks_at(&self, _lane: usize) -> bool {
        true
    }
}

/// Nobody looks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    #[inline(always)]
    fn line(&mut self, _: u8, _: impl FnOnce() -> Option<Value>) {}
    #[inline(always)]
    fn effect(&mut self, _: u8, _: impl FnOnce() -> Effect) {}
    #[inline(always)]
    fn unit(&mut self) {}
    #[inline(always)]
    fn looks_at(&self, _: usize) -> bool {
        false
    }
}

/// Marks kept per slice; after that the slice goes on unwatched.
pub const MARKS_PER_SLICE: usize = 4096;

/// Keeps the marks of one watched lane.
#[derive(Clone, Debug, Default)]
pub struct Recorder {
    marks: Vec<Mark>,
    /// Index of the first mark of each unit.
    units: Vec<u32>,
    open: u32,
    /// Which lane of a cohort it looks at.
    lane: usize,
}

impl Recorder {
    /// True once the slice's share of marks is used up.
    pub fn is_full(&self) -> bool {
        self.marks.len() >= MARKS_PER_SLICE
    }

    /// Forgets everything: a new slice begins.
    pub fn clear(&mut self) {
        self.marks.clear();
        self.units.clear();
        self.open = 0;
    }

    /// Looks at lane `lane` of its cohort from now on.
    pub fn look_at(&mut self, lane: usize) {
        self.lane = lane;
    }

    /// All marks, oldest first.
    pub fn marks(&self) -> &[Mark] {
        &self.marks
    }

    /// Marks of the newest complete unit.
    pub fn last_unit(&self) -> &[Mark] {
        match self.units.last() {
            Some(&start) => &self.marks[start as usize..self.open as usize],
            None => &[],
        }
    }
}

impl Watch for Recorder {
    fn line(&mut self, line: u8, value: impl FnOnce() -> Option<Value>) {
        self.marks.push(Mark { line, value: value(), effect: None });
    }

    fn effect(&mut self, line: u8, effect: impl FnOnce() -> Effect) {
        self.marks.push(Mark { line, value: None, effect: Some(effect()) });
    }

    fn unit(&mut self) {
        self.units.push(self.open);
        self.open = self.marks.len() as u32;
    }

    fn looks_at(&self, lane: usize) -> bool {
        lane == self.lane
    }
}
