//! Gradients that are too long, shortened to a quantile of all: the direction stays, and what was
//! shortened is counted.

/// How gradients were shortened.
#[derive(Clone, Debug, PartialEq)]
pub struct Clip {
    /// Longest length that stays.
    pub bound: f64,
    /// `[N]`: what each is multiplied with; 1 for those within the bound.
    pub factors: Vec<f64>,
    /// How many are shortened.
    pub clipped: usize,
}

/// The bound is the `quantile` of `lengths`, the nearest one from above; 1 shortens nothing.
pub fn clip(lengths: &[f64], quantile: f64) -> Clip {
    let mut sorted = lengths.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = (quantile * sorted.len() as f64).ceil() as usize;
    let bound = sorted.get(rank.clamp(1, sorted.len().max(1)) - 1).copied();
    let bound = bound.unwrap_or(f64::INFINITY);
    let factor = |&length: &f64| if length > bound { bound / length } else { 1.0 };
    let factors: Vec<f64> = lengths.iter().map(factor).collect();
    let clipped = lengths.iter().filter(|&&length| length > bound).count();
    Clip { bound, factors, clipped }
}

/// Length of each row of `[N][width]`.
pub fn lengths(rows: &[f32], width: usize) -> Vec<f64> {
    let length = |row: &[f32]| row.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
    rows.chunks(width).map(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_twenty_is_shortened_to_the_length_of_the_others() {
        let mut all: Vec<f64> = (0..100).map(|i| 1.0 + f64::from(i) / 100.0).collect();
        all[3] = 4e6;
        let found = clip(&all, 0.95);
        assert_eq!(found.clipped, 5, "also where one of them is huge");
        let after: Vec<f64> = all.iter().zip(&found.factors).map(|(x, f)| x * f).collect();
        assert!(after.iter().all(|&x| x <= found.bound + 1e-12));
        assert_eq!(after[3], found.bound);
        let none = clip(&all, 1.0);
        assert_eq!((none.clipped, none.bound), (0, 4e6));
        assert_eq!(clip(&[], 0.5), Clip { bound: f64::INFINITY, factors: vec![], clipped: 0 });
        assert_eq!(clip(&[2.0, 2.0], 0.0).clipped, 0, "the shortest of all is the bound");
    }

    #[test]
    fn lengths_are_euclidean() {
        assert_eq!(lengths(&[3.0, 4.0, 0.0, -2.0], 2), [5.0, 2.0]);
    }
}
