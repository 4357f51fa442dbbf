//! The command line: results to stdout or a file, progress and messages to stderr.
//! Exit codes: 0 done, 1 failed, 2 wrong usage.

pub mod args;
pub mod columns;
pub mod devices;
pub mod film;
pub mod laboratory;
pub mod list;
pub mod output;
pub mod replay;
pub mod run;

use std::path::Path;

pub use crate::lessons::FIRST;
use crate::lessons::opening::Opening;
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

/// The lesson of this name, or the file at this path (it must end in `.toml`), which may be a run.
pub fn open(name: &str) -> Result<Opening> {
    if Path::new(name).extension().is_none_or(|e| e != "toml") {
        return Ok(Opening { lesson: open_lesson(name)?, past: None });
    }
    let text = std::fs::read_to_string(name)
        .map_err(|e| CliError::Failed(format!("{name}: cannot be read: {e}")))?;
    Opening::from_text(name, &text).map_err(|e| CliError::Usage(e.to_string()))
}

/// Refuses flags that would make a kept run another one.
fn as_it_was(set: &[String], seeds: Option<usize>, seed: Option<u64>) -> Result<()> {
    let given =
        [("--set", !set.is_empty()), ("--seeds", seeds.is_some()), ("--seed", seed.is_some())];
    match given.iter().find(|(_, given)| *given) {
        Some((flag, _)) => {
            let what = format!("{flag}: a run file is lived as it was; change a lesson instead");
            Err(CliError::Usage(what))
        }
        None => Ok(()),
    }
}

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
