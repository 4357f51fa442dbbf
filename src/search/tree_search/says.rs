//! What a tree search says: its answer, the evidence, and why it would go where.

use super::{TreeSearch, view};
use crate::search::answer::Answer;
use crate::search::select::{Rule, Score, Work};
use crate::search::settings::Settings;
use crate::search::tree::{ROOT, Tree};

impl<N: Clone> TreeSearch<N> {
    /// Whether the budget is spent.
    pub fn is_done(&self) -> bool {
        self.done >= self.settings.budget
    }

    /// Simulations done in every tree.
    pub fn done(&self) -> u32 {
        self.done
    }

    /// What it does.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The evidence.
    pub fn tree(&self) -> &Tree<N> {
        &self.tree
    }

    /// Tree `p` as a search of its own, which goes on as that tree would.
    pub fn alone(&self, p: usize) -> Self {
        let mut alone = Self::around(self.settings, self.tree.alone(p));
        alone.done = self.done;
        if let Some(drawn) = self.gumbel.chunks(self.tree.actions).nth(p) {
            alone.gumbel = drawn.to_vec();
        }
        (alone.ranges, alone.leaf) = (vec![self.ranges[p]], vec![self.leaf[p]]);
        alone.gain = vec![self.gain[p]];
        alone
    }

    /// Nodes of tree `p` that the last simulation went through, from the root on.
    pub fn last_path(&self, p: usize) -> Vec<u32> {
        let up = |&node: &u32| (node != ROOT).then(|| self.tree.parent[self.tree.at(p, node)]);
        let mut path: Vec<u32> = std::iter::successors(Some(self.leaf[p]), up).collect();
        path.reverse();
        path
    }

    /// `[A]`: why the next simulation through `node` of tree `p` would go where.
    pub fn scores(&self, p: usize, node: u32) -> Vec<Score> {
        let mut scores = Vec::new();
        let at = view(&self.tree, &self.gumbel, &self.ranges, p, node);
        self.selector.scores(&self.tree, at, &mut Work::default(), &mut scores);
        scores
    }

    /// What is known of root `p` now.
    pub fn answer(&self, p: usize) -> Answer {
        let at = self.tree.at(p, ROOT);
        let (visits, most) = most_visited(&self.tree, at);
        match self.settings.rule {
            Rule::Uct { .. } | Rule::Puct { .. } => {
                let all = f64::from(visits.iter().sum::<u32>().max(1));
                let policy = visits.iter().map(|&n| f64::from(n) / all).collect();
                let q = &self.tree.edge_value[self.tree.edges(at)];
                let value = |a: usize| if visits[a] > 0 { q[a] } else { f64::NEG_INFINITY };
                Answer::new(&self.tree, at, policy, |a| most[a].then(|| value(a)))
            }
            Rule::Gumbel { c_visit, c_scale, .. } => {
                let view = view(&self.tree, &self.gumbel, &self.ranges, p, ROOT);
                let said = self.selector.verdict(&self.tree, view, (c_visit, c_scale));
                let logits = &self.tree.logits[self.tree.edges(at)];
                let drawn = view.gumbel.unwrap_or(&[]);
                let key = |a: usize| drawn[a] + logits[a] + said.completed[a];
                Answer::new(&self.tree, at, said.policy, |a| most[a].then(|| key(a)))
            }
        }
    }
}

/// `[A]` visits of the actions of the root at `at`, and which legal ones have most of them.
fn most_visited<N: Clone>(tree: &Tree<N>, at: usize) -> (Vec<u32>, Vec<bool>) {
    let edges = tree.edges(at);
    let visits = tree.edge_visits[edges.clone()].to_vec();
    let legal = |a: usize| tree.prior[edges.start + a] > 0.0;
    let most = (0..visits.len()).filter(|&a| legal(a)).map(|a| visits[a]).max();
    let is_most = (0..visits.len()).map(|a| legal(a) && Some(visits[a]) == most).collect();
    (visits, is_most)
}
