//! What a cohort keeps of each of its seeds.

use super::lane_view::{Path, TRAIL};
use crate::base::rng::Stream;
use crate::mdp::{Simulator, State};

/// One seed: a world, its dice, and how far it has come.
#[derive(Clone, Debug)]
pub(super) struct Lane<W: Simulator> {
    pub world: W,
    pub dice: Stream,
    pub episodes: u64,
    pub env_steps: u64,
    pub step: u64,
    pub episode_return: f64,
    pub total_return: f64,
    /// The episode ends as soon as the planning of its last step is done.
    pub ended: bool,
    pub trail: [State; TRAIL],
    /// Where it has been in a world of numbers; empty and without cost in any other.
    pub path: Path,
}
