//! Gridworld: walls, goals, pits, cell rewards, wind, slip, and a second map.
//!
//! A move goes one cell in the chosen direction; with probability `slip` it goes to one of the
//! two sides instead, half each. Walls and edges hold the agent where it is. Then the wind of the
//! column that was left pushes upward, one cell at a time, until a wall, an edge or a terminal
//! cell stops it (Sutton & Barto, example 6.5); with probability `gust` it blows one cell more or
//! less than that, half each, where it blows at all (exercise 6.10). Entering a cell pays its
//! reward; every step pays `step_reward`. Goal and pit end the task.
//!
//! After `switch_step` real steps of the lane, counted through all its episodes, a second map takes
//! the place of the first (examples 8.2 and 8.3). An agent over whom a wall is built walks out of
//! it as if it stood on free ground, and one under whom a goal or a pit is drawn has not entered it.
//!
//! A stroke of a brush changes cells of the present map and of the one to come alike. Once no start
//! is left, episodes begin where the last ones were.

use std::sync::Arc;

use super::grid_layout::{BLOWS, Layout};
pub use super::grid_map::GridSource;
use super::grid_map::{Map, MapError};
use crate::base::rng::Stream;
use crate::mdp::edit::{CannotEdit, Stroke};
use crate::mdp::scene::{Cell, GridScene, Scene, Scenic};
use crate::mdp::{Action, Outcome, Simulator, Spec, State, Step, Tabular};

crate::params! {
    /// Dials of a gridworld.
    pub struct GridConfig {
        /// Probability that a move goes sideways instead.
        slip: f64 = 0.0 => { "Slip", "probability", Restart, Float { min: 0.0, max: 1.0, log: false } },
        /// Reward on entering a goal.
        goal_reward: f64 = 1.0 => { "Goal reward", "", Restart, Float { min: -1000.0, max: 1000.0, log: false } },
        /// Reward on entering a pit.
        pit_reward: f64 = -1.0 => { "Pit reward", "", Restart, Float { min: -1000.0, max: 1000.0, log: false } },
        /// Reward of every step, on top of the others.
        step_reward: f64 = 0.0 => { "Step reward", "", Restart, Float { min: -1000.0, max: 1000.0, log: false } },
        /// Steps after which an episode is cut off; 0 means never.
        max_steps: u32 = 0 => { "Step limit", "per episode", Restart, Int { min: 0.0, max: 1_000_000.0, log: true } },
        /// Probability that the wind blows one cell more or less than usual.
        gust: f64 = 0.0 => { "Gusts", "probability", Restart, Float { min: 0.0, max: 1.0, log: false } },
        /// Real steps of a lane after which the second map takes over; 0 means never.
        switch_step: u32 = 0 => { "World changes", "after real steps", Restart, Int { min: 0.0, max: 1_000_000.0, log: true } },
    }
}

/// Number of actions: up, right, down, left.
pub const ACTIONS: usize = 4;

/// The world. Cloning shares the layout.
#[derive(Clone, Debug)]
pub struct Grid {
    layout: Arc<Layout>,
    state: State,
    steps: u32,
    /// What takes the place of `layout`; `None` once it has, or if nothing ever does.
    after: Option<Arc<Layout>>,
    /// Real steps until then.
    left: u32,
    stage: usize,
}

impl Grid {
    /// Builds the world, or says why its map cannot be.
    pub fn new(source: &GridSource, config: &GridConfig) -> Result<Self, MapError> {
        let map = Map::parse(&source.map, &source.rewards)?;
        if !source.wind.is_empty() && source.wind.len() != map.cols {
            return Err(MapError::Wind { found: source.wind.len(), want: map.cols });
        }
        let layout = Layout::new(&map, &source.wind, config);
        let after = match (config.switch_step, &source.after) {
            (0, _) => None,
            (step, None) => return Err(MapError::NoSecond { step }),
            (_, Some(text)) => {
                let second = map.second(text, &source.rewards)?;
                Some(Arc::new(Layout::new(&second, &source.wind, config)))
            }
        };
        Ok(Self {
            state: layout.starts[0],
            layout: Arc::new(layout),
            steps: 0,
            after,
            left: config.switch_step,
            stage: 0,
        })
    }

