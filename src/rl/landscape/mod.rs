//! Landscapes of model losses: what a predicted next state costs, wherever the prediction lands.
//!
//! One observed next state `s'` is the reference. Every place of a plane of two numbers is taken
//! for a prediction `s^`, and the four losses of [`super::losses`] say how wrong it is. They differ
//! in what they know: the squared error knows the state alone, IterVAML the value at both places,
//! VaGraM the gradient of the value at the reference (Voelcker et al. 2022, figure 1).

pub mod bumps;
pub mod fields;
pub mod lamps;
pub mod race;

use super::losses;
use super::plane::Plane;
use crate::mdp::physical::wrap;

/// A value over a plane of two numbers, with its gradient.
pub trait Valued {
    /// The value of a place.
    fn value(&self, at: [f64; 2]) -> f64;

    /// Its derivatives after the two numbers.
    fn slope(&self, at: [f64; 2]) -> [f64; 2];

    /// Its derivatives after what is seen where the first number is an angle: `cos`, `sin`, and the
    /// second number. A value that is only known on the circle is taken not to change across it.
    fn seen_slope(&self, at: [f64; 2]) -> [f64; 3] {
        let [along, second] = self.slope(at);
        [-at[0].sin() * along, at[0].cos() * along, second]
    }
}

/// `dV/dtheta = -sin theta dV/dcos + cos theta dV/dsin`: the derivatives after angle and second
/// number of a value that knows `(cos, sin, second)`.
pub fn chain(angle: f64, [cos, sin, second]: [f64; 3]) -> [f64; 2] {
    [-angle.sin() * cos + angle.cos() * sin, second]
}

/// Between its points a value is bilinear; its gradient is the difference over one pitch, which is
/// the slope of the piece in the middle of one and does not jump between two.
impl Valued for Plane {
    fn value(&self, at: [f64; 2]) -> f64 {
        self.at(at)
    }

    fn slope(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [across, up] = self.axes.map(|axis| axis.pitch());
        // Beyond the end of an axis nothing is known: there the difference is taken to the end.
        let ends = |y: f64| match self.axes[1].turns {
            true => (y - up / 2.0, y + up / 2.0),
            false => {
                let (low, high) = (self.axes[1].low, self.axes[1].high);
                let low = (y - up / 2.0).clamp(low, high - up);
                (low, low + up)
            }
        };
        let (low, high) = ends(y);
        let half = across / 2.0;
        [
            (self.at([x + half, y]) - self.at([x - half, y])) / across,
            (self.at([x, high]) - self.at([x, low])) / up,
        ]
    }
}

/// In which numbers an error is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Coordinates {
    /// The two numbers of the plane; the difference of two angles is the shorter way round.
    #[default]
    State,
    /// What is seen of them: an angle as its cosine and sine.
    Seen,
}

/// A loss of a prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Squared error of the state.
    Squared,
    /// Squared difference of the values of both states (IterVAML, Farahmand 2018).
    Vaml,
    /// `sum_d (g_d e_d)^2`, `g` the gradient of the value at the reference: what VaGraM trains with.
    Vagram,
    /// `(g . e)^2`: VaGraM before its upper bound is taken.
    VagramUnbounded,
}

impl Loss {
    /// All, in the order of [`fields::Fields::losses`].
    pub const ALL: [Self; 4] = [Self::Squared, Self::Vaml, Self::Vagram, Self::VagramUnbounded];

    /// Its place in [`Loss::ALL`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// What predictions are judged by: an observed next state, and what the value function says there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Judge {
    /// The observed next state `s'`.
    pub at: [f64; 2],
    /// `V(s')`.
    pub value: f64,
    /// `dV/ds'` after the numbers of the plane.
    pub slope: [f64; 2],
    /// The same after what is seen.
    pub seen_slope: [f64; 3],
    /// In which numbers errors are measured.
    pub coordinates: Coordinates,
    /// Whether the first number is an angle.
    pub turns: bool,
}

