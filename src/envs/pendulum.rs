//! The pendulum: exactly Gymnasium's Pendulum-v1, with three dials of our own.
//!
//! A rod of 1 m and 1 kg hangs on a motor that is too weak to lift it at once. θ is 0 upright and
//! grows counter-clockwise; it is kept unwrapped. A step of 0.05 s pays for the state it began in,
//! then changes speed, then the angle by the new speed (`pendulum.py` of Gymnasium 1.x). No state
//! ends the task; after `max_steps` the episode is cut off.
//!
//! Ours: *action repeat* holds a torque for several steps and adds their rewards up; a *stop* is a
//! peg at an angle from which the rod bounces without loss, so that the dynamics have a kink there;
//! and the torque may be one of a few (see [`Levels`](super::levels::Levels)).

use std::f64::consts::PI;

use crate::base::rng::Stream;
use crate::mdp::physical::{
    Body, Control, Dimension, KnownReward, Next, Physical, Steered, Vector, wrap,
};
use crate::mdp::scene::{BodyScene, Part, Scene, Scenic, Shape};
use crate::mdp::{Simulator, Spec, Step};

/// Acceleration of gravity, m/s².
const GRAVITY: f64 = 10.0;
/// Mass, kg.
const MASS: f64 = 1.0;
/// Length, m.
const LENGTH: f64 = 1.0;
/// Seconds a step.
const TICK: f64 = 0.05;
/// Greatest speed either way, rad/s.
pub const MAX_SPEED: f64 = 8.0;
/// Greatest torque either way, N m.
pub const MAX_TORQUE: f64 = 2.0;

crate::params! {
    /// Dials of a pendulum.
    pub struct PendulumConfig {
        /// Steps of 0.05 s after which an episode is cut off; 0 means never.
        max_steps: u32 = 200 => { "Step limit", "per episode", Restart, Int { min: 0.0, max: 1_000_000.0, log: true } },
        /// How many torques there are to choose from, evenly from -2 to 2; 0 allows any in between.
        torques: u32 = 0 => { "Torques", "0: any", Restart, Int { min: 0.0, max: 41.0, log: false } },
        /// Steps of 0.05 s for which a torque is held.
        action_repeat: u32 = 1 => { "Action repeat", "steps", Restart, Int { min: 1.0, max: 20.0, log: false } },
        /// Angle of a peg from which the rod bounces without loss; 0 means there is none.
        stop: f64 = 0.0 => { "Elastic stop", "rad", Restart, Float { min: -3.0, max: 3.0, log: false } },
    }
}

/// The numbers of its state.
pub static DIMENSIONS: [Dimension; 2] = [
    Dimension { name: "angle θ", key: "theta", unit: "rad", range: (-PI, PI), turns: true },
    Dimension {
        name: "speed ω",
        key: "omega",
        unit: "rad/s",
        range: (-MAX_SPEED, MAX_SPEED),
        turns: false,
    },
];

/// What the motor does.
static TORQUE: [Dimension; 1] = [Dimension {
    name: "torque u",
    key: "torque",
    unit: "N·m",
    range: (-MAX_TORQUE, MAX_TORQUE),
    turns: false,
}];

/// Reward of a step that begins at `theta` with `omega` under `torque`, which is within limits.
pub fn reward(theta: f64, omega: f64, torque: f64) -> f64 {
    0.0 - (wrap(theta).powi(2) + 0.1 * omega * omega + 0.001 * (torque * torque))
}

/// One step of 0.05 s under `torque`, which is within limits: angle and speed afterwards.
pub fn swing(theta: f64, omega: f64, torque: f64) -> (f64, f64) {
    let push = 3.0 * GRAVITY / (2.0 * LENGTH) * theta.sin();
    let drive = 3.0 / (MASS * LENGTH * LENGTH) * torque;
    let omega = (omega + (push + drive) * TICK).clamp(-MAX_SPEED, MAX_SPEED);
    (theta + omega * TICK, omega)
}

/// Where a rod on its way from `before` to `after` really comes if there is a peg at `peg`: beyond
/// the peg both angle and speed are mirrored.
pub fn bounce(before: f64, (after, omega): (f64, f64), peg: f64) -> (f64, f64) {
    let from = wrap(before - peg);
    let to = from + (after - before);
    if from * to < 0.0 { (after - 2.0 * to, -omega) } else { (after, omega) }
}

/// The world.
#[derive(Clone, Debug)]
pub struct Pendulum {
    config: PendulumConfig,
    theta: f64,
    omega: f64,
    /// Steps of 0.05 s in this episode.
    ticks: u32,
}

impl Pendulum {
    /// Hanging still until the first reset.
    pub fn new(config: PendulumConfig) -> Self {
        Self { config, theta: PI, omega: 0.0, ticks: 0 }
    }

    /// Its dials.
    pub fn config(&self) -> &PendulumConfig {
        &self.config
    }

