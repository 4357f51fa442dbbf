//! Gaussian likelihood of the next state, with a spread for every dimension (Nix & Weigend 1994;
//! bounds after Chua et al. 2018, arXiv 1805.12114).

/// What the pull of the bounds towards each other weighs.
pub const PULL: f64 = 0.01;

/// `ln(1 + e^x)`.
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// `1 / (1 + e^-x)`: the derivative of [`softplus`].
pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// A log-variance that cannot leave `[low, high]` by more than a hair, however far `raw` goes:
/// `l = high - softplus(high - raw)`, then `low + softplus(l - low)`.
pub fn bounded(raw: f64, low: f64, high: f64) -> f64 {
    low + softplus(high - softplus(high - raw) - low)
}

/// Its derivatives after `raw`, `low` and `high`.
pub fn bounded_slopes(raw: f64, low: f64, high: f64) -> [f64; 3] {
    let above = sigmoid(high - raw);
    let below = sigmoid(high - softplus(high - raw) - low);
    [below * above, 1.0 - below, below * (1.0 - above)]
}

/// Twice the negative log-likelihood of an error, up to a constant:
/// `sum_d (e_d^2 exp(-l_d) + l_d)` with `l` the log-variances.
pub fn likelihood(error: &[f64], log_variance: &[f64]) -> f64 {
    error.iter().zip(log_variance).map(|(e, l)| e * e * (-l).exp() + l).sum()
}

/// Its derivatives: after the prediction `2 e_d exp(-l_d)`, after the log-variance
/// `1 - e_d^2 exp(-l_d)`.
pub fn likelihood_slopes(error: &[f64], log_variance: &[f64]) -> (Vec<f64>, Vec<f64>) {
    let pairs = || error.iter().zip(log_variance);
    (
        pairs().map(|(e, l)| 2.0 * e * (-l).exp()).collect(),
        pairs().map(|(e, l)| 1.0 - e * e * (-l).exp()).collect(),
    )
}

/// What learned bounds pay for being apart: `0.01 (sum high - sum low)`.
pub fn bounds_term(low: &[f64], high: &[f64]) -> f64 {
    PULL * (high.iter().sum::<f64>() - low.iter().sum::<f64>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slope(of: impl Fn(f64) -> f64, at: f64) -> f64 {
        (of(at + 1e-6) - of(at - 1e-6)) / 2e-6
    }

    #[test]
    fn the_log_variance_stays_within_its_bounds() {
        for raw in [-1e6, -30.0, -3.0, 0.0, 0.4, 7.0, 1e6] {
            let l = bounded(raw, -10.0, 0.5);
            assert!((-10.0..=0.5 + 1e-4).contains(&l), "{raw} became {l}");
        }
        assert!((bounded(-3.0, -10.0, 5.0) + 3.0).abs() < 2e-3, "far from both it is untouched");
        assert_eq!(softplus(800.0), 800.0, "no overflow");
    }

    #[test]
    fn slopes_are_those_of_finite_differences() {
        for raw in [-12.0, -2.0, 0.3, 3.0] {
            let ours = bounded_slopes(raw, -4.0, 0.5);
            let theirs = [
                slope(|x| bounded(x, -4.0, 0.5), raw),
                slope(|x| bounded(raw, x, 0.5), -4.0),
                slope(|x| bounded(raw, -4.0, x), 0.5),
            ];
            for (ours, theirs) in ours.iter().zip(theirs) {
                assert!((ours - theirs).abs() < 1e-7, "{raw}: {ours} against {theirs}");
            }
        }
        let (error, spread) = ([0.7, -1.2], [-0.5, 0.3]);
        let (mean, logs) = likelihood_slopes(&error, &spread);
        for d in 0..2 {
            let of_error = |x: f64| {
                let mut moved = error;
                moved[d] = x;
                likelihood(&moved, &spread)
            };
            let of_spread = |x: f64| {
                let mut moved = spread;
                moved[d] = x;
                likelihood(&error, &moved)
            };
            assert!((mean[d] - slope(of_error, error[d])).abs() < 1e-7);
            assert!((logs[d] - slope(of_spread, spread[d])).abs() < 1e-7);
        }
    }

    #[test]
    fn the_best_variance_is_the_squared_error() {
        let error = [0.3];
        let best = 2.0 * 0.3_f64.ln();
        let of = |l: f64| likelihood(&error, &[l]);
        assert!(of(best) < of(best - 0.1) && of(best) < of(best + 0.1));
        assert!((bounds_term(&[-10.0, -10.0], &[0.5, 0.5]) - 0.21).abs() < 1e-12);
    }
}
