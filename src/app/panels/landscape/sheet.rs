//! The value under a landscape, at every point of a window: asked beside the window.

use std::sync::Arc;

use crate::experiment::cohort::LaneView;
use crate::experiment::snapshot::RunSnapshot;
use crate::lessons::bench::ValueFrom;
use crate::mdp::physical::{Body, Dimension};
use crate::probes::landscape::bumps::TwoBumps;
use crate::probes::landscape::{Critic, Ground, Slice, Window, lived, numbers_of};
use crate::probes::reference::GAMMA;
use crate::probes::surface::Surface;
use crate::probes::truth::Truth;

/// Points of a landscape along each number.
pub const POINTS: usize = 128;
/// Parts of the window in which lived states are counted, along each number.
const PARTS: usize = 32;
/// Share of the range to each side of the cross where only its surroundings are shown.
const NEAR: f64 = 0.25;

/// The two numbers of the toy.
const TOY: [Dimension; 2] = [
    Dimension { name: "x", key: "x", unit: "", range: TwoBumps::RANGE, turns: false },
    Dimension { name: "y", key: "y", unit: "", range: TwoBumps::RANGE, turns: false },
];

/// What an arena without numbers is told.
pub const NO_NUMBERS: &str =
    "A landscape needs a world of numbers, like the pendulum. The toy needs no world.";

/// The letter of a number whose name is a word and a letter.
pub fn letter(number: &Dimension) -> &'static str {
    number.name.rsplit(' ').next().unwrap_or(number.name)
}

/// The two numbers that a landscape spans.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Floor {
    /// Their names and ranges.
    pub numbers: [Dimension; 2],
    /// Which two of a body they are, and the others; `None` for the toy.
    pub slice: Option<Slice>,
}

impl Floor {
    /// That of the toy.
    pub const TOY: Self = Self { numbers: TOY, slice: None };

    /// That of the world of a run.
    pub fn of(run: &RunSnapshot) -> Option<Self> {
        let numbers = numbers_of(&run.truth)?;
        let slice = Slice::of(numbers, run.lane.path.now())?;
        Some(Self { numbers: slice.of.map(|number| numbers[number]), slice: Some(slice) })
    }

    /// Whether the first number is an angle.
    pub fn turns(&self) -> bool {
        self.numbers[0].turns
    }

    /// Whether a place lies in the world.
    pub fn holds(&self, place: [f64; 2]) -> bool {
        let inside = |d: usize| {
            let (low, high) = self.numbers[d].range;
            (low..=high).contains(&place[d])
        };
        inside(0) && inside(1)
    }

    /// Everything there is.
    pub fn whole(&self) -> Window {
        Window { ranges: self.numbers.map(|d| d.range), points: POINTS }
    }

    /// The surroundings of a place. An angle may go beyond the end of its range.
    pub fn near(&self, place: [f64; 2]) -> Window {
        let range = |d: usize| {
            let (low, high) = self.numbers[d].range;
            let half = NEAR * (high - low);
            let middle = match self.numbers[d].turns {
                true => place[d],
                false => place[d].clamp(low + half, high - half),
            };
            (middle - half, middle + half)
        };
        Window { ranges: [range(0), range(1)], points: POINTS }
    }

    /// A place as it lies in a window: an angle is turned to be within half a turn of its middle.
    pub fn seen_in(&self, window: &Window, [x, y]: [f64; 2]) -> [f64; 2] {
        if !self.turns() {
            return [x, y];
        }
        let middle = 0.5 * (window.ranges[0].0 + window.ranges[0].1);
        [middle + crate::mdp::physical::wrap(x - middle), y]
    }
}

/// Whose value.
#[derive(Clone, PartialEq)]
enum Whose {
    Best,
    Surface(Surface),
    Bumps,
}

/// What is asked.
#[derive(Clone)]
pub struct Question {
    letter: char,
    truth: Arc<Truth>,
    lane: Arc<LaneView>,
    gamma: f64,
    whose: Whose,
    /// Over which numbers.
    pub floor: Floor,
    /// Over which part of them.
    pub window: Window,
}

impl PartialEq for Question {
    fn eq(&self, other: &Self) -> bool {
        let same_world =
            Arc::ptr_eq(&self.truth, &other.truth) && Arc::ptr_eq(&self.lane, &other.lane);
        let toy = self.whose == Whose::Bumps;
        (toy || same_world && self.letter == other.letter && self.gamma == other.gamma)
            && (&self.whose, &self.floor, &self.window)
                == (&other.whose, &other.floor, &other.window)
    }
}

/// The copy of what a run thought before: the newest, or one of them.
pub fn kept(run: &RunSnapshot, index: Option<usize>) -> Option<(usize, u64)> {
    let all = &run.lane.view.earlier_values;
    let last = all.len().checked_sub(1)?;
    let index = index.unwrap_or(last).min(last);
    Some((index, all[index].updates))
}

