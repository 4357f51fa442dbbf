//! From a learner's copy to the true world and its model side by side.

use std::sync::Arc;

use super::dynamics::{CELL, Dynamics, LearnedMotion, LearnedTable, Place, TrueMotion, TrueTable};
use super::imagined::Measure;
pub use super::imagined::Twins;
use super::truth::Truth;
use crate::agents::View;
use crate::agents::steered::SteeredView;
use crate::mdp::State;
use crate::mdp::scene::Scene;

/// Places where the learner was that say what is typical.
const VISITED: usize = 16;

impl Twins {
    /// The two; `None` for a learner that imagines nothing, or in a world without a picture.
    pub fn of(truth: &Arc<Truth>, view: &View) -> Option<Self> {
        match &view.steered {
            Some(learner) => Self::of_motion(truth, learner),
            None => Self::of_cells(truth, view),
        }
    }

    fn of_motion(truth: &Arc<Truth>, learner: &Arc<SteeredView>) -> Option<Self> {
        let (motion, expansion) = (truth.motion()?, learner.expansion.as_ref()?);
        let Scene::Body(scene) = truth.scene() else {
            return None;
        };
        let world =
            |dreams| TrueMotion { motion: motion.clone(), learner: learner.clone(), dreams };
        let model = |earlier| -> Arc<dyn Dynamics> {
            Arc::new(LearnedMotion { earlier, world: world(true) })
        };
        let exact = expansion.true_dynamics;
        let earlier = expansion.earlier.iter().enumerate().filter(|_| !exact);
        let sees = learner.oracle.sees();
        let seen = |index: usize| {
            let seen = &learner.memory.row(index)[..sees];
            Place::Body(motion.locate(seen))
        };
        Some(Self {
            real: Arc::new(world(false)),
            dream: if exact { Arc::new(world(true)) } else { model(None) },
            earlier: earlier.map(|(i, (updates, _))| (*updates, model(Some(i)))).collect(),
            measure: Measure::Shares(scene.dimensions),
            horizon: Some(expansion.horizon),
            visited: evenly(learner.memory.len()).map(seen).collect(),
            dreamer: if expansion.live_actor { "the actor μ" } else { "the target actor μ′" },
        })
    }

    fn of_cells(truth: &Arc<Truth>, view: &View) -> Option<Self> {
        if !imagines(truth, view) {
            return None;
        }
        let (model, table) = (view.model.clone()?, view.table.clone()?);
        let tried =
            |&state: &State| (0..model.actions()).any(|a| !model.get(state, a as u8).is_empty());
        let tried: Vec<State> = (0..model.states() as State).filter(tried).collect();
        let visited = evenly(tried.len()).map(|index| Place::State(tried[index])).collect();
        let world = TrueTable { truth: truth.clone(), table };
        Some(Self {
            real: Arc::new(world.clone()),
            dream: Arc::new(LearnedTable { model, world }),
            earlier: Vec::new(),
            measure: Measure::Cells(&CELL),
            horizon: None,
            visited,
            dreamer: "the greedy policy",
        })
    }
}

/// Whether a learner imagines anything here, as [`Twins::of`] would find.
pub fn imagines(truth: &Truth, view: &View) -> bool {
    match &view.steered {
        Some(learner) => truth.motion().is_some() && learner.expansion.is_some(),
        None => {
            let acts = view.table.as_ref().is_some_and(|table| !table.is_of_states());
            matches!(truth.scene(), Scene::Grid(_)) && view.model.is_some() && acts
        }
    }
}

/// At most [`VISITED`] of `len` places, as far apart as they can be.
fn evenly(len: usize) -> impl Iterator<Item = usize> {
    let count = len.min(VISITED);
    (0..count).map(move |i| (2 * i + 1) * len / (2 * count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::table::{ActionValues, Experience};
    use crate::envs::grid::{Grid, GridConfig};
    use crate::envs::mazes::dyna_maze;
    use crate::mdp::physical::Body;
    use crate::mdp::trace::Source;
    use crate::models::view::{ModelView, Predicted};
    use crate::probes::imagined::{Direction, End};

    #[test]
    fn places_are_spread_evenly() {
        let all: Vec<usize> = evenly(5).collect();
        assert_eq!(all, [0, 1, 2, 3, 4]);
        let some: Vec<usize> = evenly(1600).collect();
        assert_eq!((some.len(), some[0], some[15]), (16, 50, 1550));
        assert_eq!(evenly(0).count(), 0);
    }

    /// The Dyna maze, where the greedy policy goes right twice from the start, and its model says
    /// that the second of these steps leads up.
    fn wrong_in_one_cell() -> (Arc<Truth>, View) {
        let truth = Truth::of(&Grid::new(&dyna_maze(), &GridConfig::default()).unwrap());
        let mut values = ActionValues::new(truth.states(), 4);
        for state in [18, 19] {
            values.update(
                Experience {
                    state,
                    action: 1,
                    reward: 1.0,
                    next: 0,
                    discount: 0.0,
                    source: Source::Real,
                },
                0.5,
            );
        }
        let model = ModelView::of(truth.states(), 4, |state, action, out| {
            let next = match (state, action) {
                (18, 1) => 19,
                (19, 1) => 10,
                _ => return,
            };
            out.push(Predicted { probability: 1.0, reward: 0.5, next, goes_on: true, count: 1 });
        });
        let view = View { table: Some(values.view(None)), model: Some(model), ..View::default() };
        (Arc::new(truth), view)
    }

    #[test]
    fn a_wrong_entry_of_a_table_shows_from_its_step_on() {
        let (truth, view) = wrong_in_one_cell();
        let twins = Twins::of(&truth, &view).unwrap();
        let found = twins.compare(&Place::State(18), Direction::Act, 9);
        let cells = |bodies: &[Body]| bodies.iter().map(|b| (b[0], b[1])).collect::<Vec<_>>();
        // The wall is right of (2,1): the true second step goes nowhere.
        assert_eq!(cells(&found.real.bodies)[..3], [(2.0, 0.0), (2.0, 1.0), (2.0, 1.0)]);
        assert_eq!(cells(&found.dream.bodies), [(2.0, 0.0), (2.0, 1.0), (1.0, 1.0)]);
        assert_eq!(found.gaps, [0.0, 0.0, 1.0]);
        assert_eq!(
            (found.dream.end, found.dream.rewards.as_slice()),
            (End::NoData, &[0.5, 0.5][..])
        );
        let planned = twins.compare(&Place::State(18), Direction::Plan, 9);
        assert_eq!(planned.real.bodies.len(), 3, "what was planned is done, and no more");
        assert_eq!(planned.gaps, [0.0, 0.0, 1.0]);
    }

    #[test]
    fn without_a_model_there_is_nothing_to_compare() {
        let (truth, view) = wrong_in_one_cell();
        assert!(Twins::of(&truth, &View { model: None, ..view }).is_none());
        assert!(Twins::of(&truth, &View::default()).is_none());
    }
}
