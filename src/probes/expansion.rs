//! What value expansion makes of a state: its parts, what they add up to at every horizon, and what
//! the state is truly worth to the actor that is imagined.

pub use crate::agents::steered::{ExpansionView, Losses, SteeredView};
use crate::mdp::physical::Body;
use crate::rl::expansion::{Stack, rms_error};

/// Greatest horizon looked at: that of the dial.
pub const MOST: usize = 20;
/// Rewards count until their discount falls below this.
const LEAST: f64 = 1e-4;
/// States at which the critic is tested, about.
const ASKED: usize = 32;
/// True steps at most, for discounts that never fall so low.
const STEPS: usize = 2_000;

/// The expansion of one state.
#[derive(Clone, Debug, PartialEq)]
pub struct Expansion {
    /// `[MOST + 1]`: what is seen at each imagined depth, the state itself first.
    pub states: Vec<Vec<f32>>,
    /// `[MOST]`.
    pub rewards: Vec<f64>,
    /// `[MOST]`: the discount, 0 where the task ends.
    pub discounts: Vec<f64>,
    /// `[MOST + 1]`: what the slow critic says of each depth.
    pub tails: Vec<f64>,
    /// The discounted return of the same actor in the world.
    pub truth: f64,
}

impl Expansion {
    /// Expands `start`; `None` for agents that do not imagine.
    pub fn of(view: &SteeredView, start: &Body) -> Option<Self> {
        view.expansion.as_ref()?;
        let mut states = vec![view.oracle.see(start).to_vec()];
        let (mut rewards, mut discounts) = (Vec::new(), Vec::new());
        for t in 0..MOST {
            let action = view.action(view.dreaming_actor(), &states[t]);
            let step = view.imagine(&states[t], action)?;
            rewards.push(step.reward);
            discounts.push(if step.terminated { 0.0 } else { view.gamma });
            states.push(step.next);
        }
        let tails = states.iter().map(|seen| view.tail(seen)).collect();
        Some(Self { states, rewards, discounts, tails, truth: true_value(view, start) })
    }

    /// The parts at horizon `horizon`, [`MOST`] at most.
    pub fn stack(&self, horizon: usize) -> Stack {
        let parts = (&self.rewards[..horizon], &self.discounts[..horizon]);
        Stack::of(parts.0, parts.1, self.tails[horizon])
    }

    /// How far off the expansion is at each horizon, `[MOST + 1]`: too much counts positive.
    pub fn errors(&self) -> Vec<f64> {
        (0..=MOST).map(|horizon| self.stack(horizon).value() - self.truth).collect()
    }
}

/// Discounted return of the imagined actor from `start` in the world.
fn true_value(view: &SteeredView, start: &Body) -> f64 {
    let mut seen = view.oracle.see(start);
    let (mut total, mut weight) = (0.0, 1.0);
    for _ in 0..STEPS {
        let truth = view.truth(&seen, view.action(view.dreaming_actor(), &seen));
        total += weight * truth.reward;
        weight *= view.gamma;
        if truth.terminated || weight < LEAST {
            break;
        }
        seen = truth.next;
    }
    total
}

/// Which horizon is least wrong.
fn least(errors: &[f64]) -> usize {
    let sizes = errors.iter().map(|error| error.abs());
    let best = sizes.enumerate().min_by(|(_, a), (_, b)| a.total_cmp(b));
    best.map_or(0, |(horizon, _)| horizon)
}

/// Errors over a plane of states.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// Cells along the first and the second number.
    pub cells: [usize; 2],
    /// `[MOST + 1]`: root of the mean squared error over all cells, at each horizon.
    pub errors: Vec<f64>,
    /// `[second * first]`: which horizon is least wrong in each cell, the first number fastest.
    pub best: Vec<usize>,
}

impl Sweep {
    /// Expands the middle of every cell; `None` for agents that do not imagine and for worlds whose
    /// state is not two numbers.
    pub fn of(view: &SteeredView, cells: [usize; 2]) -> Option<Self> {
        let bodies: Vec<Body> = middles(view, cells)?;
        let all: Option<Vec<Vec<f64>>> =
            bodies.iter().map(|body| Some(Expansion::of(view, body)?.errors())).collect();
        let all = all?;
        let mean = |horizon: usize| {
            let squares = all.iter().map(|errors| errors[horizon] * errors[horizon]);
            (squares.sum::<f64>() / all.len() as f64).sqrt()
        };
        let best = all.iter().map(|errors| least(errors)).collect();
        Some(Self { cells, errors: (0..=MOST).map(mean).collect(), best })
    }

    /// The horizon that is least wrong over all cells.
    pub fn sweet_spot(&self) -> usize {
        least(&self.errors)
    }
}

/// Root of the mean squared error of the slow critic at some of `states`, `[..][S]` in a row; 0 at
/// none.
pub fn critic_error(view: &SteeredView, states: &[f32]) -> f64 {
    let sees = view.actor.inputs();
    let every = (states.len() / sees / ASKED).max(1);
    let asked = states.chunks(sees).step_by(every);
    let (said, truth): (Vec<f64>, Vec<f64>) =
        asked.map(|seen| (view.tail(seen), true_value(view, &view.oracle.locate(seen)))).unzip();
    rms_error(&said, &truth)
}

/// The middles of all cells of what pictures show of a state of two numbers.
fn middles(view: &SteeredView, [across, up]: [usize; 2]) -> Option<Vec<Body>> {
    let [first, second] = view.oracle.dimensions() else {
        return None;
    };
    let middle = |(low, high): (f64, f64), index: usize, count: usize| {
        low + (high - low) * (index as f64 + 0.5) / count as f64
    };
    let body = |cell: usize| {
        let x = middle(first.range, cell % across, across);
        Body::new(&[x, middle(second.range, cell / across, up)])
    };
    Some((0..across * up).map(body).collect())
}
