//! How well models fit over their updates: in value, in state, where they have no data, and how long
//! the gradients of their losses are. Of models with too little room, and of those that learn from
//! a critic's values.

use egui::Ui;

use super::{Cx, Panel, PanelId, framed, waits, weak};
use crate::app::theme;
use crate::app::widgets::chart::{Chart, Curve, Mark, MarkKind};
use crate::app::widgets::segmented::segmented;
use crate::app::words::value;
use crate::base::series::Series;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::probes::fit::{Fit, FitView};

/// What an arena without such a model is told.
pub const EMPTY: &str = "Needs a run of 'Low-rank model'.";
/// What an arena without any model that is measured is told.
const NONE: &str = "Needs a run that learns a model: 'MVE', or 'Low-rank model'.";
/// Values below this are drawn as this: on a log scale exactly 0 has no place.
const LEAST: f64 = 1e-9;

/// A quantity that is measured.
struct Measure {
    /// Name on the button.
    name: &'static str,
    /// Key in data.
    key: &'static str,
    /// What the axis says.
    axis: &'static str,
    /// How it is read; `None` where it was not measured.
    read: fn(&Fit) -> Option<f64>,
}

const MEASURES: [Measure; 4] = [
    Measure {
        name: "value",
        key: "value_error",
        axis: "squared value error / Var V, test data",
        read: |fit| Some(fit.value_error),
    },
    Measure {
        name: "state",
        key: "state_error",
        axis: "mean squared error of the numbers V reads",
        read: |fit| Some(fit.state_error),
    },
    Measure {
        name: "gradient",
        key: "gradient_norm",
        axis: "length of the loss's gradient",
        read: |fit| (fit.norm > 0.0).then_some(fit.norm),
    },
    Measure {
        name: "beyond data",
        key: "beyond_data",
        axis: "share of predictions where it never was",
        read: |fit| fit.beyond,
    },
];

/// The measurements of a run whose model is measured.
pub fn fits(run: &RunSnapshot) -> Option<&Series<Fit>> {
    let steered = run.lane.view.steered.as_ref().and_then(|view| view.expansion.as_ref());
    view(run).map(|view| &view.fits).or_else(|| steered.map(|view| &view.fits))
}

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
        if s.runs.iter().all(|run| fits(run).is_none()) {
            weak(ui, NONE);
            return;
        }
        let known = |measure: &&Measure| s.runs.iter().any(|run| is_known(run, measure));
        let measures: Vec<&Measure> = MEASURES.iter().filter(known).collect();
        let names: Vec<&str> = measures.iter().map(|measure| measure.name).collect();
        self.measure = self.measure.min(names.len().saturating_sub(1));
        if !cx.view.still && !names.is_empty() {
            segmented(ui, "Measure", &names, &mut self.measure);
        }
        let Measure { name, axis, read, .. } = measures.get(self.measure).unwrap_or(&&MEASURES[0]);
        let is_share = *name == "beyond data";
        let line = |run: &RunSnapshot| -> Vec<[f64; 2]> {
            let fits = fits(run).into_iter().flat_map(Series::exact);
            let least = if is_share { 0.0 } else { LEAST };
            fits.filter_map(|fit| Some([fit.updates as f64, read(fit)?.max(least)])).collect()
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
            y_label: axis,
            note: &note,
            log_y: !is_share,
            floor: (!is_share).then_some(LEAST),
            empty: &waits("First the data are gathered, then the curves begin.", cx),
            ..Chart::default()
        };
        chart.ui(ui, &curves);
    }
}

/// Whether a run has measured it, or will.
fn is_known(run: &RunSnapshot, measure: &Measure) -> bool {
    fits(run).is_some_and(|fits| match fits.last() {
        Some(last) => (measure.read)(last).is_some() || measure.key == "gradient_norm",
        None => measure.key != "beyond_data",
    })
}

/// Where the value of a run has moved.
fn moves(run: &RunSnapshot) -> Vec<Mark> {
    let fits = fits(run).into_iter().flat_map(Series::exact);
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
            let Some(last) = fits(run).and_then(Series::last) else { continue };
            text += &format!("{} {} after {} updates:", run.letter, run.name, last.updates);
            for Measure { name, read, .. } in &MEASURES {
                if let Some(number) = read(last) {
                    text += &format!(" {name} {}", value(number));
                }
            }
            text += "\n";
        }
        if text.is_empty() { format!("{NONE}\n") } else { text }
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,updates,value_moved,measure,number\n".to_owned();
        for run in &snapshot.runs {
            for fit in fits(run).into_iter().flat_map(Series::exact) {
                for Measure { key, read, .. } in &MEASURES {
                    let (moved, Some(number)) = (u8::from(fit.moved), read(fit)) else { continue };
                    csv += &format!("{},{},{moved},{key},{number}\n", run.letter, fit.updates);
                }
            }
        }
        csv
    }
}
