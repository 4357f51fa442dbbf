//! The networks of deep Dyna-Q: values, their slow copy, and the model.

use super::values::{Dials, Told, Values};
use crate::agents::computing::Seat;
use crate::base::digest::Digest;
use crate::mdp::State;
use crate::models::coding::Coding;
use crate::models::network::{NetworkModel, Steps};
use crate::nn::device::{Compute, Wish};
use crate::nn::init::{Spread, dice};
use crate::nn::mlp::{MlpSpec, TooLarge};
use crate::nn::trial::Trial;
use crate::nn::{NotFinite, Tensor, vector};

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
        Ok(Self { made, values, model, seat })
    }

    /// The same elsewhere. Waits for both devices.
    pub fn to(&self, seat: Seat) -> Self {
        let compute = seat.compute();
        Self {
            made: self.made,
            values: self.values.to(compute),
            model: self.model.to(compute),
            seat,
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
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        self.values.bytes() + self.model.bytes()
    }
}
