//! Worlds: one per file, and the registry that names them.
//!
//! A world is a [`Simulator`](crate::mdp::Simulator) with a picture
//! ([`Scenic`](crate::mdp::scene::Scenic)), made from a map ([`grid`]), from a law ([`process`]) or
//! from laws of motion ([`pendulum`], [`cart_pole`]). Whoever adds one writes its map or its law and
//! adds it to [`WORLDS`]; the conformance tests walk over it.

pub mod ab;
pub mod any;
pub mod cart_pole;
pub mod crossing;
pub mod fork;
pub mod garnet;
pub mod grid;
mod grid_layout;
pub mod grid_map;
pub mod levels;
pub mod mazes;
pub mod noisy_image;
pub mod pendulum;
pub mod process;
pub mod random_walk;
pub mod tic_tac_toe;

use std::sync::LazyLock;

use crate::base::params::{Params, Spec as ParamSpec};
use any::{AnyTabular, AnyWorld};
use cart_pole::{CartPole, CartPoleConfig};
use crossing::{Crossing, CrossingConfig};
use grid::{Grid, GridConfig, GridSource};
use grid_map::MapError;
use levels::Levels;
use noisy_image::{NoisyImage, NoisyImageConfig};
use pendulum::{Pendulum, PendulumConfig};
use process::{LawError, Process};
use tic_tac_toe::{TicTacToe, TicTacToeConfig};

/// Why a world cannot be, in one sentence.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WorldError {
    /// Its map.
    #[error(transparent)]
    Map(#[from] MapError),
    /// Its law.
    #[error(transparent)]
    Law(#[from] LawError),
    /// A parameter that fits its range but not this world.
    #[error("{key} = {value} is not allowed: {allowed}")]
    Value {
        /// Which parameter.
        key: &'static str,
        /// What it was.
        value: f64,
        /// What it may be.
        allowed: &'static str,
    },
    /// A map where none is read.
    #[error("this world has no map to replace")]
    NoMap,
}

/// What a world is made from.
#[derive(Debug)]
enum Made {
    /// A gridworld.
    Map {
        /// Where its map comes from when a file gives none.
        map: fn() -> GridSource,
        /// Whether a second map may take the place of the first.
        changes: bool,
        /// Defaults other than those of every gridworld.
        defaults: &'static [(&'static str, f64)],
    },
    /// A law written from parameters.
    Law { specs: fn() -> &'static [ParamSpec], build: fn(&[f64]) -> Result<Process, LawError> },
    /// Laws of motion, of a body with so many numbers.
    Motion {
        numbers: usize,
        specs: fn() -> &'static [ParamSpec],
        build: fn(&[f64]) -> Result<AnyWorld, WorldError>,
    },
}

/// A registered world.
#[derive(Debug)]
pub struct World {
    /// Name in files and on the command line.
    pub id: &'static str,
    /// Name on the screen.
    pub title: &'static str,
    /// One sentence.
    pub help: &'static str,
    made: Made,
}

/// Parameters of each of [`WORLDS`].
static PARAMS: LazyLock<Vec<Vec<ParamSpec>>> =
    LazyLock::new(|| WORLDS.iter().map(|world| world.made.specs()).collect());

impl Made {
    fn specs(&self) -> Vec<ParamSpec> {
        let (changes, defaults) = match self {
            Self::Law { specs, .. } | Self::Motion { specs, .. } => return specs().to_vec(),
            Self::Map { changes, defaults, .. } => (*changes, *defaults),
        };
        let specs = GridConfig::specs().iter().filter(|s| changes || s.key != "switch_step");
        let spec = |spec: &ParamSpec| {
            let own = defaults.iter().find(|(key, _)| *key == spec.key);
            ParamSpec { default: own.map_or(spec.default, |&(_, value)| value), ..*spec }
        };
        specs.map(spec).collect()
    }
}

impl World {
    /// Parameters in the order shown.
    pub fn params(&self) -> &'static [ParamSpec] {
        let index = WORLDS.iter().position(|w| w.id == self.id);
        index.map_or(&[], |index| &PARAMS[index])
    }

    /// Their defaults, in the same order.
    pub fn defaults(&self) -> Vec<f64> {
        self.params().iter().map(|spec| spec.default).collect()
    }

    /// The map used when a file gives none; `None` for a world without one.
    pub fn default_map(&self) -> Option<GridSource> {
        match self.made {
            Made::Map { map, .. } => Some(map()),
            Made::Law { .. } | Made::Motion { .. } => None,
        }
    }

    /// How many numbers the body has that moves in it; 0 where states follow each other.
    pub fn numbers(&self) -> usize {
        match self.made {
            Made::Motion { numbers, .. } => numbers,
            Made::Map { .. } | Made::Law { .. } => 0,
        }
    }

    /// Whether agents are told of listed states, not of numbers or pixels: only then it matters how a
    /// state is coded.
    pub fn tells_states(&self) -> bool {
        !matches!(self.made, Made::Motion { .. })
    }

    /// Whether it is a board of two players, which may be turned.
    pub fn is_board(&self) -> bool {
        self.id == "tic-tac-toe"
    }

    /// Builds the world from its map, if it has one, and checked values of its parameters.
    pub fn build(&self, map: Option<&GridSource>, params: &[f64]) -> Result<AnyWorld, WorldError> {
        match (&self.made, map) {
            (Made::Map { map: own, .. }, map) => {
                let config = GridConfig::of(params);
                let grid =
                    map.map_or_else(|| Grid::new(&own(), &config), |m| Grid::new(m, &config));
                Ok(AnyWorld::Tabular(AnyTabular::Grid(grid?)))
            }
            (Made::Law { build, .. }, None) => {
                Ok(AnyWorld::Tabular(AnyTabular::Process(build(params)?)))
            }
            (Made::Motion { build, .. }, None) => build(params),
            (Made::Law { .. } | Made::Motion { .. }, Some(_)) => Err(WorldError::NoMap),
        }
    }
}

