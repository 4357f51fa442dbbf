//! What a learned model gets wrong on the steps it learns from, and on those held out; and how many
//! numbers a real step teaches model and critic. Where the model is latent: which losses it learns
//! by, and what they do to each network.

mod latent;

use egui::{Align2, Pos2, Sense, Stroke, Ui, WidgetInfo, vec2};

use super::plot::{Ends, Field};
use super::{Cx, Panel, PanelId, framed, weak};
use crate::app::theme;
use crate::app::widgets::{badge, text};
use crate::app::words::value;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::probes::expansion::{ExpansionView, Losses as Row, SteeredView};
use crate::probes::fit::ModelLoss;

/// Points of a line at most.
const POINTS: usize = 300;
/// Least loss drawn.
const LEAST: f64 = 1e-8;

/// The panel, and the run that was selected when it was drawn.
#[derive(Default)]
pub struct Losses {
    run: usize,
    latent: bool,
}

/// A run that learns a model.
struct Subject<'a> {
    index: usize,
    run: &'a RunSnapshot,
    view: &'a SteeredView,
    how: &'a ExpansionView,
}

/// A run of either kind.
enum Either<'a> {
    Steered(Subject<'a>),
    Latent(latent::Subject<'a>),
}

/// The selected run if it learns a model with a network, else the first one that does.
fn subject(s: &Snapshot, selected: usize) -> Option<Either<'_>> {
    let steered = |index: usize| {
        let run = s.runs.get(index)?;
        let view = run.lane.view.steered.as_deref()?;
        Some(Either::Steered(Subject { index, run, view, how: view.expansion.as_ref()? }))
    };
    let latent = |index: usize| latent::Subject::of(s, index).map(Either::Latent);
    let of = |index: usize| steered(index).or_else(|| latent(index));
    of(selected).or_else(|| (0..s.runs.len()).find_map(of))
}

impl Subject<'_> {
    /// Updates, loss on learned steps, loss on held-out ones; means over equal stretches, so that
    /// single mini-batches do not hide the course.
    fn points(&self) -> Vec<[f64; 3]> {
        let rows: Vec<_> = self.view.losses.exact().collect();
        let stretch = rows.len().div_ceil(POINTS).max(1);
        let mean = |part: &[&Row]| {
            let n = part.len() as f64;
            let of = |read: fn(&Row) -> f64| part.iter().map(|row| read(row)).sum::<f64>() / n;
            [of(|row| row.updates as f64), of(|row| row.model), of(|row| row.held_out)]
        };
        rows.chunks(stretch).map(mean).collect()
    }

    /// Numbers taught a real step: model, critic.
    fn taught(&self) -> [f64; 2] {
        let lived = self.view.memory.first() + self.view.memory.len() as u64;
        [self.how.model_targets, self.view.value_targets].map(|n| n as f64 / lived.max(1) as f64)
    }

    fn text(&self) -> String {
        let (letter, name) = (self.run.letter, &self.run.name);
        match self.points().last() {
            Some([updates, learned, held_out]) => format!(
                "{letter} {name}: after {updates:.0} updates loss {} on learned steps, {} on \
                 held-out ones; {}\n",
                value(*learned),
                value(*held_out),
                self.told()
            ),
            None => format!("{letter} {name}: no updates yet\n"),
        }
    }

    fn data(&self) -> String {
        let mut csv = "run,updates,learned,held_out\n".to_owned();
        for [updates, learned, held_out] in self.points() {
            csv += &format!("{},{updates},{learned},{held_out}\n", self.run.letter);
        }
        csv
    }

    fn told(&self) -> String {
        let [model, critic] = self.taught();
        format!(
            "numbers taught per real step, repeats counted: model {model:.0}, critic {critic:.0}"
        )
    }

    /// The same where there is little room.
    fn told_briefly(&self) -> String {
        let [model, critic] = self.taught();
        format!("taught per step: model {model:.0}, critic {critic:.0}")
    }
}

