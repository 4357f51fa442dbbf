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
    fn push(&mut self, x: f64, values: &mut [f64]) {
        if let Some(band) = Band::of(values) {
            self.mean.push([x, band.mean]);
            self.low.push([x, band.low]);
            self.high.push([x, band.high]);
        }
    }
}

/// On the clock of episodes: value number `i` of every lane belongs to episode `first + i`.
/// Drawn only where every lane has a value; long curves are sampled at even steps, not smoothed.
pub fn by_episode(first: u64, lanes: &[Vec<f64>], watched: usize) -> Curve {
    let mut curve = Curve::default();
    let common = lanes.iter().map(Vec::len).min().unwrap_or(0);
    let x = |i: usize| (first + i as u64) as f64;
    for i in sampled(common) {
        let mut values: Vec<f64> = lanes.iter().map(|lane| lane[i]).collect();
        curve.push(x(i), &mut values);
    }
    if let Some(lane) = lanes.get(watched) {
        curve.watched = sampled(lane.len()).map(|i| [x(i), lane[i]]).collect();
    }
    curve
}

/// On any other clock: every lane holds its last value until its next episode ends. Drawn on a
/// common grid, only where every lane has a value.
pub fn step_held(lanes: &[Vec<Point>], watched: usize) -> Curve {
    let mut curve = Curve::default();
    if let Some(lane) = lanes.get(watched) {
        curve.watched = sampled(lane.len()).map(|i| lane[i]).collect();
    }
    let first = lanes
        .iter()
        .map(|l| l.first().map_or(f64::INFINITY, |p| p[0]));
    let last = lanes.iter().map(|l| l.last().map_or(0.0, |p| p[0]));
    let (start, end) = (
        first.fold(f64::NEG_INFINITY, f64::max),
        last.fold(f64::INFINITY, f64::min),
    );
    if !(start.is_finite() && end.is_finite() && start <= end) {
        return curve;
    }
    let mut at = vec![0_usize; lanes.len()];
    let mut values = vec![0.0; lanes.len()];
    let steps = MAX_POINTS / 2;
    for i in 0..=steps {
        let x = start + (end - start) * i as f64 / steps as f64;
        for (lane, points) in lanes.iter().enumerate() {
            while points.get(at[lane] + 1).is_some_and(|p| p[0] <= x) {
                at[lane] += 1;
            }
            values[lane] = points[at[lane]][1];
        }
        curve.push(x, &mut values);
        if start == end {
            break;
        }
    }
    curve
}

/// At most about [`MAX_POINTS`] of `0..len`, evenly, the last one always.
fn sampled(len: usize) -> impl Iterator<Item = usize> {
    let stride = len.div_ceil(MAX_POINTS).max(1);
    let last = len.checked_sub(1);
    let evenly = (0..len).step_by(stride);
    evenly.chain(last.filter(move |l| l % stride != 0))
}

/// First x at which the mean is at most `threshold`.
pub fn first_at_most(mean: &[Point], threshold: f64) -> Option<f64> {
    mean.iter().find(|p| p[1] <= threshold).map(|p| p[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_band_only_where_every_lane_has_a_value() {
        let curve = by_episode(1, &[vec![4.0, 2.0, 1.0], vec![8.0, 4.0]], 0);
        assert_eq!(curve.mean, [[1.0, 6.0], [2.0, 3.0]]);
        assert_eq!(curve.watched.len(), 3);
        assert_eq!(first_at_most(&curve.mean, 3.0), Some(2.0));
        assert!(by_episode(1, &[vec![1.0], vec![]], 0).mean.is_empty());
    }

    #[test]
    fn long_curves_are_sampled_and_keep_their_end() {
        let lane: Vec<f64> = (0..10_001).map(f64::from).collect();
        let curve = by_episode(1, &[lane], 0);
        assert!(curve.mean.len() <= MAX_POINTS + 1);
        assert_eq!(curve.mean.last(), Some(&[10_001.0, 10_000.0]));
    }

    #[test]
    fn values_are_held_until_the_next_episode_ends() {
        let a = vec![[10.0, 1.0], [20.0, 2.0], [30.0, 3.0]];
        let b = vec![[15.0, 10.0], [25.0, 20.0]];
        let curve = step_held(&[a, b], 1);
        assert_eq!(
            curve.mean.first(),
            Some(&[15.0, 5.5]),
            "a is 1 until 20, b 10"
        );
        assert_eq!(
            curve.mean.last(),
            Some(&[25.0, 11.0]),
            "a is 2 until 30, b 20"
        );
        assert_eq!(curve.watched, [[15.0, 10.0], [25.0, 20.0]]);
        assert_eq!(step_held(&[vec![], vec![[1.0, 1.0]]], 0), Curve::default());
    }
}
