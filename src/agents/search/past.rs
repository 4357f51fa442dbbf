//! A search lived again from its beginning, one unit at a time.

use std::sync::Arc;

use super::method::{Kept, Method, Plan, Search};
use crate::agents::muzero::past::{LatentPast, LatentRelived};
use crate::agents::table::ActionValues;
use crate::base::digest::Digest;
use crate::base::rng::Stream;
use crate::mdp::trace::Source;
use crate::mdp::{Action, State};
use crate::models::sight::Seen;
use crate::models::table::TableModel;
use crate::search::select::Score;
use crate::search::tree::Tree;
use crate::search::tree_search::TreeSearch;
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
    of: Of,
    id: u64,
}

/// What was searched in.
#[derive(Clone, Debug)]
enum Of {
    Table(TablePast),
    Latent(LatentPast),
}

/// A search in a table model.
#[derive(Clone, Debug)]
struct TablePast {
    plan: Plan,
    root: State,
    beginning: Beginning,
    model: Arc<TableModel>,
    values: Arc<ActionValues>,
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
        let past = TablePast { plan, root, beginning, model, values };
        Self { id: past.fingerprint(), of: Of::Table(past) }
    }

    /// A search in a latent model.
    pub fn latent(past: LatentPast) -> Self {
        let mut digest = Digest::default();
        past.digest(&mut digest);
        Self { id: digest.finish(), of: Of::Latent(past) }
    }

    /// The state it starts from.
    pub fn root(&self) -> State {
        match &self.of {
            Of::Table(past) => past.root,
            Of::Latent(past) => past.root(),
        }
    }

    /// How it looks ahead.
    pub fn method(&self) -> Method {
        match &self.of {
            Of::Table(past) => past.plan.method,
            Of::Latent(past) => past.method(),
        }
    }

    /// Units it may take.
    pub fn budget(&self) -> u32 {
        match &self.of {
            Of::Table(past) => past.plan.budget,
            Of::Latent(past) => past.budget(),
        }
    }

    /// Discount.
    pub fn gamma(&self) -> f64 {
        match &self.of {
            Of::Table(past) => past.plan.gamma,
            Of::Latent(past) => past.gamma(),
        }
    }

    /// Whether its nodes are latent states, that stand at the listed state or the remembered sight
    /// nearest to them.
    pub fn is_latent(&self) -> bool {
        matches!(self.of, Of::Latent(_))
    }

    /// What was seen at the places that nodes stand at, the root first, where no states are listed.
    pub fn sights(&self) -> &[Seen] {
        match &self.of {
            Of::Table(_) => &[],
            Of::Latent(past) => past.sights(),
        }
    }

    /// Equal for searches that are one and the same, however often they are asked for.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The search at its beginning.
    pub fn begin(&self) -> Result<Relived, SearchError> {
        let living = match &self.of {
            Of::Table(past) => past.begin()?,
            Of::Latent(past) => Living::Latent(Box::new(past.begin()?)),
        };
        Ok(Relived { living, past: self.clone() })
    }
}

impl TablePast {
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

    fn begin(&self) -> Result<Living, SearchError> {
        let mut dice = self.beginning.dice.clone();
        let mut model = self.plan.learned((&*self.model, &*self.values));
        let kept = self.beginning.kept.clone();
        let search = Search::begin(self.plan, self.root, kept, &mut model, &mut dice)?;
        Ok(Living::Table(search, Box::new(dice)))
    }
}

/// A search under way once more.
#[derive(Clone, Debug)]
pub struct Relived {
    living: Living,
    past: Past,
}

#[derive(Clone, Debug)]
enum Living {
    Table(Search, Box<Stream>),
    Latent(Box<LatentRelived>),
}

impl Relived {
    /// The search itself, in a table.
    pub(super) fn into_search(self) -> Option<Search> {
        match self.living {
            Living::Table(search, _) => Some(search),
            Living::Latent(_) => None,
        }
    }

    /// One unit; false once the budget is spent, or where it cannot go on.
    pub fn unit(&mut self) -> bool {
        match (&mut self.living, &self.past.of) {
            (Living::Table(search, dice), Of::Table(TablePast { plan, model, values, .. })) => {
                let mut model = plan.learned((&**model, &**values));
                !search.is_done() && search.unit(&mut model, dice).is_ok()
            }
            (Living::Latent(search), _) => search.unit(),
            (Living::Table(..), Of::Latent(_)) => false,
        }
    }

    /// One simulation that goes through `node`; refused where nothing can be tried below it.
    pub fn unit_below(&mut self, node: u32) -> Result<(), SearchError> {
        match (&mut self.living, &self.past.of) {
            (
                Living::Table(Search::Tree(search), dice),
                Of::Table(TablePast { plan, model, values, .. }),
            ) => {
                let mut model = plan.learned((&**model, &**values));
                search.simulate_below(&mut model, std::slice::from_mut(&mut **dice), &[node])
            }
            (Living::Latent(search), _) => search.unit_below(node),
            (Living::Table(..), _) => Err(SearchError::NoTree),
        }
    }

    /// Units until `done` of them are done.
    pub fn go_to(&mut self, done: u32) {
        while self.done() < done && self.unit() {}
    }

    /// Units done.
    pub fn done(&self) -> u32 {
        match &self.living {
            Living::Table(search, _) => search.done(),
            Living::Latent(search) => search.search().done(),
        }
    }

    /// Where it comes from.
    pub fn past(&self) -> &Past {
        &self.past
    }

    /// What it says now.
    pub fn answer(&mut self) -> Answer {
        match &mut self.living {
            Living::Table(search, _) => search.answer(),
            Living::Latent(search) => search.answer(),
        }
    }

    /// The tree it says that from.
    pub fn tree(&mut self) -> Tree<State> {
        match &mut self.living {
            Living::Table(search, _) => {
                // Forward search backs values up when it is asked.
                search.answer();
                search.tree()
            }
            Living::Latent(search) => search.tree(),
        }
    }

    /// Nodes in use.
    pub fn nodes(&self) -> u32 {
        match &self.living {
            Living::Table(Search::Forward(search, ..), _) => search.nodes(),
            Living::Table(Search::Simulation(search), _) => search.nodes(0),
            Living::Table(Search::Tree(search), _) => search.tree().len[0],
            Living::Latent(search) => search.search().tree().len[0],
        }
    }

    /// `[A]`: why the next simulation through `node` would go where; empty for searches that do
    /// not choose by a sum.
    pub fn scores(&self, node: u32) -> Vec<Score> {
        match &self.living {
            Living::Table(Search::Tree(search), _) => search.scores(0, node),
            Living::Table(..) => Vec::new(),
            Living::Latent(search) => search.scores(node),
        }
    }

    /// Nodes that the last simulation went through, from the root on, each with the action that
    /// led there; empty for other searches.
    pub fn last_path(&self) -> Vec<(u32, Action)> {
        match &self.living {
            Living::Table(Search::Tree(search), _) => path_of(search),
            Living::Table(..) => Vec::new(),
            Living::Latent(search) => path_of(search.search()),
        }
    }

    /// State in which the last unit ended; `None` for forward search.
    pub fn last_end(&self) -> Option<State> {
        match &self.living {
            Living::Table(search, _) => search.last_way().last().copied(),
            Living::Latent(search) => search.last_way().last().copied(),
        }
    }
}

fn path_of<N: Clone>(search: &TreeSearch<N>) -> Vec<(u32, Action)> {
    if search.done() == 0 {
        return Vec::new();
    }
    let action = |&node: &u32| (node, search.tree().action[node as usize]);
    search.last_path(0).iter().map(action).collect()
}
