//! Layers of `P` networks in tensor operations: on an adapter, and wherever burn keeps a tape.

use super::Tensor;
use super::activation::Activation;
use super::mlp::{MlpSpec, NORM_EPSILON, Wanted};

/// What the way back needs of a layer.
#[derive(Debug)]
pub struct Saved {
    input: Tensor,
    /// Normalised sums and `1 / standard deviation`.
    norm: Option<(Tensor, Tensor)>,
    /// For the slope of the activation.
    kept: Tensor,
}

/// The tensors of each layer.
fn parts<'a>(
    spec: &MlpSpec,
    tensors: &'a [Tensor],
) -> impl DoubleEndedIterator<Item = (usize, &'a [Tensor])> + ExactSizeIterator {
    let width = if spec.layer_norm { 4 } else { 2 };
    tensors.chunks(width).enumerate()
}

/// `[P, B, inputs]` to `[P, B, outputs]`.
pub fn forward(spec: &MlpSpec, tensors: &[Tensor], input: Tensor) -> Tensor {
    let mut x = input;
    for (index, part) in parts(spec, tensors) {
        let sums = affine(x, part);
        let sums = match spec.has_norm(index) {
            true => scaled(normalised(sums).0, part),
            false => sums,
        };
        x = spec.activation(index).apply(sums);
    }
    x
}

/// The same, with what [`backward`] needs.
pub fn forward_taped(spec: &MlpSpec, tensors: &[Tensor], input: Tensor) -> (Tensor, Vec<Saved>) {
    let mut x = input;
    let mut tape = Vec::with_capacity(spec.hidden.len() + 1);
    for (index, part) in parts(spec, tensors) {
        let input = x.clone();
        let activation = spec.activation(index);
        let sums = affine(x, part);
        let (sums, norm) = match spec.has_norm(index) {
            true => {
                let (hat, inverse) = normalised(sums);
                (scaled(hat.clone(), part), Some((hat, inverse)))
            }
            false => (sums, None),
        };
        let before = activation.keeps_input().then(|| sums.clone());
        x = activation.apply(sums);
        tape.push(Saved { input, norm, kept: before.unwrap_or_else(|| x.clone()) });
    }
    (x, tape)
}

/// Gradients of the parameters and of the input from that of the output.
pub fn backward(
    spec: &MlpSpec,
    tensors: &[Tensor],
    (tape, output): (Vec<Saved>, Tensor),
    wanted: Wanted,
) -> (Vec<Tensor>, Tensor) {
    let mut gradient = output;
    // Built from the last layer to the first, then turned.
    let mut all = Vec::with_capacity(tensors.len());
    for ((index, part), saved) in parts(spec, tensors).zip(tape).rev() {
        let activation: Activation = spec.activation(index);
        gradient = activation.backward(saved.kept, gradient);
        if let Some((hat, inverse)) = saved.norm {
            if wanted != Wanted::Input {
                all.push(gradient.clone().sum_dim(1));
                all.push((gradient.clone() * hat.clone()).sum_dim(1));
            }
            gradient = norm_backward(hat, inverse, gradient * part[2].clone());
        }
        if wanted != Wanted::Input {
            all.push(gradient.clone().sum_dim(1));
            all.push(saved.input.swap_dims(1, 2).matmul(gradient.clone()));
        }
        if index > 0 || wanted != Wanted::Parameters {
            gradient = gradient.matmul(part[0].clone().swap_dims(1, 2));
        }
    }
    all.reverse();
    (all, gradient)
}

/// `x W + b`.
fn affine(x: Tensor, part: &[Tensor]) -> Tensor {
    x.matmul(part[0].clone()) + part[1].clone()
}

/// `(x - mean) / deviation` along the features, and `1 / deviation`.
fn normalised(x: Tensor) -> (Tensor, Tensor) {
    let centred = x.clone() - x.mean_dim(2);
    let variance = centred.clone().square().mean_dim(2);
    let inverse = (variance + NORM_EPSILON).sqrt().recip();
    (centred * inverse.clone(), inverse)
}

/// `hat * gain + shift`.
fn scaled(hat: Tensor, part: &[Tensor]) -> Tensor {
    hat * part[2].clone() + part[3].clone()
}

/// Gradient of what is normalised from that of `hat`:
/// `(g - mean g - hat mean(g hat)) / deviation`.
fn norm_backward(hat: Tensor, inverse: Tensor, gradient: Tensor) -> Tensor {
    let along = (gradient.clone() * hat.clone()).mean_dim(2);
    let mean = gradient.clone().mean_dim(2);
    (gradient - mean - hat * along) * inverse
}
