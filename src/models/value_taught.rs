//! Value-aware losses for a model of cells (`network.rs`), from the numbers that it says.
//!
//! Where it says a move, the value lies over the cells like a cloth: bilinear between them, with
//! central differences for its slope at a cell, as moves count cells. Where it says a distribution
//! over states, the value of a prediction is linear in it: its gradient is `V` itself, so that the
//! unbounded form of VaGraM is VAML to the last bit.

use super::features::Places;
use super::model_loss::ModelLoss;
use crate::mdp::State;
use crate::rl::losses::value_aware::through_softmax;
use crate::rl::losses::{
    iter_vaml, iter_vaml_slope, squared, squared_slope, vagram, vagram_slope, vagram_unbounded,
    vagram_unbounded_slope,
};

/// What a model is taught by beside the data.
#[derive(Clone, Copy, Debug)]
pub struct Lesson<'a> {
    /// The loss of the next state.
    pub loss: ModelLoss,
    /// How much of the plain loss is added.
    pub share: f64,
    /// `[P][S]`: what each state is worth; not read by losses that do not ask.
    pub values: &'a [Vec<f64>],
}

impl Lesson<'_> {
    /// The data alone.
    pub const PLAIN: Lesson<'static> = Lesson { loss: ModelLoss::Squared, share: 0.0, values: &[] };
}

/// A loss and its derivative after the numbers said.
pub type Judged = (f64, Vec<f64>);

pub(super) fn plus(a: Judged, share: f64, b: Judged) -> Judged {
    let slope = a.1.iter().zip(&b.1).map(|(x, y)| x + share * y).collect();
    (a.0 + share * b.0, slope)
}

/// A value for every cell of a map.
#[derive(Clone, Copy, Debug)]
pub struct Cloth<'a> {
    /// Rows and columns.
    pub places: Places,
    /// `[S]`.
    pub values: &'a [f64],
}

impl Cloth<'_> {
    fn at(&self, row: usize, col: usize) -> f64 {
        self.values[row * self.places.cols + col]
    }

    /// The cell below a coordinate, how far beyond it, and the cell above.
    fn between(x: f64, n: usize) -> (usize, f64, usize) {
        let x = x.clamp(0.0, (n - 1) as f64);
        let low = (x.floor() as usize).min(n.saturating_sub(2));
        (low, x - low as f64, (low + 1).min(n - 1))
    }

    /// Value and slope at any place, held by the edges.
    pub fn value(&self, [row, col]: [f64; 2]) -> (f64, [f64; 2]) {
        let Places { rows, cols } = self.places;
        let ((r, y, r2), (c, x, c2)) = (Self::between(row, rows), Self::between(col, cols));
        let [a, b, d, e] = [self.at(r, c), self.at(r, c2), self.at(r2, c), self.at(r2, c2)];
        let value = (a * (1.0 - x) + b * x) * (1.0 - y) + (d * (1.0 - x) + e * x) * y;
        let inside = |at: f64, n: usize| f64::from(u8::from((0.0..=(n - 1) as f64).contains(&at)));
        let down = ((d - a) * (1.0 - x) + (e - b) * x) * inside(row, rows);
        let right = ((b - a) * (1.0 - y) + (e - d) * y) * inside(col, cols);
        (value, [down, right])
    }

    /// Slope at a cell: central differences, one-sided at the edges.
    pub fn slope(&self, state: State) -> [f64; 2] {
        let Places { rows, cols } = self.places;
        let (row, col) = (state as usize / cols, state as usize % cols);
        let (up, down) = (row.saturating_sub(1), (row + 1).min(rows - 1));
        let (left, right) = (col.saturating_sub(1), (col + 1).min(cols - 1));
        let part = |high: f64, low: f64, far: usize| (high - low) / far.max(1) as f64;
        [
            part(self.at(down, col), self.at(up, col), down - up),
            part(self.at(row, right), self.at(row, left), right - left),
        ]
    }
}

/// Judges a move of `said` cells from `state`, where `next` was really reached.
pub fn of_move(
    lesson: &Lesson<'_>,
    cloth: Cloth<'_>,
    (state, next): (State, State),
    said: [f64; 2],
) -> Judged {
    let [[_, row, col], [_, row2, col2]] = [state, next].map(|s| cloth.places.features(s));
    let error = [row + said[0] - row2, col + said[1] - col2];
    let plain = (squared(&error), squared_slope(&error));
    let g = cloth.slope(next);
    let value = match lesson.loss {
        ModelLoss::Squared | ModelLoss::Likelihood => return plain,
        ModelLoss::Vaml => {
            let (real, (imagined, slope)) =
                (cloth.values[next as usize], cloth.value([row + said[0], col + said[1]]));
            (iter_vaml(real, imagined), iter_vaml_slope(real, imagined, &slope))
        }
        ModelLoss::Vagram => (vagram(&g, &error), vagram_slope(&g, &error)),
        ModelLoss::Unbounded => (vagram_unbounded(&g, &error), vagram_unbounded_slope(&g, &error)),
    };
    plus(value, lesson.share, plain)
}

