//! Worlds of numbers: a cut through two of them.

use std::sync::Arc;

use super::{Ask, Heights, Span, excess, futures, goes};
use crate::agents::steered::SteeredView;
use crate::agents::surface::ValueSurface;
use crate::mdp::physical::{Body, Deed, Dimension, Motion, wrap};
use crate::probes::dynamics::Place;
use crate::probes::reference::{Optimum, optimum};

/// Squares along each number in which a learner has been or has not.
const SQUARES: usize = 24;
/// Remembered steps that say where it has been, at most.
const REMEMBERED: usize = 4000;
/// Points of a picture that several threads share, and how many threads at most.
const FINE: usize = 20_000;
const MOST: usize = 8;
/// Arrows along each number.
const ARROWS: [usize; 2] = [13, 9];
/// Steps after which an arrow looks where it has come.
const STRIDE: usize = 2;
/// Length of an arrow as a share of the cut: it tells a direction.
const LONG: f64 = 0.045;

/// A cut through a world.
struct Cut<'a> {
    motion: &'a dyn Motion,
    dimensions: &'static [Dimension],
    pair: [usize; 2],
    /// The place that the other numbers are those of.
    body: Body,
}

impl Cut<'_> {
    /// The body at shares of the two numbers.
    fn body(&self, shares: [f64; 2]) -> Body {
        let mut numbers = [0.0; Body::MOST];
        numbers[..self.body.len()].copy_from_slice(&self.body);
        for (axis, share) in self.pair.into_iter().zip(shares) {
            let (low, high) = self.dimensions[axis].range;
            numbers[axis] = low + share * (high - low);
        }
        Body::new(&numbers[..self.body.len()])
    }

    /// Where a body lies in the cut.
    fn place(&self, body: &Body) -> [f32; 2] {
        self.pair.map(|axis| {
            let x = body[axis];
            (if self.dimensions[axis].turns { wrap(x) } else { x }) as f32
        })
    }

    fn share(&self, axis: usize, x: f32) -> f64 {
        let (low, high) = self.dimensions[self.pair[axis]].range;
        (f64::from(x) - low) / (high - low)
    }

    /// A way in pieces: over the edge of an angle it comes in again at the other side.
    fn pieces(&self, bodies: &[Body]) -> Vec<Vec<[f32; 2]>> {
        let mut pieces: Vec<Vec<[f32; 2]>> = Vec::new();
        for place in bodies.iter().map(|body| self.place(body)) {
            let jumps = |last: &[f32; 2]| {
                (0..2).any(|a| (self.share(a, place[a]) - self.share(a, last[a])).abs() > 0.5)
            };
            match pieces.last_mut() {
                Some(piece) if !piece.last().is_some_and(jumps) => piece.push(place),
                _ => pieces.push(vec![place]),
            }
        }
        pieces
    }

    /// A number for every point of a square picture. A fine one is asked for when nothing learns:
    /// then all cores are free for it.
    fn heights(&self, points: usize, of: impl Fn(&Body) -> f64 + Sync) -> Arc<[f32]> {
        let share = |index: usize| index as f64 / (points - 1) as f64;
        let at = |index: usize| of(&self.body([share(index % points), share(index / points)]));
        let all = points * points;
        let cores = std::thread::available_parallelism().map_or(1, usize::from).min(MOST);
        let mut heights = vec![0.0; all];
        let part = if all < FINE { all } else { all.div_ceil(cores) };
        let fill = &|first: usize, part: &mut [f32]| {
            part.iter_mut().enumerate().for_each(|(i, x)| *x = at(first + i) as f32);
        };
        std::thread::scope(|scope| {
            let mut parts = heights.chunks_mut(part).enumerate();
            let own = parts.next();
            for (index, others) in parts {
                scope.spawn(move || fill(index * part, others));
            }
            own.into_iter().for_each(|(_, part)| fill(0, part));
        });
        heights.into()
    }

    /// Where a policy leads, over the whole cut.
    fn arrows(&self, act: impl Fn(&Body) -> Deed) -> Vec<[[f32; 2]; 2]> {
        let arrow = |index: usize| {
            let share = |at: usize, count: usize| (at as f64 + 0.5) / count as f64;
            let [across, up] = [index % ARROWS[0], index / ARROWS[0]];
            let start = self.body([share(across, ARROWS[0]), share(up, ARROWS[1])]);
            let mut body = start;
            for _ in 0..STRIDE {
                body = self.motion.follow(&body, act(&body))?.body;
            }
            let ends = [self.place(&start), self.place(&body)];
            let moved =
                |axis: usize| self.share(axis, ends[1][axis]) - self.share(axis, ends[0][axis]);
            let (across, up) = (moved(0), moved(1));
            // Over the edge of an angle there is no direction to draw.
            let far = across.hypot(up);
            let whole = across.abs() < 0.5 && up.abs() < 0.5 && far > 1e-3;
            let end = [0, 1].map(|axis| {
                let (from, to) = (ends[0][axis], ends[1][axis]);
                from + (to - from) * (LONG / far) as f32
            });
            whole.then_some([ends[0], end])
        };
        (0..ARROWS[0] * ARROWS[1]).filter_map(arrow).collect()
    }

    /// For every point, whether the learner has never been near it.
    fn unvisited(&self, points: usize, been: impl Iterator<Item = Body>) -> Arc<[bool]> {
        let mut squares = vec![false; SQUARES * SQUARES];
        let square = |share: f64| ((share * SQUARES as f64) as usize).min(SQUARES - 1);
        let mut any = false;
        for body in been {
            any = true;
            let place = self.place(&body);
            let shares = [0, 1].map(|axis| self.share(axis, place[axis]));
            // Whoever was beyond the picture was not at its edge.
            if !shares.iter().all(|share| (0.0..=1.0).contains(share)) {
                continue;
            }
            let [x, y] = shares.map(square);
            // Its neighbours count as well: who was here knows what is beside it.
            for row in y.saturating_sub(1)..(y + 2).min(SQUARES) {
                squares[row * SQUARES..][x.saturating_sub(1)..(x + 2).min(SQUARES)].fill(true);
            }
        }
        if !any {
            return Arc::from([]);
        }
        let share = |index: usize| square(index as f64 / (points - 1) as f64);
        let known = |index: usize| squares[share(index / points) * SQUARES + share(index % points)];
        (0..points * points).map(|index| !known(index)).collect()
    }
}

