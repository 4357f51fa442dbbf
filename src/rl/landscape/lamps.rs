//! Three properties a loss of a model should have, each as a measured number.
//!
//! What a good loss should do: know the task, keep predictions on the data, be smooth (Voelcker et
//! al. 2022). None of the three is given a formula there; the measures here are ours.

use super::fields::{Fields, Window, quantile};
use super::{Judge, Loss};

/// How near the reference task-awareness is measured.
pub const NEAR: f64 = 2.0;
/// How far a point is that should not look solved.
pub const FAR: f64 = 1.0;
/// A loss under this share of its median looks solved.
pub const SOLVED: f64 = 0.01;

/// What was measured of one loss.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lamps {
    /// Rank correlation (Spearman) of the loss with the size of the value error, over the points
    /// nearer than [`NEAR`]; `None` where one of both is the same everywhere.
    pub task_aware: Option<f64>,
    /// Share of all points that are farther than [`FAR`] and whose loss is under [`SOLVED`] of its
    /// median; `None` where the loss has no median above 0.
    pub far_solved: Option<f64>,
    /// The steepest slope over the median slope; `None` where the median is 0.
    pub steepness: Option<f64>,
}

impl Lamps {
    /// Least rank correlation of a loss that knows the task.
    pub const AWARE: f64 = 0.5;
    /// Most far points that may look solved.
    pub const STRAYS: f64 = 0.02;
    /// Greatest ratio of slopes of a smooth loss.
    pub const SMOOTH: f64 = 20.0;

    /// Measures all four losses; `values` are those at the points of `fields`.
    pub fn of(judge: &Judge, fields: &Fields, values: &[f64]) -> [Self; 4] {
        let distances: Vec<f64> =
            fields.window.places().map(|place| judge.distance(place)).collect();
        let near: Vec<usize> = (0..values.len()).filter(|&i| distances[i] <= NEAR).collect();
        let wrong: Vec<f64> = near.iter().map(|&i| (values[i] - judge.value).abs()).collect();
        Loss::ALL.map(|loss| {
            let all = fields.loss(loss);
            let nearby: Vec<f64> = near.iter().map(|&i| all[i]).collect();
            Self {
                task_aware: rank_correlation(&nearby, &wrong),
                far_solved: far_solved(all, &distances),
                steepness: steepness(all, &fields.window),
            }
        })
    }

    /// Whether each lamp is lit, in the order of the fields.
    pub fn lit(&self) -> [Option<bool>; 3] {
        [
            self.task_aware.map(|x| x >= Self::AWARE),
            self.far_solved.map(|x| x <= Self::STRAYS),
            self.steepness.map(|x| x <= Self::SMOOTH),
        ]
    }
}

/// Share of all points that are far and look solved.
pub fn far_solved(losses: &[f64], distances: &[f64]) -> Option<f64> {
    let median = quantile(losses, 0.5).filter(|median| *median > 0.0)?;
    let solved = |(loss, far): (&f64, &f64)| *far > FAR && *loss < SOLVED * median;
    let count = losses.iter().zip(distances).filter(|pair| solved(*pair)).count();
    Some(count as f64 / losses.len() as f64)
}

/// The steepest slope of a field over its median slope, by differences between neighbours.
fn steepness(field: &[f64], window: &Window) -> Option<f64> {
    let (points, last) = (window.points, window.points - 1);
    let along = |here: usize, step: usize, index: usize, pitch: f64| {
        let (low, high) = (index.saturating_sub(1), (index + 1).min(last));
        let from = here - (index - low) * step;
        (field[from + (high - low) * step] - field[from]) / (pitch * (high - low) as f64)
    };
    let slope = |here: usize| {
        let x = along(here, 1, here % points, window.pitch(0));
        let y = along(here, points, here / points, window.pitch(1));
        x.hypot(y)
    };
    let slopes: Vec<f64> = (0..field.len()).map(slope).collect();
    let median = quantile(&slopes, 0.5).filter(|median| *median > 0.0)?;
    Some(quantile(&slopes, 1.0)? / median)
}

