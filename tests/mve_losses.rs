//! Every loss of MVE on DDPG beside JAX (`tests/data/mve_losses.py`), and its gradient by finite
//! differences.

mod common;

use std::sync::Arc;

use common::golden::{close, flat, number, numbers, rows};
use imaginarium::agents::actor_critic::{ActorCritic, CriticBatch, Shape};
use imaginarium::agents::mve::config::{Dreamer, Moving, MveConfig, Rewards};
use imaginarium::agents::mve::dynamics::{Dynamics, gradient};
use imaginarium::agents::mve::rollout::{Manner, actor, expanded, imagine};
use imaginarium::agents::off_policy::Batch;
use imaginarium::agents::steered::ExpansionView;
use imaginarium::agents::steering::{Setting, Steering};
use imaginarium::envs::pendulum::{Pendulum, PendulumConfig};
use imaginarium::models::model_loss::ModelLoss;
use imaginarium::nn::device::{Compute, Wish};
use imaginarium::nn::host::HostMlp;
use imaginarium::nn::mlp::Mlp;
use imaginarium::nn::{Gradients, Module as _, values};
use imaginarium::probes::expansion::Expansion;

const SCALE: f64 = 0.1;
const ROWS: usize = 6;

/// The numbers that the Python program puts into network `c`.
fn fill(network: &Mlp, c: f64, compute: &Compute) -> Mlp {
    let (mut filled, mut k) = (network.clone(), 0);
    filled.map(&mut |old| {
        let count = old.dims().iter().product::<usize>();
        let numbers = (k..k + count).map(|k| (0.5 * (0.7 * k as f64 + c).sin()) as f32);
        k += count;
        compute.tensor(numbers.collect(), old.dims())
    });
    filled
}

struct Bench {
    base: Steering,
    model: Dynamics,
    batch: Batch,
    setting: Setting,
    compute: Compute,
}

fn bench() -> Bench {
    let compute = Compute::flex();
    let world = Pendulum::new(PendulumConfig::default());
    let shape = Shape { sees: 3, acts: 1, hidden: 8, layer_norm: false };
    let mut base = Steering::new(shape, Arc::new(world), &[0], (Wish::Flex, 2)).unwrap();
    let fill = |network: &Mlp, c: f64| fill(network, c, &compute);
    let (mu, q) = (fill(&base.networks.actor, 1.0), fill(&base.networks.critic, 2.0));
    base.networks = ActorCritic::of(mu, q, &compute);
    base.networks.critic_target = fill(&base.networks.critic, 3.0);
    base.networks.actor_target = fill(&base.networks.actor, 4.0);
    let mut model = Dynamics::new((3, 1, 8), &[0], &compute).unwrap();
    model.network = fill(&model.network, 5.0);
    let table = rows("mve_batch.csv");
    let numbers: Vec<f32> =
        table.iter().flat_map(|row| row[1..].iter().map(|x| number(x) as f32)).collect();
    assert_eq!(table.len(), ROWS);
    let batch = base.lanes.batch(&numbers, ROWS, &compute);
    let setting = MveConfig { gamma: 0.97, reward_scale: SCALE, ..MveConfig::default() }.setting();
    Bench { base, model, batch, setting, compute }
}

impl Bench {
    fn critic(&self, manner: &Manner, td_k: bool) -> CriticBatch {
        let rollout =
            imagine(&self.base, &self.model, self.batch.next.clone(), manner, &self.setting);
        let mu = actor(&self.base, manner.dreamer);
        let tail = self.base.tail(mu, rollout.states[manner.horizon].clone());
        expanded(&self.batch, &rollout, &tail, td_k, &self.setting)
    }
}

#[test]
fn every_loss_and_gradient_agrees_with_jax() {
    let bench = bench();
    let golden = rows("mve_losses.csv");
    assert_eq!(golden.len(), 3 * 8 + 2);
    for row in &golden {
        let what = row[..5].join(" ");
        let (loss, gradients) = match row[0].as_str() {
            "critic" => {
                let manner = Manner {
                    horizon: number(&row[1]) as usize,
                    dreamer: if row[4] == "live" { Dreamer::Live } else { Dreamer::Target },
                    rewards: if row[3] == "known" { Rewards::Known } else { Rewards::Learned },
                    dynamics: Moving::Learned,
                };
                let td_k = row[2] == "1";
                let batch = bench.critic(&manner, td_k);
                // Without the trick only the real steps are there.
                let theirs = numbers(&row[6]);
                close(&what, &batch.targets, &theirs[..batch.targets.len()]);
                let terms = if td_k { manner.horizon + 1 } else { 1 };
                assert_eq!(batch.targets.len(), ROWS * terms, "{what}");
                let (loss, _, gradients) = bench.base.networks.critic_gradient(&batch);
                (loss[0], gradients)
            }
            "actor" => {
                let (loss, gradients) =
                    bench.base.networks.actor_gradient(bench.batch.seen.clone());
                (loss[0], gradients)
            }
            _ => {
                let (loss, gradients) =
                    gradient(&bench.model.network, &bench.batch, SCALE, &bench.compute);
                (values(&loss.value)[0], gradients)
            }
        };
        close(&what, &[loss], &[number(&row[5])]);
        close(&what, &flat(&gradients), &numbers(&row[7]));
    }
}

