//! A table of outcomes made wrong on purpose: every next state is another one, of the same value, or
//! as far away without regard to it.

use crate::mdp::{Outcome, State};

crate::choice! {
    /// What is done to a model.
    pub enum Altered {
        /// Nothing: it is exact.
        Exact = "exact", "exact";
        /// Every next state is the farthest one of the same value: along a level set.
        Level = "level", "same value, other state";
        /// Every next state is one as far away as that, whatever it is worth.
        Across = "across", "as far off, any value";
    }
}

/// Values this close, as a part of the greatest, are the same.
const SAME: f64 = 1e-9;

/// Where a state lies in a picture, for distances: row and column.
pub fn distance(a: State, b: State, cols: usize) -> f64 {
    let place = |s: State| ((s as usize / cols) as f64, (s as usize % cols) as f64);
    let ((r, c), (r2, c2)) = (place(a), place(b));
    (r - r2).hypot(c - c2)
}

/// The farthest other state of the same value as `next`; `next` itself if there is none.
fn along(next: State, values: &[f64], open: &[State], cols: usize) -> State {
    let most = values.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
    let same = |s: &&State| (values[**s as usize] - values[next as usize]).abs() <= SAME * most;
    let far = |s: &&State| distance(**s, next, cols);
    let found = open.iter().filter(same).max_by(|a, b| far(a).total_cmp(&far(b)));
    found.copied().unwrap_or(next)
}

/// The state of another value whose distance from `next` is nearest to `far`.
fn across(next: State, far: f64, values: &[f64], open: &[State], cols: usize) -> State {
    let other = |s: &&State| values[**s as usize] != values[next as usize];
    let off = |s: &&State| (distance(**s, next, cols) - far).abs();
    let found = open.iter().filter(other).min_by(|a, b| off(a).total_cmp(&off(b)));
    found.copied().unwrap_or(next)
}

/// `outcomes` as `how` says, with `values`, `[S]`, of a world whose states that are left are `open`
/// in a map of so many columns. Rewards and ends of the task stay as they are.
pub fn altered(
    outcomes: &[Outcome],
    how: Altered,
    (values, open, cols): (&[f64], &[State], usize),
) -> Vec<Outcome> {
    let one = |o: &Outcome| {
        let level = || along(o.next, values, open, cols);
        let next = match how {
            _ if o.terminated => o.next,
            Altered::Exact => o.next,
            Altered::Level => level(),
            Altered::Across => {
                let far = distance(o.next, level(), cols);
                if far > 0.0 { across(o.next, far, values, open, cols) } else { o.next }
            }
        };
        Outcome { next, ..*o }
    };
    outcomes.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_moves_along_or_across_its_level() {
        let open: Vec<State> = (0..6).collect();
        // Two rows of three; states 0, 2 and 3 are worth the same.
        let values = [1.0, 2.0, 1.0, 1.0, 3.0, 4.0];
        let of = |next: State, how: Altered| {
            let o = Outcome { probability: 1.0, reward: 0.5, next, terminated: false };
            let found = altered(&[o], how, (&values, &open, 3));
            assert_eq!((found[0].reward, found[0].probability), (0.5, 1.0));
            found[0].next
        };
        assert_eq!([0, 2, 3].map(|s| of(s, Altered::Level)), [2, 3, 2]);
        assert_eq!(of(1, Altered::Level), 1, "nobody else is worth as much");
        assert_eq!(of(1, Altered::Across), 1, "so nothing is moved there either");
        let far = of(0, Altered::Across);
        assert!(values[far as usize] != 1.0 && distance(0, far, 3) > 1.0, "{far}");
        assert_eq!(of(5, Altered::Exact), 5);
    }

    #[test]
    fn the_end_of_the_task_stays_where_it_is() {
        let o = Outcome { probability: 1.0, reward: 1.0, next: 0, terminated: true };
        assert_eq!(altered(&[o], Altered::Level, (&[1.0, 1.0], &[0, 1], 2)), [o]);
    }
}
