//! Self-consistency of a model and a value (Farquhar et al. 2021), in tables, with every gradient.
//!
//! From a distribution `z_0` over states the model is rolled out under a policy:
//! `r_k = z_k . R`, `v_k = z_k . V`, `z_{k+1} = z_k P`, and the loss is
//! `1/2 sum_{k=0..K} (y_k - v_k)^2` with
//! `y_k = r_k + gamma ((1 - lambda) v_{k+1} + lambda y_{k+1})`, `y_K = r_K + gamma v_{K+1}`.
//! What the loss trains depends on where gradients stop: [`Wiring`].
//!
//! The same rollout under the actions really taken, against targets of real experience, is the
//! grounded loss of MuZero's value-equivalent model (Schrittwieser et al. 2020, figure 1c of the
//! paper): [`Rollout::unroll`] and [`Rollout::grounded_gradient`].

mod rollout;

pub use rollout::Rollout;

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
        [norm(&self.logits), norm(&self.rewards), norm(&self.values)]
    }

    /// `[S * A * S]`: probabilities of the next state.
    pub fn transitions(&self, sizes: Sizes) -> Vec<f64> {
        let mut p = self.logits.clone();
        p.chunks_mut(sizes.states).for_each(softmax);
        p
    }
}

/// Number of switches of a [`Wiring`].
pub const SWITCHES: usize = 7;

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
    /// The four of the paper with their names.
    pub const NAMED: [(&str, Self); 4] = [
        ("Dyna", Self::DYNA),
        ("SC-Direct", Self::DIRECT),
        ("SC-Reverse", Self::REVERSE),
        ("SC-Residual", Self::RESIDUAL),
    ];

    /// What the paper calls it, if it is one of the four.
    pub fn name(self) -> Option<&'static str> {
        Self::NAMED.iter().find(|(_, wiring)| *wiring == self).map(|(name, _)| *name)
    }

    /// All switches, in the order of the fields.
    pub fn switches(self) -> [bool; SWITCHES] {
        [
            self.prediction,
            self.target_reward,
            self.target_value,
            self.state,
            self.trains_value,
            self.trains_reward,
            self.trains_dynamics,
        ]
    }

    /// The inverse of [`Self::switches`].
    pub fn of_switches(on: [bool; SWITCHES]) -> Self {
        let [
            prediction,
            target_reward,
            target_value,
            state,
            trains_value,
            trains_reward,
            trains_dynamics,
        ] = on;
        Self {
            prediction,
            target_reward,
            target_value,
            state,
            trains_value,
            trains_reward,
            trains_dynamics,
        }
    }
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

/// `y_k = r_k + gamma ((1 - lambda) v_{k+1} + lambda y_{k+1})`, `y_K = r_K + gamma v_{K+1}`:
/// `[K + 1]` targets of as many rewards and `[K + 2]` values.
pub fn lambda_targets(rewards: &[f64], values: &[f64], gamma: f64, lambda: f64) -> Vec<f64> {
    let mut targets = vec![0.0; rewards.len()];
    for k in (0..rewards.len()).rev() {
        let later = match targets.get(k + 1) {
            Some(&y) => (1.0 - lambda) * values[k + 1] + lambda * y,
            None => values[k + 1],
        };
        targets[k] = rewards[k] + gamma * later;
    }
    targets
}

/// Gradient by the values, `[K + 2]`, and by the rewards, `[K + 1]`, within the targets of
/// [`lambda_targets`], where `wiring` lets it through; `by_targets` is the gradient by each target,
/// `[K + 1]`.
pub fn through_targets(
    by_targets: &[f64],
    gamma: f64,
    lambda: f64,
    wiring: Wiring,
) -> (Vec<f64>, Vec<f64>) {
    let last = by_targets.len() - 1;
    let (mut by_value, mut by_reward) = (vec![0.0; last + 2], vec![0.0; last + 1]);
    let mut all = 0.0;
    for (k, own) in by_targets.iter().enumerate() {
        all = own + gamma * lambda * all;
        if wiring.target_reward {
            by_reward[k] = all;
        }
        if wiring.target_value {
            let share = if k == last { 1.0 } else { 1.0 - lambda };
            by_value[k + 1] += gamma * share * all;
        }
    }
    (by_value, by_reward)
}

/// Logits to probabilities, in place.
pub fn softmax(row: &mut [f64]) {
    let top = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    row.iter_mut().for_each(|x| *x = (*x - top).exp());
    let sum: f64 = row.iter().sum();
    row.iter_mut().for_each(|x| *x /= sum);
}

/// Euclidean norm.
pub fn norm(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
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
