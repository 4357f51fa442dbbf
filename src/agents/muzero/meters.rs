//! What each loss does to each network: lengths of gradients, how far an update moved it, and the
//! course of both over all updates.

use std::sync::Arc;

use super::MuZeroConfig;
use super::networks::Networks;
use super::unroll::imagined::Dreamed;
use super::unroll::{Along, Losses};
use crate::nn::{Gradients, Module as _};

/// Networks that are metered, in the order of [`Networks::all`].
pub const METERED: [&str; 5] = ["representation", "dynamics", "reward", "value", "policy"];
/// Most stretches of a course; then neighbours become one.
const MOST: usize = 256;

/// Of one update; on an adapter of the newest of eight, since looking waits for it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Meters {
    /// Length of the gradient of the grounded loss, as it was weighed.
    pub grounded: [f64; 5],
    /// The same of the imagined loss.
    pub imagined: [f64; 5],
    /// How far the update moved the parameters.
    pub moved: [f64; 5],
}

/// Lengths of the gradients of `lane`, times `weight`.
pub(super) fn lengths(gradients: &[Gradients], lane: usize, weight: f64) -> [f64; 5] {
    std::array::from_fn(|at| {
        let squares = |numbers: &[f32]| numbers.iter().map(|&g| f64::from(g).powi(2)).sum::<f64>();
        let width = gradients[at].width();
        let sum = match gradients[at].host() {
            Some(numbers) => squares(&numbers[lane * width..][..width]),
            None => gradients[at].lane(lane).iter().map(|part| squares(part)).sum(),
        };
        weight * sum.sqrt()
    })
}

/// How far `lane` of each network went from `before`.
pub(super) fn way(before: &Networks, after: &Networks, lane: usize) -> [f64; 5] {
    let (before, after) = (before.all(), after.all());
    std::array::from_fn(|at| {
        let squares = |a: &[f32], b: &[f32]| {
            a.iter().zip(b).map(|(a, b)| f64::from(b - a).powi(2)).sum::<f64>()
        };
        let (before, after) = (before[at].store(), after[at].store());
        let own = lane * before.width()..(lane + 1) * before.width();
        let sum: f64 = match (before.host(), after.host()) {
            (Some(before), Some(after)) => squares(&before[own.clone()], &after[own]),
            _ => {
                let pairs = before.lane(lane).into_iter().zip(after.lane(lane));
                pairs.map(|(a, b)| squares(&a, &b)).sum()
            }
        };
        sum.sqrt()
    })
}

/// The newest update: what was trained, and what it did.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Update {
    /// The dials it was made with.
    pub config: MuZeroConfig,
    /// Weight of the grounded loss.
    pub w: f64,
    /// Its parts before that weight.
    pub losses: Losses,
    /// What was said along the real actions that it is about.
    pub along: Along,
    /// Weight of the imagined loss; 0 where nothing was imagined.
    pub beta: f64,
    /// The imagined loss before its weight.
    pub dreamed: Option<Dreamed>,
    /// What it did.
    pub meters: Meters,
    /// Numbers that the batch told of reward, value, policy, latent states and what was seen; the
    /// last two teach where consistency and reconstruction are on.
    pub taught: [u64; 5],
}

impl Update {
    /// The parts as they were trained: reward, value, policy, consistency, decoder, then the
    /// imagined loss.
    pub fn weighed(&self) -> [f64; 6] {
        let Losses { reward, value, policy, consistency, decoder } = self.losses;
        let imagined = self.dreamed.as_ref().map_or(0.0, |dreamed| self.beta * dreamed.loss());
        let [a, b, c, d, e] =
            [reward, value, policy, consistency, decoder].map(|part| self.w * part);
        [a, b, c, d, e, imagined]
    }

    /// The trained scalar.
    pub fn total(&self) -> f64 {
        self.weighed().iter().sum()
    }
}

/// Means over consecutive updates.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stretch {
    /// The last of them, counted from 1.
    pub last: u64,
    /// How many.
    pub count: u64,
    /// Grounded and imagined loss, as they were weighed.
    pub losses: [f64; 2],
    /// Means of [`Meters`].
    pub meters: Meters,
}

impl Stretch {
    fn of(last: u64, update: &Update) -> Self {
        let [real @ .., imagined] = update.weighed();
        let losses = [real.iter().sum(), imagined];
        Self { last, count: 1, losses, meters: update.meters }
    }

