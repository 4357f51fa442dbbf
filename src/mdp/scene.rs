//! What a world looks like, as plain shapes: worlds describe, the window paints.

use std::sync::Arc;

use super::{Action, State};

/// What a cell is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell {
    /// Walkable.
    Free,
    /// Not walkable.
    Wall,
    /// An episode may start here.
    Start,
    /// Ends the task well.
    Goal,
    /// Ends the task badly.
    Pit,
    /// Walkable, pays this reward on entering.
    Reward(f64),
}

/// A map of cells; state `row * cols + col` stands at `(row, col)`, row 0 on top.
#[derive(Clone, Debug, PartialEq)]
pub struct GridScene {
    /// Width in cells.
    pub cols: usize,
    /// Height in cells.
    pub rows: usize,
    /// `[rows * cols]`.
    pub cells: Arc<[Cell]>,
    /// Upward push per column, in cells.
    pub wind: Arc<[i8]>,
}

impl GridScene {
    /// `(row, col)` of a state.
    pub fn place(&self, state: State) -> (usize, usize) {
        let state = state as usize;
        (state / self.cols, state % self.cols)
    }
}

/// A picture of a world.
#[derive(Clone, Debug, PartialEq)]
pub enum Scene {
    /// Cells on a plane.
    Grid(GridScene),
    /// No picture: states in a row.
    States(usize),
}

impl Scene {
    /// What state `state` is called in texts, e.g. `(3,6)`.
    pub fn state_name(&self, state: State) -> String {
        match self {
            Self::Grid(grid) => {
                let (row, col) = grid.place(state);
                format!("({row},{col})")
            }
            Self::States(_) => format!("s{state}"),
        }
    }

    /// What action `action` is called in texts.
    pub fn action_name(&self, action: Action) -> String {
        let named = match self {
            Self::Grid(_) => GRID_ACTIONS.get(usize::from(action)),
            Self::States(_) => None,
        };
        named.map_or_else(|| format!("a{action}"), |&name| name.to_owned())
    }
}

/// A world that can be drawn.
pub trait Scenic {
    /// The picture without the agent in it.
    fn scene(&self) -> Scene;
}

/// Names of the four moves, by action index.
pub const GRID_ACTIONS: [&str; 4] = ["up", "right", "down", "left"];
