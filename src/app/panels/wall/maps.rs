//! Small maps, one a model: what each of them imagines, dashed and orange; what is in a wall is flagged.

use std::borrow::Cow;

use egui::{Align2, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Ui, UiBuilder, pos2, vec2};

use super::{Network, column, samples};
use crate::app::panels::look::kind;
use crate::app::theme::{self, Tokens};
use crate::app::widgets::grid_picture::{CellKind, GridPicture};
use crate::app::widgets::number::grouped;
use crate::app::widgets::{dashes, text};
use crate::mdp::State;
use crate::mdp::scene::GridScene;
use crate::probes::wall::{Cloud, Machine, in_wall, share_in_walls};

/// Dash and gap inside cells.
const DASH: [f32; 2] = [5.0, 3.4];

/// One model's answer.
struct Answer<'a> {
    name: Cow<'static, str>,
    /// The same where there is little room.
    brief: &'static str,
    /// What stands below the name, and the same where there is little room.
    count: [String; 2],
    /// Whether something is in a wall.
    wrong: bool,
    /// Places joined by a line, from the first step on.
    way: Vec<[f64; 2]>,
    /// Cells with their shares, at the last step.
    cloud: Option<&'a Cloud>,
}

/// What the four models say, from the coarsest to the finest.
fn answers<'a>(m: &'a Machine, grid: &GridScene, depth: usize) -> Vec<Answer<'a>> {
    let place = |s: &State| {
        let (row, col) = grid.place(*s);
        [row as f64, col as f64]
    };
    let (inside, of) = m.means_in_walls(grid, depth);
    let table: Vec<[f64; 2]> = m.table.iter().take(depth).map(place).collect();
    let hit = table.iter().filter(|place| in_wall(grid, **place)).count();
    let (hits, all) = samples(grid, &m.sample, depth);
    let mass: f64 = m.full.iter().take(depth).map(|cloud| share_in_walls(grid, cloud)).sum();
    let means = m.means.iter().take(depth).flatten().copied();
    vec![
        Answer {
            name: "Expectation".into(),
            brief: "Mean",
            count: in_walls(format!("{inside} of {of}")),
            wrong: inside > 0,
            way: means.collect(),
            cloud: None,
        },
        Answer {
            name: "Table look-up".into(),
            brief: "Table",
            count: in_walls(format!("{hit} of {}", table.len())),
            wrong: hit > 0,
            way: table,
            cloud: None,
        },
        Answer {
            name: "Sample".into(),
            brief: "Sample",
            count: in_walls(format!("{} of {}", grouped(hits), grouped(all))),
            wrong: hits > 0,
            way: Vec::new(),
            cloud: m.sample.get(depth - 1),
        },
        Answer {
            name: "Full distribution".into(),
            brief: "Full",
            count: in_walls(format!("{:.0} %", 100.0 * mass.max(0.0))),
            wrong: mass > 0.0,
            way: Vec::new(),
            cloud: m.full.get(depth - 1),
        },
    ]
}

fn in_walls(count: String) -> [String; 2] {
    [format!("{count} in walls"), count]
}

/// What a network says of the first step, which is all it is asked: beyond that its words are no
/// cell it could be asked about.
fn answer_of(network: &Network, grid: &GridScene) -> Answer<'static> {
    Answer {
        name: format!("Network of {}", network.letter).into(),
        brief: "Network",
        count: [network.told(), network.told_briefly()],
        wrong: in_wall(grid, network.place),
        way: vec![network.place],
        cloud: None,
    }
}

/// Draws the maps; returns the cell that was clicked.
pub fn ui(
    ui: &mut Ui,
    rect: Rect,
    (grid, from): (&GridScene, State),
    (machine, network): (&Machine, Option<&Network>),
    depth: usize,
) -> Option<usize> {
    let points = theme::scale(ui.ctx());
    let t = theme::tokens(ui.ctx());
    let mut answers = answers(machine, grid, depth);
    answers.extend(network.map(|network| answer_of(network, grid)));
    let head = 40.0 * points;
    let mut clicked = None;
    for (index, answer) in answers.iter().enumerate() {
        let seat = column(rect, index, answers.len(), 14.0 * points);
        let painter = ui.painter().clone();
        let (font, wide) = (theme::tick_strong(ui.ctx()), seat.width());
        let names = [&*answer.name, answer.brief];
        let name = text::fitted(&painter, &names, &font, t.text_strong, wide);
        text::place(&painter, &name, seat.min, Align2::LEFT_TOP);
        let ink = if answer.wrong { t.bad } else { t.text_weak };
        let counts = answer.count.each_ref().map(String::as_str);
        let count = text::fitted(&painter, &counts, &theme::small(ui.ctx()), ink, wide);
        text::place(&painter, &count, seat.min + vec2(0.0, 20.0 * points), Align2::LEFT_TOP);
        let seat = seat.with_min_y(seat.top() + head);
        let builder = UiBuilder::new().id_salt(("wall map", index)).max_rect(seat);
        let mut child = ui.new_child(builder);
        clicked = map(&mut child, seat, grid, from, answer).or(clicked);
    }
    clicked
}