/// Spearman's rank correlation; equal numbers share their mean rank.
pub fn rank_correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let (a, b) = (ranks(a), ranks(b));
    let mean = (a.len() as f64 - 1.0) / 2.0;
    let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
        a.iter().zip(&b).map(|(x, y)| f(x - mean, y - mean)).sum()
    };
    let (both, left, right) = (sum(&|x, y| x * y), sum(&|x, _| x * x), sum(&|_, y| y * y));
    (left > 0.0 && right > 0.0).then(|| both / (left * right).sqrt())
}

fn ranks(numbers: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_unstable_by(|&i, &j| numbers[i].total_cmp(&numbers[j]));
    let mut ranks = vec![0.0; numbers.len()];
    let mut first = 0;
    for run in order.chunk_by(|&i, &j| numbers[i] == numbers[j]) {
        let rank = first as f64 + (run.len() as f64 - 1.0) / 2.0;
        run.iter().for_each(|&i| ranks[i] = rank);
        first += run.len();
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::super::bumps::TwoBumps;
    use super::super::{Coordinates, Valued};
    use super::*;

    #[test]
    fn ranks_correlate_as_by_hand() {
        // Ranks 0 1.5 1.5 3 and 3 2 1 0: covariance -4.5, variances 4.5 and 5.
        let found = rank_correlation(&[1.0, 2.0, 2.0, 9.0], &[4.0, 3.0, 2.0, 1.0]).unwrap();
        assert!((found + 4.5 / (4.5_f64 * 5.0).sqrt()).abs() < 1e-12);
        assert_eq!(rank_correlation(&[1.0, 2.0], &[5.0, 50.0]), Some(1.0));
        assert_eq!(rank_correlation(&[1.0, 1.0], &[1.0, 2.0]), None);
    }

    #[test]
    fn the_steepest_over_the_median_slope_of_a_parabola_is_two() {
        // Slopes of x^2 run evenly from 0 to 2 either way; the ends are halved differences.
        let window = Window { ranges: [(-1.0, 1.0), (0.0, 1.0)], points: 201 };
        let field: Vec<f64> = window.places().map(|[x, _]| x * x).collect();
        assert!((steepness(&field, &window).unwrap() - 2.0).abs() < 0.02);
        assert_eq!(steepness(&vec![3.0; window.len()], &window), None);
    }

    #[test]
    fn on_the_two_bumps_vaml_knows_the_task_and_strays_and_vagram_stays() {
        let window = Window { ranges: [TwoBumps::RANGE; 2], points: 101 };
        let judge = Judge::new(&TwoBumps, TwoBumps::TARGET, false, Coordinates::State);
        let values = window.values(&TwoBumps);
        let fields = Fields::of(&judge, window, &values);
        let [squared, vaml, bounded, _] = Lamps::of(&judge, &fields, &values);
        assert_eq!(vaml.task_aware, Some(1.0), "it ranks by the value error and nothing else");
        assert!(bounded.task_aware > squared.task_aware);
        assert!(vaml.far_solved.unwrap() > Lamps::STRAYS);
        assert_eq!((squared.far_solved, bounded.far_solved), (Some(0.0), Some(0.0)));
        assert!((TwoBumps.value([-1.0, -0.5]) - judge.value).abs() < 1e-12, "blind there");
    }

    #[test]
    fn a_flat_value_measures_nothing_rather_than_something() {
        let window = Window { ranges: [TwoBumps::RANGE; 2], points: 11 };
        let judge = Judge {
            at: [0.0, 0.0],
            value: 1.0,
            slope: [0.0; 2],
            seen_slope: [0.0; 3],
            coordinates: Coordinates::State,
            turns: false,
        };
        let values = vec![1.0; window.len()];
        let lamps = Lamps::of(&judge, &Fields::of(&judge, window, &values), &values);
        assert_eq!(lamps[1].lit(), [None; 3]);
        assert_eq!(lamps[0].task_aware, None);
        assert_eq!(lamps[0].lit()[1], Some(true));
    }
}
