//! Single lines of text, laid out once and placed by baseline or box.

use std::sync::Arc;

use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Color32, FontId, Galley, Painter, Pos2, Rect};

/// One line, as wide as it needs to be.
pub fn line(painter: &Painter, text: &str, font: FontId, ink: Color32) -> Arc<Galley> {
    painter.layout_no_wrap(text.to_owned(), font, ink)
}

/// One line of at most `width` points, with an ellipsis where it was cut.
pub fn elided(
    painter: &Painter,
    text: &str,
    font: FontId,
    ink: Color32,
    width: f32,
) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, ink);
    job.wrap = TextWrapping::truncate_at_width(width.max(0.0));
    painter.layout_job(job)
}

/// The first of `words` that fits into `width` points, else the last of them, cut.
pub fn fitted(
    painter: &Painter,
    words: &[&str],
    font: &FontId,
    ink: Color32,
    width: f32,
) -> Arc<Galley> {
    let whole = words.iter().map(|words| line(painter, words, font.clone(), ink));
    let last = words.last().copied().unwrap_or("");
    let fits = whole.into_iter().find(|galley| galley.size().x <= width);
    fits.unwrap_or_else(|| elided(painter, last, font.clone(), ink, width))
}

/// Distance from the top of a galley to the baseline of its first row, in points.
pub fn ascent(galley: &Galley) -> f32 {
    galley
        .rows
        .first()
        .and_then(|row| row.glyphs.first().map(|glyph| row.pos.y + glyph.pos.y))
        .unwrap_or(galley.size().y)
}

/// Paints a galley so that `anchor` of its box lies on `at`; returns the box.
///
/// Galleys carry their own colours, so no fallback is asked for.
pub fn place(painter: &Painter, galley: &Arc<Galley>, at: Pos2, anchor: Align2) -> Rect {
    let rect = anchor.anchor_size(at, galley.size());
    painter.galley(rect.min, Arc::clone(galley), Color32::PLACEHOLDER);
    rect
}

/// Paints a galley with its left end at `x` and its first baseline at `baseline`.
pub fn place_on(painter: &Painter, galley: &Arc<Galley>, x: f32, baseline: f32) -> Rect {
    place(painter, galley, Pos2::new(x, baseline - ascent(galley)), Align2::LEFT_TOP)
}
