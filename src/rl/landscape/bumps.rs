//! The toy with a closed form: two hills and two hollows, `V = sin x sin y`.

use super::Valued;

/// `V = sin x sin y`, over [`TwoBumps::RANGE`] either way.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TwoBumps;

impl TwoBumps {
    /// What pictures show of both numbers.
    pub const RANGE: (f64, f64) = (-2.0, 2.0);
    /// The observed next state of the table that is known for it.
    pub const TARGET: [f64; 2] = [1.0, 0.5];
    /// Predictions from which the balls are known to come to rest.
    pub const STARTS: [[f64; 2]; 6] =
        [[-1.0, -0.5], [0.0, 0.0], [-1.0, 1.0], [-1.5, 1.5], [1.8, -1.0], [-0.5, -1.5]];
}

impl Valued for TwoBumps {
    fn value(&self, [x, y]: [f64; 2]) -> f64 {
        x.sin() * y.sin()
    }

    fn slope(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        [x.cos() * y.sin(), x.sin() * y.cos()]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_has_the_value_and_gradient_known_for_it() {
        let [x, y] = TwoBumps.slope(TwoBumps::TARGET);
        assert!((TwoBumps.value(TwoBumps::TARGET) - 0.4034).abs() < 5e-5);
        assert!((x - 0.2590).abs() < 5e-5 && (y - 0.7385).abs() < 5e-5);
    }
}
