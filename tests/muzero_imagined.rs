//! Losses in imagination of the latent model: against JAX, against finite differences, and which
//! network every variant trains at every step.

mod common;

use common::golden::{number, rows};
use common::latent::{LANES, SHAPE, SIZE, batch, named, networks, wave};
use imaginarium::agents::muzero::networks::{Networks, Shape};
use imaginarium::agents::muzero::unroll::HALF;
use imaginarium::agents::muzero::unroll::imagined::{Dream, Imagined, Starts, imagine};
use imaginarium::nn::Module as _;
use imaginarium::nn::device::Compute;
use imaginarium::rl::self_consistency::Wiring;

const DREAM: Dream = Dream {
    wiring: Wiring::DIRECT,
    depth: 3,
    gamma: 0.9,
    lambda: 0.0,
    policy: false,
    roots: false,
    recurrent: HALF,
};
const SCALAR: Shape = Shape { atoms: 1, ..SHAPE };
/// The networks in the order of their gradients: the last two help to train and never dream.
const NAMES: [&str; 7] =
    ["representation", "dynamics", "reward", "value", "policy", "predictor", "decoder"];

/// The places of the batch. Dice of a shorter rollout are the first ones of a longer one.
fn starts(depth: usize, dice: impl Fn(usize, usize, usize) -> f64) -> Starts {
    let all = (0..LANES).flat_map(|lane| (0..=depth).map(move |k| (lane, k)));
    let places = all.flat_map(|(lane, k)| (0..SIZE).map(move |place| (lane, k, place)));
    let dice = places.map(|(lane, k, place)| dice(lane, k, place)).collect();
    Starts::of(&batch(), dice)
}

/// Uniform numbers of a wave that the golden program has too.
fn waves(depth: usize) -> Starts {
    let all: Vec<f64> = wave(LANES * (depth + 1) * SIZE, 2.3, 0.4).map(|x| 0.5 + 0.5 * x).collect();
    starts(depth, |lane, k, place| all[(lane * (depth + 1) + k) * SIZE + place])
}

/// Uniform numbers that do not depend on how long the rollout is.
fn steady(depth: usize) -> Starts {
    starts(depth, |lane, k, place| ((lane * 7 + k * 5 + place * 3) % 11) as f64 / 11.0)
}

fn imagined(networks: &Networks, starts: &Starts, dream: &Dream) -> Imagined {
    imagine(networks, starts, dream, &Compute::flex())
}

/// `[7]`: gradients of each network in lane 0.
fn gradients(networks: &Networks, starts: &Starts, dream: &Dream) -> [Vec<f32>; 7] {
    let found = imagined(networks, starts, dream).gradients;
    std::array::from_fn(|at| found[at].lane(0).concat())
}

// ---------------------------------------------------------------- numbers

