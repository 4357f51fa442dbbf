//! An append-only curve with bounded memory and cheap clones.
//!
//! The newest [`EXACT`] rows are kept as they are, in immutable chunks that clones share; older
//! rows are folded into summaries of a chunk each, and summaries are folded pairwise when
//! they become many, so that a run may go on for ever.

use std::sync::Arc;

/// Rows that are always kept exactly.
pub const EXACT: usize = 65_536;
/// Rows in one shared chunk.
const CHUNK: usize = 1_024;
/// Summaries kept before neighbours are merged.
const MAX_BUCKETS: usize = 1_024;

/// What a row can say about itself once it is too old to be kept exactly.
pub trait Row: Copy {
    /// The value that is averaged.
    fn value(&self) -> f64;
}

/// Summary of consecutive old rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bucket<T> {
    /// The last row that went in: its clocks place the bucket on every axis.
    pub last: T,
    /// How many rows.
    pub count: u64,
    /// Least value.
    pub min: f64,
    /// Mean value.
    pub mean: f64,
    /// Greatest value.
    pub max: f64,
}

impl<T: Row> Bucket<T> {
    fn of(rows: &[T]) -> Option<Self> {
        let mut values = rows.iter().map(Row::value);
        let first = values.next()?;
        let (min, max, sum) =
            values.fold((first, first, first), |(lo, hi, sum), v| (lo.min(v), hi.max(v), sum + v));
        Some(Self {
            last: *rows.last()?,
            count: rows.len() as u64,
            min,
            mean: sum / rows.len() as f64,
            max,
        })
    }

    fn merge(a: &Self, b: &Self) -> Self {
        let count = a.count + b.count;
        Self {
            last: b.last,
            count,
            min: a.min.min(b.min),
            mean: (a.mean * a.count as f64 + b.mean * b.count as f64) / count as f64,
            max: a.max.max(b.max),
        }
    }
}

/// The curve. Cloning copies pointers and at most one unfinished chunk.
#[derive(Clone, Debug)]
pub struct Series<T> {
    old: Vec<Bucket<T>>,
    chunks: std::collections::VecDeque<Arc<[T]>>,
    tail: Vec<T>,
    len: u64,
}

impl<T> Default for Series<T> {
    fn default() -> Self {
        Self {
            old: Vec::new(),
            chunks: std::collections::VecDeque::new(),
            tail: Vec::new(),
            len: 0,
        }
    }
}

impl<T: Row> Series<T> {
    /// Rows ever pushed.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// True before the first row.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Index of the oldest row that is still exact.
    pub fn first_exact(&self) -> u64 {
        self.len - (self.chunks.len() * CHUNK + self.tail.len()) as u64
    }

    /// Appends a row.
    pub fn push(&mut self, row: T) {
        self.tail.push(row);
        self.len += 1;
        if self.tail.len() == CHUNK {
            self.chunks.push_back(self.tail.as_slice().into());
            self.tail.clear();
            if self.chunks.len() * CHUNK > EXACT + CHUNK {
                self.fold_oldest();
            }
        }
    }

    fn fold_oldest(&mut self) {
        let oldest = self.chunks.pop_front();
        self.old.extend(oldest.and_then(|rows| Bucket::of(&rows)));
        if self.old.len() > MAX_BUCKETS {
            self.old = self
                .old
                .chunks(2)
                .map(|pair| match pair {
                    [a, b] => Bucket::merge(a, b),
                    rest => rest[0],
                })
                .collect();
        }
    }

    /// The exact row `index`, if it was pushed and is not yet summarised.
    pub fn get(&self, index: u64) -> Option<&T> {
        let at = usize::try_from(index.checked_sub(self.first_exact())?).ok()?;
        match self.chunks.get(at / CHUNK) {
            Some(chunk) => chunk.get(at % CHUNK),
            None => self.tail.get(at - self.chunks.len() * CHUNK),
        }
    }

    /// The newest row.
    pub fn last(&self) -> Option<&T> {
        self.get(self.len.checked_sub(1)?)
    }