    /// The second map takes over, if there is one.
    #[cold]
    fn switch(&mut self) {
        if let Some(after) = self.after.take() {
            self.layout = after;
            self.stage += 1;
        }
    }

    /// Where the agent is.
    pub fn state(&self) -> State {
        self.state
    }

    /// Puts the agent into `state` at the beginning of an episode; `None` if it cannot stand there.
    pub fn place(&mut self, state: State) -> Option<()> {
        let i = state as usize;
        let cell = self.layout.scene.cells.get(i)?;
        (*cell != Cell::Wall && !self.layout.terminal[i]).then(|| {
            self.state = state;
            self.steps = 0;
        })
    }

    /// The map.
    pub fn grid_scene(&self) -> &GridScene {
        &self.layout.scene
    }

    fn arrive(&self, from: State, to: State) -> f64 {
        let entered = if to == from { 0.0 } else { self.layout.reward[to as usize] };
        entered + self.layout.config.step_reward
    }
}

impl Simulator for Grid {
    type Obs = State;
    type Action = Action;

    fn spec(&self) -> Spec {
        Spec { states: Some(self.layout.terminal.len()), actions: ACTIONS }
    }

    fn reset(&mut self, dice: &mut Stream) -> State {
        let starts = &self.layout.starts;
        self.state = match starts.as_slice() {
            [only] => *only,
            many => many[dice.below(many.len() as u32) as usize],
        };
        self.steps = 0;
        self.state
    }

    #[inline]
    fn step(&mut self, action: Action, dice: &mut Stream) -> Step<State> {
        let layout = &self.layout;
        let mut direction = usize::from(action);
        if layout.config.slip > 0.0 && dice.chance(layout.config.slip) {
            // Left or right of the intended way, half each.
            direction = (direction + if dice.chance(0.5) { 1 } else { 3 }) % ACTIONS;
        }
        let mut blow = 0;
        if layout.config.gust > 0.0 && dice.chance(layout.config.gust) {
            blow = if dice.chance(0.5) { 1 } else { 2 };
        }
        let from = self.state;
        let next = layout.landing[blow][from as usize][direction];
        let reward = self.arrive(from, next);
        self.state = next;
        self.steps += 1;
        let terminated = self.layout.terminal[next as usize];
        let limit = self.layout.config.max_steps;
        if self.after.is_some() {
            self.left -= 1;
            if self.left == 0 {
                self.switch();
            }
        }
        Step {
            reward,
            next,
            terminated,
            truncated: !terminated && limit > 0 && self.steps >= limit,
        }
    }

    fn stage(&self) -> usize {
        self.stage
    }

    fn edit(&mut self, stroke: &Stroke) -> Result<(), CannotEdit> {
        stroke.check(self.states())?;
        self.layout = self.layout.after(stroke.on(self.stage));
        if let Some(later) = &mut self.after {
            *later = later.after(stroke.on(self.stage + 1));
        }
        Ok(())
    }

    fn edited(&self) -> u64 {
        self.layout.edited ^ self.after.as_ref().map_or(0, |later| later.edited.rotate_left(1))
    }
}

impl Tabular for Grid {
    fn states(&self) -> usize {
        self.layout.terminal.len()
    }

    fn actions(&self) -> usize {
        ACTIONS
    }

    fn outcomes(&self, state: State, action: Action) -> Vec<Outcome> {
        let layout = &self.layout;
        let i = state as usize;
        if layout.terminal[i] || layout.scene.cells[i] == Cell::Wall {
            return Vec::new();
        }
        let (slip, gust) = (layout.config.slip, layout.config.gust);
        let direction = usize::from(action);
        let ways = [(0, 1.0 - slip), (1, slip / 2.0), (3, slip / 2.0)];
        let blows: [f64; BLOWS.len()] = [1.0 - gust, gust / 2.0, gust / 2.0];
        let mut outcomes: Vec<Outcome> = Vec::new();
        for (turn, way) in ways {
            let earlier = outcomes.len();
            for (blow, strength) in blows.into_iter().enumerate() {
                let probability = way * strength;
                if probability <= 0.0 {
                    continue;
                }
                let next = layout.landing[blow][i][(direction + turn) % ACTIONS];
                match outcomes[earlier..].iter_mut().find(|o| o.next == next) {
                    Some(known) => known.probability += probability,
                    None => outcomes.push(Outcome {
                        probability,
                        reward: self.arrive(state, next),
                        next,
                        terminated: layout.terminal[next as usize],
                    }),
                }
            }
        }
        outcomes
    }

