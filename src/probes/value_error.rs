//! How far a learner's values are from the truth, measured at the end of every episode.

use std::sync::{Arc, OnceLock};

use super::lookahead::{Best, rms};
use super::truth::Truth;
use crate::agents::table::ActionValues;

/// What the world is worth in each of its stages, solved when it is first measured against: a
/// discount that is only passed on the way to another one costs nothing.
#[derive(Clone, Debug)]
pub struct Yardstick {
    gamma: f64,
    /// `[stages]`.
    stages: Arc<[Stage]>,
}

/// A world, and what it is worth once somebody asked; `None` where that is not known.
type Stage = (Arc<Truth>, OnceLock<Option<Best>>);

impl Yardstick {
    /// For every stage of a world.
    pub fn of(truths: &[Arc<Truth>], gamma: f64) -> Self {
        let stages = truths.iter().map(|truth| (truth.clone(), OnceLock::new()));
        Self { gamma, stages: stages.collect() }
    }

    /// Root mean square of `max_a Q(s, a) - V*(s)` over all states that can be left, in stage
    /// `stage`; `None` where the truth is not known, or where `values` are no action values.
    pub fn error(&self, stage: usize, values: &ActionValues) -> Option<f64> {
        let stage = stage.min(self.stages.len().checked_sub(1)?);
        let (truth, solved) = &self.stages[stage];
        if values.row(0).len() != truth.actions() {
            return None;
        }
        let best = solved.get_or_init(|| Best::of(truth, self.gamma)).as_ref()?;
        rms(best.states().map(|s| values.max(s) - best.value(s)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::lookahead::tests::known;
    use super::*;
    use crate::agents::table::Experience;
    use crate::mdp::trace::Source;

    #[test]
    fn the_error_is_over_all_states_by_hand() {
        let (truth, ..) = known("S.G", 0.0);
        let yardstick = Yardstick::of(&[Arc::new(truth)], 0.5);
        let mut values = ActionValues::new(3, 4);
        // The truth is 1/2 and 1.
        let all = |squares: f64| Some((squares / 2.0).sqrt());
        assert_eq!(yardstick.error(0, &values), all(0.25 + 1.0));
        let (source, discount) = (Source::Real, 0.0);
        let end = Experience { state: 1, action: 1, reward: 1.0, next: 2, discount, source };
        values.update(end, 0.5);
        assert_eq!(yardstick.error(0, &values), all(0.25 + 0.25));
        assert_eq!(yardstick.error(7, &values), all(0.5), "later stages are the last");
        assert_eq!(yardstick.error(0, &ActionValues::of_states(3, 0.0)), None);
    }

    #[test]
    fn a_world_is_solved_once_somebody_measures() {
        let (truth, ..) = known("S.G", 0.0);
        let truth = Arc::new(truth);
        let yardstick = Yardstick::of(&[truth.clone(), truth], 0.5);
        let shared = yardstick.clone();
        let solved = || yardstick.stages.iter().map(|s| s.1.get().is_some()).collect::<Vec<_>>();
        assert_eq!(shared.error(0, &ActionValues::of_states(3, 0.0)), None);
        assert_eq!(solved(), [false, false]);
        assert!(shared.error(1, &ActionValues::new(3, 4)).is_some());
        assert_eq!(solved(), [false, true]);
    }
}
