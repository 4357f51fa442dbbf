//! Q-learning with experience replay (Lin 1992): what happened is kept, and learned from again.
//!
//! A memory of real steps in place of a model: it can say nothing of pairs it does not hold, and
//! what it holds may be out of date. Its updates are real ones: the world wrote every number in
//! them.

use std::collections::VecDeque;

use super::learner::{Learner, answers, real};
use super::table::Experience;
use super::{Agent, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::base::rng::{Stream, StreamName};
use crate::mdp::trace::{CodeLine, Source, Value, Watch};
use crate::mdp::{Action, State, Transition};

const REAL: Option<Source> = Some(Source::Real);

/// Pseudo-code.
pub static CODE: &[CodeLine] = &[
    CodeLine::new(0, "repeat for every real step", None),
    CodeLine::new(1, "a ← ε-greedy(Q, s)", REAL),
    CodeLine::new(1, "r, s′ ← world(s, a)", REAL),
    CodeLine::new(1, "Q[s,a] += α (r + γ V(s′) − Q[s,a])", REAL),
    CodeLine::new(1, "memory ← memory + (s, a, r, s′)", REAL),
    CodeLine::new(1, "repeat n times", None),
    CodeLine::new(2, "ŝ, â, r̂, ŝ′ ← any step in memory", REAL),
    CodeLine::new(2, "Q[ŝ,â] += α (r̂ + γ V(ŝ′) − Q[ŝ,â])", REAL),
    CodeLine::new(1, "s ← s′", None),
];

crate::params! {
    /// Dials of Q-learning with replay.
    pub struct ReplayConfig {
        /// Remembered steps learned from again after every real step.
        replays: u32 = 5 => { "Replayed steps", "n, per real step", Live, Int { min: 0.0, max: 500.0, log: true } },
        /// Steps kept; the oldest is forgotten first.
        capacity: u32 = 10_000 => { "Memory", "steps", Live, Int { min: 1.0, max: 100_000.0, log: true } },
        /// How far each update moves the value towards its target; above 2 it diverges.
        alpha: f64 = 0.1 => { "Step size", "α", Live, Float { min: 0.001, max: 2.5, log: true } },
        /// Worth of a reward one step later.
        gamma: f64 = 0.95 => { "Discount", "γ", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Share of actions taken at random.
        epsilon: f64 = 0.1 => { "Exploration", "ε", Live, Float { min: 0.0, max: 1.0, log: false } },
    }
}

/// One remembered step.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Remembered {
    reward: f64,
    state: State,
    next: State,
    action: Action,
    goes_on: bool,
}

/// Updates whose places the view tells.
const UPDATES: usize = 256;
/// Draws that the view tells.
const DRAWN: usize = 32;

/// One draw from the memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawn {
    /// Number of the step, from 0 at the start of the run.
    pub serial: u64,
    /// Where.
    pub state: State,
    /// What was done.
    pub action: Action,
    /// What it paid.
    pub reward: f64,
    /// Where it led.
    pub next: State,
}

/// The memory as pictures need it.
#[derive(Clone, Debug, PartialEq)]
pub struct MemoryView {
    /// Number of the oldest step kept.
    pub first: u64,
    /// Steps kept.
    pub len: usize,
    /// Steps that may be kept.
    pub capacity: usize,
    /// The newest draws, oldest first.
    pub drawn: Vec<Drawn>,
    /// States of the newest updates, in the order they were made.
    pub updates: Vec<State>,
    /// States of the newest updates by a real step alone.
    pub real: Vec<State>,
}

impl MemoryView {
    /// Number of the newest step kept, or of the first one if there is none yet.
    pub fn newest(&self) -> u64 {
        self.first + self.len.saturating_sub(1) as u64
    }
}

/// The agent: one lane.
#[derive(Clone, Debug)]
pub struct Replay {
    base: Learner<ReplayConfig>,
    memory: VecDeque<Remembered>,
    /// Number of the oldest step kept.
    first: u64,
    /// Newest draws, for pictures: they decide nothing.
    drawn: VecDeque<Drawn>,
    /// States of the newest updates, likewise.
    updates: VecDeque<State>,
    /// Those by real steps alone.
    real: VecDeque<State>,
    replay: Stream,
    due: u32,
}

/// Appends to the newest `most`.
fn keep<T>(newest: &mut VecDeque<T>, most: usize, item: T) {
    if newest.len() == most {
        newest.pop_front();
    }
    newest.push_back(item);
}

impl Replay {
    /// Remembers nothing yet.
    pub fn new(config: ReplayConfig, states: usize, actions: usize, seed: u64) -> Self {
        Self {
            base: Learner::new(config, states, actions, seed),
            memory: VecDeque::new(),
            first: 0,
            drawn: VecDeque::with_capacity(DRAWN),
            updates: VecDeque::with_capacity(UPDATES),
            real: VecDeque::with_capacity(UPDATES),
            replay: Stream::new(seed, StreamName::Replay),
            due: 0,
        }
    }

