//! Figure 1 of the paper, alive: which numbers an update compares, where its gradients flow, what
//! they train; an arrow clicked stops its gradient, a block clicked is trained, and the choice runs.

mod boxes;
mod diagram;
mod equation;
mod figure;

use egui::{Align2, Rect, RichText, Sense, Ui, pos2, vec2};

use super::{Cx, Panel, PanelId, framed, waits};
use crate::app::actions::Action;
use crate::app::theme;
use crate::app::widgets::segmented::segmented;
use crate::app::widgets::{badge, text};
use crate::base::params::Range;
use crate::experiment::engine::Command;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::probes::consistency::{BLOCKS, ConsistentView, Wiring};
use diagram::What;
use figure::{Figure, subject};

/// Room for the formula and its numbers, in points before the text scale.
const EQUATION: f32 = 92.0;
/// Least and greatest height of a row of the diagram.
const ROW: (f32, f32) = (150.0, 300.0);

/// Width from which all controls stand in one line.
const ONE_LINE: f32 = 1060.0;

/// The panel.
pub struct Schematic;

/// What there is room for.
struct Room {
    /// Which rows of the diagram.
    rows: &'static [usize],
    /// Height of one, in points before the text scale.
    high: f32,
    formula: bool,
}

impl Room {
    /// Everything, or in a low panel what can be read: the formula goes first, then the second row.
    fn new(height: f32, imagined: bool) -> Self {
        let rows: &[usize] = match (height >= 2.0 * ROW.0, imagined) {
            (true, _) => &[0, 1],
            (false, true) => &[0],
            (false, false) => &[1],
        };
        let count = rows.len() as f32;
        let formula = height >= count * ROW.0 + EQUATION;
        let left = if formula { height - EQUATION } else { height };
        Self { rows, high: (left / count).min(ROW.1), formula }
    }
}

/// A choice of the agent as buttons side by side.
fn choice(ui: &mut Ui, cx: &mut Cx<'_>, (index, run): (usize, &RunSnapshot), key: &str) {
    let specs = run.agent.params();
    let Some(param) = specs.iter().position(|spec| spec.key == key) else { return };
    let Range::Choice(choices) = specs[param].range else { return };
    let before = run.params[param] as usize;
    let mut labels: Vec<&str> = choices.iter().map(|choice| choice.label).collect();
    // "Own wiring" is what clicks lead to; nobody chooses it.
    if key == "update" && before + 1 < labels.len() {
        labels.pop();
    }
    let mut chosen = before;
    if segmented(ui, specs[param].label, &labels, &mut chosen).changed() {
        let set = Command::Set { run: index, param, value: chosen as f64 };
        cx.actions.push(Action::Engine(set));
    }
}

fn controls(ui: &mut Ui, cx: &mut Cx<'_>, (index, run): (usize, &RunSnapshot)) {
    let t = theme::tokens(ui.ctx());
    let label = |words: &str| RichText::new(words.to_owned()).color(t.text_weak);
    ui.spacing_mut().item_spacing = vec2(10.0, 4.0) * theme::scale(ui.ctx());
    let update = |ui: &mut Ui, cx: &mut Cx<'_>| {
        badge::badge(ui, index);
        choice(ui, cx, (index, run), "update");
        choice(ui, cx, (index, run), "imagine");
    };
    let grounding = |ui: &mut Ui, cx: &mut Cx<'_>| {
        if run.agent.params().iter().any(|spec| spec.key == "grounding") {
            ui.label(label("real steps teach by"));
            choice(ui, cx, (index, run), "grounding");
        }
    };
    if ui.available_width() > ONE_LINE * theme::scale(ui.ctx()) {
        ui.horizontal(|ui| {
            update(ui, cx);
            ui.add_space(12.0);
            grounding(ui, cx);
        });
        return;
    }
    ui.horizontal(|ui| update(ui, cx));
    ui.horizontal(|ui| grounding(ui, cx));
}

