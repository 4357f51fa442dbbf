//! A copy of a learner with actor and critic, for pictures: plain numbers that may go anywhere.

use std::sync::Arc;

use super::View;
use super::kept_values::OnPolicy;
use super::low_rank::fit::Fit;
use super::memory::Memory;
use super::mve::course::Moment;
use super::off_policy::Scale;
use super::surface::{Earlier, Surface, ValueSurface};
use crate::base::series::{Row, Series};
use crate::mdp::oracle::{Following, Oracle};
use crate::mdp::physical::Control;
use crate::models::model_loss::ModelLoss;
use crate::nn::host::HostMlp;

/// Losses of one update.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Losses {
    /// Updates of the critic so far.
    pub updates: u64,
    /// The critic's, in scaled rewards squared.
    pub critic: f64,
    /// The actor's: minus the mean value, in rewards.
    pub actor: f64,
    /// The model's on the steps it learned from last; 0 without a model.
    pub model: f64,
    /// The model's on steps it never learns from; 0 without any.
    pub held_out: f64,
    /// Length of the gradient of the model's loss after its weights; 0 without a model.
    pub model_norm: f64,
    /// Share of the model's last mini-batch whose value gradient was shortened.
    pub clipped: f64,
}

impl Row for Losses {
    fn value(&self) -> f64 {
        self.critic
    }
}

/// How an agent that expands values is set, and what it imagined last.
#[derive(Clone, Debug)]
pub struct ExpansionView {
    /// `[S + A]` to the change of what is seen and the scaled reward.
    pub model: HostMlp,
    /// The same after so many of its updates, oldest first.
    pub earlier: Arc<[(u64, HostMlp)]>,
    /// `H`.
    pub horizon: usize,
    /// The critic learns at every depth.
    pub td_k: bool,
    /// Imagined actions are those of the actor itself, not of its target.
    pub live_actor: bool,
    /// Imagined rewards are the known ones.
    pub known_reward: bool,
    /// Imagined steps are true ones.
    pub true_dynamics: bool,
    /// Imagined steps are kept and learned from later.
    pub stored: bool,
    /// Imagined steps kept now.
    pub kept: usize,
    /// Numbers that the model was taught.
    pub model_targets: u64,
    /// What the model is trained by.
    pub model_loss: ModelLoss,
    /// Real states that the newest imagination began with, `[B][S]` in a row.
    pub begun: Arc<[f32]>,
    /// Imagined states it came through, `[H * B][S]` in a row.
    pub imagined: Arc<[f32]>,
    /// Mean age of the real steps it began with, in real steps.
    pub age: f64,
    /// What it was at growing intervals of real steps, untrained first.
    pub course: Arc<[Moment]>,
    /// What its model got right over its updates.
    pub fits: Series<Fit>,
}

/// The copy.
#[derive(Clone, Debug)]
pub struct SteeredView {
    /// What may be told of the world.
    pub oracle: Arc<dyn Oracle>,
    /// Scale of actions.
    pub scale: Scale,
    /// The critic learns rewards times this.
    pub reward_scale: f64,
    /// Discount.
    pub gamma: f64,
    /// `mu`.
    pub actor: HostMlp,
    /// `Q`.
    pub critic: HostMlp,
    /// `mu'`.
    pub actor_target: HostMlp,
    /// `Q'`.
    pub critic_target: HostMlp,
    /// `(s, a, r, s', end)` a row, actions in `[-1, 1]`.
    pub memory: Memory,
    /// Losses of every tenth update.
    pub losses: Series<Losses>,
    /// What actor and critic thought before, oldest first.
    pub earlier_values: Arc<Vec<Earlier>>,
    /// Numbers that the critic was taught.
    pub value_targets: u64,
    /// Value expansion, for agents that do it.
    pub expansion: Option<ExpansionView>,
}