    /// Both together.
    fn and(&self, later: &Self) -> Self {
        let count = self.count + later.count;
        let share = later.count as f64 / count as f64;
        let mean = |a: f64, b: f64| a + share * (b - a);
        let (a, b) = (&self.meters, &later.meters);
        let all = |a: &[f64; 5], b: &[f64; 5]| std::array::from_fn(|i| mean(a[i], b[i]));
        Self {
            last: later.last,
            count,
            losses: std::array::from_fn(|i| mean(self.losses[i], later.losses[i])),
            meters: Meters {
                grounded: all(&a.grounded, &b.grounded),
                imagined: all(&a.imagined, &b.imagined),
                moved: all(&a.moved, &b.moved),
            },
        }
    }
}

/// All updates so far in at most 256 stretches of equal length, and the one under way.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// Updates of a stretch.
    every: u64,
    done: Arc<Vec<Stretch>>,
    open: Option<Stretch>,
    updates: u64,
    dreams: u64,
    taught: [u64; 5],
}

impl Default for Course {
    fn default() -> Self {
        Self { every: 1, done: Arc::default(), open: None, updates: 0, dreams: 0, taught: [0; 5] }
    }
}

impl Course {
    /// One more update.
    pub(super) fn add(&mut self, update: &Update) {
        self.updates += 1;
        self.dreams += u64::from(update.dreamed.is_some());
        let teaches = update.config.teaches();
        for ((sum, count), on) in self.taught.iter_mut().zip(update.taught).zip(teaches) {
            *sum += if on { count } else { 0 };
        }
        let one = Stretch::of(self.updates, update);
        let open = self.open.take().map_or(one, |open| open.and(&one));
        if open.count < self.every {
            self.open = Some(open);
            return;
        }
        let done = Arc::make_mut(&mut self.done);
        done.push(open);
        if done.len() >= MOST {
            *done =
                done.chunks(2).map(|two| two[1..].iter().fold(two[0], |a, b| a.and(b))).collect();
            self.every *= 2;
        }
    }

    /// Updates so far.
    pub fn updates(&self) -> u64 {
        self.updates
    }

    /// Those of them that imagined.
    pub fn dreams(&self) -> u64 {
        self.dreams
    }

    /// Numbers that real steps taught so far, in the order of [`Update::taught`].
    pub fn taught(&self) -> [u64; 5] {
        self.taught
    }

    /// Oldest first; the last may be shorter.
    pub fn stretches(&self) -> impl Iterator<Item = &Stretch> {
        self.done.iter().chain(&self.open)
    }

    /// Host memory in bytes.
    pub fn bytes(&self) -> usize {
        self.done.len() * size_of::<Stretch>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_course_is_short_and_its_means_are_those_of_all_updates() {
        let mut course = Course::default();
        for n in 1..=1000_u32 {
            let losses = Losses { reward: f64::from(n), ..Losses::default() };
            let meters = Meters { moved: [f64::from(n); 5], ..Meters::default() };
            course.add(&Update { w: 2.0, losses, meters, ..Update::default() });
            assert!(course.stretches().count() <= MOST);
        }
        assert_eq!(course.updates(), 1000);
        let count: u64 = course.stretches().map(|s| s.count).sum();
        let sum = |read: fn(&Stretch) -> f64| -> f64 {
            course.stretches().map(|s| read(s) * s.count as f64).sum()
        };
        assert_eq!((count, course.stretches().last().unwrap().last), (1000, 1000));
        assert!((sum(|s| s.losses[0]) - 2.0 * 500_500.0).abs() < 1e-6, "weighed");
        assert!((sum(|s| s.meters.moved[3]) - 500_500.0).abs() < 1e-6);
        let longest = course.stretches().map(|s| s.count).max().unwrap();
        assert!(course.stretches().filter(|s| s.count != longest).count() <= 1, "equal lengths");
    }

    #[test]
    fn parts_add_up_to_the_trained_scalar() {
        let losses =
            Losses { reward: 1.0, value: 2.0, policy: 3.0, consistency: 4.0, decoder: 5.0 };
        let dreamed = Dreamed { terms: vec![0.5, 0.25], policy: -0.125, ..Dreamed::default() };
        let update =
            Update { w: 0.5, losses, beta: 2.0, dreamed: Some(dreamed), ..Update::default() };
        assert_eq!(update.weighed(), [0.5, 1.0, 1.5, 2.0, 2.5, 1.25]);
        assert_eq!(update.total(), 8.75);
    }
}
