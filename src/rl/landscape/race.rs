//! The ball race: a wrong prediction rolls down a loss by gradient descent.

use super::{Judge, Loss, Valued};

/// How a ball goes down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Optimiser {
    /// `s -= rate * g`.
    #[default]
    Descent,
    /// `m = 0.9 m + g; s -= rate * m` (Polyak 1964).
    Momentum,
    /// Adam (Kingma and Ba 2015) with decays 0.9 and 0.999.
    Adam,
}

/// Share of the last step that momentum keeps, and Adam's first decay.
const KEEP: f64 = 0.9;
/// Adam's second decay.
const KEEP_SQUARE: f64 = 0.999;
/// Adam's least denominator.
const EPSILON: f64 = 1e-8;
/// A ball whose gradient is shorter rests.
const REST: f64 = 1e-12;

/// What an optimiser remembers of the way.
#[derive(Clone, Copy, Debug, Default)]
struct Moments {
    first: [f64; 2],
    second: [f64; 2],
    steps: i32,
}

impl Optimiser {
    /// By how much it moves against the gradient `slope`.
    fn step(self, moments: &mut Moments, slope: [f64; 2], rate: f64) -> [f64; 2] {
        moments.steps += 1;
        let step = |d: usize| {
            let g = slope[d];
            match self {
                Self::Descent => rate * g,
                Self::Momentum => {
                    moments.first[d] = KEEP * moments.first[d] + g;
                    rate * moments.first[d]
                }
                Self::Adam => {
                    moments.first[d] = KEEP * moments.first[d] + (1.0 - KEEP) * g;
                    moments.second[d] =
                        KEEP_SQUARE * moments.second[d] + (1.0 - KEEP_SQUARE) * g * g;
                    let first = moments.first[d] / (1.0 - KEEP.powi(moments.steps));
                    let second = moments.second[d] / (1.0 - KEEP_SQUARE.powi(moments.steps));
                    rate * first / (second.sqrt() + EPSILON)
                }
            }
        };
        [0, 1].map(step)
    }
}

/// How a ball is let go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Descent {
    /// By which rule.
    pub optimiser: Optimiser,
    /// Its step size.
    pub rate: f64,
    /// How many steps at most.
    pub steps: usize,
}

/// The way of one ball.
#[derive(Clone, Debug, PartialEq)]
pub struct Roll {
    /// Every place it came by, the start first. Angles are not wrapped.
    pub path: Vec<[f64; 2]>,
    /// The longest gradient on the way.
    pub peak: f64,
    /// It rests: its last gradient was nothing.
    pub rests: bool,
    /// The step after which it was nowhere: a number that is none. It stays at the place before.
    pub broke: Option<usize>,
}

impl Roll {
    /// Lets a prediction roll from `start` down `loss`.
    pub fn down(
        judge: &Judge,
        loss: Loss,
        valued: &impl Valued,
        start: [f64; 2],
        descent: Descent,
    ) -> Self {
        let mut moments = Moments::default();
        let mut roll = Self { path: vec![start], peak: 0.0, rests: false, broke: None };
        let mut at = start;
        for step in 0..descent.steps {
            let slope = judge.loss_slope(loss, at, valued);
            let size = slope[0].hypot(slope[1]);
            if size.is_finite() {
                roll.peak = roll.peak.max(size);
            }
            if size < REST {
                roll.rests = true;
                break;
            }
            let by = descent.optimiser.step(&mut moments, slope, descent.rate);
            let next = [at[0] - by[0], at[1] - by[1]];
            if !next.iter().all(|x| x.is_finite()) {
                roll.broke = Some(step + 1);
                break;
            }
            roll.path.push(next);
            at = next;
        }
        roll
    }

    /// Where it is after `step` steps, or where it ended.
    pub fn at(&self, step: usize) -> [f64; 2] {
        self.path[step.min(self.path.len() - 1)]
    }

    /// Where it ended.
    pub fn end(&self) -> [f64; 2] {
        self.at(usize::MAX)
    }

    /// The first step after which it was outside of `holds`, if it ever was.
    pub fn leaves(&self, holds: impl Fn([f64; 2]) -> bool) -> Option<usize> {
        self.path.iter().position(|&at| !holds(at))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Coordinates;
    use super::super::bumps::TwoBumps;
    use super::*;

    const PLAIN: Descent = Descent { optimiser: Optimiser::Descent, rate: 0.1, steps: 2000 };

    #[test]
    fn on_the_two_bumps_every_ball_ends_where_its_loss_lets_it() {
        let judge = Judge::new(&TwoBumps, TwoBumps::TARGET, false, Coordinates::State);
        for start in TwoBumps::STARTS {
            let end = |loss| Roll::down(&judge, loss, &TwoBumps, start, PLAIN).end();
            for loss in [Loss::Squared, Loss::Vagram] {
                assert!(judge.distance(end(loss)) < 0.01, "{loss:?} from {start:?}");
            }
            let error = judge.error(end(Loss::VagramUnbounded));
            let along: f64 = judge.gradient().iter().zip(&*error).map(|(g, e)| g * e).sum();
            assert!(along.abs() < 1e-3, "{start:?}: {along}");
            let at = end(Loss::Vaml);
            let [x, y] = TwoBumps.slope(at);
            let wrong = (TwoBumps.value(at) - judge.value).abs();
            assert!(wrong < 1e-3 || x.hypot(y) < 1e-3, "{start:?}: {wrong}");
        }
        // The one that the table calls blind does not move at all.
        let blind = Roll::down(&judge, Loss::Vaml, &TwoBumps, [-1.0, -0.5], PLAIN);
        assert!((blind.end()[0] + 1.0).abs() < 1e-9, "{:?}", blind.end());
        assert!(blind.peak < 1e-9);
    }

    /// `V = 3 x`: a slope and no curve.
    struct Ramp;

    impl Valued for Ramp {
        fn value(&self, [x, _]: [f64; 2]) -> f64 {
            3.0 * x
        }

        fn slope(&self, _: [f64; 2]) -> [f64; 2] {
            [3.0, 0.0]
        }
    }

    #[test]
    fn optimisers_step_as_by_hand() {
        let judge = Judge::new(&Ramp, [0.0, 0.0], false, Coordinates::State);
        let path = |optimiser, steps| {
            let descent = Descent { optimiser, rate: 0.1, steps };
            Roll::down(&judge, Loss::Squared, &Ramp, [1.0, 0.0], descent).path
        };
        // Gradient 2: descent to 0.8; momentum to 0.8 and then by 0.1 (1.8 + 1.6); Adam by 0.1.
        assert!((path(Optimiser::Descent, 2)[2][0] - 0.64).abs() < 1e-12);
        assert!((path(Optimiser::Momentum, 2)[2][0] - 0.46).abs() < 1e-12);
        assert!((path(Optimiser::Adam, 1)[1][0] - 0.9).abs() < 1e-8);
    }

    #[test]
    fn too_great_a_rate_is_told_and_a_ball_at_the_target_rests() {
        let judge = Judge::new(&Ramp, [0.0, 0.0], false, Coordinates::State);
        let wild = Descent { rate: 2.0, ..PLAIN };
        let roll = Roll::down(&judge, Loss::Vaml, &Ramp, [1.0, 0.0], wild);
        assert!(roll.broke.is_some() && roll.end()[0].is_finite());
        assert!(roll.leaves(|[x, _]| x.abs() < 8.0).unwrap() <= 2);
        let still = Roll::down(&judge, Loss::Squared, &Ramp, [0.0, 0.0], PLAIN);
        assert!(still.rests && still.path.len() == 1 && still.peak == 0.0);
    }
}
