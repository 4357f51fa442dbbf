//! Where a model disagrees with the world as it is now: belief that has gone stale, or was wrong
//! from the beginning.

use std::cmp::{Ordering, Reverse};

use super::truth::Truth;
use crate::mdp::scene::Cell;
use crate::mdp::{Action, Outcome, State};
use crate::models::view::{ModelView, Predicted};

/// What a model believes of a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Belief {
    /// Nobody gets in.
    Wall,
    /// Free ground that pays nothing.
    Open,
    /// Entering it pays so much, and the task goes on.
    Pays(f64),
    /// Entering it pays so much and ends the task.
    Ends(f64),
}

/// A cell of which a model believes what is not so.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stale {
    /// Which.
    pub cell: State,
    /// What is believed.
    pub belief: Belief,
}

/// Every cell that is believed wrongly, in order. A pair is wrong if the likeliest thing its model
/// predicts cannot happen; a pair without data believes nothing. If several pairs are wrong about
/// one cell, the belief that most of them share is told.
pub fn stale(model: &ModelView, truth: &Truth) -> Vec<Stale> {
    let states = 0..truth.states().min(model.states()) as State;
    let pairs = states.flat_map(|state| (0..model.actions() as Action).map(move |a| (state, a)));
    let about = |(state, action)| wrong_about(model, truth, state, action);
    let mut wrong: Vec<(usize, Stale)> = pairs.filter_map(about).enumerate().collect();
    wrong.sort_by(|(_, a), (_, b)| a.cell.cmp(&b.cell).then(order(a.belief, b.belief)));
    // Of a cell: most votes first; among equals, who was told of first.
    let count = |same: &[(usize, Stale)]| (Reverse(same.len()), same[0].0, same[0].1);
    let mut told: Vec<_> = wrong.chunk_by(|(_, a), (_, b)| a == b).map(count).collect();
    told.sort_by_key(|&(votes, first, stale)| (stale.cell, votes, first));
    told.dedup_by_key(|(_, _, stale)| stale.cell);
    told.into_iter().map(|(_, _, stale)| stale).collect()
}

/// Any order that brings equal beliefs together.
fn order(a: Belief, b: Belief) -> Ordering {
    let key = |belief: Belief| match belief {
        Belief::Wall => (0, 0.0),
        Belief::Open => (1, 0.0),
        Belief::Pays(reward) => (2, reward),
        Belief::Ends(reward) => (3, reward),
    };
    let (a, b) = (key(a), key(b));
    a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
}

/// What the model gets wrong about one pair, and of which cell.
fn wrong_about(model: &ModelView, truth: &Truth, state: State, action: Action) -> Option<Stale> {
    let possible = truth.outcomes(state, action);
    let likeliest = |a: &&Predicted, b: &&Predicted| a.probability.total_cmp(&b.probability);
    let predicted = model.get(state, action).iter().max_by(likeliest)?;
    // What is never left needs no model: it is told of by those who enter.
    if possible.is_empty() || possible.iter().any(|o| agrees(model, predicted, o)) {
        return None;
    }
    let real = truth.likeliest(state, action)?;
    if predicted.next == state && real != state {
        return Some(Stale { cell: real, belief: Belief::Wall });
    }
    let belief = match (predicted.goes_on, predicted.reward) {
        (false, reward) => Belief::Ends(reward),
        (true, _) if truth.cell(predicted.next) == Some(Cell::Wall) => Belief::Open,
        (true, reward) if model.pays(reward, 0.0) => Belief::Open,
        (true, reward) => Belief::Pays(reward),
    };
    Some(Stale { cell: predicted.next, belief })
}

