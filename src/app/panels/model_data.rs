//! Model learning is supervised learning: the newest rows of the data, and losses on steps that were
//! not learned yet.

use egui::{Align2, Label, RichText, Role, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2};

use super::plot::{Ends, Field};
use super::{Cx, Panel, PanelId, framed};
use crate::app::theme;
use crate::app::widgets::text;
use crate::app::words::value;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::probes::foresight::{Judge, Loss, Row, learned};

/// The panel.
#[derive(Clone, Default)]
pub struct ModelData {
    /// The selected run.
    run: usize,
    /// Index into [`SHOWN`].
    shown: usize,
}

/// Name of the choice, unit, and losses with their names.
type Picture = (&'static str, &'static str, &'static [(Loss, &'static str)]);

/// Which losses stand in one picture: only those in the same unit.
const SHOWN: [Picture; 3] = [
    ("surprise", "share of the step not foreseen", &[(Loss::Surprise, "the model asked")]),
    ("likelihood", "−ln p(s′ | s, a)", &[(Loss::Likelihood, "counts")]),
    (
        "squared error",
        "squared error of the next place, cells²",
        &[(Loss::TableSquares, "table"), (Loss::LinearSquares, "linear")],
    ),
];

fn subject(s: &Snapshot, selected: usize) -> Option<&RunSnapshot> {
    let teaches = |run: &&RunSnapshot| run.lane.view.known.is_some();
    s.runs.get(selected).filter(teaches).or_else(|| s.runs.iter().find(teaches))
}

fn judge(run: &RunSnapshot) -> Option<&Judge> {
    run.lane.view.known.as_ref().map(|known| &*known.judge)
}

/// One row of the data as words: state and action, what followed, how likely it was thought.
fn cells(run: &RunSnapshot, row: &Row) -> [String; 3] {
    let h = &row.happened;
    let (state, action) = (run.truth.state_name(h.state), run.truth.action_name(h.action));
    let foreseen = match row.foreseen {
        Some(p) => format!("{p:.2}"),
        None => "no data".to_owned(),
    };
    let next = run.truth.state_name(h.entry.next);
    [format!("{state} {action}"), format!("{}, {next}", value(h.entry.reward)), foreseen]
}

fn table(ui: &mut Ui, run: &RunSnapshot, judge: &Judge) {
    let rect = ui.available_rect_before_wrap();
    let points = theme::scale(ui.ctx());
    let t = theme::tokens(ui.ctx());
    let painter = ui.painter().clone();
    let high = 20.0 * points;
    let lefts = [0.0, 0.42, 0.74].map(|share| rect.left() + share * rect.width());
    let line = |y: f32, words: [&str; 3], inks: [egui::Color32; 3], head: bool| {
        for ((words, ink), left) in words.into_iter().zip(inks).zip(lefts) {
            let font = if head { theme::small(painter.ctx()) } else { theme::code(painter.ctx()) };
            let words = text::line(&painter, words, font, ink);
            text::place(&painter, &words, pos2(left, y), Align2::LEFT_TOP);
        }
    };
    line(rect.top(), ["S, A", "R, S′", "foreseen"], [t.text_weak; 3], true);
    let room = ((rect.height() / high) as usize).saturating_sub(1);
    for (index, row) in judge.rows().rev().take(room).enumerate() {
        let words = cells(run, row);
        let inks = [t.real_text, t.real_text, t.imagined_text];
        let y = rect.top() + (index + 1) as f32 * high;
        line(y, words.each_ref().map(String::as_str), inks, false);
    }
    let response = ui.allocate_rect(rect, Sense::hover());
    let rows: Vec<String> = judge.rows().rev().map(|row| cells(run, row).join("; ")).collect();
    let spoken = format!("Newest real steps: {}", rows.join(". "));
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &spoken));
}

