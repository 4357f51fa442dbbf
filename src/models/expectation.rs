//! Expectation model: mean features of the next state and mean reward of every pair.
//!
//! The running mean is the least-squares fit of a table: it has the least mean squared error. It
//! need not be the features of any state: a mean place may lie in a wall.

use super::features::{PLACE, Phi};
use crate::mdp::{Action, State};

/// What the model expects of a pair.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mean {
    /// `E[R]`.
    pub reward: f64,
    /// `E[phi(S')]`, the end of the task counted as zero.
    pub features: Phi,
    /// Experiences it rests on.
    pub count: u32,
}

impl Mean {
    /// `(1 - share) self + share other`: what is expected if one of the two happens.
    pub fn mixed(self, other: Self, share: f64) -> Self {
        let mix = |a: f64, b: f64| (1.0 - share) * a + share * b;
        let mut features = [0.0; PLACE];
        for (index, x) in features.iter_mut().enumerate() {
            *x = mix(self.features[index], other.features[index]);
        }
        Self { reward: mix(self.reward, other.reward), features, count: self.count }
    }
}

/// The model: `[S * A]` means.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    actions: usize,
    means: Vec<Mean>,
}

impl Expectation {
    /// Nothing known.
    pub fn new(states: usize, actions: usize) -> Self {
        Self { actions, means: vec![Mean::default(); states * actions] }
    }

    /// Moves the means of a pair by one experience: `mean += (x - mean) / N`.
    pub fn learn(&mut self, at: (State, Action), reward: f64, next: Phi) {
        let mean = &mut self.means[at.0 as usize * self.actions + usize::from(at.1)];
        mean.count += 1;
        let share = 1.0 / f64::from(mean.count);
        mean.reward += share * (reward - mean.reward);
        for (mean, x) in mean.features.iter_mut().zip(next) {
            *mean += share * (x - *mean);
        }
    }

    /// What to expect of a pair; `None`: no data.
    pub fn get(&self, state: State, action: Action) -> Option<Mean> {
        let mean = self.means[state as usize * self.actions + usize::from(action)];
        (mean.count > 0).then_some(mean)
    }

    /// All means, in the order of the table; those without data have a count of zero.
    pub fn means(&self) -> &[Mean] {
        &self.means
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_two_ways_lies_between_them() {
        let mut model = Expectation::new(2, 2);
        assert_eq!(model.get(1, 1), None, "no data");
        for (reward, col) in [(1.0, 0.0), (0.0, 4.0), (1.0, 0.0), (0.0, 4.0)] {
            model.learn((1, 1), reward, [1.0, 2.0, col]);
        }
        let mean = model.get(1, 1).unwrap();
        assert_eq!((mean.reward, mean.features, mean.count), (0.5, [1.0, 2.0, 2.0], 4));
        let other = Mean { reward: 1.5, features: [0.0; 3], count: 9 };
        let mixed = mean.mixed(other, 0.25);
        assert_eq!((mixed.reward, mixed.features), (0.75, [0.75, 1.5, 1.5]));
    }
}