/// The cases of the golden file.
fn cases() -> [(&'static str, Shape, Dream); 6] {
    let own = Wiring { target_value: false, trains_dynamics: false, ..Wiring::RESIDUAL };
    [
        ("dyna", SHAPE, Dream { wiring: Wiring::DYNA, ..DREAM }),
        ("direct", SHAPE, Dream { lambda: 0.5, policy: true, roots: true, ..DREAM }),
        ("reverse", SHAPE, Dream { wiring: Wiring::REVERSE, depth: 2, lambda: 0.5, ..DREAM }),
        ("residual", SHAPE, Dream { wiring: Wiring::RESIDUAL, roots: true, ..DREAM }),
        ("scalar", SCALAR, Dream { wiring: Wiring::RESIDUAL, lambda: 0.7, ..DREAM }),
        ("own", SCALAR, Dream { wiring: own, depth: 1, lambda: 0.3, ..DREAM }),
    ]
}

#[test]
fn losses_and_gradients_are_those_of_jax() {
    const LANE: usize = 1;
    let golden = rows("muzero/imagined.csv");
    for (case, shape, dream) in cases() {
        let networks = networks(shape);
        let found = imagined(&networks, &waves(dream.depth), &dream);
        let lane = &found.lanes[LANE];
        let mut all = vec![
            ("reward".to_owned(), lane.rewards.clone()),
            ("value".to_owned(), lane.values.clone()),
            ("target".to_owned(), lane.targets.clone()),
            ("term".to_owned(), lane.terms.clone()),
            ("policy".to_owned(), vec![lane.policy]),
        ];
        for (name, gradient) in named(&networks, &found.gradients, LANE).into_iter().take(5 * 4) {
            all.push((name, gradient.into_iter().map(f64::from).collect()));
        }
        for (what, ours) in all {
            let mine = golden.iter().filter(|row| row[0] == case && row[1] == what);
            let theirs: Vec<f64> = mine.map(|row| number(&row[3])).collect();
            assert_eq!(ours.len(), theirs.len(), "{case} {what}");
            for (a, b) in ours.iter().zip(&theirs) {
                assert!((a - b).abs() < 3e-5 * (1.0 + b.abs()), "{case}, {what}: {a} for {b}");
            }
        }
    }
}

#[test]
fn terms_add_up_to_what_is_trained() {
    for (_, shape, dream) in cases() {
        let found = imagined(&networks(shape), &waves(dream.depth), &dream);
        for lane in found.lanes {
            assert_eq!(lane.terms.len(), dream.depth + 1);
            let sum: f64 = lane.terms.iter().sum();
            assert!((lane.loss() - sum - lane.policy).abs() < 1e-12);
            assert_eq!(lane.policy != 0.0, dream.policy);
        }
    }
}

/// Where the wave begins along which a network is moved: ways on which no rectifier switches.
fn shift(network: usize) -> f64 {
    if network == 1 { 2.0 } else { 0.0 }
}

/// Loss of lane 0 with every tensor of network `network` moved along its wave.
fn moved(networks: &Networks, network: usize, by: f32, starts: &Starts, dream: &Dream) -> f64 {
    let mut other = networks.clone();
    other.all_mut()[network].map(&mut |old| {
        let dims = old.dims();
        let numbers = wave(dims.iter().product(), 2.1, shift(network));
        old + Compute::flex().tensor(numbers.map(|x| by * x as f32).collect(), dims)
    });
    imagined(&other, starts, dream).lanes[0].loss()
}

#[test]
fn nothing_stopped_has_the_gradient_of_finite_differences_times_any_factor() {
    // Without a gradient scaled on its way the loss is an ordinary function of all weights.
    let dream =
        Dream { wiring: Wiring::RESIDUAL, lambda: 0.6, roots: true, recurrent: 1.0, ..DREAM };
    for (shape, factor) in [(SHAPE, 1.0), (SCALAR, 1.0), (SHAPE, 3.0)] {
        let networks = networks(shape);
        let mut starts = steady(dream.depth);
        starts.weights.iter_mut().for_each(|weight| *weight *= factor);
        let found = gradients(&networks, &starts, &dream);
        for network in 0..4 {
            let tensors = networks.all()[network].tensors();
            let mut left = found[network].iter();
            let slope: f64 = tensors
                .iter()
                .map(|tensor| tensor.dims().iter().product::<usize>() / LANES)
                .flat_map(|count| wave(count, 2.1, shift(network)))
                .map(|x| x * f64::from(*left.next().unwrap()))
                .sum();
            let step = 1e-3;
            let [up, down] = [step, -step].map(|by| moved(&networks, network, by, &starts, &dream));
            let measured = (up - down) / f64::from(2.0 * step);
            let name = NAMES[network];
            assert!(slope.abs() > 1e-3, "{name}: a slope worth measuring: {slope}");
            assert!(
                (measured - slope).abs() < 5e-4 * factor * (0.3 + slope.abs()),
                "{name}: {measured} for {slope}"
            );
        }
    }
}

#[test]
fn what_direct_and_reverse_move_is_together_what_the_residual_moves() {
    // One number a head: then all three have the same loss, and differ only in what is stopped.
    let networks = networks(SCALAR);
    let starts = steady(DREAM.depth);
    let of = |wiring| gradients(&networks, &starts, &Dream { wiring, roots: true, ..DREAM });
    let [direct, reverse, residual] = [Wiring::DIRECT, Wiring::REVERSE, Wiring::RESIDUAL].map(of);
    for network in 0..7 {
        for (i, all) in residual[network].iter().enumerate() {
            let parts = direct[network][i] + reverse[network][i];
            assert!((parts - all).abs() < 1e-5, "{}: {parts} for {all}", NAMES[network]);
        }
    }
}

// ---------------------------------------------------------------- who is trained

/// Which networks term `k` alone trains: what one step more adds to the gradient.
fn taught(wiring: Wiring, k: usize, dream: Dream) -> Vec<&'static str> {
    let networks = networks(SHAPE);
    let of = |depth: usize| {
        gradients(&networks, &steady(depth), &Dream { wiring, depth, lambda: 0.0, ..dream })
    };
    let with = of(k);
    let without = k.checked_sub(1).map(of);
    let differs = |network: &usize| match &without {
        None => with[*network].iter().any(|g| *g != 0.0),
        Some(without) => with[*network] != without[*network],
    };
    (0..7).filter(differs).map(|network| NAMES[network]).collect()
}

