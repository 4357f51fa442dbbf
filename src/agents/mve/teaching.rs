//! What the model of MVE is taught by: squared error, likelihood, or what the critic makes of a
//! prediction.
//!
//! The value is `V(s) = Q'(s, mu(s))` with the target critic and the actor that imagination follows,
//! and the action is held where it is: only the critic's own slope counts (as in the code of the
//! paper on VaGraM). It stands still for some updates of the model; so long, the gradient at a
//! remembered step is computed once. Predictions are changes of what is seen, in its own units, and
//! so are gradients: error and gradient are in one space.

use super::slopes::Slopes;
use super::still::Still;
use crate::agents::actor_critic::ActorCritic;
use crate::base::digest::Digest;
use crate::models::model_loss::ModelLoss;
use crate::models::spread::Spread;
use crate::nn::device::Compute;
use crate::nn::init::dice;
use crate::nn::loss::{Loss, mean_squared, squared_along, weighted_squared};
use crate::nn::mlp::{Mlp, TooLarge};
use crate::nn::{Gradients, Module as _, NotFinite, Tensor, values};
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
    slopes: Slopes,
    spread: Option<Spread>,
}

impl Teacher {
    /// Knows no value yet; `sees` numbers are seen.
    pub fn new(sees: usize, seeds: &[u64], compute: &Compute) -> Self {
        Self {
            compute: compute.clone(),
            seeds: seeds.to_vec(),
            still: None,
            since: 0,
            slopes: Slopes::new(sees, seeds.len(), compute),
            spread: None,
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
            self.slopes.forget();
        }
        if !aim.loss.weighs_by_slope() {
            self.slopes.clipped = 0.0;
        }
    }

    /// Share of the last mini-batch whose gradient was shortened.
    pub fn clipped(&self) -> f64 {
        self.slopes.clipped
    }

    /// Gradients asked for and computed in the first lane, since the beginning.
    pub fn counted(&self) -> (u64, u64) {
        self.slopes.counted()
    }

    /// Transitions before these numbers will not be drawn again.
    pub fn forget_before(&mut self, first: impl Iterator<Item = u64>) {
        self.slopes.forget_before(first);
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
        let loss = match aim.loss {
            ModelLoss::Likelihood => {
                if self.spread.is_none() {
                    self.spread = Some(self.first_spread(network).map_err(|_| refused())?);
                }
                let Some(spread) = &mut self.spread else { return Err(refused()) };
                spread.learn(
                    (task.input.clone(), said, task.wanted.clone()),
                    rate as f32,
                    active,
                )?
            }
            _ => self.judge(said, task, aim, done)?,
        };
        let gradients = network.backward(tape, loss.gradient.clone());
        Ok((loss, gradients))
    }

    /// The same loss, of which nothing is learned. Waits for the device.
    pub fn measure(
        &mut self,
        network: &Mlp,
        task: &Task,
        aim: &Aim,
        done: u64,
    ) -> Result<f64, NotFinite> {
        let said = network.forward(task.input.clone());
        let value = match (aim.loss, &self.spread) {
            (ModelLoss::Likelihood, Some(spread)) => {
                spread.value((task.input.clone(), said, task.wanted.clone()))
            }
            _ => {
                let clipped = self.slopes.clipped;
                let value = self.judge(said, task, aim, done)?.value;
                self.slopes.clipped = clipped;
                value
            }
        };
        Ok(f64::from(values(&value)[0]))
    }

    /// The loss of what the model `said`, and its gradient after that.
    fn judge(
        &mut self,
        said: Tensor,
        task: &Task,
        aim: &Aim,
        done: u64,
    ) -> Result<Loss, NotFinite> {
        let wanted = task.wanted.clone();
        let share = warm_up(done, aim.warm_up) as f32;
        let Some(still) = self.still.clone() else { return Ok(mean_squared(said, wanted)) };
        Ok(match aim.loss {
            ModelLoss::Squared | ModelLoss::Likelihood => mean_squared(said, wanted),
            ModelLoss::Vaml => {
                let rest = weighted_squared(said.clone(), wanted.clone(), self.rest(&said, share));
                rest + still.vaml(&task.input, said, wanted)
            }
            ModelLoss::Vagram => {
                let mut weights = self.slopes.of(&still, task, aim.quantile)?;
                for row in weights.chunks_exact_mut(said.dims()[2]) {
                    if let Some((reward, slope)) = row.split_last_mut() {
                        slope.iter_mut().for_each(|g| *g = *g * *g + share);
                        *reward = 1.0;
                    }
                }
                let weights = self.compute.tensor(weights, said.dims());
                weighted_squared(said, wanted, weights)
            }
            ModelLoss::Unbounded => {
                let slopes = self.slopes.of(&still, task, aim.quantile)?;
                let direction = self.compute.tensor(slopes, said.dims());
                let rest = weighted_squared(said.clone(), wanted.clone(), self.rest(&said, share));
                rest + squared_along(said, wanted, direction)
            }
        })
    }

    fn first_spread(&self, network: &Mlp) -> Result<Spread, TooLarge> {
        Spread::new(network.spec(), &mut dice(&self.seeds, SPREAD), &self.compute)
    }

    /// Weights of plain squared errors: `share` for what is seen, 1 for the reward.
    fn rest(&self, said: &Tensor, share: f32) -> Tensor {
        let outputs = said.dims()[2];
        let mut weights = vec![share; said.shape().num_elements()];
        weights.iter_mut().skip(outputs - 1).step_by(outputs).for_each(|reward| *reward = 1.0);
        self.compute.tensor(weights, said.dims())
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
        let slopes = self.slopes.to(compute);
        Self { compute: compute.clone(), still, slopes, spread, ..self.clone() }
    }

    /// Adds the value that stands still, what is known of it, and the spread.
    pub fn digest(&self, digest: &mut Digest) {
        if let Some(still) = &self.still {
            still.critic.digest(digest);
            still.actor.digest(digest);
            digest.word(self.since);
            self.slopes.digest(digest);
        }
        if let Some(spread) = &self.spread {
            spread.digest(digest);
        }
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        let still = self.still.as_ref().map_or(0, |s| s.critic.bytes() + s.actor.bytes());
        still + self.slopes.bytes() + self.spread.as_ref().map_or(0, Spread::bytes)
    }
}

/// A network of spreads that is refused, which the check of the model's own size makes impossible.
fn refused() -> NotFinite {
    let (tensor, value) = ("spread (no room for it)".to_owned(), f32::NAN);
    NotFinite { tensor, lane: 0, row: 0, column: 0, value }
}
