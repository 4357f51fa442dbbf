//! A plain copy of one network in host memory, for pictures and tree search: burn is called by the
//! thread that owns the network alone, these numbers may go anywhere.
//!
//! For a single input it is also faster than tensor operations.

mod batch;

use std::sync::Arc;

use super::Module as _;
use super::activation::Activation;
use super::device::Compute;
use super::mlp::{Mlp, NORM_EPSILON};
use crate::base::digest::Digest;

/// One network. A clone shares the numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct HostMlp {
    layers: Arc<[Layer]>,
}

#[derive(Clone, Debug, PartialEq)]
struct Layer {
    /// `[inputs, outputs]`.
    weight: Arc<[f32]>,
    bias: Arc<[f32]>,
    norm: Option<Norm>,
    activation: Activation,
}

#[derive(Clone, Debug, PartialEq)]
struct Norm {
    gain: Arc<[f32]>,
    shift: Arc<[f32]>,
}

/// What one layer did to one input.
struct Passed {
    /// Before the activation.
    sums: Vec<f32>,
    /// Normalised sums and `1 / deviation`.
    norm: Option<(Vec<f32>, f32)>,
}

impl HostMlp {
    /// Copies of all lanes of `mlp`, `[P]`. Waits for the device.
    pub fn all(mlp: &Mlp) -> Vec<Self> {
        let store = mlp.store().to(&Compute::flex());
        (0..mlp.lanes()).map(|lane| Self::cut(mlp, store.lane(lane))).collect()
    }

    /// A copy of lane `lane` of `mlp`. Waits for the device.
    pub fn of(mlp: &Mlp, lane: usize) -> Self {
        Self::cut(mlp, mlp.store().lane(lane))
    }

    /// Of the numbers of one network, parameter after parameter.
    fn cut(mlp: &Mlp, parts: Vec<Vec<f32>>) -> Self {
        let spec = mlp.spec();
        let mut parts = parts.into_iter().map(Arc::<[f32]>::from);
        let mut next = || parts.next().unwrap_or_default();
        let layer = |index: usize| Layer {
            weight: next(),
            bias: next(),
            norm: spec.has_norm(index).then(|| Norm { gain: next(), shift: next() }),
            activation: spec.activation(index),
        };
        Self { layers: (0..=spec.hidden.len()).map(layer).collect() }
    }

    /// Numbers in.
    pub fn inputs(&self) -> usize {
        self.layers[0].weight.len() / self.layers[0].bias.len()
    }

    /// Numbers out.
    pub fn outputs(&self) -> usize {
        self.layers.last().map_or(0, |layer| layer.bias.len())
    }

    /// Adds all numbers.
    pub fn digest(&self, digest: &mut Digest) {
        for layer in self.layers.iter() {
            let norm = layer.norm.iter().flat_map(|norm| [&norm.gain, &norm.shift]);
            let all = [&layer.weight, &layer.bias].into_iter().chain(norm);
            all.flat_map(|part| part.iter()).for_each(|x| digest.word(u64::from(x.to_bits())));
        }
    }

    /// Memory of the numbers in bytes.
    pub fn bytes(&self) -> usize {
        let norm = |layer: &Layer| layer.norm.as_ref().map_or(0, |n| 2 * n.gain.len());
        let numbers = |layer: &Layer| layer.weight.len() + layer.bias.len() + norm(layer);
        self.layers.iter().map(numbers).sum::<usize>() * size_of::<f32>()
    }

    /// `[inputs]` to `[outputs]`.
    pub fn forward(&self, input: &[f32]) -> Vec<f32> {
        let mut x = Vec::new();
        for (index, layer) in self.layers.iter().enumerate() {
            let mut passed = layer.pass(if index == 0 { input } else { &x });
            passed.sums.iter_mut().for_each(|x| *x = layer.activation.of(*x));
            x = passed.sums;
        }
        x
    }

    /// Gradient of `weights . forward(input)` with respect to the input.
    pub fn input_gradient(&self, input: &[f32], weights: &[f32]) -> Vec<f32> {
        let mut passed: Vec<Passed> = Vec::with_capacity(self.layers.len());
        let mut x = input.to_vec();
        for layer in self.layers.iter() {
            let one = layer.pass(&x);
            x = one.sums.iter().map(|&sum| layer.activation.of(sum)).collect();
            passed.push(one);
        }
        let back = self.layers.iter().zip(&passed).rev();
        back.fold(weights.to_vec(), |gradient, (layer, passed)| layer.back(passed, gradient))
    }
}

impl Layer {
    fn pass(&self, input: &[f32]) -> Passed {
        let mut sums = self.bias.to_vec();
        // Row by row of the weights: inputs that are 0, as in one-hot features, cost nothing.
        for (&x, row) in input.iter().zip(self.weight.chunks_exact(sums.len())) {
            if x != 0.0 {
                sums.iter_mut().zip(row).for_each(|(sum, w)| *sum += x * w);
            }
        }
        let Some(norm) = &self.norm else { return Passed { sums, norm: None } };
        let count = sums.len() as f32;
        let mean = sums.iter().sum::<f32>() / count;
        let variance = sums.iter().map(|x| (x - mean).powi(2)).sum::<f32>() / count;
        let inverse = (variance + NORM_EPSILON).sqrt().recip();
        let hat: Vec<f32> = sums.iter().map(|x| (x - mean) * inverse).collect();
        let scaled = hat.iter().zip(norm.gain.iter()).zip(norm.shift.iter());
        let sums = scaled.map(|((hat, gain), shift)| hat * gain + shift).collect();
        Passed { sums, norm: Some((hat, inverse)) }
    }

    /// Gradient of the input from that of the output.
    fn back(&self, passed: &Passed, mut gradient: Vec<f32>) -> Vec<f32> {
        let slopes = passed.sums.iter().map(|&x| self.activation.slope(x));
        gradient.iter_mut().zip(slopes).for_each(|(g, slope)| *g *= slope);
        if let (Some(norm), Some((hat, inverse))) = (&self.norm, &passed.norm) {
            gradient.iter_mut().zip(norm.gain.iter()).for_each(|(g, gain)| *g *= gain);
            let count = gradient.len() as f32;
            let mean = gradient.iter().sum::<f32>() / count;
            let along = gradient.iter().zip(hat).map(|(g, h)| g * h).sum::<f32>() / count;
            let both = gradient.iter_mut().zip(hat);
            both.for_each(|(g, h)| *g = (*g - mean - h * along) * inverse);
        }
        let dot = |row: &[f32]| row.iter().zip(&gradient).map(|(w, g)| w * g).sum();
        self.weight.chunks_exact(gradient.len()).map(dot).collect()
    }
}
