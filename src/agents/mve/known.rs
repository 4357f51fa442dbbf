//! Where a learner has been: the plane of its world in cells.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::agents::off_policy::Lanes;
use crate::mdp::oracle::Oracle;
use crate::mdp::physical::{Body, Dimension, wrap};

/// Cells along each number of the state.
const CELLS: f64 = 24.0;

/// The cells that hold a state. A clone shares them until one side comes to a new one.
#[derive(Clone, Debug, Default)]
pub struct Known {
    cells: Arc<BTreeSet<Vec<i64>>>,
    /// Number of the next real step to be counted.
    next: u64,
}

impl Known {
    /// Puts in what one lane has remembered since it was asked last; `sees` and `acts` are the
    /// numbers seen and those of an action.
    pub fn take_in(&mut self, lanes: &Lanes, lane: usize, oracle: &dyn Oracle) {
        let memory = &lanes.lanes[lane].memory;
        let (sees, acts) = (oracle.sees(), lanes.scale.acts());
        let first = memory.first();
        for serial in self.next.max(first)..first + memory.len() as u64 {
            let row = memory.row((serial - first) as usize);
            self.add(oracle, &row[..sees]);
            self.add(oracle, &row[sees + acts + 1..2 * sees + acts + 1]);
        }
        self.next = lanes.lived(lane);
    }

    /// Puts in what was seen.
    pub fn add(&mut self, oracle: &dyn Oracle, seen: &[f32]) {
        let cell = cell_of(oracle, seen);
        if !self.cells.contains(&cell) {
            Arc::make_mut(&mut self.cells).insert(cell);
        }
    }

    /// Whether a state was seen in the cell of this one; what is no number lies nowhere.
    pub fn holds(&self, oracle: &dyn Oracle, seen: &[f32]) -> bool {
        seen.iter().all(|x| x.is_finite()) && self.cells.contains(&cell_of(oracle, seen))
    }

    /// Memory in bytes, about.
    pub fn bytes(&self) -> usize {
        let each = self.cells.first().map_or(0, |cell| size_of::<Vec<i64>>() + 8 * cell.len());
        self.cells.len() * each
    }
}

fn cell_of(oracle: &dyn Oracle, seen: &[f32]) -> Vec<i64> {
    cell(&oracle.locate(seen), oracle.dimensions())
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
