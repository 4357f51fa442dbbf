//! Three errors and what planning is worth: of the moved model, and of those that the runs learned.

use egui::{Align2, Color32, Painter, Pos2, Rect, Stroke, pos2};

use super::{Learned, Question, verdict};
use crate::app::theme::{self, Tokens};
use crate::app::widgets::{badge, text};
use crate::app::words::value;
use crate::experiment::snapshot::Snapshot;
use crate::mdp::State;
use crate::probes::morph::{Morphed, Task};

/// Greatest and least height of a row in points before the text scale.
const ROW: (f32, f32) = (44.0, 20.0);
/// Height of a small line, of one that says of what a group of rows is, and of the verdict.
const LINE: f32 = 18.0;
const GROUP: f32 = 28.0;
const VERDICT: f32 = 34.0;
/// Room for everything but the rows where there is room for all of it, in points before the text
/// scale: verdict, example, heads, two groups, foot.
const REST: f32 = 2.0 * VERDICT + 2.0 * LINE + 2.0 * LINE + 2.0 * GROUP + LINE;

/// What the columns are, longer and shorter, and their unit.
const COLUMNS: [([&str; 2], &str); 4] = [
    (["state error", "state"], "cells"),
    (["value error", "value"], "% of max V"),
    (["reward error", "reward"], "a step"),
    (["return earned", "earned"], "% of best"),
];
/// What is moved.
const MOVED: [&str; 2] = [
    "Moved: p(s′|s,a) + λ d with d · V* = 0. Rewards and ends stay. Runs: over pairs really tried; latent \
     states read by the probe.",
    "p + λ d with d · V* = 0; runs: over tried pairs",
];

/// Height of a table of so many rows, in points before the text scale.
pub fn height(rows: usize) -> f32 {
    REST + ROW.0 * rows as f32
}

/// What there is room for, besides the verdict and the numbers.
#[derive(Debug, PartialEq)]
struct Room {
    /// Units below the names of the columns.
    units: bool,
    /// What is moved.
    foot: bool,
    /// What the rows were planned for.
    groups: bool,
    /// One step in full.
    example: bool,
}

impl Room {
    /// In `height` points before the text scale: what helps to read the numbers first.
    fn of(height: f32, rows: usize) -> Self {
        let mut left = height - VERDICT - LINE - 26.0 * rows as f32;
        let mut takes = |wanted: bool, high: f32| {
            let fits = wanted && left >= high;
            left -= if fits { high } else { 0.0 };
            fits
        };
        Self {
            units: takes(true, LINE + 4.0),
            groups: takes(rows > 1, 2.0 * GROUP),
            foot: takes(true, LINE),
            example: takes(true, VERDICT + LINE),
        }
    }
}

/// A row: the run it is about, its name, three errors, and the share of the best return.
struct Row {
    run: Option<usize>,
    name: String,
    errors: [f64; 3],
    quality: Option<f64>,
}

/// That of the moved model, then those of the runs.
fn rows(s: &Snapshot, found: &Morphed, learned: &[Option<Learned>]) -> Vec<Row> {
    let moved = Row {
        run: None,
        name: "moved model".to_owned(),
        errors: [found.state_error, 100.0 * found.value_error, found.reward_error],
        quality: found.quality.map(|quality| 100.0 * quality),
    };
    let runs = s.runs.iter().enumerate().filter_map(|(index, run)| {
        let Learned { errors: e, quality } = learned.get(index).copied().flatten()?;
        Some(Row {
            run: Some(index),
            name: run.name.clone(),
            errors: [e.state, 100.0 * e.value, e.reward],
            quality: quality.map(|quality| 100.0 * quality),
        })
    });
    std::iter::once(moved).chain(runs).collect()
}

/// For which goal the rows of both groups were planned: what stands for one says nothing of another.
fn groups(question: &Question) -> [String; 2] {
    let moved = match question.task {
        Task::Own => "planned for the world's own goal".to_owned(),
        Task::Reach(goal) => {
            format!("planned for another goal, {}", question.truth.state_name(goal))
        }
    };
    [moved, "learned by the runs, for the world's own goal".to_owned()]
}

