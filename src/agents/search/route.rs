//! What forward search has set out to do: the best way of its tree, kept until a later search
//! promises more than what is left of it.
//!
//! Every leaf of a full tree lies equally deep. Where the global values have a hill (closing the
//! loop raises what was visited above its neighbours) "wait, then climb" looks as good from every
//! state as "climb, then go on" or better, and whoever plans anew at every step waits for ever.
//! A way once chosen is worth more with every step along it, so that keeping to it ends that.

use crate::base::digest::Digest;
use crate::mdp::{Action, State};
use crate::search::tree::{ROOT, Tree};

/// Promises closer than this, as a share, count as equal: then the way chosen before stays.
const SLACK: f64 = 1e-9;

/// One step of a way: what it leads to if the model is right.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Leg {
    from: State,
    action: Action,
    reward: f64,
    discount: f64,
    to: State,
}

/// A way that was set out on.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Route {
    /// What is left of it, the next step last.
    legs: Vec<Leg>,
    /// What it promises from where it stands.
    worth: f64,
}

impl Route {
    /// The best way of a full tree that begins with `action`: down to a leaf, or to where chance
    /// decides.
    pub fn of(tree: &Tree<State>, action: Action) -> Self {
        let mut legs = Vec::new();
        let (mut node, mut action) = (ROOT as usize, Some(usize::from(action)));
        let worth = action.map_or(0.0, |a| tree.edge_value[tree.edges(node).start + a]);
        while let Some(a) = action {
            let mut outcomes = tree.outcomes(0, node, a);
            let (Some(only), None) = (outcomes.next(), outcomes.next()) else { break };
            let at = only as usize;
            let (reward, discount) = (tree.reward[at], tree.discount[at]);
            let (from, to) = (tree.node[node], tree.node[at]);
            legs.push(Leg { from, action: a as Action, reward, discount, to });
            let edges = tree.edges(at);
            let tried = edges.clone().filter(|&edge| tree.edge_visits[edge] > 0);
            let best = tried.max_by(|&x, &y| tree.edge_value[x].total_cmp(&tree.edge_value[y]));
            (node, action) = (at, best.map(|edge| edge - edges.start));
        }
        legs.reverse();
        Self { legs, worth }
    }

    /// The next step, if `state` lies on the way and nothing better than `found` was promised.
    pub fn next(&self, state: State, found: f64) -> Option<Action> {
        let leg = self.legs.last().filter(|leg| leg.from == state)?;
        (self.worth >= found - SLACK * found.abs()).then_some(leg.action)
    }

    /// A real step was taken: along the way, or off it.
    pub fn follow(&mut self, from: State, action: Action, reward: f64, to: State) {
        let taken = (from, action, reward, to);
        let leg = self.legs.pop().filter(|leg| {
            (leg.from, leg.action, leg.reward, leg.to) == taken && leg.discount > 0.0
        });
        match leg {
            Some(leg) => self.worth = (self.worth - reward) / leg.discount,
            None => self.legs.clear(),
        }
    }

    /// Adds everything that decides what it will say.
    pub fn digest(&self, digest: &mut Digest) {
        for leg in &self.legs {
            digest.word(u64::from(leg.from) << 8 | u64::from(leg.action));
            digest.word(u64::from(leg.to));
            digest.numbers(&[leg.reward, leg.discount]);
        }
        digest.number(self.worth);
    }
}
