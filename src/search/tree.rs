//! The search tree: what a search knows, and the evidence it leaves.
//!
//! A struct of arrays for `P` trees of up to `N` nodes with `A` actions. Node `n` of tree `p` lies
//! at `p * N + n` of the arrays `[P, N]`, its action `a` at `(p * N + n) * A + a` of those
//! `[P, N, A]`. A node is a state reached by one history; children of one action are linked
//! through [`Tree::sibling`], one for each outcome seen.

use super::model::{Evaluation, Follow};
use crate::mdp::Action;

/// Index of the root in every tree.
pub const ROOT: u32 = 0;
/// No parent, no child, no sibling.
pub const NONE: u32 = u32::MAX;
/// Nodes of all trees together that a search may hold.
pub const MOST_NODES: usize = 1 << 21;

/// The trees. Arrays are public evidence; searches alone write them.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree<N> {
    /// Number of trees `P`.
    pub trees: usize,
    /// Nodes each tree has room for, `N`.
    pub capacity: usize,
    /// Number of actions `A`.
    pub actions: usize,
    /// `[P]`: nodes in use.
    pub len: Vec<u32>,
    /// `[P, N]`: the state a node stands for.
    pub node: Vec<N>,
    /// `[P, N]`: parent, [`NONE`] at the root.
    pub parent: Vec<u32>,
    /// `[P, N]`: action that led here; 0 at the root.
    pub action: Vec<Action>,
    /// `[P, N]`: edges from the root.
    pub depth: Vec<u16>,
    /// `[P, N]`: next outcome of the same action of the same parent.
    pub sibling: Vec<u32>,
    /// `[P, N]`: probability of this outcome, where outcomes are listed; 1 where they are drawn.
    pub probability: Vec<f64>,
    /// `[P, N]`: reward on the way here.
    pub reward: Vec<f64>,
    /// `[P, N]`: discount of the value here as seen from the parent; 0 where the task ended.
    pub discount: Vec<f64>,
    /// `[P, N]`: value before any search.
    pub raw_value: Vec<f64>,
    /// `[P, N]`: value after the search: mean of what was backed up, its own evaluation included.
    pub value: Vec<f64>,
    /// `[P, N]`: visits, the one that evaluated the node included.
    pub visits: Vec<u32>,
    /// `[P, N]`: whether something can be done here.
    pub open: Vec<bool>,
    /// `[P, N, A]`: first outcome of each action.
    pub child: Vec<u32>,
    /// `[P, N, A]`: logits of the policy; minus infinity where an action is illegal.
    pub logits: Vec<f64>,
    /// `[P, N, A]`: `softmax(logits)`.
    pub prior: Vec<f64>,
    /// `[P, N, A]`: visits of each action.
    pub edge_visits: Vec<u32>,
    /// `[P, N, A]`: `Q(s, a)`: mean of reward plus discounted value; 0 before the first visit.
    pub edge_value: Vec<f64>,
}

impl<N: Clone> Tree<N> {
    /// Room for `capacity` nodes in each tree, with a node for each root in place, not yet
    /// evaluated.
    pub fn new(roots: &[N], capacity: usize, actions: usize) -> Self {
        let (trees, all) = (roots.len(), roots.len() * capacity);
        let node = roots.iter().flat_map(|r| std::iter::repeat_n(r.clone(), capacity)).collect();
        Self {
            trees,
            capacity,
            actions,
            len: vec![1; trees],
            node,
            parent: vec![NONE; all],
            action: vec![0; all],
            depth: vec![0; all],
            sibling: vec![NONE; all],
            probability: vec![1.0; all],
            reward: vec![0.0; all],
            discount: vec![1.0; all],
            raw_value: vec![0.0; all],
            value: vec![0.0; all],
            visits: vec![0; all],
            open: vec![false; all],
            child: vec![NONE; all * actions],
            logits: vec![0.0; all * actions],
            prior: vec![0.0; all * actions],
            edge_visits: vec![0; all * actions],
            edge_value: vec![0.0; all * actions],
        }
    }

