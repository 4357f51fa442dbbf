//! What a step of a model is taught as a whole: the loss of its next state, that of its reward, and
//! a share of plain squared error while the value means nothing yet.

/// Share of the squared error that is added after `done` of `over` updates: falls from 1 to 0.
pub fn warm_up(done: u64, over: u64) -> f64 {
    if done >= over { 0.0 } else { 1.0 - done as f64 / over as f64 }
}

/// Squared error of the reward; it is not weighed by any value.
pub fn reward(error: f64) -> f64 {
    error * error
}

/// `state + share squared + reward`, each of one transition.
pub fn whole(state: f64, squared: f64, reward: f64, share: f64) -> f64 {
    state + share * squared + reward
}

/// A value gradient in the space of a normalised prediction: where the network says
/// `z = (x - mean) / deviation`, the error there is `e / deviation`, so `dV/dz = g deviation`.
pub fn in_space_of(slope: &[f64], deviation: &[f64]) -> Vec<f64> {
    slope.iter().zip(deviation).map(|(g, d)| g * d).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{vagram, vagram_unbounded};
    use super::*;

    #[test]
    fn the_squared_error_fades_out() {
        assert_eq!(
            [0, 25, 50, 100, 900].map(|done| warm_up(done, 100)),
            [1.0, 0.75, 0.5, 0.0, 0.0]
        );
        assert_eq!(warm_up(0, 0), 0.0, "no warm-up at all");
        assert_eq!(whole(2.0, 3.0, reward(-0.5), warm_up(25, 100)), 2.0 + 2.25 + 0.25);
    }

    /// Weighing is the same in raw and in normalised numbers if gradient and error are in one space.
    #[test]
    fn normalising_the_prediction_changes_nothing() {
        let (g, e, deviation) = ([0.4, -2.0], [1.5, 0.2], [3.0, 0.1]);
        let z: Vec<f64> = e.iter().zip(deviation).map(|(e, d)| e / d).collect();
        let h = in_space_of(&g, &deviation);
        assert!((vagram(&h, &z) - vagram(&g, &e)).abs() < 1e-12);
        assert!((vagram_unbounded(&h, &z) - vagram_unbounded(&g, &e)).abs() < 1e-12);
    }
}
