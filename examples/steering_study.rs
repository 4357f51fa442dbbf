//! Measures how soon DDPG and MVE learn the pendulum: returns of the actor without noise from 100
//! fixed starts, every 500 real steps, for ten seeds a configuration.
//!
//! `cargo run --release --example steering_study -- SEEDS STEPS "agent = 'mve'; horizon = 3" ...`

use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};
use imaginarium::probes::evaluate::returns;
use imaginarium::probes::reference::pendulum_starts;

/// Real steps between two evaluations.
const EVERY: u64 = 500;

fn main() {
    let mut words = std::env::args().skip(1);
    let seeds: usize = words.next().and_then(|w| w.parse().ok()).unwrap_or(10);
    let steps: u64 = words.next().and_then(|w| w.parse().ok()).unwrap_or(25_000);
    let runs: Vec<String> = words.collect();
    println!("seeds {seeds}, real steps {steps}, returns without noise from 100 starts");
    for run in &runs {
        study(run, seeds, steps);
    }
}

/// One configuration.
fn study(run: &str, seeds: usize, steps: u64) {
    let begun = std::time::Instant::now();
    let keys = run.replace(';', "\n");
    let text = format!(
        "version = 1\nclock = 'env-steps'\nlanes = {seeds}\nseed = 100\n[world]\nid = 'pendulum'\n\
         [[run]]\n{keys}\n"
    );
    let config = ArenaConfig::from_toml("study", &text).unwrap_or_else(|e| panic!("{e}"));
    let mut arena = Experiment::new(config, 2).unwrap_or_else(|e| panic!("{e}"));
    let starts: Vec<_> = pendulum_starts().collect();
    let mut curves: Vec<Vec<f64>> = vec![Vec::new(); seeds];
    for step in (EVERY..=steps).step_by(EVERY as usize) {
        assert!(arena.advance_to(Position::at(Clock::EnvSteps, step), None));
        for (lane, curve) in curves.iter_mut().enumerate() {
            let view = arena.runs()[0].lane_view(lane).view;
            let steered = view.steered.expect("it steers");
            let all = returns(&steered, &starts, 200);
            curve.push(all.iter().sum::<f64>() / all.len() as f64);
        }
    }
    report(run, &curves, begun.elapsed().as_secs_f64());
}

fn report(run: &str, curves: &[Vec<f64>], seconds: f64) {
    println!("\n{run}   ({seconds:.0} s)");
    let median = |mut xs: Vec<f64>| {
        xs.sort_by(f64::total_cmp);
        // Between two seeds nothing is interpolated: one may never have come there.
        [0.1, 0.5, 0.9].map(|p| xs[(p * (xs.len() - 1) as f64).round() as usize])
    };
    for threshold in [-300.0, -250.0, -200.0, -160.0] {
        let first = |curve: &Vec<f64>| {
            let at = curve.iter().position(|&mean| mean >= threshold);
            at.map_or(f64::INFINITY, |at| (at as u64 + 1) as f64 * EVERY as f64)
        };
        let [low, middle, high] = median(curves.iter().map(first).collect());
        println!("  first at {threshold}: median {middle:.0} (10 % {low:.0}, 90 % {high:.0})");
    }
    let last = curves[0].len();
    for at in (1..=last).filter(|at| (at * EVERY as usize).is_multiple_of(2000) || *at == last) {
        let [low, middle, high] = median(curves.iter().map(|curve| curve[at - 1]).collect());
        println!("  {:>6}: {middle:.1} ({low:.1} to {high:.1})", at * EVERY as usize);
    }
}
