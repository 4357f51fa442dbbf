//! Principal components (Pearson 1901): the few directions along which points differ most.

/// Sweeps of rotations; a few are enough, since convergence is quadratic.
const SWEEPS: usize = 40;
/// Off the diagonal, entries below this share of the whole count as 0.
const SETTLED: f64 = 1e-15;

/// Directions of points in `D` dimensions, most variance first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Principal {
    /// `[D]`: where the points are on average.
    pub mean: Vec<f64>,
    /// `[K * D]`: directions of length 1, upright on each other. The greatest entry of each is
    /// positive, so that the same points have the same ones.
    pub axes: Vec<f64>,
    /// `[K]`: share of the variance along each; all 0 for points that do not differ.
    pub shares: Vec<f64>,
}

impl Principal {
    /// The first `count` of `points`, `[N * D]` with `D = width`; `None` without points, or where
    /// one is not a number. Where there are fewer than `count` dimensions, those there are.
    pub fn of(points: &[f32], width: usize, count: usize) -> Option<Self> {
        let rows = points.len().checked_div(width).filter(|&rows| rows > 0)?;
        if points.iter().any(|x| !x.is_finite()) {
            return None;
        }
        let column = |c: usize| points.iter().skip(c).step_by(width).map(|&x| f64::from(x));
        let mean: Vec<f64> = (0..width).map(|c| column(c).sum::<f64>() / rows as f64).collect();
        let mut spread = vec![0.0; width * width];
        for point in points.chunks_exact(width) {
            for a in 0..width {
                let off = f64::from(point[a]) - mean[a];
                for b in 0..=a {
                    spread[a * width + b] += off * (f64::from(point[b]) - mean[b]) / rows as f64;
                }
            }
        }
        for (a, b) in (0..width).flat_map(|a| (0..a).map(move |b| (a, b))) {
            spread[b * width + a] = spread[a * width + b];
        }
        let whole: f64 = (0..width).map(|a| spread[a * width + a]).sum();
        let (values, vectors) = symmetric(spread, width);
        let mut order: Vec<usize> = (0..width).collect();
        order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
        order.truncate(count);
        let share = |&i: &usize| if whole > 0.0 { values[i].max(0.0) / whole } else { 0.0 };
        let axis = |&i: &usize| upright((0..width).map(|row| vectors[row * width + i]).collect());
        let shares = order.iter().map(share).collect();
        Some(Self { mean, axes: order.iter().flat_map(axis).collect(), shares })
    }

    /// Where a point lies along the directions, `[K]`.
    pub fn place(&self, point: &[f32]) -> Vec<f64> {
        let off: Vec<f64> =
            point.iter().zip(&self.mean).map(|(&x, mean)| f64::from(x) - mean).collect();
        let along = |axis: &[f64]| axis.iter().zip(&off).map(|(a, x)| a * x).sum();
        self.axes.chunks_exact(self.mean.len().max(1)).map(along).collect()
    }

    /// The same with every direction turned round that points away from that of `before`, so that
    /// a picture of slowly changing points does not jump.
    pub fn beside(mut self, before: &Self) -> Self {
        let width = self.mean.len().max(1);
        if before.mean.len() != self.mean.len() {
            return self;
        }
        for (axis, old) in self.axes.chunks_exact_mut(width).zip(before.axes.chunks_exact(width)) {
            if axis.iter().zip(old).map(|(a, b)| a * b).sum::<f64>() < 0.0 {
                axis.iter_mut().for_each(|x| *x = -*x);
            }
        }
        self
    }
}

/// Its greatest entry positive.
fn upright(mut axis: Vec<f64>) -> Vec<f64> {
    let most =
        axis.iter().copied().fold(0.0, |most: f64, x| if x.abs() > most.abs() { x } else { most });
    if most < 0.0 {
        axis.iter_mut().for_each(|x| *x = -*x);
    }
    axis
}

