//! Equations as small pure functions.

pub mod dp;
pub mod lstd;
pub mod policy;
pub mod td;
