//! What each head says along the unrolled latent states, how wrong it is, and the gradient that it
//! leaves there. All steps of a head are one batch, because no head depends on another step.

use super::along::{Along, Means};
use super::{Batch, Policies, Setting, cut, scaled, stack};
use crate::agents::muzero::networks::{Networks, decode};
use crate::nn::device::Compute;
use crate::nn::mlp::Mlp;
use crate::nn::{Gradients, vector};
use crate::rl::categorical::{cross_entropy, half_squared};
use crate::rl::latent::{away, standardise};
use crate::rl::transform::{squash, two_hot};

/// Parts of the loss of one lane, as they are added up: with the weights of places, `1 / K`, and
/// those of the parts themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Losses {
    /// Of rewards.
    pub reward: f64,
    /// Of values.
    pub value: f64,
    /// Of policies.
    pub policy: f64,
    /// Of latent consistency.
    pub consistency: f64,
    /// Of what was seen, reconstructed.
    pub decoder: f64,
}

impl Losses {
    /// All together.
    pub fn sum(&self) -> f64 {
        self.reward + self.value + self.policy + self.consistency + self.decoder
    }
}

/// Collects losses and gradients.
pub(super) struct Heads<'a> {
    networks: &'a Networks,
    batch: &'a Batch,
    setting: &'a Setting,
    compute: &'a Compute,
    /// `[P]`.
    pub losses: Vec<Losses>,
    /// `[P, B]`: `v^0`.
    pub values: Vec<f64>,
    /// `[P]`.
    pub along: Vec<Along>,
    /// `[P, K + 1, B]`: all values, squashed, for advantages.
    squashed: Vec<f64>,
    /// `[K + 1]` of `[P, B, L]`: gradients at the latent states.
    pub latents: Vec<Vec<f32>>,
    /// Of reward, value, policy, predictor and decoder; `None`: it did nothing.
    pub parameters: [Option<Gradients>; 5],
}

impl<'a> Heads<'a> {
    pub fn new(
        networks: &'a Networks,
        batch: &'a Batch,
        setting: &'a Setting,
        compute: &'a Compute,
    ) -> Self {
        let latent = batch.lanes * batch.size * networks.shape.latent;
        Self {
            networks,
            batch,
            setting,
            compute,
            losses: vec![Losses::default(); batch.lanes],
            values: Vec::new(),
            along: vec![Along::default(); batch.lanes],
            squashed: Vec::new(),
            latents: vec![vec![0.0; latent]; batch.steps + 1],
            parameters: [const { None }; 5],
        }
    }

    /// How much row `index` of `[P, parts, B]` counts, where part 0 is step `first`; and its lane.
    fn share(&self, index: usize, parts: usize, first: usize) -> (usize, f64) {
        let Batch { size, steps, .. } = *self.batch;
        let (lane, rest) = (index / (parts * size), index % (parts * size));
        let (k, place) = (first + rest / size, rest % size);
        let step = if k == 0 { 1.0 } else { 1.0 / steps as f64 };
        (lane, self.batch.weights[lane * size + place] * step / size as f64)
    }

    /// Runs `mlp` over `inputs`, `[parts]` of `[P, B, ..]` from step `first` on. `judge` is asked for
    /// the loss of every row that counts, and its derivative after the outputs. Returns the
    /// gradient of the inputs, in parts again, and those of the parameters.
    fn run(
        &mut self,
        mlp: &Mlp,
        (inputs, first): (&[Vec<f32>], usize),
        part: impl Fn(&mut Losses) -> &mut f64,
        mut judge: impl FnMut(&Self, usize, &[f32]) -> Option<(f64, Vec<f64>)>,
    ) -> (Vec<Vec<f32>>, Gradients) {
        let (lanes, parts, spec) = (self.batch.lanes, inputs.len(), mlp.spec());
        let rows = parts * self.batch.size;
        let input = self.compute.tensor(stack(inputs, lanes), [lanes, rows, spec.inputs]);
        let (outputs, tape) = mlp.forward_taped(input);
        let outputs = vector(outputs);
        let mut gradient = vec![0.0; outputs.len()];
        let of = outputs.chunks(spec.outputs).zip(gradient.chunks_mut(spec.outputs));
        for (index, (row, gradient)) in of.enumerate() {
            let Some((loss, slope)) = judge(self, index, row) else { continue };
            let (lane, share) = self.share(index, parts, first);
            *part(&mut self.losses[lane]) += share * loss;
            gradient.iter_mut().zip(slope).for_each(|(g, s)| *g = (share * s) as f32);
        }
        let gradient = self.compute.tensor(gradient, [lanes, rows, spec.outputs]);
        let (parameters, inputs) = mlp.backward_both(tape, gradient);
        let inputs = vector(inputs);
        ((0..parts).map(|at| cut(&inputs, lanes, parts, at)).collect(), parameters)
    }

