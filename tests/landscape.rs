//! Landscapes of model losses against an independent program (`data/landscape/landscape.py`): a
//! small critic by JAX, the pendulum's optimal values by NumPy.

use std::sync::Arc;

use imaginarium::envs::pendulum::{Pendulum, PendulumConfig};
use imaginarium::probes::reference::{GAMMA, Optimum, optimum};
use imaginarium::probes::truth::Truth;
use imaginarium::rl::landscape::fields::{Fields, Window};
use imaginarium::rl::landscape::lamps::far_solved;
use imaginarium::rl::landscape::race::{Descent, Optimiser, Roll};
use imaginarium::rl::landscape::{Coordinates, Judge, Loss, Valued, chain};
use imaginarium::rl::plane::Plane;

/// Rows of a file of numbers, without its head.
fn rows(text: &str) -> impl Iterator<Item = Vec<f64>> + '_ {
    let number = |x: &str| x.parse().expect("a number");
    text.lines().skip(1).map(move |line| line.split(',').map(number).collect())
}

/// The critic of the file: two hidden layers of tanh over `(cos, sin, speed)`.
struct Critic(Vec<Vec<Vec<f64>>>);

impl Critic {
    fn read() -> Self {
        let mut layers: Vec<Vec<Vec<f64>>> = Vec::new();
        for row in rows(include_str!("data/landscape/critic.csv")) {
            let (layer, line) = (row[0] as usize, row[1] as usize);
            layers.resize(layers.len().max(layer + 1), Vec::new());
            let lines = layers[layer].len().max(line + 1);
            layers[layer].resize(lines, Vec::new());
            layers[layer][line].push(row[3]);
        }
        Self(layers)
    }

    /// The value and its derivatives after what is seen, carried forward.
    fn ask(&self, at: [f64; 2]) -> (f64, [f64; 3]) {
        let mut x = vec![at[0].cos(), at[0].sin(), at[1]];
        let mut after: Vec<[f64; 3]> =
            (0..3).map(|i| [0, 1, 2].map(|d| f64::from(u8::from(i == d)))).collect();
        for (index, layer) in self.0.iter().enumerate() {
            let (bias, weights) = layer.split_last().expect("a bias");
            let column =
                |c: usize| bias[c] + x.iter().zip(weights).map(|(x, w)| x * w[c]).sum::<f64>();
            let along = |c: usize, d: usize| {
                after.iter().zip(weights).map(|(a, w)| a[d] * w[c]).sum::<f64>()
            };
            let sums: Vec<f64> = (0..bias.len()).map(column).collect();
            let slopes: Vec<[f64; 3]> =
                (0..bias.len()).map(|c| [0, 1, 2].map(|d| along(c, d))).collect();
            let last = index + 1 == self.0.len();
            let bend = |sum: f64| if last { 1.0 } else { 1.0 - sum.tanh().powi(2) };
            after = sums.iter().zip(&slopes).map(|(s, a)| a.map(|a| a * bend(*s))).collect();
            x = sums.iter().map(|s| if last { *s } else { s.tanh() }).collect();
        }
        (x[0], after[0])
    }
}

impl Valued for Critic {
    fn value(&self, at: [f64; 2]) -> f64 {
        self.ask(at).0
    }

    fn slope(&self, at: [f64; 2]) -> [f64; 2] {
        chain(at[0], self.ask(at).1)
    }

    fn seen_slope(&self, at: [f64; 2]) -> [f64; 3] {
        self.ask(at).1
    }
}

fn close(found: f64, known: f64, what: &str) {
    let apart = (found - known).abs() / known.abs().max(1.0);
    assert!(apart < 1e-9, "{what}: {found} against {known}");
}

#[test]
fn losses_and_derivatives_over_a_critic_are_those_of_jax() {
    let critic = Critic::read();
    let text = include_str!("data/landscape/losses.csv");
    let mut compared = 0;
    for line in text.lines().skip(1) {
        let (kind, numbers) = line.split_once(',').expect("a row");
        let n: Vec<f64> = numbers.split(',').map(|x| x.parse().expect("a number")).collect();
        let coordinates = if kind == "seen" { Coordinates::Seen } else { Coordinates::State };
        let judge = Judge::new(&critic, [n[0], n[1]], true, coordinates);
        let at = [n[2], n[3]];
        let slope = critic.slope(at);
        close(critic.value(at), n[4], "value");
        close(slope[0], n[5], "dV/dtheta");
        close(slope[1], n[6], "dV/domega");
        for (index, loss) in Loss::ALL.into_iter().enumerate() {
            let known = &n[7 + 3 * index..10 + 3 * index];
            let slope = judge.loss_slope(loss, at, &critic);
            close(judge.loss(loss, at, n[4]), known[0], &format!("{kind} {loss:?}"));
            close(slope[0], known[1], &format!("{kind} {loss:?} after theta"));
            close(slope[1], known[2], &format!("{kind} {loss:?} after omega"));
        }
        compared += 1;
    }
    assert_eq!(compared, 72);
}

