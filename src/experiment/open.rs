//! Building an arena: worlds by their names, and every run's agent put into its world.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use super::arena::Experiment;
use super::build::{
    Fit, board_cohorts, check_tables, check_together, continuous_cohorts, discrete_cohorts,
    image_cohorts, pixels, sizes, tabular_cohorts,
};
use super::clock::Position;
use super::config::{ArenaConfig, ConfigError, RunConfig, WorldConfig, letter};
use super::keyframes::Keyframes;
use super::measure::Measures;
use super::networks::{Ground, check, settle, settle_on_flex};
use super::run::Run;
use super::workers::Workers;
use super::worlds::Worlds;
use crate::agents::{AGENTS, AgentInfo};
use crate::base::rng::lane_seed;
use crate::envs::any::{AnyTabular, AnyWorld};
use crate::envs::noisy_image::NoisyImage;
use crate::envs::tic_tac_toe::TicTacToe;
use crate::mdp::physical::{KnownReward, Physical, Steered};
use crate::mdp::scene::Scenic;
use crate::mdp::{Action, Simulator as _, Tabular};
use crate::models::features::Places;
use crate::models::sight::{Sight as _, Squares};

/// A world of the arena, and who fits into it.
pub(super) struct Home {
    /// What it becomes by strokes over it.
    pub worlds: Worlds,
    /// What it means to agents with networks.
    pub ground: Ground,
    /// Its pairs of state and action.
    pub pairs: usize,
}

/// Makes the cohorts of a run for these seeds.
type Fitting<'w> = Box<dyn Fn(&RunConfig, &[u64]) -> Fit + 'w>;

/// A world that nobody lives in yet.
struct Opened<'w> {
    worlds: Worlds,
    ground: Ground,
    /// Why it does not fit some agents.
    nature: &'static str,
    /// Numbers of states and actions; no states where they are not listed.
    sizes: (usize, usize),
    fit: Fitting<'w>,
}

impl<'w> Opened<'w> {
    /// Here the choice of the world is made, once and for all steps.
    fn of(world: AnyWorld) -> Self {
        match world {
            AnyWorld::Tabular(AnyTabular::Grid(world)) => Opened::listed(world),
            AnyWorld::Tabular(AnyTabular::Process(world)) => Opened::listed(world),
            AnyWorld::Pendulum(world) => Opened::steered(world),
            AnyWorld::Crossing(world) => Opened::steered(world),
            AnyWorld::Torques(world) => Opened::counted(world),
            AnyWorld::CartPole(world) => Opened::counted(world),
            AnyWorld::Board(world) => Opened::played(world),
            AnyWorld::Image(world) => Opened::pictured(world),
        }
    }

    /// States are listed.
    fn listed<W: Tabular + Scenic + 'w>(world: W) -> Self {
        Self {
            worlds: Worlds::new(&world),
            ground: Ground::Listed(Places::of(&world.scene()), world.actions()),
            nature: "its states are listed",
            sizes: (world.states(), world.actions()),
            fit: Box::new(move |run, seeds| tabular_cohorts(&world, run, seeds)),
        }
    }

    /// Numbers steer it.
    fn steered<W: Steered + KnownReward + Scenic + Debug + Sync + 'w>(world: W) -> Self {
        Self {
            worlds: Worlds::of_numbers(&world),
            ground: Ground::Steered(Arc::new(world.clone())),
            nature: "numbers steer it",
            sizes: (0, 0),
            fit: Box::new(move |run, seeds| continuous_cohorts(&world, run, seeds)),
        }
    }

    /// Numbers are seen and actions are counted.
    fn counted<W>(world: W) -> Self
    where
        W: Physical<Action = Action> + KnownReward + Scenic + Debug + Sync + 'w,
    {
        Self {
            worlds: Worlds::of_numbers(&world),
            ground: Ground::Counted(sizes(&world)),
            nature: "its states are numbers",
            sizes: (0, 0),
            fit: Box::new(move |run, seeds| discrete_cohorts(&world, run, seeds)),
        }
    }

    /// Its cells are seen as pixels.
    fn pictured(world: NoisyImage) -> Self {
        let sight = pixels(&world);
        Self {
            worlds: Worlds::new(world.grid()),
            ground: Ground::Counted((sight.width(), world.grid().actions())),
            nature: "pixels are seen",
            sizes: (0, 0),
            fit: Box::new(move |run, seeds| image_cohorts(&world, run, seeds)),
        }
    }

    /// Two players take turns.
    fn played(world: TicTacToe) -> Self {
        let squares = Squares { count: world.spec().actions };
        Self {
            worlds: Worlds::of_numbers(&world),
            ground: Ground::Counted((squares.width(), squares.count)),
            nature: "two players take turns",
            sizes: (0, 0),
            fit: Box::new(move |run, seeds| board_cohorts(&world, run, seeds)),
        }
    }

    /// Refuses runs that would not fit into memory, or whose parameters cannot stand together.
    fn check(&self, arena: &ArenaConfig) -> Result<(), ConfigError> {
        let (states, actions) = self.sizes;
        arena.check_size(states * actions)?;
        check_tables(arena, self.sizes)?;
        if states > 0 { check_together(arena, actions) } else { Ok(()) }
    }
}

