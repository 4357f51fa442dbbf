//! Losses with their gradients: means over the batch and the features, one number a lane.
//!
//! The gradient is that of the *sum over lanes*, so that each lane's part is its own.

use burn::tensor::activation;

use super::device::Compute;
use super::store::is_plain;
use super::{Tensor, vector};

/// A loss, `[P, 1, 1]`, and its gradient with respect to the prediction.
#[derive(Clone, Debug)]
pub struct Loss {
    /// `[P, 1, 1]`: mean over batch and features.
    pub value: Tensor,
    /// `[P, B, F]`.
    pub gradient: Tensor,
}

/// `mean (y - t)^2`.
pub fn mean_squared(prediction: Tensor, target: Tensor) -> Loss {
    let [_, batch, features] = prediction.dims();
    let error = prediction - target;
    let count = (batch * features) as f32;
    Loss { value: mean(error.clone().square()), gradient: error * (2.0 / count) }
}

/// `mean h(y - t)` with `h(e) = e^2 / 2` within `bound` and linear beyond (Huber 1964).
pub fn huber(prediction: Tensor, target: Tensor, bound: f32) -> Loss {
    let [_, batch, features] = prediction.dims();
    let error = prediction - target;
    let held = error.clone().clamp(-bound, bound);
    // e h' - h'^2 / 2 is e^2/2 inside and bound |e| - bound^2/2 outside.
    let value = mean(error * held.clone() - held.clone().square() * 0.5);
    Loss { value, gradient: held * (1.0 / (batch * features) as f32) }
}

/// The same as [`mean_squared`] for one of several outputs: `chosen` is 1 there and 0 elsewhere,
/// `target` is `[P, B, 1]`; the mean is over the batch.
pub fn mean_squared_of_chosen(prediction: Tensor, chosen: Tensor, target: Tensor) -> Loss {
    let [_, batch, _] = prediction.dims();
    let error = (prediction * chosen.clone()).sum_dim(2) - target;
    let value = error.clone().square().mean_dim(1);
    Loss { value, gradient: chosen * (error * (2.0 / batch as f32)) }
}

/// `-mean over the batch of sum p log softmax(y)` for probabilities `p`, `[P, B, F]`; rows of `p`
/// that are all 0 do not count, but the mean is over all rows.
pub fn cross_entropy(logits: Tensor, probabilities: Tensor) -> Loss {
    let [_, batch, _] = logits.dims();
    let logs = activation::log_softmax(logits, 2);
    let value = (logs.clone() * probabilities.clone()).sum_dim(2).neg().mean_dim(1);
    let mass = probabilities.clone().sum_dim(2);
    Loss { value, gradient: (logs.exp() * mass - probabilities) * (1.0 / batch as f32) }
}

/// `mean w (y - t)^2` with a weight for every number, `[P, B, F]`.
pub fn weighted_squared(prediction: Tensor, target: Tensor, weights: Tensor) -> Loss {
    let dims @ [lanes, batch, features] = prediction.dims();
    let count = (batch * features) as f32;
    if ![&prediction, &target, &weights].into_iter().all(is_plain) {
        let error = prediction - target;
        let pull = error.clone() * weights;
        return Loss { value: mean(error * pull.clone()), gradient: pull * (2.0 / count) };
    }
    // So few numbers are done in less time than one tensor operation takes to begin.
    let (said, target, mut pull) = (vector(prediction), vector(target), vector(weights));
    let lane = batch * features;
    let own = said.chunks_exact(lane).zip(target.chunks_exact(lane));
    let loss = |(pull, (said, target)): (&mut [f32], (&[f32], &[f32]))| {
        let mut sum = 0.0;
        for ((weight, y), t) in pull.iter_mut().zip(said).zip(target) {
            let error = y - t;
            let weighted = *weight * error;
            sum += weighted * error;
            *weight = weighted * (2.0 / count);
        }
        sum / count
    };
    let value = pull.chunks_exact_mut(lane).zip(own).map(loss).collect();
    let compute = Compute::flex();
    Loss { value: compute.tensor(value, [lanes, 1, 1]), gradient: compute.tensor(pull, dims) }
}

/// `mean over the batch of (g . (y - t))^2 / F` with `g`, `[P, B, F]`: the error along a direction.
pub fn squared_along(prediction: Tensor, target: Tensor, direction: Tensor) -> Loss {
    let [_, batch, features] = prediction.dims();
    let along = ((prediction - target) * direction.clone()).sum_dim(2);
    let count = (batch * features) as f32;
    let value = along.clone().square().mean_dim(1) * (1.0 / features as f32);
    Loss { value, gradient: direction * (along * (2.0 / count)) }
}

impl std::ops::Add for Loss {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { value: self.value + other.value, gradient: self.gradient + other.gradient }
    }
}

/// The likelihood of a prediction, and gradients of all that it depends on.
#[derive(Clone, Debug)]
pub struct Likely {
    /// Loss of every lane, and its gradient with respect to the prediction.
    pub loss: Loss,
    /// With respect to the log-variances before their bounds, `[P, B, F]`.
    pub raw: Tensor,
    /// With respect to the lower bounds, `[P, 1, F]`.
    pub low: Tensor,
    /// With respect to the upper bounds, `[P, 1, F]`.
    pub high: Tensor,
}

/// `mean (e^2 exp(-l) + l) + 0.01 sum (high - low)` with `e = y - t` and `l` the log-variance: `raw`
/// held softly between the bounds; see `rl::losses::likelihood`, whose equations these are.
pub fn likelihood(
    prediction: Tensor,
    target: Tensor,
    raw: Tensor,
    low: &Tensor,
    high: &Tensor,
) -> Likely {
    /// What the pull of the bounds towards each other weighs.
    const PULL: f32 = 0.01;
    let [_, batch, features] = prediction.dims();
    let share = 1.0 / (batch * features) as f32;
    let softplus = |x: Tensor| activation::log_sigmoid(x.neg()).neg();
    let room = high.clone() - raw;
    let below_high = high.clone() - softplus(room.clone());
    let over_low = below_high - low.clone();
    let logs = low.clone() + softplus(over_low.clone());
    let (error, precision) = (prediction - target, logs.clone().neg().exp());
    let pull = error.clone() * precision;
    let squares = error * pull.clone();
    let width = (high.clone() - low.clone()).sum_dim(2) * PULL;
    let value = mean(squares.clone() + logs) + width;
    let slope = (squares.neg() + 1.0) * share;
    let (above, below) = (activation::sigmoid(room), activation::sigmoid(over_low));
    let held = slope.clone() * below.clone();
    let high = (held.clone() * (above.clone().neg() + 1.0)).sum_dim(1) + PULL;
    let low = (slope * (below.neg() + 1.0)).sum_dim(1) - PULL;
    Likely { loss: Loss { value, gradient: pull * (2.0 * share) }, raw: held * above, low, high }
}

/// `[P, B, F]` to `[P, 1, 1]`.
fn mean(x: Tensor) -> Tensor {
    x.mean_dim(2).mean_dim(1)
}
