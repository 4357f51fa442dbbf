//! Population networks beside JAX, an independent program (`tests/data/networks.py`), and what
//! makes a population one: lanes never mix. On an adapter too, where there is one.

#[path = "common/adapter.rs"]
mod adapter;
mod common;

use std::borrow::Borrow;

use common::golden::{number, rows};
use imaginarium::nn::activation::Activation;
use imaginarium::nn::adam::{Adam, Rate};
use imaginarium::nn::device::{Compute, Place, adapters};
use imaginarium::nn::host::HostMlp;
use imaginarium::nn::init::dice;
use imaginarium::nn::loss::{self, Loss};
use imaginarium::nn::mlp::{Mlp, MlpSpec};
use imaginarium::nn::target::soft_update;
use imaginarium::nn::{Module as _, Tensor, gradients, values};

const LANES: usize = 2;
const BATCH: usize = 3;

fn spec(case: &str) -> MlpSpec {
    match case {
        "relu" => MlpSpec::new("net", 3, &[5, 4], 2),
        "tanh" => MlpSpec {
            activation: Activation::Tanh,
            last: Activation::Tanh,
            ..MlpSpec::new("net", 3, &[4], 2)
        },
        "silu" => MlpSpec {
            activation: Activation::Silu,
            layer_norm: true,
            ..MlpSpec::new("net", 4, &[6, 5], 1)
        },
        _ => panic!("no case {case}"),
    }
}

const CASES: [&str; 3] = ["relu", "tanh", "silu"];

/// `f(k, lane)` for every number, lanes first.
fn filled(compute: &Compute, dims: [usize; 3], f: impl Fn(f64, f64) -> f64) -> Tensor {
    let width = dims[1] * dims[2];
    let numbers = (0..dims[0] * width).map(|i| f((i % width) as f64, (i / width) as f64) as f32);
    compute.tensor(numbers.collect(), dims)
}

/// The network of the script.
fn network(case: &str, compute: &Compute) -> Mlp {
    let spec = spec(case);
    let mut mlp = Mlp::new(&spec, &mut dice(&[0, 1], 0), 1, compute).unwrap();
    let mut names = spec.tensors().into_iter().enumerate();
    mlp.map(&mut |old| {
        let (t, (name, ..)) = names.next().unwrap();
        filled(compute, old.dims(), |k, lane| {
            let x = (1.3 * k + 0.7 * t as f64 + 0.4 * lane + 0.2).sin() / 2.0;
            if name.ends_with("gain") { 1.0 + x / 5.0 } else { x }
        })
    });
    mlp
}

fn batch(case: &str, compute: &Compute) -> (Tensor, Tensor) {
    let spec = spec(case);
    let input = filled(compute, [LANES, BATCH, spec.inputs], |k, l| (0.9 * k + l).cos());
    let target = filled(compute, [LANES, BATCH, spec.outputs], |k, l| (0.37 * k + l).sin());
    (input, target)
}

/// What the script wrote, one list a lane.
fn golden(case: &str, what: &str) -> Vec<Vec<f64>> {
    let mut lanes = vec![Vec::new(); LANES];
    for row in rows("networks.csv").iter().filter(|r| r[0] == case && r[1] == what) {
        lanes[row[2].parse::<usize>().unwrap()].push(number(&row[4]));
    }
    assert!(lanes.iter().all(|lane| !lane.is_empty()), "{case} {what}");
    lanes
}

/// The numbers of several tensors, tensor after tensor, one list a lane.
fn by_lane(tensors: &[impl Borrow<Tensor>]) -> Vec<Vec<f64>> {
    let lanes = tensors[0].borrow().dims()[0];
    let mut all = vec![Vec::new(); lanes];
    for tensor in tensors {
        let numbers = values(tensor.borrow());
        let width = numbers.len() / lanes;
        for (lane, numbers) in all.iter_mut().zip(numbers.chunks(width)) {
            lane.extend(numbers.iter().map(|&x| f64::from(x)));
        }
    }
    all
}

