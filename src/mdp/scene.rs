//! What a world looks like, as plain shapes: worlds describe, the window paints.

use std::sync::Arc;

use super::physical::Dimension;
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

/// What a state of a graph is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node {
    /// One of many.
    Free,
    /// An episode may start here.
    Start,
    /// The task ends here.
    End,
}

/// States as dots on a plane, with a line wherever an action may lead from one to another.
#[derive(Clone, Debug, PartialEq)]
pub struct GraphScene {
    /// `[S]`: where each state stands, `[right, down]`; neighbours are about 1 apart.
    pub places: Arc<[[f32; 2]]>,
    /// `[S]`.
    pub nodes: Arc<[Node]>,
    /// `[S]`: what the states are called.
    pub names: Arc<[String]>,
    /// `[A]`: what the actions are called.
    pub actions: Arc<[String]>,
    /// From where to where, each once.
    pub links: Arc<[(State, State)]>,
}

impl GraphScene {
    /// How far it reaches across and down, a margin of half a neighbour on each side included.
    pub fn size(&self) -> (f32, f32) {
        let reach = |axis: usize| {
            let along = || self.places.iter().map(|place| place[axis]);
            let least = along().fold(f32::INFINITY, f32::min);
            1.0 + (along().fold(f32::NEG_INFINITY, f32::max) - least).max(0.0)
        };
        (reach(0), reach(1))
    }
}

/// A shape in metres around its place, x to the right and y upwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shape {
    /// A rod that points from its place upwards, or to where it is turned.
    Rod {
        /// How long.
        length: f32,
        /// How thick.
        width: f32,
    },
    /// A disc around its place.
    Disc {
        /// Half its width.
        radius: f32,
    },
    /// A box around its place.
    Box {
        /// How wide.
        width: f32,
        /// How high.
        height: f32,
    },
    /// A line from here to there.
    Line {
        /// From.
        from: [f32; 2],
        /// To.
        to: [f32; 2],
    },
}

/// A shape, and how the physical state moves it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// The shape.
    pub shape: Shape,
    /// Where it is at rest.
    pub at: [f32; 2],
    /// The number of the state that shifts it to the right, in metres.
    pub slides: Option<usize>,
    /// The number of the state that turns it, in radians, and whether that is counter-clockwise.
    pub turns: Option<(usize, bool)>,
}

impl Part {
    /// Something that neither slides nor turns.
    pub const fn still(shape: Shape) -> Self {
        Self { shape, at: [0.0; 2], slides: None, turns: None }
    }

    /// Where it is, and which way its rod points: counter-clockwise from upright, in radians.
    pub fn pose(&self, body: &[f64]) -> ([f32; 2], f32) {
        let number = |index: usize| body.get(index).copied().unwrap_or(0.0) as f32;
        let [x, y] = self.at;
        let turn = self.turns.map_or(0.0, |(index, left)| match left {
            true => number(index),
            false => -number(index),
        });
        ([x + self.slides.map_or(0.0, number), y], turn)
    }
}

/// Things that move: parts in metres.
#[derive(Clone, Debug, PartialEq)]
pub struct BodyScene {
    /// The numbers of the physical state.
    pub dimensions: &'static [Dimension],
    /// What stands still, then what moves; the last ones lie on top.
    pub parts: Arc<[Part]>,
    /// What the picture shows: half its width, its lower and its upper end, in metres.
    pub extent: (f32, f32, f32),
    /// `[A]`: what the actions are called; empty where numbers steer.
    pub actions: Arc<[String]>,
    /// What the numbers of an action are called, with unit; empty where actions have names.
    pub controls: &'static [Dimension],
    /// Seconds that a step takes.
    pub tick: f64,
}

/// Squares on which two players put marks, row by row from the top left. The numbers of the body
/// are the squares of either player as bits, those of the one who begins first.
#[derive(Clone, Debug, PartialEq)]
pub struct BoardScene {
    /// Squares of a side.
    pub side: usize,
    /// `[A]`: what the squares are called.
    pub actions: Arc<[String]>,
}

/// A picture of a world.
#[derive(Clone, Debug, PartialEq)]
pub enum Scene {
    /// Cells on a plane.
    Grid(GridScene),
    /// States that lie nowhere in particular.
    Graph(GraphScene),
    /// Things that move.
    Body(BodyScene),
    /// Marks of two players.
    Board(BoardScene),
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
            Self::Graph(graph) => {
                let name = graph.names.get(state as usize);
                name.map_or_else(|| format!("s{state}"), String::clone)
            }
            Self::Body(_) | Self::Board(_) | Self::States(_) => format!("s{state}"),
        }
    }

    /// What action `action` is called in texts.
    pub fn action_name(&self, action: Action) -> String {
        let named = match self {
            Self::Grid(_) => GRID_ACTIONS.get(usize::from(action)).copied(),
            Self::Graph(graph) => graph.actions.get(usize::from(action)).map(String::as_str),
            Self::Body(body) => body.actions.get(usize::from(action)).map(String::as_str),
            Self::Board(board) => board.actions.get(usize::from(action)).map(String::as_str),
            Self::States(_) => None,
        };
        named.map_or_else(|| format!("a{action}"), str::to_owned)
    }
}

/// A world that can be drawn.
pub trait Scenic {
    /// The picture without the agent in it.
    fn scene(&self) -> Scene;
}

/// Names of the four moves, by action index.
pub const GRID_ACTIONS: [&str; 4] = ["up", "right", "down", "left"];
