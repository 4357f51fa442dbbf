//! First-visit Monte-Carlo control with an ε-greedy policy (Sutton & Barto, section 5.4): wait for
//! the end, then learn from the whole episode, last step first.
//!
//! A time limit ends the episode but not the task: the return then begins with the value of the
//! policy where it was cut, as everywhere in this program. An episode of more than
//! [`MEMORY`] steps is learned from its last [`MEMORY`] ones.

use std::collections::VecDeque;

use super::learner::{Learner, answers};
use super::table::Experience;
use super::{Agent, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::mdp::trace::{CodeLine, Source, Value, Watch};
use crate::mdp::{Action, State, Transition};
use crate::rl::policy::expected_value;

const REAL: Option<Source> = Some(Source::Real);

/// Steps of an episode that are kept.
pub const MEMORY: usize = 65_536;

// ---------------------------------------------------------------- pseudo-code

const fn program(update: &'static str) -> [CodeLine; 8] {
    [
        CodeLine::new(0, "repeat for every episode", None),
        CodeLine::new(1, "until the end", None),
        CodeLine::new(2, "a ← ε-greedy(Q, s)", REAL),
        CodeLine::new(2, "r, s′ ← world(s, a)", REAL),
        CodeLine::new(1, "for every step, last one first", None),
        CodeLine::new(2, "G ← r + γ G", REAL),
        CodeLine::new(2, "if s, a was new at that step", REAL),
        CodeLine::new(3, update, REAL),
    ]
}

static AVERAGE: [CodeLine; 8] = program("Q[s,a] += (G − Q[s,a]) / N[s,a]");
static CONSTANT: [CodeLine; 8] = program("Q[s,a] += α (G − Q[s,a])");

// ---------------------------------------------------------------- configuration

crate::choice! {
    /// How returns are averaged.
    pub enum Averaging {
        /// All of them alike: the mean.
        Mean = "mean", "mean of all";
        /// The latest most: a constant step size.
        Constant = "constant", "step size α";
    }
}

crate::params! {
    /// Dials of Monte-Carlo control.
    pub struct MonteCarloConfig {
        /// Whether all returns count alike or the latest count most.
        averaging: Averaging = Averaging::Mean => { "Averaging", "of returns", Live, Choice(Averaging::CHOICES) },
        /// How far a return moves the value, if the latest count most; above 2 it diverges.
        alpha: f64 = 0.1 => { "Step size", "α", Live, Float { min: 0.001, max: 2.5, log: true } },
        /// Worth of a reward one step later.
        gamma: f64 = 0.95 => { "Discount", "γ", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Share of actions taken at random.
        epsilon: f64 = 0.1 => { "Exploration", "ε", Live, Float { min: 0.0, max: 1.0, log: false } },
    }
}

// ---------------------------------------------------------------- tables

/// One step of the episode under way.
#[derive(Clone, Copy, Debug)]
struct Past {
    state: State,
    action: Action,
    /// The pair came for the first time in this episode.
    first: bool,
    reward: f64,
    next: State,
}

/// The agent: one lane.
#[derive(Clone, Debug)]
pub struct MonteCarlo {
    base: Learner<MonteCarloConfig>,
    episode: VecDeque<Past>,
    /// `[S * A]`: number of the episode, from 1, in which the pair came last.
    came: Vec<u32>,
    /// Number of the episode under way, from 1.
    number: u32,
    /// `[S * A]`: returns averaged so far.
    returns: Vec<u32>,
    /// `G`.
    total: f64,
    /// The episode is over: its steps are being learned.
    over: bool,
    actions: usize,
}

impl MonteCarlo {
    /// Knows nothing yet.
    pub fn new(config: MonteCarloConfig, states: usize, actions: usize, seed: u64) -> Self {
        Self {
            base: Learner::new(config, states, actions, seed),
            episode: VecDeque::new(),
            came: vec![0; states * actions],
            number: 0,
            returns: vec![0; states * actions],
            total: 0.0,
            over: false,
            actions,
        }
    }

    fn pair(&self, state: State, action: Action) -> usize {
        state as usize * self.actions + usize::from(action)
    }

    fn remember(&mut self, t: &Transition<State, Action>) {
        let pair = self.pair(t.obs, t.action);
        let first = self.came[pair] != self.number;
        self.came[pair] = self.number;
        if self.episode.len() == MEMORY {
            self.episode.pop_front();
        }
        let (state, action, reward) = (t.obs, t.action, t.step.reward);
        self.episode.push_back(Past { state, action, first, reward, next: t.step.next });
    }

    /// Lines 6 to 8 for one step of the episode.
    fn learn_from<W: Watch>(&mut self, past: Past, watch: &mut W) {
        let MonteCarloConfig { averaging, alpha, gamma, .. } = self.base.config;
        self.total = past.reward + gamma * self.total;
        let total = self.total;
        watch.line(5, || Some(Value::Outcome(total, past.state)));
        watch.line(6, || Some(Value::Pair(past.state, past.action)));
        if !past.first {
            return;
        }
        let pair = self.pair(past.state, past.action);
        self.returns[pair] += 1;
        let alpha = match averaging {
            Averaging::Mean => 1.0 / f64::from(self.returns[pair]),
            Averaging::Constant => alpha,
        };
        let experience = Experience {
            state: past.state,
            action: past.action,
            reward: total,
            next: past.next,
            // The return is complete: nothing is left to be bootstrapped.
            discount: 0.0,
            source: Source::Real,
        };
        let effect = self.base.update_to(experience, 0.0, alpha);
        watch.effect(7, || effect);
    }
}

impl Agent for MonteCarlo {
    type Obs = State;
    type Action = Action;

    // ------------------------------------------------------------ act

    fn begin(&mut self, _: usize, _: State) {
        self.episode.clear();
        self.number += 1;
        self.over = false;
        self.total = 0.0;
    }

    fn decide<W: Watch>(
        &mut self,
        obs: &[State],
        active: &[bool],
        actions: &mut [Action],
        watch: &mut W,
    ) {
        if active[0] {
            let action = self.base.act(obs[0], self.base.config.epsilon);
            watch.line(2, || Some(Value::Action(action)));
            actions[0] = action;
        }
    }

    // ------------------------------------------------------------ learn

    fn learn<W: Watch>(&mut self, transitions: &[Transition<State, Action>], watch: &mut W) {
        for t in transitions {
            let step = t.step;
            watch.line(3, || Some(Value::Outcome(step.reward, step.next)));
            self.remember(t);
            self.over = step.terminated || step.truncated;
            if step.truncated {
                let row = self.base.values.row(step.next);
                self.total = expected_value(row, self.base.config.epsilon);
            }
        }
        watch.unit();
    }

    /// All steps of an episode that is over.
    fn due(&self) -> u32 {
        if self.over { self.episode.len() as u32 } else { 0 }
    }

    fn plan<W: Watch>(&mut self, budget: u32, watch: &mut W) -> u32 {
        let units = budget.min(self.due());
        for done in 0..units {
            if let Some(past) = self.episode.pop_back() {
                self.learn_from(past, watch);
            }
            watch.unit();
            if self.base.values.has_failed() {
                return done + 1;
            }
        }
        units
    }

    // ------------------------------------------------------------ answers

    fn moves(&self) -> Moves {
        Moves { updates: true, imagined: false }
    }

    answers!();

    fn set_param(&mut self, index: usize, value: f64) {
        self.base.config.set(index, value);
    }

    fn code(&self) -> &'static [CodeLine] {
        match self.base.config.averaging {
            Averaging::Mean => &AVERAGE,
            Averaging::Constant => &CONSTANT,
        }
    }

    fn view(&self) -> View {
        View { table: Some(self.base.values.view(None)), ..View::default() }
    }

    fn digest(&self, digest: &mut Digest) {
        self.base.digest(digest);
        self.returns.iter().for_each(|&n| digest.word(u64::from(n)));
        for past in &self.episode {
            digest.word(u64::from(past.state) << 8 | u64::from(past.action));
            digest.number(past.reward);
        }
        digest.number(self.total);
    }

    fn bytes(&self) -> usize {
        size_of::<Self>()
            + self.base.bytes()
            + self.episode.capacity() * size_of::<Past>()
            + (self.came.len() + self.returns.len()) * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdp::Step;
    use crate::mdp::trace::Unwatched;

    #[test]
    fn an_endless_episode_is_learned_from_its_last_steps() {
        let mut agent = MonteCarlo::new(MonteCarloConfig::default(), 3, 2, 0);
        agent.begin(0, 0);
        let step = |next, terminated| Step { reward: 1.0, next, terminated, truncated: false };
        let go = |agent: &mut MonteCarlo, obs, step| {
            let t = Transition { lane: 0, obs, action: 0, step };
            agent.learn(&[t], &mut Unwatched);
        };
        go(&mut agent, 0, step(1, false));
        for _ in 0..MEMORY {
            assert_eq!(agent.due(), 0);
            go(&mut agent, 1, step(1, false));
        }
        go(&mut agent, 2, step(2, true));
        assert_eq!(agent.due() as usize, MEMORY);
        agent.plan(u32::MAX, &mut Unwatched);
        // Only the last step is a first visit that is still remembered.
        assert_eq!((agent.due(), agent.work().updates()), (0, 1));
        assert_eq!(agent.base.values.row(2)[0], 1.0);
    }
}
