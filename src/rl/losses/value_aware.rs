//! Value-aware model learning for models with a spread: the squared difference of expected values
//! (Farahmand et al. 2017; Farahmand 2018).
//!
//! A model without a spread has [`iter_vaml`](super::iter_vaml). Here a model is a whole row of
//! probabilities, or something that can only be drawn from. With draws it matters how often: the
//! square of one draw pays for the model's spread as if it were an error (Voelcker et al. 2025,
//! arXiv 2505.22772), two independent draws do not.

/// `sum_s p(s) V(s)`.
pub fn expected(row: &[f64], values: &[f64]) -> f64 {
    row.iter().zip(values).map(|(p, v)| p * v).sum()
}

/// Full distributions: `(sum_s' (p(s') - p^(s')) V(s'))^2`.
pub fn vaml(real: &[f64], imagined: &[f64], values: &[f64]) -> f64 {
    (expected(real, values) - expected(imagined, values)).powi(2)
}

/// Its derivative after `p^`: `2 ((p^ - p) . V) V(s')`.
pub fn vaml_slope(real: &[f64], imagined: &[f64], values: &[f64]) -> Vec<f64> {
    let off = expected(imagined, values) - expected(real, values);
    values.iter().map(|v| 2.0 * off * v).collect()
}

/// A derivative after probabilities that are a softmax, carried over to its logits:
/// `p_i (g_i - sum_j p_j g_j)`.
pub fn through_softmax(row: &[f64], slope: &[f64]) -> Vec<f64> {
    let mean = expected(row, slope);
    row.iter().zip(slope).map(|(p, g)| p * (g - mean)).collect()
}

/// Two independent draws of one prediction, `a` and `b` what they are worth: `(v - a) (v - b)` with
/// `v` the value really reached. Its mean over the draws is `(v - E V(s^))^2`: unbiased.
pub fn vaml_of_two(real: f64, a: f64, b: f64) -> f64 {
    (real - a) * (real - b)
}

/// Its derivatives after `a` and `b`.
pub fn vaml_of_two_slopes(real: f64, a: f64, b: f64) -> [f64; 2] {
    [b - real, a - real]
}

/// The mean of `n` draws in place of the expectation: `(v - mean V(s^))^2`. Its mean over the draws
/// is too high by the variance of `V(s^)` over `n`, so it pays for a spread that is none of its
/// business: biased, less so the more draws there are.
pub fn vaml_of_mean(real: f64, drawn: &[f64]) -> f64 {
    (real - drawn.iter().sum::<f64>() / drawn.len() as f64).powi(2)
}

