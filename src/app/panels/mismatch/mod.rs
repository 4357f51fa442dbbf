//! One thing that matters and many that do not: what each model got right of it, number by number.

mod road;

use std::sync::Arc;

use egui::{
    Align2, CornerRadius, FontId, Galley, Painter, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2,
};

use super::fit::{EMPTY, view};
use super::plot::fitting;
use super::{Cx, Panel, PanelId, framed, waits, weak};
use crate::app::theme;
use crate::app::widgets::{badge, text};
use crate::app::words::value;
use crate::experiment::snapshot::Snapshot;

/// Numbers that the value reads, the first ones.
const MATTERS: usize = 2;
/// Bars end here: an error larger than 1.5 variances is written on the bar.
const MOST: f64 = 1.5;
/// An error below this is told as small.
const TINY: f64 = 1e-6;
/// Rows lower than this, in points, have no words.
const TIGHT: f32 = 52.0;

/// The panel.
#[derive(Clone, Default)]
pub struct Mismatch;

/// What a number of the state is called.
fn name(index: usize) -> String {
    match index {
        0 => "place".to_owned(),
        1 => "speed".to_owned(),
        i => format!("cloud {}", i / 2),
    }
}

/// A run that has something to show: its place, and its shares.
fn shown(s: &Snapshot) -> Vec<(usize, Vec<f64>)> {
    let of = |(index, run)| {
        let shares = view(run)?.shares.clone();
        (!shares.is_empty()).then_some((index, shares))
    };
    s.runs.iter().enumerate().filter_map(of).collect()
}

/// Runs below each other, numbers of the state side by side.
fn bars(ui: &Ui, rect: Rect, s: &Snapshot, all: &[(usize, Vec<f64>)]) {
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    let font = theme::small(ui.ctx());
    let width = all.iter().map(|(_, shares)| shares.len()).max().unwrap_or(0);
    let (left, below) = (rect.left() + 34.0 * points, rect.bottom() - 22.0 * points);
    let column = (rect.right() - left) / width.max(1) as f32;
    let row = (below - rect.top()) / all.len().max(1) as f32;
    for (line, (index, shares)) in all.iter().enumerate() {
        let top = rect.top() + line as f32 * row;
        // Where rows are low their bars have all the room: the curves tell the numbers.
        let tight = row < TIGHT * points;
        let high = if tight { row - 6.0 * points } else { row - 26.0 * points }.max(8.0);
        let foot = top + if tight { 2.0 } else { 20.0 } * points + high;
        badge::paint(&painter, pos2(rect.left() + 12.0 * points, foot - high / 2.0), *index);
        if !tight {
            let words = [said(s, *index), said_briefly(s, *index)];
            let words = words.each_ref().map(String::as_str);
            let words = text::fitted(&painter, &words, &font, t.text, rect.right() - left);
            text::place(&painter, &words, pos2(left, top), Align2::LEFT_TOP);
        }
        let edge = [pos2(left, foot), pos2(rect.right(), foot)];
        painter.line_segment(edge, Stroke::new(1.0, t.stroke_strong));
        for (d, &share) in shares.iter().enumerate() {
            let x = left + d as f32 * column;
            let long = high * (share.min(MOST) / MOST) as f32;
            let bar = Rect::from_min_max(
                pos2(x + 0.15 * column, foot - long),
                pos2(x + 0.85 * column, foot),
            );
            let ink = t.run(*index);
            let ink = if d < MATTERS { ink } else { ink.gamma_multiply(0.45) };
            painter.rect_filled(bar, CornerRadius::same(2), ink);
            if share > MOST && !tight {
                let ink = if d < MATTERS { t.panel } else { t.text };
                let words = text::line(&painter, &format!("{share:.1}"), font.clone(), ink);
                // Below the line of 1, which would strike it.
                let middle = bar.bottom() - bar.height() / MOST as f32 / 2.0;
                let at = pos2(bar.center().x, middle);
                text::place(&painter, &words, at, Align2::CENTER_CENTER);
            }
        }
        let one = foot - high / MOST as f32;
        let level = [pos2(left, one), pos2(rect.right(), one)];
        painter.line_segment(level, Stroke::new(1.2, t.text_weak));
    }
    names(&painter, (left, column), rect.bottom(), (width, &font));
}

