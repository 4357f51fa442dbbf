//! The card behind "Save this run", and the quiet offer to restore the last session.

use egui::{
    Align, Align2, Area, Context, Frame, Key, Label, Layout, Margin, Order, RichText, Stroke,
    TextEdit, Ui,
};

use crate::app::actions::{Action, Actions};
use crate::app::panels::Cx;
use crate::app::studio::{free_name, slug};
use crate::app::widgets::button::{Button, icon_button};
use crate::app::{icons, theme, words};
use crate::experiment::run_file::RunFile;

/// How a run file's name ends.
const ENDING: &str = ".run.toml";

/// What was filled in.
#[derive(Clone, Debug)]
pub struct SaveForm {
    out: String,
    refused: Option<String>,
    /// The field has had the keyboard once.
    shown: bool,
}

/// Draws the card if it is open.
pub fn save(ctx: &Context, form: &mut Option<SaveForm>, cx: &mut Cx<'_>) {
    if !cx.view.save_open {
        *form = None;
        return;
    }
    let form = form.get_or_insert_with(|| SaveForm {
        out: free_name(&slug(&cx.snapshot.title), "run.toml").display().to_string(),
        refused: None,
        shown: false,
    });
    let points = theme::scale(ctx);
    let area = Area::new(egui::Id::unique("save")).order(Order::Foreground);
    area.anchor(Align2::CENTER_CENTER, [0.0, 0.0]).show(ctx, |ui| {
        card(ctx).show(ui, |ui| {
            ui.set_width(480.0 * points);
            header(ui, cx.actions);
            body(ui, form, cx);
        });
    });
}

fn card(ctx: &Context) -> Frame {
    let t = theme::tokens(ctx);
    let frame = Frame::new().fill(t.elev).stroke(Stroke::new(1.0, t.stroke_strong));
    frame.corner_radius(10).inner_margin(Margin::symmetric(24, 18))
}

fn header(ui: &mut Ui, actions: &mut Actions) {
    let t = theme::tokens(ui.ctx());
    ui.horizontal(|ui| {
        let title = RichText::new("Save this run").font(theme::title(ui.ctx()));
        ui.label(title.color(t.text_strong));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if icon_button(ui, icons::CLOSE, "Close (Esc)").clicked() {
                actions.push(Action::Save(false));
            }
        });
    });
    ui.add_space(6.0);
}

fn body(ui: &mut Ui, form: &mut SaveForm, cx: &mut Cx<'_>) {
    let t = theme::tokens(ui.ctx());
    let label = ui.label(RichText::new("File").color(t.text_weak));
    let field = TextEdit::singleline(&mut form.out).desired_width(f32::INFINITY);
    let field = ui.add(field).labelled_by(label.id);
    if !std::mem::replace(&mut form.shown, true) {
        field.request_focus();
    }
    let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
    ui.add_space(10.0);
    if let Some(refused) = &form.refused {
        ui.add(Label::new(RichText::new(refused).color(t.bad)).wrap());
        ui.add_space(6.0);
    }
    ui.horizontal(|ui| {
        let clicked = Button::new("Save").icon(icons::SAVE).show(ui).clicked();
        if clicked || entered {
            let path = std::path::PathBuf::from(form.out.trim());
            match check(&path) {
                Ok(()) => {
                    cx.actions.push(Action::SaveTo(path));
                    cx.actions.push(Action::Save(false));
                }
                Err(why) => form.refused = Some(why),
            }
        }
        let words = "Drop the file on the window to come back here.";
        ui.label(RichText::new(words).font(theme::small(ui.ctx())).color(t.text_weak));
    });
}

fn check(path: &std::path::Path) -> Result<(), String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    if !name.ends_with(ENDING) || name.len() == ENDING.len() {
        return Err(format!("A run file's name ends in {ENDING}."));
    }
    match path.exists() {
        true => Err(format!("{} exists already: choose another name.", path.display())),
        false => Ok(()),
    }
}

/// The offer to restore the last session, in a corner.
pub fn offer(ctx: &Context, file: &RunFile, actions: &mut Actions) {
    let points = theme::scale(ctx);
    let t = theme::tokens(ctx);
    let area = Area::new(egui::Id::unique("last session")).order(Order::Foreground);
    area.anchor(Align2::RIGHT_BOTTOM, [-16.0, -118.0 * points]).show(ctx, |ui| {
        card(ctx).inner_margin(Margin::symmetric(16, 10)).show(ui, |ui| {
            ui.set_width(360.0 * points);
            let place = words::position(file.take.from);
            let text = format!("{}, {place}", file.take.config.title);
            let text = RichText::new(text).font(theme::small(ctx)).color(t.text_weak);
            ui.add(Label::new(text).truncate());
            ui.horizontal(|ui| {
                if Button::new("Restore the last session").icon(icons::UNDO).show(ui).clicked() {
                    actions.push(Action::Restore(true));
                }
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if icon_button(ui, icons::CLOSE, "Leave it").clicked() {
                        actions.push(Action::Restore(false));
                    }
                });
            });
        });
    });
}