fn body(ui: &mut Ui, cx: &mut Cx<'_>) {
    let snapshot = cx.snapshot;
    let Some((index, run, figure)) = subject(snapshot, cx.view.run) else {
        let t = theme::tokens(ui.ctx());
        let words = "Needs a run of 'Self-consistency' or 'MuZero-style'.";
        ui.label(RichText::new(words).color(t.text_weak));
        return;
    };
    if !cx.view.still && !cx.view.lecture {
        controls(ui, cx, (index, run));
    }
    let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    let (rect, response) = ui.allocate_exact_size(ui.available_size(), Sense::hover());
    let spoken = words(run, &figure);
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Image, true, &spoken));
    let rows = figure.rows();
    let room = Room::new(rect.height() / points, rows[0].is_some());
    let high = room.high * points;
    let empty = [
        match figure.wiring() {
            None => "Nothing is imagined: choose Dyna or another update.".to_owned(),
            Some(_) => waits("The first imagined update follows the first real step.", cx),
        },
        waits("The first real step has still to come.", cx),
    ];
    for (line, &place) in room.rows.iter().enumerate() {
        let (top, row) = (rect.top() + line as f32 * high, &rows[place]);
        let area = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), high - 6.0));
        match row {
            Some(row) => {
                let touched = diagram::row(ui, area, row, &run.truth, !cx.view.still);
                if let (Some(what), Figure::Table(view)) = (touched, &figure) {
                    rewire(cx, index, view, what);
                }
            }
            None => {
                let name =
                    text::line(ui.painter(), &empty[place], theme::body(ui.ctx()), t.text_weak);
                text::place(ui.painter(), &name, area.left_top(), Align2::LEFT_TOP);
            }
        }
    }
    if room.formula {
        let below = rect.with_min_y(rect.top() + room.rows.len() as f32 * high);
        equation::paint(ui.painter(), below, &figure.sum());
    }
}

/// Stops or opens a gradient, trains a block or lets it be.
fn rewire(cx: &mut Cx<'_>, run: usize, view: &ConsistentView, what: What) {
    let wiring = what.toggled(view.config.wiring().unwrap_or(Wiring::of_switches([false; 7])));
    for (param, value) in view.config.rewire(wiring) {
        cx.actions.push(Action::Engine(Command::Set { run, param, value }));
    }
}

/// What the diagram shows, in words.
fn words(run: &RunSnapshot, figure: &Figure<'_>) -> String {
    let sum = figure.sum();
    let wiring = match figure.wiring() {
        None => "TD alone, nothing is imagined",
        Some(wiring) => wiring.name().unwrap_or("own wiring"),
    };
    let mut text = format!("{} {}: {wiring}\n", run.letter, run.name);
    for (row, name) in figure.rows().iter().zip(["imagined", "from real steps"]) {
        let Some(row) = row else {
            text += &format!("no update {name} yet\n");
            continue;
        };
        let terms: Vec<String> = row.terms.iter().copied().map(crate::app::words::value).collect();
        let meter = row.meter();
        text += &format!("update {name}: terms {}; {meter}", terms.join(" + "));
        for (block, moved) in BLOCKS.iter().zip(row.moved) {
            text += &format!(" {block} {}", crate::app::words::value(moved));
        }
        text += "\n";
    }
    text + &format!("loss {}\n", crate::app::words::value(sum.total()))
}

impl Panel for Schematic {
    fn title(&self) -> &'static str {
        "Who moves towards whom"
    }

    fn question(&self) -> &'static str {
        "Where does the gradient flow, and what does it train?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        framed(self, PanelId::Schematic, ui, cx, body);
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let all = snapshot.runs.iter().filter_map(|run| Some(words(run, &Figure::of(run)?)));
        let text: String = all.collect();
        if text.is_empty() { "no run makes a model and a value agree\n".to_owned() } else { text }
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,update,what,k,number\n".to_owned();
        for run in &snapshot.runs {
            let Some(figure) = Figure::of(run) else { continue };
            let (letter, sum) = (run.letter, figure.sum());
            for (row, name) in figure.rows().iter().zip(["imagined", "grounded"]) {
                let Some(row) = row else { continue };
                let n = row.numbers;
                let lists = [("reward", &n.rewards), ("value", &n.values), ("target", &n.targets)];
                for (what, list) in lists.into_iter().chain([("term", &row.terms)]) {
                    for (k, number) in list.iter().enumerate() {
                        csv += &format!("{letter},{name},{what},{k},{number}\n");
                    }
                }
                for (block, moved) in BLOCKS.iter().zip(row.moved) {
                    let meter = row.meter();
                    csv += &format!("{letter},{name},{meter} {block},all,{moved}\n");
                }
            }
            for (part, loss) in sum.parts.iter().chain([&("imagined", sum.imagined)]) {
                csv += &format!("{letter},loss,weighed {part},all,{loss}\n");
            }
            csv += &format!("{letter},loss,total,all,{}\n", sum.total());
        }
        csv
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_low_panel_leaves_out_the_formula_and_then_a_row() {
        let room = |height, imagined| {
            let Room { rows, high, formula } = Room::new(height, imagined);
            assert!(high >= ROW.0.min(height), "{high}");
            (rows, formula)
        };
        assert_eq!(room(700.0, true), (&[0, 1][..], true));
        assert_eq!(room(350.0, true), (&[0, 1][..], false));
        assert_eq!(room(250.0, true), (&[0][..], true));
        assert_eq!(room(190.0, true), (&[0][..], false));
        assert_eq!(room(190.0, false), (&[1][..], false), "nothing is imagined");
    }
}
