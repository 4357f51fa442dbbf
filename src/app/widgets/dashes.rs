//! Dashes by arc length.
//!
//! The dash pattern is bound to the start of the path, so a trail that grows at its head never
//! lets its older dashes crawl, and a corner does not start the pattern again.

use egui::{CornerRadius, Painter, Pos2, Rect, Shape, Stroke, Vec2};

/// Length of a dash in points, for imagined lines.
pub const ON: f32 = 7.0;
/// Gap between dashes in points, for imagined lines.
pub const OFF: f32 = 4.0;

/// Cuts a polyline into dashes of `on` points with gaps of `off`; each dash keeps its corners.
pub fn split(points: &[Pos2], on: f32, off: f32) -> Vec<Vec<Pos2>> {
    let mut dashes = Vec::new();
    if points.len() < 2 || on <= 0.0 {
        return dashes;
    }
    if off <= 0.0 {
        return vec![points.to_vec()];
    }
    let mut drawing = true;
    let mut left = on;
    let mut dash = vec![points[0]];
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        let mut length = from.distance(to);
        while length > left {
            let cut = from + (to - from) * (left / length);
            if drawing {
                dash.push(cut);
                dashes.push(std::mem::take(&mut dash));
            } else {
                dash = vec![cut];
            }
            drawing = !drawing;
            length -= left;
            from = cut;
            left = if drawing { on } else { off };
        }
        left -= length;
        if drawing {
            dash.push(to);
        }
    }
    if drawing && dash.len() > 1 {
        dashes.push(dash);
    }
    dashes
}

/// Paints a dashed polyline.
pub fn paint(painter: &Painter, points: &[Pos2], stroke: Stroke, on: f32, off: f32) {
    painter.extend(split(points, on, off).into_iter().map(|dash| Shape::line(dash, stroke)));
}

/// Paints the dashed outline of a rounded box; the dashes are stretched to close without a seam.
pub fn paint_box(painter: &Painter, rect: Rect, radius: CornerRadius, stroke: Stroke) {
    let points = outline(rect.shrink(stroke.width / 2.0), f32::from(radius.nw));
    let length: f32 = points.windows(2).map(|pair| pair[0].distance(pair[1])).sum();
    let (on, off) = (4.0, 3.0);
    let stretch = length / (on + off) / (length / (on + off)).round().max(1.0);
    paint(painter, &points, stroke, on * stretch, off * stretch);
}

/// The closed outline of a rounded box, clockwise from the left end of the top edge.
fn outline(rect: Rect, radius: f32) -> Vec<Pos2> {
    let inner = rect.shrink(radius);
    let corners = [
        (inner.right_top(), -90.0_f32),
        (inner.right_bottom(), 0.0),
        (inner.left_bottom(), 90.0),
        (inner.left_top(), 180.0),
    ];
    let mut points = vec![Pos2::new(inner.left(), rect.top())];
    for (center, start) in corners {
        for step in 0..=6 {
            let angle = (start + 15.0 * step as f32).to_radians();
            points.push(center + radius * Vec2::angled(angle));
        }
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;

    #[test]
    fn dashes_run_on_around_a_corner() {
        let path = [pos2(0.0, 0.0), pos2(5.0, 0.0), pos2(5.0, 10.0)];
        let dashes = split(&path, 7.0, 4.0);
        assert_eq!(dashes[0], vec![pos2(0.0, 0.0), pos2(5.0, 0.0), pos2(5.0, 2.0)]);
        assert_eq!(dashes[1], vec![pos2(5.0, 6.0), pos2(5.0, 10.0)]);
    }

    #[test]
    fn a_growing_path_keeps_its_old_dashes() {
        let short = split(&[pos2(0.0, 0.0), pos2(30.0, 0.0)], 7.0, 4.0);
        let long = split(&[pos2(0.0, 0.0), pos2(30.0, 0.0), pos2(90.0, 0.0)], 7.0, 4.0);
        assert_eq!(short[..2], long[..2]);
    }

    #[test]
    fn degenerate_input_gives_no_dashes() {
        assert!(split(&[], 7.0, 4.0).is_empty());
        assert!(split(&[pos2(1.0, 1.0)], 7.0, 4.0).is_empty());
        assert_eq!(split(&[pos2(0.0, 0.0), pos2(9.0, 0.0)], 7.0, 0.0).len(), 1);
    }
}
