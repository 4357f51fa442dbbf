//! Expected against sample updates (Sutton & Barto, section 8.5).
//!
//! One expected update of a pair with `b` equally likely next states costs as much as `b` sample
//! updates and leaves no error where the next values are right. Sample updates are cheap, and each
//! leaves some.

use super::td::towards;
use crate::base::rng::Stream;

/// Root mean square error of one action value after `0` to `updates` sample updates with step size
/// `1 / t`, over `tasks` pairs: `[updates + 1]`.
///
/// Each task has `b` next states with right, standard normal values; the first estimate is wrong
/// by 1.
pub fn sample_update_errors(b: usize, updates: usize, tasks: usize, dice: &mut Stream) -> Vec<f64> {
    let mut squares = vec![0.0; updates + 1];
    for _ in 0..tasks {
        let values: Vec<f64> = (0..b).map(|_| dice.normal()).collect();
        let truth = values.iter().sum::<f64>() / b as f64;
        let mut estimate = truth + 1.0;
        for (t, square) in squares.iter_mut().enumerate() {
            if t > 0 {
                let sample = values[dice.below(b as u32) as usize];
                estimate = towards(estimate, sample, 1.0 / t as f64);
            }
            *square += (estimate - truth) * (estimate - truth);
        }
    }
    squares.into_iter().map(|sum| (sum / tasks as f64).sqrt()).collect()
}

/// What theory says of the error after `t` sample updates: `sqrt((b - 1) / (b t))`.
pub fn sample_update_error(b: usize, t: usize) -> f64 {
    ((b as f64 - 1.0) / (b as f64 * t as f64)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::StreamName;

    #[test]
    fn the_error_falls_as_theory_says() {
        const TASKS: usize = 4000;
        for b in [2, 10, 100] {
            let mut dice = Stream::new(b as u64, StreamName::Probe);
            let found = sample_update_errors(b, 2 * b, TASKS, &mut dice);
            assert!(found.len() == 2 * b + 1 && (found[0] - 1.0).abs() < 1e-12);
            for t in [1, 2, b / 2, b, 2 * b] {
                let want = sample_update_error(b, t);
                // The mean square of TASKS errors has at most about this relative deviation.
                let slack = 5.0 * (3.0 / TASKS as f64).sqrt();
                let ratio = (found[t] / want).powi(2);
                assert!((ratio - 1.0).abs() < slack, "b {b}, t {t}: {} for {want}", found[t]);
            }
        }
    }

    #[test]
    fn many_next_states_favour_samples() {
        // For the price of half an expected update, which has done nothing by then.
        let halfway = |b: usize| sample_update_error(b, b / 2);
        assert!(halfway(2) > 0.7 && halfway(10) < 0.5 && halfway(1000) < 0.05);
        assert_eq!(sample_update_error(1, 1), 0.0, "with one next state nothing is uncertain");
    }
}
