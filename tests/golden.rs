//! Our numbers beside those of independent Python programs (`tests/data`).

mod common;

use common::golden::{agree, number, rows};
use common::{maze, three};
use imaginarium::agents::table::{ActionValues, Experience};
use imaginarium::base::series::Series;
use imaginarium::base::stats::mean;
use imaginarium::envs::grid::{Grid, GridConfig, GridSource};
use imaginarium::envs::mazes::dyna_maze;
use imaginarium::experiment::config::letter;
use imaginarium::experiment::record::EpisodeRow;
use imaginarium::experiment::snapshot::curves;
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};
use imaginarium::mdp::trace::Source;
use imaginarium::mdp::{Action, State, Tabular as _};
use imaginarium::probes::values::ValueMap;
use imaginarium::rl::dp::value_iteration;

const SEEDS: usize = 300;

#[test]
fn learning_curves_agree_with_the_python_program() {
    let mut e = Experiment::new(three(Clock::Episodes, SEEDS), 2).unwrap();
    assert!(e.advance_to(Position::at(Clock::Episodes, 50), None));
    let golden = rows("dyna_maze.csv");
    assert_eq!(golden.len(), 150);
    for row in &golden {
        let run = ["0", "5", "50"].iter().position(|n| n == &row[0]).unwrap();
        let episode: u64 = row[1].parse().unwrap();
        let lanes = e.runs()[run].record().lanes();
        let length = |l: &Series<EpisodeRow>| l.get(episode - 1).unwrap().length as f64;
        let ours: Vec<f64> = lanes.iter().map(length).collect();
        let (theirs, std, samples) = (number(&row[2]), number(&row[3]), number(&row[4]));
        assert!(
            agree(&ours, theirs, std, samples),
            "run {}, episode {episode}: {:?} here, {theirs} ± {std} there",
            letter(run),
            mean(&ours)
        );
    }
}

#[test]
fn the_lesson_finds_the_way_near_episodes_28_6_and_3() {
    let lesson = imaginarium::lessons::find("dyna-maze").unwrap();
    let mut e = Experiment::new(lesson.arena, 2).unwrap();
    assert!(e.advance_to(Position::at(Clock::Episodes, 50), None));
    let curves = curves(&e, Clock::Episodes);
    let ranges = [24.0..=32.0, 5.0..=8.0, 3.0..=4.0];
    for (run, range) in ranges.iter().enumerate() {
        let price = curves.price[run].expect("20 steps an episode are reached");
        assert!(range.contains(&price.episodes), "run {run}: {price:?}");
        let floor = curves.steps[run].mean[40..].iter().map(|p| p[1]);
        let floor = mean(&floor.collect::<Vec<_>>()).unwrap();
        assert!((16.8..18.2).contains(&floor), "run {run}: floor {floor}");
    }
    // After 50 episodes nearly every lane knows a way home, and the best ways are the shortest.
    assert_eq!(e.truth().shortest, Some(14));
    for run in e.runs() {
        let ways = (0..30).filter_map(|lane| {
            let table = run.lane_view(lane).view.table?;
            e.truth().greedy_way(&table).map(|way| way.len() - 1)
        });
        let ways: Vec<usize> = ways.collect();
        assert!(ways.iter().all(|&length| length >= 14), "{ways:?}");
        assert!(ways.len() >= 27 && ways.contains(&14), "{ways:?}");
        let lengths: Vec<f64> = ways.iter().map(|&length| length as f64).collect();
        assert!(mean(&lengths).unwrap() < 16.5, "{ways:?}");
    }
}

#[test]
fn twenty_steps_later_news_has_travelled_as_far_as_there() {
    // 20 real steps after the end of episode 1, whenever that was for a lane.
    let mut e = Experiment::new(three(Clock::EnvSteps, SEEDS), 2).unwrap();
    let (mut ends, mut arrows) = (vec![[0_u64; 3]; SEEDS], [vec![], vec![], vec![]]);
    let mut step = 0;
    while arrows.iter().any(|a| a.len() < SEEDS) {
        step += 1;
        assert!(step < 100_000 && e.advance_to(Position::at(Clock::EnvSteps, step), None));
        for (index, run) in e.runs().iter().enumerate() {
            for (lane, end) in ends.iter_mut().enumerate() {
                if end[index] == 0 && run.counters(lane).episodes == 1 {
                    end[index] = step;
                } else if end[index] > 0 && step == end[index] + 20 {
                    let table = run.lane_view(lane).view.table.unwrap();
                    arrows[index].push(ValueMap::of(&table).arrow_count() as f64);
                }
            }
        }
    }
    for (row, ours) in rows("dyna_maze_arrows.csv").iter().zip(&arrows) {
        let (theirs, std, samples) = (number(&row[1]), number(&row[2]), number(&row[3]));
        let said = mean(ours);
        assert!(agree(ours, theirs, std, samples), "n = {}: {said:?}", row[0]);
    }
}

