//! What a model got right while it learned, by the value of the learner: in state, in value, where it
//! has data, and how hard each loss would pull. For pictures: it decides nothing and draws nothing.
//!
//! The value it is judged by is the one that its loss asks, or would ask: a copy that stands still
//! for as many updates. Where that moves on, the same predictions are judged by the old and by the
//! new one.

use super::dynamics::{Dynamics, is_held_out};
use super::known::Known;
use super::still::Still;
use super::teaching::Aim;
use crate::agents::low_rank::fit::{Fit, LOSSES};
use crate::agents::off_policy::Batch;
use crate::agents::steering::Steering;
use crate::base::series::Series;
use crate::base::stats::variance;
use crate::models::model_loss::ModelLoss;
use crate::nn::mlp::Mlp;
use crate::nn::{Module as _, Tensor, values};
use crate::rl::losses::{
    iter_vaml, iter_vaml_slope, squared, squared_slope, vagram_slope, vagram_unbounded_slope,
};

/// Updates of the model from one measurement to the next.
const EVERY: u64 = 100;
/// From so many updates between two moves of the value on, each of them is looked at.
const SELDOM: u64 = 20;
/// Held-out steps that are predicted.
const TESTED: usize = 128;

/// What every lane got right so far.
#[derive(Clone, Debug)]
pub struct Track {
    still: Option<Still>,
    /// The update at which the value was last looked at.
    since: u64,
    /// `[P]`.
    known: Vec<Known>,
    /// `[P]`.
    fits: Vec<Series<Fit>>,
}

impl Track {
    /// Nothing measured yet.
    pub fn new(lanes: usize) -> Self {
        let (known, fits) = (vec![Known::default(); lanes], vec![Series::default(); lanes]);
        Self { still: None, since: 0, known, fits }
    }

    /// The measurements of lane `lane`.
    pub fn of(&self, lane: usize) -> &Series<Fit> {
        &self.fits[lane]
    }

    /// Looks at the model before its next update, if it is time to.
    pub fn look(&mut self, model: &Dynamics, base: &Steering, aim: &Aim, judge: (&Mlp, f64)) {
        let (done, (actor, scale)) = (model.steps(), judge);
        let old = self.still.take();
        let moves = old.is_none() || done >= self.since + aim.every.max(1);
        // A value that moves all the time is looked at now and then, as if it stood still.
        let tells = moves && aim.every.max(1) >= SELDOM;
        let is_due = done > 0 && (tells || done.is_multiple_of(EVERY));
        let batch = if is_due { self.tested(base) } else { None };
        if let (Some(old), Some(batch)) = (&old, &batch) {
            self.measure((model, base), (old, scale), batch, false);
        }
        self.still = old;
        if moves {
            let (critic, actor) = (base.networks.critic_target.clone(), actor.clone());
            let new = Still { critic, actor };
            if let Some(batch) = &batch {
                self.measure((model, base), (&new, scale), batch, true);
            }
            (self.still, self.since) = (Some(new), done);
        }
    }

    /// Held-out steps spread evenly over the memory of every lane; `None` while some lane has none.
    fn tested(&mut self, base: &Steering) -> Option<Batch> {
        let lanes = &base.lanes;
        let mut rows = Vec::with_capacity(lanes.lanes.len() * TESTED * lanes.width());
        for (lane, known) in self.known.iter_mut().enumerate() {
            known.take_in(lanes, lane, &*base.oracle);
            let memory = &lanes.lanes[lane].memory;
            let kept = 0..memory.len();
            let held: Vec<usize> =
                kept.filter(|&at| is_held_out(memory.first() + at as u64)).collect();
            for index in 0..TESTED {
                let at = held.get(index * held.len() / TESTED)?;
                rows.extend_from_slice(memory.row(*at));
            }
        }
        Some(lanes.batch(&rows, TESTED, base.compute()))
    }

    fn measure(
        &mut self,
        (model, base): (&Dynamics, &Steering),
        (still, scale): (&Still, f64),
        batch: &Batch,
        moved: bool,
    ) {
        let (said, _) = model.step(&batch.seen, &batch.action);
        let [real, imagined] = [&batch.next, &said].map(|seen| Valued::of(still, seen, scale));
        let (next, said, sees) = (values(&batch.next), values(&said), base.oracle.sees());
        let all = next.chunks_exact(sees).zip(said.chunks_exact(sees));
        let pairs: Vec<(&[f32], &[f32])> = all.collect();
        for (lane, fits) in self.fits.iter_mut().enumerate() {
            let own = lane * TESTED..(lane + 1) * TESTED;
            let mut sums = Sums::default();
            for row in own.clone() {
                let (next, said) = pairs[row];
                sums.add((next, said), real.at(row, sees), imagined.at(row, sees));
                sums.beyond += u32::from(!self.known[lane].holds(&*base.oracle, said));
            }
            let spread = variance(&real.values[own]).unwrap_or(0.0);
            fits.push(sums.fit((model.steps(), model.norm, moved), (sees, spread)));
        }
    }

    /// Memory in bytes that a copy does not share.
    pub fn bytes(&self) -> usize {
        let still = self.still.as_ref().map_or(0, |s| s.critic.bytes() + s.actor.bytes());
        let fits: usize = self.fits.iter().map(Series::bytes).sum();
        still + fits + self.known.iter().map(Known::bytes).sum::<usize>()
    }
}

/// What states are worth, in rewards, and how that changes from there.
struct Valued {
    /// `[P * B]`.
    values: Vec<f64>,
    /// `[P * B * S]`.
    slopes: Vec<f64>,
}

impl Valued {
    fn of(still: &Still, seen: &Tensor, scale: f64) -> Self {
        let (value, slope) = still.slope(seen.clone(), Tensor::ones_like);
        let of = |tensor| values(tensor).into_iter().map(|x| f64::from(x) / scale).collect();
        Self { values: of(&value), slopes: of(&slope) }
    }

    fn at(&self, row: usize, sees: usize) -> (f64, &[f64]) {
        (self.values[row], &self.slopes[row * sees..(row + 1) * sees])
    }
}

/// Sums over the predictions of a lane.
#[derive(Default)]
struct Sums {
    value: f64,
    state: f64,
    norms: [f64; LOSSES],
    beyond: u32,
}

impl Sums {
    fn add(&mut self, (next, said): (&[f32], &[f32]), real: (f64, &[f64]), there: (f64, &[f64])) {
        let pairs = said.iter().zip(next);
        let error: Vec<f64> = pairs.map(|(y, t)| f64::from(*y) - f64::from(*t)).collect();
        self.value += iter_vaml(real.0, there.0);
        self.state += squared(&error);
        let pulls = [
            (ModelLoss::Squared, squared_slope(&error)),
            (ModelLoss::Vaml, iter_vaml_slope(real.0, there.0, there.1)),
            (ModelLoss::Vagram, vagram_slope(real.1, &error)),
            (ModelLoss::Unbounded, vagram_unbounded_slope(real.1, &error)),
        ];
        for (loss, pull) in pulls {
            self.norms[loss as usize] += squared(&pull).sqrt();
        }
    }

    fn fit(self, (updates, norm, moved): (u64, f64, bool), (sees, spread): (usize, f64)) -> Fit {
        let count = TESTED as f64;
        Fit {
            updates,
            value_error: self.value / count / spread.max(1e-300),
            state_error: self.state / count / sees as f64,
            norm,
            norms: self.norms.map(|sum| sum / count),
            moved,
            beyond: Some(f64::from(self.beyond) / count),
        }
    }
}
