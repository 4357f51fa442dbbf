//! A road with one thing that matters, and many that do not: a hiker, and clouds.
//!
//! The hiker's distance from the kerb and speed turn into each other like a swing; all the reward is
//! in them. Each cloud is two more numbers that go round at a pace of their own and have no part in
//! anything. After the picture of the car in the post on VaGraM (2022): a native replica.
//!
//! All clouds hang on one phase, the k-th goes round k times as fast: so they are uncorrelated, as
//! many numbers to be predicted as there are, and a body still is three numbers.

use crate::base::rng::Stream;
use crate::mdp::physical::{
    Body, Control, Dimension, KnownReward, Next, Physical, Steered, Vector,
};
use crate::mdp::scene::{BodyScene, Part, Scene, Scenic, Shape};
use crate::mdp::{Simulator, Spec, Step};
use std::f64::consts::{PI, SQRT_2};

/// Most clouds: as many as an observation holds beside the hiker.
const MOST: usize = (Vector::MOST - 2) / 2;
/// Angle by which the hiker's swing goes on in a step, rad.
const SWING: f64 = 0.3;
/// Angle by which the first cloud goes on in a step, rad.
const DRIFT: f64 = 0.21;
/// What a full blow of the horn adds to the hiker's speed.
const HORN: f64 = 0.1;

crate::params! {
    /// Dials of the crossing.
    pub struct CrossingConfig {
        /// Steps after which an episode is cut off; 0 means never.
        max_steps: u32 = 100 => { "Step limit", "per episode", Restart, Int { min: 0.0, max: 1_000_000.0, log: true } },
        /// Clouds, two numbers each, which have no part in the reward.
        clouds: u32 = 2 => { "Clouds", "two numbers each", Restart, Int { min: 0.0, max: 7.0, log: false } },
        /// Standard deviation of each number of a cloud; those of the hiker begin at 1.
        amplitude: f64 = 1.0 => { "Amplitude", "of the clouds", Restart, Float { min: 0.0, max: 10.0, log: false } },
        /// What is left of the hiker's swing after a step.
        decay: f64 = 1.0 => { "Hiker's swing", "left after a step", Restart, Float { min: 0.5, max: 1.0, log: false } },
        /// How much wider the hiker's swing is in speed than in place: above 1, one direction of the two numbers grows in a step while the other shrinks.
        stretch: f64 = 1.0 => { "Swing's stretch", "speed over place", Restart, Float { min: 0.25, max: 4.0, log: true } },
    }
}

/// The numbers of its state.
pub static DIMENSIONS: [Dimension; 3] = [
    Dimension { name: "place x", key: "place", unit: "m", range: (-3.0, 3.0), turns: false },
    Dimension { name: "speed v", key: "speed", unit: "m/s", range: (-3.0, 3.0), turns: false },
    Dimension { name: "clouds φ", key: "clouds", unit: "rad", range: (-PI, PI), turns: true },
];

/// What the driver can do.
static BLOW: [Dimension; 1] =
    [Dimension { name: "horn u", key: "horn", unit: "", range: (-1.0, 1.0), turns: false }];

/// The world.
#[derive(Clone, Debug)]
pub struct Crossing {
    config: CrossingConfig,
    at: [f64; 3],
    steps: u32,
}

/// What a hiker costs: `-(x^2 + v^2 / 2)`.
pub fn reward([x, v]: [f64; 2]) -> f64 {
    -(x * x + 0.5 * v * v)
}

/// Where the k-th cloud, from 1, is at a phase: two numbers of variance `amplitude^2`.
fn cloud(k: usize, phase: f64, amplitude: f64) -> [f64; 2] {
    // The first one tells the phase; the others begin wherever.
    let turn = k as f64 * phase + 2.4 * (k - 1) as f64;
    [turn.cos(), turn.sin()].map(|x| SQRT_2 * amplitude * x)
}

