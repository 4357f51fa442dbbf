//! Predictions of a learner's model that lie where it has never been: no value was ever learned
//! there, and whatever the critic says of it comes from elsewhere.

use std::collections::BTreeSet;

use super::judged::MOST;
use crate::agents::steered::SteeredView;
use crate::mdp::physical::{Body, Dimension, wrap};
use crate::nn::host::HostMlp;

/// Cells along each number of the state.
const CELLS: f64 = 24.0;

/// How many predictions lie beyond the data, for the model after so many updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Strays {
    /// Updates of the model; `None` is now.
    pub updates: Option<u64>,
    /// Predictions in cells that no remembered state lies in.
    pub beyond: usize,
    /// Predictions that were judged.
    pub all: usize,
}

/// The cell of a body; what lies outside the picture has cells, too.
fn cell(body: &Body, dimensions: &[Dimension]) -> Vec<i64> {
    let one = |(x, d): (&f64, &Dimension)| {
        let x = if d.turns { wrap(*x) } else { *x };
        let (low, high) = d.range;
        // A turn ends where it begins.
        let last = if d.turns { CELLS - 1.0 } else { f64::INFINITY };
        ((x - low) / (high - low) * CELLS).floor().min(last) as i64
    };
    body.iter().zip(dimensions).map(one).collect()
}

/// For the model at every moment that was kept, and now: its predictions for remembered steps, held
/// against all states remembered now. Empty without a model or a memory.
pub fn strays(view: &SteeredView) -> Vec<Strays> {
    let Some(expansion) = view.expansion.as_ref().filter(|_| !view.memory.is_empty()) else {
        return Vec::new();
    };
    let (oracle, kept) = (&view.oracle, view.memory.len());
    let (sees, acts) = (oracle.sees(), view.scale.acts());
    let of = |seen: &[f32]| cell(&oracle.locate(seen), oracle.dimensions());
    let mut known = BTreeSet::new();
    for index in 0..kept {
        let row = view.memory.row(index);
        known.insert(of(&row[..sees]));
        known.insert(of(&row[sees + acts + 1..2 * sees + acts + 1]));
    }
    let rows: Vec<usize> = (0..kept).step_by(kept.div_ceil(MOST).max(1)).collect();
    let count = |model: &HostMlp| {
        let beyond = |index: &&usize| {
            let row = view.memory.row(**index);
            let action = view.scale.world(&row[sees..sees + acts]);
            let told = view.dream_with(model, &row[..sees], action);
            told.is_none_or(|told| {
                told.next.iter().any(|x| !x.is_finite()) || !known.contains(&of(&told.next))
            })
        };
        rows.iter().filter(beyond).count()
    };
    let earlier = expansion.earlier.iter().map(|(updates, model)| (Some(*updates), model));
    let models = earlier.chain([(None, &expansion.model)]);
    let one = |(updates, model)| Strays { updates, beyond: count(model), all: rows.len() };
    models.map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envs::pendulum::DIMENSIONS;

    #[test]
    fn a_full_turn_is_the_same_cell() {
        use std::f64::consts::{PI, TAU};
        let of = |theta: f64, omega: f64| cell(&Body::new(&[theta, omega]), &DIMENSIONS);
        assert_eq!(of(0.3, 1.0), of(0.3 + TAU, 1.0));
        assert_eq!(of(-PI, 0.0)[0], 0);
        assert_eq!(of(PI - 1e-12, 0.0)[0], 23);
        assert_ne!(of(0.3, 1.0), of(0.3, 2.0));
        assert!(of(0.0, 9.0)[1] > 23, "faster than can be is a cell of its own");
    }
}
