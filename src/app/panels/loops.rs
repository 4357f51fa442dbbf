//! The loop of each run, alive: acting makes experience, experience teaches value and model, the
//! model teaches value. An arrow lights up when its counter grows.

use std::sync::Arc;

use egui::{Align2, CornerRadius, Painter, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2};
use egui::{WidgetInfo, pos2, vec2};

use super::{Cx, Panel, PanelId, framed};
use crate::app::theme;
use crate::app::widgets::number::grouped;
use crate::app::widgets::{badge, dashes, text};
use crate::experiment::cohort::LaneView;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};

/// Number of arrows.
const ARROWS: usize = 4;
/// What the arrows mean, in the order of [`counts`].
const NAMES: [&str; ARROWS] = ["acting", "learning", "model learning", "planning"];
/// Gap between two arrows that run side by side, in points before the text scale.
const APART: f32 = 7.0;

/// The panel.
#[derive(Default)]
pub struct Loops {
    runs: Vec<Memory>,
}

/// What was counted before, so that growth can be seen.
#[derive(Default)]
struct Memory {
    seen: Option<Arc<LaneView>>,
    counts: [u64; ARROWS],
    lit: [bool; ARROWS],
}

impl Memory {
    fn update(&mut self, run: &RunSnapshot) {
        if self.seen.as_ref().is_some_and(|seen| Arc::ptr_eq(seen, &run.lane)) {
            return;
        }
        let counts = counts(run);
        // Going back in time is no work.
        self.lit = std::array::from_fn(|i| counts[i] > self.counts[i]);
        self.counts = counts;
        self.seen = Some(run.lane.clone());
    }
}

/// What went along each arrow: real steps taken, real updates of the value, real steps that taught
/// the model, imagined updates of the value.
fn counts(run: &RunSnapshot) -> [u64; ARROWS] {
    let c = &run.lane.counters;
    let taught = if has_model(run) { c.env_steps } else { 0 };
    // One update of networks may go down a real and an imagined loss at once.
    let dreams = run.lane.view.muzero.as_ref().map_or(0, |view| view.course.dreams());
    [c.env_steps, c.real_updates, taught, c.imagined_updates.max(dreams)]
}

fn has_model(run: &RunSnapshot) -> bool {
    let view = &run.lane.view;
    view.model.is_some() || view.consistent.is_some() || view.muzero.is_some()
}

impl Panel for Loops {
    fn title(&self) -> &'static str {
        "The loop of learning"
    }

    fn question(&self) -> &'static str {
        "Where does each value come from?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let mut runs = std::mem::take(&mut self.runs);
        framed(self, PanelId::Loops, ui, cx, |ui, cx| {
            runs.resize_with(cx.snapshot.runs.len(), Memory::default);
            let (response, painter) = ui.allocate_painter(ui.available_size(), Sense::hover());
            let spoken = Self::default().text(cx.snapshot);
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
            let count = runs.len();
            let rows = if count > 3 { 2 } else { 1 };
            let columns = count.div_ceil(rows);
            let size = response.rect.size() / vec2(columns as f32, rows as f32);
            for (index, memory) in runs.iter_mut().enumerate() {
                let run = &cx.snapshot.runs[index];
                memory.update(run);
                let place = vec2((index % columns) as f32, (index / columns) as f32);
                let rect = Rect::from_min_size(response.rect.min + place * size, size);
                diagram(&painter, rect.shrink(6.0), index, run, memory.lit);
            }
        });
        self.runs = runs;
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let line = |run: &RunSnapshot| {
            let [acting, learning, model, planning] = counts(run).map(grouped);
            let without = "no model";
            let dreams = match has_model(run) {
                true => format!("model learning {model}, planning {planning}"),
                false => without.to_owned(),
            };
            format!("{} {}: acting {acting}, learning {learning}, {dreams}\n", run.letter, run.name)
        };
        snapshot.runs.iter().map(line).collect()
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,acting,learning,model_learning,planning\n".to_owned();
        for run in &snapshot.runs {
            let [acting, learning, model, planning] = counts(run);
            csv += &format!("{},{acting},{learning},{model},{planning}\n", run.letter);
        }
        csv
    }
}

