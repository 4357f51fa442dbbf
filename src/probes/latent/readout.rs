//! A probe decoder: reads from a latent state where in the world it is.
//!
//! It is fitted beside the agent to what is seen and what the agent makes of it, and is for pictures
//! alone: no gradient goes anywhere. Least squares over the latent numbers and fixed random waves of
//! them have one best answer, so the same moment always has the same picture.

use std::f64::consts::TAU;

use super::cloud::Cloud;
use crate::base::rng::{Stream, StreamName};
use crate::mdp::physical::{Body, Motion};
use crate::mdp::scene::{GridScene, Scene};
use crate::probes::dynamics::Place;
use crate::probes::truth::Truth;
use crate::rl::lstd::solve;

/// Random waves of a latent state.
const WAVES: usize = 96;
/// Weight that keeps weights small, a pair.
const RIDGE: f64 = 1e-6;

/// The decoder.
#[derive(Clone, Debug)]
pub struct Readout {
    /// `[WAVES * (L + 1)]`.
    waves: Vec<f64>,
    /// `[F * outputs]`.
    weights: Vec<f64>,
    outputs: usize,
}

impl Readout {
    /// Fitted to all real states of `cloud`; `None` where there is nothing to draw.
    pub fn fit(cloud: &Cloud, truth: &Truth) -> Option<Self> {
        let width = cloud.width;
        let outputs = wanted(truth, cloud.places.first()?)?.len();
        let mut dice = Stream::new(0, StreamName::Probe);
        // About two radians between two states that are typically far apart.
        let scale = 2.0 / cloud.typical().max(1e-9);
        let wave = |_| {
            let mut wave: Vec<f64> = (0..width).map(|_| scale * dice.normal()).collect();
            wave.push(TAU * dice.unit());
            wave
        };
        let waves = (0..WAVES).flat_map(wave).collect();
        let mut readout = Self { waves, weights: Vec::new(), outputs };
        let count = 1 + width + WAVES;
        let ridge = RIDGE * cloud.places.len() as f64;
        let mut matrix = vec![0.0; count * count];
        (1..count).for_each(|i| matrix[i * count + i] = ridge);
        let mut right = vec![0.0; count * outputs];
        for (index, place) in cloud.places.iter().enumerate() {
            let features = readout.features(cloud.latent(index));
            let wanted = wanted(truth, place)?;
            for (i, x) in features.iter().enumerate() {
                for (j, y) in features.iter().enumerate() {
                    matrix[i * count + j] += x * y;
                }
                for (j, y) in wanted.iter().enumerate() {
                    right[i * outputs + j] += x * y;
                }
            }
        }
        readout.weights = solve(matrix, right, outputs)?;
        Some(readout)
    }

    /// Share of the listed states of `cloud` that it reads right; `None` where numbers are seen.
    pub fn right(&self, cloud: &Cloud, truth: &Truth) -> Option<f64> {
        let Scene::Grid(_) = truth.scene() else { return None };
        let right = |&i: &usize| self.place(cloud.latent(i), truth) == Some(cloud.places[i]);
        let count = cloud.places.len();
        Some((0..count).filter(right).count() as f64 / count.max(1) as f64)
    }

    /// The constant, the numbers, their waves.
    fn features(&self, latent: &[f32]) -> Vec<f64> {
        let mut features = Vec::with_capacity(1 + latent.len() + WAVES);
        features.push(1.0);
        features.extend(latent.iter().map(|&x| f64::from(x)));
        for wave in self.waves.chunks_exact(latent.len() + 1) {
            let sum: f64 = wave.iter().zip(latent).map(|(w, &x)| w * f64::from(x)).sum();
            features.push((sum + wave[latent.len()]).sin());
        }
        features
    }

