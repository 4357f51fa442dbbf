//! How well a learner with an actor does from given places, without noise: nothing is learned here.

use crate::agents::steered::SteeredView;
use crate::mdp::physical::Body;

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
}
