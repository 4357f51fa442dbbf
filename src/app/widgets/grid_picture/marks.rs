//! Still marks inside cells: greedy arrows, numbers, wind, and the share of imagination.

use egui::{Align2, Color32, Pos2, Rect, Shape, Stroke, Vec2, pos2, vec2};

use super::{Canvas, beside};
use crate::app::theme;

/// Directions in the order of the bits of `GridPicture::arrows`.
const DIRECTIONS: [Vec2; 4] = [vec2(0.0, -1.0), vec2(1.0, 0.0), vec2(0.0, 1.0), vec2(-1.0, 0.0)];

/// Blocks of the imagined underline, in points: drawn and left out.
const BLOCKS: [f32; 2] = [4.0, 2.0];

/// Greedy actions: one arrow through the centre, or short ones from it where actions tie.
pub(super) fn arrows(canvas: &Canvas<'_>) {
    let layout = &canvas.layout;
    if !layout.detailed() {
        return;
    }
    let width = (layout.pitch * 0.045).clamp(1.2, 2.8);
    for (index, mask) in canvas.picture.arrows.iter().enumerate() {
        if index >= layout.cols * layout.rows {
            break;
        }
        if mask & 15 == 0 || !canvas.is_open(index) {
            continue;
        }
        let stroke = Stroke::new(width, ink(canvas, index));
        let (row, col) = layout.place(index);
        let center = layout.center(row, col);
        let tied = (mask & 15).count_ones() > 1;
        for (bit, direction) in DIRECTIONS.into_iter().enumerate() {
            if mask & (1 << bit) != 0 {
                let reach = if tied { [0.1, 0.33] } else { [-0.22, 0.22] };
                let [tail, tip] = reach.map(|share| center + direction * share * layout.pitch);
                let head = if tied { 0.1 } else { 0.15 } * layout.pitch;
                arrow(canvas, tail, tip, head, stroke);
            }
        }
    }
}

/// Ink that reads on a cell's fill; without news the fill is the panel.
fn ink(canvas: &Canvas<'_>, index: usize) -> Color32 {
    if canvas.value(index).is_some() {
        theme::arrow_ink(canvas.fill(index))
    } else {
        canvas.tokens.text_weak
    }
}

/// A line with an open head.
fn arrow(canvas: &Canvas<'_>, tail: Pos2, tip: Pos2, head: f32, stroke: Stroke) {
    let along = (tip - tail).normalized();
    let side = along.rot90();
    let wings = [tip - (along - side) * head, tip, tip - (along + side) * head];
    canvas.painter.line_segment([tail, tip], stroke);
    canvas.painter.add(Shape::line(wings.to_vec(), stroke));
}

/// Numbers instead of arrows, left out where they would not fit at a readable size.
pub(super) fn numbers(canvas: &Canvas<'_>, numbers: &[f32]) {
    let layout = &canvas.layout;
    let font = theme::code(canvas.painter.ctx());
    for (index, number) in numbers.iter().enumerate().take(layout.cols * layout.rows) {
        if !canvas.is_open(index) || !layout.detailed() {
            continue;
        }
        let ink = ink(canvas, index);
        let room = layout.cell(index).width() - 4.0;
        // Fewer digits rather than smaller ones: nothing is set below the smallest type.
        let galley = [2, 1, 0]
            .map(|decimals| short(*number, decimals))
            .into_iter()
            .map(|text| canvas.painter.layout_no_wrap(text, font.clone(), ink))
            .find(|galley| galley.size().x <= room && galley.size().y <= room);
        if let Some(galley) = galley {
            let center = layout.cell(index).center();
            let rect = Align2::CENTER_CENTER.anchor_size(center, galley.size());
            canvas.painter.galley(rect.min, galley, ink);
        }
    }
}

/// A number in a few characters: ".42" for less than one, no decimals from a hundred on.
fn short(number: f32, decimals: usize) -> String {
    if !number.is_finite() {
        return "?".to_owned();
    }
    let decimals = match number.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => decimals.min(1),
        _ => decimals,
    };
    if number == 0.0 {
        return "0".to_owned();
    }
    let text = format!("{number:.decimals$}").replace('-', "\u{2212}");
    text.replacen("0.", ".", usize::from(number.abs() < 1.0))
}

/// Chevrons along the right edge of a cell: as many as cells of wind, pointing where it blows.
pub(super) fn wind(canvas: &Canvas<'_>) {
    let layout = &canvas.layout;
    let cells = layout.cols * layout.rows;
    let per_cell = canvas.picture.wind.len() == cells && layout.rows > 1;
    if canvas.picture.wind.is_empty() || !layout.detailed() {
        return;
    }
    for index in 0..cells {
        let entry = if per_cell { index } else { index % layout.cols };
        let strength = canvas.picture.wind.get(entry).copied().unwrap_or(0);
        if strength != 0 && canvas.is_open(index) {
            chevrons(canvas, index, strength);
        }
    }
}

fn chevrons(canvas: &Canvas<'_>, index: usize, strength: i8) {
    let pitch = canvas.layout.pitch;
    let color = ink(canvas, index).gamma_multiply(0.6);
    let stroke = Stroke::new((pitch * 0.035).clamp(1.0, 2.0), color);
    let up = f32::from(strength.signum());
    let (row, col) = canvas.layout.place(index);
    let center = canvas.layout.center(row, col);
    for step in 0..strength.unsigned_abs().min(3) {
        let down = 0.32 - 0.13 * f32::from(step);
        let tip = beside(center, pitch, 0.34, down - 0.04 * up);
        let (left, right) = (vec2(-0.08, 0.08 * up) * pitch, vec2(0.08, 0.08 * up) * pitch);
        canvas.painter.add(Shape::line(vec![tip + left, tip, tip + right], stroke));
    }
}

/// Underlines in the imagined hue: their length is the imagined share of a cell's updates. They
/// are blocks on a casing, so that no one takes them for a value colour.
pub(super) fn shares(canvas: &Canvas<'_>) {
    let Some(shares) = canvas.picture.imagined_share else { return };
    let layout = &canvas.layout;
    if !layout.detailed() {
        return;
    }
    let height = (layout.pitch * 0.08).clamp(2.0, 4.0);
    for (index, share) in shares.iter().enumerate().take(layout.cols * layout.rows) {
        let share = share.clamp(0.0, 1.0);
        if !canvas.is_open(index) || share.is_nan() || share == 0.0 {
            continue;
        }
        let cell = layout.cell(index).shrink(layout.pitch * 0.09);
        let base = Rect::from_min_max(pos2(cell.left(), cell.bottom() - height), cell.max);
        let full = Rect::from_min_size(base.min, vec2(base.width() * share, height));
        canvas.painter.rect_filled(full.expand(1.5), 1, canvas.tokens.casing);
        let mut left = full.left();
        while left < full.right() {
            let right = (left + BLOCKS[0]).min(full.right());
            let block = Rect::from_min_max(pos2(left, full.top()), pos2(right, full.bottom()));
            canvas.painter.rect_filled(block, 0, canvas.tokens.imagined);
            left += BLOCKS[0] + BLOCKS[1];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(short(0.421, 2), ".42");
        assert_eq!(short(-0.5, 1), "\u{2212}.5");
        assert_eq!(short(12.34, 2), "12.3");
        assert_eq!(short(-257.7, 2), "\u{2212}258");
        assert_eq!(short(f32::NAN, 2), "?");
        assert_eq!(short(0.0, 2), "0");
        assert_eq!(short(0.3, 0), "0");
    }
}