impl Crossing {
    /// Nobody near until the first reset.
    pub fn new(config: CrossingConfig) -> Self {
        Self { config, at: [0.0; 3], steps: 0 }
    }

    /// One step: the hiker swings on, and the clouds drift.
    fn tick(&self, [x, v, phase]: [f64; 3], horn: f64) -> [f64; 3] {
        let (sin, cos) = SWING.sin_cos();
        let (left, wide) = (self.config.decay, self.config.stretch);
        let pushed = HORN * horn.clamp(-1.0, 1.0);
        let turned = [cos * x - sin / wide * v, sin * wide * x + cos * v];
        [left * turned[0], left * turned[1] + pushed, phase + DRIFT]
    }

    fn seen(&self, [x, v, phase]: [f64; 3]) -> Vector {
        let mut all = vec![x as f32, v as f32];
        for k in 1..=(self.config.clouds as usize).min(MOST) {
            all.extend(cloud(k, phase, self.config.amplitude).map(|x| x as f32));
        }
        Vector::new(&all)
    }
}

fn numbers(body: &Body) -> [f64; 3] {
    [body[0], body[1], body[2]]
}

fn horn(action: &[f64]) -> f64 {
    action.first().copied().unwrap_or(0.0)
}

impl Simulator for Crossing {
    type Obs = Vector;
    type Action = Control;

    fn spec(&self) -> Spec {
        Spec { states: None, actions: 0 }
    }

    fn reset(&mut self, dice: &mut Stream) -> Vector {
        let hiker = [dice.normal(), dice.normal()];
        self.at = [hiker[0], hiker[1], PI * (2.0 * dice.unit() - 1.0)];
        self.steps = 0;
        self.seen(self.at)
    }

    fn step(&mut self, action: Control, _: &mut Stream) -> Step<Vector> {
        let paid = reward([self.at[0], self.at[1]]);
        self.at = self.tick(self.at, horn(&action));
        self.steps = self.steps.saturating_add(1);
        let cut = self.config.max_steps > 0 && self.steps >= self.config.max_steps;
        Step { reward: paid, next: self.seen(self.at), terminated: false, truncated: cut }
    }

    fn body(&self) -> Option<Body> {
        Some(Body::new(&self.at))
    }
}

impl Physical for Crossing {
    fn dimensions(&self) -> &'static [Dimension] {
        &DIMENSIONS
    }

    fn allowed(&self) -> &'static str {
        "a place and a speed from -100 to 100, any phase of the clouds"
    }

    fn place(&mut self, body: Body) -> Option<()> {
        let &[x, v, phase] = &*body else {
            return None;
        };
        let can_be = x.abs() <= 100.0 && v.abs() <= 100.0 && phase.is_finite();
        can_be.then(|| (self.at, self.steps) = ([x, v, phase], 0))
    }

    fn see(&self, body: &Body) -> Vector {
        self.seen(numbers(body))
    }

    fn locate(&self, seen: &[f32]) -> Body {
        let all = |at: usize| seen.get(at).map_or(0.0, |&x| f64::from(x));
        Body::new(&[all(0), all(1), all(3).atan2(all(2))])
    }

    fn follow(&self, body: &Body, action: Control) -> Next {
        let at = numbers(body);
        let next = self.tick(at, horn(&action));
        Next { body: Body::new(&next), reward: reward([at[0], at[1]]), terminated: false }
    }
}

impl Steered for Crossing {
    fn limits(&self) -> (Control, Control) {
        (Control::new(&[-1.0]), Control::new(&[1.0]))
    }
}

impl KnownReward for Crossing {
    fn reward(&self, seen: &[f32], _: Control, _: &[f32]) -> Option<f64> {
        Some(reward([f64::from(seen[0]), f64::from(seen[1])]))
    }
}

