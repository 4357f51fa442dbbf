//! How much happened and how much was dreamt, as one bar: solid first, then blocks.

use egui::{CornerRadius, Painter, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::number::grouped;
use crate::app::theme;

/// Length of an imagined block and of the gap after it, in points before the text scale.
const BLOCK: (f32, f32) = (8.0, 4.0);

/// A bar over the available width for two counts.
pub fn meter(ui: &mut Ui, real: u64, imagined: u64) -> Response {
    let scale = theme::scale(ui.ctx());
    let size = vec2(ui.available_width(), 6.0 * scale);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    paint(ui.painter(), rect, real, imagined);
    response.widget_info(|| {
        let text = format!("{} real, {} imagined", grouped(real), grouped(imagined));
        WidgetInfo::labeled(Role::Label, true, text)
    });
    response
}

/// Paints the bar into `rect`.
///
/// The blocks stand on a grid counted from the left edge, so that they do not crawl while the
/// real share changes. A real share above zero is at least a dot wide: "few" is not "none".
pub fn paint(painter: &Painter, rect: Rect, real: u64, imagined: u64) {
    let t = theme::tokens(painter.ctx());
    let scale = theme::scale(painter.ctx());
    let corner = CornerRadius::same((rect.height() / 2.0) as u8);
    let total = real.saturating_add(imagined);
    if total == 0 {
        painter.rect_filled(rect, corner, t.elev);
        return;
    }
    let mut split = rect.left() + rect.width() * (real as f64 / total as f64) as f32;
    if real > 0 {
        split = split.max(rect.left() + rect.height());
    }
    if imagined > 0 {
        let (on, off) = (BLOCK.0 * scale, BLOCK.1 * scale);
        let start = if real > 0 { split + off / 2.0 } else { rect.left() };
        paint_blocks(painter, rect, start, on, off);
    }
    if real > 0 {
        let solid = Rect::from_min_max(rect.min, pos2(split, rect.bottom()));
        let right = if imagined > 0 { CornerRadius::ZERO } else { corner };
        let ends = CornerRadius { nw: corner.nw, sw: corner.sw, ..right };
        painter.rect_filled(solid, ends, t.real);
    }
}

/// The imagined blocks from `start` to the right end.
fn paint_blocks(painter: &Painter, rect: Rect, start: f32, on: f32, off: f32) {
    let hue = theme::tokens(painter.ctx()).imagined;
    let mut left = rect.left();
    while left < rect.right() {
        let from = left.max(start);
        let to = (left + on).min(rect.right());
        // A sliver under half a block would look like dirt on the bar.
        if to - from > on * 0.5 {
            let block = Rect::from_min_max(pos2(from, rect.top()), pos2(to, rect.bottom()));
            painter.rect_filled(block, CornerRadius::ZERO, hue);
        }
        left += on + off;
    }
}
