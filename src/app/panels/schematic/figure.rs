//! What is drawn of one run: its updates as rows of the diagram, and the loss as a sum.

use super::diagram::{Real, Row};
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::probes::consistency::{ConsistentView, Imagined, Losses, Wiring};
use crate::probes::latent_losses::{MuZeroView, wiring};

/// A run that can be drawn.
pub enum Figure<'a> {
    /// Tables.
    Table(&'a ConsistentView),
    /// A latent model, and the numbers of its update, imagined and from real steps: means over the
    /// batch.
    Latent(&'a MuZeroView, [Option<Imagined>; 2]),
}

/// The run it is about: the selected one if it can, else the first that can.
pub fn subject(s: &Snapshot, selected: usize) -> Option<(usize, &RunSnapshot, Figure<'_>)> {
    let of = |index: usize| {
        let run = s.runs.get(index)?;
        Some((index, run, Figure::of(run)?))
    };
    of(selected).or_else(|| (0..s.runs.len()).find_map(of))
}

/// The loss as it is trained.
pub struct Sum {
    /// How imagined gradients flow; `None`: nothing is imagined.
    pub wiring: Option<Wiring>,
    /// Targets look further than one step.
    pub lambda: bool,
    /// Terms are a loss of heads that tell chances of atoms, not half a square.
    pub atoms: bool,
    /// Weights of both losses.
    pub w: f64,
    pub beta: f64,
    /// The grounded loss before its weight.
    pub real: f64,
    /// Its parts as they were weighed.
    pub parts: Vec<(&'static str, f64)>,
    /// The terms of the imagined loss before their weight.
    pub terms: Vec<f64>,
    /// What acts on an imagined state itself.
    pub note: &'static str,
    /// The imagined loss as it was weighed, the policy's part included.
    pub imagined: f64,
}

impl Sum {
    /// All of it.
    pub fn total(&self) -> f64 {
        self.w * self.real + self.imagined
    }
}

impl<'a> Figure<'a> {
    /// Of a run that makes value and model agree.
    pub fn of(run: &'a RunSnapshot) -> Option<Self> {
        let view = &run.lane.view;
        if let Some(table) = view.consistent.as_ref() {
            return Some(Self::Table(table));
        }
        let latent = view.muzero.as_deref()?;
        let numbers = latent.last.dreamed.as_ref().map(|dreamed| Imagined {
            states: Vec::new(),
            rewards: dreamed.rewards.clone(),
            values: dreamed.values.clone(),
            targets: dreamed.targets.clone(),
        });
        let along = &latent.last.along;
        let real = (!along.values.is_empty()).then(|| Imagined {
            states: Vec::new(),
            rewards: along.rewards.iter().map(|[said, _]| *said).collect(),
            values: along.values.iter().map(|[said, _]| *said).collect(),
            targets: along.values.iter().map(|[_, target]| *target).collect(),
        });
        Some(Self::Latent(latent, [numbers, real]))
    }

    /// How imagined gradients flow; `None`: nothing is imagined.
    pub fn wiring(&self) -> Option<Wiring> {
        match self {
            Self::Table(view) => view.config.wiring(),
            Self::Latent(view, [numbers, _]) => numbers.as_ref().map(|_| wiring(&view.last)),
        }
    }

    /// Imagined, and from real steps.
    pub fn rows(&self) -> [Option<Row<'_>>; 2] {
        match self {
            Self::Table(view) => of_tables(view),
            Self::Latent(view, numbers) => of_latents(view, numbers),
        }
    }

    /// The loss.
    pub fn sum(&self) -> Sum {
        match self {
            Self::Table(view) => {
                let losses = Losses::of(view);
                let [dynamics, reward, value, imagined] = losses.weighed();
                let last = view.learner.0.last().filter(|_| view.config.wiring().is_some());
                Sum {
                    wiring: view.config.wiring(),
                    lambda: view.config.lambda > 0.0,
                    atoms: false,
                    w: losses.w,
                    beta: losses.beta,
                    real: losses.grounded.iter().sum(),
                    parts: vec![("value", value), ("reward", reward), ("dynamics", dynamics)],
                    terms: last.map_or(Vec::new(), |last| last.imagined.terms()),
                    note: "no loss on ẑ itself: only through r̂ and v̂",
                    imagined,
                }
            }
            Self::Latent(view, _) => {
                let last = &view.last;
                let [reward, value, policy, consistency, decoder, imagined] = last.weighed();
                let rest = consistency + decoder;
                let parts = vec![
                    ("value", value),
                    ("reward", reward),
                    ("policy", policy),
                    ("latent", rest),
                ];
                let stopped = self.wiring().is_some_and(|w| !w.target_reward && !w.target_value);
                Sum {
                    wiring: self.wiring(),
                    lambda: last.config.lambda > 0.0,
                    atoms: stopped && view.support.is_some(),
                    w: last.w,
                    beta: last.beta,
                    real: last.losses.sum(),
                    parts,
                    terms: last.dreamed.as_ref().map_or(Vec::new(), |d| d.terms.clone()),
                    note: match rest > 0.0 {
                        true => "on ẑ itself: consistency or what was seen",
                        false => "no loss on ẑ itself",
                    },
                    imagined,
                }
            }
        }
    }
}

/// Blocks of the diagram among the networks that are metered.
fn blocks([_, dynamics, reward, value, _]: [f64; 5]) -> [f64; 3] {
    [dynamics, reward, value]
}

fn of_latents<'a>(
    view: &'a MuZeroView,
    [dreamed, lived]: &'a [Option<Imagined>; 2],
) -> [Option<Row<'a>>; 2] {
    let last = &view.last;
    let imagined = dreamed.as_ref().zip(last.dreamed.as_ref()).map(|(numbers, dreamed)| Row {
        numbers,
        terms: dreamed.terms.clone(),
        real: None,
        moved: blocks(last.meters.imagined),
        wiring: wiring(last),
        latent: true,
    });
    let grounded = lived.as_ref().map(|numbers| Row {
        numbers,
        terms: last.along.terms[..numbers.targets.len()].to_vec(),
        real: Some(Real {
            actions: &[],
            paid: last.along.rewards.iter().map(|[_, paid]| *paid).collect(),
        }),
        moved: blocks(last.meters.grounded),
        wiring: match last.w > 0.0 {
            true => GROUNDED,
            false => Wiring::of_switches([false; 7]),
        },
        latent: true,
    });
    [imagined, grounded]
}

/// Targets of real experience are numbers, whatever made them; everything else learns.
const GROUNDED: Wiring = Wiring { target_reward: false, target_value: false, ..Wiring::RESIDUAL };

fn of_tables(view: &ConsistentView) -> [Option<Row<'_>>; 2] {
    let learner = &view.learner.0;
    let imagined = view.config.wiring().and_then(|wiring| {
        let last = learner.last()?;
        let (numbers, moved) = (&last.imagined, last.moved);
        Some(Row { numbers, terms: numbers.terms(), real: None, moved, wiring, latent: false })
    });
    let grounded = learner.last_grounded().map(|last| Row {
        numbers: &last.unrolled,
        terms: last.unrolled.terms(),
        real: Some(Real { actions: &last.actions, paid: last.paid.clone() }),
        moved: last.moved,
        wiring: GROUNDED,
        latent: false,
    });
    [imagined, grounded]
}
