//! Simulation-based search: episodes of a sample model from the present state, learned from in a
//! *local* table as if they were real (the lecture's Monte-Carlo search and TD search; Silver,
//! Sutton & Muller 2012).
//!
//! The local table is keyed by state and holds only states visited in this search. The global
//! value has two uses: it guides (rows of the local table begin with it) and it truncates (an
//! episode ends at the depth with it). The tree grows by one node an episode: the first step off
//! what was there; its action values are those of the local table.

use std::collections::BTreeMap;

use super::answer::Answer;
use super::begin::{Root, SearchError, check_budget, check_roots};
use super::model::{Ask, Evaluation, Follow, Stated};
use super::tree::{ROOT, Tree};
use crate::base::rng::Stream;
use crate::mdp::{Action, State};
use crate::rl::td::{max_value, towards};

/// How the local table learns from an episode.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Backup {
    /// Means of returns, every visit.
    MonteCarlo,
    /// `Q += alpha (r + gamma max Q' - Q)` after every step.
    Td {
        /// Step size.
        alpha: f64,
    },
}

/// What a simulation-based search does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SimulationSettings {
    /// How it learns.
    pub backup: Backup,
    /// Whether rows of the local table begin with the global values, or with 0.
    pub guided: bool,
    /// Whether what follows the last step is worth the global value, or (to Monte-Carlo) nothing.
    pub truncated: bool,
    /// Share of simulated actions taken at random.
    pub epsilon: f64,
    /// Most steps of an episode.
    pub depth: u16,
    /// Episodes.
    pub budget: u32,
}

/// One state of a local table.
#[derive(Clone, Debug, PartialEq)]
pub struct LocalRow {
    /// `[A]`: local action values; minus infinity for what cannot be done.
    pub q: Vec<f64>,
    /// `[A]`: updates.
    pub updates: Vec<u32>,
}

/// A local table: only what was visited.
pub type LocalTable = BTreeMap<State, LocalRow>;

/// A search of `P` trees, resumable one episode at a time.
#[derive(Clone, Debug)]
pub struct Simulation {
    settings: SimulationSettings,
    tree: Tree<State>,
    /// `[P]`.
    local: Vec<LocalTable>,
    /// `[P, A]`: legal actions of the roots.
    legal: Vec<bool>,
    done: u32,
    /// `[P]`: states of the last episode.
    episodes: Vec<Vec<State>>,
    scratch: Scratch,
}

/// Kept from step to step, so that a step allocates nothing.
#[derive(Clone, Debug, Default)]
struct Scratch {
    states: Vec<State>,
    asks: Vec<Ask>,
    follows: Vec<Follow<State>>,
}

/// One episode under way.
#[derive(Debug)]
struct Episode {
    state: State,
    /// What happened: state, action, reward, discount.
    steps: Vec<(State, Action, f64, f64)>,
    /// Node of the tree it stands at; `None`: it has left the tree.
    node: Option<u32>,
    /// Last node of the tree it visited, and how many steps led there.
    end: (u32, usize),
    /// Value of what follows the last step.
    rest: f64,
    over: bool,
}

impl Simulation {
    /// Evaluates the roots; `kept[p]` is a local table to go on with, where there is one.
    pub fn begin<M: Stated>(
        settings: SimulationSettings,
        roots: &[Root<State>],
        kept: Vec<LocalTable>,
        model: &mut M,
    ) -> Result<Self, SearchError> {
        let actions = model.actions();
        check(&settings, roots, actions)?;
        let nodes: Vec<State> = roots.iter().map(|r| r.node).collect();
        let mut tree = Tree::new(&nodes, settings.budget as usize + 1, actions);
        let which: Vec<u32> = (0..roots.len()).map(|p| tree.at(p, ROOT) as u32).collect();
        let mut said = Evaluation::default();
        model.evaluate(&tree.node, &which, &mut said);
        for (p, root) in roots.iter().enumerate() {
            let at = tree.at(p, ROOT);
            tree.evaluate(at, &said, p, |action| root.allows(action));
            if !tree.open[at] {
                return Err(SearchError::NoAction { tree: p, actions });
            }
        }
        let legal = tree.trees * actions;
        let legal = (0..legal).map(|i| roots[i / actions].allows(i % actions)).collect();
        let mut local = kept;
        local.resize(roots.len(), LocalTable::new());
        let episodes = nodes.iter().map(|&state| vec![state]).collect();
        let scratch = Scratch::default();
        Ok(Self { settings, tree, local, legal, done: 0, episodes, scratch })
    }

    // ------------------------------------------------------------ one episode

    /// One episode in every tree; nothing once the budget is spent.
    pub fn simulate<M: Stated>(&mut self, model: &mut M, dice: &mut [Stream]) {
        if self.is_done() {
            return;
        }
        let mut episodes: Vec<Episode> = (0..self.tree.trees).map(|p| self.start(p)).collect();
        for _ in 0..self.settings.depth {
            if !self.step(&mut episodes, model, dice) {
                break;
            }
        }
        for (p, mut episode) in episodes.into_iter().enumerate() {
            if !episode.over && self.settings.truncated {
                episode.rest = evaluate(model, episode.state).0;
            }
            self.learn(p, &episode);
        }
        self.done += 1;
    }

