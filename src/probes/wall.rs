//! The wall machine: where does each model think it will be?
//!
//! From one pair, the models of a learner look up to [`DEPTH`] steps ahead at once, acting greedily
//! by its values after the first step. Samples draw from the probe's own stream, never the
//! learner's.

use super::chain::{Chain, expectation, full};
use crate::agents::table::TableView;
use crate::base::rng::{Stream, StreamName};
use crate::mdp::scene::{Cell, GridScene};
use crate::mdp::{Action, Outcome, State};
use crate::models::bank::{Known, generate};
use crate::models::features::PLACE;
use crate::models::view::Predicted;
use crate::rl::lstd::dot;
use crate::rl::td::max_value;

/// How many steps ahead.
pub const DEPTH: usize = 20;
/// Rollouts of the sample model.
pub const SAMPLES: u32 = 1000;

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    /// The learner's models.
    pub known: &'a Known,
    /// The learner's values.
    pub table: &'a TableView,
    /// From where, doing what first.
    pub at: (State, Action),
    /// Worth of a reward one step later.
    pub gamma: f64,
    /// Seed of the lane.
    pub seed: u64,
}

/// States with their shares at one depth.
pub type Cloud = Vec<(State, f64)>;

/// Value so many steps ahead, in three ways.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Worth {
    /// `E[v(S_n)]`: the mean of the values, by going backwards from the values.
    pub expected: f64,
    /// `v(E[phi(S_n)])` with `v` linear in one-hot features, by going forwards from the state.
    pub linear: f64,
    /// The same with `v` read at the cell nearest to the mean place, which is not linear.
    pub nearest: f64,
}

/// The answers. Index `n - 1` stands for depth `n`.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Experiences of the pair.
    pub count: u32,
    /// What the full distribution says of the first step.
    pub first: Vec<Predicted>,
    /// The expected place, (row, column), of what goes on; `None` once nothing does.
    pub means: Vec<Option<[f64; 2]>>,
    /// One rollout of the table, drawn with the dice of number 0.
    pub table: Vec<State>,
    /// [`SAMPLES`] rollouts with the noise of the sample model: shares of all rollouts.
    pub sample: Vec<Cloud>,
    /// Exact probabilities.
    pub full: Vec<Cloud>,
    /// Values ahead.
    pub worth: Vec<Worth>,
    /// Variance of the rollouts' returns up to each depth.
    pub variance: Vec<f64>,
}

/// Asks all models. `None`: no data on the pair.
pub fn ask(ask: &Ask<'_>) -> Option<Machine> {
    let mut first = Vec::new();
    let count = ask.known.models.predict(&full(ask.known), ask.at, &mut first)?;
    let chain = Chain::of(ask.known, ask.table);
    let (full, going_on) = distributions(&chain, &first, ask.table.states());
    let noise = |number: u64| Stream::new(ask.seed.wrapping_add(number << 32), StreamName::Probe);
    let one = rollout(&chain, &first, &mut noise(0));
    let (sample, variance) = rollouts(&chain, &first, ask, &mut noise(u64::from(ask.known.noise)));
    let means = going_on.iter().map(|mass| mean_place(ask.known, mass).1).collect();
    Some(Machine {
        count,
        means,
        table: one.iter().map(|o| o.next).collect(),
        sample,
        full,
        worth: worth(&chain, &first, &going_on, ask),
        variance,
        first,
    })
}

/// For each depth: where the chain arrives, and the part of it that goes on, `[S]`.
fn distributions(chain: &Chain, first: &[Predicted], states: usize) -> (Vec<Cloud>, Vec<Vec<f64>>) {
    let (mut clouds, mut masses) = (Vec::new(), Vec::new());
    let (mut arrived, mut mass) = (vec![0.0; states], vec![0.0; states]);
    for o in first {
        arrived[o.next as usize] += o.probability;
        mass[o.next as usize] += if o.goes_on { o.probability } else { 0.0 };
    }
    for _ in 0..DEPTH {
        let cells = arrived.iter().enumerate().filter(|(_, p)| **p > 0.0);
        clouds.push(cells.map(|(s, &p)| (s as State, p)).collect());
        arrived.fill(0.0);
        for (state, &p) in mass.iter().enumerate().filter(|(_, p)| **p > 0.0) {
            for o in chain.row(state as State) {
                arrived[o.next as usize] += p * o.probability;
            }
        }
        let next = chain.forward(&mass);
        masses.push(std::mem::replace(&mut mass, next));
    }
    (clouds, masses)
}

