//! Dyna-Q with networks in worlds of numbers: relived to the last bit, lanes that never mix, an
//! adapter, and a pole that stays up longer.

#[path = "common/adapter.rs"]
mod adapter;
mod common;

use common::{arena, digests, remembering};
use imaginarium::agents::deep_dyna_q::DeepDynaQConfig;
use imaginarium::agents::deep_dyna_q::numbers::DeepDynaQOfNumbers;
use imaginarium::base::params::Params;
use imaginarium::envs::cart_pole::{CartPole, CartPoleConfig};
use imaginarium::experiment::cohort::{Cohort as _, Group};
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};
use imaginarium::nn::device::{Wish, adapters};
use imaginarium::probes::surface::Surfaces;

const SMALL: &str =
    "agent = 'deep-dyna-q'\nbatch = 8\nwidth = 16\nplanning_steps = 2\ndevice = 'flex'";

fn at(steps: u64) -> Position {
    Position::at(Clock::EnvSteps, steps)
}

#[test]
fn it_is_lived_again_to_the_last_bit() {
    for world in ["id = 'cart-pole'", "id = 'pendulum'\ntorques = 3"] {
        let config = arena("lanes = 2\nseed = 5\nclock = 'env-steps'", world, &[SMALL]);
        let mut e = remembering(config, 1);
        e.advance_to(at(90), None);
        let width = <DeepDynaQConfig as Params>::index("width").unwrap();
        e.set_param(0, width, 24.0).unwrap();
        e.advance_to(at(150), None);
        let end = digests(&e);
        e.seek(at(40));
        e.seek(at(150));
        assert_eq!(digests(&e), end, "{world}: a new width is lived again, too");
        assert!(e.runs()[0].failure().is_none());
    }
}

/// Each dial of the model's loss changes what is learned, from the first update that may differ on,
/// and what stands still is part of a keyframe.
#[test]
fn the_dials_of_the_models_loss_do_something() {
    let ends = |dials: &str| {
        let run = format!("{SMALL}\n{dials}");
        let config = arena("lanes = 1\nseed = 5\nclock = 'env-steps'", "id = 'cart-pole'", &[&run]);
        let mut e = remembering(config, 1);
        e.advance_to(at(120), None);
        assert!(e.runs()[0].failure().is_none(), "{dials}");
        let end = digests(&e);
        e.seek(at(60));
        e.seek(at(120));
        assert_eq!(digests(&e), end, "{dials}");
        let surface = e.runs()[0].lane_view(0).view.surface.unwrap();
        surface.0.value(&[0.3, -0.5, 0.1, 0.4])
    };
    let dials = [
        "model_loss = 'mse'",
        "model_loss = 'likelihood'",
        "model_loss = 'vaml'\nmodel_warmup = 0",
        "model_loss = 'vagram'\nmodel_warmup = 0",
        "model_loss = 'vagram-unbounded'\nmodel_warmup = 0",
        "model_loss = 'vagram'\nmodel_warmup = 300",
        "model_loss = 'vagram'\nmodel_warmup = 0\nvalue_every = 7",
    ];
    let found = dials.map(ends);
    for (a, x) in found.iter().enumerate() {
        for (b, y) in found.iter().enumerate().skip(a + 1) {
            assert_ne!(x, y, "{} and {}", dials[a], dials[b]);
        }
    }
}

/// What each lane thinks of a few places after `steps` real steps at random.
fn lived(device: Wish, seeds: &[u64], steps: u64) -> Vec<Vec<f64>> {
    let config = DeepDynaQConfig {
        batch: 8,
        width: 16,
        planning_steps: 1,
        epsilon: 1.0,
        device,
        ..DeepDynaQConfig::default()
    };
    let world = CartPole::new(CartPoleConfig::default());
    let agent = DeepDynaQOfNumbers::new(config, (4, 2), seeds).unwrap();
    let mut group = Group::new(&world, agent, seeds);
    group.advance(at(steps), u64::MAX);
    let view = |lane| group.lane_view(lane).view.surface.unwrap();
    let places = [[0.0, 0.0, 0.1, 0.0], [1.0, -0.5, 0.0, 0.4], [0.0, 0.0, -0.2, -1.0]];
    (0..seeds.len()).map(|lane| places.iter().map(|p| view(lane).0.value(p)).collect()).collect()
}

