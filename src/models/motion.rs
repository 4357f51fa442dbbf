//! A network as the model of a world of numbers with a few actions: by how much what is seen changes,
//! what it pays, and whether the task ends.

use super::model_loss::ModelLoss;
use super::spread::Spread as SpreadNetwork;
use super::value_taught::{Judged, plus};
use crate::base::digest::Digest;
use crate::base::rng::Stream;
use crate::mdp::Action;
use crate::nn::adam::{Adam, Rate};
use crate::nn::device::Compute;
use crate::nn::init::Spread;
use crate::nn::loss::{Loss, mean_squared};
use crate::nn::mlp::{Mlp, MlpSpec, TooLarge};
use crate::nn::{Gradients, Module as _, NotFinite, Tensor, values, vector};
use crate::rl::losses::{
    iter_vaml, iter_vaml_slope, squared, squared_slope, vagram, vagram_slope, vagram_unbounded,
    vagram_unbounded_slope,
};

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

/// What the model is taught by beside the data.
#[derive(Clone, Copy, Debug)]
pub struct Taught<'a> {
    /// The loss of the next state.
    pub loss: ModelLoss,
    /// How much of squared error is added to a value-aware loss.
    pub share: f64,
    /// `Q`: what is seen is worth `V(s) = max Q(s, .)`. Where there is none, the data alone teach.
    pub q: Option<&'a Mlp>,
}

impl Taught<'_> {
    /// The data alone.
    pub const PLAIN: Taught<'static> = Taught { loss: ModelLoss::Squared, share: 0.0, q: None };
}

