//! State of the window alone: what is selected, shown and open. Nothing a learner knows.

use super::brush::Tool;
use super::panels::PanelId;
use super::theme::Theme;
use crate::mdp::physical::Body;
use crate::probes::cards::Bench;

/// Names of the step sizes, smallest first.
pub const STEPS: [&str; 4] = ["line", "update", "step", "episode"];
/// Index of "line" in [`STEPS`].
pub const LINE: usize = 0;
/// Planning units of one press of "plan".
pub const DREAM: u32 = 50;
/// Text scale of the lecture view.
pub const LECTURE_SCALE: f32 = 1.6;
/// Fastest speed of the slider, in steps a second; beyond it lies "max".
pub const FASTEST: f64 = 10_000.0;

/// A parameter under the hand: shown until the arena has taken it over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draft {
    /// Which run.
    pub run: usize,
    /// Which parameter.
    pub param: usize,
    /// The value wished for.
    pub value: f64,
    /// Frames until the draft is given up, should the arena refuse it.
    pub patience: u8,
}

/// The window's own state.
#[derive(Clone, Debug)]
pub struct View {
    /// Colours.
    pub theme: Theme,
    /// Text scale outside the lecture view.
    pub text_scale: f32,
    /// Big type, controls hidden.
    pub lecture: bool,
    /// Selected run.
    pub run: usize,
    /// Selected cell.
    pub cell: Option<usize>,
    /// The state picked in a world of numbers; futures begin there.
    pub start: Option<Body>,
    /// Index into [`STEPS`].
    pub step_by: usize,
    /// Line under the cursor when stepping line by line: index into the unit's marks.
    pub line: usize,
    /// Numbers instead of arrows.
    pub numbers: bool,
    /// The strip of tools over the mazes is open.
    pub sandbox: bool,
    /// The tool in hand.
    pub tool: Tool,
    /// What the next reward cell pays.
    pub reward: f64,
    /// The cell that the keyboard draws on.
    pub cursor: Option<usize>,
    /// The bench of cards.
    pub cards: Bench,
    /// Side column open where it is a drawer.
    pub side_open: bool,
    /// The answer to the lesson's question is shown.
    pub revealed: bool,
    /// Nothing can be pressed: a film or a picture.
    pub still: bool,
    /// The arena runs beside the window, and costly probes do, too.
    pub beside: bool,
    /// Panel over the whole middle.
    pub enlarged: Option<PanelId>,
    /// The card for a film is open.
    pub record_open: bool,
    /// The card for a run file is open.
    pub save_open: bool,
    /// The log is open, though the lesson does not show it.
    pub log_open: bool,
    /// A fork was asked for when there were so many runs; it is selected once it is there.
    pub forking: Option<usize>,
    /// Overview of keys open.
    pub keys_open: bool,
    /// Parameter under the hand.
    pub draft: Option<Draft>,
    /// A sentence for the person, and until when (seconds of the context's clock).
    pub message: Option<(String, f64)>,
}

impl Default for View {
    fn default() -> Self {
        Self {
            theme: Theme::Dark,
            text_scale: 1.0,
            lecture: false,
            run: 0,
            cell: None,
            start: None,
            step_by: 2,
            line: 0,
            numbers: false,
            sandbox: false,
            tool: Tool::Inspect,
            reward: 0.5,
            cursor: None,
            cards: Bench::default(),
            side_open: false,
            revealed: false,
            still: false,
            beside: false,
            enlarged: None,
            record_open: false,
            save_open: false,
            log_open: false,
            forking: None,
            keys_open: false,
            draft: None,
            message: None,
        }
    }
}

impl View {
    /// The tool that draws, if one is in hand.
    pub fn drawing(&self) -> Option<Tool> {
        Some(self.tool).filter(|tool| self.sandbox && !self.still && tool.draws())
    }

    /// Whether costly probes answer within the frame that asks: in films and pictures, and where
    /// the arena runs on the frame's own clock.
    pub fn at_once(&self) -> bool {
        self.still || !self.beside
    }

    /// Text scale in force.
    pub fn scale(&self) -> f32 {
        if self.lecture { LECTURE_SCALE.max(self.text_scale) } else { self.text_scale }
    }

    /// Theme in force: the lecture view uses the projector's.
    pub fn theme_now(&self) -> Theme {
        match (self.lecture, self.theme) {
            (true, Theme::Dark) => Theme::ProjectorDark,
            (true, Theme::Light) => Theme::ProjectorLight,
            (_, theme) => theme,
        }
    }
}
