//! DDPG and MVE as they run: the same whatever the slices, lane by lane, and worth their while.

#[path = "common/adapter.rs"]
mod adapter;
mod common;

use std::sync::Arc;

use common::{arena, digests, place, remembering};
use imaginarium::agents::Fault;
use imaginarium::agents::actor_critic::{CriticBatch, Shape};
use imaginarium::agents::mve::Mve;
use imaginarium::agents::mve::config::MveConfig;
use imaginarium::agents::steered::{ExpansionView, SteeredView};
use imaginarium::agents::steering::Steering;
use imaginarium::envs::pendulum::{Pendulum, PendulumConfig};
use imaginarium::experiment::cohort::{Advance, Cohort as _, Group};
use imaginarium::experiment::take::Take;
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};
use imaginarium::mdp::oracle::Oracle;
use imaginarium::nn::device::{Compute, Place, Wish, adapters};
use imaginarium::probes::evaluate::returns;
use imaginarium::probes::expansion::Sweep;
use imaginarium::probes::reference::pendulum_starts;

/// Few random steps and small networks, so that tests are quick.
const SMALL: &str = "warmup = 60\nhidden = 16\nbatch = 16";

fn pendulum(clock: &str, runs: &[&str]) -> ArenaConfig {
    arena(&format!("clock = '{clock}'\nlanes = 2\nseed = 4"), "id = 'pendulum'", runs)
}

fn mve(more: &str) -> String {
    format!("agent = 'mve'\nmodel_hidden = 16\nmodel_batch = 16\n{SMALL}\n{more}")
}

fn view(e: &Experiment, run: usize) -> Arc<SteeredView> {
    e.runs()[run].lane_view(0).view.steered.expect("it steers")
}

fn expansion(e: &Experiment) -> ExpansionView {
    view(e, 0).expansion.clone().expect("it expands")
}

#[test]
fn with_horizon_0_it_is_ddpg_to_the_last_bit() {
    let ddpg = format!("agent = 'ddpg'\n{SMALL}");
    let config = pendulum("env-steps", &[&ddpg, &mve("horizon = 0"), &mve("horizon = 2")]);
    let mut e = Experiment::new(config, 1).unwrap();
    assert!(e.advance_to(Position::at(Clock::EnvSteps, 330), None));
    let [a, b, c] = [0, 1, 2].map(|run| view(&e, run));
    assert_eq!(a.actor, b.actor);
    assert_eq!(a.critic, b.critic);
    assert_eq!(a.actor_target, b.actor_target);
    assert_eq!(a.critic_target, b.critic_target);
    assert_ne!(a.critic, c.critic, "expanding changes what is learned");
    let work = |run: usize| e.runs()[run].counters(0);
    assert_eq!((work(1).imagined_steps, work(1).real_updates), (0, 271));
    assert_eq!((work(2).imagined_steps, work(2).imagined_updates), (271 * 2 * 16, 271));
}

#[test]
fn a_position_determines_every_lane_whatever_led_there() {
    for (clock, goal) in [
        (Clock::EnvSteps, place(Clock::EnvSteps, 90, 0, 1)),
        (Clock::Updates, Position::at(Clock::Updates, 57)),
        (Clock::Imagined, Position::at(Clock::Imagined, 3_000)),
    ] {
        let run = mve("updates = 2\nmodel_updates = 3");
        let config = pendulum(clock.id(), &[&run]);
        let mut once = remembering(config.clone(), 1);
        assert!(once.advance_to(goal, None));
        let mut e = remembering(config, 2);
        e.watch(true);
        for count in 1..=40 {
            let part = Position { count: goal.count * count / 40, ..goal };
            assert!(e.advance_to(part, None));
        }
        assert!(e.advance_to(goal, None));
        assert_eq!(digests(&once), digests(&e), "{clock:?}");
        assert!(!e.runs()[0].recorder().marks().is_empty());
        // There and back again.
        let further = Position { count: goal.count * 11 / 10, ..goal };
        assert!(e.advance_to(further, None));
        let ahead = digests(&e);
        e.seek(goal);
        assert_eq!(digests(&once), digests(&e), "{clock:?}");
        assert!(e.advance_to(further, None));
        assert_eq!(ahead, digests(&e), "{clock:?}");
    }
}

