//! One imagined rollout: what the heads said along it, its targets, the terms of its loss, and the
//! gradient of each term at the outputs of the heads.

use super::Dream;
use crate::agents::muzero::unroll::heads::number;
use crate::rl::categorical::{half_squared, softmax};
use crate::rl::self_consistency::{lambda_targets, through_targets};
use crate::rl::transform::{squash, squash_slope, unsquash, unsquash_slope};

/// Outputs of the heads along a rollout.
pub(super) struct Said<'a> {
    /// `[K + 1]`.
    pub rewards: Vec<&'a [f32]>,
    /// `[K + 2]`.
    pub values: Vec<&'a [f32]>,
}

/// Gradients at these outputs.
pub(super) struct Slopes {
    pub rewards: Vec<Vec<f64>>,
    pub values: Vec<Vec<f64>>,
}

/// The same as numbers.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Course {
    /// `[K + 1]`.
    pub rewards: Vec<f64>,
    /// `[K + 2]`.
    pub values: Vec<f64>,
    /// `[K + 1]`.
    pub targets: Vec<f64>,
}

/// The squashed number that outputs stand for, and its derivative after them: the mean of the
/// atoms, or the only output there is.
fn mean(outputs: &[f32]) -> (f64, Vec<f64>) {
    if let [one] = outputs {
        return (f64::from(*one), vec![1.0]);
    }
    let (shares, n) = (softmax(outputs), (outputs.len() / 2) as f64);
    let atoms = || shares.iter().enumerate().map(|(i, p)| (i as f64 - n, p));
    let mean: f64 = atoms().map(|(atom, p)| atom * p).sum();
    (mean, atoms().map(|(atom, p)| p * (atom - mean)).collect())
}

fn times(factor: f64, slope: Vec<f64>) -> Vec<f64> {
    slope.into_iter().map(|s| factor * s).collect()
}

impl Course {
    pub fn of(said: &Said<'_>, dream: &Dream) -> Self {
        let decoded = |rows: &[&[f32]]| rows.iter().map(|row| unsquash(mean(row).0)).collect();
        let (rewards, values): (Vec<f64>, Vec<f64>) =
            (decoded(&said.rewards), decoded(&said.values));
        let targets = lambda_targets(&rewards, &values, dream.gamma, dream.lambda);
        Self { rewards, values, targets }
    }

    /// `[K + 1]`: the terms, and their gradients at the outputs where the wiring lets them through.
    pub fn terms(&self, said: &Said<'_>, dream: &Dream) -> (Vec<f64>, Slopes) {
        let (terms, slopes) = match dream.has_constant_targets() {
            true => self.apart(said, dream),
            false => self.squares(said, dream),
        };
        // What trains nothing is no part of a loss.
        let wiring = dream.wiring;
        let counts = wiring.trains_value || wiring.trains_reward || wiring.trains_dynamics;
        (if counts { terms } else { vec![0.0; terms.len()] }, slopes)
    }

    /// Targets are constants: the loss of a head against a number, as in the grounded loss.
    fn apart(&self, said: &Said<'_>, dream: &Dream) -> (Vec<f64>, Slopes) {
        let none = |rows: &[&[f32]]| rows.iter().map(|row| vec![0.0; row.len()]).collect();
        let mut slopes = Slopes { rewards: none(&said.rewards), values: none(&said.values) };
        let each = self.targets.iter().zip(&said.values).zip(&mut slopes.values);
        let term = |((&target, outputs), into): ((&f64, &&[f32]), &mut Vec<f64>)| {
            let (loss, slope) = number(outputs, target, 1.0);
            if dream.wiring.prediction {
                *into = slope;
            }
            loss
        };
        (each.map(term).collect(), slopes)
    }

    /// Gradients reach into the targets: half the squared error of squashed numbers. A two-hot code
    /// would draw its target to the nearest atom, also where target and prediction agree.
    fn squares(&self, said: &Said<'_>, dream: &Dream) -> (Vec<f64>, Slopes) {
        let values: Vec<(f64, Vec<f64>)> = said.values.iter().map(|row| mean(row)).collect();
        let rewards: Vec<(f64, Vec<f64>)> = said.rewards.iter().map(|row| mean(row)).collect();
        let pairs = || self.targets.iter().zip(&values);
        let errors: Vec<f64> = pairs().map(|(&y, (v, _))| squash(y) - v).collect();
        let terms = pairs().map(|(&y, (v, _))| half_squared(*v, squash(y)).0).collect();
        let each = errors.iter().zip(&self.targets);
        let by_targets: Vec<f64> = each.map(|(error, &y)| error * squash_slope(y)).collect();
        let (gamma, lambda) = (dream.gamma, dream.lambda);
        let (by_value, by_reward) = through_targets(&by_targets, gamma, lambda, dream.wiring);
        let out = |(by, (number, slope)): (f64, (f64, Vec<f64>)), own: f64| {
            times(by * unsquash_slope(number) - own, slope)
        };
        let own = |k: usize| errors.get(k).copied().filter(|_| dream.wiring.prediction);
        let of_values = by_value.into_iter().zip(values).enumerate();
        let of_rewards = by_reward.into_iter().zip(rewards);
        let slopes = Slopes {
            values: of_values.map(|(k, both)| out(both, own(k).unwrap_or(0.0))).collect(),
            rewards: of_rewards.map(|both| out(both, 0.0)).collect(),
        };
        (terms, slopes)
    }

    /// How much better than expected step `k` turned out, squashed.
    pub fn advantage(&self, k: usize) -> f64 {
        squash(self.targets[k]) - squash(self.values[k])
    }
}
