//! Parameters and code of the selected run.

use egui::{Align, Label, Layout, RichText, ScrollArea, Ui};

use super::clipped::clipped;
use super::code::CodeMemory;
use super::provenance::provenance;
use super::row;
use crate::app::actions::Action;
use crate::app::panels::cell_view::inside;
use crate::app::panels::{Cx, PanelId};
use crate::app::view::DREAM;
use crate::app::widgets::badge;
use crate::app::widgets::button::Button;
use crate::app::widgets::segmented::{fits, segmented};
use crate::app::widgets::slider::Slider;
use crate::app::{icons, theme};
use crate::base::params::{Range, Spec};
use crate::experiment::clock::Clock;
use crate::experiment::engine::Command;

/// Switches that only matter where a person wires imagined updates.
const OWN_WIRING: [&str; 7] = [
    "into_prediction",
    "into_reward",
    "into_value",
    "through_states",
    "train_value",
    "train_reward",
    "train_dynamics",
];

/// Draws the column.
pub fn side(ui: &mut Ui, code: &mut CodeMemory, cx: &mut Cx<'_>) {
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        // The scroll bar floats; numbers at the right end must stay clear of it.
        ui.set_max_width(ui.available_width() - 12.0);
        header(ui, cx);
        ui.add_space(4.0);
        clipped(ui, cx);
        parameters(ui, cx);
        ui.add_space(6.0);
        ui.separator();
        ui.add_space(6.0);
        code.ui(ui, cx);
        ui.add_space(6.0);
        ui.separator();
        ui.add_space(6.0);
        provenance(ui, cx);
        // A lesson without a panel of its own for it.
        if cx.view.cell.is_some() && cx.lesson.layout.panels().all(|id| id != PanelId::Cell) {
            ui.add_space(6.0);
            inside(ui, cx);
        }
        ui.add_space(6.0);
        ui.separator();
        world(ui, cx);
    });
}

fn header(ui: &mut Ui, cx: &Cx<'_>) {
    let t = theme::tokens(ui.ctx());
    let run = &cx.snapshot.runs[cx.view.run];
    row(ui, 28.0, |ui| {
        badge::badge(ui, cx.view.run);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.label(RichText::new(run.agent.title).color(t.text_weak))
                .on_hover_text(run.agent.help);
            // The name has the rest: a long one must not widen the column.
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let font = theme::title(ui.ctx());
                let name = RichText::new(&run.name).font(font).color(t.text_strong);
                ui.add(Label::new(name).truncate());
            });
        });
    });
}

/// One control for each parameter of the agent, acting at once.
fn parameters(ui: &mut Ui, cx: &mut Cx<'_>) {
    let run = cx.view.run;
    let agent = cx.snapshot.runs[run].agent;
    for (param, spec) in agent.params().iter().enumerate() {
        if hidden(cx, run, spec) {
            continue;
        }
        let draft = cx.view.draft.filter(|d| (d.run, d.param) == (run, param));
        let mut value = draft.map_or(cx.snapshot.runs[run].params[param], |d| d.value);
        if control(ui, spec, &mut value).0 {
            let set = Command::Set { run, param, value };
            cx.actions.push(Action::Engine(set));
        }
    }
    plan(ui, cx);
    if agent.params().is_empty() {
        let t = theme::tokens(ui.ctx());
        ui.label(RichText::new("This agent has nothing to set.").color(t.text_weak));
    }
}

/// Planning while the world stands still, for agents that can.
fn plan(ui: &mut Ui, cx: &mut Cx<'_>) {
    let run = &cx.snapshot.runs[cx.view.run];
    if !run.can_dream || run.failure.is_some() {
        return;
    }
    let label = format!("Plan {DREAM} times");
    let button = Button::new(&label).icon(icons::DREAM).show(ui);
    let hint = "From the model alone: the world and the real counter stand still (P)";
    if button.on_hover_text(hint).clicked() {
        cx.actions.push(Action::Dream);
    }
}

/// Dials that only matter for a certain value of another, or in other worlds, are hidden.
fn hidden(cx: &Cx<'_>, run: usize, spec: &Spec) -> bool {
    if cx.snapshot.config.world_of(run).ignores(spec.key) {
        return true;
    }
    let run = &cx.snapshot.runs[run];
    let value = |key: &str| {
        let index = run.agent.params().iter().position(|s| s.key == key)?;
        Some((&run.agent.params()[index], run.params[index]))
    };
    let is = |key, ids: &[&str]| {
        value(key).is_none_or(|(spec, value)| ids.contains(&spec.show(value).as_str()))
    };
    match spec.key {
        // Only such planning can meet unseen pairs.
        "unseen" => !is("picks", &["e-greedy"]),
        // Elsewhere "model" is another question.
        "features" if run.agent.id == "dyna" => !is("model", &["expectation", "linear"]),
        "noise" => !is("model", &["sample"]),
        "error_in" => is("error", &["0"]),
        "epsilon" => !is("policy", &["greedy"]),
        // Other losses ask no value.
        "model_warmup" | "value_every" if value("model_warmup").is_some() => {
            !is("model_loss", &["vaml", "vagram", "vagram-unbounded"])
        }
        "slope_clip" => !is("model_loss", &["vagram", "vagram-unbounded"]),
        // Stored steps are learned from one by one, and there is a store then only.
        "td_k" => !is("dreams", &["fresh"]),
        "dream_capacity" => !is("dreams", &["stored"]),
        key if OWN_WIRING.contains(&key) => !is("update", &["custom"]),
        _ => false,
    }
}

