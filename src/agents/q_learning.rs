//! Q-learning (Watkins 1989; Sutton & Barto, section 6.5): model-free, one update a step.

use super::learner::{Learner, answers, real};
use super::{Agent, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::mdp::trace::{CodeLine, Source, Value, Watch};
use crate::mdp::{Action, State, Transition};

const REAL: Option<Source> = Some(Source::Real);

/// Pseudo-code.
pub static CODE: &[CodeLine] = &[
    CodeLine::new(0, "repeat for every real step", None),
    CodeLine::new(1, "a ← ε-greedy(Q, s)", REAL),
    CodeLine::new(1, "r, s′ ← world(s, a)", REAL),
    CodeLine::new(1, "Q[s,a] += α (r + γ V(s′) − Q[s,a])", REAL),
    CodeLine::new(1, "s ← s′", None),
];

crate::params! {
    /// Dials of Q-learning.
    pub struct QLearningConfig {
        /// How far each update moves the value towards its target; above 2 it diverges.
        alpha: f64 = 0.1 => { "Step size", "α", Live, Float { min: 0.001, max: 2.5, log: true } },
        /// Worth of a reward one step later.
        gamma: f64 = 0.95 => { "Discount", "γ", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Share of actions taken at random.
        epsilon: f64 = 0.1 => { "Exploration", "ε", Live, Float { min: 0.0, max: 1.0, log: false } },
    }
}

/// The agent: one lane.
#[derive(Clone, Debug)]
pub struct QLearning {
    base: Learner<QLearningConfig>,
}

impl QLearning {
    /// Knows nothing yet.
    pub fn new(config: QLearningConfig, states: usize, actions: usize, seed: u64) -> Self {
        Self { base: Learner::new(config, states, actions, seed) }
    }
}

impl Agent for QLearning {
    type Obs = State;
    type Action = Action;

    #[inline]
    fn decide<W: Watch>(
        &mut self,
        obs: &[State],
        active: &[bool],
        actions: &mut [Action],
        watch: &mut W,
    ) {
        if active[0] {
            let action = self.base.act(obs[0], self.base.config.epsilon);
            watch.line(1, || Some(Value::Action(action)));
            actions[0] = action;
        }
    }

    #[inline]
    fn learn<W: Watch>(&mut self, transitions: &[Transition<State, Action>], watch: &mut W) {
        let QLearningConfig { alpha, gamma, .. } = self.base.config;
        for t in transitions {
            let step = t.step;
            watch.line(2, || Some(Value::Outcome(step.reward, step.next)));
            let effect = self.base.update(real(t, gamma), alpha);
            watch.effect(3, || effect);
        }
        watch.unit();
    }

    fn moves(&self) -> Moves {
        Moves { updates: true, imagined: false }
    }

    answers!();

    fn set_param(&mut self, index: usize, value: f64) {
        self.base.config.set(index, value);
    }

    fn code(&self) -> &'static [CodeLine] {
        CODE
    }

    fn view(&self) -> View {
        View { table: Some(self.base.values.view(None)), ..View::default() }
    }

    fn digest(&self, digest: &mut Digest) {
        self.base.digest(digest);
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.base.bytes()
    }
}
