//! Learning curves: mean and band over lanes, on any clock.

use crate::base::stats::Band;

/// Most points of a drawn curve.
pub const MAX_POINTS: usize = 600;

/// One finished episode as a point: `x` on the chosen clock at its end, `y` the metric.
pub type Point = [f64; 2];

/// A curve over all lanes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    /// Mean over lanes.
    pub mean: Vec<Point>,
    /// 10 % quantile.
    pub low: Vec<Point>,
    /// 90 % quantile.
    pub high: Vec<Point>,
    /// The watched lane alone.
    pub watched: Vec<Point>,
}

impl Curve {
    /// Nothing, where there is no number at any point.
    pub fn measured(self) -> Self {
        match self.mean.iter().chain(&self.watched).any(|[_, y]| y.is_finite()) {
            true => self,
            false => Self::default(),
        }
    }

    pub(super) fn push(&mut self, x: f64, values: &mut [f64]) {
        if let Some(band) = Band::of(values) {
            self.mean.push([x, band.mean]);
            self.low.push([x, band.low]);
            self.high.push([x, band.high]);
        }
    }
}

/// One lane's rows, asked for one by one, so that a long past costs no more than a short one.
pub struct Lane<F> {
    /// How many rows.
    pub len: usize,
    /// Row number `i`, from 0.
    pub at: F,
}

/// On the clock of episodes: row number `i` of every lane belongs to episode `first + i`.
/// Drawn only where every lane has a value; long curves are sampled at even steps, not smoothed.
pub fn by_episode<F: Fn(usize) -> f64>(first: u64, lanes: &[Lane<F>], watched: usize) -> Curve {
    let mut curve = Curve::default();
    let common = lanes.iter().map(|l| l.len).min().unwrap_or(0);
    let x = |i: usize| (first + i as u64) as f64;
    let mut values = Vec::with_capacity(lanes.len());
    for i in sampled(common) {
        values.clear();
        values.extend(lanes.iter().map(|lane| (lane.at)(i)));
        curve.push(x(i), &mut values);
    }
    if let Some(lane) = lanes.get(watched) {
        curve.watched = sampled(lane.len).map(|i| [x(i), (lane.at)(i)]).collect();
    }
    curve
}

/// On a clock that the lanes do not share: row number `i` of all lanes is one point, the mean of
/// the values over the mean of the readings. Lanes that wait for each other at every episode are
/// far apart on all other clocks, and a grid that all of them cover may be empty.
pub fn by_mean_reading<F: Fn(usize) -> Point>(lanes: &[Lane<F>], watched: usize) -> Curve {
    let mut curve = Curve::default();
    if let Some(lane) = lanes.get(watched) {
        curve.watched = sampled(lane.len).map(|i| (lane.at)(i)).collect();
    }
    let common = lanes.iter().map(|l| l.len).min().unwrap_or(0);
    let mut values = Vec::with_capacity(lanes.len());
    for i in sampled(common) {
        values.clear();
        let mut readings = 0.0;
        for [x, y] in lanes.iter().map(|lane| (lane.at)(i)) {
            readings += x;
            values.push(y);
        }
        curve.push(readings / lanes.len() as f64, &mut values);
    }
    curve
}

/// On the clock that all lanes share: every lane holds its last value until its next episode
/// ends. Drawn on a common grid, only where every lane has a value: for a running total, which is
/// 0 before the first row and known at every moment, up to `total_until`.
pub fn step_held<F: Fn(usize) -> Point>(
    lanes: &[Lane<F>],
    watched: usize,
    total_until: Option<f64>,
) -> Curve {
    let mut curve = Curve::default();
    if let Some(lane) = lanes.get(watched) {
        curve.watched = sampled(lane.len).map(|i| (lane.at)(i)).collect();
    }
    let Some((start, end)) = span(lanes.iter().map(ends), total_until) else {
        return curve;
    };
    let mut at = vec![0_usize; lanes.len()];
    let mut values = Vec::with_capacity(lanes.len());
    let steps = MAX_POINTS / 2;
    for i in 0..=steps {
        let x = start + (end - start) * i as f64 / steps as f64;
        values.clear();
        for (lane, from) in lanes.iter().zip(&mut at) {
            values.push(held(lane, from, x));
        }
        curve.push(x, &mut values);
        if start == end {
            break;
        }
    }
    curve
}

/// Readings of the first and the last row, if there is one.
pub(super) fn ends<F: Fn(usize) -> Point>(lane: &Lane<F>) -> Option<(f64, f64)> {
    let last = lane.len.checked_sub(1)?;
    Some(((lane.at)(0)[0], (lane.at)(last)[0]))
}

/// Where all lanes have a value, by the readings of their ends; a running total has one from 0 up
/// to `total_until`.
pub(super) fn span(
    ends: impl Iterator<Item = Option<(f64, f64)>>,
    total_until: Option<f64>,
) -> Option<(f64, f64)> {
    let common = || {
        let join = |a: (f64, f64), b: (f64, f64)| (a.0.max(b.0), a.1.min(b.1));
        let all: Option<Vec<_>> = ends.collect();
        all?.into_iter().reduce(join)
    };
    let (start, end) = total_until.map_or_else(common, |end| Some((0.0, end)))?;
    (start.is_finite() && end.is_finite() && start <= end).then_some((start, end))
}

