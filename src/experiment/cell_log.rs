//! The log of one cell: a watcher that keeps the updates of its table entries alone.

use std::collections::VecDeque;

use super::clock::Counters;
use crate::mdp::State;
use crate::mdp::trace::{Effect, Value, Watch};
use crate::rl::td::{q_target, towards};

/// One update.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Logged {
    /// What it did.
    pub effect: Effect,
    /// Number of the real step it belongs to, from 1.
    pub step: u64,
    /// Step size, where every update of the agent has the same.
    pub alpha: Option<f64>,
}

/// Keeps the newest updates of one cell.
#[derive(Clone, Debug)]
pub struct CellLog {
    cell: State,
    /// Updates from this number on are not wanted.
    end: u64,
    most: usize,
    kept: VecDeque<Logged>,
    /// Updates of the cell so far, those before the log began included.
    seen: u64,
    step: u64,
    alpha: Option<f64>,
}

impl CellLog {
    /// For updates of `cell` before number `end`, the newest `most` of them.
    pub fn new(cell: State, end: u64, most: usize) -> Self {
        Self { cell, end, most, kept: VecDeque::new(), seen: 0, step: 0, alpha: None }
    }

    /// Begins where the cell had `seen` updates and the lane stood at `counters`.
    pub fn begin(&mut self, seen: u64, counters: &Counters, alpha: Option<f64>) {
        self.kept.clear();
        self.seen = seen;
        self.go_on(counters, alpha);
    }

    /// Goes on from `counters`; nothing was written into the cell meanwhile.
    pub fn go_on(&mut self, counters: &Counters, alpha: Option<f64>) {
        self.step = counters.env_steps + u64::from(counters.unit > 0);
        self.alpha = alpha;
    }

    /// The step size may have changed.
    pub fn change(&mut self, alpha: Option<f64>) {
        self.alpha = alpha;
    }

    /// The cell.
    pub fn cell(&self) -> State {
        self.cell
    }

    /// Updates of the cell so far.
    pub fn seen(&self) -> u64 {
        self.seen
    }

    /// Number of the first update kept.
    pub fn first(&self) -> u64 {
        self.seen.min(self.end) - self.kept.len() as u64
    }

    /// True once nothing more is wanted.
    pub fn is_complete(&self) -> bool {
        self.seen >= self.end
    }

    /// The updates kept, oldest first.
    pub fn updates(&self) -> impl Iterator<Item = Logged> {
        self.kept.iter().copied()
    }
}

impl Watch for CellLog {
    fn line(&mut self, _: u8, _: impl FnOnce() -> Option<Value>) {}

    fn effect(&mut self, _: u8, effect: impl FnOnce() -> Effect) {
        let effect = effect();
        if effect.state != self.cell {
            return;
        }
        self.seen += 1;
        if self.seen > self.end {
            return;
        }
        if self.kept.len() == self.most {
            self.kept.pop_front();
        }
        self.kept.push_back(Logged { effect, step: self.step, alpha: self.alpha });
    }

    fn unit(&mut self) {}

    fn step(&mut self) {
        self.step += 1;
    }
}

/// Does the updates of a list over, each from its own numbers: whether every one begins with the
/// bits that the one before left, computes the bits it wrote, and the last ones are those of `row`,
/// `[A]`, where it is known.
pub fn replays(updates: &[Logged], row: Option<&[f64]>) -> bool {
    let mut values: Vec<Option<f64>> = Vec::new();
    let same = |a: f64, b: f64| a.to_bits() == b.to_bits();
    for Logged { effect: e, alpha, .. } in updates {
        let action = usize::from(e.action);
        values.resize(values.len().max(action + 1), None);
        let target = match e.outcomes {
            1 => q_target(e.reward, e.discount, e.next_value),
            _ => e.target,
        };
        let new = alpha.map_or(e.new, |alpha| towards(e.old, target, alpha));
        let joins = values[action].is_none_or(|value| same(value, e.old));
        if !joins || !same(target, e.target) || !same(new, e.new) {
            return false;
        }
        values[action] = Some(new);
    }
    let ends = |row: &[f64]| {
        let mut known = values.iter().zip(row);
        known.all(|(value, q)| value.is_none_or(|value| same(value, *q)))
    };
    row.is_none_or(ends)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdp::trace::Source;

    fn update(old: f64, new: f64) -> Logged {
        let effect = Effect {
            state: 3,
            action: 1,
            next: 4,
            reward: 1.0,
            discount: 0.5,
            next_value: 2.0,
            target: 2.0,
            outcomes: 1,
            old,
            new,
            source: Source::Real,
        };
        Logged { effect, step: 1, alpha: Some(0.5) }
    }

    #[test]
    fn a_list_that_was_touched_does_not_replay() {
        let list = [update(0.0, 1.0), update(1.0, 1.5)];
        assert!(replays(&list, Some(&[9.0, 1.5])));
        assert!(!replays(&list, Some(&[9.0, 1.5 + 1e-15])), "to the last bit");
        assert!(!replays(&[list[1], list[1]], None), "one is missing between");
        assert!(!replays(&[update(0.0, 1.0 + 1e-15)], None), "not what its numbers give");
        assert!(replays(&[], Some(&[0.3])));
    }

    #[test]
    fn the_newest_are_kept_and_numbered() {
        let mut log = CellLog::new(3, 7, 2);
        log.begin(4, &Counters { env_steps: 10, ..Counters::default() }, None);
        log.step();
        log.effect(0, || Effect { state: 9, ..update(0.0, 1.0).effect });
        assert_eq!((log.seen(), log.first()), (4, 4));
        for old in [1.0, 2.0, 3.0, 4.0] {
            log.effect(0, || update(old, 0.0).effect);
        }
        let kept: Vec<_> = log.updates().map(|l| (l.effect.old, l.step)).collect();
        assert_eq!(kept, [(2.0, 11), (3.0, 11)], "the eighth is not wanted");
        assert_eq!((log.first(), log.is_complete()), (5, true));
    }
}
