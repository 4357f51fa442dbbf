//! A network as a model: what follows a state and an action, also where nobody has ever been.
//!
//! Where cells are coded by row and column or by place it predicts the *move*, so that what a step
//! does in one cell says something of all others. Where states are one-hot it predicts which state
//! comes next (logits). Reward and the end of the task are numbers beside it. The last layer begins
//! at 0: before the first reward, none is imagined.

use super::coding::{Coded, Coding};
use super::model_loss::ModelLoss;
use super::spread::Spread as SpreadNetwork;
use super::value_taught::{Cloth, Lesson, of_logits, of_move};
use crate::base::digest::Digest;
use crate::base::rng::Stream;
use crate::mdp::{Action, State};
use crate::nn::adam::{Adam, Rate};
use crate::nn::device::Compute;
use crate::nn::host::HostMlp;
use crate::nn::init::Spread;
use crate::nn::loss::{Loss, cross_entropy, mean_squared};
use crate::nn::mlp::{Mlp, MlpSpec, TooLarge};
use crate::nn::{Module as _, NotFinite, Tensor, values, vector};

/// Experiences of `P` lanes, `[P * B]` each, lane after lane.
#[derive(Clone, Debug, Default)]
pub struct Steps {
    /// Lanes `P`.
    pub lanes: usize,
    /// Where.
    pub states: Vec<State>,
    /// What was done.
    pub actions: Vec<Action>,
    /// What it paid.
    pub rewards: Vec<f32>,
    /// Where it led.
    pub nexts: Vec<State>,
    /// False where the task ended.
    pub goes_on: Vec<bool>,
}

impl Steps {
    /// Steps a lane.
    pub fn batch(&self) -> usize {
        self.states.len() / self.lanes
    }
}

/// What the network thinks of one pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guess {
    /// Reward.
    pub reward: f64,
    /// Next state: the nearest cell, or the likeliest state.
    pub next: State,
    /// False where it thinks that the task ends.
    pub goes_on: bool,
}

/// How its numbers are read.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Reading {
    coding: Coding,
    actions: usize,
}

impl Reading {
    /// Numbers that tell the next state.
    fn nexts(self) -> usize {
        if self.coding.coded == Coded::OneHot { self.coding.width() } else { 2 }
    }

    /// Numbers out: next state, reward, end.
    fn outputs(self) -> usize {
        self.nexts() + 2
    }

    /// Numbers in: the state, then the action one-hot.
    fn inputs(self) -> usize {
        self.coding.width() + self.actions
    }

    fn write(self, state: State, action: Action, out: &mut Vec<f32>) {
        self.coding.write(state, out);
        out.extend((0..self.actions).map(|a| f32::from(u8::from(a == usize::from(action)))));
    }

    /// What should come out for the next state.
    fn write_next(self, state: State, next: State, out: &mut Vec<f32>) {
        match self.coding.coded {
            Coded::OneHot => self.coding.write(next, out),
            Coded::RowCol | Coded::Place => {
                let [from, to] = [state, next].map(|s| self.coding.places.features(s));
                out.extend([to[1] - from[1], to[2] - from[2]].map(|d| d as f32));
            }
        }
    }

    /// (row, column) after a move.
    fn place(self, state: State, told: &[f32]) -> [f64; 2] {
        let [_, row, col] = self.coding.places.features(state);
        [row + f64::from(told[0]), col + f64::from(told[1])]
    }

    fn read(self, state: State, out: &[f32]) -> Guess {
        let (next, rest) = out.split_at(self.nexts());
        let next = match self.coding.coded {
            Coded::OneHot => {
                let likeliest = next.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
                likeliest.map_or(state, |(index, _)| index as State)
            }
            Coded::RowCol | Coded::Place => self.coding.places.nearest(self.place(state, next)),
        };
        Guess { reward: f64::from(rest[0]), next, goes_on: rest[1] <= 0.5 }
    }
}

/// The model: one network a lane.
#[derive(Clone, Debug)]
pub struct NetworkModel {
    reading: Reading,
    mlp: Mlp,
    adam: Adam,
    compute: Compute,
    /// How far it may be off; made when the likelihood first asks.
    spread: Option<SpreadNetwork>,
    /// Dice for the first weights of the spread.
    dice: Vec<Stream>,
    rate: f32,
}

