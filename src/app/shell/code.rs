//! Living pseudo-code: the line that runs, and the values it computed.

use std::collections::BTreeMap;

use egui::{RichText, Ui};

use crate::app::panels::Cx;
use crate::app::view::LINE;
use crate::app::widgets::code_view::{CodeLine, CodeNote, code_note, code_view};
use crate::app::widgets::number::grouped;
use crate::app::widgets::source::Source as Hue;
use crate::app::{theme, words};
use crate::experiment::snapshot::RunSnapshot;
use crate::mdp::trace::{Effect, Mark, Source};

/// The last value of every line, so that real lines keep theirs while planning runs.
#[derive(Default)]
pub struct CodeMemory {
    of: (u64, usize),
    /// Where the run stood; going back in time forgets what was undone.
    stood: (u64, u64, usize),
    values: BTreeMap<u8, String>,
    effect: Option<Effect>,
}

fn hue(source: Option<Source>) -> Hue {
    match source {
        Some(Source::Real) => Hue::Real,
        Some(Source::Imagined) => Hue::Imagined,
        None => Hue::Plain,
    }
}

impl CodeMemory {
    /// Draws title, code and note for the selected run.
    pub fn ui(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let run = &cx.snapshot.runs[cx.view.run];
        self.remember(cx, run);
        let t = theme::tokens(ui.ctx());
        let title = RichText::new("What runs now").font(theme::title(ui.ctx()));
        ui.label(title.color(t.text_strong));
        let words = if cx.snapshot.waits(cx.view.run) {
            "waits for the other runs".to_owned()
        } else if too_fast(run) && cx.snapshot.playing {
            "too fast to be read: slow down, or step".to_owned()
        } else {
            progress(run)
        };
        ui.label(RichText::new(words).font(theme::small(ui.ctx())).color(t.text_weak));
        ui.add_space(2.0);
        let lit = lit_mark(cx, run).map(|m| usize::from(m.line));
        let lines: Vec<CodeLine> = run
            .code
            .iter()
            .enumerate()
            .map(|(i, line)| CodeLine {
                text: line.text.to_owned(),
                indent: line.indent,
                source: hue(line.source),
                lit: lit == Some(i),
                value: self.values.get(&(i as u8)).cloned(),
            })
            .collect();
        code_view(ui, &lines);
        ui.add_space(4.0);
        if let Some(effect) = &self.effect {
            let of_states = run.lane.view.table.as_ref().is_some_and(|t| t.is_of_states());
            code_note(ui, &note(effect, of_states));
        }
    }

    fn remember(&mut self, cx: &Cx<'_>, run: &RunSnapshot) {
        let of = (cx.snapshot.generation, cx.view.run);
        let c = &run.lane.counters;
        let line = if line_by_line(cx) { cx.view.line } else { 0 };
        let stands = (c.env_steps, c.imagined_updates, line);
        let back = stands < std::mem::replace(&mut self.stood, stands);
        if std::mem::replace(&mut self.of, of) != of || back || too_fast(run) {
            self.values.clear();
            self.effect = None;
        }
        let upto = match line_by_line(cx) {
            true => &run.unit_marks[..run.unit_marks.len().min(cx.view.line + 1)],
            false => &run.marks[..],
        };
        for mark in upto.iter().filter(|_| !too_fast(run)) {
            if let Some(text) = words::mark(&run.truth, mark) {
                self.values.insert(mark.line, text);
            }
            self.effect = mark.effect.or(self.effect);
        }
    }
}

/// The recorder was full before the slice ended: the last line is not known.
fn too_fast(run: &RunSnapshot) -> bool {
    run.unit_marks.is_empty() && !run.marks.is_empty()
}

/// Line by line is a view of the last unit, while nothing moves.
fn line_by_line(cx: &Cx<'_>) -> bool {
    cx.view.step_by == LINE && !cx.snapshot.playing
}

fn lit_mark<'a>(cx: &Cx<'_>, run: &'a RunSnapshot) -> Option<&'a Mark> {
    match line_by_line(cx) {
        true => run.unit_marks.get(cx.view.line).or(run.unit_marks.last()),
        false => run.unit_marks.last(),
    }
}

/// How far the step under way has come.
fn progress(run: &RunSnapshot) -> String {
    let c = &run.lane.counters;
    let planned = c.unit.saturating_sub(1);
    let all = planned + u64::from(run.lane.due);
    match (c.unit, &run.failure) {
        (_, Some(_)) => "stopped".to_owned(),
        (0, None) => format!("{} real steps done", grouped(c.env_steps)),
        (1, None) => format!("real part of step {}", grouped(c.env_steps + 1)),
        _ => format!("imagined update {} of {}", grouped(planned), grouped(all)),
    }
}

fn note(effect: &Effect, of_states: bool) -> CodeNote {
    CodeNote {
        source: hue(Some(effect.source)),
        target: words::target(effect),
        entry: words::entry(effect.source, of_states).to_owned(),
        old: words::value(effect.old),
        new: words::value(effect.new),
    }
}
