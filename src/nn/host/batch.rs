//! Many inputs at once: blocks of inputs lie side by side, so that every weight is read once a block
//! and the processor multiplies a whole row of inputs by it.

use super::{HostMlp, Layer, Norm};
use crate::nn::mlp::NORM_EPSILON;

/// Inputs side by side.
const WIDE: usize = 16;

/// One number of each input of a block.
type Lane = [f32; WIDE];

impl HostMlp {
    /// Rows of `[B, inputs]` to `[B, outputs]`: the same to the last bit as one after the other.
    pub fn batch(&self, inputs: &[f32]) -> Vec<f32> {
        let (wide, outputs) = (self.inputs(), self.outputs());
        let mut out = Vec::with_capacity(inputs.len() / wide * outputs);
        let (mut x, mut sums) = (Vec::new(), Vec::new());
        for rows in inputs.chunks(WIDE * wide) {
            let count = rows.len() / wide;
            x.clear();
            x.resize(wide, [0.0; WIDE]);
            for (index, row) in rows.chunks_exact(wide).enumerate() {
                x.iter_mut().zip(row).for_each(|(lane, &number)| lane[index] = number);
            }
            for layer in self.layers.iter() {
                layer.block(&x, &mut sums);
                sums.iter_mut().flatten().for_each(|sum| *sum = layer.activation.of(*sum));
                std::mem::swap(&mut x, &mut sums);
            }
            for index in 0..count {
                out.extend(x.iter().map(|lane| lane[index]));
            }
        }
        out
    }
}

impl Layer {
    /// What it does to a block before the activation, into `sums`.
    fn block(&self, x: &[Lane], sums: &mut Vec<Lane>) {
        let outputs = self.bias.len();
        sums.clear();
        sums.extend(self.bias.iter().map(|&bias| [bias; WIDE]));
        // Two outputs at a time: as many sums as fit into the registers.
        for first in (0..outputs - outputs % 2).step_by(2) {
            let (mut a, mut b) = (sums[first], sums[first + 1]);
            for (x, row) in x.iter().zip(self.weight.chunks_exact(outputs)) {
                let (v, w) = (row[first], row[first + 1]);
                for lane in 0..WIDE {
                    a[lane] += x[lane] * v;
                    b[lane] += x[lane] * w;
                }
            }
            (sums[first], sums[first + 1]) = (a, b);
        }
        if outputs % 2 == 1 {
            let mut a = sums[outputs - 1];
            for (x, row) in x.iter().zip(self.weight.chunks_exact(outputs)) {
                let v = row[outputs - 1];
                (0..WIDE).for_each(|lane| a[lane] += x[lane] * v);
            }
            sums[outputs - 1] = a;
        }
        if let Some(norm) = &self.norm {
            norm.block(sums);
        }
    }
}

impl Norm {
    fn block(&self, sums: &mut [Lane]) {
        let count = sums.len() as f32;
        for lane in 0..WIDE {
            let mean = sums.iter().map(|sum| sum[lane]).sum::<f32>() / count;
            let apart = sums.iter().map(|sum| (sum[lane] - mean).powi(2));
            let inverse = (apart.sum::<f32>() / count + NORM_EPSILON).sqrt().recip();
            let scaled = sums.iter_mut().zip(self.gain.iter()).zip(self.shift.iter());
            scaled.for_each(|((sum, gain), shift)| {
                sum[lane] = (sum[lane] - mean) * inverse * gain + shift;
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::{Stream, StreamName};
    use crate::nn::activation::Activation;
    use crate::nn::device::Compute;
    use crate::nn::mlp::{Mlp, MlpSpec};

    #[test]
    fn many_at_once_are_the_same_as_one_after_the_other() {
        for (layer_norm, rows) in [(false, 1), (false, 16), (true, 37)] {
            let spec = MlpSpec {
                layer_norm,
                last: Activation::Tanh,
                ..MlpSpec::new("test", 5, &[9, 6], 3)
            };
            let mut dice = [Stream::new(3, StreamName::Init)];
            let mlp = Mlp::new(&spec, &mut dice, 1, &Compute::flex()).unwrap();
            let host = HostMlp::of(&mlp, 0);
            let inputs: Vec<f32> = (0..rows * 5).map(|i| (i as f32 * 0.7).sin()).collect();
            let one: Vec<f32> = inputs.chunks(5).flat_map(|row| host.forward(row)).collect();
            assert_eq!(host.batch(&inputs), one, "{rows} rows");
        }
    }
}