/// The answer for a world of numbers.
pub fn of(ask: &Ask<'_>, dimensions: &'static [Dimension]) -> Option<Heights> {
    let Place::Body(body) = ask.from else {
        return None;
    };
    let motion = ask.truth.motion()?;
    let [first, second] = ask.pair;
    let known = |axis: usize| axis < dimensions.len() && dimensions.len() == body.len();
    if first == second || !known(first) || !known(second) {
        return None;
    }
    let cut = Cut { motion: &**motion, dimensions, pair: ask.pair, body };
    let points = ask.points.max(2);
    let surface = ask.view.surface.as_ref();
    let value = |s: &dyn ValueSurface, body: &Body| s.value(&motion.see(body));
    let learned = surface.map(|s| cut.heights(points, |body| value(&*s.0, body)));
    let optimum = optimum(ask.truth, ask.gamma);
    // What is solved is solved over its two numbers in order.
    let at = |best: &Optimum, body: &Body| best.at(body);
    let truth = optimum.as_ref().map(|best| cut.heights(points, |body| at(best, body)));
    let (real, dream) = futures(ask).map_or_else(Default::default, |(real, dream)| {
        let known = |f: &super::Future| if goes(f) { cut.pieces(&f.bodies) } else { Vec::new() };
        (known(&real), known(&dream))
    });
    let learner = ask.view.steered.as_ref();
    let act = |learner: &SteeredView, body: &Body| {
        Deed::Steered(learner.action(&learner.actor, &motion.see(body)))
    };
    let memory = learner.into_iter().flat_map(|l| remembered(l, &**motion));
    let rest = (0..dimensions.len()).filter(|axis| !ask.pair.contains(axis));
    Some(Heights {
        spans: ask.pair.map(|axis| Span::from(&dimensions[axis])),
        size: [points; 2],
        cells: false,
        excess: excess(learned.as_ref(), truth.as_ref()),
        unvisited: cut.unvisited(points, memory.chain(ask.been.iter().copied())),
        silent: Arc::from([]),
        walls: Arc::from([]),
        goals: Vec::new(),
        policy: learner.map_or_else(Vec::new, |l| cut.arrows(|body| act(l, body))),
        best: optimum.map_or_else(Vec::new, |best| cut.arrows(|body| best.best(body))),
        from: cut.place(&body),
        held: rest.map(|axis| (dimensions[axis].name, body[axis])).collect(),
        past: cut.pieces(ask.way),
        learned,
        truth,
        real,
        dream,
    })
}

