//! Where the value of a landscape comes from, asked over a window of two of the world's numbers.

use std::sync::Arc;

use super::reference::{Optimum, optimum};
use super::surface::plane_numbers;
use super::truth::Truth;
use crate::agents::surface::Surface;
use crate::mdp::physical::{Body, Dimension, Motion};
use crate::mdp::scene::Scene;
use crate::rl::landscape::bumps::TwoBumps;
pub use crate::rl::landscape::fields::{Fields, Window, quantile};
pub use crate::rl::landscape::lamps::Lamps;
pub use crate::rl::landscape::race::{Descent, Optimiser, Roll};
pub use crate::rl::landscape::{Coordinates, Judge, Loss, Valued, bumps, chain};

/// Half of the way over which a slope is measured where a learner cannot tell it.
const STEP: f64 = 1e-2;

/// Two of the numbers of a body; the others stay as they are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slice {
    /// The numbers that stay.
    pub base: Body,
    /// Which two move.
    pub of: [usize; 2],
}

impl Slice {
    /// The two numbers of a world that has two; of a longer body a pair, round `now`.
    pub fn of(numbers: &[Dimension], now: Option<&Body>) -> Option<Self> {
        let first = plane_numbers(numbers)?;
        let zeros = Body::new(&[0.0; Body::MOST][..numbers.len().min(Body::MOST)]);
        // Where both numbers move nothing stays, wherever the lane is.
        let stays = |body: &Body| numbers.len() > 2 && body.len() == numbers.len();
        let base = now.copied().filter(stays).unwrap_or(zeros);
        Some(Self { base, of: [first, first + 1] })
    }

    /// The body at a place of the plane.
    pub fn body(&self, place: [f64; 2]) -> Body {
        let mut numbers = [0.0; Body::MOST];
        numbers[..self.base.len()].copy_from_slice(&self.base);
        (numbers[self.of[0]], numbers[self.of[1]]) = (place[0], place[1]);
        Body::new(&numbers[..self.base.len()])
    }
}

/// The numbers of a world of numbers.
pub fn numbers_of(truth: &Truth) -> Option<&'static [Dimension]> {
    match truth.scene() {
        Scene::Body(scene) => Some(scene.dimensions),
        Scene::Grid(_) | Scene::Graph(_) | Scene::Board(_) | Scene::States(_) => None,
    }
}

/// A learner's value over a slice of its world.
#[derive(Clone, Debug)]
pub struct Critic {
    surface: Surface,
    motion: Arc<dyn Motion>,
    slice: Slice,
    /// The first number of the plane is an angle, seen as cosine and sine before the second.
    turns: bool,
}

impl Critic {
    /// What `surface` says of the world of `truth`; `None` if its state is no numbers.
    pub fn new(surface: Surface, truth: &Truth, slice: Slice) -> Option<Self> {
        let numbers = numbers_of(truth)?;
        let turns = numbers.len() == 2 && numbers[0].turns;
        Some(Self { surface, motion: truth.motion()?.clone(), slice, turns })
    }

    fn seen(&self, place: [f64; 2]) -> crate::mdp::physical::Vector {
        self.motion.see(&self.slice.body(place))
    }

    /// Its derivatives after what is seen, where the learner can tell them.
    fn told(&self, at: [f64; 2]) -> Option<Vec<f64>> {
        self.surface.0.slope(&self.seen(at))
    }

    fn measured(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let along = |a: [f64; 2], b: [f64; 2]| (self.value(a) - self.value(b)) / (2.0 * STEP);
        [along([x + STEP, y], [x - STEP, y]), along([x, y + STEP], [x, y - STEP])]
    }

    /// The values at all points of a window, in one batch.
    fn values(&self, window: &Window) -> Vec<f64> {
        let mut seen = Vec::new();
        let mut wide = 1;
        for place in window.places() {
            let one = self.seen(place);
            wide = one.len();
            seen.extend_from_slice(&one);
        }
        self.surface.0.values(&seen, wide)
    }
}

impl Valued for Critic {
    fn value(&self, at: [f64; 2]) -> f64 {
        self.surface.0.value(&self.seen(at))
    }

    fn slope(&self, at: [f64; 2]) -> [f64; 2] {
        match self.told(at).as_deref() {
            Some([cos, sin, second]) if self.turns => chain(at[0], [*cos, *sin, *second]),
            // What is seen are the numbers themselves.
            Some(after) if !self.turns && after.len() == self.slice.base.len() => {
                self.slice.of.map(|number| after[number])
            }
            _ => self.measured(at),
        }
    }

    fn seen_slope(&self, at: [f64; 2]) -> [f64; 3] {
        match self.told(at).as_deref() {
            Some([cos, sin, second]) if self.turns => [*cos, *sin, *second],
            _ => {
                let [along, second] = self.slope(at);
                [-at[0].sin() * along, at[0].cos() * along, second]
            }
        }
    }
}

/// A value that landscapes stand on.
#[derive(Clone, Debug)]
pub enum Ground {
    /// The best there is, by value iteration.
    Best(Arc<Optimum>),
    /// What a learner thinks, now or earlier.
    Critic(Critic),
    /// The toy with a closed form.
    Bumps,
}

impl Valued for Ground {
    fn value(&self, at: [f64; 2]) -> f64 {
        match self {
            Self::Best(best) => best.plane.value(at),
            Self::Critic(critic) => critic.value(at),
            Self::Bumps => TwoBumps.value(at),
        }
    }

