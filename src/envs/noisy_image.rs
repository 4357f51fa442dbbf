//! A small maze seen as a picture whose background is noise: most of what is seen does not matter.
//!
//! The agent's pixel is 1, the goal's is -1, and every other pixel, walls included, is drawn anew at
//! every moment. Whoever learns to predict what it sees learns noise.

use super::WorldError;
use super::grid::{Grid, GridConfig, GridSource};
use crate::base::rng::Stream;
use crate::mdp::edit::{CannotEdit, Stroke};
use crate::mdp::scene::{Cell, Scene, Scenic};
use crate::mdp::sighting::Frame;
use crate::mdp::{Action, Simulator, Spec, Step};

/// The maze: ten steps from the start to the goal, six by six pixels.
const MAP: &str = "
    S.....
    .##.#.
    .#..#.
    .#.##.
    .#....
    ...#.G";

crate::params! {
    /// Dials of the noisy picture.
    pub struct NoisyImageConfig {
        /// How far pixels of the background stray from 0; agent and goal are 1 and -1.
        noise: f64 = 0.5 => { "Noise", "± of a pixel", Restart, Float { min: 0.0, max: 2.0, log: false } },
        /// Steps after which an episode is cut off; 0 means never.
        max_steps: u32 = 100 => { "Step limit", "per episode", Restart, Int { min: 0.0, max: 1_000_000.0, log: true } },
    }
}

/// The world.
#[derive(Clone, Debug)]
pub struct NoisyImage {
    grid: Grid,
    noise: f32,
    /// Cells that are goals now.
    goals: u64,
}

impl NoisyImage {
    /// Builds it.
    pub fn new(config: NoisyImageConfig) -> Result<Self, WorldError> {
        let dials = GridConfig { max_steps: config.max_steps, ..GridConfig::default() };
        let grid = Grid::new(&GridSource::from_text(MAP), &dials)?;
        Ok(Self { goals: goals(&grid), noise: config.noise as f32, grid })
    }

    /// The maze behind the picture.
    pub fn grid(&self) -> &Grid {
        &self.grid
    }

    /// How far pixels of the background stray.
    pub fn noise(&self) -> f32 {
        self.noise
    }

    /// Cells that are goals, one bit each.
    pub fn goals(&self) -> u64 {
        self.goals
    }

    fn frame(&self, dice: &mut Stream) -> Frame {
        Frame { state: self.grid.state(), goals: self.goals, noise: dice.bits() }
    }
}

fn goals(grid: &Grid) -> u64 {
    let cells = grid.grid_scene().cells.iter().enumerate();
    cells.filter(|(_, cell)| **cell == Cell::Goal).fold(0, |all, (cell, _)| all | 1 << cell)
}

impl Simulator for NoisyImage {
    type Obs = Frame;
    type Action = Action;

    fn spec(&self) -> Spec {
        self.grid.spec()
    }

    fn reset(&mut self, dice: &mut Stream) -> Frame {
        self.grid.reset(dice);
        self.frame(dice)
    }

    fn step(&mut self, action: Action, dice: &mut Stream) -> Step<Frame> {
        let Step { reward, terminated, truncated, .. } = self.grid.step(action, dice);
        Step { reward, next: self.frame(dice), terminated, truncated }
    }

    fn edit(&mut self, stroke: &Stroke) -> Result<(), CannotEdit> {
        self.grid.edit(stroke)?;
        self.goals = goals(&self.grid);
        Ok(())
    }

    fn redrawn(&self, seen: Frame) -> Frame {
        Frame { goals: self.goals, ..seen }
    }

    fn edited(&self) -> u64 {
        self.grid.edited()
    }
}

impl Scenic for NoisyImage {
    fn scene(&self) -> Scene {
        self.grid.scene()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::StreamName;
    use crate::mdp::Tabular as _;

    #[test]
    fn a_picture_looks_otherwise_once_its_goal_was_drawn_elsewhere() {
        let mut world = NoisyImage::new(NoisyImageConfig::default()).unwrap();
        let seen = world.reset(&mut Stream::new(1, StreamName::World));
        assert_eq!(world.redrawn(seen), seen);
        world.edit(&Stroke::paint(vec![(35, Cell::Free), (30, Cell::Goal)])).unwrap();
        let now = world.redrawn(seen);
        assert_eq!((now.goals, now.state, now.noise), (1 << 30, seen.state, seen.noise));
    }

    #[test]
    fn the_picture_follows_the_maze_and_its_noise_repeats_with_its_dice() {
        let live = |seed| {
            let mut world = NoisyImage::new(NoisyImageConfig::default()).unwrap();
            let mut dice = Stream::new(seed, StreamName::World);
            let mut frames = vec![world.reset(&mut dice)];
            for action in [1, 1, 1, 1, 1, 2, 2, 2, 2, 2] {
                let step = world.step(action, &mut dice);
                frames.push(step.next);
                assert_eq!(step.terminated, frames.len() == 11);
                assert_eq!(step.reward, f64::from(u8::from(step.terminated)));
            }
            frames
        };
        let frames = live(1);
        assert_eq!((frames[0].state, frames[10].state, frames[0].goals), (0, 35, 1 << 35));
        assert_eq!(frames, live(1));
        assert_ne!(frames[3].noise, live(2)[3].noise);
        let world = NoisyImage::new(NoisyImageConfig::default()).unwrap();
        assert_eq!(world.grid().distance(true), Some(10));
    }
}
