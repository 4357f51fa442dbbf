//! How well a learner with an actor does from given places, without noise: nothing is learned here.

use crate::agents::steered::SteeredView;
use crate::base::rng::Stream;
use crate::mdp::physical::Body;
use crate::mdp::{Action, Simulator};

/// Undiscounted returns of the actor from each of `starts`, `steps` true steps at most.
pub fn returns(view: &SteeredView, starts: &[Body], steps: usize) -> Vec<f64> {
    let from = |start: &Body| {
        let mut seen = view.oracle.see(start);
        let mut total = 0.0;
        for _ in 0..steps {
            let truth = view.truth(&seen, view.action(&view.actor, &seen));
            total += truth.reward;
            seen = truth.next;
            if truth.terminated {
                break;
            }
        }
        total
    };
    starts.iter().map(from).collect()
}

/// Undiscounted return and length of an episode of a copy of `world` in which `act` chooses; it ends
/// where the world says so, after `most` steps, or where nothing is chosen.
pub fn episode<W: Simulator<Action = Action>>(
    world: &W,
    act: impl Fn(&W::Obs) -> Option<Action>,
    most: usize,
    dice: &mut Stream,
) -> (f64, usize) {
    let mut world = world.clone();
    let (mut seen, mut total) = (world.reset(dice), 0.0);
    for length in 0..most {
        let Some(action) = act(&seen) else { return (total, length) };
        let step = world.step(action, dice);
        total += step.reward;
        seen = step.next;
        if step.terminated || step.truncated {
            return (total, length + 1);
        }
    }
    (total, most)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::agents::Agent as _;
    use crate::agents::ddpg::{Ddpg, DdpgConfig};
    use crate::envs::pendulum::{Pendulum, PendulumConfig};

    #[test]
    fn an_actor_that_knows_nothing_hardly_moves_the_rod() {
        let world = Arc::new(Pendulum::new(PendulumConfig::default()));
        let agent = Ddpg::new(DdpgConfig::default(), world, &[1]).unwrap();
        let view = agent.view().steered.unwrap();
        // Hanging still costs pi squared a step; the first actions are near 0.
        let hanging = Body::new(&[std::f64::consts::PI, 0.0]);
        let [total] = returns(&view, &[hanging], 10)[..] else {
            panic!("one return for one start");
        };
        let still = -10.0 * std::f64::consts::PI.powi(2);
        assert!((total - still).abs() < 0.5, "{total}, {still}");
        assert!(returns(&view, &[], 10).is_empty());
    }

    #[test]
    fn an_episode_ends_with_its_world_its_limit_or_its_actions() {
        use crate::base::rng::StreamName;
        use crate::envs::cart_pole::{CartPole, CartPoleConfig};

        let world = CartPole::new(CartPoleConfig::default());
        let run = |act: &dyn Fn() -> Option<Action>, most| {
            episode(&world, |_| act(), most, &mut Stream::new(1, StreamName::Evaluate))
        };
        let (total, length) = run(&|| Some(1), 500);
        assert!((8..=11).contains(&length), "pushed to one side it falls soon: {length}");
        assert_eq!(total, length as f64, "every step pays 1");
        assert_eq!(run(&|| Some(1), 3), (3.0, 3));
        assert_eq!(run(&|| None, 3), (0.0, 0));
    }
}
