//! Work of an agent whose lanes are one population: a lane at rest does none of it.

use super::Work;

/// Work of all together, and of each lane.
#[derive(Clone, Debug)]
pub struct Works {
    /// What was done, by however many lanes at once.
    pub all: Work,
    lanes: Vec<Work>,
}

impl Works {
    /// Nothing done yet by so many lanes.
    pub fn new(lanes: usize) -> Self {
        Self { all: Work::default(), lanes: vec![Work::default(); lanes] }
    }

    /// Work of lane `lane`.
    pub fn of(&self, lane: usize) -> Work {
        self.lanes[lane]
    }

    /// Adds what the lanes of `active` did together.
    pub fn add(&mut self, active: &[bool], add: impl Fn(&mut Work)) {
        add(&mut self.all);
        let lanes = self.lanes.iter_mut().zip(active).filter(|(_, active)| **active);
        lanes.for_each(|(work, _)| add(work));
    }
}

#[cfg(test)]
mod tests {
    use super::Works;

    #[test]
    fn lanes_at_rest_do_nothing() {
        let mut works = Works::new(2);
        works.add(&[true, true], |work| work.real_updates += 1);
        works.add(&[false, true], |work| work.imagined_steps += 5);
        let of = |lane| (works.of(lane).real_updates, works.of(lane).imagined_steps);
        assert_eq!((of(0), of(1), works.all.imagined_steps), ((1, 0), (1, 5), 5));
    }
}
