//! Values made small for networks, and back: the transform and the two-hot code of MuZero.

/// Slope that keeps the inverse well behaved far out.
const EPSILON: f64 = 0.001;

/// `h(x) = sign(x) (sqrt(|x| + 1) - 1) + eps x` (Pohlen et al. 2018).
pub fn squash(x: f64) -> f64 {
    x.signum() * ((x.abs() + 1.0).sqrt() - 1.0) + EPSILON * x
}

/// The inverse of [`squash`].
pub fn unsquash(y: f64) -> f64 {
    let root = (1.0 + 4.0 * EPSILON * (y.abs() + 1.0 + EPSILON)).sqrt();
    y.signum() * (((root - 1.0) / (2.0 * EPSILON)).powi(2) - 1.0)
}

/// Derivative of [`squash`].
pub fn squash_slope(x: f64) -> f64 {
    0.5 / (x.abs() + 1.0).sqrt() + EPSILON
}

/// Derivative of [`unsquash`].
pub fn unsquash_slope(y: f64) -> f64 {
    let root = (1.0 + 4.0 * EPSILON * (y.abs() + 1.0 + EPSILON)).sqrt();
    (root - 1.0) / (EPSILON * root)
}

/// `[2 n + 1]`: weights on the atoms `-n ..= n` whose mean is `squash(x)`, clipped to them.
pub fn two_hot(x: f64, n: usize) -> Vec<f64> {
    let y = squash(x).clamp(-(n as f64), n as f64) + n as f64;
    let lower = (y.floor() as usize).min(2 * n);
    let mut atoms = vec![0.0; 2 * n + 1];
    atoms[lower] = 1.0 - (y - lower as f64);
    if let Some(upper) = atoms.get_mut(lower + 1) {
        *upper = y - lower as f64;
    }
    atoms
}

/// The value that atoms `-n ..= n` with these probabilities stand for: the mean first, then the
/// inverse.
pub fn from_atoms(probabilities: &[f64]) -> f64 {
    let n = (probabilities.len() / 2) as f64;
    let mean = probabilities.iter().enumerate().map(|(i, p)| p * (i as f64 - n)).sum();
    unsquash(mean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_numbers() {
        let known = [
            (1.0, 0.41521),
            (10.0, 2.32662),
            (100.0, 9.14988),
            (200.0, 13.37745),
            (500.0, 21.88303),
            (-1000.0, -31.63858),
            (-1600.0, -40.61250),
        ];
        for (x, want) in known {
            assert!((squash(x) - want).abs() < 6e-6, "h({x}) = {}", squash(x));
        }
    }

    #[test]
    fn the_inverse_is_one() {
        for x in [-1600.0, -3.0, -0.1, 0.0, 0.5, 7.0, 259.0, 5e4] {
            assert!((unsquash(squash(x)) - x).abs() < 1e-4, "{x}");
        }
    }

    #[test]
    fn slopes_are_those_of_finite_differences() {
        for x in [-900.0, -3.0, -0.1, 0.25, 7.0, 259.0] {
            let step = 1e-4 * (1.0 + f64::abs(x));
            let of = |f: fn(f64) -> f64, x: f64| (f(x + step) - f(x - step)) / (2.0 * step);
            assert!((of(squash, x) - squash_slope(x)).abs() < 1e-6, "h'({x})");
            let y = squash(x);
            let back = unsquash_slope(y);
            assert!((of(unsquash, y) - back).abs() < 1e-4 * back, "inverse at {y}");
            assert!((back * squash_slope(x) - 1.0).abs() < 1e-6, "one inverts the other: {x}");
        }
    }

    #[test]
    fn two_hot_and_back_within_the_atoms_and_clipped_beyond() {
        for x in [-240.0, -1.0, 0.0, 0.3, 100.0] {
            let atoms = two_hot(x, 15);
            assert_eq!(atoms.len(), 31);
            assert!((atoms.iter().sum::<f64>() - 1.0).abs() < 1e-12);
            assert!(atoms.iter().filter(|p| **p > 0.0).count() <= 2);
            assert!((from_atoms(&atoms) - x).abs() < 1e-4, "{x}");
        }
        // The reach of n atoms: 10 -> 117, 15 -> 247, 20 -> 422, 25 -> 642, 31 -> 962, 40 -> 1555.
        let reaches =
            [(10, 117.0), (15, 247.0), (20, 422.0), (25, 642.0), (31, 962.0), (40, 1555.0)];
        for (n, reach) in reaches {
            assert!((from_atoms(&two_hot(1e9, n)) - reach).abs() < 1.0, "{n}");
            assert!((from_atoms(&two_hot(-1e9, n)) + reach).abs() < 1.0, "{n}");
        }
    }
}
