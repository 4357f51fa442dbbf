//! Episodes of the model's own policy from new leaves, all trees together.

use super::model::{Ask, Evaluation, Model};
use super::rules::softmax;
use crate::base::rng::Stream;
use crate::mdp::Action;

/// Episodes under way, `[B]`.
pub(super) struct Rollouts<N> {
    trees: Vec<u32>,
    nodes: Vec<N>,
    returns: Vec<f64>,
    /// Discount of what comes next; 0 once an episode is over.
    discounts: Vec<f64>,
    /// Values and logits of the nodes now.
    said: Evaluation,
}

impl<N: Clone> Rollouts<N> {
    /// From these nodes (with their trees), of which the model has said `said`.
    pub fn new(starts: impl Iterator<Item = (u32, N)>, said: &Evaluation) -> Self {
        let (trees, nodes): (Vec<u32>, Vec<N>) = starts.unzip();
        let returns = vec![0.0; nodes.len()];
        let discounts = vec![1.0; nodes.len()];
        Self { trees, nodes, returns, discounts, said: said.clone() }
    }

    /// Discounted returns, `[B]`.
    pub fn returns(&self) -> &[f64] {
        &self.returns
    }

    /// Plays on for at most `depth` steps; what follows is worth the model's value where
    /// `truncated`, nothing otherwise.
    pub fn run<M: Model<Node = N>>(
        &mut self,
        model: &mut M,
        dice: &mut [Stream],
        depth: u32,
        truncated: bool,
    ) {
        for _ in 0..depth {
            if !self.step(model, dice) {
                break;
            }
        }
        if truncated {
            for (index, sum) in self.returns.iter_mut().enumerate() {
                *sum += self.discounts[index] * self.said.values[index];
            }
        }
    }

    /// One step of every episode that goes on; false once none does.
    fn step<M: Model<Node = N>>(&mut self, model: &mut M, dice: &mut [Stream]) -> bool {
        let actions = model.actions();
        let (mut asks, mut asking) = (Vec::new(), Vec::new());
        let mut policy = vec![0.0; actions];
        for (index, &tree) in self.trees.iter().enumerate() {
            let logits = &self.said.logits[index * actions..(index + 1) * actions];
            if self.discounts[index] != 0.0 && softmax(logits, &mut policy) {
                let action = draw(&policy, &mut dice[tree as usize]) as Action;
                asks.push(Ask { tree, node: index as u32, action });
                asking.push(index);
            }
        }
        if asks.is_empty() {
            return false;
        }
        let mut follows = Vec::new();
        model.follow(&self.nodes, &asks, dice, &mut follows);
        for (&index, follow) in asking.iter().zip(follows) {
            self.returns[index] += self.discounts[index] * follow.reward;
            self.discounts[index] *= follow.discount;
            self.nodes[index] = follow.next;
        }
        let all: Vec<u32> = (0..self.nodes.len() as u32).collect();
        self.said.values.clear();
        self.said.logits.clear();
        model.evaluate(&self.nodes, &all, &mut self.said);
        true
    }
}

/// Index drawn with these probabilities, never one of probability 0.
pub(super) fn draw(probabilities: &[f64], dice: &mut Stream) -> usize {
    let mut left = dice.unit();
    let mut last = 0;
    for (index, &p) in probabilities.iter().enumerate().filter(|(_, p)| **p > 0.0) {
        if left < p {
            return index;
        }
        left -= p;
        last = index;
    }
    last
}
