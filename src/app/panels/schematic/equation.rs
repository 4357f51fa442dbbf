//! The loss as it is trained now: where gradients stop, and each term with its number.

use egui::{Color32, Painter, Rect, pos2, vec2};

use super::figure::Sum;
use crate::app::theme::{self, Tokens};
use crate::app::widgets::formula::Formula;
use crate::app::widgets::{meter, text};
use crate::app::words::value;
use crate::probes::consistency::Wiring;

/// Height of a line in points before the text scale.
const LINE: f32 = 30.0;

/// Paints the formula, its numbers, and its parts as one bar.
pub fn paint(painter: &Painter, rect: Rect, sum: &Sum) {
    let (t, points) = (theme::tokens(painter.ctx()), theme::scale(painter.ctx()));
    let line = |row: f32| rect.left_top() + vec2(0.0, (row + 0.8) * LINE * points);
    let wide = symbols(&t, sum).paint(painter, line(0.0));
    let small = theme::small(painter.ctx());
    let code = if sum.atoms { "H is cross-entropy; " } else { "" };
    let note = format!("⊥ stops the gradient; {code}{}", sum.note);
    let room = rect.width() - wide - 24.0 * points;
    let note = text::elided(painter, &note, small.clone(), t.text_weak, room);
    text::place_on(painter, &note, rect.left() + wide + 20.0 * points, line(0.0).y);
    // As many terms as fit.
    let mut shown = sum.terms.len();
    let mut said = numbers(&t, sum, shown);
    while shown > 1 && said.width(painter) > rect.width() {
        shown -= 1;
        said = numbers(&t, sum, shown);
    }
    said.paint(painter, line(1.0));
    parts(painter, rect.with_min_y(line(1.35).y), sum);
}

/// `L = w L_real + beta 1/2 sum (target - prediction)^2` with `⊥` where a gradient stops.
fn symbols(t: &Tokens, sum: &Sum) -> Formula {
    let f = Formula::new(t.text_strong).math("L").gap(5.0).math("=").gap(5.0).ink(t.real_text);
    let f = f.math("w").gap(1.0).math("L").below("real").gap(6.0);
    let Some(wiring) = sum.wiring else {
        return f;
    };
    let f = f.ink(t.text_strong).math("+").gap(6.0).ink(t.imagined_text);
    let f = f.math("β").gap(3.0);
    let f = if sum.atoms { f } else { f.words("½").gap(3.0) };
    let f = f.math("Σ").below("k=0").above("K").gap(4.0);
    // Chances of atoms are compared by cross-entropy.
    let (open, between) = if sum.atoms { ("H(", ",") } else { ("(", "−") };
    let f = target(f.math(open), wiring, sum.lambda).gap(5.0).math(between).gap(5.0);
    let f = predicted(f, wiring.prediction, "k", wiring.state).math(")");
    if sum.atoms { f.gap(6.0) } else { f.above("2").gap(6.0) }
}

/// `v̂_k`, stopped or not, of an imagined state that may itself be stopped.
fn predicted(f: Formula, open: bool, k: &str, state: bool) -> Formula {
    let f = if open { f } else { f.math("⊥").gap(2.0) };
    let f = f.hat("v").below(k).gap(1.0);
    if state { f } else { f.math("(⊥").hat("z").math(")") }
}

fn target(f: Formula, wiring: Wiring, lambda: bool) -> Formula {
    let (reward, value) = (wiring.target_reward, wiring.target_value);
    let both = !reward && !value;
    let f = if both { f.math("⊥(") } else { f };
    let f = if reward || both { f } else { f.math("⊥").gap(2.0) };
    let f = f.hat("r").below("k").gap(5.0).math("+").gap(5.0).math("γ").gap(2.0);
    let f = if value || both { f } else { f.math("⊥").gap(2.0) };
    let f = match lambda {
        true => f
            .math("((1−λ)")
            .hat("v")
            .below("k+1")
            .math("+ λ")
            .gap(1.0)
            .math("y")
            .below("k+1")
            .math(")"),
        false => f.hat("v").below("k+1"),
    };
    if both { f.math(")") } else { f }
}

/// The same in numbers.
fn numbers(t: &Tokens, sum: &Sum, shown: usize) -> Formula {
    let terms = &sum.terms;
    let mut f = Formula::new(t.text_strong).math("=").gap(5.0).ink(t.real_text);
    f = times(f, sum.w, &value(sum.real));
    if !terms.is_empty() {
        f = f.gap(5.0).ink(t.text_strong).math("+").gap(5.0).ink(t.imagined_text);
        f = f.number(&value(sum.beta)).gap(2.0).math("·").gap(2.0).math("(");
        for (k, term) in terms[..shown].iter().enumerate() {
            f = if k > 0 { f.gap(4.0).math("+").gap(4.0) } else { f };
            f = f.number(&value(*term));
        }
        f = if shown < terms.len() { f.gap(4.0).math("+ …") } else { f };
        f = f.math(")");
    }
    f.gap(5.0).ink(t.text_strong).math("=").gap(5.0).number(&value(sum.total()))
}

fn times(f: Formula, weight: f64, number: &str) -> Formula {
    f.number(&value(weight)).gap(2.0).math("·").gap(2.0).number(number)
}

/// The parts beside each other: their sum is the whole.
fn parts(painter: &Painter, rect: Rect, sum: &Sum) {
    let (t, points) = (theme::tokens(painter.ctx()), theme::scale(painter.ctx()));
    let (real, imagined) = (sum.w * sum.real, sum.imagined);
    let bar = Rect::from_min_size(rect.min, vec2(rect.width(), 6.0 * points));
    // The bar counts; a millionth is finer than a pixel.
    let total = (real + imagined.max(0.0)).max(1e-300);
    let count = |part: f64| (1e6 * part / total) as u64;
    meter::paint(painter, bar, count(real), count(imagined));
    let font = theme::small(painter.ctx());
    let say = |words: &str, ink: Color32, x: f32| {
        let line = text::line(painter, words, font.clone(), ink);
        text::place(painter, &line, pos2(x, bar.bottom() + 3.0), egui::Align2::LEFT_TOP).right()
    };
    let each = sum.parts.iter().map(|(name, part)| format!("{name} {}", value(*part)));
    let words = format!("real: {}", each.collect::<Vec<_>>().join(" + "));
    let right = say(&words, t.real_text, rect.left());
    say(&format!("imagined {}", value(imagined)), t.imagined_text, right + 18.0 * points);
}
