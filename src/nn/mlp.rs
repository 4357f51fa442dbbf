//! Multi-layer perceptrons: `P` of them, `[P, B, inputs]` to `[P, B, outputs]`.

use std::sync::Arc;

use super::activation::Activation;
use super::device::Compute;
use super::fused::{backward, biased};
use super::init::{Spread, uniform};
use super::{Gradients, Module, Tensor};
use crate::base::rng::Stream;

/// Added to variances.
pub const NORM_EPSILON: f32 = 1e-5;

/// Memory that the parameters of one network may take with their gradients and moments, in bytes.
pub const LIMIT: u128 = 1 << 30;

/// The shape of a network, and where its first weights come from.
#[derive(Clone, Debug, PartialEq)]
pub struct MlpSpec {
    /// Begins the names of its tensors.
    pub name: &'static str,
    /// Numbers in.
    pub inputs: usize,
    /// Width of each hidden layer.
    pub hidden: Vec<usize>,
    /// Numbers out.
    pub outputs: usize,
    /// Of hidden layers.
    pub activation: Activation,
    /// Of the last layer.
    pub last: Activation,
    /// Whether hidden layers are normalised before their activation (Ba et al. 2016).
    pub layer_norm: bool,
    /// First weights of hidden layers.
    pub spread: Spread,
    /// First weights of the last layer.
    pub last_spread: Spread,
}

impl MlpSpec {
    /// ReLU layers, then a linear one, first weights like PyTorch's.
    pub fn new(name: &'static str, inputs: usize, hidden: &[usize], outputs: usize) -> Self {
        Self {
            name,
            inputs,
            hidden: hidden.to_vec(),
            outputs,
            activation: Activation::Relu,
            last: Activation::Linear,
            layer_norm: false,
            spread: Spread::FanIn,
            last_spread: Spread::FanIn,
        }
    }

    /// Inputs and outputs of every layer.
    pub fn layers(&self) -> Vec<(usize, usize)> {
        let outs = self.hidden.iter().copied().chain([self.outputs]);
        let ins = [self.inputs].into_iter().chain(self.hidden.iter().copied());
        ins.zip(outs).collect()
    }

    /// Whether layer `index` is normalised.
    pub fn has_norm(&self, index: usize) -> bool {
        self.layer_norm && index < self.hidden.len()
    }

    /// Activation of layer `index`.
    pub fn activation(&self, index: usize) -> Activation {
        if index < self.hidden.len() { self.activation } else { self.last }
    }

    /// `(name, rows, columns)` of every tensor, in declaration order.
    pub fn tensors(&self) -> Vec<(String, usize, usize)> {
        let mut all = Vec::new();
        for (index, (inputs, outputs)) in self.layers().into_iter().enumerate() {
            let name = |part| format!("{}.{index}.{part}", self.name);
            all.push((name("weight"), inputs, outputs));
            all.push((name("bias"), 1, outputs));
            if self.has_norm(index) {
                all.push((name("gain"), 1, outputs));
                all.push((name("shift"), 1, outputs));
            }
        }
        all
    }

    /// Bytes of the parameters of one network.
    pub fn bytes(&self) -> u128 {
        let beside = |index| if self.has_norm(index) { 3 } else { 1 };
        let layers = self.layers().into_iter().enumerate();
        let numbers: u128 = layers.map(|(at, (i, o))| (i as u128 + beside(at)) * o as u128).sum();
        numbers.saturating_mul(size_of::<f32>() as u128)
    }

    /// The same with gradient and two moments.
    pub fn bytes_to_train(&self) -> u128 {
        self.bytes().saturating_mul(4)
    }

    /// Refuses what would not fit into [`LIMIT`], before any memory is taken.
    pub fn check(&self, lanes: usize) -> Result<(), TooLarge> {
        let asked = self.bytes_to_train().saturating_mul(lanes as u128);
        let name = self.name;
        if asked > LIMIT { Err(TooLarge { name, lanes, asked }) } else { Ok(()) }
    }
}

/// A network that is too large.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{lanes} x network {name} asks for {} MiB with gradients and moments: at most {} MiB",
    .asked >> 20, LIMIT >> 20
)]
pub struct TooLarge {
    name: &'static str,
    lanes: usize,
    asked: u128,
}

