//! What is done to latent states: scaling to `[0, 1]`, and the distance that keeps them consistent.

/// Span below which a guard is added, so that nothing is divided by 0.
const GUARD: f32 = 1e-5;

/// Least and greatest entry with their places, and the span that is divided by.
fn ends(raw: &[f32]) -> (usize, usize, f32) {
    let (mut least, mut greatest) = (0, 0);
    for (index, &x) in raw.iter().enumerate() {
        if x < raw[least] {
            least = index;
        }
        if x > raw[greatest] {
            greatest = index;
        }
    }
    let span = raw[greatest] - raw[least];
    (least, greatest, if span < GUARD { span + GUARD } else { span })
}

/// `z = (x - min x) / (max x - min x)` in place; spans below 1e-5 have 1e-5 added (Schrittwieser et
/// al. 2020, appendix G, and public implementations of it).
pub fn min_max(x: &mut [f32]) {
    let (least, _, span) = ends(x);
    let low = x[least];
    x.iter_mut().for_each(|x| *x = (*x - low) / span);
}

/// `dL/dx` of [`min_max`] in place of `dL/dz`, from what went in.
///
/// Every entry depends on the least and the greatest one too:
/// `dL/dx_i = g_i / s + [i = max] (-sum g z / s) + [i = min] (-sum g / s + sum g z / s)`.
pub fn min_max_backward(raw: &[f32], gradient: &mut [f32]) {
    let (least, greatest, span) = ends(raw);
    let (mut sum, mut along) = (0.0, 0.0);
    for (g, &x) in gradient.iter_mut().zip(raw) {
        sum += *g;
        along += *g * (x - raw[least]) / span;
        *g /= span;
    }
    gradient[greatest] -= along / span;
    gradient[least] += (along - sum) / span;
}

/// `1 - cos(a, b)`, and its derivative after `a`; `b` is a constant (Chen & He 2021). Rows without
/// a length have no direction: no loss.
pub fn away(a: &[f32], b: &[f32]) -> (f64, Vec<f64>) {
    let dot = |x: &[f32], y: &[f32]| -> f64 {
        x.iter().zip(y).map(|(x, y)| f64::from(*x) * f64::from(*y)).sum()
    };
    let (length, other) = (dot(a, a).sqrt(), dot(b, b).sqrt());
    if length < 1e-8 || other < 1e-8 {
        return (0.0, vec![0.0; a.len()]);
    }
    let cosine = dot(a, b) / (length * other);
    let slope = |(&a, &b): (&f32, &f32)| {
        cosine * f64::from(a) / (length * length) - f64::from(b) / (length * other)
    };
    (1.0 - cosine, a.iter().zip(b).map(slope).collect())
}

/// Brings every number of those rows of `width` that count to mean 0 and variance 1 over these rows,
/// in place, as batch normalisation does (Ioffe & Szegedy 2015; 1e-5 is added to the variance): what
/// all rows have in common has no direction any more.
pub fn standardise(rows: &mut [f32], width: usize, counts: impl Fn(usize) -> bool) {
    let some = (0..rows.len() / width).filter(|&row| counts(row)).count().max(1) as f64;
    for column in 0..width {
        let each = || rows.iter().skip(column).step_by(width).enumerate();
        let counted = || each().filter(|(row, _)| counts(*row)).map(|(_, &x)| f64::from(x));
        let mean = counted().sum::<f64>() / some;
        let variance = counted().map(|x| (x - mean).powi(2)).sum::<f64>() / some;
        let root = (variance + 1e-5).sqrt();
        let column = rows.iter_mut().skip(column).step_by(width);
        column.for_each(|x| *x = ((f64::from(*x) - mean) / root) as f32);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaling_by_hand() {
        let mut x = [3.0, -1.0, 1.0];
        min_max(&mut x);
        assert_eq!(x, [1.0, 0.0, 0.5]);
        let mut flat = [0.25; 3];
        min_max(&mut flat);
        assert_eq!(flat, [0.0; 3], "nothing is divided by 0");
    }

    /// `L = sum c z` has the derivative that finite differences measure.
    #[test]
    fn the_way_back_is_that_of_finite_differences() {
        let weights = [0.7_f32, -1.3, 0.4, 2.0];
        let loss = |x: [f32; 4]| -> f64 {
            let mut z = x;
            min_max(&mut z);
            z.iter().zip(weights).map(|(z, c)| f64::from(*z) * f64::from(c)).sum()
        };
        for at in [[0.5_f32, -0.75, 0.25, 1.0], [2.0, 0.0, 3.0, -4.0]] {
            let mut slope = weights;
            min_max_backward(&at, &mut slope);
            for index in 0..4 {
                // A power of two, so that the step itself is exact.
                let step = 1.0 / 256.0;
                let (mut up, mut down) = (at, at);
                up[index] += step;
                down[index] -= step;
                let measured = (loss(up) - loss(down)) / f64::from(2.0 * step);
                let off = (measured - f64::from(slope[index])).abs();
                assert!(off < 1e-3, "{measured} for {} of {at:?}", slope[index]);
            }
        }
        // Moving all entries together, or away from each other in proportion, changes nothing.
        let at = [0.5, -0.75, 0.25, 1.0];
        let mut slope = weights;
        min_max_backward(&at, &mut slope);
        assert!(slope.iter().sum::<f32>().abs() < 1e-6);
        assert!(slope.iter().zip(at).map(|(g, x)| g * x).sum::<f32>().abs() < 1e-6);
    }

    #[test]
    fn rows_that_count_are_brought_to_mean_0_and_variance_1() {
        let mut rows = [1.0, 5.0, 9.0, 9.0, 3.0, 5.0];
        standardise(&mut rows, 2, |row| row != 1);
        // Column 0: 1 and 3, mean 2, variance 1; column 1: 5 and 5, nothing to tell apart.
        let one = 1.0 / 1.00001_f32.sqrt();
        for (found, want) in rows.iter().zip([-one, 0.0, 7.0 * one, f32::NAN, one, 0.0]) {
            assert!(want.is_nan() || (found - want).abs() < 1e-6, "{rows:?}");
        }
    }

    #[test]
    fn directions_part_by_one_minus_their_cosine() {
        assert!(away(&[1.0, 2.0], &[2.0, 4.0]).0.abs() < 1e-12);
        assert!((away(&[1.0, 0.0], &[0.0, 3.0]).0 - 1.0).abs() < 1e-12);
        assert!((away(&[1.0, -1.0], &[-2.0, 2.0]).0 - 2.0).abs() < 1e-12);
        assert_eq!(away(&[0.0, 0.0], &[1.0, 0.0]), (0.0, vec![0.0, 0.0]));
        let (a, b) = ([0.5_f32, -1.0, 0.25], [1.0_f32, 0.5, -0.75]);
        let (_, slope) = away(&a, &b);
        for index in 0..3 {
            let moved = |by: f32| {
                let mut a = a;
                a[index] += by;
                away(&a, &b).0
            };
            let step = 1.0 / 1024.0;
            let measured = (moved(step) - moved(-step)) / f64::from(2.0 * step);
            assert!((measured - slope[index]).abs() < 1e-5, "{measured} for {}", slope[index]);
        }
    }
}
