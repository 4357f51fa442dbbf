//! What the model of MVE is taught by: squared error, likelihood, or what the critic makes of a
//! prediction.
//!
//! The value is `V(s) = Q'(s, mu(s))` with the target critic and the actor that imagination follows,
//! and the action is held where it is: only the critic's own slope counts (as in the code of the
//! paper on VaGraM). It stands still for some updates of the model; so long, the gradient at a
//! remembered step is computed once. Predictions are changes of what is seen, in its own units, and
//! so are gradients: error and gradient are in one space.

use crate::agents::actor_critic::ActorCritic;
use crate::base::digest::Digest;
use crate::models::model_loss::ModelLoss;
use crate::models::spread::Spread;
use crate::nn::device::Compute;
use crate::nn::init::dice;
use crate::nn::loss::{Loss, mean_squared, squared_along, weighted_squared};
use crate::nn::mlp::{Mlp, TooLarge};
use crate::nn::{Gradients, Module as _, NotFinite, Tensor, joined, values, vector};
use crate::rl::losses::cache::SlopeCache;
use crate::rl::losses::clip::{clip, lengths};
use crate::rl::losses::whole::warm_up;

/// Number of the network of spreads among the networks of a lane.
const SPREAD: u32 = 3;
/// Stands for a transition in a lane at rest.
pub const NOBODY: u64 = u64::MAX;

/// How to teach, as the dials stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Aim {
    /// The loss of the next state.
    pub loss: ModelLoss,
    /// Updates of the model over which squared error fades out beside a value-aware loss.
    pub warm_up: u64,
    /// Updates of the model for which the value stands still.
    pub every: u64,
    /// Longer gradients than this quantile of the mini-batch are shortened to it; 1 shortens none.
    pub quantile: f64,
}

/// A value that stands still: copies of critic and actor.
#[derive(Clone, Debug)]
pub struct Still {
    /// `Q'`.
    pub critic: Mlp,
    /// The actor.
    pub actor: Mlp,
}

impl Still {
    /// `V(s)`, `[P, B, 1]`.
    pub fn value(&self, seen: Tensor) -> Tensor {
        self.critic.forward(joined(seen.clone(), self.actor.forward(seen)))
    }

    /// The critic's gradient after what is seen, `[P, B, S]`, times `weights`, `[P, B, 1]` of the
    /// values, which are also there.
    fn slope(&self, seen: Tensor, weights: impl FnOnce(&Tensor) -> Tensor) -> (Tensor, Tensor) {
        let [lanes, rows, sees] = seen.dims();
        let action = self.actor.forward(seen.clone());
        let (value, tape) = self.critic.forward_taped(joined(seen, action));
        let back = self.critic.backward_to_input(tape, weights(&value));
        (value, back.slice([0..lanes, 0..rows, 0..sees]))
    }

    /// `grad V(s)` with the action held, `[P, B, S]`.
    pub fn slopes(&self, seen: Tensor) -> Tensor {
        self.slope(seen, Tensor::ones_like).1
    }
}

/// A mini-batch for the model.
pub struct Task {
    /// `[P, B, S + A]`.
    pub input: Tensor,
    /// What it should say, `[P, B, S + 1]`.
    pub wanted: Tensor,
    /// Numbers of the transitions, `[P * B]`.
    pub drawn: Vec<u64>,
}

/// What teaching keeps from one update to the next.
#[derive(Clone, Debug)]
pub struct Teacher {
    compute: Compute,
    seeds: Vec<u64>,
    still: Option<Still>,
    /// The update at which the value was last looked at.
    since: u64,
    /// `[P]`.
    slopes: Vec<SlopeCache>,
    spread: Option<Spread>,
    /// Share of the last mini-batch whose gradient was shortened.
    pub clipped: f64,
}

impl Teacher {
    /// Knows no value yet; `sees` numbers are seen.
    pub fn new(sees: usize, seeds: &[u64], compute: &Compute) -> Self {
        Self {
            compute: compute.clone(),
            seeds: seeds.to_vec(),
            still: None,
            since: 0,
            slopes: vec![SlopeCache::new(sees); seeds.len()],
            spread: None,
            clipped: 0.0,
        }
    }

    /// The value moves on if its time has come, or goes if nobody asks for it.
    pub fn look(&mut self, aim: &Aim, networks: &ActorCritic, actor: &Mlp, done: u64) {
        if !aim.loss.asks_the_value() {
            self.still = None;
        } else if self.still.is_none() || done >= self.since + aim.every.max(1) {
            self.still =
                Some(Still { critic: networks.critic_target.clone(), actor: actor.clone() });
            self.since = done;
            self.slopes.iter_mut().for_each(SlopeCache::forget);
        }
        if !aim.loss.weighs_by_slope() {
            self.clipped = 0.0;
        }
    }

