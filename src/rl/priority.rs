//! Prioritised replay (Schaul et al. 2016): what surprised is drawn more often, and counts less.

/// Added to every error, so that nothing is forgotten for good.
const LEAST: f64 = 1e-3;

/// How often something with this error should be drawn, `(|error| + 0.001)^alpha`; with `alpha = 0`
/// all alike.
pub fn priority(error: f64, alpha: f64) -> f64 {
    (error.abs() + LEAST).powf(alpha)
}

/// How much each draw counts, `[B]`: `1 / (N P)` over the greatest of them, where `P` is the
/// chance with which it was drawn from `N`.
pub fn importance(chances: &[f64], among: usize) -> Vec<f64> {
    let raw = || chances.iter().map(|chance| 1.0 / (among as f64 * chance));
    let most = raw().fold(0.0, f64::max);
    raw().map(|weight| weight / most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn priorities_and_weights_by_hand() {
        assert!((priority(-0.249, 0.5) - 0.5).abs() < 1e-12);
        assert_eq!([priority(3.0, 0.0), priority(0.0, 0.0)], [1.0, 1.0]);
        assert!(priority(0.0, 1.0) > 0.0);
        // 1/(4 P): 1, 0.5, 2; over the greatest.
        assert_eq!(importance(&[0.25, 0.5, 0.125], 4), [0.5, 0.25, 1.0]);
        assert_eq!(importance(&[0.01; 3], 100), [1.0; 3], "drawn alike, counted alike");
    }
}
