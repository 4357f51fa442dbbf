//! What looking ahead changes: where the greedy global value would act wrongly and the search does
//! not, how far off both are, and what guidance by the value saves.

use super::lookahead::{Best, Learner, Method, Plan, rms};
use super::two_searches::root_value;
use crate::mdp::{Action, State};

/// Most states looked at for guidance: each costs several searches.
pub const GUIDED: usize = 24;
/// Without guidance a search may take so many times the budget to come to the same action.
pub const PATIENCE: u32 = 4;

/// What looking ahead does in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Both act rightly.
    Kept,
    /// The value may act wrongly, the search does not.
    Mended,
    /// The search may act wrongly, the value does not.
    Spoiled,
    /// Both may.
    Wrong,
}

/// One state.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    /// Which.
    pub state: State,
    /// Actions of greatest global value.
    pub greedy: Vec<Action>,
    /// Actions that the search would choose among.
    pub found: Vec<Action>,
    /// What came of it.
    pub verdict: Verdict,
}

/// All states.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gain {
    /// In the order of the states.
    pub spots: Vec<Spot>,
    /// Root mean square error of the global value.
    pub global_error: f64,
    /// The same of the roots' values after a search from each.
    pub search_error: f64,
}

impl Gain {
    /// How many states have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.spots.iter().filter(|spot| spot.verdict == verdict).count()
    }

    /// States where the greedy value may act wrongly.
    pub fn wrong(&self) -> usize {
        self.count(Verdict::Mended) + self.count(Verdict::Wrong)
    }
}

/// Searches from each of `roots` as `plan` says.
pub fn gain(learner: &Learner<'_>, best: &Best, plan: Plan, roots: &[State]) -> Gain {
    let right = |state, actions: &[Action]| actions.iter().all(|&a| best.is_best(state, a));
    let mut gain = Gain::default();
    let mut errors = Vec::new();
    for &state in roots {
        let Some(found) = learner.search(plan, state) else { continue };
        let greedy = learner.greedy(state);
        let verdict = match (right(state, &greedy), right(state, &found.answer.best)) {
            (true, true) => Verdict::Kept,
            (false, true) => Verdict::Mended,
            (true, false) => Verdict::Spoiled,
            (false, false) => Verdict::Wrong,
        };
        let value = root_value(&found.search, &found.answer);
        errors.push([learner.global(state), value].map(|value| value - best.value(state)));
        gain.spots.push(Spot { state, greedy, found: found.answer.best, verdict });
    }
    let error = |which: usize| rms(errors.iter().map(|e| e[which])).unwrap_or(0.0);
    (gain.global_error, gain.search_error) = (error(0), error(1));
    gain
}

/// Simulations until a search settles on the action that the guided one ends with, medians over
/// states; `None`: more than it was given.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Guidance {
    /// Guided.
    pub with: Option<f64>,
    /// Not guided.
    pub without: Option<f64>,
    /// How many states have an opinion.
    pub states: usize,
    /// Most simulations without guidance.
    pub most: u32,
}

/// Compares both from each of `roots`; `None` where the method has no use for guidance, or no
/// state has an opinion.
pub fn guidance(learner: &Learner<'_>, plan: Plan, roots: &[State]) -> Option<Guidance> {
    // The full tree has no policy to be guided, and halving counts from its budget.
    if matches!(plan.method, Method::Forward | Method::Gumbel) {
        return None;
    }
    let guided = Plan { guided: true, ..plan };
    let most = plan.budget.saturating_mul(PATIENCE);
    let alone = Plan { guided: false, budget: most, ..plan };
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for &state in roots {
        let Some(end) = learner.search(guided, state) else { continue };
        let target = end.answer.best;
        if target.len() < learner.model.actions() {
            with.push(settled(learner, guided, state, &target));
            without.push(settled(learner, alone, state, &target));
        }
    }
    (!with.is_empty()).then(|| Guidance {
        states: with.len(),
        with: median(with),
        without: median(without),
        most,
    })
}

/// From which simulation on the search only chooses among `target`; `None`: not by its end.
fn settled(learner: &Learner<'_>, plan: Plan, state: State, target: &[Action]) -> Option<u32> {
    let among = |best: &[Action]| best.iter().all(|action| target.contains(action));
    let mut last_other = 0;
    let found = learner.search_while(plan, state, |search, _| {
        if !among(&search.answer().best) {
            last_other = search.done();
        }
        true
    })?;
    among(&found.answer.best).then_some(last_other + 1)
}

