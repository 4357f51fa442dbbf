//! Questions asked of a run: pure functions from plain data to plain data.

pub mod cards;
pub mod chain;
pub mod curves;
pub mod foresight;
pub mod futures;
pub mod model_error;
pub mod price;
pub mod trajectories;
pub mod truth;
pub mod values;
pub mod wall;
