//! The fork: one move goes left or right round a well, and their mean is in the well.
//!
//! A model that predicts the expected next state puts the agent into the wall, where it can never
//! be; a model that samples never does.

use super::grid_layout::neighbour;
use super::grid_map::Map;
use super::process::{Law, LawError, Process};
use crate::mdp::scene::{Cell, GridScene, Scene};
use crate::mdp::{Action, Outcome, State};

/// The well stands between the fork, above the start, and the goal.
const MAP: &str = "
    ..G..
    ..#..
    ..#..
    ..#..
    .....
    ..S..";

/// The cell from which the move goes either way: (4,2).
pub const FORK: State = 22;
/// The move that does: up.
pub const MOVE: Action = 0;
/// Where it goes: left (3,1) and right (3,3); between them, at (3,2), is the well.
pub const SIDES: [State; 2] = [16, 18];

crate::params! {
    /// Dials of the fork.
    pub struct ForkConfig {
        /// Probability that the move at the fork goes left of the well instead of right.
        left: f64 = 0.5 => { "Goes left", "probability", Restart, Float { min: 0.0, max: 1.0, log: false } },
        /// Steps after which an episode is cut off; 0 means never.
        max_steps: u32 = 0 => { "Step limit", "per episode", Restart, Int { min: 0.0, max: 1_000_000.0, log: true } },
    }
}

/// Builds the world: a move goes one cell, walls and edges hold, the goal pays 1.
pub fn fork(config: &ForkConfig) -> Result<Process, LawError> {
    #[expect(clippy::expect_used, reason = "the map is ours; a test builds it")]
    let map = Map::parse(MAP, &Default::default()).expect("a sound map");
    let to = |probability: f64, next: State| {
        let home = map.cells[next as usize] == Cell::Goal;
        Outcome { probability, reward: f64::from(u8::from(home)), next, terminated: home }
    };
    let of = |pair: usize| {
        let (state, action) = (pair / super::grid::ACTIONS, pair % super::grid::ACTIONS);
        match map.cells[state] {
            Cell::Goal | Cell::Wall => Vec::new(),
            _ if (state, action) == (FORK as usize, usize::from(MOVE)) => {
                let sides = [to(config.left, SIDES[0]), to(1.0 - config.left, SIDES[1])];
                sides.into_iter().filter(|o| o.probability > 0.0).collect()
            }
            _ => vec![to(1.0, neighbour(&map, state, action) as State)],
        }
    };
    let start = map.find(Cell::Start).map(|s| (s as State, 1.0));
    let law = Law {
        actions: super::grid::ACTIONS,
        outcomes: (0..map.cells.len() * super::grid::ACTIONS).map(of).collect(),
        starts: start.collect(),
        bad_ends: Vec::new(),
        scene: Scene::Grid(GridScene {
            cols: map.cols,
            rows: map.rows,
            cells: map.cells.as_slice().into(),
            wind: Vec::new().into(),
        }),
    };
    Process::new(law, config.max_steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdp::Tabular as _;
    use crate::mdp::scene::Scenic as _;

    #[test]
    fn the_mean_of_both_ways_is_in_the_wall() {
        for left in [0.0, 0.25, 0.5, 1.0] {
            let world = fork(&ForkConfig { left, ..ForkConfig::default() }).unwrap();
            let outcomes = world.outcomes(FORK, MOVE);
            let to_left: f64 =
                outcomes.iter().filter(|o| o.next == SIDES[0]).map(|o| o.probability).sum();
            assert_eq!(to_left, left);
            assert!(outcomes.iter().all(|o| SIDES.contains(&o.next)));
            assert_eq!((world.distance(true), world.starts()), (Some(6), vec![27]));
        }
        let world = fork(&ForkConfig::default()).unwrap();
        let Scene::Grid(grid) = world.scene() else { panic!("a grid") };
        let [left, right] = SIDES.map(|s| grid.place(s));
        assert_eq!(left.0, right.0);
        let mean = left.0 * grid.cols + (left.1 + right.1) / 2;
        assert_eq!((left.1 + right.1) % 2, 0);
        assert_eq!(grid.cells[mean], Cell::Wall);
    }

    #[test]
    fn everywhere_else_moves_are_certain() {
        let world = fork(&ForkConfig::default()).unwrap();
        for pair in 0..world.states() * world.actions() {
            let (state, action) = ((pair / 4) as State, (pair % 4) as Action);
            let many = world.outcomes(state, action).len() > 1;
            assert_eq!(many, (state, action) == (FORK, MOVE));
        }
        // From the left of the well: up, and to the right the well holds.
        assert_eq!(world.outcomes(SIDES[0], 0)[0].next, 11);
        assert_eq!(world.outcomes(SIDES[0], 1)[0].next, SIDES[0]);
        let home = world.outcomes(1, 1)[0];
        assert_eq!((home.next, home.reward, home.terminated), (2, 1.0, true));
    }
}
