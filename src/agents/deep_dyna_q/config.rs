//! Pseudo-code and dials of deep Dyna-Q.

use super::lane::ROW;
use super::nets::{Aim, Made};
use super::values::Dials;
use crate::agents::dyna_q::Picks;
use crate::agents::memory::Memory;
use crate::mdp::trace::{CodeLine, Source};
use crate::models::coding::{Coded, Coding};
use crate::models::features::Places;
use crate::models::model_loss::ModelLoss;
use crate::nn::device::Wish;
use crate::nn::trial::Trial;

// ---------------------------------------------------------------- pseudo-code

/// Lines of the pseudo-code that leave marks.
pub mod line {
    pub const ACT: u8 = 1;
    pub const WORLD: u8 = 2;
    pub const REMEMBER: u8 = 3;
    pub const LEARN: u8 = 4;
    pub const MODEL: u8 = 5;
    pub const PICK: u8 = 7;
    pub const IMAGINE: u8 = 8;
    pub const PLAN: u8 = 9;
}

const REAL: Option<Source> = Some(Source::Real);
const DREAM: Option<Source> = Some(Source::Imagined);

const fn program(pick: &'static str) -> [CodeLine; 11] {
    [
        CodeLine::new(0, "repeat for every real step", None),
        CodeLine::new(1, "a ← ε-greedy(Q, s)", REAL),
        CodeLine::new(1, "r, s′ ← world(s, a)", REAL),
        CodeLine::new(1, "memory ← memory + (s, a, r, s′)", REAL),
        CodeLine::new(1, "Q learns r + γ max Q⁻(s′) from B of memory", REAL),
        CodeLine::new(1, "model learns r, s′ from B of memory, m times", REAL),
        CodeLine::new(1, "repeat n times", None),
        CodeLine::new(2, pick, DREAM),
        CodeLine::new(2, "r̃, s̃′ ← model(s̃, ã)", DREAM),
        CodeLine::new(2, "Q learns r̃ + γ max Q⁻(s̃′) from these B", DREAM),
        CodeLine::new(1, "s ← s′", None),
    ]
}

static PAIRS: [CodeLine; 11] = program("s̃, ã ← B pairs taken");
static STATES: [CodeLine; 11] = program("s̃ ← B states seen, ã ← ε-greedy");

/// The pseudo-code as planning is set.
pub fn code(picks: Picks) -> &'static [CodeLine] {
    match picks {
        Picks::PairsTaken => &PAIRS,
        Picks::EpsilonGreedy => &STATES,
    }
}

/// How far a fitted reward may be off and still count as right in pictures.
pub const FITTED: f64 = 0.1;

// ---------------------------------------------------------------- configuration

crate::params! {
    /// Dials of deep Dyna-Q.
    pub struct DeepDynaQConfig {
        /// Imagined batches after every real step.
        planning_steps: u32 = 5 => { "Planning steps", "n, per real step", Live, Int { min: 0.0, max: 100.0, log: true } },
        /// What the networks are told of a cell; they start anew when it changes.
        features: Coded = Coded::RowCol => { "Features", "", Live, Choice(Coded::CHOICES) },
        /// Batches that the model learns from after every real step.
        model_updates: u32 = 4 => { "Model updates", "m, per real step", Live, Int { min: 1.0, max: 50.0, log: true } },
        /// Step size of Adam for the model.
        model_rate: f64 = 0.01 => { "Model step size", "Adam", Live, Float { min: 0.000_01, max: 0.1, log: true } },
        /// What the model's next state is trained by; where states are one-hot, squared error and likelihood are both cross-entropy.
        model_loss: ModelLoss = ModelLoss::Squared => { "Model loss", "", Live, Choice(ModelLoss::CHOICES) },
        /// Model updates over which the plain loss fades out beside a value-aware one.
        model_warmup: u32 = 10_000 => { "Plain loss at first", "model updates", Live, Int { min: 0.0, max: 100_000.0, log: true } },
        /// Model updates for which the value that the loss asks stands still.
        value_every: u32 = 100 => { "Value stands still", "for model updates", Live, Int { min: 1.0, max: 10_000.0, log: true } },
        /// Step size of Adam for the values.
        rate: f64 = 0.001 => { "Value step size", "Adam", Live, Float { min: 0.000_01, max: 0.1, log: true } },
        /// Worth of a reward one step later.
        gamma: f64 = 0.95 => { "Discount", "γ", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// Share of actions taken at random.
        epsilon: f64 = 0.1 => { "Exploration", "ε", Live, Float { min: 0.0, max: 1.0, log: false } },
        /// How far the slow copy of the values follows at every update.
        tau: f64 = 0.05 => { "Slow copy follows", "τ", Live, Float { min: 0.001, max: 1.0, log: true } },
        /// Steps in a batch, real or imagined.
        batch: u32 = 32 => { "Batch", "B, steps", Live, Int { min: 1.0, max: 256.0, log: true } },
        /// Steps kept; the oldest is forgotten first.
        capacity: u32 = 10_000 => { "Memory", "steps", Live, Int { min: 1.0, max: 100_000.0, log: true } },
        /// Width of the hidden layer; the networks start anew when it changes.
        width: u32 = 64 => { "Width", "units", Live, Int { min: 4.0, max: 256.0, log: true } },
        /// Where planning begins: pairs taken or epsilon-greedy in states seen.
        picks: Picks = Picks::PairsTaken => { "Planning picks", "", Live, Choice(Picks::CHOICES) },
        /// Values learn rewards times this, so that they come out near 1 in size; a change is learned anew.
        reward_scale: f64 = 1.0 => { "Reward scale", "for the values", Live, Float { min: 0.0001, max: 100.0, log: true } },
        /// Where the networks compute; a change moves them and keeps the run.
        device: Wish = Wish::Auto => { "Device", "", Live, Choice(Wish::CHOICES) },
    }
}

impl DeepDynaQConfig {
    /// How a value step is made.
    pub(super) fn dials(&self) -> Dials {
        let [rate, gamma, tau, scale] =
            [self.rate, self.gamma, self.tau, self.reward_scale].map(|x| x as f32);
        Dials { rate, gamma, tau, scale }
    }

    /// What the networks should be made for.
    pub(super) fn made(&self, places: Places, actions: usize) -> Made {
        let coding = Coding { coded: self.features, places };
        Made { coding, actions, width: self.width as usize }
    }

    /// Bytes of a lane: networks, what trains them, a full memory.
    pub fn bytes(&self, places: Places, actions: usize) -> u128 {
        let made = self.made(places, actions);
        let (q, model) = (made.spec(), made.model_spec());
        let networks = q.bytes() + q.bytes_to_train() + model.bytes_to_train();
        networks + Memory::bytes_of(self.capacity, ROW)
    }

    /// What devices are compared by for `lanes` lanes in a world.
    pub fn trial(&self, places: Places, actions: usize, lanes: usize) -> Trial {
        self.made(places, actions).trial(lanes, self.batch as usize)
    }

    /// How the model is taught.
    pub fn aim(&self) -> Aim {
        Aim {
            loss: self.model_loss,
            warm_up: u64::from(self.model_warmup),
            every: u64::from(self.value_every),
        }
    }
}