    /// Where a latent state is; `None` where the world has no picture.
    pub fn place(&self, latent: &[f32], truth: &Truth) -> Option<Place> {
        let mut told = vec![0.0; self.outputs];
        for (i, x) in self.features(latent).into_iter().enumerate() {
            let row = &self.weights[i * self.outputs..][..self.outputs];
            told.iter_mut().zip(row).for_each(|(sum, w)| *sum += x * w);
        }
        match (truth.scene(), truth.motion()) {
            (Scene::Grid(grid), _) => Some(Place::State(cell(grid, &told))),
            (Scene::Body(_), Some(motion)) => Some(Place::Body(located(&**motion, &told))),
            _ => None,
        }
    }
}

fn located(motion: &dyn Motion, told: &[f64]) -> Body {
    motion.locate(&told.iter().map(|&x| x as f32).collect::<Vec<_>>())
}

/// The row and the column that are likeliest, each for itself.
fn cell(grid: &GridScene, told: &[f64]) -> u32 {
    let likeliest = |scores: &[f64]| {
        let all = scores.iter().enumerate().rev();
        all.max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(index, _)| index)
    };
    let (rows, cols) = told.split_at(grid.rows);
    (likeliest(rows) * grid.cols + likeliest(cols)) as u32
}

/// What should be read of a real state: its row and its column among all, or what is seen.
fn wanted(truth: &Truth, place: &Place) -> Option<Vec<f64>> {
    match (truth.scene(), *place) {
        (Scene::Grid(grid), Place::State(state)) => {
            let mut told = vec![0.0; grid.rows + grid.cols];
            let (row, col) = grid.place(state);
            (told[row], told[grid.rows + col]) = (1.0, 1.0);
            Some(told)
        }
        (Scene::Body(_), Place::Body(body)) => {
            let seen = truth.motion()?.see(&body);
            Some(seen.iter().map(|&x| f64::from(x)).collect())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envs::grid::{Grid, GridConfig};
    use crate::envs::mazes::dyna_maze;
    use crate::envs::pendulum::{Pendulum, PendulumConfig};

    /// Latent states that turn and stretch what is seen, in 6 numbers.
    fn stretched(seen: &[f32]) -> Vec<f32> {
        let turn = |i: usize| {
            seen.iter()
                .enumerate()
                .map(move |(j, x)| ((i * i + 5 * i * j + 2 * j * j) as f32).sin() * x)
        };
        (0..6).map(|i| turn(i).sum::<f32>()).collect()
    }

    #[test]
    fn cells_are_read_from_a_code_that_was_never_told() {
        let truth = Truth::of(&Grid::new(&dyna_maze(), &GridConfig::default()).unwrap());
        let mut cloud = Cloud { width: 6, ..Cloud::default() };
        for state in (0..54).filter(|&state| truth.is_left(state)) {
            let (row, col) = ((state / 9) as f32 / 5.0, (state % 9) as f32 / 8.0);
            let place = Place::State(state);
            cloud.push(place, &stretched(&[row, col, row * col]));
        }
        let readout = Readout::fit(&cloud, &truth).unwrap();
        let share = readout.right(&cloud, &truth).unwrap();
        assert!(share > 0.9, "{share}");
    }

    #[test]
    fn angles_are_read_where_nobody_was() {
        let truth = Truth::of_motion(&Pendulum::new(PendulumConfig::default()));
        let motion = truth.motion().unwrap();
        let mut cloud = Cloud { width: 6, ..Cloud::default() };
        for (i, j) in (0..12).flat_map(|i| (0..5).map(move |j| (i, j))) {
            let body = Body::new(&[0.5 * f64::from(i) - 2.9, 2.0 * f64::from(j) - 4.0]);
            cloud.push(Place::Body(body), &stretched(&motion.see(&body)));
        }
        let readout = Readout::fit(&cloud, &truth).unwrap();
        let between = Body::new(&[0.35, 1.0]);
        let Some(Place::Body(found)) = readout.place(&stretched(&motion.see(&between)), &truth)
        else {
            panic!("a pendulum has a picture");
        };
        assert!((found[0] - 0.35).abs() < 0.1 && (found[1] - 1.0).abs() < 0.3, "{found:?}");
    }
}
