//! A linear model with too little room: `s^' = U W s` with `U` as narrow as its rank, so that it has
//! to choose what to get right. Its loss decides what it chooses.

use super::model_loss::ModelLoss;
use crate::base::digest::Digest;
use crate::base::rng::Stream;
use crate::rl::losses::likelihood::{likelihood, likelihood_slopes};
use crate::rl::losses::{
    iter_vaml, iter_vaml_slope, squared, squared_slope, vagram, vagram_slope, vagram_unbounded,
    vagram_unbounded_slope,
};

/// Adam's decays and the number added to its root (Kingma & Ba 2015).
const BETAS: [f64; 2] = [0.9, 0.999];
const EPSILON: f64 = 1e-8;
/// Spread of the first weights.
const FIRST: f64 = 0.5;

/// A given value, `V(s) = -((x - c_0)^2 + (v - c_1)^2 / 2)`: it reads two numbers of all.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Hill {
    /// Where it is highest.
    pub centre: [f64; 2],
}

impl Hill {
    fn off(&self, s: &[f64]) -> [f64; 2] {
        [s[0] - self.centre[0], s[1] - self.centre[1]]
    }

    /// `V(s)`.
    pub fn value(&self, s: &[f64]) -> f64 {
        let [x, v] = self.off(s);
        -(x * x + 0.5 * v * v)
    }

    /// `grad V(s)`: 0 in all numbers but the first two.
    pub fn slope(&self, s: &[f64]) -> Vec<f64> {
        let [x, v] = self.off(s);
        let mut slope = vec![0.0; s.len()];
        (slope[0], slope[1]) = (-2.0 * x, -v);
        slope
    }
}

/// Loss of one prediction and its derivatives: after the prediction, and after log-variances where
/// the loss has them.
pub fn judge(
    loss: ModelLoss,
    (real, said): (&[f64], &[f64]),
    hill: &Hill,
    logs: &[f64],
) -> (f64, Vec<f64>, Option<Vec<f64>>) {
    let error: Vec<f64> = said.iter().zip(real).map(|(y, t)| y - t).collect();
    match loss {
        ModelLoss::Squared => (squared(&error), squared_slope(&error), None),
        ModelLoss::Likelihood => {
            let (mean, spread) = likelihood_slopes(&error, logs);
            (likelihood(&error, logs), mean, Some(spread))
        }
        ModelLoss::Vaml => {
            let (v, w) = (hill.value(real), hill.value(said));
            (iter_vaml(v, w), iter_vaml_slope(v, w, &hill.slope(said)), None)
        }
        ModelLoss::Vagram => {
            let g = hill.slope(real);
            (vagram(&g, &error), vagram_slope(&g, &error), None)
        }
        ModelLoss::Unbounded => {
            let g = hill.slope(real);
            (vagram_unbounded(&g, &error), vagram_unbounded_slope(&g, &error), None)
        }
    }
}

/// The model and its optimiser.
#[derive(Clone, Debug, PartialEq)]
pub struct LowRank {
    width: usize,
    rank: usize,
    /// `U`, `[width][rank]`, then `W`, `[rank][width]`, then log-variances, `[width]`.
    numbers: Vec<f64>,
    first: Vec<f64>,
    second: Vec<f64>,
    steps: i32,
}

impl LowRank {
    /// First weights from `dice`.
    pub fn new(width: usize, rank: usize, dice: &mut Stream) -> Self {
        let weights = 2 * width * rank;
        let mut numbers: Vec<f64> = (0..weights).map(|_| FIRST * dice.normal()).collect();
        numbers.resize(weights + width, 0.0);
        let none = vec![0.0; numbers.len()];
        Self { width, rank, first: none.clone(), second: none, numbers, steps: 0 }
    }

    fn parts(&self) -> (&[f64], &[f64], &[f64]) {
        let (u, rest) = self.numbers.split_at(self.width * self.rank);
        let (w, logs) = rest.split_at(self.width * self.rank);
        (u, w, logs)
    }

    fn code(&self, s: &[f64]) -> Vec<f64> {
        let row = |row: &[f64]| row.iter().zip(s).map(|(w, x)| w * x).sum();
        self.parts().1.chunks(self.width).map(row).collect()
    }

    fn decode(&self, code: &[f64]) -> Vec<f64> {
        let row = |row: &[f64]| row.iter().zip(code).map(|(u, x)| u * x).sum();
        self.parts().0.chunks(self.rank).map(row).collect()
    }

    /// What follows `s`.
    pub fn predict(&self, s: &[f64]) -> Vec<f64> {
        self.decode(&self.code(s))
    }

