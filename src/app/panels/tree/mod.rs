//! The search tree: where the imagined futures went, in the tree and in the world at once.
//!
//! The evidence is the agent's own search. Its past is lived again from its beginning, so that
//! every picture between two simulations is one that the search itself has been in.

mod classical;
mod controls;
mod course;
mod desk;
mod evidence;
mod ground;
mod hand;
mod place;
mod told;
mod why;

use egui::{Align2, Rect, RichText, Ui, vec2};

use super::{Cx, Panel, PanelId, framed};
use crate::app::theme;
use crate::app::widgets::text;
use crate::experiment::snapshot::Snapshot;
use desk::{Desk, Stage};
pub use evidence::{ask_for_evidence, nobody_draws};

/// From this height on (in points before the text scale) the sums stand below the trees.
const TWO_ROWS: f32 = 380.0;
/// From this width on a panel too low for that has the sums in a third column.
const THREE: f32 = 960.0;
/// Below this height (in points before the text scale) the tree needs the room of its controls.
const LOW: f32 = 230.0;
/// Width of the left column beside the whole: of two, and of three columns.
const LEFT: (f32, f32) = (0.58, 0.6);
/// Width of the two trees where there is a third column.
const TREES: f32 = 0.66;

/// The panel.
#[derive(Clone, Default)]
pub struct Tree {
    desk: Desk,
}

impl Tree {
    fn body(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        ask_for_evidence(ui, cx);
        let Some(subject) = desk::subject(cx.snapshot, cx.view.run) else {
            let searches = |id: &str| ["search", "muzero"].contains(&id);
            let soon = cx.snapshot.runs.iter().any(|run| searches(run.agent.id));
            note(ui, if soon { desk::SOON } else { desk::EMPTY });
            return;
        };
        self.desk.renew(ui, cx, &subject);
        if !self.desk.is_ready(&subject) {
            // It comes within a frame or two.
            ui.ctx().request_repaint();
            return;
        }
        let roomy = ui.available_height() > LOW * theme::scale(ui.ctx());
        if !cx.view.still && !cx.view.lecture && roomy {
            controls::ui(&mut self.desk, ui, cx, &subject);
        }
        let Some(stage) = self.desk.stage(&subject) else { return };
        let points = theme::scale(ui.ctx());
        let room = ui.available_rect_before_wrap();
        ui.allocate_rect(room, egui::Sense::hover());
        let foot = room.with_min_y(room.bottom() - 20.0 * points);
        let room = room.with_max_y(foot.top() - 6.0 * points);
        let high = room.height() >= TWO_ROWS * points;
        let split = room.top() + room.height() * if high { 0.56 } else { 1.0 };
        let gap = 20.0 * points;
        let beside = !high && room.width() >= THREE * points;
        let columns = |rect: Rect| {
            let middle = rect.left() + if beside { LEFT.1 } else { LEFT.0 } * rect.width();
            [rect.with_max_x(middle - gap / 2.0), rect.with_min_x(middle + gap / 2.0)]
        };
        let across = room.width() * if beside { TREES } else { 1.0 };
        let [left, right] = columns(room.with_max_y(split).with_max_x(room.left() + across));
        let touched = trees(ui, &stage, left, right);
        let mut scrubbed = None;
        if high {
            let [left, right] = columns(room.with_min_y(split + 0.7 * gap));
            scrubbed = course::ui(ui, left, &stage, cx);
            sums(ui, right, &stage);
        } else if beside {
            sums(ui, room.with_min_x(room.left() + across + gap), &stage);
        }
        let said = told::node(&stage, touched.hovered.unwrap_or(stage.selected));
        let t = theme::tokens(ui.ctx());
        let said = text::elided(ui.painter(), &said, theme::body(ui.ctx()), t.text, foot.width());
        text::place(ui.painter(), &said, foot.left_bottom(), Align2::LEFT_BOTTOM);
        drop(stage);
        self.desk.scrub(scrubbed);
        if let Some(node) = touched.clicked {
            self.desk.click(node, cx);
        }
    }
}

/// What the pointer did on the two trees.
#[derive(Clone, Copy, Default)]
struct Touched {
    hovered: Option<u32>,
    clicked: Option<u32>,
}

/// Both trees; what lies under the pointer in one lights up in the other.
fn trees(ui: &mut Ui, stage: &Stage<'_>, left: Rect, right: Rect) -> Touched {
    let tree = classical::Places::new(ui, stage, left);
    let (world, map) = place::Places::new(ui, stage, right);
    let (here, there) = (tree.touched(ui, stage), world.touched(stage, &map));
    let lit = here.hovered.or(there.hovered);
    tree.paint(ui, stage, lit);
    world.paint(ui, stage, lit);
    Touched { hovered: lit, clicked: here.clicked.or(there.clicked) }
}

/// Why the rule goes there, or how a person does beside it.
fn sums(ui: &mut Ui, rect: Rect, stage: &Stage<'_>) {
    match &stage.hand {
        Some(hand) => hand::ui(ui, rect, stage, hand),
        None => why::ui(ui, rect, stage),
    }
}

fn note(ui: &mut Ui, words: &str) {
    let t = theme::tokens(ui.ctx());
    ui.add_space(8.0);
    ui.label(RichText::new(words).color(t.text_weak));
    ui.allocate_space(vec2(0.0, 0.0));
}

impl Panel for Tree {
    fn title(&self) -> &'static str {
        "Search tree"
    }

    fn question(&self) -> &'static str {
        "Where did the imagined futures go, and why there?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        // The frame needs the panel's words while the picture changes what it remembers.
        let words = self.clone();
        framed(&words, PanelId::Tree, ui, cx, |ui, cx| self.body(ui, cx));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        told::text(&self.desk, snapshot)
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        told::data(&self.desk, snapshot)
    }
}
