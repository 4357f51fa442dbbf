//! What a file opens: a lesson, or a run that was kept.

use std::path::Path;

use toml::Table;

use super::layout::Layout;
use super::{Lesson, find};
use crate::experiment::config::{ArenaConfig, ConfigError, parse};
use crate::experiment::run_file::{MOST_BYTES, RunFile, is_run_file};

/// What a file opens.
#[derive(Clone, Debug)]
pub struct Opening {
    /// The lesson; for a kept run the one it belongs to.
    pub lesson: Lesson,
    /// The kept run.
    pub past: Option<Box<RunFile>>,
}

impl Opening {
    /// Reads text that was found at `place`.
    pub fn from_text(place: &str, source: &str) -> Result<Self, ConfigError> {
        if is_run_file(&parse(place, source)?) {
            return Ok(Self::of(RunFile::from_text(place, source)?));
        }
        Ok(Self { lesson: Lesson::from_toml(place, source)?, past: None })
    }

    /// A kept run with the lesson it belongs to.
    pub fn of(file: RunFile) -> Self {
        let lesson = find(&file.lesson).unwrap_or_else(|_| around(&file));
        Self { lesson, past: Some(Box::new(file)) }
    }

    /// Whether nobody did anything to it: it is a lesson of the program, as it opens.
    pub fn is_plain(&self) -> bool {
        let lesson = &self.lesson;
        let same = |file: &RunFile| {
            let as_it_opens = file.take.config.to_table() == lesson.arena.to_table();
            lesson.chapter > 0 && file.words.is_empty() && !file.is_touched() && as_it_opens
        };
        self.past.as_deref().is_none_or(same)
    }

    /// Reads a file; the error is one sentence.
    pub fn read(path: &Path) -> Result<Self, String> {
        let place = path.display().to_string();
        let cannot = |e: &dyn std::fmt::Display| format!("{place}: cannot be read: {e}");
        let size = std::fs::metadata(path).map_err(|e| cannot(&e))?.len();
        if size > MOST_BYTES {
            return Err(format!("{place}: has {} MiB, no run file is so large", size >> 20));
        }
        let bytes = std::fs::read(path).map_err(|e| cannot(&e))?;
        let text = String::from_utf8(bytes)
            .map_err(|_| format!("{place}: is no text, so it is neither a run nor a lesson"))?;
        Self::from_text(&place, &text).map_err(|e| e.to_string())
    }
}

/// The arena of a run that was kept as a lesson: with its words, or without any if they cannot be
/// read. The life counts more than they do.
fn around(file: &RunFile) -> Lesson {
    let mut arena = file.take.config.as_ref().clone();
    arena.runs.retain(|run| run.fork.is_none());
    let with = |words| Lesson::from_words("words", words, arena.clone());
    with(file.words.clone()).unwrap_or_else(|_| Lesson::without_words(arena.clone()))
}

impl Lesson {
    /// A lesson without words around an arena.
    fn without_words(arena: ArenaConfig) -> Self {
        let none = String::new;
        Self {
            id: none(),
            chapter: 0,
            order: 0,
            summary: none(),
            question: none(),
            ask: none(),
            reveal: none(),
            notes: none(),
            run: arena.runs.len().saturating_sub(1),
            sandbox: false,
            drawer: false,
            bench: Default::default(),
            layout: Layout::default(),
            arena,
            words: Table::new(),
        }
    }
}
