//! What a tile remembers between snapshots, to show imagination at work: single sparks while they
//! can be read, densities when they are too fast.

use std::sync::Arc;

use crate::app::widgets::grid_picture::{CellKind, Spark};
use crate::experiment::cohort::LaneView;
use crate::experiment::snapshot::RunSnapshot;
use crate::mdp::scene::{Cell, GridScene};
use crate::mdp::trace::{Effect, Mark, Source};

/// Sparks drawn for the newest imagined updates.
const SPARKS: usize = 36;
/// Density dots where most imagined updates fell: few enough to leave the arrows readable.
const DENSEST: f32 = 0.4;

/// What the tile remembers between snapshots to show imagination at work.
#[derive(Default)]
pub struct Look {
    /// The world's cells in the picture's words.
    pub cells: Vec<CellKind>,
    /// Newest imagined updates, newest first, age growing with rank.
    pub sparks: Vec<Spark>,
    /// Where imagination worked since the last snapshot, when it is too fast to be shown singly.
    pub dots: Vec<(u16, f32)>,
    /// `[S]`: imagined updates at the last snapshot.
    imagined: Vec<u64>,
    /// The lane whose marks were seen; held, so that its place in memory is not given to another.
    seen: Option<Arc<LaneView>>,
}

impl Look {
    /// Reads what is new in `run`.
    pub fn update(&mut self, run: &RunSnapshot, grid: &GridScene, playing: bool) {
        self.cells = grid.cells.iter().map(|&c| kind(c)).collect();
        if self.seen.as_ref().is_some_and(|seen| Arc::ptr_eq(seen, &run.lane)) {
            return;
        }
        self.seen = Some(run.lane.clone());
        let imagined = run.map.as_ref().map_or(Vec::new(), |m| m.imagined.clone());
        // Going back in time undoes what was dreamt later.
        let sum = |counts: &[u64]| counts.iter().sum::<u64>();
        if sum(&imagined) < sum(&self.imagined) {
            self.sparks.clear();
        }
        self.dots = density(&self.imagined, &imagined);
        let nothing_new = self.dots.is_empty();
        self.imagined = imagined;
        let fresh = sparks(&run.marks, grid);
        if !fresh.is_empty() {
            self.sparks.splice(0..0, fresh);
        } else if nothing_new && run.lane.counters.imagined_updates == 0 {
            self.sparks.clear();
        }
        self.sparks.truncate(SPARKS);
        for (rank, spark) in self.sparks.iter_mut().enumerate() {
            spark.age = rank as f32 / SPARKS as f32;
        }
        // Both at once would be noise: segments while they can be read, else densities.
        let moved = run.marks.iter().filter(|m| imagined_effect(m)).count();
        if playing && moved > SPARKS {
            self.sparks.clear();
        } else {
            self.dots.clear();
        }
    }
}

fn imagined_effect(mark: &Mark) -> bool {
    mark.effect.is_some_and(|e| e.source == Source::Imagined)
}

/// Sparks of the newest imagined updates, newest first.
fn sparks(marks: &[Mark], grid: &GridScene) -> Vec<Spark> {
    let place = |s: u32| {
        let (row, col) = grid.place(s);
        (row as u16, col as u16)
    };
    let effects = marks.iter().rev().filter(|m| imagined_effect(m)).filter_map(|m| m.effect);
    let spark = |e: Effect| Spark { from: place(e.state), to: place(e.next), age: 0.0 };
    effects.take(SPARKS).map(spark).collect()
}

/// Where imagined updates fell between two snapshots, 1 where most of them fell.
fn density(before: &[u64], after: &[u64]) -> Vec<(u16, f32)> {
    if before.len() != after.len() {
        return Vec::new();
    }
    let moved: Vec<u64> = before.iter().zip(after).map(|(b, a)| a.saturating_sub(*b)).collect();
    let most = moved.iter().copied().max().unwrap_or(0).max(1) as f32;
    let cells = moved.iter().enumerate().filter(|&(_, &n)| n > 0);
    cells.map(|(cell, &n)| (cell as u16, DENSEST * n as f32 / most)).collect()
}

/// A cell in the picture's words.
pub fn kind(cell: Cell) -> CellKind {
    match cell {
        Cell::Free => CellKind::Free,
        Cell::Wall => CellKind::Wall,
        Cell::Start => CellKind::Start,
        Cell::Goal => CellKind::Goal,
        Cell::Pit => CellKind::Pit,
        Cell::Reward(r) => CellKind::Reward(r as f32),
    }
}
