//! Value iteration on the true world: the reference that learners are measured against.
//!
//! Sutton & Barto, section 4.4, asynchronous: one planning unit is one expected update of one
//! pair, in a fixed order. The agent is given the truth through [`Tabular`] when it is built; it
//! never learns, and it stops sweeping once nothing moves.

use std::sync::Arc;

use super::table::{ActionValues, count};
use super::{Agent, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::base::rng::{Stream, StreamName};
use crate::mdp::trace::{CodeLine, Effect, Source, Value, Watch};
use crate::mdp::{Action, Outcome, State, Tabular, Transition};
use crate::rl::dp::expected_target;
use crate::rl::policy::greedy;

const DREAM: Option<Source> = Some(Source::Imagined);

/// Pseudo-code.
pub static CODE: &[CodeLine] = &[
    CodeLine::new(0, "repeat for every real step", None),
    CodeLine::new(1, "a ← greedy(Q, s)", Some(Source::Real)),
    CodeLine::new(1, "r, s′ ← world(s, a)", Some(Source::Real)),
    CodeLine::new(1, "for every pair s̃, ã of the true world", DREAM),
    CodeLine::new(2, "Q[s̃,ã] ← Σ p (r̃ + γ V(s̃′))", DREAM),
];

crate::params! {
    /// Dials of value iteration.
    pub struct ValueIterationConfig {
        /// Worth of a reward one step later.
        gamma: f64 = 0.95 => { "Discount", "γ", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Sweeps over all pairs after every real step.
        sweeps: u32 = 1 => { "Sweeps", "per real step", Live, Int { min: 1.0, max: 100.0, log: true } },
        /// A sweep that moves no value further than this is the last one.
        tolerance: f64 = 1e-12 => { "Tolerance", "of a value", Live, Float { min: 1e-15, max: 1.0, log: true } },
    }
}

/// One pair of the true world with all its outcomes.
#[derive(Debug)]
struct Truth {
    state: State,
    action: Action,
    outcomes: Vec<Outcome>,
}

/// The agent: one lane. The truth is shared between clones.
#[derive(Clone, Debug)]
pub struct ValueIteration {
    config: ValueIterationConfig,
    truth: Arc<[Truth]>,
    values: ActionValues,
    explore: Stream,
    actions: usize,
    /// Next pair of the sweep under way.
    cursor: usize,
    /// Largest move of the sweep under way.
    moved: f64,
    converged: bool,
    due: u32,
    work: Work,
}

impl ValueIteration {
    /// Copies the truth out of `world`.
    pub fn new(config: ValueIterationConfig, world: &impl Tabular, seed: u64) -> Self {
        let (states, actions) = (world.states(), world.actions());
        let pairs = (0..states * actions).map(|pair| {
            let (state, action) = ((pair / actions) as State, (pair % actions) as Action);
            Truth { state, action, outcomes: world.outcomes(state, action) }
        });
        Self {
            config,
            truth: pairs.filter(|t| !t.outcomes.is_empty()).collect(),
            values: ActionValues::new(states, actions),
            explore: Stream::new(seed, StreamName::Explore),
            actions,
            cursor: 0,
            moved: 0.0,
            converged: false,
            due: 0,
            work: Work::default(),
        }
    }

    /// Lines 4 and 5 for one pair.
    fn back_up<W: Watch>(&mut self, watch: &mut W) {
        let Truth { state, action, outcomes } = &self.truth[self.cursor];
        watch.line(3, || Some(Value::Pair(*state, *action)));
        let new = expected_target(outcomes, self.config.gamma, |s| self.values.max(s));
        let old = self.values.row(*state)[usize::from(*action)];
        // The likeliest outcome stands for all of them in the picture.
        let likeliest = outcomes.iter().max_by(|a, b| a.probability.total_cmp(&b.probability));
        if let Some(o) = likeliest {
            let next_value = if o.terminated { 0.0 } else { self.values.max(o.next) };
            watch.effect(4, || Effect {
                state: *state,
                action: *action,
                next: o.next,
                reward: o.reward,
                discount: if o.terminated { 0.0 } else { self.config.gamma },
                next_value,
                target: new,
                outcomes: outcomes.len() as u16,
                old,
                new,
                source: Source::Imagined,
            });
        }
        self.work.imagined_steps += 1;
        count(&mut self.work, Source::Imagined);
        self.moved = self.moved.max((new - old).abs());
        let pair = *state as usize * self.actions + usize::from(*action);
        self.values.write(pair, new, 1.0, Source::Imagined);
    }

    /// One pair further in the sweep under way.
    fn sweep_on<W: Watch>(&mut self, watch: &mut W) {
        self.back_up(watch);
        watch.unit();
        self.cursor += 1;
        if self.cursor == self.truth.len() {
            self.end_sweep();
        }
    }

    fn end_sweep(&mut self) {
        self.converged = self.moved <= self.config.tolerance;
        self.moved = 0.0;
        self.cursor = 0;
    }
}

impl Agent for ValueIteration {
    type Obs = State;
    type Action = Action;

    fn begin(&mut self, _: usize, _: State) {}

    fn decide<W: Watch>(
        &mut self,
        obs: &[State],
        active: &[bool],
        actions: &mut [Action],
        watch: &mut W,
    ) {
        if active[0] {
            let action = greedy(self.values.row(obs[0]), &mut self.explore) as Action;
            watch.line(1, || Some(Value::Action(action)));
            actions[0] = action;
        }
    }

    fn learn<W: Watch>(&mut self, transitions: &[Transition<State, Action>], watch: &mut W) {
        for t in transitions {
            watch.line(2, || Some(Value::Outcome(t.step.reward, t.step.next)));
        }
        watch.unit();
        self.due = match self.converged {
            true => 0,
            false => self.config.sweeps * self.truth.len() as u32,
        };
    }

    fn due(&self) -> u32 {
        self.due
    }

    fn plan<W: Watch>(&mut self, budget: u32, watch: &mut W) -> u32 {
        let mut done = 0;
        while done < budget && self.due > 0 {
            self.sweep_on(watch);
            done += 1;
            self.due = if self.converged { 0 } else { self.due - 1 };
        }
        done
    }

    fn dream<W: Watch>(&mut self, units: u32, watch: &mut W) -> u32 {
        for done in 0..units {
            if !self.can_dream() {
                return done;
            }
            self.sweep_on(watch);
        }
        units
    }

    fn can_dream(&self) -> bool {
        !self.converged && !self.values.has_failed()
    }

    fn work(&self) -> Work {
        self.work
    }

    fn moves(&self) -> Moves {
        Moves { updates: !self.converged, imagined: !self.converged }
    }

    fn param(&self, index: usize) -> f64 {
        self.config.get(index)
    }

    fn set_param(&mut self, index: usize, value: f64) {
        self.config.set(index, value);
        self.converged = false;
        self.moved = 0.0;
        self.cursor = 0;
    }

    fn code(&self) -> &'static [CodeLine] {
        CODE
    }

    fn view(&self) -> View {
        View { table: Some(self.values.view(None)), ..View::default() }
    }

    fn values(&self) -> Option<&ActionValues> {
        Some(&self.values)
    }

    fn failure(&self) -> Option<NotANumber> {
        self.values.failure()
    }

    fn digest(&self, digest: &mut Digest) {
        (0..ValueIterationConfig::specs().len()).for_each(|i| digest.number(self.config.get(i)));
        self.values.digest(digest);
        digest.word(self.explore.position() as u64);
        digest.word(self.cursor as u64);
        digest.number(self.moved);
        digest.word(u64::from(self.converged));
        digest.word(u64::from(self.due));
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.values.bytes()
    }
}
