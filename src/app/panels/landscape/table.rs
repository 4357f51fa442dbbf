//! The race as a table.

use egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use super::lines::cell;
use super::race::Row;
use super::settings::name;
use crate::app::theme;
use crate::app::widgets::number::grouped;
use crate::app::words::value;
use crate::probes::landscape::Loss;

/// Where the columns end, as shares of the width; the first begins at the left edge.
const ENDS: [f32; 5] = [0.33, 0.46, 0.59, 0.735, 1.0];
/// Their heads.
const HEADS: [&str; 5] = ["steps", "state error", "value error", "peak slope", "verdict"];

/// The same in a narrow panel, where the pictures say how each ball ended.
const NARROW: (f32, [f32; 4], [&str; 4]) =
    (600.0, [0.44, 0.62, 0.81, 1.0], ["steps", "state", "value", "slope"]);

/// A number with two digits that count.
fn short(x: f64) -> String {
    match x.abs() {
        size if size < 1e-3 => "0".to_owned(),
        size if size < 10.0 => format!("{x:.2}"),
        size if size < 1000.0 => format!("{x:.0}"),
        size if size < 1e7 => grouped(x.round() as u64),
        _ => value(x),
    }
}

/// A loss in a narrow column.
fn short_name(loss: Loss) -> &'static str {
    match loss {
        Loss::Vagram => "VaGraM",
        Loss::VagramUnbounded => "unbounded",
        Loss::Squared | Loss::Vaml => name(loss),
    }
}

/// One row in words.
pub fn told(row: &Row) -> String {
    format!(
        "{}: {} after {} steps, state error {}, value error {}, peak gradient {}",
        name(row.loss),
        row.verdict.words(),
        row.steps,
        value(row.state_error),
        value(row.value_error),
        value(row.peak)
    )
}

/// A row for each ball; `before` are the value errors when they were held.
pub fn ui(ui: &mut Ui, rows: &[Row], before: Option<&[f64; 4]>) {
    let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    let small = (theme::small(ui.ctx()), t.text_weak);
    let line = |ui: &mut Ui, high: f32| -> (Rect, egui::Response) {
        ui.allocate_exact_size(vec2(ui.available_width(), high * points), Sense::hover())
    };
    let narrow = ui.available_width() < NARROW.0 * points;
    let (ends, heads) =
        if narrow { (&NARROW.1[..], &NARROW.2[..]) } else { (&ENDS[..], &HEADS[..]) };
    let at = |row: Rect, column: usize| row.left() + ends[column] * row.width();
    let (head, _) = line(ui, 18.0);
    for (column, &words) in heads.iter().enumerate() {
        let words = if column == 2 && before.is_some() { "then → now" } else { words };
        cell(ui, (head, at(head, column)), words, small.clone(), Align2::RIGHT_CENTER);
    }
    cell(ui, (head, head.left()), "down", small, Align2::LEFT_CENTER);
    for race in rows {
        let (row, response) = line(ui, 23.0);
        let spoken = match before {
            Some(before) => {
                let then = value(before[race.loss.index()]);
                format!("{}, value error when held {then}", told(race))
            }
            None => told(race),
        };
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &spoken));
        let name_ink = (theme::body(ui.ctx()), t.text);
        let called = if narrow { short_name(race.loss) } else { name(race.loss) };
        cell(ui, (row, row.left()), called, name_ink, Align2::LEFT_CENTER);
        let error = match before {
            Some(before) => {
                format!("{} → {}", short(before[race.loss.index()]), short(race.value_error))
            }
            None => short(race.value_error),
        };
        let numbers =
            [grouped(race.steps as u64), short(race.state_error), error, short(race.peak)];
        for (column, number) in numbers.iter().enumerate() {
            let ink = (theme::tick(ui.ctx()), t.text_strong);
            cell(ui, (row, at(row, column)), number, ink, Align2::RIGHT_CENTER);
        }
        if narrow {
            continue;
        }
        let ink = match race.verdict.good() {
            Some(true) => t.good,
            Some(false) => t.bad,
            None => t.text_weak,
        };
        let ink = (theme::small(ui.ctx()), ink);
        cell(ui, (row, at(row, 4)), &race.verdict.words(), ink, Align2::RIGHT_CENTER);
    }
}
