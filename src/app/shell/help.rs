//! The overview of keys.

use egui::{Align2, Context, Frame, Grid, Margin, RichText, Stroke, Window};

use crate::app::actions::{Action, Actions};
use crate::app::keys::HELP;
use crate::app::theme;
use crate::app::widgets::key_chip;

/// Draws it in the middle of the window while it is open.
pub fn help(ctx: &Context, actions: &mut Actions) {
    let t = theme::tokens(ctx);
    let frame =
        Frame::new().fill(t.elev).stroke(Stroke::new(1.0, t.stroke_strong)).corner_radius(10);
    let mut open = true;
    let title = RichText::new("Keys").font(theme::title(ctx)).color(t.text_strong);
    let window = Window::new(title).id(egui::Id::unique("keys")).open(&mut open);
    let window = window.anchor(Align2::CENTER_CENTER, [0.0, 0.0]).collapsible(false);
    window.resizable(false).frame(frame.inner_margin(Margin::same(20))).show(ctx, |ui| {
        Grid::new("keys").spacing([28.0, 9.0]).show(ui, |ui| {
            for (keys, what) in HELP {
                key_chip::key_chip(ui, keys);
                ui.label(RichText::new(*what).color(t.text));
                ui.end_row();
            }
        });
    });
    if !open {
        actions.push(Action::Keys(false));
    }
}
