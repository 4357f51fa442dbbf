//! Sarsa: the value of the policy that is followed (Rummery & Niranjan 1994; Sutton & Barto,
//! section 6.4).
//!
//! The next action is chosen before the update, with the values as they are then, and really taken.

use super::learner::{Learner, answers, real};
use super::{Agent, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::mdp::trace::{CodeLine, Source, Value, Watch};
use crate::mdp::{Action, State, Transition};

const REAL: Option<Source> = Some(Source::Real);

/// Pseudo-code.
pub static CODE: &[CodeLine] = &[
    CodeLine::new(0, "repeat for every episode", None),
    CodeLine::new(1, "a ← ε-greedy(Q, s)", REAL),
    CodeLine::new(1, "repeat for every real step", None),
    CodeLine::new(2, "r, s′ ← world(s, a)", REAL),
    CodeLine::new(2, "a′ ← ε-greedy(Q, s′)", REAL),
    CodeLine::new(2, "Q[s,a] += α (r + γ Q[s′,a′] − Q[s,a])", REAL),
    CodeLine::new(2, "s, a ← s′, a′", None),
];

crate::params! {
    /// Dials of Sarsa.
    pub struct SarsaConfig {
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
pub struct Sarsa {
    base: Learner<SarsaConfig>,
    /// `a′`, chosen already; `None` at the start of an episode.
    next: Option<Action>,
}

impl Sarsa {
    /// Knows nothing yet.
    pub fn new(config: SarsaConfig, states: usize, actions: usize, seed: u64) -> Self {
        Self { base: Learner::new(config, states, actions, seed), next: None }
    }
}

impl Agent for Sarsa {
    type Obs = State;
    type Action = Action;

    fn begin(&mut self, _: usize, _: State) {
        self.next = None;
    }

    fn decide<W: Watch>(
        &mut self,
        obs: &[State],
        active: &[bool],
        actions: &mut [Action],
        watch: &mut W,
    ) {
        if active[0] {
            actions[0] = self.next.take().unwrap_or_else(|| {
                let action = self.base.act(obs[0], self.base.config.epsilon);
                watch.line(1, || Some(Value::Action(action)));
                action
            });
        }
    }

    fn learn<W: Watch>(&mut self, transitions: &[Transition<State, Action>], watch: &mut W) {
        let SarsaConfig { alpha, gamma, epsilon } = self.base.config;
        for t in transitions {
            let step = t.step;
            watch.line(3, || Some(Value::Outcome(step.reward, step.next)));
            let mut next_value = 0.0;
            if !step.terminated {
                let next = self.base.act(step.next, epsilon);
                watch.line(4, || Some(Value::Action(next)));
                next_value = self.base.values.row(step.next)[usize::from(next)];
                self.next = Some(next);
            }
            let effect = self.base.update_to(real(t, gamma), next_value, alpha);
            watch.effect(5, || effect);
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
        digest.word(self.next.map_or(u64::MAX, u64::from));
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.base.bytes()
    }
}
