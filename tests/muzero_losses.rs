//! Losses and gradients of the unrolled latent model: against JAX, against finite differences, and
//! with every switch. Weights and data are formulas that `tests/data/muzero/unroll.py` repeats.

mod common;

use common::golden::{number, rows};
use imaginarium::agents::muzero::networks::{HostNetworks, Networks, Shape};
use imaginarium::agents::muzero::unroll::{Batch, HALF, Policies, Setting, Unrolled, unroll};
use imaginarium::mdp::Action;
use imaginarium::nn::device::Compute;
use imaginarium::nn::mlp::Mlp;
use imaginarium::nn::{Gradients, Module as _, Tensor};

const LANES: usize = 2;
const SIZE: usize = 4;
const STEPS: usize = 3;
const SHAPE: Shape = Shape { inputs: 3, actions: 2, latent: 5, width: 6, atoms: 7 };

fn wave(count: usize, step: f64, shift: f64) -> impl Iterator<Item = f64> {
    (0..count).map(move |i| f64::from((i as f64 * step + shift).sin() as f32))
}

fn networks(shape: Shape) -> Networks {
    let mut networks = Networks::new(shape, &[0; LANES], &Compute::flex()).unwrap();
    let mut tensor = 0;
    let mut wavy = |old: Tensor| {
        let dims = old.dims();
        let numbers = wave(dims.iter().product(), 1.7, f64::from(tensor) * 0.9);
        tensor += 1;
        Compute::flex().tensor(numbers.map(|x| 0.5 * x as f32).collect(), dims)
    };
    networks.all_mut().into_iter().for_each(|network| network.map(&mut wavy));
    networks
}

fn batch() -> Batch {
    let all = LANES * STEPS * SIZE;
    let longer = LANES * (STEPS + 1) * SIZE;
    let place = |index: usize| index % SIZE;
    let later = |index: usize, first: usize, steps: usize| index / SIZE % steps >= first;
    let past = |index: usize| later(index, 1, STEPS);
    let beyond = |index: usize| later(index, 2, STEPS + 1);
    let policies = wave(longer, 0.4, 0.2).enumerate().flat_map(|(index, x)| {
        let over = [1, 2].contains(&place(index)) && beyond(index);
        let share = 0.5 + 0.5 * x;
        if over { [0.0, 0.0] } else { [share, 1.0 - share] }
    });
    let known =
        |index: usize| f64::from(u8::from(!([1, 2].contains(&place(index)) && past(index))));
    let reward = |(index, x)| (place(index) != 2 || !past(index)).then_some(2.0 * x);
    let value = |(index, x)| (place(index) != 2 || !later(index, 1, STEPS + 1)).then_some(5.0 * x);
    Batch {
        lanes: LANES,
        size: SIZE,
        steps: STEPS,
        seen: wave(longer * SHAPE.inputs, 0.7, 0.3).map(|x| x as f32).collect(),
        known: (0..all).map(known).collect(),
        actions: (0..all).map(|i| (i * 7 / 3 % 2) as Action).collect(),
        rewards: wave(all, 1.1, 0.5).enumerate().map(reward).collect(),
        values: wave(longer, 1.3, 0.1).enumerate().map(value).collect(),
        policies: policies.collect(),
        weights: wave(LANES * SIZE, 0.8, 0.6).map(|x| 0.6 + 0.4 * x).collect(),
    }
}

const EQUIVALENT: Setting = Setting {
    value: 0.25,
    consistency: 2.0,
    value_equivalent: true,
    policies: Policies::Search,
    recurrent: HALF,
};

