//! TD(0) prediction: what each state is worth to somebody who acts at random (Sutton 1988; Sutton &
//! Barto, section 6.1).
//!
//! Nothing is decided here. The policy takes every action alike, and `V[s]` is moved towards the
//! reward and the value of the state that followed.

use super::learner::{Learner, answers};
use super::table::Experience;
use super::{Agent, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::mdp::trace::{CodeLine, Source, Value, Watch};
use crate::mdp::{Action, State, Transition};

const REAL: Option<Source> = Some(Source::Real);

/// Pseudo-code.
pub static CODE: &[CodeLine] = &[
    CodeLine::new(0, "repeat for every episode", None),
    CodeLine::new(1, "repeat for every real step", None),
    CodeLine::new(2, "a ← any action, all alike", REAL),
    CodeLine::new(2, "r, s′ ← world(s, a)", REAL),
    CodeLine::new(2, "V[s] += α (r + γ V[s′] − V[s])", REAL),
    CodeLine::new(2, "s ← s′", None),
];

crate::params! {
    /// Dials of prediction.
    pub struct PredictionConfig {
        /// How far each update moves the value towards its target; above 2 it diverges.
        alpha: f64 = 0.1 => { "Step size", "α", Live, Float { min: 0.001, max: 2.5, log: true } },
        /// Worth of a reward one step later.
        gamma: f64 = 0.95 => { "Discount", "γ", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Value of every state that no update has reached yet.
        initial: f64 = 0.0 => { "First value", "V₀", Live, Float { min: -10.0, max: 10.0, log: false } },
    }
}

/// Position of `initial` among the dials.
pub(super) const INITIAL: usize = 2;

/// The agent: one lane.
#[derive(Clone, Debug)]
pub struct TdPrediction {
    base: Learner<PredictionConfig>,
    actions: usize,
}

impl TdPrediction {
    /// Knows nothing yet.
    pub fn new(config: PredictionConfig, states: usize, actions: usize, seed: u64) -> Self {
        Self { base: Learner::of_states(config, states, config.initial, seed), actions }
    }
}

impl Agent for TdPrediction {
    type Obs = State;
    type Action = Action;

    fn decide<W: Watch>(
        &mut self,
        _: &[State],
        active: &[bool],
        actions: &mut [Action],
        watch: &mut W,
    ) {
        if active[0] {
            let action = self.base.explore.below(self.actions as u32) as Action;
            watch.line(2, || Some(Value::Action(action)));
            actions[0] = action;
        }
    }

    fn learn<W: Watch>(&mut self, transitions: &[Transition<State, Action>], watch: &mut W) {
        let PredictionConfig { alpha, gamma, .. } = self.base.config;
        for t in transitions {
            let step = t.step;
            watch.line(3, || Some(Value::Outcome(step.reward, step.next)));
            let effect = self.base.update(of_state(t, gamma), alpha);
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
        if index == INITIAL {
            self.base.values.start_from(value);
        }
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

/// What really happened to `V[s]`; which action it was does not matter to it.
fn of_state(t: &Transition<State, Action>, gamma: f64) -> Experience {
    Experience { action: 0, ..super::learner::real(t, gamma) }
}
