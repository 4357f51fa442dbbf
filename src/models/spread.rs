//! How far a model's prediction may be off, as a network of its own beside it (Nix & Weigend 1994):
//! so that a loss can be exchanged for the likelihood and back while the prediction lives on.

use std::sync::Arc;

use crate::base::digest::Digest;
use crate::base::rng::Stream;
use crate::nn::adam::{Adam, Rate};
use crate::nn::device::Compute;
use crate::nn::loss::{Loss, likelihood};
use crate::nn::mlp::{Mlp, MlpSpec, TooLarge};
use crate::nn::store::Store;
use crate::nn::{Module, NotFinite, Tensor};

/// Least log-variance at first.
const LOW: f32 = -10.0;
/// Greatest log-variance at first.
const HIGH: f32 = 0.5;

/// Bounds of the log-variances, which are learned, too: `low`, then `high`, `[P, 1, F]` each.
#[derive(Clone, Debug)]
struct Bounds {
    names: Arc<[String]>,
    store: Store,
}

impl Module for Bounds {
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

impl Bounds {
    fn new(lanes: usize, count: usize, compute: &Compute) -> Self {
        let lane = [vec![LOW; count], vec![HIGH; count]].concat();
        let store = Store::new(&[[1, count]; 2], lane.repeat(lanes), compute);
        let names = ["low", "high"].map(|name| format!("spread.{name}"));
        Self { names: names.into(), store }
    }
}

/// The spread of every lane, and what trains it.
#[derive(Clone, Debug)]
pub struct Spread {
    network: Mlp,
    bounds: Bounds,
    network_adam: Adam,
    bounds_adam: Adam,
}

impl Spread {
    /// For a model of this shape; one lane for each of `dice`.
    pub fn new(model: &MlpSpec, dice: &mut [Stream], compute: &Compute) -> Result<Self, TooLarge> {
        let spec = MlpSpec { name: "spread", ..model.clone() };
        let network = Mlp::new(&spec, dice, 1, compute)?;
        let bounds = Bounds::new(dice.len(), spec.outputs, compute);
        let rate = Rate::new(1e-3);
        Ok(Self {
            network_adam: Adam::new(&network, rate, compute),
            bounds_adam: Adam::new(&bounds, rate, compute),
            network,
            bounds,
        })
    }

    /// One step of the spread in the lanes of `active`; the loss of the prediction and its gradient
    /// come back.
    pub fn learn(
        &mut self,
        (input, said, wanted): (Tensor, Tensor, Tensor),
        rate: f32,
        active: &[bool],
    ) -> Result<Loss, NotFinite> {
        let (raw, tape) = self.network.forward_taped(input);
        let [low, high] = [0, 1].map(|index| self.bounds.tensors()[index].clone());
        let found = likelihood(said, wanted, raw, &low, &high);
        let gradients = self.network.backward(tape, found.raw);
        for adam in [&mut self.network_adam, &mut self.bounds_adam] {
            adam.rates().iter_mut().for_each(|lane| lane.rate = rate);
        }
        self.network_adam.step(&mut self.network, gradients, active)?;
        let pulls = Store::of(vec![found.low, found.high]);
        self.bounds_adam.step(&mut self.bounds, pulls, active)?;
        Ok(found.loss)
    }

    /// The first number that is none. Waits for the device.
    pub fn check(&self) -> Result<(), NotFinite> {
        self.network_adam.check(&self.network)?;
        self.bounds_adam.check(&self.bounds)
    }

    /// The same on another device. Waits for both.
    pub fn to(&self, compute: &Compute) -> Self {
        Self {
            network: self.network.to(compute),
            bounds: self.bounds.to(compute),
            network_adam: self.network_adam.to(compute),
            bounds_adam: self.bounds_adam.to(compute),
        }
    }

    /// Adds weights, bounds and optimiser.
    pub fn digest(&self, digest: &mut Digest) {
        self.network.digest(digest);
        self.bounds.digest(digest);
        self.network_adam.digest(digest);
        self.bounds_adam.digest(digest);
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        let networks = self.network.bytes() + self.bounds.bytes();
        networks + self.network_adam.bytes() + self.bounds_adam.bytes()
    }
}
