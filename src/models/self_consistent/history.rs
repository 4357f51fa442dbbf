//! How a value went on its way, kept at growing intervals: never more than a fixed number of
//! moments, the first among them, the same for every run with the same past.

use std::sync::Arc;

/// Most moments kept.
pub const MOST: usize = 96;

/// One moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// Updates so far, real and imagined.
    pub updates: u64,
    /// Real steps among them.
    pub real: u64,
    /// Discount it learned with.
    pub gamma: f64,
    /// `[S]`: values.
    pub values: Arc<[f64]>,
    /// `[S * A]`: the policy, rows of zeros where the task ends.
    pub policy: Arc<[f64]>,
    /// Root mean square of the residual of model and value, over the states left before.
    pub residual: f64,
    /// Gradient norms of the last imagined update: dynamics, reward, value.
    pub gradients: [f64; 3],
    /// How far the last update from real steps moved them, in the same order.
    pub grounded: [f64; 3],
}

/// Moments at growing intervals.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// Updates from one moment to the next.
    every: u64,
    moments: Arc<Vec<Moment>>,
}

impl Default for History {
    fn default() -> Self {
        Self { every: 1, moments: Arc::new(Vec::new()) }
    }
}

impl History {
    /// One that takes a look after so many updates at most often.
    pub fn every(every: u64) -> Self {
        Self { every, ..Self::default() }
    }

    /// Whether the moment after so many updates is to be kept.
    pub fn wants(&self, updates: u64) -> bool {
        updates.is_multiple_of(self.every)
    }

    /// Keeps a moment. When there are too many, every second one goes.
    pub fn keep(&mut self, moment: Moment) {
        let moments = Arc::make_mut(&mut self.moments);
        moments.push(moment);
        if moments.len() > MOST {
            self.every *= 2;
            moments.retain(|moment| moment.updates.is_multiple_of(self.every));
        }
    }

    /// Oldest first.
    pub fn moments(&self) -> &[Moment] {
        &self.moments
    }

    /// Host memory in bytes.
    pub fn bytes(&self) -> usize {
        let of = |m: &Moment| (m.values.len() + m.policy.len() + 16) * size_of::<f64>();
        self.moments.iter().map(of).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(updates: u64) -> Moment {
        let none: Arc<[f64]> = Arc::from([]);
        Moment {
            updates,
            real: updates,
            gamma: 0.9,
            values: none.clone(),
            policy: none,
            residual: 0.0,
            gradients: [0.0; 3],
            grounded: [0.0; 3],
        }
    }

    #[test]
    fn a_long_past_is_kept_evenly_and_bounded() {
        let mut history = History::default();
        for updates in 0..=10_000 {
            if history.wants(updates) {
                history.keep(moment(updates));
            }
            assert!(history.moments().len() <= MOST);
        }
        let at: Vec<u64> = history.moments().iter().map(|m| m.updates).collect();
        assert_eq!(at[0], 0);
        assert!(at.windows(2).all(|w| w[1] - w[0] == 128), "{at:?}");
        assert!(at.len() > MOST / 2 && *at.last().unwrap() > 9_800);
    }
}
