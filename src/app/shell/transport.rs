//! Play, step, back, speed, clock, place, seed, lanes.

use egui::{Align, ComboBox, DragValue, Label, Layout, Response, RichText, Ui, vec2};

use super::{Room, scrub};
use crate::app::actions::Action;
use crate::app::panels::Cx;
use crate::app::view::{FASTEST, STEPS};
use crate::app::widgets::button::{Button, framed_icon_button, play_button};
use crate::app::widgets::number::grouped;
use crate::app::widgets::segmented::segmented;
use crate::app::widgets::slider::Slider;
use crate::app::widgets::text;
use crate::app::{icons, theme, words};
use crate::experiment::arena::Grain;
use crate::experiment::clock::Clock;
use crate::experiment::config::MAX_LANES;
use crate::experiment::engine::Command;

/// Draws the transport.
pub fn transport(ui: &mut Ui, room: Room, cx: &mut Cx<'_>) {
    ui.spacing_mut().item_spacing.y = 0.0;
    scrub::scrub(ui, cx);
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = if room.rail { 10.0 } else { 6.0 };
        ui.add_space(12.0);
        buttons(ui, cx);
        divider(ui, room);
        group(ui, "Step by", room, |ui| step_by(ui, room, cx));
        divider(ui, room);
        speed(ui, room, cx);
        divider(ui, room);
        group(ui, "Clock of every curve", room, |ui| clock(ui, room, cx));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.add_space(if room.rail { 16.0 } else { 6.0 });
            if framed_icon_button(ui, icons::RESTART, "Start anew (Home)").clicked() {
                cx.actions.push(Action::Engine(Command::Reset));
            }
            if framed_icon_button(ui, icons::RECORD, "Record (R)").clicked() {
                cx.actions.push(Action::Record(!cx.view.record_open));
            }
            if room.rail {
                forks_and_log(ui, room, cx);
            }
            if room.fields {
                lanes_and_seed(ui, cx);
            }
            // A place cut to a letter says nothing: the line of time above shows it.
            if ui.available_width() > 80.0 * theme::scale(ui.ctx()) {
                divider(ui, room);
                let width = ui.available_width();
                block(ui, width, |ui| place(ui, cx));
            }
        });
    });
}

/// Right to left: the log, then the fork.
fn forks_and_log(ui: &mut Ui, room: Room, cx: &mut Cx<'_>) {
    if framed_icon_button(ui, icons::LIST, "What was changed, and when (E)").clicked() {
        cx.actions.push(Action::Log(!cx.view.log_open));
    }
    if room.clocks && framed_icon_button(ui, icons::SAVE, "Save this run (Ctrl S)").clicked() {
        cx.actions.push(Action::Save(!cx.view.save_open));
    }
    let fork = match room.clocks {
        true => Button::new("Fork here").icon(icons::FORK).show(ui).on_hover_text("K"),
        false => framed_icon_button(ui, icons::FORK, "Fork here (K)"),
    };
    if fork.clicked() {
        cx.actions.push(Action::Fork);
    }
}

