//! What real steps teach.

use crate::mdp::{Action, State};
use crate::rl::self_consistency::{
    Imagined, Rollout, likelihood_step, norm, value_equivalence_step,
};
use crate::rl::td::{q_target, towards};

use super::SelfConsistent;

crate::choice! {
    /// How real steps teach the model.
    pub enum Grounding {
        /// The dynamics by likelihood of what followed.
        Likelihood = "likelihood", "likelihood";
        /// The dynamics by the value of what followed.
        ValueEquivalence = "value-equivalence", "value";
        /// Value, reward and dynamics together, by unrolling the model along the actions really taken (MuZero).
        Unroll = "unroll", "unroll";
        /// The dynamics not at all.
        Off = "off", "off";
    }
}

/// A real step that waits to be unrolled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Real {
    pub state: State,
    pub action: Action,
    pub reward: f64,
    pub next: State,
    /// Gamma, or 0 where the task ended.
    pub discount: f64,
}

/// What the last update from real steps did.
#[derive(Clone, Debug, PartialEq)]
pub struct GroundedUpdate {
    /// Where it began.
    pub start: State,
    /// Actions really taken.
    pub actions: Vec<Action>,
    /// Rewards really paid.
    pub paid: Vec<f64>,
    /// States that really followed.
    pub came: Vec<State>,
    /// What the model predicts along these actions, against targets of real experience.
    pub unrolled: Imagined,
    /// Losses of dynamics, reward and value, before their weight.
    pub parts: [f64; 3],
    /// How far it moved them (Euclidean norms).
    pub moved: [f64; 3],
}

impl SelfConsistent {
    /// Learns from a real step, after which the task has ended or goes on.
    pub fn observe(&mut self, at: (State, Action), reward: f64, next: State, ends: bool) {
        self.notice(at.0, next, ends);
        let discount = if ends { 0.0 } else { self.config.gamma };
        let real = Real { state: at.0, action: at.1, reward, next, discount };
        match self.config.grounding {
            Grounding::Unroll => self.wait(real),
            _ => self.learn_from(real),
        }
        if ends {
            self.close();
        }
    }

    /// No more steps follow in this episode: whatever waits is unrolled as far as it goes.
    pub fn close(&mut self) {
        while !self.recent.is_empty() {
            self.unroll_oldest();
        }
    }

    /// Which states are left, and which end the task.
    fn notice(&mut self, state: State, next: State, ends: bool) {
        if !std::mem::replace(&mut self.is_visited[state as usize], true) {
            self.visited.push(state);
        }
        let left = std::mem::replace(&mut self.ended[state as usize], false);
        let changed = std::mem::replace(&mut self.ended[next as usize], ends) != ends;
        if left || changed {
            self.mask();
        }
    }

    fn wait(&mut self, real: Real) {
        self.recent.push_back(real);
        while self.recent.len() > self.config.depth {
            self.unroll_oldest();
        }
    }

    /// What a state is worth, 0 where the task has ended.
    fn worth(&self, state: State) -> f64 {
        if self.ended[state as usize] { 0.0 } else { self.blocks.values[state as usize] }
    }

    /// TD(0), the reward, and the row of the dynamics.
    fn learn_from(&mut self, real: Real) {
        let c = self.config;
        let (s, n) = (real.state as usize, self.sizes.states);
        let pair = s * self.sizes.actions + usize::from(real.action);
        let row = pair * n..(pair + 1) * n;
        let p = self.transitions[row.clone()].to_vec();
        let target = q_target(real.reward, real.discount, self.worth(real.next));
        let before = (self.blocks.values[s], self.blocks.rewards[pair]);
        self.blocks.values[s] = towards(before.0, target, c.grounded * c.value_rate);
        self.blocks.rewards[pair] = towards(before.1, real.reward, c.grounded * c.reward_rate);
        let values: Vec<f64> = (0..n as State).map(|state| self.worth(state)).collect();
        let expected: f64 = p.iter().zip(&values).map(|(p, v)| p * v).sum();
        let logits = &mut self.blocks.logits[row];
        let old = logits.to_vec();
        let (rate, next) = (c.grounded * c.model_rate, real.next as usize);
        let learned = match c.grounding {
            Grounding::Likelihood => {
                likelihood_step(logits, &p, next, rate);
                -p[next].max(f64::MIN_POSITIVE).ln()
            }
            Grounding::ValueEquivalence => {
                value_equivalence_step(logits, &p, &values, next, rate);
                0.5 * (expected - values[next]).powi(2)
            }
            Grounding::Unroll | Grounding::Off => 0.0,
        };
        let moved: Vec<f64> = logits.iter().zip(&old).map(|(new, old)| new - old).collect();
        self.refresh(pair);
        let half = |error: f64| 0.5 * error * error;
        self.last_grounded = Some(GroundedUpdate {
            start: real.state,
            actions: vec![real.action],
            paid: vec![real.reward],
            came: vec![real.next],
            unrolled: Imagined {
                states: vec![self.one_hot(real.state), p],
                rewards: vec![before.1],
                values: vec![before.0, expected],
                targets: vec![target],
            },
            parts: [learned, half(real.reward - before.1), half(target - before.0)],
            moved: [
                norm(&moved),
                (self.blocks.rewards[pair] - before.1).abs(),
                (self.blocks.values[s] - before.0).abs(),
            ],
        });
    }

    /// MuZero's loss from the oldest step that waits, at most `K` steps on.
    fn unroll_oldest(&mut self) {
        let steps: Vec<Real> = self.recent.iter().take(self.config.depth + 1).copied().collect();
        self.recent.pop_front();
        let Some(first) = steps.first() else { return };
        let c = self.config;
        let actions: Vec<Action> = steps.iter().map(|step| step.action).collect();
        let paid: Vec<f64> = steps.iter().map(|step| step.reward).collect();
        let mut targets = vec![0.0; steps.len()];
        for k in (0..steps.len()).rev() {
            let worth = self.worth(steps[k].next);
            let later = match targets.get(k + 1) {
                Some(&y) => (1.0 - c.lambda) * worth + c.lambda * y,
                None => worth,
            };
            targets[k] = q_target(paid[k], steps[k].discount, later);
        }
        let start = self.one_hot(first.state);
        let depth = steps.len() - 1;
        let rollout = Rollout { taken: &actions, depth, ..self.rollout(&start) };
        let unrolled = rollout.unroll(&self.blocks, &self.transitions, targets);
        let gradient = rollout.grounded_gradient(&self.blocks, &self.transitions, &unrolled, &paid);
        let rates = [c.model_rate, c.reward_rate, c.value_rate].map(|rate| c.grounded * rate);
        let norms = gradient.norms();
        let blocks = [
            (&mut self.blocks.logits, &gradient.logits),
            (&mut self.blocks.rewards, &gradient.rewards),
            (&mut self.blocks.values, &gradient.values),
        ];
        for ((own, gradient), rate) in blocks.into_iter().zip(rates) {
            own.iter_mut().zip(gradient).for_each(|(x, g)| *x -= rate * g);
        }
        self.refresh_moved(&gradient.logits);
        let off = |(r, paid): (&f64, &f64)| 0.5 * (paid - r).powi(2);
        self.last_grounded = Some(GroundedUpdate {
            start: first.state,
            parts: [0.0, unrolled.rewards.iter().zip(&paid).map(off).sum(), unrolled.loss()],
            moved: [rates[0] * norms[0], rates[1] * norms[1], rates[2] * norms[2]],
            came: steps.iter().map(|step| step.next).collect(),
            actions,
            paid,
            unrolled,
        });
    }
}
