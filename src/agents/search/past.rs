//! A search lived again from its beginning, one unit at a time.

use std::sync::Arc;

use super::method::{Kept, Method, Plan, Search};
use crate::agents::table::ActionValues;
use crate::base::digest::Digest;
use crate::base::rng::Stream;
use crate::mdp::trace::Source;
use crate::mdp::{Action, State};
use crate::models::table::TableModel;
use crate::search::select::Score;
use crate::search::tree::Tree;
use crate::search::{Answer, SearchError};

/// What a search began with. The model and the values that it asks stay as they are until it is
/// over; then closing the loop changes one entry.
#[derive(Clone, Debug)]
pub(super) struct Beginning {
    dice: Stream,
    /// What the search before had left.
    pub kept: Option<Kept>,
    /// The entry that closing the loop has changed since, and what it was.
    pub closed: Option<(State, Action, f64)>,
}

impl Beginning {
    pub fn new(dice: &Stream, kept: &Option<Kept>) -> Self {
        Self { dice: dice.clone(), kept: kept.clone(), closed: None }
    }
}

/// All it takes to live a search again, whatever its agent does meanwhile.
#[derive(Clone, Debug)]
pub struct Past {
    plan: Plan,
    root: State,
    beginning: Beginning,
    model: Arc<TableModel>,
    values: Arc<ActionValues>,
    id: u64,
}

impl Past {
    pub(super) fn new(
        plan: Plan,
        root: State,
        beginning: Beginning,
        model: &TableModel,
        values: &ActionValues,
    ) -> Self {
        let (model, mut values) = (Arc::new(model.clone()), values.clone());
        if let Some((state, action, before)) = beginning.closed {
            let pair = state as usize * model.actions() + usize::from(action);
            values.write(pair, before, 0.0, Source::Real);
        }
        let values = Arc::new(values);
        let past = Self { plan, root, beginning, model, values, id: 0 };
        Self { id: past.fingerprint(), ..past }
    }

    /// The state it starts from.
    pub fn root(&self) -> State {
        self.root
    }

    /// How it looks ahead.
    pub fn method(&self) -> Method {
        self.plan.method
    }

    /// Units it may take.
    pub fn budget(&self) -> u32 {
        self.plan.budget
    }

    /// Discount.
    pub fn gamma(&self) -> f64 {
        self.plan.gamma
    }

    /// Equal for searches that are one and the same, however often they are asked for.
    pub fn id(&self) -> u64 {
        self.id
    }

    fn fingerprint(&self) -> u64 {
        let mut digest = Digest::default();
        let Plan { method, budget, depth, c, gamma, guided, truncated } = self.plan;
        let words = [method as u64, budget.into(), depth.into(), guided.into(), truncated.into()];
        words.into_iter().chain([u64::from(self.root)]).for_each(|word| digest.word(word));
        digest.numbers(&[c, gamma]);
        // Streams of two seeds may stand at one place; what they give next tells them apart.
        let mut dice = self.beginning.dice.clone();
        digest.word(dice.position() as u64);
        digest.number(dice.unit());
        self.beginning.kept.iter().for_each(|kept| kept.digest(&mut digest));
        self.model.digest(&mut digest);
        (0..self.model.states()).for_each(|s| digest.numbers(self.values.row(s as State)));
        digest.finish()
    }

    /// The search at its beginning.
    pub fn begin(&self) -> Result<Relived, SearchError> {
        let mut dice = self.beginning.dice.clone();
        let mut model = self.plan.learned((&*self.model, &*self.values));
        let kept = self.beginning.kept.clone();
        let search = Search::begin(self.plan, self.root, kept, &mut model, &mut dice)?;
        Ok(Relived { search, past: self.clone(), dice })
    }
}

/// A search under way once more.
#[derive(Clone, Debug)]
pub struct Relived {
    pub(super) search: Search,
    past: Past,
    dice: Stream,
}

impl Relived {
    /// One unit; false once the budget is spent, or where it cannot go on.
    pub fn unit(&mut self) -> bool {
        let Past { plan, model, values, .. } = &self.past;
        let mut model = plan.learned((&**model, &**values));
        !self.search.is_done() && self.search.unit(&mut model, &mut self.dice).is_ok()
    }

    /// One simulation that goes through `node`; refused where nothing can be tried below it.
    pub fn unit_below(&mut self, node: u32) -> Result<(), SearchError> {
        let Past { plan, model, values, .. } = &self.past;
        let mut model = plan.learned((&**model, &**values));
        match &mut self.search {
            Search::Tree(search) => {
                search.simulate_below(&mut model, std::slice::from_mut(&mut self.dice), &[node])
            }
            Search::Forward(..) | Search::Simulation(_) => Err(SearchError::NoTree),
        }
    }

    /// Units until `done` of them are done.
    pub fn go_to(&mut self, done: u32) {
        while self.done() < done && self.unit() {}
    }

    /// Units done.
    pub fn done(&self) -> u32 {
        self.search.done()
    }

    /// Where it comes from.
    pub fn past(&self) -> &Past {
        &self.past
    }

    /// What it says now.
    pub fn answer(&mut self) -> Answer {
        self.search.answer()
    }

    /// The tree it says that from.
    pub fn tree(&mut self) -> Tree<State> {
        // Forward search backs values up when it is asked.
        self.search.answer();
        self.search.tree()
    }

    /// Nodes in use.
    pub fn nodes(&self) -> u32 {
        match &self.search {
            Search::Forward(search, ..) => search.nodes(),
            Search::Simulation(search) => search.nodes(0),
            Search::Tree(search) => search.tree().len[0],
        }
    }

    /// `[A]`: why the next simulation through `node` would go where; empty for searches that do
    /// not choose by a sum.
    pub fn scores(&self, node: u32) -> Vec<Score> {
        match &self.search {
            Search::Tree(search) => search.scores(0, node),
            Search::Forward(..) | Search::Simulation(_) => Vec::new(),
        }
    }

    /// Nodes that the last simulation went through, from the root on, each with the action that
    /// led there; empty for other searches.
    pub fn last_path(&self) -> Vec<(u32, Action)> {
        match &self.search {
            Search::Tree(search) if search.done() > 0 => {
                let action = |&node: &u32| (node, search.tree().action[node as usize]);
                search.last_path(0).iter().map(action).collect()
            }
            Search::Tree(_) | Search::Forward(..) | Search::Simulation(_) => Vec::new(),
        }
    }

    /// State in which the last unit ended; `None` for forward search.
    pub fn last_end(&self) -> Option<State> {
        self.search.last_way().last().copied()
    }
}
