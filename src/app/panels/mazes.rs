//! The mazes of all runs, side by side, on one scale.

mod scale;

use std::ops::Range;

use egui::{Align, Label, Layout, RichText, Ui, vec2};

use super::look::Look;
use super::sandbox;
use super::tile::{LOWEST, tile};
use super::tile_words::text;
use super::{Cx, Panel, PanelId, board_tile, body_tile, tools_menu};
use crate::app::actions::Action;
use crate::app::brush::Brush;
use crate::app::theme;
use crate::app::widgets::segmented::segmented;
use crate::app::words;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::mdp::State;
use crate::mdp::scene::{Cell, GridScene, Scene};
pub use scale::Scale;

/// Least width of a tile in points before the text scale: two counters side by side.
const LEAST: f32 = 200.0;
/// The same of a picture without counters.
const BARE: f32 = 130.0;
/// Space between tiles.
const GAP: f32 = 16.0;

/// What stands in the question's place where the question is void.
const NO_WAY: &str = "No goal can be reached from a start of this map.";

/// What hatching means.
const HATCHED: &str = "hatched: believed wrongly";

/// What the tiles remember.
#[derive(Default)]
pub struct Looks {
    looks: Vec<Look>,
    generation: u64,
    /// The hand that draws.
    pub brush: Brush,
    /// Cells that are not so yet, but will be.
    pub draft: Vec<(State, Cell)>,
    /// Greatest bonus of all runs.
    pub most_bonus: f64,
}

impl Looks {
    /// The memory of tile `index`, brought up to date.
    pub fn of(
        &mut self,
        index: usize,
        run: &RunSnapshot,
        grid: &GridScene,
        playing: bool,
    ) -> &Look {
        while self.looks.len() <= index {
            self.looks.push(Look::default());
        }
        self.looks[index].update(run, grid, playing);
        &self.looks[index]
    }

    /// What the hand has touched and what is on its way to the arena, in this frame.
    fn draw(&mut self, cx: &Cx<'_>) {
        self.draft.clear();
        if let Scene::Grid(grid) = cx.snapshot.runs[0].truth.scene() {
            self.draft.extend(self.brush.draft(grid));
            let tool = cx.view.drawing().unwrap_or_default();
            self.draft.extend(tool.cells(grid, self.brush.touched(), cx.view.reward));
        }
        let bonuses = cx.snapshot.runs.iter().filter_map(|run| run.lane.view.bonus.as_ref());
        self.most_bonus = bonuses.flatten().copied().fold(0.0, f64::max);
    }

    fn forget_if_new(&mut self, generation: u64) {
        if std::mem::replace(&mut self.generation, generation) != generation {
            self.looks.clear();
            self.brush = Brush::default();
        }
    }
}

/// The panel.
#[derive(Default)]
pub struct Mazes {
    looks: Looks,
}

