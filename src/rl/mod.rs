//! Equations as small pure functions.

pub mod dp;
pub mod policy;
pub mod self_consistency;
pub mod td;
pub mod transform;
