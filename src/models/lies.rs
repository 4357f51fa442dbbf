//! An error painted over a model by hand: entering a painted cell pays more in the model than it
//! does in the world. The planner reads its model through it; what is learned stays as it is.

use crate::base::digest::Digest;
use crate::mdp::State;

/// What each state pays more on entering; free while nothing is painted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lies {
    /// `[S]`, or empty.
    extra: Vec<f64>,
}

impl Lies {
    /// From now on, entering these cells of `states` pays so much more; 0 takes it back.
    pub fn paint(&mut self, states: usize, cells: &[(State, f64)]) {
        self.extra.resize(states, 0.0);
        cells.iter().for_each(|&(cell, extra)| self.extra[cell as usize] = extra);
        // Nothing painted is as nothing ever painted.
        if self.extra.iter().all(|&extra| extra == 0.0) {
            self.extra.clear();
        }
    }

    /// Whether nothing is painted.
    pub fn is_empty(&self) -> bool {
        self.extra.is_empty()
    }

    /// `reward` of a step from `state` to `next` as the model tells it. To stay is not to enter.
    #[inline(always)]
    pub fn lifted(&self, state: State, next: State, reward: f64) -> f64 {
        if self.extra.is_empty() || state == next {
            return reward;
        }
        reward + self.extra[next as usize]
    }

    /// Adds what is painted.
    pub fn digest(&self, digest: &mut Digest) {
        digest.numbers(&self.extra);
    }

    /// Host memory in bytes.
    pub fn bytes(&self) -> usize {
        self.extra.capacity() * size_of::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entering_pays_staying_does_not_and_zero_takes_it_back() {
        let mut lies = Lies::default();
        assert_eq!(lies.lifted(0, 1, 0.5), 0.5);
        lies.paint(3, &[(1, 2.0), (2, -1.0)]);
        let told = [(0, 1), (1, 1), (0, 2), (1, 0)].map(|(s, n)| lies.lifted(s, n, 0.5));
        assert_eq!(told, [2.5, 0.5, -0.5, 0.5]);
        lies.paint(3, &[(1, 0.0), (2, 0.0)]);
        let of = |lies: &Lies| {
            let mut digest = Digest::default();
            lies.digest(&mut digest);
            digest.finish()
        };
        assert_eq!(of(&lies), of(&Lies::default()));
    }
}
