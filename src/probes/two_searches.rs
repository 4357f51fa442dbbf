//! The full tree and a partial one from the same state, with the same number of questions to the
//! same model.

use std::time::{Duration, Instant};

use super::lookahead::{Best, Learner, Method, Plan, Search};
use crate::mdp::{Action, State};
use crate::search::forward::{Forward, full_tree};
use crate::search::tree::Tree;
use crate::search::{Answer, Root};

/// Deepest full tree.
pub const DEEPEST: u16 = 7;

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ask {
    /// From where.
    pub from: State,
    /// Depth of the full tree; what it asks of the model is the budget of both.
    pub depth: u16,
    /// The other search; its budget is not read.
    pub plan: Plan,
}

/// One of the two.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// Nodes, the root included.
    pub nodes: u64,
    /// Nodes at each depth, from the root on.
    pub by_depth: Vec<usize>,
    /// Questions asked of the model.
    pub calls: u64,
    /// Time taken; a number for the eye, never for a film.
    pub took: Duration,
    /// Actions it would choose among.
    pub actions: Vec<Action>,
    /// Value of the root.
    pub value: f64,
    /// That value minus the truth; `None` where the truth is not known.
    pub error: Option<f64>,
    /// Whether all of its actions are truly best.
    pub right: Option<bool>,
}

/// Both, and what a full tree has.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The full tree.
    pub full: Side,
    /// The partial one.
    pub partial: Side,
    /// `1 + A + ... + A^depth` of the full tree.
    pub complete: u128,
    /// The same for a full tree as deep as the partial one.
    pub as_deep: u128,
}

/// Runs both; `None` where the model knows nothing to search.
pub fn compare(ask: &Ask, learner: &Learner<'_>, best: Option<&Best>) -> Option<Pair> {
    let depth = ask.depth.clamp(1, DEEPEST);
    let full = grow(ask, depth, learner, best)?;
    let partial = simulate(ask, full.calls, learner, best)?;
    let actions = learner.model.actions();
    let deepest = partial.by_depth.len().saturating_sub(1) as u16;
    Some(Pair {
        complete: full_tree(actions, depth),
        as_deep: full_tree(actions, deepest),
        full,
        partial,
    })
}

fn grow(ask: &Ask, depth: u16, learner: &Learner<'_>, best: Option<&Best>) -> Option<Side> {
    let begun = Instant::now();
    let mut face = learner.face(ask.plan);
    let mut forward = Forward::begin(&mut face, &Root::free(ask.from), depth).ok()?;
    forward.grow(&mut face, u32::MAX).ok()?;
    let answer = forward.back_up();
    let (took, value) = (begun.elapsed(), answer.value);
    Some(side(ask.from, (forward.tree(), &answer, value), (face.calls, took), best))
}

/// Until it has asked as much as the full tree did.
fn simulate(ask: &Ask, calls: u64, learner: &Learner<'_>, best: Option<&Best>) -> Option<Side> {
    let begun = Instant::now();
    // Every simulation asks at least once.
    let plan = Plan { budget: u32::try_from(calls).ok()?.max(1), ..ask.plan };
    let found = learner.search_while(plan, ask.from, |_, asked| asked < calls)?;
    let took = begun.elapsed();
    let tree = found.search.tree();
    let value = root_value(&found.search, &found.answer);
    Some(side(ask.from, (&tree, &found.answer, value), (found.calls, took), best))
}

/// What the root is worth by what was found: of the best action, as closing the loop learns it.
pub fn root_value(search: &Search, answer: &Answer) -> f64 {
    match search {
        Search::Forward(..) => answer.value,
        Search::Simulation(_) | Search::Tree(_) => answer.best_value(),
    }
}

fn side(
    from: State,
    (tree, answer, value): (&Tree<State>, &Answer, f64),
    (calls, took): (u64, Duration),
    best: Option<&Best>,
) -> Side {
    Side {
        nodes: u64::from(tree.len[0]),
        by_depth: tree.nodes_by_depth(0),
        calls,
        took,
        value,
        error: best.map(|best| value - best.value(from)),
        right: best.map(|best| answer.best.iter().all(|&a| best.is_best(from, a))),
        actions: answer.best.clone(),
    }
}

/// Methods that can be compared with the full tree: those that may stop at any moment.
pub const PARTIAL: [Method; 4] = [Method::MonteCarlo, Method::Td, Method::Uct, Method::Puct];

#[cfg(test)]
mod tests {
    use super::super::lookahead::{dials, tests::known};
    use super::*;

    const OPEN: &str = ".....\n.....\n..S..\n.....\n....G";

    fn ask(method: Method, depth: u16) -> Ask {
        let plan = Plan { method, depth: 20, ..dials("", &[]).plan() };
        Ask { from: 12, depth, plan }
    }

    #[test]
    fn the_full_tree_has_the_sum_of_powers_and_both_ask_as_much() {
        let (truth, model, table) = known(OPEN, 0.0);
        let view = model.view();
        let learner = Learner { table: &table, model: &view, gamma: 0.9 };
        let best = Best::of(&truth, 0.9);
        for method in PARTIAL {
            for depth in 1..=3 {
                let pair = compare(&ask(method, depth), &learner, best.as_ref()).unwrap();
                // The goal is 4 steps away: no end within 3.
                assert_eq!(u128::from(pair.full.nodes), pair.complete);
                let powers: Vec<usize> = (0..=depth).map(|d| 4_usize.pow(d.into())).collect();
                assert_eq!(pair.full.by_depth, powers);
                assert_eq!(u128::from(pair.full.calls) + 1, pair.complete, "one call a node");
                let (a, b) = (pair.full.calls, pair.partial.calls);
                assert!(b >= a && b < a + 20 * 10 + 200, "{method:?}: {a} {b}");
                let sum: usize = pair.partial.by_depth.iter().sum();
                assert_eq!(sum as u64, pair.partial.nodes);
                assert!(pair.as_deep >= u128::from(pair.partial.nodes));
            }
        }
    }

    #[test]
    fn errors_are_those_of_the_roots() {
        let (truth, model, table) = known(OPEN, 0.0);
        let view = model.view();
        let learner = Learner { table: &table, model: &view, gamma: 0.9 };
        let best = Best::of(&truth, 0.9).unwrap();
        let at = |depth| compare(&ask(Method::Uct, depth), &learner, Some(&best)).unwrap().full;
        // Nothing is known of values: three steps see nothing, four see the goal.
        assert!((at(3).error.unwrap() + 0.9_f64.powi(3)).abs() < 1e-12);
        assert_eq!((at(3).right, at(3).actions), (Some(false), vec![0, 1, 2, 3]));
        assert!(at(4).error.unwrap().abs() < 1e-12);
        assert_eq!((at(4).right, at(4).actions), (Some(true), vec![1, 2]));
    }
}
