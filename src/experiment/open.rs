//! Building an arena: a world by its name, and every run's agent put into it.

use std::sync::Arc;
use std::time::Duration;

use super::arena::Experiment;
use super::build::{
    Fit, board_cohorts, check_tables, check_together, continuous_cohorts, discrete_cohorts, sizes,
    tabular_cohorts,
};
use super::clock::Position;
use super::config::{ArenaConfig, ConfigError, RunConfig, letter};
use super::keyframes::Keyframes;
use super::measure::Measures;
use super::networks::{Ground, settle_on_flex};
use super::run::Run;
use super::workers::Workers;
use super::worlds::Worlds;
use crate::agents::{AGENTS, AgentInfo};
use crate::base::rng::lane_seed;
use crate::envs::any::{AnyTabular, AnyWorld};
use crate::mdp::scene::Scenic;
use crate::mdp::{Simulator as _, Tabular};
use crate::models::features::Places;
use crate::models::sight::{Sight as _, Squares};

impl Experiment {
    /// Builds the arena of a configuration for `workers` threads.
    pub fn new(config: ArenaConfig, workers: usize) -> Result<Self, ConfigError> {
        // Here the choice of the world is made, once and for all steps.
        match config.build_world()? {
            AnyWorld::Tabular(AnyTabular::Grid(world)) => Self::in_world(config, &world, workers),
            AnyWorld::Tabular(AnyTabular::Process(world)) => {
                Self::in_world(config, &world, workers)
            }
            AnyWorld::Pendulum(world) => {
                let fit = |run: &RunConfig, seeds: &[u64]| continuous_cohorts(&world, run, seeds);
                let ground = Ground::Steered(Arc::new(world.clone()));
                let worlds = (Worlds::of_numbers(&world), ground, "numbers steer it");
                Self::with(config, worlds, workers, fit)
            }
            AnyWorld::Crossing(world) => {
                let fit = |run: &RunConfig, seeds: &[u64]| continuous_cohorts(&world, run, seeds);
                let ground = Ground::Steered(Arc::new(world.clone()));
                let worlds = (Worlds::of_numbers(&world), ground, "numbers steer it");
                Self::with(config, worlds, workers, fit)
            }
            AnyWorld::Torques(world) => {
                let fit = |run: &RunConfig, seeds: &[u64]| discrete_cohorts(&world, run, seeds);
                let ground = Ground::Counted(sizes(&world));
                let worlds = (Worlds::of_numbers(&world), ground, NUMBERS);
                Self::with(config, worlds, workers, fit)
            }
            AnyWorld::Board(world) => {
                let fit = |run: &RunConfig, seeds: &[u64]| board_cohorts(&world, run, seeds);
                let squares = Squares { count: world.spec().actions };
                let ground = Ground::Counted((squares.width(), squares.count));
                let worlds = (Worlds::of_numbers(&world), ground, "two players take turns");
                Self::with(config, worlds, workers, fit)
            }
            AnyWorld::CartPole(world) => {
                let fit = |run: &RunConfig, seeds: &[u64]| discrete_cohorts(&world, run, seeds);
                let ground = Ground::Counted(sizes(&world));
                let worlds = (Worlds::of_numbers(&world), ground, NUMBERS);
                Self::with(config, worlds, workers, fit)
            }
        }
    }

    /// The same with a world of one's own in place of the configured one.
    pub fn in_world<W: Tabular + Scenic>(
        config: ArenaConfig,
        world: &W,
        workers: usize,
    ) -> Result<Self, ConfigError> {
        config.check_size(world.states() * world.actions())?;
        check_tables(&config, (world.states(), world.actions()))?;
        check_together(&config, world.actions())?;
        let fit = |run: &RunConfig, seeds: &[u64]| tabular_cohorts(world, run, seeds);
        let ground = Ground::Listed(Places::of(&world.scene()), world.actions());
        Self::with(config, (Worlds::new(world), ground, "its states are listed"), workers, fit)
    }

    /// The same with whatever `fit` makes of a run and its seeds; `nature` says of the world why it
    /// does not fit some agents.
    fn with(
        mut config: ArenaConfig,
        (mut worlds, ground, nature): (Worlds, Ground, &str),
        workers: usize,
        fit: impl Fn(&RunConfig, &[u64]) -> Fit,
    ) -> Result<Self, ConfigError> {
        ground.check(&config)?;
        ground.settle(&mut config);
        let seeds: Vec<u64> = (0..config.lanes).map(|lane| lane_seed(config.seed, lane)).collect();
        let mut runs = Vec::new();
        for (index, run) in config.runs.iter().enumerate() {
            let cohorts = fit(run, &seeds)
                .map_err(|large| ConfigError(format!("run {}: {large}", letter(index))))?
                .ok_or_else(|| misfit(&config, index, nature, &fit))?;
            runs.push(Run::new(run.clone(), cohorts, worlds.after(&[]), config.threshold));
        }
        let workers = Workers::new(workers)
            .map_err(|e| ConfigError(format!("{workers} worker threads could not start: {e}")))?;
        let start = Position::at(config.clock, 0);
        let truth = &runs[0].truths[0];
        Ok(Self {
            pairs: truth.states() * truth.actions(),
            worlds,
            ground,
            runs,
            position: start,
            furthest: start,
            under_way: None,
            events: Vec::new(),
            applied: 0,
            keyframes: Keyframes::default(),
            past: 0,
            cost: Duration::ZERO,
            next_keyframe: Duration::ZERO,
            remembers: false,
            measures: Measures::default(),
            watched: 0,
            records: false,
            workers,
            notice: None,
            config,
        })
    }
}

/// What there is to say of a world without listed states.
const NUMBERS: &str = "its states are numbers";

/// An agent in a world that it was not made for, and those that are.
fn misfit(
    config: &ArenaConfig,
    index: usize,
    nature: &str,
    fit: impl Fn(&RunConfig, &[u64]) -> Fit,
) -> ConfigError {
    // Nothing is measured for a list of names.
    let fits = |info: &&'static AgentInfo| {
        let runs = vec![RunConfig::new(info.title, info)];
        let mut one = ArenaConfig { runs, ..config.clone() };
        settle_on_flex(&mut one);
        matches!(fit(&one.runs[0], &[0]), Ok(Some(_)))
    };
    let fits = AGENTS.iter().filter(fits);
    let fits: Vec<&str> = fits.map(|info| info.id).collect();
    let (agent, world) = (config.runs[index].info.id, config.world.info.id);
    ConfigError(format!(
        "run {}: agent '{agent}' does not fit the world '{world}' as it is set, because {nature}; \
         allowed: {}",
        letter(index),
        fits.join(", ")
    ))
}