/// Views are equal if they are the same one.
impl PartialEq for SteeredView {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

/// One imagined step.
#[derive(Clone, Debug, PartialEq)]
pub struct Dreamt {
    /// What would be seen then.
    pub next: Vec<f32>,
    /// What it would pay.
    pub reward: f64,
    /// Whether the task would be over. A learned model knows no end.
    pub terminated: bool,
}

impl ValueSurface for SteeredView {
    fn value(&self, seen: &[f32]) -> f64 {
        Self::value(self, seen)
    }

    fn values(&self, seen: &[f32], wide: usize) -> Vec<f64> {
        self.on_policy().values(seen, wide)
    }

    fn slope(&self, seen: &[f32]) -> Option<Vec<f64>> {
        self.on_policy().slope(seen)
    }
}

impl SteeredView {
    /// What probes and pictures get.
    pub fn shared(self) -> View {
        let shared = Arc::new(self);
        let surface = Some(Surface(shared.clone()));
        let earlier_values = shared.earlier_values.clone();
        View { surface, earlier_values, steered: Some(shared), ..View::default() }
    }

    /// Actor and critic alone.
    fn on_policy(&self) -> OnPolicy {
        let (actor, critic) = (self.actor.clone(), self.critic.clone());
        OnPolicy { actor, critic, reward_scale: self.reward_scale }
    }

    /// `Q(s, mu(s))` in rewards.
    pub fn value(&self, seen: &[f32]) -> f64 {
        self.worth(&self.critic, seen, &self.actor.forward(seen))
    }

    /// `Q'(s, mu(s))` in rewards, with the actor that imagination follows: what a tail is worth.
    pub fn tail(&self, seen: &[f32]) -> f64 {
        self.worth(&self.critic_target, seen, &self.dreaming_actor().forward(seen))
    }

    /// A critic's word on `action` in `[-1, 1]`, in rewards.
    fn worth(&self, critic: &HostMlp, seen: &[f32], action: &[f32]) -> f64 {
        let input = [seen, action].concat();
        f64::from(critic.forward(&input)[0]) / self.reward_scale
    }

    /// The actor that imagination follows.
    pub fn dreaming_actor(&self) -> &HostMlp {
        match &self.expansion {
            Some(expansion) if expansion.live_actor => &self.actor,
            _ => &self.actor_target,
        }
    }

    /// What the actor does, in the world's units.
    pub fn action(&self, actor: &HostMlp, seen: &[f32]) -> Control {
        self.scale.world(&actor.forward(seen))
    }

    /// What truly follows `action`.
    pub fn truth(&self, seen: &[f32], action: Control) -> Following {
        self.oracle.follow(seen, action)
    }

    /// What the learned model says of `action`; `None` for agents without one.
    pub fn dream(&self, seen: &[f32], action: Control) -> Option<Dreamt> {
        self.dream_with(&self.expansion.as_ref()?.model, seen, action)
    }

    /// What `model` says of it, which may be the learned model as it once was.
    pub fn dream_with(&self, model: &HostMlp, seen: &[f32], action: Control) -> Option<Dreamt> {
        let expansion = self.expansion.as_ref()?;
        let mut input = seen.to_vec();
        self.scale.network(&action, &mut input);
        let said = model.forward(&input);
        let next: Vec<f32> = seen.iter().zip(&said).map(|(x, change)| x + change).collect();
        let learned = f64::from(said[seen.len()]) / self.reward_scale;
        let known = expansion.known_reward.then(|| self.oracle.reward(seen, action, &next));
        let reward = known.flatten().unwrap_or(learned);
        Some(Dreamt { next, reward, terminated: false })
    }

    /// What imagination says of `action`: the model, or the true dynamics where it is set so, then
    /// with the known rewards or the model's.
    pub fn imagine(&self, seen: &[f32], action: Control) -> Option<Dreamt> {
        let expansion = self.expansion.as_ref()?;
        if !expansion.true_dynamics {
            return self.dream(seen, action);
        }
        let Following { next, reward, terminated } = self.truth(seen, action);
        let reward = match expansion.known_reward {
            true => reward,
            false => self.dream(seen, action)?.reward,
        };
        Some(Dreamt { next: next.to_vec(), reward, terminated })
    }
}
