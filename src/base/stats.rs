//! Mean, quantiles and running summaries.

/// Mean of `xs`; `None` when empty.
pub fn mean(xs: &[f64]) -> Option<f64> {
    (!xs.is_empty()).then(|| xs.iter().sum::<f64>() / xs.len() as f64)
}

/// Mean squared distance from the mean; `None` if there are no numbers.
pub fn variance(xs: &[f64]) -> Option<f64> {
    let middle = mean(xs)?;
    Some(xs.iter().map(|x| (x - middle).powi(2)).sum::<f64>() / xs.len() as f64)
}

/// Quantile `p` in `[0, 1]` of **sorted** `xs`, linear between neighbours (type 7, the
/// convention of NumPy and R). `None` when empty.
pub fn quantile_sorted(xs: &[f64], p: f64) -> Option<f64> {
    let last = xs.len().checked_sub(1)?;
    let at = p.clamp(0.0, 1.0) * last as f64;
    let low = at.floor() as usize;
    let high = (low + 1).min(last);
    Some(xs[low] + (xs[high] - xs[low]) * (at - low as f64))
}

/// Correlation of each point with the next one, over all coordinates together:
/// `sum (x_t - m)(x_t+1 - m) / sum (x_t - m)^2`. `None` for fewer than 3 points or if all are one.
pub fn autocorrelation(points: &[[f64; 2]]) -> Option<f64> {
    let n = points.len() as f64;
    let sum = points.iter().fold([0.0, 0.0], |s, p| [s[0] + p[0], s[1] + p[1]]);
    let off = |p: &[f64; 2]| [p[0] - sum[0] / n, p[1] - sum[1] / n];
    let dot = |a: [f64; 2], b: [f64; 2]| a[0] * b[0] + a[1] * b[1];
    let spread: f64 = points.iter().map(|p| dot(off(p), off(p))).sum();
    let pairs = points.windows(2).map(|pair| dot(off(&pair[0]), off(&pair[1])));
    (points.len() >= 3 && spread > 0.0).then(|| pairs.sum::<f64>() / spread)
}

/// Mean and 10 to 90 % band of one group of values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    /// Arithmetic mean.
    pub mean: f64,
    /// 10 % quantile.
    pub low: f64,
    /// 90 % quantile.
    pub high: f64,
}

impl Band {
    /// The band of `xs`, which is sorted in place. `None` when empty.
    pub fn of(xs: &mut [f64]) -> Option<Self> {
        let mean = mean(xs)?;
        xs.sort_unstable_by(f64::total_cmp);
        Some(Self { mean, low: quantile_sorted(xs, 0.1)?, high: quantile_sorted(xs, 0.9)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_up_and_down_is_the_opposite_of_what_came_before() {
        let points = [1.0, -1.0, 1.0, -1.0].map(|x| [x, 5.0]);
        assert_eq!(
            autocorrelation(&points),
            Some(-0.75),
            "three pairs of -1 over four squares of 1"
        );
        let line = [0.0, 1.0, 2.0, 3.0].map(|x| [x, x]);
        // By hand: deviations -1.5, -0.5, 0.5, 1.5: (0.75 - 0.25 + 0.75) / 5.
        assert!((autocorrelation(&line).unwrap() - 0.25).abs() < 1e-12);
        assert_eq!(autocorrelation(&[[1.0, 1.0]; 9]), None);
    }

    #[test]
    fn quantiles_follow_numpy() {
        // numpy.quantile([1, 2, 3, 4], [0.1, 0.5, 0.9]) = [1.3, 2.5, 3.7]
        let xs = [1.0, 2.0, 3.0, 4.0];
        for (p, want) in [(0.0, 1.0), (0.1, 1.3), (0.5, 2.5), (0.9, 3.7), (1.0, 4.0)] {
            assert!((quantile_sorted(&xs, p).unwrap() - want).abs() < 1e-12);
        }
        assert_eq!(quantile_sorted(&[], 0.5), None);
    }

    #[test]
    fn a_band_sorts_and_averages() {
        let band = Band::of(&mut [3.0, 1.0, 2.0]).unwrap();
        assert_eq!(band.mean, 2.0);
        assert!((band.low - 1.2).abs() < 1e-12 && (band.high - 2.8).abs() < 1e-12);
    }
}
