//! Panels: each asks one question and answers it with one picture.
//!
//! A panel owns view state only, reads a snapshot, and emits actions. Whoever adds one implements
//! [`Panel`], adds a [`PanelId`], and the conformance tests walk over [`PanelId::ALL`].

pub mod asked;
pub mod board_tile;
pub mod body_tile;
pub mod cards;
pub mod cell;
pub mod cell_view;
pub mod clouds;
pub mod consistent_wrong;
pub mod curves;
pub mod depth_error;
pub mod device;
pub mod drift;
pub mod exploit;
pub mod fit;
pub mod four_parts;
pub mod futures;
pub mod games;
pub mod gradients;
pub mod graph_tile;
pub mod imagined;
pub mod imagines;
pub mod landscape;
pub mod log;
pub mod look;
pub mod looking_ahead;
pub mod loops;
pub mod losses;
pub mod mazes;
pub mod memory;
pub mod mismatch;
pub mod model_data;
pub mod model_error;
pub mod mve_stack;
mod plot;
pub mod price;
pub mod quadrants;
pub mod relatives;
pub mod sandbox;
pub mod schematic;
pub mod searching;
pub mod signal;
pub mod surface;
pub mod tile;
mod tile_words;
pub mod tree;
pub mod two_searches;
pub mod unseen;
pub mod value_equivalence;
pub mod value_map;
pub mod values;
pub mod wall;
mod ways;
pub mod which_loop;

use egui::{Frame, Label, Margin, Rect, RichText, Stroke, Ui, vec2};

use super::actions::{Action, Actions};
use super::view::View;
use super::widgets::panel::PanelTool;
use super::{theme, widgets};
use crate::experiment::snapshot::Snapshot;
use crate::lessons::Lesson;
pub use crate::lessons::layout::PanelId;

impl PanelId {
    /// Whether it draws the searches of the runs, which are copied out for it alone.
    pub fn shows_searches(self) -> bool {
        self == Self::Tree
    }

    /// Makes the panel.
    pub fn open(self) -> Box<dyn Panel> {
        match self {
            Self::Mazes => Box::new(mazes::Mazes::default()),
            Self::Steps => Box::new(curves::Curves::steps()),
            Self::Reward => Box::new(curves::Curves::reward()),
            Self::Price => Box::new(price::Price),
            Self::Cell => Box::new(cell::Cell),
            Self::Landscape => Box::new(landscape::Landscape::default()),
            Self::Device => Box::new(device::Device::default()),
            Self::Exploit => Box::new(exploit::Meter::default()),
            Self::Memory => Box::new(memory::Memory),
            Self::Loops => Box::new(loops::Loops::default()),
            Self::Cards => Box::new(cards::Cards::default()),
            Self::Values => Box::new(values::Values::default()),
            Self::Return => Box::new(curves::Curves::returns()),
            Self::ValueMap => Box::new(value_map::ValueMap::default()),
            Self::MveStack => Box::new(mve_stack::MveStack::default()),
            Self::Fit => Box::new(fit::FitPanel::default()),
            Self::Mismatch => Box::new(mismatch::Mismatch),
            Self::Quadrants => Box::new(quadrants::Quadrants::default()),
            Self::Gradients => Box::new(gradients::Gradients::default()),
            Self::Losses => Box::new(losses::Losses::default()),
            Self::Signal => Box::new(signal::Signal::default()),
            Self::Wall => Box::new(wall::Wall::default()),
            Self::ModelData => Box::new(model_data::ModelData::default()),
            Self::ModelError => Box::new(model_error::ModelError::default()),
            Self::Futures => Box::new(futures::Futures),
            Self::Imagined => Box::new(imagined::Imagined::default()),
            Self::Clouds => Box::new(clouds::CloudsPanel::default()),
            Self::Relatives => Box::new(relatives::Relatives),
            Self::Log => Box::new(log::Log::default()),
            Self::Tree => Box::new(tree::Tree::default()),
            Self::Schematic => Box::new(schematic::Schematic),
            Self::ConsistentWrong => Box::new(consistent_wrong::ConsistentWrong::default()),
            Self::Drift => Box::new(drift::Drift::default()),
            Self::ValueError => Box::new(curves::Curves::value_error()),
            Self::Learning => Box::new(curves::Curves::learning()),
            Self::TwoSearches => Box::new(two_searches::TwoSearches::default()),
            Self::DepthError => Box::new(depth_error::DepthError::default()),
            Self::LookingAhead => Box::new(looking_ahead::LookingAhead::default()),
            Self::Surface => Box::new(surface::Surface::default()),
            Self::WhichLoop => Box::new(which_loop::WhichLoop::default()),
            Self::Games => Box::new(games::GamesLost::default()),
            Self::ValueEquivalence => Box::new(value_equivalence::ValueEquivalence::default()),
            Self::Unseen => Box::new(unseen::Unseen::default()),
            Self::FourParts => Box::new(four_parts::FourParts),
            Self::Imagines => Box::new(imagines::ImaginesPanel::default()),
        }
    }
}

/// What a panel sees.
pub struct Cx<'a> {
    /// The arena.
    pub snapshot: &'a Snapshot,
    /// The window's own state.
    pub view: &'a View,
    /// The lesson.
    pub lesson: &'a Lesson,
    /// Where wishes go.
    pub actions: &'a mut Actions,
    /// The panel stands behind a tab that already bears its title and tools.
    pub bare: bool,
}

