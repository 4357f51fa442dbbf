//! How far a model's prediction may be off, as a network of its own beside it (Nix & Weigend 1994):
//! so that a loss can be exchanged for the likelihood and back while the prediction lives on.

use crate::base::digest::Digest;
use crate::base::rng::Stream;
use crate::nn::adam::{Adam, Rate};
use crate::nn::device::Compute;
use crate::nn::loss::{Likely, likelihood};
use crate::nn::mlp::{Mlp, MlpSpec, TooLarge};
use crate::nn::{Gradients, Module, NotFinite, Tensor};

/// Least log-variance at first.
const LOW: f32 = -10.0;
/// Greatest log-variance at first.
const HIGH: f32 = 0.5;

/// Log-variances and their bounds.
#[derive(Clone, Debug)]
struct Bounded {
    network: Mlp,
    low: Tensor,
    high: Tensor,
}

impl Module for Bounded {
    fn visit<'a>(&'a self, each: &mut dyn FnMut(&'a str, &'a Tensor)) {
        self.network.visit(each);
        each("spread.low", &self.low);
        each("spread.high", &self.high);
    }

    fn map(&mut self, each: &mut dyn FnMut(Tensor) -> Tensor) {
        self.network.map(each);
        self.low = each(self.low.clone());
        self.high = each(self.high.clone());
    }
}

/// The spread of every lane, and what trains it.
#[derive(Clone, Debug)]
pub struct Spread {
    bounded: Bounded,
    adam: Adam,
}

impl Spread {
    /// For a model of this shape; one lane for each of `dice`.
    pub fn new(model: &MlpSpec, dice: &mut [Stream], compute: &Compute) -> Result<Self, TooLarge> {
        let spec = MlpSpec { name: "spread", ..model.clone() };
        let (lanes, count) = (dice.len(), spec.outputs);
        let all = |x: f32| compute.tensor(vec![x; lanes * count], [lanes, 1, count]);
        let network = Mlp::new(&spec, dice, 1, compute)?;
        let bounded = Bounded { network, low: all(LOW), high: all(HIGH) };
        Ok(Self { adam: Adam::new(&bounded, Rate::new(1e-3), compute), bounded })
    }

    /// One step of the spread in the lanes of `active`; the loss of the prediction and its gradient
    /// come back.
    pub fn learn(
        &mut self,
        (input, said, wanted): (Tensor, Tensor, Tensor),
        rate: f32,
        active: &[bool],
    ) -> Result<crate::nn::loss::Loss, NotFinite> {
        let (raw, tape) = self.bounded.network.forward_taped(input);
        let Bounded { low, high, .. } = &self.bounded;
        let Likely { loss, raw, low, high } = likelihood(said, wanted, raw, low, high);
        let mut gradients: Gradients = self.bounded.network.backward(tape, raw);
        gradients.extend([low, high]);
        self.adam.rates().iter_mut().for_each(|lane| lane.rate = rate);
        self.adam.step(&mut self.bounded, gradients, active)?;
        Ok(loss)
    }

    /// The first number that is none. Waits for the device.
    pub fn check(&self) -> Result<(), NotFinite> {
        self.adam.check(&self.bounded)
    }

    /// The same on another device. Waits for both.
    pub fn to(&self, compute: &Compute) -> Self {
        Self { bounded: self.bounded.to(compute), adam: self.adam.to(compute) }
    }

    /// Adds weights, bounds and optimiser.
    pub fn digest(&self, digest: &mut Digest) {
        self.bounded.digest(digest);
        self.adam.digest(digest);
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        self.bounded.bytes() + self.adam.bytes()
    }
}
