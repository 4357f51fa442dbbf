//! Questions asked of a run: pure functions from plain data to plain data.

<<<<<<< HEAD
pub mod cards;
=======
pub mod chain;
>>>>>>> ab3ce70feea3a3d19638e6bcd6bc7e164bbb0cf2
pub mod curves;
pub mod price;
pub mod trajectories;
pub mod truth;
pub mod values;
pub mod wall;