impl Mazes {
    fn header(&self, ui: &mut Ui, scale: Scale, cx: &mut Cx<'_>) {
        let t = theme::tokens(ui.ctx());
        let points = theme::scale(ui.ctx());
        // On a low window title and question share a line, if it is long enough.
        let room = ui.available_size() / points;
        let bare = cx.bare;
        let one_line = room.y < 420.0 && room.x >= 900.0;
        let height = if one_line { 34.0 } else { 46.0 } * points;
        let row = vec2(ui.available_width(), height);
        ui.allocate_ui_with_layout(row, Layout::right_to_left(Align::Center), |ui| {
            if !cx.view.still && !cx.view.lecture {
                tools_menu(ui, self, PanelId::Mazes, cx);
            }
            // Different worlds share neither a scale nor a picture.
            let mixed = cx.snapshot.config.is_mixed();
            let moves = mixed || matches!(cx.snapshot.runs[0].truth.scene(), Scene::Body(_));
            let plays = matches!(cx.snapshot.runs[0].truth.scene(), Scene::Board(_));
            // The title is never cut for the sake of the bar.
            let font = theme::title(ui.ctx());
            let ink = egui::Color32::PLACEHOLDER;
            let words = match cx.snapshot.runs[0].truth.scene() {
                _ if mixed => "What happens",
                Scene::Graph(_) => "What each state is worth",
                Scene::Body(_) | Scene::Board(_) => "What happens",
                Scene::Grid(_) | Scene::States(_) => self.title(),
            };
            let title = ui.painter().layout_no_wrap(words.to_owned(), font, ink);
            let room = ui.available_width() - title.size().x - 24.0 * points;
            if !moves && !plays {
                scale.bar(ui, room, quantity(cx.snapshot));
            }
            let unsaid = belief_legend(ui, cx);
            if !cx.view.lecture && !cx.view.still && ui.available_width() > 640.0 * points {
                ui.add_space(12.0);
                // Dots have no arrows to choose.
                if cx.snapshot.runs.iter().any(|r| matches!(r.truth.scene(), Scene::Grid(_))) {
                    arrows_or_numbers(ui, cx);
                }
            }
            let title = RichText::new(words).font(theme::title(ui.ctx()));
            let question = match cx.lesson.question.as_str() {
                _ if cx.snapshot.runs.iter().any(has_no_way) => NO_WAY,
                // In the lecture view no tooltip tells it.
                _ if unsaid && cx.view.lecture => HATCHED,
                "" if mixed => "What does each agent do in its world?",
                "" if plays => "What does each run play against itself?",
                "" if moves => "How does each run move the same body?",
                "" => self.question(),
                lesson => lesson,
            };
            let question = RichText::new(question).color(t.text_weak);
            let add = |ui: &mut Ui| {
                ui.spacing_mut().item_spacing = vec2(12.0, 3.0);
                // The tab has said it.
                if !bare {
                    ui.label(title.color(t.text_strong));
                }
                // The room has the lesson's own question in big type: a cut one helps nobody.
                let font = theme::body(ui.ctx());
                let words = question.text().to_owned();
                let wide = ui.painter().layout_no_wrap(words, font, ink).size().x;
                if !cx.view.lecture || wide <= ui.available_width() {
                    ui.add(Label::new(question).truncate());
                }
            };
            if one_line {
                ui.with_layout(Layout::left_to_right(Align::Center), add);
            } else {
                ui.with_layout(Layout::top_down(Align::Min), add);
            }
        });
    }
}

/// Whether somebody cannot get home on a map; where there is no map, there may be no home.
fn has_no_way(run: &RunSnapshot) -> bool {
    matches!(run.truth.scene(), Scene::Grid(_)) && run.truth.shortest.is_none()
}

/// What the colours stand for.
fn quantity(s: &Snapshot) -> &'static str {
    let mut tables = s.runs.iter().filter_map(|run| run.lane.view.table.as_ref()).peekable();
    let of_states = tables.peek().is_some() && tables.all(|table| table.is_of_states());
    if of_states { "value V" } else { "value maxₐ Q" }
}

/// What hatching and wedges mean, once there are any and where there is room. True if there was
/// none for the hatching.
fn belief_legend(ui: &mut Ui, cx: &Cx<'_>) -> bool {
    let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    let runs = &cx.snapshot.runs;
    let small = |text: String| RichText::new(text).font(theme::small(ui.ctx())).color(t.text_weak);
    let bonuses = runs.iter().filter_map(|run| run.lane.view.bonus.as_ref());
    let most = bonuses.flatten().copied().fold(0.0, f64::max);
    let bonus = (most > 0.0).then(|| small(format!("wedges: bonus, to {}", words::value(most))));
    let stale = runs.iter().any(|run| !run.stale.is_empty());
    let hatched = stale.then(|| small(HATCHED.to_owned()));
    for words in [bonus, hatched].into_iter().flatten() {
        if ui.available_width() <= 560.0 * points {
            return stale;
        }
        ui.add_space(10.0);
        ui.label(words);
    }
    false
}

/// What stands in the cells.
fn arrows_or_numbers(ui: &mut Ui, cx: &mut Cx<'_>) {
    let mut shown = usize::from(cx.view.numbers);
    if segmented(ui, "Cells show", &["arrows", "numbers"], &mut shown).changed() {
        cx.actions.push(Action::Numbers(shown == 1));
    }
}

/// The runs that have room for a tile: all, or as many as fit, the selected one among them. The
/// keys 1 to 6 bring the others.
fn shown(ui: &Ui, cx: &Cx<'_>) -> Range<usize> {
    let count = cx.snapshot.runs.len();
    let room = ui.available_size();
    let across = columns(count, room, cx.snapshot);
    // Different worlds are there to be seen beside each other, counters or not.
    let low = room.y < LOWEST * theme::scale(ui.ctx());
    let bare = low || cx.view.lecture && cx.snapshot.config.is_mixed();
    let least = if bare { BARE } else { LEAST } * theme::scale(ui.ctx());
    let fit = ((room.x + GAP) / (least + GAP)).floor().max(1.0) as usize;
    if across <= fit {
        return 0..count;
    }
    let first = (cx.view.run + 1).saturating_sub(fit);
    first..first + fit
}

