//! A layer's sums, slopes and their totals in one pass over host memory.
//!
//! In host memory a tensor is a slice, and what surrounds the multiplications of a small network
//! costs as much as they do: bias, activation, slope and the bias's gradient each were a tensor
//! operation with its own pass (`benches/results/mve.md`). The numbers are those of the tensor
//! path, which serves graphics adapters and burn's autodiff.

use burn::tensor::{Device, TensorData};

use super::Tensor;
use super::activation::Activation;
use super::adam::{floats, floats_mut};

/// Whether a pass over the slice may stand for tensor operations: no adapter, no tape of burn.
fn is_plain(x: &Tensor) -> bool {
    let device = x.device();
    device == Device::flex() && !device.is_autodiff()
}

/// `f(x + b)`, with `x` `[P, B, F]` and `bias` `[P, 1, F]`.
pub fn biased(x: Tensor, bias: &Tensor, f: Activation) -> Tensor {
    if f == Activation::Silu || !is_plain(&x) || !is_plain(bias) {
        return f.apply(x + bias.clone());
    }
    let [_, rows, columns] = x.dims();
    let (device, bias) = (x.device(), bias.to_data());
    let mut data = x.into_data();
    let lanes = floats_mut(&mut data).chunks_mut((rows * columns).max(1));
    for (lane, bias) in lanes.zip(floats(&bias).chunks(columns)) {
        match f {
            Activation::Relu => each(lane, bias, |x| if x <= 0.0 { 0.0 } else { x }),
            Activation::Tanh => each(lane, bias, f32::tanh),
            _ => each(lane, bias, |x| x),
        }
    }
    Tensor::from_data(data, &device)
}

/// `x <- f(x + b)` row by row.
#[inline(always)]
fn each(lane: &mut [f32], bias: &[f32], f: impl Fn(f32) -> f32) {
    for row in lane.chunks_mut(bias.len()) {
        row.iter_mut().zip(bias).for_each(|(x, b)| *x = f(*x + b));
    }
}

/// `dL/dx` from `dL/df` as [`Activation::backward`] has it. In host memory also its sum over the
/// rows, `[P, 1, F]`, the gradient of a bias; elsewhere that is one more operation, which not
/// everybody wants.
pub fn backward(f: Activation, kept: Tensor, gradient: Tensor) -> (Tensor, Option<Tensor>) {
    if f == Activation::Silu || !is_plain(&gradient) || !is_plain(&kept) {
        return (f.backward(kept, gradient), None);
    }
    let ([lanes, rows, columns], device) = (gradient.dims(), gradient.device());
    let mut data = gradient.into_data();
    let mut sums = vec![0.0_f32; lanes * columns];
    // On the way back nobody else holds what was kept any more, so this is no copy.
    let kept = (f != Activation::Linear).then(|| kept.into_data());
    let width = (rows * columns).max(1);
    let parts = floats_mut(&mut data).chunks_mut(width).zip(sums.chunks_mut(columns));
    for (lane, (gradient, sums)) in parts.enumerate() {
        let kept = kept.as_ref().map(|kept| &floats(kept)[lane * width..(lane + 1) * width]);
        match (f, kept) {
            (Activation::Relu, Some(kept)) => {
                slopes(gradient, kept, sums, |g, y| if y <= 0.0 { 0.0 } else { g });
            }
            (Activation::Tanh, Some(kept)) => {
                slopes(gradient, kept, sums, |g, y| g * (1.0 - y * y));
            }
            _ => totals(gradient, sums),
        }
    }
    let sums = Tensor::from_data(TensorData::new(sums, [lanes, 1, columns]), &device);
    (Tensor::from_data(data, &device), Some(sums))
}

/// `g <- slope(g, y)` and `sums <- sums + g`, row by row.
#[inline(always)]
fn slopes(lane: &mut [f32], kept: &[f32], sums: &mut [f32], slope: impl Fn(f32, f32) -> f32) {
    for (row, kept) in lane.chunks_mut(sums.len()).zip(kept.chunks(sums.len())) {
        for ((g, y), sum) in row.iter_mut().zip(kept).zip(sums.iter_mut()) {
            *g = slope(*g, *y);
            *sum += *g;
        }
    }
}

/// `sums <- sums + g`, row by row.
fn totals(lane: &[f32], sums: &mut [f32]) {
    for row in lane.chunks(sums.len()) {
        sums.iter_mut().zip(row).for_each(|(sum, g)| *sum += g);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::device::Compute;
    use crate::nn::values;

    const ALL: [Activation; 4] =
        [Activation::Linear, Activation::Relu, Activation::Tanh, Activation::Silu];

    /// Numbers of both signs, two lanes of five rows of three; one is none at all.
    fn numbers(step: f32) -> Tensor {
        let mut all: Vec<f32> = (0..30).map(|i| (i as f32 * step).sin()).collect();
        all[7] = f32::NAN;
        all[11] = 0.0;
        Compute::flex().tensor(all, [2, 5, 3])
    }

    fn agree(ours: &Tensor, theirs: &Tensor, what: Activation) {
        for (a, b) in values(ours).into_iter().zip(values(theirs)) {
            assert!((a - b).abs() < 1e-6 || a.is_nan() && b.is_nan(), "{what:?}: {a} for {b}");
        }
        assert_eq!(ours.dims(), theirs.dims());
    }

    #[test]
    fn one_pass_gives_what_tensor_operations_give() {
        let bias = Compute::flex().tensor(vec![0.1, -0.2, 0.3, -0.4, 0.5, -0.6], [2, 1, 3]);
        for f in ALL {
            let x = numbers(1.7);
            agree(&biased(x.clone(), &bias, f), &f.apply(x + bias.clone()), f);
            let (kept, above) = (numbers(0.9), numbers(2.3));
            let (gradient, sums) = backward(f, kept.clone(), above.clone());
            let truth = f.backward(kept, above);
            assert_eq!(sums.is_some(), f != Activation::Silu);
            sums.iter().for_each(|sums| agree(sums, &truth.clone().sum_dim(1), f));
            agree(&gradient, &truth, f);
        }
    }

    #[test]
    fn a_tape_of_burn_is_left_whole() {
        let x = numbers(1.7).autodiff().require_grad();
        let bias = Compute::flex().tensor(vec![0.1; 6], [2, 1, 3]);
        let mut tape = biased(x.clone(), &bias, Activation::Relu).sum().backward();
        assert!(x.grad_remove(&mut tape).is_some());
    }
}
