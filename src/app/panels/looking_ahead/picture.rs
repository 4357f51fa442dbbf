//! The map of verdicts, and three pairs of figures beside it.

use egui::{
    Align2, Color32, CornerRadius, Painter, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};

use super::simulations;
use crate::app::panels::searching::{Subject, arrow, blocks, small};
use crate::app::theme::{self, Tokens};
use crate::app::widgets::{badge, text};
use crate::app::words::value;
use crate::mdp::State;
use crate::mdp::scene::{Cell, GridScene, Scene};
use crate::probes::gain::{Gain, Guidance, Spot, Verdict};

/// Height of one pair of figures with its heading, in points before the text scale.
const BLOCK: f32 = 74.0;

/// What is drawn.
pub struct Seen<'a> {
    pub subject: &'a Subject,
    pub gain: &'a Gain,
    pub guidance: Option<&'a Guidance>,
}

/// A verdict in one word.
pub fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Kept => "kept",
        Verdict::Mended => "mended",
        Verdict::Spoiled => "spoiled",
        Verdict::Wrong => "wrong",
    }
}

fn hue(t: &Tokens, verdict: Verdict) -> Option<Color32> {
    match verdict {
        Verdict::Kept => None,
        Verdict::Mended => Some(t.good),
        Verdict::Spoiled => Some(t.bad),
        Verdict::Wrong => Some(t.warn),
    }
}

/// Draws it; the cell that was clicked.
pub fn draw(ui: &mut Ui, seen: &Seen<'_>, chosen: Option<usize>, spoken: &str) -> Option<usize> {
    let (response, painter) = ui.allocate_painter(ui.available_size(), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, spoken));
    let rect = response.rect;
    let points = theme::scale(ui.ctx());
    let Scene::Grid(grid) = seen.subject.truth().scene() else {
        figures(&painter, rect, seen);
        return None;
    };
    let high = 3.0 * BLOCK * points;
    let wide = rect.width() > 1.35 * rect.height() || rect.height() < high + 140.0 * points;
    let (left, right) = match wide {
        true => {
            let aside = (0.45 * rect.width()).clamp(230.0 * points, 330.0 * points);
            rect.split_left_right_at_x(rect.right() - aside)
        }
        false => rect.split_top_bottom_at_y(rect.bottom() - high),
    };
    let gap = 16.0 * points;
    let inset = if wide { vec2(gap, 0.0) } else { vec2(0.0, gap / 2.0) };
    figures(&painter, Rect::from_min_max(right.min + inset, right.max), seen);
    let map = Map::new(left, grid, &painter);
    map.ground(&painter);
    for spot in &seen.gain.spots {
        map.spot(&painter, spot);
    }
    map.legend(&painter, left);
    if let Some(cell) = chosen.filter(|&cell| cell < grid.cells.len()) {
        let stroke = Stroke::new(2.0, map.t.accent);
        painter.rect_stroke(map.cell(cell as State), 3, stroke, StrokeKind::Outside);
    }
    let pointer = response.interact_pointer_pos().filter(|_| response.clicked())?;
    (0..grid.cells.len()).find(|&cell| map.cell(cell as State).contains(pointer))
}

/// Places of the cells.
struct Map<'a> {
    grid: &'a GridScene,
    t: Tokens,
    points: f32,
    corner: Pos2,
    pitch: f32,
}

impl<'a> Map<'a> {
    fn new(rect: Rect, grid: &'a GridScene, painter: &Painter) -> Self {
        let (t, points) = (theme::tokens(painter.ctx()), theme::scale(painter.ctx()));
        let room = rect.with_max_y(rect.bottom() - 24.0 * points);
        let (across, down) = (grid.cols as f32, grid.rows as f32);
        let pitch = (room.width() / across).min(room.height() / down).max(2.0);
        let corner = room.center() - vec2(across, down) * pitch / 2.0;
        Self { grid, t, points, corner, pitch }
    }

    fn cell(&self, state: State) -> Rect {
        let (row, col) = self.grid.place(state);
        let at = self.corner + vec2(col as f32, row as f32) * self.pitch;
        Rect::from_min_size(at, vec2(self.pitch, self.pitch)).shrink(0.04 * self.pitch)
    }

