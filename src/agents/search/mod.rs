//! Planning for action selection: look ahead from the present state, act by what was found (the
//! lecture's local planning; Sutton & Barto, sections 8.8 to 8.11).
//!
//! From real steps it learns a table model and global values. After each it searches from the new
//! state, one simulation a planning unit; the next action is the search's answer. "Closing the
//! loop" lets the global value learn from the search: `Q(s,a)` moves to `r + gamma max Q_search`.
//! While the world stands still it lives on in its model by the same rules (`dream.rs`).

mod code;
mod dream;
mod learned;
mod method;
mod past;
mod route;

use super::learner::{Learner, answers, real};
use super::table::Experience;
use super::{Agent, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::base::rng::{Stream, StreamName};
use crate::mdp::trace::{CodeLine, Value, Watch};
use crate::mdp::{Action, State, Transition};
use crate::models::table::TableModel;
use crate::rl::policy::epsilon_greedy;
use crate::search::forward::check_depth;
use crate::search::tree::Tree;
use crate::search::{Answer, SearchError};
use code::line;
pub use learned::{Knowledge, Learned};
use method::Kept;
pub use method::{Method, Plan, Search};
use past::Beginning;
pub use past::{Past, Relived};
use route::Route;

// ---------------------------------------------------------------- configuration

crate::choice! {
    /// A switch.
    pub enum Switch {
        /// Off.
        Off = "off", "off";
        /// On.
        On = "on", "on";
    }
}

crate::params! {
    /// Dials of planning for action selection.
    pub struct SearchConfig {
        /// How the search looks ahead.
        method: Method = Method::Uct => { "Search", "", Live, Choice(Method::CHOICES) },
        /// Simulations (expansions, episodes) after every real step.
        budget: u32 = 50 => { "Simulations", "n, per real step", Live, Int { min: 1.0, max: 1000.0, log: true } },
        /// Most steps the search looks ahead.
        depth: u32 = 10 => { "Depth", "steps", Live, Int { min: 1.0, max: 100.0, log: true } },
        /// Whether the global value guides the search: its policy, or what local values begin with.
        guided: Switch = Switch::On => { "Guide by value", "", Live, Choice(Switch::CHOICES) },
        /// Whether the global value stands for what follows the last imagined step.
        truncated: Switch = Switch::On => { "Truncate by value", "", Live, Choice(Switch::CHOICES) },
        /// Whether the global value learns from the search: closing the loop.
        closing: Switch = Switch::On => { "Close the loop", "", Live, Choice(Switch::CHOICES) },
        /// Whether what the search has found below the next state is kept for it.
        keep: Switch = Switch::Off => { "Keep local values", "", Live, Choice(Switch::CHOICES) },
        /// Exploration of UCT; values are rescaled to 0 to 1.
        c: f64 = 1.4 => { "Exploration of UCT", "c", Live, Float { min: 0.01, max: 10.0, log: true } },
        /// How far each update moves the global value towards its target; above 2 it diverges.
        alpha: f64 = 0.1 => { "Step size", "α", Live, Float { min: 0.001, max: 2.5, log: true } },
        /// Worth of a reward one step later.
        gamma: f64 = 0.95 => { "Discount", "γ", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Share of real actions taken at random.
        epsilon: f64 = 0.1 => { "Exploration", "ε", Live, Float { min: 0.0, max: 1.0, log: false } },
    }
}

impl SearchConfig {
    /// Refuses dials that together ask for more than fits, in a world with `actions` actions.
    pub fn check(&self, actions: usize) -> Result<(), SearchError> {
        match self.method {
            Method::Forward => check_depth(actions, self.depth as u16),
            _ => Ok(()),
        }
    }

    /// What a search is asked to do.
    pub fn plan(&self) -> Plan {
        Plan {
            method: self.method,
            budget: self.budget,
            depth: self.depth as u16,
            c: self.c,
            gamma: self.gamma,
            guided: self.guided == Switch::On,
            truncated: self.truncated == Switch::On,
        }
    }
}

// ---------------------------------------------------------------- the agent

/// The agent: one lane.
#[derive(Clone, Debug)]
pub struct SearchAgent {
    base: Learner<SearchConfig>,
    model: TableModel,
    plan: Stream,
    /// Where the search starts.
    root: Option<State>,
    search: Option<Search>,
    /// Where the search under way began.
    beginning: Option<Beginning>,
    kept: Option<Kept>,
    /// What forward search has set out to do.
    route: Route,
    /// The last real step, whose update waits for the search.
    waiting: Option<Experience>,
    due: u32,
}

/// A search as evidence: what it says, and the tree it rests on.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The state it starts from.
    pub root: State,
    /// How it looks ahead.
    pub method: Method,
    /// Units done.
    pub done: u32,
    /// What it says now.
    pub answer: Answer,
    /// The tree, `P = 1`.
    pub tree: Tree<State>,
    /// States that the last simulation went through; empty for forward search.
    pub last_way: Vec<State>,
    /// All it takes to live it again.
    pub past: Past,
}

impl SearchAgent {
    /// Knows nothing yet.
    pub fn new(config: SearchConfig, states: usize, actions: usize, seed: u64) -> Self {
        Self {
            base: Learner::new(config, states, actions, seed),
            model: TableModel::new(states, actions),
            plan: Stream::new(seed, StreamName::Plan),
            root: None,
            search: None,
            beginning: None,
            kept: None,
            route: Route::default(),
            waiting: None,
            due: 0,
        }
    }

    // ------------------------------------------------------------ search

    /// One unit of the search from the root, which begins if need be. False where it cannot.
    fn unit<W: Watch>(&mut self, watch: &mut W) -> bool {
        let Some(root) = self.root else { return false };
        let plan = self.base.config.plan();
        let mut learned = plan.learned((&self.model, &self.base.values));
        if self.search.is_none() {
            self.beginning = Some(Beginning::new(&self.plan, &self.kept));
            let kept = self.kept.take();
            self.search = Search::begin(plan, root, kept, &mut learned, &mut self.plan).ok();
        }
        let Some(search) = &mut self.search else { return false };
        let went_on = search.unit(&mut learned, &mut self.plan).is_ok();
        self.base.work.imagined_steps += learned.calls;
        watch.line(line::SIMULATE, || {
            let end = search.last_way().last().copied();
            end.map(Value::State).or(Some(Value::Count(u64::from(search.done()), "nodes")))
        });
        went_on
    }

    /// All units that are left.
    fn finish<W: Watch>(&mut self, watch: &mut W) {
        while self.search.as_ref().is_none_or(|s| !s.is_done()) && self.unit(watch) {}
    }

    /// What the search says, or the way set out on where it promises no less.
    fn chosen(&mut self, state: State) -> Vec<Action> {
        let Some(answer) = self.search.as_mut().map(Search::answer) else { return Vec::new() };
        match self.route.next(state, answer.value) {
            Some(action) => vec![action],
            None => {
                self.route = Route::default();
                answer.best
            }
        }
    }

    /// A new way begins with the action just chosen, if it is one of the best; not where all are.
    fn set_out(&mut self, action: Action, best: &[Action]) {
        if let Some(Search::Forward(forward, ..)) = &self.search
            && self.route == Route::default()
            && best.contains(&action)
            && best.len() < self.model.actions()
        {
            self.route = Route::of(forward.tree(), action);
        }
    }

    /// Line 7, once the search from `s'` is over.
    fn close_the_loop<W: Watch>(&mut self, watch: &mut W) {
        let found = self.search.as_mut().map(|s| s.answer().best_value());
        if let (Some(e), Some(found)) = (self.waiting.take(), found) {
            let effect = self.base.update_to(e, found, self.base.config.alpha);
            watch.effect(line::LEARN, || effect);
            if let Some(beginning) = &mut self.beginning {
                beginning.closed = Some((e.state, e.action, effect.old));
            }
        }
    }

    /// The search from here, from its beginning on; one that the next step is going to make
    /// begins with the dice as they lie now.
    fn past(&self) -> Option<Past> {
        let coming = || Beginning::new(&self.plan, &self.kept);
        let under_way = self.search.as_ref().and(self.beginning.clone());
        let beginning = under_way.unwrap_or_else(coming);
        let plan = self.base.config.plan();
        Some(Past::new(plan, self.root?, beginning, &self.model, &self.base.values))
    }
}

impl Agent for SearchAgent {
    type Obs = State;
    type Action = Action;

    fn begin(&mut self, _: usize, obs: State) {
        self.root = Some(obs);
        self.search = None;
        self.kept = None;
        self.route = Route::default();
        self.waiting = None;
    }

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
        if self.root != Some(obs[0]) {
            self.root = Some(obs[0]);
            self.search = None;
        }
        self.finish(watch);
        let best = self.chosen(obs[0]);
        let all = self.model.actions();
        let row: Vec<f64> =
            (0..all).map(|a| f64::from(u8::from(best.contains(&(a as Action))))).collect();
        let epsilon = self.base.config.epsilon;
        let action = epsilon_greedy(&row, epsilon, &mut self.base.explore) as Action;
        self.set_out(action, &best);
        watch.line(line::ACT, || Some(Value::Action(action)));
        actions[0] = action;
    }

    // ------------------------------------------------------------ learn

    fn learn<W: Watch>(&mut self, transitions: &[Transition<State, Action>], watch: &mut W) {
        for t in transitions {
            let step = t.step;
            watch.line(line::WORLD, || Some(Value::Outcome(step.reward, step.next)));
            self.route.follow(t.obs, t.action, step.reward, step.next);
            self.model.learn((t.obs, t.action), step.reward, step.next, !step.terminated);
            let known = self.model.known_pairs() as u64;
            watch.line(line::MODEL, || Some(Value::Count(known, "pairs")));
            let e = real(t, self.base.config.gamma);
            let waits = self.base.config.closing == Switch::On && !step.terminated;
            if waits {
                self.waiting = Some(e);
            } else {
                let effect = self.base.update(e, self.base.config.alpha);
                watch.effect(line::LEARN, || effect);
            }
            let search = self.search.take();
            self.kept = match self.base.config.keep {
                Switch::On => search.and_then(|s| s.keep(t.action, step.next)),
                Switch::Off => None,
            };
            self.root = (!step.terminated).then_some(step.next);
            self.due = if step.terminated { 0 } else { self.base.config.budget };
        }
        watch.unit();
    }

    fn due(&self) -> u32 {
        self.due
    }

    fn plan<W: Watch>(&mut self, budget: u32, watch: &mut W) -> u32 {
        let units = budget.min(self.due);
        for done in 1..=units {
            self.due -= 1;
            self.unit(watch);
            if self.due == 0 {
                self.close_the_loop(watch);
            }
            watch.unit();
            if self.base.values.has_failed() {
                return done;
            }
        }
        units
    }

    fn dream<W: Watch>(&mut self, units: u32, watch: &mut W) -> u32 {
        self.live_on(units, watch)
    }

    fn can_dream(&self) -> bool {
        !self.base.values.has_failed() && self.root.is_some_and(|root| self.knows_a_way(root))
    }

    // ------------------------------------------------------------ answers

    answers!();

    fn moves(&self) -> Moves {
        Moves { updates: true, imagined: true }
    }

    fn set_param(&mut self, index: usize, value: f64) {
        self.base.config.set(index, value);
        // What was set holds for the whole of a search: the one under way begins anew.
        self.search = None;
        self.kept = None;
        self.route = Route::default();
    }

    fn lie(&mut self, cells: &[(State, f64)]) {
        self.model.lie(cells);
        // What was found rests on what the model said before.
        self.search = None;
        self.kept = None;
        self.route = Route::default();
    }

    fn code(&self) -> &'static [CodeLine] {
        code::of(self.base.config.method, self.base.config.closing == Switch::On)
    }

    fn view(&self) -> View {
        View {
            table: Some(self.base.values.view(Some(self.model.known_pairs()))),
            model: Some(self.model.view()),
            ..View::default()
        }
    }

    fn evidence(&self, _: usize) -> Option<Evidence> {
        let past = self.past()?;
        let mut search = match &self.search {
            Some(search) => search.clone(),
            None => past.begin().ok()?.into_search()?,
        };
        Some(Evidence {
            root: self.root?,
            method: self.base.config.method,
            done: search.done(),
            answer: search.answer(),
            tree: search.tree(),
            last_way: search.last_way(),
            past,
        })
    }

    fn digest(&self, digest: &mut Digest) {
        self.base.digest(digest);
        self.model.digest(digest);
        digest.word(self.plan.position() as u64);
        digest.word(self.root.map_or(0, |root| u64::from(root) + 1));
        self.search.iter().for_each(|s| s.digest(digest));
        self.kept.iter().for_each(|k| k.digest(digest));
        self.route.digest(digest);
        self.waiting.iter().for_each(|e| {
            digest.word(u64::from(e.state) << 8 | u64::from(e.action));
        });
        digest.word(u64::from(self.due));
    }

    fn bytes(&self) -> usize {
        let search = self.search.as_ref().map_or(0, Search::bytes);
        let kept = self.kept.iter().chain(self.beginning.iter().flat_map(|b| &b.kept));
        let kept: usize = kept.map(Kept::bytes).sum();
        size_of::<Self>() + self.base.bytes() + self.model.bytes() + search + kept
    }
}
