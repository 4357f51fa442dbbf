//! Dynamic programming on a world that is known.

use super::td::{max_value, q_target};
use crate::mdp::Outcome;

/// Expected update: `sum_s' p (r + gamma V(s'))` over all outcomes of one pair
/// (Sutton & Barto, eq. 4.10 without the maximum). `value(s')` is asked for non-terminal
/// outcomes only.
pub fn expected_target(outcomes: &[Outcome], gamma: f64, value: impl Fn(u32) -> f64) -> f64 {
    let terms = outcomes.iter().map(|o| {
        let next = if o.terminated { 0.0 } else { value(o.next) };
        o.probability * q_target(o.reward, gamma, next)
    });
    terms.sum()
}

/// Optimal action values `[S * A]` by value iteration, until no entry moves by more than
/// `tolerance`, or `None` if `sweeps` were not enough. `outcomes(s, a)` lists the truth.
pub fn value_iteration(
    (states, actions): (usize, usize),
    outcomes: impl Fn(usize, usize) -> Vec<Outcome>,
    gamma: f64,
    tolerance: f64,
    sweeps: usize,
) -> Option<Vec<f64>> {
    let truth: Vec<Vec<Outcome>> =
        (0..states * actions).map(|pair| outcomes(pair / actions, pair % actions)).collect();
    let mut q = vec![0.0; states * actions];
    for _ in 0..sweeps {
        let mut moved = 0.0_f64;
        for (pair, outcomes) in truth.iter().enumerate().filter(|(_, o)| !o.is_empty()) {
            let row = |s: u32| &q[s as usize * actions..][..actions];
            let new = expected_target(outcomes, gamma, |s| max_value(row(s)));
            moved = moved.max((new - q[pair]).abs());
            q[pair] = new;
        }
        if moved <= tolerance {
            return Some(q);
        }
    }
    None
}

/// Values `[S]` of the policy that takes each action of the bit mask `policy[s]` equally often, until
/// no value moves by more than `tolerance`, or `None` if `sweeps` were not enough.
pub fn evaluate(
    (states, actions): (usize, usize),
    outcomes: impl Fn(usize, usize) -> Vec<Outcome>,
    policy: &[u8],
    gamma: f64,
    tolerance: f64,
    sweeps: usize,
) -> Option<Vec<f64>> {
    let taken = |s: usize| (0..actions).filter(move |a| policy[s] & (1 << a) != 0);
    let truth: Vec<Vec<Vec<Outcome>>> =
        (0..states).map(|s| taken(s).map(|a| outcomes(s, a)).collect()).collect();
    let mut value = vec![0.0; states];
    for _ in 0..sweeps {
        let mut moved = 0.0_f64;
        for (state, ways) in truth.iter().enumerate() {
            let of = ways.iter().map(|o| expected_target(o, gamma, |s| value[s as usize]));
            let new = of.sum::<f64>() / ways.len().max(1) as f64;
            moved = moved.max((new - value[state]).abs());
            value[state] = new;
        }
        if moved <= tolerance {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_two_state_chain_by_hand() {
        // s0 --(r 0)--> s1 --(r 1)--> end; the other action stays. gamma = 0.5.
        let outcomes = |s: usize, a: usize| {
            let (next, reward, terminated) = match (s, a) {
                (0, 0) => (1, 0.0, false),
                (1, 0) => (1, 1.0, true),
                (s, _) => (s as u32, 0.0, false),
            };
            vec![Outcome { probability: 1.0, reward, next, terminated }]
        };
        let q = value_iteration((2, 2), outcomes, 0.5, 0.0, 10).unwrap();
        assert_eq!(q, [0.5, 0.25, 1.0, 0.5]);
        assert_eq!(value_iteration((2, 2), outcomes, 0.5, 0.0, 1), None);
        // Always on; and in s1 half on, half stay: v = 1/2 + v/4.
        assert_eq!(evaluate((2, 2), outcomes, &[1, 1], 0.5, 0.0, 10), Some(vec![0.5, 1.0]));
        let half = evaluate((2, 2), outcomes, &[1, 3], 0.5, 1e-12, 100).unwrap();
        assert!((half[1] - 2.0 / 3.0).abs() < 1e-11 && (half[0] - 1.0 / 3.0).abs() < 1e-11);
    }
}
