//! Dyna-Q: learn a value and a model from every real step, then plan n times with the model.
//!
//! Sutton & Barto (2nd ed.), section 8.2, "Tabular Dyna-Q": planning draws uniformly among the
//! distinct pairs taken before. The lecture's "Dyna - I" draws a previous *state* and lets the
//! epsilon-greedy policy pick the action; then the model may be asked for a pair never taken, and
//! `unseen` says what happens.

use super::table::{ActionValues, Experience, count};
use super::{Agent, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::base::rng::{Stream, StreamName};
use crate::mdp::trace::{CodeLine, Source, Value, Watch};
use crate::mdp::{Action, State, Transition};
use crate::models::last_seen::{Entry, LastSeen};
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

const fn program(pick: &'static str, learn: CodeLine) -> [CodeLine; 10] {
    const REAL: Option<Source> = Some(Source::Real);
    const DREAM: Option<Source> = Some(Source::Imagined);
    [
        CodeLine::new(0, "repeat for every real step", None),
        CodeLine::new(1, "a ← ε-greedy(Q, s)", REAL),
        CodeLine::new(1, "r, s′ ← world(s, a)", REAL),
        learn,
        CodeLine::new(1, "model[s,a] ← r, s′", REAL),
        CodeLine::new(1, "repeat n times", None),
        CodeLine::new(2, pick, DREAM),
        CodeLine::new(2, "r̃, s̃′ ← model[s̃,ã]", DREAM),
        CodeLine::new(2, "Q[s̃,ã] += α (r̃ + γ V(s̃′) − Q[s̃,ã])", DREAM),
        CodeLine::new(1, "s ← s′", None),
    ]
}

const PAIRS: &str = "s̃, ã ← a pair taken";
const STATES: &str = "s̃ seen, ã ← ε-greedy";
const DIRECT: CodeLine = CodeLine::new(1, "Q[s,a] += α (r + γ V(s′) − Q[s,a])", Some(Source::Real));
const INDIRECT: CodeLine = CodeLine::new(1, "(Q learns from the model alone)", None);

static BOOK: [CodeLine; 10] = program(PAIRS, DIRECT);
static LECTURE: [CodeLine; 10] = program(STATES, DIRECT);
static BOOK_INDIRECT: [CodeLine; 10] = program(PAIRS, INDIRECT);
static LECTURE_INDIRECT: [CodeLine; 10] = program(STATES, INDIRECT);

// ---------------------------------------------------------------- configuration

crate::choice! {
    /// Where planning begins.
    pub enum Picks {
        /// A pair taken before, uniformly (book).
        PairsTaken = "pairs-taken", "pairs taken";
        /// A state seen before, then epsilon-greedy (lecture).
        EpsilonGreedy = "e-greedy", "ε-greedy";
    }
}

crate::choice! {
    /// What the model says about a pair it has never seen.
    pub enum Unseen {
        /// Nothing: the planning unit passes without an update.
        Skip = "skip", "skip";
        /// Reward 0 and no movement (the rule of Dyna-Q+).
        Stay = "stay", "stay, reward 0";
    }
}

crate::choice! {
    /// Whether real steps change the value, or the model alone.
    pub enum Direct {
        /// Both, as Dyna does.
        On = "on", "on";
        /// The model alone: model-based learning without model-free updates.
        Off = "off", "off";
    }
}

crate::params! {
    /// Dials of Dyna-Q; defaults are those of figure 8.2.
    pub struct DynaQConfig {
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
        /// Pairs the model has never seen, which only epsilon-greedy planning meets.
        unseen: Unseen = Unseen::Skip => { "Unseen pairs", "", Live, Choice(Unseen::CHOICES) },
        /// Whether real steps change the value directly, or through the model alone.
        direct: Direct = Direct::On => { "Learn from real steps", "", Live, Choice(Direct::CHOICES) },
    }
}

// ---------------------------------------------------------------- tables

/// The agent: one lane.
#[derive(Clone, Debug)]
pub struct DynaQ {
    config: DynaQConfig,
    values: ActionValues,
    model: LastSeen,
    explore: Stream,
    plan: Stream,
    due: u32,
    work: Work,
}

impl DynaQ {
    /// Knows nothing yet.
    pub fn new(config: DynaQConfig, states: usize, actions: usize, seed: u64) -> Self {
        Self {
            config,
            values: ActionValues::new(states, actions),
            model: LastSeen::new(states, actions),
            explore: Stream::new(seed, StreamName::Explore),
            plan: Stream::new(seed, StreamName::Plan),
            due: 0,
            work: Work::default(),
        }
    }

    // ------------------------------------------------------------ plan

    /// Line 7: where to imagine from. `None` for the entry means that the model has no data.
    #[inline(always)]
    fn pick(&mut self) -> Option<(State, Action, Option<Entry>)> {
        match self.config.picks {
            Picks::PairsTaken => {
                let (state, action, entry) = self.model.sample_pair(&mut self.plan)?;
                Some((state, action, Some(entry)))
            }
            Picks::EpsilonGreedy => {
                let state = self.model.sample_state(&mut self.plan)?;
                let row = self.values.row(state);
                let action = epsilon_greedy(row, self.config.epsilon, &mut self.plan) as Action;
                let stay = Entry { reward: 0.0, next: state, goes_on: true };
                let rule = (self.config.unseen == Unseen::Stay).then_some(stay);
                Some((state, action, self.model.get(state, action).or(rule)))
            }
        }
    }

    /// Lines 7 to 9, once.
    #[inline(always)]
    fn plan_once<W: Watch>(&mut self, watch: &mut W) {
        let Some((state, action, entry)) = self.pick() else {
            return;
        };
        watch.line(line::PICK, || Some(Value::Pair(state, action)));
        let Some(entry) = entry else {
            watch.line(line::IMAGINE, || Some(Value::NoData));
            return;
        };
        self.work.imagined_steps += 1;
        watch.line(line::IMAGINE, || Some(Value::Outcome(entry.reward, entry.next)));
        let imagined = Experience {
            state,
            action,
            reward: entry.reward,
            next: entry.next,
            discount: if entry.goes_on { self.config.gamma } else { 0.0 },
            source: Source::Imagined,
        };
        let effect = self.values.update(imagined, self.config.alpha);
        count(&mut self.work, Source::Imagined);
        watch.effect(line::PLAN, || effect);
    }
}

impl Agent for DynaQ {
    type Obs = State;
    type Action = Action;

    // ------------------------------------------------------------ act

    #[inline]
    fn decide<W: Watch>(
        &mut self,
        obs: &[State],
        active: &[bool],
        actions: &mut [Action],
        watch: &mut W,
    ) {
        if active[0] {
            let row = self.values.row(obs[0]);
            let action = epsilon_greedy(row, self.config.epsilon, &mut self.explore) as Action;
            watch.line(line::ACT, || Some(Value::Action(action)));
            actions[0] = action;
        }
    }

    // ------------------------------------------------------------ learn

    #[inline]
    fn learn<W: Watch>(&mut self, transitions: &[Transition<State, Action>], watch: &mut W) {
        for t in transitions {
            let step = t.step;
            watch.line(line::WORLD, || Some(Value::Outcome(step.reward, step.next)));
            let goes_on = !step.terminated;
            let real = Experience {
                state: t.obs,
                action: t.action,
                reward: step.reward,
                next: step.next,
                discount: if goes_on { self.config.gamma } else { 0.0 },
                source: Source::Real,
            };
            if self.config.direct == Direct::On {
                let effect = self.values.update(real, self.config.alpha);
                count(&mut self.work, Source::Real);
                watch.effect(line::LEARN, || effect);
            }
            let entry = Entry { reward: step.reward, next: step.next, goes_on };
            self.model.learn(t.obs, t.action, entry);
            let known = self.model.known_pairs() as u64;
            watch.line(line::MODEL, || Some(Value::Count(known, "pairs")));
            self.due = self.config.planning_steps;
        }
        watch.unit();
    }

    fn due(&self) -> u32 {
        self.due
    }

    #[inline]
    fn plan<W: Watch>(&mut self, budget: u32, watch: &mut W) -> u32 {
        let units = budget.min(self.due);
        for done in 0..units {
            self.plan_once(watch);
            watch.unit();
            if self.values.has_failed() {
                self.due -= done + 1;
                return done + 1;
            }
        }
        self.due -= units;
        units
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
        self.model.known_pairs() > 0 && !self.values.has_failed()
    }

    fn work(&self) -> Work {
        self.work
    }

    fn moves(&self) -> Moves {
        let imagined = self.config.planning_steps > 0;
        Moves { updates: imagined || self.config.direct == Direct::On, imagined }
    }

    fn param(&self, index: usize) -> f64 {
        self.config.get(index)
    }

    fn set_param(&mut self, index: usize, value: f64) {
        self.config.set(index, value);
    }

    fn lie(&mut self, cells: &[(State, f64)]) {
        self.model.lie(cells);
    }

    fn code(&self) -> &'static [CodeLine] {
        match (self.config.picks, self.config.direct) {
            (Picks::PairsTaken, Direct::On) => &BOOK,
            (Picks::EpsilonGreedy, Direct::On) => &LECTURE,
            (Picks::PairsTaken, Direct::Off) => &BOOK_INDIRECT,
            (Picks::EpsilonGreedy, Direct::Off) => &LECTURE_INDIRECT,
        }
    }

    fn view(&self) -> View {
        View {
            table: Some(self.values.view(Some(self.model.known_pairs()))),
            model: Some(self.model.view()),
            ..View::default()
        }
    }

    fn values(&self) -> Option<&ActionValues> {
        Some(&self.values)
    }

    fn failure(&self) -> Option<NotANumber> {
        self.values.failure()
    }

    fn digest(&self, digest: &mut Digest) {
        (0..DynaQConfig::specs().len()).for_each(|i| digest.number(self.config.get(i)));
        self.values.digest(digest);
        self.model.digest(digest);
        digest.word(self.explore.position() as u64);
        digest.word(self.plan.position() as u64);
        digest.word(u64::from(self.due));
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.values.bytes() + self.model.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdp::Step;
    use crate::mdp::trace::Unwatched;

    fn transition(
        obs: State,
        action: Action,
        reward: f64,
        next: State,
    ) -> Transition<State, Action> {
        Transition {
            lane: 0,
            obs,
            action,
            step: Step { reward, next, terminated: false, truncated: false },
        }
    }

    fn agent(picks: Picks, unseen: Unseen) -> DynaQ {
        let config = DynaQConfig {
            planning_steps: 200,
            picks,
            unseen,
            epsilon: 1.0,
            ..DynaQConfig::default()
        };
        DynaQ::new(config, 3, 4, 5)
    }

    #[test]
    fn planning_alone_converges_to_the_value_of_the_model() {
        // One pair, self-loop with reward 1: Q = 1 / (1 - 0.95) = 20.
        let mut dyna = agent(Picks::PairsTaken, Unseen::Skip);
        for _ in 0..100 {
            dyna.learn(&[transition(0, 0, 1.0, 0)], &mut Unwatched);
            assert_eq!(dyna.plan(u32::MAX, &mut Unwatched), 200);
        }
        assert!((dyna.values.row(0)[0] - 20.0).abs() < 1e-9);
        assert_eq!(dyna.work.real_updates, 100);
        assert_eq!(dyna.work.imagined_updates, 20_000);
    }

    #[test]
    fn unseen_pairs_follow_the_rule_that_is_shown() {
        for (unseen, all_updated) in [(Unseen::Skip, false), (Unseen::Stay, true)] {
            let mut dyna = agent(Picks::EpsilonGreedy, unseen);
            dyna.learn(&[transition(0, 0, 1.0, 1)], &mut Unwatched);
            dyna.plan(u32::MAX, &mut Unwatched);
            assert_eq!(dyna.work.imagined_updates == 200, all_updated, "{unseen:?}");
            // "Stay" spreads value over the untried actions by bootstrapping from the state itself.
            assert_eq!(dyna.values.row(0)[2] > 0.0, all_updated);
        }
    }

    #[test]
    fn a_diverging_value_stops_planning_at_once() {
        let mut dyna = agent(Picks::PairsTaken, Unseen::Skip);
        dyna.learn(&[transition(0, 0, f64::MAX, 0)], &mut Unwatched);
        dyna.set_param(1, 2.5);
        dyna.learn(&[transition(0, 0, f64::MAX, 0)], &mut Unwatched);
        assert!(dyna.plan(u32::MAX, &mut Unwatched) < 200);
        assert!(dyna.failure().is_some());
    }
}