#[track_caller]
fn close(ours: &[Vec<f64>], theirs: &[Vec<f64>], tolerance: f64, what: &str) {
    for (lane, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        assert_eq!(ours.len(), theirs.len(), "{what}, lane {lane}");
        for (index, (a, b)) in ours.iter().zip(theirs).enumerate() {
            let allowed = tolerance * b.abs().max(1.0);
            assert!((a - b).abs() <= allowed, "{what}, lane {lane}, {index}: {a}, not {b}");
        }
    }
}

fn rates() -> [Rate; LANES] {
    let slow = Rate { beta1: 0.8, beta2: 0.99, epsilon: 1e-4, clip: 0.1, ..Rate::new(0.05) };
    [Rate::new(0.01), slow]
}

fn train(mlp: &mut Mlp, adam: &mut Adam, (input, target): &(Tensor, Tensor), active: &[bool]) {
    let (output, tape) = mlp.forward_taped(input.clone());
    let loss = loss::mean_squared(output, target.clone());
    let gradients = mlp.backward(tape, loss.gradient);
    adam.step(mlp, gradients, active).unwrap();
}

fn equal_to_jax(compute: &Compute, tolerance: f64) {
    for case in CASES {
        let mut mlp = network(case, compute);
        let (input, target) = batch(case, compute);
        close(&by_lane(&[&mlp.forward(input.clone())]), &golden(case, "output"), tolerance, case);
        let (output, tape) = mlp.forward_taped(input.clone());
        let Loss { value, gradient } = loss::mean_squared(output, target.clone());
        close(&by_lane(&[&value]), &golden(case, "loss"), tolerance, case);
        let (all, back) = mlp.backward_both(tape, gradient.clone());
        close(&by_lane(&all.tensors()), &golden(case, "gradient"), tolerance, case);
        close(&by_lane(&[&back]), &golden(case, "input"), tolerance, case);
        let (_, tape) = mlp.forward_taped(input.clone());
        let alone = mlp.backward_to_input(tape, gradient);
        assert_eq!(values(&alone), values(&back), "{case}");
        let mut adam = Adam::new(&mlp, Rate::new(1.0), compute);
        adam.rates().copy_from_slice(&rates());
        let data = (input, target);
        (0..5).for_each(|_| train(&mut mlp, &mut adam, &data, &[true; LANES]));
        adam.check(&mlp).unwrap();
        // Adam divides by the size of the gradient, so that small differences grow.
        close(&by_lane(&mlp.tensors()), &golden(case, "after"), 20.0 * tolerance, case);
    }
}

#[test]
fn networks_gradients_and_adam_are_those_of_jax() {
    equal_to_jax(&Compute::flex(), 1e-6);
}

