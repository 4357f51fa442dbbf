//! Equations as small pure functions.

pub mod batch;
pub mod dp;
pub mod lstd;
pub mod policy;
pub mod solve;
pub mod td;
