//! A learner's values over a plane of two numbers, beside the true ones.

use std::sync::Arc;

use super::reference::{Optimum, optimum};
use super::truth::Truth;
pub use crate::agents::surface::{Surface, ValueSurface};
use crate::mdp::physical::{Body, Dimension, Motion};
use crate::mdp::scene::Scene;
use crate::rl::plane::Axis;
pub use crate::rl::plane::Plane;

/// Points along each number: a network is asked at every one of them.
const POINTS: [usize; 2] = [72, 65];

/// What there is to compare.
#[derive(Clone, Debug)]
pub struct Surfaces {
    /// The best there is; `None` where that never comes to an end.
    pub optimum: Option<Arc<Optimum>>,
    /// What the learner thinks; `None` for one without values.
    pub learned: Option<Plane>,
    /// What it thinks too much: learned minus true.
    pub excess: Option<Plane>,
}

impl Surfaces {
    /// Compares in the world of `truth` for a discount; `None` if its states are no
    /// numbers. Solves the world the first time.
    pub fn of(truth: &Truth, gamma: f64, surface: Option<&Surface>) -> Option<Self> {
        let motion = truth.motion()?;
        let cut = plane_of(truth)?;
        let optimum = optimum(truth, gamma);
        let learned = surface.map(|s| sampled(&**motion, &cut, &*s.0));
        let excess = learned.as_ref().zip(optimum.as_ref()).map(|(learned, best)| {
            let mut excess = learned.clone();
            for index in 0..excess.values.len() {
                excess.values[index] -= best.plane.at(excess.place(index));
            }
            excess
        });
        Some(Self { optimum, learned, excess })
    }
}

/// A plane through the states of a world of numbers: two of them vary, the others are 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cut {
    /// Which two.
    pub at: [usize; 2],
    /// What they are.
    pub numbers: [&'static Dimension; 2],
    /// How many there are in all.
    pub all: usize,
}

impl Cut {
    /// The state at a place of the plane.
    pub fn body(&self, place: [f64; 2]) -> Body {
        let mut numbers = [0.0; Body::MOST];
        self.at.iter().zip(place).for_each(|(&at, x)| numbers[at] = x);
        Body::new(&numbers[..self.all])
    }

    /// Whether the plane holds all states.
    pub fn is_whole(&self) -> bool {
        self.all == 2
    }
}

/// The plane that pictures show: all states where they are two numbers, else that of the last two,
/// which of a cart with a pole are the pole's.
pub fn plane_of(truth: &Truth) -> Option<Cut> {
    match truth.scene() {
        Scene::Body(scene) => {
            let all = scene.dimensions.len();
            let first = plane_numbers(scene.dimensions)?;
            let numbers = [&scene.dimensions[first], &scene.dimensions[first + 1]];
            Some(Cut { at: [first, first + 1], numbers, all })
        }
        Scene::Grid(_) | Scene::Graph(_) | Scene::Board(_) | Scene::States(_) => None,
    }
}

/// The first of the two neighbouring numbers of a body that make a plane: the last two, unless the
/// second of them alone turns; then the first two, as planes turn along their first number.
pub fn plane_numbers(numbers: &[Dimension]) -> Option<usize> {
    let last = numbers.len().checked_sub(2)?;
    let turned = numbers[last + 1].turns && !numbers[last].turns;
    Some(if turned { 0 } else { last })
}

/// A surface at the points of a plane.
fn sampled(motion: &dyn Motion, cut: &Cut, surface: &dyn ValueSurface) -> Plane {
    let axis = |d: &Dimension, points| {
        let (low, high) = d.range;
        Axis { low, high, points, turns: d.turns }
    };
    let [first, second] = cut.numbers;
    let mut plane = Plane::level([axis(first, POINTS[0]), axis(second, POINTS[1])], 0.0);
    for index in 0..plane.values.len() {
        plane.values[index] = surface.value(&motion.see(&cut.body(plane.place(index))));
    }
    plane
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envs::pendulum::{Pendulum, PendulumConfig};
    use crate::probes::reference::GAMMA;

    /// Thinks of the angle alone: 10 upright, -10 hanging.
    #[derive(Debug)]
    struct Cosine;

    impl ValueSurface for Cosine {
        fn value(&self, seen: &[f32]) -> f64 {
            10.0 * f64::from(seen[0])
        }
    }

    #[test]
    fn what_is_learned_is_read_where_it_is_seen_and_compared_there() {
        let truth = Truth::of_motion(&Pendulum::new(PendulumConfig::default()));
        let surface = Surface(Arc::new(Cosine));
        let found = Surfaces::of(&truth, GAMMA, Some(&surface)).unwrap();
        let (learned, best) = (found.learned.unwrap(), found.optimum.unwrap());
        for (place, value) in [([0.0, 0.0], 10.0), ([std::f64::consts::PI, 3.0], -10.0)] {
            assert!((learned.at(place) - value).abs() < 1e-4);
            let excess = found.excess.as_ref().unwrap().at(place);
            assert!((excess - (value - best.plane.at(place))).abs() < 1.0, "{place:?}");
        }
        assert_eq!(surface, surface.clone());
        assert_ne!(surface, Surface(Arc::new(Cosine)));
        let nothing = Surfaces::of(&truth, GAMMA, None).unwrap();
        assert!(nothing.learned.is_none() && nothing.excess.is_none());
    }
}
