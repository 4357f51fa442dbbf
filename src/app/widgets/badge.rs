//! The letter badge of a run: colour alone never identifies a run, the letter does.

use egui::{
    Align2, CornerRadius, Painter, Pos2, Rect, Response, Role, Sense, Ui, Vec2, WidgetInfo,
};

use super::text;
use crate::app::theme;

/// Side of a badge in points, before the text scale.
pub const SIDE: f32 = 22.0;

/// The letter of a run: 0 is A. More than 26 runs never share a screen, so letters start over.
pub fn letter(run: usize) -> char {
    char::from(b'A' + (run % 26) as u8)
}

/// A rounded square badge as a widget of its own.
pub fn badge(ui: &mut Ui, run: usize) -> Response {
    let side = SIDE * theme::scale(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(side), Sense::hover());
    paint(ui.painter(), rect.center(), run);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Run {}", letter(run))));
    response
}

/// Paints a rounded square badge around `center`: on tiles, at curves, in tables.
pub fn paint(painter: &Painter, center: Pos2, run: usize) -> Rect {
    paint_shape(painter, center, run, SIDE, 5.0)
}

/// Paints a small rounded square badge, where two lie above each other.
pub fn paint_small(painter: &Painter, center: Pos2, run: usize) -> Rect {
    paint_shape(painter, center, run, 0.58 * SIDE, 3.0)
}

/// Paints a round badge, for points of a slope chart.
pub fn paint_round(painter: &Painter, center: Pos2, run: usize) -> Rect {
    paint_shape(painter, center, run, SIDE, SIDE / 2.0)
}

fn paint_shape(painter: &Painter, center: Pos2, run: usize, side: f32, radius: f32) -> Rect {
    let ctx = painter.ctx();
    let (t, scale) = (theme::tokens(ctx), theme::scale(ctx));
    let rect = Rect::from_center_size(center, Vec2::splat(side * scale));
    painter.rect_filled(rect, CornerRadius::same((radius * scale) as u8), t.run(run));
    let glyph = letter(run).to_string();
    let mut font = theme::tick_strong(ctx);
    font.size *= (side / SIDE).max(0.75);
    let galley = text::line(painter, &glyph, font, t.bg);
    text::place(painter, &galley, rect.center(), Align2::CENTER_CENTER);
    rect
}
