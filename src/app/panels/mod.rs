//! Panels: each asks one question and answers it with one picture.
//!
//! A panel owns view state only, reads a snapshot, and emits actions. Whoever adds one implements
//! [`Panel`], adds a [`PanelId`], and the conformance tests walk over [`PanelId::ALL`].

pub mod curves;
pub mod mazes;
pub mod price;
pub mod tile;

use egui::Ui;

use super::actions::{Action, Actions};
use super::view::View;
use super::widgets::panel::{PanelResponse, PanelTool};
use crate::experiment::snapshot::Snapshot;
use crate::lessons::Lesson;

/// Names a panel in layouts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PanelId {
    /// The mazes of all runs.
    Mazes,
    /// Steps per episode.
    Steps,
    /// Cumulative reward.
    Reward,
    /// The price of finding the way, on three clocks.
    Price,
}

impl PanelId {
    /// All panels.
    pub const ALL: [Self; 4] = [Self::Mazes, Self::Steps, Self::Reward, Self::Price];

    /// Makes the panel.
    pub fn open(self) -> Box<dyn Panel> {
        match self {
            Self::Mazes => Box::new(mazes::Mazes::default()),
            Self::Steps => Box::new(curves::Curves::steps()),
            Self::Reward => Box::new(curves::Curves::reward()),
            Self::Price => Box::new(price::Price),
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
}

/// A view of a probe or of metrics.
pub trait Panel {
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

/// Does what the header's icons ask for.
fn use_tools<R>(panel: &dyn Panel, id: PanelId, done: &PanelResponse<R>, cx: &mut Cx<'_>) {
    let Some((tool, _)) = &done.tool else {
        return;
    };
    let action = match tool {
        PanelTool::Copy => Action::Copy(panel.text(cx.snapshot), "Text copied"),
        PanelTool::Data => Action::Copy(panel.data(cx.snapshot), "Data copied as CSV"),
        PanelTool::Enlarge => {
            let open = cx.view.enlarged == Some(id);
            Action::Enlarge((!open).then_some(id))
        }
        PanelTool::Picture | PanelTool::More => return,
    };
    cx.actions.push(action);
}