impl ModelData {
    fn curves(&self, ui: &mut Ui, s: &Snapshot, run: &RunSnapshot, judge: &Judge) {
        let (_, unit, losses) = SHOWN[self.shown];
        let all: Vec<_> = losses.iter().map(|(loss, _)| judge.curve(*loss).points()).collect();
        let steps = all.iter().flatten().map(|p| p[0]).fold(1.0, f64::max);
        let y = Ends::over(all.iter().flatten().map(|p| p[1]));
        let x = Ends { low: 0.0, high: steps, log: false };
        let spoken = "Loss on each real step before it was learned";
        let field =
            Field::new(ui, (x, "real steps, each judged before it is learned"), (y, unit), spoken);
        let inks = [field.t.text, field.t.text_weak];
        for ((points, (_, name)), ink) in all.iter().zip(losses).zip(inks) {
            let path = field.path(points.iter().copied());
            let end = path.last().copied();
            field.painter.line(path, Stroke::new(2.0, ink));
            if let Some(end) = end {
                field.label(end, name, ink);
            }
        }
        // A short calm proves nothing.
        let x = learned(&judge.curve(Loss::Surprise).points());
        if let Some(x) = x.filter(|x| *x < 0.8 * steps) {
            field.mark(x, 0, "X: model learned", field.t.text_strong);
        }
        let index = s.runs.iter().position(|r| r.letter == run.letter).unwrap_or(0);
        let price = s.curves.price.get(index).copied().flatten();
        if let Some(price) = price.filter(|p| p.env_steps <= steps) {
            field.mark(price.env_steps, 1, "Y: way found", field.t.text_strong);
        }
    }

    fn body(&mut self, ui: &mut Ui, cx: &Cx<'_>) {
        let run = subject(cx.snapshot, cx.view.run);
        let Some((run, judge)) = run.and_then(|run| Some((run, judge(run)?))) else {
            let t = theme::tokens(ui.ctx());
            let words = "Needs a run of 'Dyna, any model'.";
            ui.add(Label::new(RichText::new(words).color(t.text_weak)).wrap());
            return;
        };
        if !cx.view.still && !cx.view.lecture {
            let names = SHOWN.map(|(name, ..)| name);
            crate::app::widgets::segmented::segmented(ui, "Loss", &names, &mut self.shown);
            ui.add_space(4.0);
        }
        let room = ui.available_rect_before_wrap();
        let wide = room.width() > 520.0 * theme::scale(ui.ctx());
        let split = room.left() + if wide { 0.42 * room.width() } else { 0.0 };
        let (left, right) = room.split_left_right_at_x(split);
        if wide {
            let seat = left.with_max_x(left.right() - 16.0);
            table(&mut ui.new_child(UiBuilder::new().max_rect(seat)), run, judge);
        }
        let mut child = ui.new_child(UiBuilder::new().max_rect(right));
        self.curves(&mut child, cx.snapshot, run, judge);
        ui.allocate_rect(room, Sense::hover());
    }
}

impl Panel for ModelData {
    fn title(&self) -> &'static str {
        "What the model learns from"
    }

    fn question(&self) -> &'static str {
        "Does the model foresee the next real step?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.run = cx.view.run;
        // The frame needs the panel's words while the body changes it.
        let words = self.clone();
        framed(&words, PanelId::ModelData, ui, cx, |ui, cx| self.body(ui, cx));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let run = subject(snapshot, self.run);
        let Some((run, judge)) = run.and_then(|run| Some((run, judge(run)?))) else {
            return "No run teaches all models.\n".to_owned();
        };
        let mut text = String::new();
        for (_, unit, losses) in SHOWN {
            for (loss, name) in losses {
                let points = judge.curve(*loss).points();
                if let Some([steps, loss]) = points.last() {
                    text +=
                        &format!("{name}: {} ({unit}) after {steps} real steps\n", value(*loss));
                }
            }
        }
        text += "state and action; reward, next state; foreseen\n";
        judge.rows().rev().for_each(|row| text += &(cells(run, row).join("; ") + "\n"));
        text
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "loss,real_steps,value\n".to_owned();
        let Some(judge) = subject(snapshot, self.run).and_then(judge) else {
            return csv;
        };
        for (name, loss) in [
            ("surprise", Loss::Surprise),
            ("likelihood", Loss::Likelihood),
            ("table", Loss::TableSquares),
            ("linear", Loss::LinearSquares),
        ] {
            for [steps, loss] in judge.curve(loss).points() {
                csv += &format!("{name},{steps},{loss}\n");
            }
        }
        csv
    }
}
