//! What learners with a deterministic actor and a replay memory have in common: how actions are
//! scaled, explored, remembered and drawn again.

use super::actor_critic::CriticBatch;
use super::memory::Memory;
use super::steering::Setting;
use crate::base::digest::Digest;
use crate::base::rng::{Stream, StreamName};
use crate::mdp::Transition;
use crate::mdp::oracle::Oracle;
use crate::mdp::physical::{Control, Vector};
use crate::nn::device::Compute;
use crate::nn::{Tensor, joined};
use crate::rl::expansion::targets;

/// Between the actions of a world and those of a network, which are in `[-1, 1]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    middle: Vec<f64>,
    half: Vec<f64>,
}

impl Scale {
    /// That of a world with these limits.
    pub fn of((low, high): (Control, Control)) -> Self {
        let pairs = || low.iter().zip(high.iter());
        Self {
            middle: pairs().map(|(l, h)| 0.5 * (l + h)).collect(),
            half: pairs().map(|(l, h)| 0.5 * (h - l)).collect(),
        }
    }

    /// Numbers of an action.
    pub fn acts(&self) -> usize {
        self.half.len()
    }

    /// An action of the world from one in `[-1, 1]`.
    pub fn world(&self, action: &[f32]) -> Control {
        let mut numbers = [0.0; Control::MOST];
        for (index, &x) in action.iter().enumerate() {
            numbers[index] = self.middle[index] + self.half[index] * f64::from(x);
        }
        Control::new(&numbers[..action.len()])
    }

    /// An action in `[-1, 1]` from one of the world.
    pub fn network(&self, action: &[f64], row: &mut Vec<f32>) {
        let scales = self.middle.iter().zip(&self.half);
        row.extend(
            action.iter().zip(scales).map(|(x, (middle, half))| ((x - middle) / half) as f32),
        );
    }
}

/// One seed's part.
#[derive(Clone, Debug)]
pub struct Lane {
    /// `(s, a, r, s', end)` a row.
    pub memory: Memory,
    explore: Stream,
    replay: Stream,
}

/// Steps drawn from the memories of all lanes.
#[derive(Clone, Debug)]
pub struct Batch {
    /// `[P, B, S]`.
    pub seen: Tensor,
    /// `[P, B, A]`, in `[-1, 1]`.
    pub action: Tensor,
    /// `[P, B, S]`.
    pub next: Tensor,
    /// `[P * B]`.
    pub rewards: Vec<f32>,
    /// `[P * B]`: whether the task went on.
    pub goes_on: Vec<bool>,
}

impl Batch {
    /// Rows in each lane, `B`.
    pub fn rows(&self) -> usize {
        self.seen.dims()[1]
    }

    /// `gamma`, or 0 where the task ended: `[P * B]`.
    pub fn discounts(&self, gamma: f64) -> impl Iterator<Item = f64> {
        self.goes_on.iter().map(move |&goes_on| if goes_on { gamma } else { 0.0 })
    }

    /// What a plain critic learns from it: `r + gamma tail`, with `tail` of the states that
    /// followed, `[P * B]`.
    pub fn plain(&self, tail: &[f32], setting: &Setting) -> CriticBatch {
        let rows = self.rewards.iter().zip(self.discounts(setting.gamma)).zip(tail);
        let target = |((reward, discount), tail): ((&f32, f64), &f32)| {
            let mut y = [f64::from(*reward) * setting.reward_scale];
            targets(&mut y, &[discount], f64::from(*tail));
            y[0] as f32
        };
        CriticBatch {
            input: joined(self.seen.clone(), self.action.clone()),
            targets: rows.map(target).collect(),
            weights: vec![1.0 / self.rows() as f32; self.rewards.len()],
        }
    }
}

/// Memories and dice of all lanes.
#[derive(Clone, Debug)]
pub struct Lanes {
    sees: usize,
    /// Scale of actions.
    pub scale: Scale,
    /// `[L]`.
    pub lanes: Vec<Lane>,
    /// Mean age of the steps drawn last in the first lane, in real steps; it decides nothing.
    pub age: f64,
}

impl Lanes {
    /// Nothing remembered, one lane for each of `seeds`.
    pub fn new(oracle: &dyn Oracle, seeds: &[u64]) -> Self {
        let (sees, scale) = (oracle.sees(), Scale::of(oracle.limits()));
        let width = width(sees, scale.acts());
        let lane = |&seed: &u64| Lane {
            memory: Memory::new(width),
            explore: Stream::new(seed, StreamName::Explore),
            replay: Stream::new(seed, StreamName::Replay),
        };
        Self { sees, scale, lanes: seeds.iter().map(lane).collect(), age: 0.0 }
    }

