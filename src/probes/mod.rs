//! Questions asked of a run: pure functions from plain data to plain data.

pub mod alike;
pub mod cards;
pub mod cell;
pub mod chain;
pub mod curves;
pub mod depth_error;
pub mod exploit;
pub mod foresight;
pub mod futures;
pub mod gain;
pub mod lookahead;
pub mod model_error;
pub mod plight;
pub mod price;
pub mod stale;
pub mod trajectories;
pub mod truth;
pub mod two_searches;
pub mod value_error;
pub mod values;
pub mod wall;