/// Judges the logits of a distribution over next states, where `next` was really reached.
pub fn of_logits(lesson: &Lesson<'_>, values: &[f64], next: State, logits: &[f64]) -> Judged {
    let most = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = logits.iter().map(|x| (x - most).exp()).sum();
    let row: Vec<f64> = logits.iter().map(|x| (x - most).exp() / sum).collect();
    let error: Vec<f64> =
        row.iter().enumerate().map(|(s, p)| p - f64::from(u8::from(s == next as usize))).collect();
    let plain = (sum.ln() + most - logits[next as usize], error.clone());
    let (value, slope) = match lesson.loss {
        ModelLoss::Squared | ModelLoss::Likelihood => return plain,
        ModelLoss::Vagram => (vagram(values, &error), vagram_slope(values, &error)),
        ModelLoss::Vaml | ModelLoss::Unbounded => {
            (vagram_unbounded(values, &error), vagram_unbounded_slope(values, &error))
        }
    };
    plus((value, through_softmax(&row, &slope)), lesson.share, plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rl::losses::value_aware::vaml;

    const VALUES: [f64; 12] = [0.1, 0.4, 0.2, 0.9, -0.3, 0.6, 1.1, 0.5, 0.0, 0.3, 0.8, 2.0];
    const PLACES: Places = Places { rows: 3, cols: 4 };

    fn differences(of: impl Fn(&[f64]) -> Judged, at: &[f64]) {
        let ours = of(at).1;
        for d in 0..at.len() {
            let moved = |by: f64| {
                let mut copy = at.to_vec();
                copy[d] += by;
                of(&copy).0
            };
            let slope = (moved(1e-6) - moved(-1e-6)) / 2e-6;
            assert!((slope - ours[d]).abs() < 1e-7, "{d}: {slope} against {}", ours[d]);
        }
    }

    #[test]
    fn slopes_are_those_of_finite_differences() {
        let cloth = Cloth { places: PLACES, values: &VALUES };
        for &loss in ModelLoss::ALL {
            for share in [0.0, 0.7] {
                let lesson = Lesson { loss, share, values: &[] };
                for said in [[0.3, -0.4], [1.2, 0.9], [7.0, -9.0]] {
                    differences(|x| of_move(&lesson, cloth, (5, 6), [x[0], x[1]]), &said);
                }
                let logits: Vec<f64> = (0..12).map(|i| (f64::from(i) * 1.3).sin()).collect();
                differences(|x| of_logits(&lesson, &VALUES, 6, x), &logits);
            }
        }
    }

    #[test]
    fn the_cloth_hangs_on_its_cells() {
        let cloth = Cloth { places: PLACES, values: &VALUES };
        for state in 0..12_u32 {
            let [_, row, col] = PLACES.features(state);
            assert!((cloth.value([row, col]).0 - VALUES[state as usize]).abs() < 1e-12);
        }
        assert_eq!(cloth.value([9.0, 9.0]), (2.0, [0.0, 0.0]), "flat beyond the edge");
        assert_eq!(cloth.slope(5), [(0.3 - 0.4) / 2.0, (1.1 - -0.3) / 2.0]);
        assert_eq!(cloth.slope(0), [-0.3 - 0.1, 0.4 - 0.1], "one-sided in a corner");
        let line = Cloth { places: Places { rows: 1, cols: 1 }, values: &[3.0] };
        assert_eq!((line.value([0.0, 0.0]).0, line.slope(0)), (3.0, [0.0, 0.0]));
    }

    /// A right move has no loss, whatever the value; one along a level line has none in value.
    #[test]
    fn what_the_losses_do_not_see() {
        let flat = [1.0; 12];
        for &loss in &[ModelLoss::Vaml, ModelLoss::Vagram, ModelLoss::Unbounded] {
            let lesson = Lesson { loss, share: 0.0, values: &[] };
            let cloth = |values| Cloth { places: PLACES, values };
            assert_eq!(of_move(&lesson, cloth(&VALUES), (5, 6), [0.0, 1.0]).0, 0.0);
            assert_eq!(of_move(&lesson, cloth(&flat), (5, 6), [1.0, -1.0]).0, 0.0);
        }
        let lesson = Lesson { loss: ModelLoss::Vaml, share: 0.0, values: &[] };
        let logits = [0.2, -0.5, 1.0];
        let sum: f64 = logits.iter().map(|x: &f64| x.exp()).sum();
        let row: Vec<f64> = logits.iter().map(|x| x.exp() / sum).collect();
        let ours = of_logits(&lesson, &[1.0, 5.0, 2.0], 1, &logits).0;
        assert!((ours - vaml(&[0.0, 1.0, 0.0], &row, &[1.0, 5.0, 2.0])).abs() < 1e-12);
    }
}
