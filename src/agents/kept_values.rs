//! What a learner with an actor and a critic thought before: copies at growing intervals, kept by
//! the learner itself, so that walking back, films and files have the same ones.

use std::sync::Arc;

use super::surface::{Earlier, Surface, ValueSurface};
use crate::nn::host::HostMlp;

/// Most copies of a lane.
const MOST: usize = 32;
/// Most bytes of them.
const BYTES: usize = 2 << 20;
/// Updates from one copy to the next at first.
const EVERY: u64 = 64;

/// `V(s) = Q(s, mu(s))` in rewards.
#[derive(Clone, Debug)]
pub struct OnPolicy {
    /// `mu`.
    pub actor: HostMlp,
    /// `Q`.
    pub critic: HostMlp,
    /// The critic learns rewards times this.
    pub reward_scale: f64,
}

impl ValueSurface for OnPolicy {
    fn value(&self, seen: &[f32]) -> f64 {
        let input = [seen, &self.actor.forward(seen)].concat();
        f64::from(self.critic.forward(&input)[0]) / self.reward_scale
    }

    fn values(&self, seen: &[f32], wide: usize) -> Vec<f64> {
        let actions = self.actor.batch(seen);
        let pairs = seen.chunks(wide).zip(actions.chunks(self.actor.outputs()));
        let inputs: Vec<f32> = pairs.flat_map(|(s, a)| s.iter().chain(a).copied()).collect();
        let said = self.critic.batch(&inputs);
        said.into_iter().map(|q| f64::from(q) / self.reward_scale).collect()
    }

    /// The whole derivative: `dQ/ds + dQ/da dmu/ds`, the slope of the surface that is drawn.
    fn slope(&self, seen: &[f32]) -> Option<Vec<f64>> {
        let input = [seen, &self.actor.forward(seen)].concat();
        let after = self.critic.input_gradient(&input, &[1.0]);
        let (state, action) = after.split_at(seen.len());
        let through = self.actor.input_gradient(seen, action);
        let both = state.iter().zip(&through);
        Some(both.map(|(s, a)| f64::from(s + a) / self.reward_scale).collect())
    }
}

/// The copies of all lanes.
#[derive(Clone, Debug)]
pub struct KeptValues {
    every: u64,
    /// `[L]`: oldest first.
    lanes: Vec<Arc<Vec<Earlier>>>,
    /// Memory of one copy in bytes.
    each: usize,
}

impl KeptValues {
    /// Nothing kept yet.
    pub fn new(lanes: usize) -> Self {
        Self { every: EVERY, lanes: vec![Arc::default(); lanes], each: 0 }
    }

    /// Whether what is thought after so many updates is to be kept.
    pub fn wants(&self, updates: u64) -> bool {
        updates > 0 && updates.is_multiple_of(self.every)
    }

    /// Keeps what all lanes think. When that is too much, every second copy goes.
    pub fn keep(&mut self, updates: u64, thoughts: impl Iterator<Item = OnPolicy>) {
        for (lane, thought) in self.lanes.iter_mut().zip(thoughts) {
            self.each = thought.actor.bytes() + thought.critic.bytes();
            let surface = Surface(Arc::new(thought));
            Arc::make_mut(lane).push(Earlier { updates, surface });
        }
        let most = (BYTES / self.each.max(1)).clamp(2, MOST);
        while self.lanes.first().is_some_and(|lane| lane.len() > most) {
            self.every *= 2;
            for lane in &mut self.lanes {
                Arc::make_mut(lane).retain(|kept| kept.updates.is_multiple_of(self.every));
            }
        }
    }

    /// Those of a lane, oldest first.
    pub fn of(&self, lane: usize) -> Arc<Vec<Earlier>> {
        self.lanes[lane].clone()
    }

    /// Host memory in bytes; copies of the learner share it.
    pub fn bytes(&self) -> usize {
        self.lanes.iter().map(|lane| lane.len() * self.each).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::{Stream, StreamName};
    use crate::nn::activation::Activation;
    use crate::nn::device::Compute;
    use crate::nn::mlp::{Mlp, MlpSpec};

    fn thought() -> OnPolicy {
        let host = |spec: MlpSpec| {
            let mut dice = [Stream::new(5, StreamName::Init)];
            HostMlp::of(&Mlp::new(&spec, &mut dice, 1, &Compute::flex()).unwrap(), 0)
        };
        let smooth = |spec| MlpSpec { activation: Activation::Tanh, ..spec };
        OnPolicy {
            actor: host(smooth(MlpSpec::new("actor", 3, &[8, 8], 1))),
            critic: host(smooth(MlpSpec::new("critic", 4, &[8, 8], 1))),
            reward_scale: 0.1,
        }
    }

    #[test]
    fn many_values_and_slopes_are_those_of_one() {
        let (value, seen) = (thought(), [0.3_f32, -0.7, 1.9, 0.1, 0.2, -3.0]);
        let many = value.values(&seen, 3);
        assert_eq!(many, [value.value(&seen[..3]), value.value(&seen[3..])]);
        let slope = value.slope(&seen[..3]).unwrap();
        for d in 0..3 {
            let at = |by: f32| {
                let mut seen = [seen[0], seen[1], seen[2]];
                seen[d] += by;
                value.value(&seen)
            };
            let measured = (at(1e-2) - at(-1e-2)) / 2e-2;
            assert!((measured - slope[d]).abs() < 2e-3, "{measured} against {}", slope[d]);
        }
    }

    #[test]
    fn copies_are_kept_at_growing_intervals_and_never_too_many() {
        let mut kept = KeptValues::new(2);
        for updates in 0..10_000 {
            if kept.wants(updates) {
                kept.keep(updates, [thought(), thought()].into_iter());
            }
        }
        let updates: Vec<u64> = kept.of(1).iter().map(|kept| kept.updates).collect();
        assert!(updates.len() <= MOST && updates.len() > MOST / 2, "{updates:?}");
        assert!(updates.windows(2).all(|pair| pair[1] - pair[0] == updates[0]), "{updates:?}");
        assert_eq!(kept.bytes(), 2 * updates.len() * kept.each);
    }
}