    /// Tree `tree` by itself.
    pub fn alone(&self, tree: usize) -> Self {
        let (nodes, edges) = (self.capacity, self.capacity * self.actions);
        let [nodes, edges] = [nodes, edges].map(|each| tree * each..(tree + 1) * each);
        Self {
            trees: 1,
            capacity: self.capacity,
            actions: self.actions,
            len: vec![self.len[tree]],
            node: self.node[nodes.clone()].to_vec(),
            parent: self.parent[nodes.clone()].to_vec(),
            action: self.action[nodes.clone()].to_vec(),
            depth: self.depth[nodes.clone()].to_vec(),
            sibling: self.sibling[nodes.clone()].to_vec(),
            probability: self.probability[nodes.clone()].to_vec(),
            reward: self.reward[nodes.clone()].to_vec(),
            discount: self.discount[nodes.clone()].to_vec(),
            raw_value: self.raw_value[nodes.clone()].to_vec(),
            value: self.value[nodes.clone()].to_vec(),
            visits: self.visits[nodes.clone()].to_vec(),
            open: self.open[nodes].to_vec(),
            child: self.child[edges.clone()].to_vec(),
            logits: self.logits[edges.clone()].to_vec(),
            prior: self.prior[edges.clone()].to_vec(),
            edge_visits: self.edge_visits[edges.clone()].to_vec(),
            edge_value: self.edge_value[edges].to_vec(),
        }
    }

    /// The same trees, whose nodes stand for something else.
    pub fn map<M>(&self, each: impl FnMut(&N) -> M) -> Tree<M> {
        Tree {
            trees: self.trees,
            capacity: self.capacity,
            actions: self.actions,
            len: self.len.clone(),
            node: self.node.iter().map(each).collect(),
            parent: self.parent.clone(),
            action: self.action.clone(),
            depth: self.depth.clone(),
            sibling: self.sibling.clone(),
            probability: self.probability.clone(),
            reward: self.reward.clone(),
            discount: self.discount.clone(),
            raw_value: self.raw_value.clone(),
            value: self.value.clone(),
            visits: self.visits.clone(),
            open: self.open.clone(),
            child: self.child.clone(),
            logits: self.logits.clone(),
            prior: self.prior.clone(),
            edge_visits: self.edge_visits.clone(),
            edge_value: self.edge_value.clone(),
        }
    }

    /// Room for `capacity` nodes, at least as many as now. Only a tree that is alone can grow in
    /// place.
    pub fn grow(&mut self, capacity: usize) {
        debug_assert_eq!(self.trees, 1);
        let edges = capacity * self.actions;
        let root = self.node[0].clone();
        self.capacity = capacity;
        self.node.resize(capacity, root);
        self.parent.resize(capacity, NONE);
        self.action.resize(capacity, 0);
        self.depth.resize(capacity, 0);
        self.sibling.resize(capacity, NONE);
        self.probability.resize(capacity, 1.0);
        self.reward.resize(capacity, 0.0);
        self.discount.resize(capacity, 1.0);
        self.raw_value.resize(capacity, 0.0);
        self.value.resize(capacity, 0.0);
        self.visits.resize(capacity, 0);
        self.open.resize(capacity, false);
        self.child.resize(edges, NONE);
        self.logits.resize(edges, 0.0);
        self.prior.resize(edges, 0.0);
        self.edge_visits.resize(edges, 0);
        self.edge_value.resize(edges, 0.0);
    }

    /// Place of node `node` of tree `tree` in the arrays `[P, N]`.
    #[inline]
    pub fn at(&self, tree: usize, node: u32) -> usize {
        tree * self.capacity + node as usize
    }

    /// The actions of the node at `at`, as a range of the arrays `[P, N, A]`.
    #[inline]
    pub fn edges(&self, at: usize) -> std::ops::Range<usize> {
        at * self.actions..(at + 1) * self.actions
    }

    /// Adds an outcome of `action` at node `parent`, or `None` where the tree is full.
    #[inline]
    pub fn add(
        &mut self,
        tree: usize,
        parent: u32,
        action: Action,
        follow: Follow<N>,
    ) -> Option<u32> {
        let new = self.len[tree];
        if new as usize >= self.capacity {
            return None;
        }
        self.len[tree] += 1;
        let (above, at) = (self.at(tree, parent), self.at(tree, new));
        let edge = above * self.actions + usize::from(action);
        self.node[at] = follow.next;
        self.parent[at] = parent;
        self.action[at] = action;
        self.depth[at] = self.depth[above] + 1;
        self.reward[at] = follow.reward;
        self.discount[at] = follow.discount;
        self.sibling[at] = self.child[edge];
        self.child[edge] = new;
        Some(new)
    }

