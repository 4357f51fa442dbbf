//! Pseudo-code and dials of the low-rank model.

use crate::mdp::trace::{CodeLine, Source};
use crate::models::model_loss::ModelLoss;

/// Lines of the pseudo-code that leave marks.
pub mod line {
    pub const WORLD: u8 = 1;
    pub const KEEP: u8 = 2;
    pub const LEARN: u8 = 4;
    pub const TEST: u8 = 5;
}

const REAL: Option<Source> = Some(Source::Real);

const fn program(loss: &'static str) -> [CodeLine; 6] {
    [
        CodeLine::new(0, "repeat for every real step", None),
        CodeLine::new(1, "s′ ← world(s, 0)", REAL),
        CodeLine::new(1, "data ← data + (s, s′), until it is full", REAL),
        CodeLine::new(1, "repeat m times, with s̃′ = U W s", None),
        CodeLine::new(2, loss, REAL),
        CodeLine::new(2, "now and then: how wrong on what was kept aside", None),
    ]
}

static PROGRAMS: [[CodeLine; 6]; 5] = [
    program("U, W: down the mean of |s̃′ − s′|²"),
    program("U, W, σ: down the mean of (e/σ)² + ln σ²"),
    program("U, W: down the mean of (V(s̃′) − V(s′))²"),
    program("U, W: down the mean of Σ (∂V(s′) · e)²"),
    program("U, W: down the mean of (Σ ∂V(s′) · e)²"),
];

/// The pseudo-code as the loss is set.
pub fn code(loss: ModelLoss) -> &'static [CodeLine] {
    &PROGRAMS[loss as usize]
}

crate::params! {
    /// Dials of the low-rank model.
    pub struct LowRankConfig {
        /// What the model is trained by.
        model_loss: ModelLoss = ModelLoss::Squared => { "Model loss", "", Live, Choice(ModelLoss::CHOICES) },
        /// Adam's step size.
        model_rate: f64 = 0.01 => { "Model's rate", "Adam", Live, Float { min: 0.00001, max: 0.1, log: true } },
        /// Mini-batches after every real step, once the data are there.
        model_updates: u32 = 1 => { "Model updates", "m, per real step", Live, Int { min: 0.0, max: 20.0, log: false } },
        /// Remembered steps in a mini-batch.
        batch: u32 = 256 => { "Mini-batch", "steps", Live, Int { min: 1.0, max: 1024.0, log: true } },
        /// Model updates after which the value moves; 0 is never.
        value_every: u32 = 0 => { "Value moves", "every N updates, 0 never", Live, Int { min: 0.0, max: 10_000.0, log: false } },
        /// How far from 0 the value has its top after it has moved.
        value_shift: f64 = 1.0 => { "Value moves by", "at most twice as far", Live, Float { min: 0.0, max: 5.0, log: false } },
        /// Room in the model: how many numbers the whole state has to pass through.
        rank: u32 = 2 => { "Rank", "of the model", Restart, Int { min: 1.0, max: 16.0, log: false } },
        /// Real steps that are learned from; the first that come.
        train: u32 = 1500 => { "Training data", "steps", Restart, Int { min: 10.0, max: 20_000.0, log: true } },
        /// Real steps after those that are only tested with.
        test: u32 = 500 => { "Test data", "steps", Restart, Int { min: 10.0, max: 5_000.0, log: true } },
    }
}
