//! Table look-up model: counts of what followed each pair (the lecture's "table lookup model").
//!
//! `p(s'|s,a) = N(s,a,s') / N(s,a)` and `r(s,a)` = mean of the rewards. A pair never taken has no
//! data.

use super::lies::Lies;
use crate::base::digest::Digest;
use crate::mdp::{Action, State};

/// One thing that has followed a pair.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Followed {
    /// Next state.
    pub next: State,
    /// False where the task ended.
    pub goes_on: bool,
    /// How often: `N(s,a,s')`.
    pub count: u32,
    /// Sum of the rewards that came with it.
    pub reward_sum: f64,
}

/// The model: what followed each pair, and which pairs lead to each state.
#[derive(Clone, Debug, PartialEq)]
pub struct TableModel {
    actions: usize,
    /// `[S * A]`, in the order first seen.
    followed: Vec<Vec<Followed>>,
    /// `[S * A]`: `N(s,a)`.
    counts: Vec<u32>,
    /// `[S]`: pairs that have led here, in the order first seen.
    leads: Vec<Vec<u32>>,
    known: usize,
    lies: Lies,
}

impl TableModel {
    /// Nothing known.
    pub fn new(states: usize, actions: usize) -> Self {
        Self {
            actions,
            followed: vec![Vec::new(); states * actions],
            counts: vec![0; states * actions],
            leads: vec![Vec::new(); states],
            known: 0,
            lies: Lies::default(),
        }
    }

    fn pair(&self, state: State, action: Action) -> usize {
        state as usize * self.actions + usize::from(action)
    }

    /// Counts one experience.
    pub fn learn(&mut self, at: (State, Action), reward: f64, next: State, goes_on: bool) {
        let pair = self.pair(at.0, at.1);
        self.known += usize::from(self.counts[pair] == 0);
        self.counts[pair] += 1;
        let followed = &mut self.followed[pair];
        let known = followed.iter_mut().find(|f| (f.next, f.goes_on) == (next, goes_on));
        if let Some(known) = known {
            known.count += 1;
            known.reward_sum += reward;
            return;
        }
        if followed.iter().all(|f| f.next != next) {
            self.leads[next as usize].push(pair as u32);
        }
        followed.push(Followed { next, goes_on, count: 1, reward_sum: reward });
    }

    /// `N(s,a)`.
    pub fn count(&self, state: State, action: Action) -> u32 {
        self.counts[self.pair(state, action)]
    }

    /// Everything that has followed a pair; empty: no data.
    pub fn followed(&self, state: State, action: Action) -> &[Followed] {
        &self.followed[self.pair(state, action)]
    }

    /// `p(s'|s,a)`; `None`: no data.
    pub fn probability(&self, state: State, action: Action, next: State) -> Option<f64> {
        let count = self.count(state, action);
        let of = self.followed(state, action).iter().filter(|f| f.next == next);
        let times: u32 = of.map(|f| f.count).sum();
        (count > 0).then(|| f64::from(times) / f64::from(count))
    }

    /// What a person painted over the model.
    pub fn lie(&mut self, cells: &[(State, f64)]) {
        self.lies.paint(self.leads.len(), cells);
    }

    /// Mean reward of one outcome of `state`, as planning reads it.
    pub fn told(&self, state: State, outcome: &Followed) -> f64 {
        let mean = outcome.reward_sum / f64::from(outcome.count);
        self.lies.lifted(state, outcome.next, mean)
    }

    /// Mean reward of a pair as planning reads it; `None`: no data.
    pub fn reward(&self, state: State, action: Action) -> Option<f64> {
        let count = self.count(state, action);
        let told = |f: &Followed| self.told(state, f) * f64::from(f.count);
        let sum: f64 = match self.lies.is_empty() {
            true => self.followed(state, action).iter().map(|f| f.reward_sum).sum(),
            false => self.followed(state, action).iter().map(told).sum(),
        };
        (count > 0).then(|| sum / f64::from(count))
    }

    /// `sum_s' p(s'|s,a) value(s')`, where the end of the task is worth nothing; `None`: no data.
    pub fn expect(&self, at: (State, Action), value: impl Fn(State) -> f64) -> Option<f64> {
        let count = f64::from(self.count(at.0, at.1));
        let going_on = self.followed(at.0, at.1).iter().filter(|f| f.goes_on);
        let terms = going_on.map(|f| f64::from(f.count) / count * value(f.next));
        (count > 0.0).then(|| terms.sum())
    }

