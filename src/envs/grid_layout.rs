//! What stays the same in a gridworld while its map does: where every move ends, and what it pays.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::grid::{ACTIONS, GridConfig};
use super::grid_map::Map;
use crate::base::digest::Digest;
use crate::mdp::State;
use crate::mdp::scene::{Cell, GridScene};

/// Everything that stays the same during a stage; shared by all lanes.
#[derive(Debug)]
pub(super) struct Layout {
    pub scene: GridScene,
    /// Never empty: without a start on the map, those of the map before.
    pub starts: Vec<State>,
    /// `[S, 4]` for each of [`BLOWS`]: where a move in this direction ends, wind included. Only
    /// the first is filled where gusts never come.
    pub landing: [Vec<[State; ACTIONS]>; BLOWS.len()],
    /// `[S]`: reward on entering.
    pub reward: Vec<f64>,
    /// `[S]`: entering ends the task.
    pub terminal: Vec<bool>,
    pub config: GridConfig,
    /// Fingerprint of the map once a stroke has changed it; 0 before.
    pub edited: u64,
    /// What strokes have made of it, so that all lanes go on sharing one layout.
    heirs: Mutex<Vec<Heir>>,
}

/// A layout that came out of another one.
#[derive(Debug)]
struct Heir {
    stroke: Vec<(State, Cell)>,
    layout: Weak<Layout>,
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
            edited: 0,
            heirs: Mutex::default(),
            scene: GridScene {
                cols: map.cols,
                rows: map.rows,
                cells: map.cells.as_slice().into(),
                wind: wind.into(),
            },
        }
    }

    /// The layout after a stroke over its cells.
    pub fn after(self: &Arc<Self>, stroke: &[(State, Cell)]) -> Arc<Self> {
        if stroke.iter().all(|&(state, cell)| self.scene.cells[state as usize] == cell) {
            return self.clone();
        }
        // A panic while it was held leaves a list that is merely shorter.
        let mut heirs = self.heirs.lock().unwrap_or_else(PoisonError::into_inner);
        heirs.retain(|heir| heir.layout.strong_count() > 0);
        let known = heirs.iter().find(|heir| heir.stroke == stroke);
        if let Some(layout) = known.and_then(|heir| heir.layout.upgrade()) {
            return layout;
        }
        let layout = Arc::new(self.redrawn(stroke));
        heirs.push(Heir { stroke: stroke.to_vec(), layout: Arc::downgrade(&layout) });
        layout
    }

    fn redrawn(&self, stroke: &[(State, Cell)]) -> Self {
        let GridScene { cols, rows, ref cells, ref wind } = self.scene;
        let mut map = Map { cols, rows, cells: cells.to_vec() };
        stroke.iter().for_each(|&(state, cell)| map.cells[state as usize] = cell);
        let mut layout = Self::new(&map, wind, &self.config);
        if layout.starts.is_empty() {
            layout.starts.clone_from(&self.starts);
        }
        layout.edited = fingerprint(&map.cells, &layout.starts);
        layout
    }
}

/// Never 0, which stands for a map as it was built.
fn fingerprint(cells: &[Cell], starts: &[State]) -> u64 {
    let mut digest = Digest::default();
    for cell in cells {
        let (kind, reward) = match *cell {
            Cell::Free => (0, 0.0),
            Cell::Wall => (1, 0.0),
            Cell::Start => (2, 0.0),
            Cell::Goal => (3, 0.0),
            Cell::Pit => (4, 0.0),
            Cell::Reward(reward) => (5, reward),
        };
        digest.word(kind);
        digest.number(reward);
    }
    starts.iter().for_each(|&start| digest.word(u64::from(start)));
    digest.finish().max(1)
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
