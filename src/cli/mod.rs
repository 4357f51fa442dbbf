//! The command line: results to stdout or a file, progress and messages to stderr.
//! Exit codes: 0 done, 1 failed, 2 wrong usage.

pub mod args;
pub mod columns;
pub mod film;
pub mod list;
pub mod output;
pub mod replay;
pub mod run;

use std::path::Path;

pub use crate::lessons::FIRST;
use crate::lessons::{self, Lesson};

/// Why a command ended without doing its work.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The person asked for something that cannot be: exit code 2.
    #[error("{0}")]
    Usage(String),
    /// The world got in the way: exit code 1.
    #[error("{0}")]
    Failed(String),
    /// Nobody reads on, as in `run … | head`: no fault.
    #[error("nobody reads the table any more")]
    Unread,
}

impl CliError {
    /// The exit code.
    pub fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Failed(_) => 1,
            Self::Unread => 0,
        }
    }

    /// A table that could not be written to `name`.
    pub fn unwritten(name: &str, error: &std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::BrokenPipe => Self::Unread,
            _ => Self::Failed(format!("{name}: cannot be written: {error}")),
        }
    }
}

/// What the commands return.
pub type Result<T> = std::result::Result<T, CliError>;

/// The lesson of this name, or the file at this path (it must end in `.toml`).
pub fn open_lesson(name: &str) -> Result<Lesson> {
    let usage = |e: crate::experiment::config::ConfigError| CliError::Usage(e.to_string());
    if Path::new(name).extension().is_none_or(|e| e != "toml") {
        return lessons::find(name).map_err(usage);
    }
    let text = std::fs::read_to_string(name)
        .map_err(|e| CliError::Failed(format!("{name}: cannot be read: {e}")))?;
    Lesson::from_toml(name, &text).map_err(usage)
}
