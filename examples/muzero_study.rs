//! Measures how soon the MuZero-style agent learns a world: what its searches without noise reach
//! every so many real steps, seed by seed.
//!
//! `cargo run --release --example muzero_study -- WORLD SEEDS STEPS EVERY "gamma = 0.997; ..." ...`,
//! where WORLD is a name or the keys of a file. A score is the mean return of five episodes; of games
//! it is how many of all that may happen are lost, first against anybody, then against minimax.
//! With `UNTIL=x` in the environment a configuration ends once every seed has once reached `x`.

use imaginarium::agents::muzero::view::MuZeroView;
use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::envs::any::{AnyTabular, AnyWorld};
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};
use imaginarium::probes::evaluate::episode;
use imaginarium::probes::games::{Rival, all_games};

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

/// One configuration.
fn study(world: &str, run: &str, [seeds, steps, every]: [u64; 3]) {
    let begun = std::time::Instant::now();
    let until = std::env::var("UNTIL").ok().and_then(|x| x.parse::<f64>().ok());
    let keys = run.replace(';', "\n");
    let text = format!(
        "version = 1\nclock = 'env-steps'\nlanes = {seeds}\nseed = 100\n[world]\n{world}\n\
         [[run]]\nagent = 'muzero'\n{keys}\n"
    );
    let config = ArenaConfig::from_toml("study", &text).unwrap_or_else(|e| panic!("{e}"));
    let world = config.build_world().unwrap_or_else(|e| panic!("{e}"));
    let mut arena = Experiment::new(config, 2).unwrap_or_else(|e| panic!("{e}"));
    println!("\n{run}");
    let mut reached: Vec<Option<u64>> = vec![None; seeds as usize];
    for step in (every..=steps).step_by(every as usize) {
        arena.advance_to(Position::at(Clock::EnvSteps, step), None);
        let mut told = Vec::new();
        for (lane, reached) in reached.iter_mut().enumerate() {
            let view = arena.runs()[0].lane_view(lane).view.muzero.expect("it searches in a model");
            let (score, words) = evaluate(&world, &view);
            if until.is_some_and(|until| score >= until) && reached.is_none() {
                *reached = Some(step);
            }
            let warning = view.clipping.warning(view.support.unwrap_or(u32::MAX));
            told.push(words + &warning.unwrap_or_default());
        }
        println!("{step:>7}  {}  {:.0} s", told.join("  "), begun.elapsed().as_secs_f64());
        if reached.iter().all(Option::is_some) {
            break;
        }
    }
    if let Some(until) = until {
        println!("reached {until} at {reached:?}");
    }
    arena.runs()[0].failure().into_iter().for_each(|failure| println!("failed: {failure:?}"));
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
        AnyWorld::Pendulum(_) | AnyWorld::Crossing(_) => {
            panic!("actions are counted here: set torques")
        }
        AnyWorld::Board(_) => panic!("games are counted, not drawn"),
    };
    if matches!(world, AnyWorld::Board(_)) {
        let lost = |rival| {
            let games = all_games(rival, |board| view.act(&board.seen()));
            games.iter().map(|games| games.lost).sum::<u64>()
        };
        let (any, best) = (lost(Rival::Anybody), lost(Rival::Minimax));
        return (-((any + best) as f64), format!("-{any}/-{best}"));
    }
    let all: Vec<(f64, usize)> = (0..EPISODES).map(|_| one()).collect();
    let mean = |of: fn(&(f64, usize)) -> f64| all.iter().map(of).sum::<f64>() / EPISODES as f64;
    let (score, length) = (mean(|e| e.0), mean(|e| e.1 as f64));
    (score, format!("{score:.2}/{length:.0}"))
}
