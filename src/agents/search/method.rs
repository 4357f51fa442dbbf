//! One search under way, by any method.

use super::learned::{Knowledge, Learned};
use crate::base::digest::Digest;
use crate::base::rng::Stream;
use crate::mdp::State;
use crate::search::forward::{Forward, full_tree};
use crate::search::model::{Listed, Stated};
use crate::search::select::{Range, Rule};
use crate::search::simulation::{Backup, LocalRow, LocalTable, Simulation, SimulationSettings};
use crate::search::tree::{MOST_NODES, ROOT, Tree};
use crate::search::tree_search::TreeSearch;
use crate::search::{Answer, Leaf, Root, SearchError, Settings};

crate::choice! {
    /// How a search looks ahead.
    pub enum Method {
        /// The full tree, level by level; one unit expands one node.
        Forward = "forward", "forward search";
        /// Episodes of the model; means of returns in a local table.
        MonteCarlo = "monte-carlo", "Monte-Carlo search";
        /// Episodes of the model; Q-learning in a local table.
        Td = "td", "TD search";
        /// A tree by upper confidence bounds.
        Uct = "uct", "UCT";
        /// A tree by MuZero's rule.
        Puct = "puct", "pUCT";
        /// A tree by Gumbel MuZero's rule, sequential halving at the root.
        Gumbel = "gumbel", "Gumbel";
    }
}

/// Most steps of an episode from a leaf, where nothing truncates it.
const ROLLOUT: u32 = 200;
/// Step size of TD search in its local table.
const LOCAL_ALPHA: f64 = 0.5;
/// Share of simulated actions taken at random by Monte-Carlo and TD search.
const LOCAL_EPSILON: f64 = 0.2;

/// What a search is asked to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    /// How.
    pub method: Method,
    /// Units: simulations, episodes, expansions.
    pub budget: u32,
    /// Most steps ahead.
    pub depth: u16,
    /// Exploration of UCT.
    pub c: f64,
    /// Discount.
    pub gamma: f64,
    /// Whether the global value guides it.
    pub guided: bool,
    /// Whether the global value truncates it.
    pub truncated: bool,
}

impl Plan {
    /// What is known, as the search shall see it.
    pub fn learned<K: Knowledge>(self, known: K) -> Learned<K> {
        let Self { gamma, guided, truncated, .. } = self;
        Learned { known, gamma, guided, truncated, calls: 0 }
    }
}

/// A search under way.
#[derive(Clone, Debug)]
pub enum Search {
    /// Forward search, and what it has said so far.
    Forward(Box<Forward<State>>, u32, u32),
    /// Simulation-based search.
    Simulation(Box<Simulation>),
    /// Tree search.
    Tree(Box<TreeSearch<State>>),
}

/// What is kept of a search for the next real step.
#[derive(Clone, Debug)]
pub enum Kept {
    /// A local table.
    Table(LocalTable),
    /// A tree from the next state on.
    Tree(Box<TreeSearch<State>>),
}

impl Search {
    /// Begins at `state`, or goes on with what was `kept`.
    pub fn begin<M: Listed<Node = State> + Stated>(
        plan: Plan,
        state: State,
        kept: Option<Kept>,
        model: &mut M,
        dice: &mut Stream,
    ) -> Result<Self, SearchError> {
        let root = [Root::free(state)];
        let rule = match plan.method {
            Method::Forward => {
                let fits = |d: &u16| full_tree(model.actions(), *d) <= MOST_NODES as u128;
                let depth = (1..=plan.depth).rev().find(fits).unwrap_or(1);
                let forward = Forward::begin(model, &root[0], depth)?;
                return Ok(Self::Forward(Box::new(forward), 0, plan.budget));
            }
            Method::MonteCarlo | Method::Td => {
                let kept = match kept {
                    Some(Kept::Table(table)) => vec![table],
                    Some(Kept::Tree(_)) | None => Vec::new(),
                };
                let search = Simulation::begin(local(plan), &root, kept, model)?;
                return Ok(Self::Simulation(Box::new(search)));
            }
            Method::Uct => Rule::Uct { c: plan.c },
            Method::Puct => Rule::PUCT,
            Method::Gumbel => Rule::GUMBEL,
        };
        if let Some(Kept::Tree(tree)) = kept {
            return Ok(Self::Tree(tree));
        }
        let leaf = match plan.truncated {
            true => Leaf::Value,
            false => Leaf::Rollout { depth: ROLLOUT, truncated: false },
        };
        let (budget, depth) = (plan.budget, plan.depth);
        let settings = Settings { rule, range: Range::Tree, leaf, budget, depth };
        let dice = std::slice::from_mut(dice);
        Ok(Self::Tree(Box::new(TreeSearch::begin(settings, &root, model, dice)?)))
    }

