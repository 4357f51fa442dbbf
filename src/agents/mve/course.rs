//! How model, actor and critic came to be what they are: copies at growing intervals of real steps,
//! for pictures. They decide nothing.

use std::sync::Arc;

use crate::nn::host::HostMlp;

/// A learner as it was before real step `lived + 1`.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// Real steps it had learned from.
    pub lived: u64,
    /// `[S + A]` to the change of what is seen and the scaled reward.
    pub model: HostMlp,
    /// `mu`.
    pub actor: HostMlp,
    /// `Q`.
    pub critic: HostMlp,
}

/// The moments of all lanes, oldest first. A clone shares the numbers.
#[derive(Clone, Debug, Default)]
pub struct Course(Vec<Arc<[Moment]>>);

/// Whether a copy is kept after `lived` real steps: at twice as many after two copies.
pub fn is_kept(lived: u64) -> bool {
    let halves = (2.0 * (lived as f64).log2()).round();
    lived > 0 && (halves / 2.0).exp2().round() == lived as f64
}

impl Course {
    /// Keeps a moment of every lane.
    pub fn keep(&mut self, lanes: impl Iterator<Item = Moment>) {
        self.0.push(lanes.collect());
    }

    /// Whether none is kept yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those of lane `lane`.
    pub fn of(&self, lane: usize) -> Arc<[Moment]> {
        self.0.iter().map(|lanes| lanes[lane].clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::is_kept;

    #[test]
    fn there_are_two_copies_each_time_that_steps_double() {
        let kept: Vec<u64> = (0..=300).filter(|&lived| is_kept(lived)).collect();
        assert_eq!(kept, [1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 91, 128, 181, 256]);
    }
}
