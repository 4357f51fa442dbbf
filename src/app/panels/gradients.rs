//! How long the gradients of a model's losses are on the same data: for a learner that steers, over
//! its remembered steps now or over its updates; for a model with too little room, over its updates.

use egui::{Align2, Pos2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::asked::{Asked, Moment};
use super::fit::view;
use super::plot::{Ends, Field};
use super::{Cx, Panel, PanelId, framed, on_its_way, waits, weak};
use crate::app::theme;
use crate::app::widgets::segmented::segmented;
use crate::app::widgets::{badge, text};
use crate::app::words::value;
use crate::base::series::Series;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::probes::fit::{Fit, ModelLoss};
use crate::probes::judged::{LOSSES, steered};

/// Seconds between two measurements while time passes.
const EVERY: f64 = 0.5;
/// What an arena without a model is told.
const EMPTY: &str = "Needs a run that learns a model: 'MVE', or 'Low-rank model'.";
/// What is said before there are gradients.
const WAITS: &str = "Gradients come with the first updates.";
/// Least length drawn.
const LEAST: f64 = 1e-8;
/// Quantiles of a strip: least, lower, middle, upper, greatest.
const QUANTILES: [f64; 5] = [0.0, 0.05, 0.5, 0.95, 1.0];

/// Lengths of one loss's gradients at the [`QUANTILES`].
type Strip = [f64; 5];

/// What is known of a run.
#[derive(Clone, PartialEq)]
enum Lengths {
    /// Of each of [`LOSSES`] after the prediction, over remembered steps.
    Now(Vec<Strip>, usize),
    /// Of all losses: updates, then one number for each; after the weights, or after the prediction.
    Way(Vec<(f64, Vec<f64>)>, After),
}

/// What a gradient is taken after.
#[derive(Clone, Copy, Debug, PartialEq)]
enum After {
    Weights,
    Prediction,
}

#[derive(Clone, PartialEq)]
struct Question {
    generation: u64,
    run: usize,
    moment: Moment,
    /// Over the updates, where there is a choice.
    over: bool,
}

/// The panel, and what was measured last.
#[derive(Clone, Default)]
pub struct Gradients {
    asked: Asked<Question, Option<Lengths>>,
    run: usize,
    /// 1: over the updates.
    when: usize,
}

fn learns(run: &RunSnapshot) -> bool {
    let steers = run.lane.view.steered.as_ref();
    steers.is_some_and(|view| view.expansion.is_some()) || view(run).is_some()
}

/// What the model of a run is trained by.
fn trained_by(run: &RunSnapshot) -> Option<ModelLoss> {
    let steers = run.lane.view.steered.as_ref().and_then(|view| view.expansion.as_ref());
    view(run).map(|view| view.loss).or(steers.map(|view| view.model_loss))
}

/// The selected run, or the first one, that learns a model.
fn subject(s: &Snapshot, selected: usize) -> Option<usize> {
    let of = |index: &usize| s.runs.get(*index).is_some_and(learns);
    Some(selected).filter(of).or_else(|| (0..s.runs.len()).find(of))
}

fn strip(mut all: Vec<f64>) -> Strip {
    all.sort_by(f64::total_cmp);
    QUANTILES.map(|q| all[((all.len() - 1) as f64 * q).round() as usize])
}

impl Question {
    fn of(s: &Snapshot, run: usize, when: usize) -> Self {
        let moment = Moment::of(&s.runs[run]);
        Self { generation: s.generation, run, moment, over: when == 1 }
    }

    /// Whether it is about the same, at another moment.
    fn is_like(&self, other: &Self) -> bool {
        let of = |q: &Self| (q.generation, q.run, q.over);
        of(self) == of(other)
    }

    fn measure(&self) -> Option<Lengths> {
        let view = &self.moment.lane.view;
        let way = |fits: &Series<Fit>, after: After| {
            let way = fits.exact().filter(|fit| !fit.moved);
            let way: Vec<_> = way.map(|fit| (fit.updates as f64, fit.norms.to_vec())).collect();
            (way.len() > 1).then_some(Lengths::Way(way, after))
        };
        if let Some(fitted) = &view.fitted {
            return way(&fitted.0.fits, After::Weights);
        }
        let steers = view.steered.as_ref()?;
        if self.over {
            return way(&steers.expansion.as_ref()?.fits, After::Prediction);
        }
        let all = steered(steers)?.all;
        let of = |loss: usize| strip(all.iter().filter_map(|one| Some(one.norms?[loss])).collect());
        let finite =
            all.iter().all(|one| one.norms.is_some_and(|n| n.iter().all(|x| x.is_finite())));
        finite.then(|| Lengths::Now((0..LOSSES.len()).map(of).collect(), all.len()))
    }
}

impl Gradients {
    fn shown(&self, s: &Snapshot) -> Option<(usize, Option<Lengths>)> {
        let run = subject(s, self.run)?;
        let question = Question::of(s, run, self.when);
        let known = self.asked.known().filter(|(known, _)| known.is_like(&question));
        Some((run, known.map_or_else(|| question.measure(), |known| known.1.clone())))
    }

    fn body(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let s = cx.snapshot;
        let Some(run) = subject(s, cx.view.run) else {
            weak(ui, EMPTY);
            return;
        };
        if view(&s.runs[run]).is_none() && !cx.view.still {
            segmented(ui, "Gradients", &["now", "over updates"], &mut self.when);
        }
        let question = Question::of(s, run, self.when);
        let known = self.asked.known().is_some_and(|(known, _)| known.is_like(&question));
        let pace = if known && s.playing && !cx.view.at_once() { EVERY } else { 0.0 };
        self.asked.ask((ui.ctx(), cx.view), &question, pace, Question::measure);
        let known = self.asked.known().filter(|(known, _)| known.is_like(&question));
        let Some((_, known)) = known else { return on_its_way(ui) };
        let Some(lengths) = known.clone() else {
            return weak(ui, &waits(WAITS, cx));
        };
        head(ui, s, run, &lengths);
        match &lengths {
            Lengths::Now(strips, _) => strips_of(ui, strips),
            Lengths::Way(way, _) => ways(ui, way, trained_by(&s.runs[run])),
        }
    }
}

/// Whose they are, and what of.
fn head(ui: &mut Ui, s: &Snapshot, run: usize, lengths: &Lengths) {
    let points = theme::scale(ui.ctx());
    let size = vec2(ui.available_width(), 24.0 * points);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let t = theme::tokens(ui.ctx());
    let mark = badge::paint(ui.painter(), rect.left_center() + vec2(11.0 * points, 0.0), run);
    let words = match lengths {
        Lengths::Now(_, count) => format!(
            "{}: after the prediction, {count} remembered steps: 5 to 95 %, median, greatest",
            s.runs[run].name
        ),
        Lengths::Way(_, After::Weights) => {
            format!("{}: all losses at its weights, on its mini-batches", s.runs[run].name)
        }
        Lengths::Way(_, After::Prediction) => {
            format!("{}: after the prediction, means over held-out steps", s.runs[run].name)
        }
    };
    let room = rect.right() - mark.right() - 10.0;
    let brief = match lengths {
        Lengths::Now(..) => "5 to 95 %, median, greatest",
        Lengths::Way(..) => "all losses, over the updates",
    };
    let font = theme::small(ui.ctx());
    let line = text::fitted(ui.painter(), &[&words, brief], &font, t.text, room);
    text::place(ui.painter(), &line, mark.right_center() + vec2(8.0, 0.0), Align2::LEFT_CENTER);
}

/// One row for each loss on a common log axis.
fn strips_of(ui: &mut Ui, strips: &[Strip]) {
    let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    let rect = ui.available_rect_before_wrap();
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let all = strips.iter().flatten().copied().filter(|x| *x > LEAST);
    let (low, high) = all.fold((f64::INFINITY, LEAST), |(l, h), x| (l.min(x), h.max(x)));
    // Whole powers of ten, at least one of them.
    let low = low.min(high).log10().floor();
    let high = high.log10().ceil().max(low + 1.0);
    let font = theme::small(ui.ctx());
    let names = LOSSES.map(|name| text::line(&painter, name, theme::tick_strong(ui.ctx()), t.text));
    let wide = names.iter().map(|name| name.size().x).fold(0.0, f32::max);
    let field = Rect::from_min_max(
        rect.min + vec2(wide + 14.0, 4.0),
        rect.max - vec2(64.0 * points, 40.0 * points),
    );
    let at = |x: f64| {
        let share = (x.max(LEAST).log10() - low) / (high - low);
        field.left() + field.width() * share.clamp(0.0, 1.0) as f32
    };
    let decades = (high - low) as i32;
    let by = (decades / 6).max(1);
    for power in (0..=decades).step_by(by as usize) {
        let x = at(10_f64.powf(low + f64::from(power)));
        let line = [pos2(x, field.top()), pos2(x, field.bottom())];
        painter.line_segment(line, Stroke::new(1.0, t.stroke));
        let words = value(10_f64.powf(low + f64::from(power)));
        let words = text::line(&painter, &words, font.clone(), t.text_weak);
        text::place(&painter, &words, line[1] + vec2(0.0, 4.0), Align2::CENTER_TOP);
    }
    let row = field.height() / strips.len() as f32;
    for (index, (strip, name)) in strips.iter().zip(&names).enumerate() {
        let y = field.top() + (index as f32 + 0.5) * row;
        text::place(&painter, name, pos2(rect.left(), y), Align2::LEFT_CENTER);
        let [_, low, middle, high, most] = strip.map(at);
        painter.line_segment([pos2(low, y), pos2(high, y)], Stroke::new(8.0, t.stroke_strong));
        painter.line_segment([pos2(high, y), pos2(most, y)], Stroke::new(1.2, t.text_weak));
        let tick = [pos2(middle, y - 9.0), pos2(middle, y + 9.0)];
        painter.line_segment(tick, Stroke::new(2.6, t.text_strong));
        painter.circle_filled(pos2(most, y), 4.0, t.text_strong);
        let words = text::line(&painter, &value(strip[4]), theme::code(ui.ctx()), t.text_strong);
        text::place(&painter, &words, pos2(most + 9.0, y), Align2::LEFT_CENTER);
    }
    let words = "length of one step's gradient (log scale), V in returns";
    let words = text::elided(&painter, words, font, t.text_weak, rect.width());
    text::place(&painter, &words, rect.left_bottom(), Align2::LEFT_BOTTOM);
    let response = ui.allocate_rect(rect, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, "Lengths of gradients by loss"));
}

