//! GIF: the first picture whole, then what changed, with colours of its own where the first
//! picture's do not serve.

use std::borrow::Cow;
use std::fs::File;
use std::io::BufWriter;

use gif::{DisposalMethod, EncodingError, Repeat};

use super::palette::{Histogram, Palette, Rgb, distance};
use super::part::Part;
use super::{FilmError, Frame, Spec, Writer};

/// Colours of a picture; one more means "as before".
const COLORS: usize = 255;
/// Square of the distance up to which a pixel stays as it was while it changes: nobody sees it, and
/// what does not change costs nothing. Once it rests it must be right, or faded words would leave
/// ghosts behind.
const NEAR: u32 = 7 * 5 * 5;
const RIGHT: u32 = 7;
/// Square of the distance from which a colour is missing in the first picture's list.
const FAR: u32 = 7 * 10 * 10;

/// A film under way.
pub struct Gif {
    encoder: Option<gif::Encoder<BufWriter<File>>>,
    file: Option<File>,
    /// What the viewer sees.
    shown: Vec<Rgb>,
    /// The picture before, and for each pixel how far from it the viewer's may be.
    last: Vec<Rgb>,
    slack: Vec<u32>,
    size: (u16, u16),
    palette: Palette,
    fps: u64,
    frames: u64,
    part: Part,
}

/// A rectangle that holds every changed pixel.
struct Patch {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

impl Gif {
    /// Opens the file.
    pub fn new(spec: &Spec) -> Result<Self, FilmError> {
        let part = Part::of(&spec.out);
        Ok(Self {
            encoder: None,
            file: Some(part.create()?),
            shown: Vec::new(),
            last: Vec::new(),
            slack: Vec::new(),
            size: (spec.size.0 as u16, spec.size.1 as u16),
            palette: Palette::default(),
            fps: u64::from(spec.fps),
            frames: 0,
            part,
        })
    }

    /// The first picture chooses the colours.
    fn begin(&mut self, pixels: &[Rgb]) -> Result<(), FilmError> {
        let Some(file) = self.file.take() else {
            return Ok(());
        };
        self.palette = Palette::of(&histogram(pixels.iter()), COLORS);
        let table = table(&self.palette);
        let (width, height) = self.size;
        let out = BufWriter::new(file);
        let mut encoder = gif::Encoder::new(out, width, height, &table).map_err(explain)?;
        encoder.set_repeat(Repeat::Infinite).map_err(explain)?;
        self.encoder = Some(encoder);
        Ok(())
    }

    /// Hundredths of a second this picture stays; what rounding takes, the next one gives back.
    fn delay(&self) -> u16 {
        let end = |frames: u64| (200 * frames + self.fps) / (2 * self.fps);
        (end(self.frames + 1) - end(self.frames)) as u16
    }

    /// The colours of this patch: the first picture's, or its own.
    fn colors_for(&mut self, pixels: &[Rgb], patch: &Patch) -> Option<Palette> {
        let changed = rows(patch, self.size.0).flat_map(|row| row.map(|i| (i, pixels[i])));
        let (shown, slack) = (&self.shown, &self.slack);
        let wrong = changed.filter(|&(i, p)| distance(shown[i], p) > slack[i]);
        let changed: Vec<Rgb> = wrong.map(|(_, p)| p).collect();
        let histogram = histogram(changed.iter());
        let missing = histogram.keys().any(|&color| self.palette.nearest(color).1 > FAR);
        missing.then(|| Palette::of(&histogram, COLORS))
    }

