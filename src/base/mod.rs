//! Ground floor: random streams, statistics, parameters, append-only series, a priority
//! queue, digests.
//!
//! Nothing here knows reinforcement learning, networks or windows.

pub mod atomic;
pub mod digest;
pub mod heap;
pub mod params;
pub mod rng;
pub mod series;
pub mod stats;
