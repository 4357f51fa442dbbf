//! A model and a value in tables that learn from real steps and make each other consistent in
//! imagination (Farquhar et al. 2021).
//!
//! ```text
//! after every real step s, a, r, s'
//!   V[s] += rate (r + gamma V[s'] - V[s]);  R[s,a] += rate (r - R[s,a])
//!   P[s,a] by likelihood or by value equivalence
//!     (or all three by unrolling the model along the actions really taken)
//!   from a state visited before: one step down beta * self-consistency loss
//! ```

mod grounded;
pub mod history;

use std::collections::VecDeque;

use crate::base::digest::Digest;
use crate::base::rng::Stream;
use crate::mdp::State;
use crate::rl::self_consistency::{Blocks, Imagined, Rollout, Sizes, Wiring, norm, softmax};
use crate::rl::td::q_target;
use grounded::Real;
pub use grounded::{GroundedUpdate, Grounding};

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
    /// Gradients of the loss by dynamics, reward and value (Euclidean norms, in this order).
    pub gradients: [f64; 3],
    /// How far it moved them.
    pub moved: [f64; 3],
}

/// What is trained, in the order of all norms.
const NAMES: [&str; 3] = ["dynamics", "reward", "value"];

/// The learner.
#[derive(Clone, Debug)]
pub struct SelfConsistent {
    config: SelfConsistentConfig,
    sizes: Sizes,
    blocks: Blocks,
    /// `[S * A * S]`: probabilities of the logits.
    transitions: Vec<f64>,
    /// `[S * A]`: as it was set.
    wanted: Vec<f64>,
    /// `[S * A]`: the same with rows of zeros where the task ends.
    policy: Vec<f64>,
    /// `[S]`: the task has ended there, as far as is known.
    ended: Vec<bool>,
    /// States left before, in the order first left.
    visited: Vec<State>,
    /// `[S]`.
    is_visited: Vec<bool>,
    /// Real steps that wait to be unrolled, oldest first.
    recent: VecDeque<Real>,
    last: Option<ImaginedUpdate>,
    last_grounded: Option<GroundedUpdate>,
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
        Self {
            config,
            sizes,
            transitions: blocks.transitions(sizes),
            blocks,
            wanted: policy.clone(),
            policy,
            ended: vec![false; sizes.states],
            visited: Vec::new(),
            is_visited: vec![false; sizes.states],
            recent: VecDeque::new(),
            last: None,
            last_grounded: None,
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
        let z = self.one_hot(start);
        let rollout = self.rollout(&z);
        let imagined = rollout.imagine(&self.blocks, &self.transitions);
        let wiring = self.config.wiring;
        let gradient = rollout.gradient(&self.blocks, &self.transitions, &imagined, wiring);
        let rate = self.config.beta * self.config.imagined_rate;
        let gradients = gradient.norms();
        let moved = gradients.map(|norm| rate * norm);
        self.blocks.add(-rate, &gradient);
        self.refresh_moved(&gradient.logits);
        self.last = Some(ImaginedUpdate { start, imagined, gradients, moved });
    }

    fn one_hot(&self, state: State) -> Vec<f64> {
        let mut z = vec![0.0; self.sizes.states];
        z[state as usize] = 1.0;
        z
    }

    fn rollout<'a>(&'a self, start: &'a [f64]) -> Rollout<'a> {
        Rollout {
            sizes: self.sizes,
            policy: &self.policy,
            taken: &[],
            start,
            depth: self.config.depth,
            gamma: self.config.gamma,
            lambda: self.config.lambda,
        }
    }

    /// Logits to probabilities for one pair.
    fn refresh(&mut self, pair: usize) {
        let row = pair * self.sizes.states..(pair + 1) * self.sizes.states;
        self.transitions[row.clone()].copy_from_slice(&self.blocks.logits[row.clone()]);
        softmax(&mut self.transitions[row]);
    }

    /// The same for all pairs whose logits moved along `gradient`, `[S * A * S]`; one that is not a
    /// number moved them too.
    fn refresh_moved(&mut self, gradient: &[f64]) {
        let rows = gradient.chunks(self.sizes.states);
        let moved = rows.enumerate().filter(|(_, row)| row.iter().any(|g| *g != 0.0));
        moved.for_each(|(pair, _)| self.refresh(pair));
    }

    // ------------------------------------------------------------ answers

    /// What was too large to be a number in the last updates, and what it became. Nothing gets into
    /// a table but through an update, so their norms tell.
    pub fn overflow(&self) -> Option<(String, f64)> {
        let imagined = self.last.as_ref().map(|last| last.gradients);
        let grounded = self.last_grounded.as_ref().map(|last| last.moved);
        let norms =
            imagined.into_iter().chain(grounded).flat_map(|norms| NAMES.into_iter().zip(norms));
        let bad = norms.into_iter().find(|(_, norm)| !norm.is_finite());
        bad.map(|(name, norm)| (format!("the update of the {name}"), norm))
    }

