//! What a hand does to the map: the tool it holds, the cells it has touched, the stroke they make.

use super::icons;
use crate::experiment::engine::Command;
use crate::mdp::State;
use crate::mdp::edit::Stroke;
use crate::mdp::scene::{Cell, GridScene};

/// A tool over the mazes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tool {
    /// Click a cell to look into it.
    #[default]
    Inspect,
    /// Walls.
    Wall,
    /// Cells that end the task badly.
    Pit,
    /// Cells that pay.
    Reward,
    /// Where episodes begin: the start moves here.
    Start,
    /// Where they end well.
    Goal,
    /// Free ground.
    Eraser,
    /// An error of the model of one run: it believes that these cells pay.
    Lie,
}

impl Tool {
    /// All tools, in the order of the strip.
    pub const ALL: [Self; 8] = [
        Self::Inspect,
        Self::Wall,
        Self::Pit,
        Self::Reward,
        Self::Start,
        Self::Goal,
        Self::Eraser,
        Self::Lie,
    ];

    /// Icon, name and what it does.
    pub const fn look(self) -> (char, &'static str, &'static str) {
        match self {
            Self::Inspect => (icons::INSPECT, "Inspect", "Click a cell to look into it"),
            Self::Wall => (icons::WALL, "Wall", "Draw walls"),
            Self::Pit => (icons::PIT, "Pit", "Draw pits: they end the episode badly"),
            Self::Reward => (icons::REWARD, "Reward", "Draw cells that pay when entered"),
            Self::Start => (icons::START, "Start", "Move the start; drag for several"),
            Self::Goal => (icons::GOAL, "Goal", "Draw goals: they end the episode well"),
            Self::Eraser => (icons::ERASE, "Eraser", "Make cells free ground"),
            Self::Lie => (icons::MASK, "Model error", "Paint what one model believes wrongly"),
        }
    }

    /// Whether it changes anything.
    pub fn draws(self) -> bool {
        self != Self::Inspect
    }

    /// What it makes of a cell; `reward` is what reward cells pay.
    fn cell(self, reward: f64) -> Option<Cell> {
        match self {
            Self::Inspect => None,
            Self::Wall => Some(Cell::Wall),
            Self::Pit => Some(Cell::Pit),
            Self::Reward | Self::Lie => Some(Cell::Reward(reward)),
            Self::Start => Some(Cell::Start),
            Self::Goal => Some(Cell::Goal),
            Self::Eraser => Some(Cell::Free),
        }
    }

    /// Whether what it draws pays something.
    pub fn pays(self) -> bool {
        matches!(self, Self::Reward | Self::Lie)
    }

    /// The command for a stroke over `touched` in the maze of run `run`; `None` if it would change
    /// nothing.
    pub fn command(
        self,
        (run, grid): (usize, &GridScene),
        touched: &[State],
        reward: f64,
    ) -> Option<Command> {
        let cells = self.cells(grid, touched, reward);
        match self {
            _ if cells.is_empty() => None,
            Self::Lie => {
                let cells = cells.into_iter().map(|(state, _)| (state, reward)).collect();
                Some(Command::Lie { run, cells })
            }
            _ => Some(Command::Edit(Stroke::paint(cells))),
        }
    }

    /// What becomes of which cells.
    pub fn cells(self, grid: &GridScene, touched: &[State], reward: f64) -> Vec<(State, Cell)> {
        let Some(cell) = self.cell(reward) else {
            return Vec::new();
        };
        let is = |state: State| grid.cells.get(state as usize).copied();
        let mut cells: Vec<(State, Cell)> = Vec::new();
        if self == Self::Start && touched.iter().any(|&s| is(s) != Some(cell)) {
            // The start moves: the old ones become free ground.
            let starts = (0..grid.cells.len() as State).filter(|&s| is(s) == Some(Cell::Start));
            cells.extend(starts.filter(|s| !touched.contains(s)).map(|s| (s, Cell::Free)));
        }
        let new = touched.iter().filter(|&&s| is(s).is_some_and(|now| now != cell));
        cells.extend(new.map(|&s| (s, cell)));
        cells
    }
}

/// The cells under a hand that draws.
#[derive(Clone, Debug, Default)]
pub struct Brush {
    /// Cells touched, in order, each once.
    touched: Vec<State>,
    last: Option<State>,
    /// In whose maze.
    run: usize,
    /// A stroke that is on its way to the arena, and frames until it is given up.
    sent: Vec<(State, Cell)>,
    patience: u8,
}

/// Frames until a stroke that the arena refused is no longer shown.
const PATIENCE: u8 = 30;

