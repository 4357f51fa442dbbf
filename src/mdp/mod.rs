//! The shared words of the house: what a world offers, what an agent receives, what a step
//! leaves behind as evidence.
//!
//! Depends on `base` alone. Worlds implement [`Simulator`] (and [`Tabular`] where every state can
//! be listed, [`physical::Physical`] where it is a few numbers); agents see worlds through these faces only.

pub mod edit;
pub mod oracle;
pub mod physical;
pub mod scene;
pub mod sighting;
pub mod trace;

use crate::base::digest::Digest;
use crate::base::rng::Stream;
use edit::{CannotEdit, Stroke};
use physical::Body;

/// Index of a state in a table.
pub type State = u32;
/// Index of a discrete action.
pub type Action = u8;

/// What a world tells after an action.
///
/// `terminated` ends the task: the value of what follows is zero. `truncated` only ends the
/// episode: learning still bootstraps from `next`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Step<O> {
    /// Reward of this step.
    pub reward: f64,
    /// What is seen afterwards.
    pub next: O,
    /// The task is over.
    pub terminated: bool,
    /// A time limit ended the episode.
    pub truncated: bool,
}

/// One experience of lane `lane`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Transition<O, A> {
    /// Which lane of the cohort it happened in.
    pub lane: u32,
    /// What was seen.
    pub obs: O,
    /// What was done.
    pub action: A,
    /// What the world answered.
    pub step: Step<O>,
}

/// Sizes of a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    /// Number of states, if they can be listed.
    pub states: Option<usize>,
    /// Number of discrete actions; 0 where numbers steer.
    pub actions: usize,
}

/// Something seen that may stand for a state of a table.
pub trait Observed: Copy + Send + 'static {
    /// The state, if it is one of a table.
    fn state(&self) -> Option<State>;

    /// The numbers, if it is some that pictures can read.
    fn numbers(&self) -> Option<&[f32]> {
        None
    }

    /// Adds it to a fingerprint.
    fn digest(&self, digest: &mut Digest) {
        digest.word(self.state().map_or(u64::MAX, u64::from));
    }
}

impl Observed for State {
    #[inline]
    fn state(&self) -> Option<State> {
        Some(*self)
    }
}

/// A real environment. All chance comes from the stream that is handed in.
pub trait Simulator: Clone + Send + 'static {
    /// What an agent sees.
    type Obs: Observed;
    /// What an agent does.
    type Action: Copy + Default + Send + 'static;

    /// Sizes.
    fn spec(&self) -> Spec;
    /// Starts an episode.
    fn reset(&mut self, dice: &mut Stream) -> Self::Obs;
    /// Acts once. Calling it after the end of an episode, before [`Self::reset`], is a mistake.
    fn step(&mut self, action: Self::Action, dice: &mut Stream) -> Step<Self::Obs>;
    /// Which of its stages the world is in, from 0. Only worlds that change by themselves have
    /// more than one; a stage lasts through the ends of episodes.
    fn stage(&self) -> usize {
        0
    }
    /// The physical state; `None` in worlds whose states are listed.
    fn body(&self) -> Option<Body> {
        None
    }
    /// Draws a stroke over the map, in its present stage and in those to come. The agent stays
    /// where it is, whatever it stands in now. Worlds without a map refuse.
    fn edit(&mut self, _stroke: &Stroke) -> Result<(), CannotEdit> {
        Err(CannotEdit::NoMap)
    }
    /// What was seen, as it looks since the last stroke: pictures show the map. Everything else that
    /// is seen says where the agent is, which no stroke changes.
    fn redrawn(&self, seen: Self::Obs) -> Self::Obs {
        seen
    }
    /// Fingerprint of what strokes have made of the map; 0 while it is as it was built.
    fn edited(&self) -> u64 {
        0
    }
}

/// One possible result of an action.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Its probability.
    pub probability: f64,
    /// Reward.
    pub reward: f64,
    /// Next state.
    pub next: State,
    /// Whether the task ends.
    pub terminated: bool,
}

/// A world whose states and outcomes can be listed: the truth that reference solutions use.
pub trait Tabular: Simulator<Obs = State, Action = Action> {
    /// Number of states `S`.
    fn states(&self) -> usize;
    /// Number of actions `A`.
    fn actions(&self) -> usize;
    /// All outcomes of `action` in `state`; probabilities add up to 1. Empty for states that are
    /// never left: walls and terminal cells.
    fn outcomes(&self, state: State, action: Action) -> Vec<Outcome>;
    /// States in which an episode may start.
    fn starts(&self) -> Vec<State>;

    /// Whether a task that ends in `state` ends well: home and not in a pit.
    fn ends_well(&self, _state: State) -> bool {
        true
    }

    /// Fewest steps from any start to a good end (`good_only`) or to any end of the task,
    /// counting every outcome with positive probability. `None` if there is no way.
    fn distance(&self, good_only: bool) -> Option<usize> {
        let mut seen = vec![false; self.states()];
        let mut front = self.starts();
        let mut steps = 1;
        while !front.is_empty() {
            let mut next = Vec::new();
            for state in front {
                if std::mem::replace(&mut seen[state as usize], true) {
                    continue;
                }
                for outcome in (0..self.actions()).flat_map(|a| self.outcomes(state, a as Action)) {
                    if outcome.terminated && (!good_only || self.ends_well(outcome.next)) {
                        return Some(steps);
                    }
                    if !outcome.terminated {
                        next.push(outcome.next);
                    }
                }
            }
            front = next;
            steps += 1;
        }
        None
    }

    /// The world as it will be in each of its stages, the present one first. What
    /// [`Self::outcomes`] says holds for one stage alone.
    fn stages(&self) -> Vec<Self> {
        vec![self.clone()]
    }
}
