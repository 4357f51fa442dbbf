//! Pictures in, a film out: MP4, GIF, one picture or a folder of them. Knows nothing of windows.
//!
//! A [`Reel`] encodes on a thread of its own. Whatever happens, there is a whole file in the end or
//! none: everything is written under a temporary name ([`part`]) and renamed when it is done.

mod ffmpeg;
mod frame;
mod gif;
mod mp4;
mod palette;
mod part;
mod pictures;
mod reel;
mod video;

use std::path::{Path, PathBuf};

pub use frame::{Frame, Planes};
pub use reel::{Done, Reel};

/// Least width and height of a film.
pub const SMALLEST: (u32, u32) = (320, 180);
/// Greatest longer and shorter side: what the encoder can do.
pub const LARGEST: (u32, u32) = (3840, 2160);
/// Most pictures a second.
pub const FASTEST: u32 = 120;
/// Most pictures a second of a GIF: browsers slow down what is faster.
pub const FASTEST_GIF: u32 = 50;

/// What comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A film that plays everywhere.
    Mp4,
    /// A film for pages that show pictures only.
    Gif,
    /// The last picture alone.
    Picture,
    /// Every picture in a file of its own.
    Pictures,
}

impl Kind {
    /// Reads it off the name: `.mp4`, `.gif`, `.png`, or a folder where there is no dot.
    pub fn of(out: &Path) -> Result<Self, FilmError> {
        let folder = out.is_dir() || out.as_os_str().to_string_lossy().ends_with('/');
        let name = out.extension().map(|e| e.to_string_lossy().to_lowercase());
        match name.as_deref() {
            _ if folder => Ok(Self::Pictures),
            None => Ok(Self::Pictures),
            Some("mp4") => Ok(Self::Mp4),
            Some("gif") => Ok(Self::Gif),
            Some("png") => Ok(Self::Picture),
            Some(_) => Err(FilmError::Name(out.to_owned())),
        }
    }
}

/// Who compresses an MP4.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Codec {
    /// The encoder inside the program.
    #[default]
    Embedded,
    /// ffmpeg, if it is installed.
    Ffmpeg,
}

/// How much of the picture survives compression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quality {
    /// Small files; thin lines soften.
    Small,
    /// Text and thin lines stay crisp.
    #[default]
    Good,
    /// No difference to be seen.
    Best,
}

/// A film to be made.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Where it goes.
    pub out: PathBuf,
    /// What it is.
    pub kind: Kind,
    /// Pixels across and down; see [`even`].
    pub size: (u32, u32),
    /// Pictures a second.
    pub fps: u32,
    /// Most pictures that will come.
    pub frames: u64,
    /// Who compresses it.
    pub codec: Codec,
    /// How well.
    pub quality: Quality,
    /// Whether an existing file may be replaced.
    pub force: bool,
}

impl Spec {
    /// Refuses, in one sentence, what cannot become a film.
    pub fn check(&self) -> Result<(), FilmError> {
        let (width, height) = self.size;
        let (long, short) = (width.max(height), width.min(height));
        let small = width < SMALLEST.0.min(SMALLEST.1) || height < SMALLEST.1 || long < SMALLEST.0;
        if small || long > LARGEST.0 || short > LARGEST.1 {
            return Err(FilmError::Size(width, height));
        }
        let fastest = if self.kind == Kind::Gif { FASTEST_GIF } else { FASTEST };
        if !(1..=fastest).contains(&self.fps) {
            return Err(FilmError::Rate(self.fps, fastest));
        }
        if self.codec == Codec::Ffmpeg && self.kind != Kind::Mp4 {
            return Err(FilmError::FfmpegOnly);
        }
        self.check_place()
    }