impl NetworkModel {
    /// The shape of its networks, with one hidden layer of `width`.
    pub fn spec(coding: Coding, actions: usize, width: usize) -> MlpSpec {
        let reading = Reading { coding, actions };
        let (inputs, outputs) = (reading.inputs(), reading.outputs());
        let last_spread = Spread::Within(0.0);
        MlpSpec { last_spread, ..MlpSpec::new("model", inputs, &[width], outputs) }
    }

    /// Knows nothing yet; one lane for each of `dice`.
    pub fn new(
        coding: Coding,
        actions: usize,
        width: usize,
        rate: f32,
        dice: &mut [Stream],
        compute: &Compute,
    ) -> Result<Self, TooLarge> {
        let mlp = Mlp::new(&Self::spec(coding, actions, width), dice, 1, compute)?;
        let adam = Adam::new(&mlp, Rate::new(rate), compute);
        let (compute, dice) = (compute.clone(), dice.to_vec());
        let reading = Reading { coding, actions };
        Ok(Self { reading, mlp, adam, compute, spread: None, dice, rate })
    }

    /// Sets the step size of all lanes.
    pub fn set_rate(&mut self, rate: f32) {
        self.adam.rates().iter_mut().for_each(|r| r.rate = rate);
        self.rate = rate;
    }

    /// Learns from a batch, in the lanes that `active` names, and returns the loss before it,
    /// `[P, 1, 1]`: squared error of reward and end, plus squared error of the move or
    /// cross-entropy of the next state.
    pub fn learn(&mut self, steps: &Steps, active: &[bool]) -> Result<Tensor, NotFinite> {
        self.learn_as(steps, active, &Lesson::PLAIN)
    }

    /// The same with the next state judged as `lesson` says. A step that ended the task has no next
    /// state to be worth anything: there the plain loss stays. One-hot states have cross-entropy
    /// for a plain loss, which is their likelihood.
    pub fn learn_as(
        &mut self,
        steps: &Steps,
        active: &[bool],
        lesson: &Lesson<'_>,
    ) -> Result<Tensor, NotFinite> {
        let (lanes, batch, nexts) = (steps.lanes, steps.batch(), self.reading.nexts());
        let (mut next, mut rest) = (Vec::new(), Vec::new());
        for index in 0..steps.states.len() {
            self.reading.write_next(steps.states[index], steps.nexts[index], &mut next);
            let ends = f32::from(u8::from(!steps.goes_on[index]));
            rest.extend([steps.rewards[index], ends]);
        }
        let next = self.compute.tensor(next, [lanes, batch, nexts]);
        let rest = self.compute.tensor(rest, [lanes, batch, 2]);
        let input = self.input(&steps.states, &steps.actions, lanes);
        let (output, tape) = self.mlp.forward_taped(input.clone());
        let told = output.clone().slice_dim(2, 0..nexts);
        let is_move = self.reading.coding.coded != Coded::OneHot;
        let loss = match lesson.loss {
            ModelLoss::Likelihood if is_move => {
                let wanted = Tensor::cat(vec![next, rest], 2);
                let rate = self.rate;
                self.spread()?.learn((input, output, wanted), rate, active)?
            }
            _ => {
                let next = match lesson.loss.asks_the_value() {
                    true => self.judged(steps, lesson, &told),
                    false if is_move => mean_squared(told, next),
                    false => cross_entropy(told, next),
                };
                let rest = mean_squared(output.slice_dim(2, nexts..nexts + 2), rest);
                let gradient = Tensor::cat(vec![next.gradient, rest.gradient], 2);
                Loss { value: next.value + rest.value, gradient }
            }
        };
        let gradients = self.mlp.backward(tape, loss.gradient);
        self.adam.step(&mut self.mlp, gradients, active)?;
        Ok(loss.value)
    }

