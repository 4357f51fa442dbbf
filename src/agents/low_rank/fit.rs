//! How well a low-rank model fits, measured on what it never learned from.

use std::sync::Arc;

use crate::base::series::{Row, Series};
use crate::base::stats::{mean, variance};
use crate::mdp::physical::Vector;
use crate::models::low_rank::{Hill, LowRank};
use crate::models::model_loss::ModelLoss;

/// Losses whose gradients are compared.
pub const LOSSES: usize = ModelLoss::ALL.len();

/// One measurement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// Updates of the model so far.
    pub updates: u64,
    /// `mean (V(s^') - V(s'))^2 / Var V(s')`.
    pub value_error: f64,
    /// Mean squared error of the numbers that the value reads.
    pub state_error: f64,
    /// Length of the gradient of the loss it goes down, after the weights; 0 before the first.
    pub norm: f64,
    /// Lengths of the gradients of all losses on the same data, after the weights of a low-rank
    /// model or, as a mean, after the prediction of a network; 0 for a loss that was not asked.
    pub norms: [f64; LOSSES],
    /// The value has just moved.
    pub moved: bool,
    /// Share of the predictions that lie where no state was ever seen, if that is known.
    pub beyond: Option<f64>,
}

impl Row for Fit {
    fn value(&self) -> f64 {
        self.value_error
    }
}

/// A copy for pictures.
#[derive(Clone, Debug)]
pub struct FitView {
    /// What the model goes down.
    pub loss: ModelLoss,
    /// Measurements so far.
    pub fits: Series<Fit>,
    /// Squared error of each number over its variance, on the test data; empty before there are any.
    pub shares: Vec<f64>,
    /// The newest real step: what was seen before and after, and what the model says of it.
    pub newest: Option<(Vector, Vector, Vec<f64>)>,
    /// Real steps kept of those wanted.
    pub kept: (usize, usize),
}

/// A view that pictures share; equal if it is the very same.
#[derive(Clone, Debug)]
pub struct Shared(pub Arc<FitView>);

impl PartialEq for Shared {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

/// `(value error over the variance of the value, state error of the two numbers it reads)`.
pub fn errors<'a>(
    model: &LowRank,
    hill: &Hill,
    test: impl Iterator<Item = (&'a [f64], &'a [f64])> + Clone,
) -> (f64, f64) {
    let worth: Vec<f64> = test.clone().map(|(_, next)| hill.value(next)).collect();
    let spread = variance(&worth).unwrap_or(0.0);
    let (mut value, mut state, mut count) = (0.0, 0.0, 0.0);
    for (s, next) in test {
        let said = model.predict(s);
        value += (hill.value(&said) - hill.value(next)).powi(2);
        state += ((said[0] - next[0]).powi(2) + (said[1] - next[1]).powi(2)) / 2.0;
        count += 1.0;
    }
    (value / count / spread.max(1e-300), state / count)
}

/// Squared error of each number over its variance: 0 is right, 1 is no better than its mean.
pub fn shares<'a>(
    model: &LowRank,
    width: usize,
    test: impl Iterator<Item = (&'a [f64], &'a [f64])> + Clone,
) -> Vec<f64> {
    let said: Vec<Vec<f64>> = test.clone().map(|(s, _)| model.predict(s)).collect();
    let share = |d: usize| {
        let next: Vec<f64> = test.clone().map(|(_, next)| next[d]).collect();
        let squares: Vec<f64> = said.iter().zip(&next).map(|(y, t)| (y[d] - t).powi(2)).collect();
        let spread = variance(&next).unwrap_or(0.0);
        mean(&squares).unwrap_or(0.0) / spread.max(1e-300)
    };
    (0..width).map(share).collect()
}
