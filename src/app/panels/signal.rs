//! What comes first, the model or the value: both errors over real steps.

use egui::{Align2, Sense, Stroke, Ui, WidgetInfo, vec2};

use super::asked::{Asked, Moment};
use super::plot::{Ends, Field, round_up};
use super::{Cx, Panel, PanelId, framed, on_its_way, waits, weak};
use crate::app::theme;
use crate::app::widgets::number::grouped;
use crate::app::widgets::{badge, text};
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::probes::expansion::SteeredView;
use crate::probes::reference::optimum;
use crate::probes::signal::{Accuracy, course};
use crate::probes::surface::plane_of;

/// Seconds between two measurements while time passes.
const EVERY: f64 = 1.0;
/// What an arena without a learned model of two numbers is told.
const EMPTY: &str = "Needs a run of MVE in the pendulum, whose true values are known.";
/// What is said before there is anything to compare.
const WAITS: &str = "Comes with the first held-out steps, after the random ones.";
/// Where an error counts as small, as a share of the untrained.
const SMALL: f64 = 0.1;

#[derive(Clone, PartialEq)]
struct Question {
    generation: u64,
    index: usize,
    run: Moment,
}

impl Question {
    /// About the selected run if it learns a model, else the first that does.
    fn of(s: &Snapshot, selected: usize) -> Option<Self> {
        let expands = |view: &SteeredView| view.expansion.is_some();
        let learns = |run: &RunSnapshot| {
            run.lane.view.steered.as_deref().is_some_and(expands)
                && plane_of(&run.truth).is_some_and(|cut| cut.is_whole())
        };
        let fits = |index: &usize| s.runs.get(*index).is_some_and(learns);
        let index = Some(selected).filter(fits).or_else(|| (0..s.runs.len()).find(fits))?;
        Some(Self { generation: s.generation, index, run: Moment::of(&s.runs[index]) })
    }

    fn measure(&self) -> Vec<Accuracy> {
        let (view, truth) = (self.run.lane.view.steered.as_deref(), &self.run.truth);
        let best = view.and_then(|view| optimum(truth, view.gamma));
        view.zip(best).map_or_else(Vec::new, |(view, best)| course(view, &best))
    }

    fn is_like(&self, other: &Self) -> bool {
        (self.generation, self.index) == (other.generation, other.index)
    }
}

/// The panel.
#[derive(Clone, Default)]
pub struct Signal {
    run: usize,
    asked: Asked<Question, Vec<Accuracy>>,
}

/// The last moment in words.
fn told(rows: &[Accuracy]) -> Option<String> {
    let last = rows.last()?;
    let (steps, share) = (grouped(last.lived), |x: f64| format!("{:.0} %", 100.0 * x));
    let (model, value) = (share(last.model), share(last.value));
    Some(format!("after {steps} real steps: model {model}, value {value} of the untrained error"))
}

impl Signal {
    /// What was measured, now or a little earlier, or now where nothing was shown yet.
    fn shown(&self, s: &Snapshot) -> Option<(char, Vec<Accuracy>)> {
        let question = Question::of(s, self.run)?;
        let known = self.asked.known().filter(|(of, _)| of.is_like(&question));
        let rows = known.map_or_else(|| question.measure(), |(_, rows)| rows.clone());
        Some((s.runs[question.index].letter, rows))
    }

    fn body(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let Some(question) = Question::of(cx.snapshot, cx.view.run) else {
            return weak(ui, EMPTY);
        };
        let pace = if cx.snapshot.playing && !cx.view.at_once() { EVERY } else { 0.0 };
        self.asked.ask((ui.ctx(), cx.view), &question, pace, Question::measure);
        let Some((_, rows)) = self.asked.known().filter(|(of, _)| of.is_like(&question)) else {
            return on_its_way(ui);
        };
        match rows.is_empty() {
            true => weak(ui, &waits(WAITS, cx)),
            false => draw(ui, question.index, rows),
        }
    }
}

fn draw(ui: &mut Ui, index: usize, rows: &[Accuracy]) {
    let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    let size = vec2(ui.available_width(), 24.0 * points);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let words = told(rows).unwrap_or_default();
    response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &words));
    let center = rect.left_center() + vec2(11.0 * points, 0.0);
    let mark = badge::paint(ui.painter(), center, index);
    let room = rect.right() - mark.right() - 10.0;
    // Before the colon stands when, which the axis tells as well.
    let brief = words.split_once(": ").map_or("", |(_, brief)| brief);
    let font = theme::small(ui.ctx());
    let line = text::fitted(ui.painter(), &[&words, brief], &font, t.text, room);
    text::place(ui.painter(), &line, mark.right_center() + vec2(8.0, 0.0), Align2::LEFT_CENTER);
    let ends = [rows[0].lived.max(1), rows[rows.len() - 1].lived].map(|lived| lived as f64);
    let x = Ends { low: ends[0], high: ends[1].max(ends[0] * 2.0), log: true };
    let high = rows.iter().map(|row| row.model.max(row.value)).fold(1.0, f64::max);
    let y = Ends { low: 0.0, high: round_up(high), log: false };
    let names = ["value", "model"];
    let spoken = "Errors of model and value over real steps";
    let name = "error as a share of the untrained";
    let field = Field::before(ui, (x, "real steps"), (y, name), spoken, &names);
    let path = |of: fn(&Accuracy) -> f64| {
        field.path(rows.iter().map(|row| [row.lived.max(1) as f64, of(row)]))
    };
    // Both are about real steps, told apart by weight.
    let lines = [path(|row| row.value), path(|row| row.model)];
    let looks = [(1.4, t.text_weak), (2.6, t.text_strong)];
    for (line, (width, ink)) in lines.iter().zip(looks) {
        field.painter.line(line.clone(), Stroke::new(width, ink));
    }
    if let Some(row) = rows.iter().find(|row| row.model <= SMALL) {
        let words =
            format!("model under {:.0} %, value at {:.0} %", 100.0 * SMALL, 100.0 * row.value);
        field.mark_beside(row.lived.max(1) as f64, &words, t.text_strong, &lines);
    }
    let ends: Vec<_> = (lines.iter().zip(names).zip(looks))
        .filter_map(|((line, name), (_, ink))| Some((*line.last()?, name, ink)))
        .collect();
    field.ends(&ends);
}

impl Panel for Signal {
    fn title(&self) -> &'static str {
        "Model or value first"
    }

    fn question(&self) -> &'static str {
        "Which is right on less data?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.run = cx.view.run;
        let words = self.clone();
        framed(&words, PanelId::Signal, ui, cx, |ui, cx| self.body(ui, cx));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        match self.shown(snapshot) {
            None => format!("{EMPTY}\n"),
            Some((letter, rows)) => match told(&rows) {
                Some(words) => format!("{letter}: {words}\n"),
                None => format!("{letter}: {WAITS}\n"),
            },
        }
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,real_steps,model,value\n".to_owned();
        let Some((letter, rows)) = self.shown(snapshot) else { return csv };
        for Accuracy { lived, model, value } in rows {
            csv += &format!("{letter},{lived},{model},{value}\n");
        }
        csv
    }
}
