//! From names and numbers to cohorts: the one place where worlds meet agents.

use std::fmt::Debug;
use std::sync::Arc;

use super::cohort::{Cohort, Group};
use super::config::{ArenaConfig, ConfigError, RunConfig, letter};
use crate::agents::Agent;
use crate::agents::ddpg::{Ddpg, DdpgConfig};
use crate::agents::deep_dyna_q::numbers::DeepDynaQOfNumbers;
use crate::agents::deep_dyna_q::{DeepDynaQ, DeepDynaQConfig};
use crate::agents::dyna::Dyna;
use crate::agents::dyna_q::DynaQ;
use crate::agents::dyna_q_plus::DynaQPlus;
use crate::agents::expected_sarsa::ExpectedSarsa;
use crate::agents::low_rank::LowRankAgent;
use crate::agents::monte_carlo::MonteCarlo;
use crate::agents::monte_carlo_prediction::MonteCarloPrediction;
use crate::agents::muzero::{MuZero, MuZeroConfig};
use crate::agents::mve::Mve;
use crate::agents::mve::config::MveConfig;
use crate::agents::prioritized_sweeping::Sweeping;
use crate::agents::q_expansion::QExpansion;
use crate::agents::q_learning::QLearning;
use crate::agents::random::{Counted, Legal, Random, Within};
use crate::agents::replay::Replay;
use crate::agents::sarsa::Sarsa;
use crate::agents::search::{SearchAgent, SearchConfig};
use crate::agents::self_consistent::{Consistent, MOST_LOGITS};
use crate::agents::td_prediction::TdPrediction;
use crate::agents::value_iteration::ValueIteration;
use crate::base::params::Params;
use crate::envs::noisy_image::NoisyImage;
use crate::mdp::oracle::Oracle;
use crate::mdp::physical::{Body, KnownReward, Physical, Steered};
use crate::mdp::scene::Scenic;
use crate::mdp::{Action, Simulator, State, Tabular};
use crate::models::coding::Coding;
use crate::models::features::Places;
use crate::models::sight::{Numbers, Pixels, Sight, Squares};
use crate::nn::device::Wish;
use crate::nn::mlp::TooLarge;
use crate::nn::trial::Trial;

/// Most numbers in the square tables of all lanes.
const MOST_IN_ALL: usize = 100_000_000;

/// Refuses agents whose tables grow with the square of the states where that is too much.
pub fn check_tables(
    arena: &ArenaConfig,
    (states, actions): (usize, usize),
) -> Result<(), ConfigError> {
    let is_square = |run: &&RunConfig| run.info.id == "self-consistent";
    let runs = arena.runs.iter().filter(is_square).count();
    let logits = states * states * actions;
    if runs == 0 {
        return Ok(());
    }
    if logits > MOST_LOGITS {
        let what = format!(
            "self-consistent keeps a number for each state, action and next state: {states} states \
             and {actions} actions are {logits} of them; at most {MOST_LOGITS} are allowed: take a \
             smaller world"
        );
        return Err(ConfigError(what));
    }
    let lanes = arena.lanes * runs;
    match logits * lanes {
        all if all <= MOST_IN_ALL => Ok(()),
        all => Err(ConfigError(format!(
            "the models of {lanes} lanes of self-consistent keep {all} numbers; at most \
             {MOST_IN_ALL} are allowed: take fewer lanes or a smaller world"
        ))),
    }
}

/// All cohorts of a run, each with the same number of lanes.
pub type Cohorts = Vec<Box<dyn Cohort>>;

/// Cohorts, or `None` if an agent was not made for a world; networks may be too large.
pub type Fit = Result<Option<Cohorts>, TooLarge>;

/// The cohorts of a run in a world whose states are listed, one lane for each seed.
pub fn tabular_cohorts<W: Tabular + Scenic>(world: &W, run: &RunConfig, seeds: &[u64]) -> Fit {
    match run.info.id {
        "deep-dyna-q" => deep_dyna_q(world, &run.params, seeds).map(Some),
        "muzero" => {
            let dials: MuZeroConfig = config(&run.params);
            let sight = Coding { coded: dials.features, places: Places::of(&world.scene()) };
            muzero(world, dials, (sight, world.states(), world.actions()), seeds).map(Some)
        }
        id => Ok(seeds.iter().map(|&seed| tabular_cohort(world, id, &run.params, seed)).collect()),
    }
}

