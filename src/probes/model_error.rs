//! Small model error, large value error: exact solutions of models that are a little wrong.

use super::truth::Truth;
use crate::mdp::{Action, Outcome, State};
use crate::models::bank::mistaken_for;
use crate::models::view::{ModelView, Predicted};
use crate::rl::dp::{policy_values, value_iteration};
use crate::rl::policy::nearly_greedy;
use crate::rl::td::max_value;

/// Largest change of a sweep that counts as none, and sweeps at most.
const STILL: (f64, usize) = (1e-10, 5000);
/// Weights of the wrong action that are tried, from 10^-4 to 1, besides 0.
const WEIGHTS: usize = 25;

/// A model, how wrong it is, and what that does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Weight of the wrong action, where the model was made wrong on purpose.
    pub weight: f64,
    /// Greatest total variation between its next states and the true ones, over known pairs.
    pub model_error: f64,
    /// Greatest difference between the optimal values of the model and of the world, over known
    /// states.
    pub value_error: f64,
    /// True value lost at the start by acting as is optimal in the model.
    pub lost: f64,
}

/// The world's own solution.
#[derive(Clone, Debug)]
pub struct Solved {
    size: (usize, usize),
    gamma: f64,
    /// `[S]`: optimal values.
    best: Vec<f64>,
    /// The same world, taking each action for the one after it with growing weight.
    pub points: Vec<Point>,
}

impl Solved {
    /// Solves the world and all models that are wrong by a weight. `None` where sweeps do not
    /// come to rest (no discount and no end).
    pub fn of(truth: &Truth, states: usize, actions: usize, gamma: f64) -> Option<Self> {
        let size = (states, actions);
        let q = solve(size, gamma, |s, a| truth.outcomes(s, a).to_vec())?;
        let mut solved = Self { size, gamma, best: maxima(&q, actions), points: Vec::new() };
        let weights =
            (0..WEIGHTS).map(|i| 10_f64.powf(-4.0 + 4.0 * i as f64 / (WEIGHTS - 1) as f64));
        for weight in std::iter::once(0.0).chain(weights) {
            let wrong = |s: State, a: Action| mixed(truth, (s, a), actions, weight);
            let point = solved.point(truth, weight, wrong)?;
            solved.points.push(point);
        }
        Some(solved)
    }

    /// The same for what a learner's model says.
    pub fn learner(&self, truth: &Truth, model: &ModelView) -> Option<Point> {
        let outcome = |p: &Predicted| Outcome {
            probability: p.probability,
            reward: p.reward,
            next: p.next,
            terminated: !p.goes_on,
        };
        let of = |s: State, a: Action| model.get(s, a).iter().map(outcome).collect();
        self.point(truth, f64::NAN, of)
    }

    /// The least weight at which acting on the model costs something.
    pub fn flip(&self) -> Option<Point> {
        self.points.iter().copied().find(|p| p.lost > 1e-6)
    }

    fn point(
        &self,
        truth: &Truth,
        weight: f64,
        model: impl Fn(State, Action) -> Vec<Outcome>,
    ) -> Option<Point> {
        let (states, actions) = self.size;
        let q = solve(self.size, self.gamma, &model)?;
        let (mut model_error, mut value_error) = (0.0_f64, 0.0_f64);
        for state in 0..states as State {
            let row = &q[state as usize * actions..][..actions];
            let known = (0..actions).filter(|a| !model(state, *a as Action).is_empty());
            let mut any = false;
            for action in known {
                any = true;
                let at = (state, action as Action);
                let off = variation(&model(at.0, at.1), truth.outcomes(at.0, at.1), states);
                model_error = model_error.max(off);
            }
            if any {
                let off = (max_value(row) - self.best[state as usize]).abs();
                value_error = value_error.max(off);
            }
        }
        let policy: Vec<u8> = q.chunks(actions).map(|row| nearly_greedy(row, 1e-9)).collect();
        let outcomes = |s: usize, a: usize| truth.outcomes(s as State, a as Action).to_vec();
        let takes = |s: usize, a: usize| policy[s] & (1 << a) != 0;
        let value = policy_values(self.size, outcomes, takes, self.gamma)?;
        let lost = truth.starts.iter().map(|&s| self.best[s as usize] - value[s as usize]);
        Some(Point { weight, model_error, value_error, lost: lost.fold(0.0, f64::max) })
    }
}

