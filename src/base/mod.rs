//! Ground floor: random streams, statistics, parameters, append-only series, digests.
//!
//! Nothing here knows reinforcement learning, networks or windows.

pub mod digest;
pub mod params;
pub mod rng;
pub mod series;
pub mod stats;
