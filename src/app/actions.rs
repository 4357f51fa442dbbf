//! What a person asked for. Widgets and keys emit actions; [`super::lab::Lab`] applies them.

use super::brush::Tool;
use std::path::PathBuf;

use super::headless::Request;
use super::panels::PanelId;
use super::theme::Theme;
use crate::experiment::engine::Command;
use crate::mdp::physical::Body;
use crate::probes::cards::Bench;

/// One wish.
#[derive(Clone, Debug)]
pub enum Action {
    /// For the arena.
    Engine(Command),
    /// Play if paused, pause if playing.
    TogglePlay,
    /// One grain forward; with line by line: the next line.
    StepOn,
    /// One grain back; with line by line: the line before.
    StepBack,
    /// The selected run gets a twin that splits off here.
    Fork,
    /// A fork is taken away.
    Unfork(usize),
    /// The log shown or hidden, where the lesson does not show it anyway.
    Log(bool),
    /// The selected run plans while the world stands still.
    Dream,
    /// What one step is: an index into [`super::view::STEPS`].
    StepBy(usize),
    /// Select a run.
    Run(usize),
    /// Select a cell of the maze, or none.
    Cell(Option<usize>),
    /// Pick a state of a world of numbers, or none.
    Start(Option<Body>),
    /// The updates of the selected cell before this number; `None` for the newest.
    Earlier(Option<u64>),
    /// Open lesson number `n` of the list.
    Lesson(usize),
    /// The next hidden answer, or the next lesson.
    Forward,
    /// The answer hidden again, or the lesson before.
    Backward,
    /// Colours.
    Theme(Theme),
    /// Text scale.
    TextScale(f32),
    /// Lecture view on or off.
    Lecture(bool),
    /// The bench of cards as it shall be.
    Cards(Bench),
    /// Numbers instead of arrows in the mazes.
    Numbers(bool),
    /// The strip of tools over the mazes shown or hidden.
    Sandbox(bool),
    /// Take a tool in hand.
    Tool(Tool),
    /// What the next reward cell pays.
    Reward(f64),
    /// The cell that the keyboard draws on, moved by so many rows and columns.
    Cursor(i32, i32),
    /// Draw on that cell.
    Dab,
    /// Side column shown or hidden where it is a drawer.
    Side(bool),
    /// One panel over the whole middle, or none.
    Enlarge(Option<PanelId>),
    /// The card for a film shown or hidden.
    Record(bool),
    /// Film this.
    Film(Box<Request>),
    /// The card for a run file shown or hidden.
    Save(bool),
    /// Keep the present run in this file, which must not exist.
    SaveTo(PathBuf),
    /// Restore the last session, or leave it.
    Restore(bool),
    /// Stop filming; what is there is kept. Without a film: forget how the last one ended.
    StopFilm,
    /// Save a panel as a picture.
    Picture(PanelId),
    /// Overview of keys shown or hidden.
    Keys(bool),
    /// A sentence for the person.
    Say(String),
    /// Text to the clipboard, and what to say about it.
    Copy(String, &'static str),
}

/// Wishes of this frame, in order.
pub type Actions = Vec<Action>;