    fn starts(&self) -> Vec<State> {
        self.layout.starts.clone()
    }

    fn ends_well(&self, state: State) -> bool {
        self.layout.scene.cells[state as usize] == Cell::Goal
    }

    fn stages(&self) -> Vec<Self> {
        let mut later = self.clone();
        later.switch();
        if later.stage == self.stage { vec![later] } else { vec![self.clone(), later] }
    }
}

impl Scenic for Grid {
    fn scene(&self) -> Scene {
        Scene::Grid(self.layout.scene.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::StreamName;

    fn grid(map: &str, config: GridConfig) -> Grid {
        Grid::new(&GridSource::from_text(map), &config).unwrap()
    }

    #[test]
    fn the_dyna_maze_is_fourteen_steps_long() {
        let maze = Grid::new(&super::super::mazes::dyna_maze(), &GridConfig::default()).unwrap();
        assert_eq!(maze.states(), 54);
        assert_eq!(maze.starts(), [18]);
        assert_eq!(maze.distance(true), Some(14));
    }

    #[test]
    fn walls_and_edges_hold_and_the_goal_pays() {
        let mut dice = Stream::new(0, StreamName::World);
        let mut g = grid("S#\n.G", GridConfig::default());
        g.reset(&mut dice);
        for held in [0, 1, 3] {
            let step = g.step(held, &mut dice);
            assert_eq!((step.next, step.reward, step.terminated), (0, 0.0, false));
        }
        assert_eq!(g.step(2, &mut dice).next, 2);
        let end = g.step(1, &mut dice);
        assert_eq!((end.next, end.reward, end.terminated), (3, 1.0, true));
        assert!(!end.truncated);
    }

    #[test]
    fn wind_pushes_up_until_something_stops_it() {
        let mut source = GridSource::from_text("..G\n#..\n...\nS..");
        source.wind = vec![0, 2, 0];
        let g = Grid::new(&source, &GridConfig::default()).unwrap();
        let next = |s, a| g.outcomes(s, a)[0].next;
        assert_eq!(next(9, 1), 10, "the column that is left blows, not the one entered");
        assert_eq!(next(10, 1), 5, "one right, two up");
        assert_eq!(next(7, 0), 1, "one up, then held by the edge after one more");
        let mut down = source.clone();
        down.wind = vec![0, -1, 0];
        let g = Grid::new(&down, &GridConfig::default()).unwrap();
        assert_eq!(g.outcomes(4, 1)[0].next, 8);
    }

    #[test]
    fn a_time_limit_truncates_and_does_not_terminate() {
        let config = GridConfig { max_steps: 2, ..GridConfig::default() };
        let mut dice = Stream::new(0, StreamName::World);
        let mut g = grid("S.G", config);
        g.reset(&mut dice);
        assert!(!g.step(3, &mut dice).truncated);
        let cut = g.step(3, &mut dice);
        assert!(cut.truncated && !cut.terminated);
    }

    #[test]
    fn frequencies_match_the_listed_outcomes() {
        let config = GridConfig { slip: 0.3, ..GridConfig::default() };
        let mut g = grid("...\n.S.\n..G", config);
        let mut dice = Stream::new(11, StreamName::World);
        let mut seen = [0_u32; 9];
        let draws = 40_000;
        for _ in 0..draws {
            g.place(4).unwrap();
            seen[g.step(0, &mut dice).next as usize] += 1;
        }
        for outcome in g.outcomes(4, 0) {
            let want = outcome.probability * f64::from(draws);
            let sd = (want * (1.0 - outcome.probability)).sqrt();
            let found = f64::from(seen[outcome.next as usize]);
            assert!((found - want).abs() < 5.0 * sd, "{outcome:?}: {found}");
        }
    }

    #[test]
    fn gusts_come_where_the_wind_blows_and_nowhere_else() {
        let mut source = GridSource::from_text("....\n....\n....\nS..G");
        source.wind = vec![0, 1, -1, 0];
        let config = GridConfig { gust: 0.5, ..GridConfig::default() };
        let g = Grid::new(&source, &config).unwrap();
        let of = |s, a| -> Vec<(State, f64)> {
            g.outcomes(s, a).iter().map(|o| (o.next, o.probability)).collect()
        };
        assert_eq!(of(12, 1), [(13, 1.0)], "column 0 is calm");
        assert_eq!(of(13, 1), [(10, 0.5), (6, 0.25), (14, 0.25)], "one up, two, none");
        assert_eq!(of(2, 1), [(7, 0.5), (11, 0.25), (3, 0.25)], "down as well");
        assert_eq!(of(5, 0), [(1, 1.0)], "the edge holds all three");
    }

    #[test]
    fn the_second_map_comes_after_so_many_real_steps_whatever_the_episodes() {
        let mut source = GridSource::from_text("S#G\n...");
        source.after = Some("S.G\n.#.".to_owned());
        let config = GridConfig { switch_step: 6, ..GridConfig::default() };
        let mut g = Grid::new(&source, &config).unwrap();
        let stages = g.stages();
        assert_eq!(stages.iter().map(|g| g.distance(true)).collect::<Vec<_>>(), [Some(4), Some(2)]);
        let mut dice = Stream::new(0, StreamName::World);
        g.reset(&mut dice);
        for action in [2, 1, 1, 0] {
            assert_eq!(g.stage(), 0);
            g.step(action, &mut dice);
        }
        g.reset(&mut dice);
        assert_eq!((g.step(2, &mut dice).next, g.stage()), (3, 0), "step 5");
        assert_eq!((g.step(1, &mut dice).next, g.stage()), (4, 1), "step 6 is the last of the old");
        assert_eq!(g.scene(), stages[1].scene());
        assert!(g.outcomes(4, 0).is_empty(), "a wall now");
        assert_eq!(g.step(0, &mut dice).next, 1, "and yet it walks out");
        assert_eq!(g.step(1, &mut dice).reward, 1.0);
        assert_eq!((g.reset(&mut dice), g.stages().len()), (0, 1));
    }

    #[test]
    fn a_stroke_changes_both_maps_and_is_shared() {
        let mut source = GridSource::from_text("S#G\n...");
        source.after = Some("S.G\n.#.".to_owned());
        let config = GridConfig { switch_step: 6, ..GridConfig::default() };
        let mut g = Grid::new(&source, &config).unwrap();
        let mut twin = g.clone();
        assert_eq!((g.edited(), g.edit(&Stroke::paint(vec![(3, Cell::Wall)]))), (0, Ok(())));
        let ways = |g: &Grid| g.stages().iter().map(|g| g.distance(true)).collect::<Vec<_>>();
        assert_eq!(ways(&g), [None, Some(2)]);
        twin.edit(&Stroke::paint(vec![(3, Cell::Wall)])).unwrap();
        assert!(Arc::ptr_eq(&g.layout, &twin.layout) && g.edited() == twin.edited());
        let back = Stroke::of_stages(vec![vec![(3, Cell::Free), (0, Cell::Free)]]);
        g.edit(&back).unwrap();
        assert_ne!(g.edited(), twin.edited());
        assert_eq!((g.starts(), ways(&g)), (vec![0], vec![Some(4), Some(2)]), "the last start");
        let outside = g.edit(&Stroke::paint(vec![(6, Cell::Wall)]));
        assert_eq!(outside, Err(CannotEdit::Outside { state: 6, cells: 6 }));
    }

    #[test]
    fn an_unreachable_goal_is_found_out() {
        let g = grid("S#G", GridConfig::default());
        assert_eq!(g.distance(true), None);
        assert_eq!(grid("SPG", GridConfig::default()).distance(true), None);
        assert_eq!(grid("SPG", GridConfig::default()).distance(false), Some(1));
    }
}
