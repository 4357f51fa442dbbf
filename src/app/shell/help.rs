//! The overview of keys.

use egui::{
    Align, Align2, Area, Context, Frame, Grid, Layout, Margin, Order, RichText, ScrollArea, Stroke,
};

use crate::app::actions::{Action, Actions};
use crate::app::keys::HELP;
use crate::app::widgets::button::icon_button;
use crate::app::widgets::key_chip;
use crate::app::{icons, theme};

/// Draws it in the middle of the window while it is open.
pub fn help(ctx: &Context, actions: &mut Actions) {
    let t = theme::tokens(ctx);
    let points = theme::scale(ctx);
    let area = Area::new(egui::Id::unique("keys")).order(Order::Foreground);
    area.anchor(Align2::CENTER_CENTER, [0.0, 0.0]).show(ctx, |ui| {
        let stroke = Stroke::new(1.0, t.stroke_strong);
        let frame = Frame::new().fill(t.elev).stroke(stroke).corner_radius(10);
        frame.inner_margin(Margin::symmetric(24, 18)).show(ui, |ui| {
            ui.set_width(520.0 * points);
            ui.horizontal(|ui| {
                let title = RichText::new("Keys").font(theme::title(ctx));
                ui.label(title.color(t.text_strong));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    if icon_button(ui, icons::CLOSE, "Close (Esc)").clicked() {
                        actions.push(Action::Keys(false));
                    }
                });
            });
            ui.add_space(6.0);
            // Big type in a low window: what does not fit is scrolled to.
            let room = ctx.content_rect().height() - 120.0 * points;
            ScrollArea::vertical().max_height(room).show(ui, |ui| {
                Grid::new("keys").spacing([28.0, 7.0]).show(ui, |ui| {
                    for (keys, what) in HELP {
                        key_chip::key_chip(ui, keys);
                        ui.label(RichText::new(*what).color(t.text));
                        ui.end_row();
                    }
                });
            });
        });
    });
}
