//! A support too small for the values that were met: said above the dials, and mended by one click.

use egui::{RichText, Ui};

use crate::app::actions::Action;
use crate::app::panels::Cx;
use crate::app::widgets::button::Button;
use crate::app::{icons, theme};
use crate::experiment::engine::Command;

/// Says how many value targets of the selected run are clipped, and offers the range that holds them.
pub fn clipped(ui: &mut Ui, cx: &mut Cx<'_>) {
    let run = &cx.snapshot.runs[cx.view.run];
    let Some(view) = &run.lane.view.muzero else { return };
    let Some(support) = view.support else { return };
    let Some(words) = view.clipping.warning(support) else { return };
    let t = theme::tokens(ui.ctx());
    ui.horizontal_wrapped(|ui| {
        ui.label(RichText::new(icons::WARNING).font(theme::icon(ui.ctx(), 18.0)).color(t.warn));
        ui.label(RichText::new(words).font(theme::small(ui.ctx())).color(t.text_strong));
    });
    let index = run.agent.params().iter().position(|spec| spec.key == "support");
    let wanted = f64::from(view.clipping.wanted(support));
    let Some(param) = index.filter(|&index| run.agent.params()[index].check(wanted).is_ok()) else {
        return;
    };
    let label = format!("Set support to ±{wanted:.0}");
    let button = Button::new(&label).show(ui);
    if button.on_hover_text("The networks start anew; what was lived stays").clicked() {
        let set = Command::Set { run: cx.view.run, param, value: wanted };
        cx.actions.push(Action::Engine(set));
    }
    ui.add_space(4.0);
}