    fn start(&mut self, p: usize) -> Episode {
        let state = self.tree.node[self.tree.at(p, ROOT)];
        self.episodes[p].clear();
        self.episodes[p].push(state);
        Episode {
            state,
            steps: Vec::new(),
            node: Some(ROOT),
            end: (ROOT, 0),
            rest: 0.0,
            over: false,
        }
    }

    /// One step of every episode that goes on; false once none does.
    fn step<M: Stated>(
        &mut self,
        episodes: &mut [Episode],
        model: &mut M,
        dice: &mut [Stream],
    ) -> bool {
        let mut scratch = std::mem::take(&mut self.scratch);
        let Scratch { states, asks, follows } = &mut scratch;
        states.clear();
        asks.clear();
        follows.clear();
        for (p, episode) in episodes.iter_mut().enumerate().filter(|(_, e)| !e.over) {
            let row = row(&mut self.local[p], model, episode.state, self.settings.guided);
            let root = episode.steps.is_empty().then(|| &self.legal[p * row.q.len()..]);
            match act(row, root, self.settings.epsilon, &mut dice[p]) {
                Some(action) => {
                    asks.push(Ask { tree: p as u32, node: states.len() as u32, action });
                    states.push(episode.state);
                }
                None => {
                    // The model knows no way on.
                    episode.over = true;
                    episode.rest = evaluate(model, episode.state).0;
                }
            }
        }
        model.follow(states, asks, dice, follows);
        for (ask, follow) in asks.iter().zip(follows.iter()) {
            let p = ask.tree as usize;
            self.move_on(p, &mut episodes[p], ask.action, follow);
            if let Backup::Td { alpha } = self.settings.backup {
                self.td(p, &episodes[p], alpha, model);
            }
        }
        let goes_on = !scratch.asks.is_empty();
        self.scratch = scratch;
        goes_on
    }

    fn move_on(&mut self, p: usize, episode: &mut Episode, action: Action, follow: &Follow<State>) {
        episode.steps.push((episode.state, action, follow.reward, follow.discount));
        episode.state = follow.next;
        episode.over = follow.discount == 0.0;
        self.episodes[p].push(follow.next);
        let Some(node) = episode.node.take() else { return };
        let at = self.tree.at(p, node);
        let is_it = |&child: &u32| {
            let place = self.tree.at(p, child);
            let same = (self.tree.reward[place], self.tree.discount[place]);
            self.tree.node[place] == follow.next && same == (follow.reward, follow.discount)
        };
        let known = self.tree.outcomes(p, at, usize::from(action)).find(is_it);
        let new = known.or_else(|| self.tree.add(p, node, action, follow.clone()));
        episode.node = known;
        episode.end = (new.unwrap_or(node), episode.steps.len());
    }

    // ------------------------------------------------------------ learn

    /// `Q += alpha (r + gamma max Q' - Q)` for the last step.
    fn td<M: Stated>(&mut self, p: usize, episode: &Episode, alpha: f64, model: &mut M) {
        let Some(&(state, action, reward, discount)) = episode.steps.last() else { return };
        let last = episode.steps.len() >= usize::from(self.settings.depth);
        let next = match discount {
            0.0 => 0.0,
            _ if last && self.settings.truncated => evaluate(model, episode.state).0,
            _ => {
                let next = row(&mut self.local[p], model, episode.state, self.settings.guided);
                let best = max_value(&next.q);
                if best.is_finite() { best } else { evaluate(model, episode.state).0 }
            }
        };
        if let Some(row) = self.local[p].get_mut(&state) {
            let q = &mut row.q[usize::from(action)];
            *q = towards(*q, reward + discount * next, alpha);
            row.updates[usize::from(action)] += 1;
        }
    }

    /// Returns into the tree, and into the local table where it learns from them.
    fn learn(&mut self, p: usize, episode: &Episode) {
        let (end, steps_in_tree) = episode.end;
        let (mut gain, mut node) = (episode.rest, end);
        for (index, &(state, action, reward, discount)) in episode.steps.iter().enumerate().rev() {
            if index < steps_in_tree {
                self.visit(p, node, gain);
                node = self.tree.parent[self.tree.at(p, node)];
            }
            gain = reward + discount * gain;
            if self.settings.backup == Backup::MonteCarlo
                && let Some(row) = self.local[p].get_mut(&state)
            {
                let a = usize::from(action);
                row.updates[a] += 1;
                row.q[a] = towards(row.q[a], gain, 1.0 / f64::from(row.updates[a]));
            }
        }
        self.visit(p, ROOT, gain);
    }

