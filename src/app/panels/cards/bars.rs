//! Three answers for each state, as bars on one scale, and the model they rest on.

use egui::{Align2, Painter, Pos2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::{follows, written};
use crate::app::widgets::source::Source;
use crate::app::widgets::text;
use crate::app::{theme, words};
use crate::probes::cards::Answer;

/// Imagined blocks and the gap after each, in points before the text scale.
const BLOCK: (f32, f32) = (8.0, 4.0);
/// Least width of one state's column, in points before the text scale.
const COLUMN: f32 = 190.0;
/// A way to answer: its name, where its values come from, and its value of a state.
type Way = (&'static str, Source, fn(&Answer) -> Option<f64>);

/// Who answers: what is planned with a model is imagined, the others learn from what happened.
const WAYS: [Way; 3] = [
    ("Table model", Source::Imagined, |a| a.model),
    ("Batch TD(0)", Source::Real, |a| a.td),
    ("Monte-Carlo", Source::Real, |a| a.monte_carlo),
];

/// Draws them over the available space; `hidden` puts a question mark in place of each.
pub(super) fn bars(ui: &mut Ui, said: &[Answer], hidden: bool) {
    let scale = theme::scale(ui.ctx());
    let (response, painter) = ui.allocate_painter(ui.available_size(), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, spoken(said, hidden)));
    let rect = response.rect;
    let t = theme::tokens(ui.ctx());
    if said.is_empty() {
        let words = "No episode counts: bring a card back or add one.";
        let words = text::line(&painter, words, theme::body(ui.ctx()), t.text_weak);
        text::place(&painter, &words, rect.left_top(), Align2::LEFT_TOP);
        return;
    }
    let names = 104.0 * scale;
    let room = ((rect.width() - names) / (COLUMN * scale)).floor().max(1.0) as usize;
    let shown = &said[..said.len().min(room)];
    let head = 24.0 * scale;
    let foot = 24.0 * scale;
    let line =
        ((rect.height() - head - foot) / WAYS.len() as f32).clamp(18.0 * scale, 52.0 * scale);
    let middle = |row: usize| rect.top() + head + (row as f32 + 0.5) * line;
    for (row, (name, source, _)) in WAYS.iter().enumerate() {
        let name = text::line(&painter, name, theme::body(ui.ctx()), source.ink(&t));
        text::place(&painter, &name, pos2(rect.left(), middle(row)), Align2::LEFT_CENTER);
    }
    let range = range(said);
    let width = (rect.width() - names) / shown.len() as f32;
    for (column, answer) in shown.iter().enumerate() {
        let left = rect.left() + names + column as f32 * width;
        let seat = Rect::from_min_max(pos2(left, rect.top()), pos2(left + width, rect.bottom()));
        let below = middle(WAYS.len() - 1) + line / 2.0;
        title(&painter, seat, answer, said.len() - shown.len(), column + 1 == shown.len());
        for (row, (_, source, value)) in WAYS.iter().enumerate() {
            let line = Rect::from_center_size(
                pos2(seat.center().x, middle(row)),
                vec2(width - 24.0 * scale, 0.42 * line),
            );
            match hidden {
                true => {
                    let mark = text::line(&painter, "?", theme::number(ui.ctx()), t.text_weak);
                    text::place(&painter, &mark, line.left_center(), Align2::LEFT_CENTER);
                }
                false => bar(&painter, line, range, value(answer), *source),
            }
        }
        if !hidden {
            model(&painter, pos2(left, below + 4.0 * scale), width - 16.0 * scale, answer);
        }
    }
}

/// `V(A)`, and on how many visits it rests.
fn title(painter: &Painter, seat: Rect, answer: &Answer, more: usize, last: bool) {
    let ctx = painter.ctx();
    let (t, scale) = (theme::tokens(ctx), theme::scale(ctx));
    let name = format!("V({})", answer.state);
    let name = text::line(painter, &name, theme::tick_strong(ctx), t.text_strong);
    let at = seat.left_top() + vec2(12.0 * scale, 0.0);
    let seated = text::place(painter, &name, at, Align2::LEFT_TOP);
    let visits = match answer.visits {
        1 => "seen once".to_owned(),
        n => format!("seen {n} times"),
    };
    let rest = if last && more > 0 { format!("{visits}; {more} more states") } else { visits };
    let room = seat.right() - seated.right() - 8.0;
    let words = text::elided(painter, &rest, theme::small(ctx), t.text_weak, room);
    let at = pos2(seated.right() + 8.0 * scale, seated.center().y);
    text::place(painter, &words, at, Align2::LEFT_CENTER);
}

/// Least and greatest end of the scale: 0 and 1, or as far as values reach.
fn range(said: &[Answer]) -> (f64, f64) {
    let values = said.iter().flat_map(|a| WAYS.iter().filter_map(|way| (way.2)(a)));
    values.fold((0.0, 1.0), |(low, high), v| (low.min(v), high.max(v)))
}

/// A bar from zero, its number behind it.
fn bar(painter: &Painter, line: Rect, range: (f64, f64), value: Option<f64>, source: Source) {
    let ctx = painter.ctx();
    let (t, scale) = (theme::tokens(ctx), theme::scale(ctx));
    let field = line.with_max_x(line.right() - 58.0 * scale);
    let x = |v: f64| {
        let share = (v - range.0) / (range.1 - range.0).max(1e-12);
        field.left() + field.width() * share as f32
    };
    let zero = x(0.0);
    let axis = [pos2(zero, line.top() - 5.0 * scale), pos2(zero, line.bottom() + 5.0 * scale)];
    painter.line_segment(axis, Stroke::new(1.0, t.stroke_strong));
    let Some(value) = value else {
        let words = text::line(painter, &written(None), theme::small(ctx), t.text_weak);
        text::place(painter, &words, pos2(zero + 6.0, line.center().y), Align2::LEFT_CENTER);
        return;
    };
    let (left, right) = (zero.min(x(value)), zero.max(x(value)));
    let full = Rect::from_min_max(pos2(left, line.top()), pos2(right, line.bottom()));
    match source {
        Source::Imagined => blocks(painter, full, scale),
        _ => {
            painter.rect_filled(full, 2.0, source.hue(&t));
        }
    }
    let number = text::line(painter, &written(Some(value)), theme::number(ctx), source.ink(&t));
    let at = pos2(full.right().max(zero) + 8.0 * scale, line.center().y);
    text::place(painter, &number, at, Align2::LEFT_CENTER);
}

fn blocks(painter: &Painter, full: Rect, scale: f32) {
    let hue = theme::tokens(painter.ctx()).imagined;
    let mut left = full.left();
    while left < full.right() {
        let right = (left + BLOCK.0 * scale).min(full.right());
        painter.rect_filled(full.with_min_x(left).with_max_x(right), 1.0, hue);
        left += (BLOCK.0 + BLOCK.1) * scale;
    }
}

/// What the table model counted: reward, and what follows.
fn model(painter: &Painter, at: Pos2, room: f32, answer: &Answer) {
    let ctx = painter.ctx();
    let (t, scale) = (theme::tokens(ctx), theme::scale(ctx));
    let text =
        format!("r({}) = {}, {}", answer.state, words::value(answer.reward), follows(answer));
    let words =
        text::elided(painter, &text, theme::small(ctx), t.imagined_text, room - 12.0 * scale);
    text::place(painter, &words, at + vec2(12.0 * scale, 0.0), Align2::LEFT_TOP);
}

fn spoken(said: &[Answer], hidden: bool) -> String {
    if hidden {
        return "Answers, not shown yet".to_owned();
    }
    let one = |a: &Answer| {
        let [model, td, returns] = WAYS.map(|way| written((way.2)(a)));
        format!("V({}): table model {model}, batch TD(0) {td}, Monte-Carlo {returns}", a.state)
    };
    said.iter().map(one).collect::<Vec<_>>().join("; ")
}
