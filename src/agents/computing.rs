//! Where the networks of an agent compute, and what a training step of them is.

use crate::nn::device::Place;
use crate::nn::trial::Trial;

/// The networks of an agent, as far as devices are concerned.
#[derive(Clone, Debug, PartialEq)]
pub struct Computing {
    /// Which device.
    pub place: Place,
    /// Why that one.
    pub why: String,
    /// What its time is measured by.
    pub trial: Trial,
}
