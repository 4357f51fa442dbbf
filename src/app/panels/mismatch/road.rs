//! The driver's view: the hiker and the clouds as they are after a step, and as the model of the
//! selected run says that they will be.

use egui::{Align2, Color32, CornerRadius, Painter, Pos2, Rect, Stroke, Ui, pos2, vec2};

use crate::app::panels::Cx;
use crate::app::panels::fit::view;
use crate::app::theme::{self, Tokens};
use crate::app::widgets::{badge, dashes, text};

/// A number of the state that is this large is at the edge of the picture.
const REACH: f64 = 3.0;

/// Where things are in the picture.
struct Field {
    rect: Rect,
    /// The kerb.
    ground: f32,
    /// How far clouds go at most.
    widest: f64,
}

impl Field {
    /// The hiker: along the kerb by place, away from it by speed.
    fn hiker(&self, at: &[f64]) -> Pos2 {
        let x = (at[0] / REACH).clamp(-1.0, 1.0) as f32;
        pos2(self.rect.center().x + 0.46 * self.rect.width() * x, self.ground)
    }

    /// Cloud `k` of `n`: it circles in a place of its own in the sky.
    fn cloud(&self, k: usize, n: usize, at: &[f64]) -> Pos2 {
        let sky = Rect::from_min_max(self.rect.min, pos2(self.rect.right(), self.ground - 44.0));
        let seat = sky.width() / n.max(1) as f32;
        let center = pos2(sky.left() + (k as f32 + 0.5) * seat, sky.center().y);
        let room = 0.3 * seat.min(sky.height());
        let part = |x: f64| (x / self.widest).clamp(-1.2, 1.2) as f32 * room;
        center + vec2(part(at[2 + 2 * k]), -part(at[3 + 2 * k]))
    }
}

/// Draws it into `rect`.
pub fn picture(ui: &Ui, rect: Rect, cx: &Cx<'_>) {
    let s = cx.snapshot;
    let fits = |index: &usize| s.runs.get(*index).is_some_and(|run| view(run).is_some());
    let chosen = Some(cx.view.run).filter(fits).or_else(|| (0..s.runs.len()).find(fits));
    let Some(index) = chosen else { return };
    let Some((_, real, said)) = view(&s.runs[index]).and_then(|view| view.newest.as_ref()) else {
        return;
    };
    let real: Vec<f64> = real.iter().map(|&x| f64::from(x)).collect();
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    let widest = real.iter().skip(2).fold(1.0_f64, |most, x| most.max(x.abs()));
    // What it is stands above the sky.
    let below = rect.with_min_y(rect.top() + 24.0 * points);
    let field = Field { rect: below, ground: rect.bottom() - 0.34 * rect.height(), widest };
    ground(&painter, &field, &t);
    let clouds = (real.len() - 2) / 2;
    let puff = |at: Pos2, size: f32, ink: Color32| {
        for (dx, dy, r) in [(-0.7, 0.1, 0.7), (0.0, -0.2, 1.0), (0.75, 0.1, 0.75)] {
            painter.circle_filled(at + vec2(dx, dy) * size, r * size, ink);
        }
    };
    for k in 0..clouds {
        let size = (11.0 * points).min(0.08 * rect.width() / clouds as f32 * 2.0).max(4.0);
        let (was, will) = (field.cloud(k, clouds, &real), field.cloud(k, clouds, said));
        ring(&painter, will, 1.5 * size, &t);
        puff(was, size, t.real.gamma_multiply(0.75));
        painter.line_segment([was, will], Stroke::new(1.0, t.text_weak));
    }
    let (was, will) = (field.hiker(&real), field.hiker(said));
    hiker(&painter, will, points, None, &t);
    hiker(&painter, was, points, Some(t.real), &t);
    let mark = badge::paint(&painter, rect.min + vec2(11.0, 11.0) * points, index);
    let words = [
        "after one step: real, and as predicted (dashed)",
        "real, and as predicted (dashed)",
        "dashed: predicted",
    ];
    let room = rect.right() - mark.right() - 8.0;
    let line = text::fitted(&painter, &words, &theme::small(ui.ctx()), t.text_weak, room);
    text::place(&painter, &line, mark.right_center() + vec2(8.0, 0.0), Align2::LEFT_CENTER);
}

/// The road with the car on it.
fn ground(painter: &Painter, field: &Field, t: &Tokens) {
    let rect = field.rect;
    let road = Rect::from_min_max(pos2(rect.left(), field.ground + 6.0), rect.max);
    painter.rect_filled(road, CornerRadius::same(3), t.elev);
    let edge = [road.left_top(), road.right_top()];
    painter.line_segment(edge, Stroke::new(2.0, t.stroke_strong));
    let middle = road.center();
    // A car is longer than high, whatever the panel.
    let high = (0.3 * road.height()).min(0.07 * rect.width());
    let long = (0.2 * rect.width()).min(4.0 * high);
    let body = Rect::from_center_size(middle, vec2(long, high));
    painter.rect_filled(body, CornerRadius::same(5), t.stroke_strong);
    let roof = Rect::from_center_size(
        body.center_top() - vec2(0.0, 0.3 * body.height()),
        vec2(0.55 * body.width(), 0.7 * body.height()),
    );
    painter.rect_filled(roof, CornerRadius::same(5), t.stroke_strong);
    for x in [-0.3, 0.3] {
        let wheel = body.center_bottom() + vec2(x * body.width(), 0.0);
        painter.circle(wheel, 0.28 * body.height(), t.panel, Stroke::new(2.0, t.text_weak));
    }
}

/// A hiker who stands at `foot`: filled if real, dashed if only predicted.
fn hiker(painter: &Painter, foot: Pos2, points: f32, real: Option<Color32>, t: &Tokens) {
    let high = 30.0 * points;
    let body =
        Rect::from_min_max(foot - vec2(5.0 * points, 0.62 * high), foot + vec2(5.0 * points, 0.0));
    let head = foot - vec2(0.0, 0.82 * high);
    match real {
        Some(ink) => {
            painter.rect_filled(body, CornerRadius::same(4), ink);
            painter.circle_filled(head, 5.5 * points, ink);
        }
        None => {
            painter.rect_filled(body, CornerRadius::same(4), t.imagined.gamma_multiply(0.32));
            dashes::paint_box(painter, body, CornerRadius::same(4), Stroke::new(1.6, t.imagined));
            ring(painter, head, 5.5 * points, t);
        }
    }
}

/// A dashed circle.
fn ring(painter: &Painter, at: Pos2, radius: f32, t: &Tokens) {
    painter.circle_filled(at, radius, t.imagined.gamma_multiply(0.2));
    let turn = |i: usize| std::f32::consts::TAU * i as f32 / 24.0;
    let path: Vec<Pos2> =
        (0..=24).map(|i| at + radius * vec2(turn(i).cos(), turn(i).sin())).collect();
    dashes::paint(painter, &path, Stroke::new(1.6, t.imagined), 5.0, 3.4);
}
