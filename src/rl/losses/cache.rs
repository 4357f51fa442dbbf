//! Value gradients kept by the number of their transition, for as long as the value stands still.

use crate::base::digest::Digest;

/// Rows that may lie behind the oldest transition before they are dropped.
const BEHIND: u64 = 4096;

/// One gradient for each transition that was asked for since the value last changed.
#[derive(Clone, Debug, PartialEq)]
pub struct SlopeCache {
    width: usize,
    /// Counts values; a row with an older stamp is none.
    value: u32,
    /// Number of the transition that row 0 belongs to.
    base: u64,
    /// `[N][1 + width]`: the stamp and, bit by bit, the gradient, so that a look fetches one place of
    /// memory and not two.
    rows: Vec<u32>,
    /// Gradients asked for, and those that had to be computed.
    pub asked: u64,
    /// See [`Self::asked`].
    pub computed: u64,
}

impl SlopeCache {
    /// Holds nothing; `width` numbers a gradient.
    pub fn new(width: usize) -> Self {
        Self { width, value: 1, base: 0, rows: Vec::new(), asked: 0, computed: 0 }
    }

    /// The value has changed: every gradient is to be computed anew.
    pub fn forget(&mut self) {
        self.value = self.value.checked_add(1).unwrap_or_else(|| {
            self.rows.clear();
            1
        });
    }

    /// Transitions before number `first` will not be asked for again.
    pub fn forget_before(&mut self, first: u64) {
        if first >= self.base + BEHIND {
            let gone = ((first - self.base) as usize * (self.width + 1)).min(self.rows.len());
            self.rows.drain(..gone);
            self.base = first;
        }
    }

    /// The gradient of transition `number`, `[width]`, if it still holds.
    #[inline]
    pub fn get(&self, number: u64) -> Option<&[f32]> {
        let at = usize::try_from(number.checked_sub(self.base)?).ok()?;
        let from = at.checked_mul(self.width + 1)?;
        let (stamp, slope) = self.rows.get(from..from + self.width + 1)?.split_first()?;
        (*stamp == self.value).then(|| bytemuck::cast_slice(slope))
    }

    /// Keeps the gradient of transition `number`.
    pub fn put(&mut self, number: u64, slope: &[f32]) {
        let Some(at) = number.checked_sub(self.base).and_then(|at| usize::try_from(at).ok()) else {
            return;
        };
        let wide = self.width + 1;
        if (at + 1) * wide > self.rows.len() {
            self.rows.resize((at + 1) * wide, 0);
        }
        let row = &mut self.rows[at * wide..(at + 1) * wide];
        row[0] = self.value;
        row[1..].copy_from_slice(bytemuck::cast_slice(slope));
    }

    /// Adds what holds: a gradient computed in another batch may differ in its last bits.
    pub fn digest(&self, digest: &mut Digest) {
        let rows = self.rows.chunks(self.width + 1).enumerate();
        for (at, row) in rows.filter(|(_, row)| row[0] == self.value) {
            digest.word(self.base + at as u64);
            row[1..].iter().for_each(|&bits| digest.word(u64::from(bits)));
        }
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        self.rows.capacity() * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gradient_holds_until_the_value_changes() {
        let mut cache = SlopeCache::new(2);
        assert_eq!(cache.get(7), None);
        cache.put(7, &[1.0, 2.0]);
        assert_eq!((cache.get(7), cache.get(6), cache.get(8)), (Some(&[1.0, 2.0][..]), None, None));
        cache.forget();
        assert_eq!(cache.get(7), None);
        cache.put(7, &[3.0, 4.0]);
        assert_eq!(cache.get(7), Some(&[3.0, 4.0][..]));
    }

    #[test]
    fn what_is_forgotten_takes_no_memory() {
        let mut cache = SlopeCache::new(1);
        for number in 0..100_000 {
            cache.put(number, &[number as f32]);
            cache.forget_before(number.saturating_sub(100));
        }
        assert!(cache.bytes() < 400_000, "{} bytes", cache.bytes());
        assert_eq!(cache.get(99_950), Some(&[99_950.0][..]));
        assert_eq!(cache.get(5), None);
        cache.put(5, &[1.0]);
        assert_eq!(cache.get(5), None, "too old to be kept");
    }
}