/// Bodies of some of the steps that a learner remembers, evenly spread.
fn remembered<'a>(
    learner: &'a SteeredView,
    motion: &'a dyn Motion,
) -> impl Iterator<Item = Body> + 'a {
    let sees = learner.oracle.sees();
    let every = learner.memory.len().div_ceil(REMEMBERED).max(1);
    let rows = (0..learner.memory.len()).step_by(every);
    rows.map(move |index| motion.locate(&learner.memory.row(index)[..sees]))
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::super::Heights;
    use super::*;
    use crate::agents::View;
    use crate::agents::surface::Surface;
    use crate::envs::cart_pole::{CartPole, CartPoleConfig};
    use crate::envs::pendulum::{Pendulum, PendulumConfig};
    use crate::probes::truth::Truth;

    /// Thinks of what it sees as one number after the other.
    #[derive(Debug)]
    struct Digits;

    impl ValueSurface for Digits {
        fn value(&self, seen: &[f32]) -> f64 {
            seen.iter().fold(0.0, |sum, &x| 10.0 * sum + f64::from(x))
        }
    }

    fn asked(truth: Truth, body: &[f64], pair: [usize; 2]) -> Option<Heights> {
        let surface = Some(Surface(Arc::new(Digits)));
        let view = View { surface, ..View::default() };
        let been = [Body::new(body)];
        let from = Place::Body(been[0]);
        let truth = Arc::new(truth);
        let ask = Ask {
            truth: &truth,
            view: &view,
            gamma: 0.9,
            pair,
            points: 5,
            from,
            been: &been,
            way: &been,
        };
        Heights::of(&ask)
    }

    #[test]
    fn a_cut_holds_the_other_numbers() {
        let world = || Truth::of_motion(&CartPole::new(CartPoleConfig::default()));
        let found = asked(world(), &[0.5, 0.1, 0.02, -0.3], [2, 1]).unwrap();
        assert_eq!((found.spans[0].key, found.spans[1].key), ("theta", "v"));
        assert_eq!(found.held, [("place x", 0.5), ("turning ω", -0.3)]);
        assert!(found.truth.is_none() && found.excess.is_none());
        let learned = found.learned.clone().unwrap();
        for index in [0, 7, 24] {
            let [theta, v] = found.place(index);
            let want = 10.0 * (10.0 * (10.0 * 0.5 + v) + theta) - 0.3;
            assert!((f64::from(learned[index]) - want).abs() < 1e-3, "{index}");
        }
        assert!(asked(world(), &[0.5, 0.1, 0.02, -0.3], [1, 1]).is_none());
        assert!(asked(world(), &[0.5, 0.1, 0.02, -0.3], [1, 4]).is_none());
    }

    #[test]
    fn the_truth_is_that_of_the_reference_and_the_best_policy_turns_upright() {
        let world = || Truth::of_motion(&Pendulum::new(PendulumConfig::default()));
        let found = asked(world(), &[PI - 0.1, 0.0], [0, 1]).unwrap();
        let best = optimum(&world(), 0.9).unwrap();
        let (truth, excess) = (found.truth.clone().unwrap(), found.excess.clone().unwrap());
        for index in 0..25 {
            let [theta, omega] = found.place(index);
            let want = best.plane.at([theta, omega]) as f32;
            assert!((truth[index] - want).abs() < 1e-4);
            let learned = found.learned.as_ref().unwrap()[index];
            assert!((excess[index] - (learned - want)).abs() < 1e-3);
        }
        // Only the square it has been in is known: at the right edge, in the middle.
        assert_eq!(found.unvisited.iter().filter(|x| !**x).count(), 1);
        assert!(!found.unvisited[2 * 5 + 4]);
        assert!(found.best.len() > 40 && found.policy.is_empty());
        assert!(found.real.is_empty() && found.dream.is_empty(), "it imagines nothing");
    }

    #[test]
    fn whoever_was_beyond_the_picture_was_not_at_its_edge() {
        let world = CartPole::new(CartPoleConfig::default());
        let truth = Truth::of_motion(&world);
        let motion = truth.motion().unwrap();
        let dimensions = &crate::envs::cart_pole::DIMENSIONS;
        let cut = Cut { motion: &**motion, dimensions, pair: [2, 3], body: Body::new(&[0.0; 4]) };
        let (low, high) = dimensions[3].range;
        let known = |turning: f64| {
            let mask = cut.unvisited(25, [Body::new(&[0.0, 0.0, 0.0, turning])].into_iter());
            assert_eq!(mask.len(), 25 * 25, "that it has been somewhere is known");
            mask.iter().filter(|unvisited| !**unvisited).count()
        };
        assert!(known(0.0) > 0 && known(high) > 0 && known(low) > 0);
        assert_eq!((known(high + 0.5), known(low - 9.0)), (0, 0));
    }

    #[test]
    fn a_way_over_the_edge_comes_in_at_the_other_side() {
        let world = Pendulum::new(PendulumConfig::default());
        let truth = Truth::of_motion(&world);
        let motion = truth.motion().unwrap();
        let cut = Cut {
            motion: &**motion,
            dimensions: &crate::envs::pendulum::DIMENSIONS,
            pair: [0, 1],
            body: Body::new(&[0.0, 0.0]),
        };
        let bodies = [3.0, 3.1, 3.2, 3.3].map(|theta| Body::new(&[theta, 1.0]));
        let pieces = cut.pieces(&bodies);
        assert_eq!(pieces.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2]);
        assert!(pieces[1][0][0] < -3.0);
        let masks = cut.unvisited(33, bodies.into_iter());
        assert!(!masks[18 * 33 + 32] && masks[18 * 33 + 16]);
    }
}