#[test]
fn losses_and_their_gradients_are_those_of_jax() {
    let compute = Compute::flex();
    let y = filled(&compute, [LANES, 3, 4], |k, l| (0.9 * k + l).cos());
    let t = filled(&compute, [LANES, 3, 4], |k, l| 2.0 * (0.37 * k + l).sin());
    let rows = |rows: [f32; 12]| compute.tensor([rows; LANES].concat(), [LANES, 3, 4]);
    let p = rows([0.1, 0.2, 0.3, 0.4, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    let chosen = rows([0.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]);
    let first = t.clone().slice_dim(2, 0..1);
    for (name, loss) in [
        ("huber", loss::huber(y.clone(), t, 0.5)),
        ("cross", loss::cross_entropy(y.clone(), p)),
        ("chosen", loss::mean_squared_of_chosen(y, chosen, first)),
    ] {
        close(&by_lane(&[&loss.value]), &golden(name, "loss"), 1e-6, name);
        close(&by_lane(&[&loss.gradient]), &golden(name, "gradient"), 1e-6, name);
    }
}

#[test]
fn burns_autodiff_gives_the_same_gradients() {
    let compute = Compute::flex();
    for case in CASES {
        let tracked = network(case, &compute).tracked();
        let (input, target) = batch(case, &compute);
        let loss = loss::mean_squared(tracked.forward(input), target);
        let all = gradients(&tracked, loss.value);
        close(&by_lane(&all.tensors()), &golden(case, "gradient"), 1e-6, case);
    }
}

/// Layers wide enough for whole registers, whose products and slopes are done at once.
#[test]
fn wide_layers_have_the_gradients_of_burns_autodiff() {
    let compute = Compute::flex();
    let tanh = Activation::Tanh;
    for spec in [
        MlpSpec::new("net", 19, &[40, 24], 3),
        MlpSpec { activation: tanh, last: tanh, ..MlpSpec::new("net", 5, &[33, 64], 17) },
        MlpSpec { layer_norm: true, ..MlpSpec::new("net", 3, &[70, 16], 1) },
        MlpSpec { activation: Activation::Silu, ..MlpSpec::new("net", 16, &[20], 64) },
    ] {
        let mlp = Mlp::new(&spec, &mut dice(&[0, 1], 0), 1, &compute).unwrap();
        let input = filled(&compute, [LANES, 37, spec.inputs], |k, l| (0.9 * k + l).cos());
        let weights = filled(&compute, [LANES, 37, spec.outputs], |k, l| (0.37 * k + l).sin());
        let tracked = mlp.tracked();
        let leaf = input.clone().autodiff().require_grad();
        let said = tracked.forward(leaf.clone());
        let (output, tape) = mlp.forward_taped(input.clone());
        let what = format!("{spec:?}");
        let all = |tensor: &Tensor| by_lane(&[tensor]);
        close(&all(&output), &all(&said.clone().inner()), 1e-5, &what);
        assert_eq!(values(&output), values(&mlp.forward(input.clone())), "{what}");
        let loss = |said: Tensor| said * weights.clone().autodiff();
        let slope = leaf.grad_remove(&mut loss(said).sum().backward()).unwrap();
        let theirs = gradients(&tracked, loss(tracked.forward(input.clone().autodiff())));
        let (ours, back) = mlp.backward_both(tape, weights.clone());
        close(&by_lane(&ours.tensors()), &by_lane(&theirs.tensors()), 2e-5, &what);
        close(&all(&back), &all(&slope), 1e-5, &what);
        let (_, tape) = mlp.forward_taped(input);
        assert_eq!(values(&mlp.backward_to_input(tape, weights)), values(&back), "{what}");
    }
}

#[test]
fn the_host_copy_is_the_network() {
    let compute = Compute::flex();
    for case in CASES {
        let mlp = network(case, &compute);
        let (input, _) = batch(case, &compute);
        let outputs = by_lane(&[&mlp.forward(input.clone())]);
        let (taped, tape) = mlp.forward_taped(input.clone());
        let ones = taped.ones_like();
        let slopes = by_lane(&[&mlp.backward_to_input(tape, ones)]);
        for (lane, copy) in HostMlp::all(&mlp).into_iter().enumerate() {
            assert_eq!(copy, HostMlp::of(&mlp, lane));
            let rows: Vec<f32> = by_lane(&[&input])[lane].iter().map(|&x| x as f32).collect();
            let to64 = |xs: Vec<f32>| vec![xs.into_iter().map(f64::from).collect::<Vec<_>>()];
            close(&to64(copy.batch(&rows)), &outputs[lane..=lane], 1e-6, case);
            let ones = vec![1.0; copy.outputs()];
            let slope = |row| copy.input_gradient(row, &ones);
            let ours = rows.chunks(copy.inputs()).flat_map(slope).collect();
            close(&to64(ours), &slopes[lane..=lane], 1e-6, case);
            assert_eq!(copy.bytes() * LANES, mlp.bytes());
        }
    }
}

/// Five steps of networks with these seeds; `spoil` changes the data of lane 1.
fn trained(compute: &Compute, seeds: &[u64], spoil: bool, active: &[bool]) -> (Mlp, Adam) {
    let lanes = seeds.len();
    let mut mlp = Mlp::new(&spec("silu"), &mut dice(seeds, 0), 1, compute).unwrap();
    let rate = Rate { clip: 0.05, ..Rate::new(0.01) };
    let mut adam = Adam::new(&mlp, rate, compute);
    let data = |dims: [usize; 3], phase: f64| {
        let width = dims[1] * dims[2];
        let numbers = seeds.iter().enumerate().flat_map(|(lane, &seed)| {
            let shift = if spoil && lane == 1 { 3.0 } else { 0.0 };
            (0..width).map(move |k| (0.9 * k as f64 + seed as f64 + shift + phase).sin() as f32)
        });
        compute.tensor(numbers.collect(), dims)
    };
    let batch = (data([lanes, 8, 4], 0.0), data([lanes, 8, 1], 1.0));
    (0..5).for_each(|_| train(&mut mlp, &mut adam, &batch, active));
    (mlp, adam)
}

fn lanes_never_mix(compute: &Compute) {
    let seeds = [5, 6, 7, 8];
    let all = [true; 4];
    let clean = by_lane(&trained(compute, &seeds, false, &all).0.tensors());
    let (spoilt, adam) = trained(compute, &seeds, true, &all);
    let spoilt = by_lane(&spoilt.tensors());
    for lane in 0..4 {
        // To the last bit.
        assert_eq!(clean[lane] == spoilt[lane], lane != 1, "lane {lane}");
    }
    assert_eq!(adam.steps(), [5; 4]);
    for (lane, &seed) in seeds.iter().enumerate() {
        let alone = by_lane(&trained(compute, &[seed], false, &[true]).0.tensors());
        close(&alone, &clean[lane..=lane], 1e-4, "alone");
    }
    let (resting, adam) = trained(compute, &seeds, false, &[true, true, false, true]);
    let resting = by_lane(&resting.tensors());
    let fresh = Mlp::new(&spec("silu"), &mut dice(&seeds, 0), 1, compute).unwrap();
    assert_eq!(resting[2], by_lane(&fresh.tensors())[2], "a lane at rest learns nothing");
    assert_eq!((&resting[3], adam.steps()), (&clean[3], &[5, 5, 0, 5][..]));
}

#[test]
fn lanes_of_a_population_never_mix() {
    lanes_never_mix(&Compute::flex());
}

#[test]
fn members_of_an_ensemble_share_the_axis() {
    let compute = Compute::flex();
    let many = Mlp::new(&spec("relu"), &mut dice(&[1, 2], 0), 3, &compute).unwrap();
    let alone = Mlp::new(&spec("relu"), &mut dice(&[2], 0), 3, &compute).unwrap();
    let (many, alone) = (by_lane(&many.tensors()), by_lane(&alone.tensors()));
    assert_eq!(many[3..], alone[..], "index = lane * members + member");
    assert_ne!(alone[0], alone[1]);
}

fn targets_follow(compute: &Compute) {
    let online = network("relu", compute);
    let old = by_lane(&trained_target(compute).tensors());
    let mut target = trained_target(compute);
    soft_update(&mut target, &online, &[0.25, 0.0], compute);
    let (new, online) = (by_lane(&target.tensors()), by_lane(&online.tensors()));
    let mixed: Vec<f64> =
        old[0].iter().zip(&online[0]).map(|(old, new)| 0.75 * old + 0.25 * new).collect();
    close(&new[..1], &[mixed], 1e-7, "a quarter of the way");
    assert_eq!(new[1], old[1], "a lane at rest");
}

fn trained_target(compute: &Compute) -> Mlp {
    Mlp::new(&spec("relu"), &mut dice(&[3, 4], 1), 1, compute).unwrap()
}

#[test]
fn targets_follow_their_networks() {
    targets_follow(&Compute::flex());
}

#[test]
fn an_adapter_learns_the_same() {
    if adapters().is_empty() {
        adapter::skip("no graphics adapter to train on");
        return;
    }
    let compute = Compute::open(Place::Adapter(0)).unwrap();
    equal_to_jax(&compute, 1e-5);
    lanes_never_mix(&compute);
    targets_follow(&compute);
    compute.wait().unwrap();
}