    fn check_place(&self) -> Result<(), FilmError> {
        let out = &self.out;
        let taken = match self.kind {
            Kind::Pictures => out.read_dir().is_ok_and(|mut d| d.next().is_some()) || out.is_file(),
            _ => out.exists(),
        };
        if taken && !self.force {
            return Err(FilmError::Exists(out.clone()));
        }
        if out.file_name().is_none() {
            return Err(FilmError::Name(out.clone()));
        }
        let parent = match out.parent() {
            Some(p) if !p.as_os_str().is_empty() => p,
            _ => Path::new("."),
        };
        let folder = std::fs::metadata(parent).map_err(|e| FilmError::cannot_write(out, &e))?;
        match folder.is_dir() && !(self.kind == Kind::Pictures && out.is_file()) {
            true => Ok(()),
            false => Err(FilmError::NoFolder(out.clone())),
        }
    }
}

/// The even number at or above `side`: video halves colour in both directions.
pub fn even(side: u32) -> u32 {
    side.saturating_add(side % 2)
}

/// Why there is no film.
#[derive(Debug, thiserror::Error)]
pub enum FilmError {
    /// Nobody knows what this file should be.
    #[error(
        "--out {}: the name must end in .mp4, .gif or .png, or be a folder (a name without a dot)",
        .0.display()
    )]
    Name(PathBuf),
    /// There is a file already.
    #[error("--out {}: it exists; give --force to overwrite it", .0.display())]
    Exists(PathBuf),
    /// Its folder is none.
    #[error("--out {}: cannot be written: its place is not a folder", .0.display())]
    NoFolder(PathBuf),
    /// Too small or too large.
    #[error(
        "--size {0}x{1}: {least} to {most} are allowed",
        least = format_args!("{}x{}", SMALLEST.0, SMALLEST.1),
        most = format_args!("{}x{}", LARGEST.0, LARGEST.1)
    )]
    Size(u32, u32),
    /// Too slow or too fast.
    #[error("--fps {0}: 1 to {1} pictures a second are allowed here")]
    Rate(u32, u32),
    /// ffmpeg makes MP4 alone.
    #[error("--encoder ffmpeg: is for .mp4 alone")]
    FfmpegOnly,
    /// ffmpeg is not installed.
    #[error(
        "--encoder ffmpeg: no program ffmpeg on the PATH; on Debian and Ubuntu the package \
         ffmpeg provides it"
    )]
    NoFfmpeg,
    /// The place cannot be written.
    #[error("--out {}: cannot be written: {why}", .0.display(), why = .1)]
    CannotWrite(PathBuf, String),
    /// The disk is full, or the like.
    #[error("the film could not be written: {0}")]
    Disk(#[source] std::io::Error),
    /// The encoder failed.
    #[error("{0}")]
    Encoder(String),
    /// Not a single picture came.
    #[error("the film has no picture")]
    Empty,
}

impl FilmError {
    /// The place cannot be written.
    pub(crate) fn cannot_write(path: &Path, error: &std::io::Error) -> Self {
        Self::CannotWrite(path.to_owned(), error.to_string())
    }

    /// Whether the person asked for something that cannot be, rather than the world being in
    /// the way.
    pub fn is_usage(&self) -> bool {
        use FilmError::{Exists, FfmpegOnly, Name, Rate, Size};
        matches!(self, Name(_) | Exists(_) | Size(..) | Rate(..) | FfmpegOnly)
    }
}

/// Something that takes pictures and becomes a file. Dropped before [`Writer::finish`] it leaves
/// nothing behind.
trait Writer: Send {
    /// The next picture.
    fn frame(&mut self, frame: &Frame) -> Result<(), FilmError>;
    /// Puts the file into its place.
    fn finish(self: Box<Self>) -> Result<(), FilmError>;
}

fn writer(spec: &Spec) -> Result<Box<dyn Writer>, FilmError> {
    Ok(match (spec.kind, spec.codec) {
        (Kind::Mp4, Codec::Embedded) => Box::new(video::Video::new(spec)?),
        (Kind::Mp4, Codec::Ffmpeg) => Box::new(ffmpeg::Ffmpeg::new(spec)?),
        (Kind::Gif, _) => Box::new(gif::Gif::new(spec)?),
        (Kind::Picture, _) => Box::new(pictures::Picture::new(spec)?),
        (Kind::Pictures, _) => Box::new(pictures::Pictures::new(spec)?),
    })
}