impl Brush {
    /// The hand is over `cell` of the maze of run `run`, a map with `cols` columns: everything between the last place and
    /// this one is touched, however fast the hand moves.
    pub fn touch(&mut self, (run, cols): (usize, usize), cell: State) {
        self.run = run;
        for state in line(cols as i64, self.last.unwrap_or(cell), cell) {
            if !self.touched.contains(&state) {
                self.touched.push(state);
            }
        }
        self.last = Some(cell);
    }

    /// The hand lets go: the cells it touched.
    pub fn lift(&mut self) -> Vec<State> {
        self.last = None;
        std::mem::take(&mut self.touched)
    }

    /// The run in whose maze it is.
    pub fn run(&self) -> usize {
        self.run
    }

    /// Cells under the hand.
    pub fn touched(&self) -> &[State] {
        &self.touched
    }

    /// A stroke is sent; it is shown until the arena has it.
    pub fn send(&mut self, cells: Vec<(State, Cell)>) {
        (self.sent, self.patience) = (cells, PATIENCE);
    }

    /// What is shown although the arena does not have it yet, after one more frame.
    pub fn draft(&mut self, grid: &GridScene) -> &[(State, Cell)] {
        let arrived = |&(s, cell): &(State, Cell)| grid.cells.get(s as usize) == Some(&cell);
        self.patience = self.patience.saturating_sub(1);
        if self.patience == 0 || self.sent.iter().all(arrived) {
            self.sent.clear();
        }
        &self.sent
    }
}

/// Cells on the straight line between two cells, both ends included (Bresenham 1965).
fn line(cols: i64, from: State, to: State) -> Vec<State> {
    let place = |s: State| (i64::from(s) / cols.max(1), i64::from(s) % cols.max(1));
    let ((mut row, mut col), (to_row, to_col)) = (place(from), place(to));
    let (down, across) = ((to_row - row).abs(), (to_col - col).abs());
    let (step_row, step_col) = ((to_row - row).signum(), (to_col - col).signum());
    let mut error = across - down;
    let mut cells = Vec::new();
    loop {
        cells.push((row * cols + col) as State);
        if (row, col) == (to_row, to_col) {
            return cells;
        }
        let twice = 2 * error;
        if twice > -down {
            error -= down;
            col += step_col;
        }
        if twice < across {
            error += across;
            row += step_row;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> GridScene {
        let mut cells = vec![Cell::Free; 12];
        (cells[0], cells[11]) = (Cell::Start, Cell::Goal);
        GridScene { cols: 4, rows: 3, cells: cells.into(), wind: [].into() }
    }

    #[test]
    fn a_fast_hand_leaves_no_gap() {
        let mut brush = Brush::default();
        brush.touch((0, 4), 0);
        brush.touch((0, 4), 11);
        let touched = brush.lift();
        assert_eq!((touched[0], touched[touched.len() - 1]), (0, 11));
        let near =
            |a: State, b: State| (a / 4).abs_diff(b / 4) <= 1 && (a % 4).abs_diff(b % 4) <= 1;
        assert!(touched.windows(2).all(|pair| near(pair[0], pair[1])), "{touched:?}");
        brush.touch((0, 4), 5);
        brush.touch((0, 4), 5);
        assert_eq!(brush.lift(), [5], "a cell is touched once, and strokes do not join");
    }

    #[test]
    fn tools_change_what_is_not_so_already() {
        let grid = grid();
        assert_eq!(Tool::Wall.cells(&grid, &[1, 2], 0.0), [(1, Cell::Wall), (2, Cell::Wall)]);
        assert_eq!(Tool::Eraser.cells(&grid, &[1, 11], 0.0), [(11, Cell::Free)]);
        assert_eq!(Tool::Start.cells(&grid, &[5], 0.0), [(0, Cell::Free), (5, Cell::Start)]);
        assert!(Tool::Start.cells(&grid, &[0], 0.0).is_empty());
        assert_eq!(Tool::Reward.cells(&grid, &[5], 0.5), [(5, Cell::Reward(0.5))]);
        assert!(Tool::Inspect.command((0, &grid), &[1, 2], 0.0).is_none());
        assert!(Tool::Goal.command((0, &grid), &[11], 0.0).is_none());
    }

    #[test]
    fn a_stroke_is_shown_until_it_arrives_or_is_given_up() {
        let mut brush = Brush::default();
        brush.send(vec![(1, Cell::Wall)]);
        assert_eq!(brush.draft(&grid()), [(1, Cell::Wall)]);
        let mut drawn = grid();
        drawn.cells = {
            let mut cells = drawn.cells.to_vec();
            cells[1] = Cell::Wall;
            cells.into()
        };
        assert!(brush.draft(&drawn).is_empty());
        brush.send(vec![(2, Cell::Wall)]);
        for _ in 0..PATIENCE {
            brush.draft(&drawn);
        }
        assert!(brush.draft(&drawn).is_empty());
    }
}