    /// One step of 0.05 s from an angle and a speed: what is there afterwards, and the reward.
    #[inline]
    fn tick(&self, (theta, omega): (f64, f64), torque: f64) -> ((f64, f64), f64) {
        let after = swing(theta, omega, torque);
        let after = match self.config.stop {
            0.0 => after,
            peg => bounce(theta, after, peg),
        };
        (after, reward(theta, omega, torque))
    }
}

/// The torque of an action, within limits.
#[inline]
fn torque(action: &[f64]) -> f64 {
    action.first().copied().unwrap_or(0.0).clamp(-MAX_TORQUE, MAX_TORQUE)
}

fn see(theta: f64, omega: f64) -> Vector {
    Vector::new(&[theta.cos() as f32, theta.sin() as f32, omega as f32])
}

impl Simulator for Pendulum {
    type Obs = Vector;
    type Action = Control;

    fn spec(&self) -> Spec {
        Spec { states: None, actions: 0 }
    }

    fn reset(&mut self, dice: &mut Stream) -> Vector {
        let mut even = |most: f64| (2.0 * dice.unit() - 1.0) * most;
        (self.theta, self.omega, self.ticks) = (even(PI), even(1.0), 0);
        see(self.theta, self.omega)
    }

    #[inline]
    fn step(&mut self, action: Control, _: &mut Stream) -> Step<Vector> {
        let limit = self.config.max_steps;
        let torque = torque(&action);
        let (mut reward, mut truncated) = (0.0, false);
        for _ in 0..self.config.action_repeat {
            let (after, paid) = self.tick((self.theta, self.omega), torque);
            (self.theta, self.omega) = after;
            reward += paid;
            self.ticks = self.ticks.saturating_add(1);
            truncated = limit > 0 && self.ticks >= limit;
            if truncated {
                break;
            }
        }
        Step { reward, next: see(self.theta, self.omega), terminated: false, truncated }
    }

    #[inline]
    fn body(&self) -> Option<Body> {
        Some(Body::new(&[self.theta, self.omega]))
    }
}

impl Physical for Pendulum {
    fn dimensions(&self) -> &'static [Dimension] {
        &DIMENSIONS
    }

    fn allowed(&self) -> &'static str {
        "any angle, a speed from -8 to 8 rad/s"
    }

    fn place(&mut self, body: Body) -> Option<()> {
        let &[theta, omega] = &*body else {
            return None;
        };
        let can_be = theta.is_finite() && omega.abs() <= MAX_SPEED;
        can_be.then(|| (self.theta, self.omega, self.ticks) = (theta, omega, 0))
    }

    fn see(&self, body: &Body) -> Vector {
        see(body[0], body[1])
    }

    fn locate(&self, seen: &[f32]) -> Body {
        Body::new(&[f64::from(seen[1]).atan2(f64::from(seen[0])), f64::from(seen[2])])
    }

    fn follow(&self, body: &Body, action: Control) -> Next {
        let (mut at, mut reward) = ((body[0], body[1]), 0.0);
        for _ in 0..self.config.action_repeat {
            let (after, paid) = self.tick(at, torque(&action));
            at = after;
            reward += paid;
        }
        Next { body: Body::new(&[at.0, at.1]), reward, terminated: false }
    }
}

impl Steered for Pendulum {
    fn limits(&self) -> (Control, Control) {
        (Control::new(&[-MAX_TORQUE]), Control::new(&[MAX_TORQUE]))
    }
}

impl KnownReward for Pendulum {
    /// That of the state before; of the state afterwards it does not depend. Unknown where a torque
    /// is held: the states in between pay too.
    fn reward(&self, seen: &[f32], action: Control, _: &[f32]) -> Option<f64> {
        let at = self.locate(seen);
        (self.config.action_repeat == 1).then(|| reward(at[0], at[1], torque(&action)))
    }
}

