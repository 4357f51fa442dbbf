//! Layers of `P` networks in host memory, there and back, over plain slices.
//!
//! What tensor operations do one by one (`nn/apart.rs`) is here one product a layer with everything
//! else in its wake; nothing goes through a graph, and a pass allocates one slice a layer.

use super::activation::Activation;
use super::mlp::{MlpSpec, NORM_EPSILON, Wanted};
use super::pool::{give, take};
use super::product::{Ending, column_sums, times, times_turned, turned_times};

/// A layer, and where its numbers lie within those of a network.
#[derive(Clone, Debug)]
pub struct Layer {
    inputs: usize,
    outputs: usize,
    /// Where its weights begin; bias, gain and shift follow.
    at: usize,
    has_norm: bool,
    activation: Activation,
}

impl Layer {
    /// All layers of a network.
    pub fn all(spec: &MlpSpec) -> Vec<Self> {
        let mut next = 0;
        let layer = |(index, (inputs, outputs)): (usize, (usize, usize))| {
            let (at, has_norm) = (next, spec.has_norm(index));
            next += (inputs + if has_norm { 3 } else { 1 }) * outputs;
            Self { inputs, outputs, at, has_norm, activation: spec.activation(index) }
        };
        spec.layers().into_iter().enumerate().map(layer).collect()
    }

    fn weight<'a>(&self, network: &'a [f32]) -> &'a [f32] {
        &network[self.at..self.at + self.inputs * self.outputs]
    }

    /// Bias, gain and shift: number 0, 1 and 2.
    fn vector<'a>(&self, network: &'a [f32], number: usize) -> &'a [f32] {
        let from = self.at + (self.inputs + number) * self.outputs;
        &network[from..from + self.outputs]
    }

    /// All of them, after the weight, to write.
    fn parts<'a>(&self, network: &'a mut [f32]) -> (&'a mut [f32], &'a mut [f32]) {
        let vectors = if self.has_norm { 3 } else { 1 };
        let own = &mut network[self.at..self.at + (self.inputs + vectors) * self.outputs];
        own.split_at_mut(self.inputs * self.outputs)
    }

    /// ReLU that nothing comes before.
    fn ending(&self) -> Ending<'static> {
        let plain = self.activation == Activation::Relu && !self.has_norm;
        if plain { Ending::Relu } else { Ending::Keep }
    }
}

/// What a layer leaves for the way back.
#[derive(Debug)]
struct Passed {
    /// `[P, B, I]`.
    input: Vec<f32>,
    /// Normalised sums, `[P, B, O]`, and `1 / deviation`, `[P, B]`.
    norm: Option<(Vec<f32>, Vec<f32>)>,
    /// `[P, B, O]`: what the activation was given, where its slope is read from that.
    given: Option<Vec<f32>>,
}

/// What all layers leave.
#[derive(Debug)]
pub struct HostTape {
    passed: Vec<Passed>,
    /// `[P, B, O]` of the last layer; nothing where it is linear.
    output: Vec<f32>,
}

/// Networks to pass through.
#[derive(Clone, Copy, Debug)]
pub struct Networks<'a> {
    /// Their layers.
    pub layers: &'a [Layer],
    /// `[P, N]`.
    pub numbers: &'a [f32],
    /// `P`.
    pub lanes: usize,
}