    /// `[A]`: one-step look-ahead `r + gamma P v` in its own model.
    pub fn look_ahead(&self, state: State) -> Vec<f64> {
        let (states, actions) = (self.sizes.states, self.sizes.actions);
        let worth = |(v, ended): (&f64, &bool)| if *ended { 0.0 } else { *v };
        let values: Vec<f64> = self.blocks.values.iter().zip(&self.ended).map(worth).collect();
        let backed = |pair: usize| {
            let row = &self.transitions[pair * states..(pair + 1) * states];
            let next: f64 = row.iter().zip(&values).map(|(p, v)| p * v).sum();
            q_target(self.blocks.rewards[pair], self.config.gamma, next)
        };
        let first = state as usize * actions;
        (first..first + actions).map(backed).collect()
    }

    /// `[S]`: `r + gamma P v - v` of the model itself, under the policy: 0 where model and value
    /// are consistent, and where the task ends.
    pub fn residuals(&self) -> Vec<f64> {
        let of = |s: usize| {
            if self.ended[s] {
                return 0.0;
            }
            let policy = &self.policy[s * self.sizes.actions..][..self.sizes.actions];
            let ahead = self.look_ahead(s as State);
            let target: f64 = policy.iter().zip(ahead).map(|(p, q)| p * q).sum();
            target - self.blocks.values[s]
        };
        (0..self.sizes.states).map(of).collect()
    }

    /// Root mean square of the residuals, over the states where imagination may begin: those left
    /// before, or all of them before the first step.
    pub fn inconsistency(&self) -> f64 {
        let all = self.residuals();
        let seen: Vec<f64> = self.visited.iter().map(|&state| all[state as usize]).collect();
        let seen = if seen.is_empty() { all } else { seen };
        norm(&seen) / (seen.len() as f64).sqrt()
    }

    /// Model and value.
    pub fn blocks(&self) -> &Blocks {
        &self.blocks
    }

    /// Sizes of the tables.
    pub fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// `[S * A * S]`: probabilities of the next state.
    pub fn transitions(&self) -> &[f64] {
        &self.transitions
    }

    /// `[S * A]`: the policy it imagines; rows of zeros where the task ends.
    pub fn policy(&self) -> &[f64] {
        &self.policy
    }

    /// What the last imagined update did.
    pub fn last(&self) -> Option<&ImaginedUpdate> {
        self.last.as_ref()
    }

    /// What the last update from real steps did.
    pub fn last_grounded(&self) -> Option<&GroundedUpdate> {
        self.last_grounded.as_ref()
    }

    /// Whether there is a state to imagine from.
    pub fn has_visited(&self) -> bool {
        !self.visited.is_empty()
    }

    /// The dials.
    pub fn config(&self) -> &SelfConsistentConfig {
        &self.config
    }

    /// The dials, which may be turned at any time.
    pub fn config_mut(&mut self) -> &mut SelfConsistentConfig {
        &mut self.config
    }

    /// Follows another policy from now on, `[S * A]`.
    pub fn set_policy(&mut self, policy: Vec<f64>) {
        assert_eq!(policy.len(), self.policy.len(), "a probability for every pair");
        self.wanted = policy;
        self.mask();
    }

    /// Nothing is done where the task has ended.
    fn mask(&mut self) {
        self.policy.copy_from_slice(&self.wanted);
        let rows = self.policy.chunks_mut(self.sizes.actions).zip(&self.ended);
        rows.filter(|(_, ended)| **ended).for_each(|(row, _)| row.fill(0.0));
    }

    /// Adds all that decides what it does next.
    pub fn digest(&self, digest: &mut Digest) {
        let Blocks { logits, rewards, values } = &self.blocks;
        [logits, rewards, values, &self.wanted].into_iter().for_each(|x| digest.numbers(x));
        self.ended.iter().for_each(|&ended| digest.word(u64::from(ended)));
        self.visited.iter().for_each(|&state| digest.word(u64::from(state)));
        for real in &self.recent {
            digest.word(u64::from(real.state) << 32 | u64::from(real.next));
            digest.word(u64::from(real.action));
            digest.numbers(&[real.reward, real.discount]);
        }
    }

    /// Host memory in bytes.
    pub fn bytes(&self) -> usize {
        let numbers = 2 * self.transitions.len() + 3 * self.policy.len() + self.ended.len();
        size_of::<Self>() + numbers * size_of::<f64>()
    }
}
