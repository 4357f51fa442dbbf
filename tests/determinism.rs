//! Same configuration and seed, same result: watched or not, threaded or inline, in one go or in
//! slices, with whatever lanes beside it.

mod common;

use std::time::{Duration, Instant};

use common::{arena, digests, dyna, maze, three};
use imaginarium::agents::random::{Counted, Random};
use imaginarium::envs::grid::{Grid, GridConfig};
use imaginarium::envs::mazes::gridworld;
use imaginarium::experiment::cohort::{Advance, Cohort as _, Group};
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};
use imaginarium::mdp::Tabular as _;
use imaginarium::mdp::trace::Value;

/// Goals on each clock that lie inside steps and episodes.
fn goal(clock: Clock) -> Position {
    let count = match clock {
        Clock::Episodes => 6,
        Clock::EnvSteps => 1_501,
        Clock::Updates | Clock::Imagined => 7_777,
    };
    Position::at(clock, count)
}

fn after(config: ArenaConfig, workers: usize, goal: Position) -> Vec<Vec<u64>> {
    let mut e = Experiment::new(config, workers).unwrap();
    assert!(e.advance_to(goal, None));
    digests(&e)
}

#[test]
fn the_same_seed_gives_the_same_result_and_another_one_does_not() {
    for clock in Clock::ALL {
        let once = after(three(clock, 3), 1, goal(clock));
        assert_eq!(once, after(three(clock, 3), 1, goal(clock)), "{clock:?}");
        let mut other = three(clock, 3);
        other.seed = 8;
        let other = after(other, 1, goal(clock));
        assert!(
            once.iter().zip(&other).all(|(a, b)| a[0] != b[0]) || clock == Clock::Imagined,
            "{clock:?}"
        );
        // Seed 8 is lane 1 of the arena with seed 7.
        assert!(once.iter().zip(&other).all(|(a, b)| a[1] == b[0]));
    }
}

#[test]
fn watching_changes_nothing() {
    for clock in Clock::ALL {
        let mut e = Experiment::new(three(clock, 3), 1).unwrap();
        e.watch(true);
        e.watch_lane(1);
        assert!(e.advance_to(goal(clock), None));
        assert!(!e.runs()[2].recorder().marks().is_empty());
        assert_eq!(digests(&e), after(three(clock, 3), 1, goal(clock)), "{clock:?}");
    }
}

#[test]
fn threads_change_nothing() {
    for clock in Clock::ALL {
        let inline = after(three(clock, 5), 1, goal(clock));
        for workers in [2, 3] {
            assert_eq!(after(three(clock, 5), workers, goal(clock)), inline, "{clock:?}");
        }
    }
}

#[test]
fn slices_change_nothing() {
    for clock in Clock::ALL {
        let whole = after(three(clock, 2), 1, goal(clock));
        let mut e = Experiment::new(three(clock, 2), 2).unwrap();
        let mut slices = 0;
        while !e.advance_to(goal(clock), Some(Instant::now() + Duration::from_micros(50))) {
            slices += 1;
            e.watch(slices % 2 == 0);
            e.forget_marks();
        }
        assert_eq!(digests(&e), whole, "{clock:?} in {slices} slices");
        // Goals of odd sizes on the way, units among them.
        let mut e = Experiment::new(three(clock, 2), 1).unwrap();
        let mut units = 0;
        while e.position() < goal(clock) {
            let here = e.position();
            units += 1;
            let next = match units % 7 {
                0 => here.steps_on(units % 50),
                1 if units < 300 => here.unit_on().unit_on(),
                _ if units > 400 => goal(clock),
                _ => here.steps_on(1),
            };
            let next = if next > goal(clock) { goal(clock) } else { next };
            assert!(e.advance_to(next, None));
        }
        assert_eq!(digests(&e), whole, "{clock:?} in odd goals");
    }
}

#[test]
fn a_lane_does_not_know_how_many_others_there_are() {
    let five = after(three(Clock::EnvSteps, 5), 2, goal(Clock::EnvSteps));
    for lane in 0..5 {
        let mut alone = three(Clock::EnvSteps, 1);
        alone.seed = 7 + lane as u64;
        let alone = after(alone, 1, goal(Clock::EnvSteps));
        for (run, (alone, five)) in alone.iter().zip(&five).enumerate() {
            assert_eq!(alone[0], five[lane], "run {run}, lane {lane}");
        }
    }
}

