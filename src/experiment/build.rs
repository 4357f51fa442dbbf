//! From names and numbers to cohorts: the one place where worlds meet agents.

use super::cohort::{Cohort, Group};
use crate::agents::dyna_q::{DynaQ, DynaQConfig};
use crate::agents::q_learning::{QLearning, QLearningConfig};
use crate::agents::random::Random;
use crate::agents::value_iteration::{ValueIteration, ValueIterationConfig};
use crate::base::params::Params;
use crate::mdp::Tabular;
use crate::mdp::scene::Scenic;

/// A cohort of one lane for the tabular agent `id` with checked `params`; `None` if no agent has
/// this name.
pub fn tabular_cohort<W: Tabular + Scenic>(
    world: &W,
    id: &str,
    params: &[f64],
    seed: u64,
) -> Option<Box<dyn Cohort>> {
    let (states, actions) = (world.states(), world.actions());
    let seeds = &[seed];
    Some(match id {
        "random" => Box::new(Group::new(world, Random::new(actions, seeds), seeds)),
        "q-learning" => {
            let agent = QLearning::new(config::<QLearningConfig>(params), states, actions, seed);
            Box::new(Group::new(world, agent, seeds))
        }
        "dyna-q" => {
            let agent = DynaQ::new(config::<DynaQConfig>(params), states, actions, seed);
            Box::new(Group::new(world, agent, seeds))
        }
        "value-iteration" => {
            let config = config::<ValueIterationConfig>(params);
            Box::new(Group::new(world, ValueIteration::new(config, world, seed), seeds))
        }
        _ => return None,
    })
}

/// A configuration with these values, in the order of its definitions.
pub fn config<P: Params>(values: &[f64]) -> P {
    let mut config = P::default();
    for (index, &value) in values.iter().enumerate() {
        config.set(index, value);
    }
    config
}
