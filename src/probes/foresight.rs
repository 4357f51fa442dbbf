//! Does the model foresee? What the judge of a learner's models has seen, and when it was content.

pub use crate::models::judge::{Judge, Loss, Row};

/// A loss below this share of its beginning counts as nothing.
const LEARNED: f64 = 0.05;

/// First real step after which a loss (`[steps, loss]`, steps ascending) stays near nothing.
pub fn learned(points: &[[f64; 2]]) -> Option<f64> {
    let limit = LEARNED * points.first()?[1];
    let last_above = points.iter().rposition(|p| p[1] > limit)?;
    points.get(last_above + 1).map(|p| p[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learned_is_when_it_stays_so() {
        let points = [[1.0, 2.0], [2.0, 0.0], [3.0, 1.0], [4.0, 0.05], [5.0, 0.0]];
        assert_eq!(learned(&points), Some(4.0), "the calm at 2 did not last");
        assert_eq!(learned(&points[..3]), None);
        assert_eq!(learned(&[]), None);
    }
}
