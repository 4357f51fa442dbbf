//! The row above the trees: who plans, which simulation, how many nodes, and the way from node to
//! node for the keyboard.

use egui::{Align, Layout, Ui, vec2};

use super::desk::{Desk, Subject};
use crate::app::panels::Cx;
use crate::app::widgets::badge;
use crate::app::widgets::button::{Button, framed_icon_button};
use crate::app::widgets::segmented::segmented;
use crate::app::widgets::slider::Slider;
use crate::app::{icons, theme};
use crate::probes::story::NONE;

/// Most nodes that the slider shows.
const MOST: f64 = 200.0;

/// Draws the row.
pub fn ui(desk: &mut Desk, ui: &mut Ui, cx: &mut Cx<'_>, subject: &Subject<'_>) {
    let points = theme::scale(ui.ctx());
    let row = vec2(ui.available_width(), 46.0 * points);
    ui.allocate_ui_with_layout(row, Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = 10.0 * points;
        if cx.snapshot.runs.len() > 1 {
            let side = badge::SIDE * points;
            let (rect, _) = ui.allocate_exact_size(vec2(side, side), egui::Sense::hover());
            badge::paint(ui.painter(), rect.center(), subject.index);
        }
        let mut by = usize::from(desk.hand.is_some());
        if segmented(ui, "Who plans", &["the rule", "you"], &mut by).changed() {
            desk.take_over(by == 1, subject, cx);
        }
        match desk.hand.is_some() {
            false => simulation(desk, ui, subject),
            true => by_hand(desk, ui, cx, subject),
        }
        let mut most = desk.fold.most as f64;
        let slider = Slider::new(&mut most, 2.0..=MOST, "Nodes shown").unit("at most");
        if slider.integer().logarithmic().width(150.0 * points).show(ui).changed {
            desk.fold.most = most as usize;
        }
        walk(desk, ui, subject);
    });
    ui.add_space(4.0 * points);
}

/// Which simulation is in the picture.
fn simulation(desk: &mut Desk, ui: &mut Ui, subject: &Subject<'_>) {
    let points = theme::scale(ui.ctx());
    let units = desk.units(subject);
    let done = desk.stage(subject).map_or(0, |stage| stage.done);
    let mut shown = f64::from(done);
    let unit = format!("of {units}");
    let slider = Slider::new(&mut shown, 0.0..=f64::from(units.max(1)), "Simulation").unit(&unit);
    if slider.integer().width(210.0 * points).show(ui).changed {
        desk.scrubbed = Some(shown as u32);
    }
}

/// A person's next simulation, for the keyboard, and a new beginning.
fn by_hand(desk: &mut Desk, ui: &mut Ui, cx: &mut Cx<'_>, subject: &Subject<'_>) {
    let spend = Button::new("Try below").named("Spend one simulation below the selected node");
    if spend.icon(icons::PLUS).show(ui).clicked() {
        desk.spend(desk.selected, cx);
    }
    if Button::new("Begin again").icon(icons::RESTART).show(ui).clicked() {
        desk.take_over(true, subject, cx);
    }
}

/// From node to node.
fn walk(desk: &mut Desk, ui: &mut Ui, subject: &Subject<'_>) {
    let Some(stage) = desk.stage(subject) else { return };
    let (shown, tree) = (&stage.sketch.shown, stage.tree());
    let here = shown.iter().position(|s| s.node == stage.selected).unwrap_or(0);
    let parent = shown[here].parent.map(|parent| shown[parent].node);
    let children = shown.iter().filter(|s| s.parent == Some(here));
    let child = children.max_by_key(|s| tree.visits[s.node as usize]).map(|s| s.node);
    let same = |s: &&crate::probes::sketch::Shown| s.depth == shown[here].depth;
    let level: Vec<u32> = shown.iter().filter(same).map(|s| s.node).collect();
    let place = level.iter().position(|&node| node == stage.selected).unwrap_or(0);
    let next = level.get((place + 1) % level.len().max(1)).copied();
    let selected = stage.selected;
    let can_fold = tree.parent[..tree.len[0] as usize].iter().any(|&p| p == selected && p != NONE);
    drop(stage);
    for (icon, name, to) in [
        (icons::ARROW_LEFT, "To the parent node", parent),
        (icons::ARROW_RIGHT, "To the child visited most", child),
        (icons::CARET_DOWN, "To the next node of this depth", next),
    ] {
        let pressed = ui.add_enabled_ui(to.is_some(), |ui| framed_icon_button(ui, icon, name));
        if pressed.inner.clicked() {
            desk.selected = to.unwrap_or(selected);
        }
    }
    let open = desk.is_open(selected);
    let (icon, name) = match open {
        true => (icons::MINUS, "Hide what is below the node"),
        false => (icons::PLUS, "Show the children of the node"),
    };
    let pressed = ui.add_enabled_ui(can_fold, |ui| framed_icon_button(ui, icon, name));
    if pressed.inner.clicked() {
        desk.toggle(selected);
    }
}
