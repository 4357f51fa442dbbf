//! H.264 in MP4, written in one pass with the index at the front.
//!
//! The number of pictures is known before the first one, so room for the index is left at the
//! front and filled at the end: nothing is held in memory but four bytes a picture, nothing is
//! copied, and a player can start before the file has come in whole.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};

use mp4_atom::{
    Avc1, Avcc, Co64, Codec, Colr, Dinf, Dref, DrefEntry, Encode, FixedPoint, FourCC, Ftyp, Hdlr, Mdhd, Mdia,
    Minf, Moov, Mvhd, Stbl, Stco, Stsc, StscEntry, Stsd, Stss, Stsz, StszSamples, Stts, SttsEntry,
    Tkhd, Trak, Url, Visual, Vmhd,
};

use super::FilmError;

/// Parts of a picture's time that the file can tell apart.
const PARTS: u32 = 1_000;
/// Bytes of an index without the tables that grow.
const INDEX: usize = 2_048;

/// An MP4 file in the making.
pub struct Mp4 {
    file: BufWriter<File>,
    width: u16,
    height: u16,
    fps: u32,
    /// Where the room for the index begins, and how long it is.
    room: (u64, u64),
    /// Where the pictures begin: the header of their box.
    data: u64,
    end: u64,
    sizes: Vec<u32>,
    /// Pictures that need no other, from 1.
    keys: Vec<u32>,
    parameters: Option<(Vec<u8>, Vec<u8>)>,
    scratch: Vec<u8>,
}

impl Mp4 {
    /// Begins a file with room for `frames` pictures.
    pub fn new(file: File, size: (usize, usize), fps: u32, frames: u64) -> Result<Self, FilmError> {
        let mut file = BufWriter::with_capacity(1 << 18, file);
        let mut head = Vec::new();
        let brands: [&[u8; 4]; 3] = [b"isom", b"iso2", b"mp41"];
        let ftyp = Ftyp {
            major_brand: FourCC::new(b"isom"),
            minor_version: 512,
            compatible_brands: brands.map(FourCC::new).to_vec(),
        };
        ftyp.encode(&mut head).map_err(index_error)?;
        let chunks = frames / u64::from(fps.max(1)) + 2;
        let room = (head.len() as u64, INDEX as u64 + 8 * frames + 8 * chunks);
        let data = room.0 + room.1;
        file.write_all(&head).map_err(FilmError::Disk)?;
        file.write_all(&free(room.1)).map_err(FilmError::Disk)?;
        file.write_all(&data_header(0)).map_err(FilmError::Disk)?;
        Ok(Self {
            file,
            width: size.0 as u16,
            height: size.1 as u16,
            fps,
            room,
            data,
            end: data + 16,
            sizes: Vec::new(),
            keys: Vec::new(),
            parameters: None,
            scratch: Vec::new(),
        })
    }

    /// Pictures so far.
    pub fn frames(&self) -> u64 {
        self.sizes.len() as u64
    }

