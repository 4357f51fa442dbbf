//! How wrong a learned model is in state, in value and in reward, and how well its agent plans: the
//! numbers that tell whether a model is right where it matters.

use super::latent::{Cloud, Readout};
use super::truth::Truth;
use crate::agents::View;
use crate::agents::muzero::view::MuZeroView;
use crate::agents::table::TableView;
use crate::mdp::scene::Scene;
use crate::mdp::{Action, State};
use crate::models::altered::distance;
use crate::models::view::ModelView;
use crate::probes::dynamics::Place;
use crate::rl::td::max_value;

/// Means over all pairs that were really tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ThreeErrors {
    /// Distance of the predicted next state from the true one, in cells; of a latent model, of what the
    /// probe decoder reads.
    pub state: f64,
    /// Difference of the agent's own value of the predicted and of the true next state, as a share of
    /// its greatest value.
    pub value: f64,
    /// Difference of the predicted and the true reward.
    pub reward: f64,
    /// Pairs they are means over.
    pub pairs: usize,
}

/// What a model predicts of a pair: how far off in state, the value of its next state, its reward.
struct Said {
    off: Option<f64>,
    value: f64,
    reward: f64,
}

impl ThreeErrors {
    /// Of a learner on a map; `None` without a model, and before anything was tried.
    pub fn of(truth: &Truth, view: &View) -> Option<Self> {
        let Scene::Grid(grid) = truth.scene() else { return None };
        let table = view.table.as_ref().filter(|table| table.actions == truth.actions())?;
        match (&view.muzero, &view.model) {
            (Some(agent), _) => latent(truth, (view, table), agent, grid.cols),
            (None, Some(model)) => listed(truth, table, model, grid.cols),
            (None, None) => None,
        }
    }

    /// Means over what `said` knows; `value` is the agent's own of a true state.
    fn over(
        truth: &Truth,
        table: &TableView,
        value: impl Fn(State) -> f64,
        said: impl Fn(State, Action, State) -> Option<Said>,
    ) -> Option<Self> {
        let (mut sums, mut counts, mut most) = ([0.0; 3], [0_usize; 3], 1e-12_f64);
        for pair in (0..table.tally.len()).filter(|&pair| table.tally[pair].real > 0) {
            let (state, action) =
                ((pair / table.actions) as State, (pair % table.actions) as Action);
            let Some(next) = truth.likeliest(state, action) else { continue };
            let Some(said) = said(state, action, next) else { continue };
            let outcomes = truth.outcomes(state, action).iter();
            let reward: f64 = outcomes.map(|o| o.probability * o.reward).sum();
            (sums[2], counts[2]) = (sums[2] + (said.reward - reward).abs(), counts[2] + 1);
            // Beyond the end there is no state to be right about.
            if !truth.is_left(next) {
                continue;
            }
            let right = value(next);
            most = most.max(right.abs());
            (sums[1], counts[1]) = (sums[1] + (said.value - right).abs(), counts[1] + 1);
            if let Some(off) = said.off {
                (sums[0], counts[0]) = (sums[0] + off, counts[0] + 1);
            }
        }
        let mean = |index: usize| sums[index] / counts[index].max(1) as f64;
        (counts[2] > 0).then(|| Self {
            state: mean(0),
            value: mean(1) / most,
            reward: mean(2),
            pairs: counts[2],
        })
    }
}

fn listed(truth: &Truth, table: &TableView, model: &ModelView, cols: usize) -> Option<ThreeErrors> {
    let value = |state: State| max_value(table.row(state as usize));
    ThreeErrors::over(truth, table, value, |state, action, next| {
        let all = model.get(state, action);
        let mean = |of: &dyn Fn(State) -> f64| -> f64 {
            all.iter().map(|p| p.probability * of(p.next)).sum()
        };
        (!all.is_empty()).then(|| Said {
            off: Some(mean(&|said| distance(said, next, cols))),
            value: mean(&value),
            reward: all.iter().map(|p| p.probability * p.reward).sum(),
        })
    })
}

fn latent(
    truth: &Truth,
    (view, table): (&View, &TableView),
    agent: &MuZeroView,
    cols: usize,
) -> Option<ThreeErrors> {
    let networks = &agent.networks;
    let cloud = Cloud::of(truth, view, agent);
    let readout = Readout::fit(&cloud, truth);
    let enter = |state: State| agent.eyes.state(state).map(|told| networks.enter(&told));
    let value = |state: State| enter(state).map_or(0.0, |latent| networks.value(&latent));
    ThreeErrors::over(truth, table, value, |state, action, next| {
        let (reward, to) = networks.follow(&enter(state)?, action);
        let off = match readout.as_ref().and_then(|readout| readout.place(&to, truth)) {
            Some(Place::State(said)) => Some(distance(said, next, cols)),
            _ => None,
        };
        Some(Said { off, value: networks.value(&to), reward })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::table::Tally;
    use crate::envs::grid::{Grid, GridConfig, GridSource};
    use crate::models::view::Predicted;

    #[test]
    fn a_model_that_is_wrong_in_one_pair_by_hand() {
        // A row `S..G`. Tried: right from each cell. The model says that the second leads back to the
        // first, and that the goal pays a half.
        let world = Grid::new(&GridSource::from_text("S..G"), &GridConfig::default()).unwrap();
        let truth = Truth::of(&world);
        let model = ModelView::of(4, 4, |state, action, out| {
            for o in truth.outcomes(state, action) {
                let wrong = (state, action) == (1, 1);
                let next = if wrong { 0 } else { o.next };
                let (reward, goes_on) = (0.5 * o.reward, !o.terminated);
                out.push(Predicted { probability: 1.0, reward, next, goes_on, count: 1 });
            }
        });
        let (mut q, mut tally) = (vec![0.0; 16], vec![Tally::default(); 16]);
        for (state, value) in [0.25, 0.5, 1.0].into_iter().enumerate() {
            q[state * 4 + 1] = value;
            tally[state * 4 + 1].real = 3;
        }
        let table = TableView { actions: 4, q, tally, known_pairs: None };
        let view = View { table: Some(table), model: Some(model), ..View::default() };
        let found = ThreeErrors::of(&truth, &view).unwrap();
        // Next states 1 and 2 are no ends: off by 0 and by 2 cells, in value by 0 and by 0.75 of 1.
        assert_eq!((found.state, found.value, found.pairs), (1.0, 0.375, 3));
        assert!((found.reward - 0.5 / 3.0).abs() < 1e-15);
        assert_eq!(ThreeErrors::of(&truth, &View { model: None, ..view }), None);
    }
}
