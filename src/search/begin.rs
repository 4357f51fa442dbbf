//! Where a search starts, and what it refuses.

use super::tree::MOST_NODES;

/// Where one tree begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Root<N> {
    /// The present state.
    pub node: N,
    /// `[A]`: which actions may be taken here; `None`: all of them.
    pub legal: Option<Vec<bool>>,
}

impl<N> Root<N> {
    /// Every action may be taken.
    pub fn free(node: N) -> Self {
        Self { node, legal: None }
    }

    /// Whether `action` may be taken.
    pub fn allows(&self, action: usize) -> bool {
        self.legal.as_ref().is_none_or(|legal| legal[action])
    }
}

/// A search that cannot begin, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// Nothing may be simulated.
    #[error("budget = 0 is not allowed: a search needs at least 1 simulation")]
    NoBudget,
    /// Nothing may be looked at.
    #[error("depth = 0 is not allowed: a search looks at least 1 step ahead")]
    NoDepth,
    /// No tree to grow.
    #[error("no root is not allowed: a search needs at least 1 state to start from")]
    NoRoot,
    /// The root cannot be left.
    #[error(
        "the root of tree {tree} has no legal action: a search starts where at least 1 of {actions} can be taken"
    )]
    NoAction {
        /// Which tree.
        tree: usize,
        /// How many there are.
        actions: usize,
    },
    /// A mask for another number of actions.
    #[error("the mask of tree {tree} is for {found} actions, but the model has {actions}")]
    Mask {
        /// Which tree.
        tree: usize,
        /// Length of the mask.
        found: usize,
        /// How many there are.
        actions: usize,
    },
    /// Another number of dice than of roots.
    #[error("{dice} dice for {trees} trees are not allowed: every tree has one stream of its own")]
    Dice {
        /// Streams handed in.
        dice: usize,
        /// Roots handed in.
        trees: usize,
    },
    /// Another number of nodes than of trees.
    #[error("{nodes} nodes for {trees} trees are not allowed: every tree goes on from one")]
    Nodes {
        /// Nodes handed in.
        nodes: usize,
        /// Trees there are.
        trees: usize,
    },
    /// A search that nobody can steer.
    #[error("only a tree search can be led by hand: choose UCT, pUCT or Gumbel")]
    NoTree,
    /// A node that is not there.
    #[error("node {node} is not in tree {tree}: its nodes are numbered 0 to {}", nodes - 1)]
    NoNode {
        /// Which tree.
        tree: usize,
        /// Which node.
        node: u32,
        /// How many there are.
        nodes: u32,
    },
    /// A node that cannot be left.
    #[error("nothing can be tried at node {node}: the task ends there")]
    Closed {
        /// Which node.
        node: u32,
    },
    /// A node as deep as the search may look.
    #[error(
        "nothing can be tried at node {node}: it lies {depth} steps deep, as far as this search looks"
    )]
    Deepest {
        /// Which node.
        node: u32,
        /// Its depth.
        depth: u16,
    },
    /// The tree would not fit.
    #[error("{what} takes {nodes} nodes, and at most {} fit: {way_out}", grouped(MOST_NODES as u128))]
    TooLarge {
        /// What was asked for.
        what: String,
        /// What it would take.
        nodes: String,
        /// What would fit.
        way_out: String,
    },
}

/// Refuses roots that cannot be searched by a model with `actions` actions.
pub(super) fn check_roots<N>(roots: &[Root<N>], actions: usize) -> Result<(), SearchError> {
    if roots.is_empty() {
        return Err(SearchError::NoRoot);
    }
    for (tree, root) in roots.iter().enumerate() {
        let Some(legal) = &root.legal else { continue };
        if legal.len() != actions {
            return Err(SearchError::Mask { tree, found: legal.len(), actions });
        }
        if !legal.contains(&true) {
            return Err(SearchError::NoAction { tree, actions });
        }
    }
    Ok(())
}

/// Refuses budgets and depths that are none or too many for `trees` trees.
pub(super) fn check_budget(budget: u32, depth: u16, trees: usize) -> Result<(), SearchError> {
    if budget == 0 {
        return Err(SearchError::NoBudget);
    }
    if depth == 0 {
        return Err(SearchError::NoDepth);
    }
    let nodes = (u128::from(budget) + 1) * trees as u128;
    if nodes > MOST_NODES as u128 {
        let what = format!("a budget of {budget} in {trees} trees");
        let way_out = format!("choose a budget of {} or less", MOST_NODES / trees - 1);
        return Err(SearchError::TooLarge { what, nodes: grouped(nodes), way_out });
    }
    Ok(())
}

/// `1466015503701` as `1 466 015 503 701`.
pub(super) fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}
