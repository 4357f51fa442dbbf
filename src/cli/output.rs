//! Files that are either whole or not there: written beside their place, then renamed.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::{CliError, Result};

/// Where a table goes.
pub enum Output {
    /// Standard output.
    Stdout(BufWriter<std::io::Stdout>),
    /// A file, under a temporary name until [`Output::finish`].
    File {
        /// The temporary file.
        file: BufWriter<File>,
        /// Its name.
        temporary: PathBuf,
        /// The name it gets.
        target: PathBuf,
    },
}

impl Output {
    /// Opens stdout, or a new file at `path` that must end in `.csv` or `.parquet`.
    pub fn open(path: Option<&Path>, force: bool) -> Result<Self> {
        let Some(path) = path else {
            return Ok(Self::Stdout(BufWriter::new(std::io::stdout())));
        };
        let shown = path.display();
        let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        if !["csv", "parquet"].contains(&extension.as_str()) {
            let what = format!("--out {shown}: the name must end in .csv or .parquet");
            return Err(CliError::Usage(what));
        }
        if path.exists() && !force {
            let what = format!("--out {shown}: the file exists; give --force to overwrite it");
            return Err(CliError::Usage(what));
        }
        let temporary = path.with_extension(format!("{extension}.{}.part", std::process::id()));
        let file = File::create(&temporary)
            .map_err(|e| CliError::Failed(format!("--out {shown}: cannot be written: {e}")))?;
        Ok(Self::File { file: BufWriter::new(file), temporary, target: path.to_owned() })
    }

    /// Puts the file into its place.
    pub fn finish(mut self) -> Result<()> {
        let done = self.flush();
        let done = match &self {
            Self::Stdout(_) => done,
            Self::File { temporary, target, .. } => {
                done.and_then(|()| std::fs::rename(temporary, target))
            }
        };
        done.map_err(|e| CliError::unwritten(&self.name(), &e))
    }

    /// Its name in messages.
    pub fn name(&self) -> String {
        match self {
            Self::Stdout(_) => "stdout".to_owned(),
            Self::File { target, .. } => target.display().to_string(),
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self {
            Self::Stdout(out) => out.write(bytes),
            Self::File { file, .. } => file.write(bytes),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self {
            Self::Stdout(out) => out.flush(),
            Self::File { file, .. } => file.flush(),
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        if let Self::File { temporary, .. } = self {
            // Gone already if it was renamed.
            let _ = std::fs::remove_file(temporary);
        }
    }
}