    /// Walls, ends and frames.
    fn ground(&self, painter: &Painter) {
        for (state, cell) in self.grid.cells.iter().enumerate() {
            let rect = self.cell(state as State);
            let fill = if *cell == Cell::Wall { self.t.wall } else { self.t.panel };
            painter.rect_filled(rect, 3, fill);
            let frame = Stroke::new(1.0, self.t.stroke);
            painter.rect_stroke(rect, 3, frame, StrokeKind::Inside);
            let letter = match cell {
                Cell::Start => "S",
                Cell::Goal => "G",
                Cell::Free | Cell::Wall | Cell::Pit | Cell::Reward(_) => continue,
            };
            if self.pitch > 20.0 * self.points {
                let at = rect.left_top() + vec2(3.0, 1.0);
                small(painter, at, Align2::LEFT_TOP, letter, self.t.text_weak);
            }
        }
    }

    /// One state: what came of it, where the value points (grey), where the search does.
    fn spot(&self, painter: &Painter, spot: &Spot) {
        let rect = self.cell(spot.state);
        let marked = hue(&self.t, spot.verdict).filter(|_| spot.verdict != Verdict::Wrong);
        if let Some(hue) = marked {
            painter.rect_filled(rect, 3, hue.gamma_multiply(0.22));
            painter.rect_stroke(rect, 3, Stroke::new(1.5, hue), StrokeKind::Inside);
        }
        let all = self.grid.cells.len().min(4);
        let (center, reach) = (rect.center(), 0.38 * self.pitch);
        let width = (0.05 * self.pitch).clamp(1.0, 2.6);
        // Whoever likes all actions alike has no opinion.
        if spot.greedy.len() < all && spot.verdict != Verdict::Kept {
            let grey = Stroke::new(width, self.t.stroke_strong);
            spot.greedy.iter().for_each(|&a| arrow(painter, center, a, reach, grey));
        }
        if spot.found.len() < all {
            let ink =
                if spot.verdict == Verdict::Kept { self.t.text_weak } else { self.t.text_strong };
            let stroke = Stroke::new(width, ink);
            spot.found.iter().for_each(|&a| arrow(painter, center, a, reach, stroke));
        }
        self.mark(painter, rect, spot.verdict);
    }

    /// Colour alone tells nothing: a dot for mended, a cross for spoiled, a ring for wrong.
    fn mark(&self, painter: &Painter, rect: Rect, verdict: Verdict) {
        let Some(ink) = hue(&self.t, verdict) else { return };
        let radius = (0.09 * self.pitch).clamp(1.5, 4.5);
        let at = rect.right_top() + vec2(-2.2 * radius, 2.2 * radius);
        sign(painter, at, radius, verdict, ink);
    }

    fn legend(&self, painter: &Painter, rect: Rect) {
        let y = rect.bottom() - 9.0 * self.points;
        let mut x = rect.left();
        let verdicts = [Verdict::Mended, Verdict::Spoiled, Verdict::Wrong];
        let names = [["search right alone", "search wrong alone", "both wrong"], BRIEF];
        // The first names that fit into the row.
        let wide = |names: &[&str; 3]| {
            let font = theme::small(painter.ctx());
            let one = |name: &&str| {
                text::line(painter, name, font.clone(), self.t.text_weak).size().x
                    + 28.0 * self.points
            };
            names.iter().map(one).sum::<f32>()
        };
        let names = if wide(&names[0]) <= rect.width() { names[0] } else { names[1] };
        for (verdict, words) in verdicts.into_iter().zip(names) {
            let Some(ink) = hue(&self.t, verdict) else { continue };
            sign(painter, pos2(x + 5.0 * self.points, y), 4.0 * self.points, verdict, ink);
            let at = pos2(x + 14.0 * self.points, y);
            let seat = small(painter, at, Align2::LEFT_CENTER, words, self.t.text_weak);
            x = seat.right() + 14.0 * self.points;
        }
    }
}

/// What the marks mean, where there is little room.
const BRIEF: [&str; 3] = ["search right", "search wrong", "both wrong"];

