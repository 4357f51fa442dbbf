//! Training steps of small networks: `cargo bench --bench nn`; results in
//! `benches/results/networks.md`. `-- --device wgpu` measures an adapter too.

use std::time::{Duration, Instant};

use imaginarium::nn::adam::{Adam, Rate};
use imaginarium::nn::device::{Choice, Compute, Place};
use imaginarium::nn::host::HostMlp;
use imaginarium::nn::init::dice;
use imaginarium::nn::loss::mean_squared;
use imaginarium::nn::mlp::{Mlp, MlpSpec};
use imaginarium::nn::target::soft_update;
use imaginarium::nn::{Module as _, Tensor, gradients, values};

struct Case {
    mlp: Mlp,
    adam: Adam,
    input: Tensor,
    target: Tensor,
    active: Vec<bool>,
}

impl Case {
    fn new(lanes: usize, width: usize, batch: usize, compute: &Compute) -> Self {
        let seeds: Vec<u64> = (0..lanes as u64).collect();
        let spec = MlpSpec::new("q", 4, &[width, width], 4);
        let mlp = Mlp::new(&spec, &mut dice(&seeds, 0), 1, compute).unwrap();
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
        self.adam.step(&mut self.mlp, gradients, &self.active).unwrap();
    }

    fn autodiff(&mut self) {
        let tracked = self.mlp.tracked();
        let loss = mean_squared(tracked.forward(self.input.clone()), self.target.clone());
        let gradients = gradients(&tracked, loss.value);
        self.adam.step(&mut self.mlp, gradients, &self.active).unwrap();
    }
}

/// Best of several rounds, per call, in microseconds.
fn best(rounds: usize, calls: usize, mut one: impl FnMut(), wait: impl Fn()) -> f64 {
    one();
    wait();
    let round = |_| {
        let start = Instant::now();
        (0..calls).for_each(|_| one());
        wait();
        start.elapsed()
    };
    let best: Duration = (0..rounds).map(round).min().unwrap();
    best.as_secs_f64() * 1e6 / calls as f64
}

fn training(compute: &Compute, calls: usize) {
    let wait = || compute.wait().unwrap();
    for (lanes, width, batch) in
        [(1, 64, 64), (1, 64, 256), (1, 256, 256), (8, 64, 64), (8, 64, 256), (30, 64, 64)]
    {
        let calls = (calls / lanes / (width * batch / 4096).max(1)).max(3);
        let mut case = Case::new(lanes, width, batch, compute);
        let written = best(7, calls, || case.written_out(), wait);
        let tape = best(7, calls, || case.autodiff(), wait);
        let back = best(
            7,
            calls,
            || {
                let (output, tape) = case.mlp.forward_taped(case.input.clone());
                let loss = mean_squared(output, case.target.clone());
                std::hint::black_box(case.mlp.backward(tape, loss.gradient));
            },
            wait,
        );
        let there = best(
            7,
            calls,
            || {
                std::hint::black_box(case.mlp.forward(case.input.clone()));
            },
            wait,
        );
        let mut target = case.mlp.clone();
        let follow = best(
            7,
            calls,
            || soft_update(&mut target, &case.mlp, &vec![0.005; lanes], compute),
            wait,
        );
        println!(
            "{} P={lanes} 4-{width}-{width}-4 batch {batch}: step {written:.1} us, with autodiff \
             {tape:.1}; forward {there:.1}, and back {back:.1}, soft update {follow:.1}",
            compute.name()
        );
    }
}

fn single(calls: usize) {
    let compute = Compute::flex();
    for width in [64, 256] {
        let case = Case::new(1, width, 1, &compute);
        let numbers = values(&case.input);
        let burn = best(
            7,
            calls,
            || {
                let input = compute.tensor(numbers.clone(), [1, 1, 4]);
                std::hint::black_box(values(&case.mlp.forward(input)));
            },
            || (),
        );
        let copy = HostMlp::of(&case.mlp, 0);
        let host = best(
            7,
            calls,
            || {
                std::hint::black_box(copy.forward(&numbers));
            },
            || (),
        );
        let taken = best(
            7,
            calls,
            || {
                std::hint::black_box(HostMlp::of(&case.mlp, 0));
            },
            || (),
        );
        println!(
            "one input, 4-{width}-{width}-4: burn {burn:.2} us, host copy {host:.2}; taking the \
             copy {taken:.2} us ({} numbers)",
            case.mlp.numbers()
        );
    }
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    single(2000);
    training(&Compute::flex(), 2000);
    let asked = args.iter().position(|a| a == "--device").and_then(|at| args.get(at + 1));
    let place = match asked.map(|text| Choice::parse(text).unwrap()) {
        Some(Choice::Wgpu) => Place::Adapter(0),
        Some(Choice::Adapter(index)) => Place::Adapter(index),
        _ => return,
    };
    training(&Compute::open(place).unwrap(), 20);
}
