//! The losses of a MuZero-style agent: the model is unrolled along the actions that were really
//! taken, and what its heads say at every step is compared with what really happened.
//!
//! `l = sum_{k=0}^{K} (l^p + c_v l^v) + sum_{k=1}^{K} l^r`, losses of `k >= 1` scaled by `1 / K` and
//! the gradient that a recurrent step hands back to its latent state halved (Schrittwieser et al.
//! 2020, appendix G). There is no loss on latent states but the consistency that can be switched on.
//! The way back is written out; arrays are `[P, K, B, ..]`, lane after lane.

mod along;
mod heads;
pub mod imagined;

pub use along::Along;
pub use heads::Losses;

use super::networks::{Networks, write_pair};
use crate::mdp::Action;
use crate::nn::device::Compute;
use crate::nn::mlp::{Mlp, Tape};
use crate::nn::{Gradients, Module as _, vector};
use crate::rl::latent::{min_max, min_max_backward};
use heads::Heads;

/// What policies learn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policies {
    /// Rows of [`Batch::policies`] are what searches found.
    Search,
    /// They are the actions taken, one-hot: policy gradient, with the squashed value target less
    /// the squashed value for an advantage.
    Gradient,
    /// Nothing.
    Nothing,
}

/// How a loss is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// Weight of the value loss, `c_v`.
    pub value: f64,
    /// Weight of latent consistency; 0: off.
    pub consistency: f64,
    /// Whether value and policy shape the latent states; if not, what was seen does: it is
    /// reconstructed from them.
    pub value_equivalent: bool,
    /// What policies learn from.
    pub policies: Policies,
    /// By how much the gradient that a recurrent step hands back is scaled: [`HALF`].
    pub recurrent: f32,
}

/// Of the paper: so that the gradient of the dynamics does not grow with `K`.
pub const HALF: f32 = 0.5;

/// What is learned from: `B` places in each of `P` lanes, and `K` steps from each.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Lanes `P`.
    pub lanes: usize,
    /// Places a lane, `B`.
    pub size: usize,
    /// Recurrent steps `K`.
    pub steps: usize,
    /// `[P, K + 1, B, F]`: what was seen at `t + k`; anything where that is unknown.
    pub seen: Vec<f32>,
    /// `[P, K, B]`: 1 where what was seen at `t + k`, `k >= 1`, is known, otherwise 0.
    pub known: Vec<f64>,
    /// `[P, K, B]`: the action from `t + k - 1`, `k >= 1`.
    pub actions: Vec<Action>,
    /// `[P, K, B]`: the reward that came with it; `None`: no lesson.
    pub rewards: Vec<Option<f64>>,
    /// `[P, K + 1, B]`: value targets; `None`: no lesson.
    pub values: Vec<Option<f64>>,
    /// `[P, K + 1, B, A]`: policy targets; a row of zeros: no lesson.
    pub policies: Vec<f64>,
    /// `[P, B]`: how much a place counts.
    pub weights: Vec<f64>,
}

/// What an unrolling leads to.
#[derive(Debug)]
pub struct Unrolled {
    /// `[P]`: the parts of the loss, means over the batch.
    pub losses: Vec<Losses>,
    /// `[P, B]`: values of the places themselves, `v^0`.
    pub values: Vec<f64>,
    /// `[P]`: what was said along the way, for pictures.
    pub along: Vec<Along>,
    /// Of each network, in declaration order.
    pub gradients: Vec<Gradients>,
}

/// The way there: latent states before and after scaling.
struct Way {
    /// `[K + 1]` of `[P, B, L]`.
    raw: Vec<Vec<f32>>,
    /// `[K + 1]` of `[P, B, L]`.
    latents: Vec<Vec<f32>>,
    /// `[K]` of `[P, B, L + A]`.
    pairs: Vec<Vec<f32>>,
    representation: Tape,
    /// `[K]`.
    dynamics: Vec<Tape>,
}

/// Losses and gradients of a batch.
pub fn unroll(
    networks: &Networks,
    batch: &Batch,
    setting: &Setting,
    compute: &Compute,
) -> Unrolled {
    let way = there(networks, batch, compute);
    let mut heads = Heads::new(networks, batch, setting, compute);
    heads.value(&way.latents);
    heads.policy(&way.latents);
    heads.reward(&way.pairs);
    if setting.consistency > 0.0 {
        heads.consistency(&way.latents);
    }
    if !setting.value_equivalent {
        heads.decoder(&way.latents);
    }
    let Heads { losses, values, along, latents, parameters, .. } = heads;
    let [representation, dynamics] = back(networks, batch, setting, compute, way, latents);
    let [reward, value, policy, predictor, decoder] = parameters;
    let found = [Some(representation), Some(dynamics), reward, value, policy, predictor, decoder];
    let none = |mlp: &Mlp| mlp.store().zeros(compute);
    let all = networks.all().into_iter().zip(found);
    let gradients = all.map(|(mlp, found)| found.unwrap_or_else(|| none(mlp))).collect();
    Unrolled { losses, values, along, gradients }
}

