//! What a fixed batch of episodes says, learned from again and again (Sutton & Barto, section 6.3).
//!
//! An episode is a list of visits, each a state with the reward that followed it; after the last
//! one the task is over. Values are `[S]`, `None` for states that no episode visits.

use crate::mdp::State;

/// A state, and the reward that followed it.
pub type Visit = (State, f64);

/// Batch Monte-Carlo: the mean of the returns that followed all visits of a state.
pub fn batch_monte_carlo(states: usize, episodes: &[Vec<Visit>], gamma: f64) -> Vec<Option<f64>> {
    let (mut sums, mut visits) = (vec![0.0; states], vec![0_u32; states]);
    for episode in episodes {
        let mut total = 0.0;
        for &(state, reward) in episode.iter().rev() {
            total = reward + gamma * total;
            sums[state as usize] += total;
            visits[state as usize] += 1;
        }
    }
    let mean = |(sum, n): (f64, u32)| (n > 0).then(|| sum / f64::from(n));
    sums.into_iter().zip(visits).map(mean).collect()
}

/// Batch TD(0): the changes of all updates are added up over the whole batch and made at its end,
/// again and again until no value moves by more than `tolerance`; `None` if `sweeps` were not enough.
/// The step size is one over the visits of the state visited most, small enough to settle always.
pub fn batch_td(
    states: usize,
    episodes: &[Vec<Visit>],
    gamma: f64,
    tolerance: f64,
    sweeps: usize,
) -> Option<Vec<Option<f64>>> {
    let mut visits = vec![0_u32; states];
    for &(state, _) in episodes.iter().flatten() {
        visits[state as usize] += 1;
    }
    let alpha = 1.0 / f64::from(visits.iter().copied().max().unwrap_or(0).max(1));
    let mut values = vec![0.0; states];
    for _ in 0..sweeps {
        let mut changes = vec![0.0; states];
        for episode in episodes {
            for (i, &(state, reward)) in episode.iter().enumerate() {
                let next = episode.get(i + 1).map_or(0.0, |&(next, _)| values[next as usize]);
                changes[state as usize] += reward + gamma * next - values[state as usize];
            }
        }
        let mut moved = 0.0_f64;
        for (value, change) in values.iter_mut().zip(changes) {
            *value += alpha * change;
            moved = moved.max((alpha * change).abs());
        }
        if moved <= tolerance {
            let known = |(value, n): (f64, u32)| (n > 0).then_some(value);
            return Some(values.into_iter().zip(visits).map(known).collect());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The batch of example 6.4: A is 0, B is 1.
    fn eight() -> Vec<Vec<Visit>> {
        let mut all = vec![vec![(0, 0.0), (1, 0.0)]];
        all.resize(7, vec![(1, 1.0)]);
        all.push(vec![(1, 0.0)]);
        all
    }

    #[test]
    fn eight_episodes_of_a_and_b_by_hand() {
        assert_eq!(batch_monte_carlo(3, &eight(), 1.0), [Some(0.0), Some(0.75), None]);
        let td = batch_td(3, &eight(), 1.0, 1e-14, 10_000).unwrap();
        for value in &td[..2] {
            assert!((value.unwrap() - 0.75).abs() < 1e-12, "{td:?}");
        }
        assert_eq!(td[2], None);
        // Without the last one, B has paid 6 times of 7; with a discount A is worth half of B.
        let seven = &eight()[..7];
        assert_eq!(batch_monte_carlo(2, seven, 1.0)[1], Some(6.0 / 7.0));
        let td = batch_td(2, seven, 0.5, 1e-14, 10_000).unwrap();
        assert!(
            (td[0].unwrap() - 3.0 / 7.0).abs() < 1e-12
                && (td[1].unwrap() - 6.0 / 7.0).abs() < 1e-12
        );
    }

    #[test]
    fn visits_of_one_state_in_one_episode_count_each() {
        // Returns of state 0: 1 + 0.5 * 2 = 2 and 2.
        let episode = vec![vec![(0, 1.0), (0, 2.0)]];
        assert_eq!(batch_monte_carlo(1, &episode, 0.5), [Some(2.0)]);
        // TD: v = mean of 1 + 0.5 v and 2.
        let td = batch_td(1, &episode, 0.5, 1e-15, 10_000).unwrap()[0].unwrap();
        assert!((td - 2.0).abs() < 1e-12);
    }

    #[test]
    fn no_episodes_say_nothing_and_few_sweeps_do_not_settle() {
        assert_eq!(batch_td(2, &[], 1.0, 1e-12, 5), Some(vec![None, None]));
        assert_eq!(batch_monte_carlo(1, &[], 1.0), [None]);
        assert_eq!(batch_td(2, &eight(), 1.0, 1e-12, 5), None);
    }
}
