//! Forward search: the full tree to a depth, `Q_D(s,a) = sum p (r + gamma V_{D-1}(s'))`,
//! `V_d = max_a Q_d`, and the model's value at the leaves.
//!
//! Grown level by level, one expansion at a time. Nodes beyond a task's end are not there; with
//! one outcome a pair and no end in reach the tree has exactly `1 + A + ... + A^D` nodes.

use std::collections::{BTreeMap, BTreeSet};

use super::answer::Answer;
use super::begin::{Root, SearchError, check_roots, grouped};
use super::model::{Evaluation, Follow, Listed};
use super::tree::{MOST_NODES, NONE, ROOT, Tree};
use crate::mdp::{Action, State};

/// A forward search under way.
#[derive(Clone, Debug)]
pub struct Forward<N> {
    tree: Tree<N>,
    depth: u16,
    /// Next node to be expanded.
    next: u32,
}

/// `1 + A + ... + A^depth`.
pub fn full_tree(actions: usize, depth: u16) -> u128 {
    let mut level = 1_u128;
    let mut sum = 1_u128;
    for _ in 0..depth {
        level = level.saturating_mul(actions as u128);
        sum = sum.saturating_add(level);
    }
    sum
}

/// Refuses a depth whose full tree would not fit, and says how many nodes it would take.
pub fn check_depth(actions: usize, depth: u16) -> Result<(), SearchError> {
    match full_tree(actions, depth) > MOST_NODES as u128 {
        true => Err(too_deep(actions, depth)),
        false => Ok(()),
    }
}

impl<N: Clone> Forward<N> {
    /// A root, evaluated; nothing is expanded yet.
    pub fn begin<M: Listed<Node = N>>(
        model: &mut M,
        root: &Root<N>,
        depth: u16,
    ) -> Result<Self, SearchError> {
        let actions = model.actions();
        check_roots(std::slice::from_ref(root), actions)?;
        if depth == 0 {
            return Err(SearchError::NoDepth);
        }
        check_depth(actions, depth)?;
        let mut tree = Tree::new(std::slice::from_ref(&root.node), 1, actions);
        let mut said = Evaluation::default();
        model.evaluate(&tree.node, &[ROOT], &mut said);
        tree.evaluate(0, &said, 0, |action| root.allows(action));
        tree.visits[0] = 1;
        if !tree.open[0] {
            return Err(SearchError::NoAction { tree: 0, actions });
        }
        Ok(Self { tree, depth, next: ROOT })
    }

    /// Expands up to `nodes` nodes and returns how many; 0 once the tree is full.
    pub fn grow<M: Listed<Node = N>>(
        &mut self,
        model: &mut M,
        nodes: u32,
    ) -> Result<u32, SearchError> {
        let mut expanded = 0;
        while expanded < nodes && self.next < self.tree.len[0] {
            let at = self.next as usize;
            if self.tree.open[at] && self.tree.depth[at] < self.depth {
                self.expand(model)?;
                expanded += 1;
            }
            self.next += 1;
        }
        Ok(expanded)
    }

    /// All outcomes of all legal actions of the next node.
    fn expand<M: Listed<Node = N>>(&mut self, model: &mut M) -> Result<(), SearchError> {
        let (node, first) = (self.next, self.tree.len[0]);
        let mut listed: Vec<(f64, Follow<N>)> = Vec::new();
        for action in 0..self.tree.actions {
            if self.tree.prior[node as usize * self.tree.actions + action] <= 0.0 {
                continue;
            }
            listed.clear();
            model.list(&self.tree.node[node as usize], action as Action, &mut listed);
            self.reserve(listed.len())?;
            for (probability, follow) in listed.drain(..) {
                if let Some(new) = self.tree.add(0, node, action as Action, follow) {
                    self.tree.probability[new as usize] = probability;
                }
            }
        }
        let goes_on = |&at: &u32| self.tree.discount[at as usize] != 0.0;
        let fresh: Vec<u32> = (first..self.tree.len[0]).filter(goes_on).collect();
        let mut said = Evaluation::default();
        model.evaluate(&self.tree.node, &fresh, &mut said);
        for (index, &at) in fresh.iter().enumerate() {
            self.tree.evaluate(at as usize, &said, index, |_| true);
        }
        Ok(())
    }

    fn reserve(&mut self, more: usize) -> Result<(), SearchError> {
        let wanted = self.tree.len[0] as usize + more;
        if wanted > MOST_NODES {
            return Err(SearchError::TooLarge {
                what: format!("depth {} with several outcomes an action", self.depth),
                nodes: format!("more than {}", grouped(MOST_NODES as u128)),
                way_out: "choose a smaller depth".to_owned(),
            });
        }
        if wanted > self.tree.capacity {
            self.tree.grow(wanted.max(self.tree.capacity * 2).min(MOST_NODES));
        }
        Ok(())
    }

    /// Whether every node within the depth is expanded.
    pub fn is_done(&self) -> bool {
        self.next >= self.tree.len[0]
    }

    /// Nodes so far, the root included.
    pub fn nodes(&self) -> u32 {
        self.tree.len[0]
    }