fn pendulum() -> Arc<Optimum> {
    let truth = Truth::of_motion(&Pendulum::new(PendulumConfig::default()));
    optimum(&truth, GAMMA).expect("the pendulum is solved")
}

/// The points of the reference, the last angle a turn further than the first.
fn points(plane: &Plane) -> impl Iterator<Item = [f64; 2]> + '_ {
    (0..plane.values.len()).map(|index| plane.place(index))
}

#[test]
fn values_and_ridges_of_the_pendulum_are_those_of_numpy() {
    let best = pendulum();
    let plane = &best.plane;
    let [angles, speeds] = plane.axes;
    for line in include_str!("data/landscape/optimum.csv").lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let at = |i: usize| fields[i].parse::<f64>().expect("a number");
        let place = [angles.point(at(1) as usize), speeds.point(at(2) as usize)];
        let known = at(3);
        match fields[0] {
            "value" => assert!((plane.at(place) - known).abs() < 0.3, "{place:?}: {known}"),
            "slope" => {
                let middle = [place[0] + angles.pitch() / 2.0, place[1]];
                let found = plane.slope(middle)[0].abs();
                assert!((found / known - 1.0).abs() < 0.01, "{found} against {known}");
            }
            _ => {
                let found = plane.slope(place)[0];
                assert!((found - known).abs() < 0.01 * known.abs() + 0.02, "{found}, {known}");
            }
        }
    }
    // Known of this grid: 357 per radian near the bottom at rest, 1.4 a quarter turn away.
    let near = plane.slope([angles.point(176), 0.0])[0].abs();
    let quarter = plane.slope([std::f64::consts::FRAC_PI_2, 0.0])[0].abs();
    assert!((near - 357.0).abs() < 4.0 && (quarter - 1.4).abs() < 0.05, "{near} {quarter}");
}

#[test]
fn vaml_looks_solved_far_away_and_vagram_does_not() {
    let best = pendulum();
    let plane = &best.plane;
    for row in rows(include_str!("data/landscape/far.csv")) {
        let judge = Judge::new(plane, [row[0], row[1]], true, Coordinates::State);
        let distances: Vec<f64> = points(plane).map(|at| judge.distance(at)).collect();
        for (loss, known) in Loss::ALL.into_iter().zip(&row[5..9]) {
            let of = |at: [f64; 2]| judge.loss(loss, at, plane.at(at));
            let losses: Vec<f64> = points(plane).map(of).collect();
            let found = far_solved(&losses, &distances).expect("losses with a median");
            assert!((found - known).abs() < 0.004, "{loss:?} at {:?}: {found}, {known}", judge.at);
        }
        let vaml = row[6];
        assert!((0.045..0.095).contains(&vaml), "{vaml}");
    }
}

#[test]
fn bounded_is_nowhere_under_unbounded_by_the_number_of_dimensions() {
    let best = pendulum();
    let ranges = [(-std::f64::consts::PI, std::f64::consts::PI), (-8.0, 8.0)];
    let window = Window { ranges, points: 64 };
    let values = window.values(&best.plane);
    for (coordinates, dimensions) in [(Coordinates::State, 2.0), (Coordinates::Seen, 3.0)] {
        for at in [[0.3, -1.0], [2.98, 0.0], [-0.5, 1.0]] {
            let judge = Judge::new(&best.plane, at, true, coordinates);
            let fields = Fields::of(&judge, window, &values);
            let pairs = fields.loss(Loss::Vagram).iter().zip(fields.loss(Loss::VagramUnbounded));
            for (bounded, unbounded) in pairs {
                assert!(bounded * (1.0 + 1e-9) >= unbounded / dimensions);
            }
        }
    }
}

#[test]
fn on_the_pendulum_vaml_ends_far_off_and_the_bowls_do_not() {
    let best = pendulum();
    let judge = Judge::new(&best.plane, [-0.5, 1.0], true, Coordinates::State);
    let descent = Descent { optimiser: Optimiser::Adam, rate: 0.05, steps: 2000 };
    for start in [[1.0, -1.0], [2.2, 2.0]] {
        let end = |loss| Roll::down(&judge, loss, &best.plane, start, descent).end();
        for loss in [Loss::Squared, Loss::Vagram] {
            assert!(judge.distance(end(loss)) < 0.01, "{loss:?} from {start:?}: {:?}", end(loss));
        }
        let vaml = end(Loss::Vaml);
        assert!(judge.distance(vaml) > 1.0, "{start:?}: {vaml:?}");
    }
}
