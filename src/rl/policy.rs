//! Choosing actions from action values.

use super::td::max_value;
use crate::base::rng::Stream;

/// A greatest entry of `q` (`[A]`, not empty), ties broken uniformly. Draws only where there is
/// a tie. Returns 0 if no entry equals the maximum, which happens for not-a-number alone.
#[inline]
pub fn greedy(q: &[f64], dice: &mut Stream) -> usize {
    let best = max_value(q);
    let ties = q.iter().filter(|&&v| v == best).count();
    let chosen = if ties > 1 { dice.below(ties as u32) as usize } else { 0 };
    let mut left = chosen;
    for (action, &value) in q.iter().enumerate() {
        if value == best {
            if left == 0 {
                return action;
            }
            left -= 1;
        }
    }
    0
}

/// With probability `epsilon` any action, otherwise [`greedy`]. The coin is always drawn.
#[inline]
pub fn epsilon_greedy(q: &[f64], epsilon: f64, dice: &mut Stream) -> usize {
    if dice.chance(epsilon) { dice.below(q.len() as u32) as usize } else { greedy(q, dice) }
}

/// Expected action value under [`epsilon_greedy`]: `(1 - epsilon) max + epsilon mean`.
#[inline]
pub fn expected_value(q: &[f64], epsilon: f64) -> f64 {
    let mean = q.iter().sum::<f64>() / q.len() as f64;
    (1.0 - epsilon) * max_value(q) + epsilon * mean
}

/// Probabilities `[A]` of [`epsilon_greedy`]; they add up to 1 for not-a-number too.
pub fn epsilon_greedy_odds(q: &[f64], epsilon: f64) -> Vec<f64> {
    let best = max_value(q);
    let ties = q.iter().filter(|&&v| v == best).count();
    let any = epsilon / q.len() as f64;
    let is_best = |(a, v): (usize, &f64)| if ties == 0 { a == 0 } else { *v == best };
    let share = (1.0 - epsilon) / ties.max(1) as f64;
    let odds = |entry| if is_best(entry) { any + share } else { any };
    q.iter().enumerate().map(odds).collect()
}

/// Probabilities `[A]` in proportion to `visits^(1/T)`; with `T` near 0 all of them are with the most
/// visited, and without any visit all actions are alike.
pub fn by_visits(visits: &[u32], temperature: f64) -> Vec<f64> {
    let most = f64::from(visits.iter().copied().max().unwrap_or(0).max(1));
    let none = visits.iter().all(|&n| n == 0);
    let share = |&n: &u32| if none { 1.0 } else { (f64::from(n) / most).powf(1.0 / temperature) };
    let odds: Vec<f64> = visits.iter().map(share).collect();
    let sum: f64 = odds.iter().sum();
    odds.into_iter().map(|odds| odds / sum).collect()
}

/// Bit mask of all greatest entries of `q`; 0 while every entry is the same, because then the
/// row has no opinion.
pub fn greedy_mask(q: &[f64]) -> u8 {
    let best = max_value(q);
    if q.iter().all(|&v| v == best) {
        return 0;
    }
    let bits = q.iter().enumerate();
    bits.filter(|&(_, &v)| v == best).fold(0, |mask, (action, _)| mask | 1 << action)
}

/// Bit mask of all entries of `q` within `slack` of the greatest.
pub fn nearly_greedy(q: &[f64], slack: f64) -> u8 {
    let best = max_value(q);
    let near = q.iter().enumerate().filter(|(_, v)| best - **v <= slack);
    near.fold(0, |mask, (action, _)| mask | 1 << action)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::StreamName;

    #[test]
    fn visits_become_odds_sharper_when_it_is_cold() {
        assert_eq!(by_visits(&[1, 3, 0], 1.0), [0.25, 0.75, 0.0]);
        for (odds, want) in by_visits(&[1, 3, 0], 0.5).into_iter().zip([0.1, 0.9, 0.0]) {
            assert!((odds - want).abs() < 1e-12, "{odds} for {want}");
        }
        assert_eq!(by_visits(&[1, 3, 3], 1e-3), [0.0, 0.5, 0.5]);
        assert_eq!(by_visits(&[0, 0], 1.0), [0.5, 0.5]);
    }

    #[test]
    fn ties_are_broken_uniformly_and_only_among_the_best() {
        let mut dice = Stream::new(2, StreamName::Explore);
        let mut seen = [0_u32; 4];
        for _ in 0..20_000 {
            seen[greedy(&[1.0, 0.0, 1.0, -1.0], &mut dice)] += 1;
        }
        assert_eq!((seen[1], seen[3]), (0, 0));
        assert!(seen[0].abs_diff(10_000) < 400, "{seen:?}");
    }

    #[test]
    fn epsilon_explores_as_often_as_it_says() {
        let mut dice = Stream::new(3, StreamName::Explore);
        let other = (0..40_000)
            .filter(|_| epsilon_greedy(&[1.0, 0.0, 0.0, 0.0], 0.2, &mut dice) != 0)
            .count();
        // 0.2 * 3/4 of 40 000 = 6 000, standard deviation 71.
        assert!(other.abs_diff(6_000) < 360, "{other}");
    }

    #[test]
    fn the_expected_value_is_that_of_the_policy() {
        // Two best of four, epsilon 0.2: they are taken with 0.45 each, the others with 0.05.
        let want = 0.45 * (3.0 + 3.0) + 0.05 * (1.0 - 2.0);
        assert!((expected_value(&[3.0, 1.0, 3.0, -2.0], 0.2) - want).abs() < 1e-15);
        let odds = epsilon_greedy_odds(&[3.0, 1.0, 3.0, -2.0], 0.2);
        odds.iter().zip([0.45, 0.05, 0.45, 0.05]).for_each(|(p, q)| assert!((p - q).abs() < 1e-15));
        let odds = epsilon_greedy_odds(&[f64::NAN, f64::NAN], 0.2);
        odds.iter().zip([0.9, 0.1]).for_each(|(p, q)| assert!((p - q).abs() < 1e-15, "{odds:?}"));
        assert_eq!(expected_value(&[1.0, 2.0], 0.0), 2.0);
        assert_eq!(expected_value(&[1.0, 2.0], 1.0), 1.5);
    }

    #[test]
    fn a_flat_row_has_no_arrow() {
        assert_eq!(greedy_mask(&[0.0; 4]), 0);
        assert_eq!(greedy_mask(&[0.0, 0.5, 0.5, 0.1]), 0b0110);
        assert_eq!(greedy_mask(&[0.0, -0.5, 0.0, 0.0]), 0b1101);
    }
}
