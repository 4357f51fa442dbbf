//! Losses in imagination: from places that were really seen the model is rolled out by its own
//! policy, and value and model are made to agree along the way (Farquhar et al. 2021).
//!
//! `z^0 = h(o)`, `a^k ~ p^k`, `r^k = r(z^k, a^k)`, `z^{k+1} = g(z^k, a^k)`, `v^k = v(z^k)`, and the
//! loss is `sum_{k=0..K} l(y^k, v^k)` with the targets of
//! [`lambda_targets`](crate::rl::self_consistency::lambda_targets). Where
//! gradients stop, and what they train, is a [`Wiring`], the same as in tables: Dyna, SC-Direct,
//! SC-Reverse and SC-Residual are four of them.
//!
//! `l` is what the value head learns real targets by, where targets are constants: cross-entropy
//! with the two-hot code of `y`, or half the squared error of the squashed number. Where a gradient
//! reaches into the target it is the latter for both kinds of head, on decoded numbers.
//!
//! What a task does after its end is learned by the model like everything else: there is no end in
//! imagination. The policy may learn here as well, as an actor does in Dreamer (Hafner et al. 2021):
//! by the advantage of what it did, with latent states that are constants to it.

mod course;

use super::{Batch, added, cut, hand_back, scaled, stack};
use crate::agents::muzero::networks::{Networks, write_pair};
use crate::mdp::Action;
use crate::nn::device::Compute;
use crate::nn::mlp::{Mlp, Tape};
use crate::nn::{Gradients, Module as _, Tensor, vector};
use crate::rl::categorical::{cross_entropy, entropy, softmax};
use crate::rl::latent::min_max_backward;
use crate::rl::self_consistency::Wiring;
use course::{Course, Said};

/// Weight of the entropy of a policy that learns in imagination.
pub const ENTROPY: f64 = 0.01;

/// How an imagined loss is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dream {
    /// Where gradients flow, and what they train.
    pub wiring: Wiring,
    /// `K`: steps after the first; the loss has `K + 1` terms.
    pub depth: usize,
    /// Discount.
    pub gamma: f64,
    /// Share of the later target in each target.
    pub lambda: f64,
    /// Whether the policy learns from the advantages of what it did.
    pub policy: bool,
    /// Whether gradients that reach `z^0` go on into the representation. If not, SC-Direct is Dyna
    /// where `K = 0`.
    pub roots: bool,
    /// By how much the gradient that a recurrent step hands back is scaled.
    pub recurrent: f32,
}

impl Dream {
    /// Whether no gradient reaches into a target.
    pub fn has_constant_targets(&self) -> bool {
        !self.wiring.target_reward && !self.wiring.target_value
    }
}

/// Where rollouts begin: `B` places in each of `P` lanes.
#[derive(Clone, Debug)]
pub struct Starts {
    /// Lanes `P`.
    pub lanes: usize,
    /// Places a lane, `B`.
    pub size: usize,
    /// `[P, B, F]`: what was seen there.
    pub seen: Vec<f32>,
    /// `[P, B]`: how much a place counts.
    pub weights: Vec<f64>,
    /// `[P, K + 1, B]`: uniform numbers that choose the actions.
    pub dice: Vec<f64>,
}

impl Starts {
    /// The places of a batch; `dice` are `[P, K + 1, B]`.
    pub fn of(batch: &Batch, dice: Vec<f64>) -> Self {
        let Batch { lanes, size, steps, .. } = *batch;
        let seen = cut(&batch.seen, lanes, steps + 1, 0);
        Self { lanes, size, seen, weights: batch.weights.clone(), dice }
    }
}

/// The numbers of one lane.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dreamed {
    /// `[K + 1]`: rewards, means over the places.
    pub rewards: Vec<f64>,
    /// `[K + 2]`: values, likewise.
    pub values: Vec<f64>,
    /// `[K + 1]`: targets, likewise.
    pub targets: Vec<f64>,
    /// `[K + 1]`: the terms of the loss, means over the places as they count.
    pub terms: Vec<f64>,
    /// Loss of the policy; 0 where it does not learn here.
    pub policy: f64,
}

impl Dreamed {
    /// What is trained.
    pub fn loss(&self) -> f64 {
        self.terms.iter().sum::<f64>() + self.policy
    }

    fn of(depth: usize) -> Self {
        let zeros = |count| vec![0.0; count];
        let [rewards, targets, terms] = [depth + 1; 3].map(zeros);
        Self { rewards, values: zeros(depth + 2), targets, terms, policy: 0.0 }
    }
}

/// What imagining leads to.
#[derive(Debug)]
pub struct Imagined {
    /// `[P]`.
    pub lanes: Vec<Dreamed>,
    /// Of each network, in declaration order; exactly 0 where nothing is trained.
    pub gradients: Vec<Gradients>,
}

