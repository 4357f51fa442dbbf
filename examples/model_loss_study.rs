//! Measures what MVE's model gets right by its loss: errors of state and value, how the value's error
//! jumps when the value moves on, predictions beyond the data, and the returns, seed by seed.
//!
//! `cargo run --release --example model_loss_study -- SEEDS STEPS LOSS,LOSS,... "value_every = 1000" ...`

use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};
use imaginarium::models::model_loss::ModelLoss;
use imaginarium::probes::fit::Fit;

/// Episodes at the end whose returns count.
const LAST: usize = 10;

fn main() {
    let mut words = std::env::args().skip(1);
    let mut number = |default| words.next().and_then(|w| w.parse().ok()).unwrap_or(default);
    let (seeds, steps) = (number(3), number(10_000));
    let losses = words.next().unwrap_or_else(|| "mse,likelihood,vaml,vagram".to_owned());
    let losses: Vec<&str> = losses.split(',').collect();
    let mut settings: Vec<String> = words.collect();
    if settings.is_empty() {
        settings.push("value_every = 250".to_owned());
    }
    println!("pendulum: {seeds} seeds, {steps} real steps");
    for setting in settings {
        println!("\n{setting}");
        let named = |loss: &&ModelLoss| losses.contains(&loss.id());
        let all = ModelLoss::ALL.iter().filter(named);
        all.for_each(|&loss| study(loss, &setting, (seeds, steps)));
    }
}

/// One loss.
fn study(loss: ModelLoss, setting: &str, (seeds, steps): (u64, u64)) {
    let begun = std::time::Instant::now();
    let text = format!(
        "version = 1\nclock = 'env-steps'\nlanes = {seeds}\nseed = 1\n[world]\nid = 'pendulum'\n\
         [[run]]\nagent = 'mve'\nmodel_loss = '{}'\n{}\n",
        loss.id(),
        setting.replace(';', "\n")
    );
    let config = ArenaConfig::from_toml("study", &text).unwrap_or_else(|e| panic!("{e}"));
    let mut arena = Experiment::new(config, 1).unwrap_or_else(|e| panic!("{e}"));
    arena.advance_to(Position::at(Clock::EnvSteps, steps), None);
    let run = &arena.runs()[0];
    for lane in 0..seeds as usize {
        let view = run.lane_view(lane).view.steered.expect("it steers");
        let fits: Vec<Fit> = view.expansion.iter().flat_map(|e| e.fits.exact().copied()).collect();
        let rows = run.record().lanes()[lane].exact();
        let returns: Vec<f64> = rows.map(|row| row.episode_return).collect();
        let last = &returns[returns.len().saturating_sub(LAST)..];
        println!(
            "{:20} {}  return {:.0}  {:.0} s",
            loss.label(),
            told(&fits),
            last.iter().sum::<f64>() / last.len().max(1) as f64,
            begun.elapsed().as_secs_f64()
        );
    }
    run.failure().into_iter().for_each(|failure| println!("failed: {failure:?}"));
}

/// Medians over the second half of the updates.
fn told(fits: &[Fit]) -> String {
    let half = fits.last().map_or(0, |fit| fit.updates / 2);
    let late = || fits.iter().filter(|fit| fit.updates >= half);
    let median = |mut all: Vec<f64>| {
        all.sort_by(f64::total_cmp);
        all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
    };
    let jumps: Vec<f64> = fits
        .windows(2)
        .filter(|two| two[1].moved && two[1].updates >= half && two[0].updates == two[1].updates)
        .map(|two| two[1].value_error / two[0].value_error)
        .collect();
    let most = jumps.iter().copied().fold(f64::NAN, f64::max);
    let beyond = |of: &mut dyn Iterator<Item = &Fit>| {
        let all: Vec<f64> = of.filter_map(|fit| fit.beyond).collect();
        100.0 * all.iter().sum::<f64>() / all.len().max(1) as f64
    };
    format!(
        "state {:.2e}  value {:.2e}  at a move x {:.2}, at most x {:.1}  beyond the data {:.1} %, late {:.1} %",
        median(late().map(|fit| fit.state_error).collect()),
        median(late().map(|fit| fit.value_error).collect()),
        median(jumps.clone()),
        most,
        beyond(&mut fits.iter()),
        beyond(&mut late()),
    )
}
