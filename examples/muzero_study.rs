//! Measures how soon the MuZero-style agent learns a world: returns of its searches without noise
//! every so many real steps, seed by seed.
//!
//! `cargo run --release --example muzero_study -- WORLD SEEDS STEPS EVERY "gamma = 0.997; ..." ...`,
//! where WORLD is a name or the keys of a file.

use imaginarium::agents::muzero::view::MuZeroView;
use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::envs::any::{AnyTabular, AnyWorld};
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};
use imaginarium::probes::evaluate::episode;

/// Episodes of an evaluation.
const EPISODES: usize = 5;
/// Most steps of one.
const MOST: usize = 500;

fn main() {
    let mut words = std::env::args().skip(1);
    let world = words.next().unwrap_or_else(|| "cart-pole".to_owned());
    let mut number = |default| words.next().and_then(|w| w.parse().ok()).unwrap_or(default);
    let (seeds, steps, every) = (number(2), number(20_000), number(2_000));
    let runs: Vec<String> = words.collect();
    let world = if world.contains('=') { world } else { format!("id = '{world}'") };
    println!("{world}: {seeds} seeds, {steps} real steps, returns and lengths without noise");
    runs.iter().for_each(|run| study(&world, run, [seeds, steps, every]));
}

/// One configuration.
fn study(world: &str, run: &str, [seeds, steps, every]: [u64; 3]) {
    let begun = std::time::Instant::now();
    let keys = run.replace(';', "\n");
    let text = format!(
        "version = 1\nclock = 'env-steps'\nlanes = {seeds}\nseed = 100\n[world]\n{world}\n\
         [[run]]\nagent = 'muzero'\n{keys}\n"
    );
    let config = ArenaConfig::from_toml("study", &text).unwrap_or_else(|e| panic!("{e}"));
    let world = config.build_world().unwrap_or_else(|e| panic!("{e}"));
    let mut arena = Experiment::new(config, 2).unwrap_or_else(|e| panic!("{e}"));
    println!("\n{run}");
    for step in (every..=steps).step_by(every as usize) {
        arena.advance_to(Position::at(Clock::EnvSteps, step), None);
        let lanes = (0..seeds as usize).map(|lane| {
            let run = &arena.runs()[0];
            let view = run.lane_view(lane).view.muzero.expect("it searches in a latent model");
            let (total, length) = evaluate(&world, &view);
            let warning = view.clipping.warning(view.support.unwrap_or(u32::MAX));
            let episodes = run.counters(lane).episodes;
            format!("{total:.2}/{length:.0} ({episodes} ep.{})", warning.unwrap_or_default())
        });
        let lanes: Vec<String> = lanes.collect();
        println!("{step:>7}  {}  {:.0} s", lanes.join("  "), begun.elapsed().as_secs_f64());
    }
    arena.runs()[0].failure().into_iter().for_each(|failure| println!("failed: {failure:?}"));
}

/// Mean return and length.
fn evaluate(world: &AnyWorld, view: &MuZeroView) -> (f64, f64) {
    let mut dice = Stream::new(1, StreamName::Evaluate);
    let mut one = || match world {
        AnyWorld::Tabular(AnyTabular::Grid(w)) => episode(w, |s| view.act_in(*s), MOST, &mut dice),
        AnyWorld::Tabular(AnyTabular::Process(w)) => {
            episode(w, |s| view.act_in(*s), MOST, &mut dice)
        }
        AnyWorld::Torques(w) => episode(w, |seen| view.act(seen), MOST, &mut dice),
        AnyWorld::CartPole(w) => episode(w, |seen| view.act(seen), MOST, &mut dice),
        AnyWorld::Pendulum(_) | AnyWorld::Crossing(_) => {
            panic!("actions are counted here: set torques")
        }
    };
    let all: Vec<(f64, usize)> = (0..EPISODES).map(|_| one()).collect();
    let mean = |of: fn(&(f64, usize)) -> f64| all.iter().map(of).sum::<f64>() / EPISODES as f64;
    (mean(|e| e.0), mean(|e| e.1 as f64))
}
