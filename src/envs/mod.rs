//! Worlds: one per file, and the registry that names them.
//!
//! A world is a [`Simulator`](crate::mdp::Simulator) with a picture
//! ([`Scenic`](crate::mdp::scene::Scenic)). Whoever adds one implements these two, adds it to
//! [`WORLDS`], and the conformance tests walk over it.

pub mod grid;
mod grid_layout;
pub mod grid_map;
pub mod mazes;

use std::sync::LazyLock;

use crate::base::params::{Params as _, Spec as ParamSpec};
use grid::{Grid, GridConfig, GridSource};
use grid_map::MapError;

/// A registered world.
#[derive(Debug)]
pub struct World {
    /// Name in files and on the command line.
    pub id: &'static str,
    /// Name on the screen.
    pub title: &'static str,
    /// One sentence.
    pub help: &'static str,
    /// Where its map comes from when a file gives none.
    map: fn() -> GridSource,
    /// Whether a second map may take the place of the first.
    changes: bool,
    /// Defaults other than those of every gridworld.
    defaults: &'static [(&'static str, f64)],
}

/// Parameters of each of [`WORLDS`].
static PARAMS: LazyLock<Vec<Vec<ParamSpec>>> = LazyLock::new(|| {
    let own = |world: &World| {
        let specs = GridConfig::specs().iter().filter(|s| world.changes || s.key != "switch_step");
        let spec = |spec: &ParamSpec| {
            let own = world.defaults.iter().find(|(key, _)| *key == spec.key);
            ParamSpec { default: own.map_or(spec.default, |&(_, value)| value), ..*spec }
        };
        specs.map(spec).collect()
    };
    WORLDS.iter().map(own).collect()
});

impl World {
    /// Parameters in the order shown.
    pub fn params(&self) -> &'static [ParamSpec] {
        let index = WORLDS.iter().position(|w| w.id == self.id);
        index.map_or(GridConfig::specs(), |index| &PARAMS[index])
    }

    /// Its defaults.
    pub fn config(&self) -> GridConfig {
        let mut config = GridConfig::default();
        for spec in self.params() {
            GridConfig::index(spec.key).into_iter().for_each(|i| config.set(i, spec.default));
        }
        config
    }

    /// The map used when a file gives none.
    pub fn default_map(&self) -> GridSource {
        (self.map)()
    }

    /// Builds the world from its map and parameters.
    pub fn build(&self, map: Option<&GridSource>, config: &GridConfig) -> Result<Grid, MapError> {
        match map {
            Some(map) => Grid::new(map, config),
            None => Grid::new(&self.default_map(), config),
        }
    }
}

/// All worlds, in the order shown.
pub static WORLDS: &[World] = &[
    World {
        id: "dyna-maze",
        title: "Dyna maze",
        help: "6x9 maze of Sutton & Barto, example 8.1: +1 at the goal, shortest path 14",
        map: mazes::dyna_maze,
        changes: false,
        defaults: &[],
    },
    World {
        id: "blocking-maze",
        title: "Blocking maze",
        help: "example 8.2: after 1000 real steps the short way (10) is closed, a long one (16) opens",
        map: mazes::blocking_maze,
        changes: true,
        defaults: &[("switch_step", 1000.0)],
    },
    World {
        id: "shortcut-maze",
        title: "Shortcut maze",
        help: "example 8.3: after 3000 real steps a shorter way opens (10), the old one (16) stays",
        map: mazes::shortcut_maze,
        changes: true,
        defaults: &[("switch_step", 3000.0)],
    },
    World {
        id: "windy-grid",
        title: "Stochastic windy grid",
        help: "after exercise 6.10: -1 a step, wind and gusts; wind stops at the goal, shortest path 10 (15 in the book)",
        map: mazes::windy_grid,
        changes: false,
        defaults: &[("goal_reward", 0.0), ("step_reward", -1.0), ("gust", 2.0 / 3.0)],
    },
    World {
        id: "gridworld",
        title: "Gridworld",
        help: "up to 64x64 cells with walls, goals, pits, rewards, wind and slip, from a text map",
        map: mazes::gridworld,
        changes: true,
        defaults: &[],
    },
];

/// The world called `id`.
pub fn world(id: &str) -> Option<&'static World> {
    WORLDS.iter().find(|w| w.id == id)
}