fn deep_dyna_q<W: Tabular + Scenic>(
    world: &W,
    params: &[f64],
    seeds: &[u64],
) -> Result<Cohorts, TooLarge> {
    let (places, sizes) = (Places::of(&world.scene()), (world.states(), world.actions()));
    let dials: DeepDynaQConfig = config(params);
    let trial = dials.trial(places, sizes.1, seeds.len());
    population(world, seeds, (trial, dials.device), |seeds| {
        DeepDynaQ::new(config(params), places, sizes, seeds)
    })
}

fn muzero<W: Simulator<Action = Action>, S: Sight<Seen = W::Obs>>(
    world: &W,
    dials: MuZeroConfig,
    (sight, states, actions): (S, usize, usize),
    seeds: &[u64],
) -> Result<Cohorts, TooLarge> {
    let shape = dials.shape(sight.coded(dials.features).width(), actions);
    population(world, seeds, (dials.trial(shape, seeds.len()), dials.device), |seeds| {
        MuZero::new(dials, sight, (states, actions), seeds)
    })
}

/// The lanes of an agent with networks. On an adapter all are one population, as many cost about
/// one there; on the processor each is faster on a thread of its own.
fn population<W: Simulator, A>(
    world: &W,
    seeds: &[u64],
    (trial, wish): (Trial, Wish),
    agent: impl Fn(&[u64]) -> Result<A, TooLarge>,
) -> Result<Cohorts, TooLarge>
where
    A: Agent<Obs = W::Obs, Action = W::Action>,
{
    trial.spec.check(1)?;
    if !trial.device(wish.into()).compute.is_host() {
        return Ok(together(world, agent(seeds)?, seeds));
    }
    let group = |seed: &u64| -> Result<Box<dyn Cohort>, TooLarge> {
        Ok(Box::new(Group::new(world, agent(&[*seed])?, &[*seed])))
    };
    seeds.iter().map(group).collect()
}

/// The cohorts of a run in a world that is steered by numbers.
pub fn continuous_cohorts<W: Steered + KnownReward + Debug + Sync>(
    world: &W,
    run: &RunConfig,
    seeds: &[u64],
) -> Fit {
    let oracle: Arc<dyn Oracle> = Arc::new(world.clone());
    let (params, lanes) = (&run.params, seeds.len());
    match run.info.id {
        "random" => Ok(Some(together(world, Random::new(Within::of(world), seeds), seeds))),
        "low-rank" => {
            let sizes = (oracle.sees(), oracle.limits().0.len());
            Ok(Some(one_each(world, seeds, |seed| LowRankAgent::new(config(params), sizes, seed))))
        }
        "ddpg" => {
            let dials: DdpgConfig = config(params);
            let device = (dials.trial(&*oracle, lanes), dials.device);
            let agent = |seeds: &[u64]| Ddpg::new(config(params), oracle.clone(), seeds);
            population(world, seeds, device, agent).map(Some)
        }
        "mve" => {
            let dials: MveConfig = config(params);
            let device = (dials.trial(&*oracle, lanes), dials.device);
            let agent = |seeds: &[u64]| Mve::new(config(params), oracle.clone(), seeds);
            population(world, seeds, device, agent).map(Some)
        }
        _ => Ok(None),
    }
}

/// Numbers seen in a world, and its actions.
pub fn sizes<W: Physical<Action = Action>>(world: &W) -> (usize, usize) {
    let zeros = [0.0; Body::MOST];
    let body = Body::new(&zeros[..world.dimensions().len()]);
    (world.see(&body).len(), world.spec().actions)
}