    /// Value-aware losses of what was told of next states, and their gradient: means over the
    /// batch, and over both numbers of a move, as the plain loss is. Waits for the device.
    fn judged(&self, steps: &Steps, lesson: &Lesson<'_>, told: &Tensor) -> Loss {
        let [lanes, batch, nexts] = told.dims();
        let is_move = self.reading.coding.coded != Coded::OneHot;
        let share = 1.0 / (batch * if is_move { 2 } else { 1 }) as f64;
        let (mut sums, mut slopes) = (vec![0.0; lanes], Vec::with_capacity(lanes * batch * nexts));
        for (index, said) in values(told).chunks(nexts).enumerate() {
            let (from, to) = (steps.states[index], steps.nexts[index]);
            let lane = index / batch;
            let worth = lesson.values[lane].as_slice();
            let plain = Lesson { values: lesson.values, ..Lesson::PLAIN };
            let lesson = if steps.goes_on[index] { lesson } else { &plain };
            let said: Vec<f64> = said.iter().map(|&x| f64::from(x)).collect();
            let (loss, slope) = match is_move {
                true => {
                    let cloth = Cloth { places: self.reading.coding.places, values: worth };
                    of_move(lesson, cloth, (from, to), [said[0], said[1]])
                }
                false => of_logits(lesson, worth, to, &said),
            };
            sums[lane] += (loss * share) as f32;
            slopes.extend(slope.iter().map(|g| (g * share) as f32));
        }
        Loss {
            value: self.compute.tensor(sums, [lanes, 1, 1]),
            gradient: self.compute.tensor(slopes, [lanes, batch, nexts]),
        }
    }

    /// The network of spreads, made now if there is none yet.
    fn spread(&mut self) -> Result<&mut SpreadNetwork, NotFinite> {
        SpreadNetwork::kept(&mut self.spread, self.mlp.spec(), &self.dice, &self.compute)
    }

    /// What follows these pairs, `[P * B]`. Waits for the device.
    pub fn ask(&self, states: &[State], actions: &[Action], lanes: usize) -> Vec<Guess> {
        let output = vector(self.mlp.forward(self.input(states, actions, lanes)));
        let rows = output.chunks(self.reading.outputs());
        states.iter().zip(rows).map(|(&state, row)| self.reading.read(state, row)).collect()
    }

    fn input(&self, states: &[State], actions: &[Action], lanes: usize) -> Tensor {
        let mut input = Vec::with_capacity(states.len() * self.reading.inputs());
        for (&state, &action) in states.iter().zip(actions) {
            self.reading.write(state, action, &mut input);
        }
        self.compute.tensor(input, [lanes, states.len() / lanes, self.reading.inputs()])
    }

    /// A plain copy of one lane. Waits for the device.
    pub fn copy(&self, lane: usize) -> ModelCopy {
        ModelCopy { reading: self.reading, network: HostMlp::of(&self.mlp, lane) }
    }

    /// The first number that is none.
    pub fn check(&self) -> Result<(), NotFinite> {
        self.adam.check(&self.mlp)?;
        self.spread.as_ref().map_or(Ok(()), SpreadNetwork::check)
    }

    /// The same model on another device. Waits for both.
    pub fn to(&self, compute: &Compute) -> Self {
        Self {
            mlp: self.mlp.to(compute),
            adam: self.adam.to(compute),
            spread: self.spread.as_ref().map(|spread| spread.to(compute)),
            compute: compute.clone(),
            ..self.clone()
        }
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

/// One lane of a [`NetworkModel`] as plain numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelCopy {
    reading: Reading,
    network: HostMlp,
}

impl ModelCopy {
    /// What it thinks of a pair.
    pub fn predict(&self, state: State, action: Action) -> Guess {
        self.reading.read(state, &self.told(state, action))
    }

    /// The very place that it expects after a pair, (row, column): its squared error is least at the
    /// mean of what may follow, which need not be a cell. `None` where it predicts states.
    pub fn place(&self, state: State, action: Action) -> Option<[f64; 2]> {
        let tells = self.reading.coding.coded != Coded::OneHot;
        tells.then(|| self.reading.place(state, &self.told(state, action)))
    }

    fn told(&self, state: State, action: Action) -> Vec<f32> {
        let mut input = Vec::with_capacity(self.reading.inputs());
        self.reading.write(state, action, &mut input);
        self.network.forward(&input)
    }
}