/// One run: three boxes and the arrows between them.
fn diagram(painter: &Painter, rect: Rect, index: usize, run: &RunSnapshot, lit: [bool; ARROWS]) {
    let ctx = painter.ctx();
    let (t, points) = (theme::tokens(ctx), theme::scale(ctx));
    let mark = badge::paint(painter, rect.left_top() + Vec2::splat(11.0 * points), index);
    let room = rect.right() - mark.right() - 8.0;
    let name = text::elided(painter, &run.name, theme::body_strong(ctx), t.text_strong, room);
    text::place(painter, &name, mark.right_center() + vec2(8.0, 0.0), Align2::LEFT_CENTER);
    let has_model = has_model(run);
    let area = rect.with_min_y(mark.bottom() + 6.0).with_max_y(rect.bottom() - 26.0 * points);
    let model = if has_model { "model" } else { "no model" };
    let seats = Seats::of(painter, area, ["value", "experience", model]);
    let numbers = counts(run);
    for (i, way) in seats.ways().into_iter().enumerate() {
        if i < 2 || has_model {
            arrow(painter, &way.path, i == 3, lit[i]);
            label(painter, i, numbers[i], way.at, way.anchor);
        }
    }
    node(painter, seats.value, "value", true);
    node(painter, seats.experience, "experience", true);
    node(painter, seats.model, model, has_model);
}

/// Where the boxes stand: a triangle, or a row where there is no height for one.
struct Seats {
    value: Rect,
    experience: Rect,
    model: Rect,
    /// Lowest line for labels.
    bottom: f32,
    gap: f32,
    level: bool,
}

/// The way of an arrow, and where its label stands.
struct Way {
    path: Vec<Pos2>,
    at: Pos2,
    anchor: Align2,
}

impl Seats {
    fn of(painter: &Painter, area: Rect, names: [&str; 3]) -> Self {
        let (ctx, points) = (painter.ctx(), theme::scale(painter.ctx()));
        let high = 30.0 * points;
        let [top, right, left] = names.map(|name| {
            let word = text::line(painter, name, theme::body(ctx), theme::tokens(ctx).text);
            vec2((word.size().x + 22.0 * points).min(0.5 * area.width()), high)
        });
        // Wide panels keep their triangle together.
        let half = (0.5 * area.width()).min(230.0 * points);
        let x = area.center().x;
        let level = area.height() < 120.0 * points;
        let above = if level { 20.0 * points } else { 0.0 };
        let first = area.top() + above + high / 2.0;
        let low = if level { first } else { area.bottom() - high / 2.0 };
        Self {
            value: Rect::from_center_size(pos2(x, first), top),
            experience: Rect::from_center_size(pos2(x + half - right.x / 2.0, low), right),
            model: Rect::from_center_size(pos2(x - half + left.x / 2.0, low), left),
            bottom: area.bottom(),
            gap: APART * points,
            level,
        }
    }

    /// Acting, learning, model learning, planning.
    fn ways(&self) -> [Way; ARROWS] {
        if self.level { self.in_a_row() } else { self.in_a_triangle() }
    }

    fn in_a_triangle(&self) -> [Way; ARROWS] {
        let (value, experience, model, gap) = (self.value, self.experience, self.model, self.gap);
        let straight = |from: Pos2, to: Pos2, aside: Vec2, anchor: Align2| Way {
            path: vec![from, to],
            at: from + (to - from) * 0.5 + aside,
            anchor,
        };
        let (down, up) = (experience.center_top() + vec2(gap, 0.0), experience.center_top());
        let (out, back) = (value.right_bottom() - vec2(gap, 0.0), value.right_bottom());
        let below = self.bottom + 4.0 - experience.center().y;
        [
            straight(back, down, vec2(gap, -4.0), Align2::LEFT_CENTER),
            straight(up - vec2(gap, 0.0), out, vec2(-gap, 8.0), Align2::RIGHT_CENTER),
            straight(
                experience.left_center(),
                model.right_center(),
                vec2(0.0, below),
                Align2::CENTER_TOP,
            ),
            straight(
                model.center_top(),
                value.left_bottom(),
                vec2(-gap, -4.0),
                Align2::RIGHT_CENTER,
            ),
        ]
    }

