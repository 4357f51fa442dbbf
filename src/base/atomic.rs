//! Files that are either whole or not there, whatever happens while they are written: under a
//! temporary name, down to the disk, then renamed.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// What may happen to a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// It is replaced, at once and as a whole.
    Replace,
    /// It stays, and nothing is written.
    Keep,
}

/// Writes `bytes` to `path`, and its folder if need be. A crash at any moment leaves either what
/// was there before or all of the new file.
pub fn write(path: &Path, bytes: &[u8], existing: Existing) -> io::Result<()> {
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let temporary = temporary(path);
    let done = fill(&temporary, bytes).and_then(|()| put(&temporary, path, existing));
    if done.is_err() {
        // It may not even have been begun.
        let _ = fs::remove_file(&temporary);
    }
    done?;
    // The name itself must reach the disk, too; where folders cannot be opened there is no way.
    File::open(folder).map_or(Ok(()), |folder| folder.sync_all().or(Ok(())))
}

/// No two writers, in this program or another, share a name.
fn temporary(path: &Path) -> PathBuf {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}-{number}.part", std::process::id()));
    path.with_file_name(name)
}

fn fill(temporary: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(temporary)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn put(temporary: &Path, path: &Path, existing: Existing) -> io::Result<()> {
    match existing {
        Existing::Replace => fs::rename(temporary, path),
        // A link never replaces anything, even if the file came into being a moment ago.
        Existing::Keep => match fs::hard_link(temporary, path) {
            Ok(()) => fs::remove_file(temporary),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            Err(_) if path.exists() => Err(io::ErrorKind::AlreadyExists.into()),
            // File systems without links.
            Err(_) => fs::rename(temporary, path),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_stays_unless_it_may_be_replaced() {
        let folder = std::env::temp_dir().join(format!("atomic-{}", std::process::id()));
        let path = folder.join("deep").join("file.txt");
        write(&path, b"one", Existing::Keep).unwrap();
        let refused = write(&path, b"two", Existing::Keep).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        write(&path, b"three", Existing::Replace).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"three");
        let left = fs::read_dir(path.parent().unwrap()).unwrap().count();
        assert_eq!(left, 1, "no temporary file stays behind");
        fs::remove_dir_all(&folder).unwrap();
    }
}