/// The way there.
struct Way {
    /// `[K + 2]` of `[P, B, L]`: before and after scaling.
    raw: Vec<Vec<f32>>,
    latents: Vec<Vec<f32>>,
    /// `[K + 1]` of `[P, B, L + A]`.
    pairs: Vec<Vec<f32>>,
    /// `[K + 1]` of `[P, B]`.
    actions: Vec<Vec<Action>>,
    /// `[K + 1]` of `[P, B, A]`.
    logits: Vec<Vec<f32>>,
    representation: Tape,
    /// `[K + 1]` each.
    dynamics: Vec<Tape>,
    policy: Vec<Tape>,
}

/// What a head said at all steps of all rollouts, and the gradient there.
struct Head {
    /// Parts (steps), places and outputs of a row.
    dims: [usize; 3],
    outputs: Vec<f32>,
    slopes: Vec<f32>,
    tape: Tape,
}

impl Head {
    fn ask(mlp: &Mlp, parts: &[Vec<f32>], starts: &Starts, compute: &Compute) -> Self {
        let (lanes, size, spec) = (starts.lanes, starts.size, mlp.spec());
        let dims = [lanes, parts.len() * size, spec.inputs];
        let (outputs, tape) = mlp.forward_taped(compute.tensor(stack(parts, lanes), dims));
        let outputs = vector(outputs);
        let slopes = vec![0.0; outputs.len()];
        Self { dims: [parts.len(), size, spec.outputs], outputs, slopes, tape }
    }

    fn range(&self, lane: usize, k: usize, place: usize) -> std::ops::Range<usize> {
        let [parts, size, width] = self.dims;
        let row = (lane * parts + k) * size + place;
        row * width..(row + 1) * width
    }

    /// `[parts]`: what was said along one rollout.
    fn along(&self, lane: usize, place: usize) -> Vec<&[f32]> {
        (0..self.dims[0]).map(|k| &self.outputs[self.range(lane, k, place)]).collect()
    }

    fn learn(&mut self, (lane, place): (usize, usize), slopes: &[Vec<f64>], share: f64) {
        for (k, slope) in slopes.iter().enumerate() {
            let range = self.range(lane, k, place);
            let into = self.slopes[range].iter_mut();
            into.zip(slope).for_each(|(into, s)| *into = (share * s) as f32);
        }
    }

    /// Gradients of the parameters, and of the inputs in parts.
    fn back(self, mlp: &Mlp, lanes: usize, compute: &Compute) -> (Gradients, Vec<Vec<f32>>) {
        let [parts, size, width] = self.dims;
        let slopes = compute.tensor(self.slopes, [lanes, parts * size, width]);
        let (parameters, inputs) = mlp.backward_both(self.tape, slopes);
        let inputs = vector(inputs);
        (parameters, (0..parts).map(|at| cut(&inputs, lanes, parts, at)).collect())
    }
}

/// Losses and gradients in imagination.
pub fn imagine(networks: &Networks, starts: &Starts, dream: &Dream, compute: &Compute) -> Imagined {
    let way = there(networks, starts, dream, compute);
    let mut value = Head::ask(&networks.value, &way.latents, starts, compute);
    let mut reward = Head::ask(&networks.reward, &way.pairs, starts, compute);
    let mut lanes = vec![Dreamed::of(dream.depth); starts.lanes];
    let mut courses = Vec::with_capacity(starts.weights.len());
    for (index, weight) in starts.weights.iter().enumerate() {
        let at @ (lane, place) = (index / starts.size, index % starts.size);
        let said = Said { rewards: reward.along(lane, place), values: value.along(lane, place) };
        let course = Course::of(&said, dream);
        let (terms, slopes) = course.terms(&said, dream);
        let even = 1.0 / starts.size as f64;
        let (sums, share) = (&mut lanes[lane], weight * even);
        gather(&mut sums.rewards, &course.rewards, even);
        gather(&mut sums.values, &course.values, even);
        gather(&mut sums.targets, &course.targets, even);
        gather(&mut sums.terms, &terms, share);
        value.learn(at, &slopes.values, share);
        reward.learn(at, &slopes.rewards, share);
        courses.push(course);
    }
    let gradients = back(networks, starts, dream, compute, (way, value, reward), |way| {
        act_better(networks, starts, &courses, way, &mut lanes, compute)
    });
    Imagined { lanes, gradients }
}

fn gather(into: &mut [f64], numbers: &[f64], share: f64) {
    into.iter_mut().zip(numbers).for_each(|(into, x)| *into += share * x);
}

