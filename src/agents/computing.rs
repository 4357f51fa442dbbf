//! Where the networks of an agent compute, and what a training step of them is.

use crate::nn::choose::Chosen;
use crate::nn::device::{Compute, Place, Wish};
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

/// The device that the dial of an agent led to.
#[derive(Clone, Debug)]
pub struct Seat {
    /// What was asked for.
    pub wish: Wish,
    trial: Trial,
    chosen: Chosen,
}

impl Seat {
    /// What `wish` leads to for networks such as those of `trial`. Opens the device; `auto`
    /// measures, once for each trial.
    pub fn of(trial: Trial, wish: Wish) -> Self {
        let chosen = trial.device(wish.into());
        Self { wish, trial, chosen }
    }

    /// The device.
    pub fn compute(&self) -> &Compute {
        &self.chosen.compute
    }

    /// The seat that `wish` leads to; `None` while it is this one.
    pub fn moved(&self, wish: Wish) -> Option<Self> {
        (wish != self.wish).then(|| Self::of(self.trial.clone(), wish))
    }

    /// For pictures.
    pub fn computing(&self) -> Computing {
        let (place, why) = (self.compute().place(), self.chosen.why.clone());
        Computing { place, why, trial: self.trial.clone() }
    }
}
