//! Monte-Carlo tree search: select, expand, evaluate, back up; one simulation in every tree a call.
//!
//! Kocsis & Szepesvari (2006), Schrittwieser et al. (2020), Danihelka et al. (2022). A node counts
//! its own evaluation as a visit, so that `N(s) = 1 + sum n(s, a)` and the policy matters from the
//! first simulation on. Where outcomes are drawn, every passage draws anew, and an action has one
//! child for each outcome seen.

mod says;

use super::begin::{Root, SearchError};
use super::model::{Ask, Evaluation, Follow, Model};
use super::noise::{dirichlet, gumbel};
use super::rollout::Rollouts;
use super::select::{At, Rule, Score, Selector, Work, best};
use super::settings::{Leaf, Settings, check};
use super::tree::{NONE, ROOT, Tree};
use crate::base::rng::Stream;
use crate::mdp::Action;

/// Budgets of nodes that [`TreeSearch::carry_on`] keeps at most.
const MOST_KEPT: usize = 4;

/// A search of `P` trees, resumable one simulation at a time.
#[derive(Clone, Debug)]
pub struct TreeSearch<N> {
    settings: Settings,
    selector: Selector,
    tree: Tree<N>,
    /// Simulations done in every tree.
    done: u32,
    /// `[P, A]`: Gumbel draws; empty for other rules.
    gumbel: Vec<f64>,
    /// `[P]`: least and greatest action value backed up.
    ranges: Vec<(f64, f64)>,
    /// `[P]`: where the last simulation ended.
    leaf: Vec<u32>,
    /// `[P]`: what the last simulation found there.
    gain: Vec<f64>,
    scratch: Scratch<N>,
}

/// Kept from call to call, so that a simulation allocates nothing.
#[derive(Clone, Debug)]
struct Scratch<N> {
    work: Work,
    scores: Vec<Score>,
    /// `(tree, node)`: simulations under way.
    walking: Vec<(u32, u32)>,
    /// `[P]`: node at which somebody else's simulation tries something new; [`NONE`] by the rule.
    forced: Vec<u32>,
    asks: Vec<Ask>,
    /// Node within its tree of each ask.
    from: Vec<u32>,
    follows: Vec<Follow<N>>,
    /// Leaves that the model is asked about.
    fresh: Vec<Fresh>,
    /// Their places.
    places: Vec<u32>,
    said: Evaluation,
}

/// A leaf that the model is asked about.
#[derive(Clone, Copy, Debug)]
struct Fresh {
    at: u32,
    tree: u32,
    /// Whether it is new to the tree; an old one at the greatest depth is only rolled out again.
    new: bool,
}

impl<N: Clone> TreeSearch<N> {
    /// Evaluates the roots. `dice` has one stream a tree.
    pub fn begin<M: Model<Node = N>>(
        settings: Settings,
        roots: &[Root<N>],
        model: &mut M,
        dice: &mut [Stream],
    ) -> Result<Self, SearchError> {
        let actions = model.actions();
        check(&settings, roots, dice.len(), actions)?;
        let nodes: Vec<N> = roots.iter().map(|r| r.node.clone()).collect();
        let mut search =
            Self::around(settings, Tree::new(&nodes, settings.budget as usize + 1, actions));
        search.evaluate_roots(roots, model, dice)?;
        Ok(search)
    }

    /// Goes on from `keep[p]` (a node of tree `p`) with what is known below it: the local
    /// knowledge is kept for the next real step. Not for [`Rule::Gumbel`], whose schedule counts
    /// from nothing.
    pub fn carry_on(&self, keep: &[u32]) -> Self {
        let budget = self.settings.budget as usize;
        let tree = self.tree.below(keep, MOST_KEPT * budget, budget + 1);
        let mut next = Self::around(self.settings, tree);
        next.ranges.clone_from(&self.ranges);
        next
    }