/// A view of a probe or of metrics.
pub trait Panel: Send {
    /// Title.
    fn title(&self) -> &'static str;
    /// The question it answers, at most 60 characters.
    fn question(&self) -> &'static str;
    /// Draws it over the available space.
    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>);
    /// What it shows, in words and numbers.
    fn text(&self, snapshot: &Snapshot) -> String;
    /// Its data as CSV.
    fn data(&self, snapshot: &Snapshot) -> String;
}

/// The tools of a panel, in the order of its header.
pub const TOOLS: &[PanelTool] = &PanelTool::WIDE;

/// Least height of a chart in points before the text scale.
const LEAST: f32 = 80.0;

/// Draws a panel's frame around `body`, with title, question and tools unless it is bare.
fn framed(
    panel: &dyn Panel,
    id: PanelId,
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    body: impl FnOnce(&mut Ui, &mut Cx<'_>),
) {
    let size = ui.available_size();
    // Big type in a low window with everything open: say so instead of drawing a smear.
    let body = |ui: &mut Ui, cx: &mut Cx<'_>| match ui.available_height() {
        high if high >= LEAST * theme::scale(ui.ctx()) => {
            let below = ui.max_rect();
            body(ui, cx);
            if asked::came_to_nothing(ui.ctx()) {
                failed(ui, below);
            }
        }
        _ => {
            let words = RichText::new("Too low to draw. The frame in the corner enlarges it.");
            ui.add(Label::new(words.color(theme::tokens(ui.ctx()).text_weak)).truncate());
        }
    };
    if cx.bare {
        let t = theme::tokens(ui.ctx());
        let frame = Frame::new().fill(t.panel).stroke(Stroke::new(1.0, t.stroke));
        frame.corner_radius(10).inner_margin(Margin::symmetric(16, 10)).show(ui, |ui| {
            ui.set_min_size(size - vec2(34.0, 22.0));
            body(ui, cx);
        });
        return;
    }
    let (title, question) = (panel.title(), panel.question());
    let tools: &[PanelTool] = match (cx.view.still, cx.view.lecture) {
        (true, _) => &[],
        // The room wants the name and the question; the rest has keys.
        (false, true) => &[PanelTool::Enlarge],
        (false, false) => TOOLS,
    };
    let frame = widgets::panel::Panel::new(title).question(question).tools(tools).dense();
    // The room has the lesson's own question in big type.
    let frame = frame.one_line(cx.view.lecture);
    let done = frame.min_height(size.y).show(ui, |ui| body(ui, cx));
    if let Some((tool, _)) = done.tool {
        use_tool(panel, id, tool, cx);
    }
}

/// What a panel waits for, and the key that lets time pass while it stands still.
fn waits(words: &str, cx: &Cx<'_>) -> String {
    let stands = !cx.snapshot.playing && !cx.view.still;
    if stands { format!("{words} Space plays.") } else { words.to_owned() }
}

/// Says over the foot of a panel that what it asked for could not be computed.
fn failed(ui: &mut Ui, panel: Rect) {
    let t = theme::tokens(ui.ctx());
    let high = 24.0 * theme::scale(ui.ctx());
    let foot = Rect::from_min_max(panel.left_bottom() - vec2(0.0, high), panel.right_bottom());
    ui.painter().rect_filled(foot, 4.0, t.panel);
    let words = "This could not be computed. It is tried again when something changes.";
    ui.put(foot, Label::new(RichText::new(words).color(t.text_strong)).truncate());
}

/// Says that the first answer is on its way; it wakes the window.
fn on_its_way(ui: &mut Ui) {
    weak(ui, "Being measured.");
}

/// What a panel says in place of a picture.
fn weak(ui: &mut Ui, words: &str) {
    let t = theme::tokens(ui.ctx());
    ui.add(Label::new(RichText::new(words).color(t.text_weak)).wrap());
}

/// All tools behind one icon, where there is no room for them side by side.
pub fn tools_menu(ui: &mut Ui, panel: &dyn Panel, id: PanelId, cx: &mut Cx<'_>) {
    let (icon, tip) = PanelTool::More.look();
    let button = widgets::button::icon_button(ui, icon, tip);
    egui::Popup::menu(&button).show(|ui| {
        for &tool in TOOLS {
            if ui.button(tool.look().1).clicked() {
                use_tool(panel, id, tool, cx);
            }
        }
    });
}

/// Does what a tool's icon asks for.
pub fn use_tool(panel: &dyn Panel, id: PanelId, tool: PanelTool, cx: &mut Cx<'_>) {
    let action = match tool {
        PanelTool::Copy => Action::Copy(panel.text(cx.snapshot), "Text copied"),
        PanelTool::Data => Action::Copy(panel.data(cx.snapshot), "Data copied as CSV"),
        PanelTool::Enlarge => {
            let open = cx.view.enlarged == Some(id);
            Action::Enlarge((!open).then_some(id))
        }
        PanelTool::Picture => Action::Picture(id),
        PanelTool::More | PanelTool::Close => return,
    };
    cx.actions.push(action);
}