    /// Adds gradients of `parts`, from step `first` on, to those at the latent states.
    fn add(&mut self, parts: &[Vec<f32>], first: usize) {
        for (into, part) in self.latents[first..].iter_mut().zip(parts) {
            into.iter_mut().zip(part).for_each(|(into, g)| *into += g);
        }
    }

    /// `c_v l^v` at every step.
    pub fn value(&mut self, latents: &[Vec<f32>]) {
        let (batch, weight, parts) = (self.batch, self.setting.value, self.batch.steps + 1);
        let mut all = Vec::with_capacity(batch.values.len());
        let mut lanes = vec![(Means::new(parts), vec![0.0; parts]); batch.lanes];
        let judge = |heads: &Self, index: usize, outputs: &[f32]| {
            let value = decode(outputs);
            all.push(value);
            let target = batch.values[index]?;
            let (loss, slope) = number(outputs, target, weight);
            let ((lane, share), k) = (heads.share(index, parts, 0), index / batch.size % parts);
            lanes[lane].0.note(k, [value, target]);
            lanes[lane].1[k] += share * loss;
            Some((loss, slope))
        };
        let mlp = &self.networks.value;
        let (gradients, parameters) = self.run(mlp, (latents, 0), |l| &mut l.value, judge);
        if self.setting.value_equivalent {
            self.add(&gradients, 0);
        }
        self.parameters[1] = Some(parameters);
        for (along, (means, terms)) in self.along.iter_mut().zip(lanes) {
            (along.values, along.terms) = (means.all(), terms);
        }
        self.values = cut(&all, batch.lanes, batch.steps + 1, 0);
        self.squashed = all.into_iter().map(squash).collect();
    }

    /// `l^p` at every step. Values come first: their errors are the advantages of a policy gradient.
    pub fn policy(&mut self, latents: &[Vec<f32>]) {
        if self.setting.policies == Policies::Nothing {
            return;
        }
        let (batch, actions) = (self.batch, self.networks.shape.actions);
        let judge = |heads: &Self, index: usize, logits: &[f32]| {
            let targets = &batch.policies[index * actions..][..actions];
            let weight = match heads.setting.policies {
                Policies::Gradient => squash(batch.values[index]?) - heads.squashed[index],
                Policies::Search | Policies::Nothing => 1.0,
            };
            let targets: Vec<f64> = targets.iter().map(|target| weight * target).collect();
            Some(cross_entropy(logits, &targets))
        };
        let mlp = &self.networks.policy;
        let (gradients, parameters) = self.run(mlp, (latents, 0), |l| &mut l.policy, judge);
        if self.setting.value_equivalent {
            self.add(&gradients, 0);
        }
        self.parameters[2] = Some(parameters);
    }