/// All worlds, in the order shown.
pub static WORLDS: &[World] = &[
    World {
        id: "dyna-maze",
        title: "Dyna maze",
        help: "6x9 maze of Sutton & Barto, example 8.1: +1 at the goal, shortest path 14",
        made: Made::Map { map: mazes::dyna_maze, changes: false, defaults: &[] },
    },
    World {
        id: "blocking-maze",
        title: "Blocking maze",
        help: "example 8.2: after 1000 real steps the short way (10) is closed, a long one (16) opens",
        made: Made::Map {
            map: mazes::blocking_maze,
            changes: true,
            defaults: &[("switch_step", 1000.0)],
        },
    },
    World {
        id: "shortcut-maze",
        title: "Shortcut maze",
        help: "example 8.3: after 3000 real steps a shorter way opens (10), the old one (16) stays",
        made: Made::Map {
            map: mazes::shortcut_maze,
            changes: true,
            defaults: &[("switch_step", 3000.0)],
        },
    },
    World {
        id: "windy-grid",
        title: "Stochastic windy grid",
        help: "after exercise 6.10: -1 a step, wind and gusts; wind stops at the goal, shortest path 10 (15 in the book)",
        made: Made::Map {
            map: mazes::windy_grid,
            changes: false,
            defaults: &[("goal_reward", 0.0), ("step_reward", -1.0), ("gust", 2.0 / 3.0)],
        },
    },
    World {
        id: "gridworld",
        title: "Gridworld",
        help: "up to 64x64 cells with walls, goals, pits, rewards, wind and slip, from a text map",
        made: Made::Map { map: mazes::gridworld, changes: true, defaults: &[] },
    },
    World {
        id: "fork",
        title: "Fork",
        help: "the way to +1 goes left or right round a well, by chance; their mean is in the well",
        made: Made::Law { specs: fork::ForkConfig::specs, build: |v| fork::fork(&Params::of(v)) },
    },
    World {
        id: "ab-process",
        title: "AB",
        help: "A leads to B for 0, B to the end for 0 or 1: what do few episodes say of A?",
        made: Made::Law { specs: ab::AbConfig::specs, build: |v| ab::ab(&Params::of(v)) },
    },
    World {
        id: "random-walk",
        title: "Random walk",
        help: "states in a row, example 6.2: +1 at the right end; true values 1/6 to 5/6 at random",
        made: Made::Law {
            specs: random_walk::WalkConfig::specs,
            build: |v| random_walk::random_walk(&Params::of(v)),
        },
    },
    World {
        id: "garnet",
        title: "Garnet",
        help: "a random world from a seed: each pair leads to a few states, rewards are normal",
        made: Made::Law {
            specs: garnet::GarnetConfig::specs,
            build: |v| garnet::garnet(&Params::of(v)),
        },
    },
    World {
        id: "pendulum",
        title: "Pendulum",
        help: "swing a rod up with a weak motor (Gymnasium Pendulum-v1); any torque, or a few",
        made: Made::Motion {
            numbers: pendulum::DIMENSIONS.len(),
            specs: PendulumConfig::specs,
            build: swinging,
        },
    },
    World {
        id: "cart-pole",
        title: "Cart-pole",
        help: "keep a pole upright on a cart by pushing it left or right (Gymnasium CartPole-v1)",
        made: Made::Motion {
            numbers: cart_pole::DIMENSIONS.len(),
            specs: CartPoleConfig::specs,
            build: |v| Ok(AnyWorld::CartPole(CartPole::new(Params::of(v)))),
        },
    },
    World {
        id: "crossing",
        title: "Crossing",
        help: "a hiker matters to the driver, clouds do not: two numbers of many are in the reward",
        made: Made::Motion {
            numbers: crossing::DIMENSIONS.len(),
            specs: CrossingConfig::specs,
            build: |v| Ok(AnyWorld::Crossing(Crossing::new(Params::of(v)))),
        },
    },
    World {
        id: "noisy-image",
        title: "Noisy image",
        help: "a maze of 6x6 cells seen as pixels, all but two of them noise; shortest path 10",
        made: Made::Motion {
            // Its states lie on a map.
            numbers: 0,
            specs: NoisyImageConfig::specs,
            build: |v| Ok(AnyWorld::Image(NoisyImage::new(Params::of(v))?)),
        },
    },
    World {
        id: "tic-tac-toe",
        title: "Tic-tac-toe",
        help: "one agent plays both sides; reward 1 to the one who gets three in a row, 0 for a draw",
        made: Made::Motion {
            // Its two numbers are bits of squares: a map over them would show nothing.
            numbers: 1,
            specs: TicTacToeConfig::specs,
            build: |v| Ok(AnyWorld::Board(TicTacToe::new(Params::of(v)))),
        },
    },
];

/// A pendulum with any torque, or with as many as were asked for.
fn swinging(params: &[f64]) -> Result<AnyWorld, WorldError> {
    let config = PendulumConfig::of(params);
    let (torques, world) = (config.torques, Pendulum::new(config));
    match torques {
        0 => Ok(AnyWorld::Pendulum(world)),
        _ => Ok(AnyWorld::Torques(Levels::new(world, torques, "torques")?)),
    }
}

/// The world called `id`.
pub fn world(id: &str) -> Option<&'static World> {
    WORLDS.iter().find(|w| w.id == id)
}