impl Networks<'_> {
    /// `[P, B, inputs]` to `[P, B, outputs]`.
    pub fn forward(&self, input: Vec<f32>) -> Vec<f32> {
        let mut x = input;
        for layer in self.layers {
            let (output, ..) = self.pass(layer, &x, false);
            give(std::mem::replace(&mut x, output));
        }
        x
    }

    /// The same, with what [`Self::backward`] needs.
    pub fn forward_taped(&self, input: Vec<f32>) -> (Vec<f32>, HostTape) {
        let mut passed = Vec::with_capacity(self.layers.len());
        let mut x = input;
        for layer in self.layers {
            let (output, norm, given) = self.pass(layer, &x, true);
            passed.push(Passed { input: std::mem::replace(&mut x, output), norm, given });
        }
        let is_linear = self.layers.last().is_none_or(|l| l.activation == Activation::Linear);
        let output = if is_linear { Vec::new() } else { x.clone() };
        (x, HostTape { passed, output })
    }

    /// One layer: what comes out, and if `keep` what the way back needs.
    #[expect(clippy::type_complexity, reason = "the three parts of a passage, named by its caller")]
    fn pass(
        &self,
        layer: &Layer,
        x: &[f32],
        keep: bool,
    ) -> (Vec<f32>, Option<(Vec<f32>, Vec<f32>)>, Option<Vec<f32>>) {
        let mut sums = take(x.len() / layer.inputs * layer.outputs);
        let (ins, outs) = (x.len() / self.lanes, sums.len() / self.lanes);
        let lanes = || self.numbers.chunks_exact(self.numbers.len() / self.lanes);
        for ((x, sums), one) in x.chunks_exact(ins).zip(sums.chunks_exact_mut(outs)).zip(lanes()) {
            times(x, layer.weight(one), layer.vector(one, 0), layer.ending(), sums);
        }
        let norm = layer.has_norm.then(|| normalise(&mut sums, layer.outputs));
        if let Some((hat, _)) = &norm {
            let both = sums.chunks_exact_mut(outs).zip(hat.chunks_exact(outs));
            for ((sums, hat), one) in both.zip(lanes()) {
                scale(sums, hat, layer.vector(one, 1), layer.vector(one, 2));
            }
        }
        let given = (keep && layer.activation.keeps_input()).then(|| sums.clone());
        match (layer.activation, layer.ending()) {
            (Activation::Linear, _) | (_, Ending::Relu) => {}
            (f, _) => sums.iter_mut().for_each(|x| *x = f.of(*x)),
        }
        (sums, norm, given)
    }

    /// From the gradient of the output, `[P, B, outputs]`, that of the parameters, `[P, N]`, and
    /// of the input, `[P, B, inputs]`; what is not wanted is empty.
    pub fn backward(
        &self,
        mut tape: HostTape,
        output: Vec<f32>,
        wanted: Wanted,
    ) -> (Vec<f32>, Vec<f32>) {
        let (parameters, wanted_input) = (wanted != Wanted::Input, wanted != Wanted::Parameters);
        let mut all = vec![0.0; if parameters { self.numbers.len() } else { 0 }];
        let (mut gradient, mut above, mut is_sloped) = (output, tape.output, false);
        for (index, layer) in self.layers.iter().enumerate().rev() {
            let Some(passed) = tape.passed.pop() else { break };
            if !is_sloped {
                layer.activation.slopes(passed.given.as_ref().unwrap_or(&above), &mut gradient);
            }
            if let Some(norm) = &passed.norm {
                self.back_through_norm(layer, norm, &mut gradient, &mut all);
            }
            if parameters {
                self.parameters(layer, &passed.input, &gradient, &mut all);
            }
            if index == 0 && !wanted_input {
                give(std::mem::take(&mut gradient));
                break;
            }
            let below = index.checked_sub(1).map(|below| self.layers[below].activation);
            is_sloped = below == Some(Activation::Relu);
            let below = self.through(layer, &gradient, is_sloped.then_some(&passed.input));
            give(std::mem::replace(&mut gradient, below));
            give(std::mem::replace(&mut above, passed.input));
        }
        give(above);
        (all, gradient)
    }

    /// Gradients of weight and bias.
    fn parameters(&self, layer: &Layer, x: &[f32], gradient: &[f32], all: &mut [f32]) {
        let lanes = all.chunks_exact_mut(all.len() / self.lanes);
        let x = x.chunks_exact(x.len() / self.lanes);
        for ((all, g), x) in lanes.zip(gradient.chunks_exact(gradient.len() / self.lanes)).zip(x) {
            let (weight, vectors) = layer.parts(all);
            turned_times(x, g, [layer.inputs, layer.outputs], weight);
            column_sums(g, &mut vectors[..layer.outputs]);
        }
    }

    /// Gradient of the input from that of the sums; `relu` is the input where it was a ReLU, whose
    /// slope then is in it.
    fn through(&self, layer: &Layer, gradient: &[f32], relu: Option<&Vec<f32>>) -> Vec<f32> {
        let outs = gradient.len() / self.lanes;
        let ins = outs / layer.outputs * layer.inputs;
        let mut back = take(ins * self.lanes);
        let numbers = self.numbers.chunks_exact(self.numbers.len() / self.lanes);
        let lanes = gradient.chunks_exact(outs).zip(back.chunks_exact_mut(ins)).zip(numbers);
        for (lane, ((g, back), one)) in lanes.enumerate() {
            let ending = match relu {
                Some(relu) => Ending::ReluSlope(&relu[lane * ins..(lane + 1) * ins]),
                None => Ending::Keep,
            };
            times_turned(g, layer.weight(one), layer.outputs, ending, back);
        }
        back
    }

    /// Gradient of what was normalised from that of what it was scaled to, in place, and those of
    /// gain and shift if they are wanted.
    fn back_through_norm(
        &self,
        layer: &Layer,
        (hat, inverse): &(Vec<f32>, Vec<f32>),
        gradient: &mut [f32],
        all: &mut [f32],
    ) {
        let outs = gradient.len() / self.lanes;
        let (width, rows) = (layer.outputs, outs / layer.outputs);
        let numbers = self.numbers.chunks_exact(self.numbers.len() / self.lanes);
        for (lane, (g, one)) in gradient.chunks_exact_mut(outs).zip(numbers).enumerate() {
            let hat = &hat[lane * outs..(lane + 1) * outs];
            if let Some(all) = all.chunks_exact_mut(self.numbers.len() / self.lanes).nth(lane) {
                let (_, vectors) = layer.parts(all);
                let products: Vec<f32> = g.iter().zip(hat).map(|(g, hat)| g * hat).collect();
                column_sums(&products, &mut vectors[width..2 * width]);
                column_sums(g, &mut vectors[2 * width..]);
            }
            let inverse = &inverse[lane * rows..(lane + 1) * rows];
            let rows = g.chunks_exact_mut(width).zip(hat.chunks_exact(width)).zip(inverse);
            for ((g, hat), inverse) in rows {
                norm_backward(g, hat, *inverse, layer.vector(one, 1));
            }
        }
    }
}

