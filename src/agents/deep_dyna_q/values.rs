//! The values of deep Dyna-Q: a network, its slow copy, and what trains it.

use crate::base::digest::Digest;
use crate::base::rng::Stream;
use crate::mdp::Action;
use crate::nn::adam::{Adam, Rate};
use crate::nn::device::Compute;
use crate::nn::host::HostMlp;
use crate::nn::loss::mean_squared_of_chosen;
use crate::nn::mlp::{Mlp, MlpSpec, TooLarge};
use crate::nn::target::soft_update;
use crate::nn::{Module as _, NotFinite, Tensor};

/// How a value step is made.
#[derive(Clone, Copy, Debug)]
pub struct Dials {
    /// Step size.
    pub rate: f32,
    /// Discount.
    pub gamma: f32,
    /// How fast the slow copy follows.
    pub tau: f32,
    /// What rewards are multiplied with.
    pub scale: f32,
}

/// Steps to learn from, real or imagined: `[P * B]` each, lane after lane.
#[derive(Clone, Debug)]
pub struct Told<'a> {
    /// What was seen, `[P, B, S]`.
    pub seen: Tensor,
    /// What was seen next, `[P, B, S]`.
    pub next: Tensor,
    /// What was done.
    pub actions: &'a [Action],
    /// What it paid.
    pub rewards: &'a [f32],
    /// False where the task ended.
    pub goes_on: &'a [bool],
}

/// The values of all lanes.
#[derive(Clone, Debug)]
pub struct Values {
    q: Mlp,
    target: Mlp,
    adam: Adam,
}

impl Values {
    /// First weights of a lane for each of `dice`.
    pub fn new(
        spec: &MlpSpec,
        dice: &mut [Stream],
        rate: f32,
        compute: &Compute,
    ) -> Result<Self, TooLarge> {
        let q = Mlp::new(spec, dice, 1, compute)?;
        Ok(Self { adam: Adam::new(&q, Rate::new(rate), compute), target: q.clone(), q })
    }

    /// The same elsewhere. Waits for both devices.
    pub fn to(&self, compute: &Compute) -> Self {
        Self { q: self.q.to(compute), target: self.target.to(compute), adam: self.adam.to(compute) }
    }

    /// `Q(s, .)`, `[P, B, A]`.
    pub fn of(&self, seen: Tensor) -> Tensor {
        self.q.forward(seen)
    }

    /// The same of the slow copy.
    pub fn slow(&self, seen: Tensor) -> Tensor {
        self.target.forward(seen)
    }

    /// The slow copy as it is now.
    pub fn kept(&self) -> Mlp {
        self.target.clone()
    }

    /// One step of Q towards `r + gamma max Q'(s', .)` in the lanes that `active` names; `Q'` is the
    /// slow copy, which then follows. Returns the loss before it, `[P, 1, 1]`.
    pub fn learn(
        &mut self,
        told: Told<'_>,
        dials: Dials,
        active: &[bool],
        compute: &Compute,
    ) -> Result<Tensor, NotFinite> {
        let [lanes, batch, _] = told.seen.dims();
        let actions = self.q.spec().outputs;
        let mut chosen = vec![0.0; told.actions.len() * actions];
        for (row, &action) in chosen.chunks_mut(actions).zip(told.actions) {
            row[usize::from(action)] = 1.0;
        }
        let chosen = compute.tensor(chosen, [lanes, batch, actions]);
        let discounts = told.goes_on.iter().map(|&on| if on { dials.gamma } else { 0.0 });
        let discounts = compute.tensor(discounts.collect(), [lanes, batch, 1]);
        let rewards = told.rewards.iter().map(|reward| reward * dials.scale);
        let rewards = compute.tensor(rewards.collect(), [lanes, batch, 1]);
        let best = self.target.forward(told.next).max_dim(2);
        let (values, tape) = self.q.forward_taped(told.seen);
        let loss = mean_squared_of_chosen(values, chosen, rewards + discounts * best);
        let gradients = self.q.backward(tape, loss.gradient);
        self.adam.rates().iter_mut().for_each(|r| r.rate = dials.rate);
        self.adam.step(&mut self.q, gradients, active)?;
        let tau: Vec<f32> = active.iter().map(|&on| if on { dials.tau } else { 0.0 }).collect();
        soft_update(&mut self.target, &self.q, &tau, compute);
        Ok(loss.value)
    }

    /// A plain copy of the network of lane `lane`. Waits for the device.
    pub fn copy(&self, lane: usize) -> HostMlp {
        HostMlp::of(&self.q, lane)
    }

    /// The first number that is none. Waits for the device.
    pub fn check(&self) -> Result<(), NotFinite> {
        self.adam.check(&self.q)
    }

    /// Adds all weights and the optimiser. Waits for the device.
    pub fn digest(&self, digest: &mut Digest) {
        self.q.digest(digest);
        self.target.digest(digest);
        self.adam.digest(digest);
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        2 * self.q.bytes() + self.adam.bytes()
    }
}
