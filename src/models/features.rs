//! Features: a state as a short list of numbers.
//!
//! One-hot features name the state, so that everything linear in them is a table. The features of
//! a *place* are `(1, row, col)` on a grid and `(1, 0, index)` elsewhere; the end of a task is all
//! zero, so that the first of them doubles as the chance that the task goes on.

use crate::mdp::State;
use crate::mdp::scene::Scene;

/// Features of a place.
pub const PLACE: usize = 3;
/// `(1, row, col)`.
pub type Phi = [f64; PLACE];

/// Where states lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub cols: usize,
}

impl Places {
    /// Of a world with this picture.
    pub fn of(scene: &Scene) -> Self {
        match scene {
            Scene::Grid(grid) => Self { rows: grid.rows, cols: grid.cols },
            Scene::Graph(graph) => Self { rows: 1, cols: graph.places.len().max(1) },
            Scene::Body(_) | Scene::Board(_) => Self { rows: 1, cols: 1 },
            Scene::States(n) => Self { rows: 1, cols: (*n).max(1) },
        }
    }

    /// `phi(s)`.
    pub fn features(self, state: State) -> Phi {
        let state = state as usize;
        [1.0, (state / self.cols) as f64, (state % self.cols) as f64]
    }

    /// Where mean features lie, as (row, column): that of what goes on. `None` where nothing does.
    pub fn place(self, mean: Phi) -> Option<[f64; 2]> {
        // A linear fit may be a little below 0 or above 1; a sliver of a chance has no place.
        (mean[0] > 1e-6).then(|| [mean[1] / mean[0], mean[2] / mean[0]])
    }

    /// The nearest cell, as good as there is one: this is how a mean place is read back.
    pub fn nearest(self, [row, col]: [f64; 2]) -> State {
        let snap = |x: f64, n: usize| (x.round().max(0.0) as usize).min(n - 1);
        (snap(row, self.rows) * self.cols + snap(col, self.cols)) as State
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_back() {
        let places = Places { rows: 6, cols: 9 };
        for state in 0..54 {
            let phi = places.features(state);
            assert_eq!(places.place(phi).map(|at| places.nearest(at)), Some(state));
        }
        // Half the chance to go on, from (2,4): the place of what goes on.
        assert_eq!(places.place([0.5, 1.0, 2.0]), Some([2.0, 4.0]));
        assert_eq!(places.place([0.0; 3]), None);
        assert_eq!(places.nearest([-3.0, 99.0]), 8, "held by the edges");
        assert_eq!(Places::of(&Scene::States(7)), Places { rows: 1, cols: 7 });
    }
}
