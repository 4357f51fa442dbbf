//! Systems of linear equations.

/// Least size of a pivot beside the greatest number of the matrix.
const TINY: f64 = 1e-13;

/// The `x` with `matrix x = right` by elimination with row pivoting; `None` if there is no single
/// one. `matrix` is `[n * n]`, row by row, `right` is `[n]`.
pub fn solve(mut matrix: Vec<f64>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let n = right.len();
    let size = matrix.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
    for column in 0..n {
        let at = |row: usize| row * n + column;
        let pivot =
            (column..n).max_by(|&a, &b| matrix[at(a)].abs().total_cmp(&matrix[at(b)].abs()))?;
        if matrix[at(pivot)].abs() <= TINY * size {
            return None;
        }
        right.swap(column, pivot);
        (0..n).for_each(|j| matrix.swap(column * n + j, pivot * n + j));
        for row in column + 1..n {
            let share = matrix[at(row)] / matrix[at(column)];
            for j in column..n {
                matrix[row * n + j] -= share * matrix[column * n + j];
            }
            right[row] -= share * right[column];
        }
    }
    for row in (0..n).rev() {
        let known: f64 = (row + 1..n).map(|j| matrix[row * n + j] * right[j]).sum();
        right[row] = (right[row] - known) / matrix[row * n + row];
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_equations_by_hand() {
        // x + 2y = 5, 3z = 6, 4x - y + z = 4: the first pivot is not in the first row.
        let matrix = vec![1.0, 2.0, 0.0, 0.0, 0.0, 3.0, 4.0, -1.0, 1.0];
        let x = solve(matrix, vec![5.0, 6.0, 4.0]).unwrap();
        for (found, want) in x.iter().zip([1.0, 2.0, 2.0]) {
            assert!((found - want).abs() < 1e-14, "{x:?}");
        }
    }

    #[test]
    fn equations_that_say_the_same_have_no_single_answer() {
        assert_eq!(solve(vec![1.0, 2.0, 2.0, 4.0], vec![1.0, 2.0]), None);
        assert_eq!(solve(vec![0.0], vec![0.0]), None);
        assert_eq!(solve(vec![], vec![]), Some(vec![]));
    }
}
