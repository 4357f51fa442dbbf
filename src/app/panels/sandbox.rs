//! The strip of tools over the mazes: what the hand draws into the world, while agents learn.

use egui::{Align, DragValue, Frame, Label, Layout, Margin, RichText, Stroke, Ui, vec2};

use super::Cx;
use crate::app::actions::Action;
use crate::app::brush::Tool;
use crate::app::widgets::button::{Button, TARGET, framed_icon_button};
use crate::app::{icons, theme, words};
use crate::experiment::engine::Command;
use crate::probes::plight::plight;

/// Width that all tools with their names need, in points before the text scale.
const NAMED: f32 = 1080.0;
/// What the strip says while nothing is wrong.
const CALM: &str = "draw while they learn; every stroke is an event in the log";
const BY_KEYS: &str = "arrows move, Enter draws, Esc puts the tool away";

/// Draws the strip.
pub fn strip(ui: &mut Ui, cx: &mut Cx<'_>) {
    let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    let frame = Frame::new().fill(t.panel).stroke(Stroke::new(1.0, t.stroke)).corner_radius(10);
    frame.inner_margin(Margin::symmetric(8, 4)).show(ui, |ui| {
        let size = vec2(ui.available_width(), TARGET * points);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let named = size.x >= NAMED * points;
            for tool in Tool::ALL {
                tool_button(ui, tool, named, cx);
                if tool.pays() && cx.view.tool == tool {
                    pays(ui, cx);
                }
            }
            undo(ui, named, cx);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| said(ui, cx));
        });
    });
}

/// A tool with its name, or with its icon alone where there is no room.
fn tool_button(ui: &mut Ui, tool: Tool, named: bool, cx: &mut Cx<'_>) {
    let (icon, name, help) = tool.look();
    let on = cx.view.tool == tool;
    // The tool in hand says its name in any case.
    let label = if named || on { name } else { "" };
    let button = Button::new(label).named(name).icon(icon).on(on);
    if button.show(ui).on_hover_text(help).clicked() {
        cx.actions.push(Action::Tool(tool));
    }
}

/// What the next reward cell pays.
fn pays(ui: &mut Ui, cx: &mut Cx<'_>) {
    let t = theme::tokens(ui.ctx());
    let caption = ui.label(RichText::new("pays").color(t.text_weak));
    let mut value = cx.view.reward;
    let field = DragValue::new(&mut value).range(-100.0..=100.0).speed(0.05).max_decimals(3);
    if ui.add(field).labelled_by(caption.id).changed() {
        cx.actions.push(Action::Reward(value));
    }
}

fn undo(ui: &mut Ui, named: bool, cx: &mut Cx<'_>) {
    let enabled = cx.snapshot.can_undo;
    let clicked = ui.add_enabled_ui(enabled, |ui| match named {
        true => Button::new("Undo").icon(icons::UNDO).show(ui).clicked(),
        false => framed_icon_button(ui, icons::UNDO, "Undo").clicked(),
    });
    if clicked.inner {
        cx.actions.push(Action::Engine(Command::Undo));
    }
}

/// The first thing that should be known of the drawn world, or how to go on.
fn said(ui: &mut Ui, cx: &Cx<'_>) {
    let t = theme::tokens(ui.ctx());
    let small = theme::small(ui.ctx());
    let mut runs = cx.snapshot.runs.iter();
    let trouble = runs.find_map(|run| {
        let plight = plight(&run.truth, run.lane.state)?;
        Some(words::plight(&run.truth, run.letter, plight))
    });
    let (text, ink) = match &trouble {
        Some(told) => (told.as_str(), t.text_strong),
        None if cx.view.drawing().is_some() => (BY_KEYS, t.text_weak),
        None => (CALM, t.text_weak),
    };
    let words = RichText::new(text).font(small).color(ink);
    ui.add(Label::new(words).truncate()).on_hover_text(text);
    if trouble.is_some() {
        ui.label(RichText::new(icons::WARNING).font(theme::icon(ui.ctx(), 18.0)).color(t.warn));
    }
}
