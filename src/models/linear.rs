//! Linear expectation model: `phi' = F_a phi` and `r = b_a . phi`, one pair of `F` and `b` for each
//! action (Sutton, Szepesvari, Geramifard & Bowling 2008, "Dyna-style planning with linear function
//! approximation").
//!
//! It is fitted by least squares: sums are kept and solved again after every experience, which for
//! a handful of features costs less than stepping towards the solution. It answers for states
//! never seen, as long as the action has been tried.

use crate::base::digest::Digest;
use crate::mdp::Action;
use crate::rl::lstd::{dot, solve};

/// Keeps the fit determined while features have not varied yet: a share of each sum of squares, so
/// that the bias is too small to be seen.
const RIDGE: f64 = 1e-9;

/// Sums and solution of one action.
#[derive(Clone, Debug, PartialEq)]
struct Fit {
    count: u32,
    /// `sum phi phi^T`, `[d * d]`.
    gram: Vec<f64>,
    /// `sum phi (phi', r)^T`, `[d * (d + 1)]`.
    cross: Vec<f64>,
    /// Row `i`: what feature `i` adds to `(phi', r)`; the transpose of `F` beside `b`.
    weights: Vec<f64>,
}

/// The model.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearModel {
    features: usize,
    fits: Vec<Fit>,
}

impl LinearModel {
    /// Nothing known; `features` numbers a state.
    pub fn new(features: usize, actions: usize) -> Self {
        let fit = Fit {
            count: 0,
            gram: vec![0.0; features * features],
            cross: vec![0.0; features * (features + 1)],
            weights: vec![0.0; features * (features + 1)],
        };
        Self { features, fits: vec![fit; actions] }
    }

    /// Adds one experience and solves again; `next` is all zero where the task ended.
    pub fn learn(&mut self, phi: &[f64], action: Action, reward: f64, next: &[f64]) {
        self.add(phi, action, reward, next);
        self.fit(action);
    }

    /// Adds one experience without solving: for many at once, [`Self::fit`] afterwards.
    pub fn add(&mut self, phi: &[f64], action: Action, reward: f64, next: &[f64]) {
        let d = self.features;
        let fit = &mut self.fits[usize::from(action)];
        fit.count += 1;
        for (row, x) in phi.iter().enumerate() {
            for (column, y) in phi.iter().enumerate() {
                fit.gram[row * d + column] += x * y;
            }
            for (column, y) in next.iter().chain([&reward]).enumerate() {
                fit.cross[row * (d + 1) + column] += x * y;
            }
        }
    }

    /// Solves for `F` and `b` of an action.
    pub fn fit(&mut self, action: Action) {
        let d = self.features;
        let fit = &mut self.fits[usize::from(action)];
        let mut gram = fit.gram.clone();
        (0..d).for_each(|i| gram[i * d + i] += RIDGE * (1.0 + gram[i * d + i]));
        if let Some(weights) = solve(gram, fit.cross.clone(), d + 1) {
            fit.weights = weights;
        }
    }

    /// Experiences with an action.
    pub fn count(&self, action: Action) -> u32 {
        self.fits[usize::from(action)].count
    }

    /// `b_a . phi` and, into `next`, `F_a phi`; `None`: no data, the action was never tried.
    pub fn predict(&self, phi: &[f64], action: Action, next: &mut [f64]) -> Option<f64> {
        let fit = &self.fits[usize::from(action)];
        let width = self.features + 1;
        let column =
            |c: usize| phi.iter().zip(fit.weights[c..].iter().step_by(width)).map(|(x, w)| x * w);
        (fit.count > 0).then(|| {
            next.iter_mut().enumerate().for_each(|(c, y)| *y = column(c).sum());
            column(self.features).sum()
        })
    }

    /// One planning step of linear Dyna: `theta += alpha (b . phi + gamma theta . F phi - theta .
    /// phi) phi`, from any features `phi`. Returns the error; `None`: no data.
    pub fn plan(
        &self,
        theta: &mut [f64],
        (phi, action): (&[f64], Action),
        alpha: f64,
        gamma: f64,
    ) -> Option<f64> {
        let mut next = vec![0.0; self.features];
        let reward = self.predict(phi, action, &mut next)?;
        let error = reward + gamma * dot(theta, &next) - dot(theta, phi);
        theta.iter_mut().zip(phi).for_each(|(weight, x)| *weight += alpha * error * x);
        Some(error)
    }

    /// Adds everything that decides an answer, now or after more experience.
    pub fn digest(&self, digest: &mut Digest) {
        for fit in &self.fits {
            digest.word(u64::from(fit.count));
            [&fit.gram, &fit.cross, &fit.weights].iter().for_each(|xs| digest.numbers(xs));
        }
    }

    /// Host memory in bytes.
    pub fn bytes(&self) -> usize {
        let fit = |f: &Fit| f.gram.len() + f.cross.len() + f.weights.len();
        self.fits.iter().map(fit).sum::<usize>() * size_of::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linear_world_is_learned_exactly_and_everywhere() {
        // Action 1 moves one to the right and pays the column; action 0 was never tried.
        let mut model = LinearModel::new(3, 2);
        let mut next = [0.0; 3];
        assert_eq!(model.predict(&[1.0, 0.0, 0.0], 1, &mut next), None);
        for (row, col) in [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (2.0, 5.0)] {
            model.learn(&[1.0, row, col], 1, col, &[1.0, row, col + 1.0]);
        }
        let reward = model.predict(&[1.0, 7.0, 30.0], 1, &mut next).unwrap();
        assert!((reward - 30.0).abs() < 1e-6, "{reward}");
        for (found, want) in next.iter().zip([1.0, 7.0, 31.0]) {
            assert!((found - want).abs() < 1e-6, "{next:?}");
        }
        assert_eq!((model.predict(&[1.0; 3], 0, &mut next), model.count(1)), (None, 4));
    }

    #[test]
    fn the_digest_knows_the_sums_that_the_next_fit_is_made_of() {
        let of = |column: f64| {
            let (mut model, mut digest) = (LinearModel::new(1, 1), Digest::default());
            model.add(&[column], 0, 0.0, &[column]);
            model.digest(&mut digest);
            digest.finish()
        };
        assert_ne!(of(1.0), of(2.0), "though nothing is solved yet");
    }
}
