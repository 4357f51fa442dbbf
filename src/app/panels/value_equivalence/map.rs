//! The plan made in the moved model, and what that model predicts along the true way.

use egui::{Align2, Pos2, Rect, Shape as Ink, Stroke, Ui, vec2};

use super::Question;
use crate::app::panels::look::kind;
use crate::app::theme;
use crate::app::widgets::grid_picture::{CellKind, GridPicture};
use crate::app::widgets::{dashes, text};
use crate::mdp::State;
use crate::mdp::scene::{GridScene, Scene};
use crate::probes::morph::{Morphed, Task};
use crate::probes::truth::Truth;

/// Room below the map for one line, in points before the text scale.
pub const FOOT: f32 = 22.0;
/// Words below the map, longer and shorter.
const WORDS: [&str; 3] = [
    "arrows and colours: planned in the model; solid: the true best way; dashed: what the model predicts",
    "solid: best way; dashed: as the model predicts",
    "solid: best; dashed: predicted",
];
/// How much of the dashed lines is left beside those of the step that is told in full.
const PALE: f32 = 0.7;

/// How many times wider than high the map is.
pub fn aspect(truth: &Truth) -> f32 {
    match truth.scene() {
        Scene::Grid(grid) => grid.cols as f32 / grid.rows.max(1) as f32,
        _ => 1.0,
    }
}

/// Draws it; returns the cell that was clicked.
pub fn ui(
    ui: &mut Ui,
    rect: Rect,
    (question, found, example): (&Question, &Morphed, Option<State>),
) -> Option<usize> {
    let Scene::Grid(grid) = question.truth.scene() else { return None };
    let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    let kinds = kinds(grid, question.task);
    let values = shares(grid, &question.truth, &found.values);
    let plan = |state: usize| match question.truth.is_left(state as State) {
        true => found.plan[state] as u8,
        false => 0,
    };
    let arrows: Vec<u8> = (0..kinds.len()).map(plan).collect();
    let picture = GridPicture {
        label: "The plan in the moved model",
        cols: grid.cols,
        rows: grid.rows,
        cells: &kinds,
        wind: &grid.wind,
        values: &values,
        arrows: &arrows,
        ..GridPicture::default()
    };
    let done = picture.ui(ui, rect.size() - vec2(0.0, FOOT * points));
    let outer = done.response.rect;
    let painter = ui.painter().with_clip_rect(outer.expand(4.0).intersect(ui.clip_rect()));
    let center = |state: State| picture.cell_rect(outer, state as usize).center();
    let others = found.way.iter().copied().filter(|state| Some(*state) != example);
    for state in others.chain(example) {
        let Some(step) = found.steps.get(state as usize).and_then(Option::as_ref) else { continue };
        let told = Some(state) == example;
        for &(to, chance) in step.said.iter().filter(|(to, _)| *to != state) {
            let fade = (0.25 + 0.6 * chance as f32) * if told { 1.0 } else { PALE };
            let ink = t.imagined.gamma_multiply(if told { fade.max(0.85) } else { fade });
            let wide = if told { 2.4 } else { 1.6 };
            let ends = [center(state), center(to)];
            dashes::paint(&painter, &ends, Stroke::new(wide, ink), 5.0, 3.4);
            let size = if told { 4.0 + 4.0 * chance as f32 } else { 3.0 };
            painter.circle(center(to), size, ink, Stroke::new(1.5, t.casing));
        }
    }
    let mut way: Vec<Pos2> = found.way.iter().map(|from| center(*from)).collect();
    way.extend(goal(grid, question).map(center));
    painter.add(Ink::line(way.clone(), Stroke::new(6.0, t.casing)));
    painter.add(Ink::line(way, Stroke::new(3.4, t.real)));
    if let Some(state) = example {
        painter.circle(center(state), 5.0, t.text_strong, Stroke::new(2.5, t.real));
    }
    let font = theme::small(ui.ctx());
    let words = text::fitted(ui.painter(), &WORDS, &font, t.text_weak, rect.width());
    text::place(ui.painter(), &words, rect.center_bottom(), Align2::CENTER_BOTTOM);
    done.clicked_cell
}

/// Where the way ends.
fn goal(grid: &GridScene, question: &Question) -> Option<State> {
    match question.task {
        Task::Reach(goal) => Some(goal),
        Task::Own => {
            let goal = grid.cells.iter().position(|cell| kind(*cell) == CellKind::Goal);
            goal.map(|cell| cell as State)
        }
    }
}

/// The cells, with another goal where there is one.
fn kinds(grid: &GridScene, task: Task) -> Vec<CellKind> {
    let mut kinds: Vec<CellKind> = grid.cells.iter().map(|&cell| kind(cell)).collect();
    if let Task::Reach(goal) = task {
        kinds
            .iter_mut()
            .filter(|kind| **kind == CellKind::Goal)
            .for_each(|kind| *kind = CellKind::Free);
        kinds[goal as usize] = CellKind::Goal;
    }
    kinds
}

/// Values between the least and the greatest one of all cells that can be left.
fn shares(grid: &GridScene, truth: &Truth, values: &[f64]) -> Vec<Option<f32>> {
    let open = |state: &usize| truth.is_left(*state as State);
    let all = || (0..grid.cells.len()).filter(open).map(|state| values[state]);
    let (low, high) = (all().fold(f64::MAX, f64::min), all().fold(f64::MIN, f64::max));
    let share = |state: usize| ((values[state] - low) / (high - low).max(1e-12)) as f32;
    (0..grid.cells.len()).map(|state| open(&state).then(|| share(state))).collect()
}
