//! A network as a model: its loss on the steps it learns from and on those it never learns from, and
//! how many numbers a real step teaches model and critic.

use egui::{
    Align2, CornerRadius, Rect, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::plot::{Ends, Field};
use super::{Cx, Panel, PanelId, framed};
use crate::app::theme;
use crate::app::widgets::number::grouped;
use crate::app::widgets::{badge, dashes, text};
use crate::app::words::value;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};

/// What an arena without such a model is told.
const EMPTY: &str = "Needs a run of MVE: its model is a network.";
/// Most points of a curve: more cannot be told apart.
const POINTS: usize = 400;
/// Height of the lines about targets, in points before the text scale.
const FOOT: f32 = 66.0;

/// The panel.
#[derive(Clone, Default)]
pub struct ModelLoss {
    /// The selected run.
    run: usize,
}

/// What a real step has taught so far.
struct Taught {
    /// Numbers in one real step for the model: all that is seen, and the reward.
    wide: usize,
    /// Numbers taught for each real step.
    model: f64,
    value: f64,
}

/// Means over equally long stretches: `[updates, loss]` of what is learned from and what is not.
struct Losses {
    learned: Vec<[f64; 2]>,
    held_out: Vec<[f64; 2]>,
}

/// The selected run, or the first one, whose model is a network.
fn subject(s: &Snapshot, selected: usize) -> Option<(usize, &RunSnapshot)> {
    let runs = || s.runs.iter().enumerate();
    let expands = |(_, run): &(usize, &RunSnapshot)| {
        run.lane.view.steered.as_ref().is_some_and(|view| view.expansion.is_some())
    };
    runs().nth(selected).filter(expands).or_else(|| runs().find(expands))
}

fn losses(run: &RunSnapshot) -> Losses {
    let all: Vec<_> = match &run.lane.view.steered {
        Some(view) => view.losses.exact().copied().collect(),
        None => Vec::new(),
    };
    let stretch = all.len().div_ceil(POINTS).max(1);
    let mut losses = Losses { learned: Vec::new(), held_out: Vec::new() };
    for rows in all.chunks(stretch) {
        let last = rows.last().map_or(0, |row| row.updates) as f64;
        let mean = |of: &dyn Fn(usize) -> f64| {
            let known = (0..rows.len()).map(of).filter(|loss| *loss > 0.0);
            let (sum, n) = known.fold((0.0, 0), |(sum, n), loss| (sum + loss, n + 1));
            (n > 0).then(|| sum / f64::from(n))
        };
        losses.learned.extend(mean(&|i| rows[i].model).map(|loss| [last, loss]));
        losses.held_out.extend(mean(&|i| rows[i].held_out).map(|loss| [last, loss]));
    }
    losses
}

fn taught(run: &RunSnapshot) -> Option<Taught> {
    let view = run.lane.view.steered.as_ref()?;
    let expansion = view.expansion.as_ref()?;
    let steps = run.lane.counters.env_steps.max(1) as f64;
    Some(Taught {
        wide: expansion.model.outputs(),
        model: expansion.model_targets as f64 / steps,
        value: view.value_targets as f64 / steps,
    })
}

/// Both losses and what they mean, in words.
fn told(run: &RunSnapshot) -> String {
    let losses = losses(run);
    let last = |points: &[[f64; 2]]| points.last().map_or("no data".to_owned(), |p| value(p[1]));
    let (learned, held_out) = (last(&losses.learned), last(&losses.held_out));
    let mut text = format!(
        "{} {}: squared error of the model {learned} on steps it learns from, {held_out} on steps held out\n",
        run.letter, run.name
    );
    if let Some(t) = taught(run) {
        text += &format!(
            "one real step holds {} numbers for the model and 1 for the value\n\
             numbers taught for each real step: model {}, value {}\n",
            t.wide,
            grouped(t.model.round() as u64),
            grouped(t.value.round() as u64)
        );
    }
    text
}

impl ModelLoss {
    fn body(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let t = theme::tokens(ui.ctx());
        let Some((index, run)) = subject(cx.snapshot, cx.view.run) else {
            let words = egui::RichText::new(EMPTY).color(t.text_weak);
            ui.add(egui::Label::new(words).wrap());
            return;
        };
        let room = ui.available_rect_before_wrap();
        let split = room.bottom() - FOOT * theme::scale(ui.ctx());
        let mut above = ui.new_child(UiBuilder::new().max_rect(room.with_max_y(split - 6.0)));
        curves(&mut above, index, run);
        if let Some(taught) = taught(run) {
            bars(ui, room.with_min_y(split), &taught);
        }
        let response = ui.allocate_rect(room, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, told(run)));
    }
}