/// The same in a world where numbers are seen and actions are counted.
pub fn discrete_cohorts<W: Physical<Action = Action> + KnownReward>(
    world: &W,
    run: &RunConfig,
    seeds: &[u64],
) -> Fit {
    let actions = world.spec().actions;
    match run.info.id {
        "random" => {
            let agent = |seed| Random::new(Counted(actions), &[seed]);
            Ok(Some(one_each(world, seeds, agent)))
        }
        "muzero" => {
            let sight = Numbers::of(world);
            muzero(world, config(&run.params), (sight, 0, actions), seeds).map(Some)
        }
        "deep-dyna-q" => {
            let (dials, sizes) = (config::<DeepDynaQConfig>(&run.params), sizes(world));
            let device = (dials.trial_for(sizes, seeds.len()), dials.device);
            let agent = |seeds: &[u64]| DeepDynaQOfNumbers::new(config(&run.params), sizes, seeds);
            population(world, seeds, device, agent).map(Some)
        }
        _ => Ok(None),
    }
}

/// The same for a game of two players.
pub fn board_cohorts<W: Physical<Action = Action>>(
    world: &W,
    run: &RunConfig,
    seeds: &[u64],
) -> Fit {
    let actions = world.spec().actions;
    let sight = Squares { count: actions };
    match run.info.id {
        "random" => Ok(Some(one_each(world, seeds, |seed| Random::new(Legal(sight), &[seed])))),
        "muzero" => muzero(world, config(&run.params), (sight, 0, actions), seeds).map(Some),
        _ => Ok(None),
    }
}

/// The same where a picture of a maze is seen.
pub fn image_cohorts(world: &NoisyImage, run: &RunConfig, seeds: &[u64]) -> Fit {
    let (states, actions) = (world.grid().states(), world.grid().actions());
    match run.info.id {
        "random" => {
            let agent = |seed| Random::new(Counted(actions), &[seed]);
            Ok(Some(one_each(world, seeds, agent)))
        }
        "muzero" => {
            let sizes = (pixels(world), states, actions);
            muzero(world, config(&run.params), sizes, seeds).map(Some)
        }
        _ => Ok(None),
    }
}

/// How the picture of a maze is seen.
pub fn pixels(world: &NoisyImage) -> Pixels {
    Pixels { count: world.grid().states(), noise: world.noise(), goals: world.goals() }
}

/// One cohort of all seeds.
fn together<W: Simulator, A>(world: &W, agent: A, seeds: &[u64]) -> Cohorts
where
    A: Agent<Obs = W::Obs, Action = W::Action>,
{
    vec![Box::new(Group::new(world, agent, seeds))]
}

/// A cohort for every seed.
fn one_each<W: Simulator, A>(world: &W, seeds: &[u64], agent: impl Fn(u64) -> A) -> Cohorts
where
    A: Agent<Obs = W::Obs, Action = W::Action>,
{
    let group =
        |&seed: &u64| -> Box<dyn Cohort> { Box::new(Group::new(world, agent(seed), &[seed])) };
    seeds.iter().map(group).collect()
}

/// A cohort of one lane for the tabular agent `id` with checked `params`; `None` if no agent of
/// this name is made for tables.
fn tabular_cohort<W: Tabular + Scenic>(
    world: &W,
    id: &str,
    params: &[f64],
    seed: u64,
) -> Option<Box<dyn Cohort>> {
    let (states, actions) = (world.states(), world.actions());
    // `config(params)` becomes what the agent's constructor asks for.
    Some(match id {
        "random" => cohort(world, Random::new(Counted(actions), &[seed]), seed),
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
        "mve-q" => cohort(world, QExpansion::new(config(params), states, actions, seed), seed),
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
        "self-consistent" => {
            cohort(world, Consistent::new(config(params), states, actions, seed), seed)
        }
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

/// Refuses runs whose parameters cannot stand together in a world with `actions` actions.
pub fn check_together(arena: &ArenaConfig, actions: usize) -> Result<(), ConfigError> {
    for (index, run) in arena.runs.iter().enumerate() {
        if let Some(said) = refusal(run.info.id, &run.params, actions) {
            return Err(ConfigError(format!("run {}: {said}", letter(index))));
        }
    }
    Ok(())
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
