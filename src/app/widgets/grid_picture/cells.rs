//! Squares of the grid: values, walls, and the outlines of special cells.

use egui::{
    Align2, Color32, ColorImage, Id, Rect, Shape, Stroke, StrokeKind, TextureOptions, pos2,
};

use super::{Canvas, CellKind, beside};
use crate::app::{icons, theme};

/// All fills: one rectangle a cell, or one texture when there are many.
pub(super) fn paint(canvas: &Canvas<'_>, id: Id) {
    if canvas.layout.dense {
        paint_texture(canvas, id);
        return;
    }
    let radius = if canvas.layout.pitch < 10.0 { 1 } else { 3 };
    let frame = Stroke::new(1.0, canvas.tokens.stroke);
    for index in 0..canvas.layout.cols * canvas.layout.rows {
        let (rect, fill) = (canvas.layout.cell(index), canvas.fill(index));
        let blank = canvas.kind(index) != CellKind::Wall && canvas.value(index).is_none();
        if blank {
            // No news is the panel with a frame, never the lowest colour.
            canvas.painter.rect(rect, radius, fill, frame, StrokeKind::Inside);
        } else {
            canvas.painter.rect_filled(rect, radius, fill);
        }
    }
}

/// The fills as one image, uploaded only when a colour changes.
fn paint_texture(canvas: &Canvas<'_>, id: Id) {
    let layout = &canvas.layout;
    let pixels = (0..layout.cols * layout.rows).map(|index| canvas.fill(index)).collect();
    let image = ColorImage::new([layout.cols, layout.rows], pixels);
    let texture = canvas.painter.ctx().load_texture_cached(
        "grid picture",
        id.with("cells"),
        image,
        TextureOptions::NEAREST,
    );
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    // White as a tint leaves the colours of the image as they are.
    canvas.painter.image(texture.id(), layout.rect, whole, Color32::WHITE);
    let frame = Stroke::new(1.0, canvas.tokens.stroke);
    canvas.painter.rect_stroke(layout.rect, 0, frame, StrokeKind::Outside);
}

/// Start, goal, pits and rewards.
pub(super) fn paint_kinds(canvas: &Canvas<'_>) {
    for (index, kind) in canvas.picture.cells.iter().enumerate() {
        if index >= canvas.layout.cols * canvas.layout.rows {
            break;
        }
        match kind {
            CellKind::Start => outline(canvas, index),
            CellKind::Goal => {
                outline(canvas, index);
                flag(canvas, index);
            }
            CellKind::Pit => pit(canvas, index),
            CellKind::Reward(reward) => paint_reward(canvas, index, *reward),
            CellKind::Free | CellKind::Wall => {}
        }
    }
}

/// The strong frame of start and goal.
fn outline(canvas: &Canvas<'_>, index: usize) {
    let width = (canvas.layout.pitch * 0.05).clamp(1.5, 2.5);
    let stroke = Stroke::new(width, canvas.tokens.text_strong);
    let radius = if canvas.layout.detailed() && !canvas.layout.dense { 4 } else { 0 };
    let rect = canvas.layout.cell(index);
    canvas.painter.rect_stroke(rect, radius, stroke, StrokeKind::Inside);
}

/// The chequered flag of the goal, or a filled core where a flag would be a blot.
fn flag(canvas: &Canvas<'_>, index: usize) {
    let rect = canvas.layout.cell(index);
    if canvas.layout.pitch < 16.0 {
        canvas.painter.rect_filled(rect.shrink(rect.width() * 0.3), 0, canvas.tokens.text_strong);
        return;
    }
    let mut font = theme::icon_fill(canvas.painter.ctx(), 18.0);
    font.size = (canvas.layout.pitch * 0.5).round();
    canvas.painter.text(
        rect.center(),
        Align2::CENTER_CENTER,
        icons::GOAL,
        font,
        canvas.tokens.text_strong,
    );
}

/// A cross on an empty cell: here an episode ends badly.
fn pit(canvas: &Canvas<'_>, index: usize) {
    let rect = canvas.layout.cell(index);
    let arm = rect.width() * 0.24;
    let stroke = Stroke::new((canvas.layout.pitch * 0.07).clamp(1.5, 3.0), canvas.tokens.text_weak);
    for slope in [1.0, -1.0] {
        let reach = egui::vec2(arm, slope * arm);
        canvas.painter.line_segment([rect.center() - reach, rect.center() + reach], stroke);
    }
}

/// What a cell pays, in its upper left corner; where there is no room for the number, a lozenge,
/// hollow for a penalty.
fn paint_reward(canvas: &Canvas<'_>, index: usize, reward: f32) {
    let (rect, pitch) = (canvas.layout.cell(index), canvas.layout.pitch);
    let ink = theme::arrow_ink(canvas.fill(index));
    let font = theme::small(canvas.painter.ctx());
    let sign = if reward < 0.0 { "\u{2212}" } else { "+" };
    let text = format!("{sign}{}", reward.abs());
    let galley = canvas.painter.layout_no_wrap(text, font, ink);
    if galley.size().x + 6.0 <= rect.width() && 2.6 * galley.size().y <= rect.height() {
        canvas.painter.galley(rect.min + egui::vec2(4.0, 1.0), galley, ink);
        return;
    }
    let (center, size) = (beside(rect.center(), pitch, -0.28, -0.28), 0.12 * pitch);
    let corners = [(0.0, -size), (size, 0.0), (0.0, size), (-size, 0.0)];
    let corners = corners.map(|(x, y)| center + egui::vec2(x, y)).to_vec();
    let fill = if reward < 0.0 { Color32::TRANSPARENT } else { ink };
    canvas.painter.add(Shape::convex_polygon(corners, fill, Stroke::new(1.5, ink)));
}

/// The cell under the pointer, the one the keyboard draws on, and the one under inspection.
pub(super) fn paint_outlines(canvas: &Canvas<'_>, hovered: Option<usize>) {
    let radius = if canvas.layout.detailed() && !canvas.layout.dense { 4 } else { 0 };
    if let Some(index) = hovered.filter(|index| Some(*index) != canvas.picture.selected) {
        let stroke = Stroke::new(1.5, canvas.tokens.text_strong.gamma_multiply(0.7));
        let rect = canvas.layout.cell(index);
        canvas.painter.rect_stroke(rect, radius, stroke, StrokeKind::Outside);
    }
    if let Some(index) = canvas.picture.cursor {
        let rect = canvas.layout.cell(index);
        let casing = Stroke::new(5.0, canvas.tokens.casing);
        let stroke = Stroke::new(2.5, canvas.tokens.text_strong);
        for stroke in [casing, stroke] {
            canvas.painter.rect_stroke(rect.shrink(3.0), 0, stroke, StrokeKind::Middle);
        }
    }
    if let Some(index) = canvas.picture.selected {
        let rect = canvas.layout.cell(index);
        let casing = Stroke::new(4.0, canvas.tokens.casing);
        let stroke = Stroke::new(2.0, canvas.tokens.accent);
        canvas.painter.rect_stroke(rect.expand(1.0), radius, casing, StrokeKind::Middle);
        canvas.painter.rect_stroke(rect.expand(1.0), radius, stroke, StrokeKind::Middle);
    }
}
