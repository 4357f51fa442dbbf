//! What tabular learners have in common: dials, values, dice for acting, work done.

use super::Work;
use super::table::{ActionValues, Experience, count};
use crate::base::digest::Digest;
use crate::base::params::Params;
use crate::base::rng::{Stream, StreamName};
use crate::mdp::trace::{Effect, Source};
use crate::mdp::{Action, State, Transition};
use crate::rl::policy::epsilon_greedy;

/// The common part of one lane; algorithms call it `base`.
#[derive(Clone, Debug)]
pub struct Learner<C> {
    /// Dials.
    pub config: C,
    /// `Q[s, a]`.
    pub values: ActionValues,
    /// Dice for acting.
    pub explore: Stream,
    /// Work done.
    pub work: Work,
}

impl<C: Params> Learner<C> {
    /// Knows nothing yet.
    pub fn new(config: C, states: usize, actions: usize, seed: u64) -> Self {
        Self {
            config,
            values: ActionValues::new(states, actions),
            explore: Stream::new(seed, StreamName::Explore),
            work: Work::default(),
        }
    }

    /// Knows nothing yet and learns one value a state, `initial` at first.
    pub fn of_states(config: C, states: usize, initial: f64, seed: u64) -> Self {
        Self { values: ActionValues::of_states(states, initial), ..Self::new(config, 0, 1, seed) }
    }

    /// `ε-greedy(Q, s)`.
    #[inline]
    pub fn act(&mut self, state: State, epsilon: f64) -> Action {
        epsilon_greedy(self.values.row(state), epsilon, &mut self.explore) as Action
    }

    /// `Q[s,a] += α (r + γ V(s') − Q[s,a])`, counted.
    #[inline(always)]
    pub fn update(&mut self, e: Experience, alpha: f64) -> Effect {
        self.update_to(e, self.values.max(e.next), alpha)
    }

    /// The same with `next_value` for `V(s')`.
    #[inline(always)]
    pub fn update_to(&mut self, e: Experience, next_value: f64, alpha: f64) -> Effect {
        count(&mut self.work, e.source);
        self.values.update_to(e, next_value, alpha)
    }

    /// Adds dials, tables and the position of the dice.
    pub fn digest(&self, digest: &mut Digest) {
        (0..C::specs().len()).for_each(|i| digest.number(self.config.get(i)));
        self.values.digest(digest);
        digest.word(self.explore.position() as u64);
    }

    /// Host memory in bytes, the struct itself left out.
    pub fn bytes(&self) -> usize {
        self.values.bytes()
    }
}

/// What really happened, as an update reads it.
pub fn real(t: &Transition<State, Action>, gamma: f64) -> Experience {
    Experience {
        state: t.obs,
        action: t.action,
        reward: t.step.reward,
        next: t.step.next,
        discount: if t.step.terminated { 0.0 } else { gamma },
        source: Source::Real,
    }
}

/// The answers of an [`Agent`](super::Agent) that its `base` gives.
macro_rules! answers {
    () => {
        fn work(&self) -> Work {
            self.base.work
        }

        fn param(&self, index: usize) -> f64 {
            self.base.config.get(index)
        }

        fn values(&self) -> Option<&crate::agents::table::ActionValues> {
            Some(&self.base.values)
        }

        fn failure(&self) -> Option<NotANumber> {
            self.base.values.failure()
        }
    };
}
pub(super) use answers;
