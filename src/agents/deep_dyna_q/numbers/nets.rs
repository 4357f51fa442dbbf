//! Networks, dice and memory of deep Dyna-Q where numbers are seen.

use crate::agents::computing::Seat;
use crate::agents::deep_dyna_q::config::DeepDynaQConfig;
use crate::agents::deep_dyna_q::nets::Aim;
use crate::agents::deep_dyna_q::values::Values;
use crate::agents::memory::Memory;
use crate::agents::surface::ValueSurface;
use crate::base::digest::Digest;
use crate::base::rng::{Stream, StreamName};
use crate::models::motion::{MotionModel, Motions, Taught};
use crate::nn::host::HostMlp;
use crate::nn::init::{Spread, dice};
use crate::nn::mlp::{Mlp, MlpSpec, TooLarge};
use crate::nn::trial::Trial;
use crate::nn::{Module as _, NotFinite, Tensor};
use crate::rl::losses::whole::warm_up;

/// What is made for a world: numbers seen, actions, width of the hidden layers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Made {
    /// Numbers seen.
    pub sees: usize,
    /// Actions.
    pub actions: usize,
    /// Width of the two hidden layers.
    pub width: usize,
}

impl Made {
    /// The shape of the value network.
    pub fn spec(self) -> MlpSpec {
        // Values begin at 0 everywhere: ties, until the first reward.
        let last_spread = Spread::Within(0.0);
        let spec = MlpSpec::new("Q", self.sees, &[self.width; 2], self.actions);
        MlpSpec { last_spread, ..spec }
    }

    /// The shape of the model.
    pub fn model(self) -> MlpSpec {
        MotionModel::spec((self.sees, self.actions), self.width)
    }

    /// Numbers a remembered step: what was seen, action, reward, what was seen next, whether it went
    /// on.
    pub fn row(self) -> usize {
        2 * self.sees + 3
    }
}

impl DeepDynaQConfig {
    /// What the networks should be made for.
    pub(super) fn made_for(&self, (sees, actions): (usize, usize)) -> Made {
        Made { sees, actions, width: self.width as usize }
    }

    /// Bytes of a lane where `sizes` are the numbers seen and the actions.
    pub fn bytes_for(&self, sizes: (usize, usize)) -> u128 {
        let made = self.made_for(sizes);
        let networks = made.spec().bytes() + made.spec().bytes_to_train();
        networks + made.model().bytes_to_train() + Memory::bytes_of(self.capacity, made.row())
    }

    /// What devices are compared by there for `lanes` lanes.
    pub fn trial_for(&self, sizes: (usize, usize), lanes: usize) -> Trial {
        Trial { spec: self.made_for(sizes).spec(), lanes, batch: self.batch as usize }
    }
}

/// One seed's part.
#[derive(Clone, Debug)]
pub struct Lane {
    /// Dice for acting.
    pub explore: Stream,
    /// Dice for drawing real steps.
    pub replay: Stream,
    /// Dice for planning.
    pub plan: Stream,
    /// Real steps.
    pub memory: Memory,
}

impl Lane {
    /// Remembers nothing yet; rows have so many numbers.
    pub fn new(seed: u64, row: usize) -> Self {
        Self {
            explore: Stream::new(seed, StreamName::Explore),
            replay: Stream::new(seed, StreamName::Replay),
            plan: Stream::new(seed, StreamName::Plan),
            memory: Memory::new(row),
        }
    }
}

/// Networks of all lanes.
#[derive(Clone, Debug)]
pub struct Nets {
    /// What they were made for.
    pub made: Made,
    /// Where they compute.
    pub seat: Seat,
    /// `Q` and its slow copy.
    pub values: Values,
    /// The model.
    pub model: MotionModel,
    /// The values that the model's loss asks, which stand still for some of its updates; none where
    /// it asks none.
    still: Option<Mlp>,
    /// The update of the model at which they were looked at.
    since: u64,
    /// Updates of the model so far.
    taught: u64,
}

impl Nets {
    /// First weights of a lane for each of `seeds`.
    pub fn new(made: Made, seeds: &[u64], seat: Seat, rate: f32) -> Result<Self, TooLarge> {
        made.spec().check(seeds.len())?;
        made.model().check(seeds.len())?;
        let compute = seat.compute();
        let values = Values::new(&made.spec(), &mut dice(seeds, 0), rate, compute)?;
        let (sizes, mut model_dice) = ((made.sees, made.actions), dice(seeds, 1));
        let model = MotionModel::new(sizes, made.width, rate, &mut model_dice, compute)?;
        Ok(Self { made, values, model, seat, still: None, since: 0, taught: 0 })
    }

    /// The same elsewhere. Waits for both devices.
    pub fn to(&self, seat: Seat) -> Self {
        let compute = seat.compute();
        let (values, model) = (self.values.to(compute), self.model.to(compute));
        let still = self.still.as_ref().map(|still| still.to(compute));
        Self { values, model, seat, still, ..*self }
    }

    /// One step of the model down the loss that `aim` names; see [`MotionModel::learn_as`].
    pub fn teach(
        &mut self,
        steps: &Motions,
        aim: &Aim,
        active: &[bool],
    ) -> Result<Tensor, NotFinite> {
        if !aim.loss.asks_the_value() {
            self.still = None;
        } else if self.still.is_none() || self.taught >= self.since + aim.every {
            (self.still, self.since) = (Some(self.values.kept()), self.taught);
        }
        let share = warm_up(self.taught, aim.warm_up);
        let taught = Taught { loss: aim.loss, share, q: self.still.as_ref() };
        self.taught += 1;
        self.model.learn_as(steps, active, &taught)
    }

    /// `[P * B * S]` in a row as `[P, B, S]`.
    pub fn tensor(&self, seen: &[f32], lanes: usize) -> Tensor {
        let sees = self.made.sees;
        self.seat.compute().tensor(seen.to_vec(), [lanes, seen.len() / (lanes * sees), sees])
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
        if let Some(still) = &self.still {
            still.digest(digest);
            digest.word(self.since);
        }
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        let still = self.still.as_ref().map_or(0, Mlp::bytes);
        self.values.bytes() + self.model.bytes() + still
    }
}

/// `max Q(s, .)`, for pictures.
#[derive(Debug)]
pub struct Best {
    /// `Q`.
    pub q: HostMlp,
    /// What rewards were multiplied with.
    pub scale: f64,
}

impl ValueSurface for Best {
    fn value(&self, seen: &[f32]) -> f64 {
        let best = self.q.forward(seen).into_iter().fold(f32::NEG_INFINITY, f32::max);
        f64::from(best) / self.scale
    }

    fn values(&self, seen: &[f32], _wide: usize) -> Vec<f64> {
        let all = self.q.batch(seen);
        let best = |row: &[f32]| f64::from(row.iter().copied().fold(f32::NEG_INFINITY, f32::max));
        all.chunks(self.q.outputs()).map(|row| best(row) / self.scale).collect()
    }

    fn slope(&self, seen: &[f32]) -> Option<Vec<f64>> {
        let q = self.q.forward(seen);
        let best = (0..q.len()).max_by(|&a, &b| q[a].total_cmp(&q[b]))?;
        let mut weights = vec![0.0; q.len()];
        weights[best] = 1.0;
        let back = self.q.input_gradient(seen, &weights);
        Some(back.iter().map(|&g| f64::from(g) / self.scale).collect())
    }
}