#[test]
fn a_dial_turned_at_a_place_is_lived_again() {
    let config = pendulum("env-steps", &[&mve("")]);
    let specs = config.runs[0].info.params();
    let index = |key: &str| specs.iter().position(|s| s.key == key).unwrap();
    let mut e = remembering(config, 1);
    let at = |count| Position::at(Clock::EnvSteps, count);
    for (step, key, value) in
        [(80, "horizon", 5.0), (90, "td_k", 1.0), (95, "dreams", 1.0), (110, "dynamics", 1.0)]
    {
        assert!(e.advance_to(at(step), None));
        e.set_param(0, index(key), value).unwrap();
    }
    assert!(e.advance_to(at(130), None));
    let end = digests(&e);
    e.seek(at(0));
    assert!(e.advance_to(at(130), None));
    assert_eq!(end, digests(&e));
}

#[test]
fn imagined_steps_are_dropped_unless_they_are_stored() {
    let config = pendulum("env-steps", &[&mve("horizon = 3")]);
    let dreams = config.runs[0].info.params().iter().position(|s| s.key == "dreams").unwrap();
    let mut e = Experiment::new(config, 1).unwrap();
    let go_to = |e: &mut Experiment, count| {
        assert!(e.advance_to(Position::at(Clock::EnvSteps, count), None));
        expansion(e)
    };
    let fresh = go_to(&mut e, 100);
    assert_eq!(fresh.kept, 0);
    assert_eq!((fresh.begun.len(), fresh.imagined.len()), (16 * 3, 3 * 16 * 3));
    assert!((30.0..70.0).contains(&fresh.age), "drawn from 100 steps: {}", fresh.age);
    e.set_param(0, dreams, 1.0).unwrap();
    assert_eq!(go_to(&mut e, 110).kept, 10 * 16 * 3);
    e.set_param(0, dreams, 0.0).unwrap();
    assert_eq!(go_to(&mut e, 112).kept, 0);
}

#[test]
fn rewards_are_learned_or_known_whoever_says_where_a_step_leads() {
    let runs = ["known", "learned"].map(|r| mve(&format!("dynamics = 'true'\nrewards = '{r}'")));
    let config = pendulum("env-steps", &[&runs[0], &runs[1]]);
    let mut e = Experiment::new(config, 1).unwrap();
    assert!(e.advance_to(Position::at(Clock::EnvSteps, 100), None));
    let [known, learned] = [0, 1].map(|run| view(&e, run));
    assert_ne!(known.critic, learned.critic, "targets are of other rewards");
    let seen = [0.6, -0.8, 1.5];
    for view in [&known, &learned] {
        let action = view.action(&view.actor, &seen);
        let (truth, said) = (view.truth(&seen, action), view.imagine(&seen, action).unwrap());
        assert_eq!(said.next, truth.next.to_vec());
        assert_eq!(said.reward == truth.reward, std::ptr::eq(view, &known));
    }
}

#[test]
fn it_dreams_while_the_world_stands_still() {
    let mut e = Experiment::new(pendulum("env-steps", &[&mve("")]), 1).unwrap();
    assert!(!e.runs()[0].can_dream(), "it has seen nothing");
    assert!(e.advance_to(Position::at(Clock::EnvSteps, 100), None));
    assert!(e.runs()[0].can_dream());
    let before = (e.runs()[0].counters(0), view(&e, 0));
    e.dream(0, 25);
    let after = (e.runs()[0].counters(0), view(&e, 0));
    assert_eq!(after.0.env_steps, before.0.env_steps);
    assert_eq!(after.0.imagined_updates, before.0.imagined_updates + 25);
    assert_ne!(after.1.critic, before.1.critic);
    assert_eq!(after.1.memory.len(), before.1.memory.len());
}

