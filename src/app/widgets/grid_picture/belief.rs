//! What a model believes, drawn over the world: hatching where it is wrong, wedges where it is
//! curious.

use egui::{Align2, Color32, CornerRadius, Pos2, Rect, Shape, Stroke, Vec2, pos2, vec2};

use super::Canvas;
use crate::app::theme;
use crate::app::widgets::{dashes, text};

/// Directions of the four moves, in the order of actions.
const WAYS: [Vec2; 4] = [vec2(0.0, -1.0), vec2(1.0, 0.0), vec2(0.0, 1.0), vec2(-1.0, 0.0)];
/// Distance between the lines of a hatching, in cells.
const HATCH: f32 = 0.17;
/// Height and half width of the greatest wedge, in cells.
const WEDGE: [f32; 2] = [0.24, 0.24];
/// Opacity of a wedge: the value behind it stays readable.
const WEDGE_OPACITY: f32 = 0.6;

/// A wedge at each edge of a cell, pointing inward: the greater, the longer that move was not tried.
pub(super) fn bonus(canvas: &Canvas<'_>) {
    let layout = &canvas.layout;
    if !layout.detailed() {
        return;
    }
    let ink = canvas.tokens.imagined.gamma_multiply(WEDGE_OPACITY);
    for (index, shares) in canvas.picture.bonus.chunks_exact(WAYS.len()).enumerate() {
        if index >= layout.cols * layout.rows || !canvas.is_open(index) {
            continue;
        }
        let cell = layout.cell(index);
        for (way, share) in WAYS.into_iter().zip(shares) {
            let share = share.clamp(0.0, 1.0);
            if share < 0.04 {
                continue;
            }
            let edge = cell.center() + way * cell.width() / 2.0;
            let side = way.rot90() * WEDGE[1] * share * layout.pitch;
            let tip = edge - way * WEDGE[0] * share * layout.pitch;
            let corners = vec![edge - side, edge + side, tip];
            canvas.painter.add(Shape::convex_polygon(corners, ink, Stroke::NONE));
        }
    }
}

/// Cells of which the model believes what is not so: hatched, with one word of what it believes.
pub(super) fn stale(canvas: &Canvas<'_>) {
    let layout = &canvas.layout;
    let ink = canvas.tokens.imagined;
    for (index, word) in canvas.picture.stale {
        let index = usize::from(*index);
        if index >= layout.cols * layout.rows {
            continue;
        }
        let rect = layout.cell(index);
        if !layout.detailed() {
            canvas.painter.rect_filled(rect, 0, ink.gamma_multiply(0.6));
            continue;
        }
        hatch(canvas, rect.shrink(1.0), ink.gamma_multiply(0.75));
        let stroke = Stroke::new((layout.pitch * 0.05).clamp(1.5, 2.4), ink);
        dashes::paint_box(&canvas.painter, rect, CornerRadius::same(3), stroke);
        believed(canvas, rect, word);
    }
}

fn hatch(canvas: &Canvas<'_>, rect: Rect, ink: Color32) {
    let stroke = Stroke::new((canvas.layout.pitch * 0.03).clamp(1.0, 1.6), ink);
    let step = (HATCH * canvas.layout.pitch).max(4.0);
    let mut along = step / 2.0;
    while along < rect.width() + rect.height() {
        // From the left or lower edge up to the upper or right one.
        let from = match along {
            a if a <= rect.height() => pos2(rect.left(), rect.top() + a),
            a => pos2(rect.left() + a - rect.height(), rect.bottom()),
        };
        let to = match along {
            a if a <= rect.width() => pos2(rect.left() + a, rect.top()),
            a => pos2(rect.right(), rect.top() + a - rect.width()),
        };
        canvas.painter.line_segment([from, to], stroke);
        along += step;
    }
}

/// The word on a plate of its own, if the cell is wide enough for it.
fn believed(canvas: &Canvas<'_>, rect: Rect, word: &str) {
    let font = theme::small(canvas.painter.ctx());
    let galley = text::line(&canvas.painter, word, font, canvas.tokens.imagined_text);
    let center: Pos2 = rect.center();
    let plate = Rect::from_center_size(center, galley.size() + vec2(6.0, 0.0));
    if plate.width() > rect.width() + 2.0 {
        return;
    }
    canvas.painter.rect_filled(plate, 3, canvas.tokens.casing);
    text::place(&canvas.painter, &galley, center, Align2::CENTER_CENTER);
}
