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
    /// What a random world is made of.
    Build = 8,
    /// Noise of a model that is a generator.
    Noise = 9,
    /// Imagined rollouts that networks learn from.
    Imagine = 10,
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

    /// An index, each as likely as its share of `weights`, which add up to 1. Always draws once.
    #[inline]
    pub fn pick(&mut self, weights: impl Iterator<Item = f64>) -> usize {
        let mut left = self.unit();
        let mut last = 0;
        for (index, weight) in weights.enumerate() {
            left -= weight;
            if left < 0.0 {
                return index;
            }
            last = index;
        }
        // Rounding may leave a crumb: it belongs to the last.
        last
    }

    /// A standard normal number (Box and Muller 1958). Always draws twice.
    pub fn normal(&mut self) -> f64 {
        let (radius, turn) = (1.0 - self.unit(), self.unit());
        (-2.0 * radius.ln()).sqrt() * (std::f64::consts::TAU * turn).cos()
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
    fn picks_follow_their_weights() {
        let mut s = Stream::new(2, StreamName::World);
        let weights = [0.5, 0.2, 0.3];
        let mut seen = [0_u32; 3];
        for _ in 0..40_000 {
            seen[s.pick(weights.into_iter())] += 1;
        }
        for (n, weight) in seen.into_iter().zip(weights) {
            let want = 40_000.0 * weight;
            assert!((f64::from(n) - want).abs() < 5.0 * (want * (1.0 - weight)).sqrt(), "{seen:?}");
        }
        assert_eq!(s.pick([0.0, 0.0].into_iter()), 1, "what is left over goes to the last");
    }

    #[test]
    fn normal_numbers_have_mean_0_and_variance_1() {
        let mut s = Stream::new(4, StreamName::Build);
        let draws: Vec<f64> = (0..40_000).map(|_| s.normal()).collect();
        let mean = draws.iter().sum::<f64>() / 40_000.0;
        let square = draws.iter().map(|x| x * x).sum::<f64>() / 40_000.0;
        let beyond = draws.iter().filter(|x| x.abs() > 1.959_964).count();
        // Five standard errors each: 1/200, sqrt(2)/200, and 218/5 draws.
        assert!(mean.abs() < 0.025 && (square - 1.0).abs() < 0.036, "{mean} {square}");
        assert!(beyond.abs_diff(2_000) < 218, "{beyond}");
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
