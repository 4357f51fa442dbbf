//! The one face of everything that can be searched.
//!
//! A search asks two things, both for a batch: what follows from some nodes, and what some nodes
//! are worth. `P` trees together make batches of up to `P`.

use crate::base::rng::Stream;
use crate::mdp::{Action, State};

/// One question: what follows from `nodes[node]` after `action`?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Which tree asks; its dice are `dice[tree]`.
    pub tree: u32,
    /// Index into the nodes handed in.
    pub node: u32,
    /// Action.
    pub action: Action,
}

/// What follows a node and an action.
#[derive(Clone, Debug, PartialEq)]
pub struct Follow<N> {
    /// Reward of the step.
    pub reward: f64,
    /// Gamma, or 0 where the task ends.
    pub discount: f64,
    /// Next node.
    pub next: N,
}

/// What nodes are worth before any search.
#[derive(Clone, Debug, Default)]
pub struct Evaluation {
    /// `[B]`: value of each node.
    pub values: Vec<f64>,
    /// `[B * A]`: logits of the policy; minus infinity for what cannot be done. A node without
    /// any finite logit is not searched further.
    pub logits: Vec<f64>,
}

/// The true world, a table model or a network, as a search sees it.
pub trait Model {
    /// A state that one can go on from, any number of times.
    type Node: Clone;

    /// Number of actions `A`.
    fn actions(&self) -> usize;

    /// Whether a node and an action always lead to the same place. A search then asks once.
    fn is_certain(&self) -> bool;

    /// Whether two outcomes of one action are one and the same.
    fn is_same(&self, a: &Self::Node, b: &Self::Node) -> bool;

    /// Answers `asks` in order into `out`, which is empty.
    fn follow(
        &mut self,
        nodes: &[Self::Node],
        asks: &[Ask],
        dice: &mut [Stream],
        out: &mut Vec<Follow<Self::Node>>,
    );

    /// Appends value and logits of `nodes[i]` for every `i` in `which`, in order.
    fn evaluate(&mut self, nodes: &[Self::Node], which: &[u32], out: &mut Evaluation);
}

/// A model that can list all outcomes: what forward search needs.
pub trait Listed: Model {
    /// Appends all outcomes of a pair with their probabilities.
    fn list(&mut self, node: &Self::Node, action: Action, out: &mut Vec<(f64, Follow<Self::Node>)>);
}

/// A model whose nodes are states of a table: what a local table of values needs.
pub trait Stated: Model<Node = State> {
    /// Value of a pair before any search, as a learner has it.
    fn pair_value(&self, state: State, action: Action) -> f64;
}
