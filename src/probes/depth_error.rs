//! Accuracy away from the root: how far what a search imagines is off the world, by depth; and what
//! it costs and gains to look deeper before the value stands for the rest.

use super::lookahead::{Best, Learner, Method, Plan, Search, rms};
use super::two_searches::root_value;
use crate::mdp::{Action, State};
use crate::models::view::ModelView;
use crate::probes::truth::Truth;
use crate::search::tree::{NONE, Tree};

/// Depths at which episodes are cut; 0 is no search at all.
pub const DEPTHS: [u16; 10] = [0, 1, 2, 3, 5, 8, 13, 21, 34, 55];
/// Episodes that are not cut go on for at most so many steps.
pub const FULL: u16 = 400;

/// What a search imagines at one depth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Off {
    /// Steps from the root.
    pub depth: usize,
    /// Probability mass of the imagined ways that is not in the world: the total variation
    /// between imagined and true ways so far, 0 to 1.
    pub off: f64,
    /// Share of the simulations that come so far.
    pub reach: f64,
}

/// Error by depth along the search's own visits, over searches from all of `roots`.
///
/// For a way of `d` steps with probability `p` in the world and `q` in the model, the total
/// variation is `1 - sum q min(1, p / q)`, and visits are drawn with `q`.
pub fn off_by_depth(learner: &Learner<'_>, truth: &Truth, plan: Plan, roots: &[State]) -> Vec<Off> {
    let mut sums: Vec<[f64; 2]> = Vec::new();
    for &root in roots {
        let Some(found) = learner.search(plan, root) else { continue };
        let listed = matches!(found.search, Search::Forward(..));
        add(&found.search.tree(), listed, learner.model, truth, &mut sums);
    }
    let first = sums.first().map_or(1.0, |sum| sum[0]).max(1e-300);
    let entry = |(index, [weight, shared]): (usize, &[f64; 2])| Off {
        depth: index + 1,
        off: (1.0 - shared / weight).clamp(0.0, 1.0),
        reach: weight / first,
    };
    sums.iter().enumerate().filter(|(_, sum)| sum[0] > 0.0).map(entry).collect()
}

/// Adds one tree: for each depth the weight of its nodes, and the part of it that is shared with
/// the world.
fn add(
    tree: &Tree<State>,
    listed: bool,
    model: &ModelView,
    truth: &Truth,
    sums: &mut Vec<[f64; 2]>,
) {
    let len = tree.len[0] as usize;
    // `[N]`: p / q of the way to each node, and its weight; none beyond what the model knows.
    let mut ways = vec![(1.0, 1.0); len];
    for at in 1..len {
        let parent = tree.parent[at] as usize;
        debug_assert_ne!(tree.parent[at], NONE);
        let goes_on = tree.discount[at] != 0.0;
        let step = (tree.node[parent], tree.action[at], tree.node[at], goes_on);
        let (ratio, weight) = ways[parent];
        let imagined = in_model(model, step);
        if imagined == 0.0 || weight == 0.0 {
            ways[at] = (0.0, 0.0);
            continue;
        }
        let weight = match listed {
            // All actions alike, so that depths compare, whatever their number.
            true => weight * tree.probability[at] / tree.actions as f64,
            false => f64::from(tree.visits[at]),
        };
        ways[at] = (ratio * in_world(truth, step) / imagined, weight);
        let depth = usize::from(tree.depth[at]) - 1;
        sums.resize(sums.len().max(depth + 1), [0.0; 2]);
        sums[depth][0] += weight;
        sums[depth][1] += weight * ways[at].0.min(1.0);
    }
}

/// A step: from, action, to, and whether it goes on there.
type Step = (State, Action, State, bool);

fn in_model(model: &ModelView, (state, action, next, goes_on): Step) -> f64 {
    let of = model.get(state, action).iter();
    of.filter(|p| (p.next, p.goes_on) == (next, goes_on)).map(|p| p.probability).sum()
}

fn in_world(truth: &Truth, (state, action, next, goes_on): Step) -> f64 {
    let of = truth.outcomes(state, action).iter();
    of.filter(|o| (o.next, !o.terminated) == (next, goes_on)).map(|o| o.probability).sum()
}

/// Episodes cut at one depth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cut {
    /// Where; `None`: not at all.
    pub depth: Option<u16>,
    /// Root mean square error of the value of the roots.
    pub error: f64,
    /// Questions asked of the model for each root.
    pub calls: f64,
}

/// Value of `state` by episodes of the model cut at `depth`, where the global value stands for
/// the rest, and how often the model was asked. Depth 0 is the global value; `None` is the whole
/// episode.
pub fn cut_value(
    learner: &Learner<'_>,
    plan: Plan,
    state: State,
    depth: Option<u16>,
) -> Option<(f64, u64)> {
    let plan = match depth {
        Some(0) => return Some((learner.global(state), 0)),
        Some(depth) => Plan { depth, truncated: true, ..plan },
        None => Plan { depth: FULL, truncated: false, ..plan },
    };
    let found = learner.search(Plan { method: episodes(plan.method), ..plan }, state)?;
    Some((root_value(&found.search, &found.answer), found.calls))
}