/// An error or a gradient with as many numbers as the coordinates have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Numbers {
    values: [f64; 3],
    len: usize,
}

impl std::ops::Deref for Numbers {
    type Target = [f64];

    #[inline]
    fn deref(&self) -> &[f64] {
        &self.values[..self.len]
    }
}

impl Judge {
    /// Asks `valued` at `at`. Where the first number does not turn, what is seen are the numbers.
    pub fn new(valued: &impl Valued, at: [f64; 2], turns: bool, coordinates: Coordinates) -> Self {
        let coordinates = if turns { coordinates } else { Coordinates::State };
        Self {
            at,
            value: valued.value(at),
            slope: valued.slope(at),
            seen_slope: valued.seen_slope(at),
            coordinates,
            turns,
        }
    }

    /// Whether value and gradient are numbers.
    pub fn is_finite(&self) -> bool {
        self.value.is_finite() && self.gradient().iter().all(|g| g.is_finite())
    }

    /// The gradient of the value in the numbers that errors are measured in.
    #[inline]
    pub fn gradient(&self) -> Numbers {
        let [along, second] = self.slope;
        match self.coordinates {
            Coordinates::State => Numbers { values: [along, second, 0.0], len: 2 },
            Coordinates::Seen => Numbers { values: self.seen_slope, len: 3 },
        }
    }

    /// `e = s^ - s'`.
    #[inline]
    pub fn error(&self, place: [f64; 2]) -> Numbers {
        let second = place[1] - self.at[1];
        match self.coordinates {
            Coordinates::State if self.turns => {
                Numbers { values: [wrap(place[0] - self.at[0]), second, 0.0], len: 2 }
            }
            Coordinates::State => Numbers { values: [place[0] - self.at[0], second, 0.0], len: 2 },
            Coordinates::Seen => {
                let ((sin, cos), (at_sin, at_cos)) = (place[0].sin_cos(), self.at[0].sin_cos());
                Numbers { values: [cos - at_cos, sin - at_sin, second], len: 3 }
            }
        }
    }

    /// How far a prediction is from the reference: the length of its error.
    pub fn distance(&self, place: [f64; 2]) -> f64 {
        losses::squared(&self.error(place)).sqrt()
    }

    /// A loss of the prediction `place`, whose value is `value`.
    #[inline]
    pub fn loss(&self, loss: Loss, place: [f64; 2], value: f64) -> f64 {
        match loss {
            Loss::Squared => losses::squared(&self.error(place)),
            Loss::Vaml => losses::iter_vaml(self.value, value),
            Loss::Vagram => losses::vagram(&self.gradient(), &self.error(place)),
            Loss::VagramUnbounded => losses::vagram_unbounded(&self.gradient(), &self.error(place)),
        }
    }

    /// The derivatives of a loss after the two numbers of the prediction `place`.
    pub fn loss_slope(&self, loss: Loss, place: [f64; 2], valued: &impl Valued) -> [f64; 2] {
        let error = self.error(place);
        let after = match loss {
            Loss::Squared => losses::squared_slope(&error),
            Loss::Vagram => losses::vagram_slope(&self.gradient(), &error),
            Loss::VagramUnbounded => losses::vagram_unbounded_slope(&self.gradient(), &error),
            // The value stands at the prediction itself: no error, whatever the coordinates.
            Loss::Vaml => {
                let (value, slope) = (valued.value(place), valued.slope(place));
                let after = losses::iter_vaml_slope(self.value, value, &slope);
                return [after[0], after[1]];
            }
        };
        match self.coordinates {
            Coordinates::State => [after[0], after[1]],
            Coordinates::Seen => chain(place[0], [after[0], after[1], after[2]]),
        }
    }

    /// The tangent plane of the value at the reference: `V(s') + g . (s - s')` for a place near it.
    pub fn tangent(&self, place: [f64; 2]) -> f64 {
        let [x, y] = [0, 1].map(|d| self.slope[d] * (place[d] - self.at[d]));
        self.value + x + y
    }
}

