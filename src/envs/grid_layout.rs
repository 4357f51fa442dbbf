//! What stays the same in a gridworld while its map does: where every move ends, and what it pays.

use super::grid::{ACTIONS, GridConfig};
use super::grid_map::Map;
use crate::mdp::State;
use crate::mdp::scene::{Cell, GridScene};

/// Everything that stays the same during a stage; shared by all lanes.
#[derive(Debug, PartialEq)]
pub(super) struct Layout {
    pub scene: GridScene,
    pub starts: Vec<State>,
    /// `[S, 4]` for each of [`BLOWS`]: where a move in this direction ends, wind included. Only
    /// the first is filled where gusts never come.
    pub landing: [Vec<[State; ACTIONS]>; BLOWS.len()],
    /// `[S]`: reward on entering.
    pub reward: Vec<f64>,
    /// `[S]`: entering ends the task.
    pub terminal: Vec<bool>,
    pub config: GridConfig,
}

/// How many cells further than usual the wind may push: calm air, a gust, a lull.
pub(super) const BLOWS: [i8; 3] = [0, 1, -1];

impl Layout {
    pub fn new(map: &Map, wind: &[i8], config: &GridConfig) -> Self {
        let terminal: Vec<bool> =
            map.cells.iter().map(|c| matches!(c, Cell::Goal | Cell::Pit)).collect();
        let reward = map.cells.iter().map(|c| match c {
            Cell::Goal => config.goal_reward,
            Cell::Pit => config.pit_reward,
            Cell::Reward(r) => *r,
            Cell::Free | Cell::Wall | Cell::Start => 0.0,
        });
        let landing = BLOWS.map(|extra| {
            let filled = extra == 0 || config.gust > 0.0;
            let wind: Vec<i8> = wind.iter().map(|&w| w + w.signum() * extra).collect();
            let states = 0..if filled { map.cells.len() } else { 0 };
            let from = |s| std::array::from_fn(|a| land(map, &terminal, &wind, s, a) as State);
            states.map(from).collect()
        });
        Self {
            starts: map.find(Cell::Start).map(|s| s as State).collect(),
            reward: reward.collect(),
            landing,
            terminal,
            config: *config,
            scene: GridScene {
                cols: map.cols,
                rows: map.rows,
                cells: map.cells.as_slice().into(),
                wind: wind.into(),
            },
        }
    }
}

/// The cell next to `state` in direction `action`, or `state` itself before a wall or edge.
pub(super) fn neighbour(map: &Map, state: usize, action: usize) -> usize {
    let (row, col) = (state / map.cols, state % map.cols);
    let to = match action {
        0 if row > 0 => state - map.cols,
        1 if col + 1 < map.cols => state + 1,
        2 if row + 1 < map.rows => state + map.cols,
        3 if col > 0 => state - 1,
        _ => state,
    };
    if map.cells[to] == Cell::Wall { state } else { to }
}

/// Where a move ends: the step itself, then the wind of the column left.
fn land(map: &Map, terminal: &[bool], wind: &[i8], state: usize, action: usize) -> usize {
    let mut at = neighbour(map, state, action);
    let push = wind.get(state % map.cols).copied().unwrap_or(0);
    let direction = if push >= 0 { 0 } else { 2 };
    for _ in 0..push.unsigned_abs() {
        if terminal[at] {
            break;
        }
        at = neighbour(map, at, direction);
    }
    at
}
