//! Consistent but wrong: how far model and value agree, against how far the value is from the truth.

use std::collections::BTreeMap;

use egui::{RichText, Stroke, Ui};

use super::plot::{Ends, Field};
use super::ways::{All, Ways, empty, explain};
use super::{Cx, Panel, PanelId, framed};
use crate::app::actions::Action;
use crate::app::theme;
use crate::app::widgets::badge;
use crate::app::widgets::segmented::segmented;
use crate::app::words::value;
use crate::experiment::engine::Command;
use crate::experiment::snapshot::Snapshot;
use crate::probes::consistency::Place;

/// Least residual and error drawn; smaller ones stand at the edge.
const LEAST: [f64; 2] = [1e-4, 1e-2];

/// The panel.
#[derive(Clone, Default)]
pub struct ConsistentWrong {
    ways: Ways,
    held: Weights,
}

/// Weights of the grounded loss from before it was switched off, by the letter of the run.
#[derive(Clone, Default)]
struct Weights {
    generation: u64,
    of: BTreeMap<char, f64>,
}

impl Weights {
    /// Remembers those that are not 0.
    fn hold(&mut self, s: &Snapshot) {
        if self.generation != s.generation {
            *self = Self { generation: s.generation, of: BTreeMap::new() };
        }
        let weights = s.runs.iter().filter_map(|run| Some((run.letter, run.param("grounded")?)));
        self.of.extend(weights.filter(|(_, w)| *w > 0.0));
    }
}

/// Round ends (1, 2 or 5 times a power of ten) around the numbers that can be drawn.
fn ends(values: impl Iterator<Item = f64>, least: f64) -> Ends {
    let seen = values.filter(|v| v.is_finite() && *v > 0.0).map(|v| v.max(least));
    let (low, high) =
        seen.fold((f64::INFINITY, 0.0_f64), |(low, high), v| (low.min(v), high.max(v)));
    if high == 0.0 {
        return Ends { low: 0.1, high: 1.0, log: true };
    }
    let round = |x: f64, up: bool| {
        let power = 10_f64.powf(x.log10().floor());
        let marks = [1.0, 2.0, 5.0, 10.0].map(|mark| mark * power);
        match up {
            true => marks.into_iter().find(|mark| *mark >= x),
            false => marks.into_iter().rfind(|mark| *mark <= x),
        }
        .unwrap_or(x)
    };
    let (low, high) = (round(low, false), round(high, true));
    Ends { low, high: high.max(2.0 * low), log: true }
}

/// Whether real steps teach any run anything.
fn grounded(s: &Snapshot) -> bool {
    s.runs.iter().filter_map(|run| run.param("grounded")).any(|w| w > 0.0)
}

fn switch(ui: &mut Ui, cx: &mut Cx<'_>, held: &mut Weights) {
    held.hold(cx.snapshot);
    let t = theme::tokens(ui.ctx());
    ui.horizontal(|ui| {
        ui.label(RichText::new("Grounded loss of all runs").color(t.text_weak));
        let mut off = usize::from(!grounded(cx.snapshot));
        if segmented(ui, "Grounded loss", &["on", "off"], &mut off).changed() {
            for (run, of) in cx.snapshot.runs.iter().enumerate() {
                let specs = of.agent.params();
                if let Some(param) = specs.iter().position(|spec| spec.key == "grounded") {
                    let on = held.of.get(&of.letter).copied().unwrap_or(specs[param].default);
                    let value = if off == 1 { 0.0 } else { on };
                    cx.actions.push(Action::Engine(Command::Set { run, param, value }));
                }
            }
        }
    });
}

fn draw(ui: &mut Ui, cx: &mut Cx<'_>, known: Option<&All>, held: &mut Weights) {
    if explain(ui, cx.snapshot, known) {
        return;
    }
    let Some(all) = known else { return };
    if !cx.view.still && !cx.view.lecture {
        switch(ui, cx, held);
    }
    let every = || all.iter().flatten();
    let x = ends(every().map(|p| p.residual), LEAST[0]);
    let y = ends(every().map(|p| p.error), LEAST[1]);
    let names = ["disagreement: residual in its own model", "true error of the value (log scale)"];
    let field = Field::new(ui, (x, names[0]), (y, names[1]), "True error over disagreement");
    field.note("each trail: one run; its letter: now");
    for (index, way) in all.iter().enumerate() {
        let place = |p: &Place| [p.residual.max(LEAST[0]), p.error.max(LEAST[1])];
        // Before the first update tables of zeros agree, and say nothing.
        let seen = way.iter().filter(|p| p.residual > 0.0);
        let trail = field.path(seen.map(place));
        let ink = field.t.run(index);
        for (step, &at) in trail.iter().enumerate() {
            let fresh = (step + 1) as f32 / trail.len() as f32;
            let dot = (1.2 + 1.6 * fresh) * field.points;
            field.painter.circle_filled(at, dot, ink.gamma_multiply(0.35 + 0.65 * fresh));
        }
        field.painter.line(trail.clone(), Stroke::new(1.4, ink.gamma_multiply(0.7)));
        if let Some(&end) = trail.last() {
            badge::paint_round(&field.painter, end, index);
        }
    }
}

impl Panel for ConsistentWrong {
    fn title(&self) -> &'static str {
        "Consistent, and right?"
    }

    fn question(&self) -> &'static str {
        "Does agreeing with oneself bring the truth closer?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.ways.update(ui, cx);
        let known = self.ways.known(cx.snapshot);
        let mut held = std::mem::take(&mut self.held);
        framed(self, PanelId::ConsistentWrong, ui, cx, |ui, cx| {
            draw(ui, cx, known.as_ref(), &mut held);
        });
        self.held = held;
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let all = self.ways.of(snapshot);
        if all.iter().all(Vec::is_empty) {
            return format!("{}\n", empty(snapshot));
        }
        let on = if grounded(snapshot) { "on" } else { "off" };
        let mut text = format!("grounded loss {on}; errors are against the world as it is now\n");
        for (run, way) in snapshot.runs.iter().zip(&*all) {
            if let (Some(first), Some(last)) = (way.first(), way.last()) {
                text += &format!(
                    "{} {}: residual {}, error {} (at first {}), after {} updates\n",
                    run.letter,
                    run.name,
                    value(last.residual),
                    value(last.error),
                    value(first.error),
                    last.updates
                );
            }
        }
        text
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,updates,real_steps,residual,error,drift,gradient_dynamics,\
                       gradient_reward,gradient_value\n"
            .to_owned();
        for (run, way) in snapshot.runs.iter().zip(&*self.ways.of(snapshot)) {
            for p in way {
                let [dynamics, reward, worth] = p.gradients;
                let (updates, real) = (p.updates, p.real);
                csv += &format!(
                    "{},{updates},{real},{},{},{},{dynamics},{reward},{worth}\n",
                    run.letter, p.residual, p.error, p.drift
                );
            }
        }
        csv
    }
}
