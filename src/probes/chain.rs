//! A learned model under the learner's greedy policy: a Markov chain, asked without a single draw
//! from the learner's dice.

use crate::agents::table::TableView;
use crate::mdp::{Action, State};
use crate::models::bank::{Belief, Known, ModelKind, Models};
use crate::models::view::Predicted;
use crate::rl::policy::greedy_mask;

/// What may follow each state, `[S]`; nothing where the model has no data.
#[derive(Clone, Debug)]
pub struct Chain {
    rows: Vec<Vec<Predicted>>,
}

impl Chain {
    /// The full distribution, acting greedily among the actions the model knows; all of them alike
    /// where the values have no opinion.
    pub fn of(known: &Known, table: &TableView) -> Self {
        let belief = full(known);
        let mut room = Vec::new();
        let mut row = |state: usize| {
            let mut row = Vec::new();
            let actions = policy(&known.models, table, state);
            let share = 1.0 / actions.len() as f64;
            for action in actions {
                known.models.predict(&belief, (state as State, action), &mut room);
                row.extend(
                    room.iter().map(|o| Predicted { probability: share * o.probability, ..*o }),
                );
            }
            row
        };
        Self { rows: (0..table.states()).map(&mut row).collect() }
    }

    /// What may follow `state`; empty: no data.
    pub fn row(&self, state: State) -> &[Predicted] {
        &self.rows[state as usize]
    }

    /// One step on of a distribution over states: `F phi` for one-hot features. What ends or has
    /// no data is gone.
    pub fn forward(&self, mass: &[f64]) -> Vec<f64> {
        let mut next = vec![0.0; mass.len()];
        for (state, &mass) in mass.iter().enumerate().filter(|(_, m)| **m > 0.0) {
            for o in self.rows[state].iter().filter(|o| o.goes_on) {
                next[o.next as usize] += mass * o.probability;
            }
        }
        next
    }

    /// Expected value one step on, for every state: `(P v)(s) = sum_s' p(s'|s) v(s')`.
    pub fn backward(&self, value: &[f64]) -> Vec<f64> {
        let of = |row: &Vec<Predicted>| expectation(row, value);
        self.rows.iter().map(of).collect()
    }
}

/// `sum p v(s')` over what goes on.
pub fn expectation(row: &[Predicted], value: &[f64]) -> f64 {
    row.iter().filter(|o| o.goes_on).map(|o| o.probability * value[o.next as usize]).sum()
}

/// The full distribution, with the error the learner's model has.
pub fn full(known: &Known) -> Belief {
    Belief { kind: ModelKind::Full, ..known.belief }
}

/// Greedy among the actions with data.
fn policy(models: &Models, table: &TableView, state: usize) -> Vec<Action> {
    let tried = |a: &usize| models.table.count(state as State, *a as Action) > 0;
    let tried: Vec<usize> = (0..table.actions).filter(tried).collect();
    let values: Vec<f64> = tried.iter().map(|&a| table.row(state)[a]).collect();
    let mask = if values.is_empty() { 0 } else { greedy_mask(&values) };
    let best = tried.iter().enumerate().filter(|(i, _)| mask == 0 || mask & (1 << i) != 0);
    best.map(|(_, &a)| a as Action).collect()
}