/// The model: one network a lane.
#[derive(Clone, Debug)]
pub struct MotionModel {
    sees: usize,
    actions: usize,
    mlp: Mlp,
    adam: Adam,
    compute: Compute,
    /// How far it may be off; made when the likelihood first asks.
    spread: Option<SpreadNetwork>,
    /// Dice for the first weights of the spread.
    dice: Vec<Stream>,
    rate: f32,
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
        let (compute, dice) = (compute.clone(), dice.to_vec());
        Ok(Self { sees, actions, mlp, adam, compute, spread: None, dice, rate })
    }

    /// Sets the step size of all lanes.
    pub fn set_rate(&mut self, rate: f32) {
        self.adam.rates().iter_mut().for_each(|r| r.rate = rate);
        self.rate = rate;
    }

    /// One step down the mean squared error of change, reward and end, in the lanes that `active`
    /// names. Returns the loss before it, `[P, 1, 1]`.
    pub fn learn(&mut self, steps: &Motions, active: &[bool]) -> Result<Tensor, NotFinite> {
        self.learn_as(steps, active, &Taught::PLAIN)
    }

    /// The same with the next state judged as `taught` says. A step that ended the task leads to
    /// nothing of worth: there squared error stays.
    pub fn learn_as(
        &mut self,
        steps: &Motions,
        active: &[bool],
        taught: &Taught<'_>,
    ) -> Result<Tensor, NotFinite> {
        let (loss, gradients) = self.loss(steps, active, taught)?;
        self.adam.step(&mut self.mlp, gradients, active)?;
        Ok(loss)
    }

    /// The loss, `[P, 1, 1]`, and its gradient after the weights.
    fn loss(
        &mut self,
        steps: &Motions,
        active: &[bool],
        taught: &Taught<'_>,
    ) -> Result<(Tensor, Gradients), NotFinite> {
        let batch = steps.actions.len() / steps.lanes;
        let dims = [steps.lanes, batch, self.sees + 2];
        let (wanted, input) = (self.compute.tensor(self.wanted(steps), dims), self.input(steps));
        let (said, tape) = self.mlp.forward_taped(input.clone());
        let loss = match (taught.loss, taught.q) {
            (ModelLoss::Likelihood, _) => {
                let rate = self.rate;
                self.spread()?.learn((input, said, wanted), rate, active)?
            }
            (loss, Some(q)) if loss.asks_the_value() => self.judged(steps, taught, q, &said),
            _ => mean_squared(said, wanted),
        };
        Ok((loss.value, self.mlp.backward(tape, loss.gradient)))
    }

    /// Change, reward and end as they were: `[P * B * (S + 2)]`.
    fn wanted(&self, steps: &Motions) -> Vec<f32> {
        let mut wanted = Vec::with_capacity(steps.actions.len() * (self.sees + 2));
        let rows = steps.seen.chunks(self.sees).zip(steps.nexts.chunks(self.sees));
        for (index, (seen, next)) in rows.enumerate() {
            wanted.extend(next.iter().zip(seen).map(|(next, seen)| next - seen));
            let ends = f32::from(u8::from(!steps.goes_on[index]));
            wanted.extend([steps.rewards[index], ends]);
        }
        wanted
    }

    /// Value-aware losses of what was said, and their gradient: means over the batch and over all
    /// numbers, as squared error is. Waits for the device.
    fn judged(&self, steps: &Motions, taught: &Taught<'_>, q: &Mlp, said: &Tensor) -> Loss {
        let (sees, dims @ [lanes, batch, outputs]) = (self.sees, said.dims());
        let (said, wanted) = (values(said), self.wanted(steps));
        let after: Vec<f32> = steps
            .seen
            .chunks(sees)
            .zip(said.chunks(outputs))
            .flat_map(|(seen, said)| seen.iter().zip(said).map(|(x, change)| x + change))
            .collect();
        let (real, slopes) = self.worth(q, &steps.nexts, lanes);
        let asks = taught.loss == ModelLoss::Vaml;
        let (imagined, there) =
            if asks { self.worth(q, &after, lanes) } else { Default::default() };
        let share = 1.0 / (batch * outputs) as f64;
        let (mut sums, mut gradient) = (vec![0.0; lanes], Vec::with_capacity(said.len()));
        for (index, (said, wanted)) in said.chunks(outputs).zip(wanted.chunks(outputs)).enumerate()
        {
            let error: Vec<f64> =
                said.iter().zip(wanted).map(|(y, t)| f64::from(*y) - f64::from(*t)).collect();
            let (state, rest) = error.split_at(sees);
            let plain = (squared(state), squared_slope(state));
            let own = index * sees..(index + 1) * sees;
            let judged = match taught.loss {
                _ if !steps.goes_on[index] => plain,
                ModelLoss::Vaml => {
                    let (v, w, g) = (real[index], imagined[index], &there[own]);
                    plus((iter_vaml(v, w), iter_vaml_slope(v, w, g)), taught.share, plain)
                }
                loss => plus(by_slope(loss, &slopes[own], state), taught.share, plain),
            };
            sums[index / batch] += ((judged.0 + squared(rest)) * share) as f32;
            let all = judged.1.into_iter().chain(squared_slope(rest));
            gradient.extend(all.map(|g| (g * share) as f32));
        }
        Loss {
            value: self.compute.tensor(sums, [lanes, 1, 1]),
            gradient: self.compute.tensor(gradient, dims),
        }
    }

    /// `max Q(s, .)`, `[P * B]`, and its gradient after what is seen, `[P * B * S]`. Waits for the
    /// device.
    fn worth(&self, q: &Mlp, seen: &[f32], lanes: usize) -> (Vec<f64>, Vec<f64>) {
        let dims = [lanes, seen.len() / (lanes * self.sees), self.sees];
        let (said, tape) = q.forward_taped(self.compute.tensor(seen.to_vec(), dims));
        let all = values(&said);
        let (mut best, mut chosen) = (Vec::new(), vec![0.0; all.len()]);
        for (row, chosen) in all.chunks(self.actions).zip(chosen.chunks_mut(self.actions)) {
            let (mut at, mut most) = (0, f32::NEG_INFINITY);
            for (action, &q) in row.iter().enumerate() {
                if q > most {
                    (at, most) = (action, q);
                }
            }
            best.push(f64::from(most));
            chosen[at] = 1.0;
        }
        let back = q.backward_to_input(tape, self.compute.tensor(chosen, said.dims()));
        (best, values(&back).into_iter().map(f64::from).collect())
    }

    /// The network of spreads, made now if there is none yet.
    fn spread(&mut self) -> Result<&mut SpreadNetwork, NotFinite> {
        SpreadNetwork::kept(&mut self.spread, self.mlp.spec(), &self.dice, &self.compute)
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
        let spread = self.spread.as_ref().map(|spread| spread.to(compute));
        Self { mlp, adam, spread, compute: compute.clone(), ..self.clone() }
    }

    /// The first number that is none.
    pub fn check(&self) -> Result<(), NotFinite> {
        self.adam.check(&self.mlp)?;
        self.spread.as_ref().map_or(Ok(()), SpreadNetwork::check)
    }

    /// Adds weights and optimiser.
    pub fn digest(&self, digest: &mut Digest) {
        self.mlp.digest(digest);
        self.adam.digest(digest);
        if let Some(spread) = &self.spread {
            spread.digest(digest);
        }
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        let spread = self.spread.as_ref().map_or(0, SpreadNetwork::bytes);
        self.mlp.bytes() + self.adam.bytes() + spread
    }
}

