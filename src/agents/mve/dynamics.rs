//! The learned model of MVE: a network that predicts by how much what is seen changes, and the
//! scaled reward.

use super::teaching::{Aim, NOBODY, Task, Teacher};
use crate::agents::actor_critic::{ActorCritic, set_rate};
use crate::agents::off_policy::{Batch, Lanes};
use crate::base::digest::Digest;
use crate::base::rng::{Stream, StreamName};
use crate::nn::adam::{Adam, Rate};
use crate::nn::device::Compute;
use crate::nn::host::HostMlp;
use crate::nn::init::dice;
use crate::nn::loss::{Loss, mean_squared};
use crate::nn::mlp::{Mlp, MlpSpec, TooLarge};
use crate::nn::{Gradients, Module as _, NotFinite, Tensor, joined, values};

/// Of so many blocks of [`BLOCK`] steps one is held out: never learned from, only tested with.
const BLOCKS: u64 = 11;
/// Steps in a row that are held out together, so that they are not mere neighbours of learned ones.
const BLOCK: u64 = 10;
/// Held-out steps that a test draws.
const TESTED: usize = 128;
/// Updates between two tests.
const EVERY: u64 = 20;

/// The first update after which a copy is kept; the others follow at four times as many each.
const FIRST_COPY: u64 = 64;

/// Whether a copy is kept after so many updates: few enough to keep all of them for ever.
pub fn is_kept(updates: u64) -> bool {
    let ratio = updates / FIRST_COPY;
    updates.is_multiple_of(FIRST_COPY)
        && ratio.is_power_of_two()
        && ratio.trailing_zeros().is_multiple_of(2)
}

/// Whether real step number `serial` is for testing.
pub fn is_held_out(serial: u64) -> bool {
    serial / BLOCK % BLOCKS == BLOCKS - 1
}

/// The model of every lane.
#[derive(Clone, Debug)]
pub struct Dynamics {
    /// `[S + A]` to `[S + 1]`.
    pub network: Mlp,
    adam: Adam,
    /// What its loss asks for beside the data.
    pub teacher: Teacher,
    /// Dice of each lane.
    plan: Vec<Stream>,
    steps: u64,
    compute: Compute,
    /// Loss on the newest mini-batch of the first lane.
    pub loss: f64,
    /// Length of the newest gradient of the first lane.
    pub norm: f64,
    /// Loss on held-out steps of the first lane, when it was tested last.
    pub held_out: f64,
    /// Numbers it was taught.
    pub targets: u64,
    /// Copies of all lanes after so many updates, for pictures: they decide nothing.
    kept: Vec<(u64, Vec<HostMlp>)>,
}

impl Dynamics {
    /// The shape of a network for so many numbers seen and of an action.
    pub fn spec((sees, acts, hidden): (usize, usize, usize)) -> MlpSpec {
        MlpSpec::new("model", sees + acts, &[hidden; 2], sees + 1)
    }

    /// First weights from the lanes' seeds.
    pub fn new(
        sizes: (usize, usize, usize),
        seeds: &[u64],
        compute: &Compute,
    ) -> Result<Self, TooLarge> {
        let network = Mlp::new(&Self::spec(sizes), &mut dice(seeds, 2), 1, compute)?;
        Ok(Self {
            adam: Adam::new(&network, Rate::new(1e-3), compute),
            network,
            plan: seeds.iter().map(|&seed| Stream::new(seed, StreamName::Plan)).collect(),
            steps: 0,
            compute: compute.clone(),
            teacher: Teacher::new(sizes.0, seeds, compute),
            loss: 0.0,
            norm: 0.0,
            held_out: 0.0,
            targets: 0,
            kept: Vec::new(),
        })
    }

    /// The same on another device. Waits for both.
    pub fn to(&self, compute: &Compute) -> Self {
        Self {
            network: self.network.to(compute),
            adam: self.adam.to(compute),
            teacher: self.teacher.to(compute),
            compute: compute.clone(),
            ..self.clone()
        }
    }

    /// The first number that is none. Waits for the device.
    pub fn check(&self) -> Result<(), NotFinite> {
        self.adam.check(&self.network)?;
        self.teacher.check()
    }

    /// One step down the loss that `aim` names on `count` remembered steps of every lane of
    /// `active`; the value is that of `networks` with `actor`.
    pub fn learn(
        &mut self,
        lanes: &Lanes,
        active: &[bool],
        (count, rate, scale): (usize, f64, f64),
        (aim, networks, actor): (&Aim, &ActorCritic, &Mlp),
    ) -> Result<(), NotFinite> {
        let compute = self.compute.clone();
        let Some((batch, drawn)) = self.draw(lanes, active, count, false, &compute) else {
            return Ok(());
        };
        self.teacher.look(aim, networks, actor, self.steps);
        self.teacher.forget_before(lanes.lanes.iter().map(|lane| lane.memory.first()));
        let input = joined(batch.seen.clone(), batch.action.clone());
        let task = Task { input, wanted: wanted(&batch, scale, &compute), drawn };
        let how = (self.steps, rate, active);
        let (loss, gradients) = self.teacher.loss(&self.network, &task, aim, how)?;
        set_rate(&mut self.adam, rate);
        self.adam.step(&mut self.network, gradients, active)?;
        self.loss = f64::from(values(&loss.value)[0]);
        if self.steps.is_multiple_of(EVERY) {
            self.norm = f64::from(self.adam.norms()[0]);
        }
        self.targets += (count * (self.network.spec().outputs)) as u64;
        self.steps += 1;
        if is_kept(self.steps) {
            self.kept.push((self.steps, HostMlp::all(&self.network)));
        }
        if self.steps % EVERY == 1 {
            self.test(lanes, active, scale, aim)?;
        }
        Ok(())
    }

