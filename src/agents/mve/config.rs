//! Dials of MVE.

use super::dynamics::Dynamics;
use super::teaching::Aim;
use crate::agents::actor_critic::Shape;
pub use crate::agents::ddpg::Switch;
use crate::agents::memory::Memory;
use crate::agents::steering::{Setting, Steering};
use crate::mdp::oracle::Oracle;
use crate::models::model_loss::ModelLoss;
use crate::nn::device::Wish;
use crate::nn::trial::Trial;

crate::choice! {
    /// Who acts in imagination.
    pub enum Dreamer {
        /// The slow copy of the actor, as in the paper.
        Target = "target", "target μ′";
        /// The actor as it is now.
        Live = "live", "live μ";
    }
}

crate::choice! {
    /// Who says what an imagined step pays.
    pub enum Rewards {
        /// The true reward function, as the paper assumes; the model's where there is none.
        Known = "known", "known r";
        /// The model.
        Learned = "learned", "learned r̃";
    }
}

crate::choice! {
    /// Who says where an imagined step leads.
    pub enum Moving {
        /// The model.
        Learned = "learned", "learned f̃";
        /// The true dynamics: an exact model.
        True = "true", "true f";
    }
}

crate::choice! {
    /// What becomes of imagined steps.
    pub enum Dreams {
        /// Dropped after the update that they were made for, as in the paper.
        Fresh = "fresh", "dropped";
        /// Kept, and learned from later when they are stale: what the paper argues against.
        Stored = "stored", "stored";
    }
}