    fn in_a_row(&self) -> [Way; ARROWS] {
        let (value, experience, model) = (self.value, self.experience, self.model);
        let aside = vec2(0.0, 0.8 * self.gap);
        let over = value.top() - 3.0 * self.gap;
        let under = value.bottom() + 3.4 * self.gap;
        let way = |path: Vec<Pos2>, y: f32| {
            let x = (path[0].x + path[path.len() - 1].x) / 2.0;
            Way { path, at: pos2(x, y), anchor: Align2::CENTER_TOP }
        };
        let (near, far) = (value.right_center(), experience.left_center());
        let corners = [experience.center().x, model.center().x].map(|x| pos2(x, under));
        [
            way(vec![near - aside, far - aside], over),
            way(vec![far + aside, near + aside], value.bottom() - 0.6 * self.gap),
            way(
                vec![experience.center_bottom(), corners[0], corners[1], model.center_bottom()],
                under + 2.0,
            ),
            way(vec![model.right_center(), value.left_center()], over),
        ]
    }
}

/// A box with its name.
fn node(painter: &Painter, rect: Rect, name: &str, there: bool) {
    let t = theme::tokens(painter.ctx());
    let (edge, ink) =
        if there { (t.stroke_strong, t.text_strong) } else { (t.stroke, t.text_weak) };
    let corner = CornerRadius::same(8);
    painter.rect(rect, corner, t.elev, Stroke::new(1.0, edge), StrokeKind::Inside);
    let font = theme::body(painter.ctx());
    let word = text::elided(painter, name, font, ink, rect.width() - 8.0);
    text::place(painter, &word, rect.center(), Align2::CENTER_CENTER);
}

/// An arrow along `path`, solid where it is real.
fn arrow(painter: &Painter, path: &[Pos2], imagined: bool, lit: bool) {
    let t = theme::tokens(painter.ctx());
    let points = theme::scale(painter.ctx());
    let hue = if imagined { t.imagined } else { t.real };
    let (ink, width) = if lit { (hue, 2.6) } else { (t.stroke_strong, 1.4) };
    let &[.., before, end] = path else {
        return;
    };
    let along = (end - before).normalized();
    let tip = end - along * 2.0;
    let neck = tip - along * 9.0 * points;
    let stroke = Stroke::new(width, ink);
    let line: Vec<Pos2> = path[..path.len() - 1].iter().copied().chain([neck]).collect();
    match imagined {
        true => dashes::paint(painter, &line, stroke, dashes::ON, dashes::OFF),
        false => {
            painter.line(line, stroke);
        }
    }
    let side = along.rot90() * 4.5 * points;
    let head = vec![tip, neck + side, neck - side];
    painter.add(egui::Shape::convex_polygon(head, ink, Stroke::NONE));
}

/// What an arrow means and how often it was gone: in one line below a level arrow, else in two.
fn label(painter: &Painter, index: usize, count: u64, at: Pos2, anchor: Align2) {
    let ctx = painter.ctx();
    let t = theme::tokens(ctx);
    let ink = if index == 3 { t.imagined_text } else { t.real_text };
    let name = text::line(painter, NAMES[index], theme::small(ctx), t.text_weak);
    let number = text::line(painter, &grouped(count), theme::number(ctx), ink);
    if anchor.x() == egui::Align::Center {
        let left = at.x - (name.size().x + 6.0 + number.size().x) / 2.0;
        let baseline = at.y + text::ascent(&number);
        let shown = text::place_on(painter, &name, left, baseline);
        text::place_on(painter, &number, shown.right() + 6.0, baseline);
        return;
    }
    let size = vec2(name.size().x.max(number.size().x), name.size().y + number.size().y);
    let rect = anchor.anchor_size(at, size);
    let (x, side) = match anchor.x() {
        egui::Align::Max => (rect.right(), Align2::RIGHT_TOP),
        _ => (rect.left(), Align2::LEFT_TOP),
    };
    // An arrow that passes must not cross the words out.
    painter.rect_filled(rect.expand2(vec2(2.0, 0.0)), 2.0, t.panel);
    text::place(painter, &name, pos2(x, rect.top()), side);
    text::place(painter, &number, pos2(x, rect.top() + name.size().y), side);
}
