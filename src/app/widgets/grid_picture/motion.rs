//! What moves: the agent with its trail, and imagined updates as sparks or density dots.

use egui::{Color32, Pos2, Shape, Stroke, Vec2, vec2};

use super::{Canvas, Spark};
use crate::app::widgets::dashes;

/// Newest imagined updates drawn as segments; older ones are dots.
const SEGMENTS: usize = 12;
/// Dashes inside cells, in points: drawn and left out.
const DASH: [f32; 2] = [5.0, 3.4];
/// Distance of a spark from the line through the cell centres, in cells.
const LANE: f32 = 0.2;
/// Longest step in cells that the trail joins with a line; anything longer is a new episode.
const JUMP: f32 = 3.0;
/// Places of density dots around the centre of a cell, in cells; arrows keep the centre.
const DOTS: [[f32; 2]; 8] = [
    [-0.32, -0.32],
    [0.32, 0.32],
    [0.32, -0.32],
    [-0.32, 0.32],
    [0.0, -0.37],
    [0.37, 0.0],
    [-0.37, 0.0],
    [0.0, 0.37],
];

/// Width of a line inside the picture: the usual one, thinner in small cells.
fn width(canvas: &Canvas<'_>, full: f32) -> f32 {
    (canvas.layout.pitch * full / 36.0).clamp(0.45 * full, 1.6 * full)
}

/// Width of the casing on each side of a mark.
fn casing(canvas: &Canvas<'_>) -> f32 {
    (canvas.layout.pitch * 0.045).clamp(0.7, 2.0)
}

/// The path really taken: solid, with a casing, up to the agent.
pub(super) fn trail(canvas: &Canvas<'_>) {
    let steps = canvas.picture.trail.iter().map(|&(row, col)| (f32::from(row), f32::from(col)));
    let pieces = pieces(canvas, steps.chain(canvas.picture.agent));
    let width = width(canvas, 3.4);
    let outer = width + 2.0 * casing(canvas);
    // All casings first: where the path crosses itself, it must not cut itself.
    for (width, color) in [(outer, canvas.tokens.casing), (width, canvas.tokens.real)] {
        for piece in pieces.iter().filter(|piece| piece.len() > 1) {
            canvas.painter.add(Shape::line(piece.clone(), Stroke::new(width, color)));
            for end in [piece[0], piece[piece.len() - 1]] {
                canvas.painter.circle_filled(end, width / 2.0, color);
            }
        }
    }
}

/// The trail as lines without sharp turns: it breaks where the agent was put elsewhere, and where
/// it turned back (a single line would end there in a thorn).
fn pieces(canvas: &Canvas<'_>, steps: impl Iterator<Item = (f32, f32)>) -> Vec<Vec<Pos2>> {
    let mut pieces: Vec<Vec<Pos2>> = Vec::new();
    let mut last: Option<(f32, f32)> = None;
    for step in steps.filter(|(row, col)| row.is_finite() && col.is_finite()) {
        if last == Some(step) {
            continue;
        }
        let far = last
            .is_some_and(|(row, col)| (row - step.0).abs() > JUMP || (col - step.1).abs() > JUMP);
        last = Some(step);
        let point = canvas.layout.center(step.0, step.1);
        let Some(piece) = pieces.last_mut().filter(|_| !far) else {
            pieces.push(vec![point]);
            continue;
        };
        if let [.., before, turn] = piece[..]
            && (turn - before).normalized().dot((point - turn).normalized()) < -0.5
        {
            pieces.push(vec![turn, point]);
        } else {
            piece.push(point);
        }
    }
    pieces
}

/// The agent: a filled disc with a white core and a casing.
pub(super) fn agent(canvas: &Canvas<'_>) {
    let Some((row, col)) = canvas.picture.agent else { return };
    let center = canvas.layout.center(row, col);
    let radius = (canvas.layout.pitch * 0.3).max(2.5);
    let tokens = &canvas.tokens;
    let core = if tokens.dark { tokens.text_strong } else { tokens.casing };
    canvas.painter.circle_filled(center, radius + casing(canvas), tokens.casing);
    canvas.painter.circle_filled(center, radius, tokens.real);
    canvas.painter.circle_filled(center, radius * 0.42, core);
}

