//! One training step of a network on made-up data: what devices are compared by.

use super::adam::{Adam, Rate};
use super::choose::Step;
use super::device::Compute;
use super::init::dice;
use super::loss::mean_squared;
use super::mlp::{Mlp, MlpSpec, TooLarge};

/// A regression of `lanes` networks on a batch, step by step. The network must have passed
/// [`MlpSpec::check`].
pub fn training(
    spec: &MlpSpec,
    lanes: usize,
    batch: usize,
    compute: &Compute,
) -> Result<Step, TooLarge> {
    let seeds: Vec<u64> = (0..lanes as u64).collect();
    let mut mlp = Mlp::new(spec, &mut dice(&seeds, 0), 1, compute)?;
    let mut adam = Adam::new(&mlp, Rate::new(1e-3), compute);
    let wave = |width: usize, phase: f32| {
        let numbers = (0..lanes * batch * width).map(|i| (i as f32 * 0.7 + phase).sin());
        compute.tensor(numbers.collect(), [lanes, batch, width])
    };
    let (input, target) = (wave(spec.inputs, 0.0), wave(spec.outputs, 1.0));
    let (compute, active) = (compute.clone(), vec![true; lanes]);
    Ok(Box::new(move || {
        let (output, tape) = mlp.forward_taped(input.clone());
        let gradients = mlp.backward(tape, mean_squared(output, target.clone()).gradient);
        // Numbers of this size stay numbers.
        let _ = adam.step(&mut mlp, gradients, &active);
        compute.wait()
    }))
}
