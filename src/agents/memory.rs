//! Replay memory of learners with networks: rows of numbers, the oldest forgotten first.
//!
//! Full chunks never change and are shared by all copies, so that a copy of the agent costs only
//! the rows since the last full chunk.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::base::digest::Digest;
use crate::base::rng::Stream;

/// Rows in a chunk.
const CHUNK: usize = 512;

/// Rows that will never change again.
#[derive(Debug)]
struct Chunk {
    /// `[CHUNK * F]`.
    rows: Box<[f32]>,
    /// Fingerprint of the rows, so that none of them need be read again for it.
    digest: u64,
}

/// The newest rows of width `F`.
#[derive(Clone, Debug)]
pub struct Memory {
    width: usize,
    chunks: VecDeque<Arc<Chunk>>,
    /// `[.. CHUNK * F]`: rows since the last full chunk.
    tail: Vec<f32>,
    /// Rows of the oldest chunk that are forgotten already.
    forgotten: usize,
    /// Number of the oldest row kept, from 0 at the start of the run.
    first: u64,
}

impl Memory {
    /// Remembers nothing yet; `width` is the length of a row.
    pub fn new(width: usize) -> Self {
        Self { width, chunks: VecDeque::new(), tail: Vec::new(), forgotten: 0, first: 0 }
    }

    /// Bytes of `rows` rows of so many numbers.
    pub fn bytes_of(rows: u32, width: usize) -> u128 {
        u128::from(rows) * (width * size_of::<f32>()) as u128
    }

    /// Rows kept.
    pub fn len(&self) -> usize {
        self.chunks.len() * CHUNK + self.tail.len() / self.width - self.forgotten
    }

    /// Whether it remembers nothing.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of the oldest row kept, from 0 at the start of the run.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// Adds a row, `[F]`, and forgets the oldest ones until at most `most` are left (at least 1).
    pub fn push(&mut self, row: &[f32], most: usize) {
        assert_eq!(row.len(), self.width, "a row has one number for each column");
        self.tail.extend_from_slice(row);
        if self.tail.len() == CHUNK * self.width {
            let rows = std::mem::take(&mut self.tail).into_boxed_slice();
            let digest = fingerprint(&rows);
            self.chunks.push_back(Arc::new(Chunk { rows, digest }));
        }
        let surplus = self.len().saturating_sub(most.max(1));
        self.forgotten += surplus;
        self.first += surplus as u64;
        while self.forgotten >= CHUNK && self.chunks.pop_front().is_some() {
            self.forgotten -= CHUNK;
        }
    }

    /// Row `index` of those kept, the oldest is 0: `[F]`.
    pub fn row(&self, index: usize) -> &[f32] {
        let at = self.forgotten + index;
        let (chunk, row) = (at / CHUNK, at % CHUNK * self.width);
        let rows = self.chunks.get(chunk).map_or(&self.tail[..], |chunk| &chunk.rows);
        &rows[row..row + self.width]
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        *self = Self { first: self.first + self.len() as u64, ..Self::new(self.width) };
    }

    /// Draws `count` rows uniformly, each anew, and appends them to `out`; there must be a row.
    /// Returns the sum of their ages: the newest row is 0 old.
    pub fn sample(&self, count: usize, dice: &mut Stream, out: &mut Vec<f32>) -> u64 {
        let draw = |_| {
            let index = dice.below(self.len() as u32) as usize;
            out.extend_from_slice(self.row(index));
            (self.len() - 1 - index) as u64
        };
        (0..count).map(draw).sum()
    }

    /// Adds what it remembers.
    pub fn digest(&self, digest: &mut Digest) {
        digest.word(self.first);
        digest.word(self.len() as u64);
        self.chunks.iter().for_each(|chunk| digest.word(chunk.digest));
        digest.word(fingerprint(&self.tail));
    }

