//! The random walk (Sutton & Barto, example 6.2): an odd number of states in a row, a start in the
//! middle, and +1 for leaving at the right end. Under the policy that goes left and right alike,
//! state `i` of `n` is worth `i / (n + 1)`.

use super::process::{Law, LawError, Process, graph};
use crate::mdp::{Outcome, State};

crate::params! {
    /// Dials of the random walk.
    pub struct WalkConfig {
        /// States in the row, without the two ends; an odd number.
        states: u32 = 5 => { "States", "in a row", Restart, Int { min: 3.0, max: 99.0, log: false } },
        /// Reward for leaving at the left end.
        left_reward: f64 = 0.0 => { "Left end pays", "", Restart, Float { min: -1.0, max: 1.0, log: false } },
        /// Steps after which an episode is cut off; 0 means never.
        max_steps: u32 = 0 => { "Step limit", "per episode", Restart, Int { min: 0.0, max: 1_000_000.0, log: true } },
    }
}

/// Builds the world: states 0 to `n - 1` from left to right, then the left end and the right one.
pub fn random_walk(config: &WalkConfig) -> Result<Process, LawError> {
    let n = config.states;
    if n.is_multiple_of(2) {
        let allowed = "an odd number, so that there is a middle to start from";
        return Err(LawError::Value { key: "states", value: f64::from(n), allowed });
    }
    let (left_end, right_end) = (n, n + 1);
    let to = |next: State| {
        let reward = match next {
            end if end == left_end => config.left_reward,
            end if end == right_end => 1.0,
            _ => 0.0,
        };
        vec![Outcome { probability: 1.0, reward, next, terminated: next >= n }]
    };
    let mut outcomes = Vec::new();
    for state in 0..n {
        outcomes.push(to(state.checked_sub(1).unwrap_or(left_end)));
        outcomes.push(to(if state + 1 < n { state + 1 } else { right_end }));
    }
    outcomes.resize((n as usize + 2) * 2, Vec::new());
    let starts = vec![(n / 2, 1.0)];
    let name = |i: u32| match n {
        0..=26 => char::from(b'A' + i as u8).to_string(),
        _ => (i + 1).to_string(),
    };
    let mut names: Vec<String> = (0..n).map(name).collect();
    names.extend(["left end".to_owned(), "right end".to_owned()]);
    let mut places: Vec<[f32; 2]> = (0..n).map(|i| [i as f32 + 1.0, 0.0]).collect();
    places.extend([[0.0, 0.0], [n as f32 + 1.0, 0.0]]);
    let scene = graph(places, names, &["left", "right"], &outcomes, &starts);
    let law = Law { actions: 2, outcomes, starts, bad_ends: vec![left_end], scene };
    Process::new(law, config.max_steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdp::Tabular as _;
    use crate::mdp::scene::Scenic as _;

    #[test]
    fn five_states_as_in_the_book() {
        let world = random_walk(&WalkConfig::default()).unwrap();
        assert_eq!((world.states(), world.actions(), world.starts()), (7, 2, vec![2]));
        assert_eq!(world.distance(true), Some(3));
        let end = |s, a| {
            let o = world.outcomes(s, a)[0];
            (world.scene().state_name(o.next), o.reward, o.terminated)
        };
        assert_eq!(end(0, 0), ("left end".to_owned(), 0.0, true));
        assert_eq!(end(4, 1), ("right end".to_owned(), 1.0, true));
        assert_eq!(end(1, 1), ("C".to_owned(), 0.0, false));
        assert!(world.ends_well(6) && !world.ends_well(5));
    }

    #[test]
    fn an_even_number_has_no_middle() {
        let config = WalkConfig { states: 4, ..WalkConfig::default() };
        assert_eq!(
            random_walk(&config).unwrap_err().to_string(),
            "states = 4 is not allowed: an odd number, so that there is a middle to start from"
        );
        let long = random_walk(&WalkConfig { states: 99, ..config }).unwrap();
        assert_eq!((long.scene().state_name(98), long.starts()), ("99".to_owned(), vec![49]));
    }
}
