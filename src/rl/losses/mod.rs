//! What a model's prediction of the next state is judged by: the losses of one prediction.
//!
//! A prediction `s^` of the next state `s'` is wrong by `e = s^ - s'`. The mean squared error asks
//! for the state; value-aware losses ask for what the value function `V` makes of it. All are
//! written for one transition, as a sum over its dimensions `[d]`, in the units of the state (and
//! of the value, where the value counts), with the derivative after the prediction beside them.
//!
//! Models with a spread, what is added to a loss, and what is done with value gradients have files
//! of their own.

pub mod cache;
pub mod clip;
pub mod likelihood;
pub mod value_aware;
pub mod whole;

/// Squared error of the state: `sum_d e_d^2`.
pub fn squared(error: &[f64]) -> f64 {
    error.iter().map(|e| e * e).sum()
}

/// Its derivative: `2 e_d`.
pub fn squared_slope(error: &[f64]) -> Vec<f64> {
    error.iter().map(|e| 2.0 * e).collect()
}

/// Iterated value-aware model learning for a prediction without a spread: `(V(s') - V(s^))^2`
/// (Farahmand 2018).
pub fn iter_vaml(real: f64, imagined: f64) -> f64 {
    (real - imagined).powi(2)
}

/// Its derivative, with `slope = grad V(s^)` at the prediction: `2 (V(s^) - V(s')) grad V(s^)`.
pub fn iter_vaml_slope(real: f64, imagined: f64, slope: &[f64]) -> Vec<f64> {
    slope.iter().map(|g| 2.0 * (imagined - real) * g).collect()
}

/// Value-gradient weighted loss, unbounded form: `(sum_d g_d e_d)^2` with `g = grad V(s')` at the
/// observed next state (Voelcker et al. 2022).
pub fn vagram_unbounded(slope: &[f64], error: &[f64]) -> f64 {
    along(slope, error).powi(2)
}

/// Its derivative: `2 (g . e) g_d`.
pub fn vagram_unbounded_slope(slope: &[f64], error: &[f64]) -> Vec<f64> {
    let along = along(slope, error);
    slope.iter().map(|g| 2.0 * along * g).collect()
}

/// Value-gradient weighted loss, bounded form: `sum_d (g_d e_d)^2` with `g = grad V(s')` at the
/// observed next state. By Cauchy and Schwarz it is never below the unbounded form divided by the
/// number of dimensions (Voelcker et al. 2022).
pub fn vagram(slope: &[f64], error: &[f64]) -> f64 {
    slope.iter().zip(error).map(|(g, e)| (g * e).powi(2)).sum()
}

/// Its derivative: `2 g_d^2 e_d`.
pub fn vagram_slope(slope: &[f64], error: &[f64]) -> Vec<f64> {
    slope.iter().zip(error).map(|(g, e)| 2.0 * g * g * e).collect()
}

fn along(slope: &[f64], error: &[f64]) -> f64 {
    slope.iter().zip(error).map(|(g, e)| g * e).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value([x, y]: [f64; 2]) -> f64 {
        x.sin() * y.sin()
    }

    fn slope([x, y]: [f64; 2]) -> [f64; 2] {
        [x.cos() * y.sin(), x.sin() * y.cos()]
    }

    /// The two bumps `sin x sin y` around (1, 1/2), computed by an independent program: mean squared
    /// error over the two dimensions, bounded, unbounded, value-aware.
    #[test]
    fn two_bumps_have_the_losses_known_for_them() {
        let target = [1.0, 0.5];
        let known = [([0.0, 0.0], [0.6250, 0.2034, 0.3947, 0.1627])];
        let blind = [([-1.0, -0.5], [2.5000, 0.8137, 1.5789, 0.0])];
        for (at, losses) in known.into_iter().chain(blind) {
            let error = [at[0] - target[0], at[1] - target[1]];
            let g = slope(target);
            let found = [
                squared(&error) / 2.0,
                vagram(&g, &error),
                vagram_unbounded(&g, &error),
                iter_vaml(value(target), value(at)),
            ];
            for (found, known) in found.iter().zip(losses) {
                assert!((found - known).abs() < 1e-4, "{found} against {known} at {at:?}");
            }
        }
    }

    /// Cauchy and Schwarz, for any number of dimensions: the bounded form is never below the
    /// unbounded one over the number of dimensions, and equal where all `g_d e_d` are.
    #[test]
    fn the_bounded_form_bounds_the_unbounded_one() {
        use crate::base::rng::{Stream, StreamName};
        let mut dice = Stream::new(2, StreamName::Probe);
        for round in 0..20_000 {
            let dim = 1 + round % 12;
            let [g, e]: [Vec<f64>; 2] =
                std::array::from_fn(|_| (0..dim).map(|_| 10.0 * dice.normal()).collect());
            let (bounded, unbounded) = (vagram(&g, &e), vagram_unbounded(&g, &e));
            assert!(unbounded <= dim as f64 * bounded * (1.0 + 1e-12), "{g:?} {e:?}");
        }
        let (g, e) = ([2.0, -0.5, 1.0], [1.0, -4.0, 2.0]);
        assert!((vagram_unbounded(&g, &e) - 3.0 * vagram(&g, &e)).abs() < 1e-12);
    }

    /// The unbounded form is 0 along a line through the observation, at right angles to the
    /// gradient; the bounded one is 0 nowhere else than there.
    #[test]
    fn the_unbounded_form_has_a_valley() {
        let g = [0.3, -1.2];
        for far in [-50.0, -1.0, 2.0, 1e4] {
            let along = [1.2 * far, 0.3 * far];
            assert!(vagram_unbounded(&g, &along) < 1e-18 * far * far);
            assert!(vagram(&g, &along) > 0.2 * far * far);
        }
    }

    #[test]
    fn slopes_are_those_of_finite_differences() {
        let (target, at) = ([1.0, 0.5], [-0.3, 1.2]);
        let g = slope(target);
        let error = |at: [f64; 2]| [at[0] - target[0], at[1] - target[1]];
        let (real, e) = (value(target), error(at));
        type Loss<'a> = Box<dyn Fn([f64; 2]) -> f64 + 'a>;
        let cases: [(Loss, Vec<f64>); 4] = [
            (Box::new(|at| squared(&error(at))), squared_slope(&e)),
            (Box::new(|at| vagram(&g, &error(at))), vagram_slope(&g, &e)),
            (Box::new(|at| vagram_unbounded(&g, &error(at))), vagram_unbounded_slope(&g, &e)),
            (
                Box::new(|at| iter_vaml(real, value(at))),
                iter_vaml_slope(real, value(at), &slope(at)),
            ),
        ];
        for (loss, slope) in &cases {
            for d in 0..2 {
                let step = 1e-6;
                let (mut up, mut down) = (at, at);
                up[d] += step;
                down[d] -= step;
                let measured = (loss(up) - loss(down)) / (2.0 * step);
                assert!((measured - slope[d]).abs() < 1e-6, "{measured} against {}", slope[d]);
            }
        }
    }
}