fn map(
    ui: &mut Ui,
    seat: Rect,
    grid: &GridScene,
    from: State,
    answer: &Answer<'_>,
) -> Option<usize> {
    let cells: Vec<CellKind> = grid.cells.iter().map(|&cell| kind(cell)).collect();
    let (row, col) = grid.place(from);
    let label = format!("{}: {}", answer.name, answer.count[0]);
    let picture = GridPicture {
        label: &label,
        cols: grid.cols,
        rows: grid.rows,
        cells: &cells,
        agent: Some((row as f32, col as f32)),
        wind: &grid.wind,
        ..GridPicture::default()
    };
    let shown = picture.ui(ui, seat.size());
    let outer = shown.response.rect;
    let first = picture.cell_rect(outer, 0).center();
    let pitch = match grid.cols {
        1 => picture.cell_rect(outer, 1).center().y - first.y,
        _ => picture.cell_rect(outer, 1).center().x - first.x,
    };
    let canvas = Canvas { painter: ui.painter(), t: theme::tokens(ui.ctx()), first, pitch };
    if let Some(cloud) = answer.cloud {
        for &(state, share) in cloud {
            let (row, col) = grid.place(state);
            canvas.ghost([row as f64, col as f64], share, false);
        }
    }
    let mut line = vec![canvas.at([row as f64, col as f64])];
    line.extend(answer.way.iter().map(|&place| canvas.at(place)));
    let stroke = Stroke::new(2.4, canvas.t.imagined.gamma_multiply(0.85));
    dashes::paint(canvas.painter, &line, stroke, DASH[0], DASH[1]);
    for &place in &answer.way {
        canvas.ghost(place, 1.0, in_wall(grid, place));
    }
    shown.clicked_cell
}

struct Canvas<'a> {
    painter: &'a Painter,
    t: Tokens,
    /// Centre of the first cell.
    first: Pos2,
    pitch: f32,
}

impl Canvas<'_> {
    fn at(&self, [row, col]: [f64; 2]) -> Pos2 {
        self.first + vec2(col as f32, row as f32) * self.pitch
    }

    /// An imagined body: dashed outline, pale fill, larger where it is likelier; a frame and a
    /// cross where it cannot be.
    fn ghost(&self, place: [f64; 2], share: f64, wrong: bool) {
        let center = self.at(place);
        let radius = self.pitch * (0.10 + 0.24 * share.sqrt() as f32);
        let ink = self.t.imagined;
        self.painter.circle_filled(center, radius, ink.gamma_multiply(0.32));
        let turn =
            |i: u32| center + radius * egui::Vec2::angled(i as f32 * std::f32::consts::TAU / 24.0);
        let circle: Vec<Pos2> = (0..=24).map(turn).collect();
        dashes::paint(self.painter, &circle, Stroke::new(1.8, ink), 4.0, 2.6);
        if wrong {
            let half = 0.44 * self.pitch;
            let cell = Rect::from_center_size(center, vec2(2.0, 2.0) * half);
            let stroke = Stroke::new(2.0, self.t.bad);
            self.painter.rect_stroke(cell, 3, stroke, StrokeKind::Middle);
            let arm = 0.16 * self.pitch;
            for slope in [1.0, -1.0] {
                let reach = vec2(arm, slope * arm);
                let ends = [center - reach, center + reach];
                self.painter.add(Shape::line_segment(ends, Stroke::new(2.4, self.t.bad)));
            }
        }
        if share < 0.995 && self.pitch > 36.0 * theme::scale(self.painter.ctx()) {
            let words = format!("{:.0} %", 100.0 * share);
            let font = theme::small(self.painter.ctx());
            let words = text::line(self.painter, &words, font, self.t.text_strong);
            let at = pos2(center.x, center.y + radius + 1.0);
            let plate = Align2::CENTER_TOP.anchor_size(at, words.size()).expand2(vec2(2.0, 0.0));
            self.painter.rect_filled(plate, 2, self.t.panel.gamma_multiply(0.8));
            text::place(self.painter, &words, at, Align2::CENTER_TOP);
        }
    }
}
