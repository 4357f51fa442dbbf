//! Dynamic programming on a world that is known.

use super::lstd::solve;
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

/// Exact values `[S]` of the policy that takes every action alike: the solution of `v = r + gamma P v`,
/// or `None` if there is no single one, as where an episode without discount never ends. States that
/// are never left are worth 0. `outcomes(s, a)` lists the truth.
pub fn random_policy_values(
    size: (usize, usize),
    outcomes: impl Fn(usize, usize) -> Vec<Outcome>,
    gamma: f64,
) -> Option<Vec<f64>> {
    policy_values(size, outcomes, |_, _| true, gamma)
}

/// The same for the policy that takes those actions alike that `takes(s, a)` names.
pub fn policy_values(
    size: (usize, usize),
    outcomes: impl Fn(usize, usize) -> Vec<Outcome>,
    takes: impl Fn(usize, usize) -> bool,
    gamma: f64,
) -> Option<Vec<f64>> {
    let odds = |state: usize, action: usize| match takes(state, action) {
        true => 1.0 / (0..size.1).filter(|&a| takes(state, a)).count() as f64,
        false => 0.0,
    };
    stochastic_policy_values(size, outcomes, odds, gamma)
}

/// The same for the policy that takes an action with probability `odds(s, a)`.
pub fn stochastic_policy_values(
    (states, actions): (usize, usize),
    outcomes: impl Fn(usize, usize) -> Vec<Outcome>,
    odds: impl Fn(usize, usize) -> f64,
    gamma: f64,
) -> Option<Vec<f64>> {
    let mut matrix = vec![0.0; states * states];
    let mut rewards = vec![0.0; states];
    for state in 0..states {
        matrix[state * states + state] += 1.0;
        for action in 0..actions {
            let odds = odds(state, action);
            for o in outcomes(state, action).iter().filter(|_| odds > 0.0) {
                let share = o.probability * odds;
                rewards[state] += share * o.reward;
                if !o.terminated {
                    matrix[state * states + o.next as usize] -= gamma * share;
                }
            }
        }
    }
    solve(matrix, rewards, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_random_the_walk_is_worth_its_place() {
        // Three states, ends at both sides, +1 at the right one: 1/4, 2/4, 3/4.
        let outcomes = |s: usize, a: usize| match s {
            3.. => Vec::new(),
            s => {
                let to = s as i32 + if a == 0 { -1 } else { 1 };
                let terminated = !(0..3).contains(&to);
                let next = if terminated { 3 } else { to as u32 };
                let reward = f64::from(u8::from(to == 3));
                vec![Outcome { probability: 1.0, reward, next, terminated }]
            }
        };
        let values = random_policy_values((4, 2), outcomes, 1.0).unwrap();
        for (value, want) in values.iter().zip([0.25, 0.5, 0.75, 0.0]) {
            assert!((value - want).abs() < 1e-12, "{values:?}");
        }
        // Two states that lead to each other for ever.
        let circle = |s: usize, _: usize| {
            let next = 1 - s as u32;
            vec![Outcome { probability: 1.0, reward: 1.0, next, terminated: false }]
        };
        assert_eq!(random_policy_values((2, 1), circle, 1.0), None);
        assert_eq!(random_policy_values((2, 1), circle, 0.5), Some(vec![2.0, 2.0]));
    }

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
        let of = |takes: fn(usize, usize) -> bool| policy_values((2, 2), outcomes, takes, 0.5);
        assert_eq!(of(|_, a| a == 0), Some(vec![0.5, 1.0]));
        let half = of(|s, a| s == 1 || a == 0).unwrap();
        assert!((half[1] - 2.0 / 3.0).abs() < 1e-15 && (half[0] - 1.0 / 3.0).abs() < 1e-15);
    }
}
