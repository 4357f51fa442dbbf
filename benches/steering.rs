//! Whole real steps a second of DDPG and MVE on the pendulum: world, replay, model, critic, actor.
//!
//! `cargo bench --bench steering`, on an idle machine; `benches/peers/mve_speed.py` is the other
//! side. With `--json` it prints one line for the script that pairs both
//! (`benches/peers/mve_pairs.py`).

use std::sync::Arc;
use std::time::Instant;

use imaginarium::agents::Agent;
use imaginarium::agents::ddpg::{Ddpg, DdpgConfig};
use imaginarium::agents::mve::Mve;
use imaginarium::agents::mve::config::MveConfig;
use imaginarium::envs::pendulum::{Pendulum, PendulumConfig};
use imaginarium::experiment::cohort::{Cohort as _, Group};
use imaginarium::experiment::{Clock, Position};
use imaginarium::mdp::oracle::Oracle;
use imaginarium::mdp::physical::{Control, Vector};
use imaginarium::nn::device::Wish;

/// Random steps at first.
const WARM: u64 = 1_000;
/// Real steps of a measurement.
const STEPS: u64 = 500;

fn main() {
    let quick = std::env::args().any(|arg| arg == "--test");
    let json = std::env::args().any(|arg| arg == "--json");
    let rounds = if quick { 1 } else { 9 };
    let world = Pendulum::new(PendulumConfig::default());
    let oracle: Arc<dyn Oracle> = Arc::new(world.clone());
    let mve = |horizon: u32| {
        let config = MveConfig { horizon, device: Wish::Flex, ..MveConfig::default() };
        Mve::new(config, oracle.clone(), &[0]).expect("small networks")
    };
    if json {
        println!("{{\"mve\": {:e}}}", measure(&world, mve(3), rounds));
        return;
    }
    let config = DdpgConfig { device: Wish::Flex, ..DdpgConfig::default() };
    let ddpg = Ddpg::new(config, oracle.clone(), &[0]);
    let told = |name: &str, seconds: f64| {
        println!("{name}: {:.0} real steps a second ({:.0} us each)", 1.0 / seconds, seconds * 1e6);
    };
    told("DDPG", measure(&world, ddpg.expect("small networks"), rounds));
    for horizon in [0, 1, 3, 5, 10] {
        told(&format!("MVE, H = {horizon}"), measure(&world, mve(horizon), rounds));
    }
}

/// Seconds a real step: the best of the rounds.
fn measure<A: Agent<Obs = Vector, Action = Control>>(
    world: &Pendulum,
    agent: A,
    rounds: u64,
) -> f64 {
    let mut group = Group::new(world, agent, &[0]);
    let mut go_to = |steps: u64| {
        let begun = Instant::now();
        group.advance(Position::at(Clock::EnvSteps, steps), u64::MAX);
        begun.elapsed().as_secs_f64() / STEPS as f64
    };
    go_to(WARM + STEPS);
    (2..2 + rounds).map(|round| go_to(WARM + round * STEPS)).fold(f64::INFINITY, f64::min)
}
