//! What is best in a world of two numbers: its true value surface, and what acting by it brings.
//!
//! Value iteration on 180 by 161 points and 21 actions; solved once for the process.

use std::f64::consts::PI;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::truth::Truth;
use crate::mdp::physical::{Body, Control, Deed, Dimension, Motion};
use crate::mdp::scene::Scene;
use crate::rl::plane::{Axis, Plane, optimal};

/// Points along the first and the second number.
const POINTS: [usize; 2] = [180, 161];
/// Actions tried where any between two limits may be taken.
const LEVELS: usize = 21;
/// Greatest change of a value in the last sweep.
const TOLERANCE: f64 = 2e-3;
/// Solutions kept.
const KEPT: usize = 8;
/// The discount where a learner has none.
pub const GAMMA: f64 = 0.99;

/// The best there is.
#[derive(Clone, Debug)]
pub struct Optimum {
    /// `V*` over the plane.
    pub plane: Plane,
    /// The actions it chooses from.
    deeds: Vec<Deed>,
    motion: Arc<dyn Motion>,
    gamma: f64,
}

/// A walk by the greedy policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Walk {
    /// Where it came by, the start first.
    pub bodies: Vec<Body>,
    /// Sum of its rewards, undiscounted.
    pub total: f64,
}

impl Optimum {
    /// Solves the world of `truth` for a discount; `None` if its state is not two numbers, or if
    /// that never comes to an end.
    fn of(truth: &Truth, gamma: f64) -> Option<Self> {
        let (motion, deeds) = (truth.motion()?.clone(), deeds(truth.scene()));
        let axes = axes(truth.scene())?;
        let follow = |place: [f64; 2], action: usize| {
            let next = motion.follow(&Body::new(&place), deeds[action]);
            next.map_or((place, 0.0, true), |next| {
                ([next.body[0], next.body[1]], next.reward, next.terminated)
            })
        };
        let plane = optimal(axes, deeds.len(), follow, gamma, TOLERANCE)?;
        Some(Self { plane, deeds, motion, gamma })
    }

    /// What is best to do in `body`, one step ahead of the surface; ties go to the first.
    pub fn best(&self, body: &Body) -> Deed {
        let worth = |deed: Deed| {
            let next = self.motion.follow(body, deed)?;
            let tail = if next.terminated { 0.0 } else { self.at(&next.body) };
            Some(next.reward + self.gamma * tail)
        };
        let mut best = (f64::NEG_INFINITY, self.deeds[0]);
        for &deed in &self.deeds {
            let worth = worth(deed).unwrap_or(f64::NEG_INFINITY);
            if worth > best.0 {
                best = (worth, deed);
            }
        }
        best.1
    }

    /// The value of a body.
    pub fn at(&self, body: &Body) -> f64 {
        self.plane.at([body[0], body[1]])
    }

    /// The best way from `start`, `steps` steps long.
    pub fn walk(&self, start: Body, steps: usize) -> Walk {
        walk(&*self.motion, start, steps, |body| self.best(body))
    }
}

/// The way of any policy from `start`, `steps` steps long or to the end of the task.
pub fn walk(
    motion: &dyn Motion,
    start: Body,
    steps: usize,
    mut act: impl FnMut(&Body) -> Deed,
) -> Walk {
    let mut walk = Walk { bodies: vec![start], total: 0.0 };
    let mut at = start;
    for _ in 0..steps {
        let Some(next) = motion.follow(&at, act(&at)) else {
            break;
        };
        walk.total += next.reward;
        walk.bodies.push(next.body);
        at = next.body;
        if next.terminated {
            break;
        }
    }
    walk
}

/// The two axes of a world of two numbers.
fn axes(scene: &Scene) -> Option<[Axis; 2]> {
    let Scene::Body(scene) = scene else {
        return None;
    };
    let [first, second] = scene.dimensions else {
        return None;
    };
    let axis = |d: &Dimension, points| {
        let (low, high) = d.range;
        Axis { low, high, points, turns: d.turns }
    };
    Some([axis(first, POINTS[0]), axis(second, POINTS[1])])
}

/// What can be done: the actions there are, or some between the limits of one force.
fn deeds(scene: &Scene) -> Vec<Deed> {
    let Scene::Body(scene) = scene else {
        return Vec::new();
    };
    let Some(control) = scene.controls.first() else {
        return (0..scene.actions.len()).map(|action| Deed::Chosen(action as u8)).collect();
    };
    let (low, high) = control.range;
    let level = |index: usize| low + (high - low) * index as f64 / (LEVELS - 1) as f64;
    (0..LEVELS).map(|index| Deed::Steered(Control::new(&[level(index)]))).collect()
}

/// A world with its dials, a discount, and what came of it.
type Solved = (String, u64, Option<Arc<Optimum>>);

static SOLVED: LazyLock<Mutex<Vec<Solved>>> = LazyLock::new(Mutex::default);

/// The best in the world of `truth` for a discount, from memory if it was solved before. Takes up to
/// two seconds: not for the thread of the window.
pub fn optimum(truth: &Truth, gamma: f64) -> Option<Arc<Optimum>> {
    // The copy of a world that a truth holds is the world as it was built: its dials tell it apart.
    let world = format!("{:?}", truth.motion()?);
    let mut solved = SOLVED.lock().unwrap_or_else(PoisonError::into_inner);
    let known = solved.iter().find(|s| s.0 == world && s.1 == gamma.to_bits());
    if let Some((_, _, optimum)) = known {
        return optimum.clone();
    }
    let optimum = Optimum::of(truth, gamma).map(Arc::new);
    if solved.len() >= KEPT {
        solved.remove(0);
    }
    solved.push((world, gamma.to_bits(), optimum.clone()));
    optimum
}

/// A state of the fixed set on which pendulums are compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Start {
    /// Where it begins.
    pub body: Body,
    /// Undiscounted return of the best 200 steps from there, discount 0.99.
    pub optimum: f64,
}

/// The fixed set: 10 angles by 10 speeds, the middles of equal parts of where episodes begin.
pub fn pendulum_starts() -> impl Iterator<Item = Body> {
    let middle = |index: usize, most: f64| most * ((2 * index + 1) as f64 / 10.0 - 1.0);
    (0..100).map(move |i| Body::new(&[middle(i / 10, PI), middle(i % 10, 1.0)]))
}

/// The fixed set with its optimum, as the program ships it.
pub fn pendulum_optima() -> Vec<Start> {
    let rows = include_str!("../../assets/pendulum-starts.csv").lines().skip(1);
    let optimum = |row: &str| row.rsplit(',').next().and_then(|x| x.parse().ok());
    let optima = rows.map(|row| optimum(row).unwrap_or(f64::NAN));
    pendulum_starts().zip(optima).map(|(body, optimum)| Start { body, optimum }).collect()
}