    /// All exact rows, oldest first.
    pub fn exact(&self) -> impl Iterator<Item = &T> {
        self.chunks.iter().flat_map(|c| c.iter()).chain(&self.tail)
    }

    /// Summaries of what is older than [`Self::exact`], oldest first.
    pub fn buckets(&self) -> &[Bucket<T>] {
        &self.old
    }

    /// Forgets everything from row `len` on. A summary that begins before stays and counts for
    /// its rows up to there.
    pub fn truncate(&mut self, len: u64) {
        while self.len > len && (!self.tail.is_empty() || self.reopen_last_chunk()) {
            let surplus = usize::try_from(self.len - len).unwrap_or(usize::MAX);
            let keep = self.tail.len().saturating_sub(surplus);
            self.len -= (self.tail.len() - keep) as u64;
            self.tail.truncate(keep);
        }
        while let Some(last) = self.old.last_mut().filter(|_| self.len > len) {
            let start = self.len - last.count;
            if start < len {
                last.count = len - start;
                self.len = len;
            } else {
                self.old.pop();
                self.len = start;
            }
        }
    }

    fn reopen_last_chunk(&mut self) -> bool {
        match self.chunks.pop_back() {
            Some(chunk) => {
                self.tail = chunk.to_vec();
                true
            }
            None => false,
        }
    }

    /// Host memory in bytes, shared chunks counted in full.
    pub fn bytes(&self) -> usize {
        size_of::<T>() * (self.chunks.len() * CHUNK + self.tail.capacity())
            + size_of::<Bucket<T>>() * self.old.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Row for u32 {
        fn value(&self) -> f64 {
            f64::from(*self)
        }
    }

    #[test]
    fn keeps_the_newest_exactly_and_summarises_the_rest() {
        let mut s = Series::default();
        let n = 300_000_u32;
        (0..n).for_each(|i| s.push(i));
        assert_eq!(s.len(), u64::from(n));
        assert!(s.exact().count() >= EXACT);
        assert_eq!(s.last(), Some(&(n - 1)));
        assert_eq!(s.get(u64::from(n) - EXACT as u64), Some(&(n - EXACT as u32)));
        assert_eq!(s.get(0), None);
        let folded: u64 = s.buckets().iter().map(|b| b.count).sum();
        assert_eq!(folded, s.first_exact());
        assert_eq!((s.buckets()[0].min, s.buckets()[0].max), (0.0, 1023.0));
        assert_eq!(s.buckets()[0].mean, 511.5);
    }

    #[test]
    fn memory_is_bounded() {
        let mut s = Series::default();
        (0..10_000_000_u32).for_each(|i| s.push(i));
        assert!(s.bytes() < 400_000, "{} bytes", s.bytes());
        assert_eq!(s.buckets().iter().map(|b| b.count).sum::<u64>(), s.first_exact());
    }

    #[test]
    fn truncating_then_pushing_repeats_the_past() {
        let mut s = Series::default();
        (0..5_000_u32).for_each(|i| s.push(i));
        let whole: Vec<u32> = s.exact().copied().collect();
        for cut in [4_999, 4_096, 2_000, 1_024, 1, 0] {
            s.truncate(cut);
            assert_eq!(s.len(), cut);
            (cut as u32..5_000).for_each(|i| s.push(i));
            assert_eq!(s.exact().copied().collect::<Vec<_>>(), whole);
        }
    }

    #[test]
    fn truncating_reaches_into_the_summaries() {
        let mut s = Series::default();
        (0..200_000_u32).for_each(|i| s.push(i));
        for cut in [100_000, 2_500, 1_024, 0] {
            s.truncate(cut);
            assert_eq!((s.len(), s.first_exact(), s.last()), (cut, cut, None));
            assert_eq!(s.buckets().iter().map(|b| b.count).sum::<u64>(), cut);
        }
        s.push(7);
        assert_eq!((s.len(), s.get(0)), (1, Some(&7)));
    }
}