#[test]
fn with_the_true_dynamics_looking_further_is_ever_better() {
    let run = mve("dynamics = 'true'");
    let mut e = Experiment::new(pendulum("env-steps", &[&run]), 1).unwrap();
    assert!(e.advance_to(Position::at(Clock::EnvSteps, 300), None));
    let sweep = Sweep::of(&view(&e, 0), [6, 5]).unwrap();
    assert_eq!((sweep.errors.len(), sweep.best.len()), (21, 30));
    assert!(sweep.errors.windows(2).all(|pair| pair[1] < pair[0]), "{:?}", sweep.errors);
    assert_eq!(sweep.sweet_spot(), 20);
}

fn group(seeds: &[u64], device: Wish, steps: u64) -> Group<Pendulum, Mve> {
    let world = Pendulum::new(PendulumConfig::default());
    let config = MveConfig {
        warmup: 20,
        hidden: 16,
        model_hidden: 16,
        batch: 16,
        model_batch: 16,
        device,
        ..MveConfig::default()
    };
    let oracle: Arc<dyn Oracle> = Arc::new(world.clone());
    let agent = Mve::new(config, oracle, seeds).unwrap();
    let mut group = Group::new(&world, agent, seeds);
    let goal = Position::at(Clock::EnvSteps, steps);
    assert_eq!(group.advance(goal, u64::MAX), Advance::Reached);
    group
}

fn lane(group: &Group<Pendulum, Mve>, lane: usize) -> Arc<SteeredView> {
    group.lane_view(lane).view.steered.unwrap()
}

#[test]
fn lanes_never_mix() {
    let both = group(&[3, 4], Wish::Flex, 60);
    let other = group(&[3, 9], Wish::Flex, 60);
    let [a, b] = [lane(&both, 0), lane(&other, 0)];
    assert!(a.actor == b.actor && a.critic == b.critic, "another lane changes nothing");
    assert_ne!(lane(&both, 1).critic, lane(&other, 1).critic);
    let alone = group(&[4], Wish::Flex, 60);
    let seen = [0.6, -0.8, 1.5];
    let [a, b] = [lane(&both, 1), lane(&alone, 0)]
        .map(|view| view.critic.forward(&[&seen[..], &[0.3]].concat())[0]);
    assert!((a - b).abs() < 1e-4 * (1.0 + a.abs()), "{a} among others, {b} alone");
}

#[test]
fn on_a_graphics_adapter_it_learns_the_same() {
    if adapters().is_empty() {
        adapter::skip("no graphics adapter to train on");
        return;
    }
    // Five updates of each lane.
    let [there, here] = [Wish::Wgpu, Wish::Flex].map(|device| group(&[3, 4], device, 24));
    for index in 0..2 {
        let [a, b] = [&there, &here].map(|group| {
            let view = lane(group, index);
            let seen = [0.6, -0.8, 1.5];
            [view.value(&seen), view.tail(&seen)]
        });
        let close = |i: usize| (a[i] - b[i]).abs() < 1e-3 * (1.0 + b[i].abs());
        assert!(close(0) && close(1), "lane {index}: {a:?} there, {b:?} here");
    }
}

/// Two lanes of each agent, small enough for an adapter in software.
fn devices(device: &str) -> Experiment {
    let small = format!("warmup = 20\nhidden = 8\nbatch = 8\ndevice = '{device}'");
    let mve = format!("agent = 'mve'\nmodel_hidden = 8\nmodel_batch = 8\nhorizon = 2\n{small}");
    let config = pendulum("env-steps", &[&format!("agent = 'ddpg'\n{small}"), &mve]);
    Experiment::new(config, 1).unwrap()
}

/// What lane 1 of a run thinks of a state, and where it thinks, with how many others.
fn thought(e: &Experiment, run: usize) -> ([f64; 2], Place, usize) {
    let view = e.runs()[run].lane_view(1).view;
    let (computing, steered) = (view.computing.unwrap(), view.steered.unwrap());
    let seen = [0.6, -0.8, 1.5];
    ([steered.value(&seen), steered.tail(&seen)], computing.place, computing.trial.lanes)
}

