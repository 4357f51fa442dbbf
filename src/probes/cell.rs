//! One cell as its agent knows it: values, who wrote them, what the model says, and how steep the
//! value is around it.

use super::truth::Truth;
use crate::agents::View;
use crate::agents::table::Tally;
use crate::mdp::{Action, State};
use crate::models::view::{ModelView, Predicted};
use crate::rl::td::max_value;

/// One thing that the model thinks may follow, and whether it still can.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Told {
    /// What it says.
    pub predicted: Predicted,
    /// False where the world as it is now never leads there.
    pub possible: bool,
}

/// One action in one cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Which action.
    pub action: Action,
    /// Its value.
    pub q: f64,
    /// Who wrote it.
    pub tally: Tally,
    /// What the model says; empty: no data; `None`: no model.
    pub told: Option<Vec<Told>>,
    /// How much the value of the cell changes by going one step this way for real; `None` where
    /// one stays.
    pub delta: Option<f64>,
}

impl Fact {
    /// `N(s,a)`: experiences that the model's entry rests on.
    pub fn counted(&self) -> u64 {
        self.told.iter().flatten().map(|told| told.predicted.count).sum()
    }
}

/// All actions of a cell; empty without a table or beyond it.
pub fn facts(view: &View, truth: &Truth, cell: State) -> Vec<Fact> {
    let Some(table) = view.table.as_ref().filter(|table| (cell as usize) < table.states()) else {
        return Vec::new();
    };
    let value = |state: State| max_value(table.row(state as usize));
    let fact = |(action, &q): (usize, &f64)| {
        let told = |model: &ModelView| {
            let possible = truth.outcomes(cell, action as Action);
            let told = |&predicted: &Predicted| Told {
                predicted,
                possible: possible.is_empty() || possible.iter().any(|o| o.next == predicted.next),
            };
            model.get(cell, action as Action).iter().map(told).collect()
        };
        let next = truth.likeliest(cell, action as Action).filter(|&next| next != cell);
        Fact {
            action: action as Action,
            q,
            tally: table.tally[cell as usize * table.actions + action],
            told: view.model.as_ref().map(told),
            delta: next.map(|next| value(next) - value(cell)),
        }
    };
    table.row(cell as usize).iter().enumerate().map(fact).collect()
}

/// Whether a model counts what it sees; one that keeps the last outcome alone does not.
pub fn counts(view: &View) -> bool {
    view.model.as_ref().is_some_and(ModelView::counts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::table::TableView;
    use crate::envs::grid::{Grid, GridConfig, GridSource};
    use crate::models::table::TableModel;

    #[test]
    fn a_cell_tells_counts_probabilities_and_the_ridge_beside_it() {
        let world = Grid::new(&GridSource::from_text("S.#\n..G"), &GridConfig::default()).unwrap();
        let truth = Truth::of(&world);
        let mut model = TableModel::new(6, 4);
        [1, 1, 2, 1].into_iter().for_each(|next| model.learn((0, 1), f64::from(next), next, true));
        let mut q = vec![0.0; 24];
        (q[0], q[5], q[14]) = (0.25, 1.0, -0.5);
        let table =
            TableView { actions: 4, tally: vec![Tally::default(); 24], q, known_pairs: None };
        let view = View { table: Some(table), model: Some(model.view()), ..View::default() };
        let facts = facts(&view, &truth, 0);
        assert_eq!((facts.len(), facts[1].counted(), counts(&view)), (4, 4, true));
        let told = facts[1].told.as_ref().unwrap();
        let seen: Vec<_> = told.iter().map(|t| (t.predicted.probability, t.possible)).collect();
        assert_eq!(seen, [(0.75, true), (0.25, false)], "there is a wall two cells on");
        assert_eq!(told[0].predicted.reward, 1.0);
        assert_eq!(facts[0].told, Some(Vec::new()), "no data");
        let deltas: Vec<_> = facts.iter().map(|f| f.delta).collect();
        assert_eq!(deltas, [None, Some(0.75), Some(-0.25), None]);
        assert!(super::facts(&view, &truth, 6).is_empty());
    }
}