    /// `l^r` of every recurrent step; its gradient goes to where the step begins, scaled like that
    /// of the dynamics.
    pub fn reward(&mut self, pairs: &[Vec<f32>]) {
        let batch = self.batch;
        let mut lanes = vec![Means::new(batch.steps); batch.lanes];
        let judge = |heads: &Self, index: usize, outputs: &[f32]| {
            let paid = batch.rewards[index]?;
            let (lane, _) = heads.share(index, batch.steps, 1);
            lanes[lane].note(index / batch.size % batch.steps, [decode(outputs), paid]);
            Some(number(outputs, paid, 1.0))
        };
        let mlp = &self.networks.reward;
        let (gradients, parameters) = self.run(mlp, (pairs, 1), |l| &mut l.reward, judge);
        for (into, pairs) in self.latents.iter_mut().zip(&gradients) {
            super::hand_back(pairs, self.setting.recurrent, self.networks.shape.latent, into);
        }
        self.parameters[0] = Some(parameters);
        for (along, means) in self.along.iter_mut().zip(lanes) {
            along.rewards = means.all();
        }
    }

    /// Distance of the predicted latent states from those that were really reached, which are
    /// constants here, standardised over the batch.
    pub fn consistency(&mut self, latents: &[Vec<f32>]) {
        let (batch, shape) = (self.batch, self.networks.shape);
        let (lanes, steps, weight) = (batch.lanes, batch.steps, self.setting.consistency);
        let later: Vec<Vec<f32>> =
            (1..=steps).map(|k| cut(&batch.seen, lanes, steps + 1, k)).collect();
        let rows = steps * batch.size;
        let input = self.compute.tensor(stack(&later, lanes), [lanes, rows, shape.inputs]);
        let mut reached =
            scaled(&vector(self.networks.representation.forward(input)), shape.latent);
        // Scaled numbers are all positive, so that any two latent states point almost the same way:
        // only what tells them apart is asked for.
        for (rows, known) in reached.chunks_mut(rows * shape.latent).zip(batch.known.chunks(rows)) {
            standardise(rows, shape.latent, |row| known[row] > 0.0);
        }
        let judge = |_: &Self, index: usize, predicted: &[f32]| {
            let reached = &reached[index * shape.latent..][..shape.latent];
            (batch.known[index] > 0.0).then(|| weighted(away(predicted, reached), weight))
        };
        let mlp = &self.networks.predictor;
        let (gradients, parameters) =
            self.run(mlp, (&latents[1..], 1), |l| &mut l.consistency, judge);
        self.add(&gradients, 1);
        self.parameters[3] = Some(parameters);
    }

    /// Half the squared error of what was seen, over its numbers.
    pub fn decoder(&mut self, latents: &[Vec<f32>]) {
        let (batch, inputs) = (self.batch, self.networks.shape.inputs);
        let (size, steps) = (batch.size, batch.steps);
        let judge = |_: &Self, index: usize, outputs: &[f32]| {
            let (lane, rest) = (index / ((steps + 1) * size), index % ((steps + 1) * size));
            let known = rest < size || batch.known[lane * steps * size + rest - size] > 0.0;
            let seen = &batch.seen[index * inputs..][..inputs];
            known.then(|| reconstruction(outputs, seen))
        };
        let mlp = &self.networks.decoder;
        let (gradients, parameters) = self.run(mlp, (latents, 0), |l| &mut l.decoder, judge);
        self.add(&gradients, 0);
        self.parameters[4] = Some(parameters);
    }
}

/// Loss of a reward or value: cross-entropy with the two-hot code of the squashed target, or half
/// the squared error of the squashed number.
pub(super) fn number(outputs: &[f32], target: f64, weight: f64) -> (f64, Vec<f64>) {
    let found = match outputs {
        [one] => {
            let (loss, slope) = half_squared(f64::from(*one), squash(target));
            (loss, vec![slope])
        }
        atoms => cross_entropy(atoms, &two_hot(target, atoms.len() / 2)),
    };
    weighted(found, weight)
}

fn weighted((loss, slope): (f64, Vec<f64>), weight: f64) -> (f64, Vec<f64>) {
    (weight * loss, slope.into_iter().map(|s| weight * s).collect())
}

fn reconstruction(outputs: &[f32], seen: &[f32]) -> (f64, Vec<f64>) {
    let pairs = outputs.iter().zip(seen);
    let each = pairs.map(|(o, s)| half_squared(f64::from(*o), f64::from(*s)));
    let (losses, slopes): (Vec<f64>, Vec<f64>) = each.unzip();
    (losses.iter().sum(), slopes)
}