/// One row of tiles or two, whichever gives the larger cells.
fn columns(count: usize, room: egui::Vec2, snapshot: &Snapshot) -> usize {
    let (cols, rows) = match snapshot.runs[0].truth.scene() {
        _ if snapshot.config.is_mixed() => (4.0, 3.0),
        Scene::Grid(grid) => (grid.cols as f32, grid.rows as f32),
        Scene::Graph(graph) => graph.size(),
        Scene::Body(body) => (2.0 * body.extent.0, body.extent.2 - body.extent.1),
        Scene::Board(_) | Scene::States(_) => (1.0, 1.0),
    };
    let cell = |columns: usize| {
        let lines = count.div_ceil(columns) as f32;
        let wide = room.x / columns as f32 - 48.0;
        let high = room.y / lines - 170.0;
        (wide / cols).min(high / rows)
    };
    let two_rows = count.div_ceil(2);
    if cell(two_rows) > cell(count) { two_rows } else { count }
}

/// Whether every run's note has room beside its name: all tiles show it, or none.
fn notes_fit(ui: &Ui, width: f32, cx: &Cx<'_>) -> bool {
    let points = theme::scale(ui.ctx());
    let room = width - (32.0 + 32.0 + 10.0) * points;
    let painter = ui.painter();
    let wide = |words: &str, font| {
        painter.layout_no_wrap(words.to_owned(), font, egui::Color32::PLACEHOLDER).size().x
    };
    let (title, body) = (theme::title(ui.ctx()), theme::body(ui.ctx()));
    let mut runs = cx.snapshot.runs.iter();
    runs.all(|r| wide(&r.name, title.clone()) + wide(&r.note, body.clone()) + 10.0 <= room)
}

impl Panel for Mazes {
    fn title(&self) -> &'static str {
        "What each cell is worth"
    }

    fn question(&self) -> &'static str {
        "How far has news of the goal travelled?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.looks.forget_if_new(cx.snapshot.generation);
        let scale = Scale::of(cx.snapshot);
        self.header(ui, scale, cx);
        ui.add_space(4.0);
        if cx.view.sandbox && !cx.view.still && !cx.view.lecture {
            sandbox::strip(ui, cx);
            ui.add_space(6.0);
        }
        self.looks.draw(cx);
        let shown = shown(ui, cx);
        let count = shown.len();
        let columns = columns(count, ui.available_size(), cx.snapshot);
        let rows = count.div_ceil(columns);
        let all = ui.available_size();
        let size = vec2(
            (all.x - GAP * (columns - 1) as f32) / columns as f32,
            (all.y - GAP * (rows - 1) as f32) / rows as f32,
        );
        let notes = notes_fit(ui, size.x, cx);
        let mixed = cx.snapshot.config.is_mixed();
        ui.spacing_mut().item_spacing = vec2(GAP, GAP);
        for row in 0..rows {
            ui.horizontal_top(|ui| {
                for index in shown.clone().skip(row * columns).take(columns) {
                    ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
                        ui.set_min_size(size);
                        ui.spacing_mut().item_spacing = vec2(8.0, 7.0) * theme::scale(ui.ctx());
                        let own = mixed.then(|| Scale::over(&cx.snapshot.runs[index..=index]));
                        tile(ui, index, &mut self.looks, &own.unwrap_or(scale), notes, cx);
                    });
                }
            });
        }
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let lines: Vec<String> = snapshot.runs.iter().map(text).collect();
        lines.join("\n")
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let bodies = [board_tile::data(snapshot), body_tile::data(snapshot)];
        let bodies = bodies.into_iter().flatten().collect::<Vec<_>>().join("\n");
        let tables = snapshot.runs.iter().any(|run| run.lane.view.table.is_some());
        if !bodies.is_empty() && !tables {
            return bodies;
        }
        let mut csv =
            "run,state,action,q,real_updates,imagined_updates,imagined_share\n".to_owned();
        for run in &snapshot.runs {
            let Some(table) = &run.lane.view.table else {
                continue;
            };
            for (pair, (q, tally)) in table.q.iter().zip(&table.tally).enumerate() {
                let (state, action) = (pair / table.actions, pair % table.actions);
                let (real, imagined, share) = (tally.real, tally.imagined, tally.share);
                let letter = run.letter;
                csv += &format!("{letter},{state},{action},{q},{real},{imagined},{share}\n");
            }
        }
        // Two tables where some runs have one kind of world and some the other.
        if bodies.is_empty() { csv } else { csv + "\n" + &bodies }
    }
}