#[test]
fn every_variant_trains_what_its_definition_says_at_every_step() {
    for k in 0..=3 {
        let of = |wiring| taught(wiring, k, DREAM);
        assert_eq!(of(Wiring::DYNA), ["value"], "k = {k}");
        let direct: &[&str] = if k == 0 { &["value"] } else { &["dynamics", "value"] };
        assert_eq!(of(Wiring::DIRECT), direct, "k = {k}: the reward sits in the stopped target");
        assert_eq!(of(Wiring::REVERSE), ["dynamics", "reward", "value"], "k = {k}");
        assert_eq!(of(Wiring::RESIDUAL), ["dynamics", "reward", "value"], "k = {k}");
        let roots = Dream { roots: true, ..DREAM };
        assert_eq!(taught(Wiring::DYNA, k, roots), ["value"], "k = {k}: states are constants");
        assert_eq!(taught(Wiring::DIRECT, k, roots)[0], "representation", "k = {k}");
        let policy = Dream { policy: true, ..DREAM };
        assert_eq!(taught(Wiring::DYNA, k, policy), ["value", "policy"], "k = {k}");
    }
}

#[test]
fn every_switch_alone_stops_what_it_names() {
    let networks = networks(SHAPE);
    let starts = steady(DREAM.depth);
    let none = |gradients: &[f32]| gradients.iter().all(|g| *g == 0.0);
    for bits in 0..1_u32 << 7 {
        let wiring = Wiring::of_switches(std::array::from_fn(|i| bits >> i & 1 == 1));
        let dream = Dream { wiring, lambda: 0.5, ..DREAM };
        let [h, g, reward, value, policy, predictor, decoder] =
            gradients(&networks, &starts, &dream);
        let target = wiring.target_reward || wiring.target_value;
        let any = wiring.prediction || target;
        assert_eq!(none(&g), !(any && wiring.state && wiring.trains_dynamics), "{wiring:?}");
        assert_eq!(none(&reward), !(wiring.target_reward && wiring.trains_reward), "{wiring:?}");
        let flows = wiring.prediction || wiring.target_value;
        assert_eq!(none(&value), !(flows && wiring.trains_value), "{wiring:?}");
        assert!([h, policy, predictor, decoder].iter().all(|g| none(g)), "{wiring:?}");
    }
}

#[test]
fn without_a_step_direct_is_dyna() {
    for shape in [SHAPE, SCALAR] {
        let networks = networks(shape);
        let of = |wiring| {
            let found =
                imagined(&networks, &steady(0), &Dream { wiring, depth: 0, lambda: 0.7, ..DREAM });
            let gradients = named(&networks, &found.gradients, 0);
            (found.lanes, gradients)
        };
        assert_eq!(of(Wiring::DIRECT), of(Wiring::DYNA));
        let longer =
            |wiring| gradients(&networks, &steady(1), &Dream { wiring, depth: 1, ..DREAM });
        assert_ne!(longer(Wiring::DIRECT), longer(Wiring::DYNA), "with a step it is not");
    }
}

#[test]
fn lanes_never_mix_and_dice_choose_the_actions() {
    let networks = networks(SHAPE);
    let dream = Dream { roots: true, policy: true, ..DREAM };
    let mut other = steady(dream.depth);
    let first = imagined(&networks, &other, &dream);
    let half = other.seen.len() / LANES;
    other.seen[half..].iter_mut().for_each(|x| *x = -*x);
    let half = other.dice.len() / LANES;
    other.dice[half..].fill(0.0);
    let second = imagined(&networks, &other, &dream);
    let of = |found: &Imagined, lane| named(&networks, &found.gradients, lane);
    assert_eq!((of(&first, 0), &first.lanes[0]), (of(&second, 0), &second.lanes[0]));
    assert_ne!(of(&first, 1), of(&second, 1));
}
