//! How well models foresee: every real step is predicted before it is learned (prequential loss).
//!
//! Nothing is held out: each step is test data first and training data then, so that measuring
//! takes nothing away from learning.

use std::collections::VecDeque;

use super::bank::{Happened, Models};
use super::belief::{Belief, ModelKind};
use super::view::Predicted;
use crate::base::digest::Digest;
use crate::mdp::{Action, State};

/// Newest steps kept as they were.
pub const ROWS: usize = 12;
/// Points of a loss curve at most; then neighbours are averaged and points stand for twice as much.
const POINTS: usize = 256;
/// Tries of a pair that its share of foreseen steps looks back on, about.
const WINDOW: u32 = 20;

/// What is predicted, and how its error is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// The asked model: share of what happened that it did not foresee; 1 without data.
    Surprise,
    /// Counts: `-ln p(s'|s,a)`, one added to every count, since a first surprise would be infinite.
    Likelihood,
    /// Mean place of every pair: squared distance, in cells.
    TableSquares,
    /// Linear mean place: squared distance, in cells.
    LinearSquares,
}

impl Loss {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::Surprise, Self::Likelihood, Self::TableSquares, Self::LinearSquares];
}

/// One real step and how likely the asked model had thought it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// What happened.
    pub happened: Happened,
    /// `p(s'|s,a)` before it was learned; `None`: no data.
    pub foreseen: Option<f64>,
}

/// A loss over real steps, averaged over ever longer stretches.
#[derive(Clone, Debug, PartialEq)]
pub struct LossCurve {
    /// Means of full stretches.
    points: Vec<f64>,
    /// Steps a point stands for.
    stretch: u64,
    sum: f64,
    in_sum: u64,
}

impl Default for LossCurve {
    fn default() -> Self {
        Self { points: Vec::new(), stretch: 1, sum: 0.0, in_sum: 0 }
    }
}

impl LossCurve {
    fn push(&mut self, loss: f64) {
        self.sum += loss;
        self.in_sum += 1;
        if self.in_sum < self.stretch {
            return;
        }
        self.points.push(self.sum / self.stretch as f64);
        (self.sum, self.in_sum) = (0.0, 0);
        if self.points.len() == POINTS {
            self.points = self.points.chunks(2).map(|two| two.iter().sum::<f64>() / 2.0).collect();
            self.stretch *= 2;
        }
    }

    /// `[steps, mean loss of the stretch that ends there]`.
    pub fn points(&self) -> Vec<[f64; 2]> {
        let at = |(index, &loss): (usize, &f64)| [((index as u64 + 1) * self.stretch) as f64, loss];
        self.points.iter().enumerate().map(at).collect()
    }
}

/// The judge of one lane's models.
#[derive(Clone, Debug, PartialEq)]
pub struct Judge {
    actions: usize,
    states: usize,
    /// `[S * A]`: share of newer steps that the asked model foresaw, and how often it was tested.
    foreseen: Vec<(f64, u32)>,
    curves: [LossCurve; 4],
    rows: VecDeque<Row>,
}

impl Judge {
    /// Nothing seen.
    pub fn new(states: usize, actions: usize) -> Self {
        Self {
            actions,
            states,
            foreseen: vec![(0.0, 0); states * actions],
            curves: Default::default(),
            rows: VecDeque::with_capacity(ROWS),
        }
    }

    /// Judges what is about to be learned. `room` is overwritten.
    pub fn see(
        &mut self,
        models: &Models,
        belief: &Belief,
        happened: &Happened,
        room: &mut Vec<Predicted>,
    ) {
        let Happened { state, action, entry } = *happened;
        let asked = models.predict(belief, (state, action), room).map(|_| {
            let same = |o: &&Predicted| (o.next, o.goes_on) == (entry.next, entry.goes_on);
            room.iter().filter(same).map(|o| o.probability).sum::<f64>()
        });
        if let Some(p) = asked {
            let (share, tests) =
                &mut self.foreseen[state as usize * self.actions + usize::from(action)];
            *tests += 1;
            *share += (p - *share) / f64::from((*tests).min(WINDOW));
        }
        for (loss, curve) in Loss::ALL.into_iter().zip(&mut self.curves) {
            let loss = match loss {
                Loss::Surprise => Some(1.0 - asked.unwrap_or(0.0)),
                loss => loss_of(loss, models, happened, self.states),
            };
            loss.into_iter().for_each(|loss| curve.push(loss));
        }
        if self.rows.len() == ROWS {
            self.rows.pop_front();
        }
        self.rows.push_back(Row { happened: *happened, foreseen: asked });
    }

