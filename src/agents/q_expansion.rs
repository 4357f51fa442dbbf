//! Value expansion in tables: MVE (Feinberg et al. 2018) where the actor is the arg-max of Q. The
//! model is the last reward and next state seen for each pair, so that no gradient through it could
//! even be had.
//!
//! A pair that was never tried ends the imagination: the target then looks less far. In a table each
//! depth is an entry of its own, so with the TD-k trick every entry moves by the whole step size.

use super::learner::{Learner, answers};
use super::mve::config::Switch;
use super::table::Experience;
use super::{Agent, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::mdp::trace::{CodeLine, Source, Value, Watch};
use crate::mdp::{Action, State, Transition};
use crate::models::last_seen::{Entry, LastSeen};
use crate::rl::expansion::targets;
use crate::rl::td::max_value;

const REAL: Option<Source> = Some(Source::Real);
const DREAM: Option<Source> = Some(Source::Imagined);

/// Pseudo-code; `learn` is what becomes of the imagined pairs.
const fn program(learn: CodeLine) -> [CodeLine; 9] {
    [
        CodeLine::new(0, "repeat for every real step", None),
        CodeLine::new(1, "a ← ε-greedy(Q, s)", REAL),
        CodeLine::new(1, "r, s′ ← world(s, a)", REAL),
        CodeLine::new(1, "model[s,a] ← r, s′; s̃ ← s′", REAL),
        CodeLine::new(1, "H times: ã ← arg max Q[s̃]; r̃, s̃ ← model[s̃,ã]", DREAM),
        CodeLine::new(1, "ỹ ← r̃ + γ ỹ, back from V(s̃)", DREAM),
        CodeLine::new(1, "Q[s,a] += α (y − Q[s,a])", REAL),
        learn,
        CodeLine::new(1, "s ← s′", None),
    ]
}

static EVERYWHERE: [CodeLine; 9] =
    program(CodeLine::new(1, "Q[s̃,ã] += α (ỹ − Q[s̃,ã]), at every depth", DREAM));
static REAL_ALONE: [CodeLine; 9] = program(CodeLine::new(1, "drop what was imagined", None));

crate::params! {
    /// Dials of value expansion in tables.
    pub struct QExpansionConfig {
        /// Imagined steps that each target looks ahead; 0 is Q-learning.
        horizon: u32 = 5 => { "Horizon", "H, imagined steps", Live, Int { min: 0.0, max: 20.0, log: false } },
        /// Every imagined pair learns as well, not the real one alone.
        td_k: Switch = Switch::On => { "TD-k trick", "", Live, Choice(Switch::CHOICES) },
        /// How far each update moves the value towards its target; above 2 it diverges.
        alpha: f64 = 0.1 => { "Step size", "α", Live, Float { min: 0.001, max: 2.5, log: true } },
        /// Worth of a reward one step later.
        gamma: f64 = 0.95 => { "Discount", "γ", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Share of actions taken at random.
        epsilon: f64 = 0.1 => { "Exploration", "ε", Live, Float { min: 0.0, max: 1.0, log: false } },
    }
}

/// A pair, and what it was said to lead to.
type Step = (State, Action, Entry);

/// The agent: one lane.
#[derive(Clone, Debug)]
pub struct QExpansion {
    base: Learner<QExpansionConfig>,
    model: LastSeen,
    /// The real step whose target is still to be made.
    due: Option<Step>,
}

impl QExpansion {
    /// Knows nothing yet.
    pub fn new(config: QExpansionConfig, states: usize, actions: usize, seed: u64) -> Self {
        Self {
            base: Learner::new(config, states, actions, seed),
            model: LastSeen::new(states, actions),
            due: None,
        }
    }

    /// Line 5: imagined steps after a real one, [`QExpansionConfig::horizon`] at most.
    fn imagine(&self, real: Step) -> Vec<Step> {
        let mut path = vec![real];
        for _ in 0..self.base.config.horizon {
            let (_, _, Entry { next, goes_on, .. }) = path[path.len() - 1];
            let row = self.base.values.row(next);
            let best = max_value(row);
            let greedy = row.iter().position(|&q| q == best).unwrap_or(0) as Action;
            match self.model.get(next, greedy) {
                Some(entry) if goes_on => path.push((next, greedy, entry)),
                _ => break,
            }
        }
        path
    }

    /// Lines 5 to 8.
    fn expand<W: Watch>(&mut self, real: Step, watch: &mut W) {
        let QExpansionConfig { td_k, alpha, gamma, .. } = self.base.config;
        let path = self.imagine(real);
        let imagined = path.len() as u64 - 1;
        self.base.work.imagined_steps += imagined;
        watch.line(4, || Some(Value::Count(imagined, "imagined steps")));
        let discount = |entry: &Entry| if entry.goes_on { gamma } else { 0.0 };
        let discounts: Vec<f64> = path.iter().map(|(.., entry)| discount(entry)).collect();
        let mut y: Vec<f64> = path.iter().map(|(.., entry)| entry.reward).collect();
        let tail = self.base.values.max(path[path.len() - 1].2.next);
        targets(&mut y, &discounts, tail);
        watch.line(5, || Some(Value::Number(y[0])));
        let taught = if td_k == Switch::On { path.len() } else { 1 };
        for (t, &(state, action, entry)) in path.iter().take(taught).enumerate() {
            let (line, source) = if t == 0 { (6, Source::Real) } else { (7, Source::Imagined) };
            let Entry { reward, next, .. } = entry;
            let discount = discounts[t];
            let experience = Experience { state, action, reward, next, discount, source };
            let after = y.get(t + 1).copied().unwrap_or(tail);
            let effect = self.base.update_to(experience, after, alpha);
            watch.effect(line, || effect);
        }
    }
}

impl Agent for QExpansion {
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
        for t in transitions {
            let step = t.step;
            watch.line(2, || Some(Value::Outcome(step.reward, step.next)));
            let goes_on = !step.terminated;
            let entry = Entry { reward: step.reward, next: step.next, goes_on };
            self.model.learn(t.obs, t.action, entry);
            let known = self.model.known_pairs() as u64;
            watch.line(3, || Some(Value::Count(known, "pairs")));
            self.due = Some((t.obs, t.action, entry));
        }
        watch.unit();
    }

    fn due(&self) -> u32 {
        u32::from(self.due.is_some())
    }

    fn plan<W: Watch>(&mut self, budget: u32, watch: &mut W) -> u32 {
        let real = self.due.take_if(|_| budget > 0);
        if let Some(real) = real {
            self.expand(real, watch);
            watch.unit();
        }
        u32::from(real.is_some())
    }

    fn moves(&self) -> Moves {
        Moves { updates: true, imagined: self.base.config.horizon > 0 }
    }

    answers!();

    fn set_param(&mut self, index: usize, value: f64) {
        self.base.config.set(index, value);
    }

    fn lie(&mut self, cells: &[(State, f64)]) {
        self.model.lie(cells);
    }

    fn code(&self) -> &'static [CodeLine] {
        match self.base.config.td_k {
            Switch::On => &EVERYWHERE,
            Switch::Off => &REAL_ALONE,
        }
    }

    fn view(&self) -> View {
        View {
            table: Some(self.base.values.view(Some(self.model.known_pairs()))),
            model: Some(self.model.view()),
            ..View::default()
        }
    }

    fn digest(&self, digest: &mut Digest) {
        self.base.digest(digest);
        self.model.digest(digest);
        digest.word(self.due.map_or(0, |(s, a, _)| 1 + (u64::from(s) << 8 | u64::from(a))));
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.base.bytes() + self.model.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdp::Step as Answer;
    use crate::mdp::trace::Unwatched;

    fn live(agent: &mut QExpansion, (obs, next, reward, end): (State, State, f64, bool)) {
        let step = Answer { reward, next, terminated: end, truncated: false };
        agent.learn(&[Transition { lane: 0, obs, action: 0, step }], &mut Unwatched);
        assert_eq!(agent.plan(9, &mut Unwatched), 1);
    }

    fn agent(horizon: u32, td_k: Switch) -> QExpansion {
        let config = QExpansionConfig { horizon, td_k, alpha: 1.0, gamma: 0.5, epsilon: 0.0 };
        QExpansion::new(config, 4, 1, 0)
    }

    #[test]
    fn a_chain_by_hand() {
        // 0 to 1 pays 1, 1 to 2 pays 2, 2 to the end pays 4; one action.
        let chain = [(0, 1, 1.0, false), (1, 2, 2.0, false), (2, 3, 4.0, true)];
        let mut plain = agent(0, Switch::On);
        chain.into_iter().for_each(|step| live(&mut plain, step));
        let q = |agent: &QExpansion| [0, 1, 2].map(|s| agent.base.values.row(s)[0]);
        assert_eq!(q(&plain), [1.0, 2.0, 4.0], "each target ends with a value of 0");
        assert_eq!(plain.work().imagined_steps, 0);
        // A second time from the start: with H = 2 the whole way is seen, 1 + 2/2 + 4/4 = 3.
        for (td_k, after) in [(Switch::Off, [3.0, 2.0, 4.0]), (Switch::On, [3.0, 4.0, 4.0])] {
            let mut far = agent(2, td_k);
            chain.into_iter().for_each(|step| live(&mut far, step));
            assert_eq!(q(&far), [1.0, 2.0, 4.0], "the model knew no more than what came before");
            live(&mut far, chain[0]);
            assert_eq!(q(&far), after);
            assert_eq!(far.code()[7].text.contains("at every depth"), td_k == Switch::On);
            assert_eq!(far.work().imagined_steps, 2, "the end stops the imagination");
        }
    }
}
