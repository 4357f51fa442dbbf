//! One-step targets and updates.
//!
//! Notation: `discount` is gamma, or 0 where the task ends, so that no equation needs a flag.

/// Greatest of the action values of one state, `[A]`. Minus infinity when empty.
#[inline]
pub fn max_value(q: &[f64]) -> f64 {
    match *q {
        // Four moves are the common case; a tree of comparisons beats a chain.
        [a, b, c, d] => larger(larger(a, b), larger(c, d)),
        _ => q.iter().copied().fold(f64::NEG_INFINITY, larger),
    }
}

/// One instruction, where [`f64::max`] needs several to leave out what is not a number; runs stop
/// at the first such value anyway.
#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

/// Q-learning target `r + discount * max_a Q(s', a)` (Watkins 1989).
#[inline]
pub fn q_target(reward: f64, discount: f64, next_value: f64) -> f64 {
    reward + discount * next_value
}

/// Moves `old` towards `target` by step size `alpha`.
#[inline]
pub fn towards(old: f64, target: f64, alpha: f64) -> f64 {
    old + alpha * (target - old)
}

/// Bonus of Dyna-Q+ for a pair not tried for `tau` real steps: `kappa * sqrt(tau)`.
#[inline]
pub fn curiosity(kappa: f64, tau: u64) -> f64 {
    kappa * (tau as f64).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hand_table() {
        assert_eq!(max_value(&[1.0, 4.0, 2.0, 3.0]), 4.0);
        assert_eq!(max_value(&[-2.0, -1.0]), -1.0);
        assert_eq!(max_value(&[-1.0, -3.0, -0.5, -2.0]), -0.5);
        // r = 1, gamma = 0.9, V(s') = 2: target 2.8; Q 0.8, alpha 0.25: 1.3
        let target = q_target(1.0, 0.9, 2.0);
        assert!((target - 2.8).abs() < 1e-15);
        assert!((towards(0.8, target, 0.25) - 1.3).abs() < 1e-15);
        assert_eq!(q_target(1.0, 0.0, 123.0), 1.0, "nothing follows the end");
    }

    #[test]
    fn curiosity_grows_with_the_root_of_the_time() {
        assert_eq!([0, 1, 4, 100].map(|tau| curiosity(0.5, tau)), [0.0, 0.5, 1.0, 5.0]);
    }

    #[test]
    fn a_full_step_lands_on_the_target() {
        assert_eq!(towards(5.0, 3.0, 1.0), 3.0);
        assert_eq!(towards(5.0, 3.0, 0.0), 5.0);
    }
}
