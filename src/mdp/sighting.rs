//! Words for worlds that are seen as a picture.

use super::{Observed, State};
use crate::base::digest::Digest;
use crate::base::rng::{Stream, StreamName};

/// A picture of cells as a camera without a sense of what matters takes it: the cell of the agent,
/// those of the goals, and noise everywhere else. Kept as what it is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Where the agent is; no learner is told but by its pixel.
    pub state: State,
    /// Cells that are goals, one bit each: at most 64 cells.
    pub goals: u64,
    /// Which noise this moment has.
    pub noise: u32,
}

/// Most pixels of a frame.
pub const PIXELS: usize = 64;

impl Frame {
    /// Appends `count` pixels: 1 at the agent, -1 at goals, elsewhere uniform in `±noise`, drawn
    /// anew for every moment.
    pub fn pixels(&self, count: usize, noise: f32, out: &mut Vec<f32>) {
        let mut dice = Stream::new(u64::from(self.noise), StreamName::Noise);
        out.extend((0..count).map(|pixel| {
            let any = noise * (2.0 * dice.unit() as f32 - 1.0);
            match (pixel == self.state as usize, self.goals >> pixel & 1) {
                (true, _) => 1.0,
                (_, 1) => -1.0,
                _ => any,
            }
        }));
    }
}

impl Observed for Frame {
    fn state(&self) -> Option<State> {
        Some(self.state)
    }

    fn digest(&self, digest: &mut Digest) {
        digest.word(u64::from(self.state));
        digest.word(self.goals);
        digest.word(u64::from(self.noise));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels(frame: Frame, noise: f32) -> Vec<f32> {
        let mut out = Vec::new();
        frame.pixels(9, noise, &mut out);
        out
    }

    #[test]
    fn agent_and_goal_stand_still_in_noise_that_never_does() {
        let frame = Frame { state: 4, goals: 1 << 8, noise: 1 };
        let (one, other) = (pixels(frame, 0.5), pixels(Frame { noise: 2, ..frame }, 0.5));
        assert_eq!((one[4], one[8], other[4], other[8]), (1.0, -1.0, 1.0, -1.0));
        assert!((0..9).filter(|p| ![4, 8].contains(p)).all(|p| one[p] != other[p]));
        assert!(one.iter().filter(|x| x.abs() < 0.5).count() == 7);
        assert_eq!(pixels(frame, 0.5), one, "a frame that is kept looks as it did");
        assert_eq!(pixels(frame, 0.0), [0., 0., 0., 0., 1., 0., 0., 0., -1.]);
    }
}