/// The control of one parameter: changed, and the gesture has ended.
fn control(ui: &mut Ui, spec: &Spec, value: &mut f64) -> (bool, bool) {
    let points = theme::scale(ui.ctx());
    let done = match spec.range {
        Range::Choice(choices) => {
            let labels: Vec<&str> = choices.iter().map(|c| c.label).collect();
            let mut chosen = *value as usize;
            row(ui, 40.0, |ui| {
                let t = theme::tokens(ui.ctx());
                ui.label(RichText::new(spec.label).color(t.text)).on_hover_text(spec.help);
                let rest = Layout::right_to_left(Align::Center);
                // Cut words are no choice.
                ui.with_layout(rest, |ui| match labels.len() <= 4 && fits(ui, &labels, chosen) {
                    true => drop(segmented(ui, spec.label, &labels, &mut chosen)),
                    false => menu(ui, spec.label, &labels, &mut chosen),
                });
            });
            let moved = chosen as f64 != *value;
            *value = chosen as f64;
            (moved, moved)
        }
        Range::Int { min, max, log } => {
            let slider = Slider::new(value, min..=max, spec.label).unit(spec.symbol).integer();
            slide(ui, spec, if log { slider.logarithmic() } else { slider })
        }
        Range::Float { min, max, log } => {
            let slider = Slider::new(value, min..=max, spec.label).unit(spec.symbol);
            slide(ui, spec, if log { slider.logarithmic() } else { slider })
        }
    };
    ui.add_space(5.0 * points);
    done
}

/// More choices than fit side by side.
fn menu(ui: &mut Ui, name: &str, labels: &[&str], chosen: &mut usize) {
    let shown = labels.get(*chosen).copied().unwrap_or_default();
    let menu = egui::ComboBox::from_id_salt(name).width(190.0 * theme::scale(ui.ctx()));
    let menu = menu.selected_text(shown).show_ui(ui, |ui| {
        for (index, label) in labels.iter().enumerate() {
            ui.selectable_value(chosen, index, *label);
        }
    });
    let spoken = format!("{name}: {shown}");
    menu.response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, &spoken));
}

fn slide(ui: &mut Ui, spec: &Spec, slider: Slider<'_>) -> (bool, bool) {
    let done = slider.default_value(spec.default).show(ui);
    let hint = format!("{} Default: {}.", spec.help, spec.show(spec.default));
    done.response.on_hover_text(hint);
    (done.changed, done.settled)
}

/// What cannot change while runs go on: the world and the clock of the lock-step.
fn world(ui: &mut Ui, cx: &mut Cx<'_>) {
    let t = theme::tokens(ui.ctx());
    let title = RichText::new("World").font(theme::title(ui.ctx())).color(t.text_strong);
    egui::CollapsingHeader::new(title).id_salt("world").show(ui, |ui| {
        let note = "These start all runs anew.";
        ui.label(RichText::new(note).font(theme::small(ui.ctx())).color(t.text_weak));
        let config = &cx.snapshot.world;
        for (param, spec) in config.info.params().iter().enumerate() {
            let id = ui.scope_id().with(("world", spec.key));
            let mut value = ui.data(|d| d.get_temp(id)).unwrap_or(config.params[param]);
            let (changed, settled) = control(ui, spec, &mut value);
            if settled {
                ui.data_mut(|d| d.remove::<f64>(id));
                if value != config.params[param] {
                    cx.actions.push(Action::Engine(Command::SetWorld { param, value }));
                }
            } else if changed {
                ui.data_mut(|d| d.insert_temp(id, value));
            }
        }
        ui.label(RichText::new("Lock-step: all runs wait for each other at every").color(t.text));
        let labels = ["episode", "real step", "update", "imagined"];
        let clock = cx.snapshot.position.clock;
        let mut chosen = Clock::ALL.iter().position(|&c| c == clock).unwrap_or(0);
        if segmented(ui, "Lock-step", &labels, &mut chosen).changed() {
            cx.actions.push(Action::Engine(Command::LockStep(Clock::ALL[chosen])));
        }
    });
}