    /// Host memory in bytes that a copy does not share with the original.
    pub fn own_bytes(&self) -> usize {
        self.tail.capacity() * size_of::<f32>() + self.chunks.len() * size_of::<Arc<Chunk>>()
    }

    /// Host memory in bytes, what copies share included.
    pub fn bytes(&self) -> usize {
        self.own_bytes() + self.chunks.len() * CHUNK * self.width * size_of::<f32>()
    }
}

fn fingerprint(rows: &[f32]) -> u64 {
    let mut digest = Digest::default();
    rows.iter().for_each(|x| digest.word(u64::from(x.to_bits())));
    digest.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::StreamName;

    fn filled(rows: usize, most: usize) -> Memory {
        let mut memory = Memory::new(2);
        (0..rows).for_each(|i| memory.push(&[i as f32, -(i as f32)], most));
        memory
    }

    #[test]
    fn it_keeps_the_newest_rows_in_order() {
        for (rows, most) in [(10, 3), (CHUNK, CHUNK), (3 * CHUNK + 7, 2 * CHUNK - 5), (5000, 600)] {
            let memory = filled(rows, most);
            assert_eq!(memory.len(), rows.min(most));
            assert_eq!(memory.first(), (rows - memory.len()) as u64);
            for index in [0, memory.len() / 2, memory.len() - 1] {
                let serial = (memory.first() + index as u64) as f32;
                assert_eq!(memory.row(index), [serial, -serial]);
            }
        }
    }

    #[test]
    fn forgetting_frees_what_lies_wholly_behind() {
        assert!(filled(50_000, 600).bytes() < 4 * CHUNK * 2 * 4);
        // The room shrinks: the next step forgets the surplus.
        let mut memory = filled(2000, 2000);
        memory.push(&[0.0, 0.0], 10);
        assert_eq!((memory.len(), memory.first()), (10, 1991));
        assert_eq!(memory.row(0), [1991.0, -1991.0]);
        memory.clear();
        assert_eq!((memory.len(), memory.first()), (0, 2001));
    }

    #[test]
    fn draws_are_uniform_and_repeat() {
        let memory = filled(CHUNK + 100, 150);
        let mut dice = Stream::new(5, StreamName::Replay);
        let mut seen = [0_u32; 150];
        let mut out = Vec::new();
        memory.sample(30_000, &mut dice, &mut out);
        out.chunks(2).for_each(|row| seen[row[0] as usize - (CHUNK - 50)] += 1);
        // Mean 200, standard deviation 14.1; five of them.
        assert!(seen.iter().all(|&n| n.abs_diff(200) < 71), "{seen:?}");
        let mut again = Vec::new();
        let ages = memory.sample(10, &mut Stream::new(5, StreamName::Replay), &mut again);
        assert_eq!(again, out[..20]);
        let newest = memory.row(149)[0];
        let sum: f32 = again.chunks(2).map(|row| newest - row[0]).sum();
        assert_eq!(ages, sum as u64);
    }

    #[test]
    fn copies_share_their_chunks_and_part_ways() {
        let memory = filled(20 * CHUNK + 3, 100_000);
        let mut copy = memory.clone();
        assert!(Arc::ptr_eq(&memory.chunks[7], &copy.chunks[7]));
        assert!(copy.own_bytes() < CHUNK * 2 * 4 * 2 && copy.bytes() > 20 * CHUNK * 2 * 4);
        let of = |memory: &Memory| {
            let mut digest = Digest::default();
            memory.digest(&mut digest);
            digest.finish()
        };
        assert_eq!(of(&memory), of(&copy));
        copy.push(&[0.5, 0.5], 100_000);
        assert_ne!(of(&memory), of(&copy));
        assert_eq!(memory.len(), 20 * CHUNK + 3);
        let mut other = filled(20 * CHUNK + 2, 100_000);
        other.push(&[-1.0, 0.0], 100_000);
        assert_ne!(of(&memory), of(&other), "the same number of rows, another one at the end");
    }
}
