//! What an update of MVE's model costs by its loss, beside squared error: measured in pairs, one
//! update of each in turn, on the mini-batch, networks and memory of the defaults. Time is that of the
//! thread on its core, so that others on the machine count little.
//!
//! `cargo bench --bench losses`, on an idle machine.

use imaginarium::agents::actor_critic::Shape;
use imaginarium::agents::mve::dynamics::Dynamics;
use imaginarium::agents::mve::teaching::Aim;
use imaginarium::agents::steering::Steering;
use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::envs::pendulum::{Pendulum, PendulumConfig};
use imaginarium::mdp::{Simulator as _, Transition};
use imaginarium::models::model_loss::ModelLoss;
use imaginarium::nn::device::Wish;
use std::sync::Arc;

/// Real steps in memory.
const STEPS: usize = 5_000;
/// Mini-batch, step size and scale of rewards: the defaults of MVE.
const HOW: (usize, f64, f64) = (128, 1e-3, 0.02);

fn main() {
    let quick = std::env::args().any(|arg| arg == "--test");
    let (rounds, updates) = if quick { (1, 3) } else { (15, 200) };
    let base = lived();
    let never = u64::from(u32::MAX);
    let cases = [
        ("VaGraM, gradients kept", ModelLoss::Vagram, never),
        ("VaGraM, gradients computed anew", ModelLoss::Vagram, 1),
        ("unbounded, gradients kept", ModelLoss::Unbounded, never),
        ("unbounded, gradients computed anew", ModelLoss::Unbounded, 1),
        ("VAML", ModelLoss::Vaml, never),
        ("likelihood", ModelLoss::Likelihood, never),
    ];
    for (name, loss, every) in cases {
        let aim = |loss| Aim { loss, warm_up: 0, every, quantile: 1.0 };
        let mut models = [aim(ModelLoss::Squared), aim(loss)].map(|aim| {
            (Dynamics::new((3, 1, 64), &[0], base.compute()).expect("a small network"), aim)
        });
        // Every gradient is in the cache before the clock starts.
        models.iter_mut().for_each(|one| (0..updates).for_each(|_| _ = seconds(one, &base)));
        let mut ratios: Vec<(f64, f64)> = (0..rounds)
            .map(|_| {
                let (mut plain, mut other) = (0.0, 0.0);
                for _ in 0..updates {
                    plain += seconds(&mut models[0], &base);
                    other += seconds(&mut models[1], &base);
                }
                (other / plain, plain / f64::from(updates))
            })
            .collect();
        ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (ratio, plain) = ratios[rounds / 2];
        let (asked, computed) = models[1].0.teacher.counted();
        let (low, high) = (ratios[0].0, ratios[rounds - 1].0);
        println!(
            "{name}: {ratio:.2} x squared error ({low:.2} to {high:.2}), which takes {:.0} us; \
             {computed} of {asked} gradients computed",
            plain * 1e6
        );
    }
}

fn seconds((model, aim): &mut (Dynamics, Aim), base: &Steering) -> f64 {
    let begun = clock();
    let value = (&*aim, &base.networks, &base.networks.actor_target);
    model.learn(&base.lanes, &[true], HOW, value).expect("finite numbers");
    clock() - begun
}

/// Seconds that this thread has been computing.
#[cfg(unix)]
fn clock() -> f64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

/// Where threads have no clock of their own: time on the wall.
#[cfg(not(unix))]
fn clock() -> f64 {
    static BEGUN: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    BEGUN.get_or_init(std::time::Instant::now).elapsed().as_secs_f64()
}

/// Actor, critic and a memory of random steps.
fn lived() -> Steering {
    let mut world = Pendulum::new(PendulumConfig::default());
    let shape = Shape { sees: 3, acts: 1, hidden: 64, layer_norm: false };
    let oracle = Arc::new(world.clone());
    let mut base = Steering::new(shape, oracle, &[0], (Wish::Flex, 64)).expect("small networks");
    let mut dice = Stream::new(0, StreamName::World);
    let mut obs = world.reset(&mut dice);
    for _ in 0..STEPS {
        let action = base.lanes.anything(0);
        let step = world.step(action, &mut dice);
        base.lanes.remember(&Transition { lane: 0, obs, action, step }, STEPS);
        obs = if step.truncated { world.reset(&mut dice) } else { step.next };
    }
    base
}
