//! Speed of tree search, on one core: seconds are those in which the thread had it.
//!
//! `cargo bench --bench search`, on an idle machine; `benches/peers/mctx_speed.py` is the other
//! side. With `--json` it prints one line, by the clock on the wall, for the script that pairs both
//! (`benches/peers/search_pairs.py`).

use std::hint::black_box;
use std::time::{Duration, Instant};

use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::envs::grid::{Grid, GridConfig};
use imaginarium::envs::mazes::dyna_maze;
use imaginarium::mdp::{Outcome, State};
use imaginarium::search::model::{Ask, Evaluation, Follow, Model};
use imaginarium::search::select::{Range, Rule};
use imaginarium::search::table::Table;
use imaginarium::search::tree_search::TreeSearch;
use imaginarium::search::{Leaf, Root, Settings};

/// Measurements; odd, so that there is a median.
const ROUNDS: usize = 9;
const SPAN: Duration = Duration::from_millis(300);

fn main() {
    let quick = std::env::args().any(|arg| arg == "--test");
    let json = std::env::args().any(|arg| arg == "--json");
    let (rounds, span) = if quick { (1, Duration::from_millis(5)) } else { (ROUNDS, SPAN) };
    if json {
        pairs(span);
        return;
    }
    tables(rounds, span);
    let mut net = Network::new(64, 4, 1);
    for trees in [1, 32] {
        let times = measure(rounds, span, core_seconds, || network(&mut net, trees));
        println!("50 simulations over a 64-wide network, {trees} at once: {:.3} ms", times * 1e3);
    }
}

fn median(mut xs: Vec<f64>) -> f64 {
    xs.sort_by(f64::total_cmp);
    xs[xs.len() / 2]
}

/// Seconds that this thread has had a core, where the system tells; otherwise those that passed.
fn core_seconds() -> f64 {
    #[cfg(unix)]
    {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        now.tv_sec as f64 + now.tv_nsec as f64 * 1e-9
    }
    #[cfg(not(unix))]
    wall_seconds()
}

fn wall_seconds() -> f64 {
    static BEGUN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    BEGUN.get_or_init(Instant::now).elapsed().as_secs_f64()
}

/// Median over rounds of the seconds that one call of `work` takes, by `clock`.
fn measure(rounds: usize, span: Duration, clock: fn() -> f64, mut work: impl FnMut()) -> f64 {
    let mut one = || {
        let (begun, mut calls) = (clock(), 0.0);
        while clock() - begun < span.as_secs_f64() {
            work();
            calls += 1.0;
        }
        (clock() - begun) / calls
    };
    median((0..rounds).map(|_| one()).collect())
}

// ---------------------------------------------------------------- tables

/// A random table of 100 states and `actions` actions with values and logits, gamma 0.95.
fn random_table(actions: usize) -> Table {
    let mut dice = Stream::new(3, StreamName::Probe);
    let states = 100;
    let mut outcomes = Vec::new();
    for _ in 0..states * actions {
        let (next, reward) = (dice.below(states as u32), dice.unit());
        outcomes.push(Outcome { probability: 1.0, reward, next, terminated: false });
    }
    let values = (0..states).map(|_| dice.unit()).collect();
    let logits: Vec<f64> = (0..states * actions).map(|_| dice.unit()).collect();
    let table = Table::new((states, actions), 0.95, |s, a| {
        vec![outcomes[s as usize * actions + usize::from(a)]]
    });
    table.with_values(values).with_logits(&logits)
}

fn maze() -> (Table, State) {
    let maze = Grid::new(&dyna_maze(), &GridConfig::default()).expect("a sound map");
    let values = (0..54).map(|s| f64::from(s) / 100.0).collect();
    (Table::of_world(&maze, 0.95).with_values(values), 18)
}

fn settings(rule: Rule, budget: u32) -> Settings {
    Settings { rule, range: Range::Node, leaf: Leaf::Value, budget, depth: 20 }
}

/// One whole search: roots, all simulations, answers.
fn search<M: Model>(
    settings: Settings,
    roots: &[Root<M::Node>],
    model: &mut M,
    dice: &mut [Stream],
) {
    let mut search = TreeSearch::begin(settings, roots, model, dice).expect("a sound search");
    while !search.is_done() {
        search.simulate(model, dice);
    }
    for p in 0..roots.len() {
        black_box(search.answer(p));
    }
}

fn tables(rounds: usize, span: Duration) {
    let rules = [("UCT", Rule::UCT), ("pUCT", Rule::PUCT), ("Gumbel", Rule::GUMBEL)];
    for (name, rule) in rules {
        for budget in [50, 800, 10_000] {
            let mut dice = [Stream::new(1, StreamName::Plan)];
            let mut random = random_table(4);
            let time = measure(rounds, span, core_seconds, || {
                search(settings(rule, budget), &[Root::free(0)], &mut random, &mut dice);
            });
            let (mut table, start) = maze();
            let in_maze = measure(rounds, span, core_seconds, || {
                search(settings(rule, budget), &[Root::free(start)], &mut table, &mut dice);
            });
            let rate = |time: f64| f64::from(budget) / time / 1e6;
            println!(
                "{name}, budget {budget}, simulations a second: random table {:.2} M, maze {:.2} M",
                rate(time),
                rate(in_maze)
            );
        }
    }
}

// ---------------------------------------------------------------- a host network

/// The shapes of the peer: latent 64; dynamics 64 + A -> 64 -> 64, reward 64 -> 1; prediction
/// 64 -> 64, then policy and value. Rectified. Nodes are rows of `latents`.
struct Network {
    actions: usize,
    dynamics: [Layer; 2],
    reward: Layer,
    trunk: Layer,
    heads: Layer,
    latents: Vec<[f32; WIDTH]>,
}