/// What became of one step, in a sentence.
fn example(question: &Question, found: &Morphed, state: Option<State>) -> Option<String> {
    let state = state?;
    let step = found.steps.get(state as usize)?.as_ref()?;
    let truth = &question.truth;
    let name = |state: State| truth.state_name(state);
    let [truly, said] = step.worth;
    // What differs by rounding alone must not look otherwise.
    let said = if (said - truly).abs() < 1e-9 { truly } else { said };
    let [truly, said] = [truly, said].map(value);
    let way = format!("From {}, {}", name(state), truth.action_name(step.action));
    if step.ends {
        return Some(format!("{way} leads to the end of the task: ends are not moved."));
    }
    let mut parts = step.said.clone();
    parts.sort_by(|a, b| b.1.total_cmp(&a.1));
    let parts: Vec<String> =
        parts.iter().map(|(to, share)| format!("{:.0} % {}", 100.0 * share, name(*to))).collect();
    Some(format!(
        "{way} leads to {}, worth {truly}; the model says {}: worth {said} on average.",
        name(step.truly),
        parts.join(", ")
    ))
}

/// Draws it into `rect`.
pub fn paint(
    painter: &Painter,
    rect: Rect,
    s: &Snapshot,
    (question, found, state): (&Question, &Morphed, Option<State>),
    learned: &[Option<Learned>],
) {
    let ctx = painter.ctx();
    let (t, points) = (theme::tokens(ctx), theme::scale(ctx));
    let rows = rows(s, found, learned);
    let room = Room::of(rect.height() / points, rows.len());
    let wrapped = |words: String, font, ink| painter.layout(words, font, ink, rect.width());
    let said = wrapped(verdict(question, found), theme::body_strong(ctx), t.text_strong);
    let mut top = text::place(painter, &said, rect.min, Align2::LEFT_TOP).bottom() + 6.0 * points;
    if let Some(words) = example(question, found, state).filter(|_| room.example) {
        let words = wrapped(words, theme::body(ctx), t.text);
        let at = pos2(rect.left(), top);
        top = text::place(painter, &words, at, Align2::LEFT_TOP).bottom() + 10.0 * points;
    }
    let table = Table::new(painter, rect, &rows);
    top = table.heads(top, room.units);
    let foot = if room.foot { LINE * points } else { 0.0 };
    let heads = if room.groups { 2.0 * GROUP * points } else { 0.0 };
    let high = (rect.bottom() - foot - heads - top) / rows.len() as f32;
    let high = high.clamp(ROW.1 * points, ROW.0 * points);
    let names = groups(question);
    for (index, row) in rows.iter().enumerate() {
        if let Some(name) = names.get(index).filter(|_| room.groups) {
            let words = text::elided(painter, name, theme::small(ctx), t.text_weak, rect.width());
            let at = pos2(rect.left(), top + (GROUP - 5.0) * points);
            text::place(painter, &words, at, Align2::LEFT_BOTTOM);
            top += GROUP * points;
        }
        if top + high > rect.bottom() - foot + 1.0 {
            break;
        }
        table.row(row, (top, high));
        top += high;
    }
    if room.foot {
        let font = theme::small(ctx);
        let words = text::fitted(painter, &MOVED, &font, t.text_weak, rect.width());
        text::place(painter, &words, rect.left_bottom(), Align2::LEFT_BOTTOM);
    }
}

/// Where its columns lie.
struct Table<'a> {
    painter: &'a Painter,
    t: Tokens,
    points: f32,
    rect: Rect,
    /// Where the columns of numbers begin, and how wide each is.
    lead: f32,
    wide: f32,
    /// Whether there is room for names beside the badges.
    named: bool,
}

impl<'a> Table<'a> {
    fn new(painter: &'a Painter, rect: Rect, rows: &[Row]) -> Self {
        let ctx = painter.ctx();
        let (t, points) = (theme::tokens(ctx), theme::scale(ctx));
        let wide = |row: &Row| {
            let name = text::line(painter, &row.name, theme::body(ctx), t.text).size().x;
            name + if row.run.is_some() { 30.0 * points } else { 0.0 }
        };
        let names = rows.iter().map(wide).fold(0.0, f32::max) + 12.0 * points;
        let named = names <= 0.36 * rect.width();
        // A badge says which run it is; a name that is cut says less.
        let lead = if named { names } else { 62.0 * points };
        let wide = (rect.width() - lead) / COLUMNS.len() as f32;
        Self { painter, t, points, rect, lead, wide, named }
    }

