//! A model and a value in tables that learn from real steps and make each other consistent in
//! imagination (Farquhar et al. 2021).
//!
//! ```text
//! after every real step s, a, r, s'
//!   V[s] += rate (r + gamma V[s'] - V[s]);  R[s,a] += rate (r - R[s,a])
//!   P[s,a] by likelihood or by value equivalence
//!   from a state visited before: one step down beta * self-consistency loss
//! ```

use crate::base::rng::Stream;
use crate::mdp::{Action, State};
use crate::rl::self_consistency::{
    Blocks, Imagined, Rollout, Sizes, Wiring, likelihood_step, softmax, value_equivalence_step,
};
use crate::rl::td::{q_target, towards};

/// How real steps teach the dynamics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grounding {
    /// By likelihood of what followed.
    Likelihood,
    /// By the value of what followed.
    ValueEquivalence,
    /// Not at all.
    Off,
}

/// Dials.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SelfConsistentConfig {
    /// Discount.
    pub gamma: f64,
    /// Share of the later target in each imagined target.
    pub lambda: f64,
    /// `K`: imagined steps after the first.
    pub depth: usize,
    /// Weight of the imagined loss; 0: nothing is imagined.
    pub beta: f64,
    /// Weight of everything that real steps teach; 0: ungrounded.
    pub grounded: f64,
    /// Step size of values from real steps.
    pub value_rate: f64,
    /// Step size of rewards from real steps.
    pub reward_rate: f64,
    /// Step size of the dynamics from real steps.
    pub model_rate: f64,
    /// Step size of everything in imagination.
    pub imagined_rate: f64,
    /// How real steps teach the dynamics.
    pub grounding: Grounding,
    /// Where imagined gradients flow.
    pub wiring: Wiring,
}

impl Default for SelfConsistentConfig {
    fn default() -> Self {
        Self {
            gamma: 0.9,
            lambda: 0.0,
            depth: 3,
            beta: 1.0,
            grounded: 1.0,
            value_rate: 0.1,
            reward_rate: 0.1,
            model_rate: 1.0,
            imagined_rate: 0.1,
            grounding: Grounding::ValueEquivalence,
            wiring: Wiring::DIRECT,
        }
    }
}

/// What the last imagined update did.
#[derive(Clone, Debug, PartialEq)]
pub struct ImaginedUpdate {
    /// Where it began.
    pub start: State,
    /// Its numbers before the update.
    pub imagined: Imagined,
    /// How far it moved dynamics, reward and value (Euclidean norms, in this order).
    pub moved: [f64; 3],
}

/// The learner.
#[derive(Clone, Debug)]
pub struct SelfConsistent {
    config: SelfConsistentConfig,
    sizes: Sizes,
    blocks: Blocks,
    /// `[S * A]`.
    policy: Vec<f64>,
    /// States left before, in the order first left.
    visited: Vec<State>,
    last: Option<ImaginedUpdate>,
}

impl SelfConsistent {
    /// Knows nothing: all tables 0. `policy` is `[S * A]`.
    pub fn new(config: SelfConsistentConfig, sizes: Sizes, policy: Vec<f64>) -> Self {
        Self::with_blocks(config, sizes, policy, Blocks::zero(sizes))
    }

    /// Begins with these tables.
    pub fn with_blocks(
        config: SelfConsistentConfig,
        sizes: Sizes,
        policy: Vec<f64>,
        blocks: Blocks,
    ) -> Self {
        assert_eq!(policy.len(), sizes.states * sizes.actions, "a probability for every pair");
        Self { config, sizes, blocks, policy, visited: Vec::new(), last: None }
    }

    /// Learns from a real step; `discount` is gamma, or 0 where the task ended.
    pub fn observe(&mut self, at: (State, Action), reward: f64, next: State, discount: f64) {
        let (c, s, s_next) = (self.config, at.0 as usize, next as usize);
        if !self.visited.contains(&at.0) {
            self.visited.push(at.0);
        }
        let pair = s * self.sizes.actions + usize::from(at.1);
        let target = q_target(reward, discount, self.blocks.values[s_next]);
        let value = &mut self.blocks.values[s];
        *value = towards(*value, target, c.grounded * c.value_rate);
        let known = &mut self.blocks.rewards[pair];
        *known = towards(*known, reward, c.grounded * c.reward_rate);
        if discount == 0.0 {
            return;
        }
        let row = pair * self.sizes.states..(pair + 1) * self.sizes.states;
        let logits = &mut self.blocks.logits[row];
        let mut p = logits.to_vec();
        softmax(&mut p);
        let rate = c.grounded * c.model_rate;
        match c.grounding {
            Grounding::Likelihood => likelihood_step(logits, &p, s_next, rate),
            Grounding::ValueEquivalence => {
                value_equivalence_step(logits, &p, &self.blocks.values, s_next, rate);
            }
            Grounding::Off => {}
        }
    }

    /// One imagined update from a state visited before, uniformly; nothing before the first real
    /// step and with `beta = 0`.
    pub fn imagine(&mut self, dice: &mut Stream) {
        let n = self.visited.len() as u32;
        if n > 0 && self.config.beta > 0.0 {
            let start = self.visited[dice.below(n) as usize];
            self.imagine_from(start);
        }
    }

    /// One imagined update from `start`.
    pub fn imagine_from(&mut self, start: State) {
        let mut z = vec![0.0; self.sizes.states];
        z[start as usize] = 1.0;
        let rollout = self.rollout(&z);
        let transitions = self.blocks.transitions(self.sizes);
        let imagined = rollout.imagine(&self.blocks, &transitions);
        let gradient = rollout.gradient(&self.blocks, &transitions, &imagined, self.config.wiring);
        let rate = self.config.beta * self.config.imagined_rate;
        let moved = gradient.norms().map(|norm| rate * norm);
        self.blocks.add(-rate, &gradient);
        self.last = Some(ImaginedUpdate { start, imagined, moved });
    }

    fn rollout<'a>(&'a self, start: &'a [f64]) -> Rollout<'a> {
        Rollout {
            sizes: self.sizes,
            policy: &self.policy,
            start,
            depth: self.config.depth,
            gamma: self.config.gamma,
            lambda: self.config.lambda,
        }
    }

    /// `[S]`: `r + gamma P v - v` of the model itself, under the policy: 0 where model and value
    /// are consistent.
    pub fn residuals(&self) -> Vec<f64> {
        let transitions = self.blocks.transitions(self.sizes);
        let (states, actions) = (self.sizes.states, self.sizes.actions);
        let backed = |pair: usize| {
            let row = &transitions[pair * states..(pair + 1) * states];
            let next: f64 = row.iter().zip(&self.blocks.values).map(|(p, v)| p * v).sum();
            self.policy[pair] * q_target(self.blocks.rewards[pair], self.config.gamma, next)
        };
        let of = |s: usize| (s * actions..(s + 1) * actions).map(backed).sum::<f64>();
        (0..states).map(|s| of(s) - self.blocks.values[s]).collect()
    }

    /// Model and value.
    pub fn blocks(&self) -> &Blocks {
        &self.blocks
    }

    /// What the last imagined update did.
    pub fn last(&self) -> Option<&ImaginedUpdate> {
        self.last.as_ref()
    }

    /// The dials, which may be turned at any time.
    pub fn config_mut(&mut self) -> &mut SelfConsistentConfig {
        &mut self.config
    }

    /// Follows another policy from now on, `[S * A]`.
    pub fn set_policy(&mut self, policy: Vec<f64>) {
        assert_eq!(policy.len(), self.policy.len(), "a probability for every pair");
        self.policy = policy;
    }
}
