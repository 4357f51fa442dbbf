//! Value gradients of a mini-batch for the model: those known of its steps, and the others computed.

use super::still::Still;
use super::teaching::{NOBODY, Task};
use crate::base::digest::Digest;
use crate::nn::device::Compute;
use crate::nn::{NotFinite, Tensor, values, vector};
use crate::rl::losses::cache::SlopeCache;
use crate::rl::losses::clip::{clip, lengths};

/// What is known of the value's gradient at remembered steps.
#[derive(Clone, Debug)]
pub struct Slopes {
    compute: Compute,
    /// Numbers seen, `S`.
    sees: usize,
    /// `[P]`.
    kept: Vec<SlopeCache>,
    /// Share of the last mini-batch whose gradient was shortened.
    pub clipped: f64,
}

impl Slopes {
    /// Nothing is known yet.
    pub fn new(sees: usize, lanes: usize, compute: &Compute) -> Self {
        let kept = vec![SlopeCache::new(sees); lanes];
        Self { compute: compute.clone(), sees, kept, clipped: 0.0 }
    }

    /// The same on another device.
    pub fn to(&self, compute: &Compute) -> Self {
        Self { compute: compute.clone(), ..self.clone() }
    }

    /// The value has changed.
    pub fn forget(&mut self) {
        self.kept.iter_mut().for_each(SlopeCache::forget);
    }

    /// Transitions before these numbers will not be drawn again.
    pub fn forget_before(&mut self, first: impl Iterator<Item = u64>) {
        self.kept.iter_mut().zip(first).for_each(|(cache, first)| cache.forget_before(first));
    }

    /// Gradients asked for and computed in the first lane, since the beginning.
    pub fn counted(&self) -> (u64, u64) {
        (self.kept[0].asked, self.kept[0].computed)
    }

    /// `grad V(s')` of every row, the longest shortened, with 0 for the reward: `[P * B][S + 1]`.
    pub fn of(&mut self, still: &Still, task: &Task, quantile: f64) -> Result<Vec<f32>, NotFinite> {
        let [lanes, rows, outputs] = task.wanted.dims();
        let mut all = vec![0.0; lanes * rows * outputs];
        let missing = self.look_up(task, &mut all);
        if !missing.is_empty() {
            // Lanes lack different rows, but a population computes as many in each.
            let asked = if lanes == 1 { missing } else { (0..lanes * rows).collect() };
            let found = vector(still.slopes(self.reached(task, &asked)));
            for (&at, slope) in asked.iter().zip(found.chunks_exact(self.sees)) {
                let number = task.drawn[at];
                if number != NOBODY {
                    finite(slope, number, at / rows)?;
                    self.kept[at / rows].put(number, slope);
                    all[at * outputs..][..self.sees].copy_from_slice(slope);
                }
            }
        }
        self.shorten(&mut all, task, quantile);
        Ok(all)
    }

    /// Copies what is known into `all`, `[P * B][S + 1]`; the rows of which nothing is.
    fn look_up(&mut self, task: &Task, all: &mut [f32]) -> Vec<usize> {
        let [_, rows, outputs] = task.wanted.dims();
        let mut missing = Vec::new();
        let lanes = task.drawn.chunks_exact(rows).zip(all.chunks_exact_mut(rows * outputs));
        for (lane, ((numbers, all), cache)) in lanes.zip(&mut self.kept).enumerate() {
            let before = missing.len();
            for ((row, &number), all) in numbers.iter().enumerate().zip(all.chunks_mut(outputs)) {
                match cache.get(number) {
                    Some(slope) => all[..self.sees].copy_from_slice(slope),
                    None if number == NOBODY => {}
                    None => missing.push(lane * rows + row),
                }
            }
            cache.asked += rows as u64;
            cache.computed += (missing.len() - before) as u64;
        }
        missing
    }

    /// The states that rows `asked` really led to, `[P, N, S]`.
    fn reached(&self, task: &Task, asked: &[usize]) -> Tensor {
        let ([lanes, _, inputs], outputs, sees) =
            (task.input.dims(), task.wanted.dims()[2], self.sees);
        let (input, wanted) = (values(&task.input), values(&task.wanted));
        let mut seen = vec![0.0; asked.len() * sees];
        for (&at, seen) in asked.iter().zip(seen.chunks_exact_mut(sees)) {
            let (from, by) = (&input[at * inputs..][..sees], &wanted[at * outputs..][..sees]);
            seen.iter_mut().zip(from).zip(by).for_each(|((to, from), by)| *to = from + by);
        }
        self.compute.tensor(seen, [lanes, asked.len() / lanes, sees])
    }

    /// Shortens the longest of `all`, `[P * B][S + 1]`, each lane by its own lengths; lanes at rest
    /// have none.
    fn shorten(&mut self, all: &mut [f32], task: &Task, quantile: f64) {
        self.clipped = 0.0;
        if quantile >= 1.0 {
            return;
        }
        let [_, rows, outputs] = task.wanted.dims();
        let lanes = all.chunks_exact_mut(rows * outputs).zip(task.drawn.chunks_exact(rows));
        for (lane, (own, drawn)) in lanes.enumerate() {
            if drawn.contains(&NOBODY) {
                continue;
            }
            let clip = clip(&lengths(own, outputs), quantile);
            for (row, &factor) in own.chunks_exact_mut(outputs).zip(&clip.factors) {
                row.iter_mut().for_each(|g| *g *= factor as f32);
            }
            if lane == 0 {
                self.clipped = clip.clipped as f64 / rows as f64;
            }
        }
    }

    /// Adds what is known.
    pub fn digest(&self, digest: &mut Digest) {
        self.kept.iter().for_each(|cache| cache.digest(digest));
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        self.kept.iter().map(SlopeCache::bytes).sum()
    }
}

/// Says which transition has a gradient that is no number.
fn finite(slope: &[f32], number: u64, lane: usize) -> Result<(), NotFinite> {
    match slope.iter().position(|g| !g.is_finite()) {
        None => Ok(()),
        Some(column) => Err(NotFinite {
            tensor: format!("value gradient at real step {number}"),
            lane,
            row: 0,
            column,
            value: slope[column],
        }),
    }
}
