//! Losses at every point of a window of the plane.

use super::{Judge, Loss, Valued};

/// A part of the plane, with as many points along both numbers; the ends are points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// From and to, of both numbers.
    pub ranges: [(f64, f64); 2],
    /// Points along each, at least 2.
    pub points: usize,
}

impl Window {
    /// Point `index` along number `of`.
    pub fn along(&self, of: usize, index: usize) -> f64 {
        let (low, high) = self.ranges[of];
        low + (high - low) * index as f64 / (self.points - 1) as f64
    }

    /// Distance of two points along number `of`.
    pub fn pitch(&self, of: usize) -> f64 {
        let (low, high) = self.ranges[of];
        (high - low) / (self.points - 1) as f64
    }

    /// How many points there are.
    pub fn len(&self) -> usize {
        self.points * self.points
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.points == 0
    }

    /// The place of point `index`: the first number runs fastest.
    pub fn place(&self, index: usize) -> [f64; 2] {
        [self.along(0, index % self.points), self.along(1, index / self.points)]
    }

    /// All places, in that order.
    pub fn places(&self) -> impl Iterator<Item = [f64; 2]> + '_ {
        (0..self.len()).map(|index| self.place(index))
    }

    /// Whether a place lies within.
    pub fn holds(&self, place: [f64; 2]) -> bool {
        let inside = |d: usize| (self.ranges[d].0..=self.ranges[d].1).contains(&place[d]);
        inside(0) && inside(1)
    }

    /// The value at every point.
    pub fn values(&self, valued: &impl Valued) -> Vec<f64> {
        self.places().map(|place| valued.value(place)).collect()
    }
}

/// Four losses at every point of a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Fields {
    /// Where.
    pub window: Window,
    /// In the order of [`Loss::ALL`], each `[points * points]` as [`Window::place`] counts.
    pub losses: [Vec<f64>; 4],
}

impl Fields {
    /// What `judge` says of every point; `values` are the values there.
    pub fn of(judge: &Judge, window: Window, values: &[f64]) -> Self {
        let mut losses = [(); 4].map(|()| Vec::with_capacity(window.len()));
        for (place, &value) in window.places().zip(values) {
            for loss in Loss::ALL {
                losses[loss.index()].push(judge.loss(loss, place, value));
            }
        }
        Self { window, losses }
    }

    /// One of them.
    pub fn loss(&self, loss: Loss) -> &[f64] {
        &self.losses[loss.index()]
    }
}

/// The value below which a share of the numbers lies; what is no number is left out, and `None` if
/// nothing is left.
pub fn quantile(numbers: &[f64], share: f64) -> Option<f64> {
    let mut sound: Vec<f64> = numbers.iter().copied().filter(|x| x.is_finite()).collect();
    if sound.is_empty() {
        return None;
    }
    let at = ((sound.len() - 1) as f64 * share).round() as usize;
    Some(*sound.select_nth_unstable_by(at, f64::total_cmp).1)
}

#[cfg(test)]
mod tests {
    use super::super::bumps::TwoBumps;
    use super::super::{Coordinates, Judge};
    use super::*;

    const WINDOW: Window = Window { ranges: [TwoBumps::RANGE; 2], points: 41 };

    #[test]
    fn a_window_counts_the_first_number_fastest_and_has_its_ends() {
        assert_eq!(WINDOW.place(0), [-2.0, -2.0]);
        assert_eq!(WINDOW.place(40), [2.0, -2.0]);
        assert_eq!(WINDOW.place(WINDOW.len() - 1), [2.0, 2.0]);
        assert!(WINDOW.holds([2.0, -2.0]) && !WINDOW.holds([0.0, 2.1]));
    }

    #[test]
    fn every_point_bears_its_loss_and_bounded_is_never_under_half_of_unbounded() {
        let judge = Judge::new(&TwoBumps, TwoBumps::TARGET, false, Coordinates::State);
        let fields = Fields::of(&judge, WINDOW, &WINDOW.values(&TwoBumps));
        // (0, 0) is the point in the middle: the table of the two bumps.
        let middle = WINDOW.len() / 2;
        for (loss, known) in Loss::ALL.into_iter().zip([1.2500, 0.1627, 0.2034, 0.3947]) {
            assert!((fields.loss(loss)[middle] - known).abs() < 1e-4, "{loss:?}");
        }
        let pairs = fields.loss(Loss::Vagram).iter().zip(fields.loss(Loss::VagramUnbounded));
        for (bounded, unbounded) in pairs {
            assert!(bounded + 1e-12 >= unbounded / 2.0, "{bounded} under {unbounded} / 2");
        }
    }

    #[test]
    fn quantiles_leave_out_what_is_no_number() {
        assert_eq!(quantile(&[4.0, f64::NAN, 1.0, 3.0, f64::INFINITY, 2.0, 0.0], 0.5), Some(2.0));
        assert_eq!(quantile(&[f64::NAN], 0.5), None);
    }
}