/// Imagined updates: the newest as short dashed segments beside the cell centres with a head at
/// the next state, older ones as dots.
pub(super) fn sparks(canvas: &Canvas<'_>) {
    let mut sparks: Vec<&Spark> = canvas.picture.sparks.iter().collect();
    sparks.sort_by(|a, b| b.age.total_cmp(&a.age));
    let older = sparks.len().saturating_sub(SEGMENTS);
    for (index, spark) in sparks.into_iter().enumerate() {
        let age = spark.age.clamp(0.0, 1.0);
        if index < older {
            let (_, head) = ends(canvas, spark);
            dot(canvas, head, width(canvas, 2.6), 0.75 - 0.35 * age);
        } else {
            segment(canvas, spark, 1.0 - 0.5 * age);
        }
    }
}

/// Start and head of a spark. Both keep to the right of their way, so that there and back lie
/// beside each other; a bump stays in its cell.
fn ends(canvas: &Canvas<'_>, spark: &Spark) -> (Pos2, Pos2) {
    let place = |(row, col): (u16, u16)| canvas.layout.center(f32::from(row), f32::from(col));
    let (from, to) = (place(spark.from), place(spark.to));
    let pitch = canvas.layout.pitch;
    if spark.from == spark.to {
        return (from + vec2(-0.08, LANE) * pitch, from + vec2(-0.3, LANE) * pitch);
    }
    let lane: Vec2 = (to - from).normalized().rot90() * LANE * pitch;
    (from + lane, to + lane)
}

fn segment(canvas: &Canvas<'_>, spark: &Spark, opacity: f32) {
    let (from, to) = ends(canvas, spark);
    let width = width(canvas, 2.4);
    let outer = Stroke::new(width + 2.0 * casing(canvas), faint(canvas.tokens.casing, opacity));
    let inner = Stroke::new(width, faint(canvas.tokens.imagined, opacity));
    canvas.painter.line_segment([from, to], outer);
    let scale = (canvas.layout.pitch / 36.0).clamp(0.5, 1.5);
    // Dashes are counted from the head, which is what the eye follows.
    dashes::paint(&canvas.painter, &[to, from], inner, DASH[0] * scale, DASH[1] * scale);
    dot(canvas, to, 1.45 * width, opacity);
}

fn dot(canvas: &Canvas<'_>, at: Pos2, radius: f32, opacity: f32) {
    let outer = radius + casing(canvas);
    canvas.painter.circle_filled(at, outer, faint(canvas.tokens.casing, opacity));
    canvas.painter.circle_filled(at, radius, faint(canvas.tokens.imagined, opacity));
}

fn faint(color: Color32, opacity: f32) -> Color32 {
    color.gamma_multiply(opacity)
}

/// Imagined updates at high speed: the more of them, the more dots around a cell's centre.
pub(super) fn dots(canvas: &Canvas<'_>) {
    let layout = &canvas.layout;
    for &(index, strength) in canvas.picture.dots {
        let index = usize::from(index);
        let strength = strength.clamp(0.0, 1.0);
        if index >= layout.cols * layout.rows || strength.is_nan() || strength == 0.0 {
            continue;
        }
        let (row, col) = layout.place(index);
        let center = layout.center(row, col);
        if !layout.detailed() {
            let radius = layout.pitch * (0.12 + 0.2 * strength);
            canvas.painter.circle_filled(center, radius, canvas.tokens.imagined);
            continue;
        }
        let count = (strength * DOTS.len() as f32).ceil() as usize;
        for step in 0..count.min(DOTS.len()) {
            // The order turns from cell to cell, so that dots make no pattern of their own.
            let [right, down] = DOTS[(step + index * 5) % DOTS.len()];
            let at = center + vec2(right, down) * layout.pitch;
            dot(canvas, at, width(canvas, 1.7), 0.9);
        }
    }
}