    /// Adds a picture: its units as the encoder gave them, each behind a start code.
    pub fn push<'a>(&mut self, units: impl Iterator<Item = &'a [u8]>) -> Result<(), FilmError> {
        self.scratch.clear();
        let (mut key, mut sps, mut pps) = (false, None, None);
        for unit in units.map(without_start_code).filter(|u| !u.is_empty()) {
            match unit[0] & 31 {
                7 => sps = Some(unit.to_vec()),
                8 => pps = Some(unit.to_vec()),
                kind => {
                    key |= kind == 5;
                    self.scratch.extend_from_slice(&(unit.len() as u32).to_be_bytes());
                    self.scratch.extend_from_slice(unit);
                }
            }
        }
        if let (None, Some(sps), Some(pps)) = (&self.parameters, sps, pps) {
            self.parameters = Some((sps, pps));
        }
        self.file.write_all(&self.scratch).map_err(FilmError::Disk)?;
        self.sizes.push(self.scratch.len() as u32);
        self.end += self.scratch.len() as u64;
        if key {
            self.keys.push(self.sizes.len() as u32);
        }
        Ok(())
    }

    /// Writes the index into its room.
    pub fn finish(mut self) -> Result<(), FilmError> {
        let mut index = Vec::new();
        self.index()?.encode(&mut index).map_err(index_error)?;
        let rest = self.room.1 - index.len() as u64;
        index.extend_from_slice(&free(rest)[..8]);
        let mut put = |at: u64, bytes: &[u8]| {
            self.file.seek(SeekFrom::Start(at))?;
            self.file.write_all(bytes)
        };
        put(self.room.0, &index).map_err(FilmError::Disk)?;
        put(self.data, &data_header(self.end - self.data)).map_err(FilmError::Disk)?;
        let file = self.file.into_inner().map_err(|e| FilmError::Disk(e.into_error()))?;
        file.sync_all().map_err(FilmError::Disk)
    }

    fn index(&self) -> Result<Moov, FilmError> {
        let (timescale, frames) = (self.fps * PARTS, self.sizes.len() as u64);
        let duration = frames * u64::from(PARTS);
        let mvhd = Mvhd { timescale, duration, next_track_id: 2, ..Mvhd::default() };
        let tkhd = Tkhd {
            track_id: 1,
            duration,
            enabled: true,
            in_movie: true,
            width: FixedPoint::new(self.width, 0),
            height: FixedPoint::new(self.height, 0),
            ..Tkhd::default()
        };
        let mdhd = Mdhd { timescale, duration, language: "und".to_owned(), ..Mdhd::default() };
        let hdlr = Hdlr { handler: FourCC::new(b"vide"), name: "film".to_owned() };
        let dref = Dref { entries: vec![DrefEntry::Url(Url::default())] };
        let dinf = Dinf { dref };
        let stbl = self.tables()?;
        let minf = Minf { vmhd: Some(Vmhd::default()), dinf, stbl, ..Minf::default() };
        let trak = Trak { tkhd, mdia: Mdia { mdhd, hdlr, minf }, ..Trak::default() };
        Ok(Moov { mvhd, trak: vec![trak], ..Moov::default() })
    }

    fn tables(&self) -> Result<Stbl, FilmError> {
        let (sps, pps) = self.parameters.as_ref().ok_or(FilmError::Empty)?;
        let (width, height) = (self.width, self.height);
        let visual = Visual { data_reference_index: 1, width, height, ..Visual::default() };
        let bt709 = Colr::Nclx {
            colour_primaries: 1,
            transfer_characteristics: 1,
            matrix_coefficients: 1,
            full_range_flag: false,
        };
        let avcc = Avcc::new(sps, pps).map_err(index_error)?;
        let avc1 = Avc1 { visual, avcc, colr: Some(bt709), ..Avc1::default() };
        let frames = self.sizes.len() as u32;
        let stts = SttsEntry { sample_count: frames, sample_delta: PARTS };
        // A second of pictures a chunk, as players like to read.
        let (full, rest) = (frames / self.fps, frames % self.fps);
        let chunk = |first_chunk, samples_per_chunk| StscEntry {
            first_chunk,
            samples_per_chunk,
            sample_description_index: 1,
        };
        let full = (full > 0).then(|| chunk(1, self.fps)).into_iter();
        let last = (rest > 0).then(|| chunk(frames / self.fps + 1, rest));
        let mut at = self.data + 16;
        let offsets = self.sizes.chunks(self.fps as usize).map(|sizes| {
            let size: u64 = sizes.iter().map(|&s| u64::from(s)).sum();
            at += size;
            at - size
        });
        let offsets: Vec<u64> = offsets.collect();
        let small: Option<Vec<u32>> = offsets.iter().map(|&o| u32::try_from(o).ok()).collect();
        let large = small.is_none().then_some(Co64 { entries: offsets });
        Ok(Stbl {
            stsd: Stsd { codecs: vec![Codec::Avc1(avc1)] },
            stts: Stts { entries: vec![stts] },
            stss: Some(Stss { entries: self.keys.clone() }),
            stsc: Stsc { entries: full.chain(last).collect() },
            stsz: Stsz { samples: StszSamples::Different { sizes: self.sizes.clone() } },
            stco: small.map(|entries| Stco { entries }),
            co64: large,
            ..Stbl::default()
        })
    }
}

/// A box of `size` bytes that says nothing.
fn free(size: u64) -> Vec<u8> {
    let mut bytes = vec![0; size as usize];
    bytes[..4].copy_from_slice(&(size as u32).to_be_bytes());
    bytes[4..8].copy_from_slice(b"free");
    bytes
}

/// The header of the pictures' box, in the form that may grow beyond four gigabytes.
fn data_header(size: u64) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[3] = 1;
    bytes[4..8].copy_from_slice(b"mdat");
    bytes[8..].copy_from_slice(&size.to_be_bytes());
    bytes
}

fn without_start_code(unit: &[u8]) -> &[u8] {
    match unit {
        [0, 0, 0, 1, rest @ ..] | [0, 0, 1, rest @ ..] => rest,
        plain => plain,
    }
}

fn index_error(error: mp4_atom::Error) -> FilmError {
    FilmError::Encoder(format!("the index of the film could not be written: {error}"))
}
