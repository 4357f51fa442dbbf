//! The learned model as a search sees it: its nodes are latent states, and nothing is ever decoded.

use std::sync::Arc;

use super::networks::HostNetworks;
use crate::base::rng::Stream;
use crate::mdp::Action;
use crate::search::model::{Ask, Evaluation, Follow, Model};
use crate::search::tree_search::TreeSearch;
use crate::search::{Answer, Root, SearchError, Settings};

/// A latent state `[L]`. A clone shares the numbers.
pub type Latent = Arc<[f32]>;

/// The networks as a model.
#[derive(Clone, Debug)]
pub struct LatentModel<'a> {
    /// The networks.
    pub networks: &'a HostNetworks,
    /// Discount, below 0 where two players take turns: what follows is worth the opposite to the
    /// one who moved. The end of a task is no end here: its value is learned to be 0.
    pub gamma: f64,
    /// Whether the policy guides; otherwise all actions are alike.
    pub guided: bool,
    /// Calls of the dynamics so far.
    pub calls: u64,
}

impl LatentModel<'_> {
    /// Where a search from what is seen begins.
    pub fn root(&self, seen: &[f32]) -> Root<Latent> {
        Root::free(self.networks.enter(seen).into())
    }

    /// A whole search from what is seen, where `legal` may be done, `[A]`; `None`: everything. Only
    /// the root is a place of the world: what cannot be done below it is learned to be no good.
    pub fn search(
        &mut self,
        settings: Settings,
        (seen, legal): (&[f32], Option<Vec<bool>>),
        dice: &mut Stream,
    ) -> Result<Answer, SearchError> {
        let (root, dice) = (Root { legal, ..self.root(seen) }, std::slice::from_mut(dice));
        let mut search = TreeSearch::begin(settings, &[root], self, dice)?;
        while !search.is_done() {
            search.simulate(self, dice);
        }
        Ok(search.answer(0))
    }
}

/// What follows a latent state, as its lane's own copy says.
pub(super) fn followed(
    networks: &HostNetworks,
    latent: &Latent,
    (action, discount): (Action, f64),
) -> Follow<Latent> {
    let (reward, next) = networks.follow(latent, action);
    Follow { reward, discount, next: next.into() }
}

/// Appends value and logits of a latent state; without a guide all actions are alike, and the policy
/// is not asked.
pub(super) fn evaluated(
    networks: &HostNetworks,
    latent: &Latent,
    guided: bool,
    out: &mut Evaluation,
) {
    out.values.push(networks.value(latent));
    match guided {
        true => out.logits.extend(networks.logits(latent).iter().map(|&l| f64::from(l))),
        false => out.logits.extend(std::iter::repeat_n(0.0, networks.actions())),
    }
}

impl Model for LatentModel<'_> {
    type Node = Latent;

    fn actions(&self) -> usize {
        self.networks.actions()
    }

    fn is_certain(&self) -> bool {
        true
    }

    fn is_same(&self, a: &Latent, b: &Latent) -> bool {
        a == b
    }

    fn follow(
        &mut self,
        nodes: &[Latent],
        asks: &[Ask],
        _: &mut [Stream],
        out: &mut Vec<Follow<Latent>>,
    ) {
        self.calls += asks.len() as u64;
        let follow = |ask: &Ask| {
            followed(self.networks, &nodes[ask.node as usize], (ask.action, self.gamma))
        };
        out.extend(asks.iter().map(follow));
    }

    fn evaluate(&mut self, nodes: &[Latent], which: &[u32], out: &mut Evaluation) {
        for &node in which {
            evaluated(self.networks, &nodes[node as usize], self.guided, out);
        }
    }
}