    /// Gradients asked for and computed in the first lane, since the beginning.
    pub fn counted(&self) -> (u64, u64) {
        (self.slopes[0].asked, self.slopes[0].computed)
    }

    /// Transitions before these numbers will not be drawn again.
    pub fn forget_before(&mut self, first: impl Iterator<Item = u64>) {
        self.slopes.iter_mut().zip(first).for_each(|(cache, first)| cache.forget_before(first));
    }

    /// The loss of the model on a task after `done` updates, and its gradient after the weights.
    pub fn loss(
        &mut self,
        network: &Mlp,
        task: &Task,
        aim: &Aim,
        (done, rate, active): (u64, f64, &[bool]),
    ) -> Result<(Loss, Gradients), NotFinite> {
        let (said, tape) = network.forward_taped(task.input.clone());
        let wanted = task.wanted.clone();
        let share = warm_up(done, aim.warm_up) as f32;
        let loss = match (aim.loss, self.still.clone()) {
            (ModelLoss::Likelihood, _) => {
                if self.spread.is_none() {
                    self.spread = Some(self.first_spread(network).map_err(|_| refused())?);
                }
                let Some(spread) = &mut self.spread else { return Err(refused()) };
                spread.learn((task.input.clone(), said, wanted), rate as f32, active)?
            }
            (ModelLoss::Vaml, Some(still)) => {
                let rest = weighted_squared(said.clone(), wanted.clone(), self.rest(&said, share));
                rest + vaml(&still, &task.input, said, wanted)
            }
            (ModelLoss::Vagram, Some(still)) => {
                let slopes = self.slopes(&still, task, aim.quantile)?;
                let weights = self.padded(slopes, &said, |g| g * g + share, 1.0);
                weighted_squared(said, wanted, weights)
            }
            (ModelLoss::Unbounded, Some(still)) => {
                let slopes = self.slopes(&still, task, aim.quantile)?;
                let direction = self.padded(slopes, &said, |g| g, 0.0);
                let rest = weighted_squared(said.clone(), wanted.clone(), self.rest(&said, share));
                rest + squared_along(said, wanted, direction)
            }
            _ => mean_squared(said, wanted),
        };
        let gradients = network.backward(tape, loss.gradient.clone());
        Ok((loss, gradients))
    }

    fn first_spread(&self, network: &Mlp) -> Result<Spread, TooLarge> {
        Spread::new(network.spec(), &mut dice(&self.seeds, SPREAD), &self.compute)
    }

    /// Weights of plain squared errors: `share` for what is seen, 1 for the reward.
    fn rest(&self, said: &Tensor, share: f32) -> Tensor {
        let [lanes, rows, outputs] = said.dims();
        let state = vec![0.0; lanes * rows * (outputs - 1)];
        self.padded(state, said, |_| share, 1.0)
    }

    /// Rows of `[P * B][S]`, each number as `of` makes it, with the same number for the reward.
    fn padded(
        &self,
        rows: Vec<f32>,
        said: &Tensor,
        of: impl Fn(f32) -> f32,
        reward: f32,
    ) -> Tensor {
        let dims = said.dims();
        let row = |row: &[f32]| row.iter().map(|&g| of(g)).chain([reward]).collect::<Vec<_>>();
        self.compute.tensor(rows.chunks(dims[2] - 1).flat_map(row).collect(), dims)
    }

    /// `grad V(s')` of every row, `[P * B][S]`, the longest shortened.
    fn slopes(&mut self, still: &Still, task: &Task, quantile: f64) -> Result<Vec<f32>, NotFinite> {
        let [lanes, rows, outputs] = task.wanted.dims();
        let sees = outputs - 1;
        let missing = self.missing(&task.drawn, rows);
        if !missing.is_empty() {
            // Lanes lack different rows, but a population computes as many in each.
            let asked = if lanes == 1 { missing } else { (0..lanes * rows).collect() };
            let seen = self.reached(task, &asked, lanes);
            let found = vector(still.slopes(seen));
            for (&at, slope) in asked.iter().zip(found.chunks(sees)) {
                let number = task.drawn[at];
                finite(slope, number)?;
                if number != NOBODY {
                    self.slopes[at / rows].put(number, slope);
                }
            }
        }
        let mut all = vec![0.0; lanes * rows * sees];
        for (at, row) in all.chunks_mut(sees).enumerate() {
            if let Some(slope) = self.slopes[at / rows].get(task.drawn[at]) {
                row.copy_from_slice(slope);
            }
        }
        if quantile < 1.0 {
            let clip = clip(&lengths(&all, sees), quantile);
            for (row, &factor) in all.chunks_mut(sees).zip(&clip.factors) {
                row.iter_mut().for_each(|g| *g *= factor as f32);
            }
            self.clipped = clip.clipped as f64 / (lanes * rows) as f64;
        } else {
            self.clipped = 0.0;
        }
        Ok(all)
    }

