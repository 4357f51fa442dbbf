//! Searches are copied out as long as somebody draws them.

use egui::{Id, Ui};

use crate::app::actions::Action;
use crate::app::panels::Cx;
use crate::experiment::engine::Command;

/// The pass in which a panel last drew a search.
fn drawn() -> Id {
    Id::unique("search evidence is drawn")
}

/// Has searches copied out as long as somebody draws them.
pub fn ask_for_evidence(ui: &Ui, cx: &mut Cx<'_>) {
    let pass = ui.ctx().cumulative_pass_nr();
    ui.ctx().data_mut(|data| data.insert_temp(drawn(), pass));
    if !cx.snapshot.evidence && !cx.view.still {
        cx.actions.push(Action::Engine(Command::Evidence(true)));
    }
}

/// Whether nobody has drawn a search in the last two passes.
pub fn nobody_draws(ctx: &egui::Context) -> bool {
    let last = ctx.data(|data| data.get_temp::<u64>(drawn()));
    last.is_none_or(|last| last + 2 < ctx.cumulative_pass_nr())
}