/// The names of the numbers below their columns, or of both kinds where columns are narrow.
fn names(
    painter: &Painter,
    (left, column): (f32, f32),
    foot: f32,
    (width, font): (usize, &FontId),
) {
    let t = theme::tokens(painter.ctx());
    let ink = |d: usize| if d < MATTERS { t.text_strong } else { t.text_weak };
    let line = |words: &str, d: usize| text::line(painter, words, font.clone(), ink(d));
    let place = |words: &Arc<Galley>, from: usize, to: usize| {
        let at = pos2(left + 0.5 * (from + to) as f32 * column, foot);
        text::place(painter, words, at, Align2::CENTER_BOTTOM);
    };
    let each: Vec<_> = (0..width).map(|d| line(&name(d), d)).collect();
    if each.iter().all(|words| words.size().x <= column - 4.0) {
        each.iter().enumerate().for_each(|(d, words)| place(words, d, d + 1));
    } else {
        place(&line("hiker", 0), 0, MATTERS.min(width));
        place(&line("clouds", MATTERS), MATTERS, width.max(MATTERS));
    }
}

/// One run in a line: its loss, and what came of it.
fn said(s: &Snapshot, index: usize) -> String {
    let run = &s.runs[index];
    let Some(view) = view(run) else { return String::new() };
    let errors = view.fits.last().map_or(String::new(), |fit| {
        let (v, state) = (short(fit.value_error), short(fit.state_error));
        format!(": value error {v} of Var V, state error of what matters {state}")
    });
    format!("{}{errors}", run.name)
}

/// The same where there is little room.
fn said_briefly(s: &Snapshot, index: usize) -> String {
    let last = view(&s.runs[index]).and_then(|view| view.fits.last());
    last.map_or_else(String::new, |fit| {
        let (v, state) = (short(fit.value_error), short(fit.state_error));
        format!("errors: value {v}, state {state}")
    })
}

/// An error as people compare it: far below all others it is small, whatever its digits.
fn short(error: f64) -> String {
    if error < TINY { "under 10⁻⁶".to_owned() } else { value(error) }
}

impl Mismatch {
    fn body(ui: &mut Ui, cx: &mut Cx<'_>) {
        let s = cx.snapshot;
        let all = shown(s);
        if all.is_empty() {
            let data = s.runs.iter().find_map(view).map(|view| view.kept);
            let words = data.map_or(EMPTY.to_owned(), |(kept, wanted)| {
                waits(&format!("Data first: {kept} of {wanted} real steps."), cx)
            });
            weak(ui, &words);
            return;
        }
        let points = theme::scale(ui.ctx());
        let captions = [
            "squared error over its variance; the line is 1: no better than the mean",
            "squared error over variance; line: 1, the mean",
            "error over variance; line: 1",
        ];
        ui.label(
            egui::RichText::new(fitting(ui, &captions, ui.available_width()))
                .font(theme::small(ui.ctx()))
                .color(theme::tokens(ui.ctx()).text_weak),
        );
        let rect = ui.available_rect_before_wrap();
        let wide = rect.width() > 620.0 * points;
        let split = rect.left() + if wide { 0.36 * rect.width() } else { 0.0 };
        let (aside, rest) = rect.split_left_right_at_x(split);
        if wide {
            road::picture(ui, aside.with_max_x(aside.right() - 18.0), cx);
        }
        bars(ui, rest, s, &all);
        let response = ui.allocate_rect(rect, Sense::hover());
        let spoken = told(s);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
    }
}

/// In words.
fn told(s: &Snapshot) -> String {
    let mut text = String::new();
    for (index, shares) in shown(s) {
        text += &format!("{} {}\n", s.runs[index].letter, said(s, index));
        let parts: Vec<String> =
            shares.iter().enumerate().map(|(d, x)| format!("{} {}", name(d), value(*x))).collect();
        text += &format!("  error over variance: {}\n", parts.join(", "));
    }
    if text.is_empty() { format!("{EMPTY}\n") } else { text }
}

impl Panel for Mismatch {
    fn title(&self) -> &'static str {
        "What the model got right"
    }

    fn question(&self) -> &'static str {
        "What does each loss spend its room on?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        framed(&Self, PanelId::Mismatch, ui, cx, Self::body);
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        told(snapshot)
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,number,error_over_variance\n".to_owned();
        for (index, shares) in shown(snapshot) {
            for (d, share) in shares.iter().enumerate() {
                csv += &format!("{},{d} {},{share}\n", snapshot.runs[index].letter, name(d));
            }
        }
        csv
    }
}