/// The rollouts: actions by the policy, latent states by the dynamics.
fn there(networks: &Networks, starts: &Starts, dream: &Dream, compute: &Compute) -> Way {
    let shape = networks.shape;
    let (lanes, size) = (starts.lanes, starts.size);
    let tensor = |rows: Vec<f32>, width: usize| compute.tensor(rows, [lanes, size, width]);
    let (raw, representation) =
        networks.representation.forward_taped(tensor(starts.seen.clone(), shape.inputs));
    let mut way = Way {
        raw: vec![vector(raw)],
        latents: Vec::new(),
        pairs: Vec::new(),
        actions: Vec::new(),
        logits: Vec::new(),
        representation,
        dynamics: Vec::new(),
        policy: Vec::new(),
    };
    way.latents.push(scaled(&way.raw[0], shape.latent));
    for k in 0..=dream.depth {
        let latent = way.latents[k].clone();
        let (logits, tape) = networks.policy.forward_taped(tensor(latent, shape.latent));
        let (logits, dice) = (vector(logits), cut(&starts.dice, lanes, dream.depth + 1, k));
        let rows = logits.chunks(shape.actions).zip(&dice);
        let actions: Vec<Action> = rows.map(|(row, &dice)| drawn(row, dice)).collect();
        let mut pairs = Vec::with_capacity(lanes * size * (shape.latent + shape.actions));
        for (latent, &action) in way.latents[k].chunks(shape.latent).zip(&actions) {
            write_pair(latent, action, shape.actions, &mut pairs);
        }
        let input = tensor(pairs.clone(), shape.latent + shape.actions);
        let (raw, step) = networks.dynamics.forward_taped(input);
        let raw = vector(raw);
        way.latents.push(scaled(&raw, shape.latent));
        way.raw.push(raw);
        way.pairs.push(pairs);
        way.actions.push(actions);
        way.logits.push(logits);
        way.dynamics.push(step);
        way.policy.push(tape);
    }
    way
}

/// The action that a uniform number stands for.
fn drawn(logits: &[f32], dice: f64) -> Action {
    let mut left = dice;
    let shares = softmax(logits);
    let found = shares.iter().position(|p| {
        left -= p;
        left < 0.0
    });
    found.unwrap_or(shares.len() - 1) as Action
}

/// `-A log p(a) - entropy`: gradients of the policy at every step, added up; its losses.
fn act_better(
    networks: &Networks,
    starts: &Starts,
    courses: &[Course],
    way: &mut Way,
    lanes: &mut [Dreamed],
    compute: &Compute,
) -> Gradients {
    let actions = networks.shape.actions;
    let mut sum: Option<Gradients> = None;
    for (k, tape) in std::mem::take(&mut way.policy).into_iter().enumerate() {
        let mut slopes = Vec::with_capacity(way.logits[k].len());
        for (index, logits) in way.logits[k].chunks(actions).enumerate() {
            let share = starts.weights[index] / starts.size as f64;
            let mut target = vec![0.0; actions];
            target[usize::from(way.actions[k][index])] = courses[index].advantage(k);
            let (loss, slope) = cross_entropy(logits, &target);
            let (even, evener) = entropy(logits);
            lanes[index / starts.size].policy += share * (loss - ENTROPY * even);
            slopes
                .extend(slope.iter().zip(evener).map(|(s, e)| (share * (s - ENTROPY * e)) as f32));
        }
        let slopes = compute.tensor(slopes, [starts.lanes, starts.size, actions]);
        let parameters = networks.policy.backward(tape, slopes);
        sum = Some(match sum {
            None => parameters,
            Some(sum) => added(sum, &parameters),
        });
    }
    sum.unwrap_or_else(|| networks.policy.store().zeros(compute))
}

/// The way back, as far as the wiring lets it.
fn back(
    networks: &Networks,
    starts: &Starts,
    dream: &Dream,
    compute: &Compute,
    (mut way, value, reward): (Way, Head, Head),
    act_better: impl FnOnce(&mut Way) -> Gradients,
) -> Vec<Gradients> {
    let (wiring, lanes, shape) = (dream.wiring, starts.lanes, networks.shape);
    let mut gradients: Vec<Gradients> =
        networks.all().iter().map(|network| network.store().zeros(compute)).collect();
    let (of_value, mut latents) = value.back(&networks.value, lanes, compute);
    let (of_reward, pairs) = reward.back(&networks.reward, lanes, compute);
    if wiring.trains_value {
        gradients[3] = of_value;
    }
    if wiring.trains_reward {
        gradients[2] = of_reward;
    }
    if dream.policy {
        gradients[4] = act_better(&mut way);
    }
    if !wiring.state {
        return gradients;
    }
    for (into, pairs) in latents.iter_mut().zip(&pairs) {
        hand_back(pairs, dream.recurrent, shape.latent, into);
    }
    let through = |latents: &mut Vec<f32>, raw: &[f32]| -> Tensor {
        let rows = latents.chunks_mut(shape.latent).zip(raw.chunks(shape.latent));
        rows.for_each(|(gradient, raw)| min_max_backward(raw, gradient));
        compute.tensor(std::mem::take(latents), [lanes, starts.size, shape.latent])
    };
    let mut of_dynamics = networks.dynamics.store().zeros(compute);
    for (k, tape) in way.dynamics.into_iter().enumerate().rev() {
        let gradient = through(&mut latents[k + 1], &way.raw[k + 1]);
        let (parameters, pairs) = networks.dynamics.backward_both(tape, gradient);
        hand_back(&vector(pairs), dream.recurrent, shape.latent, &mut latents[k]);
        if wiring.trains_dynamics {
            of_dynamics = added(of_dynamics, &parameters);
        }
    }
    gradients[1] = of_dynamics;
    if dream.roots {
        let gradient = through(&mut latents[0], &way.raw[0]);
        gradients[0] = networks.representation.backward(way.representation, gradient);
    }
    gradients
}