/// A loss that asks for the value's slope where the step really led.
fn by_slope(loss: ModelLoss, slope: &[f64], error: &[f64]) -> Judged {
    match loss {
        ModelLoss::Unbounded => {
            (vagram_unbounded(slope, error), vagram_unbounded_slope(slope, error))
        }
        _ => (vagram(slope, error), vagram_slope(slope, error)),
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

    /// Three steps, the last of which ends the task, a model that says something, and a value.
    fn bench() -> (MotionModel, Motions, Mlp) {
        let compute = Compute::flex();
        let mut model = MotionModel::new((2, 2), 5, 0.01, &mut dice(&[3], 0), &compute).unwrap();
        let wave = |count: usize, step: f32| -> Vec<f32> {
            (0..count).map(|i| (step * i as f32 + 0.3).sin()).collect()
        };
        let fill = |network: &mut Mlp, step: f32| {
            network.map(&mut |old| {
                let count = old.shape().num_elements();
                Compute::flex().tensor(wave(count, step), old.dims())
            });
        };
        fill(&mut model.mlp, 0.7);
        let smooth = crate::nn::activation::Activation::Tanh;
        let spec = MlpSpec { activation: smooth, ..MlpSpec::new("Q", 2, &[6], 2) };
        let mut q = Mlp::new(&spec, &mut dice(&[3], 1), 1, &compute).unwrap();
        fill(&mut q, 1.3);
        let steps = Motions {
            lanes: 1,
            seen: wave(6, 0.9),
            actions: vec![0, 1, 1],
            rewards: vec![0.5, -1.0, 0.0],
            nexts: wave(6, 1.7),
            goes_on: vec![true, true, false],
        };
        (model, steps, q)
    }

    #[test]
    fn gradients_are_those_of_finite_differences() {
        let (mut model, steps, q) = bench();
        for &loss in ModelLoss::ALL.iter().filter(|loss| **loss != ModelLoss::Likelihood) {
            let taught = Taught { loss, share: 0.3, q: Some(&q) };
            let (_, ours) = model.loss(&steps, &[true], &taught).unwrap();
            let ours: Vec<f32> = ours.tensors().iter().flat_map(values).collect();
            for at in 0..ours.len() {
                let moved = |by: f32| {
                    let (mut copy, mut first) = (model.clone(), 0);
                    copy.mlp.map(&mut |old| {
                        let mut numbers = values(&old);
                        if (first..first + numbers.len()).contains(&at) {
                            numbers[at - first] += by;
                        }
                        first += numbers.len();
                        Compute::flex().tensor(numbers, old.dims())
                    });
                    values(&copy.loss(&steps, &[true], &taught).unwrap().0)[0]
                };
                let slope = (moved(1e-2) - moved(-1e-2)) / 2e-2;
                let far = (slope - ours[at]).abs();
                assert!(far < 1e-2 * (1.0 + slope.abs()), "{loss:?} {at}: {slope}, {}", ours[at]);
            }
        }
    }

    /// A value that is flat everywhere asks nothing of the next state but where the task ended.
    #[test]
    fn a_flat_value_leaves_reward_and_end() {
        let (mut model, steps, mut q) = bench();
        q.map(&mut |old| old * 0.0);
        let wanted = model.wanted(&steps);
        let said = values(&model.mlp.forward(model.input(&steps)));
        let square = |at: usize| (said[at] - wanted[at]).powi(2);
        let rest: f32 = [2, 3, 6, 7, 8, 9, 10, 11].into_iter().map(square).sum();
        for loss in [ModelLoss::Vaml, ModelLoss::Vagram, ModelLoss::Unbounded] {
            let taught = Taught { loss, share: 0.0, q: Some(&q) };
            let found = values(&model.loss(&steps, &[true], &taught).unwrap().0)[0];
            assert!((found - rest / 12.0).abs() < 1e-6, "{loss:?}: {found}, {}", rest / 12.0);
        }
    }
}
