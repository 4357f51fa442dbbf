//! Real states as an agent sees them from within: their latent states.

use crate::agents::View;
use crate::agents::muzero::view::MuZeroView;
use crate::mdp::State;
use crate::models::sight::Seen;
use crate::probes::dynamics::Place;
use crate::probes::truth::Truth;

/// Most listed states that are drawn.
const MOST: usize = 400;

/// Real states with what the agent makes of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cloud {
    /// `[N]`: where they are.
    pub places: Vec<Place>,
    /// `[N * L]`: their latent states.
    pub latents: Vec<f32>,
    /// `L`.
    pub width: usize,
}

impl Cloud {
    /// Listed states that were really left at least once, or places spread over what is remembered;
    /// and where tasks ended, which nobody leaves.
    pub fn of(truth: &Truth, view: &View, agent: &MuZeroView) -> Self {
        let mut cloud = Self::default();
        let seen: Vec<Seen> = match &view.table {
            Some(table) => {
                let tried = |s: &usize| {
                    let row = &table.tally[s * table.actions..][..table.actions];
                    row.iter().any(|tally| tally.real > 0)
                };
                let all: Vec<usize> = (0..table.states()).filter(tried).collect();
                let by = all.len().div_ceil(MOST).max(1);
                all.iter().step_by(by).map(|&s| Seen::State(s as State)).collect()
            }
            None => agent.lived.places.clone(),
        };
        let ends = agent.lived.ends.iter().filter(|end| !seen.contains(end));
        for seen in seen.iter().chain(ends) {
            if let Some(latent) = encoded(agent, seen) {
                cloud.push(place(truth, seen), &latent);
            }
        }
        cloud
    }

    /// Adds one.
    pub fn push(&mut self, place: Place, latent: &[f32]) {
        self.width = latent.len();
        self.places.push(place);
        self.latents.extend_from_slice(latent);
    }

    /// The latent state of one.
    pub fn latent(&self, index: usize) -> &[f32] {
        &self.latents[index * self.width..][..self.width]
    }

    /// The one whose latent state is nearest; the first of several.
    pub fn nearest(&self, latent: &[f32]) -> Option<usize> {
        let off = |&index: &usize| apart(self.latent(index), latent);
        (0..self.places.len()).min_by(|a, b| off(a).total_cmp(&off(b)))
    }

    /// Root mean square distance of two of them: the measure of how far apart is far.
    pub fn typical(&self) -> f64 {
        let count = self.places.len();
        let column = |c: usize| {
            self.latents.iter().skip(c).step_by(self.width.max(1)).map(|&x| f64::from(x))
        };
        let variance = |c: usize| {
            let mean = column(c).sum::<f64>() / count as f64;
            column(c).map(|x| (x - mean).powi(2)).sum::<f64>() / count as f64
        };
        match count {
            0 => 0.0,
            _ => (2.0 * (0..self.width).map(variance).sum::<f64>()).sqrt(),
        }
    }
}

/// Distance of two latent states.
pub fn apart(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>().sqrt()
}

/// Where in the world it is.
pub fn place(truth: &Truth, seen: &Seen) -> Place {
    match (seen, truth.motion()) {
        (Seen::State(state), _) => Place::State(*state),
        (Seen::Numbers(numbers), Some(motion)) => Place::Body(motion.locate(numbers)),
        (Seen::Numbers(numbers), None) => Place::Seen(*numbers),
    }
}

/// What the agent makes of it.
pub fn encoded(agent: &MuZeroView, seen: &Seen) -> Option<Vec<f32>> {
    Some(agent.networks.enter(&agent.eyes.told(seen)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_and_the_typical_distance_by_hand() {
        let mut cloud = Cloud::default();
        assert_eq!((cloud.nearest(&[0.0]), cloud.typical()), (None, 0.0));
        for (state, at) in [[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [2.0, 2.0]].iter().enumerate() {
            cloud.push(Place::State(state as u32), at);
        }
        assert_eq!(cloud.nearest(&[1.9, 0.2]), Some(1));
        assert_eq!(cloud.nearest(&[1.0, 0.0]), Some(0), "the first of two");
        // Squared distances of all 16 pairs: 4 of 0, 8 of 4, 4 of 8.
        assert!((cloud.typical() - 2.0).abs() < 1e-12);
    }
}