crate::params! {
    /// Dials of MVE on DDPG.
    pub struct MveConfig {
        /// Imagined steps that each target looks ahead; 0 is DDPG.
        horizon: u32 = 3 => { "Horizon", "H, imagined steps", Live, Int { min: 0.0, max: 20.0, log: false } },
        /// The critic learns at every depth of the imagination, not at the real step alone; from stored steps it learns in any case.
        td_k: Switch = Switch::On => { "TD-k trick", "", Live, Choice(Switch::CHOICES) },
        /// Who acts in imagination.
        dreamer: Dreamer = Dreamer::Target => { "Imagined actions", "of", Live, Choice(Dreamer::CHOICES) },
        /// Who says what an imagined step pays.
        rewards: Rewards = Rewards::Known => { "Imagined rewards", "", Live, Choice(Rewards::CHOICES) },
        /// Who says where an imagined step leads.
        dynamics: Moving = Moving::Learned => { "Dynamics", "", Live, Choice(Moving::CHOICES) },
        /// What becomes of imagined steps after their update.
        dreams: Dreams = Dreams::Fresh => { "Imagined steps are", "", Live, Choice(Dreams::CHOICES) },
        /// Mini-batches that critic and actor learn from after every real step.
        updates: u32 = 1 => { "Updates", "n, per real step", Live, Int { min: 0.0, max: 20.0, log: false } },
        /// Mini-batches that the model learns from after every real step.
        model_updates: u32 = 1 => { "Model updates", "m, per real step", Live, Int { min: 0.0, max: 20.0, log: false } },
        /// Remembered steps in a mini-batch of the critic.
        batch: u32 = 64 => { "Mini-batch", "B, steps", Live, Int { min: 1.0, max: 1024.0, log: true } },
        /// Remembered steps in a mini-batch of the model.
        model_batch: u32 = 128 => { "Model's mini-batch", "steps", Live, Int { min: 1.0, max: 1024.0, log: true } },
        /// Worth of a reward one step later.
        gamma: f64 = 0.98 => { "Discount", "γ", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Adam's step size for the critic.
        critic_rate: f64 = 0.001 => { "Critic's rate", "Adam", Live, Float { min: 0.00001, max: 0.1, log: true } },
        /// Adam's step size for the actor.
        actor_rate: f64 = 0.001 => { "Actor's rate", "Adam", Live, Float { min: 0.00001, max: 0.1, log: true } },
        /// Adam's step size for the model.
        model_rate: f64 = 0.001 => { "Model's rate", "Adam", Live, Float { min: 0.00001, max: 0.1, log: true } },
        /// What the model is trained by: the state, or what the critic makes of it.
        model_loss: ModelLoss = ModelLoss::Squared => { "Model loss", "", Live, Choice(ModelLoss::CHOICES) },
        /// Model updates over which squared error fades out beside a value-aware loss.
        model_warmup: u32 = 1000 => { "Squared error at first", "model updates", Live, Int { min: 0.0, max: 100_000.0, log: true } },
        /// Model updates for which the value that the loss asks stands still.
        value_every: u32 = 250 => { "Value stands still", "for model updates", Live, Int { min: 1.0, max: 10_000.0, log: true } },
        /// Value gradients longer than this quantile of a mini-batch are shortened to it; 1 shortens none.
        slope_clip: f64 = 1.0 => { "Gradient clip", "quantile, 1 is none", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Share of the way that targets move at each update.
        tau: f64 = 0.02 => { "Targets follow", "τ", Live, Float { min: 0.0001, max: 1.0, log: true } },
        /// Spread of the noise, as a share of the greatest action.
        noise: f64 = 0.1 => { "Exploration", "σ", Live, Float { min: 0.0, max: 2.0, log: false } },
        /// Real steps at random before anything is learned.
        warmup: u32 = 1000 => { "Random steps", "at first", Live, Int { min: 1.0, max: 100_000.0, log: true } },
        /// Real steps after which nothing more is remembered and acting only evaluates; 0 is never.
        freeze_after: u32 = 0 => { "Freeze the world", "after N real steps, 0 never", Live, Int { min: 0.0, max: 20_000.0, log: false } },
        /// Steps kept; the oldest is forgotten first.
        capacity: u32 = 100_000 => { "Memory", "steps", Live, Int { min: 100.0, max: 1_000_000.0, log: true } },
        /// Imagined steps kept where they are stored.
        dream_capacity: u32 = 50_000 => { "Stored dreams", "steps", Live, Int { min: 100.0, max: 1_000_000.0, log: true } },
        /// Width of the two hidden layers of actor and critic.
        hidden: u32 = 64 => { "Hidden units", "per layer", Restart, Int { min: 1.0, max: 1024.0, log: true } },
        /// Width of the two hidden layers of the model.
        model_hidden: u32 = 64 => { "Model's hidden units", "per layer", Restart, Int { min: 1.0, max: 1024.0, log: true } },
        /// Whether hidden layers of actor and critic are normalised.
        layer_norm: Switch = Switch::Off => { "Layer norm", "", Restart, Choice(Switch::CHOICES) },
        /// The critic learns rewards times this; values should come out near 1 in size.
        reward_scale: f64 = 0.02 => { "Reward scale", "for the critic", Restart, Float { min: 0.0001, max: 100.0, log: true } },
        /// Where the networks compute; a change moves them and keeps the run.
        device: Wish = Wish::Auto => { "Device", "", Live, Choice(Wish::CHOICES) },
    }
}

impl MveConfig {
    /// The shape of actor and critic in a world.
    pub fn shape(&self, oracle: &dyn Oracle) -> Shape {
        Shape::of(oracle, self.hidden as usize, self.layer_norm == Switch::On)
    }

    /// Bytes of a lane: networks, what trains them, a full memory, and stored dreams if they are.
    pub fn bytes(&self, oracle: &dyn Oracle) -> u128 {
        let shape = self.shape(oracle);
        let model = Dynamics::spec((shape.sees, shape.acts, self.model_hidden as usize));
        let dreams = if self.dreams == Dreams::Stored { self.dream_capacity } else { 0 };
        let memories = [self.capacity, dreams].map(|rows| Memory::bytes_of(rows, shape.row()));
        // The likelihood keeps a second network, which any loss may be exchanged for.
        shape.bytes() + 2 * model.bytes_to_train() + memories.iter().sum::<u128>()
    }

    /// What the model is taught by.
    pub fn aim(&self) -> Aim {
        Aim {
            loss: self.model_loss,
            warm_up: u64::from(self.model_warmup),
            every: u64::from(self.value_every),
            quantile: self.slope_clip,
        }
    }

    /// What devices are compared by for `lanes` lanes in a world.
    pub fn trial(&self, oracle: &dyn Oracle, lanes: usize) -> Trial {
        Steering::trial(self.shape(oracle), lanes, self.batch as usize)
    }

    /// What the common part needs.
    pub fn setting(&self) -> Setting {
        let freeze = match self.freeze_after {
            0 => u64::MAX,
            steps => u64::from(steps),
        };
        Setting {
            updates: self.updates,
            batch: self.batch as usize,
            gamma: self.gamma,
            critic_rate: self.critic_rate,
            actor_rate: self.actor_rate,
            tau: self.tau,
            noise: self.noise,
            // Whoever freezes the world sooner learns from what there is then.
            warmup: u64::from(self.warmup).min(freeze),
            freeze,
            capacity: self.capacity as usize,
            reward_scale: self.reward_scale,
        }
    }
}
