//! Code points of the Phosphor icons in use (the same in the regular and the filled face).
//!
//! An icon never stands alone for its sense: it comes with a label or with a tooltip that is
//! its accessible name. Draw with `theme::icon` or `theme::icon_fill`.

/// Run on.
pub const PLAY: char = '\u{e3d0}';
/// Stop where it is.
pub const PAUSE: char = '\u{e39e}';
/// One step back.
pub const SKIP_BACK: char = '\u{e5a4}';
/// One step on.
pub const SKIP_FORWARD: char = '\u{e5a6}';
/// Run to the next gate.
pub const FAST_FORWARD: char = '\u{e6a6}';
/// End a recording.
pub const STOP: char = '\u{e46c}';
/// Split the future of a run here.
pub const FORK: char = '\u{e27e}';
/// Start a recording (draw it filled).
pub const RECORD: char = '\u{e3ee}';
/// Copy as text.
pub const COPY: char = '\u{e1ca}';
/// Save or copy as a picture.
pub const PICTURE: char = '\u{e2ca}';
/// The numbers behind a picture.
pub const DATA: char = '\u{e476}';
/// Give a panel the whole window.
pub const ENLARGE: char = '\u{e1d0}';
/// More actions.
pub const MORE: char = '\u{e1fe}';
/// Close.
pub const CLOSE: char = '\u{e4f6}';
/// Light theme.
pub const SUN: char = '\u{e472}';
/// Dark theme.
pub const MOON: char = '\u{e330}';
/// Keys.
pub const KEYBOARD: char = '\u{e2d8}';
/// Text scale.
pub const TEXT_SIZE: char = '\u{e6ee}';
/// Which processor computes.
pub const CPU: char = '\u{e610}';
/// Settings.
pub const GEAR: char = '\u{e270}';
/// A goal.
pub const FLAG: char = '\u{e244}';
/// The goal of a maze.
pub const GOAL: char = '\u{ea38}';
/// Ask the room.
pub const HAND: char = '\u{e298}';
/// A run failed.
pub const WARNING: char = '\u{e4e4}';
/// Start again.
pub const RESTART: char = '\u{e036}';
/// Take back.
pub const UNDO: char = '\u{e038}';
/// Lessons.
pub const LIST: char = '\u{e2f0}';
/// Open or close the side column.
pub const SIDEBAR: char = '\u{ec24}';
/// Opens a menu.
pub const CARET_DOWN: char = '\u{e136}';
/// Unfolds.
pub const CARET_RIGHT: char = '\u{e13a}';
/// Cannot be changed here.
pub const LOCK: char = '\u{e2fa}';
/// Shown.
pub const EYE: char = '\u{e220}';
/// Hidden.
pub const EYE_OFF: char = '\u{e224}';
/// Chosen or done.
pub const CHECK: char = '\u{e182}';
/// Add.
pub const PLUS: char = '\u{e3d4}';
/// Remove.
pub const MINUS: char = '\u{e32a}';
/// Save.
pub const SAVE: char = '\u{e248}';
/// Export.
pub const EXPORT: char = '\u{e20c}';
/// Open.
pub const OPEN: char = '\u{e256}';
/// Explain.
pub const HELP: char = '\u{e3e8}';
/// About.
pub const INFO: char = '\u{e2ce}';
/// Draw walls.
pub const DRAW: char = '\u{e3b4}';
/// Erase walls.
pub const ERASE: char = '\u{e21e}';
/// A wall.
pub const WALL: char = '\u{e688}';
/// Delete.
pub const TRASH: char = '\u{e4a6}';
/// A loss surface.
pub const SURFACE: char = '\u{e7ae}';
/// Curves.
pub const CHART: char = '\u{e154}';
/// Pseudo-code.
pub const CODE: char = '\u{e1bc}';
/// A search tree.
pub const TREE: char = '\u{e67c}';
/// A target.
pub const TARGET: char = '\u{e47c}';
/// A picture of the window.
pub const CAMERA: char = '\u{e10e}';
/// Wall time.
pub const CLOCK: char = '\u{e19a}';
/// Seed.
pub const DICE: char = '\u{e1ee}';
/// Find.
pub const SEARCH: char = '\u{e30c}';
/// Back.
pub const ARROW_LEFT: char = '\u{e058}';
/// On.
pub const ARROW_RIGHT: char = '\u{e06c}';
/// Plan with a model alone.
pub const DREAM: char = '\u{e74e}';
/// Look closer.
pub const INSPECT: char = '\u{e1dc}';
/// A pit.
pub const PIT: char = '\u{e210}';
/// A reward.
pub const REWARD: char = '\u{e46a}';
/// A start.
pub const START: char = '\u{e316}';
/// Something that is not what it seems.
pub const MASK: char = '\u{e9f4}';

/// Every icon in the table, for the test that draws them all.
pub const ALL: [char; 62] = [
    INSPECT,
    PIT,
    REWARD,
    START,
    MASK,
    DREAM,
    PLAY,
    PAUSE,
    SKIP_BACK,
    SKIP_FORWARD,
    FAST_FORWARD,
    STOP,
    FORK,
    RECORD,
    COPY,
    PICTURE,
    DATA,
    ENLARGE,
    MORE,
    CLOSE,
    SUN,
    MOON,
    KEYBOARD,
    TEXT_SIZE,
    CPU,
    GEAR,
    FLAG,
    GOAL,
    HAND,
    WARNING,
    RESTART,
    UNDO,
    LIST,
    SIDEBAR,
    CARET_DOWN,
    CARET_RIGHT,
    LOCK,
    EYE,
    EYE_OFF,
    CHECK,
    PLUS,
    MINUS,
    SAVE,
    EXPORT,
    OPEN,
    HELP,
    INFO,
    DRAW,
    ERASE,
    WALL,
    TRASH,
    SURFACE,
    CHART,
    CODE,
    TREE,
    TARGET,
    CAMERA,
    CLOCK,
    DICE,
    SEARCH,
    ARROW_LEFT,
    ARROW_RIGHT,
];