    /// Counts a visit of `node` with return `gain` from there on.
    fn visit(&mut self, p: usize, node: u32, gain: f64) {
        let tree = &mut self.tree;
        let at = tree.at(p, node);
        tree.visits[at] += 1;
        tree.value[at] = towards(tree.value[at], gain, 1.0 / f64::from(tree.visits[at]));
        if node != ROOT {
            let above = tree.at(p, tree.parent[at]);
            tree.edge_visits[above * tree.actions + usize::from(tree.action[at])] += 1;
        }
    }

    // ------------------------------------------------------------ what it says

    /// Whether the budget is spent.
    pub fn is_done(&self) -> bool {
        self.done >= self.settings.budget
    }

    /// Episodes done in every tree.
    pub fn done(&self) -> u32 {
        self.done
    }

    /// States of the last episode of tree `p`, the root first.
    pub fn last_episode(&self, p: usize) -> &[State] {
        &self.episodes[p]
    }

    /// The local table of tree `p`.
    pub fn local(&self, p: usize) -> &LocalTable {
        &self.local[p]
    }

    /// The local tables, to go on with after the next real step.
    pub fn into_local(self) -> Vec<LocalTable> {
        self.local
    }

    /// Nodes of tree `p` in use.
    pub fn nodes(&self, p: usize) -> u32 {
        self.tree.len[p]
    }

    /// The evidence: the trees with the action values of the local tables.
    pub fn evidence(&self) -> Tree<State> {
        let mut tree = self.tree.clone();
        for p in 0..tree.trees {
            for node in 0..tree.len[p] {
                let at = tree.at(p, node);
                let edges = tree.edges(at);
                if let Some(row) = self.local[p].get(&tree.node[at]) {
                    tree.edge_value[edges].copy_from_slice(&row.q);
                }
            }
        }
        tree
    }

    /// Host memory in bytes.
    pub fn bytes(&self) -> usize {
        let rows: usize = self.local.iter().map(LocalTable::len).sum();
        let row = self.tree.actions * (size_of::<f64>() + size_of::<u32>());
        self.tree.bytes() + rows * (row + size_of::<LocalRow>())
    }

    /// What is known of root `p` now: the arg-max of its local action values.
    pub fn answer(&self, p: usize) -> Answer {
        let at = self.tree.at(p, ROOT);
        let actions = self.tree.actions;
        let row = self.local[p].get(&self.tree.node[at]);
        let legal = |a: usize| self.tree.prior[at * actions + a] > 0.0;
        let q = |a: usize| row.map_or(0.0, |row| row.q[a]);
        let visits = &self.tree.edge_visits[self.tree.edges(at)];
        let all = f64::from(visits.iter().sum::<u32>().max(1));
        let policy = visits.iter().map(|&n| f64::from(n) / all).collect();
        let mut answer = Answer::new(&self.tree, at, policy, |a| legal(a).then(|| q(a)));
        answer.q = (0..actions).map(|a| (answer.visits[a] > 0).then(|| q(a))).collect();
        answer
    }
}

/// Value of a state, and the logits there.
fn evaluate<M: Stated>(model: &mut M, state: State) -> (f64, Vec<f64>) {
    let mut said = Evaluation::default();
    model.evaluate(&[state], &[0], &mut said);
    (said.values[0], said.logits)
}

/// The local row of `state`, made when it is first met.
fn row<'a, M: Stated>(
    local: &'a mut LocalTable,
    model: &mut M,
    state: State,
    guided: bool,
) -> &'a mut LocalRow {
    local.entry(state).or_insert_with(|| {
        let (_, logits) = evaluate(model, state);
        let first = |(action, logit): (usize, &f64)| match (logit.is_finite(), guided) {
            (false, _) => f64::NEG_INFINITY,
            (true, true) => model.pair_value(state, action as Action),
            (true, false) => 0.0,
        };
        let q: Vec<f64> = logits.iter().enumerate().map(first).collect();
        LocalRow { updates: vec![0; q.len()], q }
    })
}

/// Epsilon-greedy among the actions that can be taken, ties broken uniformly; `None`: there is
/// none. The coin is always drawn.
fn act(row: &LocalRow, root: Option<&[bool]>, epsilon: f64, dice: &mut Stream) -> Option<Action> {
    let can = |a: &usize| row.q[*a].is_finite() && root.is_none_or(|legal| legal[*a]);
    let able = || (0..row.q.len()).filter(can);
    let best = able().map(|a| row.q[a]).reduce(f64::max)?;
    let any = dice.chance(epsilon);
    let candidates = || able().filter(|&a| any || row.q[a] == best);
    let count = candidates().count() as u32;
    let chosen = if count > 1 { dice.below(count) } else { 0 };
    candidates().nth(chosen as usize).map(|a| a as Action)
}

fn check(
    settings: &SimulationSettings,
    roots: &[Root<State>],
    actions: usize,
) -> Result<(), SearchError> {
    check_roots(roots, actions)?;
    check_budget(settings.budget, settings.depth, roots.len())
}
