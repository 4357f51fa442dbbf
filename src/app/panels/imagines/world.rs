//! The imagined states as places of the world, beside the real ones.

use std::f64::consts::TAU;

use egui::{Rect, Ui};

use super::weak;
use crate::app::panels::imagined::{Shown, picture};
use crate::experiment::snapshot::RunSnapshot;
use crate::mdp::physical::Body;
use crate::mdp::scene::Scene;
use crate::probes::dynamics::{CELL, Place};
use crate::probes::imagined::{End, Future, Measure};
use crate::probes::latent::imagines::{Imagines, Step};

/// Draws it, as `reader` (0: the probe, 1: the nearest real state) says where imagined states are.
pub fn ui(
    ui: &mut Ui,
    rect: Rect,
    run: &RunSnapshot,
    (found, reader, horizon): (&Imagines, usize, Option<usize>),
) {
    let scene = run.truth.scene();
    let measure = match scene {
        Scene::Grid(_) => Measure::Cells(&CELL),
        Scene::Body(body) => Measure::Shares(body.dimensions),
        Scene::Graph(_) | Scene::Board(_) | Scene::States(_) => {
            return weak(ui, "This world has no picture to draw imagined states in.");
        }
    };
    let real = future(scene, measure, found.steps.iter().map(|step| Some(step.real)));
    let dream = future(scene, measure, found.steps.iter().map(|step| imagined(step, reader)));
    let shown = Shown {
        real: &real,
        dream: &dream,
        gaps: &[],
        typical: &[],
        horizon,
        measure,
        driven: false,
        first: 0,
    };
    // A click has nothing to begin here: the steps are those that were really taken.
    let _ = picture(ui, rect, run, &shown);
}

/// Where an imagined state is. The root was really seen.
pub fn imagined(step: &Step, reader: usize) -> Option<Place> {
    match (step.reward, reader) {
        (None, _) => Some(step.real),
        (Some(_), 0) => step.read,
        (Some(_), _) => step.nearest,
    }
}

/// The numbers of a place.
pub fn body(scene: &Scene, place: &Place) -> Option<Body> {
    match (place, scene) {
        (Place::Body(body), _) => Some(*body),
        (Place::State(state), Scene::Grid(grid)) => {
            let (row, col) = grid.place(*state);
            Some(Body::new(&[row as f64, col as f64]))
        }
        _ => None,
    }
}

/// Places in a row; angles run on beyond half a turn.
fn future(scene: &Scene, measure: Measure, all: impl Iterator<Item = Option<Place>>) -> Future {
    let mut bodies: Vec<Body> = Vec::new();
    for next in all.map_while(|place| body(scene, &place?)) {
        let mut numbers = next.to_vec();
        if let Some(last) = bodies.last() {
            let dimensions = measure.dimensions().iter().enumerate();
            for (index, _) in dimensions.filter(|(_, d)| d.turns) {
                numbers[index] += TAU * ((last[index] - numbers[index]) / TAU).round();
            }
        }
        bodies.push(Body::new(&numbers));
    }
    Future { bodies, rewards: Vec::new(), deeds: Vec::new(), end: End::Open }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdp::physical::Dimension;

    #[test]
    fn angles_go_on_over_the_top() {
        static ANGLE: [Dimension; 1] =
            [Dimension { name: "", key: "", unit: "", range: (-3.2, 3.2), turns: true }];
        let places = [3.0, -3.1, -2.9].map(|x| Some(Place::Body(Body::new(&[x]))));
        let found = future(&Scene::States(0), Measure::Shares(&ANGLE), places.into_iter());
        let angles: Vec<f64> = found.bodies.iter().map(|body| body[0]).collect();
        for (angle, want) in angles.iter().zip([3.0, TAU - 3.1, TAU - 2.9]) {
            assert!((angle - want).abs() < 1e-12, "{angles:?}");
        }
    }
}
