//! Multi-layer perceptrons: `P` of them, `[P, B, inputs]` to `[P, B, outputs]`.

use std::sync::Arc;

use super::activation::Activation;
use super::apart::{self, Saved};
use super::device::Compute;
use super::init::{Spread, uniform};
use super::layers::{HostTape, Layer, Networks};
use super::store::{Store, is_plain};
use super::{Gradients, Module, Tensor, vector};
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
    layers: Arc<[Layer]>,
    names: Arc<[String]>,
    /// In the order of [`MlpSpec::tensors`].
    store: Store,
}

/// What the way back needs of the way there.
#[derive(Debug)]
pub struct Tape(Way);

#[derive(Debug)]
enum Way {
    Host(HostTape),
    Apart(Vec<Saved>),
}

/// Which gradients are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Of the parameters.
    Parameters,
    /// Of the input.
    Input,
    /// Of both.
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
        spec.check(dice.len() * members)?;
        let mut numbers = Vec::new();
        for dice in dice {
            (0..members).for_each(|_| first_weights(spec, dice, &mut numbers));
        }
        let tensors = spec.tensors();
        let shapes: Vec<_> = tensors.iter().map(|(_, rows, columns)| [*rows, *columns]).collect();
        Ok(Self {
            spec: Arc::new(spec.clone()),
            layers: Layer::all(spec).into(),
            names: tensors.into_iter().map(|(name, ..)| name).collect(),
            store: Store::new(&shapes, numbers, compute),
        })
    }

    /// Its shape.
    pub fn spec(&self) -> &MlpSpec {
        &self.spec
    }

    /// `[P, B, inputs]` to `[P, B, outputs]`. With [`Module::tracked`] parameters, or an input that
    /// is tracked, burn keeps a tape.
    pub fn forward(&self, input: Tensor) -> Tensor {
        match self.on_host(&input) {
            Some(networks) => {
                let rows = input.dims()[1];
                self.wrap(networks.forward(vector(input)), rows)
            }
            None => apart::forward(&self.spec, &self.store.tensors(), input),
        }
    }

    /// The same, with what [`Self::backward`] needs.
    pub fn forward_taped(&self, input: Tensor) -> (Tensor, Tape) {
        match self.on_host(&input) {
            Some(networks) => {
                let rows = input.dims()[1];
                let (output, tape) = networks.forward_taped(vector(input));
                (self.wrap(output, rows), Tape(Way::Host(tape)))
            }
            None => {
                let (output, tape) = apart::forward_taped(&self.spec, &self.store.tensors(), input);
                (output, Tape(Way::Apart(tape)))
            }
        }
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
        match (tape.0, self.networks()) {
            (Way::Host(tape), Some(networks)) => {
                let [lanes, rows, _] = output.dims();
                let (all, input) = networks.backward(tape, vector(output), wanted);
                let width = if input.is_empty() { 0 } else { self.spec.inputs };
                let input = Compute::flex().tensor(input, [lanes, rows, width]);
                (self.store.beside(all), input)
            }
            (Way::Apart(tape), _) => {
                let tensors = self.store.tensors();
                let both = apart::backward(&self.spec, &tensors, (tape, output), wanted);
                (Store::of(both.0), both.1)
            }
            (Way::Host(_), None) => unreachable!("a network moved between the way there and back"),
        }
    }

    /// The networks as slices, where they are that and burn keeps no tape of `input`.
    fn on_host(&self, input: &Tensor) -> Option<Networks<'_>> {
        self.networks().filter(|_| is_plain(input))
    }

    fn networks(&self) -> Option<Networks<'_>> {
        let numbers = self.store.host()?;
        Some(Networks { layers: &self.layers, numbers, lanes: self.store.lanes() })
    }

    /// `[P, B, outputs]`.
    fn wrap(&self, output: Vec<f32>, rows: usize) -> Tensor {
        Compute::flex().tensor(output, [self.store.lanes(), rows, self.spec.outputs])
    }
}

impl Module for Mlp {
    fn names(&self) -> &[String] {
        &self.names
    }

    fn store(&self) -> &Store {
        &self.store
    }

    fn store_mut(&mut self) -> &mut Store {
        &mut self.store
    }
}

/// Appends the weights of one network, tensor after tensor.
fn first_weights(spec: &MlpSpec, dice: &mut Stream, numbers: &mut Vec<f32>) {
    for (index, (inputs, outputs)) in spec.layers().into_iter().enumerate() {
        let is_last = index == spec.hidden.len();
        let spread = if is_last { spec.last_spread } else { spec.spread };
        let (weight, bias) = spread.bounds(inputs, outputs);
        uniform(dice, weight, inputs * outputs, numbers);
        uniform(dice, bias, outputs, numbers);
        if spec.has_norm(index) {
            numbers.extend(std::iter::repeat_n(1.0, outputs));
            numbers.extend(std::iter::repeat_n(0.0, outputs));
        }
    }
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
