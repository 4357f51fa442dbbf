//! One lane as pictures need it.

use super::clock::Counters;
use crate::agents::View;
use crate::mdp::State;

/// Cells kept of the way an agent came.
pub const TRAIL: usize = 64;

/// What a picture needs of one lane.
#[derive(Clone, Debug)]
pub struct LaneView {
    /// How far it has come.
    pub counters: Counters,
    /// Where it is; `None` in worlds without listed states.
    pub state: Option<State>,
    /// States of this episode, oldest first, at most [`TRAIL`], the present one last.
    pub trail: Vec<State>,
    /// Planning units still due in the step under way.
    pub due: u32,
    /// The agent's tables.
    pub view: View,
}