fn stochastic_grid() -> (GridSource, GridConfig) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/stochastic_grid.toml");
    let text = std::fs::read_to_string(path).unwrap();
    let file: toml::Table = text.parse().unwrap();
    let real = |key: &str| file[key].as_float().unwrap();
    let rewards = file["rewards"].as_table().unwrap().iter();
    let wind = file["wind"].as_array().unwrap().iter();
    let source = GridSource {
        map: file["map"].as_str().unwrap().to_owned(),
        rewards: rewards.map(|(k, v)| (k.chars().next().unwrap(), v.as_float().unwrap())).collect(),
        wind: wind.map(|v| v.as_integer().unwrap() as i8).collect(),
        after: None,
    };
    let config = GridConfig {
        slip: real("slip"),
        goal_reward: real("goal_reward"),
        pit_reward: real("pit_reward"),
        step_reward: real("step_reward"),
        ..GridConfig::default()
    };
    (source, config)
}

/// Compares `q` with the golden rows of `world`; every row of the file must be met.
fn compare(world: &str, grid: &Grid, q: &[f64], tolerance: f64) {
    let cols = grid.grid_scene().cols;
    let golden = rows("value_iteration.csv");
    let mine = golden.iter().filter(|row| row[0] == world);
    let mut met = 0;
    for row in mine {
        let [r, c, a] = [1, 2, 3].map(|i| row[i].parse::<usize>().unwrap());
        let ours = q[(r * cols + c) * 4 + a];
        let theirs = number(&row[4]);
        assert!(
            (ours - theirs).abs() <= tolerance,
            "{world} ({r},{c}) {a}: {ours} here, {theirs} there"
        );
        met += 1;
    }
    let left = (0..grid.states() as State).filter(|&s| !grid.outcomes(s, 0).is_empty());
    assert_eq!(met, left.count() * 4, "{world}: every pair is in the file");
}

fn worlds() -> [(&'static str, Grid); 2] {
    let (source, config) = stochastic_grid();
    [
        ("dyna_maze", Grid::new(&dyna_maze(), &GridConfig::default()).unwrap()),
        ("stochastic_grid", Grid::new(&source, &config).unwrap()),
    ]
}

#[test]
fn value_iteration_agrees_with_exact_fractions() {
    for (name, grid) in worlds() {
        let outcomes = |s: usize, a: usize| grid.outcomes(s as State, a as Action);
        let q = value_iteration((grid.states(), 4), outcomes, 0.95, 1e-13, 10_000).unwrap();
        compare(name, &grid, &q, 1e-9);
    }
}

#[test]
fn the_value_iteration_agent_agrees_as_well() {
    for (name, grid) in worlds() {
        let config: ArenaConfig =
            maze("clock = 'updates'", &["agent = 'value-iteration'\ntolerance = 0.0000000000001"]);
        let mut e = Experiment::in_world(config, &grid, 1).unwrap();
        assert!(e.advance_to(Position::at(Clock::Updates, 10_000_000), None));
        assert!(e.all_stand(), "it stops by itself once nothing moves");
        let view = e.runs()[0].lane_view(0);
        compare(name, &grid, &view.view.table.unwrap().q, 1e-9);
    }
}

#[test]
fn a_trace_of_updates_agrees_to_the_last_bit() {
    let mut values = ActionValues::new(54, 4);
    let trace = rows("q_trace_input.csv");
    assert_eq!(trace.len(), 12_000);
    for row in &trace {
        let [s, a, next, end] = [1, 2, 4, 5].map(|i| row[i].parse::<u32>().unwrap());
        let experience = Experience {
            state: s,
            action: a as Action,
            reward: number(&row[3]),
            next,
            discount: if end == 1 { 0.0 } else { 0.95 },
            source: match row[0].as_str() {
                "real" => Source::Real,
                _ => Source::Imagined,
            },
        };
        values.update(experience, 0.1);
    }
    for row in rows("q_trace_q.csv") {
        let [s, a] = [0, 1].map(|i| row[i].parse::<u32>().unwrap());
        let ours = values.row(s)[a as usize];
        let theirs = number(&row[2]);
        assert_eq!(ours.to_bits(), theirs.to_bits(), "Q[{s},{a}]: {ours} here, {theirs} there");
    }
}
