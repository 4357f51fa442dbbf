//! Self-consistency of a model and a value (Farquhar et al. 2021), in tables, with every gradient.
//!
//! From a distribution `z_0` over states the model is rolled out under a policy:
//! `r_k = z_k . R`, `v_k = z_k . V`, `z_{k+1} = z_k P`, and the loss is
//! `1/2 sum_{k=0..K} (y_k - v_k)^2` with
//! `y_k = r_k + gamma ((1 - lambda) v_{k+1} + lambda y_{k+1})`, `y_K = r_K + gamma v_{K+1}`.
//! What the loss trains depends on where gradients stop: [`Wiring`].

/// Sizes of all tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Number of states `S`.
    pub states: usize,
    /// Number of actions `A`; 1 for a reward process.
    pub actions: usize,
}

/// A model and a value, or a gradient with respect to them.
#[derive(Clone, Debug, PartialEq)]
pub struct Blocks {
    /// `[S * A * S]`: logits of the next state.
    pub logits: Vec<f64>,
    /// `[S * A]`: rewards.
    pub rewards: Vec<f64>,
    /// `[S]`: values.
    pub values: Vec<f64>,
}

impl Blocks {
    /// All zero: every next state alike, no reward, no value.
    pub fn zero(sizes: Sizes) -> Self {
        let pairs = sizes.states * sizes.actions;
        Self {
            logits: vec![0.0; pairs * sizes.states],
            rewards: vec![0.0; pairs],
            values: vec![0.0; sizes.states],
        }
    }

    /// Adds `factor` times `other`.
    pub fn add(&mut self, factor: f64, other: &Self) {
        let pairs = [
            (&mut self.logits, &other.logits),
            (&mut self.rewards, &other.rewards),
            (&mut self.values, &other.values),
        ];
        for (own, other) in pairs {
            own.iter_mut().zip(other).for_each(|(x, y)| *x += factor * y);
        }
    }

    /// Euclidean norms of dynamics, reward and value, in this order.
    pub fn norms(&self) -> [f64; 3] {
        let norm = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>().sqrt();
        [norm(&self.logits), norm(&self.rewards), norm(&self.values)]
    }

    /// `[S * A * S]`: probabilities of the next state.
    pub fn transitions(&self, sizes: Sizes) -> Vec<f64> {
        let mut p = self.logits.clone();
        p.chunks_mut(sizes.states).for_each(softmax);
        p
    }
}

/// Where gradients flow, and what they train. The arrows of figure 1 of the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wiring {
    /// Into the value `v_k` that is compared with its target.
    pub prediction: bool,
    /// Into the reward within the target.
    pub target_reward: bool,
    /// Into the value within the target.
    pub target_value: bool,
    /// Through the imagined states, back into the dynamics.
    pub state: bool,
    /// The value is trained.
    pub trains_value: bool,
    /// The reward is trained.
    pub trains_reward: bool,
    /// The dynamics are trained.
    pub trains_dynamics: bool,
}

impl Wiring {
    /// Everything flows, everything is trained: the residual gradient (Baird 1995).
    pub const RESIDUAL: Self = Self {
        prediction: true,
        target_reward: true,
        target_value: true,
        state: true,
        trains_value: true,
        trains_reward: true,
        trains_dynamics: true,
    };
    /// Targets are stopped: the past moves towards the future, value and model together.
    pub const DIRECT: Self = Self { target_reward: false, target_value: false, ..Self::RESIDUAL };
    /// Predictions are stopped: the future moves towards the past.
    pub const REVERSE: Self = Self { prediction: false, ..Self::RESIDUAL };
    /// As direct, for the value alone.
    pub const DYNA: Self =
        Self { state: false, trains_reward: false, trains_dynamics: false, ..Self::DIRECT };
}

