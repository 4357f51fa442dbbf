//! Searches on a copy of what a learner knows: its model, its values, its own dials, and dice of
//! the probe's own. Nothing here moves the learner.

use crate::agents::search::{Learned, SearchConfig};
pub use crate::agents::search::{Method, Plan, Search};
use crate::agents::table::TableView;
use crate::base::params::Params as _;
use crate::base::rng::{Stream, StreamName};
use crate::mdp::{Action, Outcome, State};
use crate::models::view::ModelView;
use crate::probes::truth::Truth;
use crate::rl::dp::value_iteration;
use crate::rl::td::max_value;
use crate::search::Answer;

/// Most pairs of state and action of worlds that are solved for a picture.
pub const PAIRS: usize = 4_000;
/// Values this close count as equal.
pub const SAME: f64 = 1e-9;
/// When a solution has settled, and how many sweeps it may take.
const SETTLED: (f64, usize) = (1e-11, 20_000);

/// What the world is worth to somebody who knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Best {
    actions: usize,
    /// `[S * A]`.
    q: Vec<f64>,
    /// `[S]`: states that can be left.
    left: Vec<bool>,
}

impl Best {
    /// Solves the world; `None` where it is too large, or has no single answer.
    pub fn of(truth: &Truth, gamma: f64) -> Option<Self> {
        let (states, actions) = (truth.states(), truth.actions());
        let outcomes = |s: usize, a: usize| -> Vec<Outcome> {
            truth.outcomes(s as State, a as Action).to_vec()
        };
        let small = (1..=PAIRS).contains(&(states * actions));
        let solve = || value_iteration((states, actions), outcomes, gamma, SETTLED.0, SETTLED.1);
        let left = (0..states).map(|s| truth.is_left(s as State)).collect();
        small.then(solve).flatten().map(|q| Self { actions, q, left })
    }

    /// `V*(s)`.
    pub fn value(&self, state: State) -> f64 {
        max_value(self.row(state))
    }

    /// `Q*(s, .)`, `[A]`.
    pub fn row(&self, state: State) -> &[f64] {
        &self.q[state as usize * self.actions..][..self.actions]
    }

    /// Whether `action` is one of the best in `state`.
    pub fn is_best(&self, state: State, action: Action) -> bool {
        self.row(state)[usize::from(action)] >= self.value(state) - SAME
    }

    /// States that can be left, in order.
    pub fn states(&self) -> impl Iterator<Item = State> {
        (0..self.left.len()).filter(|&s| self.left[s]).map(|s| s as State)
    }

    /// Number of actions.
    pub fn actions(&self) -> usize {
        self.actions
    }
}

/// Root mean square of `values`; `None` when empty.
pub fn rms(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (count, sum) = values.fold((0_u32, 0.0), |(n, sum), x| (n + 1, sum + x * x));
    (count > 0).then(|| (sum / f64::from(count)).sqrt())
}

/// The dials of a learner that searches; those that a searching agent has at first for any other.
pub fn dials(agent: &str, params: &[f64]) -> SearchConfig {
    match agent {
        "search" => SearchConfig::of(params),
        _ => SearchConfig::default(),
    }
}

/// A learner to be asked: copies of its tables.
#[derive(Clone, Copy, Debug)]
pub struct Learner<'a> {
    /// Global values.
    pub table: &'a TableView,
    /// What it learned of the world.
    pub model: &'a ModelView,
    /// Discount.
    pub gamma: f64,
}

/// What was found from one state.
#[derive(Clone, Debug)]
pub struct Found {
    /// The search, with its tree.
    pub search: Search,
    /// What it says.
    pub answer: Answer,
    /// Questions asked of the model.
    pub calls: u64,
}

impl<'a> Learner<'a> {
    /// Its model as a search sees it, with its own discount.
    pub fn face(&self, plan: Plan) -> Learned<(&'a ModelView, &'a TableView)> {
        Plan { gamma: self.gamma, ..plan }.learned((self.model, self.table))
    }

    /// Dice of the probe, the same for the same state.
    pub fn dice(state: State) -> Stream {
        Stream::new(u64::from(state), StreamName::Probe)
    }

    /// A whole search from `state`; `None` where it cannot begin.
    pub fn search(&self, plan: Plan, state: State) -> Option<Found> {
        self.search_while(plan, state, |_, _| true)
    }

