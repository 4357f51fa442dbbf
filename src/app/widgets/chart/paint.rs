//! Bands, mean lines, rings and the points of events.

use std::collections::HashMap;

use egui::{Color32, Mesh, Painter, Pos2, Shape, Stroke, lerp, pos2};

use super::{Curve, Frame, MarkKind};

/// Width of a mean line in points.
const MEAN_WIDTH: f32 = 2.6;
/// Radius of a ring of the watched lane in points.
const RING_RADIUS: f32 = 3.4;
/// Opacity of the band fill.
const BAND: f32 = 0.14;
/// What is left of a line's opacity where it was computed ahead of the moment shown.
const AHEAD: f32 = 0.55;

/// A curve on the screen: unbroken pieces between values that cannot be drawn.
pub(super) type Paths = Vec<Vec<Pos2>>;

/// Places points on the screen, at most four per pixel column: the first, the extremes and the
/// last keep the outline, and thousands of points cost no more than the width of the chart.
pub(super) fn paths(frame: &Frame<'_>, points: &[[f64; 2]]) -> Paths {
    let mut paths = Paths::new();
    let mut path: Vec<Pos2> = Vec::new();
    let mut column: Vec<Pos2> = Vec::new();
    for point in points {
        let Some(at) = frame.at(*point) else {
            flush(&mut column, &mut path);
            if !path.is_empty() {
                paths.push(straightened(std::mem::take(&mut path)));
            }
            continue;
        };
        if column.first().is_some_and(|first| first.x as i32 != at.x as i32) {
            flush(&mut column, &mut path);
        }
        column.push(at);
    }
    flush(&mut column, &mut path);
    if !path.is_empty() {
        paths.push(straightened(path));
    }
    paths
}

/// Leaves out points that lie on the straight line between their neighbours: what the eye cannot
/// see need not be tessellated. The span is bounded, so that errors cannot add up.
fn straightened(path: Vec<Pos2>) -> Vec<Pos2> {
    let mut kept: Vec<Pos2> = Vec::with_capacity(path.len());
    for (index, point) in path.iter().enumerate() {
        if let (Some(last), Some(next)) = (kept.last(), path.get(index + 1)) {
            let (chord, arm) = (*next - *last, *point - *last);
            let area = (chord.x * arm.y - chord.y * arm.x).abs();
            if chord.x < 12.0 && chord.y.abs() < 40.0 && area < 0.12 * chord.length() {
                continue;
            }
        }
        kept.push(*point);
    }
    kept
}

/// Moves one pixel column into the path.
fn flush(column: &mut Vec<Pos2>, path: &mut Vec<Pos2>) {
    if column.len() <= 4 {
        path.append(column);
        return;
    }
    let extreme = |sign: f32| {
        (0..column.len())
            .min_by(|a, b| (sign * column[*a].y).total_cmp(&(sign * column[*b].y)))
            .unwrap_or(0)
    };
    let (one, other) = (extreme(1.0), extreme(-1.0));
    let mut kept = [0, one.min(other), one.max(other), column.len() - 1].to_vec();
    kept.dedup();
    path.extend(kept.into_iter().map(|index| column[index]));
    column.clear();
}

/// The band of one run as one mesh.
pub(super) fn band(frame: &Frame<'_>, painter: &Painter, curve: &Curve<'_>) {
    let Some((low, high)) = curve.band else { return };
    let share = if frame.tokens.projector { BAND + 0.04 } else { BAND };
    let (fill, ahead) = (share, share * AHEAD);
    let [fill, ahead] = [fill, ahead].map(|share| curve.color.gamma_multiply(share));
    let split = curve.ahead_from.and_then(|x| frame.x(x)).unwrap_or(f32::INFINITY);
    let color = |column: &[Pos2; 2]| if column[0].x <= split { fill } else { ahead };
    let mut mesh = Mesh::default();
    let mut joined = false;
    let mut open: Option<[Pos2; 2]> = None;
    for (below, above) in low.iter().zip(high) {
        let edges = frame.at(*below).zip(frame.y(above[1]));
        let Some((below, above)) = edges.map(|(at, y)| (at, pos2(at.x, y))) else {
            if let Some(last) = open.take() {
                column(&mut mesh, last, color(&last), joined);
            }
            joined = false;
            continue;
        };
        match &mut open {
            // All that falls into one pixel becomes one column as high as its extremes.
            Some([low, high]) if below.x - low.x < 1.0 => {
                low.y = low.y.max(below.y);
                high.y = high.y.min(above.y);
            }
            _ => {
                if let Some(last) = open.replace([below, above]) {
                    column(&mut mesh, last, color(&last), joined);
                    joined = true;
                }
            }
        }
    }
    if let Some(last) = open {
        column(&mut mesh, last, color(&last), joined);
    }
    // A lone column has corners but no area, and the renderer panics on a mesh without triangles.
    if !mesh.indices.is_empty() {
        painter.add(Shape::mesh(mesh));
    }
}

/// Adds one column of a band and, if it continues one, the two triangles to it.
fn column(mesh: &mut Mesh, ends: [Pos2; 2], color: Color32, joined: bool) {
    let next = mesh.vertices.len() as u32;
    for end in ends {
        mesh.colored_vertex(end, color);
    }
    if joined {
        mesh.add_triangle(next - 2, next - 1, next);
        mesh.add_triangle(next - 1, next, next + 1);
    }
}