/// Checks every seventh number of a gradient against how the loss changes with that number.
fn differences(what: &str, network: &Mlp, gradients: &Gradients, loss: &dyn Fn(&Mlp) -> f32) {
    let step = 4e-3_f32;
    let total = flat(gradients).len();
    for wanted in (0..total).step_by(7) {
        let moved = |by: f32| {
            let (mut copy, mut at) = (network.clone(), 0);
            copy.map(&mut |old| {
                let mut numbers = values(&old);
                let inside = (at..at + numbers.len()).contains(&wanted);
                if inside {
                    numbers[wanted - at] += by;
                }
                at += numbers.len();
                Compute::flex().tensor(numbers, old.dims())
            });
            loss(&copy)
        };
        let slope = (moved(step) - moved(-step)) / (2.0 * step);
        let ours = flat(gradients)[wanted];
        let far = (slope - ours).abs();
        assert!(far < 4e-3 * (1.0 + ours.abs()), "{what}, number {wanted}: {ours}, {slope}");
    }
}

#[test]
fn gradients_agree_with_finite_differences() {
    let bench = bench();
    let manner = Manner {
        horizon: 2,
        dreamer: Dreamer::Target,
        rewards: Rewards::Known,
        dynamics: Moving::True,
    };
    let batch = bench.critic(&manner, true);
    let networks = &bench.base.networks;
    let (_, _, gradients) = networks.critic_gradient(&batch);
    differences("critic", &networks.critic, &gradients, &|critic| {
        let mut copy = networks.clone();
        copy.critic = critic.clone();
        copy.critic_gradient(&batch).0[0]
    });
    let (_, gradients) = networks.actor_gradient(bench.batch.seen.clone());
    differences("actor", &networks.actor, &gradients, &|actor| {
        let mut copy = networks.clone();
        copy.actor = actor.clone();
        copy.actor_gradient(bench.batch.seen.clone()).0[0]
    });
    let of = |network: &Mlp| gradient(network, &bench.batch, SCALE, &bench.compute);
    differences("model", &bench.model.network, &of(&bench.model.network).1, &|network| {
        values(&of(network).0.value)[0]
    });
}

#[test]
fn who_looks_no_step_ahead_still_learns_at_every_depth() {
    let mut bench = bench();
    bench.setting.gamma = 0.0;
    bench.batch.goes_on = vec![true; ROWS];
    bench.batch.goes_on[4] = false;
    let manner = Manner {
        horizon: 2,
        dreamer: Dreamer::Target,
        rewards: Rewards::Known,
        dynamics: Moving::Learned,
    };
    let batch = bench.critic(&manner, true);
    let share = 1.0 / (2 * ROWS) as f32;
    for (at, weight) in batch.weights.iter().enumerate() {
        // Nothing comes after the step that ended the task.
        let is_taken = at < ROWS || at % ROWS != 4;
        assert_eq!(*weight, if is_taken { share } else { 0.0 }, "number {at}");
    }
    let paid = bench.batch.rewards.iter().map(|r| (f64::from(*r) * SCALE) as f32);
    let paid: Vec<f32> = paid.collect();
    assert_eq!(batch.targets[..ROWS], paid[..], "what is paid at once is all that counts");
}

#[test]
fn the_true_dynamics_are_those_of_the_pendulum() {
    let bench = bench();
    let manner = Manner {
        horizon: 4,
        dreamer: Dreamer::Target,
        rewards: Rewards::Known,
        dynamics: Moving::True,
    };
    let next = bench.batch.next.clone();
    let rollout = imagine(&bench.base, &bench.model, next, &manner, &bench.setting);
    // Row by row by hand: torque 2 a, semi-implicit Euler.
    let states: Vec<Vec<f32>> = rollout.states.iter().map(values).collect();
    for (t, action) in rollout.actions.iter().enumerate() {
        for (row, a) in values(action).into_iter().enumerate() {
            let at = |t: usize, i: usize| f64::from(states[t][row * 3 + i]);
            let (theta, omega) = (at(t, 1).atan2(at(t, 0)), at(t, 2));
            let push = 15.0 * theta.sin() + 6.0 * f64::from(a);
            let omega2 = (omega + 0.05 * push).clamp(-8.0, 8.0);
            let theta2 = theta + 0.05 * omega2;
            let far =
                [at(t + 1, 0) - theta2.cos(), at(t + 1, 1) - theta2.sin(), at(t + 1, 2) - omega2];
            assert!(far.iter().all(|x| x.abs() < 1e-5), "{far:?}");
            let torque = 2.0 * f64::from(a);
            let paid = -(theta * theta + 0.1 * omega * omega + 0.001 * torque * torque);
            assert!((f64::from(rollout.rewards[t][row]) - SCALE * paid).abs() < 1e-5);
        }
    }
}

#[test]
fn the_bars_of_a_state_add_up_to_its_target() {
    let bench = bench();
    let horizon = 3;
    let manner = Manner {
        horizon,
        dreamer: Dreamer::Target,
        rewards: Rewards::Known,
        dynamics: Moving::Learned,
    };
    let targets = bench.critic(&manner, true).targets;
    let mut view = bench.base.view(0, &bench.setting);
    view.expansion = Some(ExpansionView {
        earlier: Default::default(),
        model: HostMlp::of(&bench.model.network, 0),
        horizon,
        td_k: true,
        live_actor: false,
        known_reward: true,
        true_dynamics: false,
        stored: false,
        kept: 0,
        model_targets: 0,
        model_loss: ModelLoss::Squared,
        begun: [].into(),
        imagined: [].into(),
        age: 0.0,
        course: [].into(),
        fits: Default::default(),
    });
    for (row, seen) in values(&bench.batch.next).chunks(3).enumerate() {
        let found = Expansion::of(&view, &view.oracle.locate(seen)).unwrap();
        let sum = found.stack(horizon).value() * SCALE;
        let target = f64::from(targets[ROWS + row]);
        assert!((sum - target).abs() < 1e-5 * (1.0 + target.abs()), "{sum} and {target}");
        assert!((found.errors()[horizon] - (sum / SCALE - found.truth)).abs() < 1e-12);
    }
}
