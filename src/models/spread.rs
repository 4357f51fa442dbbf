//! How far a model's prediction may be off, as a network of its own beside it (Nix & Weigend 1994):
//! so that a loss can be exchanged for the likelihood and back while the prediction lives on.

use std::sync::Arc;

use crate::base::digest::Digest;
use crate::base::rng::Stream;
use crate::nn::adam::{Adam, Rate};
use crate::nn::device::Compute;
use crate::nn::loss::{Likely, likelihood};
use crate::nn::mlp::{Mlp, MlpSpec, TooLarge};
use crate::nn::store::Store;
use crate::nn::{Gradients, Module, NotFinite, Tensor};

/// Least log-variance at first.
const LOW: f32 = -10.0;
/// Greatest log-variance at first.
const HIGH: f32 = 0.5;

/// The soft bounds of the log-variances: `low` and `high`, `[P, 1, F]` each.
#[derive(Clone, Debug)]
struct Bounds {
    names: Arc<[String]>,
    store: Store,
}

impl Bounds {
    fn new(lanes: usize, count: usize, compute: &Compute) -> Self {
        let all = |x: f32| compute.tensor(vec![x; lanes * count], [lanes, 1, count]);
        let names = ["spread.low".to_owned(), "spread.high".to_owned()].into();
        Self { names, store: Store::of(vec![all(LOW), all(HIGH)]) }
    }
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

/// The spread of every lane, and what trains it.
#[derive(Clone, Debug)]
pub struct Spread {
    network: Mlp,
    adam: Adam,
    bounds: Bounds,
    bounds_adam: Adam,
}

impl Spread {
    /// For a model of this shape; one lane for each of `dice`.
    pub fn new(model: &MlpSpec, dice: &mut [Stream], compute: &Compute) -> Result<Self, TooLarge> {
        let spec = MlpSpec { name: "spread", ..model.clone() };
        let bounds = Bounds::new(dice.len(), spec.outputs, compute);
        let network = Mlp::new(&spec, dice, 1, compute)?;
        Ok(Self {
            adam: Adam::new(&network, Rate::new(1e-3), compute),
            bounds_adam: Adam::new(&bounds, Rate::new(1e-3), compute),
            network,
            bounds,
        })
    }

    /// The one in `place`, made now if there is none yet.
    pub fn kept<'a>(
        place: &'a mut Option<Self>,
        model: &MlpSpec,
        dice: &[Stream],
        compute: &Compute,
    ) -> Result<&'a mut Self, NotFinite> {
        if place.is_none() {
            *place = Self::new(model, &mut dice.to_vec(), compute).ok();
        }
        let tensor = "spread (no room for it)".to_owned();
        place.as_mut().ok_or(NotFinite { tensor, lane: 0, row: 0, column: 0, value: f32::NAN })
    }

    /// One step of the spread in the lanes of `active`; the loss of the prediction and its gradient
    /// come back.
    pub fn learn(
        &mut self,
        (input, said, wanted): (Tensor, Tensor, Tensor),
        rate: f32,
        active: &[bool],
    ) -> Result<crate::nn::loss::Loss, NotFinite> {
        let (raw, tape) = self.network.forward_taped(input);
        let [low, high] = [0, 1].map(|index| self.bounds.tensors().swap_remove(index));
        let Likely { loss, raw, low, high } = likelihood(said, wanted, raw, &low, &high);
        let gradients = self.network.backward(tape, raw);
        for adam in [&mut self.adam, &mut self.bounds_adam] {
            adam.rates().iter_mut().for_each(|lane| lane.rate = rate);
        }
        self.adam.step(&mut self.network, gradients, active)?;
        self.bounds_adam.step(&mut self.bounds, Gradients::of(vec![low, high]), active)?;
        Ok(loss)
    }

    /// The loss of a prediction in every lane, `[P, 1, 1]`, of which nothing is learned.
    pub fn value(&self, (input, said, wanted): (Tensor, Tensor, Tensor)) -> Tensor {
        let raw = self.network.forward(input);
        let [low, high] = [0, 1].map(|index| self.bounds.tensors().swap_remove(index));
        likelihood(said, wanted, raw, &low, &high).loss.value
    }

    /// The first number that is none. Waits for the device.
    pub fn check(&self) -> Result<(), NotFinite> {
        self.adam.check(&self.network)?;
        self.bounds_adam.check(&self.bounds)
    }

    /// The same on another device. Waits for both.
    pub fn to(&self, compute: &Compute) -> Self {
        Self {
            network: self.network.to(compute),
            adam: self.adam.to(compute),
            bounds: self.bounds.to(compute),
            bounds_adam: self.bounds_adam.to(compute),
        }
    }

    /// Adds weights, bounds and optimisers.
    pub fn digest(&self, digest: &mut Digest) {
        self.network.digest(digest);
        self.bounds.digest(digest);
        self.adam.digest(digest);
        self.bounds_adam.digest(digest);
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        let networks = self.network.bytes() + self.bounds.bytes();
        networks + self.adam.bytes() + self.bounds_adam.bytes()
    }
}
