//! Searches of several lanes at once, simulation by simulation.

use super::latent::Latent;
use super::population::Population;
use crate::base::digest::Digest;
use crate::base::rng::Stream;
use crate::search::tree_search::TreeSearch;
use crate::search::{Answer, Root, SearchError, Settings};

/// Lanes that search together.
#[derive(Clone, Debug)]
pub(super) struct Searching {
    /// `[P]`: whose trees they are.
    pub lanes: Vec<usize>,
    /// `[P]`: whether that lane has gone on since.
    left: Vec<bool>,
    search: TreeSearch<Latent>,
    /// `[P]`.
    dice: Vec<Stream>,
    /// `[P]`: the dice as they lay when it began. For pictures: decides nothing.
    begun: Vec<Stream>,
}

impl Searching {
    /// Begins in `lanes` with their `dice`; those of the lanes stay as they are until it is acted on, so
    /// that a search that is given up uses none up.
    pub fn begin(
        (settings, roots): (Settings, &[Root<Latent>]),
        (lanes, dice): (Vec<usize>, Vec<Stream>),
        model: &mut Population<'_>,
    ) -> Result<Self, SearchError> {
        let (begun, mut dice) = (dice.clone(), dice);
        let search = TreeSearch::begin(settings, roots, model, &mut dice)?;
        Ok(Self { left: vec![false; lanes.len()], lanes, search, dice, begun })
    }

    /// One simulation in every tree.
    pub fn simulate(&mut self, model: &mut Population<'_>) {
        self.search.simulate(model, &mut self.dice);
    }

    /// Whether the budget is spent.
    pub fn is_done(&self) -> bool {
        self.search.is_done()
    }

    /// Simulations done.
    pub fn done(&self) -> u32 {
        self.search.done()
    }

    /// The tree of `lane`; `None` where it does not search here, or has gone on.
    pub fn tree_of(&self, lane: usize) -> Option<usize> {
        self.lanes.iter().zip(&self.left).position(|(&of, left)| of == lane && !left)
    }

    /// `lane` has gone on: what it searched is over. False once no lane is left.
    pub fn leave(&mut self, lane: usize) -> bool {
        if let Some(tree) = self.tree_of(lane) {
            self.left[tree] = true;
        }
        self.left.contains(&false)
    }

    /// What tree `tree` says.
    pub fn answer(&self, tree: usize) -> Answer {
        self.search.answer(tree)
    }

    /// Tree `tree` as a search of its own.
    pub fn alone(&self, tree: usize) -> TreeSearch<Latent> {
        self.search.alone(tree)
    }

    /// The dice of tree `tree` as they lay at first.
    pub fn begun(&self, tree: usize) -> &Stream {
        &self.begun[tree]
    }

    /// The dice of tree `tree` as they lie now.
    pub fn dice(&self, tree: usize) -> &Stream {
        &self.dice[tree]
    }

    /// Adds what has been found, and the dice.
    pub fn digest(&self, digest: &mut Digest) {
        let tree = self.search.tree();
        digest.word(u64::from(self.search.done()));
        for (p, &lane) in self.lanes.iter().enumerate() {
            digest.word(lane as u64);
            digest.word(u64::from(self.left[p]));
            digest.word(self.dice[p].position() as u64);
            for node in 0..tree.len[p] {
                digest.numbers(&tree.edge_value[tree.edges(tree.at(p, node))]);
            }
        }
    }

    /// Host memory in bytes.
    pub fn bytes(&self) -> usize {
        self.search.tree().bytes()
    }
}