/// What is rolled out: everything but the parameters.
#[derive(Clone, Debug)]
pub struct Rollout<'a> {
    /// Sizes.
    pub sizes: Sizes,
    /// `[S * A]`: policy.
    pub policy: &'a [f64],
    /// `[S]`: where it begins; adds up to 1.
    pub start: &'a [f64],
    /// `K`: the loss has `K + 1` terms.
    pub depth: usize,
    /// Discount.
    pub gamma: f64,
    /// Share of the later target in each target.
    pub lambda: f64,
}

/// The numbers of one imagined rollout.
#[derive(Clone, Debug, PartialEq)]
pub struct Imagined {
    /// `[K + 2][S]`: distributions over states.
    pub states: Vec<Vec<f64>>,
    /// `[K + 1]`: rewards.
    pub rewards: Vec<f64>,
    /// `[K + 2]`: values.
    pub values: Vec<f64>,
    /// `[K + 1]`: targets.
    pub targets: Vec<f64>,
}

impl Imagined {
    /// `[K + 1]`: `1/2 (y_k - v_k)^2`.
    pub fn terms(&self) -> Vec<f64> {
        self.targets.iter().zip(&self.values).map(|(y, v)| 0.5 * (y - v).powi(2)).collect()
    }

    /// The trained scalar.
    pub fn loss(&self) -> f64 {
        self.terms().iter().sum()
    }
}

