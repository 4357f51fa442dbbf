//! Where computation is spent best: expected against sample updates, and trajectories against
//! sweeps. `cargo test --release --test updates -- --nocapture` prints the tables of
//! `benches/results/tabular.md`.

use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::base::stats::mean;
use imaginarium::envs::garnet::{GarnetConfig, Odds, garnet};
use imaginarium::probes::trajectories::{Order, start_values};
use imaginarium::rl::updates::{sample_update_error, sample_update_errors};

#[test]
fn sample_updates_win_where_there_are_many_next_states() {
    println!("b, then error after 1/10, 1/2, 1 and 2 times the price of an expected update");
    for b in [2, 10, 100, 1000] {
        let tasks = 200_000 / b;
        let mut dice = Stream::new(8, StreamName::Probe);
        let errors = sample_update_errors(b, 2 * b, tasks, &mut dice);
        let at = [b / 10, b / 2, b, 2 * b].map(|t| t.max(1));
        let found = at.map(|t| format!("{:.3} ({:.3})", errors[t], sample_update_error(b, t)));
        println!("{b:>5} {}", found.join(" "));
        for t in at {
            let ratio = (errors[t] / sample_update_error(b, t)).powi(2);
            assert!(
                (ratio - 1.0).abs() < 6.0 * (2.0 / tasks as f64).sqrt() + 0.05,
                "{b} {t} {ratio}"
            );
        }
    }
}

/// Expected updates after which the greedy policy is judged.
const LOOKS: [usize; 7] = [250, 500, 1_000, 2_000, 5_000, 10_000, 20_000];

/// `[tasks][LOOKS]`: value of the start state under the greedy policy.
fn race(states: u32, branching: u32, tasks: u32, order: Order) -> Vec<Vec<f64>> {
    let task = |world_seed| {
        let odds = Odds::Equal;
        let config =
            GarnetConfig { states, branching, odds, world_seed, ..GarnetConfig::default() };
        let world = garnet(&config).unwrap();
        let mut dice = Stream::new(u64::from(world_seed), StreamName::Plan);
        start_values(&world, order, &LOOKS, &mut dice)
    };
    (0..tasks).map(task).collect()
}

/// How much better on-policy updates are after `updates`: mean over tasks, and its standard error.
fn lead(on_policy: &[Vec<f64>], uniform: &[Vec<f64>], updates: usize) -> (f64, f64) {
    let at = LOOKS.iter().position(|&look| look == updates).unwrap();
    let gaps: Vec<f64> = on_policy.iter().zip(uniform).map(|(a, b)| a[at] - b[at]).collect();
    let (middle, n) = (mean(&gaps).unwrap(), gaps.len() as f64);
    let square = gaps.iter().map(|g| (g - middle).powi(2)).sum::<f64>();
    (middle, (square / (n - 1.0) / n).sqrt())
}

/// The two orders on the same tasks, printed.
fn both(states: u32, branching: u32, tasks: u32) -> [Vec<Vec<f64>>; 2] {
    [(Order::OnPolicy, "on-policy"), (Order::Uniform, "uniform")].map(|(order, name)| {
        let all = race(states, branching, tasks, order);
        let of = |look: usize| {
            let column: Vec<f64> = all.iter().map(|task| task[look]).collect();
            format!("{:.2}", mean(&column).unwrap())
        };
        let row = (0..LOOKS.len()).map(of).collect::<Vec<_>>().join(" ");
        println!("{states:>5} states, b {branching:>2}, {name:<9} {row}");
        all
    })
}

#[test]
fn trajectories_win_early_and_sweeps_catch_up() {
    println!("value of the start after {LOOKS:?} updates");
    for branching in [1, 3, 10] {
        let [on_policy, uniform] = both(1000, branching, 30);
        let [early, late] = [500, 20_000].map(|n| lead(&on_policy, &uniform, n));
        assert!(early.0 > 3.0 * early.1, "b {branching}: on-policy leads early: {early:?}");
        assert!(late.0 < 0.0, "b {branching}: uniform has overtaken it: {late:?}");
    }
}

#[test]
fn the_lead_lasts_longer_in_a_larger_world() {
    let lasts = |states: u32| {
        let [on_policy, uniform] = both(states, 1, 12);
        lead(&on_policy, &uniform, 10_000)
    };
    let [small, large] = [1000, 10_000].map(lasts);
    assert!(small.0 < 0.0 && large.0 > 3.0 * large.1, "{small:?} {large:?}");
}
