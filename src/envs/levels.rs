//! A steered world where only a few actions may be chosen: numbers to see, actions to count.

use std::sync::Arc;

use super::WorldError;
use crate::base::rng::Stream;
use crate::mdp::physical::{
    Body, Control, Dimension, KnownReward, Next, Physical, Steered, Vector,
};
use crate::mdp::scene::{Scene, Scenic};
use crate::mdp::{Action, Simulator, Spec, Step};

/// A world and the actions that may be chosen in it.
#[derive(Clone, Debug)]
pub struct Levels<W> {
    world: W,
    levels: Arc<[Control]>,
}

impl<W: Steered> Levels<W> {
    /// `count` actions, evenly from one limit of `world` to the other; `key` is the dial that
    /// chose the number.
    pub fn new(world: W, count: u32, key: &'static str) -> Result<Self, WorldError> {
        if count < 2 {
            let allowed = "0 for any, or at least 2 to choose from";
            return Err(WorldError::Value { key, value: f64::from(count), allowed });
        }
        let (low, high) = world.limits();
        let level = |index: u32| {
            let share = f64::from(index) / f64::from(count - 1);
            let along = low.iter().zip(&*high).map(|(low, high)| low + share * (high - low));
            Control::new(&along.collect::<Vec<_>>())
        };
        Ok(Self { levels: (0..count).map(level).collect(), world })
    }

    /// What each action does, `[A]`.
    pub fn levels(&self) -> &[Control] {
        &self.levels
    }
}

impl<W: Steered> Simulator for Levels<W> {
    type Obs = Vector;
    type Action = Action;

    fn spec(&self) -> Spec {
        Spec { states: None, actions: self.levels.len() }
    }

    fn reset(&mut self, dice: &mut Stream) -> Vector {
        self.world.reset(dice)
    }

    #[inline]
    fn step(&mut self, action: Action, dice: &mut Stream) -> Step<Vector> {
        self.world.step(self.levels[usize::from(action)], dice)
    }

    fn body(&self) -> Option<Body> {
        self.world.body()
    }
}

impl<W: Steered> Physical for Levels<W> {
    fn dimensions(&self) -> &'static [Dimension] {
        self.world.dimensions()
    }

    fn allowed(&self) -> &'static str {
        self.world.allowed()
    }

    fn place(&mut self, body: Body) -> Option<()> {
        self.world.place(body)
    }

    fn see(&self, body: &Body) -> Vector {
        self.world.see(body)
    }

    fn locate(&self, seen: &[f32]) -> Body {
        self.world.locate(seen)
    }

    fn follow(&self, body: &Body, action: Action) -> Next {
        self.world.follow(body, self.levels[usize::from(action)])
    }
}

impl<W: Steered + KnownReward> KnownReward for Levels<W> {
    fn reward(&self, seen: &[f32], action: Action, next: &[f32]) -> Option<f64> {
        self.world.reward(seen, self.levels[usize::from(action)], next)
    }
}

impl<W: Steered + Scenic> Scenic for Levels<W> {
    fn scene(&self) -> Scene {
        let name = |level: &Control| {
            let numbers: Vec<String> = level.iter().map(|x| format!("{x:+.2}")).collect();
            numbers.join(" ")
        };
        match self.world.scene() {
            Scene::Body(scene) => {
                let actions = self.levels.iter().map(name).collect();
                Scene::Body(crate::mdp::scene::BodyScene { actions, controls: &[], ..scene })
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::StreamName;
    use crate::envs::pendulum::{Pendulum, PendulumConfig};

    fn five() -> Levels<Pendulum> {
        Levels::new(Pendulum::new(PendulumConfig::default()), 5, "torques").unwrap()
    }

    #[test]
    fn levels_lie_evenly_between_the_limits() {
        let levels: Vec<f64> = five().levels().iter().map(|level| level[0]).collect();
        assert_eq!(levels, [-2.0, -1.0, 0.0, 1.0, 2.0]);
        let Scene::Body(scene) = five().scene() else { panic!("it is a body") };
        assert_eq!((scene.actions[0].as_str(), scene.controls.len()), ("-2.00", 0));
    }

    #[test]
    fn a_chosen_action_does_what_steering_does() {
        let (mut few, mut any) = (five(), Pendulum::new(PendulumConfig::default()));
        let mut dice = Stream::new(1, StreamName::World);
        let body = Body::new(&[1.0, 0.5]);
        for action in 0..5 {
            few.place(body).unwrap();
            any.place(body).unwrap();
            let truth = few.follow(&body, action);
            let step = few.step(action, &mut dice);
            assert_eq!(step, any.step(few.levels()[usize::from(action)], &mut dice));
            assert_eq!((truth.body, truth.reward), (few.body().unwrap(), step.reward));
        }
    }

    #[test]
    fn one_action_is_no_choice() {
        let one = Levels::new(Pendulum::new(PendulumConfig::default()), 1, "torques");
        let said = one.unwrap_err().to_string();
        assert_eq!(said, "torques = 1 is not allowed: 0 for any, or at least 2 to choose from");
    }
}