fn sign(painter: &Painter, at: Pos2, radius: f32, verdict: Verdict, ink: Color32) {
    let stroke = Stroke::new(1.6, ink);
    match verdict {
        Verdict::Kept => {}
        Verdict::Mended => {
            painter.circle_filled(at, radius, ink);
        }
        Verdict::Wrong => {
            painter.circle_stroke(at, radius, stroke);
        }
        Verdict::Spoiled => {
            let (a, b) = (vec2(radius, radius), vec2(radius, -radius));
            painter.line_segment([at - a, at + a], stroke);
            painter.line_segment([at - b, at + b], stroke);
        }
    }
}

/// A name, how much, in words, and whether it was imagined.
type Row = (&'static str, f64, String, bool);

fn figures(painter: &Painter, rect: Rect, seen: &Seen<'_>) {
    let ctx = painter.ctx();
    let (t, points) = (theme::tokens(ctx), theme::scale(ctx));
    let gain = seen.gain;
    let block = (rect.height() / 3.0).min(BLOCK * points);
    badge::paint(painter, rect.left_top() + vec2(11.0, 11.0) * points, seen.subject.index);
    let (wrong, mended) = (gain.wrong(), gain.count(Verdict::Mended));
    let spoiled = gain.count(Verdict::Spoiled);
    let after = wrong - mended + spoiled;
    let count = |n: usize| (n as f64, n.to_string());
    let (before, left) = (count(wrong), count(after));
    let head = format!("may go wrong, of {} states", gain.spots.len());
    let rows = [("by value", before.0, before.1, false), ("by search", left.0, left.1, true)];
    pair(painter, rect.with_max_y(rect.top() + block), (&head, 30.0 * points), &rows);
    let error = |name, error: f64, imagined| (name, error, value(error), imagined);
    let rows =
        [error("global", gain.global_error, false), error("search", gain.search_error, true)];
    let second = rect.with_min_y(rect.top() + block).with_max_y(rect.top() + 2.0 * block);
    let head = "root mean square error";
    pair(painter, second, (head, 0.0), &rows);
    let third = rect.with_min_y(rect.top() + 2.0 * block);
    let Some(g) = seen.guidance else {
        let words = "guidance: nothing to guide yet";
        let words = text::elided(painter, words, theme::small(ctx), t.text_weak, rect.width());
        text::place(painter, &words, third.left_top(), Align2::LEFT_TOP);
        return;
    };
    let most = f64::from(g.most);
    let needed = |name, n: Option<f64>| (name, n.unwrap_or(most), simulations(n, g.most), true);
    let rows = [needed("guided", g.with), needed("not guided", g.without)];
    let head = format!("simulations to settle, median of {}", g.states);
    pair(painter, third.with_max_y(third.top() + block), (&head, 0.0), &rows);
}

/// Two bars on one scale under a heading: what is there without looking ahead is grey.
fn pair(painter: &Painter, rect: Rect, (head, indent): (&str, f32), rows: &[Row; 2]) {
    let ctx = painter.ctx();
    let (t, points) = (theme::tokens(ctx), theme::scale(ctx));
    let room = rect.width() - indent;
    let head = text::elided(painter, head, theme::small(ctx), t.text_weak, room);
    let at = rect.left_top() + vec2(indent, 3.0 * points);
    let top = text::place(painter, &head, at, Align2::LEFT_TOP).bottom() + 2.0;
    let line = ((rect.bottom() - top) / 2.0).min(24.0 * points);
    let (left, right) = (rect.left() + 82.0 * points, rect.right() - 88.0 * points);
    let most = rows.iter().map(|row| row.1).fold(1e-12, f64::max);
    for (index, (name, much, words, imagined)) in rows.iter().enumerate() {
        let y = top + (index as f32 + 0.5) * line;
        let name = text::line(painter, name, theme::body(ctx), t.text);
        text::place(painter, &name, pos2(rect.left(), y), Align2::LEFT_CENTER);
        let to = left + (right - left).max(10.0) * (much / most) as f32;
        if *imagined {
            blocks(painter, pos2(left, y), to, 0.4 * line);
        } else {
            let bar = Rect::from_min_max(pos2(left, y - 0.2 * line), pos2(to, y + 0.2 * line));
            painter.rect_filled(bar, CornerRadius::same(1), t.stroke_strong);
        }
        let ink = t.text_strong;
        let words = text::line(painter, words, theme::number(ctx), ink);
        text::place(painter, &words, pos2(to + 8.0 * points, y), Align2::LEFT_CENTER);
    }
}