fn solve(
    size: (usize, usize),
    gamma: f64,
    outcomes: impl Fn(State, Action) -> Vec<Outcome>,
) -> Option<Vec<f64>> {
    value_iteration(size, |s, a| outcomes(s as State, a as Action), gamma, STILL.0, STILL.1)
}

fn maxima(q: &[f64], actions: usize) -> Vec<f64> {
    q.chunks(actions).map(max_value).collect()
}

/// What follows if with `weight` the action is taken for the one after it.
fn mixed(truth: &Truth, at: (State, Action), actions: usize, weight: f64) -> Vec<Outcome> {
    let other = mistaken_for(at.1, actions);
    let scaled = |outcomes: &[Outcome], share: f64| -> Vec<Outcome> {
        let scale = |o: &Outcome| Outcome { probability: share * o.probability, ..*o };
        outcomes.iter().map(scale).filter(|o| o.probability > 0.0).collect()
    };
    let mut all = scaled(truth.outcomes(at.0, at.1), 1.0 - weight);
    all.extend(scaled(truth.outcomes(at.0, other), weight));
    all
}

/// Total variation: half the sum of all differences in probability.
fn variation(a: &[Outcome], b: &[Outcome], states: usize) -> f64 {
    let mut off = vec![0.0; 2 * states];
    let mut add = |outcomes: &[Outcome], sign: f64| {
        for o in outcomes {
            off[2 * o.next as usize + usize::from(o.terminated)] += sign * o.probability;
        }
    };
    add(a, 1.0);
    add(b, -1.0);
    off.iter().map(|x: &f64| x.abs()).sum::<f64>() / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envs::grid::{Grid, GridConfig, GridSource};

    /// The short way runs along pits, the long one a row above.
    fn cliff() -> Truth {
        let source = GridSource::from_text("........\nS......G\nPPPPPPPP");
        let config = GridConfig { pit_reward: -5.0, ..GridConfig::default() };
        Truth::of(&Grid::new(&source, &config).unwrap())
    }

    #[test]
    fn a_tiny_error_flips_the_policy() {
        let truth = cliff();
        let solved = Solved::of(&truth, 24, 4, 0.95).unwrap();
        let first = solved.points[0];
        assert_eq!((first.model_error, first.value_error, first.lost), (0.0, 0.0, 0.0));
        let flip = solved.flip().unwrap();
        println!("{flip:?}");
        // Seven steps against nine: 0.95^6 - 0.95^8 of true value, for an error below one percent.
        let want = 0.95_f64.powi(6) - 0.95_f64.powi(8);
        assert!((flip.lost - want).abs() < 1e-9 && flip.model_error < 0.01);
        for pair in solved.points.windows(2) {
            assert!(pair[0].model_error < pair[1].model_error, "the error grows with the weight");
        }
        let last = solved.points[WEIGHTS];
        // Taking every action for the next one, the best values stay and the policy is all wrong.
        assert!(last.value_error < 1e-9 && last.lost > 0.5 && last.model_error == 1.0);
    }

    #[test]
    fn a_model_that_is_the_world_has_no_error() {
        let truth = cliff();
        let model = ModelView::of(24, 4, |s, a, out| {
            out.extend(truth.outcomes(s, a).iter().map(|o| Predicted {
                probability: o.probability,
                reward: o.reward,
                next: o.next,
                goes_on: !o.terminated,
                count: 1,
            }));
        });
        let solved = Solved::of(&truth, 24, 4, 0.95).unwrap();
        let point = solved.learner(&truth, &model).unwrap();
        assert_eq!((point.model_error, point.value_error, point.lost), (0.0, 0.0, 0.0));
    }
}