/// `z^0 = h(o)`, `z^k = g(z^{k-1}, a)`, each scaled to `[0, 1]`.
fn there(networks: &Networks, batch: &Batch, compute: &Compute) -> Way {
    let shape = networks.shape;
    let (lanes, size) = (batch.lanes, batch.size);
    let first = cut(&batch.seen, lanes, batch.steps + 1, 0);
    let input = compute.tensor(first, [lanes, size, shape.inputs]);
    let (raw, representation) = networks.representation.forward_taped(input);
    let mut way = Way {
        raw: vec![vector(raw)],
        latents: Vec::new(),
        pairs: Vec::new(),
        representation,
        dynamics: Vec::new(),
    };
    way.latents.push(scaled(&way.raw[0], shape.latent));
    for k in 0..batch.steps {
        let actions = cut(&batch.actions, lanes, batch.steps, k);
        let mut pairs = Vec::with_capacity(lanes * size * (shape.latent + shape.actions));
        for (latent, &action) in way.latents[k].chunks(shape.latent).zip(&actions) {
            write_pair(latent, action, shape.actions, &mut pairs);
        }
        let input = compute.tensor(pairs.clone(), [lanes, size, shape.latent + shape.actions]);
        let (raw, tape) = networks.dynamics.forward_taped(input);
        let raw = vector(raw);
        way.latents.push(scaled(&raw, shape.latent));
        way.raw.push(raw);
        way.pairs.push(pairs);
        way.dynamics.push(tape);
    }
    way
}

/// The way back: from the gradients that the heads left at the latent states to those of
/// representation and dynamics.
fn back(
    networks: &Networks,
    batch: &Batch,
    setting: &Setting,
    compute: &Compute,
    way: Way,
    mut latents: Vec<Vec<f32>>,
) -> [Gradients; 2] {
    let shape = networks.shape;
    let dims = [batch.lanes, batch.size, shape.latent];
    let through = |latents: &mut Vec<f32>, raw: &[f32]| {
        let rows = latents.chunks_mut(shape.latent).zip(raw.chunks(shape.latent));
        rows.for_each(|(gradient, raw)| min_max_backward(raw, gradient));
        compute.tensor(std::mem::take(latents), dims)
    };
    let mut dynamics: Option<Gradients> = None;
    for (k, tape) in way.dynamics.into_iter().enumerate().rev() {
        let gradient = through(&mut latents[k + 1], &way.raw[k + 1]);
        let (parameters, pairs) = networks.dynamics.backward_both(tape, gradient);
        hand_back(&vector(pairs), setting.recurrent, shape.latent, &mut latents[k]);
        dynamics = Some(match dynamics {
            None => parameters,
            Some(sum) => added(sum, &parameters),
        });
    }
    let gradient = through(&mut latents[0], &way.raw[0]);
    let representation = networks.representation.backward(way.representation, gradient);
    [representation, dynamics.unwrap_or_else(|| networks.dynamics.store().zeros(compute))]
}

/// Gradients of one network added up.
pub(super) fn added(mut sum: Gradients, more: &Gradients) -> Gradients {
    match (sum.host_mut(), more.host()) {
        (Some(sum), Some(more)) => sum.iter_mut().zip(more).for_each(|(sum, g)| *sum += g),
        _ => {
            let pairs = sum.tensors().into_iter().zip(more.tensors());
            return Gradients::of(pairs.map(|(a, b)| a + b).collect());
        }
    }
    sum
}

/// Adds the latent part of the gradient of pairs, scaled.
fn hand_back(pairs: &[f32], scale: f32, latent: usize, into: &mut [f32]) {
    let width = pairs.len() / (into.len() / latent);
    for (pair, into) in pairs.chunks(width).zip(into.chunks_mut(latent)) {
        into.iter_mut().zip(pair).for_each(|(into, g)| *into += scale * g);
    }
}

/// Rows scaled to `[0, 1]`.
fn scaled(raw: &[f32], latent: usize) -> Vec<f32> {
    let mut all = raw.to_vec();
    all.chunks_mut(latent).for_each(min_max);
    all
}

/// Part `part` of `parts` in every lane: `[P, parts, ..]` to `[P, ..]`.
fn cut<T: Copy>(all: &[T], lanes: usize, parts: usize, part: usize) -> Vec<T> {
    let chunk = all.len() / (lanes * parts).max(1);
    let of = |lane: usize| &all[(lane * parts + part) * chunk..][..chunk];
    (0..lanes).flat_map(of).copied().collect()
}

/// The other way round: `parts` of `[P, ..]` to `[P, parts, ..]`.
fn stack(parts: &[Vec<f32>], lanes: usize) -> Vec<f32> {
    let mut all = Vec::with_capacity(parts.iter().map(Vec::len).sum());
    for lane in 0..lanes {
        for part in parts {
            let chunk = part.len() / lanes;
            all.extend_from_slice(&part[lane * chunk..][..chunk]);
        }
    }
    all
}
