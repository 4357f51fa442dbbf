//! Steps a second of the worlds of numbers, and the time the reference of the pendulum takes.
//!
//! `cargo bench --bench worlds`; with `--json` one line for `benches/peers/pendulum_pairs.py`.

use std::hint::black_box;
use std::time::Instant;

use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::envs::cart_pole::{CartPole, CartPoleConfig};
use imaginarium::envs::pendulum::{Pendulum, PendulumConfig};
use imaginarium::mdp::physical::Control;
use imaginarium::mdp::{Action, Simulator};
use imaginarium::probes::reference::{GAMMA, optimum};
use imaginarium::probes::truth::Truth;

/// Different actions, drawn beforehand.
const ACTIONS: usize = 4096;

fn main() {
    let has = |flag: &str| std::env::args().any(|arg| arg == flag);
    // `cargo test --benches` asks for a quick look that everything still runs.
    let steps = if has("--test") { 10_000 } else { 20_000_000 };
    let mut dice = Stream::new(7, StreamName::Probe);
    let torques: Vec<Control> =
        (0..ACTIONS).map(|_| Control::new(&[4.0 * dice.unit() - 2.0])).collect();
    let pushes: Vec<Action> = (0..ACTIONS).map(|_| dice.below(2) as Action).collect();
    let pendulum = speed(Pendulum::new(PendulumConfig::default()), &torques, steps);
    let cart_pole = speed(CartPole::new(CartPoleConfig::default()), &pushes, steps);
    if has("--json") {
        println!("{{\"pendulum\": {pendulum}, \"cart-pole\": {cart_pole}}}");
        return;
    }
    println!("pendulum: {:.1} million steps a second", pendulum / 1e6);
    println!("cart-pole: {:.1} million steps a second", cart_pole / 1e6);
    let truth = Truth::of_motion(&Pendulum::new(PendulumConfig::default()));
    let begun = Instant::now();
    black_box(optimum(&truth, GAMMA).expect("two numbers"));
    println!("value iteration of the pendulum: {:.2} s", begun.elapsed().as_secs_f64());
}

/// Steps a second on one core, resets included.
fn speed<W: Simulator>(mut world: W, actions: &[W::Action], steps: usize) -> f64 {
    let mut dice = Stream::new(1, StreamName::World);
    black_box(world.reset(&mut dice));
    let begun = Instant::now();
    for step in 0..steps {
        let seen = black_box(world.step(actions[step % ACTIONS], &mut dice));
        if seen.terminated || seen.truncated {
            black_box(world.reset(&mut dice));
        }
    }
    steps as f64 / begun.elapsed().as_secs_f64()
}
