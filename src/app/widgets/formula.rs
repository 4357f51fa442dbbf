//! One line of mathematics: letters in the faces of KaTeX, hats, sub- and superscripts by layout,
//! numbers in their own face. What stands in it changes with the numbers; nothing is parsed.

use std::sync::Arc;

use egui::{Color32, Context, FontId, Galley, Painter, Pos2, Stroke, Vec2, pos2, vec2};

use super::text;
use crate::app::theme;

/// Size of sub- and superscripts beside the line.
const SCRIPT: f32 = 0.68;
/// How far they stand below and above the baseline, in sizes of the line.
const LOW: f32 = 0.22;
const HIGH: f32 = 0.42;

/// As in `s′`.
const PRIME: char = '′';

/// How a piece is set.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Face {
    Letter,
    Number,
    Words,
}

/// A piece: what, how, whether with a hat, and how far above the baseline.
struct Piece {
    text: String,
    face: Face,
    ink: Color32,
    hat: bool,
    /// -1: below, 0: on the line, 1: above.
    script: i8,
    gap: f32,
}

/// A piece, where it stands on the line, and its glyphs.
type Laid<'a> = (&'a Piece, Vec2, Arc<Galley>);

/// A line of mathematics; build it from left to right, then [`Formula::paint`].
#[must_use]
pub struct Formula {
    pieces: Vec<Piece>,
    /// Colour of what follows.
    ink: Color32,
}

impl Formula {
    /// An empty line in this colour.
    pub const fn new(ink: Color32) -> Self {
        Self { pieces: Vec::new(), ink }
    }

    /// Another colour from here on.
    pub const fn ink(mut self, ink: Color32) -> Self {
        self.ink = ink;
        self
    }

    fn push(mut self, text: &str, face: Face, hat: bool, script: i8) -> Self {
        let text = text.to_owned();
        self.pieces.push(Piece { text, face, ink: self.ink, hat, script, gap: 0.0 });
        self
    }

    /// Letters, operators, parentheses. Primes are drawn to stand as superscripts.
    pub fn math(self, text: &str) -> Self {
        text.split_inclusive(PRIME).fold(self, |line, part| match part.strip_suffix(PRIME) {
            None => line.push(part, Face::Letter, false, 0),
            Some("") => line.above("′"),
            Some(before) => line.push(before, Face::Letter, false, 0).above("′"),
        })
    }

    /// A letter with a hat: predicted.
    pub fn hat(self, text: &str) -> Self {
        self.push(text, Face::Letter, true, 0)
    }

    /// Below the last piece.
    pub fn below(self, text: &str) -> Self {
        self.push(text, Face::Letter, false, -1)
    }

    /// Above the last piece.
    pub fn above(self, text: &str) -> Self {
        self.push(text, Face::Letter, false, 1)
    }

    /// A number that changes.
    pub fn number(self, text: &str) -> Self {
        self.push(text, Face::Number, false, 0)
    }

    /// A few words.
    pub fn words(self, text: &str) -> Self {
        self.push(text, Face::Words, false, 0)
    }

    /// Room before what follows, in points before the text scale.
    pub fn gap(mut self, gap: f32) -> Self {
        if let Some(last) = self.pieces.last_mut() {
            last.gap += gap;
        }
        self
    }

    /// How wide it is.
    pub fn width(&self, painter: &Painter) -> f32 {
        self.lay(painter).1
    }

    /// Paints it with its left end at `at.x` and its baseline at `at.y`; returns its width.
    pub fn paint(&self, painter: &Painter, at: Pos2) -> f32 {
        let (laid, width) = self.lay(painter);
        for (piece, place, galley) in laid {
            let set = text::place_on(painter, &galley, at.x + place.x, at.y + place.y);
            if piece.hat {
                let size = theme::formula(painter.ctx()).size;
                let middle = set.center().x + 0.06 * size;
                let (top, half) = (at.y - 0.62 * size, 0.15 * size);
                let hat = [-1.0, 0.0, 1.0]
                    .map(|x: f32| pos2(middle + x * half, top + 0.14 * size * (x.abs() - 0.5)));
                painter.line(hat.to_vec(), Stroke::new(0.065 * size, piece.ink));
            }
        }
        width
    }

    /// Every piece with its place on the line, and the width of all.
    fn lay(&self, painter: &Painter) -> (Vec<Laid<'_>>, f32) {
        let size = theme::formula(painter.ctx()).size;
        let scale = theme::scale(painter.ctx());
        // A sub- and a superscript in a row stand one above the other.
        let (mut x, mut scripts) = (0.0_f32, (0.0_f32, 0_i8));
        let mut laid = Vec::new();
        for piece in &self.pieces {
            let galley = text::line(painter, &piece.text, font(painter.ctx(), piece), piece.ink);
            let wide = galley.size().x;
            let up = match piece.script {
                0 => 0.0,
                below if below < 0 => LOW * size,
                _ => -HIGH * size,
            };
            let stacked = piece.script != 0 && scripts.1 == -piece.script;
            let left = if stacked { scripts.0 } else { x };
            laid.push((piece, vec2(left, up), galley));
            scripts = (left, piece.script);
            x = x.max(left + wide) + piece.gap * scale;
        }
        (laid, x)
    }
}

fn font(ctx: &Context, piece: &Piece) -> FontId {
    let mut font = match piece.face {
        Face::Letter => theme::formula(ctx),
        Face::Number => theme::number(ctx),
        Face::Words => theme::body(ctx),
    };
    if piece.script != 0 {
        // Nothing in the laboratory is smaller than small type.
        font.size = (font.size * SCRIPT).max(theme::small(ctx).size);
    }
    font
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::LayerId;

    #[test]
    fn scripts_of_one_letter_stand_above_each_other_and_gaps_count() {
        let ctx = Context::default();
        crate::app::fonts::install(&ctx);
        theme::install(&ctx, theme::Theme::Dark, 1.0);
        let _ = ctx.run_ui(egui::RawInput::default(), |ui| {
            let painter =
                Painter::new(ui.ctx().clone(), LayerId::background(), egui::Rect::EVERYTHING);
            let ink = Color32::PLACEHOLDER;
            let width = |formula: Formula| formula.width(&painter);
            let one = width(Formula::new(ink).math("Σ").below("k"));
            let both = width(Formula::new(ink).math("Σ").below("k").above("K"));
            let row = width(Formula::new(ink).math("Σ").below("k").math("+").above("K"));
            assert!(both < row && both >= one);
            let apart = width(Formula::new(ink).math("a").gap(10.0).math("b"));
            assert!((apart - width(Formula::new(ink).math("a").math("b")) - 10.0).abs() < 0.01);
        });
    }
}
