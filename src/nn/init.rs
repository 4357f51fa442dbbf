//! First weights. burn's own initialisers draw from one generator for the whole process; these
//! draw from the lane's seed, so that a lane's weights depend on nothing but that.

use crate::base::rng::{Stream, StreamName};

/// How far first weights spread.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Spread {
    /// Uniform within `1 / sqrt(inputs)`, biases too: the default of PyTorch's `Linear`, and what
    /// DDPG uses (Lillicrap et al. 2016, section 7).
    FanIn,
    /// Uniform within `sqrt(6 / inputs)`, biases 0, for ReLU (He et al. 2015).
    He,
    /// Uniform within `sqrt(6 / (inputs + outputs))`, biases 0 (Glorot & Bengio 2010).
    Xavier,
    /// Uniform within this bound, biases too.
    Within(f32),
}

impl Spread {
    /// Bounds of weights and biases of a layer.
    pub fn bounds(self, inputs: usize, outputs: usize) -> (f32, f32) {
        let (i, o) = (inputs.max(1) as f32, outputs as f32);
        match self {
            Self::FanIn => (i.sqrt().recip(), i.sqrt().recip()),
            Self::He => ((6.0 / i).sqrt(), 0.0),
            Self::Xavier => ((6.0 / (i + o)).sqrt(), 0.0),
            Self::Within(bound) => (bound, bound),
        }
    }
}

/// Appends `count` numbers, uniform in `(-bound, bound)`. Always draws, so that the dice do not
/// depend on the bound.
pub fn uniform(dice: &mut Stream, bound: f32, count: usize, out: &mut Vec<f32>) {
    out.extend((0..count).map(|_| (2.0 * dice.unit() as f32 - 1.0) * bound));
}

/// Dice for the first weights of network number `network` of every lane: each network has its own,
/// so that one that starts anew leaves the others alone.
pub fn dice(seeds: &[u64], network: u32) -> Vec<Stream> {
    let salt = u64::from(network) << 32;
    seeds.iter().map(|seed| Stream::new(seed.wrapping_add(salt), StreamName::Init)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_those_of_the_sources() {
        assert_eq!(Spread::FanIn.bounds(4, 64), (0.5, 0.5));
        assert_eq!(Spread::He.bounds(6, 64), (1.0, 0.0));
        assert_eq!(Spread::Xavier.bounds(2, 4), (1.0, 0.0));
    }

    #[test]
    fn numbers_fill_their_bounds_evenly() {
        let mut out = Vec::new();
        uniform(&mut dice(&[3], 0)[0], 2.0, 10_000, &mut out);
        let mean = out.iter().sum::<f32>() / 1e4;
        let square = out.iter().map(|x| x * x).sum::<f32>() / 1e4;
        assert!(out.iter().all(|x| x.abs() <= 2.0));
        // Five standard errors: 5 * 2 / sqrt(3) / 100, and 5 * 4 sqrt(4/45) / 100.
        assert!(mean.abs() < 0.058 && (square - 4.0 / 3.0).abs() < 0.06, "{mean} {square}");
    }

    #[test]
    fn networks_and_lanes_have_dice_of_their_own() {
        let first = |seeds: &[u64], network| dice(seeds, network).pop().unwrap().bits();
        assert_eq!(first(&[1, 2], 0), first(&[2], 0), "neighbours do not matter");
        assert_ne!(first(&[2], 0), first(&[2], 1));
        assert_ne!(first(&[2], 0), first(&[3], 0));
    }
}
