//! The ablation: imagined steps that are kept and learned from later, as in Dyna, when the policy
//! that dreamt them and the model that answered are no longer those of today.

use super::rollout::Rollout;
use crate::agents::actor_critic::CriticBatch;
use crate::agents::memory::Memory;
use crate::agents::off_policy::{Batch, Lanes};
use crate::base::digest::Digest;
use crate::base::rng::{Stream, StreamName};
use crate::nn::device::Compute;
use crate::nn::{Tensor, values};

/// Stored imagined steps of every lane, rows as in [`Lanes`].
#[derive(Clone, Debug)]
pub struct Stored {
    lanes: Vec<(Memory, Stream)>,
}

impl Stored {
    /// Nothing stored.
    pub fn new(width: usize, seeds: &[u64]) -> Self {
        let lane = |&seed: &u64| (Memory::new(width), Stream::new(seed, StreamName::Noise));
        Self { lanes: seeds.iter().map(lane).collect() }
    }

    /// Imagined steps kept in the first lane.
    pub fn kept(&self) -> usize {
        self.lanes[0].0.len()
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.lanes.iter_mut().for_each(|(memory, _)| memory.clear());
    }

    /// Keeps all steps of a rollout in the lanes of `active`, `most` a lane.
    pub fn keep(&mut self, rollout: &Rollout, active: &[bool], (scale, most): (f64, usize)) {
        for (t, action) in rollout.actions.iter().enumerate() {
            let [_, rows, sees] = rollout.states[t].dims();
            let acts = action.dims()[2];
            let [seen, next] = [t, t + 1].map(|t| values(&rollout.states[t]));
            let action = values(action);
            for index in 0..active.len() * rows {
                if !active[index / rows] {
                    continue;
                }
                let mut row = seen[index * sees..(index + 1) * sees].to_vec();
                row.extend_from_slice(&action[index * acts..(index + 1) * acts]);
                row.push((f64::from(rollout.rewards[t][index]) / scale) as f32);
                row.extend_from_slice(&next[index * sees..(index + 1) * sees]);
                row.push(f32::from(u8::from(!rollout.goes_on[t][index])));
                self.lanes[index / rows].0.push(&row, most);
            }
        }
    }

    /// Draws `count` steps of every lane of `active`.
    pub fn draw(
        &mut self,
        lanes: &Lanes,
        active: &[bool],
        count: usize,
        compute: &Compute,
    ) -> Batch {
        let mut rows = Vec::new();
        for ((memory, dice), &active) in self.lanes.iter_mut().zip(active) {
            match active {
                true => {
                    memory.sample(count, dice, &mut rows);
                }
                false => rows.resize(rows.len() + count * lanes.width(), 0.0),
            }
        }
        lanes.batch(&rows, count, compute)
    }

    /// Adds what is stored and the positions of the dice.
    pub fn digest(&self, digest: &mut Digest) {
        for (memory, dice) in &self.lanes {
            memory.digest(digest);
            digest.word(dice.position() as u64);
        }
    }

    /// Memory in bytes that a copy does not share.
    pub fn own_bytes(&self) -> usize {
        self.lanes.iter().map(|(memory, _)| memory.own_bytes()).sum()
    }
}

/// Real steps and stored ones in one batch: each of the `H` depths weighs as much as it would fresh.
pub fn mixed(real: CriticBatch, stored: CriticBatch, horizon: usize) -> CriticBatch {
    let [lanes, rows, _] = real.input.dims();
    let more = stored.input.dims()[1];
    let share = 1.0 / (horizon * rows) as f32;
    let both = |a: &[f32], b: &[f32]| -> Vec<f32> {
        let pairs = a.chunks(rows).zip(b.chunks(more));
        pairs.flat_map(|(a, b)| a.iter().chain(b).copied()).collect()
    };
    CriticBatch {
        targets: both(&real.targets, &stored.targets),
        weights: vec![share; lanes * (rows + more)],
        input: Tensor::cat(vec![real.input, stored.input], 1),
    }
}
