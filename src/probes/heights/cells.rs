//! Grids: every cell is a block.

use std::sync::Arc;

use super::{Ask, Heights, Span, excess, futures, goes};
use crate::agents::table::TableView;
use crate::mdp::State;
use crate::mdp::physical::Body;
use crate::mdp::scene::{Cell, GridScene};
use crate::probes::dynamics::Place;
use crate::probes::lookahead::Best;
use crate::probes::values::ValueMap;

/// Cells of `grid` from the lowest row of the picture up: its last row comes first.
fn upwards(grid: &GridScene) -> impl Iterator<Item = usize> + Clone {
    let (rows, cols) = (grid.rows, grid.cols);
    (0..rows * cols).map(move |index| (rows - 1 - index / cols) * cols + index % cols)
}

/// The answer for a grid.
pub fn of(ask: &Ask<'_>, grid: &GridScene) -> Option<Heights> {
    let span = |name, count: usize, turned: bool| {
        let (low, high) = (-0.5, count as f64 - 0.5);
        let (low, high) = if turned { (high, low) } else { (low, high) };
        Span { name, key: name, unit: "", low, high, turns: false }
    };
    let from = match ask.from {
        Place::State(state) => place(grid, state),
        Place::Body(_) | Place::Seen(_) => return None,
    };
    let table = ask.view.table.as_ref();
    let learned = table.map(|table| learned(ask, grid, table));
    let best = Best::of(ask.truth, ask.gamma);
    let predicts = table.is_some_and(TableView::is_of_states);
    let truth = match predicts {
        true => ask.truth.random_values(ask.gamma).map(|v| heights(ask, grid, |s| v[s as usize])),
        false => best.as_ref().map(|best| heights(ask, grid, |s| best.value(s))),
    };
    let (real, dream) = futures(ask).map_or_else(Default::default, |(real, dream)| {
        let way = |bodies: &[Body]| vec![bodies.iter().map(shown).collect()];
        let known = |f: &super::Future| if goes(f) { way(&f.bodies) } else { Vec::new() };
        (known(&real), known(&dream))
    });
    let acts = table.filter(|table| table.actions == ask.truth.actions());
    Some(Heights {
        spans: [span("column", grid.cols, false), span("row", grid.rows, true)],
        size: [grid.rows, grid.cols],
        cells: true,
        excess: excess(learned.as_ref(), truth.as_ref()),
        unvisited: table.map_or_else(Default::default, |table| unvisited(grid, table)),
        walls: upwards(grid).map(|cell| grid.cells[cell] == Cell::Wall).collect(),
        goals: goals(grid),
        policy: acts.map_or_else(Vec::new, |t| arrows(ask, grid, &|s| t.row(s as usize).to_vec())),
        best: best.map_or_else(Vec::new, |best| arrows(ask, grid, &|s| best.row(s).to_vec())),
        past: vec![ask.way.iter().map(shown).collect()],
        learned,
        truth,
        real,
        dream,
        from,
        held: Vec::new(),
    })
}

/// Column and row.
fn place(grid: &GridScene, state: State) -> [f32; 2] {
    let (row, col) = grid.place(state);
    [col as f32, row as f32]
}

/// The same of a body, which tells the row first.
fn shown(body: &Body) -> [f32; 2] {
    [body[1] as f32, body[0] as f32]
}

fn goals(grid: &GridScene) -> Vec<[f32; 2]> {
    let goal = |state: &usize| grid.cells[*state] == Cell::Goal;
    (0..grid.cells.len()).filter(goal).map(|state| place(grid, state as State)).collect()
}

/// A number for every cell that can be left.
fn heights(ask: &Ask<'_>, grid: &GridScene, of: impl Fn(State) -> f64) -> Arc<[f32]> {
    let of = |cell: usize| match ask.truth.is_left(cell as State) {
        true => of(cell as State) as f32,
        false => f32::NAN,
    };
    let open = |cell: usize| grid.cells[cell] != Cell::Wall;
    upwards(grid).map(|cell| if open(cell) { of(cell) } else { f32::NAN }).collect()
}

/// What a table thinks of every cell; a row that no news has come to is 0.
fn learned(ask: &Ask<'_>, grid: &GridScene, table: &TableView) -> Arc<[f32]> {
    let map = ValueMap::of(table);
    heights(ask, grid, |state| map.value.get(state as usize).copied().flatten().unwrap_or(0.0))
}

/// Cells in which nothing was ever really learned.
fn unvisited(grid: &GridScene, table: &TableView) -> Arc<[bool]> {
    let been = |cell: usize| {
        let tally = table.tally.get(cell * table.actions..(cell + 1) * table.actions);
        tally.is_some_and(|tally| tally.iter().any(|t| t.real > 0))
    };
    upwards(grid).map(|cell| !been(cell) && grid.cells[cell] != Cell::Wall).collect()
}

/// Short arrows from the middle of each cell to where its best action most likely leads.
fn arrows(ask: &Ask<'_>, grid: &GridScene, row: &dyn Fn(State) -> Vec<f64>) -> Vec<[[f32; 2]; 2]> {
    let arrow = |cell: usize| {
        let state = cell as State;
        if !ask.truth.is_left(state) {
            return None;
        }
        let mask = crate::rl::policy::greedy_mask(&row(state));
        // More than one best action is no opinion that one arrow could tell.
        if mask.count_ones() != 1 {
            return None;
        }
        let next = ask.truth.likeliest(state, mask.trailing_zeros() as u8)?;
        let ([x, y], [u, v]) = (place(grid, state), place(grid, next));
        let [right, down] = [u - x, v - y];
        let far = right.hypot(down);
        let [right, down] = [0.27 * right / far, 0.27 * down / far];
        (far > 0.0).then_some([[x - right, y - down], [x + right, y + down]])
    };
    (0..grid.cells.len()).filter_map(arrow).collect()
}
