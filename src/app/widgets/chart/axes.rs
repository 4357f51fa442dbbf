//! Field, horizontal grid, ticks and the words along the axes.

use std::sync::Arc;

use egui::{Align2, Galley, Pos2, Rect, Stroke, Ui, pos2, vec2};

use super::numerals;
use super::scale::Axis;
use super::{Chart, Frame};
use crate::app::theme;
use crate::app::widgets::text;

/// Width of reference lines in points.
const REFERENCE_WIDTH: f32 = 1.2;

/// Height of the row above the field: the y label, and the upper half of the "now" tag.
fn header(chart: &Chart<'_>, scale: f32) -> f32 {
    scale * if chart.y_label.is_empty() { 16.0 } else { 26.0 }
}

/// Text of an axis, with the scale named when it is not the usual one.
fn axis_text(label: &str, log: bool) -> String {
    match (label.is_empty(), log) {
        (false, true) => format!("{label} (log scale)"),
        (true, true) => "log scale".to_owned(),
        (_, false) => label.to_owned(),
    }
}

/// The words under the x axis: label and note, which may need a row of its own.
struct Caption {
    label: Arc<Galley>,
    /// `None` where there is no room; the tooltip says it then.
    note: Option<Arc<Galley>>,
    stacked: bool,
}

fn caption(ui: &Ui, chart: &Chart<'_>, outer: Rect) -> Caption {
    let tokens = theme::tokens(ui.ctx());
    let label = axis_text(chart.x_label, chart.log_x);
    let label = text::line(ui.painter(), &label, theme::small(ui.ctx()), tokens.text);
    let note = |width: f32| {
        let mut job = egui::text::LayoutJob::simple(
            chart.note.to_owned(),
            theme::small(ui.ctx()),
            tokens.text_weak,
            width,
        );
        job.wrap = egui::text::TextWrapping::truncate_at_width(width);
        ui.painter().layout_job(job)
    };
    let scale = theme::scale(ui.ctx());
    // The numbers of the y axis stand to the left of the row.
    let width = outer.width() - 64.0 * scale;
    let one_line = note(f32::INFINITY);
    if label.size().x + 16.0 * scale + one_line.size().x <= width {
        return Caption { label, note: Some(one_line), stacked: false };
    }
    // A low chart needs its height for the curves.
    let stacked = outer.height() >= 210.0 * scale;
    Caption { label, note: stacked.then(|| note(width)), stacked }
}

/// The field between the axes: what remains beside ticks and words.
pub(super) fn field(ui: &Ui, chart: &Chart<'_>, outer: Rect, home: [Axis; 2]) -> Rect {
    let scale = theme::scale(ui.ctx());
    let tick_height = 20.0 * scale;
    let caption = caption(ui, chart, outer);
    let rows = if caption.stacked { 2.0 } else { 1.0 };
    let bottom = outer.bottom() - tick_height - rows * caption.label.size().y - 4.0 * scale;
    let top = (outer.top() + header(chart, scale)).min(bottom - 20.0);
    let widest = y_ticks(ui, home[1], bottom - top)
        .into_iter()
        .map(|tick| tick_galley(ui, tick).size().x)
        .fold(0.0_f32, f32::max);
    let left = outer.left() + widest.max(12.0 * scale) + 10.0 * scale;
    let right = (outer.right() - 16.0 * scale).max(left + 40.0);
    Rect::from_min_max(pos2(left.round(), top.round()), pos2(right.round(), bottom.round()))
}

fn tick_galley(ui: &Ui, value: f64) -> Arc<Galley> {
    let tokens = theme::tokens(ui.ctx());
    text::line(ui.painter(), &numerals::number(value, 6), theme::tick(ui.ctx()), tokens.text_weak)
}

/// Tick values of a y axis that is `height` points high.
fn y_ticks(ui: &Ui, axis: Axis, height: f32) -> Vec<f64> {
    let gap = if height < 140.0 { 26.0 } else { 52.0 } * theme::scale(ui.ctx());
    let per_unit = height / (axis.hi - axis.lo) as f32;
    axis.ticks(height / gap, |ticks| {
        let places: Vec<_> = ticks.iter().filter_map(|tick| axis.place(*tick)).collect();
        places.windows(2).all(|pair| (pair[1] - pair[0]) as f32 * per_unit >= gap)
    })
}

/// Tick values of the x axis: neighbouring labels must not touch.
fn x_ticks(frame: &Frame<'_>) -> Vec<f64> {
    let room = 22.0 * frame.scale;
    frame.axes[0].ticks(frame.field.width() / (72.0 * frame.scale), |ticks| {
        let spans: Vec<_> = ticks
            .iter()
            .filter_map(|tick| Some((frame.x(*tick)?, tick_galley(frame.ui, *tick).size().x / 2.0)))
            .collect();
        spans.windows(2).all(|pair| pair[1].0 - pair[0].0 >= pair[0].1 + pair[1].1 + room)
    })
}

/// Grid, tick labels, axis labels and note. Without data the y axis has no numbers to show, and
/// the x axis only if its end is known.
pub(super) fn paint(frame: &Frame<'_>, chart: &Chart<'_>, any: bool) {
    let (ui, tokens, field) = (frame.ui, &frame.tokens, frame.field);
    let painter = ui.painter();
    // The projector's strokes are strong for the sake of frames; a grid must stay behind the data.
    let strength = if tokens.projector { 0.55 } else { 1.0 };
    let grid = Stroke::new(1.0, tokens.stroke.gamma_multiply(strength));
    for tick in y_ticks(ui, frame.axes[1], field.height()) {
        let Some(y) = frame.y(tick) else { continue };
        painter.hline(field.x_range(), y.round() + 0.5, grid);
        if any {
            let text = tick_galley(ui, tick);
            let corner = pos2(field.left() - 10.0 * frame.scale, y);
            painter.galley(
                Align2::RIGHT_CENTER.anchor_size(corner, text.size()).min,
                text,
                tokens.text_weak,
            );
        }
    }
    painter.hline(field.x_range(), field.bottom() + 0.5, grid);
    if any || chart.x_end.is_some() {
        paint_x_ticks(frame);
    }
    paint_words(frame, chart);
}

