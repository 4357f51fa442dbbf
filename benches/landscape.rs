//! What landscapes of model losses cost on one core: four losses at 128 by 128 predictions where the
//! value is unchanged, with a fresh critic, and everything that is measured over them.
//!
//! `cargo bench --bench landscape`, on an idle machine.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use imaginarium::agents::kept_values::OnPolicy;
use imaginarium::agents::surface::{Surface, ValueSurface as _};
use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::envs::pendulum::{Pendulum, PendulumConfig};
use imaginarium::nn::activation::Activation;
use imaginarium::nn::device::Compute;
use imaginarium::nn::host::HostMlp;
use imaginarium::nn::mlp::{Mlp, MlpSpec};
use imaginarium::probes::landscape::{
    Coordinates, Critic, Descent, Fields, Ground, Judge, Lamps, Loss, Optimiser, Roll, Slice,
    Window, numbers_of,
};
use imaginarium::probes::reference::GAMMA;
use imaginarium::probes::truth::Truth;

/// Predictions along each number.
const POINTS: usize = 128;

fn main() {
    let quick = std::env::args().any(|arg| arg == "--test");
    let rounds = if quick { 1 } else { 40 };
    let truth = Truth::of_motion(&Pendulum::new(PendulumConfig::default()));
    let numbers = numbers_of(&truth).expect("a world of numbers");
    let window = Window { ranges: [numbers[0].range, numbers[1].range], points: POINTS };
    let best = Ground::best(&truth, GAMMA).expect("the pendulum is solved");
    let values = best.values(&window);
    let judge = |coordinates| Judge::new(&best, [-0.5, 1.0], true, coordinates);
    for (name, coordinates) in
        [("(theta, omega)", Coordinates::State), ("(cos, sin, omega)", Coordinates::Seen)]
    {
        let judge = judge(coordinates);
        told(&format!("four losses, errors in {name}, value unchanged"), rounds, || {
            black_box(Fields::of(&judge, window, &values));
        });
    }
    let fields = Fields::of(&judge(Coordinates::State), window, &values);
    told("three lamps of four losses", rounds, || {
        black_box(Lamps::of(&judge(Coordinates::State), &fields, &values));
    });
    let critic = critic();
    let slice = Slice::of(numbers, None).expect("two numbers");
    let fresh = || {
        let surface = Surface(Arc::new(critic.clone()));
        Ground::Critic(Critic::new(surface, &truth, slice).expect("a world of numbers"))
    };
    told("four losses over a fresh critic, 2x64 units", rounds, || {
        let ground = fresh();
        let values = ground.values(&window);
        let judge = Judge::new(&ground, [-0.5, 1.0], true, Coordinates::State);
        black_box(Fields::of(&judge, window, &values));
    });
    let seen: Vec<f32> = (0..window.len() * 3).map(|i| (i as f32).sin()).collect();
    told("16 384 values of it alone, in one batch", rounds, || {
        black_box(critic.values(&seen, 3));
    });
    let descent = Descent { optimiser: Optimiser::Adam, rate: 0.05, steps: 2000 };
    for (name, ground) in [("the best value", best.clone()), ("a critic", fresh())] {
        let judge = Judge::new(&ground, [-0.5, 1.0], true, Coordinates::State);
        told(&format!("four balls, 2000 steps, over {name}"), rounds, || {
            for loss in Loss::ALL {
                black_box(Roll::down(&judge, loss, &ground, [1.0, -1.0], descent));
            }
        });
    }
}

/// The median of the rounds.
fn told(name: &str, rounds: usize, mut work: impl FnMut()) {
    let mut took: Vec<f64> = (0..rounds)
        .map(|_| {
            let begun = Instant::now();
            work();
            begun.elapsed().as_secs_f64()
        })
        .collect();
    took.sort_by(f64::total_cmp);
    println!("{name}: {:.2} ms (least {:.2})", 1e3 * took[rounds / 2], 1e3 * took[0]);
}

/// Actor and critic of the size that DDPG has.
fn critic() -> OnPolicy {
    let host = |spec: MlpSpec| {
        let mut dice = [Stream::new(1, StreamName::Init)];
        let mlp = Mlp::new(&spec, &mut dice, 1, &Compute::flex()).expect("a small network");
        HostMlp::of(&mlp, 0)
    };
    OnPolicy {
        actor: host(MlpSpec { last: Activation::Tanh, ..MlpSpec::new("actor", 3, &[64, 64], 1) }),
        critic: host(MlpSpec::new("critic", 4, &[64, 64], 1)),
        reward_scale: 0.02,
    }
}