    fn around(settings: Settings, tree: Tree<N>) -> Self {
        let (trees, budget) = (tree.trees, settings.budget as usize);
        Self {
            settings,
            selector: Selector::new(settings.rule, settings.range, budget, tree.actions),
            done: 0,
            gumbel: Vec::new(),
            ranges: vec![(f64::INFINITY, f64::NEG_INFINITY); trees],
            leaf: vec![ROOT; trees],
            gain: vec![0.0; trees],
            scratch: Scratch {
                work: Work::default(),
                scores: Vec::with_capacity(tree.actions),
                walking: Vec::with_capacity(trees),
                forced: vec![NONE; trees],
                asks: Vec::with_capacity(trees),
                from: Vec::with_capacity(trees),
                follows: Vec::with_capacity(trees),
                fresh: Vec::with_capacity(trees),
                places: Vec::with_capacity(trees),
                said: Evaluation::default(),
            },
            tree,
        }
    }

    fn evaluate_roots<M: Model<Node = N>>(
        &mut self,
        roots: &[Root<N>],
        model: &mut M,
        dice: &mut [Stream],
    ) -> Result<(), SearchError> {
        let tree = &mut self.tree;
        let which: Vec<u32> = (0..roots.len()).map(|p| tree.at(p, ROOT) as u32).collect();
        let mut said = Evaluation::default();
        model.evaluate(&tree.node, &which, &mut said);
        for (p, root) in roots.iter().enumerate() {
            let at = tree.at(p, ROOT);
            tree.evaluate(at, &said, p, |action| root.allows(action));
            tree.visits[at] = 1;
            if !tree.open[at] {
                return Err(SearchError::NoAction { tree: p, actions: tree.actions });
            }
            match self.settings.rule {
                Rule::Puct { noise: Some(noise), .. } => {
                    let edges = tree.edges(at);
                    let mut drawn = vec![0.0; tree.actions];
                    let prior = &mut tree.prior[edges.clone()];
                    dirichlet(noise.alpha, |a| prior[a] > 0.0, &mut drawn, &mut dice[p]);
                    for (p, x) in prior.iter_mut().zip(drawn) {
                        *p = (1.0 - noise.fraction) * *p + noise.fraction * x;
                    }
                    for edge in edges {
                        tree.logits[edge] = tree.prior[edge].ln();
                    }
                }
                Rule::Gumbel { scale, .. } => {
                    self.gumbel.extend((0..tree.actions).map(|_| match scale {
                        0.0 => 0.0,
                        scale => scale * gumbel(&mut dice[p]),
                    }));
                }
                Rule::Uct { .. } | Rule::Puct { noise: None, .. } => {}
            }
        }
        Ok(())
    }

    // ------------------------------------------------------------ one simulation

    /// One simulation in every tree; nothing once the budget is spent.
    pub fn simulate<M: Model<Node = N>>(&mut self, model: &mut M, dice: &mut [Stream]) {
        if self.is_done() {
            return;
        }
        self.scratch.walking.clear();
        self.scratch.walking.extend((0..self.tree.trees as u32).map(|p| (p, ROOT)));
        self.walk(model, dice);
    }

    /// One simulation in every tree that goes through `nodes[p]`, wherever the rule would have
    /// gone: there with an action not tried yet, if one is left, and by the rule from then on. It
    /// is backed up like any other and takes its share of the budget.
    pub fn simulate_below<M: Model<Node = N>>(
        &mut self,
        model: &mut M,
        dice: &mut [Stream],
        nodes: &[u32],
    ) -> Result<(), SearchError> {
        if nodes.len() != self.tree.trees {
            return Err(SearchError::Nodes { nodes: nodes.len(), trees: self.tree.trees });
        }
        for (tree, &node) in nodes.iter().enumerate() {
            self.check_node(tree, node)?;
        }
        if self.is_done() {
            return Ok(());
        }
        self.scratch.walking.clear();
        self.scratch.walking.extend((0..).zip(nodes.iter().copied()));
        self.scratch.forced.copy_from_slice(nodes);
        self.walk(model, dice);
        self.scratch.forced.fill(NONE);
        Ok(())
    }