    /// Pairs `s * A + a` that have led to `state`, in the order first seen.
    pub fn leads_to(&self, state: State) -> &[u32] {
        &self.leads[state as usize]
    }

    /// Number of actions.
    pub fn actions(&self) -> usize {
        self.actions
    }

    /// Number of states, known or not.
    pub fn states(&self) -> usize {
        self.leads.len()
    }

    /// How many pairs have data.
    pub fn known_pairs(&self) -> usize {
        self.known
    }

    /// All pairs with data and what followed them, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = (State, Action, &[Followed])> {
        let known = self.followed.iter().enumerate().filter(|(_, f)| !f.is_empty());
        known.map(|(pair, followed)| {
            ((pair / self.actions) as State, (pair % self.actions) as Action, followed.as_slice())
        })
    }

    /// Adds everything that decides an answer, now or later.
    pub fn digest(&self, digest: &mut Digest) {
        for (state, action, followed) in self.iter() {
            digest.word(u64::from(state) << 8 | u64::from(action));
            for f in followed {
                digest.word(u64::from(f.next) << 32 | u64::from(f.count));
                digest.word(u64::from(f.goes_on));
                digest.number(f.reward_sum);
            }
        }
        self.leads.iter().flatten().for_each(|&pair| digest.word(u64::from(pair)));
        self.lies.digest(digest);
    }

    /// Host memory in bytes.
    pub fn bytes(&self) -> usize {
        let followed: usize = self.followed.iter().map(Vec::capacity).sum();
        let leads: usize = self.leads.iter().map(Vec::capacity).sum();
        self.followed.len() * (size_of::<Vec<Followed>>() + size_of::<u32>())
            + self.leads.len() * size_of::<Vec<u32>>()
            + followed * size_of::<Followed>()
            + leads * size_of::<u32>()
            + self.lies.bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_counts() {
        let mut model = TableModel::new(3, 2);
        assert_eq!(model.probability(0, 1, 2), None);
        assert_eq!(model.expect((0, 1), |_| 1.0), None);
        for (reward, next, goes_on) in
            [(1.0, 2, true), (3.0, 1, true), (0.0, 2, true), (4.0, 2, false)]
        {
            model.learn((0, 1), reward, next, goes_on);
        }
        assert_eq!((model.count(0, 1), model.known_pairs()), (4, 1));
        assert_eq!(model.probability(0, 1, 2), Some(0.75));
        assert_eq!(model.reward(0, 1), Some(2.0));
        assert_eq!(model.expect((0, 1), f64::from), Some(0.5 * 2.0 + 0.25), "the end is worth 0");
        assert_eq!((model.leads_to(2), model.leads_to(0)), (&[1][..], &[][..]));
        assert_eq!(model.iter().count(), 1);
    }

    #[test]
    fn the_digest_tells_apart_whatever_decides_the_future() {
        let of = |learned: &[((State, Action), f64, State, bool)]| {
            let (mut model, mut digest) = (TableModel::new(3, 2), Digest::default());
            learned.iter().for_each(|&(at, reward, next, on)| model.learn(at, reward, next, on));
            model.digest(&mut digest);
            digest.finish()
        };
        let all = [
            of(&[((0, 1), 1.0, 2, true)]),
            of(&[((0, 0), 1.0, 2, true)]),
            of(&[((1, 1), 1.0, 2, true)]),
            of(&[((0, 1), 2.0, 2, true)]),
            of(&[((0, 1), 1.0, 1, true)]),
            of(&[((0, 1), 1.0, 2, false)]),
            of(&[((0, 1), 1.0, 2, true), ((0, 1), 0.0, 2, true)]),
            of(&[((0, 1), 1.0, 2, true), ((1, 1), 0.0, 2, true)]),
            // Which of the two led there first is the order in which a sweep queues them.
            of(&[((1, 1), 0.0, 2, true), ((0, 1), 1.0, 2, true)]),
        ];
        for (index, one) in all.iter().enumerate() {
            assert!(!all[..index].contains(one), "{index}");
        }
    }
}
