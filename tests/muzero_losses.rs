//! Losses and gradients of the unrolled latent model: against JAX, against finite differences, and
//! with every switch. Weights and data are formulas that `tests/data/muzero/unroll.py` repeats.

mod common;

use common::golden::{number, rows};
use common::latent::{LANES, SHAPE, SIZE, STEPS, batch, named, networks, wave};
use imaginarium::agents::muzero::networks::{HostNetworks, Networks, Shape};
use imaginarium::agents::muzero::unroll::{Batch, HALF, Policies, Setting, Unrolled, unroll};
use imaginarium::nn::Module as _;
use imaginarium::nn::device::Compute;

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
fn what_is_said_along_real_steps_is_what_the_loss_is_about() {
    let golden = rows("muzero/unroll.csv");
    for (case, shape, setting) in cases() {
        let (networks, batch) = (networks(shape), batch());
        let found = unrolled(&networks, &batch, &setting);
        for lane in 0..LANES {
            let along = &found.along[lane];
            assert_eq!((along.rewards.len(), along.values.len()), (STEPS, STEPS + 1));
            let terms: f64 = along.terms.iter().sum();
            assert!((terms - found.losses[lane].value).abs() < 1e-12, "{case}: they add up");
            // At the root every place teaches: the mean of what JAX says of them.
            let root = golden
                .iter()
                .filter(|row| row[0] == case && row[1] == lane.to_string() && row[2] == "root");
            let root: f64 = root.map(|row| number(&row[4])).sum::<f64>() / SIZE as f64;
            assert!((along.values[0][0] - root).abs() < 2e-5, "{case}, lane {lane}");
            for (k, [_, paid]) in along.rewards.iter().enumerate() {
                let row = &batch.rewards[(lane * STEPS + k) * SIZE..][..SIZE];
                let known: Vec<f64> = row.iter().flatten().copied().collect();
                let mean = known.iter().sum::<f64>() / known.len() as f64;
                assert!((paid - mean).abs() < 1e-12, "{case}: {k}");
            }
        }
    }
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
