//! Files that are either whole or not there: written beside their place, then renamed.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::FilmError;

/// A file under a temporary name; dropped without [`Part::keep`] it leaves nothing behind.
#[derive(Debug)]
pub struct Part {
    temporary: PathBuf,
    target: PathBuf,
}

impl Part {
    /// Chooses the temporary name of `target`.
    pub fn of(target: &Path) -> Self {
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        Self { temporary: target.with_file_name(name), target: target.to_owned() }
    }

    /// The temporary name.
    pub fn path(&self) -> &Path {
        &self.temporary
    }

    /// Opens the temporary file for writing and, where an index is read back, for reading.
    pub fn create(&self) -> Result<File, FilmError> {
        let mut options = File::options();
        let options = options.read(true).write(true).create(true).truncate(true);
        options.open(&self.temporary).map_err(|e| FilmError::cannot_write(&self.target, &e))
    }

    /// Opens a folder under the temporary name instead.
    pub fn create_folder(&self) -> Result<(), FilmError> {
        std::fs::create_dir(&self.temporary).map_err(|e| FilmError::cannot_write(&self.target, &e))
    }

    /// Puts it into its place.
    pub fn keep(self) -> Result<(), FilmError> {
        std::fs::rename(&self.temporary, &self.target)
            .map_err(|e| FilmError::cannot_write(&self.target, &e))
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        // Gone already if it was kept.
        if self.temporary.is_dir() {
            let _ = std::fs::remove_dir_all(&self.temporary);
        } else {
            let _ = std::fs::remove_file(&self.temporary);
        }
    }
}
