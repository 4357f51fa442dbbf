//! Deterministic table model: the last reward and next state seen for each pair
//! (Sutton & Barto, section 8.2). A pair never taken has no entry.

use super::lies::Lies;
use crate::base::digest::Digest;
use crate::base::rng::Stream;
use crate::mdp::{Action, State};

/// What happened the last time.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Entry {
    /// Reward.
    pub reward: f64,
    /// Next state.
    pub next: State,
    /// False where the task ended.
    pub goes_on: bool,
}

/// The model: `[S * A]` entries and the pairs and states known so far.
#[derive(Clone, Debug, PartialEq)]
pub struct LastSeen {
    actions: usize,
    entries: Vec<Entry>,
    known: Vec<bool>,
    /// Pairs in the order they were first taken.
    pairs: Vec<u32>,
    /// States in the order they were first left.
    states: Vec<State>,
    lies: Lies,
}

impl LastSeen {
    /// Nothing known.
    pub fn new(states: usize, actions: usize) -> Self {
        Self {
            actions,
            entries: vec![Entry::default(); states * actions],
            known: vec![false; states * actions],
            pairs: Vec::new(),
            states: Vec::new(),
            lies: Lies::default(),
        }
    }

    /// Overwrites the entry of a pair.
    #[inline]
    pub fn learn(&mut self, state: State, action: Action, entry: Entry) {
        let row = state as usize * self.actions;
        let pair = row + usize::from(action);
        if !self.known[pair] {
            if !self.known[row..row + self.actions].contains(&true) {
                self.states.push(state);
            }
            self.known[pair] = true;
            self.pairs.push(pair as u32);
        }
        self.entries[pair] = entry;
    }

    /// The entry of a pair, or `None`: no data.
    #[inline]
    pub fn get(&self, state: State, action: Action) -> Option<Entry> {
        let pair = state as usize * self.actions + usize::from(action);
        self.known[pair].then(|| self.told(state, self.entries[pair]))
    }

    /// What a person painted over the model.
    pub fn lie(&mut self, cells: &[(State, f64)]) {
        self.lies.paint(self.entries.len() / self.actions, cells);
    }

    /// An entry as planning reads it.
    #[inline(always)]
    fn told(&self, state: State, entry: Entry) -> Entry {
        Entry { reward: self.lies.lifted(state, entry.next, entry.reward), ..entry }
    }

    /// A pair taken before, uniformly over distinct pairs, with its entry.
    #[inline]
    pub fn sample_pair(&self, dice: &mut Stream) -> Option<(State, Action, Entry)> {
        if self.pairs.is_empty() {
            return None;
        }
        let pair = self.pairs[dice.below(self.pairs.len() as u32) as usize];
        let actions = self.actions as u32;
        // Dividing by a constant is several times cheaper than by a variable.
        let (state, action) = match actions {
            4 => (pair / 4, pair % 4),
            _ => (pair / actions, pair % actions),
        };
        Some((state, action as Action, self.told(state, self.entries[pair as usize])))
    }

    /// A state left before, uniformly over distinct states.
    #[inline]
    pub fn sample_state(&self, dice: &mut Stream) -> Option<State> {
        let n = self.states.len() as u32;
        (n > 0).then(|| self.states[dice.below(n) as usize])
    }

    /// States left before, in the order first left.
    pub fn known_states(&self) -> &[State] {
        &self.states
    }

    /// Number of actions.
    pub fn actions(&self) -> usize {
        self.actions
    }

    /// Number of states, known or not.
    pub fn states_in_all(&self) -> usize {
        self.entries.len() / self.actions
    }

    /// How many pairs are known.
    pub fn known_pairs(&self) -> usize {
        self.pairs.len()
    }

    /// All known pairs with their entries as they were learned, in the order they were first taken.
    pub fn iter(&self) -> impl Iterator<Item = (State, Action, Entry)> {
        self.pairs.iter().map(|&pair| {
            let actions = self.actions as u32;
            let entry = self.entries[pair as usize];
            (pair / actions, (pair % actions) as Action, entry)
        })
    }

    /// Adds all entries.
    pub fn digest(&self, digest: &mut Digest) {
        for (state, action, entry) in self.iter() {
            digest.word(u64::from(state) << 8 | u64::from(action));
            digest.number(entry.reward);
            digest.word(u64::from(entry.next) << 1 | u64::from(entry.goes_on));
        }
        self.lies.digest(digest);
    }

    /// Host memory in bytes.
    pub fn bytes(&self) -> usize {
        self.entries.len() * (size_of::<Entry>() + 1)
            + (self.pairs.capacity() + self.states.capacity()) * size_of::<u32>()
            + self.lies.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::StreamName;

    fn entry(next: State) -> Entry {
        Entry { reward: f64::from(next), next, goes_on: true }
    }

    #[test]
    fn the_last_word_counts_and_unseen_pairs_have_none() {
        let mut model = LastSeen::new(3, 2);
        let mut dice = Stream::new(0, StreamName::Plan);
        assert_eq!(model.sample_pair(&mut dice), None);
        model.learn(1, 0, entry(2));
        model.learn(1, 0, entry(0));
        assert_eq!(model.get(1, 0), Some(entry(0)));
        assert_eq!(model.get(1, 1), None);
        assert_eq!(model.known_pairs(), 1);
    }

    #[test]
    fn pairs_and_states_are_drawn_uniformly() {
        let mut model = LastSeen::new(4, 3);
        // State 0 with three actions, state 3 with one; repeats must not count.
        for (s, a) in [(0, 0), (0, 1), (0, 2), (3, 1), (3, 1), (0, 0)] {
            model.learn(s, a, entry(s));
        }
        let mut dice = Stream::new(9, StreamName::Plan);
        let draws = 30_000;
        let far = (0..draws).filter(|_| model.sample_pair(&mut dice).unwrap().0 == 3);
        assert!(far.count().abs_diff(draws / 4) < 375);
        let far = (0..draws).filter(|_| model.sample_state(&mut dice) == Some(3));
        assert!(far.count().abs_diff(draws / 2) < 435);
    }
}
