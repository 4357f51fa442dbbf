//! Prioritized sweeping: plan where the value is most wrong, and work backwards from there (Moore &
//! Atkeson 1993; Peng & Williams 1993; Sutton & Barto, section 8.4).
//!
//! A real step changes no value: it teaches the model and puts its pair into the queue. With the
//! last-seen model an update is a sample; with the counts of the table model it is an expected
//! update, and a predecessor's error is weighted by the probability with which it leads here.

use super::learner::{Learner, answers};
use super::table::Experience;
use super::{Agent, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::heap::Heap;
use crate::base::params::Params as _;
use crate::mdp::trace::{CodeLine, Source, Value, Watch};
use crate::mdp::{Action, State, Transition};
use crate::models::last_seen::{Entry, LastSeen};
use crate::models::table::TableModel;
use crate::rl::td::q_target;

/// Real steps without a single update after which the clocks of updates count as standing still.
const IDLE: u32 = 10_000;

// ---------------------------------------------------------------- pseudo-code

/// Lines of the pseudo-code that leave marks.
mod line {
    pub const ACT: u8 = 1;
    pub const WORLD: u8 = 2;
    pub const MODEL: u8 = 3;
    pub const QUEUE: u8 = 4;
    pub const FIRST: u8 = 6;
    pub const IMAGINE: u8 = 7;
    pub const PLAN: u8 = 8;
    pub const BACK: u8 = 9;
}

const fn program(
    model: &'static str,
    imagine: &'static str,
    plan: &'static str,
    back: &'static str,
) -> [CodeLine; 11] {
    const REAL: Option<Source> = Some(Source::Real);
    const DREAM: Option<Source> = Some(Source::Imagined);
    [
        CodeLine::new(0, "repeat for every real step", None),
        CodeLine::new(1, "a ← ε-greedy(Q, s)", REAL),
        CodeLine::new(1, "r, s′ ← world(s, a)", REAL),
        CodeLine::new(1, model, REAL),
        CodeLine::new(1, "queue s, a if its error > θ", REAL),
        CodeLine::new(1, "up to n times, greatest error first", None),
        CodeLine::new(2, "s̃, ã ← first in the queue", DREAM),
        CodeLine::new(2, imagine, DREAM),
        CodeLine::new(2, plan, DREAM),
        CodeLine::new(2, back, DREAM),
        CodeLine::new(1, "s ← s′", None),
    ]
}

static SAMPLE: [CodeLine; 11] = program(
    "model[s,a] ← r, s′",
    "r̃, s̃′ ← model[s̃,ã]",
    "Q[s̃,ã] += α (r̃ + γ V(s̃′) − Q[s̃,ã])",
    "queue what leads to s̃",
);
static EXPECTED: [CodeLine; 11] = program(
    "N[s,a,s′] += 1",
    "r̂, p̂ ← model[s̃,ã]",
    "Q[s̃,ã] += α (r̂ + γ Σ p̂ V − Q[s̃,ã])",
    "queue p̂ × what leads to s̃",
);

// ---------------------------------------------------------------- configuration

crate::choice! {
    /// Which of the models planning asks; both are learned.
    pub enum Asks {
        /// The last reward and next state of a pair: sample updates.
        LastSeen = "last-seen", "last seen";
        /// Counts of all that followed: expected updates.
        Table = "table", "counts";
    }
}

crate::params! {
    /// Dials of prioritized sweeping; defaults are those of example 8.4.
    pub struct SweepingConfig {
        /// Most imagined updates after every real step; fewer while the queue is empty.
        planning_steps: u32 = 5 => { "Planning steps", "n, per real step", Live, Int { min: 0.0, max: 500.0, log: true } },
        /// Errors of at most this are not worth an update.
        theta: f64 = 0.0001 => { "Threshold", "θ", Live, Float { min: 1e-9, max: 1.0, log: true } },
        /// What planning asks: the last outcome of a pair, or the counts of all outcomes.
        model: Asks = Asks::LastSeen => { "Model", "", Live, Choice(Asks::CHOICES) },
        /// How far each update moves the value towards its target; above 2 it diverges.
        alpha: f64 = 0.5 => { "Step size", "α", Live, Float { min: 0.001, max: 2.5, log: true } },
        /// Worth of a reward one step later.
        gamma: f64 = 0.95 => { "Discount", "γ", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Share of actions taken at random.
        epsilon: f64 = 0.1 => { "Exploration", "ε", Live, Float { min: 0.0, max: 1.0, log: false } },
    }
}

// ---------------------------------------------------------------- tables

/// The agent: one lane.
#[derive(Clone, Debug)]
pub struct Sweeping {
    base: Learner<SweepingConfig>,
    last: LastSeen,
    table: TableModel,
    queue: Heap,
    actions: usize,
    due: u32,
    /// Real steps since the last update.
    idle: u32,
}

impl Sweeping {
    /// Knows nothing yet.
    pub fn new(config: SweepingConfig, states: usize, actions: usize, seed: u64) -> Self {
        Self {
            base: Learner::new(config, states, actions, seed),
            last: LastSeen::new(states, actions),
            table: TableModel::new(states, actions),
            queue: Heap::new(states * actions),
            actions,
            due: 0,
            idle: 0,
        }
    }

    // ------------------------------------------------------------ plan

    /// What the model says of a pair, and the value of what follows; `None`: no data.
    fn imagine(&self, state: State, action: Action) -> Option<(Experience, f64)> {
        let gamma = self.base.config.gamma;
        let value = |s| self.base.values.max(s);
        let entry = self.last.get(state, action)?;
        let source = Source::Imagined;
        let (reward, next) = (entry.reward, entry.next);
        match self.base.config.model {
            Asks::LastSeen => {
                let discount = if entry.goes_on { gamma } else { 0.0 };
                let e = Experience { state, action, reward, next, discount, source };
                Some((e, value(next)))
            }
            Asks::Table => {
                let reward = self.table.reward(state, action)?;
                let next_value = self.table.expect((state, action), value)?;
                // The last outcome stands for all of them in the picture.
                let e = Experience { state, action, reward, next, discount: gamma, source };
                Some((e, next_value))
            }
        }
    }

    /// How far the value of a pair is from what the model says.
    fn error(&self, state: State, action: Action) -> f64 {
        let old = self.base.values.row(state)[usize::from(action)];
        let target = self.imagine(state, action).map(|(e, v)| q_target(e.reward, e.discount, v));
        target.map_or(0.0, |target| (target - old).abs())
    }

    fn queue(&mut self, pair: u32, priority: f64) {
        if priority > self.base.config.theta {
            self.queue.push(pair, priority);
        }
    }

    /// Lines 7 to 10, once.
    fn sweep_once<W: Watch>(&mut self, watch: &mut W) {
        let Some((state, action)) = self.queue.pop().map(|pair| self.split(pair)) else {
            return;
        };
        watch.line(line::FIRST, || Some(Value::Pair(state, action)));
        if let Some((imagined, next_value)) = self.imagine(state, action) {
            self.base.work.imagined_steps += 1;
            let (reward, next) = (imagined.reward, imagined.next);
            watch.line(line::IMAGINE, || Some(Value::Outcome(reward, next)));
            let mut effect = self.base.update_to(imagined, next_value, self.base.config.alpha);
            if self.base.config.model == Asks::Table {
                effect.outcomes = self.table.followed(state, action).len() as u16;
            }
            watch.effect(line::PLAN, || effect);
            self.idle = 0;
            self.queue_predecessors(state);
            let waiting = self.queue.len() as u64;
            watch.line(line::BACK, || Some(Value::Count(waiting, "queued")));
        }
    }

    /// Line 10.
    fn queue_predecessors(&mut self, state: State) {
        for index in 0..self.table.leads_to(state).len() {
            let pair = self.table.leads_to(state)[index];
            let (before, action) = self.split(pair);
            let leads = match self.base.config.model {
                Asks::LastSeen => {
                    let still = self.last.get(before, action).is_some_and(|e| e.next == state);
                    f64::from(u8::from(still))
                }
                Asks::Table => self.table.probability(before, action, state).unwrap_or(0.0),
            };
            if leads > 0.0 {
                self.base.work.imagined_steps += 1;
                let priority = leads * self.error(before, action);
                self.queue(pair, priority);
            }
        }
    }

    fn split(&self, pair: u32) -> (State, Action) {
        let actions = self.actions as u32;
        (pair / actions, (pair % actions) as Action)
    }
}

impl Agent for Sweeping {
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
        for t in transitions {
            let step = t.step;
            watch.line(line::WORLD, || Some(Value::Outcome(step.reward, step.next)));
            let goes_on = !step.terminated;
            let entry = Entry { reward: step.reward, next: step.next, goes_on };
            self.last.learn(t.obs, t.action, entry);
            self.table.learn((t.obs, t.action), step.reward, step.next, goes_on);
            let known = self.last.known_pairs() as u64;
            watch.line(line::MODEL, || Some(Value::Count(known, "pairs")));
            let pair = t.obs * self.actions as u32 + u32::from(t.action);
            let priority = self.error(t.obs, t.action);
            self.queue(pair, priority);
            let waiting = self.queue.len() as u64;
            watch.line(line::QUEUE, || Some(Value::Count(waiting, "queued")));
            self.idle = self.idle.saturating_add(1);
            self.due = self.base.config.planning_steps;
        }
        watch.unit();
    }

    /// Nothing, once the queue is empty.
    fn due(&self) -> u32 {
        if self.queue.is_empty() { 0 } else { self.due }
    }

    fn plan<W: Watch>(&mut self, budget: u32, watch: &mut W) -> u32 {
        let done = self.dream(budget.min(self.due), watch);
        self.due = if self.queue.is_empty() { 0 } else { self.due - done };
        done
    }

    fn dream<W: Watch>(&mut self, units: u32, watch: &mut W) -> u32 {
        let mut done = 0;
        while done < units && self.can_dream() {
            self.sweep_once(watch);
            watch.unit();
            done += 1;
        }
        done
    }

    /// While there is something in the queue.
    fn can_dream(&self) -> bool {
        !self.queue.is_empty() && !self.base.values.has_failed()
    }

    // ------------------------------------------------------------ answers

    fn moves(&self) -> Moves {
        let plans = self.base.config.planning_steps > 0 && self.idle < IDLE;
        Moves { updates: plans, imagined: plans }
    }

    answers!();

    fn set_param(&mut self, index: usize, value: f64) {
        self.base.config.set(index, value);
        self.idle = 0;
    }

    /// What leads into the cells is queued: nothing else would look there again.
    fn lie(&mut self, cells: &[(State, f64)]) {
        self.last.lie(cells);
        self.table.lie(cells);
        cells.iter().for_each(|&(cell, _)| self.queue_predecessors(cell));
        self.idle = 0;
    }

    fn code(&self) -> &'static [CodeLine] {
        match self.base.config.model {
            Asks::LastSeen => &SAMPLE,
            Asks::Table => &EXPECTED,
        }
    }

    fn view(&self) -> View {
        View {
            table: Some(self.base.values.view(Some(self.last.known_pairs()))),
            model: Some(match self.base.config.model {
                Asks::LastSeen => self.last.view(),
                Asks::Table => self.table.view(),
            }),
            ..View::default()
        }
    }

    fn digest(&self, digest: &mut Digest) {
        self.base.digest(digest);
        self.last.digest(digest);
        self.table.digest(digest);
        for (pair, priority) in self.queue.iter() {
            digest.word(u64::from(pair));
            digest.number(priority);
        }
        digest.word(u64::from(self.due));
        digest.word(u64::from(self.idle));
    }

    fn bytes(&self) -> usize {
        let models = self.last.bytes() + self.table.bytes();
        size_of::<Self>() + self.base.bytes() + models + self.queue.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdp::Step;
    use crate::mdp::trace::Unwatched;

    #[test]
    fn the_digest_knows_the_rewards_behind_a_mean() {
        let of = |first: f64| {
            let config = SweepingConfig { theta: 1.0, ..SweepingConfig::default() };
            let mut agent = Sweeping::new(config, 3, 2, 0);
            for reward in [first, 0.0] {
                let step = Step { reward, next: 1, terminated: false, truncated: false };
                let t = Transition { lane: 0, obs: 0, action: 1, step };
                agent.learn(&[t], &mut Unwatched);
            }
            let mut digest = Digest::default();
            agent.digest(&mut digest);
            digest.finish()
        };
        assert_ne!(of(0.5), of(0.25), "the last outcome and the counts are the same");
    }
}