    /// Share of the newer real steps of a pair that the asked model foresaw; `None`: never tested.
    pub fn foreseen(&self, state: State, action: Action) -> Option<f64> {
        let (share, tests) = self.foreseen[state as usize * self.actions + usize::from(action)];
        (tests > 0).then_some(share)
    }

    /// A loss over the real steps so far.
    pub fn curve(&self, loss: Loss) -> &LossCurve {
        &self.curves[loss as usize]
    }

    /// Newest real steps, oldest first.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = &Row> {
        self.rows.iter()
    }

    /// Adds what decides planning.
    pub fn digest(&self, digest: &mut Digest) {
        for (share, tests) in &self.foreseen {
            digest.number(*share);
            digest.word(u64::from(*tests));
        }
    }

    /// Host memory in bytes.
    pub fn bytes(&self) -> usize {
        let curves = self.curves.iter().map(|c| c.points.capacity() * size_of::<f64>());
        size_of_val(self.foreseen.as_slice()) + curves.sum::<usize>() + ROWS * size_of::<Row>()
    }
}

/// One loss of one step; `None` where a mean place has no data, or nothing goes on.
fn loss_of(loss: Loss, models: &Models, happened: &Happened, states: usize) -> Option<f64> {
    let Happened { state, action, entry } = *happened;
    if loss == Loss::Likelihood {
        let seen = models.table.probability(state, action, entry.next).unwrap_or(0.0);
        let n = f64::from(models.table.count(state, action));
        return Some(-((seen * n + 1.0) / (n + states as f64)).ln());
    }
    let kind = match loss {
        Loss::LinearSquares => ModelKind::Linear,
        _ => ModelKind::Expectation,
    };
    let belief = Belief::honest(kind, super::belief::Features::Place);
    let mean = models.mean(&belief, models.places.features(state), action)?;
    let place = models.places.place(mean.features).filter(|_| entry.goes_on)?;
    let [_, row, col] = models.places.features(entry.next);
    Some((place[0] - row).powi(2) + (place[1] - col).powi(2))
}

#[cfg(test)]
mod tests {
    use super::super::belief::Features;
    use super::super::features::Places;
    use super::super::last_seen::Entry;
    use super::*;

    #[test]
    fn each_step_is_judged_before_it_is_learned() {
        let mut models = Models::new(Places { rows: 1, cols: 4 }, 4, 2);
        let mut judge = Judge::new(4, 2);
        let belief = Belief::honest(ModelKind::Full, Features::OneHot);
        let mut room = Vec::new();
        for next in [1, 1, 3] {
            let entry = Entry { reward: 0.0, next, goes_on: true };
            let happened = Happened { state: 0, action: 1, entry };
            judge.see(&models, &belief, &happened, &mut room);
            models.learn(&happened);
        }
        let foreseen: Vec<_> = judge.rows().map(|row| row.foreseen).collect();
        assert_eq!(foreseen, [None, Some(1.0), Some(0.0)], "no data, as before, a surprise");
        assert_eq!(judge.foreseen(0, 1), Some(0.5));
        assert_eq!(judge.foreseen(0, 0), None);
        // One of four, (1 + 1) of (1 + 4), 1 of (2 + 4).
        let want = [0.25_f64, 0.4, 1.0 / 6.0].map(|p| -p.ln());
        let curve = judge.curve(Loss::Likelihood).points();
        assert!(curve.iter().zip(want).all(|(p, want)| (p[1] - want).abs() < 1e-15), "{curve:?}");
        let surprise = judge.curve(Loss::Surprise).points();
        assert_eq!(surprise, [[1.0, 1.0], [2.0, 0.0], [3.0, 1.0]]);
        let squares = judge.curve(Loss::TableSquares).points();
        assert_eq!(squares, [[1.0, 0.0], [2.0, 4.0]], "the mean was 1, it came to 3");
    }

    #[test]
    fn a_long_curve_keeps_its_mean() {
        let mut curve = LossCurve::default();
        (0..1024).for_each(|i| curve.push(f64::from(i)));
        let points = curve.points();
        assert!(points.len() < POINTS && points.last().is_some_and(|p| p[0] == 1024.0));
        let mean = points.iter().map(|p| p[1]).sum::<f64>() / points.len() as f64;
        assert_eq!(mean, 511.5);
    }
}
