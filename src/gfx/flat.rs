//! The same scene seen from straight above, painted by egui alone: the heat map with isolines.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use egui::{
    Color32, ColorImage, Id, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, TextureHandle,
    TextureOptions, Ui, pos2,
};

use super::camera::Projection;
use super::scene::{Cross, Field, Isolines, Line, Scene};
use super::style::Style;

/// Pixels of the picture along its longer side, at least.
const PIXELS: usize = 256;
/// Dashes of what was dreamt, in points: on and off.
const DASH: [f32; 2] = [7.0, 4.0];

/// What a field looks like from above, kept as long as its data stay the same.
#[derive(Clone)]
struct Kept {
    of: u64,
    texture: TextureHandle,
    /// The lines of each family, in shares of the ground.
    lines: Arc<Vec<Vec<Vec<[f32; 2]>>>>,
}

/// Draws the scene.
pub fn draw(ui: &Ui, id: Id, scene: &Scene, p: &Projection, style: &Style) {
    let Some(ground) = p.field() else {
        return;
    };
    let painter = ui.painter().with_clip_rect(ground.expand(1.0).intersect(ui.clip_rect()));
    if let Some(field) = scene.fields.first().filter(|field| field.is_whole()) {
        let kept = kept(ui, id, field, style);
        let all = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        painter.image(kept.texture.id(), ground, all, Color32::WHITE);
        for (family, pieces) in field.isolines.iter().zip(kept.lines.iter()) {
            let stroke = Stroke::new(family.width.max(1.0), family.colour);
            for piece in pieces {
                let points = piece.iter().map(|&[x, y]| p.project([x, y, 0.0])).collect();
                painter.line(points, stroke);
            }
        }
    }
    for line in &scene.lines {
        paint_line(&painter, line, |at| p.project(scene.shares(at)));
    }
    for cross in &scene.crosses {
        paint_cross(&painter, scene, cross, p);
    }
    for ball in &scene.balls {
        let at = p.project(scene.shares(ball.at));
        painter.circle_filled(at, ball.radius + 1.5, ball.casing);
        painter.circle_filled(at, ball.radius, ball.colour);
    }
    ui.painter().rect_stroke(ground, 0, Stroke::new(1.0, style.grid), StrokeKind::Outside);
}

/// A line in pieces between places that are numbers, its edge below it.
fn paint_line(painter: &Painter, line: &Line, at: impl Fn([f32; 3]) -> Pos2) {
    let whole = |place: &[f32; 3]| place[..2].iter().all(|x| x.is_finite());
    for piece in line.points.split(|place| !whole(place)) {
        let points: Vec<Pos2> = piece.iter().map(|&place| at(place)).collect();
        if points.len() < 2 {
            continue;
        }
        let strokes = |width: f32, ink: Color32| {
            let stroke = Stroke::new(width, ink);
            match line.dashed {
                true => painter.extend(Shape::dashed_line(&points, stroke, DASH[0], DASH[1])),
                false => drop(painter.line(points.clone(), stroke)),
            }
        };
        if let Some(casing) = line.casing {
            strokes(line.width + 3.0, casing);
        }
        strokes(line.width, line.colour);
        if let [.., before, last] = points[..]
            && line.arrow
        {
            let along = (last - before).normalized();
            let side = line.width * 1.9 * along.rot90();
            let tip = last + line.width * 1.4 * along;
            let back = last - line.width * 2.2 * along;
            let head = vec![tip, back + side, back - side];
            painter.add(Shape::convex_polygon(head, line.colour, Stroke::NONE));
        }
    }
}

fn paint_cross(painter: &Painter, scene: &Scene, cross: &Cross, p: &Projection) {
    for (width, ink) in [(7.0, cross.casing), (4.0, cross.colour)] {
        for arm in arms(scene, cross) {
            let ends = arm.map(|[x, y]| p.project(scene.shares([x, y, f32::NAN])));
            painter.line_segment(ends, Stroke::new(width, ink));
        }
    }
}

/// Both arms of a cross, in units of the first two axes.
pub fn arms(scene: &Scene, cross: &Cross) -> [[[f32; 2]; 2]; 2] {
    let [x, y] = [0, 1].map(|axis| scene.axes[axis].share(f64::from(cross.at[axis])) as f32);
    let place = |x: f32, y: f32| {
        [scene.axes[0].at(f64::from(x)) as f32, scene.axes[1].at(f64::from(y)) as f32]
    };
    let arm = cross.arm;
    [[place(x - arm, y), place(x + arm, y)], [place(x, y - arm), place(x, y + arm)]]
}

