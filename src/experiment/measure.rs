//! How far values are off the truth: every lane measures it at the end of its episodes, against
//! what the world of its run is worth as it is then.

use std::sync::Arc;

use super::arena::Experiment;
use super::worlds::Truths;
use crate::probes::value_error::Yardstick;

/// Yardsticks kept for the next who asks: other runs, and a world as it was before.
const KEPT: usize = 16;

/// Solved worlds, newest last, for these discounts.
#[derive(Default)]
pub(super) struct Measures {
    on: bool,
    known: Vec<(Truths, f64, Yardstick)>,
}

impl Measures {
    fn of(&mut self, truths: &Truths, gamma: f64) -> &Yardstick {
        let same = |(t, g, _): &(Truths, f64, _)| Arc::ptr_eq(t, truths) && *g == gamma;
        let index = self.known.iter().position(same).unwrap_or_else(|| {
            if self.known.len() >= KEPT {
                self.known.remove(0);
            }
            self.known.push((truths.clone(), gamma, Yardstick::of(truths, gamma)));
            self.known.len() - 1
        });
        &self.known[index].2
    }
}

impl Experiment {
    /// Measures values from now on, which costs a little at the end of every episode.
    pub fn measure_values(&mut self) {
        self.measures.on = true;
        self.hand_out_yardsticks();
    }

    /// Every lane gets what its world is worth now, for its discount.
    pub(super) fn hand_out_yardsticks(&mut self) {
        if !self.measures.on {
            return;
        }
        for run in &mut self.runs {
            let gamma = run.config.info.params().iter().position(|spec| spec.key == "gamma");
            // Without a discount it has no values, or none that count on the future.
            let Some(gamma) = gamma.map(|index| run.param(index)) else { continue };
            let yardstick = self.measures.of(&run.truths, gamma);
            run.measure(yardstick);
        }
    }
}
