//! What a person has chosen on the bench.

use crate::gfx::Camera;
use crate::lessons::bench::{Bench, ValueFrom};
use crate::probes::landscape::bumps::TwoBumps;
use crate::probes::landscape::{Coordinates, Descent, Loss, Optimiser};

/// Steps of a ball.
pub const STEPS: usize = 2000;
/// Azimuth and elevation of landscapes, in degrees.
const VIEW: [f32; 2] = [14.0, 49.0];

/// The observed next state, and the prediction that rolls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Places {
    /// `s'`.
    pub cross: [f64; 2],
    /// Where balls begin.
    pub start: [f64; 2],
}

/// The choices.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whose value.
    pub from: ValueFrom,
    /// Which of those kept; the newest if none was chosen.
    pub kept: Option<usize>,
    /// In the world, and on the toy.
    places: [Places; 2],
    /// In which numbers errors are measured.
    pub coordinates: Coordinates,
    /// The unbounded form of VaGraM.
    pub unbounded: bool,
    /// Only the surroundings of the cross.
    pub near: bool,
    /// VAML and VaGraM share their scale.
    pub same_scale: bool,
    /// Contours are those of the value, on every picture.
    pub value_lines: bool,
    /// How balls roll.
    pub optimiser: Optimiser,
    /// With which step size.
    pub rate: f64,
    /// What arrows and clicks move: 0 the cross, 1 the prediction.
    pub hand: usize,
    /// What the column shows where it has no room for everything.
    pub tab: usize,
    /// Where all surfaces are seen from.
    pub camera: Camera,
    /// The place under the pointer, marked in every picture.
    pub pointed: Option<[f64; 2]>,
}

/// What a person has chosen, as far as it can be taken back: all but where it is seen from and what
/// the keys move.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    from: ValueFrom,
    kept: Option<usize>,
    places: [Places; 2],
    coordinates: Coordinates,
    /// Unbounded, near, same scale, value lines.
    looks: [bool; 4],
    optimiser: Optimiser,
    rate: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self::of(&Bench::default())
    }
}

impl Settings {
    /// As a lesson has it.
    pub fn of(bench: &Bench) -> Self {
        let toy = bench.value == ValueFrom::Bumps;
        let mut places = [
            Places { cross: [-0.5, 1.0], start: [1.0, -1.0] },
            Places { cross: TwoBumps::TARGET, start: TwoBumps::STARTS[2] },
        ];
        let chosen = &mut places[usize::from(toy)];
        chosen.cross = bench.cross.unwrap_or(chosen.cross);
        chosen.start = bench.start.unwrap_or(chosen.start);
        let optimiser = bench.optimiser.unwrap_or(Optimiser::Adam);
        Self {
            from: bench.value,
            kept: None,
            places,
            coordinates: Coordinates::State,
            unbounded: bench.unbounded,
            near: bench.near,
            same_scale: false,
            value_lines: false,
            optimiser,
            rate: bench.rate.unwrap_or(0.05),
            hand: 0,
            tab: 0,
            camera: Camera::at(VIEW[0], VIEW[1]),
            pointed: None,
        }
    }

    /// What can be taken back.
    pub fn chosen(&self) -> Chosen {
        Chosen {
            from: self.from,
            kept: self.kept,
            places: self.places,
            coordinates: self.coordinates,
            looks: [self.unbounded, self.near, self.same_scale, self.value_lines],
            optimiser: self.optimiser,
            rate: self.rate,
        }
    }

    /// As it was.
    pub fn choose(&mut self, chosen: &Chosen) {
        [self.unbounded, self.near, self.same_scale, self.value_lines] = chosen.looks;
        (self.from, self.kept, self.places) = (chosen.from, chosen.kept, chosen.places);
        (self.coordinates, self.optimiser, self.rate) =
            (chosen.coordinates, chosen.optimiser, chosen.rate);
    }

    /// Cross and prediction where the value comes from now.
    pub fn places(&self) -> &Places {
        &self.places[usize::from(self.from == ValueFrom::Bumps)]
    }

    /// The same, to be changed.
    pub fn places_mut(&mut self) -> &mut Places {
        &mut self.places[usize::from(self.from == ValueFrom::Bumps)]
    }

    /// The place under the hand.
    pub fn held_mut(&mut self) -> &mut [f64; 2] {
        let hand = self.hand;
        let places = self.places_mut();
        if hand == 0 { &mut places.cross } else { &mut places.start }
    }

    /// How balls are let go.
    pub fn descent(&self) -> Descent {
        Descent { optimiser: self.optimiser, rate: self.rate, steps: STEPS }
    }

    /// The losses that have a picture.
    pub fn losses(&self) -> [Loss; 3] {
        let vagram = if self.unbounded { Loss::VagramUnbounded } else { Loss::Vagram };
        [Loss::Squared, Loss::Vaml, vagram]
    }
}

/// Name of a loss.
pub fn name(loss: Loss) -> &'static str {
    match loss {
        Loss::Squared => "MSE",
        Loss::Vaml => "VAML",
        Loss::Vagram => "VaGraM, bounded",
        Loss::VagramUnbounded => "VaGraM, unbounded",
    }
}
