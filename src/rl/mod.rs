//! Equations as small pure functions.

pub mod batch;
pub mod dp;
pub mod lstd;
pub mod policy;
pub mod td;
pub mod updates;
