//! Actor, critic and their targets of DDPG (Lillicrap et al. 2016, arXiv 1509.02971), for `P` lanes
//! at once. Actions are in `[-1, 1]` here.

use super::off_policy::width;
use crate::base::digest::Digest;
use crate::mdp::oracle::Oracle;
use crate::nn::activation::Activation;
use crate::nn::adam::{Adam, Rate};
use crate::nn::device::Compute;
use crate::nn::init::{Spread, dice};
use crate::nn::mlp::{Mlp, MlpSpec, TooLarge};
use crate::nn::target::soft_update;
use crate::nn::{Gradients, Module as _, NotFinite, Tensor, joined, values};

/// First weights of the last layers: actions and values begin near 0.
const SMALL: Spread = Spread::Within(3e-3);

/// Sizes of everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Numbers seen, `S`.
    pub sees: usize,
    /// Numbers of an action, `A`.
    pub acts: usize,
    /// Width of the two hidden layers.
    pub hidden: usize,
    /// Whether hidden layers are normalised.
    pub layer_norm: bool,
}

impl Shape {
    /// That of networks for a world.
    pub fn of(oracle: &dyn Oracle, hidden: usize, layer_norm: bool) -> Self {
        Self { sees: oracle.sees(), acts: oracle.limits().0.len(), hidden, layer_norm }
    }

    /// The shape of an actor.
    pub fn actor(&self) -> MlpSpec {
        let spec = MlpSpec::new("actor", self.sees, &[self.hidden; 2], self.acts);
        let (last_spread, layer_norm) = (SMALL, self.layer_norm);
        MlpSpec { last: Activation::Tanh, last_spread, layer_norm, ..spec }
    }

    /// Bytes of the four networks of a lane and what trains them.
    pub fn bytes(&self) -> u128 {
        let each = |spec: MlpSpec| spec.bytes_to_train() + spec.bytes();
        each(self.actor()) + each(self.critic())
    }

    /// Numbers of a remembered step.
    pub fn row(&self) -> usize {
        width(self.sees, self.acts)
    }

    /// The shape of a critic.
    pub fn critic(&self) -> MlpSpec {
        let spec = MlpSpec::new("critic", self.sees + self.acts, &[self.hidden; 2], 1);
        MlpSpec { last_spread: SMALL, layer_norm: self.layer_norm, ..spec }
    }
}

/// What the critic is trained on.
#[derive(Clone, Debug)]
pub struct CriticBatch {
    /// `[P, N, S + A]`.
    pub input: Tensor,
    /// `[P * N]`: `y`, without gradient.
    pub targets: Vec<f32>,
    /// `[P * N]`: what each squared error weighs, the `1 / B` of the mean included.
    pub weights: Vec<f32>,
}

/// The four networks and what trains them.
#[derive(Clone, Debug)]
pub struct ActorCritic {
    /// `mu`.
    pub actor: Mlp,
    /// `Q`.
    pub critic: Mlp,
    /// `mu'`.
    pub actor_target: Mlp,
    /// `Q'`.
    pub critic_target: Mlp,
    actor_adam: Adam,
    critic_adam: Adam,
    compute: Compute,
}

impl ActorCritic {
    /// Networks with first weights from the lanes' seeds; targets begin as copies.
    pub fn new(shape: Shape, seeds: &[u64], compute: &Compute) -> Result<Self, TooLarge> {
        let actor = Mlp::new(&shape.actor(), &mut dice(seeds, 0), 1, compute)?;
        let critic = Mlp::new(&shape.critic(), &mut dice(seeds, 1), 1, compute)?;
        Ok(Self::of(actor, critic, compute))
    }

    /// Of given networks.
    pub fn of(actor: Mlp, critic: Mlp, compute: &Compute) -> Self {
        let adam = |network: &Mlp| Adam::new(network, Rate::new(1e-3), compute);
        Self {
            actor_adam: adam(&actor),
            critic_adam: adam(&critic),
            actor_target: actor.clone(),
            critic_target: critic.clone(),
            compute: compute.clone(),
            actor,
            critic,
        }
    }

    /// Where the networks lie.
    pub fn compute(&self) -> &Compute {
        &self.compute
    }