impl Scenic for Crossing {
    fn scene(&self) -> Scene {
        let line = |from, to| Part::still(Shape::Line { from, to });
        let car = Part { at: [0.0, -0.75], ..Part::still(Shape::Box { width: 0.9, height: 0.4 }) };
        let hiker = Part { slides: Some(0), ..Part::still(Shape::Disc { radius: 0.16 }) };
        let drifting = |k: usize| {
            let shape = Shape::Disc { radius: 0.2 + 0.05 * (k % 3) as f32 };
            let at = [0.9 * (k as f32 - 1.0) - 0.6, 1.3 + 0.2 * (k % 2) as f32];
            Part { at, slides: Some(2), ..Part::still(shape) }
        };
        let clouds = (1..=self.config.clouds as usize).map(drifting);
        let road = [line([-3.4, 0.0], [3.4, 0.0]), line([-3.4, -1.1], [3.4, -1.1])];
        Scene::Body(BodyScene {
            dimensions: &DIMENSIONS,
            parts: road.into_iter().chain([car, hiker]).chain(clouds).collect(),
            extent: (3.6, -1.3, 1.9),
            actions: [].into(),
            controls: &BLOW,
            tick: 0.1,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::StreamName;

    #[test]
    fn the_hiker_turns_and_the_horn_pushes() {
        let world = Crossing::new(CrossingConfig { decay: 0.5, ..Default::default() });
        let next = world.follow(&Body::new(&[1.0, 0.0, 0.2]), Control::new(&[-7.0]));
        assert!((next.body[0] - 0.5 * 0.3_f64.cos()).abs() < 1e-12);
        assert!((next.body[1] - (0.5 * 0.3_f64.sin() - 0.1)).abs() < 1e-12, "held at its limit");
        assert!((next.body[2] - 0.41).abs() < 1e-12);
        assert_eq!(next.reward, -1.0);
        assert_eq!(reward([1.0, 2.0]), -3.0);
    }

    /// A stretched swing goes round an ellipse: `x^2 + (v / stretch)^2` stays.
    #[test]
    fn a_stretched_swing_is_an_ellipse() {
        let world = Crossing::new(CrossingConfig { stretch: 1.9, ..Default::default() });
        let mut body = Body::new(&[1.0, 0.0, 0.0]);
        let mut fastest = 0.0_f64;
        for _ in 0..40 {
            body = world.follow(&body, Control::new(&[0.0])).body;
            assert!((body[0].powi(2) + (body[1] / 1.9).powi(2) - 1.0).abs() < 1e-12);
            fastest = fastest.max(body[1]);
        }
        assert!((1.85..=1.9).contains(&fastest), "{fastest}");
    }

    /// Numbers of clouds have the variance asked for and nothing to do with each other.
    #[test]
    fn clouds_are_as_large_as_they_are_told_and_uncorrelated() {
        let config = CrossingConfig { clouds: 5, amplitude: 3.0, ..Default::default() };
        let mut world = Crossing::new(config);
        let mut dice = Stream::new(4, StreamName::World);
        let rows: Vec<Vector> = (0..20_000).map(|_| world.reset(&mut dice)).collect();
        assert_eq!(rows[0].len(), 12);
        for a in 0..12 {
            for b in 0..=a {
                let mean = rows.iter().map(|r| f64::from(r[a] * r[b])).sum::<f64>() / 20_000.0;
                let scale = |d: usize| if d < 2 { 1.0 } else { 3.0 };
                let want = if a == b { scale(a) * scale(b) } else { 0.0 };
                assert!((mean - want).abs() < 0.05 * scale(a) * scale(b), "{a} {b}: {mean}");
            }
        }
    }

    #[test]
    fn what_is_seen_says_where_everything_is() {
        for clouds in [1, 2, 7] {
            let world = Crossing::new(CrossingConfig { clouds, ..Default::default() });
            let body = Body::new(&[0.4, -1.0, 2.0]);
            let seen = world.see(&body);
            assert_eq!(seen.len(), 2 + 2 * clouds as usize);
            let found = world.locate(&seen);
            assert!(found.iter().zip(&*body).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?}");
        }
    }
}