    /// Refuses nodes that nothing can be tried below.
    fn check_node(&self, tree: usize, node: u32) -> Result<(), SearchError> {
        let nodes = self.tree.len[tree];
        if node >= nodes {
            return Err(SearchError::NoNode { tree, node, nodes });
        }
        let at = self.tree.at(tree, node);
        let depth = self.tree.depth[at];
        match (self.tree.open[at], depth >= self.settings.depth) {
            (false, _) => Err(SearchError::Closed { node }),
            (true, true) => Err(SearchError::Deepest { node, depth }),
            (true, false) => Ok(()),
        }
    }

    /// Select, expand, evaluate and back up, from where every simulation stands.
    fn walk<M: Model<Node = N>>(&mut self, model: &mut M, dice: &mut [Stream]) {
        let certain = model.is_certain();
        self.scratch.fresh.clear();
        while !self.scratch.walking.is_empty() {
            self.ask(certain, dice);
            self.scratch.follows.clear();
            let (asks, follows) = (&self.scratch.asks, &mut self.scratch.follows);
            if !asks.is_empty() {
                model.follow(&self.tree.node, asks, dice, follows);
            }
            self.arrive(model);
        }
        self.evaluate(model, dice);
        for p in 0..self.tree.trees {
            self.back_up(p);
        }
        self.done += 1;
    }

    /// Every simulation under way goes on to where the model must be asked, or ends.
    fn ask(&mut self, certain: bool, dice: &mut [Stream]) {
        self.scratch.asks.clear();
        self.scratch.from.clear();
        let mut walking = std::mem::take(&mut self.scratch.walking);
        for (p, node) in walking.drain(..) {
            let (tree, mut node) = (p as usize, node);
            loop {
                let at = self.tree.at(tree, node);
                let deepest = self.tree.depth[at] >= self.settings.depth;
                if deepest || !self.tree.open[at] {
                    self.leaf[tree] = node;
                    self.gain[tree] = self.tree.raw_value[at];
                    if self.tree.open[at] && self.settings.leaf != Leaf::Value {
                        self.scratch.fresh.push(Fresh { at: at as u32, tree: p, new: false });
                    }
                    break;
                }
                let action = self.choose(tree, node, &mut dice[tree]);
                let child = self.tree.child[at * self.tree.actions + action];
                if certain && child != NONE {
                    node = child;
                    continue;
                }
                let action = action as Action;
                self.scratch.asks.push(Ask { tree: p, node: at as u32, action });
                self.scratch.from.push(node);
                break;
            }
        }
        self.scratch.walking = walking;
    }

    #[inline]
    fn choose(&mut self, tree: usize, node: u32, dice: &mut Stream) -> usize {
        let at = view(&self.tree, &self.gumbel, &self.ranges, tree, node);
        let scratch = &mut self.scratch;
        self.selector.scores(&self.tree, at, &mut scratch.work, &mut scratch.scores);
        if scratch.forced[tree] == node {
            untried_first(&self.tree, at.at, &mut scratch.scores);
        }
        best(&self.scratch.scores, dice)
    }

    /// Outcomes seen before are walked through, new ones become leaves.
    fn arrive<M: Model<Node = N>>(&mut self, model: &M) {
        let tree = &mut self.tree;
        let asked = self.scratch.asks.iter().zip(&self.scratch.from);
        for ((ask, &node), follow) in asked.zip(self.scratch.follows.drain(..)) {
            let (p, at) = (ask.tree as usize, ask.node as usize);
            let same = |&child: &u32| {
                let place = tree.at(p, child);
                let (reward, discount) = (tree.reward[place], tree.discount[place]);
                (reward, discount) == (follow.reward, follow.discount)
                    && model.is_same(&tree.node[place], &follow.next)
            };
            let known = tree.outcomes(p, at, usize::from(ask.action)).find(same);
            if let Some(child) = known {
                self.scratch.walking.push((ask.tree, child));
                continue;
            }
            let over = follow.discount == 0.0;
            // A kept tree may be full: then the simulation ends one step earlier.
            let new = tree.add(p, node, ask.action, follow);
            let leaf = new.unwrap_or(node);
            let place = tree.at(p, leaf);
            self.leaf[p] = leaf;
            self.gain[p] = tree.raw_value[place];
            if new.is_some() && !over {
                self.scratch.fresh.push(Fresh { at: place as u32, tree: ask.tree, new: true });
            }
        }
    }