/// Texture and lines of the field, made anew only when its data have changed.
fn kept(ui: &Ui, id: Id, field: &Field, style: &Style) -> Kept {
    let key = id.with("from above");
    let salt = u64::from(u32::from_le_bytes(style.ground.to_array()));
    let of = field.id.rotate_left(7) ^ salt;
    if let Some(kept) = ui.data(|data| data.get_temp::<Kept>(key)).filter(|kept| kept.of == of) {
        return kept;
    }
    let image = image(field, style);
    let texture = ui.ctx().load_texture("from above", image, TextureOptions::LINEAR);
    let lines = field.isolines.iter().map(|family| joined(&contours(field, family)));
    let lines = Arc::new(lines.collect());
    let kept = Kept { of, texture, lines };
    ui.data_mut(|data| data.insert_temp(key, kept.clone()));
    kept
}

/// The field's colours as a picture, its first row at the bottom.
fn image(field: &Field, style: &Style) -> ColorImage {
    let size = [field.cols, field.rows].map(|n| n * (PIXELS / n).clamp(1, 24));
    // Every cell is asked once; pixels lie between.
    let cell = |index: usize| match field.heights[index].is_finite() {
        true => field.colour(index),
        false => style.missing,
    };
    let cells: Vec<Color32> = (0..field.rows * field.cols).map(cell).collect();
    let pixel = |index: usize| {
        let (x, y) = (index % size[0], size[1] - 1 - index / size[0]);
        let share = |at: usize, n: usize| (at as f32 + 0.5) / n as f32;
        let shares = [share(x, size[0]), share(y, size[1])];
        let fill = colour(field, shares, &cells);
        let stripe = (x + size[1] - y) % 10 < 3;
        match (hatched(field, shares), stripe) {
            (true, true) => fill.lerp_to_gamma(style.hatch, 0.7),
            (true, false) => fill.lerp_to_gamma(style.hatch, 0.3),
            (false, _) => fill,
        }
    };
    ColorImage::new(size, (0..size[0] * size[1]).map(pixel).collect())
}

/// The colour at shares of the ground, between four of `cells`.
fn colour(field: &Field, [x, y]: [f32; 2], cells: &[Color32]) -> Color32 {
    let (c, r) = (field.index(x, field.cols), field.index(y, field.rows));
    let (left, low) = (c.floor() as usize, r.floor() as usize);
    let at = |dr: usize, dc: usize| {
        let (row, col) = ((low + dr).min(field.rows - 1), (left + dc).min(field.cols - 1));
        cells[row * field.cols + col]
    };
    let (u, v) = (c - left as f32, r - low as f32);
    at(0, 0).lerp_to_gamma(at(0, 1), u).lerp_to_gamma(at(1, 0).lerp_to_gamma(at(1, 1), u), v)
}

/// Whether the point nearest to shares of the ground is hatched.
fn hatched(field: &Field, [x, y]: [f32; 2]) -> bool {
    let (c, r) = (field.index(x, field.cols).round(), field.index(y, field.rows).round());
    field.is_hatched(r as usize * field.cols + c as usize)
}

/// The lines on which a field has this height, in pieces, in shares of the ground.
pub fn level_lines(field: &Field, level: f32) -> Vec<Vec<[f32; 2]>> {
    joined(&contours(field, &Isolines::thin(vec![level], Color32::WHITE)))
}

/// Pieces of the lines of one family, in shares of the ground, triangle by triangle.
pub fn contours(field: &Field, family: &Isolines) -> Vec<[[f32; 2]; 2]> {
    let numbers = family.of.as_ref().unwrap_or(&field.heights);
    if field.blocks || numbers.len() != field.rows * field.cols {
        return Vec::new();
    }
    let corner = |row: usize, col: usize| {
        let at = [field.share(col as f32, field.cols), field.share(row as f32, field.rows)];
        (at, numbers[row * field.cols + col])
    };
    let mut pieces = Vec::new();
    for row in 0..field.rows - 1 {
        for col in 0..field.cols - 1 {
            let [a, b] = [corner(row, col), corner(row, col + 1)];
            let [c, d] = [corner(row + 1, col), corner(row + 1, col + 1)];
            for triangle in [[a, b, d], [a, d, c]] {
                // Few levels cut a triangle: those between its least and its greatest corner.
                let [least, most] = span(triangle);
                let near = family.levels.iter().filter(|&&l| least < l && l <= most);
                pieces.extend(near.filter_map(|&level| crossing(triangle, level)));
            }
        }
    }
    pieces
}

