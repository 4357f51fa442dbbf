//! A key cap, for shortcuts beside what they do.

use egui::{Align2, CornerRadius, Painter, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind};
use egui::{Ui, Vec2, WidgetInfo, vec2};

use super::text;
use crate::app::theme;

/// Size of a chip for `key` in points.
pub fn size(painter: &Painter, key: &str) -> Vec2 {
    let ctx = painter.ctx();
    let font = egui::FontId::new(theme::small(ctx).size, egui::FontFamily::Monospace);
    let galley = text::line(painter, key, font, theme::tokens(ctx).text);
    galley.size() + vec2(12.0, 4.0) * theme::scale(ctx)
}

/// A chip as a widget of its own.
pub fn key_chip(ui: &mut Ui, key: &str) -> Response {
    let (rect, response) = ui.allocate_exact_size(size(ui.painter(), key), Sense::hover());
    paint(ui.painter(), rect.left_center(), key);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("key {key}")));
    response
}

/// Paints a chip whose left edge has its middle at `left`.
pub fn paint(painter: &Painter, left: Pos2, key: &str) -> Rect {
    let ctx = painter.ctx();
    let t = theme::tokens(ctx);
    let rect = Align2::LEFT_CENTER.anchor_size(left, size(painter, key));
    let corner = CornerRadius::same(5);
    painter.rect_filled(rect, corner, t.elev);
    painter.rect_stroke(rect, corner, Stroke::new(1.0, t.stroke_strong), StrokeKind::Inside);
    let font = egui::FontId::new(theme::small(ctx).size, egui::FontFamily::Monospace);
    let galley = text::line(painter, key, font, t.text);
    text::place(painter, &galley, rect.center(), Align2::CENTER_CENTER);
    rect
}