    /// Measures the loss on held-out steps, if there are any yet.
    fn test(
        &mut self,
        lanes: &Lanes,
        active: &[bool],
        scale: f64,
        aim: &Aim,
    ) -> Result<(), NotFinite> {
        let compute = self.compute.clone();
        if let Some((batch, drawn)) = self.draw(lanes, active, TESTED, true, &compute) {
            let input = joined(batch.seen.clone(), batch.action.clone());
            let task = Task { input, wanted: wanted(&batch, scale, &compute), drawn };
            self.held_out = self.teacher.measure(&self.network, &task, aim, self.steps)?;
        }
        Ok(())
    }

    /// `count` steps of every lane of `active` with their numbers, all of them held out or none;
    /// `None` if some lane has none of that kind yet.
    fn draw(
        &mut self,
        lanes: &Lanes,
        active: &[bool],
        count: usize,
        held_out: bool,
        compute: &Compute,
    ) -> Option<(Batch, Vec<u64>)> {
        let width = lanes.width();
        let mut numbers = Vec::with_capacity(count * active.len());
        let mut rows = Vec::with_capacity(count * active.len() * width);
        for ((lane, dice), &active) in lanes.lanes.iter().zip(&mut self.plan).zip(active) {
            let (first, len) = (lane.memory.first(), lane.memory.len() as u64);
            if !active {
                rows.resize(rows.len() + count * width, 0.0);
                numbers.resize(numbers.len() + count, NOBODY);
                continue;
            }
            if !(first..first + len).rev().any(|serial| is_held_out(serial) == held_out) {
                return None;
            }
            for _ in 0..count {
                let mut index = dice.below(len as u32);
                while is_held_out(first + u64::from(index)) != held_out {
                    index = dice.below(len as u32);
                }
                rows.extend_from_slice(lane.memory.row(index as usize));
                numbers.push(first + u64::from(index));
            }
        }
        Some((lanes.batch(&rows, count, compute), numbers))
    }

    /// Updates so far.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// What the model of lane `lane` was after so many updates, oldest first.
    pub fn earlier(&self, lane: usize) -> impl Iterator<Item = (u64, HostMlp)> {
        self.kept.iter().map(move |(updates, lanes)| (*updates, lanes[lane].clone()))
    }

    /// What follows `action`, both `[P, B, ..]`, and the scaled reward, `[P, B, 1]`.
    pub fn step(&self, seen: &Tensor, action: &Tensor) -> (Tensor, Tensor) {
        let [lanes, rows, sees] = seen.dims();
        let said = self.network.forward(joined(seen.clone(), action.clone()));
        let change = said.clone().slice([0..lanes, 0..rows, 0..sees]);
        (seen.clone() + change, said.slice([0..lanes, 0..rows, sees..sees + 1]))
    }

    /// Adds weights, moments, dice and counters that decide.
    pub fn digest(&self, digest: &mut Digest) {
        self.network.digest(digest);
        self.adam.digest(digest);
        self.teacher.digest(digest);
        self.plan.iter().for_each(|dice| digest.word(dice.position() as u64));
        digest.word(self.steps);
    }

    /// Memory in bytes that a copy does not share.
    pub fn bytes(&self) -> usize {
        self.network.bytes() + self.adam.bytes() + self.teacher.bytes()
    }
}

/// What the model should have said: `[P, B, S + 1]`.
pub fn wanted(batch: &Batch, scale: f64, compute: &Compute) -> Tensor {
    let [lanes, rows, _] = batch.seen.dims();
    let rewards = batch.rewards.iter().map(|reward| (f64::from(*reward) * scale) as f32);
    let rewards = compute.tensor(rewards.collect(), [lanes, rows, 1]);
    joined(batch.next.clone() - batch.seen.clone(), rewards)
}

/// `mean (f(s, a) - (s' - s, r))^2` of every lane, and its gradient.
pub fn gradient(network: &Mlp, batch: &Batch, scale: f64, compute: &Compute) -> (Loss, Gradients) {
    let input = joined(batch.seen.clone(), batch.action.clone());
    let (said, tape) = network.forward_taped(input);
    let loss = mean_squared(said, wanted(batch, scale, compute));
    let gradients = network.backward(tape, loss.gradient.clone());
    (loss, gradients)
}

#[cfg(test)]
mod tests {
    use super::{is_held_out, is_kept};

    #[test]
    fn copies_are_kept_at_growing_intervals() {
        let kept: Vec<u64> = (0..=20_000).filter(|&updates| is_kept(updates)).collect();
        assert_eq!(kept, [64, 256, 1024, 4096, 16_384]);
    }

    #[test]
    fn one_step_in_eleven_is_held_out_in_blocks_of_ten() {
        let held: Vec<u64> = (0..1100).filter(|&serial| is_held_out(serial)).collect();
        assert_eq!(held.len(), 100);
        assert_eq!(held[..11], [100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 210]);
        // Over time every place in an episode of 200 steps is held out as often.
        let places = (0..22_000).filter(|&s| is_held_out(s)).map(|s| s % 200 / 10);
        let mut seen = [0_u32; 20];
        places.for_each(|place| seen[place as usize] += 1);
        assert!(seen.iter().all(|&n| n == 100), "{seen:?}");
    }
}
