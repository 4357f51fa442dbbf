//! Equations as small pure functions.

pub mod batch;
pub mod dp;
pub mod expansion;
pub mod landscape;
pub mod losses;
pub mod lstd;
pub mod plane;
pub mod policy;
pub mod self_consistency;
pub mod td;
pub mod transform;
pub mod updates;
