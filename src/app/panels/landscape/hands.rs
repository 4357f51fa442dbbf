//! What hands do to the bench: marks dragged over it, a place pointed at, and changes taken back.

use egui::Ui;

use super::pictures::Done;
use super::sheet::Floor;
use super::{Landscape, undo};
use crate::app::panels::Cx;
use crate::mdp::physical::wrap;

impl Landscape {
    /// A hand has dragged a mark over a surface.
    pub(super) fn moved(&mut self, floor: &Floor, done: &Done) {
        let Some((cross, at)) = done.dragged else { return };
        self.settings.hand = cross.min(1);
        let (low, high) = floor.numbers[1].range;
        let x = if floor.turns() { wrap(at[0]) } else { at[0] };
        *self.settings.held_mut() = [x, at[1].clamp(low, high)];
    }

    /// The place under the pointer is marked in all pictures from the next frame on.
    pub(super) fn point(&mut self, ui: &Ui, floor: &Floor, done: &Done) {
        let wrapped = |[x, y]: [f64; 2]| [if floor.turns() { wrap(x) } else { x }, y];
        let free = !ui.input(|input| input.pointer.any_down());
        let pointed = done.pointed.filter(|_| free).map(wrapped);
        if pointed != self.settings.pointed {
            self.settings.pointed = pointed;
            ui.ctx().request_repaint();
        }
    }

    /// Notes what was done, one step a gesture, and takes it back or does it again where that is
    /// asked for.
    pub(super) fn take_back(&mut self, ui: &Ui, cx: &Cx<'_>) {
        if cx.view.still {
            return;
        }
        let bench = |own: &Self| (own.settings.chosen(), own.head.held, own.head.from);
        if self.replay.is_some() {
            self.past.follow(bench(self));
        } else if !ui.input(|input| input.pointer.any_down()) {
            self.past.note(bench(self));
        }
        let asked = undo::offer(ui.ctx(), self.past.can());
        if let Some((chosen, held, from)) = asked.and_then(|step| self.past.step(step)) {
            self.settings.choose(&chosen);
            (self.head.held, self.head.from) = (held, from);
            self.head.rest();
            ui.ctx().request_repaint();
        }
    }
}
