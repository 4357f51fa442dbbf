//! Questions asked of a run: pure functions from plain data to plain data.

pub mod alike;
pub mod cards;
pub mod cell;
pub mod chain;
pub mod consistency;
pub mod curves;
pub mod evaluate;
pub mod exploit;
pub mod foresight;
pub mod futures;
pub mod model_error;
pub mod plight;
pub mod price;
pub mod reference;
pub mod sketch;
pub mod stale;
pub mod story;
pub mod surface;
pub mod trajectories;
pub mod truth;
pub mod values;
pub mod wall;
