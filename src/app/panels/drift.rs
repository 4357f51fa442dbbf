//! Monitors of learners that move model and value together: error, agreement, drift and gradients.

use egui::Ui;

use super::ways::{Ways, empty, explain};
use super::{Cx, Panel, PanelId, framed, waits};
use crate::app::theme;
use crate::app::widgets::chart::{Chart, Curve};
use crate::app::widgets::segmented::segmented;
use crate::app::words::value;
use crate::experiment::snapshot::Snapshot;
use crate::probes::consistency::Place;

/// Name on the button, what the axis says, how it is read.
type Measure = (&'static str, &'static str, fn(&Place) -> f64);

/// What can be shown.
const MEASURES: [Measure; 4] = [
    ("error", "true error of the value, RMS", |p| p.error),
    ("drift", "way of the value from its start", |p| p.drift),
    ("∇ model", "imagined gradient, dynamics", |p| p.gradients[0]),
    ("∇ value", "imagined gradient, value", |p| p.gradients[2]),
];

/// The panel.
#[derive(Clone, Default)]
pub struct Drift {
    ways: Ways,
    measure: usize,
}

impl Drift {
    fn body(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let s = cx.snapshot;
        let known = self.ways.known(s);
        if explain(ui, s, known.as_ref()) {
            return;
        }
        let all = known.unwrap_or_default();
        if !cx.view.still {
            segmented(ui, "Measure", &MEASURES.map(|measure| measure.0), &mut self.measure);
        }
        let (id, label, read) = MEASURES[self.measure];
        let line = |way: &Vec<Place>| way.iter().map(|p| [p.real as f64, read(p)]).collect();
        let lines: Vec<Vec<[f64; 2]>> = all.iter().map(line).collect();
        let t = theme::tokens(ui.ctx());
        let curves: Vec<Curve<'_>> = (s.runs.iter().zip(&lines).enumerate())
            .map(|(index, (run, line))| Curve {
                letter: run.letter,
                name: &run.name,
                color: t.run(index),
                mean: line,
                band: None,
                rings: &[],
                ahead_from: None,
                marks: &[],
            })
            .collect();
        let flat = s.runs.iter().zip(&lines).filter(|(_, line)| {
            let mut line = line.iter().peekable();
            line.peek().is_some() && line.all(|point| point[1] == 0.0)
        });
        let flat: Vec<String> = flat.map(|(run, _)| run.letter.to_string()).collect();
        let note = match flat.is_empty() {
            true => format!("seed {}", s.seed),
            false => format!("exactly 0: {}", flat.join(", ")),
        };
        let chart = Chart {
            id,
            x_label: "real steps",
            y_label: label,
            note: &note,
            log_y: true,
            empty: &waits("The first update brings the first number.", cx),
            ..Chart::default()
        };
        chart.ui(ui, &curves);
    }
}

impl Panel for Drift {
    fn title(&self) -> &'static str {
        "Monitors"
    }

    fn question(&self) -> &'static str {
        "What grows, and what comes to rest?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.ways.update(ui, cx);
        let mut own = self.clone();
        framed(self, PanelId::Drift, ui, cx, |ui, cx| own.body(ui, cx));
        self.measure = own.measure;
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let all = self.ways.of(snapshot);
        if all.iter().all(Vec::is_empty) {
            return format!("{}\n", empty(snapshot));
        }
        let mut text = String::new();
        for (run, way) in snapshot.runs.iter().zip(&*all) {
            let Some(last) = way.last() else { continue };
            text += &format!("{} {} after {} real steps:", run.letter, run.name, last.real);
            for (name, _, read) in MEASURES {
                text += &format!(" {name} {}", value(read(last)));
            }
            text += "\n";
        }
        text
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,real_steps,updates,measure,number\n".to_owned();
        for (run, way) in snapshot.runs.iter().zip(&*self.ways.of(snapshot)) {
            for (name, _, read) in MEASURES {
                for p in way {
                    let (letter, number) = (run.letter, read(p));
                    csv += &format!("{letter},{},{},{name},{number}\n", p.real, p.updates);
                }
            }
        }
        csv
    }
}
