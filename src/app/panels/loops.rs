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
    let taught = if run.lane.view.model.is_some() { c.env_steps } else { 0 };
    [c.env_steps, c.real_updates, taught, c.imagined_updates]
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
            let dreams = match run.lane.view.model {
                Some(_) => format!("model learning {model}, planning {planning}"),
                None => without.to_owned(),
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
    let has_model = run.lane.view.model.is_some();
    let area = rect.with_min_y(mark.bottom() + 6.0).with_max_y(rect.bottom() - 26.0 * points);
    let names = ["value", "experience", if has_model { "model" } else { "no model" }];
    let width = |name: &str| {
        let word = text::line(painter, name, theme::body(ctx), t.text);
        (word.size().x + 22.0 * points).min(0.5 * area.width())
    };
    let high = 30.0 * points;
    let [top, right, left] = names.map(|name| vec2(width(name), high));
    // Wide panels keep their triangle together.
    let half = (0.5 * area.width()).min(230.0 * points);
    let x = area.center().x;
    let low = area.bottom() - high / 2.0;
    let value = Rect::from_center_size(pos2(x, area.top() + high / 2.0), top);
    let experience = Rect::from_center_size(pos2(x + half - right.x / 2.0, low), right);
    let model = Rect::from_center_size(pos2(x - half + left.x / 2.0, low), left);
    let numbers = counts(run);
    let arrow = |i: usize, from: Pos2, to: Pos2, at: Pos2, anchor: Align2| {
        let shown = Arrow { from, to, imagined: i == 3, lit: lit[i] };
        shown.paint(painter);
        label(painter, i, numbers[i], at, anchor);
    };
    let gap = APART * points;
    let (down, up) = (experience.center_top() + vec2(gap, 0.0), experience.center_top());
    let (out, back) = (value.right_bottom() - vec2(gap, 0.0), value.right_bottom());
    let middle = |a: Pos2, b: Pos2| a + (b - a) * 0.5;
    arrow(0, back, down, middle(back, down) + vec2(gap, -4.0), Align2::LEFT_CENTER);
    let inner = up - vec2(gap, 0.0);
    arrow(1, inner, out, middle(inner, out) - vec2(gap, -8.0), Align2::RIGHT_CENTER);
    if has_model {
        let (from, to) = (experience.left_center(), model.right_center());
        arrow(2, from, to, pos2(middle(from, to).x, area.bottom() + 4.0), Align2::CENTER_TOP);
        let (from, to) = (model.center_top(), value.left_bottom());
        arrow(3, from, to, middle(from, to) - vec2(gap, 4.0), Align2::RIGHT_CENTER);
    }
    for (name, place, there) in
        [(names[0], value, true), (names[1], experience, true), (names[2], model, has_model)]
    {
        node(painter, place, name, there);
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

struct Arrow {
    from: Pos2,
    to: Pos2,
    imagined: bool,
    lit: bool,
}

impl Arrow {
    fn paint(&self, painter: &Painter) {
        let t = theme::tokens(painter.ctx());
        let points = theme::scale(painter.ctx());
        let hue = if self.imagined { t.imagined } else { t.real };
        let (ink, width) = if self.lit { (hue, 2.6) } else { (t.stroke_strong, 1.4) };
        let along = (self.to - self.from).normalized();
        let tip = self.to - along * 2.0;
        let neck = tip - along * 9.0 * points;
        let stroke = Stroke::new(width, ink);
        match self.imagined {
            true => dashes::paint(painter, &[self.from, neck], stroke, dashes::ON, dashes::OFF),
            false => {
                painter.line_segment([self.from, neck], stroke);
            }
        }
        let side = along.rot90() * 4.5 * points;
        let head = vec![tip, neck + side, neck - side];
        painter.add(egui::Shape::convex_polygon(head, ink, Stroke::NONE));
    }
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
