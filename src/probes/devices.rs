//! How long a training step of an agent's networks takes on each device of this machine.

pub use crate::agents::computing::Computing;
use crate::nn::choose::time;
use crate::nn::device::Place;
pub use crate::nn::trial::Trial;

/// One device.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Which.
    pub place: Place,
    /// As a person calls it.
    pub name: String,
    /// What it is.
    pub kind: String,
    /// The median training step in milliseconds, or why there is none; `None`: not measured.
    pub step: Option<Result<f64, String>>,
}

impl Row {
    /// A device without a measurement.
    pub fn of(place: Place) -> Self {
        Self { place, name: place.name(), kind: place.kind(), step: None }
    }

    /// The step in words.
    pub fn written(&self) -> String {
        match &self.step {
            Some(Ok(step)) => format!("{step:.2} ms a step"),
            Some(Err(why)) => why.clone(),
            None => "not measured".to_owned(),
        }
    }
}

/// Measures every device. Takes a moment, opens adapters, and blocks.
pub fn measured(trial: &Trial) -> Vec<Row> {
    let row = |place: Place| {
        let step = time(place, &|compute| trial.step(compute)).step;
        Row { step: Some(step.map(|step| step.as_secs_f64() * 1e3)), ..Row::of(place) }
    };
    Place::all().into_iter().map(row).collect()
}
