//! Draws that searches need at their roots, from a named stream.

use std::f64::consts::TAU;

use crate::base::rng::Stream;

/// Uniform in `(0, 1]`, so that its logarithm is finite.
fn positive_unit(dice: &mut Stream) -> f64 {
    1.0 - dice.unit()
}

/// Standard Gumbel: `-ln(-ln u)`. The greatest of `logits + Gumbel` is a draw from the softmax of
/// the logits.
pub fn gumbel(dice: &mut Stream) -> f64 {
    let u = positive_unit(dice).min(1.0 - f64::EPSILON);
    -(-u.ln()).ln()
}

/// Standard normal (Box & Muller 1958, one of the pair).
pub fn normal(dice: &mut Stream) -> f64 {
    let radius = (-2.0 * positive_unit(dice).ln()).sqrt();
    radius * (TAU * dice.unit()).cos()
}

/// Gamma with this shape and scale 1 (Marsaglia & Tsang 2000).
fn gamma(shape: f64, dice: &mut Stream) -> f64 {
    if shape < 1.0 {
        let boost = positive_unit(dice).powf(1.0 / shape);
        return gamma(shape + 1.0, dice) * boost;
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = normal(dice);
        let v = (1.0 + c * x).powi(3);
        let accepts = |u: f64| u.ln() < 0.5 * x * x + d - d * v + d * v.ln();
        if v > 0.0 && accepts(positive_unit(dice)) {
            return d * v;
        }
    }
}

/// Dirichlet with equal concentrations `alpha` over the entries of `out` that `legal` allows; the
/// others get 0.
pub fn dirichlet(alpha: f64, legal: impl Fn(usize) -> bool, out: &mut [f64], dice: &mut Stream) {
    for (index, x) in out.iter_mut().enumerate() {
        *x = if legal(index) { gamma(alpha, dice).max(f64::MIN_POSITIVE) } else { 0.0 };
    }
    let sum: f64 = out.iter().sum();
    out.iter_mut().for_each(|x| *x /= sum);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::StreamName;
    use crate::base::stats::mean;

    fn draws(mut one: impl FnMut(&mut Stream) -> f64) -> (f64, f64) {
        let mut dice = Stream::new(4, StreamName::Plan);
        let xs: Vec<f64> = (0..100_000).map(|_| one(&mut dice)).collect();
        let m = mean(&xs).unwrap();
        (m, mean(&xs.iter().map(|x| (x - m).powi(2)).collect::<Vec<_>>()).unwrap())
    }

    #[test]
    fn moments_are_those_of_the_distributions() {
        let near = |(mean, variance): (f64, f64), want: (f64, f64)| {
            assert!((mean - want.0).abs() < 0.02, "{mean} {want:?}");
            assert!((variance - want.1).abs() < 0.05, "{variance} {want:?}");
        };
        near(draws(normal), (0.0, 1.0));
        // Euler's constant and pi^2 / 6.
        near(draws(gumbel), (0.577_216, 1.644_934));
        near(draws(|d| gamma(0.3, d)), (0.3, 0.3));
        near(draws(|d| gamma(2.5, d)), (2.5, 2.5));
    }

    #[test]
    fn dirichlet_adds_up_and_spares_what_is_illegal() {
        let mut row = [0.0; 4];
        // Var = a (A a - a) / ((A a)^2 (A a + 1)) with A = 3, a = 0.3: (2/9) / 1.9.
        let (mean, variance) = draws(|dice| {
            dirichlet(0.3, |a| a != 2, &mut row, dice);
            assert!((row.iter().sum::<f64>() - 1.0).abs() < 1e-12 && row[2] == 0.0);
            row[0]
        });
        assert!((mean - 1.0 / 3.0).abs() < 0.01 && (variance - 2.0 / 9.0 / 1.9).abs() < 0.005);
    }
}