/// A line for each loss over the updates; the one that is learned by stands out.
fn ways(ui: &mut Ui, way: &[(f64, Vec<f64>)], own: Option<ModelLoss>) {
    let names: Vec<&str> = ModelLoss::ALL.iter().map(|loss| loss.label()).collect();
    let all = way.iter().flat_map(|(_, norms)| norms.iter().copied()).filter(|x| *x > LEAST);
    let (low, high) = all.fold((f64::INFINITY, LEAST), |(l, h), x| (l.min(x), h.max(x)));
    let x = Ends { low: 0.0, high: way.last().map_or(1.0, |one| one.0).max(1.0), log: false };
    let y = Ends { low: low.min(high), high, log: true };
    let axes = ((x, "updates of the model"), (y, "length of the gradient (log scale)"));
    let field = Field::before(ui, axes.0, axes.1, "Lengths of gradients by loss", &names);
    let t = &field.t;
    let path = |index: usize| -> Vec<Pos2> {
        let seen = way.iter().filter(|(_, norms)| norms[index] > LEAST);
        field.path(seen.map(|(updates, norms)| [*updates, norms[index]]))
    };
    let paths: Vec<Vec<Pos2>> = (0..names.len()).map(path).collect();
    let look = |loss: ModelLoss| match own == Some(loss) {
        true => (2.6, t.text_strong),
        false => (1.4, t.text_weak),
    };
    for (path, &loss) in paths.iter().zip(ModelLoss::ALL) {
        let (width, ink) = look(loss);
        field.painter.line(path.clone(), Stroke::new(width, ink));
    }
    let end = |((path, name), loss): ((&Vec<Pos2>, &&'static str), &ModelLoss)| {
        Some((*path.last()?, *name, look(*loss).1))
    };
    let ends: Vec<_> = paths.iter().zip(&names).zip(ModelLoss::ALL).filter_map(end).collect();
    field.ends(&ends);
}

impl Panel for Gradients {
    fn title(&self) -> &'static str {
        "Lengths of gradients"
    }

    fn question(&self) -> &'static str {
        "Which loss pulls how hard, on the same data?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.run = cx.view.run;
        let words = self.clone();
        framed(&words, PanelId::Gradients, ui, cx, |ui, cx| self.body(ui, cx));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let Some((run, lengths)) = self.shown(snapshot) else {
            return format!("{EMPTY}\n");
        };
        let run = &snapshot.runs[run];
        match lengths {
            None => format!("{} {}: {WAITS}\n", run.letter, run.name),
            Some(Lengths::Now(strips, count)) => {
                let mut text = format!("{} {}, {count} remembered steps\n", run.letter, run.name);
                for (name, [_, low, middle, high, most]) in LOSSES.iter().zip(strips) {
                    let [low, middle, high, most] = [low, middle, high, most].map(value);
                    text +=
                        &format!("  {name}: median {middle}, {low} to {high}, at most {most}\n");
                }
                text
            }
            Some(Lengths::Way(way, _)) => {
                let Some((updates, norms)) = way.last() else { return format!("{WAITS}\n") };
                let mut text = format!("{} {} after {updates} updates\n", run.letter, run.name);
                for (loss, norm) in ModelLoss::ALL.iter().zip(norms) {
                    text += &format!("  {}: {}\n", loss.label(), value(*norm));
                }
                text
            }
        }
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,loss,at,length\n".to_owned();
        let Some((run, Some(lengths))) = self.shown(snapshot) else {
            return csv;
        };
        let letter = snapshot.runs[run].letter;
        match lengths {
            Lengths::Now(strips, _) => {
                for (name, strip) in LOSSES.iter().zip(strips) {
                    for (q, length) in QUANTILES.iter().zip(strip) {
                        csv += &format!("{letter},{name},quantile {q},{length}\n");
                    }
                }
            }
            Lengths::Way(way, _) => {
                for (updates, norms) in way {
                    for (loss, norm) in ModelLoss::ALL.iter().zip(norms) {
                        csv += &format!("{letter},{},{updates},{norm}\n", loss.id());
                    }
                }
            }
        }
        csv
    }
}