/// A line between groups; narrow windows do without.
fn divider(ui: &mut Ui, room: Room) {
    if !room.rail {
        return;
    }
    let t = theme::tokens(ui.ctx());
    let points = theme::scale(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(vec2(1.0, 40.0 * points), egui::Sense::hover());
    ui.painter().rect_filled(rect, 0.0, t.stroke);
}

fn buttons(ui: &mut Ui, cx: &mut Cx<'_>) {
    if framed_icon_button(ui, icons::SKIP_BACK, "One step back (←)").clicked() {
        cx.actions.push(Action::StepBack);
    }
    if play_button(ui, cx.snapshot.playing).clicked() {
        cx.actions.push(Action::TogglePlay);
    }
    if framed_icon_button(ui, icons::SKIP_FORWARD, "One step on (→)").clicked() {
        cx.actions.push(Action::StepOn);
    }
}

/// A column of a given width: inside a row from right to left a plain one would take it all.
fn block<R>(ui: &mut Ui, width: f32, add: impl FnOnce(&mut Ui) -> R) -> R {
    let height = 58.0 * theme::scale(ui.ctx());
    let layout = Layout::top_down(Align::Min);
    ui.allocate_ui_with_layout(vec2(width, height), layout, |ui| {
        ui.set_min_size(vec2(width, height));
        ui.spacing_mut().item_spacing.y = 4.0;
        add(ui)
    })
    .inner
}

/// A small heading over a control; left out on low windows, where tooltips say it.
fn group(ui: &mut Ui, title: &str, room: Room, add: impl FnOnce(&mut Ui)) {
    if !room.high {
        add(ui);
        return;
    }
    ui.vertical(|ui| {
        ui.spacing_mut().item_spacing.y = 4.0;
        caption(ui, title);
        add(ui);
    });
}

fn caption(ui: &mut Ui, title: &str) {
    let t = theme::tokens(ui.ctx());
    ui.label(RichText::new(title).font(theme::small(ui.ctx())).color(t.text_weak));
}

fn step_by(ui: &mut Ui, room: Room, cx: &mut Cx<'_>) {
    let mut chosen = cx.view.step_by;
    if room.rail {
        segmented(ui, "Step by", &STEPS, &mut chosen);
    } else {
        menu(ui, "Step by", &STEPS, &mut chosen, 64.0);
    }
    if chosen != cx.view.step_by {
        cx.actions.push(Action::StepBy(chosen));
    }
}

/// Choices behind one button, where there is no room to show them side by side.
fn menu(ui: &mut Ui, name: &str, labels: &[&str], chosen: &mut usize, width: f32) -> Response {
    let width = width * theme::scale(ui.ctx());
    let menu = ComboBox::from_id_salt(name).width(width).selected_text(labels[*chosen]);
    let shown = menu.show_index(ui, chosen, labels.len(), |i| labels[i]);
    shown.on_hover_text(name)
}

fn speed(ui: &mut Ui, room: Room, cx: &mut Cx<'_>) {
    let points = theme::scale(ui.ctx());
    let width = if room.rail { 150.0 } else { 110.0 } * points;
    let unit = match (cx.snapshot.grain, cx.snapshot.position.clock) {
        (Grain::Unit, _) => "updates/s",
        (Grain::Episode, _) => "episodes/s",
        (Grain::Step, _) => "steps/s",
    };
    let max = cx.snapshot.speed.is_none();
    let mut value = cx.snapshot.speed.unwrap_or(FASTEST);
    block(ui, width, |ui| {
        ui.add_space(6.0 * points);
        if max {
            let t = theme::tokens(ui.ctx());
            ui.label(RichText::new("Speed").color(t.text));
            let text = RichText::new("as fast as it goes").font(theme::small(ui.ctx()));
            ui.label(text.color(t.text_weak));
            return;
        }
        let slider = Slider::new(&mut value, 1.0..=FASTEST, "Speed").unit(unit);
        let slider = slider.logarithmic().integer().width(width);
        if slider.show(ui).changed {
            cx.actions.push(Action::Engine(Command::Speed(Some(value))));
        }
    });
    let hint = if max { "As fast as it goes: on" } else { "As fast as it goes" };
    let t = theme::tokens(ui.ctx());
    let button = framed_icon_button(ui, icons::FAST_FORWARD, hint);
    if max {
        let stroke = egui::Stroke::new(2.0, t.accent);
        ui.painter().rect_stroke(button.rect, 8.0, stroke, egui::StrokeKind::Inside);
    }
    if button.clicked() {
        let speed = if max { Some(60.0) } else { None };
        cx.actions.push(Action::Engine(Command::Speed(speed)));
    }
}

fn clock(ui: &mut Ui, room: Room, cx: &mut Cx<'_>) {
    let axis = cx.snapshot.curves.axis;
    let mut chosen = Clock::ALL.iter().position(|&c| c == axis).unwrap_or(0);
    let before = chosen;
    let labels = Clock::ALL.map(Clock::label);
    if room.clocks {
        segmented(ui, "Clock of every curve", &labels, &mut chosen);
    } else {
        menu(ui, "Clock of every curve (C)", &labels, &mut chosen, 110.0);
    }
    if chosen != before {
        cx.actions.push(Action::Engine(Command::Axis(Clock::ALL[chosen])));
    }
}

fn place(ui: &mut Ui, cx: &Cx<'_>) {
    let t = theme::tokens(ui.ctx());
    let s = cx.snapshot;
    caption(ui, if s.position < s.furthest { "Position, in the past" } else { "Position" });
    ui.add_space(8.0 * theme::scale(ui.ctx()));
    // Where there is no room for the name of the clock, its number alone says more than its letters.
    let full = words::place(s);
    let wide = text::line(ui.painter(), &full, theme::number(ui.ctx()), t.text_strong).size().x;
    let brief = full.trim_start_matches(|c: char| !c.is_ascii_digit());
    let brief = brief.split(',').next().unwrap_or(brief);
    let here = if wide > ui.available_width() && !brief.is_empty() { brief } else { &full };
    let here = RichText::new(here).font(theme::number(ui.ctx()));
    let limit = format!("{} of {} {}", words::place(s), grouped(s.limit), s.position.clock.label());
    ui.add(Label::new(here.color(t.text_strong)).truncate()).on_hover_text(limit);
}

/// Right to left: lanes, then the seed on screen.
fn lanes_and_seed(ui: &mut Ui, cx: &mut Cx<'_>) {
    let s = cx.snapshot;
    let (mut seed, mut lanes) = (s.seed, s.lanes as u64);
    let mut done = false;
    number_field(ui, "Lanes", &mut lanes, MAX_LANES as u64, &mut done);
    number_field(ui, "Seed", &mut seed, u64::MAX / 2, &mut done);
    if done && (seed, lanes as usize) != (s.seed, s.lanes) {
        let lanes = lanes as usize;
        cx.actions.push(Action::Engine(Command::Restart { seed, lanes }));
    }
}

/// A number under its caption; takes effect when let go or typed.
fn number_field(ui: &mut Ui, title: &str, value: &mut u64, most: u64, done: &mut bool) {
    let id = ui.scope_id().with(("number field", title));
    let mut draft = ui.data(|d| d.get_temp(id)).unwrap_or(*value);
    let width = 72.0 * theme::scale(ui.ctx());
    let response = block(ui, width, |ui| {
        let t = theme::tokens(ui.ctx());
        let title_text = RichText::new(title).font(theme::small(ui.ctx()));
        let label = ui.label(title_text.color(t.text_weak));
        let least = u64::from(title == "Lanes");
        let field = DragValue::new(&mut draft).range(least..=most).speed(0.1);
        ui.add(field).labelled_by(label.id)
    });
    if response.drag_stopped() || response.lost_focus() {
        *value = draft;
        *done = true;
        ui.data_mut(|d| d.remove::<u64>(id));
    } else if response.dragged() || response.has_focus() {
        ui.data_mut(|d| d.insert_temp(id, draft));
    } else {
        ui.data_mut(|d| d.remove::<u64>(id));
    }
}