impl Panel for Losses {
    fn title(&self) -> &'static str {
        "Loss of the model"
    }

    fn question(&self) -> &'static str {
        match self.latent {
            true => "Which losses train it, and what do they do to it?",
            false => "Does it learn the world, or only its own steps?",
        }
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.run = cx.view.run;
        self.latent = matches!(subject(cx.snapshot, self.run), Some(Either::Latent(_)));
        framed(self, PanelId::Losses, ui, cx, |ui, cx| {
            const SOON: &str = "Losses come with the first updates.";
            match subject(cx.snapshot, cx.view.run) {
                Some(Either::Steered(subject)) if !subject.view.losses.is_empty() => {
                    draw(ui, &subject);
                }
                Some(Either::Latent(subject)) if subject.has_learned() => {
                    latent::draw(ui, &subject);
                }
                Some(_) => weak(ui, SOON),
                None => weak(ui, "Needs a run that learns by networks: 'MVE' or 'MuZero-style'."),
            }
        });
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        match subject(snapshot, self.run) {
            Some(Either::Steered(subject)) => subject.text(),
            Some(Either::Latent(subject)) => subject.text(),
            None => "no run learns a model with a network\n".to_owned(),
        }
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        match subject(snapshot, self.run) {
            Some(Either::Latent(subject)) => subject.data(),
            Some(Either::Steered(subject)) => subject.data(),
            None => "run,updates,learned,held_out\n".to_owned(),
        }
    }
}

fn draw(ui: &mut Ui, subject: &Subject<'_>) {
    let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    let size = vec2(ui.available_width(), 24.0 * points);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let words = subject.told();
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &words));
    let center = rect.left_center() + vec2(11.0 * points, 0.0);
    let mark = badge::paint(ui.painter(), center, subject.index);
    let room = rect.right() - mark.right() - 10.0;
    let brief = subject.told_briefly();
    let font = theme::small(ui.ctx());
    let line = text::fitted(ui.painter(), &[&words, &brief], &font, t.text, room);
    text::place(ui.painter(), &line, mark.right_center() + vec2(8.0, 0.0), Align2::LEFT_CENTER);
    let rows = subject.points();
    // A likelihood may be below 0, where a log scale has no place.
    let log = subject.how.model_loss != ModelLoss::Likelihood;
    let least = if log { LEAST } else { f64::NEG_INFINITY };
    let losses = rows.iter().flat_map(|row| [row[1], row[2]]).filter(|x| *x > least);
    let start = (f64::INFINITY, if log { LEAST } else { f64::NEG_INFINITY });
    let (low, high) = losses.fold(start, |(l, h), x| (l.min(x), h.max(x)));
    let last = rows.last().map_or(1.0, |row| row[0]);
    let x = Ends { low: 0.0, high: last.max(1.0), log: false };
    let y = Ends { low: low.min(high), high, log };
    let scale = if log { " (log scale)" } else { "" };
    let name = format!("{} of the prediction{scale}", subject.how.model_loss.label());
    let words = ["held out", "learned from"];
    let across = (x, "updates of the critic");
    let field = Field::before(ui, across, (y, &name), "Loss of the model", &words);
    let path = |column: usize| {
        let seen = rows.iter().filter(|row| row[column] > least);
        field.path(seen.map(|row| [row[0], row[column]]))
    };
    // The same world, and steps that were really made: both are real, told apart by weight.
    let (learned, held_out) = (path(1), path(2));
    field.painter.line(learned.clone(), Stroke::new(1.4, t.text_weak));
    field.painter.line(held_out.clone(), Stroke::new(2.6, t.text_strong));
    let named = [(held_out, words[0], t.text_strong), (learned, words[1], t.text_weak)];
    let end = |(path, words, ink): &(Vec<Pos2>, _, _)| Some((*path.last()?, *words, *ink));
    field.ends(&named.iter().filter_map(end).collect::<Vec<_>>());
}
