//! Imagination of MVE: `H` steps of an actor through a model, from states that were really reached.

use super::config::{Dreamer, Moving, Rewards};
use super::dynamics::Dynamics;
use crate::agents::actor_critic::CriticBatch;
use crate::agents::off_policy::{Batch, Lanes};
use crate::agents::steering::{Setting, Steering};
use crate::mdp::oracle::Oracle;
use crate::nn::device::Compute;
use crate::nn::mlp::Mlp;
use crate::nn::{Tensor, joined, values};
use crate::rl::expansion::{loss_weights, targets};

/// How to imagine.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Manner {
    /// `H`.
    pub horizon: usize,
    /// Who acts.
    pub dreamer: Dreamer,
    /// Who says what it pays.
    pub rewards: Rewards,
    /// Who says where it leads.
    pub dynamics: Moving,
}

/// Imagined steps of a whole batch.
#[derive(Clone, Debug)]
pub struct Rollout {
    /// `[H + 1]` of `[P, B, S]`: `s_0` to `s_H`.
    pub states: Vec<Tensor>,
    /// `[H]` of `[P, B, A]`.
    pub actions: Vec<Tensor>,
    /// `[H]` of `[P * B]`, scaled.
    pub rewards: Vec<Vec<f32>>,
    /// `[H]` of `[P * B]`: whether the task goes on after the step. Learned dynamics know no end.
    pub goes_on: Vec<Vec<bool>>,
}

/// The actor that acts in imagination.
pub fn actor(base: &Steering, dreamer: Dreamer) -> &Mlp {
    match dreamer {
        Dreamer::Target => &base.networks.actor_target,
        Dreamer::Live => &base.networks.actor,
    }
}

/// Imagines from `start`, `[P, B, S]`.
pub fn imagine(
    base: &Steering,
    model: &Dynamics,
    start: Tensor,
    manner: &Manner,
    setting: &Setting,
) -> Rollout {
    let mu = actor(base, manner.dreamer);
    let horizon = manner.horizon;
    let mut rollout = Rollout {
        states: vec![start],
        actions: Vec::with_capacity(horizon),
        rewards: Vec::with_capacity(horizon),
        goes_on: Vec::with_capacity(horizon),
    };
    for t in 0..horizon {
        let seen = rollout.states[t].clone();
        let action = mu.forward(seen.clone());
        let world =
            Known { oracle: &*base.oracle, lanes: &base.lanes, scale: setting.reward_scale };
        let (next, rewards, goes_on) = match manner.dynamics {
            Moving::True => {
                let (next, paid, goes_on) = world.follow(&seen, &action, base.compute());
                let rewards = match manner.rewards {
                    Rewards::Known => paid,
                    Rewards::Learned => values(&model.step(&seen, &action).1),
                };
                (next, rewards, goes_on)
            }
            Moving::Learned => {
                let (next, learned) = model.step(&seen, &action);
                let known = (manner.rewards == Rewards::Known)
                    .then(|| world.rewards(&seen, &action, &next))
                    .flatten();
                let rewards = known.unwrap_or_else(|| values(&learned));
                let goes_on = vec![true; rewards.len()];
                (next, rewards, goes_on)
            }
        };
        rollout.states.push(next);
        rollout.actions.push(action);
        rollout.rewards.push(rewards);
        rollout.goes_on.push(goes_on);
    }
    rollout
}

/// What is known of the world, asked row by row.
struct Known<'a> {
    oracle: &'a dyn Oracle,
    lanes: &'a Lanes,
    scale: f64,
}

impl Known<'_> {
    /// `[P * B]`: scaled rewards; `None` where they are no function of what is seen and done.
    fn rewards(&self, seen: &Tensor, action: &Tensor, next: &Tensor) -> Option<Vec<f32>> {
        let (sees, acts) = (seen.dims()[2], action.dims()[2]);
        let (seen, action, next) = (values(seen), values(action), values(next));
        let rows = seen.chunks(sees).zip(action.chunks(acts)).zip(next.chunks(sees));
        let reward = |((seen, action), next): ((&[f32], &[f32]), &[f32])| {
            let reward = self.oracle.reward(seen, self.lanes.scale.world(action), next)?;
            Some((reward * self.scale) as f32)
        };
        rows.map(reward).collect()
    }

    /// True steps: what is seen next, scaled rewards, and whether the task goes on.
    fn follow(
        &self,
        seen: &Tensor,
        action: &Tensor,
        compute: &Compute,
    ) -> (Tensor, Vec<f32>, Vec<bool>) {
        let (dims, acts) = (seen.dims(), action.dims()[2]);
        let (seen, action) = (values(seen), values(action));
        let (mut next, mut rewards, mut goes_on) = (Vec::new(), Vec::new(), Vec::new());
        for (seen, action) in seen.chunks(dims[2]).zip(action.chunks(acts)) {
            let truth = self.oracle.follow(seen, self.lanes.scale.world(action));
            next.extend_from_slice(&truth.next);
            rewards.push((truth.reward * self.scale) as f32);
            goes_on.push(!truth.terminated);
        }
        (compute.tensor(next, dims), rewards, goes_on)
    }
}

/// What the critic learns from a real batch and what was imagined after it: the real steps first,
/// then depth by depth. `tail` is `Q'(s_H, mu(s_H))`, `[P * B]`.
pub fn expanded(
    batch: &Batch,
    rollout: &Rollout,
    tail: &[f32],
    td_k: bool,
    setting: &Setting,
) -> CriticBatch {
    let [lanes, rows, _] = batch.seen.dims();
    let horizon = rollout.actions.len();
    // Without the trick only real steps are learned from, and only they need be computed.
    let learned = if td_k { horizon + 1 } else { 1 };
    let mut all = vec![0.0_f32; lanes * rows * learned];
    let mut weights = all.clone();
    let (mut y, mut w) = (vec![0.0; horizon + 1], vec![0.0; horizon + 1]);
    let (mut discounts, mut goes_on) = (vec![0.0; horizon + 1], vec![true; horizon + 1]);
    for (row, (first, &tail)) in batch.discounts(setting.gamma).zip(tail).enumerate() {
        (y[0], discounts[0]) = (f64::from(batch.rewards[row]) * setting.reward_scale, first);
        goes_on[0] = batch.goes_on[row];
        for t in 0..horizon {
            y[t + 1] = f64::from(rollout.rewards[t][row]);
            goes_on[t + 1] = rollout.goes_on[t][row];
            discounts[t + 1] = if goes_on[t + 1] { setting.gamma } else { 0.0 };
        }
        targets(&mut y, &discounts, f64::from(tail));
        loss_weights(&goes_on, td_k, &mut w);
        let (lane, place) = (row / rows, row % rows);
        for t in 0..learned {
            let at = (lane * learned + t) * rows + place;
            (all[at], weights[at]) = (y[t] as f32, w[t] as f32 / rows as f32);
        }
    }
    let mut inputs = vec![joined(batch.seen.clone(), batch.action.clone())];
    let imagined = rollout.states.iter().zip(&rollout.actions).take(learned - 1);
    inputs.extend(imagined.map(|(seen, action)| joined(seen.clone(), action.clone())));
    let input = match inputs.len() {
        1 => inputs.remove(0),
        _ => Tensor::cat(inputs, 1),
    };
    debug_assert_eq!(input.dims(), [lanes, rows * learned, input.dims()[2]]);
    CriticBatch { input, targets: all, weights }
}
