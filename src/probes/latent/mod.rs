//! What an agent imagines that searches in latent states: along real steps, beside what it makes of
//! the states that were really reached.

mod cloud;
pub mod imagines;
mod readout;

pub use cloud::{Cloud, apart};
pub use readout::Readout;