const WIDTH: usize = 64;

/// `[in, out]` weights, row by row, and `[out]` biases.
struct Layer {
    out: usize,
    weights: Vec<f32>,
    bias: Vec<f32>,
}

impl Layer {
    fn new(inputs: usize, out: usize, dice: &mut Stream) -> Self {
        let scale = (3.0 / inputs as f64).sqrt();
        let mut draw = || ((2.0 * dice.unit() - 1.0) * scale) as f32;
        Self { out, weights: (0..inputs * out).map(|_| draw()).collect(), bias: vec![0.0; out] }
    }

    /// `y = x W + b`, rectified where `rectify`; four inputs a pass, so that sums are loaded and
    /// stored a quarter as often. The number of inputs is a multiple of four.
    fn apply(&self, x: &[f32], y: &mut [f32], rectify: bool) {
        y.copy_from_slice(&self.bias);
        let n = y.len();
        for (x, rows) in x.chunks_exact(4).zip(self.weights.chunks_exact(4 * self.out)) {
            let (a, b, c, d) =
                (&rows[..n], &rows[n..2 * n], &rows[2 * n..3 * n], &rows[3 * n..4 * n]);
            for (i, y) in y.iter_mut().enumerate() {
                *y += (x[0] * a[i] + x[1] * b[i]) + (x[2] * c[i] + x[3] * d[i]);
            }
        }
        if rectify {
            y.iter_mut().for_each(|y| *y = y.max(0.0));
        }
    }
}

impl Network {
    fn new(width: usize, actions: usize, seed: u64) -> Self {
        let mut dice = Stream::new(seed, StreamName::Init);
        Self {
            actions,
            dynamics: [
                Layer::new(width + actions, width, &mut dice),
                Layer::new(width, width, &mut dice),
            ],
            reward: Layer::new(width, 1, &mut dice),
            trunk: Layer::new(width, width, &mut dice),
            heads: Layer::new(width, actions + 1, &mut dice),
            latents: Vec::new(),
        }
    }
}

impl Model for Network {
    type Node = u32;

    fn actions(&self) -> usize {
        self.actions
    }

    fn is_certain(&self) -> bool {
        true
    }

    fn is_same(&self, a: &u32, b: &u32) -> bool {
        a == b
    }

    fn follow(
        &mut self,
        nodes: &[u32],
        asks: &[Ask],
        _: &mut [Stream],
        out: &mut Vec<Follow<u32>>,
    ) {
        let mut x = vec![0.0; WIDTH + self.actions];
        for ask in asks {
            x[..WIDTH].copy_from_slice(&self.latents[nodes[ask.node as usize] as usize]);
            x[WIDTH..].fill(0.0);
            x[WIDTH + usize::from(ask.action)] = 1.0;
            let (mut hidden, mut latent, mut reward) = ([0.0; WIDTH], [0.0; WIDTH], [0.0]);
            self.dynamics[0].apply(&x, &mut hidden, true);
            self.dynamics[1].apply(&hidden, &mut latent, true);
            self.reward.apply(&latent, &mut reward, false);
            self.latents.push(latent);
            let next = (self.latents.len() - 1) as u32;
            out.push(Follow { reward: f64::from(reward[0]), discount: 0.997, next });
        }
    }

    fn evaluate(&mut self, nodes: &[u32], which: &[u32], out: &mut Evaluation) {
        let mut heads = vec![0.0; self.actions + 1];
        for &node in which {
            let mut hidden = [0.0; WIDTH];
            self.trunk.apply(&self.latents[nodes[node as usize] as usize], &mut hidden, true);
            self.heads.apply(&hidden, &mut heads, false);
            out.values.push(f64::from(heads[self.actions]));
            out.logits.extend(heads[..self.actions].iter().map(|&l| f64::from(l)));
        }
    }
}

/// 50 simulations for each of `trees` roots.
fn network(net: &mut Network, trees: usize) {
    net.latents.clear();
    let root = |p: usize| std::array::from_fn(|i| ((p * 64 + i) % 17) as f32 / 17.0);
    net.latents.extend((0..trees).map(root));
    let roots: Vec<Root<u32>> = (0..trees as u32).map(Root::free).collect();
    let mut dice: Vec<Stream> =
        (0..trees as u64).map(|seed| Stream::new(seed, StreamName::Plan)).collect();
    let settings = Settings { depth: 50, ..settings(Rule::PUCT, 50) };
    search(settings, &roots, net, &mut dice);
}

// ---------------------------------------------------------------- for pairs

/// One line of JSON: seconds of one call of each task that the peer measures too.
fn pairs(span: Duration) {
    let mut net = Network::new(64, 4, 1);
    let mut table = random_table(4);
    let mut timed = vec![
        ("network_1", measure(1, span, wall_seconds, || network(&mut net, 1))),
        ("network_32", measure(1, span, wall_seconds, || network(&mut net, 32))),
    ];
    for (name, rule, trees) in [
        ("table_1", Rule::PUCT, 1),
        ("table_32", Rule::PUCT, 32),
        ("gumbel_1", Rule::GUMBEL, 1),
        ("gumbel_32", Rule::GUMBEL, 32),
    ] {
        let mut dice: Vec<Stream> =
            (0..trees).map(|seed| Stream::new(seed, StreamName::Plan)).collect();
        let roots: Vec<Root<State>> = (0..trees as u32).map(Root::free).collect();
        timed.push((
            name,
            measure(1, span, wall_seconds, || {
                search(settings(rule, 50), &roots, &mut table, &mut dice)
            }),
        ));
    }
    let fields: Vec<String> = timed.iter().map(|(n, t)| format!("\"{n}\": {t:e}")).collect();
    println!("{{{}}}", fields.join(", "));
}
