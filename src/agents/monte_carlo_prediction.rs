//! Monte-Carlo prediction with a constant step size: what each state is worth to somebody who acts
//! at random, from whole returns (Sutton & Barto, eq. 6.1, every visit).
//!
//! A time limit ends the episode but not the task: the return then begins with the value where it
//! was cut, as everywhere in this program. An episode of more than [`MEMORY`] steps is learned from
//! its last [`MEMORY`] ones.

use std::collections::VecDeque;

use super::learner::{Learner, answers};
use super::table::Experience;
use super::td_prediction::{INITIAL, PredictionConfig};
use super::{Agent, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::mdp::trace::{CodeLine, Source, Value, Watch};
use crate::mdp::{Action, State, Transition};

const REAL: Option<Source> = Some(Source::Real);

/// Steps of an episode that are kept.
pub const MEMORY: usize = 65_536;

/// Pseudo-code.
pub static CODE: &[CodeLine] = &[
    CodeLine::new(0, "repeat for every episode", None),
    CodeLine::new(1, "until the end", None),
    CodeLine::new(2, "a ← any action, all alike", REAL),
    CodeLine::new(2, "r, s′ ← world(s, a)", REAL),
    CodeLine::new(1, "for every step, last one first", None),
    CodeLine::new(2, "V[s] += α (r + γ G − V[s])", REAL),
    CodeLine::new(2, "G ← r + γ G", REAL),
];

/// One step of the episode under way.
#[derive(Clone, Copy, Debug)]
struct Past {
    state: State,
    reward: f64,
    next: State,
}

/// The agent: one lane.
#[derive(Clone, Debug)]
pub struct MonteCarloPrediction {
    base: Learner<PredictionConfig>,
    actions: usize,
    episode: VecDeque<Past>,
    /// `G`: the return that follows the next step to be learned.
    total: f64,
    /// The episode is over: its steps are being learned.
    over: bool,
}

impl MonteCarloPrediction {
    /// Knows nothing yet.
    pub fn new(config: PredictionConfig, states: usize, actions: usize, seed: u64) -> Self {
        Self {
            base: Learner::of_states(config, states, config.initial, seed),
            actions,
            episode: VecDeque::new(),
            total: 0.0,
            over: false,
        }
    }

    /// Lines 5 and 6 for one step of the episode.
    fn learn_from<W: Watch>(&mut self, past: Past, watch: &mut W) {
        let PredictionConfig { alpha, gamma, .. } = self.base.config;
        let (Past { state, reward, next }, source) = (past, Source::Real);
        let experience = Experience { state, action: 0, reward, next, discount: gamma, source };
        let effect = self.base.update_to(experience, self.total, alpha);
        watch.effect(5, || effect);
        self.total = effect.target;
        watch.line(6, || Some(Value::Outcome(effect.target, state)));
    }
}

impl Agent for MonteCarloPrediction {
    type Obs = State;
    type Action = Action;

    fn begin(&mut self, _: usize, _: State) {
        self.episode.clear();
        (self.total, self.over) = (0.0, false);
    }

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
        for t in transitions {
            let step = t.step;
            watch.line(3, || Some(Value::Outcome(step.reward, step.next)));
            if self.episode.len() == MEMORY {
                self.episode.pop_front();
            }
            self.episode.push_back(Past { state: t.obs, reward: step.reward, next: step.next });
            self.over = step.terminated || step.truncated;
            if step.truncated {
                self.total = self.base.values.row(step.next)[0];
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
        for past in &self.episode {
            digest.word(u64::from(past.state) << 32 | u64::from(past.next));
            digest.number(past.reward);
        }
        digest.number(self.total);
        digest.word(u64::from(self.over));
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.base.bytes() + self.episode.capacity() * size_of::<Past>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdp::Step;
    use crate::mdp::trace::Unwatched;

    fn agent(alpha: f64) -> MonteCarloPrediction {
        let config = PredictionConfig { alpha, gamma: 0.5, initial: 1.0 };
        let mut agent = MonteCarloPrediction::new(config, 3, 2, 0);
        agent.begin(0, 0);
        agent
    }

    fn go(agent: &mut MonteCarloPrediction, obs: State, step: Step<State>) {
        let t = Transition { lane: 0, obs, action: 1, step };
        agent.learn(&[t], &mut Unwatched);
    }

    #[test]
    fn every_visit_is_learned_from_its_return_by_hand() {
        let mut agent = agent(0.5);
        let step = |reward, next| Step { reward, next, terminated: next == 2, truncated: false };
        go(&mut agent, 0, step(0.0, 1));
        go(&mut agent, 1, step(2.0, 0));
        go(&mut agent, 0, step(4.0, 2));
        assert_eq!(agent.due(), 3);
        agent.plan(u32::MAX, &mut Unwatched);
        // Returns, last first: 4, 2 + 0.5 * 4 = 4, 0 + 0.5 * 4 = 2. V[0]: 1 -> 2.5 -> 2.25.
        assert_eq!(agent.view().table.unwrap().q, [2.25, 2.5, 1.0]);
        assert_eq!((agent.due(), agent.work().updates()), (0, 3));
    }

    #[test]
    fn where_time_ran_out_the_return_begins_with_a_value() {
        let mut agent = agent(1.0);
        go(&mut agent, 0, Step { reward: 3.0, next: 1, terminated: false, truncated: true });
        agent.plan(u32::MAX, &mut Unwatched);
        assert_eq!(agent.view().table.unwrap().q, [3.0 + 0.5 * 1.0, 1.0, 1.0]);
    }
}
