//! Two futures of one past: what one run has more than its twin, seed by seed.
//!
//! Differences are taken lane by lane before any mean: twins share their dice, so what both have
//! in common cancels, and the band is that of the difference, not the sum of two bands.

use super::curves::{Curve, Lane, MAX_POINTS, Point, by_episode, ends, held, span};

/// Run minus twin at the same episode; row `i` of every lane belongs to episode `first + i`.
pub fn minus_by_episode<F, G>(first: u64, pairs: &[(Lane<F>, Lane<G>)], watched: usize) -> Curve
where
    F: Fn(usize) -> f64,
    G: Fn(usize) -> f64,
{
    let minus = pairs.iter().map(|(run, twin)| {
        let len = run.len.min(twin.len);
        Lane { len, at: |i: usize| (run.at)(i) - (twin.at)(i) }
    });
    by_episode(first, &minus.collect::<Vec<_>>(), watched)
}

/// Run minus twin at the same reading of any other clock: each holds its last value until its
/// next episode ends. Drawn where every lane of both has a value; for running totals from 0 up to
/// `total_until`.
pub fn minus_step_held<F, G>(pairs: &[(Lane<F>, Lane<G>)], total_until: Option<f64>) -> Curve
where
    F: Fn(usize) -> Point,
    G: Fn(usize) -> Point,
{
    let mut curve = Curve::default();
    let (run, twin) = (pairs.iter().map(|p| ends(&p.0)), pairs.iter().map(|p| ends(&p.1)));
    let Some((start, end)) = span(run.chain(twin), total_until) else {
        return curve;
    };
    let mut at = vec![(0_usize, 0_usize); pairs.len()];
    let mut values = Vec::with_capacity(pairs.len());
    let steps = MAX_POINTS / 2;
    for i in 0..=steps {
        let x = start + (end - start) * i as f64 / steps as f64;
        values.clear();
        for ((run, twin), from) in pairs.iter().zip(&mut at) {
            values.push(held(run, &mut from.0, x) - held(twin, &mut from.1, x));
        }
        curve.push(x, &mut values);
        if start == end {
            break;
        }
    }
    curve
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
    fn differences_are_paired_before_they_are_averaged() {
        // Seeds are far apart, twins are not: unpaired bands would hide a gain of exactly 1.
        let pairs = [
            (values(&[10.0, 11.0, 12.0]), values(&[10.0, 10.0])),
            (values(&[99.0, 100.0]), values(&[99.0, 99.0, 99.0])),
        ];
        let curve = minus_by_episode(1, &pairs, 1);
        assert_eq!(curve.mean, [[1.0, 0.0], [2.0, 1.0]]);
        assert_eq!((curve.low[1], curve.high[1]), ([2.0, 1.0], [2.0, 1.0]));
        assert_eq!(curve.watched, [[1.0, 0.0], [2.0, 1.0]]);
    }

    #[test]
    fn a_long_past_costs_no_more_than_a_short_one() {
        let reads = std::cell::Cell::new(0);
        let at = |i: usize| {
            reads.set(reads.get() + 1);
            i as f64
        };
        let pairs = [(Lane { len: 100_000, at }, Lane { len: 90_000, at: |_| 1.0 })];
        let curve = minus_by_episode(1, &pairs, 0);
        assert_eq!(curve.mean.last(), Some(&[90_000.0, 89_998.0]));
        assert!(reads.get() <= 3 * MAX_POINTS, "{} rows were read", reads.get());
    }

    #[test]
    fn totals_are_compared_at_the_same_reading() {
        let run = points(&[[10.0, 1.0], [20.0, 2.0], [30.0, 3.0]]);
        let twin = points(&[[10.0, 1.0], [40.0, 2.0]]);
        let curve = minus_step_held(&[(run, twin)], Some(40.0));
        let at = |x: f64| curve.mean.iter().rfind(|p| p[0] <= x).unwrap()[1];
        assert_eq!([at(5.0), at(12.0), at(25.0), at(35.0), at(40.0)], [0.0, 0.0, 1.0, 2.0, 1.0]);
    }

    #[test]
    fn without_totals_only_where_both_have_rows() {
        let run = points(&[[10.0, 5.0], [30.0, 3.0]]);
        let twin = points(&[[20.0, 4.0], [50.0, 4.0]]);
        let curve = minus_step_held(&[(run, twin)], None);
        assert_eq!(curve.mean.first(), Some(&[20.0, 1.0]));
        assert_eq!(curve.mean.last(), Some(&[30.0, -1.0]));
        let none = minus_step_held(&[(points(&[]), points(&[[1.0, 1.0]]))], None);
        assert_eq!(none, Curve::default());
    }
}