/// `P` networks of one shape.
#[derive(Clone, Debug)]
pub struct Mlp {
    spec: Arc<MlpSpec>,
    names: Arc<[String]>,
    /// In the order of [`MlpSpec::tensors`].
    tensors: Vec<Tensor>,
}

/// What the way back needs of the way there.
#[derive(Debug)]
pub struct Tape(Vec<Saved>);

#[derive(Debug)]
struct Saved {
    input: Tensor,
    /// Normalised sums and `1 / standard deviation`.
    norm: Option<(Tensor, Tensor)>,
    /// For the slope of the activation.
    kept: Tensor,
}

/// Which gradients are wanted.
#[derive(Clone, Copy, PartialEq)]
enum Wanted {
    Parameters,
    Input,
    Both,
}

impl Mlp {
    /// One network for each of `dice`, times `members`: lane `l * members + m` is member `m` of
    /// lane `l`. The weights of a lane depend on its own dice alone.
    pub fn new(
        spec: &MlpSpec,
        dice: &mut [Stream],
        members: usize,
        compute: &Compute,
    ) -> Result<Self, TooLarge> {
        let lanes = dice.len() * members;
        spec.check(lanes)?;
        let shapes = spec.tensors();
        let mut numbers: Vec<Vec<f32>> = vec![Vec::new(); shapes.len()];
        for dice in dice {
            (0..members).for_each(|_| first_weights(spec, dice, &mut numbers));
        }
        let pairs = numbers.into_iter().zip(&shapes);
        let tensors =
            pairs.map(|(n, &(_, rows, columns))| compute.tensor(n, [lanes, rows, columns]));
        let tensors = tensors.collect();
        let names = shapes.iter().map(|(name, ..)| name.clone()).collect();
        Ok(Self { spec: Arc::new(spec.clone()), names, tensors })
    }

    /// Its shape.
    pub fn spec(&self) -> &MlpSpec {
        &self.spec
    }

    /// `[P, B, inputs]` to `[P, B, outputs]`. With [`Module::tracked`] parameters, or an input that
    /// is tracked, burn keeps a tape.
    pub fn forward(&self, input: Tensor) -> Tensor {
        let mut x = input;
        for (index, part) in self.parts() {
            let activation = self.spec.activation(index);
            x = match self.spec.has_norm(index) {
                true => activation.apply(scaled(normalised(affine(x, part)).0, part)),
                false => biased(x.matmul(part[0].clone()), &part[1], activation),
            };
        }
        x
    }

