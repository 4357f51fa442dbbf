//! Cart-pole: exactly Gymnasium's CartPole-v1 (Barto, Sutton and Anderson 1983).
//!
//! A pole stands on a cart that is pushed to the left (action 0) or to the right (action 1) with
//! 10 N for 0.02 s. Every step pays 1. The task is over once the cart is more than 2.4 m from the
//! middle or the pole more than 12 degrees from upright; after `max_steps` the episode is only cut
//! off. θ is 0 upright and grows to the right.

use std::f64::consts::TAU;

use crate::base::rng::Stream;
use crate::mdp::physical::{Body, Dimension, KnownReward, Next, Physical, Vector};
use crate::mdp::scene::{BodyScene, Part, Scene, Scenic, Shape};
use crate::mdp::{Action, Simulator, Spec, Step};

/// Acceleration of gravity, m/s².
const GRAVITY: f64 = 9.8;
/// Mass of the pole, kg.
const POLE: f64 = 0.1;
/// Mass of cart and pole, kg.
const TOTAL: f64 = POLE + 1.0;
/// Half the length of the pole, m.
const HALF: f64 = 0.5;
/// Force of a push, N.
const FORCE: f64 = 10.0;
/// Seconds a step.
const TICK: f64 = 0.02;
/// Greatest distance from the middle, m.
const FAR: f64 = 2.4;
/// Greatest angle from upright: 12 degrees.
const TILT: f64 = 12.0 * TAU / 360.0;

crate::params! {
    /// Dials of a cart-pole.
    pub struct CartPoleConfig {
        /// Steps of 0.02 s after which an episode is cut off; 0 means never.
        max_steps: u32 = 500 => { "Step limit", "per episode", Restart, Int { min: 0.0, max: 1_000_000.0, log: true } },
    }
}

/// The numbers of its state.
pub static DIMENSIONS: [Dimension; 4] = [
    Dimension { name: "place x", key: "x", unit: "m", range: (-FAR, FAR), turns: false },
    Dimension { name: "speed v", key: "v", unit: "m/s", range: (-3.0, 3.0), turns: false },
    Dimension { name: "angle θ", key: "theta", unit: "rad", range: (-TILT, TILT), turns: false },
    Dimension { name: "turning ω", key: "omega", unit: "rad/s", range: (-3.0, 3.0), turns: false },
];

/// One step of 0.02 s under `force` newtons: Euler's rule, positions by the old speeds.
pub fn push([x, v, theta, omega]: [f64; 4], force: f64) -> [f64; 4] {
    let (sin, cos) = theta.sin_cos();
    let thrust = (force + POLE * HALF * (omega * omega) * sin) / TOTAL;
    let turning =
        (GRAVITY * sin - cos * thrust) / (HALF * (4.0 / 3.0 - POLE * (cos * cos) / TOTAL));
    let speeding = thrust - POLE * HALF * turning * cos / TOTAL;
    [x + TICK * v, v + TICK * speeding, theta + TICK * omega, omega + TICK * turning]
}

/// Whether the task is over there.
pub fn is_over([x, _, theta, _]: [f64; 4]) -> bool {
    x.abs() > FAR || theta.abs() > TILT
}

/// The world.
#[derive(Clone, Debug)]
pub struct CartPole {
    config: CartPoleConfig,
    at: [f64; 4],
    /// Steps in this episode.
    ticks: u32,
}

impl CartPole {
    /// Upright in the middle until the first reset.
    pub fn new(config: CartPoleConfig) -> Self {
        Self { config, at: [0.0; 4], ticks: 0 }
    }
}

fn force(action: Action) -> f64 {
    if action == 1 { FORCE } else { -FORCE }
}

fn see(at: [f64; 4]) -> Vector {
    Vector::new(&at.map(|x| x as f32))
}

/// The four numbers of a body.
fn numbers(body: &Body) -> [f64; 4] {
    [body[0], body[1], body[2], body[3]]
}

impl Simulator for CartPole {
    type Obs = Vector;
    type Action = Action;

    fn spec(&self) -> Spec {
        Spec { states: None, actions: 2 }
    }

    fn reset(&mut self, dice: &mut Stream) -> Vector {
        self.at = std::array::from_fn(|_| 0.05 * (2.0 * dice.unit() - 1.0));
        self.ticks = 0;
        see(self.at)
    }

    #[inline]
    fn step(&mut self, action: Action, _: &mut Stream) -> Step<Vector> {
        self.at = push(self.at, force(action));
        self.ticks = self.ticks.saturating_add(1);
        let terminated = is_over(self.at);
        let limit = self.config.max_steps;
        let truncated = !terminated && limit > 0 && self.ticks >= limit;
        Step { reward: 1.0, next: see(self.at), terminated, truncated }
    }

    #[inline]
    fn body(&self) -> Option<Body> {
        Some(Body::new(&self.at))
    }
}