    fn slope(&self, at: [f64; 2]) -> [f64; 2] {
        match self {
            Self::Best(best) => best.plane.slope(at),
            Self::Critic(critic) => critic.slope(at),
            Self::Bumps => TwoBumps.slope(at),
        }
    }

    fn seen_slope(&self, at: [f64; 2]) -> [f64; 3] {
        match self {
            Self::Best(best) => best.plane.seen_slope(at),
            Self::Critic(critic) => critic.seen_slope(at),
            Self::Bumps => TwoBumps.seen_slope(at),
        }
    }
}

impl Ground {
    /// The best in the world of `truth`. Solves it the first time: not for the window's thread.
    pub fn best(truth: &Truth, gamma: f64) -> Option<Self> {
        optimum(truth, gamma).map(Self::Best)
    }

    /// Its values at all points of a window.
    pub fn values(&self, window: &Window) -> Vec<f64> {
        match self {
            Self::Critic(critic) => critic.values(window),
            Self::Best(_) | Self::Bumps => window.values(self),
        }
    }
}

/// Which points of a window are near a state that was lived: within one of `cells` by `cells` parts
/// of it.
pub fn lived(window: &Window, cells: usize, places: impl Iterator<Item = [f64; 2]>) -> Vec<bool> {
    let part = |of: usize, x: f64| {
        let (low, high) = window.ranges[of];
        let cell = (x - low) / (high - low) * cells as f64;
        (0.0..=cells as f64).contains(&cell).then(|| (cell as usize).min(cells - 1))
    };
    let mut seen = vec![false; cells * cells];
    for place in places {
        if let Some((x, y)) = part(0, place[0]).zip(part(1, place[1])) {
            seen[y * cells + x] = true;
        }
    }
    let of = |place: [f64; 2]| {
        part(0, place[0]).zip(part(1, place[1])).is_some_and(|(x, y)| seen[y * cells + x])
    };
    window.places().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::surface::ValueSurface;
    use crate::envs::cart_pole::{CartPole, CartPoleConfig};
    use crate::envs::pendulum::{Pendulum, PendulumConfig};

    /// `3 cos + sin^2 + cos * third`, with or without telling its slope.
    #[derive(Debug)]
    struct Smooth(bool);

    impl ValueSurface for Smooth {
        fn value(&self, s: &[f32]) -> f64 {
            let [a, b, c] = [s[0], s[1], s[2]].map(f64::from);
            3.0 * a + b * b + a * c
        }

        fn slope(&self, s: &[f32]) -> Option<Vec<f64>> {
            let [a, b, c] = [s[0], s[1], s[2]].map(f64::from);
            let mut slope = vec![3.0 + c, 2.0 * b, a];
            slope.resize(s.len(), 0.0);
            self.0.then_some(slope)
        }
    }

    fn critic(tells: bool, truth: &Truth, now: Option<&Body>) -> Critic {
        let slice = Slice::of(numbers_of(truth).unwrap(), now).unwrap();
        Critic::new(Surface(Arc::new(Smooth(tells))), truth, slice).unwrap()
    }

    #[test]
    fn a_learner_has_the_same_slope_told_and_measured() {
        let pendulum = Truth::of_motion(&Pendulum::new(PendulumConfig::default()));
        for at in [[0.4, 1.0], [-2.0, -3.0]] {
            let (told, measured) =
                (critic(true, &pendulum, None).slope(at), critic(false, &pendulum, None).slope(at));
            for d in 0..2 {
                assert!((told[d] - measured[d]).abs() < 1e-3, "{told:?} {measured:?}");
            }
        }
        let whole = critic(true, &pendulum, None).seen_slope([0.4, 1.0]);
        assert!((whole[0] - 4.0).abs() < 1e-6, "across the circle as well: {whole:?}");
        // Told of nothing across it, it is taken to be flat there.
        let flat = critic(false, &pendulum, None).seen_slope([0.4, 1.0]);
        assert!((0.4_f64.cos() * flat[0] + 0.4_f64.sin() * flat[1]).abs() < 1e-9, "{flat:?}");
    }

    #[test]
    fn a_slice_of_a_longer_body_moves_its_last_two_numbers() {
        let truth = Truth::of_motion(&CartPole::new(CartPoleConfig::default()));
        let now = Body::new(&[0.5, -1.0, 0.1, 0.2]);
        let critic = critic(true, &truth, Some(&now));
        assert_eq!(&*critic.slice.body([0.03, 0.7]), [0.5, -1.0, 0.03, 0.7]);
        // 3 x + v^2 + x * angle after the angle, and after its speed.
        let slope = critic.slope([0.03, 0.7]);
        assert!((slope[0] - 0.5).abs() < 1e-6 && slope[1] == 0.0, "{slope:?}");
        let window = Window { ranges: [(-0.2, 0.2), (-1.0, 1.0)], points: 5 };
        let values = Ground::Critic(critic.clone()).values(&window);
        assert_eq!(values[7], critic.value(window.place(7)));
    }

    #[test]
    fn what_was_lived_is_marked_in_its_part_of_the_window() {
        let window = Window { ranges: [(0.0, 4.0), (0.0, 4.0)], points: 5 };
        let mask = lived(&window, 4, [[0.5, 3.5], [9.0, 0.0]].into_iter());
        let marked: Vec<usize> = (0..25).filter(|&i| mask[i]).collect();
        // Columns 0 (0 to 1), rows 3 and 4 (3 to 4).
        assert_eq!(marked, [15, 20]);
    }
}