impl Question {
    /// Over the whole of `floor`; or in one sentence why it cannot be asked.
    pub fn new(
        run: &RunSnapshot,
        floor: Floor,
        from: ValueFrom,
        index: Option<usize>,
    ) -> Result<Self, String> {
        let view = &run.lane.view;
        let whose = match from {
            ValueFrom::Best => Some(Whose::Best),
            ValueFrom::Bumps => Some(Whose::Bumps),
            ValueFrom::Critic => view.surface.clone().map(Whose::Surface),
            ValueFrom::Earlier => kept(run, index)
                .map(|(index, _)| Whose::Surface(view.earlier_values[index].surface.clone())),
        };
        let letter = run.letter;
        let whose = whose.ok_or_else(|| match from {
            ValueFrom::Earlier if view.surface.is_some() => {
                format!("{letter} has kept no value yet: the first is kept after 64 updates.")
            }
            _ => format!("{letter} learns no values of places: take best or toy instead."),
        })?;
        Ok(Self {
            letter,
            truth: run.truth.clone(),
            lane: run.lane.clone(),
            gamma: run.param("gamma").unwrap_or(GAMMA),
            whose,
            floor,
            window: floor.whole(),
        })
    }

    /// The same of the surroundings of a place.
    pub fn near(&self, place: [f64; 2]) -> Self {
        Self { window: self.floor.near(place), ..self.clone() }
    }

    /// Whether it is about the same world, whatever was learned in it.
    pub fn same_world(&self, other: &Self) -> bool {
        let toy = |q: &Self| q.whose == Whose::Bumps;
        match (toy(self), toy(other)) {
            (false, false) => Arc::ptr_eq(&self.truth, &other.truth) && self.letter == other.letter,
            (a, b) => a == b,
        }
    }

    /// Asks.
    pub fn answer(&self) -> Result<Sheet, String> {
        let ground = match (&self.whose, self.floor.slice) {
            (Whose::Bumps, _) => Some(Ground::Bumps),
            (Whose::Best, _) => Ground::best(&self.truth, self.gamma),
            (Whose::Surface(surface), Some(slice)) => {
                Critic::new(surface.clone(), &self.truth, slice).map(Ground::Critic)
            }
            (Whose::Surface(_), None) => None,
        };
        let ground = ground.ok_or_else(|| {
            "This world has no exact value: take the critic of a run instead.".to_owned()
        })?;
        let values = ground.values(&self.window);
        // What was lived is of interest where the value was learned from it.
        let learned = matches!(self.whose, Whose::Surface(_));
        let lived = self.floor.slice.filter(|_| learned).map(|slice| self.lived(slice));
        Ok(Sheet::new(ground, self.window, values, lived))
    }

    /// Which points are near a state that was lived: those remembered, or else the newest ones.
    fn lived(&self, slice: Slice) -> Vec<bool> {
        let at = |body: &Body| {
            let place = slice.of.map(|number| body[number]);
            self.floor.seen_in(&self.window, place)
        };
        let steered = self.lane.view.steered.as_ref().filter(|view| !view.memory.is_empty());
        let Some((view, motion)) = steered.zip(self.truth.motion()) else {
            let path = self.lane.path.before().chain(self.lane.path.episode());
            return lived(&self.window, PARTS, path.map(at));
        };
        let sees = motion.see(&slice.base).len();
        let rows = (0..view.memory.len()).map(|row| motion.locate(&view.memory.row(row)[..sees]));
        lived(&self.window, PARTS, rows.map(|body| at(&body)))
    }
}

/// The value at every point.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// It can be asked anywhere.
    pub ground: Ground,
    /// Where its points are.
    pub window: Window,
    /// `[points * points]`.
    pub values: Vec<f64>,
    /// The same for pictures.
    pub heights: Arc<[f32]>,
    /// Least and greatest of them.
    pub ends: (f64, f64),
    /// Points that have no number.
    pub missing: usize,
    /// Points without data, where anything was lived at all.
    pub unknown: Option<Arc<[bool]>>,
}

impl Sheet {
    fn new(ground: Ground, window: Window, values: Vec<f64>, lived: Option<Vec<bool>>) -> Self {
        let sound = values.iter().copied().filter(|v| v.is_finite());
        let ends = sound.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let number = |v: &f64| if v.is_finite() { *v as f32 } else { f32::NAN };
        let lived = lived.filter(|lived| lived.contains(&true));
        Self {
            heights: values.iter().map(number).collect(),
            missing: values.iter().filter(|v| !v.is_finite()).count(),
            unknown: lived.map(|lived| lived.iter().map(|lived| !lived).collect()),
            ends: if ends.0 <= ends.1 { ends } else { (0.0, 1.0) },
            ground,
            window,
            values,
        }
    }

    /// Whether it is the same everywhere.
    pub fn is_flat(&self) -> bool {
        self.ends.1 - self.ends.0 <= 1e-9 * self.ends.1.abs().max(1.0)
    }

    /// Whether a place lies where something was lived, as far as that is known.
    pub fn has_data(&self, place: [f64; 2]) -> Option<bool> {
        let unknown = self.unknown.as_ref()?;
        if !self.window.holds(place) {
            return None;
        }
        let at = |d: usize| {
            let (low, high) = self.window.ranges[d];
            ((place[d] - low) / (high - low) * (POINTS - 1) as f64).round() as usize
        };
        Some(!unknown[at(1) * POINTS + at(0)])
    }
}