impl Physical for CartPole {
    fn dimensions(&self) -> &'static [Dimension] {
        &DIMENSIONS
    }

    fn allowed(&self) -> &'static str {
        "a place from -2.4 to 2.4 m, an angle from -12 to 12 degrees (0.2094 rad)"
    }

    fn place(&mut self, body: Body) -> Option<()> {
        let sound = body.len() == 4 && body.is_finite() && !is_over(numbers(&body));
        sound.then(|| (self.at, self.ticks) = (numbers(&body), 0))
    }

    fn see(&self, body: &Body) -> Vector {
        see(numbers(body))
    }

    fn locate(&self, seen: &[f32]) -> Body {
        Body::new(&std::array::from_fn::<f64, 4, _>(|index| f64::from(seen[index])))
    }

    fn follow(&self, body: &Body, action: Action) -> Next {
        let next = push(numbers(body), force(action));
        Next { body: Body::new(&next), reward: 1.0, terminated: is_over(next) }
    }
}

impl KnownReward for CartPole {
    fn reward(&self, _: &[f32], _: Action, _: &[f32]) -> Option<f64> {
        Some(1.0)
    }
}

impl Scenic for CartPole {
    fn scene(&self) -> Scene {
        let line = |from, to| Part::still(Shape::Line { from, to });
        let far = FAR as f32;
        let moving = |shape, at| Part { at, slides: Some(0), ..Part::still(shape) };
        let cart = moving(Shape::Box { width: 0.5, height: 0.3 }, [0.0, 0.0]);
        let pole = Shape::Rod { length: 2.0 * HALF as f32, width: 0.1 };
        let pole = Part { turns: Some((2, false)), ..moving(pole, [0.0, 0.15]) };
        let axle = moving(Shape::Disc { radius: 0.04 }, [0.0, 0.15]);
        let track = line([-far, -0.15], [far, -0.15]);
        let ends = [-far, far].map(|x| line([x, -0.25], [x, 0.05]));
        Scene::Body(BodyScene {
            dimensions: &DIMENSIONS,
            parts: [track].into_iter().chain(ends).chain([cart, pole, axle]).collect(),
            extent: (2.65, -0.5, 1.35),
            actions: ["left", "right"].map(str::to_owned).into(),
            controls: &[],
            tick: TICK,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::StreamName;

    #[test]
    fn a_push_from_rest_does_what_the_equations_say() {
        // At rest and upright: thrust = 10 / 1.1, turning = -thrust / (0.5 (4/3 - 0.1 / 1.1)).
        let [x, v, theta, omega] = push([0.0; 4], 10.0);
        let (thrust, inertia) = (10.0 / 1.1, 0.5 * (4.0 / 3.0 - 0.1 / 1.1));
        assert_eq!((x, theta), (0.0, 0.0), "positions move by the old speeds");
        assert!((omega + 0.02 * thrust / inertia).abs() < 1e-12, "the pole falls back");
        assert!((v - 0.02 * (thrust + 0.05 * (thrust / inertia) / 1.1)).abs() < 1e-12);
    }

    #[test]
    fn falling_ends_the_task_and_time_only_the_episode() {
        let mut dice = Stream::new(2, StreamName::World);
        let mut world = CartPole::new(CartPoleConfig { max_steps: 8 });
        let mut ends = Vec::new();
        for start in [[0.0, 0.0, 0.2, 1.0], [2.39, 2.0, 0.0, 0.0], [0.0; 4]] {
            world.place(Body::new(&start)).unwrap();
            let mut step = world.step(0, &mut dice);
            let mut length = 1;
            while !(step.terminated || step.truncated) {
                step = world.step((length % 2) as Action, &mut dice);
                length += 1;
            }
            assert_eq!(step.reward, 1.0, "the last step pays too");
            ends.push((length, step.terminated, step.truncated));
        }
        assert_eq!(ends, [(1, true, false), (1, true, false), (8, false, true)]);
        assert_eq!(world.place(Body::new(&[2.41, 0.0, 0.0, 0.0])), None, "the task is over there");
        let mut last = CartPole::new(CartPoleConfig { max_steps: 1 });
        last.place(Body::new(&[0.0, 0.0, 0.2, 1.0])).unwrap();
        let step = last.step(0, &mut dice);
        assert!(step.terminated && !step.truncated, "what is over cannot be cut off");
    }

    #[test]
    fn starts_lie_close_to_upright() {
        let mut dice = Stream::new(5, StreamName::World);
        let mut world = CartPole::new(CartPoleConfig::default());
        for _ in 0..100 {
            let seen = world.reset(&mut dice);
            assert!(seen.iter().all(|x| x.abs() <= 0.05) && seen.len() == 4);
            let body = world.body().unwrap();
            assert_eq!(world.follow(&body, 1).body, Body::new(&push(numbers(&body), 10.0)));
        }
    }
}
