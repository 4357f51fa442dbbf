//! Which loop failed: how much of what is missing to the best return is the model's fault, and how
//! much is that of planning in it. A latent model is told where the task ends, and of a pair never tried
//! it earns 0: what it would say there is nothing that it learned.
//!
//! With `π` what the agent does, `π̂*` what is best in its model, and every value that of the true
//! world at the start:
//!
//! ```text
//! V* − V^π  =  (V* − V^π̂*)  +  (V^π̂* − V^π)
//! shortfall     model error      planning error
//! ```

use std::collections::BTreeSet;

use super::truth::{SOLVED, Truth};
use crate::agents::View;
use crate::agents::muzero::view::MuZeroView;
use crate::mdp::{Action, Outcome, State};
use crate::models::view::ModelView;
use crate::rl::dp::{policy_values, value_iteration};

/// Values that move less than this have settled.
const TOLERANCE: f64 = 1e-10;
/// Sweeps of value iteration.
const SWEEPS: usize = 20_000;

/// Values from the start, means over all starts.
#[derive(Clone, Debug, PartialEq)]
pub struct Shortfall {
    /// `V*`: the best there is.
    pub best: f64,
    /// `V^π̂*`: what the best plan of the model is truly worth.
    pub planned: f64,
    /// `V^π`: what the agent's own behaviour is truly worth.
    pub own: f64,
    /// What the model promises for its best plan.
    pub promised: f64,
    /// Pairs of a state that can be left and an action which the model has data of, and all of them.
    pub known: (usize, usize),
}

impl Shortfall {
    /// What the model costs.
    pub fn model_error(&self) -> f64 {
        self.best - self.planned
    }

    /// What planning in it costs; below 0 where the agent does better than its model's best plan.
    pub fn planning_error(&self) -> f64 {
        self.planned - self.own
    }

    /// For an agent with a model in a world of at most [`SOLVED`] listed states; `None` otherwise, and
    /// where a policy has no single value.
    pub fn of(truth: &Truth, view: &View, gamma: f64) -> Option<Self> {
        let (states, actions) = (truth.states(), truth.actions());
        if !(1..=SOLVED).contains(&states) {
            return None;
        }
        let own = own(truth, view)?;
        let model = model(truth, view)?;
        let world = |s: usize, a: usize| truth.outcomes(s as State, a as Action).to_vec();
        let imagined = |s: usize, a: usize| model[s * actions + a].clone();
        let size = (states, actions);
        let best = value_iteration(size, world, gamma, TOLERANCE, SWEEPS)?;
        let plan = value_iteration(size, imagined, gamma, TOLERANCE, SWEEPS)?;
        let masks = |q: &[f64]| -> Vec<u32> { q.chunks(actions).map(greedy).collect() };
        let worth = |masks: &[u32]| -> Option<f64> {
            let takes = |s: usize, a: usize| masks[s] >> a & 1 == 1;
            let values = policy_values(size, world, takes, gamma)?;
            Some(from_starts(truth, |s| values[s]))
        };
        let (planned, highest) = (masks(&plan), masks(&best));
        let top =
            |s: usize| plan[s * actions..][..actions].iter().copied().fold(f64::MIN, f64::max);
        let left = (0..states).filter(|&s| truth.is_left(s as State));
        let pairs: Vec<usize> = left.flat_map(|s| s * actions..(s + 1) * actions).collect();
        let known = pairs.iter().filter(|&&pair| !model[pair].is_empty()).count();
        Some(Self {
            best: worth(&highest)?,
            planned: worth(&planned)?,
            own: worth(&own)?,
            promised: from_starts(truth, top),
            known: (known, pairs.len()),
        })
    }
}

/// Whether there may be an answer: for empty states of pictures.
pub fn has_model(view: &View) -> bool {
    view.muzero.is_some() || view.model.is_some() && view.table.is_some()
}

/// Best actions as bits; values that differ by rounding alone tie.
fn greedy(row: &[f64]) -> u32 {
    let best = row.iter().copied().fold(f64::MIN, f64::max);
    let near = |q: f64| q >= best - 1e-9 * best.abs().max(1e-3);
    row.iter().enumerate().fold(0, |mask, (a, &q)| mask | u32::from(near(q)) << a)
}

fn from_starts(truth: &Truth, value: impl Fn(usize) -> f64) -> f64 {
    let sum: f64 = truth.starts.iter().map(|&s| value(s as usize)).sum();
    sum / truth.starts.len().max(1) as f64
}

/// `[S]`: what the agent does, as bits: what a search without noise finds, or all actions that are
/// best in its table.
fn own(truth: &Truth, view: &View) -> Option<Vec<u32>> {
    if let Some(agent) = &view.muzero {
        let act = |s: usize| match truth.is_left(s as State) {
            true => agent.act_in(s as State).map(|action| 1 << action),
            false => Some(1),
        };
        return (0..truth.states()).map(act).collect();
    }
    let table = view.table.as_ref().filter(|table| table.actions == truth.actions())?;
    Some((0..table.states()).map(|s| greedy(table.row(s))).collect())
}

/// `[S * A]`: what the model says may follow; nothing where it has no data.
fn model(truth: &Truth, view: &View) -> Option<Vec<Vec<Outcome>>> {
    match (&view.muzero, &view.model) {
        (Some(agent), _) => latent(truth, view, agent),
        (None, Some(model)) => Some(listed(truth, model)),
        (None, None) => None,
    }
}