fn paint_x_ticks(frame: &Frame<'_>) {
    let tokens = &frame.tokens;
    for tick in x_ticks(frame) {
        let Some(x) = frame.x(tick) else { continue };
        let text = tick_galley(frame.ui, tick);
        let half = text.size().x / 2.0;
        let center = x.min(frame.outer.right() - half).max(frame.outer.left() + half);
        let corner = pos2(center - half, frame.field.bottom() + 3.0 * frame.scale);
        frame.ui.painter().galley(corner, text, tokens.text_weak);
    }
}

fn paint_words(frame: &Frame<'_>, chart: &Chart<'_>) {
    let (painter, tokens) = (frame.ui.painter(), &frame.tokens);
    let top = frame.field.bottom() + 22.0 * frame.scale;
    let caption = caption(frame.ui, chart, frame.outer);
    let height = caption.label.size().y;
    painter.galley(pos2(frame.field.left(), top), caption.label, tokens.text);
    if let Some(note) = caption.note {
        let row = if caption.stacked { top + height } else { top };
        let left = (frame.field.right() - note.size().x).max(frame.outer.left());
        painter.galley(pos2(left, row), note, tokens.text_weak);
    }
    if let Some(text) = y_label(frame, chart) {
        painter.galley(frame.outer.min, text, tokens.text_weak);
    }
}

/// Whether the note found no room under the x axis.
pub(super) fn note_is_hidden(frame: &Frame<'_>, chart: &Chart<'_>) -> bool {
    !chart.note.is_empty() && caption(frame.ui, chart, frame.outer).note.is_none()
}

/// The free piece of the row under the x axis, between label and note.
pub(super) fn free_caption(frame: &Frame<'_>, chart: &Chart<'_>) -> Rect {
    let caption = caption(frame.ui, chart, frame.outer);
    let gap = 20.0 * frame.scale;
    let top = frame.field.bottom() + 22.0 * frame.scale;
    let note = caption.note.filter(|_| !caption.stacked).map_or(0.0, |note| note.size().x + gap);
    let left = frame.field.left() + caption.label.size().x + gap;
    let corner = pos2(frame.field.right() - note, top + caption.label.size().y);
    Rect::from_min_max(pos2(left, top), corner)
}

/// The y label, if there is one.
pub(super) fn y_label(frame: &Frame<'_>, chart: &Chart<'_>) -> Option<Arc<Galley>> {
    let text = axis_text(chart.y_label, chart.log_y && !chart.y_label.is_empty());
    let font = theme::small(frame.ui.ctx());
    let (painter, room) = (frame.ui.painter(), frame.outer.width());
    let ink = frame.tokens.text_weak;
    (!text.is_empty()).then(|| text::elided(painter, &text, font, ink, room))
}

/// The thin solid line of the reference level.
pub(super) fn paint_reference_line(frame: &Frame<'_>, chart: &Chart<'_>) {
    let Some((level, _)) = &chart.reference else { return };
    let stroke = Stroke::new(REFERENCE_WIDTH, frame.tokens.text_weak);
    let line = |from: f32, to: f32, level: f64| {
        let y = frame.y(level).filter(|y| frame.field.y_range().contains(*y));
        let Some(y) = y.filter(|_| level.is_finite() && from < to) else { return };
        frame.ui.painter().hline(from..=to, y, stroke);
    };
    let across = frame.field.x_range();
    if chart.levels.len() < 2 {
        line(across.min, across.max, *level);
        return;
    }
    // A place that a log axis does not have lies to the left of it.
    let x = |place: f64| frame.x(place).map_or(across.min, |x| across.clamp(x));
    for (index, &[from, level]) in chart.levels.iter().enumerate() {
        let to = chart.levels.get(index + 1).map_or(across.max, |&[next, _]| x(next));
        line(x(from), to, level);
    }
}

/// The one line that stands in an empty field.
pub(super) fn paint_empty(frame: &Frame<'_>, line: &str) {
    let font = theme::body(frame.ui.ctx());
    let width = (frame.field.width() - 24.0).max(80.0);
    let text = frame.ui.painter().layout(line.to_owned(), font, frame.tokens.text_weak, width);
    let rect = Align2::CENTER_CENTER.anchor_size(frame.field.center(), text.size());
    // The grid stays, but must not run through the words.
    frame.ui.painter().rect_filled(rect.expand2(vec2(10.0, 6.0)), 6, frame.tokens.panel);
    frame.ui.painter().galley(rect.min, text, frame.tokens.text_weak);
}

/// How to get back from a zoomed view.
pub(super) fn paint_zoom_hint(frame: &Frame<'_>) {
    let font = theme::small(frame.ui.ctx());
    let text =
        text::line(frame.ui.painter(), "double click: whole view", font, frame.tokens.text_weak);
    let corner: Pos2 = pos2(frame.field.right() - text.size().x, frame.outer.top());
    frame.ui.painter().galley(corner, text, frame.tokens.text_weak);
}
