//! Least squares on features: a small dense solver, and least-squares temporal differences.
//!
//! Matrices are row by row in `f64`. The sizes are those of hand-made features (tens), so that
//! Gaussian elimination is all it takes.

/// Pivots below this share of the largest entry count as zero.
const SINGULAR: f64 = 1e-13;

/// Solves `matrix x = right` for `columns` right sides at once by elimination with partial
/// pivoting: `matrix` is `[n * n]`, `right` `[n * columns]`, and so is the answer. `None` if the
/// matrix is singular.
pub fn solve(mut matrix: Vec<f64>, mut right: Vec<f64>, columns: usize) -> Option<Vec<f64>> {
    let n = right.len() / columns.max(1);
    debug_assert_eq!((matrix.len(), right.len()), (n * n, n * columns));
    let largest = matrix.iter().fold(0.0_f64, |a, x| a.max(x.abs()));
    for pivot in 0..n {
        let size = |row: &usize| matrix[row * n + pivot].abs();
        let best = (pivot..n).max_by(|a, b| size(a).total_cmp(&size(b)))?;
        if size(&best) <= SINGULAR * largest {
            return None;
        }
        swap_rows(&mut matrix, n, pivot, best);
        swap_rows(&mut right, columns, pivot, best);
        for row in pivot + 1..n {
            let factor = matrix[row * n + pivot] / matrix[pivot * n + pivot];
            take_away(&mut matrix, n, (row, pivot), factor);
            take_away(&mut right, columns, (row, pivot), factor);
        }
    }
    for row in (0..n).rev() {
        for later in row + 1..n {
            let factor = matrix[row * n + later];
            take_away(&mut right, columns, (row, later), factor);
        }
        let diagonal = matrix[row * n + row];
        right[row * columns..][..columns].iter_mut().for_each(|x| *x /= diagonal);
    }
    Some(right)
}

fn swap_rows(table: &mut [f64], width: usize, a: usize, b: usize) {
    if a != b {
        let (upper, lower) = table.split_at_mut(a.max(b) * width);
        upper[a.min(b) * width..][..width].swap_with_slice(&mut lower[..width]);
    }
}

/// `table[row] -= factor * table[other]`.
fn take_away(table: &mut [f64], width: usize, (row, other): (usize, usize), factor: f64) {
    for column in 0..width {
        table[row * width + column] -= factor * table[other * width + column];
    }
}

/// Inner product.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Least-squares temporal differences (Bradtke & Barto 1996): the weights at which TD(0) with
/// these transitions stands still, `sum phi (phi - gamma phi')^T theta = sum phi r`.
#[derive(Clone, Debug)]
pub struct Lstd {
    gamma: f64,
    matrix: Vec<f64>,
    right: Vec<f64>,
}

impl Lstd {
    /// No transition yet; `features` numbers a state.
    pub fn new(features: usize, gamma: f64) -> Self {
        Self { gamma, matrix: vec![0.0; features * features], right: vec![0.0; features] }
    }

    /// Adds one transition; `next` is all zero where the task ends.
    pub fn add(&mut self, phi: &[f64], reward: f64, next: &[f64]) {
        let n = self.right.len();
        for (row, x) in phi.iter().enumerate() {
            self.right[row] += x * reward;
            for column in 0..n {
                self.matrix[row * n + column] += x * (phi[column] - self.gamma * next[column]);
            }
        }
    }

    /// The weights; `None` while the transitions do not determine them.
    pub fn weights(&self) -> Option<Vec<f64>> {
        solve(self.matrix.clone(), self.right.clone(), 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_by_hand() {
        // 2x + y = 5, x - y = 1; and the same with zero in the first pivot's place.
        assert_eq!(solve(vec![2.0, 1.0, 1.0, -1.0], vec![5.0, 1.0], 1), Some(vec![2.0, 1.0]));
        let two = solve(vec![0.0, 2.0, 4.0, 0.0], vec![2.0, 6.0, 4.0, 8.0], 2);
        assert_eq!(two, Some(vec![1.0, 2.0, 1.0, 3.0]));
        assert_eq!(solve(vec![1.0, 2.0, 2.0, 4.0], vec![1.0, 2.0], 1), None, "singular");
    }

    #[test]
    fn a_chain_of_two_by_hand() {
        // s0 -(0)-> s1 -(1)-> end with one feature a state: V = gamma, 1.
        let mut lstd = Lstd::new(2, 0.5);
        assert_eq!(lstd.weights(), None);
        lstd.add(&[1.0, 0.0], 0.0, &[0.0, 1.0]);
        lstd.add(&[0.0, 1.0], 1.0, &[0.0, 0.0]);
        assert_eq!(lstd.weights(), Some(vec![0.5, 1.0]));
    }
}
