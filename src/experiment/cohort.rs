//! A cohort: one agent with its lanes, their worlds and streams. The unit of thread, clone and
//! digest.

pub use super::advance::{Advance, FULL};
use super::cell_log::CellLog;
use super::clock::{Counters, Position};
pub use super::group::Group;
pub use super::lane_view::{LaneView, PATH, Path, TRAIL};
use super::record::EpisodeRow;
use crate::agents::search::Evidence;
use crate::mdp::State;
use crate::mdp::edit::Stroke;
use crate::mdp::trace::{CodeLine, Recorder};
use crate::nn::device::Place;
use crate::probes::value_error::Yardstick;

/// The face of a cohort that the engine sees.
pub trait Cohort: Send {
    /// Runs until every lane is at `goal`, at most about `fuel` units.
    fn advance(&mut self, goal: Position, fuel: u64) -> Advance;
    /// The same with a recorder, until that is full.
    fn advance_watched(&mut self, goal: Position, fuel: u64, recorder: &mut Recorder) -> Advance;
    /// The same with a log of one cell.
    fn advance_logged(&mut self, goal: Position, fuel: u64, log: &mut CellLog) -> Advance;
    /// Plans up to `units` times while the worlds stand still, with a log of one cell.
    fn dream_logged(&mut self, units: u32, log: &mut CellLog) -> u32;
    /// The same with a recorder or without, and returns how often.
    fn dream(&mut self, units: u32, recorder: Option<&mut Recorder>) -> u32;
    /// Whether planning while the worlds stand still would do anything now.
    fn can_dream(&self) -> bool;
    /// Moves finished episodes out: `(lane, index of the episode, row)`.
    fn take_finished(&mut self) -> Vec<(usize, u64, EpisodeRow)>;
    /// How many lanes it has.
    fn lanes(&self) -> usize;
    /// How far lane `lane` has come.
    fn counters(&self, lane: usize) -> Counters;
    /// What a picture needs of lane `lane`.
    fn lane_view(&self, lane: usize) -> LaneView;
    /// The search from the present state of lane `lane`, copied out.
    fn evidence(&self, lane: usize) -> Option<Evidence>;
    /// The lane that has failed, once one has.
    fn failed_lane(&self) -> usize;
    /// Which of its stages the world of lane `lane` is in.
    fn stage(&self, lane: usize) -> usize;
    /// The agent's pseudo-code as it is set now.
    fn code(&self) -> &'static [CodeLine];
    /// Value of the agent's parameter `index`.
    fn param(&self, index: usize) -> f64;
    /// Sets a live parameter to a checked value.
    fn set_param(&mut self, index: usize, value: f64);
    /// Draws a checked stroke over the world of every lane.
    fn edit(&mut self, stroke: &Stroke);
    /// Paints an error over the agent's model.
    fn lie(&mut self, cells: &[(State, f64)]);
    /// Measures values against this at the end of every episode from now on.
    fn measure(&mut self, yardstick: &Yardstick);
    /// Fingerprint of the agent and all counters.
    fn digest(&self) -> u64;
    /// Host memory in bytes.
    fn bytes(&self) -> usize;
    /// A copy that goes on exactly as this one would.
    fn duplicate(&self) -> Box<dyn Cohort>;
    /// The same with its networks in host memory until they are used again: it outlives a device
    /// that is lost.
    fn stowed(&self) -> Box<dyn Cohort>;
    /// Where its networks lie now, if it has any.
    fn place(&self) -> Option<Place>;
}
