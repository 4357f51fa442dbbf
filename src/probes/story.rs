//! A search from its first unit to its last: lived again, so that its picture is its own past.

use crate::agents::search::Method;
pub use crate::agents::search::{Past, Relived};
use crate::mdp::{Action, State};
pub use crate::models::sight::Seen;
pub use crate::search::Answer;
pub use crate::search::select::Score;
pub use crate::search::tree::{NONE, ROOT, Tree};

/// A search after so many units.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// `[A]`: visits of the actions of the root.
    pub visits: Vec<u32>,
    /// `[A]`: their values; `None`: not tried.
    pub q: Vec<Option<f64>>,
    /// Value of the root.
    pub value: f64,
    /// What it would do.
    pub action: Action,
    /// Nodes in use.
    pub nodes: u32,
    /// Nodes that the last unit went through, from the root on, each with the action that led
    /// there; empty before the first, and for searches that do not select.
    pub path: Vec<(u32, Action)>,
    /// Where the last unit ended.
    pub end: Option<State>,
}

impl Frame {
    /// What `search` says now.
    pub fn of(search: &mut Relived) -> Self {
        let answer = search.answer();
        let action = answer.action();
        let Answer { visits, q, value, .. } = answer;
        let (nodes, path, end) = (search.nodes(), search.last_path(), search.last_end());
        Self { visits, q, value, action, nodes, path, end }
    }
}

/// All frames of one search.
#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    /// `[units + 1]`: at its beginning, and after every unit up to its budget.
    pub frames: Vec<Frame>,
    /// Least and greatest value of a pair in the whole tree: the scale of all its pictures.
    pub range: (f64, f64),
}

impl Story {
    /// Lives a search again; `None`: it cannot begin.
    pub fn of(past: &Past) -> Option<Self> {
        let mut search = past.begin().ok()?;
        let mut frames = vec![Frame::of(&mut search)];
        while search.unit() {
            frames.push(Frame::of(&mut search));
        }
        Some(Self { frames, range: range(&search.tree()) })
    }

    /// Units of the whole search.
    pub fn units(&self) -> u32 {
        self.frames.len().saturating_sub(1) as u32
    }

    /// After `done` units, or at the end.
    pub fn at(&self, done: u32) -> &Frame {
        &self.frames[(done as usize).min(self.frames.len() - 1)]
    }

    /// Unit `done + 1`; `None` at the end.
    pub fn next(&self, done: u32) -> Option<&Frame> {
        self.frames.get(done as usize + 1)
    }
}

/// From the least to the greatest action value of tree 0; 0 is always on the scale.
fn range(tree: &Tree<State>) -> (f64, f64) {
    let edges = tree.edge_value.iter().zip(&tree.edge_visits);
    let tried = edges.filter(|(q, n)| **n > 0 && q.is_finite()).map(|(q, _)| *q);
    tried.fold((0.0, 0.0), |(low, high), q| (f64::min(low, q), f64::max(high, q)))
}

/// Why a node's actions are chosen or not, and which one is.
#[derive(Clone, Debug, PartialEq)]
pub struct Sums {
    /// `[A]`.
    pub scores: Vec<Score>,
    /// The action that the next simulation takes here; `None`: it does not come by, or is not
    /// known. Until it has ended nothing is backed up, so the sums are those it chooses by.
    pub next: Option<Action>,
}

impl Sums {
    /// The sums at `node` of a search whose next simulation goes along `path`.
    pub fn of(now: &Relived, node: u32, path: &[(u32, Action)]) -> Self {
        let step = path.windows(2).find(|pair| pair[0].0 == node);
        Self { scores: now.scores(node), next: step.map(|pair| pair[1].1) }
    }

    /// The actions whose sum is greatest among those that may be taken.
    pub fn best(&self) -> Vec<Action> {
        let sum = |s: &Score| s.value + s.exploration;
        let top = self.scores.iter().filter(|s| s.eligible).map(sum).reduce(f64::max);
        let best = self.scores.iter().enumerate();
        let best = best.filter(|(_, s)| s.eligible && Some(sum(s)) == top);
        best.map(|(action, _)| action as Action).collect()
    }
}

/// Whether this search chooses children by a sum that can be shown.
pub fn has_sums(method: Method) -> bool {
    matches!(method, Method::Uct | Method::Puct | Method::Gumbel)
}

/// What the two parts of the sum are called.
pub fn parts(method: Method, root: bool) -> (&'static str, &'static str) {
    match (method, root) {
        (Method::Gumbel, true) => ("policy and Q", ""),
        (Method::Gumbel, false) => ("improved policy", "visits so far"),
        _ => ("Q, scaled 0 to 1", "exploration"),
    }
}
