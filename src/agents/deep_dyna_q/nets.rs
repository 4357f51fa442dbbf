//! The networks of deep Dyna-Q: values, their slow copy, and the model.

use super::values::{Dials, Told, Values};
use crate::agents::computing::Seat;
use crate::base::digest::Digest;
use crate::mdp::State;
use crate::models::coding::Coding;
use crate::models::model_loss::ModelLoss;
use crate::models::network::{NetworkModel, Steps};
use crate::models::value_taught::Lesson;
use crate::nn::device::{Compute, Wish};
use crate::nn::init::{Spread, dice};
use crate::nn::mlp::{MlpSpec, TooLarge};
use crate::nn::trial::Trial;
use crate::nn::{NotFinite, Tensor, vector};
use crate::rl::losses::whole::warm_up;

/// Number of the value network among the networks of a lane.
const Q: u32 = 0;
/// Of the model.
const MODEL: u32 = 1;

/// What networks are made for; when any of it changes they are made anew or moved.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Made {
    /// How they see a state.
    pub coding: Coding,
    /// Actions.
    pub actions: usize,
    /// Width of their hidden layer.
    pub width: usize,
}

impl Made {
    /// The shape of the value network.
    pub fn spec(&self) -> MlpSpec {
        // Values begin at 0 everywhere: ties, as in a table, until the first reward.
        let last_spread = Spread::Within(0.0);
        let spec = MlpSpec::new("Q", self.coding.width(), &[self.width], self.actions);
        MlpSpec { last_spread, ..spec }
    }

    /// A training step of `lanes` value networks.
    pub fn trial(&self, lanes: usize, batch: usize) -> Trial {
        Trial { spec: self.spec(), lanes, batch }
    }

    /// Refuses what would not fit, before any memory is taken.
    pub fn check(&self, lanes: usize) -> Result<(), TooLarge> {
        self.spec().check(lanes)?;
        self.model_spec().check(lanes)
    }

    /// The shape of the model.
    pub fn model_spec(&self) -> MlpSpec {
        NetworkModel::spec(self.coding, self.actions, self.width)
    }
}

/// How the model is taught.
#[derive(Clone, Copy, Debug)]
pub struct Aim {
    /// The loss of the next state.
    pub loss: ModelLoss,
    /// Updates of the model over which the plain loss fades out beside a value-aware one.
    pub warm_up: u64,
    /// Updates of the model for which the value stands still.
    pub every: u64,
}

/// A value that stands still while the model learns.
#[derive(Clone, Debug, Default)]
struct Still {
    /// `[P][S]`: `max Q'(s, .)`; empty where nobody asks.
    values: Vec<Vec<f64>>,
    /// The update of the model at which it was looked at.
    since: u64,
}

/// Networks of all lanes.
#[derive(Clone, Debug)]
pub struct Nets {
    /// What they were made for.
    pub made: Made,
    /// Where they compute.
    pub seat: Seat,
    values: Values,
    /// The model.
    pub model: NetworkModel,
    still: Still,
    /// Updates of the model so far.
    taught: u64,
}

impl Nets {
    /// First weights of a lane for each of `seeds`; `wish` and `batch` are for the choice of a
    /// device.
    pub fn new(
        made: Made,
        seeds: &[u64],
        (wish, batch): (Wish, usize),
        rate: f32,
    ) -> Result<Self, TooLarge> {
        made.check(seeds.len())?;
        let seat = Seat::of(made.trial(seeds.len(), batch), wish);
        let compute = seat.compute();
        let values = Values::new(&made.spec(), &mut dice(seeds, Q), rate, compute)?;
        let mut model_dice = dice(seeds, MODEL);
        let (coding, actions, width) = (made.coding, made.actions, made.width);
        let model = NetworkModel::new(coding, actions, width, rate, &mut model_dice, compute)?;
        Ok(Self { made, values, model, seat, still: Still::default(), taught: 0 })
    }

    /// The same elsewhere. Waits for both devices.
    pub fn to(&self, seat: Seat) -> Self {
        let compute = seat.compute();
        Self {
            made: self.made,
            values: self.values.to(compute),
            model: self.model.to(compute),
            seat,
            still: self.still.clone(),
            taught: self.taught,
        }
    }

    /// Where they compute.
    pub fn compute(&self) -> &Compute {
        self.seat.compute()
    }

    /// `Q(s, .)` of `[P * B]` states, lane after lane: `[P * B * A]`. Waits for the device.
    pub fn values(&self, states: &[State], lanes: usize) -> Vec<f32> {
        vector(self.values.of(self.input(states, lanes)))
    }

    fn input(&self, states: &[State], lanes: usize) -> Tensor {
        let coding = self.made.coding;
        let mut input = Vec::with_capacity(states.len() * coding.width());
        states.iter().for_each(|&state| coding.write(state, &mut input));
        self.compute().tensor(input, [lanes, states.len() / lanes, coding.width()])
    }

    /// As [`Values::learn`].
    pub fn learn(
        &mut self,
        steps: &Steps,
        dials: Dials,
        active: &[bool],
    ) -> Result<Tensor, NotFinite> {
        let compute = self.compute().clone();
        let told = Told {
            seen: self.input(&steps.states, steps.lanes),
            next: self.input(&steps.nexts, steps.lanes),
            actions: &steps.actions,
            rewards: &steps.rewards,
            goes_on: &steps.goes_on,
        };
        self.values.learn(told, dials, active, &compute)
    }

    /// One step of the model down the loss that `aim` names; see [`NetworkModel::learn_as`].
    pub fn teach(
        &mut self,
        steps: &Steps,
        aim: &Aim,
        states: usize,
        active: &[bool],
    ) -> Result<Tensor, NotFinite> {
        if !aim.loss.asks_the_value() {
            self.still = Still::default();
        } else if self.still.values.is_empty() || self.taught >= self.still.since + aim.every {
            let all: Vec<State> = (0..steps.lanes).flat_map(|_| 0..states as State).collect();
            let best = vector(self.values.slow(self.input(&all, steps.lanes)).max_dim(2));
            let lane = |row: &[f32]| row.iter().map(|&v| f64::from(v)).collect();
            self.still =
                Still { values: best.chunks(states).map(lane).collect(), since: self.taught };
        }
        let share = warm_up(self.taught, aim.warm_up);
        let lesson = Lesson { loss: aim.loss, share, values: &self.still.values };
        self.taught += 1;
        self.model.learn_as(steps, active, &lesson)
    }

    /// Values of all of `states` in lane `lane` for rewards times `scale`, `[S * A]`. Waits for the
    /// device.
    pub fn table(&self, states: usize, lane: usize, scale: f64) -> Vec<f64> {
        let copy = self.values.copy(lane);
        let mut input = Vec::new();
        let row = |state| {
            input.clear();
            self.made.coding.write(state, &mut input);
            copy.forward(&input)
        };
        (0..states as State).flat_map(row).map(|q| f64::from(q) / scale).collect()
    }

    /// The first number that is none. Waits for the device.
    pub fn check(&self) -> Result<(), NotFinite> {
        self.values.check()?;
        self.model.check()
    }

    /// Adds all weights and optimisers. Waits for the device.
    pub fn digest(&self, digest: &mut Digest) {
        self.values.digest(digest);
        self.model.digest(digest);
        digest.word(self.taught);
        digest.word(self.still.since);
        self.still.values.iter().flatten().for_each(|&value| digest.number(value));
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        let still = self.still.values.iter().map(Vec::len).sum::<usize>() * size_of::<f64>();
        self.values.bytes() + self.model.bytes() + still
    }
}
