//! Measures how soon the MuZero-style agent learns a world: what its searches without noise reach
//! every so many real steps, seed by seed.
//!
//! `cargo run --release --example muzero_study -- WORLD SEEDS STEPS EVERY "gamma = 0.997; ..." ...`,
//! where WORLD is a name or the keys of a file. A score is the mean return of five episodes; in a maze
//! it is minus their length, and of games minus how many of all that may happen are lost, against
//! anybody and against minimax. With `UNTIL=x` in the environment a seed ends once it has reached `x`;
//! `FIRST=i` begins with seed `i` instead of 0.

use imaginarium::agents::muzero::view::MuZeroView;
use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::envs::any::{AnyTabular, AnyWorld};
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};
use imaginarium::probes::evaluate::episode;
use imaginarium::probes::games::{Games, played};

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
    let world =
        if world.contains('=') { world.replace(';', "\n") } else { format!("id = '{world}'") };
    println!("{world}: {seeds} seeds, {steps} real steps, scores without noise");
    runs.iter().for_each(|run| study(&world, run, [seeds, steps, every]));
}

/// One configuration, seed after seed.
fn study(world: &str, run: &str, [seeds, steps, every]: [u64; 3]) {
    println!("\n{run}");
    let until = std::env::var("UNTIL").ok().and_then(|x| x.parse::<f64>().ok());
    let first = std::env::var("FIRST").ok().and_then(|i| i.parse::<u64>().ok()).unwrap_or(0);
    let reached: Vec<Option<u64>> = (first..first + seeds)
        .map(|seed| alone((world, run), seed, (steps, every), until))
        .collect();
    if let Some(until) = until {
        let count = reached.iter().flatten().count();
        println!("{count} of {seeds} reached {until}, at {reached:?}");
    }
}

/// One seed; the steps after which it reached `until`, where it stops.
fn alone(
    (world, run): (&str, &str),
    seed: u64,
    (steps, every): (u64, u64),
    until: Option<f64>,
) -> Option<u64> {
    let begun = std::time::Instant::now();
    let keys = run.replace(';', "\n");
    let text = format!(
        "version = 1\nclock = 'env-steps'\nlanes = 1\nseed = {}\n[world]\n{world}\n\
         [[run]]\nagent = 'muzero'\n{keys}\n",
        100 + seed
    );
    let config = ArenaConfig::from_toml("study", &text).unwrap_or_else(|e| panic!("{e}"));
    let world = config.build_world().unwrap_or_else(|e| panic!("{e}"));
    let mut arena = Experiment::new(config, 1).unwrap_or_else(|e| panic!("{e}"));
    let (mut told, mut reached, mut warning) = (Vec::new(), None, None);
    for step in (every..=steps).step_by(every as usize) {
        arena.advance_to(Position::at(Clock::EnvSteps, step), None);
        let view = arena.runs()[0].lane_view(0).view.muzero.expect("it searches in a model");
        let (score, words) = evaluate(&world, &view);
        told.push(words);
        warning = view.clipping.warning(view.support.unwrap_or(u32::MAX));
        if until.is_some_and(|until| score >= until) {
            reached = Some(step);
            break;
        }
    }
    println!("seed {seed}: {}  {:.0} s", told.join(" "), begun.elapsed().as_secs_f64());
    warning.into_iter().for_each(|warning| println!("  {warning}"));
    arena.runs()[0].failure().into_iter().for_each(|failure| println!("  failed: {failure:?}"));
    reached
}

/// A score, and how it is told.
fn evaluate(world: &AnyWorld, view: &MuZeroView) -> (f64, String) {
    let mut dice = Stream::new(1, StreamName::Evaluate);
    let mut one = || match world {
        AnyWorld::Tabular(AnyTabular::Grid(w)) => episode(w, |s| view.act_in(*s), MOST, &mut dice),
        AnyWorld::Tabular(AnyTabular::Process(w)) => {
            episode(w, |s| view.act_in(*s), MOST, &mut dice)
        }
        AnyWorld::Torques(w) => episode(w, |seen| view.act(seen), MOST, &mut dice),
        AnyWorld::CartPole(w) => episode(w, |seen| view.act(seen), MOST, &mut dice),
        AnyWorld::Image(w) => episode(w, |frame| view.act_on(frame), MOST, &mut dice),
        AnyWorld::Pendulum(_) | AnyWorld::Crossing(_) => {
            panic!("actions are counted here: set torques")
        }
        AnyWorld::Board(_) => panic!("games are counted, not drawn"),
    };
    if matches!(world, AnyWorld::Board(_)) {
        let lost = |games: [Games; 2]| games.iter().map(|games| games.lost).sum::<u64>();
        let [any, best] = played(view).expect("it plays on this board").map(lost);
        return (-((any + best) as f64), format!("-{any}/-{best}"));
    }
    let all: Vec<(f64, usize)> = (0..EPISODES).map(|_| one()).collect();
    let mean = |of: fn(&(f64, usize)) -> f64| all.iter().map(of).sum::<f64>() / EPISODES as f64;
    let (total, length) = (mean(|e| e.0), mean(|e| e.1 as f64));
    // In a maze the way counts, and only one that leads home.
    let score = match world {
        AnyWorld::Tabular(_) | AnyWorld::Image(_) if total > 0.0 => -length,
        AnyWorld::Tabular(_) | AnyWorld::Image(_) => -(MOST as f64),
        _ => total,
    };
    (score, format!("{total:.2}/{length:.0}"))
}
