//! DDPG: Q-learning for actions that are numbers (Lillicrap et al. 2016, arXiv 1509.02971). A critic
//! learns what actions are worth, an actor learns which action the critic likes best, and slow
//! copies of both keep the targets calm. Noise is normal and uncorrelated, as in most later work,
//! where the paper has an Ornstein-Uhlenbeck process.
//!
//! An episode that is cut off is not over: the target goes on with the value of what follows.

use std::sync::Arc;

use super::actor_critic::Shape;
use super::memory::Memory;
use super::steering::{Setting, Steering, answers};
use super::{Agent, Fault, Moves, NotANumber, View, Work};
use crate::base::digest::Digest;
use crate::base::params::Params as _;
use crate::mdp::Transition;
use crate::mdp::oracle::Oracle;
use crate::mdp::physical::{Control, Vector};
use crate::mdp::trace::{CodeLine, Source, Value, Watch};
use crate::nn::device::Wish;
use crate::nn::mlp::TooLarge;
use crate::nn::trial::Trial;

const REAL: Option<Source> = Some(Source::Real);

/// Pseudo-code.
pub static CODE: &[CodeLine] = &[
    CodeLine::new(0, "repeat for every real step", None),
    CodeLine::new(1, "a ← μ(s) + noise", REAL),
    CodeLine::new(1, "r, s′ ← world(s, a)", REAL),
    CodeLine::new(1, "memory ← memory + (s, a, r, s′)", REAL),
    CodeLine::new(1, "repeat n times", None),
    CodeLine::new(2, "s, a, r, s′ ← B steps of memory", REAL),
    CodeLine::new(2, "y ← r + γ Q′(s′, μ′(s′))", REAL),
    CodeLine::new(2, "Q: down the mean of (Q(s, a) − y)²", REAL),
    CodeLine::new(2, "μ: up the mean of Q(s, μ(s))", REAL),
    CodeLine::new(2, "Q′, μ′: τ closer to Q, μ", REAL),
    CodeLine::new(1, "s ← s′", None),
];

crate::choice! {
    /// A switch.
    pub enum Switch {
        /// It is on.
        On = "on", "on";
        /// It is off.
        Off = "off", "off";
    }
}