#[track_caller]
fn close(a: &[f64], b: &[f64], tolerance: f64) {
    let greatest = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(greatest <= tolerance, "values differ by {greatest}: {a:?} {b:?}");
    assert!(a.iter().any(|&q| q != 0.0), "something was learned");
}

#[test]
fn lanes_never_mix() {
    let all = lived(Wish::Flex, &[4, 5, 6], 60);
    let other = lived(Wish::Flex, &[4, 9, 6], 60);
    assert_eq!((&all[0], &all[2]), (&other[0], &other[2]), "to the last bit");
    assert_ne!(all[1], other[1]);
    for (lane, seed) in [4, 5, 6].into_iter().enumerate() {
        close(&lived(Wish::Flex, &[seed], 60)[0], &all[lane], 1e-3);
    }
}

#[test]
fn an_adapter_computes_the_same() {
    if adapters().is_empty() {
        adapter::skip("no graphics adapter to train on");
        return;
    }
    let (flex, wgpu) = (lived(Wish::Flex, &[4, 5], 12), lived(Wish::Wgpu, &[4, 5], 12));
    flex.iter().zip(&wgpu).for_each(|(flex, wgpu)| close(flex, wgpu, 1e-3));
}

#[test]
fn the_map_is_a_cut_through_the_states_of_the_pole() {
    let mut e =
        Experiment::new(arena("clock = 'env-steps'", "id = 'cart-pole'", &[SMALL]), 1).unwrap();
    e.advance_to(at(60), None);
    let surface = e.runs()[0].lane_view(0).view.surface.unwrap();
    let found = Surfaces::of(e.truth(), 0.95, Some(&surface)).unwrap();
    assert!(found.optimum.is_none() && found.excess.is_none(), "nobody knows the truth");
    let plane = found.learned.unwrap();
    let middle = plane.values.len() / 2 + 3;
    let [angle, rate] = plane.place(middle);
    let there = surface.0.value(&[0.0, 0.0, angle as f32, rate as f32]);
    assert!((plane.values[middle] - there).abs() < 1e-9);
}

/// Returns of the episodes that end within `steps` real steps, one list a lane, for each run.
fn returns(mut config: ArenaConfig, steps: u64) -> Vec<Vec<Vec<f64>>> {
    for run in &mut config.runs {
        let device = run.info.params().iter().position(|s| s.key == "device").unwrap();
        run.params[device] = f64::from(Wish::Flex as u8);
    }
    let mut e = Experiment::new(config, 2).unwrap();
    e.advance_to(at(steps), None);
    let mut all = Vec::new();
    for run in e.runs() {
        assert!(run.failure().is_none());
        let lanes = run.record().lanes().iter();
        all.push(lanes.map(|l| l.exact().map(|row| row.episode_return).collect()).collect());
    }
    all
}

#[test]
fn planning_keeps_the_pole_up_on_fewer_real_steps() {
    let runs = returns(imaginarium::lessons::find("pole").unwrap().arena, 1_500);
    // The fewer episodes fit into so many steps the longer they were; chance alone has about 68.
    let episodes = |run: &[Vec<f64>]| {
        let mut counts: Vec<usize> = run.iter().map(Vec::len).collect();
        counts.sort_unstable();
        counts[counts.len() / 2]
    };
    let (without, with) = (episodes(&runs[0]), episodes(&runs[1]));
    println!("{without} episodes without planning, {with} with");
    assert!(4 * with < 3 * without, "{with} episodes with planning, {without} without");
    let last: Vec<f64> = runs[1].iter().map(|lane| lane[lane.len() - 3..].iter().sum()).collect();
    println!("the last three episodes together: {last:?}");
    assert!(last.iter().filter(|&&three| three > 200.0).count() >= 2, "{last:?}");
}

#[test]
fn it_swings_up_a_pendulum_with_three_torques() {
    let run = "agent = 'deep-dyna-q'\ngamma = 0.97\nreward_scale = 0.02\nepsilon = 0.05\n\
               tau = 0.02\nmodel_rate = 0.001";
    let world = "id = 'pendulum'\ntorques = 3";
    let config = arena("lanes = 1\nseed = 3\nclock = 'env-steps'", world, &[run]);
    let runs = returns(config, 2_000);
    let late = &runs[0][0][5..];
    println!("{late:?}");
    // Chance alone brings about -1200 an episode.
    assert!(late.iter().sum::<f64>() / late.len() as f64 > -500.0, "{late:?}");
}
