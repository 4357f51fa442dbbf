//! A network as the model of a world of numbers with a few actions: by how much what is seen changes,
//! what it pays, and whether the task ends.

use crate::base::digest::Digest;
use crate::base::rng::Stream;
use crate::mdp::Action;
use crate::nn::adam::{Adam, Rate};
use crate::nn::device::Compute;
use crate::nn::init::Spread;
use crate::nn::loss::mean_squared;
use crate::nn::mlp::{Mlp, MlpSpec, TooLarge};
use crate::nn::{Module as _, NotFinite, Tensor, vector};

/// Steps of `P` lanes, `B` each, lane after lane.
#[derive(Clone, Debug, Default)]
pub struct Motions {
    /// Lanes `P`.
    pub lanes: usize,
    /// What was seen, `[P * B * S]`.
    pub seen: Vec<f32>,
    /// What was done, `[P * B]`.
    pub actions: Vec<Action>,
    /// What it paid.
    pub rewards: Vec<f32>,
    /// What was seen next, `[P * B * S]`.
    pub nexts: Vec<f32>,
    /// False where the task ended.
    pub goes_on: Vec<bool>,
}

/// The model: one network a lane.
#[derive(Clone, Debug)]
pub struct MotionModel {
    sees: usize,
    actions: usize,
    mlp: Mlp,
    adam: Adam,
    compute: Compute,
}

impl MotionModel {
    /// The shape of its networks, with two hidden layers of `width`. The last layer begins at 0:
    /// nothing moves and nothing is paid, until it is known better.
    pub fn spec((sees, actions): (usize, usize), width: usize) -> MlpSpec {
        let last_spread = Spread::Within(0.0);
        MlpSpec { last_spread, ..MlpSpec::new("model", sees + actions, &[width; 2], sees + 2) }
    }

    /// Knows nothing yet; one lane for each of `dice`.
    pub fn new(
        (sees, actions): (usize, usize),
        width: usize,
        rate: f32,
        dice: &mut [Stream],
        compute: &Compute,
    ) -> Result<Self, TooLarge> {
        let mlp = Mlp::new(&Self::spec((sees, actions), width), dice, 1, compute)?;
        let adam = Adam::new(&mlp, Rate::new(rate), compute);
        Ok(Self { sees, actions, mlp, adam, compute: compute.clone() })
    }

    /// Sets the step size of all lanes.
    pub fn set_rate(&mut self, rate: f32) {
        self.adam.rates().iter_mut().for_each(|r| r.rate = rate);
    }

    /// One step down the mean squared error of change, reward and end, in the lanes that `active`
    /// names. Returns the loss before it, `[P, 1, 1]`.
    pub fn learn(&mut self, steps: &Motions, active: &[bool]) -> Result<Tensor, NotFinite> {
        let mut wanted = Vec::with_capacity(steps.actions.len() * (self.sees + 2));
        for (index, (seen, next)) in
            steps.seen.chunks(self.sees).zip(steps.nexts.chunks(self.sees)).enumerate()
        {
            wanted.extend(next.iter().zip(seen).map(|(next, seen)| next - seen));
            let ends = f32::from(u8::from(!steps.goes_on[index]));
            wanted.extend([steps.rewards[index], ends]);
        }
        let batch = steps.actions.len() / steps.lanes;
        let wanted = self.compute.tensor(wanted, [steps.lanes, batch, self.sees + 2]);
        let (said, tape) = self.mlp.forward_taped(self.input(steps));
        let loss = mean_squared(said, wanted);
        let gradients = self.mlp.backward(tape, loss.gradient);
        self.adam.step(&mut self.mlp, gradients, active)?;
        Ok(loss.value)
    }

    /// Puts what it imagines of these steps into them. Waits for the device.
    pub fn imagine(&self, steps: &mut Motions) {
        let said = vector(self.mlp.forward(self.input(steps)));
        for (index, row) in said.chunks(self.sees + 2).enumerate() {
            let at = index * self.sees;
            for (offset, change) in row[..self.sees].iter().enumerate() {
                steps.nexts[at + offset] = steps.seen[at + offset] + change;
            }
            steps.rewards[index] = row[self.sees];
            steps.goes_on[index] = row[self.sees + 1] <= 0.5;
        }
    }

    fn input(&self, steps: &Motions) -> Tensor {
        let width = self.sees + self.actions;
        let mut input = Vec::with_capacity(steps.actions.len() * width);
        for (seen, &action) in steps.seen.chunks(self.sees).zip(&steps.actions) {
            input.extend_from_slice(seen);
            input.extend((0..self.actions).map(|a| f32::from(u8::from(a == usize::from(action)))));
        }
        self.compute.tensor(input, [steps.lanes, steps.actions.len() / steps.lanes, width])
    }

    /// The same model on another device. Waits for both.
    pub fn to(&self, compute: &Compute) -> Self {
        let (mlp, adam) = (self.mlp.to(compute), self.adam.to(compute));
        Self { mlp, adam, compute: compute.clone(), ..*self }
    }

    /// The first number that is none.
    pub fn check(&self) -> Result<(), NotFinite> {
        self.adam.check(&self.mlp)
    }

    /// Adds weights and optimiser.
    pub fn digest(&self, digest: &mut Digest) {
        self.mlp.digest(digest);
        self.adam.digest(digest);
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        self.mlp.bytes() + self.adam.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::StreamName;
    use crate::nn::init::dice;

    #[test]
    fn it_learns_a_push_its_price_and_its_end() {
        let mut model =
            MotionModel::new((1, 2), 16, 0.01, &mut dice(&[1], 0), &Compute::flex()).unwrap();
        let mut draws = Stream::new(1, StreamName::Replay);
        let drawn = |draws: &mut Stream| {
            let mut steps = Motions { lanes: 1, ..Motions::default() };
            for _ in 0..32 {
                let (x, action) = (draws.unit() as f32 * 2.0 - 1.0, draws.below(2) as Action);
                let push = if action == 0 { -0.5 } else { 0.5 };
                steps.seen.push(x);
                steps.actions.push(action);
                steps.nexts.push(x + push);
                steps.rewards.push(-push);
                steps.goes_on.push((x + push).abs() < 1.0);
            }
            steps
        };
        let mut asked = drawn(&mut draws);
        let truth = asked.clone();
        model.imagine(&mut asked);
        assert_eq!(asked.nexts, asked.seen, "nothing moves before anything is learned");
        for _ in 0..600 {
            model.learn(&drawn(&mut draws), &[true]).unwrap();
        }
        model.imagine(&mut asked);
        let off =
            |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(off(&asked.nexts, &truth.nexts) < 0.15, "{}", off(&asked.nexts, &truth.nexts));
        assert!(off(&asked.rewards, &truth.rewards) < 0.15);
        let same = asked.goes_on.iter().zip(&truth.goes_on).filter(|(a, b)| a == b).count();
        assert!(same >= 28, "{same} of 32 ends");
    }
}