    fn write(&mut self, pixels: &[Rgb], patch: &Patch) -> Result<(), FilmError> {
        let mut own = if self.frames > 0 { self.colors_for(pixels, patch) } else { None };
        let palette = own.as_mut().unwrap_or(&mut self.palette);
        let as_before = palette.colors().len() as u8;
        let mut buffer = Vec::with_capacity(patch.width * patch.height);
        let whole = self.shown.is_empty();
        if whole {
            self.shown = vec![[0; 3]; pixels.len()];
        }
        for i in rows(patch, self.size.0).flatten() {
            let (index, _) = palette.nearest(pixels[i]);
            let color = palette.colors()[usize::from(index)];
            let same = !whole
                && distance(self.shown[i], pixels[i])
                    <= self.slack[i].max(distance(color, pixels[i]));
            buffer.push(if same { as_before } else { index });
            if !same {
                self.shown[i] = color;
            }
        }
        let table = own.as_ref().map(table);
        let frame = gif::Frame {
            delay: self.delay(),
            dispose: DisposalMethod::Keep,
            transparent: (!whole).then_some(as_before),
            left: patch.left as u16,
            top: patch.top as u16,
            width: patch.width as u16,
            height: patch.height as u16,
            palette: table,
            buffer: Cow::Owned(buffer),
            ..gif::Frame::default()
        };
        let Some(encoder) = &mut self.encoder else {
            return Err(FilmError::Empty);
        };
        encoder.write_frame(&frame).map_err(explain)
    }
}

impl Writer for Gif {
    fn frame(&mut self, frame: &Frame) -> Result<(), FilmError> {
        let pixels: Vec<Rgb> = frame.rgba.chunks_exact(4).map(|p| [p[0], p[1], p[2]]).collect();
        self.begin(&pixels)?;
        let rests = |(i, p): (usize, &Rgb)| if self.last.get(i) == Some(p) { RIGHT } else { NEAR };
        self.slack = pixels.iter().enumerate().map(rests).collect();
        let patch = patch(&self.shown, &pixels, &self.slack, frame.width);
        self.write(&pixels, &patch)?;
        self.last = pixels;
        self.frames += 1;
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), FilmError> {
        let Some(encoder) = self.encoder else {
            return Err(FilmError::Empty);
        };
        let out = encoder.into_inner().map_err(explain)?;
        let file = out.into_inner().map_err(|e| FilmError::Disk(e.into_error()))?;
        file.sync_all().map_err(FilmError::Disk)?;
        self.part.keep()
    }
}

/// The colours and one more for "as before".
fn table(palette: &Palette) -> Vec<u8> {
    palette.colors().iter().chain(&[[0; 3]]).flatten().copied().collect()
}

fn histogram<'a>(pixels: impl Iterator<Item = &'a Rgb>) -> Histogram {
    let mut sorted: Vec<Rgb> = pixels.copied().collect();
    sorted.sort_unstable();
    sorted.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u32)).collect()
}

/// Where `now` is further from `before` than it may be; all of it at first, one pixel where
/// nothing is.
fn patch(before: &[Rgb], now: &[Rgb], slack: &[u32], width: usize) -> Patch {
    let height = now.len() / width;
    if before.is_empty() {
        return Patch { left: 0, top: 0, width, height };
    }
    let wrong = |i: &usize| distance(before[*i], now[*i]) > slack[*i];
    let (mut top, mut bottom, mut left, mut right) = (height, 0, width, 0);
    for y in 0..height {
        let mut row = y * width..(y + 1) * width;
        let Some(first) = row.find(wrong) else {
            continue;
        };
        let last = row.rev().find(wrong).unwrap_or(first);
        (top, bottom) = (top.min(y), y);
        (left, right) = (left.min(first % width), right.max(last % width));
    }
    match top > bottom {
        true => Patch { left: 0, top: 0, width: 1, height: 1 },
        false => Patch { left, top, width: right + 1 - left, height: bottom + 1 - top },
    }
}

/// Indices of the patch's pixels, row by row.
fn rows(patch: &Patch, width: u16) -> impl Iterator<Item = std::ops::Range<usize>> + use<> {
    let (left, across, width) = (patch.left, patch.width, usize::from(width));
    (patch.top..patch.top + patch.height).map(move |y| {
        let from = y * width + left;
        from..from + across
    })
}

fn explain(error: EncodingError) -> FilmError {
    match error {
        EncodingError::Io(error) => FilmError::Disk(error),
        other => FilmError::Encoder(format!("the GIF could not be written: {other}")),
    }
}