/// What a search does whose episodes can be cut: its own way, or Monte-Carlo.
fn episodes(method: Method) -> Method {
    match method {
        Method::Td => Method::Td,
        _ => Method::MonteCarlo,
    }
}

/// Error and cost over `roots` at every depth of [`DEPTHS`], at the plan's own, and without a cut.
pub fn cuts(learner: &Learner<'_>, best: &Best, plan: Plan, roots: &[State]) -> Vec<Cut> {
    let own = Some(plan.depth).filter(|depth| !DEPTHS.contains(depth));
    let mut all: Vec<u16> = DEPTHS.iter().copied().chain(own).collect();
    all.sort_unstable();
    let depths = all.into_iter().map(Some).chain([None]);
    let cut = |depth| {
        let of = |&root: &State| {
            let (value, calls) = cut_value(learner, plan, root, depth)?;
            Some((value - best.value(root), calls as f64))
        };
        let all: Vec<(f64, f64)> = roots.iter().filter_map(of).collect();
        let error = rms(all.iter().map(|(error, _)| *error))?;
        let calls = all.iter().map(|(_, calls)| calls).sum::<f64>() / all.len() as f64;
        Some(Cut { depth, error, calls })
    };
    depths.filter_map(cut).collect()
}

#[cfg(test)]
mod tests {
    use super::super::lookahead::{dials, tests::known};
    use super::*;
    use crate::models::table::TableModel;

    fn plan(method: Method) -> Plan {
        Plan { method, budget: 400, depth: 12, ..dials("", &[]).plan() }
    }

    #[test]
    fn a_right_model_is_nowhere_off() {
        let (truth, model, table) = known("S..\n...\n..G", 0.0);
        let view = model.view();
        let learner = Learner { table: &table, model: &view, gamma: 0.9 };
        for &method in Method::ALL {
            let off = off_by_depth(&learner, &truth, plan(method), &[0, 4]);
            assert!(off.len() > 2, "{method:?}");
            assert!(off.iter().all(|o| o.off < 1e-12), "{method:?}: {off:?}");
            assert!((off[0].reach - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn errors_compound_with_depth_as_by_hand() {
        // A corridor in which "right" succeeds with 0.9 in the world; the model says 1.
        let (truth, _, table) = known("S........G", 0.1);
        let mut model = TableModel::new(10, 4);
        let stay = |s: u32| s;
        for s in 0..9 {
            for a in 0..4_u8 {
                let next = if a == 1 { s + 1 } else { stay(s) };
                model.learn((s, a), 0.0, next, next != 9);
            }
        }
        let view = model.view();
        let learner = Learner { table: &table, model: &view, gamma: 0.9 };
        // One way alone: a model whose other actions are unknown.
        let mut right = TableModel::new(10, 4);
        (0..9).for_each(|s| right.learn((s, 1), 0.0, s + 1, s + 1 != 9));
        let only = right.view();
        let alone = Learner { model: &only, ..learner };
        let plan = Plan { method: Method::Forward, budget: 2000, depth: 6, ..plan(Method::Uct) };
        let off = off_by_depth(&alone, &truth, plan, &[0]);
        let p = in_world(&truth, (0, 1, 1, true));
        assert!(p < 1.0 && p > 0.8, "{p}");
        for o in off {
            let want = 1.0 - p.powi(o.depth as i32);
            assert!((o.off - want).abs() < 1e-12, "{o:?} {want}");
        }
        let all = off_by_depth(&learner, &truth, plan, &[0]);
        assert!(all.windows(2).all(|w| w[1].off > w[0].off), "{all:?}");
    }

    #[test]
    fn depth_zero_is_the_global_value_and_no_cut_is_the_whole_episode() {
        let (truth, model, mut table) = known("S...\n....\n...G", 0.0);
        // Values too low by a fifth: they know the way, so that every episode ends.
        let best = Best::of(&truth, 0.9).unwrap();
        let rows = (0..12).flat_map(|s| best.row(s).iter().map(|q| 0.8 * q));
        table.q = rows.collect();
        let view = model.view();
        let learner = Learner { table: &table, model: &view, gamma: 0.9 };
        for method in [Method::MonteCarlo, Method::Td] {
            for state in best.states() {
                let cut = |depth| cut_value(&learner, plan(method), state, depth).unwrap();
                assert_eq!(cut(Some(0)), (learner.global(state), 0));
                // Episodes that all end before the cut.
                let (deep, full) = (cut(Some(FULL)), cut(None));
                assert_eq!(deep, full, "{method:?} {state}");
            }
        }
        let cuts = cuts(&learner, &best, plan(Method::MonteCarlo), &[0, 5]);
        assert_eq!(cuts.len(), DEPTHS.len() + 2, "its own depth, 12, among them");
        assert!(cuts[1..].windows(2).all(|w| w[1].calls >= w[0].calls), "{cuts:?}");
        let off = rms([0, 5].iter().map(|&s| learner.global(s) - best.value(s)));
        assert_eq!(Some(cuts[0].error), off);
        assert!(cuts[11].error < cuts[0].error);
    }
}
