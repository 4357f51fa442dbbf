//! What a model says of every pair, as plain data for probes and pictures.

use super::last_seen::LastSeen;
use super::table::TableModel;
use crate::mdp::{Action, State};

/// One thing that a model thinks may follow a pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Predicted {
    /// With this probability.
    pub probability: f64,
    /// Reward that comes with it.
    pub reward: f64,
    /// Next state.
    pub next: State,
    /// False where the task ends.
    pub goes_on: bool,
    /// On how many experiences that rests.
    pub count: u64,
}

/// The whole model: for every pair what may follow; nothing: no data.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelView {
    actions: usize,
    /// `[S * A + 1]`: where the outcomes of each pair begin.
    begins: Vec<u32>,
    outcomes: Vec<Predicted>,
    /// Whether any pair rests on more than one experience.
    counts: bool,
    /// How far a reward may be off and still count as right, as a part of `1 + |reward|`.
    room: f64,
}

/// Means of many are right up to rounding.
const ROUNDING: f64 = 1e-9;

impl ModelView {
    /// Asks `predict` for every pair of `states` times `actions`, in order; it appends what may
    /// follow.
    pub fn of(
        states: usize,
        actions: usize,
        mut predict: impl FnMut(State, Action, &mut Vec<Predicted>),
    ) -> Self {
        let mut begins = Vec::with_capacity(states * actions + 1);
        let mut outcomes: Vec<Predicted> = Vec::new();
        let mut counts = false;
        for state in 0..states as State {
            for action in 0..actions {
                let begin = outcomes.len();
                begins.push(begin as u32);
                predict(state, action as Action, &mut outcomes);
                counts |= outcomes[begin..].iter().map(|p| p.count).sum::<u64>() > 1;
            }
        }
        begins.push(outcomes.len() as u32);
        Self { actions, begins, outcomes, counts, room: ROUNDING }
    }

    /// What may follow a pair; empty: no data.
    pub fn get(&self, state: State, action: Action) -> &[Predicted] {
        let pair = state as usize * self.actions + usize::from(action);
        &self.outcomes[self.begins[pair] as usize..self.begins[pair + 1] as usize]
    }

    /// Whether it counts what it sees; a model that keeps the last outcome alone does not.
    pub fn counts(&self) -> bool {
        self.counts
    }

    /// The same of a model that fits its rewards: what is off by no more than `room` of
    /// `1 + |reward|` counts as right.
    #[must_use]
    pub fn within(self, room: f64) -> Self {
        Self { room, ..self }
    }

    /// Whether a predicted reward counts as this one.
    pub fn pays(&self, predicted: f64, reward: f64) -> bool {
        (predicted - reward).abs() <= self.room * (1.0 + reward.abs())
    }

    /// Number of actions.
    pub fn actions(&self) -> usize {
        self.actions
    }

    /// Number of states.
    pub fn states(&self) -> usize {
        (self.begins.len() - 1) / self.actions
    }
}

impl LastSeen {
    /// All it says, for pictures.
    pub fn view(&self) -> ModelView {
        ModelView::of(self.states_in_all(), self.actions(), |state, action, out| {
            let entry = self.get(state, action);
            out.extend(entry.map(|e| Predicted {
                probability: 1.0,
                reward: e.reward,
                next: e.next,
                goes_on: e.goes_on,
                count: 1,
            }));
        })
    }
}

impl TableModel {
    /// All it says, for pictures.
    pub fn view(&self) -> ModelView {
        ModelView::of(self.states(), self.actions(), |state, action, out| {
            let n = f64::from(self.count(state, action));
            out.extend(self.followed(state, action).iter().map(|f| Predicted {
                probability: f64::from(f.count) / n,
                reward: self.told(state, f),
                next: f.next,
                goes_on: f.goes_on,
                count: u64::from(f.count),
            }));
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::last_seen::Entry;

    #[test]
    fn counts_become_probabilities_and_unseen_pairs_stay_empty() {
        let mut model = TableModel::new(3, 2);
        for (next, reward) in [(2, 1.0), (2, 3.0), (0, 5.0), (2, 2.0)] {
            model.learn((1, 1), reward, next, true);
        }
        let view = model.view();
        let says = |p, reward, next, count| {
            let goes_on = true;
            Predicted { probability: p, reward, next, goes_on, count }
        };
        assert_eq!(view.get(1, 1), [says(0.75, 2.0, 2, 3), says(0.25, 5.0, 0, 1)]);
        assert!(view.get(1, 0).is_empty() && view.get(2, 1).is_empty());
        assert_eq!((view.states(), view.actions()), (3, 2));
        assert!(view.counts());
    }

    #[test]
    fn the_last_word_is_certain() {
        let mut model = LastSeen::new(2, 3);
        model.learn(1, 2, Entry { reward: 1.0, next: 0, goes_on: false });
        let view = model.view();
        assert_eq!(view.get(1, 2).len(), 1);
        assert_eq!(view.get(1, 2)[0].probability, 1.0);
        assert!(!view.get(1, 2)[0].goes_on);
        model.learn(1, 2, Entry { reward: 1.0, next: 1, goes_on: true });
        assert!(view.get(0, 0).is_empty() && !model.view().counts());
    }
}
