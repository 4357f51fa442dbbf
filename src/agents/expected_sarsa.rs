//! Expected Sarsa: the expectation over the next action in place of the one taken (van Seijen et
//! al. 2009; Sutton & Barto, section 6.6). Less noise than Sarsa; with a greedy policy it is
//! Q-learning.

use super::learner::{Learner, answers, real};
use super::sarsa::SarsaConfig;
use super::{Agent, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::mdp::trace::{CodeLine, Source, Value, Watch};
use crate::mdp::{Action, State, Transition};
use crate::rl::policy::expected_value;

const REAL: Option<Source> = Some(Source::Real);

/// Pseudo-code; π is the ε-greedy policy.
pub static CODE: &[CodeLine] = &[
    CodeLine::new(0, "repeat for every real step", None),
    CodeLine::new(1, "a ← ε-greedy(Q, s)", REAL),
    CodeLine::new(1, "r, s′ ← world(s, a)", REAL),
    CodeLine::new(1, "v ← Σ π(a′|s′) Q[s′,a′]", REAL),
    CodeLine::new(1, "Q[s,a] += α (r + γ v − Q[s,a])", REAL),
    CodeLine::new(1, "s ← s′", None),
];

/// The agent: one lane. Its dials are those of Sarsa.
#[derive(Clone, Debug)]
pub struct ExpectedSarsa {
    base: Learner<SarsaConfig>,
}

impl ExpectedSarsa {
    /// Knows nothing yet.
    pub fn new(config: SarsaConfig, states: usize, actions: usize, seed: u64) -> Self {
        Self { base: Learner::new(config, states, actions, seed) }
    }
}

impl Agent for ExpectedSarsa {
    type Obs = State;
    type Action = Action;

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

    fn learn<W: Watch>(&mut self, transitions: &[Transition<State, Action>], watch: &mut W) {
        let SarsaConfig { alpha, gamma, epsilon } = self.base.config;
        for t in transitions {
            let step = t.step;
            watch.line(2, || Some(Value::Outcome(step.reward, step.next)));
            let next_value = expected_value(self.base.values.row(step.next), epsilon);
            watch.line(3, || Some(Value::State(step.next)));
            let effect = self.base.update_to(real(t, gamma), next_value, alpha);
            watch.effect(4, || effect);
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