/// The mean line: strong up to `ahead_from`, fainter behind it. A lone point becomes a dot. Where
/// `covered` later curves lie on it, it looks out on both sides of them.
pub(super) fn mean(
    frame: &Frame<'_>,
    painter: &Painter,
    curve: &Curve<'_>,
    (paths, covered): (&Paths, usize),
) {
    let split = curve.ahead_from.and_then(|x| frame.x(x)).unwrap_or(f32::INFINITY);
    let width = (MEAN_WIDTH + 2.4 * covered as f32) * frame.scale.sqrt();
    let strong = Stroke::new(width, curve.color);
    let faint = Stroke::new(width, curve.color.gamma_multiply(AHEAD));
    for path in paths {
        if let [only] = path[..] {
            let stroke = if only.x <= split { strong } else { faint };
            painter.circle_filled(only, width, stroke.color);
            continue;
        }
        let (before, after) = split_at(path, split);
        for (part, stroke) in [(after, faint), (before, strong)] {
            if part.len() > 1 {
                painter.add(Shape::line(part, stroke));
            }
        }
    }
}

/// Cuts a path at a screen x; both parts contain the point of the cut.
fn split_at(path: &[Pos2], x: f32) -> (Vec<Pos2>, Vec<Pos2>) {
    let index = path.partition_point(|point| point.x <= x);
    if index == 0 || index == path.len() {
        let (before, after) = path.split_at(index);
        return (before.to_vec(), after.to_vec());
    }
    let (from, to) = (path[index - 1], path[index]);
    let cut = pos2(x, lerp(from.y..=to.y, (x - from.x) / (to.x - from.x)));
    let before = path[..index].iter().copied().chain([cut]).collect();
    let after = [cut].into_iter().chain(path[index..].iter().copied()).collect();
    (before, after)
}

/// The watched lane as rings; coinciding rings of several runs become concentric. Returns where
/// they stand, so that labels can keep away.
pub(super) fn rings(frame: &Frame<'_>, painter: &Painter, curves: &[Curve<'_>]) -> Vec<Pos2> {
    let radius = RING_RADIUS * frame.scale.sqrt();
    let stroke = 1.5 * frame.scale.sqrt();
    let mut taken: HashMap<(i32, i32), u8> = HashMap::new();
    let mut all = Vec::new();
    for curve in curves {
        let mut last_x = f32::NEG_INFINITY;
        let split = curve.ahead_from.and_then(|x| frame.x(x)).unwrap_or(f32::INFINITY);
        for point in curve.rings {
            let Some(at) = frame.at(*point) else { continue };
            // Touching rings would be a chain nobody can read: keep the first of each place.
            if at.x - last_x < 3.0 * radius {
                continue;
            }
            last_x = at.x;
            let before = taken.entry(((at.x / 3.0) as i32, (at.y / 3.0) as i32)).or_insert(0);
            let radius = radius + f32::from(*before) * 1.7 * stroke;
            let fill = if *before == 0 { frame.tokens.panel } else { Color32::TRANSPARENT };
            *before = before.saturating_add(1);
            let ahead = at.x > split + 0.5;
            let ink = if ahead { curve.color.gamma_multiply(AHEAD) } else { curve.color };
            painter.circle(at, radius, fill, Stroke::new(stroke, ink));
            all.push(at);
        }
    }
    all
}

/// The points of events on their curves: a larger ring for a change, a cross for a failure.
pub(super) fn marks(frame: &Frame<'_>, painter: &Painter, curves: &[Curve<'_>]) {
    let size = 5.0 * frame.scale.sqrt();
    for curve in curves {
        for mark in curve.marks {
            let Some(at) = super::hover::nearest(curve.mean, mark.x).and_then(|p| frame.at(p))
            else {
                continue;
            };
            match mark.kind {
                MarkKind::Change => {
                    painter.circle(at, size, frame.tokens.panel, Stroke::new(2.0, curve.color));
                }
                MarkKind::Tick => tick(painter, at, size, (frame, curve.color)),
                MarkKind::Failure => cross(painter, at, size, frame),
            }
        }
    }
}

/// A short upright stroke through the curve, with an edge, so that it stands on any line.
fn tick(painter: &Painter, at: Pos2, size: f32, (frame, color): (&Frame<'_>, Color32)) {
    let arm = egui::vec2(0.0, 1.4 * size);
    for (width, color) in [(5.0, frame.tokens.panel), (2.0, color)] {
        painter.line_segment([at - arm, at + arm], Stroke::new(width, color));
    }
}

/// A cross in the failure colour with an edge, so that it stands on any line.
fn cross(painter: &Painter, at: Pos2, size: f32, frame: &Frame<'_>) {
    let arm = egui::vec2(size, size);
    let other = egui::vec2(size, -size);
    for (width, color) in [(5.5, frame.tokens.panel), (2.5, frame.tokens.bad)] {
        for arm in [arm, other] {
            painter.line_segment([at - arm, at + arm], Stroke::new(width, color));
        }
    }
}