#[cfg(test)]
mod tests {
    use super::bumps::TwoBumps;
    use super::*;
    use crate::rl::plane::Axis;

    /// Derivatives of `f` by central differences.
    fn measured(at: [f64; 2], f: impl Fn([f64; 2]) -> f64) -> [f64; 2] {
        let step = 1e-6;
        [[step, 0.0], [0.0, step]]
            .map(|[x, y]| (f([at[0] + x, at[1] + y]) - f([at[0] - x, at[1] - y])) / (2.0 * step))
    }

    fn close(found: [f64; 2], known: [f64; 2], within: f64) {
        let apart = (found[0] - known[0]).abs().max((found[1] - known[1]).abs());
        assert!(apart < within, "{found:?} against {known:?}");
    }

    #[test]
    fn losses_and_slopes_agree_with_finite_differences_in_both_coordinates() {
        let (target, place) = ([1.0, 0.5], [-0.7, 1.3]);
        for turns in [false, true] {
            for coordinates in [Coordinates::State, Coordinates::Seen] {
                let judge = Judge::new(&TwoBumps, target, turns, coordinates);
                for loss in Loss::ALL {
                    let of = |at: [f64; 2]| judge.loss(loss, at, TwoBumps.value(at));
                    let slope = judge.loss_slope(loss, place, &TwoBumps);
                    close(measured(place, of), slope, 1e-6);
                }
            }
        }
    }

    #[test]
    fn an_angle_takes_the_shorter_way_round() {
        let judge = Judge::new(&TwoBumps, [3.0, 0.0], true, Coordinates::State);
        let error = judge.error([-3.0, 1.0]);
        assert!((error[0] - (std::f64::consts::TAU - 6.0)).abs() < 1e-12 && error[1] == 1.0);
        let straight = Judge::new(&TwoBumps, [3.0, 0.0], false, Coordinates::Seen);
        assert_eq!(straight.coordinates, Coordinates::State, "no angle: what is seen is the state");
        assert_eq!(&*straight.error([-3.0, 1.0]), [-6.0, 1.0]);
    }

    #[test]
    fn what_is_seen_leads_back_to_the_angle() {
        let at = [0.9, -2.0];
        let known = TwoBumps.slope(at);
        let there_and_back = chain(at[0], TwoBumps.seen_slope(at));
        close(there_and_back, known, 1e-12);
        // A value of what is seen, with a closed form: cos^2 + 3 sin + cos * second.
        let seen = |[x, y]: [f64; 2]| x.cos().powi(2) + 3.0 * x.sin() + x.cos() * y;
        let after = [2.0 * at[0].cos() + at[1], 3.0, at[0].cos()];
        close(measured(at, seen), chain(at[0], after), 1e-6);
    }

    #[test]
    fn a_plane_has_the_slope_of_the_values_it_was_made_of() {
        let ring = Axis { low: -3.0, high: 3.0, points: 60, turns: true };
        let line = Axis { low: -1.0, high: 1.0, points: 21, turns: false };
        let mut plane = Plane::level([ring, line], 0.0);
        let turn = std::f64::consts::TAU / 6.0;
        for index in 0..plane.values.len() {
            let [x, y] = plane.place(index);
            plane.values[index] = (turn * x).sin() + 2.0 * y;
        }
        for at in [[0.0, 0.0], [-3.0, 0.3], [2.95, -1.0], [1.0, 1.0]] {
            close(plane.slope(at), [turn * (turn * at[0]).cos(), 2.0], 0.01);
        }
    }

    #[test]
    fn the_tangent_touches_at_the_reference() {
        let judge = Judge::new(&TwoBumps, [1.0, 0.5], false, Coordinates::State);
        assert_eq!(judge.tangent([1.0, 0.5]), judge.value);
        close(measured([0.2, -0.4], |at| judge.tangent(at)), judge.slope, 1e-6);
    }
}