/// How far `place` is from the mean place of `outcomes`, as a share of the way between those that
/// lie farthest apart; in cells where there is only one.
pub fn off_the_mean(grid: &GridScene, outcomes: &[Outcome], place: [f64; 2]) -> f64 {
    let at = |o: &Outcome| {
        let (row, col) = grid.place(o.next);
        [row as f64, col as f64]
    };
    let way = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
    let mean = outcomes.iter().fold([0.0; 2], |sum, o| {
        let at = at(o);
        [sum[0] + o.probability * at[0], sum[1] + o.probability * at[1]]
    });
    let ways = outcomes.iter().flat_map(|a| outcomes.iter().map(move |b| way(at(a), at(b))));
    let apart = ways.fold(0.0, f64::max);
    way(place, mean) / if apart > 0.0 { apart } else { 1.0 }
}

/// Chance to go on, and the mean place of what does.
fn mean_place(known: &Known, mass: &[f64]) -> (f64, Option<[f64; 2]>) {
    let mut mean = [0.0; PLACE];
    for (state, &p) in mass.iter().enumerate().filter(|(_, p)| **p > 0.0) {
        let phi = known.models.places.features(state as State);
        mean.iter_mut().zip(phi).for_each(|(sum, x)| *sum += p * x);
    }
    (mean[0], known.models.places.place(mean))
}

fn worth(chain: &Chain, first: &[Predicted], masses: &[Vec<f64>], ask: &Ask<'_>) -> Vec<Worth> {
    let value: Vec<f64> = (0..ask.table.states()).map(|s| max_value(ask.table.row(s))).collect();
    let mut ahead = value.clone();
    let mut worth = Vec::new();
    for mass in masses {
        let (goes_on, place) = mean_place(ask.known, mass);
        let cell = place.map(|place| ask.known.models.places.nearest(place));
        worth.push(Worth {
            expected: expectation(first, &ahead),
            linear: dot(mass, &value),
            nearest: cell.map_or(0.0, |cell| goes_on * value[cell as usize]),
        });
        ahead = chain.backward(&ahead);
    }
    worth
}

/// One rollout: what happened at each depth, until the end, or where nobody was ever.
fn rollout(chain: &Chain, first: &[Predicted], dice: &mut Stream) -> Vec<Predicted> {
    let mut way = Vec::new();
    let mut row = first;
    while way.len() < DEPTH {
        let Some(&o) = generate(row, dice.unit()) else {
            break;
        };
        way.push(o);
        if !o.goes_on {
            break;
        }
        row = chain.row(o.next);
    }
    way
}

/// Shares of cells and variance of returns, at each depth.
fn rollouts(
    chain: &Chain,
    first: &[Predicted],
    ask: &Ask<'_>,
    dice: &mut Stream,
) -> (Vec<Cloud>, Vec<f64>) {
    let mut seen = vec![vec![0_u32; ask.table.states()]; DEPTH];
    let mut returns = vec![Vec::new(); DEPTH];
    for _ in 0..SAMPLES {
        let way = rollout(chain, first, dice);
        let (mut total, mut discount) = (0.0, 1.0);
        for depth in 0..DEPTH {
            if let Some(o) = way.get(depth) {
                seen[depth][o.next as usize] += 1;
                total += discount * o.reward;
                discount *= ask.gamma;
            }
            returns[depth].push(total);
        }
    }
    let cloud = |seen: Vec<u32>| {
        let cells = seen.into_iter().enumerate().filter(|(_, n)| *n > 0);
        cells.map(|(s, n)| (s as State, f64::from(n) / f64::from(SAMPLES))).collect()
    };
    (seen.into_iter().map(cloud).collect(), returns.iter().map(|r| variance(r)).collect())
}

fn variance(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    values.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n
}

impl Machine {
    /// How many expected places down to `depth` lie in walls, and how many there are.
    pub fn means_in_walls(&self, grid: &GridScene, depth: usize) -> (usize, usize) {
        let places = self.means.iter().take(depth).flatten();
        let of = places.clone().count();
        (places.filter(|place| in_wall(grid, **place)).count(), of)
    }

    /// Whether the two ways of `n` steps with linear values agree: their greatest difference.
    pub fn greatest_difference(&self, of: impl Fn(&Worth) -> f64) -> f64 {
        self.worth.iter().map(|w| (w.expected - of(w)).abs()).fold(0.0, f64::max)
    }
}

/// Whether the cell nearest to a place is a wall.
pub fn in_wall(grid: &GridScene, [row, col]: [f64; 2]) -> bool {
    let snap = |x: f64, n: usize| (x.round().max(0.0) as usize).min(n - 1);
    grid.cells[snap(row, grid.rows) * grid.cols + snap(col, grid.cols)] == Cell::Wall
}

/// Share of a cloud that lies in walls.
pub fn share_in_walls(grid: &GridScene, cloud: &Cloud) -> f64 {
    let inside = cloud.iter().filter(|(s, _)| grid.cells[*s as usize] == Cell::Wall);
    inside.map(|(_, share)| share).sum()
}