    /// The same on another device. Waits for both.
    pub fn to(&self, compute: &Compute) -> Self {
        Self {
            actor: self.actor.to(compute),
            critic: self.critic.to(compute),
            actor_target: self.actor_target.to(compute),
            critic_target: self.critic_target.to(compute),
            actor_adam: self.actor_adam.to(compute),
            critic_adam: self.critic_adam.to(compute),
            compute: compute.clone(),
        }
    }

    /// The first number that is none. Waits for the device.
    pub fn check(&self) -> Result<(), NotFinite> {
        self.critic_adam.check(&self.critic)?;
        self.actor_adam.check(&self.actor)
    }

    /// `Q'(s, mu(s))` with the target critic and `actor`: `[P * B]`.
    pub fn tail(&self, actor: &Mlp, seen: Tensor) -> Vec<f32> {
        let action = actor.forward(seen.clone());
        values(&self.critic_target.forward(joined(seen, action)))
    }

    /// Loss of every lane and its gradient: `sum weight (Q(s, a) - y)^2`. Also `Q(s, a)`, `[P * N]`.
    pub fn critic_gradient(&self, batch: &CriticBatch) -> (Vec<f32>, Tensor, Gradients) {
        let [lanes, rows, _] = batch.input.dims();
        let compute = &self.compute;
        let targets = compute.tensor(batch.targets.clone(), [lanes, rows, 1]);
        let weights = compute.tensor(batch.weights.clone(), [lanes, rows, 1]);
        let (q, tape) = self.critic.forward_taped(batch.input.clone());
        let error = q.clone() - targets;
        let pull = error.clone() * weights;
        let loss = (error * pull.clone()).sum_dim(1);
        let gradients = self.critic.backward(tape, pull * 2.0);
        (values(&loss), q, gradients)
    }

    /// Loss of every lane and its gradient: `-mean Q(s, mu(s))` over real states.
    pub fn actor_gradient(&self, seen: Tensor) -> (Vec<f32>, Gradients) {
        let [lanes, rows, sees] = seen.dims();
        let (action, way) = self.actor.forward_taped(seen.clone());
        let acts = action.dims()[2];
        let (q, tape) = self.critic.forward_taped(joined(seen, action));
        let up = q.clone().ones_like() * (-1.0 / rows as f32);
        let input = self.critic.backward_to_input(tape, up);
        let action = input.slice([0..lanes, 0..rows, sees..sees + acts]);
        let loss = values(&q.mean_dim(1)).into_iter().map(|q| -q).collect();
        (loss, self.actor.backward(way, action))
    }

    /// One step down the critic's loss in the lanes of `active`; the loss of every lane.
    pub fn learn_critic(
        &mut self,
        batch: &CriticBatch,
        rate: f64,
        active: &[bool],
    ) -> Result<Vec<f32>, NotFinite> {
        let (loss, _, gradients) = self.critic_gradient(batch);
        set_rate(&mut self.critic_adam, rate);
        self.critic_adam.step(&mut self.critic, gradients, active)?;
        Ok(loss)
    }

    /// One step of the actor towards actions that the critic likes; the loss of every lane.
    pub fn learn_actor(
        &mut self,
        seen: Tensor,
        rate: f64,
        active: &[bool],
    ) -> Result<Vec<f32>, NotFinite> {
        let (loss, gradients) = self.actor_gradient(seen);
        set_rate(&mut self.actor_adam, rate);
        self.actor_adam.step(&mut self.actor, gradients, active)?;
        Ok(loss)
    }

    /// Targets move the share `tau` of the way.
    pub fn follow(&mut self, tau: f64, active: &[bool]) {
        let tau: Vec<f32> = active.iter().map(|&on| if on { tau as f32 } else { 0.0 }).collect();
        soft_update(&mut self.critic_target, &self.critic, &tau, &self.compute);
        soft_update(&mut self.actor_target, &self.actor, &tau, &self.compute);
    }

    /// Adds all weights and moments.
    pub fn digest(&self, digest: &mut Digest) {
        for network in [&self.actor, &self.critic, &self.actor_target, &self.critic_target] {
            network.digest(digest);
        }
        self.actor_adam.digest(digest);
        self.critic_adam.digest(digest);
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        let networks = 2 * (self.actor.bytes() + self.critic.bytes());
        networks + self.actor_adam.bytes() + self.critic_adam.bytes()
    }
}

/// All lanes of an optimiser learn at `rate`.
pub fn set_rate(adam: &mut Adam, rate: f64) {
    adam.rates().iter_mut().for_each(|lane| lane.rate = rate as f32);
}