    /// A search that goes on as long as its budget lasts and `goes_on(search, calls)` says so.
    pub fn search_while(
        &self,
        plan: Plan,
        state: State,
        mut goes_on: impl FnMut(&mut Search, u64) -> bool,
    ) -> Option<Found> {
        let (mut face, mut dice) = (self.face(plan), Self::dice(state));
        let mut search = Search::begin(plan, state, None, &mut face, &mut dice).ok()?;
        while !search.is_done() && goes_on(&mut search, face.calls) {
            search.unit(&mut face, &mut dice).ok()?;
        }
        let answer = search.answer();
        Some(Found { search, answer, calls: face.calls })
    }

    /// Greatest global value of `state`.
    pub fn global(&self, state: State) -> f64 {
        max_value(self.table.row(state as usize))
    }

    /// Actions of greatest global value in `state`.
    pub fn greedy(&self, state: State) -> Vec<Action> {
        let (row, best) = (self.table.row(state as usize), self.global(state));
        (0..row.len()).filter(|&a| row[a] == best).map(|a| a as Action).collect()
    }

    /// Whether the model knows anything of `state`.
    pub fn knows(&self, state: State) -> bool {
        let mut actions = 0..self.model.actions();
        actions.any(|a| !self.model.get(state, a as Action).is_empty())
    }

    /// At most `most` of the states that it knows a way on from, evenly over all of them.
    pub fn met(&self, truth: &Truth, most: usize) -> Vec<State> {
        let states = 0..truth.states() as State;
        let all: Vec<State> = states.filter(|&s| truth.is_left(s) && self.knows(s)).collect();
        let shown = all.len().min(most);
        (0..shown).map(|i| all[i * all.len() / shown]).collect()
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::agents::table::Tally;
    use crate::envs::grid::{Grid, GridConfig, GridSource};
    use crate::mdp::Tabular as _;
    use crate::models::table::TableModel;

    /// A map, its truth, a model that has seen all of it once, and values all zero.
    pub fn known(map: &str, slip: f64) -> (Truth, TableModel, TableView) {
        let config = GridConfig { slip, ..GridConfig::default() };
        let world = Grid::new(&GridSource::from_text(map), &config).unwrap();
        let mut model = TableModel::new(world.states(), 4);
        for (state, action) in (0..world.states()).flat_map(|s| (0..4).map(move |a| (s, a))) {
            for o in world.outcomes(state as State, action) {
                model.learn((state as State, action), o.reward, o.next, !o.terminated);
            }
        }
        let pairs = world.states() * 4;
        let (tally, q) = (vec![Tally::default(); pairs], vec![0.0; pairs]);
        (Truth::of(&world), model, TableView { actions: 4, q, tally, known_pairs: None })
    }

    #[test]
    fn the_best_is_what_the_distance_says() {
        let (truth, ..) = known("S...G", 0.0);
        let best = Best::of(&truth, 0.5).unwrap();
        for (state, value) in [(0, 0.125), (1, 0.25), (2, 0.5), (3, 1.0)] {
            assert!((best.value(state) - value).abs() < 1e-10);
            assert!(best.is_best(state, 1) && !best.is_best(state, 3));
        }
        assert_eq!(best.states().collect::<Vec<_>>(), [0, 1, 2, 3], "the end is never left");
    }

    #[test]
    fn the_root_of_the_mean_square_by_hand() {
        assert_eq!(rms([3.0, -4.0, 0.0, 0.0].into_iter()), Some(2.5));
        assert_eq!(rms(std::iter::empty()), None);
    }

    #[test]
    fn a_copy_searches_as_the_agent_would() {
        let (truth, model, table) = known("S...G", 0.0);
        let view = model.view();
        let learner = Learner { table: &table, model: &view, gamma: 0.9 };
        let config = SearchConfig { method: Method::Forward, depth: 4, ..SearchConfig::default() };
        let plan = Plan { budget: 400, ..config.plan() };
        let found = learner.search(plan, 0).unwrap();
        assert_eq!(found.answer.best, [1]);
        assert!((found.answer.value - 0.9_f64.powi(3)).abs() < 1e-12);
        assert_eq!(learner.met(&truth, 2), [0, 2]);
        assert_eq!(learner.greedy(0), [0, 1, 2, 3]);
    }
}
