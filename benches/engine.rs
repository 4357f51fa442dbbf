//! Speed of the engine, measured through the doors that everybody uses, beside its limit.
//!
//! `cargo bench --bench engine`, on an idle machine. Figures come in pairs from the same seconds:
//! the limit and ours alternate, medians of the pairs are printed. Our side always runs shipped
//! agents on ChaCha8 streams with all counters on, through [`Experiment::advance_to`].

use std::hint::black_box;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use imaginarium::envs::grid::{Grid, GridConfig};
use imaginarium::envs::mazes::dyna_maze;
use imaginarium::experiment::engine::{Command as Ask, Engine, SLICE};
use imaginarium::experiment::{ArenaConfig, Clock, Experiment};
use imaginarium::lessons;
use imaginarium::mdp::{Action, State, Tabular as _};

/// Pairs of measurements; odd, so that there is a median.
const ROUNDS: usize = 7;
/// Length of one measurement.
const SPAN: Duration = Duration::from_millis(400);

fn main() {
    // `cargo test --benches` asks for a quick look that everything still runs.
    let quick = std::env::args().any(|arg| arg == "--test");
    let (rounds, span) = match quick {
        true => (1, Duration::from_millis(5)),
        false => (ROUNDS, SPAN),
    };
    planning(rounds, span);
    env_steps(rounds, span);
    watching(rounds, span);
    whole_lesson(rounds);
    memory(if quick { 1_000_000 } else { 100_000_000 });
}

fn median(mut xs: Vec<f64>) -> f64 {
    xs.sort_by(f64::total_cmp);
    xs[xs.len() / 2]
}

/// Runs `work`, which returns how much it did, until `span` is over; work a second.
fn rate(span: Duration, mut work: impl FnMut() -> u64) -> f64 {
    let begun = Instant::now();
    let mut done = 0;
    while begun.elapsed() < span {
        done += work();
    }
    done as f64 / begun.elapsed().as_secs_f64()
}

/// Alternates `a` and `b`; medians of both and of their ratio `a / b`.
fn pairs(rounds: usize, mut a: impl FnMut() -> f64, mut b: impl FnMut() -> f64) -> [f64; 3] {
    let (mut left, mut right, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        let (x, y) = (a(), b());
        left.push(x);
        right.push(y);
        ratios.push(x / y);
    }
    [median(left), median(right), median(ratios)]
}

fn verdict(fine: bool) -> &'static str {
    if fine { "holds" } else { "MISSED" }
}

/// One run with `n` planning steps on the clock of real steps.
fn dyna(n: u32) -> Experiment {
    let text = format!(
        "version = 1\nclock = 'env-steps'\n[world]\nid = 'dyna-maze'\n\
         [[run]]\nagent = 'dyna-q'\nplanning_steps = {n}\n"
    );
    let config = ArenaConfig::from_toml("bench", &text).expect("a sound configuration");
    Experiment::new(config, 1).expect("a sound configuration")
}

/// Advances by `steps` real steps and returns how many updates that were.
fn go_on(e: &mut Experiment, steps: u64) -> u64 {
    let before = e.runs()[0].counters(0).updates();
    e.advance_to(e.position().steps_on(steps), None);
    e.runs()[0].counters(0).updates() - before
}

// ---------------------------------------------------------------- the limit

/// The same planning updates on bare arrays, with a xorshift generator and nothing else.
struct Bare {
    pairs: Vec<u32>,
    next: Vec<u32>,
    reward: Vec<f64>,
    discount: Vec<f64>,
    q: Vec<f64>,
    dice: u64,
}

impl Bare {
    /// All pairs of the Dyna maze are known.
    fn new() -> Self {
        let maze = Grid::new(&dyna_maze(), &GridConfig::default()).expect("a sound map");
        let outcome = |pair: usize| {
            let (state, action) = ((pair / 4) as State, (pair % 4) as Action);
            maze.outcomes(state, action).first().copied()
        };
        let all = maze.states() * 4;
        let next = |p| outcome(p).map_or(0, |o| o.next);
        let reward = |p| outcome(p).map_or(0.0, |o| o.reward);
        let discount = |p| outcome(p).map_or(0.0, |o| if o.terminated { 0.0 } else { 0.95 });
        Self {
            pairs: (0..all as u32).filter(|&p| outcome(p as usize).is_some()).collect(),
            next: (0..all).map(next).collect(),
            reward: (0..all).map(reward).collect(),
            discount: (0..all).map(discount).collect(),
            q: vec![0.0; all],
            dice: 88_172_645_463_325_252,
        }
    }

    fn updates(&mut self, count: u64) -> u64 {
        for _ in 0..count {
            self.dice ^= self.dice << 13;
            self.dice ^= self.dice >> 7;
            self.dice ^= self.dice << 17;
            let known = self.pairs.len() as u64;
            let pair = self.pairs[(((self.dice >> 32) * known) >> 32) as usize] as usize;
            let row = self.next[pair] as usize * 4;
            let row = &self.q[row..row + 4];
            let best = row[0].max(row[1]).max(row[2].max(row[3]));
            let target = self.reward[pair] + self.discount[pair] * best;
            self.q[pair] += 0.1 * (target - self.q[pair]);
        }
        black_box(&self.q);
        count
    }
}

