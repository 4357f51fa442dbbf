//! Dyna with any model: one planner, and the model under it can be swapped while it runs.
//!
//! Every real step teaches all models alike (`models/bank.rs` says what that costs), so that a swap
//! keeps the values and the experience and changes only who answers. A sample is backed up as
//! it is; a full distribution as an expectation; a mean place as the value of the nearest cell, which
//! need not be where anybody ever was. Pairs the model knows nothing of, or too little, are not
//! planned with.

use std::sync::Arc;

use super::dyna_q::{Direct, Picks};
use super::learner::{Learner, answers, real};
use super::table::Experience;
use super::{Agent, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::base::rng::{Stream, StreamName};
use crate::mdp::trace::{CodeLine, Source, Value, Watch};
use crate::mdp::{Action, State, Transition};
use crate::models::bank::{Belief, Features, Happened, Known, ModelKind, Models, Where, generate};
use crate::models::features::Places;
use crate::models::judge::Judge;
use crate::models::last_seen::Entry;
use crate::models::view::Predicted;
use crate::rl::policy::epsilon_greedy;

// ---------------------------------------------------------------- pseudo-code

/// Lines of the pseudo-code that leave marks.
mod line {
    pub const ACT: u8 = 1;
    pub const WORLD: u8 = 2;
    pub const LEARN: u8 = 3;
    pub const MODEL: u8 = 4;
    pub const PICK: u8 = 6;
    pub const IMAGINE: u8 = 7;
    pub const PLAN: u8 = 8;
}

const REAL: Option<Source> = Some(Source::Real);
const DREAM: Option<Source> = Some(Source::Imagined);

const fn program(imagine: &'static str, plan: &'static str) -> [CodeLine; 10] {
    [
        CodeLine::new(0, "repeat for every real step", None),
        CodeLine::new(1, "a ← ε-greedy(Q, s)", REAL),
        CodeLine::new(1, "r, s′ ← world(s, a)", REAL),
        CodeLine::new(1, "Q[s,a] += α (r + γ V(s′) − Q[s,a])", REAL),
        CodeLine::new(1, "all models learn s, a, r, s′", REAL),
        CodeLine::new(1, "repeat n times", None),
        CodeLine::new(2, "s̃, ã ← seen before", DREAM),
        CodeLine::new(2, imagine, DREAM),
        CodeLine::new(2, plan, DREAM),
        CodeLine::new(1, "s ← s′", None),
    ]
}

const BACK_UP: &str = "Q[s̃,ã] += α (r̃ + γ V(s̃′) − Q[s̃,ã])";
static LAST: [CodeLine; 10] = program("r̃, s̃′ ← last[s̃,ã]", BACK_UP);
static TABLE: [CodeLine; 10] = program("r̃, s̃′ ∼ p̂(s̃,ã)", BACK_UP);
static SAMPLE: [CodeLine; 10] = program("r̃, s̃′ ← p̂(s̃,ã,ω)", BACK_UP);
static FULL: [CodeLine; 10] = program("r̂, p̂ ← model[s̃,ã]", "Q[s̃,ã] += α (r̂ + γ Σ p̂ V − Q[s̃,ã])");
static ONE_HOT: [CodeLine; 10] = program("r̂, f̂ ← model[s̃,ã]", "Q[s̃,ã] += α (r̂ + γ f̂·v − Q[s̃,ã])");
static PLACE: [CodeLine; 10] = program("r̂, f̂ ← model[s̃,ã]", "Q[s̃,ã] += α (r̂ + γ V(at f̂) − Q[s̃,ã])");

// ---------------------------------------------------------------- configuration

crate::params! {
    /// Dials of Dyna with any model.
    pub struct DynaConfig {
        /// Which model planning asks; all of them learn, so it may change at any time.
        model: ModelKind = ModelKind::Table => { "Model", "", Live, Choice(ModelKind::CHOICES) },
        /// What expectation models predict the mean of: which state it is, or where it is.
        features: Features = Features::OneHot => { "Features", "", Live, Choice(Features::CHOICES) },
        /// Imagined updates after every real step.
        planning_steps: u32 = 5 => { "Planning steps", "n, per real step", Live, Int { min: 0.0, max: 500.0, log: true } },
        /// How far each update moves the value towards its target; above 2 it diverges.
        alpha: f64 = 0.1 => { "Step size", "α", Live, Float { min: 0.001, max: 2.5, log: true } },
        /// Worth of a reward one step later.
        gamma: f64 = 0.95 => { "Discount", "γ", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Share of actions taken at random.
        epsilon: f64 = 0.1 => { "Exploration", "ε", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Where planning begins: pairs taken (book) or epsilon-greedy in a state seen (lecture).
        picks: Picks = Picks::PairsTaken => { "Planning picks", "", Live, Choice(Picks::CHOICES) },
        /// Whether real steps change the value directly, or through the model alone.
        direct: Direct = Direct::On => { "Learn from real steps", "", Live, Choice(Direct::CHOICES) },
        /// Seed of the noise of the sample model; the noise starts anew when it is set.
        noise: u32 = 1 => { "Noise seed", "ω", Live, Int { min: 0.0, max: 9999.0, log: false } },
        /// Planning asks only about pairs of which the model foresaw at least this share of real steps; others count as no data.
        trust: f64 = 0.0 => { "Trust the model from", "share foreseen", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Makes the model wrong: with this weight it takes an action for the one after it.
        error: f64 = 0.0 => { "Model error", "weight", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Where the error is.
        error_in: Where = Where::Everywhere => { "Error in", "", Live, Choice(Where::CHOICES) },
    }
}

// ---------------------------------------------------------------- tables

/// The agent: one lane.
#[derive(Clone, Debug)]
pub struct Dyna {
    base: Learner<DynaConfig>,
    /// Shared with pictures and copies of this agent until the next real step.
    models: Arc<Models>,
    /// How well they foresaw what happened; shared likewise.
    judge: Arc<Judge>,
    plan: Stream,
    noise: Stream,
    seed: u64,
    due: u32,
    /// Room for what the model answers; no part of the state.
    answer: Vec<Predicted>,
}

impl Dyna {
    /// Knows nothing yet.
    pub fn new(
        config: DynaConfig,
        places: Places,
        (states, actions): (usize, usize),
        seed: u64,
    ) -> Self {
        Self {
            base: Learner::new(config, states, actions, seed),
            models: Arc::new(Models::new(places, states, actions)),
            judge: Arc::new(Judge::new(states, actions)),
            plan: Stream::new(seed, StreamName::Plan),
            noise: noise(seed, config.noise),
            seed,
            due: 0,
            answer: Vec::new(),
        }
    }

    /// Which model planning asks, as it is set now.
    pub fn belief(&self) -> Belief {
        let DynaConfig { model: kind, features, error, error_in, .. } = self.base.config;
        Belief { kind, features, error, error_in }
    }

    // ------------------------------------------------------------ plan

    /// Line 7: where to imagine from.
    fn pick(&mut self) -> Option<(State, Action)> {
        match self.base.config.picks {
            Picks::PairsTaken => {
                let (state, action, _) = self.models.last.sample_pair(&mut self.plan)?;
                Some((state, action))
            }
            Picks::EpsilonGreedy => {
                let state = self.models.last.sample_state(&mut self.plan)?;
                let row = self.base.values.row(state);
                let action = epsilon_greedy(row, self.base.config.epsilon, &mut self.plan);
                Some((state, action as Action))
            }
        }
    }

    /// Line 8: one sample, or all that may follow as one expectation; with the value of what
    /// follows and how many outcomes it stands for. `None`: no data, or too little.
    fn imagine(&mut self, at: (State, Action)) -> Option<(Experience, f64, usize)> {
        let DynaConfig { gamma, trust, .. } = self.base.config;
        let belief = self.belief();
        self.models.predict(&belief, at, &mut self.answer)?;
        if trust > 0.0 && self.judge.foreseen(at.0, at.1).is_none_or(|share| share < trust) {
            return None;
        }
        let values = &self.base.values;
        let likeliest = |a: &&Predicted, b: &&Predicted| a.probability.total_cmp(&b.probability);
        let (reward, one, next_value, outcomes) = match belief.is_sampled() {
            true => {
                let omega = match belief.kind {
                    ModelKind::Sample => self.noise.unit(),
                    _ if self.answer.len() > 1 => self.plan.unit(),
                    _ => 0.0,
                };
                let one = generate(&self.answer, omega)?;
                (one.reward, one, values.max(one.next), 1)
            }
            false => {
                let reward = self.answer.iter().map(|o| o.probability * o.reward).sum();
                let on = self.answer.iter().filter(|o| o.goes_on);
                let value = on.map(|o| o.probability * values.max(o.next)).sum();
                let one = self.answer.iter().max_by(likeliest)?;
                (reward, one, value, self.answer.len())
            }
        };
        let goes_on = one.goes_on || outcomes > 1;
        let discount = if goes_on { gamma } else { 0.0 };
        let (state, action) = at;
        let source = Source::Imagined;
        let e = Experience { state, action, reward, next: one.next, discount, source };
        Some((e, next_value, outcomes))
    }

    /// Lines 7 to 9, once.
    fn plan_once<W: Watch>(&mut self, watch: &mut W) {
        let Some(at) = self.pick() else {
            return;
        };
        watch.line(line::PICK, || Some(Value::Pair(at.0, at.1)));
        let Some((imagined, next_value, outcomes)) = self.imagine(at) else {
            watch.line(line::IMAGINE, || Some(Value::NoData));
            return;
        };
        self.base.work.imagined_steps += 1;
        watch.line(line::IMAGINE, || Some(Value::Outcome(imagined.reward, imagined.next)));
        let mut effect = self.base.update_to(imagined, next_value, self.base.config.alpha);
        effect.outcomes = outcomes as u16;
        watch.effect(line::PLAN, || effect);
    }
}

/// Noise number `number` of a lane.
fn noise(seed: u64, number: u32) -> Stream {
    Stream::new(seed.wrapping_add(u64::from(number) << 32), StreamName::Noise)
}

impl Agent for Dyna {
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
        if active[0] {
            let action = self.base.act(obs[0], self.base.config.epsilon);
            watch.line(line::ACT, || Some(Value::Action(action)));
            actions[0] = action;
        }
    }

    // ------------------------------------------------------------ learn

    fn learn<W: Watch>(&mut self, transitions: &[Transition<State, Action>], watch: &mut W) {
        let DynaConfig { planning_steps, alpha, gamma, direct, .. } = self.base.config;
        for t in transitions {
            let step = t.step;
            watch.line(line::WORLD, || Some(Value::Outcome(step.reward, step.next)));
            if direct == Direct::On {
                let effect = self.base.update(real(t, gamma), alpha);
                watch.effect(line::LEARN, || effect);
            }
            let goes_on = !step.terminated;
            let entry = Entry { reward: step.reward, next: step.next, goes_on };
            let happened = Happened { state: t.obs, action: t.action, entry };
            let belief = self.belief();
            Arc::make_mut(&mut self.judge).see(&self.models, &belief, &happened, &mut self.answer);
            Arc::make_mut(&mut self.models).learn(&happened);
            let known = self.models.table.known_pairs() as u64;
            watch.line(line::MODEL, || Some(Value::Count(known, "pairs")));
            self.due = planning_steps;
        }
        watch.unit();
    }

    fn due(&self) -> u32 {
        self.due
    }

    fn plan<W: Watch>(&mut self, budget: u32, watch: &mut W) -> u32 {
        let done = self.dream(budget.min(self.due), watch);
        self.due -= done;
        done
    }

    fn dream<W: Watch>(&mut self, units: u32, watch: &mut W) -> u32 {
        let mut done = 0;
        while done < units && self.can_dream() {
            self.plan_once(watch);
            watch.unit();
            done += 1;
        }
        done
    }

    fn can_dream(&self) -> bool {
        self.models.table.known_pairs() > 0 && !self.base.values.has_failed()
    }

    // ------------------------------------------------------------ answers

    fn moves(&self) -> Moves {
        let imagined = self.base.config.planning_steps > 0;
        Moves { updates: imagined || self.base.config.direct == Direct::On, imagined }
    }

    answers!();

    fn set_param(&mut self, index: usize, value: f64) {
        self.base.config.set(index, value);
        // Whatever it was before: what is set there and back is lived again as set once.
        if DynaConfig::specs()[index].key == "noise" {
            self.noise = noise(self.seed, self.base.config.noise);
        }
    }

    fn lie(&mut self, cells: &[(State, f64)]) {
        Arc::make_mut(&mut self.models).lie(cells);
    }

    fn code(&self) -> &'static [CodeLine] {
        let place = self.belief().is_place();
        match self.base.config.model {
            ModelKind::LastSeen => &LAST,
            ModelKind::Table => &TABLE,
            ModelKind::Sample => &SAMPLE,
            ModelKind::Full => &FULL,
            ModelKind::Expectation | ModelKind::Linear if place => &PLACE,
            ModelKind::Expectation | ModelKind::Linear => &ONE_HOT,
        }
    }

    fn view(&self) -> View {
        let belief = self.belief();
        View {
            table: Some(self.base.values.view(Some(self.models.table.known_pairs()))),
            model: Some(self.models.view(&belief)),
            known: Some(Known {
                models: self.models.clone(),
                judge: self.judge.clone(),
                belief,
                noise: self.base.config.noise,
            }),
            ..View::default()
        }
    }

    fn digest(&self, digest: &mut Digest) {
        self.base.digest(digest);
        self.models.digest(digest);
        self.judge.digest(digest);
        let positions = [self.plan.position() as u64, self.noise.position() as u64];
        for word in positions.into_iter().chain([u64::from(self.due)]) {
            digest.word(word);
        }
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.base.bytes() + self.models.bytes() + self.judge.bytes()
    }
}
