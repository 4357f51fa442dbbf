//! Random reward processes and decision processes (Garnet), as plain matrices.

use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::mdp::State;
use imaginarium::rl::self_consistency::Sizes;
use imaginarium::search::noise::{dirichlet, normal};

/// A Garnet: every pair leads to `branching` states, half of the states pay.
pub struct Garnet {
    pub sizes: Sizes,
    /// `[S * A * S]`.
    pub transitions: Vec<f64>,
    /// `[S]`: mean reward on leaving a state.
    pub rewards: Vec<f64>,
}

impl Garnet {
    pub fn new(sizes: Sizes, branching: usize, seed: u64) -> Self {
        let mut dice = Stream::new(seed, StreamName::Init);
        let states = sizes.states;
        let mut transitions = Vec::new();
        for _ in 0..states * sizes.actions {
            let chosen = sample(states, branching, &mut dice);
            let mut row = vec![0.0; states];
            dirichlet(1.0, |s| chosen.contains(&s), &mut row, &mut dice);
            transitions.extend(row);
        }
        let paying = sample(states, states / 2, &mut dice);
        let mut reward = |s| if paying.contains(&s) { normal(&mut dice) } else { 0.0 };
        let rewards = (0..states).map(&mut reward).collect();
        Self { sizes, transitions, rewards }
    }

    /// Reward with noise of deviation 0.1, and next state.
    pub fn step(&self, state: State, action: usize, dice: &mut Stream) -> (f64, State) {
        let n = self.sizes.states;
        let pair = state as usize * self.sizes.actions + action;
        let row = &self.transitions[pair * n..(pair + 1) * n];
        let mut left = dice.unit();
        let mut next = n - 1;
        for (s, p) in row.iter().enumerate().filter(|(_, p)| **p > 0.0) {
            next = s;
            if left < *p {
                break;
            }
            left -= p;
        }
        (self.rewards[state as usize] + 0.1 * normal(dice), next as State)
    }

    /// True values of `policy`, `[S * A]`.
    pub fn values(&self, policy: &[f64], gamma: f64) -> Vec<f64> {
        let (n, actions) = (self.sizes.states, self.sizes.actions);
        let mut v = vec![0.0; n];
        for _ in 0..2_000 {
            let back = |s: usize| {
                let next = |a: usize| {
                    let row = &self.transitions[(s * actions + a) * n..][..n];
                    policy[s * actions + a] * row.iter().zip(&v).map(|(p, v)| p * v).sum::<f64>()
                };
                self.rewards[s] + gamma * (0..actions).map(next).sum::<f64>()
            };
            v = (0..n).map(back).collect();
        }
        v
    }
}

/// `count` distinct numbers below `n`.
fn sample(n: usize, count: usize, dice: &mut Stream) -> Vec<usize> {
    let mut all: Vec<usize> = (0..n).collect();
    for i in 0..count {
        let j = i + dice.below((n - i) as u32) as usize;
        all.swap(i, j);
    }
    all.truncate(count);
    all
}
