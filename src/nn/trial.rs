//! One training step of a network on made-up data: what devices are compared by.

use std::sync::{Mutex, PoisonError};

use super::adam::{Adam, Rate};
use super::choose::{Chosen, Step, choose};
use super::device::{Choice, Compute};
use super::init::dice;
use super::loss::mean_squared;
use super::mlp::{Mlp, MlpSpec, TooLarge};

/// A regression that stands for the learning of an agent.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// The shape of a network.
    pub spec: MlpSpec,
    /// How many learn together.
    pub lanes: usize,
    /// On batches of this size.
    pub batch: usize,
}

impl Trial {
    /// In words: `8 x 15-64-4, batch 32`.
    pub fn words(&self) -> String {
        let MlpSpec { inputs, hidden, outputs, .. } = &self.spec;
        let widths = [*inputs].into_iter().chain(hidden.iter().copied()).chain([*outputs]);
        let widths: Vec<String> = widths.map(|width| width.to_string()).collect();
        format!("{} x {}, batch {}", self.lanes, widths.join("-"), self.batch)
    }

    /// Gets ready on a device; what comes back does one training step and waits for its end.
    pub fn training(&self, compute: &Compute) -> Result<Step, TooLarge> {
        let (lanes, batch) = (self.lanes, self.batch);
        let seeds: Vec<u64> = (0..lanes as u64).collect();
        let mut mlp = Mlp::new(&self.spec, &mut dice(&seeds, 0), 1, compute)?;
        let mut adam = Adam::new(&mlp, Rate::new(1e-3), compute);
        let wave = |width: usize, phase: f32| {
            let numbers = (0..lanes * batch * width).map(|i| (i as f32 * 0.7 + phase).sin());
            compute.tensor(numbers.collect(), [lanes, batch, width])
        };
        let (input, target) = (wave(self.spec.inputs, 0.0), wave(self.spec.outputs, 1.0));
        let (compute, active) = (compute.clone(), vec![true; lanes]);
        Ok(Box::new(move || {
            let (output, tape) = mlp.forward_taped(input.clone());
            let gradients = mlp.backward(tape, mean_squared(output, target.clone()).gradient);
            // Numbers of this size stay numbers.
            let _ = adam.step(&mut mlp, gradients, &active);
            compute.wait()
        }))
    }

    /// The same for [`choose`]: what is too large takes no time, and is refused elsewhere.
    pub fn step(&self, compute: &Compute) -> Step {
        self.training(compute).unwrap_or_else(|_| Box::new(|| Ok(())))
    }

    /// The device for such networks. What `auto` chose once is remembered, so that equal runs get
    /// equal devices. Blocks while it measures.
    pub fn device(&self, choice: Choice) -> Chosen {
        static KNOWN: Mutex<Vec<(Trial, Chosen)>> = Mutex::new(Vec::new());
        let make = |compute: &Compute| self.step(compute);
        if choice != Choice::Auto {
            return choose(choice, &make);
        }
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        // A device that was lost since is no choice any more.
        known.retain(|(_, chosen)| chosen.compute.place().lost().is_none());
        if let Some((_, chosen)) = known.iter().find(|(trial, _)| trial == self) {
            return chosen.clone();
        }
        let chosen = choose(choice, &make);
        known.push((self.clone(), chosen.clone()));
        chosen
    }
}
