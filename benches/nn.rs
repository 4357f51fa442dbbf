//! Training steps of small networks: forward, backward and Adam.
//!
//! `cargo bench --bench nn`, on an idle machine; `-- --device wgpu` measures an adapter instead of
//! the processor. With `--json` it prints one line for the script that pairs it with JAX
//! (`benches/peers/nn_pairs.py`).

use std::hint::black_box;
use std::time::{Duration, Instant};

use imaginarium::nn::adam::{Adam, Rate};
use imaginarium::nn::device::{Choice, Compute, Place};
use imaginarium::nn::host::HostMlp;
use imaginarium::nn::init::dice;
use imaginarium::nn::loss::mean_squared;
use imaginarium::nn::mlp::{Mlp, MlpSpec};
use imaginarium::nn::target::soft_update;
use imaginarium::nn::{Module as _, Tensor, gradients, values};

/// Measurements; odd, so that there is a median.
const ROUNDS: usize = 9;
const SPAN: Duration = Duration::from_millis(200);
/// Lanes, width of both hidden layers, batch.
const TASKS: [(usize, usize, usize); 6] =
    [(1, 64, 64), (1, 64, 256), (1, 256, 256), (8, 64, 64), (8, 64, 256), (30, 64, 64)];

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let has = |flag: &str| args.iter().any(|arg| arg == flag);
    let (rounds, span) = if has("--test") { (1, Duration::from_millis(5)) } else { (ROUNDS, SPAN) };
    if has("--json") {
        return pairs(span);
    }
    let asked = args.iter().position(|a| a == "--device").and_then(|at| args.get(at + 1));
    let place = match asked.map(|text| Choice::parse(text).expect("a device")) {
        Some(Choice::Wgpu) => Place::Adapter(0),
        Some(Choice::Adapter(index)) => Place::Adapter(index),
        _ => Place::Host,
    };
    let compute = Compute::open(place).expect("a device that opens");
    if compute.is_host() {
        single(rounds, span);
    }
    TASKS.into_iter().for_each(|task| training(task, &compute, rounds, span));
}

/// Seconds that all threads of this process have had a core, where the system tells.
fn core_seconds() -> f64 {
    #[cfg(unix)]
    {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
        now.tv_sec as f64 + now.tv_nsec as f64 * 1e-9
    }
    #[cfg(not(unix))]
    f64::NAN
}

/// Microseconds a call of `one`: on the wall (the best round), and of all cores (the median).
fn measure(rounds: usize, span: Duration, mut one: impl FnMut(), wait: impl Fn()) -> (f64, f64) {
    one();
    wait();
    let (mut walls, mut cores) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let (start, busy, mut calls) = (Instant::now(), core_seconds(), 0.0);
        while start.elapsed() < span {
            one();
            calls += 1.0;
        }
        wait();
        walls.push(start.elapsed().as_secs_f64() * 1e6 / calls);
        cores.push((core_seconds() - busy) * 1e6 / calls);
    }
    walls.sort_by(f64::total_cmp);
    cores.sort_by(f64::total_cmp);
    (walls[0], cores[rounds / 2])
}

/// Networks with a fixed batch.
struct Case {
    mlp: Mlp,
    adam: Adam,
    input: Tensor,
    target: Tensor,
    active: Vec<bool>,
}

impl Case {
    fn new((lanes, width, batch): (usize, usize, usize), compute: &Compute) -> Self {
        let seeds: Vec<u64> = (0..lanes as u64).collect();
        let spec = MlpSpec::new("q", 4, &[width, width], 4);
        let mlp = Mlp::new(&spec, &mut dice(&seeds, 0), 1, compute).expect("small networks");
        let wave = |phase: f32| {
            let numbers = (0..lanes * batch * 4).map(|i| (i as f32 * 0.7 + phase).sin());
            compute.tensor(numbers.collect(), [lanes, batch, 4])
        };
        let adam = Adam::new(&mlp, Rate::new(1e-3), compute);
        Self { mlp, adam, input: wave(0.0), target: wave(1.0), active: vec![true; lanes] }
    }

    fn written_out(&mut self) {
        let (output, tape) = self.mlp.forward_taped(self.input.clone());
        let loss = mean_squared(output, self.target.clone());
        let gradients = self.mlp.backward(tape, loss.gradient);
        self.adam.step(&mut self.mlp, gradients, &self.active).expect("numbers");
    }

    fn autodiff(&mut self) {
        let tracked = self.mlp.tracked();
        let loss = mean_squared(tracked.forward(self.input.clone()), self.target.clone());
        let gradients = gradients(&tracked, loss.value);
        drop(tracked);
        self.adam.step(&mut self.mlp, gradients, &self.active).expect("numbers");
    }

    fn there_and_back(&self) {
        let (output, tape) = self.mlp.forward_taped(self.input.clone());
        let loss = mean_squared(output, self.target.clone());
        black_box(self.mlp.backward(tape, loss.gradient));
    }
}

fn training(task: (usize, usize, usize), compute: &Compute, rounds: usize, span: Duration) {
    let wait = || compute.wait().expect("the device answers");
    let mut case = Case::new(task, compute);
    let step = measure(rounds, span, || case.written_out(), wait);
    let tape = measure(rounds, span, || case.autodiff(), wait);
    let back = measure(rounds, span, || case.there_and_back(), wait);
    let there = || drop(black_box(case.mlp.forward(case.input.clone())));
    let there = measure(rounds, span, there, wait);
    let mut target = case.mlp.clone();
    let tau = vec![0.005; task.0];
    let follow = measure(rounds, span, || soft_update(&mut target, &case.mlp, &tau, compute), wait);
    let (lanes, width, batch) = task;
    println!("{}: P = {lanes}, 4-{width}-{width}-4, batch {batch}", compute.name());
    for (what, (wall, cores)) in [
        ("training step", step),
        ("the same by autodiff", tape),
        ("forward and back", back),
        ("forward", there),
        ("soft update", follow),
    ] {
        println!("  {what:22} {wall:9.1} us on the wall, {cores:9.1} us of all cores");
    }
}

/// One input at a time, as in acting and tree search.
fn single(rounds: usize, span: Duration) {
    let compute = Compute::flex();
    for width in [64, 256] {
        let case = Case::new((1, width, 1), &compute);
        let numbers = values(&case.input);
        let burn = || {
            let input = compute.tensor(numbers.clone(), [1, 1, 4]);
            black_box(values(&case.mlp.forward(input)));
        };
        let burn = measure(rounds, span, burn, || ());
        let copy = HostMlp::of(&case.mlp, 0);
        let host = || drop(black_box(copy.forward(&numbers)));
        let host = measure(rounds, span, host, || ());
        let taken = || drop(black_box(HostMlp::of(&case.mlp, 0)));
        let taken = measure(rounds, span, taken, || ());
        println!(
            "one input of 4-{width}-{width}-4: burn {:.2} us, host copy {:.2} us, taking the copy \
             {:.2} us",
            burn.1, host.1, taken.1
        );
    }
}

/// All training steps as JSON: seconds on the wall, and of all cores.
fn pairs(span: Duration) {
    let compute = Compute::flex();
    let one = |task: (usize, usize, usize)| {
        let mut case = Case::new(task, &compute);
        let (wall, cores) = measure(3, span, || case.written_out(), || ());
        let (lanes, width, batch) = task;
        format!(
            "\"{lanes} x {width} wide, batch {batch}\": [{:e}, {:e}]",
            wall * 1e-6,
            cores * 1e-6
        )
    };
    println!("{{{}}}", TASKS.map(one).join(", "));
}