// ---------------------------------------------------------------- measurements

fn planning(rounds: usize, span: Duration) {
    let (mut bare, mut ours) = (Bare::new(), dyna(50));
    // Every pair is known before the clock starts, as for the bare loop.
    go_on(&mut ours, 20_000);
    let [limit, here, ratio] = pairs(
        rounds,
        || rate(span, || bare.updates(100_000)),
        || rate(span, || go_on(&mut ours, 2_000)),
    );
    println!(
        "planning updates: bare loop {:.0} M/s, Dyna-Q n = 50 {:.0} M/s, ratio {ratio:.2}; \
         limit 3: {}",
        limit / 1e6,
        here / 1e6,
        verdict(ratio <= 3.0)
    );
}

fn env_steps(rounds: usize, span: Duration) {
    for n in [0, 50] {
        let mut ours = dyna(n);
        go_on(&mut ours, 20_000);
        let steps = |ours: &mut Experiment| {
            go_on(ours, 10_000);
            10_000
        };
        let rates = (0..rounds).map(|_| rate(span, || steps(&mut ours)));
        let rate = median(rates.collect());
        let judged = match n {
            0 => format!("; limit 10 M/s: {}", verdict(rate >= 1e7)),
            _ => String::new(),
        };
        println!("real steps, n = {n}: {:.2} M/s{judged}", rate / 1e6);
    }
}

fn lesson() -> ArenaConfig {
    let mut arena = lessons::find(lessons::WITHOUT_WINDOW).expect("shipped").arena;
    arena.clock = Clock::EnvSteps;
    arena.length = u64::MAX >> 1;
    arena.speed = None;
    arena
}

fn updates(e: &Experiment) -> u64 {
    let lanes = 0..e.config().lanes;
    let runs = e.runs().iter();
    runs.flat_map(|r| lanes.clone().map(|lane| r.counters(lane).updates())).sum()
}

/// The opening lesson on the clock of real steps at full speed: recorder, keyframes, curves and a picture every 16 ms, as
/// beside the window, against the naked experiment in slices of the same length.
fn watching(rounds: usize, span: Duration) {
    let mut naked = Experiment::new(lesson(), 1).expect("shipped");
    let mut watched = Engine::new(lesson(), 1).expect("shipped");
    watched.handle(Ask::Play(true));
    let [plain, seen, ratio] = pairs(
        rounds,
        || {
            rate(span, || {
                let before = updates(&naked);
                let far = naked.position().steps_on(4_000);
                while !naked.advance_to(far, Some(Instant::now() + SLICE)) {}
                updates(&naked) - before
            })
        },
        || {
            let mut pictured = Instant::now();
            rate(span, || {
                let before = updates(watched.experiment());
                watched.advance(SLICE, SLICE);
                if pictured.elapsed() >= 2 * SLICE {
                    black_box(watched.snapshot());
                    pictured = Instant::now();
                }
                updates(watched.experiment()) - before
            })
        },
    );
    let loss = 100.0 * (1.0 - 1.0 / ratio);
    println!(
        "lesson at full speed: unwatched {:.0} M updates/s, watched {:.0} M updates/s, \
         loss {loss:.1} %; limit 10 %: {}",
        plain / 1e6,
        seen / 1e6,
        verdict(loss < 10.0)
    );
}

/// The program itself, start included.
fn whole_lesson(rounds: usize) {
    let times = (0..rounds).map(|_| {
        let begun = Instant::now();
        let status = Command::new(env!("CARGO_BIN_EXE_imaginarium"))
            .args(["run", lessons::WITHOUT_WINDOW])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        assert!(status.is_ok_and(|s| s.success()));
        begun.elapsed().as_secs_f64()
    });
    let time = median(times.collect());
    println!("whole lesson, start included: {time:.3} s; limit 0.3 s: {}", verdict(time < 0.3));
}

/// Resident memory in KiB; `None` where the system does not say.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn memory(count: u64) {
    let mut e = dyna(5);
    e.remember();
    e.watch(true);
    let warm = count / 10;
    let advance = |e: &mut Experiment, to: u64| {
        // In rounds, as in life: keyframes are taken between them.
        while e.runs()[0].counters(0).updates() < to {
            e.forget_marks();
            e.advance_to(e.position().steps_on(50_000), None);
        }
    };
    advance(&mut e, warm);
    let (before, kept) = (resident(), e.bytes());
    advance(&mut e, warm + count);
    let Some((before, after)) = before.zip(resident()) else {
        println!("memory over {count} updates: skipped, this system does not say");
        return;
    };
    let grown = after.saturating_sub(before);
    println!(
        "memory over {} M updates: {before} KiB before, {after} KiB after, of which keyframes and \
         curves {} KiB before and {} KiB after; grown by {grown} KiB",
        count / 1_000_000,
        kept / 1024,
        e.bytes() / 1024,
    );
}
