//! Self-consistent models and values in tables (Farquhar et al. 2021): real steps ground a model and
//! a value, imagined updates make the two agree with each other.
//!
//! It learns what states are worth under its policy: that of acting at random, or epsilon-greedy by
//! one-step look-ahead in its own model. Dyna and TD alone are the same agent, wired differently.

mod account;
mod code;
mod dials;

use std::sync::Arc;

use super::table::{TableView, Tally};
use super::{Agent, Fault, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::base::rng::{Stream, StreamName};
use crate::mdp::trace::{CodeLine, Source, Value, Watch};
use crate::mdp::{Action, State, Transition};
use crate::models::self_consistent::history::{History, Moment};
use crate::models::self_consistent::{Grounding, SelfConsistent};
use crate::rl::policy::{epsilon_greedy, epsilon_greedy_odds};
use crate::rl::self_consistency::{Blocks, Sizes};
use code::line;
pub use dials::{Policy, ScConfig, Update, WIRES};

// ---------------------------------------------------------------- tables

/// Most logits of a model: one for each state, action and next state.
pub const MOST_LOGITS: usize = 500_000;

/// The agent: one lane.
#[derive(Clone, Debug)]
pub struct Consistent {
    config: ScConfig,
    /// Shared with pictures and copies of this agent until the next update.
    learner: Arc<SelfConsistent>,
    /// `[S]`: who wrote the values.
    tally: Vec<Tally>,
    history: History,
    explore: Stream,
    plan: Stream,
    seed: u64,
    work: Work,
    /// Updates so far, real and imagined: the clock of the history.
    updates: u64,
    due: u32,
    fault: Option<Fault>,
}

/// A copy for probes.
#[derive(Clone, Debug, PartialEq)]
pub struct ConsistentView {
    /// Dials.
    pub config: ScConfig,
    /// Model, value and their last updates.
    pub learner: Shared,
    /// The way of the value.
    pub history: History,
    /// Where it is now, also between two moments of the history.
    pub now: Moment,
}

/// A learner that pictures share; equal if it is the very same.
#[derive(Clone, Debug)]
pub struct Shared(pub Arc<SelfConsistent>);

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Consistent {
    /// Knows nothing yet.
    pub fn new(config: ScConfig, states: usize, actions: usize, seed: u64) -> Self {
        let sizes = Sizes { states, actions };
        let policy = vec![1.0 / actions as f64; states * actions];
        let learner = SelfConsistent::new(config.learner(), sizes, policy);
        let mut agent = Self {
            config,
            learner: Arc::new(learner),
            tally: vec![Tally::default(); states],
            history: History::default(),
            explore: Stream::new(seed, StreamName::Explore),
            plan: Stream::new(seed, StreamName::Plan),
            seed,
            work: Work::default(),
            updates: 0,
            due: 0,
            fault: None,
        };
        agent.begin_anew();
        agent
    }

    /// First tables, before anything was learned: zeros, or normal numbers of the lane's seed.
    fn begin_anew(&mut self) {
        let old = &self.learner;
        let mut blocks = Blocks::zero(old.sizes());
        if self.config.initial > 0.0 {
            let mut dice = Stream::new(self.seed, StreamName::Init);
            let Blocks { logits, rewards, values } = &mut blocks;
            let all = logits.iter_mut().chain(rewards).chain(values);
            all.for_each(|x| *x = self.config.initial * dice.normal());
        }
        let (sizes, policy) = (old.sizes(), old.policy().to_vec());
        let learner = SelfConsistent::with_blocks(self.config.learner(), sizes, policy, blocks);
        self.learner = Arc::new(learner);
        self.follow();
        self.history = History::default();
        self.remember();
    }

    // ------------------------------------------------------------ act

    /// In control it imagines the policy that its model and value make now.
    fn follow(&mut self) {
        let Sizes { states, actions } = self.learner.sizes();
        let odds: Vec<f64> = match self.config.policy {
            Policy::Random => vec![1.0 / actions as f64; states * actions],
            Policy::Greedy => {
                let row = |state| {
                    let ahead = self.learner.look_ahead(state);
                    epsilon_greedy_odds(&ahead, self.config.epsilon)
                };
                (0..states as State).flat_map(row).collect()
            }
        };
        Arc::make_mut(&mut self.learner).set_policy(odds);
    }

    // ------------------------------------------------------------ remember

    /// The history takes a look.
    fn remember(&mut self) {
        if self.history.wants(self.updates) {
            self.history.keep(self.moment());
        }
    }

    /// What is to be kept of now.
    fn moment(&self) -> Moment {
        let learner = &self.learner;
        Moment {
            updates: self.updates,
            real: self.work.real_updates,
            gamma: self.config.gamma,
            values: learner.blocks().values.as_slice().into(),
            policy: learner.policy().into(),
            residual: learner.inconsistency(),
            gradients: learner.last().map_or([0.0; 3], |last| last.gradients),
            grounded: learner.last_grounded().map_or([0.0; 3], |last| last.moved),
        }
    }

    fn one_more(&mut self) {
        self.check();
        self.updates += 1;
        self.remember();
    }

    // ------------------------------------------------------------ plan

    /// Lines 7 to 9, once.
    fn plan_once<W: Watch>(&mut self, watch: &mut W) {
        if !self.can_dream() {
            return;
        }
        if self.config.policy == Policy::Greedy {
            self.follow();
        }
        let before = self.learner.blocks().values.clone();
        Arc::make_mut(&mut self.learner).imagine(&mut self.plan);
        let Some(last) = self.learner.last() else { return };
        let (start, steps) = (last.start, last.imagined.rewards.len() as u64);
        self.work.imagined_updates += 1;
        self.work.imagined_steps += steps;
        watch.line(line::PICK, || Some(Value::State(start)));
        watch.line(line::ROLL, || Some(Value::Count(steps, "terms")));
        let rate = self.config.beta * self.config.imagined_rate;
        self.account(&before, rate, Source::Imagined, None, watch);
        self.one_more();
    }
}

impl Agent for Consistent {
    type Obs = State;
    type Action = Action;

    // ------------------------------------------------------------ act

    fn decide<W: Watch>(
        &mut self,
        obs: &[State],
        active: &[bool],
        actions: &mut [Action],
        watch: &mut W,
    ) {
        if !active[0] {
            return;
        }
        let action = match self.config.policy {
            Policy::Random => self.explore.below(self.learner.sizes().actions as u32) as Action,
            Policy::Greedy => {
                let ahead = self.learner.look_ahead(obs[0]);
                epsilon_greedy(&ahead, self.config.epsilon, &mut self.explore) as Action
            }
        };
        watch.line(line::ACT, || Some(Value::Action(action)));
        actions[0] = action;
    }

    // ------------------------------------------------------------ learn

    fn learn<W: Watch>(&mut self, transitions: &[Transition<State, Action>], watch: &mut W) {
        for t in transitions {
            let step = t.step;
            watch.line(line::WORLD, || Some(Value::Outcome(step.reward, step.next)));
            let before = self.learner.blocks().values.clone();
            let learner = Arc::make_mut(&mut self.learner);
            learner.observe((t.obs, t.action), step.reward, step.next, step.terminated);
            if step.truncated {
                learner.close();
            }
            self.work.real_updates += 1;
            let rate = self.config.grounded * self.config.value_rate;
            // Unrolling is a loss over several steps.
            let step = (self.config.grounding != Grounding::Unroll).then_some(t);
            self.account(&before, rate, Source::Real, step, watch);
            self.one_more();
            self.due = if self.moves().imagined { self.config.planning_steps } else { 0 };
        }
        watch.unit();
    }

    fn due(&self) -> u32 {
        self.due
    }

    fn plan<W: Watch>(&mut self, budget: u32, watch: &mut W) -> u32 {
        let done = self.units(budget.min(self.due), watch);
        self.due -= done;
        done
    }

    fn dream<W: Watch>(&mut self, units: u32, watch: &mut W) -> u32 {
        if self.can_dream() { self.units(units, watch) } else { 0 }
    }

    fn can_dream(&self) -> bool {
        let imagines = self.config.wiring().is_some() && self.config.beta > 0.0;
        imagines && self.learner.has_visited() && self.fault.is_none()
    }

    // ------------------------------------------------------------ answers

    fn work(&self) -> Work {
        self.work
    }

    fn moves(&self) -> Moves {
        let c = &self.config;
        let imagined = c.planning_steps > 0 && c.beta > 0.0 && c.wiring().is_some();
        Moves { updates: true, imagined }
    }

    fn param(&self, index: usize) -> f64 {
        self.config.get(index)
    }

    fn set_param(&mut self, index: usize, value: f64) {
        self.config.set(index, value);
        if self.updates == 0 {
            self.begin_anew();
        }
        *Arc::make_mut(&mut self.learner).config_mut() = self.config.learner();
        self.follow();
    }

    fn code(&self) -> &'static [CodeLine] {
        code::program(&self.config)
    }

    fn view(&self) -> View {
        let values = &self.learner.blocks().values;
        let known_pairs = None;
        let table =
            TableView { actions: 1, q: values.clone(), tally: self.tally.clone(), known_pairs };
        let consistent = ConsistentView {
            config: self.config,
            learner: Shared(self.learner.clone()),
            history: self.history.clone(),
            now: self.moment(),
        };
        View { table: Some(table), consistent: Some(consistent), ..View::default() }
    }

    fn failure(&self) -> Option<NotANumber> {
        match self.fault {
            Some(Fault::Entry(entry)) => Some(entry),
            _ => None,
        }
    }

    fn has_failed(&self) -> bool {
        self.fault.is_some()
    }

    fn fault(&self) -> Option<Fault> {
        self.fault.clone()
    }

    fn digest(&self, digest: &mut Digest) {
        (0..ScConfig::specs().len()).for_each(|i| digest.number(self.config.get(i)));
        self.learner.digest(digest);
        for tally in &self.tally {
            digest.word(tally.real);
            digest.word(tally.imagined);
            digest.number(tally.share);
        }
        let places = [self.explore.position() as u64, self.plan.position() as u64];
        places.into_iter().chain([self.updates, u64::from(self.due)]).for_each(|w| digest.word(w));
    }

    fn bytes(&self) -> usize {
        let tally = self.tally.len() * size_of::<Tally>();
        size_of::<Self>() + tally + self.learner.bytes() + self.history.bytes()
    }
}

impl Consistent {
    fn units<W: Watch>(&mut self, most: u32, watch: &mut W) -> u32 {
        let mut done = 0;
        while done < most && self.fault.is_none() {
            self.plan_once(watch);
            watch.unit();
            done += 1;
        }
        done
    }
}
