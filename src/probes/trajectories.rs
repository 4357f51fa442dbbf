//! Where expected updates pay most: over all pairs in turn, or along the trajectories of the policy
//! (Sutton & Barto, section 8.6).

use crate::base::rng::Stream;
use crate::mdp::{Action, Outcome, State, Tabular};
use crate::rl::dp::expected_target;
use crate::rl::policy::{epsilon_greedy, greedy};
use crate::rl::td::max_value;

/// Which pair is updated next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// All pairs in turn.
    Uniform,
    /// The pairs of simulated episodes under the ε-greedy policy, ε = 0.1.
    OnPolicy,
}

/// Share of random actions along trajectories.
const EPSILON: f64 = 0.1;
/// When the value of a policy has settled.
const TOLERANCE: f64 = 1e-7;
/// Sweeps after which it counts as it is.
const SWEEPS: usize = 10_000;

/// A world's law and the action values learned of it, without a discount.
struct Table<'a> {
    actions: usize,
    law: &'a [Vec<Outcome>],
    q: Vec<f64>,
}

impl Table<'_> {
    fn row(&self, state: State) -> &[f64] {
        &self.q[state as usize * self.actions..][..self.actions]
    }

    fn pair(&self, state: State, action: usize) -> usize {
        state as usize * self.actions + action
    }

    /// An expected update with a full step.
    fn update(&mut self, pair: usize) {
        self.q[pair] = expected_target(&self.law[pair], 1.0, |s| max_value(self.row(s)));
    }
}

/// What the greedy policy is worth in the start state after so many expected updates in this order
/// as `looks` says, from action values of zero: one number a look. `looks` ascend; every episode
/// must end.
pub fn start_values<W: Tabular>(
    world: &W,
    order: Order,
    looks: &[usize],
    dice: &mut Stream,
) -> Vec<f64> {
    let (states, actions) = (world.states(), world.actions());
    let outcomes =
        |pair: usize| world.outcomes((pair / actions) as State, (pair % actions) as Action);
    let law: Vec<Vec<Outcome>> = (0..states * actions).map(outcomes).collect();
    let start = world.starts()[0];
    let mut table = Table { actions, law: &law, q: vec![0.0; law.len()] };
    let open: Vec<usize> = (0..law.len()).filter(|&pair| !law[pair].is_empty()).collect();
    let (mut at, mut found) = (start, Vec::new());
    for done in 0..looks.last().copied().unwrap_or(0) {
        match order {
            Order::Uniform => table.update(open[done % open.len()]),
            Order::OnPolicy => {
                let pair = table.pair(at, epsilon_greedy(table.row(at), EPSILON, dice));
                let next = law[pair][dice.pick(law[pair].iter().map(|o| o.probability))];
                table.update(pair);
                at = if next.terminated { start } else { next.next };
            }
        }
        if looks.contains(&(done + 1)) {
            found.push(greedy_value(&table, start, dice));
        }
    }
    found
}

/// Exact value of the greedy policy in `start`; ties are broken once for each state.
fn greedy_value(table: &Table<'_>, start: State, dice: &mut Stream) -> f64 {
    let states = table.q.len() / table.actions;
    let policy: Vec<usize> =
        (0..states as State).map(|s| table.pair(s, greedy(table.row(s), dice))).collect();
    let mut values = vec![0.0; states];
    for _ in 0..SWEEPS {
        let mut moved = 0.0_f64;
        for (state, &pair) in policy.iter().enumerate() {
            let new = expected_target(&table.law[pair], 1.0, |s| values[s as usize]);
            moved = moved.max((new - values[state]).abs());
            values[state] = new;
        }
        if moved <= TOLERANCE {
            break;
        }
    }
    values[start as usize]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::StreamName;
    use crate::envs::process::{Law, Process};
    use crate::mdp::scene::Scene;

    /// s0 leads to s1 (action 0, nothing) or to the end (action 1, pays 1); s1 pays 3 at its end.
    fn world() -> Process {
        let to =
            |next, reward, terminated| vec![Outcome { probability: 1.0, reward, next, terminated }];
        let law = Law {
            actions: 2,
            outcomes: vec![
                to(1, 0.0, false),
                to(2, 1.0, true),
                to(2, 3.0, true),
                to(2, 0.0, true),
                vec![],
                vec![],
            ],
            starts: vec![(0, 1.0)],
            bad_ends: vec![],
            scene: Scene::States(3),
        };
        Process::new(law, 0).unwrap()
    }

    #[test]
    fn two_sweeps_find_the_detour_by_hand() {
        let mut dice = Stream::new(1, StreamName::Probe);
        // After pairs 1 and 2: Q[0] = [0, 1], take it; one sweep more and the detour is known.
        let values = start_values(&world(), Order::Uniform, &[2, 4, 6, 8], &mut dice);
        assert_eq!(values, [1.0, 1.0, 3.0, 3.0]);
        let values = start_values(&world(), Order::OnPolicy, &[400], &mut dice);
        assert_eq!(values, [3.0]);
    }
}