fn listed(truth: &Truth, model: &ModelView) -> Vec<Vec<Outcome>> {
    let actions = truth.actions();
    let pair = |pair: usize| {
        let all = model.get((pair / actions) as State, (pair % actions) as Action).iter();
        let outcome = |p: &crate::models::view::Predicted| Outcome {
            probability: p.probability,
            reward: p.reward,
            next: p.next,
            terminated: !p.goes_on,
        };
        all.map(outcome).collect()
    };
    (0..truth.states() * actions).map(pair).collect()
}

/// A latent model as a table: from every state that was really left, one step of the model leads to
/// the real state whose latent state is nearest to the imagined one.
fn latent(truth: &Truth, view: &View, agent: &MuZeroView) -> Option<Vec<Vec<Outcome>>> {
    let (table, actions) = (view.table.as_ref()?, truth.actions());
    let lived = |pair: &usize| table.tally[*pair].real > 0;
    let mut met: BTreeSet<State> = BTreeSet::new();
    for pair in (0..truth.states() * actions).filter(lived) {
        met.insert((pair / actions) as State);
        met.extend(truth.likeliest((pair / actions) as State, (pair % actions) as Action));
    }
    let enter = |&s: &State| Some((s, agent.networks.enter(&agent.eyes.state(s)?)));
    let places: Vec<(State, Vec<f32>)> = met.iter().map(enter).collect::<Option<_>>()?;
    let mut all = vec![Vec::new(); truth.states() * actions];
    for (state, from) in places.iter().filter(|(s, _)| truth.is_left(*s)) {
        for action in 0..actions {
            let (reward, to) = agent.networks.follow(from, action as Action);
            let off = |(_, place): &&(State, Vec<f32>)| super::latent::apart(place, &to);
            let (next, _) = places.iter().min_by(|a, b| off(a).total_cmp(&off(b)))?;
            let terminated = !truth.is_left(*next);
            let outcome = Outcome { probability: 1.0, reward, next: *next, terminated };
            all[*state as usize * actions + action] = vec![outcome];
        }
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::table::{TableView, Tally};
    use crate::envs::grid::{Grid, GridConfig, GridSource};
    use crate::models::view::Predicted;

    /// `S.G`: two steps to the right are best, worth 0.9 at a discount of 0.9. The policy goes as
    /// `right` says in both cells; the model knows what truly follows but where `lie` says otherwise.
    fn corridor(right: [bool; 2], lie: Option<(State, Action, State)>) -> Shortfall {
        let world = Grid::new(&GridSource::from_text("S.G"), &GridConfig::default()).unwrap();
        let truth = Truth::of(&world);
        let model = ModelView::of(3, 4, |state, action, out| {
            for o in truth.outcomes(state, action) {
                let lied = lie.filter(|(s, a, _)| (*s, *a) == (state, action));
                let next = lied.map_or(o.next, |(_, _, next)| next);
                let goes_on = lied.is_some() || !o.terminated;
                let reward = if lied.is_some() { 0.0 } else { o.reward };
                out.push(Predicted { probability: 1.0, reward, next, goes_on, count: 1 });
            }
        });
        let mut q = vec![0.0; 12];
        (0..2).for_each(|s| q[s * 4 + if right[s] { 1 } else { 3 }] = 1.0);
        let tally = vec![Tally::default(); 12];
        let table = TableView { actions: 4, q, tally, known_pairs: None };
        let view = View { table: Some(table), model: Some(model), ..View::default() };
        Shortfall::of(&truth, &view, 0.9).unwrap()
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn a_right_model_leaves_planning_alone_to_blame() {
        let found = corridor([true, false], None);
        assert!(near(found.best, 0.9) && near(found.planned, 0.9) && near(found.own, 0.0));
        assert!(near(found.model_error(), 0.0) && near(found.planning_error(), 0.9));
        assert_eq!(found.known, (8, 8));
        let whole = corridor([true, true], None);
        assert!(near(whole.own, 0.9) && near(whole.planning_error(), 0.0));
    }

    #[test]
    fn a_wrong_model_is_blamed_by_hand() {
        // It says that the way on from the second cell leads back: nothing is worth anything, all
        // actions tie, and taking each of them alike is worth less than the way.
        let found = corridor([true, true], Some((1, 1, 0)));
        // By hand: v0 = 0.9 (3 v0 + v1) / 4 and v1 = (1 + 0.9 (2 v1 + v0)) / 4.
        let v0 = 0.225 / (0.325 * 0.55 - 0.225 * 0.225) * 0.25;
        assert!(near(found.planned, v0), "{} {v0}", found.planned);
        assert!(near(found.promised, 0.0) && near(found.own, 0.9));
        assert!(near(found.model_error(), 0.9 - v0));
        assert!(near(found.planning_error(), v0 - 0.9), "it does better than its model knows");
    }

    #[test]
    fn without_a_model_nothing_is_blamed() {
        let world = Grid::new(&GridSource::from_text("S.G"), &GridConfig::default()).unwrap();
        assert_eq!(Shortfall::of(&Truth::of(&world), &View::default(), 0.9), None);
        assert!(!has_model(&View::default()));
    }
}
