//! Dyna-Q+: Dyna-Q that is curious about what it has not tried for long (Sutton 1990; Sutton &
//! Barto, section 8.3).
//!
//! A pair not tried in the world for τ real steps is imagined to pay κ√τ more. Two rules of the
//! book's footnote: every action of a state seen before is planned with, and one never tried is
//! imagined to pay 0 and to stay where it is, with τ counted from the start of the run. The clock
//! is never reset. With the bonus in action choice (exercise 8.4) values stay those of the model,
//! and the agent acts on `Q + κ√τ`; the two rules hold there too.

use super::learner::{Learner, answers, real};
use super::table::Experience;
use super::{Agent, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::base::rng::{Stream, StreamName};
use crate::mdp::trace::{CodeLine, Source, Value, Watch};
use crate::mdp::{Action, State, Transition};
use crate::models::last_seen::{Entry, LastSeen};
use crate::rl::policy::epsilon_greedy;
use crate::rl::td::curiosity;

// ---------------------------------------------------------------- pseudo-code

/// Lines of the pseudo-code that leave marks.
mod line {
    pub const ACT: u8 = 1;
    pub const WORLD: u8 = 2;
    pub const LEARN: u8 = 3;
    pub const MODEL: u8 = 4;
    pub const PICK: u8 = 6;
    pub const IMAGINE: u8 = 7;
    pub const BONUS: u8 = 8;
    /// One less with the bonus in action choice.
    pub const PLAN: u8 = 9;
}

const REAL: Option<Source> = Some(Source::Real);
const DREAM: Option<Source> = Some(Source::Imagined);

const fn program(act: &'static str) -> [CodeLine; 11] {
    [
        CodeLine::new(0, "repeat for every real step", None),
        CodeLine::new(1, act, REAL),
        CodeLine::new(1, "r, s′ ← world(s, a)", REAL),
        CodeLine::new(1, "Q[s,a] += α (r + γ V(s′) − Q[s,a])", REAL),
        CodeLine::new(1, "model[s,a] ← r, s′; τ ← 0", REAL),
        CodeLine::new(1, "repeat n times", None),
        CodeLine::new(2, "s̃ seen, ã ← any action", DREAM),
        CodeLine::new(2, "r̃, s̃′ ← model[s̃,ã]", DREAM),
        CodeLine::new(2, "r̃ += κ √τ[s̃,ã]", DREAM),
        CodeLine::new(2, "Q[s̃,ã] += α (r̃ + γ V(s̃′) − Q[s̃,ã])", DREAM),
        CodeLine::new(1, "s ← s′;  τ ← τ + 1 everywhere", None),
    ]
}

static PLANNING: [CodeLine; 11] = program("a ← ε-greedy(Q, s)");
/// The same without the line that lifts the imagined reward.
static ACTION: [CodeLine; 10] = {
    let mut lines = [CodeLine::new(0, "", None); 10];
    let all = program("a ← ε-greedy(Q + κ √τ, s)");
    let mut at = 0;
    while at < lines.len() {
        lines[at] = all[if at < line::BONUS as usize { at } else { at + 1 }];
        at += 1;
    }
    lines
};

// ---------------------------------------------------------------- configuration

crate::choice! {
    /// What the bonus is added to.
    pub enum Bonus {
        /// Imagined rewards (book).
        Planning = "planning", "planning";
        /// Values when an action is chosen (exercise 8.4).
        Action = "action", "action choice";
    }
}

crate::params! {
    /// Dials of Dyna-Q+.
    pub struct DynaQPlusConfig {
        /// Imagined updates after every real step.
        planning_steps: u32 = 10 => { "Planning steps", "n, per real step", Live, Int { min: 0.0, max: 500.0, log: true } },
        /// Weight of the bonus for what was not tried for long; too much drowns the rewards.
        kappa: f64 = 0.001 => { "Curiosity", "κ", Live, Float { min: 1e-6, max: 1.0, log: true } },
        /// Whether the bonus is added to imagined rewards (book) or when an action is chosen.
        bonus: Bonus = Bonus::Planning => { "Bonus in", "", Live, Choice(Bonus::CHOICES) },
        /// How far each update moves the value towards its target; above 2 it diverges.
        alpha: f64 = 0.1 => { "Step size", "α", Live, Float { min: 0.001, max: 2.5, log: true } },
        /// Worth of a reward one step later.
        gamma: f64 = 0.95 => { "Discount", "γ", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Share of actions taken at random.
        epsilon: f64 = 0.1 => { "Exploration", "ε", Live, Float { min: 0.0, max: 1.0, log: false } },
    }
}

// ---------------------------------------------------------------- tables

/// The agent: one lane.
#[derive(Clone, Debug)]
pub struct DynaQPlus {
    base: Learner<DynaQPlusConfig>,
    model: LastSeen,
    plan: Stream,
    /// Real steps so far; never reset.
    clock: u64,
    /// `[S * A]`: reading of the clock when the pair was last tried; 0 for never.
    tried: Vec<u64>,
    /// `[A]`: room for `Q + κ√τ` of one state.
    lifted: Vec<f64>,
    due: u32,
}

impl DynaQPlus {
    /// Knows nothing yet.
    pub fn new(config: DynaQPlusConfig, states: usize, actions: usize, seed: u64) -> Self {
        Self {
            base: Learner::new(config, states, actions, seed),
            model: LastSeen::new(states, actions),
            plan: Stream::new(seed, StreamName::Plan),
            clock: 0,
            tried: vec![0; states * actions],
            lifted: vec![0.0; actions],
            due: 0,
        }
    }

    fn pair(&self, state: State, action: Action) -> usize {
        state as usize * self.lifted.len() + usize::from(action)
    }

    /// `κ√τ` of a pair.
    #[inline]
    pub fn bonus(&self, state: State, action: Action) -> f64 {
        let tau = self.clock - self.tried[self.pair(state, action)];
        curiosity(self.base.config.kappa, tau)
    }

    /// `[S * A]`: `κ√τ` of every pair of a state seen before, 0 elsewhere.
    fn bonuses(&self) -> Vec<f64> {
        let actions = self.lifted.len();
        let mut bonus = vec![0.0; self.tried.len()];
        for &state in self.model.known_states() {
            for action in 0..actions {
                bonus[state as usize * actions + action] = self.bonus(state, action as Action);
            }
        }
        bonus
    }

    // ------------------------------------------------------------ plan

    /// Lines 7 to 10, once.
    #[inline(always)]
    fn plan_once<W: Watch>(&mut self, watch: &mut W) {
        let DynaQPlusConfig { alpha, gamma, bonus, .. } = self.base.config;
        let Some(state) = self.model.sample_state(&mut self.plan) else {
            return;
        };
        let action = self.plan.below(self.lifted.len() as u32) as Action;
        watch.line(line::PICK, || Some(Value::Pair(state, action)));
        let stay = Entry { reward: 0.0, next: state, goes_on: true };
        let entry = self.model.get(state, action).unwrap_or(stay);
        self.base.work.imagined_steps += 1;
        watch.line(line::IMAGINE, || Some(Value::Outcome(entry.reward, entry.next)));
        let (mut reward, mut plan) = (entry.reward, line::BONUS);
        if bonus == Bonus::Planning {
            reward += self.bonus(state, action);
            watch.line(line::BONUS, || Some(Value::Outcome(reward, entry.next)));
            plan = line::PLAN;
        }
        let imagined = Experience {
            state,
            action,
            reward,
            next: entry.next,
            discount: if entry.goes_on { gamma } else { 0.0 },
            source: Source::Imagined,
        };
        let effect = self.base.update(imagined, alpha);
        watch.effect(plan, || effect);
    }

    // ------------------------------------------------------------ act

    fn act(&mut self, state: State) -> Action {
        let DynaQPlusConfig { epsilon, bonus, .. } = self.base.config;
        if bonus == Bonus::Planning {
            return self.base.act(state, epsilon);
        }
        for action in 0..self.lifted.len() {
            let bonus = self.bonus(state, action as Action);
            self.lifted[action] = self.base.values.row(state)[action] + bonus;
        }
        epsilon_greedy(&self.lifted, epsilon, &mut self.base.explore) as Action
    }
}

impl Agent for DynaQPlus {
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
            let action = self.act(obs[0]);
            watch.line(line::ACT, || Some(Value::Action(action)));
            actions[0] = action;
        }
    }

    // ------------------------------------------------------------ learn

    fn learn<W: Watch>(&mut self, transitions: &[Transition<State, Action>], watch: &mut W) {
        let DynaQPlusConfig { planning_steps, alpha, gamma, .. } = self.base.config;
        for t in transitions {
            let step = t.step;
            watch.line(line::WORLD, || Some(Value::Outcome(step.reward, step.next)));
            let effect = self.base.update(real(t, gamma), alpha);
            watch.effect(line::LEARN, || effect);
            let goes_on = !step.terminated;
            let entry = Entry { reward: step.reward, next: step.next, goes_on };
            self.model.learn(t.obs, t.action, entry);
            self.clock += 1;
            let pair = self.pair(t.obs, t.action);
            self.tried[pair] = self.clock;
            let known = self.model.known_pairs() as u64;
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
        self.model.known_pairs() > 0 && !self.base.values.has_failed()
    }

    // ------------------------------------------------------------ answers

    fn moves(&self) -> Moves {
        Moves { updates: true, imagined: self.base.config.planning_steps > 0 }
    }

    answers!();

    fn set_param(&mut self, index: usize, value: f64) {
        self.base.config.set(index, value);
    }

    fn lie(&mut self, cells: &[(State, f64)]) {
        self.model.lie(cells);
    }

    fn code(&self) -> &'static [CodeLine] {
        match self.base.config.bonus {
            Bonus::Planning => &PLANNING,
            Bonus::Action => &ACTION,
        }
    }

    fn view(&self) -> View {
        View {
            table: Some(self.base.values.view(Some(self.model.known_pairs()))),
            model: Some(self.model.view()),
            bonus: Some(self.bonuses()),
            ..View::default()
        }
    }

    fn digest(&self, digest: &mut Digest) {
        self.base.digest(digest);
        self.model.digest(digest);
        self.tried.iter().for_each(|&at| digest.word(at));
        for word in [self.clock, self.plan.position() as u64, u64::from(self.due)] {
            digest.word(word);
        }
    }

    fn bytes(&self) -> usize {
        let tables = (self.tried.len() + self.lifted.len()) * size_of::<u64>();
        size_of::<Self>() + self.base.bytes() + self.model.bytes() + tables
    }
}