impl Experiment {
    /// Builds the arena of a configuration for `workers` threads.
    pub fn new(config: ArenaConfig, workers: usize) -> Result<Self, ConfigError> {
        let (worlds, homes) = config.worlds();
        let open = |world: &WorldConfig| Ok(Opened::of(world.build()?));
        let opened = worlds.into_iter().map(open).collect::<Result<Vec<_>, ConfigError>>()?;
        Self::with(config, (opened, homes), workers)
    }

    /// The same with a world of one's own in place of the configured ones.
    pub fn in_world<W: Tabular + Scenic>(
        config: ArenaConfig,
        world: &W,
        workers: usize,
    ) -> Result<Self, ConfigError> {
        let homes = vec![0; config.runs.len()];
        Self::with(config, (vec![Opened::listed(world.clone())], homes), workers)
    }

    /// The same in worlds that were opened; the number of one for each run.
    fn with(
        mut config: ArenaConfig,
        (opened, homes): (Vec<Opened<'_>>, Vec<usize>),
        workers: usize,
    ) -> Result<Self, ConfigError> {
        for (home, opened) in opened.iter().enumerate() {
            opened.check(&living_in(&config, &homes, home))?;
        }
        let grounds: Vec<&Ground> = homes.iter().map(|&home| &opened[home].ground).collect();
        check(&config, &grounds)?;
        settle(&mut config, &grounds);
        let seeds: Vec<u64> = (0..config.lanes).map(|lane| lane_seed(config.seed, lane)).collect();
        let mut cohorts = Vec::new();
        for (index, run) in config.runs.iter().enumerate() {
            let home = &opened[homes[index]];
            let made = (home.fit)(run, &seeds)
                .map_err(|large| ConfigError(format!("run {}: {large}", letter(index))))?
                .ok_or_else(|| misfit(&config, index, home))?;
            cohorts.push(made);
        }
        let home = |Opened { worlds, ground, sizes, .. }: Opened<'_>| Home {
            worlds,
            ground,
            pairs: sizes.0 * sizes.1,
        };
        let mut places: Vec<Home> = opened.into_iter().map(home).collect();
        let born = config.runs.iter().zip(cohorts).zip(homes).map(|((run, cohorts), home)| {
            let truths = places[home].worlds.after(&[]);
            Run::new(run.clone(), cohorts, (home, truths), config.threshold)
        });
        let runs = born.collect();
        let workers = Workers::new(workers)
            .map_err(|e| ConfigError(format!("{workers} worker threads could not start: {e}")))?;
        let start = Position::at(config.clock, 0);
        Ok(Self {
            homes: places,
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

    /// Refuses what would not fit into the memory of the machine: `config` has a run for each of
    /// the arena's, and perhaps one more in the world of run `twin`.
    pub(super) fn check_memory(
        &self,
        config: &ArenaConfig,
        twin: usize,
    ) -> Result<(), ConfigError> {
        let runs = 0..config.runs.len();
        let home = |run: usize| self.runs.get(run).unwrap_or(&self.runs[twin]).home;
        let homes: Vec<usize> = runs.map(home).collect();
        for (index, home) in self.homes.iter().enumerate() {
            living_in(config, &homes, index).check_size(home.pairs)?;
        }
        let grounds: Vec<&Ground> = homes.iter().map(|&home| &self.homes[home].ground).collect();
        check(config, &grounds)
    }

    /// What the world of run `run` means to agents with networks.
    pub(super) fn ground_of(&self, run: usize) -> &Ground {
        &self.homes[self.runs[run].home].ground
    }
}

/// The same arena with those runs alone that live in world `home`.
fn living_in(config: &ArenaConfig, homes: &[usize], home: usize) -> ArenaConfig {
    let mut arena = config.clone();
    let mut lives = homes.iter().map(|&of| of == home);
    arena.runs.retain(|_| lives.next().unwrap_or(false));
    arena
}

/// An agent in a world that it was not made for, and those that are.
fn misfit(config: &ArenaConfig, index: usize, home: &Opened<'_>) -> ConfigError {
    // Nothing is measured for a list of names.
    let fits = |info: &&'static AgentInfo| {
        let runs = vec![RunConfig::new(info.title, info)];
        let mut one = ArenaConfig { runs, ..config.clone() };
        settle_on_flex(&mut one);
        matches!((home.fit)(&one.runs[0], &[0]), Ok(Some(_)))
    };
    let fits = AGENTS.iter().filter(fits);
    let fits: Vec<&str> = fits.map(|info| info.id).collect();
    let (agent, world, nature) =
        (config.runs[index].info.id, config.world_of(index).info.id, home.nature);
    ConfigError(format!(
        "run {}: agent '{agent}' does not fit the world '{world}' as it is set, because {nature}; \
         allowed: {}",
        letter(index),
        fits.join(", ")
    ))
}
