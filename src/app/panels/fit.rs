//! How well models with too little room fit, over their updates: in value, in state, and how long
//! the gradients of their losses are.

use egui::Ui;

use super::{Cx, Panel, PanelId, framed, waits, weak};
use crate::app::theme;
use crate::app::widgets::chart::{Chart, Curve, Mark, MarkKind};
use crate::app::widgets::segmented::segmented;
use crate::app::words::value;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::probes::fit::{Fit, FitView};

/// What an arena without such a model is told.
pub const EMPTY: &str = "Needs a run of 'Low-rank model'.";
/// Values below this are drawn as this: on a log scale exactly 0 has no place.
const LEAST: f64 = 1e-9;

/// Name on the button, key in data, what the axis says, how it is read.
type Measure = (&'static str, &'static str, &'static str, fn(&Fit) -> f64);

const MEASURES: [Measure; 3] = [
    ("value", "value_error", "squared value error / Var V, test data", |f| f.value_error),
    ("state", "state_error", "squared error of the two numbers V reads", |f| f.state_error),
    ("gradient", "gradient_norm", "length of the loss's gradient", |f| f.norm),
];

/// The model of a run that fits one.
pub fn view(run: &RunSnapshot) -> Option<&FitView> {
    run.lane.view.fitted.as_ref().map(|shared| &*shared.0)
}

/// Moves of the value are marked while they are few enough to be read.
const MARKED: usize = 12;

/// The panel.
#[derive(Clone, Default)]
pub struct FitPanel {
    measure: usize,
}

impl FitPanel {
    fn body(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let s = cx.snapshot;
        if s.runs.iter().all(|run| view(run).is_none()) {
            weak(ui, EMPTY);
            return;
        }
        if !cx.view.still {
            segmented(ui, "Measure", &MEASURES.map(|measure| measure.0), &mut self.measure);
        }
        let (name, _, label, read) = MEASURES[self.measure];
        let line = |run: &RunSnapshot| -> Vec<[f64; 2]> {
            let fits = view(run).into_iter().flat_map(|view| view.fits.exact());
            fits.map(|fit| [fit.updates as f64, read(fit).max(LEAST)]).collect()
        };
        let lines: Vec<Vec<[f64; 2]>> = s.runs.iter().map(line).collect();
        let moves: Vec<Vec<Mark>> = s.runs.iter().map(moves).collect();
        let t = theme::tokens(ui.ctx());
        let runs = s.runs.iter().enumerate().zip(lines.iter().zip(&moves));
        let curves: Vec<Curve<'_>> = runs
            .map(|((index, run), (mean, marks))| Curve {
                letter: run.letter,
                name: &run.name,
                color: t.run(index),
                mean,
                band: None,
                rings: &[],
                ahead_from: None,
                marks,
            })
            .collect();
        let low = lines.iter().flatten().any(|&[_, y]| y <= LEAST);
        let floor = if low { "10⁻⁹: that or less  ·  " } else { "" };
        let note = format!("{floor}seed {}", s.seed);
        let chart = Chart {
            id: name,
            x_label: "updates of the model",
            y_label: label,
            note: &note,
            log_y: true,
            floor: Some(LEAST),
            empty: &waits("First the data are gathered, then the curves begin.", cx),
            ..Chart::default()
        };
        chart.ui(ui, &curves);
    }
}

/// Where the value of a run has moved.
fn moves(run: &RunSnapshot) -> Vec<Mark> {
    let fits = view(run).into_iter().flat_map(|view| view.fits.exact());
    let all: Vec<Mark> = fits
        .filter(|fit| fit.moved)
        .map(|fit| Mark { x: fit.updates as f64, text: "V moves".to_owned(), kind: MarkKind::Tick })
        .collect();
    if all.len() > MARKED { Vec::new() } else { all }
}

impl Panel for FitPanel {
    fn title(&self) -> &'static str {
        "How well it fits"
    }

    fn question(&self) -> &'static str {
        "Is the value right, and is the state?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let mut own = self.clone();
        framed(self, PanelId::Fit, ui, cx, |ui, cx| own.body(ui, cx));
        *self = own;
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let mut text = String::new();
        for run in &snapshot.runs {
            let Some(last) = view(run).and_then(|view| view.fits.last()) else { continue };
            text += &format!("{} {} after {} updates:", run.letter, run.name, last.updates);
            for (name, _, _, read) in MEASURES {
                text += &format!(" {name} {}", value(read(last)));
            }
            text += "\n";
        }
        if text.is_empty() { format!("{EMPTY}\n") } else { text }
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,updates,value_moved,measure,number\n".to_owned();
        for run in &snapshot.runs {
            for fit in view(run).into_iter().flat_map(|view| view.fits.exact()) {
                for (_, key, _, read) in MEASURES {
                    let (moved, number) = (u8::from(fit.moved), read(fit));
                    csv += &format!("{},{},{moved},{key},{number}\n", run.letter, fit.updates);
                }
            }
        }
        csv
    }
}
