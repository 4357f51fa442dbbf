//! Values under the pointer: a dot on every curve and a small table beside the pointer.

use egui::{Align2, Grid, Response, RichText, Sense, Stroke, Ui, vec2};

use super::{Chart, Curve, Frame, axes, numerals};
use crate::app::theme;

/// Distance in points at which an event counts as pointed at.
const REACH: f32 = 7.0;

/// The point nearest in x; x must ascend.
pub(super) fn nearest(points: &[[f64; 2]], x: f64) -> Option<[f64; 2]> {
    nearest_index(points, x).map(|index| points[index])
}

fn nearest_index(points: &[[f64; 2]], x: f64) -> Option<usize> {
    let after = points.partition_point(|point| point[0] < x);
    let before = after.saturating_sub(1);
    let distance = |index: usize| points.get(index).map(|point| (point[0] - x).abs());
    match (distance(before), distance(after)) {
        (Some(left), Some(right)) => Some(if left < right { before } else { after }),
        (Some(_), None) => Some(before),
        _ => None,
    }
}

/// Marks the values nearest to the pointer and lists them in a tooltip.
pub(super) fn ui(
    chart: &Chart<'_>,
    frame: &Frame<'_>,
    curves: &[Curve<'_>],
    response: Response,
) -> Response {
    let Some(pointer) = response.hover_pos().filter(|_| !response.dragged()) else {
        return response;
    };
    let [factor, offset] = frame.affine[0];
    let x = frame.axes[0].value((f64::from(pointer.x) - offset) / factor);
    let mut picked: Vec<_> = curves
        .iter()
        .filter_map(|curve| Some((curve, nearest_index(curve.mean, x)?)))
        .filter(|(curve, index)| frame.at(curve.mean[*index]).is_some())
        .collect();
    let gap = |index: &usize, curve: &Curve<'_>| (curve.mean[*index][0] - x).abs();
    let Some(at) = picked
        .iter()
        .min_by(|a, b| gap(&a.1, a.0).total_cmp(&gap(&b.1, b.0)))
        .map(|(curve, index)| curve.mean[*index][0])
    else {
        return response;
    };
    // A curve that ends before has no value here, and holding its last one would be a lie.
    picked.retain(|(curve, _)| reaches(frame, curve, at));
    paint(frame, at, &picked);
    response.on_hover_ui_at_pointer(|ui| table(ui, chart, frame, at, &picked))
}

/// Whether `at` lies between the ends of a curve, give or take what a hand can aim at.
fn reaches(frame: &Frame<'_>, curve: &Curve<'_>, at: f64) -> bool {
    let x = |point: Option<&[f64; 2]>| point.and_then(|point| frame.x(point[0]));
    let ends = x(curve.mean.first()).zip(x(curve.mean.last())).zip(frame.x(at));
    ends.is_some_and(|((first, last), at)| (first - REACH..=last + REACH).contains(&at))
}

/// A hairline and a dot on every curve.
fn paint(frame: &Frame<'_>, at: f64, picked: &[(&Curve<'_>, usize)]) {
    let painter = frame.ui.painter().with_clip_rect(frame.field.expand(6.0));
    if let Some(x) = frame.x(at) {
        let stroke = Stroke::new(1.0, frame.tokens.stroke_strong);
        painter.vline(x, frame.field.y_range(), stroke);
    }
    for (curve, index) in picked {
        if let Some(at) = frame.at(curve.mean[*index]) {
            painter.circle(at, 4.5, curve.color, Stroke::new(2.0, frame.tokens.panel));
        }
    }
}

/// Name, value and band of every run, then the events close by.
fn table(
    ui: &mut Ui,
    chart: &Chart<'_>,
    frame: &Frame<'_>,
    at: f64,
    picked: &[(&Curve<'_>, usize)],
) {
    let tokens = &frame.tokens;
    let small = theme::small(ui.ctx());
    let weak = |text: String| RichText::new(text).font(small.clone()).color(tokens.text_weak);
    ui.label(weak(format!("{} {}", chart.x_label, numerals::number(at, 4))));
    let written = |y: f64| match chart.floor {
        Some(floor) if y <= floor => format!("at most {}", numerals::number(floor, 4)),
        _ => numerals::number(y, 4),
    };
    let values: Vec<_> =
        picked.iter().map(|(curve, index)| written(curve.mean[*index][1])).collect();
    let width = values.iter().map(|value| value.chars().count()).max().unwrap_or(0);
    let grid = Grid::new("chart values").spacing(vec2(10.0, 4.0) * frame.scale);
    grid.min_col_width(0.0).min_row_height(20.0 * frame.scale).show(ui, |ui| {
        for ((curve, index), value) in picked.iter().zip(&values) {
            badge(ui, frame, curve);
            ui.label(RichText::new(curve.name).color(curve.color).font(theme::body(ui.ctx())));
            let value = format!("{value:>width$}");
            let font = theme::number(ui.ctx());
            ui.label(RichText::new(value).font(font).color(tokens.text_strong));
            let edges =
                curve.band.and_then(|(low, high)| Some((low.get(*index)?, high.get(*index)?)));
            if let Some((low, high)) = edges {
                let (low, high) = (numerals::number(low[1], 3), numerals::number(high[1], 3));
                ui.label(weak(format!("{low} to {high}")));
            }
            ui.end_row();
        }
    });
    if axes::note_is_hidden(frame, chart) {
        ui.label(weak(chart.note.to_owned()));
    }
    if let Some((_, name)) = &chart.reference {
        ui.label(weak(format!("thin line: {name}")));
    }
    for (curve, _) in picked {
        for mark in curve.marks {
            let near = frame.x(mark.x).zip(frame.x(at)).is_some_and(|(a, b)| (a - b).abs() < REACH);
            if near {
                ui.label(weak(mark.text.clone()));
            }
        }
    }
}

/// The run's letter badge in a row of the table.
fn badge(ui: &mut Ui, frame: &Frame<'_>, curve: &Curve<'_>) {
    let size = (18.0 * frame.scale).round();
    let (rect, _) = ui.allocate_exact_size(vec2(size, size), Sense::hover());
    ui.painter().rect_filled(rect, 4, curve.color);
    ui.painter().text(
        rect.center(),
        Align2::CENTER_CENTER,
        curve.letter,
        theme::tick_strong(ui.ctx()),
        frame.tokens.bg,
    );
}
