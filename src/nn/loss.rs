//! Losses with their gradients: means over the batch and the features, one number a lane.
//!
//! The gradient is that of the *sum over lanes*, so that each lane's part is its own.

use burn::tensor::activation;

use super::Tensor;

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

/// `[P, B, F]` to `[P, 1, 1]`.
fn mean(x: Tensor) -> Tensor {
    x.mean_dim(2).mean_dim(1)
}