    /// All leaves at once.
    fn evaluate<M: Model<Node = N>>(&mut self, model: &mut M, dice: &mut [Stream]) {
        let scratch = &mut self.scratch;
        if scratch.fresh.is_empty() {
            return;
        }
        scratch.said.values.clear();
        scratch.said.logits.clear();
        scratch.places.clear();
        scratch.places.extend(scratch.fresh.iter().map(|f| f.at));
        model.evaluate(&self.tree.node, &scratch.places, &mut scratch.said);
        for (index, fresh) in scratch.fresh.iter().enumerate() {
            if fresh.new {
                self.tree.evaluate(fresh.at as usize, &scratch.said, index, |_| true);
            }
            self.gain[fresh.tree as usize] = scratch.said.values[index];
        }
        if let Leaf::Rollout { depth, truncated } = self.settings.leaf {
            let starts = scratch.fresh.iter();
            let starts = starts.map(|f| (f.tree, self.tree.node[f.at as usize].clone()));
            let mut rollouts = Rollouts::new(starts, &scratch.said);
            rollouts.run(model, dice, depth, truncated);
            for (fresh, &gain) in scratch.fresh.iter().zip(rollouts.returns()) {
                self.gain[fresh.tree as usize] = gain;
            }
        }
    }

    /// `G <- r + gamma G` from the leaf to the root; means of it at nodes and edges.
    #[inline]
    fn back_up(&mut self, p: usize) {
        let tree = &mut self.tree;
        let (mut node, mut gain) = (self.leaf[p], self.gain[p]);
        let leaf = tree.at(p, node);
        tree.visits[leaf] += 1;
        tree.value[leaf] += (gain - tree.value[leaf]) / f64::from(tree.visits[leaf]);
        let (mut low, mut high) = self.ranges[p];
        while node != ROOT {
            let at = tree.at(p, node);
            gain = tree.reward[at] + tree.discount[at] * gain;
            node = tree.parent[at];
            let above = tree.at(p, node);
            let edge = above * tree.actions + usize::from(tree.action[at]);
            tree.edge_visits[edge] += 1;
            let q = &mut tree.edge_value[edge];
            *q += (gain - *q) / f64::from(tree.edge_visits[edge]);
            (low, high) = (low.min(*q), high.max(*q));
            tree.visits[above] += 1;
            tree.value[above] += (gain - tree.value[above]) / f64::from(tree.visits[above]);
        }
        self.ranges[p] = (low, high);
    }
}

#[inline]
fn view<'a, N: Clone>(
    tree: &Tree<N>,
    gumbel: &'a [f64],
    ranges: &[(f64, f64)],
    p: usize,
    node: u32,
) -> At<'a> {
    let row = p * tree.actions..(p + 1) * tree.actions;
    let gumbel = if node == ROOT { gumbel.get(row) } else { None };
    At { at: tree.at(p, node), gumbel, tree_range: ranges[p] }
}

/// Leaves only actions that were never tried at the node at `at`, if there are any.
fn untried_first<N: Clone>(tree: &Tree<N>, at: usize, scores: &mut [Score]) {
    let edges = tree.edges(at);
    let new = |edge: usize| tree.prior[edge] > 0.0 && tree.edge_visits[edge] == 0;
    if edges.clone().any(new) {
        for (score, edge) in scores.iter_mut().zip(edges) {
            score.eligible = new(edge);
        }
    }
}
