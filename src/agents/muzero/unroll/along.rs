//! What the heads say along the actions that were really taken, step by step, for pictures.

/// Of one lane: means over the places of a batch that teach something at a step; a list ends with the
/// first step at which nobody does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Along {
    /// `[K]`: rewards as they were predicted, and as they were paid.
    pub rewards: Vec<[f64; 2]>,
    /// `[K + 1]`: values as they were predicted, and their targets.
    pub values: Vec<[f64; 2]>,
    /// `[K + 1]`: terms of the value loss, as they are added up.
    pub terms: Vec<f64>,
}

/// Pairs of numbers that are added up for each step.
#[derive(Clone, Debug)]
pub(super) struct Means(Vec<([f64; 2], u32)>);

impl Means {
    /// Of so many steps.
    pub fn new(steps: usize) -> Self {
        Self(vec![([0.0; 2], 0); steps])
    }

    /// One more pair at step `k`.
    pub fn note(&mut self, k: usize, pair: [f64; 2]) {
        let (sums, count) = &mut self.0[k];
        sums.iter_mut().zip(pair).for_each(|(sum, x)| *sum += x);
        *count += 1;
    }

    /// The means.
    pub fn all(&self) -> Vec<[f64; 2]> {
        let known = self.0.iter().take_while(|(_, count)| *count > 0);
        known.map(|(sums, count)| sums.map(|sum| sum / f64::from(*count))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_end_where_nobody_teaches() {
        let mut means = Means::new(4);
        for (k, pair) in [(0, [1.0, 2.0]), (0, [3.0, 2.0]), (1, [5.0, 0.0]), (3, [1.0, 1.0])] {
            means.note(k, pair);
        }
        assert_eq!(means.all(), [[2.0, 2.0], [5.0, 0.0]]);
    }
}
