//! Where a value comes from: how many real and imagined updates wrote it.

use egui::{Label, RichText, Ui};

use crate::app::panels::Cx;
use crate::app::widgets::meter::meter;
use crate::app::widgets::number::hero_pair;
use crate::app::{theme, words};
use crate::experiment::snapshot::RunSnapshot;

/// Draws it for the selected cell, or for the entry that was written last.
pub fn provenance(ui: &mut Ui, cx: &Cx<'_>) {
    let run = &cx.snapshot.runs[cx.view.run];
    let Some(table) = &run.lane.view.table else {
        return;
    };
    let t = theme::tokens(ui.ctx());
    let title = RichText::new("Where a value comes from").font(theme::title(ui.ctx()));
    ui.label(title.color(t.text_strong));
    let Some((state, action)) = entry(cx, run) else {
        ui.label(RichText::new("Click a cell to see who wrote its value.").color(t.text_weak));
        return;
    };
    let pair = state * table.actions + action;
    let (Some(&q), Some(tally)) = (table.q.get(pair), table.tally.get(pair)) else {
        return;
    };
    let truth = &run.truth;
    let (cell, way) = (truth.state_name(state as u32), truth.action_name(action as u8));
    let question = format!("Cell {cell} going {way}: Q = {}. Who wrote it?", words::value(q));
    ui.add(Label::new(RichText::new(question).color(t.text_weak)).wrap());
    if run.lane.view.muzero.is_some() {
        // It keeps no table, and nothing counts what its networks were taught of one cell.
        let said = "One step in its latent model, then its value: all networks wrote it.";
        ui.label(RichText::new(said).font(theme::small(ui.ctx())).color(t.text_weak));
        return;
    }
    ui.add_space(2.0);
    meter(ui, tally.real, tally.imagined);
    hero_pair(ui, (tally.real, "real"), (tally.imagined, "imagined"));
    let percent = tally.share.clamp(0.0, 1.0) * 100.0;
    let share = format!("{percent:.0} % dreamt by weight: later updates count more");
    ui.label(RichText::new(share).font(theme::small(ui.ctx())).color(t.text_weak));
}

/// The best action of the selected cell; else the last entry written while it can be read.
fn entry(cx: &Cx<'_>, run: &RunSnapshot) -> Option<(usize, usize)> {
    let table = run.lane.view.table.as_ref()?;
    if let Some(cell) = cx.view.cell.filter(|&c| c < table.states()) {
        let row = table.row(cell);
        let best = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        return Some((cell, row.iter().position(|&q| q == best).unwrap_or(0)));
    }
    if cx.snapshot.playing {
        return None;
    }
    let effect = run.unit_marks.iter().rev().find_map(|m| m.effect)?;
    Some((effect.state as usize, usize::from(effect.action)))
}
