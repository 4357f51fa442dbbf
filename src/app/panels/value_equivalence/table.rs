//! Three errors and what planning is worth: of the moved model, and of those that the runs learned.

use egui::{Align2, Color32, Painter, Rect, Stroke, pos2};

use super::{Learned, Question, verdict};
use crate::app::theme::{self, Tokens};
use crate::app::widgets::{badge, text};
use crate::app::words::value;
use crate::experiment::snapshot::Snapshot;
use crate::probes::morph::Morphed;

/// Height of a row in points before the text scale.
const ROW: f32 = 44.0;
/// Room for everything but the rows, in points before the text scale.
const REST: f32 = 120.0;
/// What the columns are, longer and shorter, with unit.
const COLUMNS: [[&str; 2]; 4] = [
    ["state error, cells", "state, cells"],
    ["value error, % of max V", "value, %"],
    ["reward error", "reward"],
    ["planned return, % of best", "plan, %"],
];
/// What is moved.
const MOVED: [&str; 2] = [
    "Moved: p(s′|s,a) + λ d with d · V* = 0. Rewards and ends stay. Runs: over pairs really tried; latent \
     states read by the probe.",
    "p + λ d with d · V* = 0; runs: over tried pairs",
];

/// Height of a table of so many rows, in points before the text scale.
pub fn height(rows: usize) -> f32 {
    REST + ROW * rows as f32
}

/// Draws it into `rect`.
pub fn paint(
    painter: &Painter,
    rect: Rect,
    s: &Snapshot,
    (question, found): (&Question, &Morphed),
    learned: &[Option<Learned>],
) {
    let ctx = painter.ctx();
    let (t, points) = (theme::tokens(ctx), theme::scale(ctx));
    let said = painter.layout(
        verdict(question, found),
        theme::body_strong(ctx),
        t.text_strong,
        rect.width(),
    );
    let mut top = text::place(painter, &said, rect.min, Align2::LEFT_TOP).bottom() + 12.0 * points;
    let lead = 0.3 * rect.width();
    let wide = (rect.width() - lead) / COLUMNS.len() as f32;
    let right = |column: usize| rect.left() + lead + wide * (column + 1) as f32;
    let font = theme::small(ctx);
    for (column, names) in COLUMNS.iter().enumerate() {
        let words = text::fitted(painter, names, &font, t.text_weak, wide - 8.0);
        text::place(painter, &words, pos2(right(column), top), Align2::RIGHT_TOP);
    }
    top += 24.0 * points;
    let exact = [found.state_error, 100.0 * found.value_error, found.reward_error];
    let rows = s.runs.iter().enumerate().filter_map(|(index, run)| {
        let learned = learned.get(index).copied().flatten()?;
        let e = learned.errors;
        let quality = learned.quality.map(|quality| 100.0 * quality);
        Some((Some(index), run.name.clone(), [e.state, 100.0 * e.value, e.reward], quality))
    });
    let moved =
        (None, "moved model".to_owned(), exact, found.quality.map(|quality| 100.0 * quality));
    for (badge_of, name, errors, quality) in std::iter::once(moved).chain(rows) {
        if top + ROW * points > rect.bottom() - 22.0 * points {
            break;
        }
        let middle = top + 0.5 * ROW * points;
        let line = [pos2(rect.left(), top), pos2(rect.right(), top)];
        painter.line_segment(line, Stroke::new(1.0, t.stroke));
        let mut left = rect.left();
        if let Some(index) = badge_of {
            badge::paint(painter, pos2(left + 11.0 * points, middle), index);
            left += 30.0 * points;
        }
        let room = rect.left() + lead - left;
        let name = text::elided(painter, &name, theme::body(ctx), t.text, room);
        text::place(painter, &name, pos2(left, middle), Align2::LEFT_CENTER);
        for (column, number) in errors.map(Some).into_iter().chain([quality]).enumerate() {
            let words = number.map_or("no value".to_owned(), |number| shown(number, column));
            let ink = ink(&t, column);
            let words = text::line(painter, &words, theme::number(ctx), ink);
            text::place(painter, &words, pos2(right(column), middle), Align2::RIGHT_CENTER);
        }
        top += ROW * points;
    }
    let words = text::fitted(painter, &MOVED, &font, t.text_weak, rect.width());
    text::place(painter, &words, rect.left_bottom(), Align2::LEFT_BOTTOM);
}

/// Percent without digits behind the point, the rest as usual; what is rounding alone is 0.
fn shown(number: f64, column: usize) -> String {
    let number = if number.abs() < 1e-9 { 0.0 } else { number };
    match column {
        1 if number > 0.0 && number < 0.1 => "< 0.1".to_owned(),
        1 => format!("{number:.1}"),
        3 => format!("{number:.0}"),
        _ => value(number),
    }
}

/// What is predicted is imagined, what is earned is real.
fn ink(t: &Tokens, column: usize) -> Color32 {
    if column == 3 { t.real_text } else { t.imagined_text }
}

/// In words.
pub fn text(
    s: &Snapshot,
    (question, found): (&Question, &Morphed),
    learned: &[Option<Learned>],
) -> String {
    let mut words = format!(
        "model moved by {:.0} % along the null space of V*: state error {} cells, value error {} %, \
         reward error {}, planned return {} of the best\n{}\n",
        100.0 * question.amount,
        value(found.state_error),
        shown(100.0 * found.value_error, 1),
        shown(found.reward_error, 2),
        percent(found.quality),
        verdict(question, found)
    );
    for (run, learned) in s.runs.iter().zip(learned) {
        let Some(Learned { errors: e, quality }) = learned else { continue };
        let quality = percent(*quality);
        words += &format!(
            "{} {}: state error {} cells, value error {} %, reward error {}, return {quality} of the \
             best, over {} pairs\n",
            run.letter,
            run.name,
            value(e.state),
            shown(100.0 * e.value, 1),
            value(e.reward),
            e.pairs
        );
    }
    words
}

/// A share in words.
fn percent(share: Option<f64>) -> String {
    share.map_or("unknown share".to_owned(), |share| format!("{:.0} %", 100.0 * share))
}

/// As CSV.
pub fn data(s: &Snapshot, found: Option<&Morphed>, learned: &[Option<Learned>]) -> String {
    let mut csv = "model,state_error,value_error,reward_error,return_share\n".to_owned();
    if let Some(f) = found {
        let all = [f.state_error, f.value_error, f.reward_error].map(|x| x.to_string());
        let quality = f.quality.map_or("unknown".to_owned(), |q| q.to_string());
        csv += &format!("moved,{},{quality}\n", all.join(","));
    }
    for (run, learned) in s.runs.iter().zip(learned) {
        let Some(Learned { errors: e, quality }) = learned else { continue };
        let quality = quality.map_or("unknown".to_owned(), |q| q.to_string());
        csv += &format!("{},{},{},{},{quality}\n", run.letter, e.state, e.value, e.reward);
    }
    csv
}
