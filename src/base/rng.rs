//! Named random streams.
//!
//! Every consumer of chance owns a stream, so that one consumer drawing more numbers never
//! moves another one's dice. This is what makes episode 1 of Dyna-Q the same for every number
//! of planning steps.

use std::fmt;

use rand::rngs::ChaCha8Rng;
use rand::{Rng as _, SeedableRng as _};

/// Who draws the numbers. The discriminant is the ChaCha stream id and must never change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StreamName {
    /// The world's own chance: start cell, slip.
    World = 1,
    /// First values of tables and weights.
    Init = 2,
    /// Exploration and tie-breaking when acting.
    Explore = 3,
    /// Everything drawn while planning.
    Plan = 4,
    /// Mini-batches from replay.
    Replay = 5,
    /// Evaluation episodes.
    Evaluate = 6,
    /// Probes: looking must not change what is looked at.
    Probe = 7,
    /// Noise of a model that is a generator.
    Noise = 8,
}

/// One ChaCha8 stream of a lane's seed.
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream `name` of `seed`.
    pub fn new(seed: u64, name: StreamName) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(name as u64);
        Self(rng)
    }

    /// 32 uniform bits.
    #[inline]
    pub fn bits(&mut self) -> u32 {
        self.0.next_u32()
    }

    /// Uniform in `0..n`, without bias (Lemire 2019). `n` must be positive.
    #[inline]
    pub fn below(&mut self, n: u32) -> u32 {
        debug_assert!(n > 0);
        let mut product = u64::from(self.bits()) * u64::from(n);
        if (product as u32) < n {
            // Rare: reject the few draws that would favour small numbers.
            let threshold = n.wrapping_neg() % n;
            while (product as u32) < threshold {
                product = u64::from(self.bits()) * u64::from(n);
            }
        }
        (product >> 32) as u32
    }

    /// Uniform in `[0, 1)` with 53 bits.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        (self.0.next_u64() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// True with probability `p`. Always draws, so that the dice do not depend on `p`.
    #[inline]
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }

    /// How many 32-bit words were drawn so far; part of a cohort's digest.
    pub fn position(&self) -> u128 {
        self.0.get_word_pos()
    }
}

impl Clone for Stream {
    fn clone(&self) -> Self {
        Self(ChaCha8Rng::deserialize_state(&self.0.serialize_state()))
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stream({} words)", self.position())
    }
}

/// The seed of lane `lane` in an arena with base seed `seed`.
///
/// Consecutive numbers, so that a person can name the lane on screen by its seed.
pub fn lane_seed(seed: u64, lane: usize) -> u64 {
    seed.wrapping_add(lane as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_of_one_seed_differ_and_repeat() {
        let draw = |name| {
            let mut s = Stream::new(7, name);
            [s.bits(), s.bits(), s.bits()]
        };
        assert_eq!(draw(StreamName::Plan), draw(StreamName::Plan));
        assert_ne!(draw(StreamName::Plan), draw(StreamName::Explore));
        assert_ne!(
            Stream::new(7, StreamName::Plan).bits(),
            Stream::new(8, StreamName::Plan).bits()
        );
    }

    #[test]
    fn a_clone_goes_on_where_the_original_stood() {
        for drawn in [0, 1, 63, 64, 65, 1000] {
            let mut a = Stream::new(3, StreamName::Explore);
            for _ in 0..drawn {
                a.bits();
            }
            let mut b = a.clone();
            let after: Vec<_> = (0..200).map(|_| a.bits()).collect();
            assert_eq!(after, (0..200).map(|_| b.bits()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn below_is_uniform() {
        let mut s = Stream::new(1, StreamName::Plan);
        let mut seen = [0_u32; 7];
        for _ in 0..70_000 {
            seen[s.below(7) as usize] += 1;
        }
        // Standard deviation is about 93; five of them.
        assert!(seen.iter().all(|&n| n.abs_diff(10_000) < 465), "{seen:?}");
    }

    #[test]
    fn chance_draws_the_same_dice_whatever_the_probability() {
        let mut a = Stream::new(5, StreamName::World);
        let mut b = Stream::new(5, StreamName::World);
        for _ in 0..10 {
            assert!(a.chance(1.0));
            assert!(!b.chance(0.0));
        }
        assert_eq!(a.position(), b.position());
    }
}