    /// Writes what the model says of the node at `at`: entry `index` of `said`. Actions that
    /// `legal` leaves out cannot be taken.
    #[inline]
    pub fn evaluate(
        &mut self,
        at: usize,
        said: &Evaluation,
        index: usize,
        legal: impl Fn(usize) -> bool,
    ) {
        self.raw_value[at] = said.values[index];
        self.value[at] = said.values[index];
        let (edges, said) = (self.edges(at), &said.logits[index * self.actions..]);
        let logits = &mut self.logits[edges.clone()];
        for (action, logit) in logits.iter_mut().enumerate() {
            *logit = if legal(action) { said[action] } else { f64::NEG_INFINITY };
        }
        self.open[at] = super::rules::softmax(logits, &mut self.prior[edges]);
    }

    /// Outcomes of action `action` of the node at `at`, the newest first.
    pub fn outcomes(&self, tree: usize, at: usize, action: usize) -> impl Iterator<Item = u32> {
        let first = self.child[at * self.actions + action];
        std::iter::successors((first != NONE).then_some(first), move |&child| {
            let next = self.sibling[self.at(tree, child)];
            (next != NONE).then_some(next)
        })
    }

    /// Nodes of tree `tree` at each depth, from the root on.
    pub fn nodes_by_depth(&self, tree: usize) -> Vec<usize> {
        let mut counts = Vec::new();
        for node in 0..self.len[tree] {
            let depth = usize::from(self.depth[self.at(tree, node)]);
            counts.resize(counts.len().max(depth + 1), 0);
            counts[depth] += 1;
        }
        counts
    }

    /// The trees below `keep[p]` (a node of tree `p`), at most `most` nodes of each, oldest first,
    /// and room for `more`.
    pub fn below(&self, keep: &[u32], most: usize, more: usize) -> Self {
        let roots: Vec<N> =
            keep.iter().enumerate().map(|(p, &n)| self.node[self.at(p, n)].clone()).collect();
        let longest = self.len.iter().map(|&n| n as usize).max().unwrap_or(0).min(most);
        let mut new = Self::new(&roots, longest + more, self.actions);
        for (tree, &root) in keep.iter().enumerate() {
            let mut names = vec![NONE; self.len[tree] as usize];
            names[root as usize] = ROOT;
            self.copy_node(tree, root, &mut new, ROOT);
            // Children come after their parents, so one pass in order is enough.
            for node in root + 1..self.len[tree] {
                let at = self.at(tree, node);
                let parent = self.parent[at];
                let above = if parent == NONE { NONE } else { names[parent as usize] };
                if above == NONE || new.len[tree] as usize >= most {
                    continue;
                }
                let (reward, discount) = (self.reward[at], self.discount[at]);
                let follow = Follow { reward, discount, next: self.node[at].clone() };
                if let Some(name) = new.add(tree, above, self.action[at], follow) {
                    names[node as usize] = name;
                    self.copy_node(tree, node, &mut new, name);
                }
            }
        }
        new
    }

    /// Copies what was learned of node `from` of this tree to node `to` of `new`.
    fn copy_node(&self, tree: usize, from: u32, new: &mut Self, to: u32) {
        let (old, at) = (self.at(tree, from), new.at(tree, to));
        new.probability[at] = self.probability[old];
        new.raw_value[at] = self.raw_value[old];
        new.value[at] = self.value[old];
        new.visits[at] = self.visits[old];
        new.open[at] = self.open[old];
        let (source, target) = (self.edges(old), new.edges(at));
        new.logits[target.clone()].copy_from_slice(&self.logits[source.clone()]);
        new.prior[target.clone()].copy_from_slice(&self.prior[source.clone()]);
        new.edge_visits[target.clone()].copy_from_slice(&self.edge_visits[source.clone()]);
        new.edge_value[target].copy_from_slice(&self.edge_value[source]);
    }

    /// Host memory in bytes.
    pub fn bytes(&self) -> usize {
        let node = size_of::<N>() + size_of::<Action>() + size_of::<bool>() + size_of::<u16>();
        let numbers = 3 * size_of::<u32>() + 5 * size_of::<f64>();
        let edge = 2 * size_of::<u32>() + 3 * size_of::<f64>();
        self.node.len() * (node + numbers + self.actions * edge)
    }
}
