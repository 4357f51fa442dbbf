//! Every loss that MVE's model can be trained by, beside JAX (`tests/data/losses/losses.py`), and the
//! gradients that are kept.

mod common;

use std::sync::Arc;

use common::golden::{close, flat, number, numbers, rows};
use imaginarium::agents::actor_critic::{ActorCritic, Shape};
use imaginarium::agents::mve::dynamics::{Dynamics, wanted};
use imaginarium::agents::mve::still::Still;
use imaginarium::agents::mve::teaching::{Aim, Task, Teacher};
use imaginarium::agents::steering::Steering;
use imaginarium::base::params::Dial as _;
use imaginarium::envs::pendulum::{Pendulum, PendulumConfig};
use imaginarium::models::model_loss::ModelLoss;
use imaginarium::nn::device::{Compute, Wish};
use imaginarium::nn::loss::likelihood;
use imaginarium::nn::mlp::{Mlp, MlpSpec};
use imaginarium::nn::{Gradients, Module as _, Tensor, joined, values};
use imaginarium::rl::losses::vagram;

const SCALE: f64 = 0.1;
const ROWS: usize = 6;

/// The numbers that the Python program puts into network `c`.
fn fill(network: &Mlp, c: f64) -> Mlp {
    let (mut filled, mut k) = (network.clone(), 0);
    filled.map(&mut |old| {
        let count = old.dims().iter().product::<usize>();
        let numbers = (k..k + count).map(|k| (0.5 * (0.7 * k as f64 + c).sin()) as f32);
        k += count;
        Compute::flex().tensor(numbers.collect(), old.dims())
    });
    filled
}

struct Bench {
    networks: ActorCritic,
    model: Mlp,
    task: Task,
    next: Tensor,
}

fn bench() -> Bench {
    let compute = Compute::flex();
    let shape = Shape { sees: 3, acts: 1, hidden: 8, layer_norm: false };
    let world = Arc::new(Pendulum::new(PendulumConfig::default()));
    let base = Steering::new(shape, world, &[0], (Wish::Flex, 2)).unwrap();
    let mut networks = base.networks.clone();
    networks.critic_target = fill(&networks.critic, 3.0);
    networks.actor_target = fill(&networks.actor, 4.0);
    let model = fill(&Dynamics::new((3, 1, 8), &[0], &compute).unwrap().network, 5.0);
    let table = rows("mve_batch.csv");
    let all: Vec<f32> =
        table.iter().flat_map(|r| r[1..].iter().map(|x| number(x) as f32)).collect();
    let batch = base.lanes.batch(&all, ROWS, &compute);
    let task = Task {
        input: joined(batch.seen.clone(), batch.action.clone()),
        wanted: wanted(&batch, SCALE, &compute),
        drawn: (0..ROWS as u64).collect(),
    };
    Bench { networks, model, task, next: batch.next }
}

fn aim(loss: ModelLoss, share: f64) -> Aim {
    // Of an update that is number 0 the share is 1 if there is a warm-up at all.
    Aim { loss, warm_up: share as u64, every: 250, quantile: 1.0 }
}

impl Bench {
    fn teacher(&self, aim: &Aim) -> Teacher {
        let mut teacher = Teacher::new(3, &[0], &Compute::flex());
        teacher.look(aim, &self.networks, &self.networks.actor_target, 0);
        teacher
    }

    fn loss(&self, model: &Mlp, aim: &Aim) -> (f32, Gradients) {
        let how = (0, 1e-3, &[true][..]);
        let (loss, gradients) = self.teacher(aim).loss(model, &self.task, aim, how).unwrap();
        (values(&loss.value)[0], gradients)
    }
}

#[test]
fn every_loss_and_gradient_agrees_with_jax() {
    let bench = bench();
    let golden = rows("losses/losses.csv");
    assert_eq!(golden.len(), 4 * 2 + 2);
    for row in golden.iter().filter(|row| row[0] != "likelihood" && row[0] != "spread") {
        let what = row[..2].join(" ");
        let index = ModelLoss::CHOICES.iter().position(|choice| choice.id == row[0]).unwrap();
        let aim = aim(ModelLoss::from_number(index as f64), number(&row[1]));
        let (loss, gradients) = bench.loss(&bench.model, &aim);
        close(&what, &[loss], &[number(&row[2])]);
        close(&what, &flat(&gradients), &numbers(&row[3]));
    }
}

#[test]
fn the_likelihood_agrees_with_jax() {
    let bench = bench();
    let compute = Compute::flex();
    let spec = MlpSpec { name: "spread", ..bench.model.spec().clone() };
    let mut dice = imaginarium::nn::init::dice(&[0], 0);
    let spread = fill(&Mlp::new(&spec, &mut dice, 1, &compute).unwrap(), 6.0);
    let [low, high] = [-10.0, 0.5].map(|x| compute.tensor(vec![x; 4], [1, 1, 4]));
    let (said, way) = bench.model.forward_taped(bench.task.input.clone());
    let (raw, tape) = spread.forward_taped(bench.task.input.clone());
    let found = likelihood(said, bench.task.wanted.clone(), raw, &low, &high);
    let golden = rows("losses/losses.csv");
    let row = |name: &str| golden.iter().find(|row| row[0] == name).unwrap().clone();
    close("loss", &values(&found.loss.value), &[number(&row("likelihood")[2])]);
    let model = bench.model.backward(way, found.loss.gradient);
    close("model", &flat(&model), &numbers(&row("likelihood")[3]));
    let mut rest = flat(&spread.backward(tape, found.raw));
    rest.extend([found.low, found.high].iter().flat_map(values));
    close("spread", &rest, &numbers(&row("spread")[3]));
}

