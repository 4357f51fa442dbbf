//! Action values in a table, and who wrote them.
//!
//! There is one way to change an entry, for real and imagined experience alike; only the source
//! tag differs (the lecture's "treat real and simulated experience equivalently").

use super::{NotANumber, Work};
use crate::base::digest::Digest;
use crate::mdp::trace::{Effect, Source};
use crate::mdp::{Action, State};
use crate::rl::td::{max_value, q_target, towards};

/// Who wrote an entry.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Updates from real experience.
    pub real: u64,
    /// Updates from imagined experience.
    pub imagined: u64,
    /// Share of the value that imagined updates wrote:
    /// `share += alpha * ([imagined] - share)` at every update.
    pub share: f64,
}

/// One experience, real or imagined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Experience {
    /// State.
    pub state: State,
    /// Action.
    pub action: Action,
    /// Reward.
    pub reward: f64,
    /// Next state.
    pub next: State,
    /// Gamma, or 0 where the task ended.
    pub discount: f64,
    /// Where it comes from.
    pub source: Source,
}

/// `Q[s, a]` with tallies, `[S * A]` each, zero at the start.
#[derive(Clone, Debug)]
pub struct ActionValues {
    actions: usize,
    q: Vec<f64>,
    tally: Vec<Tally>,
    failure: Option<NotANumber>,
}

impl ActionValues {
    /// All zero.
    pub fn new(states: usize, actions: usize) -> Self {
        Self {
            actions,
            q: vec![0.0; states * actions],
            tally: vec![Tally::default(); states * actions],
            failure: None,
        }
    }

    /// Values of states, `[S]`, all `value` at the start: one column, in which `action` is always 0.
    pub fn of_states(states: usize, value: f64) -> Self {
        Self { q: vec![value; states], ..Self::new(states, 1) }
    }

    /// Number of states `S`.
    pub fn states(&self) -> usize {
        self.q.len() / self.actions
    }

    /// Every entry that was never updated becomes `value`.
    pub fn start_from(&mut self, value: f64) {
        let untouched = self.q.iter_mut().zip(&self.tally);
        for (q, _) in untouched.filter(|(_, t)| t.real + t.imagined == 0) {
            *q = value;
        }
    }

    /// Action values of `state`, `[A]`.
    #[inline]
    pub fn row(&self, state: State) -> &[f64] {
        let start = state as usize * self.actions;
        &self.q[start..start + self.actions]
    }

    /// Greatest action value of `state`.
    #[inline]
    pub fn max(&self, state: State) -> f64 {
        max_value(self.row(state))
    }

    /// Q-learning: `Q[s,a] += alpha (r + discount max Q[s'] - Q[s,a])`. Returns what it did.
    #[inline(always)]
    pub fn update(&mut self, e: Experience, alpha: f64) -> Effect {
        self.update_to(e, self.max(e.next), alpha)
    }

    /// The same with `next_value` in place of the maximum, as the other rules have it.
    // Inlined by force, so that an effect nobody watches is never built.
    #[inline(always)]
    pub fn update_to(&mut self, e: Experience, next_value: f64, alpha: f64) -> Effect {
        let target = q_target(e.reward, e.discount, next_value);
        let pair = e.state as usize * self.actions + usize::from(e.action);
        let old = self.q[pair];
        let new = towards(old, target, alpha);
        self.write(pair, new, alpha, e.source);
        Effect {
            state: e.state,
            action: e.action,
            next: e.next,
            reward: e.reward,
            discount: e.discount,
            next_value,
            target,
            outcomes: 1,
            old,
            new,
            source: e.source,
        }
    }

    /// Writes entry `pair` and its tally; notes the first value that is not a number.
    #[inline(always)]
    pub fn write(&mut self, pair: usize, new: f64, alpha: f64, source: Source) {
        self.q[pair] = new;
        let tally = &mut self.tally[pair];
        let imagined = match source {
            Source::Real => {
                tally.real += 1;
                0.0
            }
            Source::Imagined => {
                tally.imagined += 1;
                1.0
            }
        };
        tally.share += alpha * (imagined - tally.share);
        if !new.is_finite() {
            self.fail(pair, new);
        }
    }

