//! Where the networks of the selected run compute: every device of this machine with the measured
//! time of one of their training steps, which of them runs, and a switch.

use egui::{Label, RichText, ScrollArea, Ui};

use super::asked::Asked;
use super::{Cx, Panel, PanelId, framed};
use crate::app::actions::Action;
use crate::app::theme;
use crate::app::widgets::badge;
use crate::app::widgets::segmented::segmented;
use crate::base::params::Range;
use crate::experiment::engine::Command;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::probes::devices::{Computing, Row, Trial, measured};

/// What there is to say without networks.
const NONE: &str = "Needs a run with networks, such as 'Deep Dyna-Q'.";

/// The panel.
#[derive(Default)]
pub struct Device {
    rows: Asked<Trial, Vec<Row>>,
}

/// The selected run if it has networks, else the first that has.
fn subject(s: &Snapshot, selected: usize) -> Option<(usize, &RunSnapshot, &Computing)> {
    let order = [selected].into_iter().chain(0..s.runs.len());
    let mut runs = order.filter_map(|index| Some((index, s.runs.get(index)?)));
    runs.find_map(|(index, run)| Some((index, run, run.lane.view.computing.as_ref()?)))
}

impl Device {
    /// What is known of the devices for these networks: at least the one that runs.
    fn rows(&self, computing: &Computing) -> Vec<Row> {
        let known = self.rows.known().filter(|(trial, _)| *trial == computing.trial);
        known.map_or_else(|| vec![Row::of(computing.place)], |(_, rows)| rows.clone())
    }
}

impl Panel for Device {
    fn title(&self) -> &'static str {
        "Device"
    }

    fn question(&self) -> &'static str {
        "Where do the networks compute, and how fast?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        // No time of this machine belongs into a film or a picture.
        if let Some((_, _, computing)) =
            subject(cx.snapshot, cx.view.run).filter(|_| !cx.view.at_once())
        {
            self.rows.ask((ui.ctx(), cx.view), &computing.trial, 0.0, measured);
        }
        framed(self, PanelId::Device, ui, cx, |ui, cx| match subject(cx.snapshot, cx.view.run) {
            Some((index, run, computing)) => {
                let rows = self.rows(computing);
                ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
                    head(ui, index, run, computing);
                    table(ui, computing, &rows);
                    switch(ui, index, run, cx.view.still, cx.actions);
                });
            }
            None => {
                let ink = theme::tokens(ui.ctx()).text_weak;
                ui.add(Label::new(RichText::new(NONE).color(ink)).wrap());
            }
        });
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let mut text = String::new();
        for run in &snapshot.runs {
            let Some(computing) = &run.lane.view.computing else { continue };
            let (place, why) = (computing.place.name(), &computing.why);
            let trial = computing.trial.words();
            text += &format!("{} {}: {trial}; on {place}: {why}\n", run.letter, run.name);
            let rows = self.rows(computing);
            rows.iter().for_each(|row| text += &format!("  {}: {}\n", row.name, row.written()));
        }
        if text.is_empty() { "no run has networks\n".to_owned() } else { text }
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,device,name,kind,step,runs\n".to_owned();
        for run in &snapshot.runs {
            let Some(computing) = &run.lane.view.computing else { continue };
            for row in self.rows(computing) {
                let (letter, runs) = (run.letter, row.place == computing.place);
                let plain = |text: &str| text.replace(',', ";");
                let (name, kind, step) =
                    (plain(&row.name), plain(&row.kind), plain(&row.written()));
                csv += &format!("{letter},{},{name},{kind},{step},{runs}\n", row.place);
            }
        }
        csv
    }
}

/// Whose networks, and which.
fn head(ui: &mut Ui, index: usize, run: &RunSnapshot, computing: &Computing) {
    let t = theme::tokens(ui.ctx());
    ui.horizontal(|ui| {
        badge::badge(ui, index);
        ui.add(Label::new(RichText::new(&run.name).color(t.text_strong)).truncate());
    });
    let words = format!("One training step of {}", computing.trial.words());
    ui.add(Label::new(RichText::new(words).color(t.text_weak)).wrap());
}

/// A device a paragraph: which; then what it is, how long a step takes, whether it runs.
fn table(ui: &mut Ui, computing: &Computing, rows: &[Row]) {
    let t = theme::tokens(ui.ctx());
    let (small, code) = (theme::small(ui.ctx()), theme::code(ui.ctx()));
    for row in rows {
        let runs = row.place == computing.place;
        let ink = if runs { t.text_strong } else { t.text };
        ui.add_space(4.0);
        ui.add(Label::new(RichText::new(&row.name).color(ink)).truncate());
        ui.horizontal_wrapped(|ui| {
            ui.label(RichText::new(row.written()).font(code.clone()).color(ink));
            ui.label(RichText::new(&row.kind).font(small.clone()).color(t.text_weak));
            if runs {
                ui.label(RichText::new("runs here").color(t.good));
            }
        });
    }
    ui.add_space(6.0);
    let why = format!("Taken: {}", computing.why);
    ui.add(Label::new(RichText::new(why).font(small).color(t.text_weak)).wrap());
}

/// The dial of the run, where it has one; moving the networks keeps the run.
fn switch(ui: &mut Ui, run: usize, snapshot: &RunSnapshot, still: bool, actions: &mut Vec<Action>) {
    let specs = snapshot.agent.params();
    let Some(param) = specs.iter().position(|spec| spec.key == "device").filter(|_| !still) else {
        return;
    };
    let Range::Choice(choices) = specs[param].range else { return };
    let labels: Vec<&str> = choices.iter().map(|choice| choice.label).collect();
    let mut chosen = snapshot.params[param] as usize;
    ui.add_space(6.0);
    if segmented(ui, "Device", &labels, &mut chosen).changed() {
        let set = Command::Set { run, param, value: chosen as f64 };
        actions.push(Action::Engine(set));
    }
}