/// Logits to probabilities, in place.
pub fn softmax(row: &mut [f64]) {
    let top = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    row.iter_mut().for_each(|x| *x = (*x - top).exp());
    let sum: f64 = row.iter().sum();
    row.iter_mut().for_each(|x| *x /= sum);
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

impl Rollout<'_> {
    /// `z_k` and the policy together: `[S * A]`.
    fn pairs(&self, z: &[f64]) -> Vec<f64> {
        let actions = self.sizes.actions;
        self.policy.iter().enumerate().map(|(pair, p)| z[pair / actions] * p).collect()
    }

    /// Rolls the model out; `transitions` are those of `blocks`.
    pub fn imagine(&self, blocks: &Blocks, transitions: &[f64]) -> Imagined {
        let mut states = vec![self.start.to_vec()];
        let mut rewards = Vec::new();
        for k in 0..=self.depth {
            let pairs = self.pairs(&states[k]);
            rewards.push(dot(&pairs, &blocks.rewards));
            let mut next = vec![0.0; self.sizes.states];
            for (weight, row) in pairs.iter().zip(transitions.chunks(self.sizes.states)) {
                if *weight != 0.0 {
                    next.iter_mut().zip(row).for_each(|(x, p)| *x += weight * p);
                }
            }
            states.push(next);
        }
        let values: Vec<f64> = states.iter().map(|z| dot(z, &blocks.values)).collect();
        let mut targets = vec![0.0; self.depth + 1];
        for k in (0..=self.depth).rev() {
            let later = match targets.get(k + 1) {
                Some(&y) => (1.0 - self.lambda) * values[k + 1] + self.lambda * y,
                None => values[k + 1],
            };
            targets[k] = rewards[k] + self.gamma * later;
        }
        Imagined { states, rewards, values, targets }
    }

    /// Gradient of the loss with respect to what `wiring` trains; exactly 0 elsewhere.
    pub fn gradient(
        &self,
        blocks: &Blocks,
        transitions: &[f64],
        imagined: &Imagined,
        wiring: Wiring,
    ) -> Blocks {
        let (by_value, by_reward) = self.by_outputs(imagined, wiring);
        let mut gradient = Blocks::zero(self.sizes);
        if wiring.trains_value {
            for (g, z) in by_value.iter().zip(&imagined.states) {
                gradient.values.iter_mut().zip(z).for_each(|(x, z)| *x += g * z);
            }
        }
        if wiring.trains_reward {
            for (g, z) in by_reward.iter().zip(&imagined.states) {
                gradient.rewards.iter_mut().zip(self.pairs(z)).for_each(|(x, z)| *x += g * z);
            }
        }
        if wiring.trains_dynamics && wiring.state {
            self.through_states(blocks, transitions, imagined, (&by_value, &by_reward))
                .iter()
                .zip(&mut gradient.logits)
                .for_each(|(g, x)| *x = *g);
        }
        gradient
    }

    /// Gradient by `v_k`, `[K + 2]`, and by `r_k`, `[K + 1]`, where the wiring lets it through.
    fn by_outputs(&self, imagined: &Imagined, wiring: Wiring) -> (Vec<f64>, Vec<f64>) {
        let last = self.depth;
        let (mut by_value, mut by_reward) = (vec![0.0; last + 2], vec![0.0; last + 1]);
        let mut by_target = 0.0;
        for k in 0..=last {
            let error = imagined.targets[k] - imagined.values[k];
            if wiring.prediction {
                by_value[k] -= error;
            }
            by_target = error + self.gamma * self.lambda * by_target;
            if wiring.target_reward {
                by_reward[k] = by_target;
            }
            if wiring.target_value {
                let share = if k == last { 1.0 } else { 1.0 - self.lambda };
                by_value[k + 1] += self.gamma * share * by_target;
            }
        }
        (by_value, by_reward)
    }

    /// Gradient by the logits, `[S * A * S]`, backwards through the imagined states.
    fn through_states(
        &self,
        blocks: &Blocks,
        transitions: &[f64],
        imagined: &Imagined,
        (by_value, by_reward): (&[f64], &[f64]),
    ) -> Vec<f64> {
        let (states, actions) = (self.sizes.states, self.sizes.actions);
        let mut by_transition = vec![0.0; transitions.len()];
        let scaled = |g: f64| blocks.values.iter().map(|v| g * v).collect::<Vec<f64>>();
        let mut by_next = scaled(by_value[self.depth + 1]);
        for k in (0..=self.depth).rev() {
            let mut by_state = scaled(by_value[k]);
            let pairs = self.pairs(&imagined.states[k]);
            for (pair, weight) in pairs.iter().enumerate() {
                let row = pair * states..(pair + 1) * states;
                let through = dot(&transitions[row.clone()], &by_next);
                let reward = by_reward[k] * blocks.rewards[pair];
                by_state[pair / actions] += self.policy[pair] * (reward + through);
                let target = &mut by_transition[row];
                target.iter_mut().zip(&by_next).for_each(|(x, g)| *x += weight * g);
            }
            by_next = by_state;
        }
        for (g, p) in by_transition.chunks_mut(states).zip(transitions.chunks(states)) {
            through_softmax(p, g);
        }
        by_transition
    }
}

/// Gradient by logits from the gradient `g` by their probabilities `p`, in place.
fn through_softmax(p: &[f64], g: &mut [f64]) {
    let mean = dot(p, g);
    g.iter_mut().zip(p).for_each(|(g, p)| *g = p * (*g - mean));
}

/// Grounded update of the dynamics by likelihood: `logits += rate (1[s'] - p)`.
pub fn likelihood_step(logits: &mut [f64], p: &[f64], next: usize, rate: f64) {
    for (s, (logit, p)) in logits.iter_mut().zip(p).enumerate() {
        let happened = if s == next { 1.0 } else { 0.0 };
        *logit += rate * (happened - p);
    }
}

/// Grounded update of the dynamics by value equivalence: one step of size `rate` down
/// `1/2 (p . V - V(s'))^2` (Farahmand et al. 2017; Grimm et al. 2020).
pub fn value_equivalence_step(
    logits: &mut [f64],
    p: &[f64],
    values: &[f64],
    next: usize,
    rate: f64,
) {
    let error = dot(p, values) - values[next];
    let mut g: Vec<f64> = values.iter().map(|v| error * v).collect();
    through_softmax(p, &mut g);
    logits.iter_mut().zip(g).for_each(|(logit, g)| *logit -= rate * g);
}