    /// Rows whose gradient is not known, each transition once.
    fn missing(&mut self, drawn: &[u64], rows: usize) -> Vec<usize> {
        let mut missing = Vec::new();
        for (lane, numbers) in drawn.chunks(rows).enumerate() {
            let cache = &mut self.slopes[lane];
            let before = missing.len();
            let lacks = |&(_, &n): &(usize, &u64)| n != NOBODY && cache.get(n).is_none();
            let mut lacking: Vec<_> = numbers.iter().enumerate().filter(lacks).collect();
            lacking.sort_unstable_by_key(|&(_, &number)| number);
            lacking.dedup_by_key(|(_, number)| **number);
            missing.extend(lacking.into_iter().map(|(row, _)| lane * rows + row));
            cache.asked += rows as u64;
            cache.computed += (missing.len() - before) as u64;
        }
        missing
    }

    /// The states that rows `asked` really led to, `[P, N, S]`.
    fn reached(&self, task: &Task, asked: &[usize], lanes: usize) -> Tensor {
        let [_, _, outputs] = task.wanted.dims();
        let (inputs, sees) = (task.input.dims()[2], outputs - 1);
        let (input, wanted) = (values(&task.input), values(&task.wanted));
        let one = |&at: &usize| {
            let (from, by) = (&input[at * inputs..][..sees], &wanted[at * outputs..][..sees]);
            from.iter().zip(by).map(|(x, change)| x + change).collect::<Vec<f32>>()
        };
        self.compute
            .tensor(asked.iter().flat_map(one).collect(), [lanes, asked.len() / lanes, sees])
    }

    /// The first number that is none. Waits for the device.
    pub fn check(&self) -> Result<(), NotFinite> {
        self.spread.as_ref().map_or(Ok(()), Spread::check)
    }

    /// The same on another device. Waits for both.
    pub fn to(&self, compute: &Compute) -> Self {
        let still = self.still.as_ref().map(|still| Still {
            critic: still.critic.to(compute),
            actor: still.actor.to(compute),
        });
        let spread = self.spread.as_ref().map(|spread| spread.to(compute));
        Self { compute: compute.clone(), still, spread, ..self.clone() }
    }

    /// Adds the value that stands still, what is known of it, and the spread.
    pub fn digest(&self, digest: &mut Digest) {
        if let Some(still) = &self.still {
            still.critic.digest(digest);
            still.actor.digest(digest);
            digest.word(self.since);
            self.slopes.iter().for_each(|cache| cache.digest(digest));
        }
        if let Some(spread) = &self.spread {
            spread.digest(digest);
        }
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        let still = self.still.as_ref().map_or(0, |s| s.critic.bytes() + s.actor.bytes());
        let slopes = self.slopes.iter().map(SlopeCache::bytes).sum::<usize>();
        still + slopes + self.spread.as_ref().map_or(0, Spread::bytes)
    }
}

/// `mean over the batch of (V(s^') - V(s'))^2 / F`, with the gradient after what the model says.
fn vaml(still: &Still, input: &Tensor, said: Tensor, wanted: Tensor) -> Loss {
    let [lanes, rows, outputs] = said.dims();
    let sees = outputs - 1;
    let seen = input.clone().slice([0..lanes, 0..rows, 0..sees]);
    let after = |change: Tensor| seen.clone() + change.slice([0..lanes, 0..rows, 0..sees]);
    let real = still.value(after(wanted));
    let count = (rows * outputs) as f32;
    let (imagined, slope) =
        still.slope(after(said.clone()), |value| (value.clone() - real.clone()) * (2.0 / count));
    let value = (imagined - real).square().mean_dim(1) * (1.0 / outputs as f32);
    let none = said.slice([0..lanes, 0..rows, sees..outputs]).zeros_like();
    Loss { value, gradient: joined(slope, none) }
}

/// Says which transition has a gradient that is no number.
fn finite(slope: &[f32], number: u64) -> Result<(), NotFinite> {
    match slope.iter().position(|g| !g.is_finite()) {
        None => Ok(()),
        Some(column) => Err(NotFinite {
            tensor: format!("value gradient at real step {number}"),
            lane: 0,
            row: 0,
            column,
            value: slope[column],
        }),
    }
}

/// A network of spreads that is refused, which the check of the model's own size makes impossible.
fn refused() -> NotFinite {
    let (tensor, value) = ("spread (no room for it)".to_owned(), f32::NAN);
    NotFinite { tensor, lane: 0, row: 0, column: 0, value }
}
