//! What a search says of one root.

use super::tree::Tree;
use crate::mdp::Action;

/// What a search says of one root.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What to do: one action, or several that are equally good.
    pub best: Vec<Action>,
    /// `[A]`: visits of each action.
    pub visits: Vec<u32>,
    /// `[A]`: value of each action; `None`: not tried.
    pub q: Vec<Option<f64>>,
    /// `[A]`: what a policy should learn from it: shares of visits, or the improved policy.
    pub policy: Vec<f64>,
    /// Value of the root after the search.
    pub value: f64,
    /// Value of the root before it.
    pub raw_value: f64,
}

impl Answer {
    /// Reads visits and values of the root at `at` of `tree`; the best actions are those with the
    /// greatest `key`, `None` where an action cannot be chosen.
    pub(super) fn new<N: Clone>(
        tree: &Tree<N>,
        at: usize,
        policy: Vec<f64>,
        key: impl Fn(usize) -> Option<f64>,
    ) -> Self {
        let edges = tree.edges(at);
        let visits = tree.edge_visits[edges.clone()].to_vec();
        let q = tree.edge_value[edges].iter().zip(&visits);
        let keys: Vec<Option<f64>> = (0..visits.len()).map(key).collect();
        let top = keys.iter().flatten().copied().reduce(f64::max);
        let best = (0..keys.len()).filter(|&a| keys[a].is_some() && keys[a] == top);
        Self {
            best: best.map(|a| a as Action).collect(),
            q: q.map(|(&q, &n)| (n > 0).then_some(q)).collect(),
            policy,
            value: tree.value[at],
            raw_value: tree.raw_value[at],
            visits,
        }
    }

    /// What to do; the first of those that are equally good.
    pub fn action(&self) -> Action {
        self.best.first().copied().unwrap_or(0)
    }

    /// Greatest action value: what "closing the loop" learns from.
    pub fn best_value(&self) -> f64 {
        let tried = self.q.iter().flatten().copied();
        tried.reduce(f64::max).unwrap_or(self.raw_value)
    }
}
