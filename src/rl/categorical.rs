//! Losses of a row of logits, with their derivatives: what categorical heads and policies learn by.

/// `softmax(logits)` in 64 bits.
pub fn softmax(logits: &[f32]) -> Vec<f64> {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut all: Vec<f64> = logits.iter().map(|&l| f64::from(l - top).exp()).collect();
    let sum: f64 = all.iter().sum();
    all.iter_mut().for_each(|p| *p /= sum);
    all
}

/// Cross-entropy `-sum_i t_i log softmax(y)_i` of targets `t`, and its derivative after the logits,
/// `(sum t) softmax(y) - t`. Targets need not add up to 1: a row of zeros is no lesson at all, and
/// an advantage times a one-hot row is a policy gradient.
pub fn cross_entropy(logits: &[f32], targets: &[f64]) -> (f64, Vec<f64>) {
    let shares = softmax(logits);
    let mass: f64 = targets.iter().sum();
    // No share is quite 0 here, because the logarithm of one that is would hide a certain loss.
    let term = |(t, p): (&f64, &f64)| if *t == 0.0 { 0.0 } else { -t * p.max(1e-300).ln() };
    let loss = targets.iter().zip(&shares).map(term).sum();
    (loss, shares.iter().zip(targets).map(|(p, t)| mass * p - t).collect())
}

/// Entropy `-sum_i p_i log p_i` of `p = softmax(y)`, and its derivative after the logits,
/// `-p (log p + H)`.
pub fn entropy(logits: &[f32]) -> (f64, Vec<f64>) {
    let shares = softmax(logits);
    let log = |p: &f64| p.max(1e-300).ln();
    let entropy: f64 = shares.iter().map(|p| -p * log(p)).sum();
    (entropy, shares.iter().map(|p| -p * (log(p) + entropy)).collect())
}

/// Half the squared error of a single number, and its derivative.
pub fn half_squared(prediction: f64, target: f64) -> (f64, f64) {
    let error = prediction - target;
    (0.5 * error * error, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_and_losses_by_hand() {
        let shares = softmax(&[0.0, 2.0_f32.ln(), 5.0_f32.ln()]);
        for (share, want) in shares.iter().zip([0.125, 0.25, 0.625]) {
            assert!((share - want).abs() < 1e-7, "{shares:?}");
        }
        let (loss, slope) = cross_entropy(&[0.0, 0.0], &[0.25, 0.75]);
        assert!((loss - 2.0_f64.ln()).abs() < 1e-12);
        assert_eq!(slope, [0.25, -0.25]);
        assert_eq!(cross_entropy(&[1.0, -1.0], &[0.0, 0.0]), (0.0, vec![0.0, 0.0]));
        assert_eq!(half_squared(3.0, 1.0), (2.0, 2.0));
        // What is all but impossible costs much, but no infinity.
        assert!(cross_entropy(&[-1e4, 1e4], &[1.0, 0.0]).0.is_finite());
    }

    #[test]
    fn entropy_by_hand_and_its_slope_by_finite_differences() {
        let (even, slope) = entropy(&[0.3, 0.3]);
        assert!((even - 2.0_f64.ln()).abs() < 1e-12, "one bit: {even}");
        assert!(slope.iter().all(|s| s.abs() < 1e-12), "nothing is more even: {slope:?}");
        assert!(entropy(&[200.0, -200.0]).0 < 1e-12, "all but certain");
        let logits = [0.3_f32, -1.2, 0.8];
        let (_, slope) = entropy(&logits);
        for index in 0..3 {
            let moved = |by: f32| {
                let mut logits = logits;
                logits[index] += by;
                (f64::from(logits[index]), entropy(&logits).0)
            };
            let (up, down) = (moved(1e-2), moved(-1e-2));
            let measured = (up.1 - down.1) / (up.0 - down.0);
            assert!((measured - slope[index]).abs() < 1e-4, "{measured} for {}", slope[index]);
        }
    }

    #[test]
    fn slopes_are_those_of_finite_differences() {
        let (logits, targets) = ([0.3_f32, -1.2, 0.8], [0.5, 0.0, -1.1]);
        let (_, slope) = cross_entropy(&logits, &targets);
        for index in 0..3 {
            let moved = |by: f32| {
                let mut logits = logits;
                logits[index] += by;
                (f64::from(logits[index]), cross_entropy(&logits, &targets).0)
            };
            let (up, down) = (moved(1e-2), moved(-1e-2));
            let measured = (up.1 - down.1) / (up.0 - down.0);
            assert!((measured - slope[index]).abs() < 1e-4, "{measured} for {}", slope[index]);
        }
    }
}