/// The two cases of the golden file.
fn cases() -> [(&'static str, Shape, Setting); 2] {
    let reconstructs = Setting {
        consistency: 0.0,
        value_equivalent: false,
        policies: Policies::Gradient,
        ..EQUIVALENT
    };
    [("categorical", SHAPE, EQUIVALENT), ("scalar", Shape { atoms: 1, ..SHAPE }, reconstructs)]
}

fn unrolled(networks: &Networks, batch: &Batch, setting: &Setting) -> Unrolled {
    unroll(networks, batch, setting, &Compute::flex())
}

/// Names of all tensors with their gradients in lane `lane`.
fn named(networks: &Networks, gradients: &[Gradients], lane: usize) -> Vec<(String, Vec<f32>)> {
    let each = networks.all().into_iter().zip(gradients);
    let one = |(network, gradients): (&Mlp, &Gradients)| {
        network.names().to_vec().into_iter().zip(gradients.lane(lane)).collect::<Vec<_>>()
    };
    each.flat_map(one).collect()
}

#[test]
fn losses_and_gradients_are_those_of_jax() {
    let golden = rows("muzero/unroll.csv");
    for (case, shape, setting) in cases() {
        let networks = networks(shape);
        let found = unrolled(&networks, &batch(), &setting);
        for lane in 0..LANES {
            let want = |what: &str| -> Vec<f64> {
                let mine = golden
                    .iter()
                    .filter(|row| row[0] == case && row[1] == lane.to_string() && row[2] == what);
                mine.map(|row| number(&row[4])).collect()
            };
            let losses = found.losses[lane];
            let mut all = vec![
                ("reward".to_owned(), vec![losses.reward]),
                ("value".to_owned(), vec![losses.value]),
                ("policy".to_owned(), vec![losses.policy]),
                ("consistency".to_owned(), vec![losses.consistency]),
                ("decoder".to_owned(), vec![losses.decoder]),
                ("root".to_owned(), found.values[lane * SIZE..(lane + 1) * SIZE].to_vec()),
            ];
            for (name, gradient) in named(&networks, &found.gradients, lane) {
                all.push((name, gradient.into_iter().map(f64::from).collect()));
            }
            assert_eq!(all.len(), 6 + 7 * 4, "seven networks of four tensors");
            for (what, ours) in all {
                let theirs = want(&what);
                assert_eq!(ours.len(), theirs.len(), "{case} {what}");
                for (a, b) in ours.iter().zip(&theirs) {
                    assert!((a - b).abs() < 2e-5, "{case}, lane {lane}, {what}: {a} for {b}");
                }
            }
        }
    }
}

/// Where the wave begins along which a network is moved: ways on which no rectifier switches.
fn shift(network: usize) -> f64 {
    if network == 1 { 1.6 } else { 0.0 }
}

/// Sum of all losses of lane 0 with every tensor of network `network` moved along its wave.
fn moved(networks: &Networks, network: usize, by: f32, setting: &Setting) -> f64 {
    let mut other = networks.clone();
    other.all_mut()[network].map(&mut |old| {
        let dims = old.dims();
        let numbers = wave(dims.iter().product(), 2.1, shift(network));
        old + Compute::flex().tensor(numbers.map(|x| by * x as f32).collect(), dims)
    });
    unrolled(&other, &batch(), setting).losses[0].sum()
}

#[test]
fn gradients_are_those_of_finite_differences() {
    // Without a gradient scaled on its way, and without constants that move: then the loss is an
    // ordinary function of all weights.
    let plain = Setting { recurrent: 1.0, consistency: 0.0, ..EQUIVALENT };
    let networks = networks(SHAPE);
    let found = unrolled(&networks, &batch(), &plain);
    let gradients = named(&networks, &found.gradients, 0);
    // Predictor and decoder have nothing to do here.
    for network in 0..5 {
        let tensors = &gradients[4 * network..4 * network + 4];
        let slope: f64 = tensors
            .iter()
            .flat_map(|(_, g)| {
                g.iter().zip(wave(g.len(), 2.1, shift(network))).map(|(g, x)| f64::from(*g) * x)
            })
            .sum();
        let step = 2e-3;
        let [up, down] = [step, -step].map(|by| moved(&networks, network, by, &plain));
        let measured = (up - down) / f64::from(2.0 * step);
        let name = &tensors[0].0;
        assert!(slope.abs() > 0.04, "{name}: a slope worth measuring: {slope}");
        assert!(
            (measured - slope).abs() < 2e-3 * (1.0 + slope.abs()),
            "{name}: {measured} for {slope}"
        );
    }
    assert!(gradients[20..].iter().all(|(_, g)| g.iter().all(|g| *g == 0.0)));
}

#[test]
fn lanes_never_mix() {
    let networks = networks(SHAPE);
    let mut other = batch();
    let first = unrolled(&networks, &other, &EQUIVALENT);
    let half = other.seen.len() / LANES;
    other.seen[half..].iter_mut().for_each(|x| *x = -*x);
    let half = other.values.len() / LANES;
    other.values[half..].fill(Some(1.0));
    let second = unrolled(&networks, &other, &EQUIVALENT);
    let of = |u: &Unrolled, lane| named(&networks, &u.gradients, lane);
    assert_eq!(of(&first, 0), of(&second, 0));
    assert_ne!(of(&first, 1), of(&second, 1));
}

/// Which of the seven networks have a gradient.
fn taught(setting: &Setting) -> [bool; 7] {
    let networks = networks(SHAPE);
    let found = unrolled(&networks, &batch(), setting);
    let gradients = named(&networks, &found.gradients, 0);
    let any =
        |n: usize| gradients[4 * n..4 * n + 4].iter().any(|(_, g)| g.iter().any(|g| *g != 0.0));
    std::array::from_fn(any)
}

#[test]
fn every_switch_teaches_the_networks_it_should() {
    // h, g, reward, value, policy, predictor, decoder.
    assert_eq!(taught(&EQUIVALENT), [true, true, true, true, true, true, false]);
    let alone = Setting { consistency: 0.0, ..EQUIVALENT };
    assert_eq!(taught(&alone), [true, true, true, true, true, false, false]);
    let no_policy = Setting { policies: Policies::Nothing, ..alone };
    assert_eq!(taught(&no_policy), [true, true, true, true, false, false, false]);
    let sight = Setting { value_equivalent: false, ..alone };
    assert_eq!(taught(&sight), [true, true, true, true, true, false, true]);
}

/// The gradients of representation and dynamics.
fn model(setting: &Setting, batch: &Batch) -> Vec<(String, Vec<f32>)> {
    let networks = networks(SHAPE);
    let mut all = named(&networks, &unrolled(&networks, batch, setting).gradients, 0);
    all.truncate(8);
    all
}

#[test]
fn value_and_policy_shape_the_model_only_where_it_is_value_equivalent() {
    let mut other = batch();
    other.values.iter_mut().flatten().for_each(|value| *value = -*value);
    for value_equivalent in [true, false] {
        let setting = Setting { value_equivalent, ..EQUIVALENT };
        let same = model(&setting, &batch()) == model(&setting, &other);
        assert_eq!(same, !value_equivalent);
        let mute = Setting { policies: Policies::Nothing, ..setting };
        assert_eq!(model(&setting, &batch()) == model(&mute, &batch()), !value_equivalent);
    }
}

#[test]
fn what_is_unknown_teaches_nothing() {
    let networks = networks(SHAPE);
    let first = unrolled(&networks, &batch(), &EQUIVALENT);
    let mut other = batch();
    // What is seen where nobody knows what was seen: place 2 from step 2 on.
    for (index, row) in other.seen.chunks_mut(SHAPE.inputs).enumerate() {
        if index % SIZE == 2 && index / SIZE % (STEPS + 1) >= 2 {
            row.fill(0.25);
        }
    }
    let second = unrolled(&networks, &other, &EQUIVALENT);
    assert_eq!(first.losses, second.losses);
    for lane in 0..LANES {
        let of = |u: &Unrolled| named(&networks, &u.gradients, lane);
        assert_eq!(of(&first), of(&second));
    }
}

#[test]
fn a_search_asks_the_networks_that_learn() {
    let networks = networks(SHAPE);
    let batch = batch();
    let found = unrolled(&networks, &batch, &EQUIVALENT);
    for lane in 0..LANES {
        let host = HostNetworks::of(&networks, lane);
        let first = lane * (STEPS + 1) * SIZE;
        for place in 0..SIZE {
            let seen = &batch.seen[(first + place) * SHAPE.inputs..][..SHAPE.inputs];
            let latent = host.enter(seen);
            let [low, high] =
                [f32::min, f32::max].map(|f| latent.iter().copied().reduce(f).unwrap());
            assert_eq!((low, high), (0.0, 1.0), "scaled");
            let ours = host.value(&latent);
            let theirs = found.values[lane * SIZE + place];
            assert!((ours - theirs).abs() < 1e-5, "{ours} for {theirs}");
            let (_, next) = host.follow(&latent, 1);
            assert!(next.iter().all(|x| (0.0..=1.0).contains(x)) && next != latent);
        }
    }
}