/// `(x - mean) / deviation` of every row of `width` numbers, and `1 / deviation`.
fn normalise(sums: &mut [f32], width: usize) -> (Vec<f32>, Vec<f32>) {
    let row = |row: &mut [f32]| {
        let mean = row.iter().sum::<f32>() / width as f32;
        row.iter_mut().for_each(|x| *x -= mean);
        let variance = row.iter().map(|x| x * x).sum::<f32>() / width as f32;
        let inverse = (variance + NORM_EPSILON).sqrt().recip();
        row.iter_mut().for_each(|x| *x *= inverse);
        inverse
    };
    let inverse = sums.chunks_exact_mut(width).map(row).collect();
    (sums.to_vec(), inverse)
}

/// `hat * gain + shift`.
fn scale(sums: &mut [f32], hat: &[f32], gain: &[f32], shift: &[f32]) {
    for (sums, hat) in sums.chunks_exact_mut(gain.len()).zip(hat.chunks_exact(gain.len())) {
        let rows = sums.iter_mut().zip(hat).zip(gain).zip(shift);
        rows.for_each(|(((sum, hat), gain), shift)| *sum = hat * gain + shift);
    }
}

/// `(g - mean g - hat mean(g hat)) / deviation` with `g` the gradient times the gain: one row.
fn norm_backward(g: &mut [f32], hat: &[f32], inverse: f32, gain: &[f32]) {
    let count = g.len() as f32;
    g.iter_mut().zip(gain).for_each(|(g, gain)| *g *= gain);
    let mean = g.iter().sum::<f32>() / count;
    let along = g.iter().zip(hat).map(|(g, hat)| g * hat).sum::<f32>() / count;
    g.iter_mut().zip(hat).for_each(|(g, hat)| *g = (*g - mean - hat * along) * inverse);
}