    /// Backs all values up, leaves first, and tells what the root is worth. Nodes not expanded yet
    /// count as leaves. Visits are nodes: those below an action, and itself for a node.
    pub fn back_up(&mut self) -> Answer {
        let tree = &mut self.tree;
        let len = tree.len[0] as usize;
        tree.edge_value.fill(0.0);
        tree.edge_visits.fill(0);
        tree.visits[..len].fill(1);
        tree.value.copy_from_slice(&tree.raw_value);
        for at in (0..len).rev() {
            let edges = tree.edges(at);
            let expanded = tree.edge_visits[edges.clone()].iter().any(|&n| n > 0);
            if expanded {
                let tried = edges.filter(|&edge| tree.edge_visits[edge] > 0);
                let values = tried.map(|edge| tree.edge_value[edge]);
                tree.value[at] = values.fold(f64::NEG_INFINITY, f64::max);
            }
            let parent = tree.parent[at];
            if parent != NONE {
                let parent = parent as usize;
                let edge = parent * tree.actions + usize::from(tree.action[at]);
                let target = tree.reward[at] + tree.discount[at] * tree.value[at];
                tree.edge_value[edge] += tree.probability[at] * target;
                tree.edge_visits[edge] += tree.visits[at];
                tree.visits[parent] += tree.visits[at];
            }
        }
        let mut answer = Answer::new(tree, 0, Vec::new(), |a| {
            (tree.edge_visits[a] > 0).then(|| tree.edge_value[a])
        });
        let share = 1.0 / answer.best.len().max(1) as f64;
        let is_best = |a: usize| answer.best.contains(&(a as Action));
        answer.policy = (0..tree.actions).map(|a| if is_best(a) { share } else { 0.0 }).collect();
        answer
    }

    /// The evidence, as of the last [`Self::back_up`].
    pub fn tree(&self) -> &Tree<N> {
        &self.tree
    }
}

fn too_deep(actions: usize, depth: u16) -> SearchError {
    let fits = (1..depth).rev().find(|&d| full_tree(actions, d) <= MOST_NODES as u128);
    let nodes = full_tree(actions, depth);
    SearchError::TooLarge {
        what: format!("depth {depth} with {actions} actions"),
        nodes: if nodes == u128::MAX { "more than 10^38".to_owned() } else { grouped(nodes) },
        way_out: match fits {
            Some(fits) => format!("choose a depth of {fits} or less"),
            None => "no depth fits".to_owned(),
        },
    }
}

/// What the full tree of any depth would say, without growing it.
#[derive(Clone, Debug, PartialEq)]
pub struct Folded {
    /// `[A]`: action values at the root; `None`: illegal.
    pub q: Vec<Option<f64>>,
    /// Nodes the tree would have.
    pub nodes: u128,
}

/// Computes each state once for each depth, because equal states with equally many steps left
/// have equal trees below them: time and memory grow with states times depth.
pub fn folded<M: Listed<Node = State>>(model: &mut M, state: State, depth: u16) -> Folded {
    let mut known = BTreeMap::new();
    for left in 1..depth {
        // From the leaves up, so that no level asks for more than the one below it.
        for state in within(model, state, depth - left) {
            let folded = fold(model, state, left, &known);
            known.insert((left, state), folded.1);
        }
    }
    fold(model, state, depth, &known).0
}

/// States that can be reached in exactly `steps` steps.
fn within<M: Listed<Node = State>>(model: &mut M, from: State, steps: u16) -> BTreeSet<State> {
    let mut front = BTreeSet::from([from]);
    let mut listed = Vec::new();
    for _ in 0..steps {
        let mut next = BTreeSet::new();
        for state in front {
            for action in 0..model.actions() {
                listed.clear();
                model.list(&state, action as Action, &mut listed);
                let on = listed.iter().filter(|(_, f)| f.discount != 0.0);
                next.extend(on.map(|(_, f)| f.next));
            }
        }
        front = next;
    }
    front
}

/// One state with `left` steps left: its action values; its value and number of nodes.
fn fold<M: Listed<Node = State>>(
    model: &mut M,
    state: State,
    left: u16,
    known: &BTreeMap<(u16, State), (f64, u128)>,
) -> (Folded, (f64, u128)) {
    let said = evaluated(model, state);
    let (mut q, mut nodes) = (vec![None; model.actions()], 1_u128);
    let mut listed = Vec::new();
    for (action, q) in q.iter_mut().enumerate().filter(|(a, _)| said.logits[*a].is_finite()) {
        listed.clear();
        model.list(&state, action as Action, &mut listed);
        for (probability, follow) in &listed {
            let (value, below) = match (follow.discount, known.get(&(left - 1, follow.next))) {
                (0.0, _) => (0.0, 1),
                (_, Some(&known)) => known,
                (_, None) => (evaluated(model, follow.next).values[0], 1),
            };
            *q.get_or_insert(0.0) += probability * (follow.reward + follow.discount * value);
            nodes = nodes.saturating_add(below);
        }
    }
    let best = q.iter().flatten().copied().reduce(f64::max);
    let value = best.unwrap_or(said.values[0]);
    (Folded { q, nodes }, (value, nodes))
}

fn evaluated<M: Listed<Node = State>>(model: &mut M, state: State) -> Evaluation {
    let mut said = Evaluation::default();
    model.evaluate(&[state], &[0], &mut said);
    said
}
