//! Equations as small pure functions.

pub mod batch;
pub mod categorical;
pub mod dp;
pub mod expansion;
pub mod landscape;
pub mod latent;
pub mod losses;
pub mod lstd;
pub mod n_step;
pub mod plane;
pub mod policy;
pub mod principal;
pub mod priority;
pub mod self_consistency;
pub mod td;
pub mod transform;
pub mod updates;
