//! H.264 in MP4, written in one pass with the index at the front.
//!
//! The number of pictures is known before the first one, so room for the index is left at the
//! front and filled at the end: nothing is held in memory but four bytes a picture, nothing is
//! copied, and a player can start before the file has come in whole.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};

use mp4_atom::{
    Avc1, Avcc, Co64, Codec, Colr, Dinf, Dref, DrefEntry, Encode, FixedPoint, FourCC, Ftyp, Hdlr,
    Mdhd, Mdia, Minf, Moov, Mvhd, Stbl, Stco, Stsc, StscEntry, Stsd, Stss, Stsz, StszSamples, Stts,
    SttsEntry, Tkhd, Trak, Url, Visual, Vmhd,
};

use super::FilmError;

/// Parts of a picture's time that the file can tell apart.
const PARTS: u32 = 1_000;
/// Kinds of units: a picture that needs no other, and what all pictures share.
const IDR: u8 = 5;
const SPS: u8 = 7;
const PPS: u8 = 8;
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
    sps: Vec<u8>,
    pps: Vec<u8>,
    /// The picture under way, and whether it needs no other.
    picture: Vec<u8>,
    key: bool,
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
            sps: Vec::new(),
            pps: Vec::new(),
            picture: Vec::new(),
            key: false,
        })
    }

    /// Adds a unit of the picture under way, as the encoder gave it: behind a start code.
    pub fn unit(&mut self, unit: &[u8]) {
        let unit = without_start_code(unit);
        match unit.first().map(|byte| byte & 31) {
            None => {}
            Some(SPS) => self.sps = unit.to_vec(),
            Some(PPS) => self.pps = unit.to_vec(),
            Some(kind) => {
                self.key |= kind == IDR;
                self.picture.extend_from_slice(&(unit.len() as u32).to_be_bytes());
                self.picture.extend_from_slice(unit);
            }
        }
    }

    /// Ends the picture under way.
    pub fn end_picture(&mut self) -> Result<(), FilmError> {
        self.file.write_all(&self.picture).map_err(FilmError::Disk)?;
        self.sizes.push(self.picture.len() as u32);
        self.end += self.picture.len() as u64;
        if std::mem::take(&mut self.key) {
            self.keys.push(self.sizes.len() as u32);
        }
        self.picture.clear();
        Ok(())
    }

    /// Writes the index into its room.
    pub fn finish(mut self) -> Result<(), FilmError> {
        if self.sizes.is_empty() {
            return Err(FilmError::Empty);
        }
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
        let (width, height) = (self.width, self.height);
        let visual = Visual { data_reference_index: 1, width, height, ..Visual::default() };
        let bt709 = Colr::Nclx {
            colour_primaries: 1,
            transfer_characteristics: 1,
            matrix_coefficients: 1,
            full_range_flag: false,
        };
        let avcc = Avcc::new(&self.sps, &self.pps).map_err(index_error)?;
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