/// The middle one, where what has no number is greater than any.
fn median(counts: Vec<Option<u32>>) -> Option<f64> {
    let mut all: Vec<f64> = counts.iter().map(|n| n.map_or(f64::INFINITY, f64::from)).collect();
    all.sort_by(f64::total_cmp);
    let last = all.len().checked_sub(1)?;
    let middle = (all[last / 2] + all[last.div_ceil(2)]) / 2.0;
    middle.is_finite().then_some(middle)
}

#[cfg(test)]
mod tests {
    use super::super::lookahead::{dials, tests::known};
    use super::*;

    fn plan(method: Method) -> Plan {
        Plan { method, budget: 200, depth: 20, ..dials("", &[]).plan() }
    }

    #[test]
    fn a_value_that_knows_nothing_is_mended_everywhere() {
        let (truth, model, table) = known("S...G", 0.0);
        let view = model.view();
        let learner = Learner { table: &table, model: &view, gamma: 0.9 };
        let best = Best::of(&truth, 0.9).unwrap();
        let roots: Vec<State> = best.states().collect();
        let plan = Plan { depth: 4, budget: 2_000, ..plan(Method::Forward) };
        let found = gain(&learner, &best, plan, &roots);
        assert_eq!((found.count(Verdict::Mended), found.wrong(), found.spots.len()), (4, 4, 4));
        assert!(found.spots.iter().all(|s| s.found == [1] && s.greedy == [0, 1, 2, 3]));
        let values = [0.9_f64.powi(3), 0.81, 0.9, 1.0];
        let want = rms(values.into_iter()).unwrap();
        assert!((found.global_error - want).abs() < 1e-9, "{found:?}");
        assert!(found.search_error < 1e-9);
        // Two steps see the goal from two of the states.
        let found = gain(&learner, &best, Plan { depth: 2, ..plan }, &roots);
        assert_eq!((found.count(Verdict::Mended), found.count(Verdict::Wrong)), (2, 2));
    }

    #[test]
    fn a_lie_spoils_what_was_right() {
        let (truth, mut model, mut table) = known("S...G", 0.0);
        (0..4).for_each(|s| table.q[s * 4 + 1] = 0.9_f64.powi(3 - s as i32));
        model.lie(&[(0, 5.0)]);
        let view = model.view();
        let learner = Learner { table: &table, model: &view, gamma: 0.9 };
        let best = Best::of(&truth, 0.9).unwrap();
        let found = gain(&learner, &best, Plan { depth: 2, ..plan(Method::Forward) }, &[1, 3]);
        let verdicts: Vec<Verdict> = found.spots.iter().map(|s| s.verdict).collect();
        assert_eq!(verdicts, [Verdict::Spoiled, Verdict::Kept]);
    }

    #[test]
    fn guidance_by_a_good_value_needs_fewer_simulations() {
        let map = "S......\n.#####.\n.......\n.#####.\n......G";
        let (truth, model, mut table) = known(map, 0.0);
        let best = Best::of(&truth, 0.95).unwrap();
        best.states().for_each(|s| {
            table.q[s as usize * 4..][..4].copy_from_slice(best.row(s));
        });
        let view = model.view();
        let learner = Learner { table: &table, model: &view, gamma: 0.95 };
        let roots = learner.met(&truth, 12);
        for method in [Method::Puct, Method::Td, Method::MonteCarlo] {
            let plan = Plan { truncated: false, ..plan(method) };
            let found = guidance(&learner, plan, &roots).unwrap();
            let (with, without) = (found.with.unwrap(), found.without.unwrap_or(f64::INFINITY));
            assert!(with < without, "{method:?}: {found:?}");
            assert_eq!(found.most, 800);
        }
        assert_eq!(guidance(&learner, plan(Method::Forward), &roots), None);
    }

    #[test]
    fn the_median_knows_what_never_came() {
        assert_eq!(median(vec![Some(3), None, Some(5)]), Some(5.0));
        assert_eq!(median(vec![Some(3), None, None]), None);
    }
}
