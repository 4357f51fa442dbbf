//! A 64-bit fingerprint of numbers, for "same configuration and seed, same result".

/// FNV-1a over 64-bit words: short, stable between versions of Rust, not for security.
#[derive(Clone, Copy, Debug)]
pub struct Digest(u64);

impl Default for Digest {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Digest {
    /// Adds one word.
    pub fn word(&mut self, word: u64) {
        for byte in word.to_le_bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    /// Adds a number by its bits, so that `0.0` and `-0.0` differ.
    pub fn number(&mut self, x: f64) {
        self.word(x.to_bits());
    }

    /// Adds numbers in order.
    pub fn numbers(&mut self, xs: &[f64]) {
        xs.iter().for_each(|&x| self.number(x));
    }

    /// The fingerprint so far.
    pub fn finish(self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Digest;

    #[test]
    fn order_and_sign_of_zero_matter() {
        let of = |xs: &[f64]| {
            let mut d = Digest::default();
            d.numbers(xs);
            d.finish()
        };
        assert_ne!(of(&[1.0, 2.0]), of(&[2.0, 1.0]));
        assert_ne!(of(&[0.0]), of(&[-0.0]));
        assert_eq!(of(&[1.0, 2.0]), of(&[1.0, 2.0]));
    }
}
