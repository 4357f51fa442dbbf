//! Questions asked of a run: pure functions from plain data to plain data.

pub mod cards;
pub mod cell;
pub mod chain;
pub mod curves;
pub mod exploit;
pub mod futures;
pub mod plight;
pub mod price;
pub mod stale;
pub mod truth;
pub mod values;
pub mod wall;
