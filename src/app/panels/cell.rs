//! Inside one cell: its values, what the model says of it, and every update that wrote them.

use egui::Ui;

use super::cell_view::inside;
use super::{Cx, Panel, PanelId, framed};
use crate::app::words;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};

/// The panel.
pub struct Cell;

impl Panel for Cell {
    fn title(&self) -> &'static str {
        "Inside a cell"
    }

    fn question(&self) -> &'static str {
        "What is known here, and who wrote it?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        framed(self, PanelId::Cell, ui, cx, inside);
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let mut text = String::new();
        for run in &snapshot.runs {
            text += &format!("{} {}: ", run.letter, run.name);
            text += &values(run, place(snapshot, run)).unwrap_or_else(|| "no values".to_owned());
            text.push('\n');
        }
        if let Some(found) = &snapshot.inspection {
            let run = &snapshot.runs[found.run];
            let cell = run.truth.state_name(found.cell);
            let (listed, total) = (found.updates.len(), found.total);
            text += &format!("{}: last {listed} of {total} updates of {cell}", run.letter);
            text += if found.replays { ", replays to the last bit\n" } else { "\n" };
        }
        text
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,cell,action,source,step,old,target,new\n".to_owned();
        if let Some(found) = &snapshot.inspection {
            let letter = snapshot.runs[found.run].letter;
            for logged in &*found.updates {
                let (e, step) = (&logged.effect, logged.step);
                let source = words::source(e.source);
                let head = format!("{letter},{},{},{source},{step}", e.state, e.action);
                csv += &format!("{head},{},{},{}\n", e.old, e.target, e.new);
            }
            return csv;
        }
        for run in &snapshot.runs {
            let cell = place(snapshot, run);
            let Some(table) = run.lane.view.table.as_ref().filter(|t| cell < t.states()) else {
                continue;
            };
            let step = run.lane.counters.env_steps;
            for (action, q) in table.row(cell).iter().enumerate() {
                csv += &format!("{},{cell},{action},now,{step},{q},{q},{q}\n", run.letter);
            }
        }
        csv
    }
}

/// The cell under inspection, or the one where the agent is.
fn place(snapshot: &Snapshot, run: &RunSnapshot) -> usize {
    let cell = snapshot.inspection.as_ref().map(|found| found.cell);
    cell.or(run.lane.state).unwrap_or(0) as usize
}

fn values(run: &RunSnapshot, cell: usize) -> Option<String> {
    let table = run.lane.view.table.as_ref().filter(|table| cell < table.states())?;
    let of = |(action, &q): (usize, &f64)| {
        format!("{} {}", run.truth.action_name(action as u8), words::value(q))
    };
    let all: Vec<String> = table.row(cell).iter().enumerate().map(of).collect();
    Some(format!("cell {}: {}", run.truth.state_name(cell as u32), all.join(", ")))
}