    /// Real steps that lane `lane` has lived.
    pub fn lived(&self, lane: usize) -> u64 {
        let memory = &self.lanes[lane].memory;
        memory.first() + memory.len() as u64
    }

    /// Any action, uniformly.
    pub fn anything(&mut self, lane: usize) -> Control {
        let dice = &mut self.lanes[lane].explore;
        let mut action = [0.0; Control::MOST];
        let action = &mut action[..self.scale.acts()];
        action.fill_with(|| (2.0 * dice.unit() - 1.0) as f32);
        self.scale.world(action)
    }

    /// What the actor says, with normal noise of `deviation`, kept within limits.
    pub fn explored(&mut self, lane: usize, said: &[f32], deviation: f64) -> Control {
        let dice = &mut self.lanes[lane].explore;
        let mut action = [0.0; Control::MOST];
        for (x, said) in action.iter_mut().zip(said) {
            *x = (f64::from(*said) + deviation * dice.normal()).clamp(-1.0, 1.0) as f32;
        }
        self.scale.world(&action[..said.len()])
    }

    /// Remembers a real step, `most` of them a lane.
    pub fn remember(&mut self, t: &Transition<Vector, Control>, most: usize) {
        let mut row = t.obs.to_vec();
        self.scale.network(&t.action, &mut row);
        row.push(t.step.reward as f32);
        row.extend_from_slice(&t.step.next);
        row.push(f32::from(u8::from(t.step.terminated)));
        self.lanes[t.lane as usize].memory.push(&row, most);
    }

    /// Draws `count` real steps of every lane of `active`; the others have rows of zeros.
    pub fn draw(&mut self, count: usize, active: &[bool], compute: &Compute) -> Batch {
        let width = self.width();
        let mut rows = Vec::with_capacity(count * self.lanes.len() * width);
        for (index, (lane, &active)) in self.lanes.iter_mut().zip(active).enumerate() {
            if !active {
                rows.resize(rows.len() + count * width, 0.0);
                continue;
            }
            let ages = lane.memory.sample(count, &mut lane.replay, &mut rows);
            if index == 0 {
                self.age = ages as f64 / count as f64;
            }
        }
        self.batch(&rows, count, compute)
    }

    /// Rows of all lanes, `count` each, as tensors.
    pub fn batch(&self, rows: &[f32], count: usize, compute: &Compute) -> Batch {
        let (sees, acts) = (self.sees, self.scale.acts());
        let tensor = |from: usize, width: usize| {
            let parts = rows.chunks(self.width()).flat_map(|row| &row[from..from + width]);
            compute.tensor(parts.copied().collect(), [self.lanes.len(), count, width])
        };
        let column = |at: usize| rows.chunks(self.width()).map(move |row| row[at]);
        Batch {
            seen: tensor(0, sees),
            action: tensor(sees, acts),
            next: tensor(sees + acts + 1, sees),
            rewards: column(sees + acts).collect(),
            goes_on: column(self.width() - 1).map(|end| end == 0.0).collect(),
        }
    }

    /// Length of a row.
    pub fn width(&self) -> usize {
        width(self.sees, self.scale.acts())
    }

    /// Adds memories and positions of dice.
    pub fn digest(&self, digest: &mut Digest) {
        for lane in &self.lanes {
            lane.memory.digest(digest);
            digest.word(lane.explore.position() as u64);
            digest.word(lane.replay.position() as u64);
        }
    }

    /// Memory in bytes that a copy does not share.
    pub fn own_bytes(&self) -> usize {
        self.lanes.iter().map(|lane| size_of::<Lane>() + lane.memory.own_bytes()).sum()
    }
}

/// Length of a row `(s, a, r, s', end)`.
pub fn width(sees: usize, acts: usize) -> usize {
    2 * sees + acts + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_are_scaled_there_and_back() {
        let scale = Scale::of((Control::new(&[-2.0, 0.0]), Control::new(&[2.0, 4.0])));
        assert_eq!(*scale.world(&[0.5, -0.5]), [1.0, 1.0]);
        let mut row = vec![];
        scale.network(&[1.0, 1.0], &mut row);
        assert_eq!(row, [0.5, -0.5]);
    }
}