/// The value a lane holds at `x`, 0 before its first row; `from` remembers the row.
pub(super) fn held<F: Fn(usize) -> Point>(lane: &Lane<F>, from: &mut usize, x: f64) -> f64 {
    *from = last_at_most(lane, *from, x);
    let begun = lane.len > 0 && (lane.at)(*from)[0] <= x;
    if begun { (lane.at)(*from)[1] } else { 0.0 }
}

/// The last row from `from` on whose x is at most `x`; `from` itself if there is none.
fn last_at_most<F: Fn(usize) -> Point>(lane: &Lane<F>, from: usize, x: f64) -> usize {
    let (mut low, mut step) = (from, 1);
    // Growing strides, then halves.
    while low + step < lane.len && (lane.at)(low + step)[0] <= x {
        low += step;
        step *= 2;
    }
    let mut high = lane.len.min(low + step);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        match (lane.at)(middle)[0] <= x {
            true => low = middle,
            false => high = middle,
        }
    }
    low
}

/// At most about [`MAX_POINTS`] of `0..len`, evenly, the last one always.
fn sampled(len: usize) -> impl Iterator<Item = usize> {
    let stride = len.div_ceil(MAX_POINTS).max(1);
    let last = len.checked_sub(1);
    let evenly = (0..len).step_by(stride);
    evenly.chain(last.filter(move |l| l % stride != 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(xs: &[f64]) -> Lane<impl Fn(usize) -> f64> {
        let xs = xs.to_vec();
        Lane { len: xs.len(), at: move |i: usize| xs[i] }
    }

    fn points(xs: &[Point]) -> Lane<impl Fn(usize) -> Point> {
        let xs = xs.to_vec();
        Lane { len: xs.len(), at: move |i: usize| xs[i] }
    }

    #[test]
    fn lanes_far_apart_meet_in_the_mean_reading() {
        // Both lanes have done two episodes; one needed ten times as many updates.
        let rows = [vec![[10.0, 4.0], [20.0, 2.0]], vec![[100.0, 8.0], [200.0, 4.0]]];
        let lanes = rows.each_ref().map(|rows| Lane { len: rows.len(), at: |i: usize| rows[i] });
        let curve = by_mean_reading(&lanes, 0);
        assert_eq!(curve.mean, [[55.0, 6.0], [110.0, 3.0]]);
        assert_eq!(curve.watched, rows[0]);
        assert!(step_held(&lanes, 0, None).mean.is_empty());
    }

    #[test]
    fn a_band_only_where_every_lane_has_a_value() {
        let curve = by_episode(1, &[values(&[4.0, 2.0, 1.0]), values(&[8.0, 4.0])], 0);
        assert_eq!(curve.mean, [[1.0, 6.0], [2.0, 3.0]]);
        assert_eq!(curve.watched.len(), 3);
        assert!(by_episode(1, &[values(&[1.0]), values(&[])], 0).mean.is_empty());
    }

    #[test]
    fn long_curves_are_sampled_and_keep_their_end() {
        let lane: Vec<f64> = (0..10_001).map(f64::from).collect();
        let curve = by_episode(1, &[values(&lane)], 0);
        assert!(curve.mean.len() <= MAX_POINTS + 1);
        assert_eq!(curve.mean.last(), Some(&[10_001.0, 10_000.0]));
    }

    #[test]
    fn values_are_held_until_the_next_episode_ends() {
        let a = points(&[[10.0, 1.0], [20.0, 2.0], [30.0, 3.0]]);
        let b = points(&[[15.0, 10.0], [25.0, 20.0]]);
        let curve = step_held(&[a, b], 1, None);
        assert_eq!(curve.mean.first(), Some(&[15.0, 5.5]), "a is 1 until 20, b 10");
        assert_eq!(curve.mean.last(), Some(&[25.0, 11.0]), "a is 2 until 30, b 20");
        assert_eq!(curve.watched, [[15.0, 10.0], [25.0, 20.0]]);
        assert_eq!(step_held(&[points(&[]), points(&[[1.0, 1.0]])], 0, None), Curve::default());
    }

    #[test]
    fn a_running_total_is_known_before_the_first_row_and_after_the_last() {
        let curve = step_held(&[points(&[]), points(&[[10.0, 4.0]])], 1, Some(40.0));
        assert_eq!(curve.mean.first(), Some(&[0.0, 0.0]));
        assert_eq!(curve.mean.last(), Some(&[40.0, 2.0]));
        assert_eq!(curve.watched, [[10.0, 4.0]]);
    }

    #[test]
    fn searching_ahead_finds_what_walking_finds() {
        let xs: Vec<Point> = (0..1_000).map(|i| [f64::from(i * i % 7 + i * 5), 0.0]).collect();
        let lane = points(&xs);
        for (from, x) in [(0, 0.0), (0, 3.0), (0, 777.0), (10, 51.0), (500, 2_600.0), (3, 1e9)] {
            let walked = (from..xs.len()).take_while(|&i| i == from || xs[i][0] <= x).last();
            assert_eq!(Some(last_at_most(&lane, from, x)), walked, "{from} {x}");
        }
    }
}
