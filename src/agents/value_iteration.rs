//! Value iteration on the true world: the reference that learners are measured against.
//!
//! Sutton & Barto, section 4.4, asynchronous: one planning unit is one expected update of one
//! pair, in a fixed order. The agent is given the truth through [`Tabular`] when it is built; it
//! never learns, and it stops sweeping once nothing moves.
//!
//! It may plan in a model made wrong on purpose, with every next state exchanged for another one of
//! the same value: the values of the true world then solve that model, too, whatever it says of
//! states (value equivalence, Grimm et al. 2020).

use std::sync::Arc;

use super::table::{ActionValues, count};
use super::{Agent, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::base::rng::{Stream, StreamName};
use crate::mdp::scene::Scenic;
use crate::mdp::trace::{CodeLine, Effect, Source, Value, Watch};
use crate::mdp::{Action, Outcome, State, Tabular, Transition};
use crate::models::altered::{Altered, altered};
use crate::models::features::Places;
use crate::models::view::{ModelView, Predicted};
use crate::rl::dp::expected_target;
use crate::rl::policy::greedy;

/// Most sweeps for the true values.
const SOLVED: usize = 10_000;
const DREAM: Option<Source> = Some(Source::Imagined);

const fn program(model: &'static str) -> [CodeLine; 5] {
    [
        CodeLine::new(0, "repeat for every real step", None),
        CodeLine::new(1, "a ← greedy(Q, s)", Some(Source::Real)),
        CodeLine::new(1, "r, s′ ← world(s, a)", Some(Source::Real)),
        CodeLine::new(1, model, DREAM),
        CodeLine::new(2, "Q[s̃,ã] ← Σ p (r̃ + γ V(s̃′))", DREAM),
    ]
}

/// Pseudo-code by what is done to the model.
static CODE: [[CodeLine; 5]; 3] = [
    program("for every pair s̃, ã of the true world"),
    program("for every pair, s̃′ another state of the same value"),
    program("for every pair, s̃′ another state as far away"),
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
        /// What is done to the true world before it is planned in.
        model: Altered = Altered::Exact => { "Model", "", Live, Choice(Altered::CHOICES) },
    }
}

/// One pair of the true world with all its outcomes.
#[derive(Clone, Debug)]
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
    /// What it plans in: the truth as `made` says, for that discount.
    model: Arc<[Truth]>,
    made: (Altered, f64),
    /// Columns of the map.
    cols: usize,
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
    pub fn new(config: ValueIterationConfig, world: &(impl Tabular + Scenic), seed: u64) -> Self {
        let (states, actions) = (world.states(), world.actions());
        let pairs = (0..states * actions).map(|pair| {
            let (state, action) = ((pair / actions) as State, (pair % actions) as Action);
            Truth { state, action, outcomes: world.outcomes(state, action) }
        });
        let truth: Arc<[Truth]> = pairs.filter(|t| !t.outcomes.is_empty()).collect();
        Self {
            model: truth.clone(),
            made: (Altered::Exact, config.gamma),
            cols: Places::of(&world.scene()).cols,
            config,
            truth,
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

    /// Makes the model that the dials ask for, once they stand: it needs the true values.
    fn renew(&mut self) {
        let ValueIterationConfig { model, gamma, .. } = self.config;
        if self.made.0 == model && (model == Altered::Exact || self.made.1 == gamma) {
            return;
        }
        self.made = (model, gamma);
        if model == Altered::Exact {
            self.model = self.truth.clone();
            return;
        }
        let values = self.true_values();
        let mut open: Vec<State> = self.truth.iter().map(|t| t.state).collect();
        open.dedup();
        let one = |t: &Truth| Truth {
            outcomes: altered(&t.outcomes, model, (&values, &open, self.cols)),
            ..*t
        };
        self.model = self.truth.iter().map(one).collect();
    }

    /// `[S]`: the best there is in the true world, by sweeps until nothing moves.
    fn true_values(&self) -> Vec<f64> {
        let ValueIterationConfig { gamma, tolerance, .. } = self.config;
        let mut values = ActionValues::new(self.values.states(), self.actions);
        for _ in 0..SOLVED {
            let mut moved = 0.0_f64;
            for t in &*self.truth {
                let new = expected_target(&t.outcomes, gamma, |s| values.max(s));
                let pair = t.state as usize * self.actions + usize::from(t.action);
                moved = moved.max((new - values.row(t.state)[usize::from(t.action)]).abs());
                values.write(pair, new, 1.0, Source::Imagined);
            }
            if moved <= tolerance {
                break;
            }
        }
        (0..self.values.states()).map(|s| values.max(s as State)).collect()
    }

    /// Lines 4 and 5 for one pair.
    fn back_up<W: Watch>(&mut self, watch: &mut W) {
        let Truth { state, action, outcomes } = &self.model[self.cursor];
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

    /// A wrong model, for pictures; an exact one has nothing to show.
    fn model_view(&self) -> ModelView {
        let mut pairs = self.model.iter().peekable();
        let ask = |state, action, out: &mut Vec<Predicted>| {
            let Some(t) = pairs.next_if(|t| (t.state, t.action) == (state, action)) else { return };
            out.extend(t.outcomes.iter().map(|o| Predicted {
                probability: o.probability,
                reward: o.reward,
                next: o.next,
                goes_on: !o.terminated,
                count: 1,
            }));
        };
        ModelView::of(self.values.states(), self.actions, ask)
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
        self.renew();
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
        self.renew();
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
        &CODE[self.config.model as usize]
    }

    fn view(&self) -> View {
        let model = (self.made.0 != Altered::Exact).then(|| self.model_view());
        View { table: Some(self.values.view(None)), model, ..View::default() }
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
        digest.word(self.made.0 as u64);
        digest.number(self.made.1);
        digest.word(self.cursor as u64);
        digest.number(self.moved);
        digest.word(u64::from(self.converged));
        digest.word(u64::from(self.due));
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.values.bytes()
    }
}