    fn right(&self, column: usize) -> f32 {
        self.rect.left() + self.lead + self.wide * (column + 1) as f32
    }

    /// Names and units of the columns, in two lines or in one; returns where the rows begin.
    fn heads(&self, top: f32, two_lines: bool) -> f32 {
        let font = theme::small(self.painter.ctx());
        let room = self.wide - 8.0;
        let place = |words: &[&str], ink, at: Pos2| {
            let words = text::fitted(self.painter, words, &font, ink, room);
            text::place(self.painter, &words, at, Align2::RIGHT_TOP);
        };
        for (column, (names, unit)) in COLUMNS.iter().enumerate() {
            let at = pos2(self.right(column), top);
            place(names, self.t.text, at);
            if two_lines {
                let brief = unit.rsplit(' ').next().unwrap_or(unit);
                place(&[*unit, brief], self.t.text_weak, at + egui::vec2(0.0, LINE * self.points));
            }
        }
        top + if two_lines { 2.0 * LINE + 4.0 } else { LINE + 2.0 } * self.points
    }

    fn row(&self, row: &Row, (top, high): (f32, f32)) {
        let ctx = self.painter.ctx();
        let middle = top + 0.5 * high;
        let line = [pos2(self.rect.left(), top), pos2(self.rect.right(), top)];
        self.painter.line_segment(line, Stroke::new(1.0, self.t.stroke));
        let mut left = self.rect.left();
        if let Some(index) = row.run {
            badge::paint(self.painter, pos2(left + 11.0 * self.points, middle), index);
            left += 30.0 * self.points;
        }
        let name = match (self.named, row.run) {
            (true, _) => row.name.as_str(),
            (false, None) => "moved",
            (false, Some(_)) => "",
        };
        let name = text::line(self.painter, name, theme::body(ctx), self.t.text);
        text::place(self.painter, &name, pos2(left, middle), Align2::LEFT_CENTER);
        let numbers = row.errors.map(Some).into_iter().chain([row.quality]);
        for (column, number) in numbers.enumerate() {
            let words = number.map_or("no value".to_owned(), |number| shown(number, column));
            let ink = ink(&self.t, column);
            let words = text::line(self.painter, &words, theme::number(ctx), ink);
            let at = pos2(self.right(column), middle);
            text::place(self.painter, &words, at, Align2::RIGHT_CENTER);
        }
    }
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
    (question, found, state): (&Question, &Morphed, Option<State>),
    learned: &[Option<Learned>],
) -> String {
    let [moved, own] = groups(question);
    let mut words = format!(
        "model moved by {:.0} % along the null space of V*, {moved}: state error {} cells, value error \
         {} %, reward error {}, return earned {} of the best\n{}\n",
        100.0 * question.amount,
        value(found.state_error),
        shown(100.0 * found.value_error, 1),
        shown(found.reward_error, 2),
        percent(found.quality),
        verdict(question, found)
    );
    if let Some(example) = example(question, found, state) {
        words += &format!("{example}\n");
    }
    if learned.iter().any(Option::is_some) {
        words += &format!("{own}:\n");
    }
    for (run, learned) in s.runs.iter().zip(learned) {
        let Some(Learned { errors: e, quality }) = learned else { continue };
        let quality = percent(*quality);
        words += &format!(
            "{} {}: state error {} cells, value error {} %, reward error {}, return earned \
             {quality} of the best, over {} pairs\n",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_low_table_leaves_out_what_helps_least() {
        let of = |height| {
            let Room { units, groups, foot, example } = Room::of(height, 4);
            [units, groups, foot, example]
        };
        assert_eq!(of(400.0), [true; 4]);
        assert_eq!(of(300.0), [true, true, true, false]);
        assert_eq!(of(180.0), [true, false, false, false]);
        assert_eq!(of(120.0), [false; 4]);
        assert!(!Room::of(400.0, 1).groups, "there is nothing to tell apart");
        assert_eq!(
            Room::of(height(4), 4),
            Room { units: true, foot: true, groups: true, example: true }
        );
    }
}