    /// Makes room until at most `most` steps are kept. Only a real step forgets, never a dial on
    /// its way to another value.
    fn forget(&mut self, most: usize) {
        let surplus = self.memory.len().saturating_sub(most);
        self.memory.drain(..surplus);
        self.first += surplus as u64;
    }

    /// Lines 7 and 8, once. The memory holds at least the step just taken.
    fn replay_once<W: Watch>(&mut self, watch: &mut W) {
        let ReplayConfig { alpha, gamma, .. } = self.base.config;
        let drawn = self.replay.below(self.memory.len() as u32) as usize;
        let past = self.memory[drawn];
        keep(&mut self.updates, UPDATES, past.state);
        let serial = self.first + drawn as u64;
        let Remembered { state, action, reward, next, .. } = past;
        keep(&mut self.drawn, DRAWN, Drawn { serial, state, action, reward, next });
        watch.line(6, || Some(Value::Pair(past.state, past.action)));
        let again = Experience {
            state: past.state,
            action: past.action,
            reward: past.reward,
            next: past.next,
            discount: if past.goes_on { gamma } else { 0.0 },
            source: Source::Real,
        };
        let effect = self.base.update(again, alpha);
        watch.effect(7, || effect);
    }
}

impl Agent for Replay {
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
        let ReplayConfig { replays, capacity, alpha, gamma, .. } = self.base.config;
        for t in transitions {
            let step = t.step;
            watch.line(2, || Some(Value::Outcome(step.reward, step.next)));
            let effect = self.base.update(real(t, gamma), alpha);
            watch.effect(3, || effect);
            keep(&mut self.real, UPDATES, t.obs);
            keep(&mut self.updates, UPDATES, t.obs);
            self.forget(capacity as usize - 1);
            self.memory.push_back(Remembered {
                reward: step.reward,
                state: t.obs,
                next: step.next,
                action: t.action,
                goes_on: !step.terminated,
            });
            let kept = self.memory.len() as u64;
            watch.line(4, || Some(Value::Count(kept, "steps")));
            self.due = replays;
        }
        watch.unit();
    }

    fn due(&self) -> u32 {
        self.due
    }

    fn plan<W: Watch>(&mut self, budget: u32, watch: &mut W) -> u32 {
        let mut done = 0;
        while done < budget && self.due > 0 && !self.base.values.has_failed() {
            self.replay_once(watch);
            watch.unit();
            self.due -= 1;
            done += 1;
        }
        done
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
        let memory = MemoryView {
            first: self.first,
            len: self.memory.len(),
            capacity: self.base.config.capacity as usize,
            drawn: self.drawn.iter().filter(|d| d.serial >= self.first).copied().collect(),
            updates: self.updates.iter().copied().collect(),
            real: self.real.iter().copied().collect(),
        };
        let table = Some(self.base.values.view(None));
        View { table, memory: Some(memory), ..View::default() }
    }

    fn digest(&self, digest: &mut Digest) {
        self.base.digest(digest);
        for past in &self.memory {
            digest.number(past.reward);
            digest.word(u64::from(past.state) << 8 | u64::from(past.action));
            digest.word(u64::from(past.next) << 1 | u64::from(past.goes_on));
        }
        digest.word(self.replay.position() as u64);
        digest.word(u64::from(self.due));
    }

    fn bytes(&self) -> usize {
        let memory = self.memory.capacity() * size_of::<Remembered>()
            + DRAWN * size_of::<Drawn>()
            + 2 * UPDATES * size_of::<State>();
        let told = DRAWN * size_of::<Drawn>() + 2 * UPDATES * size_of::<State>();
        size_of::<Self>() + self.base.bytes() + memory + told
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdp::Step;
    use crate::mdp::trace::Unwatched;

    fn step(agent: &mut Replay, obs: State) {
        let step = Step { reward: 1.0, next: obs + 1, terminated: false, truncated: false };
        agent.learn(&[Transition { lane: 0, obs, action: 0, step }], &mut Unwatched);
        agent.plan(u32::MAX, &mut Unwatched);
    }

    #[test]
    fn the_oldest_step_is_forgotten_first() {
        let config = ReplayConfig { capacity: 3, replays: 2, ..ReplayConfig::default() };
        let mut agent = Replay::new(config, 9, 2, 0);
        (0..5).for_each(|s| step(&mut agent, s));
        let kept = |agent: &Replay| agent.memory.iter().map(|m| m.state).collect::<Vec<_>>();
        assert_eq!(kept(&agent), [2, 3, 4]);
        assert_eq!((agent.work().real_updates, agent.work().imagined_updates), (15, 0));
        agent.set_param(1, 1.0);
        agent.set_param(1, 3.0);
        assert_eq!(kept(&agent), [2, 3, 4], "there and back is nothing");
        agent.set_param(1, 1.0);
        step(&mut agent, 5);
        assert_eq!(kept(&agent), [5]);
    }
}