#[test]
fn the_gradient_of_the_value_agrees_with_jax() {
    let bench = bench();
    let still = Still {
        critic: bench.networks.critic_target.clone(),
        actor: bench.networks.actor_target.clone(),
    };
    let ours = values(&still.slopes(bench.next.clone()));
    let theirs: Vec<f64> = rows("losses/slopes.csv")
        .iter()
        .flat_map(|row| row[1..].iter().map(|x| number(x)).collect::<Vec<_>>())
        .collect();
    close("slopes", &ours, &theirs);
}

/// The snippet that the post on VaGraM ends with.
#[test]
fn the_bounded_form_is_that_of_the_post() {
    for row in rows("losses/snippet.csv") {
        let (g, e, theirs) = (numbers(&row[0]), numbers(&row[1]), number(&row[2]));
        assert!((vagram(&g, &e) - theirs).abs() < 1e-7 * (1.0 + theirs), "{row:?}");
    }
}

/// Checks every seventh number of a gradient against how the loss changes with that number.
#[test]
fn gradients_agree_with_finite_differences() {
    let mut bench = bench();
    // The action is held where it is; differences see it move unless the actor says one thing only.
    bench.networks.actor_target.map(&mut |t| t * 0.0);
    let step = 1e-3_f32;
    for loss in ModelLoss::ALL.iter().filter(|loss| **loss != ModelLoss::Likelihood) {
        let aim = aim(*loss, 1.0);
        let ours = flat(&bench.loss(&bench.model, &aim).1);
        for wanted in (0..ours.len()).step_by(7) {
            let moved = |by: f32| {
                let (mut copy, mut at) = (bench.model.clone(), 0);
                copy.map(&mut |old| {
                    let mut numbers = values(&old);
                    if (at..at + numbers.len()).contains(&wanted) {
                        numbers[wanted - at] += by;
                    }
                    at += numbers.len();
                    Compute::flex().tensor(numbers, old.dims())
                });
                bench.loss(&copy, &aim).0
            };
            let slope = (moved(step) - moved(-step)) / (2.0 * step);
            let far = (slope - ours[wanted]).abs();
            assert!(
                far < 4e-3 * (1.0 + slope.abs()),
                "{loss:?} {wanted}: {} {slope}",
                ours[wanted]
            );
        }
    }
}

#[test]
fn gradients_are_computed_once_until_the_value_moves_on() {
    let bench = bench();
    let aim = Aim { every: 10, ..aim(ModelLoss::Vagram, 0.0) };
    let mut teacher = Teacher::new(3, &[0], &Compute::flex());
    let mut learn = |done: u64, networks: &ActorCritic| {
        teacher.look(&aim, networks, &networks.actor_target, done);
        let how = (done, 1e-3, &[true][..]);
        let (loss, _) = teacher.loss(&bench.model, &bench.task, &aim, how).unwrap();
        (values(&loss.value)[0], teacher.counted())
    };
    let mut moved = bench.networks.clone();
    moved.critic_target = fill(&moved.critic, 9.0);
    let (first, counted) = learn(0, &bench.networks);
    assert_eq!(counted, (6, 6));
    assert_eq!(learn(9, &moved), (first, (12, 6)), "the critic has moved on, the copy has not");
    let (other, counted) = learn(10, &moved);
    assert_eq!(counted, (18, 12));
    assert_ne!(other, first);
}

#[test]
fn long_gradients_are_shortened_and_counted() {
    let bench = bench();
    let aim = Aim { quantile: 0.5, ..aim(ModelLoss::Vagram, 0.0) };
    let how = (0, 1e-3, &[true][..]);
    let mut teacher = bench.teacher(&aim);
    let (loss, _) = teacher.loss(&bench.model, &bench.task, &aim, how).unwrap();
    assert_eq!(teacher.clipped(), 0.5, "three of six are longer than the third");
    let whole = bench.loss(&bench.model, &self::aim(ModelLoss::Vagram, 0.0)).0;
    assert!(values(&loss.value)[0] < whole);
}

#[test]
fn a_gradient_that_is_no_number_names_its_step() {
    let mut bench = bench();
    bench.networks.critic_target.map(&mut |t| t * f32::INFINITY);
    let aim = aim(ModelLoss::Vagram, 0.0);
    let how = (0, 1e-3, &[true][..]);
    let failed = bench.teacher(&aim).loss(&bench.model, &bench.task, &aim, how).unwrap_err();
    assert!(failed.tensor.starts_with("value gradient at real step "), "{failed}");
}
