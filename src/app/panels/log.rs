//! The log: everything that was done to a run, in order; a click goes there.

use egui::{Align2, CursorIcon, Label, Rect, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo};
use egui::{pos2, vec2};

use super::{Cx, Panel, PanelId, framed};
use crate::app::actions::Action;
use crate::app::happenings::{Happening, Told, happenings};
use crate::app::theme;
use crate::app::widgets::number::grouped;
use crate::app::widgets::{badge, focus, text};
use crate::experiment::engine::Command;
use crate::experiment::snapshot::Snapshot;

/// Height of a row in points before the text scale.
const ROW: f32 = 32.0;
/// Width from which rows also say how many updates there had been.
const WIDE: f32 = 560.0;

/// The panel.
#[derive(Default)]
pub struct Log {
    told: Told,
}

fn rows(ui: &mut Ui, cx: &mut Cx<'_>, all: &[Happening]) {
    let t = theme::tokens(ui.ctx());
    if all.is_empty() {
        let words = match cx.view.still {
            true => "Nothing was changed.",
            false => "Nothing was changed yet. Every slider, P and K leave a line here.",
        };
        ui.add(Label::new(RichText::new(words).color(t.text_weak)).wrap());
        return;
    }
    ScrollArea::vertical().auto_shrink(false).stick_to_bottom(true).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 0.0;
        for happening in all {
            row(ui, happening, cx);
        }
    });
}

fn row(ui: &mut Ui, h: &Happening, cx: &mut Cx<'_>) {
    let ctx = ui.ctx().clone();
    let (t, points) = (theme::tokens(&ctx), theme::scale(&ctx));
    let size = vec2(ui.available_width(), ROW * points);
    let sense = if cx.view.still { Sense::hover() } else { Sense::click() };
    let (rect, response) = ui.allocate_exact_size(size, sense);
    if !ui.is_rect_visible(rect) {
        return;
    }
    let painter = ui.painter().clone();
    if response.hovered() && !cx.view.still {
        painter.rect_filled(rect, 6.0, t.elev);
    }
    let ahead = cx.snapshot.position < h.position;
    let (strong, weak) = match ahead {
        true => (t.text_weak, t.text_weak),
        false => (t.text_strong, t.text),
    };
    let y = rect.center().y;
    let side = badge::SIDE * points;
    badge::paint(&painter, pos2(rect.left() + side / 2.0 + 2.0, y), h.run);
    let left = rect.left() + side + 14.0 * points;
    let place = text::line(&painter, &h.place(), theme::number(&ctx), weak);
    let right = rect.right() - counts(&painter, h, rect, weak);
    text::place(&painter, &place, pos2(right, y), Align2::RIGHT_CENTER);
    let room = right - place.size().x - 12.0 * points - left;
    let what = text::elided(&painter, &h.what, theme::body(&ctx), strong, room);
    let drawn = text::place(&painter, &what, pos2(left, y), Align2::LEFT_CENTER);
    if let Some(was) = &h.was {
        let was = format!("was {was}");
        let room = room - what.size().x - 10.0 * points;
        let was = text::elided(&painter, &was, theme::small(&ctx), t.text_weak, room);
        text::place(&painter, &was, pos2(drawn.right() + 10.0 * points, y), Align2::LEFT_CENTER);
    }
    focus::ring(ui, &response, rect, 6.0);
    let letter = cx.snapshot.runs[h.run].letter;
    let name = format!("Go to {}, {letter}: {}", h.place(), h.what);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    if response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(told(h)).clicked() {
        cx.actions.push(Action::Engine(Command::Play(false)));
        cx.actions.push(Action::Engine(Command::Seek(h.position)));
    }
}

/// Writes the counters at the right end if there is room; returns how much they took.
fn counts(painter: &egui::Painter, h: &Happening, rect: Rect, ink: egui::Color32) -> f32 {
    let ctx = painter.ctx();
    let points = theme::scale(ctx);
    if rect.width() < WIDE * points {
        return 6.0 * points;
    }
    let counts = format!("{} updates", grouped(h.counters.updates()));
    let counts = text::line(painter, &counts, theme::number(ctx), ink);
    text::place(
        painter,
        &counts,
        rect.right_center() - vec2(6.0 * points, 0.0),
        Align2::RIGHT_CENTER,
    );
    186.0 * points
}

/// Everything there is to know about it.
fn told(h: &Happening) -> String {
    let c = &h.counters;
    format!(
        "{}: {} real steps, {} real and {} imagined updates. Click to go there.",
        h.place(),
        grouped(c.env_steps),
        grouped(c.real_updates),
        grouped(c.imagined_updates)
    )
}

impl Panel for Log {
    fn title(&self) -> &'static str {
        "Log"
    }

    fn question(&self) -> &'static str {
        "What was changed, and when?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let all = self.told.of(cx.snapshot);
        framed(self, PanelId::Log, ui, cx, |ui, cx| rows(ui, cx, &all));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let mut text = "What was changed, and when\n".to_owned();
        let all = happenings(snapshot);
        for h in &all {
            let run = &snapshot.runs[h.run];
            let was = h.was.as_ref().map_or(String::new(), |was| format!(" (was {was})"));
            text += &format!("{}: {} {}: {}{was}\n", h.place(), run.letter, run.name, h.what);
        }
        for (index, run) in snapshot.runs.iter().enumerate() {
            if all.iter().all(|h| h.run != index) {
                text += &format!("{} {}: nothing was changed\n", run.letter, run.name);
            }
        }
        text
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,clock,count,step,unit,what,was,env_steps,real_updates,\
                       imagined_updates,imagined_steps\n"
            .to_owned();
        for h in happenings(snapshot) {
            let (p, c, letter) = (h.position, h.counters, snapshot.runs[h.run].letter);
            let plain = |text: &str| text.replace([',', '"'], " ");
            let (what, was) = (plain(&h.what), plain(h.was.as_deref().unwrap_or("-")));
            csv += &format!(
                "{letter},{},{},{},{},{what},{was},{},{},{},{}\n",
                p.clock.id(),
                p.count,
                p.step,
                p.unit,
                c.env_steps,
                c.real_updates,
                c.imagined_updates,
                c.imagined_steps
            );
        }
        csv
    }
}
