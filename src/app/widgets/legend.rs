//! The one legend of the laboratory: solid is real, dashed is imagined.

use egui::{Align2, Painter, Pos2, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::source::Source;
use super::{dashes, text};
use crate::app::theme;

/// Both entries side by side, as they stand in the top bar.
pub fn real_imagined(ui: &mut Ui) -> Response {
    let real = entry(ui, Source::Real, "real");
    ui.add_space(8.0 * theme::scale(ui.ctx()));
    real | entry(ui, Source::Imagined, "imagined")
}

/// A sample of line and point with its word.
pub fn entry(ui: &mut Ui, source: Source, word: &str) -> Response {
    let ctx = ui.ctx();
    let (t, scale) = (theme::tokens(ctx), theme::scale(ctx));
    let label = text::line(ui.painter(), word, theme::body(ctx), t.text);
    let (sample, gap) = (44.0 * scale, 10.0 * scale);
    let height = label.size().y.max(24.0 * scale);
    let size = vec2(sample + gap + label.size().x, height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    paint_sample(ui.painter(), rect.left_center(), sample, source);
    let at = pos2(rect.left() + sample + gap, rect.center().y);
    text::place(ui.painter(), &label, at, Align2::LEFT_CENTER);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, word));
    response
}

/// Paints a line of `width` points from `left` with a point at its end.
pub fn paint_sample(painter: &Painter, left: Pos2, width: f32, source: Source) {
    let ctx = painter.ctx();
    let (t, scale) = (theme::tokens(ctx), theme::scale(ctx));
    let hue = source.hue(&t);
    let radius = if source == Source::Imagined { 5.0 } else { 6.0 } * scale;
    let end = left + vec2(width - radius, 0.0);
    if source == Source::Imagined {
        let stroke = Stroke::new(2.4 * scale, hue);
        // The last dash ends in the gap before the point, so that the dash stays readable.
        let stop = end - vec2(radius, 0.0);
        dashes::paint(painter, &[left, stop], stroke, dashes::ON * scale, dashes::OFF * scale);
    } else {
        painter.line_segment([left, end], Stroke::new(3.4 * scale, hue));
    }
    painter.circle_filled(end, radius, hue);
}