    #[cold]
    fn fail(&mut self, pair: usize, value: f64) {
        self.failure.get_or_insert(NotANumber {
            state: (pair / self.actions) as State,
            action: (pair % self.actions) as Action,
            value,
        });
    }

    /// The first entry that stopped being a number.
    #[inline]
    pub fn failure(&self) -> Option<NotANumber> {
        self.failure
    }

    /// True once an entry is not a number.
    #[inline]
    pub fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Copies everything a picture needs.
    pub fn view(&self, known_pairs: Option<usize>) -> TableView {
        TableView {
            actions: self.actions,
            q: self.q.clone(),
            tally: self.tally.clone(),
            known_pairs,
        }
    }

    /// Adds values and tallies.
    pub fn digest(&self, digest: &mut Digest) {
        digest.numbers(&self.q);
        for tally in &self.tally {
            digest.word(tally.real);
            digest.word(tally.imagined);
            digest.number(tally.share);
        }
    }

    /// Host memory in bytes.
    pub fn bytes(&self) -> usize {
        self.q.len() * (size_of::<f64>() + size_of::<Tally>())
    }
}

/// A copy of a table for probes.
#[derive(Clone, Debug, PartialEq)]
pub struct TableView {
    /// Number of actions `A`.
    pub actions: usize,
    /// `[S * A]`.
    pub q: Vec<f64>,
    /// `[S * A]`.
    pub tally: Vec<Tally>,
    /// Pairs the model knows; `None` without a learned model.
    pub known_pairs: Option<usize>,
}

impl TableView {
    /// Number of states `S`.
    pub fn states(&self) -> usize {
        self.q.len() / self.actions
    }

    /// Whether it holds one value a state: `V[s]`, the same as `Q[s,a]` where there is one action.
    pub fn is_of_states(&self) -> bool {
        self.actions == 1
    }

    /// Action values of a state, `[A]`.
    pub fn row(&self, state: usize) -> &[f64] {
        &self.q[state * self.actions..][..self.actions]
    }
}

/// Counts one value update.
pub fn count(work: &mut Work, source: Source) {
    match source {
        Source::Real => work.real_updates += 1,
        Source::Imagined => work.imagined_updates += 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn experience(source: Source) -> Experience {
        Experience { state: 0, action: 1, reward: 1.0, next: 1, discount: 0.5, source }
    }

    #[test]
    fn real_and_imagined_experience_change_the_value_alike() {
        let effects = [Source::Real, Source::Imagined].map(|source| {
            let mut values = ActionValues::new(2, 4);
            values.write(6, 2.0, 1.0, Source::Real);
            values.update(experience(source), 0.1)
        });
        assert_eq!(effects[0].new, effects[1].new);
        assert!((effects[0].new - 0.2).abs() < 1e-15, "0 + 0.1 (1 + 0.5 * 2 - 0)");
    }

    #[test]
    fn the_share_follows_its_rule() {
        let mut values = ActionValues::new(2, 4);
        values.update(experience(Source::Imagined), 0.5);
        values.update(experience(Source::Imagined), 0.5);
        values.update(experience(Source::Real), 0.5);
        let tally = values.view(None).tally[1];
        assert_eq!((tally.real, tally.imagined, tally.share), (1, 2, 0.375));
    }

    #[test]
    fn a_new_start_moves_only_what_no_update_has_written() {
        let mut values = ActionValues::of_states(3, 0.5);
        let of = |state| Experience { state, action: 0, next: 2, ..experience(Source::Real) };
        assert_eq!(values.update(of(1), 0.5).new, 0.5 + 0.5 * (1.0 + 0.5 * 0.5 - 0.5));
        values.start_from(0.0);
        assert_eq!(values.view(None).q, [0.0, 0.875, 0.0]);
        assert!(values.view(None).is_of_states());
    }

    #[test]
    fn the_first_value_that_is_no_number_is_named() {
        let mut values = ActionValues::new(2, 4);
        let mut bad = experience(Source::Real);
        bad.reward = f64::INFINITY;
        values.update(bad, 0.1);
        let failure = values.failure().unwrap();
        assert_eq!((failure.state, failure.action), (0, 1));
        assert_eq!(failure.value, f64::INFINITY);
    }
}
