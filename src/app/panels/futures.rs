//! Two futures of one past: fork minus parent, seed by seed.

use egui::Ui;

use super::curves::{axis_label, split_x};
use super::{Cx, Panel, PanelId, framed};
use crate::app::theme;
use crate::app::widgets::chart::{Chart, Curve, Mark, MarkKind};
use crate::app::words::minus;
use crate::experiment::clock::Clock;
use crate::experiment::futures::Future;
use crate::experiment::snapshot::Snapshot;
use crate::probes::curves::Curve as Line;

/// The panel.
pub struct Futures;

/// On the clock of episodes every run has found as many goals; elsewhere rewards tell more.
fn metric(s: &Snapshot) -> (&'static str, fn(&Future) -> &Line) {
    match s.curves.axis {
        Clock::Episodes => ("steps per episode", |future| &future.steps),
        _ => ("rewards", |future| &future.reward),
    }
}

/// `C minus B`.
fn name(s: &Snapshot, future: &Future) -> String {
    format!("{} minus {}", s.runs[future.run].letter, s.runs[future.of].letter)
}

fn chart(ui: &mut Ui, cx: &Cx<'_>) {
    let s = cx.snapshot;
    let t = theme::tokens(ui.ctx());
    let (what, line) = metric(s);
    let futures = &s.curves.futures;
    let names: Vec<String> = futures.iter().map(|future| name(s, future)).collect();
    let split = |future: &Future| split_x(s, future.run);
    let marks: Vec<Vec<Mark>> = futures
        .iter()
        .map(|future| {
            let mark = |x| Mark { x, text: "one until here".to_owned(), kind: MarkKind::Change };
            split(future).map(mark).into_iter().collect()
        })
        .collect();
    let curves: Vec<Curve<'_>> = futures
        .iter()
        .enumerate()
        .map(|(index, future)| {
            let line = line(future);
            Curve {
                letter: s.runs[future.run].letter,
                name: &names[index],
                color: t.run(future.run),
                mean: &line.mean,
                band: (s.lanes > 1).then_some((line.low.as_slice(), line.high.as_slice())),
                rings: &[],
                ahead_from: None,
                marks: &marks[index],
            }
        })
        .collect();
    let id = format!("two futures {}", names.join(" "));
    let empty = match (futures.is_empty(), cx.view.still) {
        (true, true) => "No run has forked.",
        (true, false) => "No run has forked yet. K forks the selected one here.",
        (false, _) => "The difference begins with the first finished episode.",
    };
    let chart = Chart {
        id: &id,
        x_label: axis_label(s.curves.axis),
        y_label: &format!("{what}, fork minus parent"),
        note: &note(s),
        reference: Some((0.0, "no difference".to_owned())),
        empty,
        ..Chart::default()
    };
    chart.ui(ui, &curves);
}

/// What line and band mean.
fn note(s: &Snapshot) -> String {
    match s.lanes {
        1 => format!("one pair: seed {}", s.seed),
        n => format!("line: mean of {n} pairs, band: 10 to 90 %"),
    }
}

impl Panel for Futures {
    fn title(&self) -> &'static str {
        "Two futures"
    }

    fn question(&self) -> &'static str {
        "What does the change buy?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        framed(self, PanelId::Futures, ui, cx, |ui, cx| chart(ui, cx));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let (what, line) = metric(snapshot);
        let mut text = format!("{what}, fork minus parent\n");
        for (index, run) in snapshot.runs.iter().enumerate() {
            text += &format!("{} {}: ", run.letter, run.name);
            let mut futures = snapshot.curves.futures.iter();
            let Some(future) = futures.find(|future| future.run == index) else {
                text += "no fork\n";
                continue;
            };
            let name = name(snapshot, future);
            text += &match line(future).mean.last() {
                Some([x, y]) => {
                    format!("{name} is {} at {x:.0}\n", minus(&format!("{y:+.2}")))
                }
                None => format!("{name} begins with the first finished episode\n"),
            };
        }
        text + &note(snapshot)
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,minus,metric,clock,x,mean,low,high\n".to_owned();
        let clock = snapshot.curves.axis.id();
        for future in &snapshot.curves.futures {
            let [fork, parent] = [future.run, future.of].map(|run| snapshot.runs[run].letter);
            for (metric, line) in [("steps", &future.steps), ("reward", &future.reward)] {
                for ((mean, low), high) in line.mean.iter().zip(&line.low).zip(&line.high) {
                    let ([x, y], low, high) = (mean, low[1], high[1]);
                    csv += &format!("{fork},{parent},{metric},{clock},{x},{y},{low},{high}\n");
                }
            }
        }
        csv
    }
}