    /// Mean loss over pairs of a state and what followed, and its gradient after all numbers.
    pub fn gradient<'a>(
        &self,
        loss: ModelLoss,
        hill: &Hill,
        pairs: impl Iterator<Item = (&'a [f64], &'a [f64])>,
    ) -> (f64, Vec<f64>) {
        let (u, _, logs) = self.parts();
        let (n, k) = (self.width, self.rank);
        let mut gradient = vec![0.0; self.numbers.len()];
        let (mut sum, mut count) = (0.0, 0.0);
        for (s, next) in pairs {
            let code = self.code(s);
            let (one, slope, spread) = judge(loss, (next, &self.decode(&code)), hill, logs);
            sum += one;
            count += 1.0;
            let mut back = vec![0.0; k];
            for (d, g) in slope.iter().enumerate() {
                for r in 0..k {
                    gradient[d * k + r] += g * code[r];
                    back[r] += g * u[d * k + r];
                }
            }
            for (r, g) in back.iter().enumerate() {
                for (d, x) in s.iter().enumerate() {
                    gradient[n * k + r * n + d] += g * x;
                }
            }
            for (d, g) in spread.iter().flatten().enumerate() {
                gradient[2 * n * k + d] += g;
            }
        }
        gradient.iter_mut().for_each(|g| *g /= f64::max(count, 1.0));
        (sum / f64::max(count, 1.0), gradient)
    }

    /// One step of Adam.
    pub fn step(&mut self, gradient: &[f64], rate: f64) {
        self.steps = self.steps.saturating_add(1);
        let [b1, b2] = BETAS;
        let (fix1, fix2) = (1.0 - b1.powi(self.steps), 1.0 - b2.powi(self.steps));
        let moments = self.first.iter_mut().zip(&mut self.second);
        for ((x, (m, v)), g) in self.numbers.iter_mut().zip(moments).zip(gradient) {
            *m = b1 * *m + (1.0 - b1) * g;
            *v = b2 * *v + (1.0 - b2) * g * g;
            *x -= rate * (*m / fix1) / ((*v / fix2).sqrt() + EPSILON);
        }
    }

    /// The first number that is none, with the tensor it is in.
    pub fn not_finite(&self) -> Option<(String, f64)> {
        let at = self.numbers.iter().position(|x| !x.is_finite())?;
        let (u, (n, k)) = (self.width * self.rank, (self.width, self.rank));
        let name = match at {
            at if at < u => format!("U[{},{}]", at / k, at % k),
            at if at < 2 * u => format!("W[{},{}]", (at - u) / n, (at - u) % n),
            at => format!("log-variance[{}]", at - 2 * u),
        };
        Some((name, self.numbers[at]))
    }

    /// Adds weights and moments.
    pub fn digest(&self, digest: &mut Digest) {
        let all = self.numbers.iter().chain(&self.first).chain(&self.second);
        all.for_each(|&x| digest.number(x));
        digest.word(self.steps as u64);
    }

    /// Memory in bytes.
    pub fn bytes(&self) -> usize {
        3 * self.numbers.capacity() * size_of::<f64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::StreamName;

    fn rows(dice: &mut Stream, count: usize, width: usize) -> Vec<Vec<f64>> {
        (0..count).map(|_| (0..width).map(|_| dice.normal()).collect()).collect()
    }

    #[test]
    fn gradients_are_those_of_finite_differences() {
        let mut dice = Stream::new(6, StreamName::Probe);
        let model = LowRank::new(4, 2, &mut dice);
        let (from, to) = (rows(&mut dice, 9, 4), rows(&mut dice, 9, 4));
        let hill = Hill { centre: [0.3, -0.7] };
        let pairs = || from.iter().zip(&to).map(|(s, next)| (s.as_slice(), next.as_slice()));
        for &loss in ModelLoss::ALL {
            let (_, ours) = model.gradient(loss, &hill, pairs());
            for (at, ours) in ours.iter().enumerate() {
                let moved = |by: f64| {
                    let mut copy = model.clone();
                    copy.numbers[at] += by;
                    copy.gradient(loss, &hill, pairs()).0
                };
                let slope = (moved(1e-6) - moved(-1e-6)) / 2e-6;
                let far = (slope - ours).abs();
                assert!(far < 1e-6 * (1.0 + slope.abs()), "{loss:?} {at}: {slope}, {ours}");
            }
        }
    }

    #[test]
    fn with_room_for_everything_squared_error_finds_the_truth() {
        let mut dice = Stream::new(8, StreamName::Probe);
        let mut model = LowRank::new(3, 3, &mut dice);
        let from = rows(&mut dice, 60, 3);
        let turned: Vec<Vec<f64>> = from.iter().map(|s| vec![s[1], -s[0], 0.5 * s[2]]).collect();
        for _ in 0..4000 {
            let pairs = from.iter().zip(&turned).map(|(s, n)| (s.as_slice(), n.as_slice()));
            let (_, gradient) = model.gradient(ModelLoss::Squared, &Hill::default(), pairs);
            model.step(&gradient, 0.01);
        }
        let said = model.predict(&[1.0, 2.0, -4.0]);
        let far = said.iter().zip([2.0, -1.0, -2.0]).map(|(a, b)| (a - b).abs());
        assert!(far.clone().all(|x| x < 1e-3), "{said:?}");
    }
}
