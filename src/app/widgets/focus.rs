//! The focus ring: 2 px of accent, 2 px outside the control.

use egui::{CornerRadius, Rect, Response, Stroke, StrokeKind, Ui};

use crate::app::theme;

/// Draws the ring around `rect` while the control has the keyboard; `radius` is the control's own.
pub fn ring(ui: &Ui, response: &Response, rect: Rect, radius: f32) {
    if !response.has_focus() {
        return;
    }
    let stroke = Stroke::new(2.0, theme::tokens(ui.ctx()).accent);
    let corner = CornerRadius::same((radius + 2.0).min(255.0) as u8);
    ui.painter().rect_stroke(rect.expand(2.0), corner, stroke, StrokeKind::Outside);
}