#[test]
fn the_dial_moves_the_networks_and_keeps_the_run() {
    if adapters().is_empty() {
        adapter::skip("no graphics adapter to train on");
        return;
    }
    let place = |count| Position::at(Clock::EnvSteps, count);
    let [mut flex, mut moved, mut there] = ["flex", "flex", "wgpu"].map(devices);
    moved.advance_to(place(22), None);
    for run in 0..2 {
        let specs = moved.runs()[run].config.info.params();
        let dial = specs.iter().position(|spec| spec.key == "device").unwrap();
        moved.set_param(run, dial, f64::from(Wish::Wgpu as u8)).unwrap();
    }
    for experiment in [&mut flex, &mut moved, &mut there] {
        assert!(experiment.advance_to(place(24), None));
    }
    for run in 0..2 {
        let (want, home, alone) = thought(&flex, run);
        assert_eq!((home, alone), (Place::Host, 1), "on the processor each lane is alone");
        for (e, lanes) in [(&moved, 1), (&there, 2)] {
            let (got, place, together) = thought(e, run);
            assert_eq!((place, together), (Place::Adapter(0), lanes));
            let close = |i: usize| (got[i] - want[i]).abs() < 1e-3 * (1.0 + want[i].abs());
            assert!(close(0) && close(1), "run {run}: {got:?} there, {want:?} here");
        }
    }
}

#[test]
fn a_number_that_is_none_names_its_tensor() {
    let compute = Compute::flex();
    let world = Pendulum::new(PendulumConfig::default());
    let shape = Shape { sees: 3, acts: 1, hidden: 8, layer_norm: false };
    let mut base = Steering::new(shape, Arc::new(world), &[0], (Wish::Flex, 2)).unwrap();
    base.active[0] = true;
    let batch = CriticBatch {
        input: compute.tensor(vec![0.5; 8], [1, 2, 4]),
        targets: vec![f32::NAN, 0.0],
        weights: vec![0.5; 2],
    };
    let seen = compute.tensor(vec![0.5; 6], [1, 2, 3]);
    assert!(base.fault().is_none());
    base.learn_from(&batch, seen, &MveConfig::default().setting());
    base.due = 1;
    assert!(!base.goes_on());
    let Some(Fault::Number { what, value }) = base.fault() else {
        panic!("it says nothing");
    };
    assert!(what.contains("critic") && value.is_nan(), "{what} became {value}");
}

/// Mean return without noise from the fixed set after `steps` real steps.
fn learned(run: &str, steps: u64) -> f64 {
    let head = "clock = 'env-steps'\nlanes = 1\nseed = 100";
    let mut e = Experiment::new(arena(head, "id = 'pendulum'", &[run]), 1).unwrap();
    assert!(e.advance_to(Position::at(Clock::EnvSteps, steps), None));
    let starts: Vec<_> = pendulum_starts().collect();
    let all = returns(&view(&e, 0), &starts, 200);
    all.iter().sum::<f64>() / all.len() as f64
}

#[test]
fn both_learn_to_swing_the_pendulum_up() {
    // Doing nothing earns about -1230, the best possible about -140.
    let ddpg = learned("agent = 'ddpg'", 7_000);
    assert!(ddpg > -400.0, "DDPG: {ddpg}");
    let mve = learned("agent = 'mve'", 5_500);
    assert!(mve > -400.0, "MVE: {mve}");
}

