//! A person in the rule's place: the same budget, spent click by click, in the same search.

use std::sync::Arc;

use egui::{Align2, Rect, Ui, pos2, vec2};

use super::desk::{Look, Stage};
use crate::app::theme;
use crate::app::widgets::text;
use crate::app::words::value;
use crate::base::params::Range;
use crate::mdp::Action;
use crate::probes::story::{Frame, Past};
use crate::probes::truth::Truth;

/// A search that a person leads.
#[derive(Clone)]
pub struct Hand {
    /// Which run it belongs to.
    pub run: usize,
    pub look: Arc<Look>,
    /// After every simulation so far, the beginning included.
    pub frames: Vec<Frame>,
}

impl Hand {
    /// Begins where the rule began; `None`: it cannot.
    pub fn begin(past: &Past, run: usize, truth: &Truth) -> Option<Self> {
        let mut search = past.begin().ok()?;
        let frames = vec![Frame::of(&mut search)];
        Some(Self { run, look: Arc::new(Look::of(search, truth)), frames })
    }

    /// One simulation through `node`, or a sentence why not.
    pub fn spend(&mut self, node: u32, truth: &Truth) -> Result<(), String> {
        let mut search = self.look.search.clone();
        let budget = search.past().budget();
        if search.done() >= budget {
            return Err(format!(
                "All {budget} simulations are spent: begin again, or let the rule."
            ));
        }
        search.unit_below(node).map_err(|refused| {
            let state = self.look.tree.node.get(node as usize).copied().unwrap_or_default();
            match truth.states() {
                0 => format!("node {node}: {refused}"),
                _ => format!("{}: {refused}", truth.state_name(state)),
            }
        })?;
        self.frames.push(Frame::of(&mut search));
        self.look = Arc::new(Look::of(search, truth));
        Ok(())
    }
}

/// One line of the comparison.
struct Row {
    name: String,
    spent: String,
    root: String,
    action: String,
    worth: String,
}

/// A person's search, the rule's, and the truth.
fn rows(stage: &Stage<'_>, hand: &Hand) -> Vec<Row> {
    let truth = stage.truth();
    let past = stage.past();
    let budget = past.budget();
    let actions = stage.tree().actions;
    let real = stage.best.as_ref().map(|best| best.row(past.root()));
    let worth = |action: Action| real.map_or("–".to_owned(), |q| value(q[usize::from(action)]));
    let row = |name: &str, done: u32, frame: &Frame| {
        // Before the first simulation no action is chosen, and none is worth anything.
        let chosen = frame.visits.iter().any(|&visits| visits > 0).then_some(frame.action);
        let none = || "–".to_owned();
        Row {
            name: name.to_owned(),
            spent: format!("{done} of {budget}"),
            root: value(frame.value),
            action: chosen.map_or_else(none, |action| truth.action_name(action)),
            worth: chosen.map_or_else(none, worth),
        }
    };
    let mut rows = Vec::new();
    if let Some(mine) = hand.frames.last() {
        rows.push(row("you", hand.look.search.done(), mine));
    }
    let units = stage.story.units();
    let name = method_name(stage);
    rows.push(row(&name, units, stage.story.at(units)));
    let same = hand.look.search.done();
    if same < units {
        rows.push(row(&format!("{name}, as many"), same, stage.story.at(same)));
    }
    if let Some(q) = real {
        let best = q.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let all = (0..actions).filter(|&a| q[a] >= best - 1e-9);
        let names: Vec<String> = all.map(|a| truth.action_name(a as Action)).collect();
        rows.push(Row {
            name: "truth".to_owned(),
            spent: "–".to_owned(),
            root: value(best),
            action: names.join(" or "),
            worth: value(best),
        });
    }
    rows
}

/// What the rule is called.
pub fn method_name(stage: &Stage<'_>) -> String {
    let specs = stage.run.agent.params();
    let Some(index) = specs.iter().position(|spec| spec.key == "method") else {
        return "rule".to_owned();
    };
    match specs[index].range {
        Range::Choice(all) => all[stage.run.params[index] as usize].label.to_owned(),
        Range::Int { .. } | Range::Float { .. } => specs[index].show(stage.run.params[index]),
    }
}

/// The comparison as a table of words.
pub fn told(stage: &Stage<'_>, hand: &Hand) -> String {
    let line = |r: Row| {
        let Row { name, spent, root, action, worth } = r;
        format!("{name}: {spent} simulations, root {root}, {action}, really worth {worth}\n")
    };
    rows(stage, hand).into_iter().map(line).collect()
}

/// Draws it.
pub fn ui(ui: &mut Ui, rect: Rect, stage: &Stage<'_>, hand: &Hand) {
    let ctx = ui.ctx().clone();
    let (t, points) = (theme::tokens(&ctx), theme::scale(&ctx));
    let painter = ui.painter();
    let title = text::line(painter, "You and the rule", theme::body_strong(&ctx), t.text_strong);
    text::place(painter, &title, rect.min, Align2::LEFT_TOP);
    let words = "Click a node: one simulation tries something new below it.";
    let words = text::elided(painter, words, theme::small(&ctx), t.text_weak, rect.width());
    text::place(painter, &words, rect.min + vec2(0.0, 22.0 * points), Align2::LEFT_TOP);
    let shares = [0.0, 0.26, 0.44, 0.62, 0.84];
    let heads = ["", "simulations", "root value", "action", "its worth"];
    let line = |y: f32, cells: [&str; 5], ink: egui::Color32, strong: bool| {
        for (index, (share, cell)) in shares.iter().zip(cells).enumerate() {
            let next = shares.get(index + 1).unwrap_or(&1.0);
            let x = rect.left() + share * rect.width();
            let font = match (index, strong) {
                (_, false) => theme::small(&ctx),
                (0 | 3, true) => theme::body(&ctx),
                (_, true) => theme::number(&ctx),
            };
            let room = (next - share) * rect.width() - 8.0;
            let cell = text::elided(painter, cell, font, ink, room);
            text::place(painter, &cell, pos2(x, y), Align2::LEFT_CENTER);
        }
    };
    let mut y = rect.top() + 58.0 * points;
    line(y, heads, t.text_weak, false);
    for row in rows(stage, hand) {
        y += 30.0 * points;
        if y + 10.0 * points > rect.bottom() {
            break;
        }
        painter.hline(rect.x_range(), y - 15.0 * points, egui::Stroke::new(1.0, t.stroke));
        let ink = if row.name == "you" { t.text_strong } else { t.text };
        line(y, [&row.name, &row.spent, &row.root, &row.action, &row.worth], ink, true);
    }
}
