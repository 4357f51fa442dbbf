//! Counters: great numbers in a hue, their digits grouped by narrow gaps.

use std::sync::Arc;

use egui::text::{LayoutJob, TextFormat};
use egui::vec2;
use egui::{Color32, FontId, Galley, Painter, Response, Role, Sense, Ui, WidgetInfo};

use super::source::Source;
use super::text;
use crate::app::theme;

/// Gap between groups of digits in points, before the text scale.
const GROUP_GAP: f32 = 3.0;

/// A count with its thousands set off by U+00A0: for tables, tooltips and screen readers.
pub fn grouped(value: u64) -> String {
    group(&value.to_string(), "\u{a0}")
}

/// The digits of `plain` in threes from the right.
fn group(plain: &str, gap: &str) -> String {
    let mut out = String::with_capacity(plain.len() + plain.len() / 3 * gap.len());
    for (index, digit) in plain.chars().enumerate() {
        if index > 0 && (plain.len() - index).is_multiple_of(3) {
            out.push_str(gap);
        }
        out.push(digit);
    }
    out
}

/// A count laid out with a gap of 3 points between groups, which no space character offers.
pub fn grouped_galley(painter: &Painter, value: u64, font: FontId, ink: Color32) -> Arc<Galley> {
    let gap =
        GROUP_GAP * theme::scale(painter.ctx()) * font.size / theme::number(painter.ctx()).size;
    let mut job = LayoutJob::default();
    for (index, part) in group(&value.to_string(), " ").split(' ').enumerate() {
        let space = if index == 0 { 0.0 } else { gap };
        job.append(part, space, TextFormat::simple(font.clone(), ink));
    }
    painter.layout_job(job)
}

/// A great counter in its hue with a small caption behind it, on one baseline.
pub fn hero(ui: &mut Ui, value: u64, source: Source, caption: &str) -> Response {
    let font = theme::hero(ui.ctx());
    let counter = Counter::lay(ui.painter(), (value, caption), source, &font, false);
    let size = vec2(counter.width(), counter.number.size().y);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    counter.paint(ui.painter(), rect.left(), rect.top() + text::ascent(&counter.number));
    name(&response, format!("{} {caption}", grouped(value)));
    response
}

/// The two counters of a tile: real at the left edge, imagined at the right one.
///
/// In a narrow tile the captions shrink to their first word, then the digits to plain numbers;
/// the height stays, so nothing below moves while the counters grow.
pub fn hero_pair(ui: &mut Ui, real: (u64, &str), imagined: (u64, &str)) -> Response {
    let ctx = ui.ctx();
    let width = ui.available_width();
    let hero = theme::hero(ctx);
    let tries = [(hero.clone(), false), (hero.clone(), true), (theme::number(ctx), true)];
    let lay = |(font, brief): &(FontId, bool)| {
        let left = Counter::lay(ui.painter(), real, Source::Real, font, *brief);
        let right = Counter::lay(ui.painter(), imagined, Source::Imagined, font, *brief);
        (left, right)
    };
    let gap = 12.0 * theme::scale(ctx);
    let mut pair = lay(&tries[0]);
    for attempt in &tries[1..] {
        if pair.0.width() + gap + pair.1.width() > width {
            pair = lay(attempt);
        }
    }
    let full = text::line(ui.painter(), "0", hero, Color32::PLACEHOLDER);
    let (rect, response) = ui.allocate_exact_size(vec2(width, full.size().y), Sense::hover());
    let baseline = rect.top() + text::ascent(&full);
    pair.0.paint(ui.painter(), rect.left(), baseline);
    pair.1.paint(ui.painter(), rect.right() - pair.1.width(), baseline);
    let spoken = [real, imagined].map(|(value, words)| format!("{} {words}", grouped(value)));
    name(&response, spoken.join(", "));
    response
}

/// A number and its caption, laid out.
struct Counter {
    number: Arc<Galley>,
    words: Arc<Galley>,
    gap: f32,
}

impl Counter {
    /// `brief` keeps only the first word of the caption.
    fn lay(
        painter: &Painter,
        (value, caption): (u64, &str),
        source: Source,
        font: &FontId,
        brief: bool,
    ) -> Self {
        let ctx = painter.ctx();
        let t = theme::tokens(ctx);
        let words = if brief { caption.split(' ').next().unwrap_or(caption) } else { caption };
        Self {
            number: grouped_galley(painter, value, font.clone(), source.ink(&t)),
            words: text::line(painter, words, theme::small(ctx), t.text_weak),
            gap: 8.0 * theme::scale(ctx),
        }
    }

    fn width(&self) -> f32 {
        self.number.size().x + self.gap + self.words.size().x
    }

    fn paint(&self, painter: &Painter, left: f32, baseline: f32) {
        text::place_on(painter, &self.number, left, baseline);
        text::place_on(painter, &self.words, left + self.number.size().x + self.gap, baseline);
    }
}

/// Speaks the counters as one phrase.
fn name(response: &Response, spoken: String) {
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, spoken.as_str()));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_in_threes_from_the_right() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(871), "871");
        assert_eq!(grouped(43_550), "43\u{a0}550");
        assert_eq!(grouped(1_234_567), "1\u{a0}234\u{a0}567");
    }
}
