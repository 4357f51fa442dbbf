//! Q-learning (Watkins 1989; Sutton & Barto, section 6.5): model-free, one update a step.

use super::table::{ActionValues, Experience, count};
use super::{Agent, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::base::rng::{Stream, StreamName};
use crate::mdp::trace::{CodeLine, Source, Value, Watch};
use crate::mdp::{Action, State, Transition};
use crate::rl::policy::epsilon_greedy;

const REAL: Option<Source> = Some(Source::Real);

const fn code(indent: u8, text: &'static str, source: Option<Source>) -> CodeLine {
    CodeLine { indent, text, source }
}

/// Pseudo-code.
pub static CODE: &[CodeLine] = &[
    code(0, "repeat for every real step", None),
    code(1, "a ← ε-greedy(Q, s)", REAL),
    code(1, "r, s′ ← world(s, a)", REAL),
    code(1, "Q[s,a] += α (r + γ V(s′) − Q[s,a])", REAL),
    code(1, "s ← s′", None),
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
    config: QLearningConfig,
    values: ActionValues,
    explore: Stream,
    work: Work,
}

impl QLearning {
    /// Knows nothing yet.
    pub fn new(config: QLearningConfig, states: usize, actions: usize, seed: u64) -> Self {
        Self {
            config,
            values: ActionValues::new(states, actions),
            explore: Stream::new(seed, StreamName::Explore),
            work: Work::default(),
        }
    }
}

impl Agent for QLearning {
    type Obs = State;
    type Action = Action;

    fn begin(&mut self, _: usize, _: State) {}

    #[inline]
    fn decide<W: Watch>(
        &mut self,
        obs: &[State],
        active: &[bool],
        actions: &mut [Action],
        watch: &mut W,
    ) {
        if active[0] {
            let row = self.values.row(obs[0]);
            let action = epsilon_greedy(row, self.config.epsilon, &mut self.explore) as Action;
            watch.line(1, || Some(Value::Action(action)));
            actions[0] = action;
        }
    }

    #[inline]
    fn learn<W: Watch>(&mut self, transitions: &[Transition<State, Action>], watch: &mut W) {
        for t in transitions {
            let step = t.step;
            watch.line(2, || Some(Value::Outcome(step.reward, step.next)));
            let real = Experience {
                state: t.obs,
                action: t.action,
                reward: step.reward,
                next: step.next,
                discount: if step.terminated { 0.0 } else { self.config.gamma },
                source: Source::Real,
            };
            let effect = self.values.update(real, self.config.alpha);
            count(&mut self.work, Source::Real);
            watch.effect(3, || effect);
        }
        watch.unit();
    }

    fn due(&self) -> u32 {
        0
    }

    fn plan<W: Watch>(&mut self, _: u32, _: &mut W) -> u32 {
        0
    }

    fn work(&self) -> Work {
        self.work
    }

    fn moves(&self) -> Moves {
        Moves { updates: true, imagined: false }
    }

    fn param(&self, index: usize) -> f64 {
        self.config.get(index)
    }

    fn set_param(&mut self, index: usize, value: f64) {
        self.config.set(index, value);
    }

    fn code(&self) -> &'static [CodeLine] {
        CODE
    }

    fn view(&self) -> View {
        View { table: Some(self.values.view(None)) }
    }

    fn failure(&self) -> Option<NotANumber> {
        self.values.failure()
    }

    fn digest(&self, digest: &mut Digest) {
        (0..QLearningConfig::specs().len()).for_each(|i| digest.number(self.config.get(i)));
        self.values.digest(digest);
        digest.word(self.explore.position() as u64);
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.values.bytes()
    }
}
