//! How a network sees a state: as one of many, as a row and a column, or as a place.

use super::features::Places;
use crate::mdp::State;

crate::choice! {
    /// What a network is told of a state.
    pub enum Coded {
        /// Which state it is: nothing learned about one says anything of another.
        OneHot = "one-hot", "one-hot";
        /// Which row and which column: cells share what they have in common.
        RowCol = "row-col", "row and column";
        /// Two coordinates from -1 to 1: neighbours look alike.
        Place = "place", "coordinates";
    }
}

/// States as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coding {
    /// Which way.
    pub coded: Coded,
    /// Where states lie.
    pub places: Places,
}

impl Coding {
    /// Numbers a state.
    pub fn width(self) -> usize {
        let Places { rows, cols } = self.places;
        match self.coded {
            Coded::OneHot => rows * cols,
            Coded::RowCol => rows + cols,
            Coded::Place => 2,
        }
    }

    /// Appends the numbers of `state`.
    pub fn write(self, state: State, out: &mut Vec<f32>) {
        let Places { rows, cols } = self.places;
        let state = state as usize;
        let (row, col) = (state / cols, state % cols);
        let from = out.len();
        out.resize(from + self.width(), 0.0);
        let out = &mut out[from..];
        let along = |at: usize, n: usize| 2.0 * at as f32 / (n.max(2) - 1) as f32 - 1.0;
        match self.coded {
            Coded::OneHot => out[state] = 1.0,
            Coded::RowCol => {
                out[row] = 1.0;
                out[rows + col] = 1.0;
            }
            Coded::Place => out.copy_from_slice(&[along(row, rows), along(col, cols)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_become_numbers() {
        let of = |coded, state| {
            let mut out = vec![7.0];
            Coding { coded, places: Places { rows: 2, cols: 3 } }.write(state, &mut out);
            out
        };
        assert_eq!(of(Coded::OneHot, 4), [7.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
        assert_eq!(of(Coded::RowCol, 4), [7.0, 0.0, 1.0, 0.0, 1.0, 0.0]);
        assert_eq!(of(Coded::Place, 4), [7.0, 1.0, 0.0]);
        let line = Coding { coded: Coded::Place, places: Places { rows: 1, cols: 1 } };
        let mut out = Vec::new();
        line.write(0, &mut out);
        assert_eq!(out, [-1.0, -1.0], "a single state has a place, too");
    }
}
