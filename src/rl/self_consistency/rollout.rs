//! Rolling a model out, and every gradient through it.

use super::{Blocks, Imagined, Sizes, Wiring, dot, lambda_targets};
use super::{through_softmax, through_targets};
use crate::mdp::Action;

/// What is rolled out: everything but the parameters.
#[derive(Clone, Debug)]
pub struct Rollout<'a> {
    /// Sizes.
    pub sizes: Sizes,
    /// `[S * A]`: policy. A row of zeros: the task has ended there, nothing follows, nothing is
    /// worth anything.
    pub policy: &'a [f64],
    /// `[K + 1]`: actions really taken, in place of the policy; empty: those of the policy.
    pub taken: &'a [Action],
    /// `[S]`: where it begins; adds up to 1.
    pub start: &'a [f64],
    /// `K`: the loss has `K + 1` terms.
    pub depth: usize,
    /// Discount.
    pub gamma: f64,
    /// Share of the later target in each target.
    pub lambda: f64,
}

impl Rollout<'_> {
    /// Probability of `pair` in its state at step `k`.
    fn chance(&self, k: usize, pair: usize) -> f64 {
        match self.taken.get(k) {
            None => self.policy[pair],
            Some(&a) if usize::from(a) == pair % self.sizes.actions => 1.0,
            Some(_) => 0.0,
        }
    }

    /// `z_k` and the actions of step `k` together: `[S * A]`.
    fn pairs(&self, k: usize, z: &[f64]) -> Vec<f64> {
        let actions = self.sizes.actions;
        (0..self.policy.len()).map(|pair| z[pair / actions] * self.chance(k, pair)).collect()
    }

    /// What comes to states where the task has ended is dropped.
    fn drop_ended(&self, of_states: &mut [f64]) {
        let rows = self.policy.chunks(self.sizes.actions);
        let ended = of_states.iter_mut().zip(rows).filter(|(_, row)| row.iter().all(|p| *p == 0.0));
        ended.for_each(|(x, _)| *x = 0.0);
    }

    /// Rolls the model out; `transitions` are those of `blocks`.
    pub fn imagine(&self, blocks: &Blocks, transitions: &[f64]) -> Imagined {
        let mut states = vec![self.start.to_vec()];
        let mut rewards = Vec::new();
        for k in 0..=self.depth {
            let pairs = self.pairs(k, &states[k]);
            rewards.push(dot(&pairs, &blocks.rewards));
            let mut next = vec![0.0; self.sizes.states];
            for (weight, row) in pairs.iter().zip(transitions.chunks(self.sizes.states)) {
                if *weight != 0.0 {
                    next.iter_mut().zip(row).for_each(|(x, p)| *x += weight * p);
                }
            }
            self.drop_ended(&mut next);
            states.push(next);
        }
        let values: Vec<f64> = states.iter().map(|z| dot(z, &blocks.values)).collect();
        let targets = lambda_targets(&rewards, &values, self.gamma, self.lambda);
        Imagined { states, rewards, values, targets }
    }

    /// The same against real experience: `targets`, `[K + 1]`, in place of the model's own.
    pub fn unroll(&self, blocks: &Blocks, transitions: &[f64], targets: Vec<f64>) -> Imagined {
        Imagined { targets, ..self.imagine(blocks, transitions) }
    }

    /// Gradient of the loss with respect to what `wiring` trains; exactly 0 elsewhere.
    pub fn gradient(
        &self,
        blocks: &Blocks,
        transitions: &[f64],
        imagined: &Imagined,
        wiring: Wiring,
    ) -> Blocks {
        let by_outputs = self.by_outputs(imagined, wiring);
        self.backwards(blocks, transitions, &imagined.states, by_outputs, wiring)
    }

    /// Gradient of `1/2 sum_k (y_k - v_k)^2 + (r_k - rewards[k])^2` with the targets of `unrolled`
    /// and the rewards really paid, `[K + 1]`, with respect to everything.
    pub fn grounded_gradient(
        &self,
        blocks: &Blocks,
        transitions: &[f64],
        unrolled: &Imagined,
        rewards: &[f64],
    ) -> Blocks {
        let mut by_value: Vec<f64> =
            unrolled.values.iter().zip(&unrolled.targets).map(|(v, y)| v - y).collect();
        by_value.push(0.0);
        let by_reward = unrolled.rewards.iter().zip(rewards).map(|(r, paid)| r - paid).collect();
        let by_outputs = (by_value, by_reward);
        self.backwards(blocks, transitions, &unrolled.states, by_outputs, Wiring::RESIDUAL)
    }

    /// From the gradient by values and rewards, `[K + 2]` and `[K + 1]`, to that by the blocks.
    fn backwards(
        &self,
        blocks: &Blocks,
        transitions: &[f64],
        states: &[Vec<f64>],
        (by_value, by_reward): (Vec<f64>, Vec<f64>),
        wiring: Wiring,
    ) -> Blocks {
        let mut gradient = Blocks::zero(self.sizes);
        if wiring.trains_value {
            for (g, z) in by_value.iter().zip(states) {
                gradient.values.iter_mut().zip(z).for_each(|(x, z)| *x += g * z);
            }
        }
        if wiring.trains_reward {
            for (k, (g, z)) in by_reward.iter().zip(states).enumerate() {
                gradient.rewards.iter_mut().zip(self.pairs(k, z)).for_each(|(x, z)| *x += g * z);
            }
        }
        if wiring.trains_dynamics && wiring.state {
            gradient.logits =
                self.through_states(blocks, transitions, states, (&by_value, &by_reward));
        }
        gradient
    }

    /// Gradient by `v_k`, `[K + 2]`, and by `r_k`, `[K + 1]`, where the wiring lets it through.
    fn by_outputs(&self, imagined: &Imagined, wiring: Wiring) -> (Vec<f64>, Vec<f64>) {
        let pairs = imagined.targets.iter().zip(&imagined.values);
        let errors: Vec<f64> = pairs.map(|(target, value)| target - value).collect();
        let (mut by_value, by_reward) = through_targets(&errors, self.gamma, self.lambda, wiring);
        if wiring.prediction {
            by_value.iter_mut().zip(&errors).for_each(|(g, error)| *g -= error);
        }
        (by_value, by_reward)
    }

    /// Gradient by the logits, `[S * A * S]`, backwards through the imagined states.
    fn through_states(
        &self,
        blocks: &Blocks,
        transitions: &[f64],
        imagined: &[Vec<f64>],
        (by_value, by_reward): (&[f64], &[f64]),
    ) -> Vec<f64> {
        let (states, actions) = (self.sizes.states, self.sizes.actions);
        let mut by_transition = vec![0.0; transitions.len()];
        let scaled = |g: f64| blocks.values.iter().map(|v| g * v).collect::<Vec<f64>>();
        let mut by_next = scaled(by_value[self.depth + 1]);
        self.drop_ended(&mut by_next);
        for k in (0..=self.depth).rev() {
            let mut by_state = scaled(by_value[k]);
            let pairs = self.pairs(k, &imagined[k]);
            for (pair, weight) in pairs.iter().enumerate() {
                let row = pair * states..(pair + 1) * states;
                let through = dot(&transitions[row.clone()], &by_next);
                let reward = by_reward[k] * blocks.rewards[pair];
                by_state[pair / actions] += self.chance(k, pair) * (reward + through);
                if *weight == 0.0 {
                    continue;
                }
                let target = &mut by_transition[row];
                target.iter_mut().zip(&by_next).for_each(|(x, g)| *x += weight * g);
            }
            self.drop_ended(&mut by_state);
            by_next = by_state;
        }
        for (g, p) in by_transition.chunks_mut(states).zip(transitions.chunks(states)) {
            through_softmax(p, g);
        }
        by_transition
    }
}
