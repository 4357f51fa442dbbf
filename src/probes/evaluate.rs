//! How well a learner with an actor does from given places, without noise: nothing is learned here.

use crate::agents::steered::SteeredView;
use crate::mdp::physical::Body;

/// Undiscounted returns of the actor from each of `starts`, `steps` true steps at most.
pub fn returns(view: &SteeredView, starts: &[Body], steps: usize) -> Vec<f64> {
    let from = |start: &Body| {
        let mut seen = view.oracle.see(start);
        let mut total = 0.0;
        for _ in 0..steps {
            let truth = view.truth(&seen, view.action(&view.actor, &seen));
            total += truth.reward;
            seen = truth.next;
            if truth.terminated {
                break;
            }
        }
        total
    };
    starts.iter().map(from).collect()
}

/// The middles of `cells * cells` equal parts of two ranges, the first number slowest.
pub fn grid_of_starts(cells: usize, ranges: [(f64, f64); 2]) -> Vec<Body> {
    let middle = |(low, high): (f64, f64), cell: usize| {
        low + (high - low) * (cell as f64 + 0.5) / cells as f64
    };
    let [first, second] = ranges;
    let pair = |i: usize| Body::new(&[middle(first, i / cells), middle(second, i % cells)]);
    (0..cells * cells).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_are_the_middles_of_a_grid() {
        let starts = grid_of_starts(2, [(-2.0, 2.0), (0.0, 1.0)]);
        let pairs: Vec<[f64; 2]> = starts.iter().map(|body| [body[0], body[1]]).collect();
        assert_eq!(pairs, [[-1.0, 0.25], [-1.0, 0.75], [1.0, 0.25], [1.0, 0.75]]);
    }
}
