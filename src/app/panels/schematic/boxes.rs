//! Boxes, arrows and meters of the diagram, and the places in it that can be clicked.

use egui::{
    Align2, Color32, CornerRadius, Painter, Pos2, Rect, Role, Sense, Shape, Stroke, StrokeKind,
    Vec2, WidgetInfo, pos2, vec2,
};

use super::diagram::{Canvas, What};
use crate::app::theme;
use crate::app::widgets::{dashes, focus, text};
use crate::app::words::value;
use crate::probes::consistency::BLOCKS;
use crate::probes::truth::Truth;

/// Side of what can be clicked at the middle of an arrow, in points before the text scale.
const GATE: f32 = 26.0;

impl Canvas<'_, '_> {
    pub(super) fn number(&self, rect: Rect, words: &str, ink: Color32) {
        let font = theme::code_medium(self.ui.ctx());
        let room = rect.width() - 4.0;
        let line = text::elided(self.painter, words, font, ink, room);
        text::place(self.painter, &line, rect.center(), Align2::CENTER_CENTER);
    }

    /// A function: filled where it is trained.
    pub(super) fn block(&mut self, what: What, k: usize, rect: Rect, words: &str) {
        let trained = what.is_on(self.row.wiring);
        let corner = CornerRadius::same(6);
        let (line, ink) = self.hue();
        if trained {
            self.painter.rect_filled(rect, corner, self.faint());
        }
        let edge = if trained { line } else { self.t.stroke_strong };
        match self.row.real {
            Some(_) => {
                let stroke = Stroke::new(1.2, edge);
                self.painter.rect_stroke(rect, corner, stroke, StrokeKind::Inside);
            }
            None => dashes::paint_box(self.painter, rect, corner, Stroke::new(1.2, edge)),
        }
        self.number(rect, words, ink);
        self.touch(what, k, rect);
    }

    /// A reward with as many digits as there is room for.
    pub(super) fn reward(&self, reward: f64, width: f32) -> String {
        let wide = |words: &String| {
            let font = theme::code_medium(self.ui.ctx());
            let line = text::line(self.painter, words, font, Color32::PLACEHOLDER);
            line.size().x <= width - 4.0
        };
        let short = format!("r̂ {reward:.2}").replace('-', "−");
        let bare = short.trim_start_matches("r̂ ").to_owned();
        let tries = [format!("r̂ {}", value(reward)), short];
        tries.into_iter().find(wide).unwrap_or(bare)
    }

    /// Where the rollout is: the likeliest state and how sure that is.
    pub(super) fn state(&self, rect: Rect, k: usize, truth: &Truth) {
        if self.row.latent {
            self.number(rect, &format!("ẑ, k = {k}"), self.t.text_weak);
            return;
        }
        let Some(z) = self.row.numbers.states.get(k) else { return };
        let likeliest = (0..z.len()).max_by(|&a, &b| z[a].total_cmp(&z[b])).unwrap_or(0);
        let name = truth.state_name(likeliest as u32);
        let words = match z.get(likeliest).copied().unwrap_or(0.0) {
            p if p <= 0.0 => "ended".to_owned(),
            p if p >= 0.9995 => name,
            p => format!("{name} {:.0} %", 100.0 * p),
        };
        self.number(rect, &words, self.t.text);
    }

    /// An arrow that carries numbers alone.
    pub(super) fn plain(&self, path: [Pos2; 2]) {
        head(self.painter, path, Stroke::new(1.2, self.t.stroke_strong), false, self.points);
    }

    /// An arrow against which a gradient flows, or is stopped by a bar.
    pub(super) fn arrow(&mut self, what: What, k: usize, path: [Pos2; 2]) {
        let open = what.is_on(self.row.wiring);
        let line = if open { self.hue().0 } else { self.t.stroke_strong };
        let stroke = Stroke::new(if open { 2.4 } else { 1.4 }, line);
        head(self.painter, path, stroke, self.row.real.is_none() && open, self.points);
        let middle = path[0] + (path[1] - path[0]) * 0.5;
        if !open {
            let across = (path[1] - path[0]).normalized().rot90() * 8.0 * self.points;
            let bar = [middle - across, middle + across];
            self.painter.line_segment(bar, Stroke::new(3.0, self.t.text_strong));
        }
        self.touch(what, k, Rect::from_center_size(middle, Vec2::splat(GATE * self.points)));
    }

    /// A place that can be clicked and reached by keyboard.
    fn touch(&mut self, what: What, k: usize, rect: Rect) {
        if !self.live {
            return;
        }
        let id = self.ui.scope_id().with(("wire", what as usize, k));
        let hit = self.ui.interact(rect, id, Sense::click());
        if hit.hovered() {
            let edge = Stroke::new(1.0, self.t.text_weak);
            let corner = CornerRadius::same(6);
            self.painter.rect_stroke(rect.expand(2.0), corner, edge, StrokeKind::Outside);
        }
        focus::ring(self.ui, &hit, rect, 6.0);
        let on = what.is_on(self.row.wiring);
        let name = format!("{}, k = {k}", what.name());
        hit.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, on, &name));
        if hit.clicked() {
            self.clicked = Some(what);
        }
        let now = match (what, on) {
            (What::Value | What::Reward | What::Dynamics, true) => "trained; click to leave it",
            (What::Value | What::Reward | What::Dynamics, false) => "left as it is; click to train",
            (_, true) => "open; click to stop it",
            (_, false) => "stopped; click to open it",
        };
        hit.on_hover_text(format!("{}: {now}", what.name()));
    }

    /// How far each block moved.
    pub(super) fn meters(&self, rect: Rect) {
        let line = (rect.height() / 4.0).min(24.0 * self.points);
        let most = self.row.moved.iter().copied().fold(1e-12, f64::max);
        let what = if self.row.latent { "length of gradient" } else { "how far it moved" };
        self.small(what, rect.left_top(), Align2::LEFT_TOP, self.t.text_weak);
        for (place, (name, moved)) in BLOCKS.iter().zip(self.row.moved).rev().enumerate() {
            let y = rect.top() + (place as f32 + 1.5) * line;
            self.small(name, pos2(rect.left(), y), Align2::LEFT_CENTER, self.t.text);
            let left = rect.left() + 64.0 * self.points;
            let full = (rect.right() - left - 58.0 * self.points).max(8.0);
            let bar = Rect::from_min_size(pos2(left, y - 3.0), vec2(full, 6.0));
            self.painter.rect_filled(bar, 2.0, self.t.elev);
            let part = full * (moved / most) as f32;
            if moved > 0.0 {
                let filled = bar.with_max_x(left + part.max(2.0));
                self.painter.rect_filled(filled, 2.0, self.hue().0);
            }
            let ink = if moved == 0.0 { self.t.text_weak } else { self.hue().1 };
            let font = theme::code_medium(self.ui.ctx());
            let number = text::line(self.painter, &value(moved), font, ink);
            text::place(self.painter, &number, pos2(rect.right(), y), Align2::RIGHT_CENTER);
        }
    }
}

/// A line with a head at its end, dashed where it is imagined.
fn head(painter: &Painter, [from, to]: [Pos2; 2], stroke: Stroke, dashed: bool, points: f32) {
    let along = (to - from).normalized();
    let neck = to - along * 7.0 * points;
    match dashed {
        true => dashes::paint(painter, &[from, neck], stroke, 5.0, 3.4),
        false => {
            painter.line_segment([from, neck], stroke);
        }
    }
    let side = along.rot90() * 3.6 * points;
    let corners = vec![to, neck + side, neck - side];
    painter.add(Shape::convex_polygon(corners, stroke.color, Stroke::NONE));
}