impl Scenic for Pendulum {
    fn scene(&self) -> Scene {
        let rod = Part {
            turns: Some((0, true)),
            ..Part::still(Shape::Rod { length: LENGTH as f32, width: 0.13 })
        };
        let (sin, cos) = (self.config.stop as f32).sin_cos();
        let at = |far: f32| [-far * sin, far * cos];
        let peg = Part::still(Shape::Line { from: at(0.9), to: at(1.1) });
        let stop = (self.config.stop != 0.0).then_some(peg);
        let axle = Part::still(Shape::Disc { radius: 0.05 });
        Scene::Body(BodyScene {
            dimensions: &DIMENSIONS,
            parts: stop.into_iter().chain([rod, axle]).collect(),
            extent: (1.1, -1.1, 1.1),
            actions: [].into(),
            controls: &TORQUE,
            tick: TICK * f64::from(self.config.action_repeat),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::StreamName;
    use std::f64::consts::TAU;

    fn world(config: PendulumConfig, theta: f64, omega: f64) -> Pendulum {
        let mut world = Pendulum::new(config);
        world.place(Body::new(&[theta, omega])).unwrap();
        world
    }

    fn step(world: &mut Pendulum, torque: f64) -> Step<Vector> {
        world.step(Control::new(&[torque]), &mut Stream::new(1, StreamName::World))
    }

    fn at(world: &Pendulum) -> [f64; 2] {
        let body = world.body().unwrap();
        [body[0], body[1]]
    }

    #[test]
    fn hand_vectors_hold() {
        let mut hanging = world(PendulumConfig::default(), PI, 0.0);
        let reward = step(&mut hanging, 2.0).reward;
        assert!((reward + PI * PI + 0.004).abs() < 1e-12, "{reward}");
        let [theta, omega] = at(&hanging);
        assert!((omega - 0.3).abs() < 1e-12 && (theta - PI - 0.015).abs() < 1e-12);
        let mut upright = world(PendulumConfig::default(), 0.0, 0.0);
        assert_eq!(step(&mut upright, 0.0).reward, 0.0);
        assert_eq!(at(&upright), [0.0, 0.0]);
        let worst = reward_of(PI - 1e-9, 8.0, -9.0);
        assert!((worst + 16.273_604_4).abs() < 1e-6, "{worst}");
    }

    fn reward_of(theta: f64, omega: f64, torque: f64) -> f64 {
        step(&mut world(PendulumConfig::default(), theta, omega), torque).reward
    }

    #[test]
    fn an_episode_is_cut_off_and_never_ends() {
        let mut dice = Stream::new(3, StreamName::World);
        let mut world = Pendulum::new(PendulumConfig { action_repeat: 3, ..Default::default() });
        for _ in 0..2 {
            world.reset(&mut dice);
            let [theta, omega] = at(&world);
            assert!(theta.abs() <= PI && omega.abs() <= 1.0);
            let steps: Vec<_> =
                (0..67).map(|_| world.step(Control::new(&[1.0]), &mut dice)).collect();
            assert!(steps.iter().all(|s| !s.terminated));
            assert_eq!(steps.iter().position(|s| s.truncated), Some(66), "200 of 0.05 s");
        }
    }

    #[test]
    fn a_torque_held_pays_what_single_steps_pay() {
        let mut single = world(PendulumConfig::default(), 0.4, -1.0);
        let config = PendulumConfig { action_repeat: 4, ..Default::default() };
        let mut held = world(config, 0.4, -1.0);
        let sum: f64 = (0..4).map(|_| step(&mut single, -0.7).reward).sum();
        let truth = held.follow(&held.body().unwrap(), Control::new(&[-0.7]));
        let seen = step(&mut held, -0.7);
        assert_eq!((seen.reward, at(&held)), (sum, at(&single)));
        assert_eq!((truth.reward, truth.body), (sum, held.body().unwrap()));
        assert_eq!(held.reward(&seen.next, Control::new(&[0.0]), &seen.next), None);
    }

    #[test]
    fn the_rod_bounces_from_the_peg_on_both_sides_and_keeps_its_speed() {
        let (peg, tick) = (0.5, TICK);
        let free = swing(0.49, 2.0, 0.0);
        let (theta, omega) = bounce(0.49, free, peg);
        assert!((theta - (2.0 * peg - free.0)).abs() < 1e-12 && omega == -free.1);
        let (theta, omega) = bounce(0.51, (0.51 - 0.1, -0.1 / tick), peg);
        assert!((theta - 0.59).abs() < 1e-12 && omega > 0.0);
        // Seen from a full turn away it is the same peg, and opposite of it there is none.
        let (theta, _) = bounce(0.49 + TAU, (0.53 + TAU, 0.8), peg);
        assert!((theta - TAU - 0.47).abs() < 1e-12);
        assert_eq!(bounce(peg + 3.1, (peg + 3.2, 2.0), peg), (peg + 3.2, 2.0));
        let mut rod = world(PendulumConfig { stop: peg, ..Default::default() }, 1.0, -6.0);
        for _ in 0..400 {
            step(&mut rod, -2.0);
            let [theta, _] = at(&rod);
            assert!(theta > peg - 1e-9 && theta < peg + TAU + 1e-9, "{theta}");
        }
    }

    #[test]
    fn what_is_seen_says_where_it_is_and_what_it_pays() {
        let world = world(PendulumConfig::default(), 0.0, 0.0);
        for (theta, omega) in [(0.3, -2.0), (-3.0, 7.5), (2.5, 0.0)] {
            let body = Body::new(&[theta, omega]);
            let seen = world.see(&body);
            let found = world.locate(&seen);
            assert!((found[0] - theta).abs() < 1e-6 && (found[1] - omega).abs() < 1e-6);
            let action = Control::new(&[1.5]);
            let known = world.reward(&seen, action, &seen).unwrap();
            assert!((known - world.follow(&body, action).reward).abs() < 1e-5);
        }
    }
}