/// The least and the greatest number of a triangle.
fn span(triangle: [([f32; 2], f32); 3]) -> [f32; 2] {
    let [(_, a), (_, b), (_, c)] = triangle;
    [a.min(b).min(c), a.max(b).max(c)]
}

/// Pieces end to end: neighbours share an end to the last bit, since both find it on one side.
fn joined(pieces: &[[[f32; 2]; 2]]) -> Vec<Vec<[f32; 2]>> {
    let key = |[x, y]: [f32; 2]| (x.to_bits(), y.to_bits());
    let mut at: BTreeMap<(u32, u32), Vec<usize>> = BTreeMap::new();
    for (index, piece) in pieces.iter().enumerate() {
        piece.iter().for_each(|&end| at.entry(key(end)).or_default().push(index));
    }
    let mut used = vec![false; pieces.len()];
    let mut next = |from: [f32; 2]| {
        let index = *at.get(&key(from))?.iter().find(|&&index| !used[index])?;
        used[index] = true;
        let [a, b] = pieces[index];
        Some(if key(a) == key(from) { b } else { a })
    };
    let mut lines = Vec::new();
    for &[first, _] in pieces {
        // Both ways from the first end; where nothing is left there is no line.
        let mut line: VecDeque<[f32; 2]> = VecDeque::from([first]);
        while let Some(end) = line.back().copied().and_then(&mut next) {
            line.push_back(end);
        }
        while let Some(end) = line.front().copied().and_then(&mut next) {
            line.push_front(end);
        }
        if line.len() > 1 {
            lines.push(line.into());
        }
    }
    lines
}

/// Where a level cuts a triangle, if it does.
fn crossing(triangle: [([f32; 2], f32); 3], level: f32) -> Option<[[f32; 2]; 2]> {
    let mut ends = Vec::with_capacity(2);
    for side in 0..3 {
        let (one, other) = (triangle[side], triangle[(side + 1) % 3]);
        // In one order whichever triangle asks, so that neighbours find the very same place.
        let ((a, low), (b, high)) = if one.0 < other.0 { (one, other) } else { (other, one) };
        if (low < level) != (high < level) && (high - low).is_finite() {
            let t = (level - low) / (high - low);
            let between = [0, 1].map(|axis| a[axis] + t * (b[axis] - a[axis]));
            ends.push(if high == level { b } else { between });
        }
    }
    (ends.len() == 2 && ends[0] != ends[1]).then(|| [ends[0], ends[1]])
}

#[cfg(test)]
mod tests {
    use super::super::scene::Colours;
    use super::*;

    #[test]
    fn contours_lie_where_the_level_is() {
        // Heights x^2 + y^2 over the unit square: a quarter of a circle.
        let n = 41;
        let share = |i: usize| i as f32 / 40.0;
        let heights: Arc<[f32]> =
            (0..n * n).map(|i| share(i % n).powi(2) + share(i / n).powi(2)).collect();
        let colours = Colours::Heights(|_| Color32::BLACK, [0.0, 1.0]);
        let field = Field::new([n, n], heights, colours, 1);
        let pieces = contours(&field, &Isolines::thin(vec![0.5], Color32::BLACK));
        assert!(pieces.len() > 40);
        let radius = 0.5_f32.sqrt();
        let long: f32 = pieces
            .iter()
            .map(|[a, b]| {
                assert!((a[0].hypot(a[1]) - radius).abs() < 1e-3, "{a:?}");
                (a[0] - b[0]).hypot(a[1] - b[1])
            })
            .sum();
        assert!((long - radius * std::f32::consts::FRAC_PI_2).abs() < 0.01, "{long}");
        let lines = joined(&pieces);
        assert_eq!((lines.len(), lines[0].len()), (1, pieces.len() + 1));
    }

    #[test]
    fn no_line_runs_into_a_hole() {
        let mut heights = vec![0.0, 1.0, 0.0, 1.0];
        let colours = Colours::Heights(|_| Color32::BLACK, [0.0, 1.0]);
        let family = Isolines::thin(vec![0.5], Color32::BLACK);
        let field = Field::new([2, 2], heights.clone().into(), colours.clone(), 1);
        assert_eq!(contours(&field, &family).len(), 2);
        heights[3] = f32::NAN;
        let field = Field::new([2, 2], heights.into(), colours, 2);
        assert!(contours(&field, &family).is_empty());
    }
}
