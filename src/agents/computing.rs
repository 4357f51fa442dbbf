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
    /// Where the networks lie now: in host memory while they are stowed.
    at: Compute,
}

impl Seat {
    /// What `wish` leads to for networks such as those of `trial`. Opens the device; `auto`
    /// measures, once for each trial.
    pub fn of(trial: Trial, wish: Wish) -> Self {
        let chosen = trial.device(wish.into());
        let at = chosen.compute.clone();
        Self { wish, trial, chosen, at }
    }

    /// The device where the networks lie.
    pub fn compute(&self) -> &Compute {
        &self.at
    }

    /// The seat that `wish` leads to; `None` while the networks lie there.
    pub fn moved(&self, wish: Wish) -> Option<Self> {
        let there = wish == self.wish && self.at.place() == self.chosen.compute.place();
        (!there).then(|| Self::of(self.trial.clone(), wish))
    }

    /// The same seat with the networks in host memory until they are used again, so that a copy
    /// outlives its device; `None` where they lie there anyway.
    pub fn stowed(&self) -> Option<Self> {
        (!self.at.is_host()).then(|| Self { at: Compute::flex(), ..self.clone() })
    }

    /// For pictures.
    pub fn computing(&self) -> Computing {
        let (place, why) = (self.chosen.compute.place(), self.chosen.why.clone());
        Computing { place, why, trial: self.trial.clone() }
    }
}
