//! PNG: every picture in a file of its own, or the last one alone.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use super::part::Part;
use super::{FilmError, Frame, Spec, Writer};

/// Writes one picture to an open file.
pub(super) fn write(file: File, frame: &Frame) -> Result<(), FilmError> {
    let (width, height) = (frame.width as u32, frame.height as u32);
    let mut encoder = png::Encoder::new(BufWriter::new(file), width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::Fast);
    let pixels = frame.rgba.chunks_exact(4);
    let rgb: Vec<u8> = pixels.flat_map(|p| [p[0], p[1], p[2]]).collect();
    let mut writer = encoder.write_header().map_err(explain)?;
    writer.write_image_data(&rgb).map_err(explain)?;
    writer.finish().map_err(explain)
}

/// The last picture alone.
pub struct Picture {
    part: Part,
    last: Option<Frame>,
}

impl Picture {
    /// Chooses the place; nothing is written before the end.
    pub fn new(spec: &Spec) -> Result<Self, FilmError> {
        Ok(Self { part: Part::of(&spec.out), last: None })
    }
}

impl Writer for Picture {
    fn frame(&mut self, frame: &Frame) -> Result<(), FilmError> {
        self.last = Some(frame.clone());
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), FilmError> {
        let frame = self.last.as_ref().ok_or(FilmError::Empty)?;
        write(self.part.create()?, frame)?;
        self.part.keep()
    }
}

/// A folder of numbered pictures.
pub struct Pictures {
    part: Part,
    target: PathBuf,
    count: u64,
}

impl Pictures {
    /// Makes the folder under its temporary name.
    pub fn new(spec: &Spec) -> Result<Self, FilmError> {
        let part = Part::of(&spec.out);
        part.create_folder()?;
        Ok(Self { part, target: spec.out.clone(), count: 0 })
    }
}

fn name(number: u64) -> String {
    format!("frame-{number:05}.png")
}

impl Writer for Pictures {
    fn frame(&mut self, frame: &Frame) -> Result<(), FilmError> {
        self.count += 1;
        let path = self.part.path().join(name(self.count));
        let file = File::create(&path).map_err(FilmError::Disk)?;
        write(file, frame)
    }

    fn finish(self: Box<Self>) -> Result<(), FilmError> {
        if self.count == 0 {
            return Err(FilmError::Empty);
        }
        if !self.target.is_dir() {
            return self.part.keep();
        }
        self.replace().map_err(|e| FilmError::cannot_write(&self.target, &e))
    }
}

impl Pictures {
    /// Into a folder that was there: its old pictures go, whatever else lies in it stays.
    fn replace(&self) -> std::io::Result<()> {
        for entry in std::fs::read_dir(&self.target)? {
            let path = entry?.path();
            if is_ours(&path) {
                std::fs::remove_file(path)?;
            }
        }
        for number in 1..=self.count {
            let name = name(number);
            std::fs::rename(self.part.path().join(&name), self.target.join(&name))?;
        }
        Ok(())
    }
}

/// A numbered picture of an earlier film.
fn is_ours(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let number = name.strip_prefix("frame-").and_then(|n| n.strip_suffix(".png"));
    number.is_some_and(|n| n.len() >= 5 && n.bytes().all(|b| b.is_ascii_digit()))
}

fn explain(error: png::EncodingError) -> FilmError {
    match error {
        png::EncodingError::IoError(error) => FilmError::Disk(error),
        other => FilmError::Encoder(format!("a picture could not be written: {other}")),
    }
}