    /// One unit.
    pub fn unit<M: Listed<Node = State> + Stated>(
        &mut self,
        model: &mut M,
        dice: &mut Stream,
    ) -> Result<(), SearchError> {
        let dice = std::slice::from_mut(dice);
        match self {
            Self::Forward(search, done, budget) => {
                // A tree that is full costs nothing more.
                let grown = search.grow(model, 1)?;
                *done = if grown == 0 { *budget } else { *done + 1 };
            }
            Self::Simulation(search) => search.simulate(model, dice),
            Self::Tree(search) => search.simulate(model, dice),
        }
        Ok(())
    }

    /// Whether the budget is spent.
    pub fn is_done(&self) -> bool {
        match self {
            Self::Forward(_, done, budget) => done >= budget,
            Self::Simulation(search) => search.is_done(),
            Self::Tree(search) => search.is_done(),
        }
    }

    /// Units done.
    pub fn done(&self) -> u32 {
        match self {
            Self::Forward(_, done, _) => *done,
            Self::Simulation(search) => search.done(),
            Self::Tree(search) => search.done(),
        }
    }

    /// What it says now.
    pub fn answer(&mut self) -> Answer {
        match self {
            Self::Forward(search, ..) => search.back_up(),
            Self::Simulation(search) => search.answer(0),
            Self::Tree(search) => search.answer(0),
        }
    }

    /// The tree it says that from.
    pub fn tree(&self) -> Tree<State> {
        match self {
            Self::Forward(search, ..) => search.tree().clone(),
            Self::Simulation(search) => search.evidence(),
            Self::Tree(search) => search.tree().clone(),
        }
    }

    /// States that the last unit went through.
    pub fn last_way(&self) -> Vec<State> {
        match self {
            Self::Forward(..) => Vec::new(),
            Self::Simulation(search) => search.last_episode(0).to_vec(),
            Self::Tree(search) => {
                let path = search.last_path(0);
                path.iter().map(|&n| search.tree().node[n as usize]).collect()
            }
        }
    }

    /// What can be kept once `action` has led to `next`; Gumbel's schedule and the full tree
    /// begin anew every time.
    pub fn keep(self, action: u8, next: State) -> Option<Kept> {
        match self {
            Self::Forward(..) => None,
            Self::Simulation(search) => search.into_local().pop().map(Kept::Table),
            Self::Tree(search) => {
                if matches!(search.settings().rule, Rule::Gumbel { .. }) {
                    return None;
                }
                let tree = search.tree();
                let mut children = tree.outcomes(0, ROOT as usize, usize::from(action));
                let child = children.find(|&child| {
                    let at = tree.at(0, child);
                    tree.node[at] == next && tree.discount[at] != 0.0
                })?;
                Some(Kept::Tree(Box::new(search.carry_on(&[child]))))
            }
        }
    }

    /// Adds everything that decides what it will do.
    pub fn digest(&self, digest: &mut Digest) {
        digest.word(u64::from(self.done()));
        match self {
            Self::Forward(search, ..) => digest_tree(search.tree(), digest),
            Self::Simulation(search) => digest_local(search.local(0), digest),
            Self::Tree(search) => digest_tree(search.tree(), digest),
        }
    }

    /// Host memory in bytes.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Forward(search, ..) => search.tree().bytes(),
            Self::Simulation(search) => search.bytes(),
            Self::Tree(search) => search.tree().bytes(),
        }
    }
}

impl Kept {
    /// Host memory in bytes.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Table(table) => local_bytes(table),
            Self::Tree(search) => search.tree().bytes(),
        }
    }

    /// Adds everything that decides what it will do.
    pub fn digest(&self, digest: &mut Digest) {
        match self {
            Self::Table(table) => digest_local(table, digest),
            Self::Tree(search) => digest_tree(search.tree(), digest),
        }
    }
}

fn local(plan: Plan) -> SimulationSettings {
    let backup = match plan.method {
        Method::MonteCarlo => Backup::MonteCarlo,
        _ => Backup::Td { alpha: LOCAL_ALPHA },
    };
    SimulationSettings {
        backup,
        guided: plan.guided,
        truncated: plan.truncated,
        epsilon: LOCAL_EPSILON,
        depth: plan.depth,
        budget: plan.budget,
    }
}

fn digest_tree(tree: &Tree<State>, digest: &mut Digest) {
    for at in 0..tree.len[0] as usize {
        digest.word(u64::from(tree.node[at]) << 32 | u64::from(tree.visits[at]));
        digest.number(tree.value[at]);
        digest.numbers(&tree.edge_value[tree.edges(at)]);
    }
}

/// Host memory of the rows of a local table, in bytes.
fn local_bytes(table: &LocalTable) -> usize {
    let row = |row: &LocalRow| size_of::<LocalRow>() + size_of_val(&row.q[..]) * 2;
    table.values().map(row).sum()
}

fn digest_local(table: &LocalTable, digest: &mut Digest) {
    for (state, row) in table {
        digest.word(u64::from(*state));
        digest.numbers(&row.q);
        row.updates.iter().for_each(|&n| digest.word(u64::from(n)));
    }
}