crate::params! {
    /// Dials of DDPG.
    pub struct DdpgConfig {
        /// Mini-batches learned from after every real step.
        updates: u32 = 1 => { "Updates", "n, per real step", Live, Int { min: 0.0, max: 20.0, log: false } },
        /// Remembered steps in a mini-batch.
        batch: u32 = 64 => { "Mini-batch", "B, steps", Live, Int { min: 1.0, max: 1024.0, log: true } },
        /// Worth of a reward one step later.
        gamma: f64 = 0.98 => { "Discount", "γ", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Adam's step size for the critic.
        critic_rate: f64 = 0.001 => { "Critic's rate", "Adam", Live, Float { min: 0.00001, max: 0.1, log: true } },
        /// Adam's step size for the actor.
        actor_rate: f64 = 0.001 => { "Actor's rate", "Adam", Live, Float { min: 0.00001, max: 0.1, log: true } },
        /// Share of the way that targets move at each update.
        tau: f64 = 0.02 => { "Targets follow", "τ", Live, Float { min: 0.0001, max: 1.0, log: true } },
        /// Spread of the noise, as a share of the greatest action.
        noise: f64 = 0.1 => { "Exploration", "σ", Live, Float { min: 0.0, max: 2.0, log: false } },
        /// Real steps at random before anything is learned.
        warmup: u32 = 1000 => { "Random steps", "at first", Live, Int { min: 1.0, max: 100_000.0, log: true } },
        /// Steps kept; the oldest is forgotten first.
        capacity: u32 = 100_000 => { "Memory", "steps", Live, Int { min: 100.0, max: 1_000_000.0, log: true } },
        /// Width of the two hidden layers of each network.
        hidden: u32 = 64 => { "Hidden units", "per layer", Restart, Int { min: 1.0, max: 1024.0, log: true } },
        /// Whether hidden layers of actor and critic are normalised.
        layer_norm: Switch = Switch::Off => { "Layer norm", "", Restart, Choice(Switch::CHOICES) },
        /// The critic learns rewards times this; values should come out near 1 in size.
        reward_scale: f64 = 0.02 => { "Reward scale", "for the critic", Restart, Float { min: 0.0001, max: 100.0, log: true } },
        /// Where the networks compute; a change moves them and keeps the run.
        device: Wish = Wish::Auto => { "Device", "", Live, Choice(Wish::CHOICES) },
    }
}

impl DdpgConfig {
    /// The shape of its networks in a world.
    pub fn shape(&self, oracle: &dyn Oracle) -> Shape {
        Shape::of(oracle, self.hidden as usize, self.layer_norm == Switch::On)
    }

    /// Bytes of a lane: networks, what trains them, a full memory.
    pub fn bytes(&self, oracle: &dyn Oracle) -> u128 {
        let shape = self.shape(oracle);
        shape.bytes() + Memory::bytes_of(self.capacity, shape.row())
    }

    /// What devices are compared by for `lanes` lanes in a world.
    pub fn trial(&self, oracle: &dyn Oracle, lanes: usize) -> Trial {
        Steering::trial(self.shape(oracle), lanes, self.batch as usize)
    }

    /// What the common part needs.
    pub fn setting(&self) -> Setting {
        Setting {
            updates: self.updates,
            batch: self.batch as usize,
            gamma: self.gamma,
            critic_rate: self.critic_rate,
            actor_rate: self.actor_rate,
            tau: self.tau,
            noise: self.noise,
            warmup: u64::from(self.warmup),
            freeze: u64::MAX,
            capacity: self.capacity as usize,
            reward_scale: self.reward_scale,
        }
    }
}

/// The agent.
#[derive(Clone, Debug)]
pub struct Ddpg {
    config: DdpgConfig,
    base: Steering,
}

impl Ddpg {
    /// Knows nothing yet; one lane for each of `seeds`.
    pub fn new(
        config: DdpgConfig,
        oracle: Arc<dyn Oracle>,
        seeds: &[u64],
    ) -> Result<Self, TooLarge> {
        let (shape, device) = (config.shape(&*oracle), (config.device, config.batch as usize));
        Ok(Self { config, base: Steering::new(shape, oracle, seeds, device)? })
    }

    /// Lines 6 to 10, once.
    fn update<W: Watch>(&mut self, watch: &mut W) {
        let setting = self.config.setting();
        let batch = self.base.draw(setting.batch);
        watch.line(5, || Some(Value::Count(setting.batch as u64, "steps")));
        let tail = self.base.tail(&self.base.networks.actor_target, batch.next.clone());
        let critic = batch.plain(&tail, &setting);
        watch.line(6, || Some(Value::Number(f64::from(critic.targets[0]) / setting.reward_scale)));
        let losses = self.base.learn_from(&critic, batch.seen, &setting);
        watch.line(7, || Some(Value::Number(losses.critic)));
        watch.line(8, || Some(Value::Number(losses.actor)));
        watch.line(9, || None);
        self.base.worked(|work| work.real_updates += 1);
        self.base.count(setting.batch as u64, losses, &setting);
    }
}

impl Agent for Ddpg {
    type Obs = Vector;
    type Action = Control;

    fn decide<W: Watch>(
        &mut self,
        obs: &[Vector],
        active: &[bool],
        actions: &mut [Control],
        watch: &mut W,
    ) {
        self.base.renew(self.config.device);
        self.base.decide(obs, active, actions, &self.config.setting(), watch);
    }

    fn learn<W: Watch>(&mut self, transitions: &[Transition<Vector, Control>], watch: &mut W) {
        self.base.renew(self.config.device);
        let setting = self.config.setting();
        self.base.remember(transitions, &setting, setting.updates, watch);
    }

    fn plan<W: Watch>(&mut self, budget: u32, watch: &mut W) -> u32 {
        self.base.renew(self.config.device);
        let mut done = 0;
        while done < budget && self.base.goes_on() {
            self.update(watch);
            watch.unit();
            self.base.due -= 1;
            done += 1;
        }
        self.base.check(|| Ok(()));
        done
    }

    fn moves(&self) -> Moves {
        Moves { updates: self.config.updates > 0, imagined: false }
    }

    fn set_param(&mut self, index: usize, value: f64) {
        self.config.set(index, value);
    }

    fn stow(&mut self) {
        self.base.stow();
    }

    answers!();

    fn code(&self) -> &'static [CodeLine] {
        CODE
    }

    fn view(&self) -> View {
        self.view_of(0)
    }

    fn view_of(&self, lane: usize) -> View {
        self.base.shown(self.base.view(lane, &self.config.setting()))
    }

    fn digest(&self, digest: &mut Digest) {
        (0..DdpgConfig::specs().len()).for_each(|i| digest.number(self.config.get(i)));
        self.base.digest(digest);
    }

    fn bytes(&self) -> usize {
        size_of::<Self>() + self.base.bytes()
    }
}