#[test]
fn more_memory_than_allowed_is_refused_before_anything_is_built() {
    let wide = mve("hidden = 1024")
        .replace("hidden = 16\nb", "b")
        .replace("model_hidden = 16", "model_hidden = 1024");
    let of = |lanes: usize, runs: &[&str]| {
        Experiment::new(ArenaConfig { lanes, ..pendulum("env-steps", runs) }, 1)
    };
    let refused = |runs: &[&str], lanes| of(lanes, runs).err().unwrap().to_string();
    let said = refused(&[&wide], 200);
    // 1024 x 1024 and a little more, 20, 20 and 16 bytes each; 100 000 rows of nine numbers.
    assert_eq!(
        said,
        "networks, their moments and full memories of 200 lanes need about 14.8 GiB; at most 8 \
         GiB are allowed: take fewer lanes, narrower networks or smaller memories"
    );
    let said = refused(&["agent = 'ddpg'\ncapacity = 1000000"; 2], 150);
    assert!(said.contains("of 300 lanes need about 10."), "{said}");
    let mut e = of(300, &["agent = 'ddpg'\ndevice = 'flex'\nhidden = 4"]).unwrap();
    let dial = e.runs()[0].config.info.params().iter().position(|s| s.key == "capacity").unwrap();
    let said = e.set_param(0, dial, 1e6).unwrap_err().to_string();
    assert!(said.contains("300 lanes need about 10."), "{said}");
}

#[test]
fn auto_is_settled_once_and_written_down() {
    let config = pendulum("env-steps", &["agent = 'ddpg'\nwarmup = 20\nhidden = 4"]);
    let dial = config.runs[0].info.params().iter().position(|s| s.key == "device").unwrap();
    assert_eq!(config.runs[0].params[dial], f64::from(Wish::Auto as u8));
    let mut e = Experiment::new(config.clone(), 1).unwrap();
    let written = e.config().runs[0].params[dial];
    assert_ne!(written, f64::from(Wish::Auto as u8), "whoever lives it again measures nothing");
    assert_eq!((e.runs()[0].param(dial), e.misplaced()), (written, None));
    e.set_param(0, dial, f64::from(Wish::Auto as u8)).unwrap();
    assert_eq!(e.runs()[0].param(dial), written);
    let filmed = Take::from_start(config.clone()).again(config, 1).unwrap();
    assert_eq!(filmed.runs()[0].param(dial), f64::from(Wish::Flex as u8), "no film measures");
}

/// While it learns it is measured what the model got right: every hundred updates and, twice, where
/// the value moves; the numbers are those of its own model on its own held-out steps.
#[test]
fn what_the_model_got_right_is_measured_over_its_updates() {
    let dials = "warmup = 220\nmodel_rate = 0.00001\nvalue_every = 150\nmodel_loss = 'vagram'";
    let run = format!(
        "agent = 'mve'\nmodel_hidden = 16\nmodel_batch = 16\nhidden = 16\nbatch = 16\n{dials}"
    );
    let mut e = Experiment::new(pendulum("env-steps", &[&run]), 1).unwrap();
    e.advance_to(Position::at(Clock::EnvSteps, 220 + 302), None);
    let (view, expansion) = (view(&e, 0), expansion(&e));
    let fits: Vec<_> = expansion.fits.exact().copied().collect();
    let places: Vec<_> = fits.iter().map(|fit| (fit.updates, fit.moved)).collect();
    assert_eq!(
        places,
        [(100, false), (150, false), (150, true), (200, false), (300, false), (300, true)]
    );
    assert_eq!(fits[1].state_error, fits[2].state_error, "the same predictions");
    assert_ne!(fits[1].value_error, fits[2].value_error, "another value");
    assert!(fits.iter().all(|fit| fit.beyond.is_some_and(|share| (0.0..=1.0).contains(&share))));
    assert!(fits.iter().all(|fit| fit.norms[0] > 0.0 && fit.norms[1] == 0.0));

    // At this step size two more updates hardly move the model.
    let held: Vec<usize> =
        (0..view.memory.len()).filter(|at| at / 10 % 11 == 10).take_while(|at| *at < 520).collect();
    let mut sum = 0.0;
    for index in 0..128 {
        let row = view.memory.row(held[index * held.len() / 128]);
        let told = view.dream(&row[..3], view.scale.world(&row[3..4])).unwrap();
        let square = |(said, next): (&f32, &f32)| f64::from(said - next).powi(2);
        sum += told.next.iter().zip(&row[5..8]).map(square).sum::<f64>();
    }
    let (ours, theirs) = (sum / 128.0 / 3.0, fits[5].state_error);
    assert!((ours - theirs).abs() < 0.02 * ours, "{ours} {theirs}");
}
