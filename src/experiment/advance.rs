//! How far a cohort got.

use crate::agents::Fault;

/// Finished episodes after which a cohort hands them over before it goes on: far fewer than a
/// record keeps exactly, so that whoever writes tables can keep up.
pub const FULL: usize = 16_384;

/// How a call of [`Cohort::advance`] ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Advance {
    /// Every lane is at the goal.
    Reached,
    /// The fuel was used up first.
    OutOfFuel,
    /// [`FULL`] episodes wait to be taken.
    Full,
    /// This clock does not move for this agent as it is set now.
    StandsStill,
    /// A value is not a number any more.
    Failed(Fault),
}