    /// The same, with what [`Self::backward`] needs.
    pub fn forward_taped(&self, input: Tensor) -> (Tensor, Tape) {
        let mut x = input;
        let mut tape = Vec::with_capacity(self.spec.hidden.len() + 1);
        for (index, part) in self.parts() {
            let input = x.clone();
            let activation = self.spec.activation(index);
            if !self.spec.has_norm(index) && !activation.keeps_input() {
                x = biased(x.matmul(part[0].clone()), &part[1], activation);
                tape.push(Saved { input, norm: None, kept: x.clone() });
                continue;
            }
            let sums = affine(x, part);
            let (sums, norm) = match self.spec.has_norm(index) {
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
        (x, Tape(tape))
    }

    /// Gradients of the parameters from that of the output, `[P, B, outputs]`.
    pub fn backward(&self, tape: Tape, output: Tensor) -> Gradients {
        self.way_back(tape, output, Wanted::Parameters).0
    }

    /// Gradient of the input, `[P, B, inputs]`, from that of the output.
    pub fn backward_to_input(&self, tape: Tape, output: Tensor) -> Tensor {
        self.way_back(tape, output, Wanted::Input).1
    }

    /// Gradients of parameters and input.
    pub fn backward_both(&self, tape: Tape, output: Tensor) -> (Gradients, Tensor) {
        self.way_back(tape, output, Wanted::Both)
    }

    fn way_back(&self, tape: Tape, output: Tensor, wanted: Wanted) -> (Gradients, Tensor) {
        let mut gradient = output;
        // Built from the last layer to the first, then turned.
        let mut all = Gradients::with_capacity(self.tensors.len());
        for ((index, part), saved) in self.parts().zip(tape.0).rev() {
            let mut sums;
            (gradient, sums) = backward(self.spec.activation(index), saved.kept, gradient);
            if let Some((hat, inverse)) = saved.norm {
                if wanted != Wanted::Input {
                    all.push(sums.unwrap_or_else(|| gradient.clone().sum_dim(1)));
                    all.push((gradient.clone() * hat.clone()).sum_dim(1));
                }
                gradient = norm_backward(hat, inverse, gradient * part[2].clone());
                sums = None;
            }
            if wanted != Wanted::Input {
                all.push(sums.unwrap_or_else(|| gradient.clone().sum_dim(1)));
                all.push(saved.input.swap_dims(1, 2).matmul(gradient.clone()));
            }
            if index > 0 || wanted != Wanted::Parameters {
                gradient = gradient.matmul(part[0].clone().swap_dims(1, 2));
            }
        }
        all.reverse();
        (all, gradient)
    }

    /// The tensors of each layer.
    fn parts(&self) -> impl DoubleEndedIterator<Item = (usize, &[Tensor])> + ExactSizeIterator {
        let width = if self.spec.layer_norm { 4 } else { 2 };
        self.tensors.chunks(width).enumerate()
    }
}

impl Module for Mlp {
    fn visit<'a>(&'a self, each: &mut dyn FnMut(&'a str, &'a Tensor)) {
        self.names.iter().zip(&self.tensors).for_each(|(name, tensor)| each(name, tensor));
    }

    fn map(&mut self, each: &mut dyn FnMut(Tensor) -> Tensor) {
        self.tensors = std::mem::take(&mut self.tensors).into_iter().map(each).collect();
    }
}

/// Appends the weights of one network to each of its tensors.
fn first_weights(spec: &MlpSpec, dice: &mut Stream, numbers: &mut [Vec<f32>]) {
    let mut tensors = numbers.iter_mut();
    let mut append = |dice: Option<(&mut Stream, f32)>, value: f32, count: usize| {
        let Some(numbers) = tensors.next() else { return };
        match dice {
            Some((dice, bound)) => uniform(dice, bound, count, numbers),
            None => numbers.extend(std::iter::repeat_n(value, count)),
        }
    };
    for (index, (inputs, outputs)) in spec.layers().into_iter().enumerate() {
        let is_last = index == spec.hidden.len();
        let spread = if is_last { spec.last_spread } else { spec.spread };
        let (weight, bias) = spread.bounds(inputs, outputs);
        append(Some((&mut *dice, weight)), 0.0, inputs * outputs);
        append(Some((&mut *dice, bias)), 0.0, outputs);
        if spec.has_norm(index) {
            append(None, 1.0, outputs);
            append(None, 0.0, outputs);
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::init::dice;

    #[test]
    fn absurd_sizes_are_refused_before_memory_is_taken() {
        let wide = MlpSpec::new("model", 4, &[100_000, 100_000], 4);
        let error = Mlp::new(&wide, &mut dice(&[0], 0), 1, &Compute::flex()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "1 x network model asks for 152603 MiB with gradients and moments: at most 1024 MiB"
        );
        assert!(MlpSpec::new("q", 4, &[usize::MAX], 4).check(usize::MAX).is_err(), "no overflow");
        let fine = MlpSpec::new("q", 4, &[256, 256], 4);
        assert!(fine.check(900).is_ok() && fine.check(1000).is_err());
    }

    #[test]
    fn copies_share_their_numbers_and_fingerprints_see_every_bit() {
        let spec = MlpSpec::new("q", 2, &[3], 1);
        let mlp = Mlp::new(&spec, &mut dice(&[7], 0), 1, &Compute::flex()).unwrap();
        let print = |mlp: &Mlp| {
            let mut digest = crate::base::digest::Digest::default();
            mlp.digest(&mut digest);
            digest.finish()
        };
        let mut other = mlp.clone();
        assert_eq!((print(&mlp), mlp.bytes(), mlp.lanes()), (print(&other), 4 * 13, 1));
        let mut first = true;
        other.map(&mut |t| if std::mem::take(&mut first) { t * -1.0 } else { t });
        assert_ne!(print(&mlp), print(&other));
        assert_eq!(mlp.not_finite(), None);
    }
}