#[test]
fn a_run_does_not_know_the_runs_beside_it() {
    let goal = goal(Clock::Episodes);
    let head = "lanes = 2\nseed = 7";
    let with = |other: &str| after(maze(head, &[&dyna(5), other]), 1, goal)[0].clone();
    let alone = after(maze(head, &[&dyna(5)]), 1, goal)[0].clone();
    assert_eq!(with("agent = 'random'"), alone);
    assert_eq!(with("agent = 'q-learning'\nalpha = 0.9"), alone);
}

/// Values and episode records, which Q-learning and Dyna-Q have in common.
fn table(e: &Experiment, run: usize) -> (Vec<u64>, u64) {
    let view = e.runs()[run].lane_view(0);
    let table = view.view.table.expect("a tabular agent");
    let bits = table.q.iter().map(|q| q.to_bits()).collect();
    (bits, view.counters.env_steps)
}

#[test]
fn dyna_q_without_planning_is_q_learning_update_for_update() {
    let world = "id = 'gridworld'\nslip = 0.2\nmax_steps = 200";
    let config = arena("seed = 3", world, &["agent = 'q-learning'", &dyna(0)]);
    let mut e = Experiment::new(config, 1).unwrap();
    for update in 1..=3_000 {
        assert!(e.advance_to(Position::at(Clock::Episodes, 0).steps_on(update), None));
        assert_eq!(table(&e, 0), table(&e, 1), "update {update}");
        if e.round_position().is_some() {
            break;
        }
    }
    assert!(e.advance_to(Position::at(Clock::Episodes, 40), None));
    assert_eq!(table(&e, 0), table(&e, 1));
    let rows = |run: usize| e.runs()[run].record().lanes()[0].exact().copied();
    assert!(rows(0).eq(rows(1)) && rows(0).count() == 40);
    assert!(table(&e, 0).0.iter().any(|&bits| bits != 0));
}

/// Actions and outcomes of the real steps, as the recorder saw them, step by step.
fn walk(n: u32, seed: u64) -> Vec<Value> {
    let config = maze(&format!("seed = {seed}"), &[&dyna(n)]);
    let mut e = Experiment::new(config, 1).unwrap();
    e.watch(true);
    let mut walk = Vec::new();
    while e.runs()[0].counters(0).episodes == 0 {
        e.forget_marks();
        assert!(e.advance_to(e.position().steps_on(1), None));
        let marks = e.runs()[0].recorder().marks();
        let real = marks.iter().filter(|m| m.line == 1 || m.line == 2);
        walk.extend(real.filter_map(|m| m.value));
    }
    walk
}

#[test]
fn episode_one_is_the_same_walk_for_every_n() {
    let mut lengths = Vec::new();
    for seed in 0..8 {
        let first = walk(0, seed);
        assert_eq!(first.len() % 2, 0);
        lengths.push(first.len() / 2);
        for n in [5, 50] {
            assert!(walk(n, seed) == first, "seed {seed}, n = {n}");
        }
    }
    lengths.sort_unstable();
    lengths.dedup();
    assert!(lengths.len() > 4, "seeds differ: {lengths:?}");
}

#[test]
fn three_lanes_in_one_cohort_equal_three_cohorts() {
    let config = GridConfig { slip: 0.1, ..GridConfig::default() };
    let world = Grid::new(&gridworld(), &config).unwrap();
    let seeds = [4, 5, 6];
    let group =
        |seeds: &[u64]| Group::new(&world, Random::new(Counted(world.actions()), seeds), seeds);
    let mut together = group(&seeds);
    let mut apart = seeds.map(|seed| group(&[seed]));
    for clock in [Clock::Episodes, Clock::EnvSteps] {
        for count in [1, 2, 7, 30, 400] {
            let goal = Position::at(clock, count);
            // Little fuel, so that slices end at odd places.
            while together.advance(goal, 37) == Advance::OutOfFuel {}
            let rows = together.take_finished();
            for (lane, alone) in apart.iter_mut().enumerate() {
                while alone.advance(goal, 11) == Advance::OutOfFuel {}
                assert_eq!(alone.counters(0), together.counters(lane), "{goal:?}");
                let (a, b) = (alone.lane_view(0), together.lane_view(lane));
                assert_eq!((a.state, a.trail), (b.state, b.trail), "{goal:?}");
                let mine = rows.iter().filter(|(of, ..)| *of == lane);
                let mine: Vec<_> = mine.map(|(_, index, row)| (*index, *row)).collect();
                let theirs = alone.take_finished().into_iter();
                assert_eq!(theirs.map(|(_, i, row)| (i, row)).collect::<Vec<_>>(), mine);
            }
        }
    }
}