/// The worst case over all linear values `V = theta . phi` with `|theta| <= bound`:
/// `bound^2 |E phi(s') - E phi(s^)|^2`.
pub fn vaml_of_linear(bound: f64, real: &[f64], imagined: &[f64]) -> f64 {
    bound * bound * real.iter().zip(imagined).map(|(x, y)| (x - y).powi(2)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::{Stream, StreamName};

    fn row(dice: &mut Stream, n: usize) -> Vec<f64> {
        let all: Vec<f64> = (0..n).map(|_| dice.unit()).collect();
        let sum: f64 = all.iter().sum();
        all.iter().map(|p| p / sum).collect()
    }

    #[test]
    fn full_distributions_have_the_loss_of_a_hand_table() {
        // 0.6 x 1 + 0.4 x 5 = 2.6 against 0.1 x 1 + 0.9 x 5 = 4.6.
        assert!((vaml(&[0.6, 0.4], &[0.1, 0.9], &[1.0, 5.0]) - 4.0).abs() < 1e-12);
        assert_eq!(vaml(&[1.0, 0.0], &[0.0, 1.0], &[3.0, 3.0]), 0.0, "wrong state, equal value");
    }

    #[test]
    fn slopes_are_those_of_finite_differences() {
        let mut dice = Stream::new(3, StreamName::Probe);
        let (real, values) = (row(&mut dice, 5), [0.3, -1.0, 2.0, 0.7, -0.2]);
        let logits: Vec<f64> = (0..5).map(|_| dice.normal()).collect();
        let softmax = |logits: &[f64]| -> Vec<f64> {
            let sum: f64 = logits.iter().map(|x| x.exp()).sum();
            logits.iter().map(|x| x.exp() / sum).collect()
        };
        let imagined = softmax(&logits);
        let ours = through_softmax(&imagined, &vaml_slope(&real, &imagined, &values));
        for d in 0..5 {
            let loss = |by: f64| {
                let mut moved = logits.clone();
                moved[d] += by;
                vaml(&real, &softmax(&moved), &values)
            };
            let measured = (loss(1e-6) - loss(-1e-6)) / 2e-6;
            assert!((measured - ours[d]).abs() < 1e-8, "{measured} against {}", ours[d]);
        }
        let [after_a, after_b] = vaml_of_two_slopes(1.0, 0.4, -0.3);
        let two = |a: f64, b: f64| vaml_of_two(1.0, a, b);
        assert!((after_a - (two(0.4 + 1e-6, -0.3) - two(0.4 - 1e-6, -0.3)) / 2e-6).abs() < 1e-8);
        assert!((after_b - (two(0.4, -0.3 + 1e-6) - two(0.4, -0.3 - 1e-6)) / 2e-6).abs() < 1e-8);
    }

    /// Two draws are right on average, the square of their mean is off by half the variance.
    #[test]
    fn two_draws_are_unbiased_and_their_mean_is_not() {
        let mut dice = Stream::new(11, StreamName::Probe);
        let (row, values) = ([0.5, 0.3, 0.2], [0.0, 2.0, -1.0]);
        let real = 0.9;
        let mean = expected(&row, &values);
        let variance: f64 = row.iter().zip(values).map(|(p, v)| p * (v - mean).powi(2)).sum();
        let truth = (real - mean).powi(2);
        let draws = 200_000;
        let (mut two, mut square, mut of_mean) = (0.0, 0.0, 0.0);
        for _ in 0..draws {
            let [a, b] = [0, 1].map(|_| values[dice.pick(row.into_iter())]);
            two += vaml_of_two(real, a, b);
            square += vaml_of_two(real, a, b).powi(2);
            of_mean += vaml_of_mean(real, &[a, b]);
        }
        let n = f64::from(draws);
        let error = ((square / n - (two / n).powi(2)) / n).sqrt();
        assert!((two / n - truth).abs() < 4.0 * error, "{} against {truth}", two / n);
        let excess = of_mean / n - truth;
        assert!((excess - variance / 2.0).abs() < 8.0 * error, "{excess}, {variance}");
        assert!(excess > 20.0 * error, "the bias is no accident");
    }

    /// No value within the bound does worse than the bound says, and one does as badly.
    #[test]
    fn the_linear_bound_is_reached() {
        let mut dice = Stream::new(5, StreamName::Probe);
        let (real, imagined) = ([0.3, -0.7, 1.1], [0.9, 0.2, 0.8]);
        let bound = vaml_of_linear(2.0, &real, &imagined);
        let off: Vec<f64> = real.iter().zip(imagined).map(|(x, y)| x - y).collect();
        let loss = |theta: &[f64]| expected(theta, &off).powi(2);
        for _ in 0..1000 {
            let theta: Vec<f64> = (0..3).map(|_| dice.normal()).collect();
            let length = theta.iter().map(|x| x * x).sum::<f64>().sqrt();
            let theta: Vec<f64> = theta.iter().map(|x| 2.0 * x / length).collect();
            assert!(loss(&theta) <= bound + 1e-12);
        }
        let length = off.iter().map(|x| x * x).sum::<f64>().sqrt();
        let worst: Vec<f64> = off.iter().map(|x| 2.0 * x / length).collect();
        assert!((loss(&worst) - bound).abs() < 1e-12);
    }
}
