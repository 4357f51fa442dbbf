//! The networks of a MuZero-style agent: representation `h`, dynamics `g`, and the heads that read
//! reward, value and policy from a latent state.
//!
//! Reward belongs to the dynamics, `(r, z') = g(z, a)`, and is read from where the step begins. Two
//! more networks help to train: a predictor for latent consistency, and a decoder that tells what
//! was seen, where the model is not value-equivalent.

use crate::base::digest::Digest;
use crate::base::rng::Stream;
use crate::mdp::Action;
use crate::nn::Module as _;
use crate::nn::device::Compute;
use crate::nn::host::HostMlp;
use crate::nn::init::{Spread, dice};
use crate::nn::mlp::{Mlp, MlpSpec, TooLarge};
use crate::rl::categorical::softmax;
use crate::rl::latent::min_max;
use crate::rl::transform::{from_atoms, unsquash};

/// What the networks are made for; when any of it changes they start anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Numbers seen.
    pub inputs: usize,
    /// Actions.
    pub actions: usize,
    /// Numbers of a latent state.
    pub latent: usize,
    /// Width of the hidden layer of each network.
    pub width: usize,
    /// Atoms `2 n + 1` of reward and value; 1: a plain number.
    pub atoms: usize,
}

impl Shape {
    /// In the order of [`Networks`].
    pub fn specs(&self) -> [MlpSpec; 7] {
        let pair = self.latent + self.actions;
        let spec = |name, inputs, outputs| MlpSpec::new(name, inputs, &[self.width], outputs);
        // Reward and value begin at 0 and the policy even: nothing is preferred before there was
        // a reward.
        let head = |name, inputs, outputs| MlpSpec {
            last_spread: Spread::Within(0.0),
            ..spec(name, inputs, outputs)
        };
        [
            spec("representation", self.inputs, self.latent),
            spec("dynamics", pair, self.latent),
            head("reward", pair, self.atoms),
            head("value", self.latent, self.atoms),
            head("policy", self.latent, self.actions),
            spec("predictor", self.latent, self.latent),
            spec("decoder", self.latent, self.inputs),
        ]
    }

    /// Bytes of the parameters with gradients and moments, and of the copy that searches.
    pub fn bytes(&self) -> u128 {
        self.specs().iter().map(|spec| spec.bytes_to_train() + spec.bytes()).sum()
    }
}

/// Networks of `P` lanes.
#[derive(Clone, Debug)]
pub struct Networks {
    /// What they are made for.
    pub shape: Shape,
    /// What is seen to a latent state, not yet scaled.
    pub representation: Mlp,
    /// Latent state and action to the next one, not yet scaled.
    pub dynamics: Mlp,
    /// Latent state and action to the reward.
    pub reward: Mlp,
    /// Latent state to its value.
    pub value: Mlp,
    /// Latent state to the logits of the policy.
    pub policy: Mlp,
    /// Imagined latent state to the one that was really reached.
    pub predictor: Mlp,
    /// Latent state to what is seen.
    pub decoder: Mlp,
}

impl Networks {
    /// First weights of a lane for each of `seeds`.
    pub fn new(shape: Shape, seeds: &[u64], compute: &Compute) -> Result<Self, TooLarge> {
        let specs = shape.specs();
        let make = |index: usize| {
            let mut dice: Vec<Stream> = dice(seeds, index as u32);
            Mlp::new(&specs[index], &mut dice, 1, compute)
        };
        Ok(Self {
            shape,
            representation: make(0)?,
            dynamics: make(1)?,
            reward: make(2)?,
            value: make(3)?,
            policy: make(4)?,
            predictor: make(5)?,
            decoder: make(6)?,
        })
    }

    /// All of them, in declaration order.
    pub fn all(&self) -> [&Mlp; 7] {
        let Self { representation, dynamics, reward, value, policy, predictor, decoder, .. } = self;
        [representation, dynamics, reward, value, policy, predictor, decoder]
    }

    /// The same on another device. Waits for both.
    pub fn to(&self, compute: &Compute) -> Self {
        let mut moved = self.clone();
        moved.all_mut().into_iter().for_each(|network| *network = network.to(compute));
        moved
    }

    /// The same to write.
    pub fn all_mut(&mut self) -> [&mut Mlp; 7] {
        let Self { representation, dynamics, reward, value, policy, predictor, decoder, .. } = self;
        [representation, dynamics, reward, value, policy, predictor, decoder]
    }
}

/// The number that the outputs of a reward or value head stand for: the mean of the atoms, or the
/// only output there is, taken out of the squashed scale.
pub fn decode(outputs: &[f32]) -> f64 {
    match outputs {
        [one] => unsquash(f64::from(*one)),
        atoms => from_atoms(&softmax(atoms)),
    }
}

/// Appends a latent state and an action, as dynamics and reward see them.
pub fn write_pair(latent: &[f32], action: Action, actions: usize, out: &mut Vec<f32>) {
    out.extend_from_slice(latent);
    out.extend((0..actions).map(|a| f32::from(u8::from(a == usize::from(action)))));
}

/// Plain numbers of one lane, for searches and pictures. A clone shares them.
#[derive(Clone, Debug, PartialEq)]
pub struct HostNetworks {
    actions: usize,
    representation: HostMlp,
    dynamics: HostMlp,
    reward: HostMlp,
    value: HostMlp,
    policy: HostMlp,
}

impl HostNetworks {
    /// A copy of lane `lane`. Waits for the device.
    pub fn of(networks: &Networks, lane: usize) -> Self {
        Self {
            actions: networks.shape.actions,
            representation: HostMlp::of(&networks.representation, lane),
            dynamics: HostMlp::of(&networks.dynamics, lane),
            reward: HostMlp::of(&networks.reward, lane),
            value: HostMlp::of(&networks.value, lane),
            policy: HostMlp::of(&networks.policy, lane),
        }
    }

    /// Number of actions.
    pub fn actions(&self) -> usize {
        self.actions
    }

    /// `z^0 = h(o)`, scaled.
    pub fn enter(&self, seen: &[f32]) -> Vec<f32> {
        let mut latent = self.representation.forward(seen);
        min_max(&mut latent);
        latent
    }

    /// `(r, z') = g(z, a)`, `z'` scaled.
    pub fn follow(&self, latent: &[f32], action: Action) -> (f64, Vec<f32>) {
        let mut pair = Vec::with_capacity(latent.len() + self.actions);
        write_pair(latent, action, self.actions, &mut pair);
        let mut next = self.dynamics.forward(&pair);
        min_max(&mut next);
        (decode(&self.reward.forward(&pair)), next)
    }

    /// Value of a latent state.
    pub fn value(&self, latent: &[f32]) -> f64 {
        decode(&self.value.forward(latent))
    }

    /// Logits of the policy in a latent state, `[A]`.
    pub fn logits(&self, latent: &[f32]) -> Vec<f32> {
        self.policy.forward(latent)
    }

    fn all(&self) -> [&HostMlp; 5] {
        [&self.representation, &self.dynamics, &self.reward, &self.value, &self.policy]
    }

    /// Adds all numbers.
    pub fn digest(&self, digest: &mut Digest) {
        self.all().into_iter().for_each(|network| network.digest(digest));
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        self.all().into_iter().map(HostMlp::bytes).sum()
    }
}
