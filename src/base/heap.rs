//! A priority queue of small whole numbers that keeps the greatest priority each was given.

/// Not in the queue.
const NOWHERE: u32 = u32::MAX;

/// Keys `0..n`, each in the queue at most once. Never grows, never holds stale entries.
#[derive(Clone, Debug)]
pub struct Heap {
    /// Keys; a parent never has less than its children at `2i + 1` and `2i + 2`.
    keys: Vec<u32>,
    /// `[n]`: index in `keys`, or [`NOWHERE`].
    place: Vec<u32>,
    /// `[n]`: priority of the keys in the queue.
    priority: Vec<f64>,
}

impl Heap {
    /// Empty, for keys `0..n`.
    pub fn new(n: usize) -> Self {
        Self { keys: Vec::new(), place: vec![NOWHERE; n], priority: vec![0.0; n] }
    }

    /// Puts `key` in, or raises its priority if this one is greater.
    pub fn push(&mut self, key: u32, priority: f64) {
        let k = key as usize;
        if self.place[k] == NOWHERE {
            self.place[k] = self.keys.len() as u32;
            self.keys.push(key);
        } else if priority <= self.priority[k] {
            return;
        }
        self.priority[k] = priority;
        self.rise(self.place[k] as usize);
    }

    /// Takes out the key with the greatest priority.
    pub fn pop(&mut self) -> Option<u32> {
        let last = self.keys.pop()?;
        let Some(&top) = self.keys.first() else {
            self.place[last as usize] = NOWHERE;
            return Some(last);
        };
        self.place[top as usize] = NOWHERE;
        self.put(0, last);
        self.sink(0);
        Some(top)
    }

    /// How many keys are in the queue.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// True if none is.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Keys with their priorities, in the order of the heap.
    pub fn iter(&self) -> impl Iterator<Item = (u32, f64)> {
        self.keys.iter().map(|&key| (key, self.priority[key as usize]))
    }

    /// Host memory in bytes.
    pub fn bytes(&self) -> usize {
        self.keys.capacity() * size_of::<u32>()
            + self.place.len() * (size_of::<u32>() + size_of::<f64>())
    }

    fn of(&self, index: usize) -> f64 {
        self.priority[self.keys[index] as usize]
    }

    fn put(&mut self, index: usize, key: u32) {
        self.keys[index] = key;
        self.place[key as usize] = index as u32;
    }

    fn swap(&mut self, a: usize, b: usize) {
        let (one, other) = (self.keys[a], self.keys[b]);
        self.put(a, other);
        self.put(b, one);
    }

    fn rise(&mut self, mut index: usize) {
        while index > 0 {
            let parent = (index - 1) / 2;
            if self.of(parent) >= self.of(index) {
                return;
            }
            self.swap(parent, index);
            index = parent;
        }
    }

    fn sink(&mut self, mut index: usize) {
        loop {
            let children = 2 * index + 1..(2 * index + 3).min(self.keys.len());
            let Some(best) = children.reduce(|a, b| if self.of(b) > self.of(a) { b } else { a })
            else {
                return;
            };
            if self.of(index) >= self.of(best) {
                return;
            }
            self.swap(index, best);
            index = best;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::{Stream, StreamName};

    #[test]
    fn gives_back_what_a_sorted_list_would() {
        let mut dice = Stream::new(1, StreamName::Plan);
        let (mut heap, mut list) = (Heap::new(50), [None::<f64>; 50]);
        for _ in 0..20_000 {
            if dice.chance(0.55) {
                let (key, priority) = (dice.below(50), dice.unit());
                heap.push(key, priority);
                let known = &mut list[key as usize];
                *known = Some(known.map_or(priority, |p| p.max(priority)));
            } else {
                let best = (0..50).filter(|&k| list[k].is_some());
                let best = best.max_by(|&a, &b| list[a].unwrap().total_cmp(&list[b].unwrap()));
                assert_eq!(heap.pop(), best.map(|k| k as u32));
                best.into_iter().for_each(|k| list[k] = None);
            }
            assert_eq!(heap.len(), list.iter().flatten().count());
        }
        assert!(!heap.is_empty() && heap.iter().count() == heap.len());
    }
}