/// Rewards may be means of many, or fitted: the model says how close is right.
fn agrees(model: &ModelView, predicted: &Predicted, outcome: &Outcome) -> bool {
    predicted.next == outcome.next
        && predicted.goes_on != outcome.terminated
        && model.pays(predicted.reward, outcome.reward)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envs::grid::{Grid, GridConfig, GridSource};
    use crate::mdp::edit::Stroke;
    use crate::mdp::{Simulator as _, Tabular as _};
    use crate::models::last_seen::{Entry, LastSeen};
    use crate::models::table::TableModel;

    const MAP: &str = "S..\n.#.\n..G";

    fn world(strokes: &[(State, Cell)], config: GridConfig) -> Grid {
        let mut world = Grid::new(&GridSource::from_text(MAP), &config).unwrap();
        world.edit(&Stroke::paint(strokes.to_vec())).unwrap();
        world
    }

    /// A model that has seen every pair of the world as it was built.
    fn learned() -> ModelView {
        let before = world(&[], GridConfig::default());
        let mut model = LastSeen::new(9, 4);
        for (state, action) in (0..9).flat_map(|s| (0..4).map(move |a| (s, a))) {
            for o in before.outcomes(state, action) {
                let entry = Entry { reward: o.reward, next: o.next, goes_on: !o.terminated };
                model.learn(state, action, entry);
            }
        }
        model.view()
    }

    fn after(strokes: &[(State, Cell)]) -> Vec<(State, Belief)> {
        let truth = Truth::of(&world(strokes, GridConfig::default()));
        stale(&learned(), &truth).iter().map(|s| (s.cell, s.belief)).collect()
    }

    #[test]
    fn a_right_model_and_an_empty_one_believe_nothing_wrong() {
        assert_eq!(after(&[]), []);
        let truth = Truth::of(&world(&[(1, Cell::Wall)], GridConfig::default()));
        assert_eq!(stale(&LastSeen::new(9, 4).view(), &truth), []);
    }

    #[test]
    fn every_change_of_a_cell_shows_what_it_was() {
        use Cell::{Free, Goal, Pit, Reward, Wall};
        assert_eq!(after(&[(1, Wall), (4, Free)]), [(1, Belief::Open), (4, Belief::Wall)]);
        assert_eq!(after(&[(8, Free), (6, Goal)]), [(6, Belief::Open), (8, Belief::Ends(1.0))]);
        assert_eq!(after(&[(2, Pit)]), [(2, Belief::Open)]);
        assert_eq!(after(&[(2, Reward(0.5)), (8, Wall)]).len(), 2);
        assert_eq!(after(&[(8, Wall)]), [(8, Belief::Ends(1.0))], "a goal walled up");
    }

    /// A model that says of pair `(0, action)` that it leads to `told[action]` and pays so much.
    fn says(told: [(State, f64); 4]) -> ModelView {
        let mut model = LastSeen::new(9, 4);
        for (action, (next, reward)) in told.into_iter().enumerate() {
            model.learn(0, action as Action, Entry { reward, next, goes_on: true });
        }
        model.view()
    }

    #[test]
    fn the_belief_of_most_pairs_is_told_and_of_as_many_the_first() {
        let truth = Truth::of(&world(&[], GridConfig::default()));
        let told = |pairs| stale(&says(pairs), &truth);
        let pays = |cell, reward| Stale { cell, belief: Belief::Pays(reward) };
        assert_eq!(told([(7, 1.0), (7, 2.0), (7, 3.0), (7, 2.0)]), [pays(7, 2.0)], "two of four");
        let apart = told([(7, 9.0), (6, 5.0), (7, 4.0), (6, 6.0)]);
        assert_eq!(apart, [pays(6, 5.0), pays(7, 9.0)], "the first of two, cell by cell");
    }

    #[test]
    fn a_large_world_that_is_all_wrong_is_told_by_its_first_belief() {
        let dots = |count: usize| ".".repeat(count);
        let mut rows = vec![dots(64); 64];
        (rows[0], rows[63]) = (dots(63) + "G", "S".to_owned() + &dots(63));
        let source = GridSource::from_text(&rows.join("\n"));
        let truth = Truth::of(&Grid::new(&source, &GridConfig::default()).unwrap());
        let mut reward = 1.0;
        let model = ModelView::of(64 * 64, 4, |_, _, out| {
            reward += 1.0;
            let (next, goes_on) = (64 * 32, true);
            out.push(Predicted { probability: 1.0, reward, next, goes_on, count: 1 });
        });
        let told = stale(&model, &truth);
        assert!(told.contains(&Stale { cell: 64 * 32, belief: Belief::Pays(2.0) }));
    }

    #[test]
    fn chance_is_no_error_but_what_cannot_happen_is() {
        let slippery = GridConfig { slip: 0.2, ..GridConfig::default() };
        let truth = Truth::of(&world(&[], slippery));
        let mut model = TableModel::new(9, 4);
        // From (0,0) down: into (1,0), or sideways to (0,1), or held by the edge.
        [3, 3, 1, 0].into_iter().for_each(|next| model.learn((0, 2), 0.0, next, true));
        assert_eq!(stale(&model.view(), &truth), []);
        [8; 3].into_iter().for_each(|next| model.learn((0, 2), 0.0, next, true));
        let told = stale(&model.view(), &truth);
        assert_eq!(told, [Stale { cell: 8, belief: Belief::Open }]);
    }
}
