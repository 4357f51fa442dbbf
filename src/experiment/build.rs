//! From names and numbers to cohorts: the one place where worlds meet agents.

use super::cohort::{Cohort, Group};
use crate::agents::Agent;
use crate::agents::dyna::Dyna;
use crate::agents::dyna_q::DynaQ;
use crate::agents::dyna_q_plus::DynaQPlus;
use crate::agents::expected_sarsa::ExpectedSarsa;
use crate::agents::monte_carlo::MonteCarlo;
use crate::agents::monte_carlo_prediction::MonteCarloPrediction;
use crate::agents::prioritized_sweeping::Sweeping;
use crate::agents::q_learning::QLearning;
use crate::agents::random::Random;
use crate::agents::replay::Replay;
use crate::agents::sarsa::Sarsa;
use crate::agents::search::{SearchAgent, SearchConfig};
use crate::agents::td_prediction::TdPrediction;
use crate::agents::value_iteration::ValueIteration;
use crate::base::params::Params;
use crate::mdp::scene::Scenic;
use crate::mdp::{Action, State, Tabular};
use crate::models::features::Places;

/// A cohort of one lane for the tabular agent `id` with checked `params`; `None` if no agent has
/// this name.
pub fn tabular_cohort<W: Tabular + Scenic>(
    world: &W,
    id: &str,
    params: &[f64],
    seed: u64,
) -> Option<Box<dyn Cohort>> {
    let (states, actions) = (world.states(), world.actions());
    // `config(params)` becomes what the agent's constructor asks for.
    Some(match id {
        "random" => cohort(world, Random::new(actions, &[seed]), seed),
        "q-learning" => cohort(world, QLearning::new(config(params), states, actions, seed), seed),
        "sarsa" => cohort(world, Sarsa::new(config(params), states, actions, seed), seed),
        "expected-sarsa" => {
            cohort(world, ExpectedSarsa::new(config(params), states, actions, seed), seed)
        }
        "monte-carlo" => {
            cohort(world, MonteCarlo::new(config(params), states, actions, seed), seed)
        }
        "q-replay" => cohort(world, Replay::new(config(params), states, actions, seed), seed),
        "dyna-q" => cohort(world, DynaQ::new(config(params), states, actions, seed), seed),
        "dyna-q-plus" => cohort(world, DynaQPlus::new(config(params), states, actions, seed), seed),
        "dyna" => {
            let places = Places::of(&world.scene());
            cohort(world, Dyna::new(config(params), places, (states, actions), seed), seed)
        }
        "prioritized-sweeping" => {
            cohort(world, Sweeping::new(config(params), states, actions, seed), seed)
        }
        "td-prediction" => {
            cohort(world, TdPrediction::new(config(params), states, actions, seed), seed)
        }
        "monte-carlo-prediction" => {
            cohort(world, MonteCarloPrediction::new(config(params), states, actions, seed), seed)
        }
        "search" => cohort(world, SearchAgent::new(config(params), states, actions, seed), seed),
        "value-iteration" => cohort(world, ValueIteration::new(config(params), world, seed), seed),
        _ => return None,
    })
}

fn cohort<W: Tabular, A>(world: &W, agent: A, seed: u64) -> Box<dyn Cohort>
where
    A: Agent<Obs = State, Action = Action>,
{
    Box::new(Group::new(world, agent, &[seed]))
}

/// Why these checked `params` of agent `id` cannot stand together in a world with `actions`
/// actions, if they cannot.
pub fn refusal(id: &str, params: &[f64], actions: usize) -> Option<String> {
    let refused = match id {
        "search" => config::<SearchConfig>(params).check(actions).err(),
        _ => None,
    };
    refused.map(|refused| refused.to_string())
}

/// A configuration with these values, in the order of its definitions.
pub fn config<P: Params>(values: &[f64]) -> P {
    P::of(values)
}
