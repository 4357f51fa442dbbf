//! Worlds: one per file, and the registry that names them.
//!
//! A world is a [`Simulator`](crate::mdp::Simulator) with a picture
//! ([`Scenic`](crate::mdp::scene::Scenic)). Whoever adds one implements these two, adds it to
//! [`WORLDS`], and the conformance tests walk over it.

pub mod grid;
mod grid_layout;
pub mod grid_map;
pub mod mazes;

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
}

impl World {
    /// Parameters in the order shown.
    pub fn params(&self) -> &'static [ParamSpec] {
        GridConfig::specs()
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
    },
    World {
        id: "gridworld",
        title: "Gridworld",
        help: "up to 64x64 cells with walls, goals, pits, rewards, wind and slip, from a text map",
        map: mazes::gridworld,
    },
];

/// The world called `id`.
pub fn world(id: &str) -> Option<&'static World> {
    WORLDS.iter().find(|w| w.id == id)
}