fn curves(ui: &mut Ui, index: usize, run: &RunSnapshot) {
    let losses = losses(run);
    let all = || losses.learned.iter().chain(&losses.held_out);
    let far = all().map(|p| p[0]).fold(100.0, f64::max);
    let decade = |x: f64, up: bool| {
        let place = x.max(1e-9).log10();
        10f64.powf(if up { place.ceil() } else { place.floor() })
    };
    let low = all().map(|p| p[1]).fold(0.1, f64::min);
    let high = all().map(|p| p[1]).fold(1.0, f64::max);
    let y = Ends { low: decade(low, false), high: decade(high, true), log: true };
    let x = Ends { low: 0.0, high: far, log: false };
    let unit = "squared error of a step (log scale)";
    let spoken = "Losses of the model";
    let field = Field::new(ui, (x, "updates of the critic"), (y, unit), spoken);
    let ink = field.t.run(index);
    for (points, name, width, ink) in [
        (&losses.learned, "learned from", 1.6, ink.gamma_multiply(0.7)),
        (&losses.held_out, "held out", 2.6, ink),
    ] {
        let path = field.path(points.iter().copied());
        let end = path.last().copied();
        field.painter.line(path, Stroke::new(width, ink));
        if let Some(end) = end {
            let below = name == "learned from";
            field.label(if below { end + vec2(0.0, 24.0) } else { end }, name, ink);
        }
    }
    if losses.learned.is_empty() {
        let wait = "The model learns once the first steps at random are over.";
        let at = field.at([0.0, y.high]) + vec2(8.0, 8.0);
        let line = text::line(&field.painter, wait, theme::body(ui.ctx()), field.t.text_weak);
        text::place(&field.painter, &line, at, Align2::LEFT_TOP);
    }
    badge::paint(&field.painter, field.at([far, y.high]) + vec2(-12.0, -14.0), index);
}

/// Numbers taught for each real step: the model's, solid because they are about what happened, and
/// the critic's, of which most are imagined.
fn bars(ui: &Ui, rect: Rect, taught: &Taught) {
    let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    let painter = ui.painter();
    let head = "numbers taught for each real step";
    let head = text::line(painter, head, theme::small(ui.ctx()), t.text_weak);
    let top = text::place(painter, &head, rect.min, Align2::LEFT_TOP).bottom() + 4.0;
    let most = taught.model.max(taught.value).max(1.0);
    let left = rect.left() + 60.0 * points;
    let room = (rect.right() - left - 220.0 * points).max(30.0);
    let row = 20.0 * points;
    let model = format!("a step holds {} numbers for it", taught.wide);
    for (index, (name, much, note)) in
        [("model", taught.model, model.as_str()), ("value", taught.value, "a step holds 1")]
            .into_iter()
            .enumerate()
    {
        let y = top + row * (index as f32 + 0.5);
        let name = text::line(painter, name, theme::body(ui.ctx()), t.text);
        text::place(painter, &name, pos2(rect.left(), y), Align2::LEFT_CENTER);
        let long = (room * (much / most) as f32).max(1.0);
        let bar = Rect::from_min_size(pos2(left, y - 0.3 * row), vec2(long, 0.6 * row));
        if index == 0 {
            painter.rect_filled(bar, 2, t.real);
        } else {
            painter.rect_filled(bar, 2, t.imagined.gamma_multiply(0.32));
            let edge = Stroke::new(1.5, t.imagined);
            dashes::paint_box(painter, bar, CornerRadius::same(2), edge);
        }
        let number = grouped(much.round() as u64);
        let number = text::line(painter, &number, theme::code_medium(ui.ctx()), t.text_strong);
        let at = pos2(bar.right() + 8.0, y);
        let end = text::place(painter, &number, at, Align2::LEFT_CENTER).right() + 10.0;
        let note =
            text::elided(painter, note, theme::small(ui.ctx()), t.text_weak, rect.right() - end);
        text::place(painter, &note, pos2(end, y), Align2::LEFT_CENTER);
    }
}

impl Panel for ModelLoss {
    fn title(&self) -> &'static str {
        "Loss of the model"
    }

    fn question(&self) -> &'static str {
        "Does it know, or does it remember?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.run = cx.view.run;
        // The frame needs the panel's words while the body changes it.
        let words = self.clone();
        framed(&words, PanelId::ModelLoss, ui, cx, |ui, cx| self.body(ui, cx));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let run = subject(snapshot, self.run);
        run.map_or_else(|| format!("{EMPTY}\n"), |(_, run)| told(run))
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,loss,updates,value\n".to_owned();
        if let Some((_, run)) = subject(snapshot, self.run) {
            let losses = losses(run);
            for (name, points) in [("learned", losses.learned), ("held_out", losses.held_out)] {
                for [updates, loss] in points {
                    csv += &format!("{},{name},{updates},{loss}\n", run.letter);
                }
            }
        }
        csv
    }
}
