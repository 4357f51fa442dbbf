//! The session: the present arena is kept twice a minute, so that a crash loses little, and the
//! next start can go on from there.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use super::keeper::oldest;
use super::settings::Home;
use crate::experiment::clock::Position;
use crate::experiment::run_file::RunFile;
use crate::experiment::snapshot::Snapshot;
use crate::lessons::opening::Opening;

/// Seconds between two looks whether there is something to keep.
pub const EVERY: f64 = 30.0;
/// Seconds that the offer to restore stays.
pub const OFFERED: f64 = 30.0;
/// The present session, and the one before.
const NOW: &str = "session.run.toml";
const LAST: &str = "last.run.toml";
/// Locked by the window whose folder it is.
const LOCK: &str = "lock";
/// How many arenas that were left are kept.
const LEFT: usize = 5;

/// What tells that something has changed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    generation: u64,
    position: Position,
    furthest: Position,
    /// How many events there are would not tell: a second drag takes the place of the first.
    past: u64,
}

impl Mark {
    fn of(s: &Snapshot) -> Self {
        let (generation, position, furthest) = (s.generation, s.position, s.furthest);
        Self { generation, position, furthest, past: s.past }
    }
}

/// What is kept, and what can be restored.
#[derive(Default)]
pub struct Session {
    folder: Option<PathBuf>,
    /// Held as long as the window lives; the system lets go of it even after a crash.
    _lock: Option<File>,
    kept: Option<Mark>,
    next: f64,
    /// The last session.
    pub offer: Option<Box<RunFile>>,
}

impl Session {
    /// Looks what the last session has left; a sentence if that cannot be read.
    pub fn begin(home: Option<&Home>) -> (Self, Option<String>) {
        let Some(home) = home else {
            return (Self::default(), None);
        };
        let (folder, lock) = claim(&home.state);
        let last = folder.join(LAST);
        let now = folder.join(NOW);
        if now.exists() && !is_plain(&last) {
            // Nobody may have restored it, so that it is in no other file. Fails if there is none.
            let _ = oldest(&left(&folder)).map(|place| std::fs::rename(&last, place));
        }
        // The rename fails where there was no session: then the one before it is still the last.
        let _ = std::fs::rename(now, &last);
        let (offer, said) = match read(&last) {
            Ok(offer) => (offer, None),
            Err(why) => (None, Some(format!("The last session is left alone: {why}"))),
        };
        (Self { folder: Some(folder), _lock: lock, kept: None, next: EVERY, offer }, said)
    }

    /// Where to keep the arena now, if it is time and something has changed.
    pub fn due(&mut self, now: f64, s: &Snapshot) -> Option<(PathBuf, Mark)> {
        if now < self.next {
            return None;
        }
        self.next = now + EVERY;
        self.present(s).filter(|(_, mark)| self.kept != Some(*mark))
    }

    /// Where to keep the arena, changed or not, and what it will be known by.
    pub fn present(&self, s: &Snapshot) -> Option<(PathBuf, Mark)> {
        Some((self.folder.as_ref()?.join(NOW), Mark::of(s)))
    }

    /// What is known by this mark was written.
    pub fn was_kept(&mut self, mark: Mark) {
        self.kept = Some(mark);
    }

    /// Seconds until the next look, if anything waits for it.
    pub fn waits(&self, now: f64, s: &Snapshot) -> Option<f64> {
        let waits = self.folder.is_some() && self.kept != Some(Mark::of(s));
        waits.then(|| (self.next - now).max(0.0))
    }

    /// Where arenas that are left for others are kept.
    pub fn left(&self) -> Option<Vec<PathBuf>> {
        self.folder.as_deref().map(left)
    }
}

/// A folder of this window alone: the first one, or, beside other windows, the first that is free.
fn claim(state: &Path) -> (PathBuf, Option<File>) {
    let mut beside = (2..).map(|number: u32| state.join(format!("window-{number}")));
    let mut folder = state.to_owned();
    loop {
        match lock(&folder) {
            Err(TryLockError::WouldBlock) => folder = beside.next().unwrap_or_default(),
            Ok(lock) => return (folder, Some(lock)),
            // Where nothing can be locked, or written, a window cannot know of others.
            Err(TryLockError::Error(_)) => return (folder, None),
        }
    }
}

fn lock(folder: &Path) -> Result<File, TryLockError> {
    let open = || {
        std::fs::create_dir_all(folder)?;
        File::options().create(true).truncate(false).write(true).open(folder.join(LOCK))
    };
    let file = open().map_err(TryLockError::Error)?;
    file.try_lock().map(|()| file)
}

fn left(folder: &Path) -> Vec<PathBuf> {
    (1..=LEFT).map(|number| folder.join(format!("left-{number}.run.toml"))).collect()
}

/// Whether there is a life that anybody gets who opens the lesson: not worth a place.
fn is_plain(path: &Path) -> bool {
    Opening::read(path).is_ok_and(|opening| opening.is_plain())
}

/// The last session, if there was one. What cannot be read goes out of the way of the next.
fn read(path: &Path) -> Result<Option<Box<RunFile>>, String> {
    if !path.exists() {
        return Ok(None);
    }
    let opened = Opening::read(path).and_then(|opening| {
        opening.past.ok_or_else(|| format!("{}: is no run file", path.display()))
    });
    if opened.is_err() {
        let free = |number: &u32| !path.with_file_name(format!("unread-{number}.toml")).exists();
        let number = (1..100).find(free).unwrap_or(100);
        // It stays where it is if it cannot be moved.
        let _ = std::fs::rename(path, path.with_file_name(format!("unread-{number}.toml")));
    }
    opened.map(Some)
}
