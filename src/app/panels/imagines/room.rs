//! How large the pictures are: what changes from moment to moment must not move the axes, so they
//! only ever grow, and begin anew with another arena.

use super::charts::{QUANTITIES, ends};
use crate::probes::latent::imagines::Imagines;

/// Ends of all axes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Room {
    of: Option<u64>,
    /// Half the width of the box of latent states, the same along all directions.
    pub half: f64,
    /// Least and greatest number of each chart.
    pub axes: [(f64, f64); QUANTITIES.len()],
    /// Steps of the longest episode.
    pub longest: usize,
}

impl Room {
    /// Whether arena number `arena` is another one than that of the last picture.
    pub fn is_new(&self, arena: u64) -> bool {
        self.of != Some(arena)
    }

    /// Makes room for what was found; another arena begins anew.
    pub fn grow(&mut self, found: &Imagines, arena: u64) {
        if self.is_new(arena) {
            *self = Self { of: Some(arena), ..Self::default() };
        }
        let imagined = found.steps.iter().flat_map(|step| step.at);
        let all = found.at.iter().copied().chain(imagined).flatten();
        let most = all.fold(1e-3, |most: f64, x| most.max(x.abs()));
        self.half = self.half.max(step_up(most));
        for ((low, high), quantity) in self.axes.iter_mut().zip(&QUANTITIES) {
            let now = ends(found, quantity);
            (*low, *high) = (low.min(now.0), high.max(now.1));
        }
        self.longest = self.longest.max(found.length);
    }
}

/// The next of 1, 2, 5 at or above a positive number.
fn step_up(x: f64) -> f64 {
    let decade = 10_f64.powf(x.log10().floor());
    let steps = [1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0].map(|m| m * decade);
    steps.into_iter().find(|step| *step >= x * (1.0 - 1e-9)).unwrap_or(steps[6])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::probes::dynamics::Place;
    use crate::probes::latent::Cloud;
    use crate::probes::latent::imagines::Step;
    use crate::rl::principal::Principal;

    #[test]
    fn boxes_have_round_ends() {
        assert_eq!([0.9, 1.0, 1.2, 4.0, 71.0].map(step_up), [1.0, 1.0, 1.5, 5.0, 100.0]);
    }

    /// An episode of so many steps with one imagined value.
    fn found(length: usize, value: f64) -> Imagines {
        let step = Step {
            real: Place::State(0),
            at: [[0.0; 3]; 2],
            drift: 0.0,
            nearest: None,
            read: None,
            reward: None,
            value: [0.0, value],
            chance: None,
        };
        let principal = Principal::of(&[0.0, 1.0], 1, 1).unwrap();
        let cloud = Cloud::default();
        let (at, links, steps) = (vec![[1.2, 0.0, 0.0]], Vec::new(), vec![step]);
        Imagines { cloud, at, links, principal, steps, first: 0, length, reads: None }
    }

    #[test]
    fn axes_only_grow_until_there_is_another_arena() {
        let mut room = Room::default();
        assert!(room.is_new(0));
        room.grow(&found(30, 4.0), 0);
        let large = room.clone();
        assert_eq!((room.half, room.axes[1], room.longest), (1.5, (0.0, 4.0), 30));
        room.grow(&found(9, 0.1), 0);
        assert_eq!(room, large, "a short episode of small values moves nothing");
        room.grow(&found(9, -2.0), 0);
        assert_eq!(room.axes[1], (-2.0, 4.0));
        assert!(!room.is_new(0) && room.is_new(1));
        room.grow(&found(9, 0.5), 1);
        assert_eq!((room.axes[1], room.longest), ((0.0, 0.5), 9));
    }
}
