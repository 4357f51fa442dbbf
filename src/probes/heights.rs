//! Values over two numbers of a state as heights: what a learner thinks, what is true, and the
//! difference; where it has been, where its policy leads, and the two futures from one place.
//!
//! Worlds of numbers are cut along two of them while the others stay as they are; on a grid the two
//! are row and column.

mod cells;
mod motion;

use std::sync::Arc;

use super::dynamics::Place;
use super::imagined::{Direction, End, Future};
use super::truth::Truth;
use super::twins::{Twins, imagines};
use crate::agents::View;
use crate::mdp::physical::{Body, Dimension};
use crate::mdp::scene::Scene;

/// Steps of the futures.
pub const STEPS: usize = 30;

/// One of the two numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Span {
    /// Its name.
    pub name: &'static str,
    /// Its name in files.
    pub key: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// At the first column, or the first row.
    pub low: f64,
    /// At the last one; less than the first where rows count from above.
    pub high: f64,
    /// A full turn comes back to the same place.
    pub turns: bool,
}

impl From<&Dimension> for Span {
    fn from(d: &Dimension) -> Self {
        let ((low, high), turns) = (d.range, d.turns);
        Self { name: d.name, key: d.key, unit: d.unit, low, high, turns }
    }
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    /// The world.
    pub truth: &'a Arc<Truth>,
    /// The learner.
    pub view: &'a View,
    /// Worth of a reward one step later.
    pub gamma: f64,
    /// Which two numbers of a body; grids have but two.
    pub pair: [usize; 2],
    /// Points along each of them; grids have their cells.
    pub points: usize,
    /// The place that futures begin in and that the other numbers are taken from.
    pub from: Place,
    /// Bodies that the learner has been in, apart from what it remembers itself.
    pub been: &'a [Body],
    /// The way of the episode under way; rows and columns on a grid.
    pub way: &'a [Body],
}

/// Heights and what lies on them. Numbers stand row by row, `[rows * cols]`; the first row belongs
/// to the low end of the second span.
#[derive(Clone, Debug, PartialEq)]
pub struct Heights {
    /// Along the columns, along the rows.
    pub spans: [Span; 2],
    /// Rows, columns.
    pub size: [usize; 2],
    /// Every point is a state of its own.
    pub cells: bool,
    /// What the learner thinks; not a number where it has no opinion.
    pub learned: Option<Arc<[f32]>>,
    /// What is true; not a number where that means nothing.
    pub truth: Option<Arc<[f32]>>,
    /// What it thinks too much.
    pub excess: Option<Arc<[f32]>>,
    /// Where it has never been; empty if that is not known.
    pub unvisited: Arc<[bool]>,
    /// Cells of which nothing was learned yet: their 0 is no opinion. Empty if there are none.
    pub silent: Arc<[bool]>,
    /// Where nothing can be.
    pub walls: Arc<[bool]>,
    /// Where the task ends well.
    pub goals: Vec<[f32; 2]>,
    /// Where the learner's policy leads: from, to.
    pub policy: Vec<[[f32; 2]; 2]>,
    /// Where the best policy leads.
    pub best: Vec<[[f32; 2]; 2]>,
    /// The way so far, in pieces.
    pub past: Vec<Vec<[f32; 2]>>,
    /// What truly follows, in pieces.
    pub real: Vec<Vec<[f32; 2]>>,
    /// What the model says of the same actions, in pieces.
    pub dream: Vec<Vec<[f32; 2]>>,
    /// Where both begin.
    pub from: [f32; 2],
    /// The numbers that stay as they are.
    pub held: Vec<(&'static str, f64)>,
}

impl Heights {
    /// The answer; `None` in worlds that have no two numbers.
    pub fn of(ask: &Ask<'_>) -> Option<Self> {
        match ask.truth.scene() {
            Scene::Grid(grid) => cells::of(ask, grid),
            Scene::Body(scene) => motion::of(ask, scene.dimensions),
            Scene::Graph(_) | Scene::Board(_) | Scene::States(_) => None,
        }
    }

    /// The same with every `every`-th point along each number.
    pub fn coarse(&self, every: usize) -> Self {
        let [rows, cols] = self.size;
        let size = self.size.map(|count| (count - 1) / every + 1);
        let index = |at: usize| (at / size[1] * every) * cols + at % size[1] * every;
        let all =
            |of: &[f32]| -> Arc<[f32]> { (0..size[0] * size[1]).map(|i| of[index(i)]).collect() };
        let [learned, truth, excess] =
            [&self.learned, &self.truth, &self.excess].map(|of| of.as_deref().map(all));
        let unvisited = match self.unvisited.len() == rows * cols {
            true => (0..size[0] * size[1]).map(|i| self.unvisited[index(i)]).collect(),
            false => Arc::from([]),
        };
        Self { size, learned, truth, excess, unvisited, ..self.clone() }
    }

    /// Least and greatest of some of its numbers; `None` if there are none.
    pub fn ends(of: &[f32]) -> Option<[f32; 2]> {
        let mut all = of.iter().copied().filter(|x| x.is_finite());
        let first = all.next()?;
        Some(all.fold([first; 2], |[low, high], x| [low.min(x), high.max(x)]))
    }

    /// The place of point `index`.
    pub fn place(&self, index: usize) -> [f64; 2] {
        let [rows, cols] = self.size;
        let at = |span: &Span, index: usize, count: usize| {
            let share = match self.cells {
                true => (index as f64 + 0.5) / count as f64,
                false => index as f64 / (count - 1) as f64,
            };
            span.low + share * (span.high - span.low)
        };
        [at(&self.spans[0], index % cols, cols), at(&self.spans[1], index / cols, rows)]
    }
}

/// Learned minus true.
fn excess(learned: Option<&Arc<[f32]>>, truth: Option<&Arc<[f32]>>) -> Option<Arc<[f32]>> {
    Some(learned?.iter().zip(truth?.iter()).map(|(a, b)| a - b).collect())
}

/// The two futures from the place that is asked for, for a learner that imagines.
fn futures(ask: &Ask<'_>) -> Option<(Future, Future)> {
    let could = imagines(ask.truth, ask.view);
    let twins = could.then(|| Twins::of(ask.truth, ask.view)).flatten()?;
    Some(twins.futures(&ask.from, Direction::Act, STEPS))
}

/// Whether there is more of it than its beginning.
fn goes(future: &Future) -> bool {
    future.bodies.len() > 1 || future.end != End::Open
}