/// Eigenvalues `[n]` and eigenvectors, one a column of `[n * n]`, of a symmetric matrix, by Jacobi's
/// rotations (Golub & Van Loan, section 8.5).
fn symmetric(mut a: Vec<f64>, n: usize) -> (Vec<f64>, Vec<f64>) {
    let mut v = vec![0.0; n * n];
    (0..n).for_each(|i| v[i * n + i] = 1.0);
    let whole: f64 = a.iter().map(|x| x * x).sum();
    for _ in 0..SWEEPS {
        let off: f64 = (0..n * n).filter(|i| i / n != i % n).map(|i| a[i] * a[i]).sum();
        if off <= SETTLED * SETTLED * whole {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut a, &mut v, n, (p, q));
            }
        }
    }
    ((0..n).map(|i| a[i * n + i]).collect(), v)
}

/// Turns rows and columns `p` and `q` so that their common entry is 0.
fn rotate(a: &mut [f64], v: &mut [f64], n: usize, (p, q): (usize, usize)) {
    let common = a[p * n + q];
    if common == 0.0 {
        return;
    }
    let half = (a[q * n + q] - a[p * n + p]) / (2.0 * common);
    let tangent = half.signum() / (half.abs() + half.hypot(1.0));
    let cos = 1.0 / tangent.hypot(1.0);
    let sin = tangent * cos;
    let turn = |x: f64, y: f64| (cos * x - sin * y, sin * x + cos * y);
    for k in 0..n {
        (a[k * n + p], a[k * n + q]) = turn(a[k * n + p], a[k * n + q]);
    }
    for k in 0..n {
        (a[p * n + k], a[q * n + k]) = turn(a[p * n + k], a[q * n + k]);
    }
    for k in 0..n {
        (v[k * n + p], v[k * n + q]) = turn(v[k * n + p], v[k * n + q]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines `what,row,numbers...` of `tests/data/principal.csv`.
    fn golden(what: &str) -> Vec<Vec<f64>> {
        let text = include_str!("../../tests/data/principal.csv");
        let lines = text.lines().filter_map(|line| line.strip_prefix(what)?.strip_prefix(','));
        lines.map(|line| line.split(',').skip(1).map(|x| x.parse().unwrap()).collect()).collect()
    }

    #[test]
    fn numpy_finds_the_same_directions() {
        let points = golden("point");
        let width = points[0].len();
        let flat: Vec<f32> = points.iter().flatten().map(|&x| x as f32).collect();
        let found = Principal::of(&flat, width, 3).unwrap();
        let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-6);
        assert!(near(&found.shares, &golden("share")[0]), "{:?}", found.shares);
        for (axis, want) in found.axes.chunks(width).zip(golden("axis")) {
            assert!(near(axis, &want), "{axis:?}\n{want:?}");
        }
        for (point, want) in flat.chunks(width).zip(golden("place")) {
            assert!(near(&found.place(point), &want), "{point:?}");
        }
    }

    #[test]
    fn a_picture_of_the_same_points_does_not_jump() {
        let flat: Vec<f32> = golden("point").iter().flatten().map(|&x| x as f32).collect();
        let found = Principal::of(&flat, 6, 3).unwrap();
        let mut turned = found.clone();
        turned.axes[..6].iter_mut().for_each(|x| *x = -*x);
        assert_eq!(found.clone().beside(&turned).axes, turned.axes);
        assert_eq!(found.clone().beside(&Principal::default()), found);
    }

    #[test]
    fn points_that_do_not_differ_have_no_shares() {
        let found = Principal::of(&[1.0, 2.0, 1.0, 2.0], 2, 3).unwrap();
        assert_eq!(
            (found.shares.as_slice(), found.place(&[1.0, 2.0])),
            (&[0.0; 2][..], vec![0.0; 2])
        );
        assert_eq!(Principal::of(&[], 2, 3), None);
        assert_eq!(Principal::of(&[1.0, f32::NAN], 2, 3), None);
    }
}
