//! The difference of two futures: paired by seed, exactly zero before the split.

mod common;

use common::three;
use imaginarium::experiment::engine::{Command, Engine};
use imaginarium::experiment::{Clock, Position};
use imaginarium::probes::curves::Curve;

/// Runs to `end`, forked from C at `split`, the fork choosing at random nine times in ten; and what
/// every lane had passed at the split, on each axis.
fn forked(clock: Clock, split: u64, end: u64) -> (Engine, [f64; 4]) {
    let mut config = three(clock, 5);
    config.length = end;
    let mut e = Engine::new(config, 2).unwrap();
    let go_on = |e: &mut Engine, to: u64| {
        e.handle(Command::Play(false));
        while e.experiment().position() < Position::at(clock, to) {
            e.handle(Command::Step);
        }
    };
    go_on(&mut e, split);
    let parent = &e.experiment().runs()[2];
    let least = |axis| (0..5).map(|lane| parent.counters(lane).on(axis)).min().unwrap() as f64;
    let passed = Clock::ALL.map(least);
    e.handle(Command::Fork { run: 2 });
    e.handle(Command::Set { run: 3, param: 3, value: 0.9 });
    go_on(&mut e, end);
    (e, passed)
}

#[test]
fn before_the_split_the_difference_is_exactly_nothing() {
    // Enough steps for some goals before and after.
    for (clock, split, end) in [
        (Clock::EnvSteps, 3_000, 4_500),
        (Clock::Episodes, 6, 12),
        (Clock::Updates, 60_000, 90_000),
    ] {
        let (mut e, passed) = forked(clock, split, end);
        for (axis, least) in Clock::ALL.into_iter().zip(passed) {
            e.handle(Command::Axis(axis));
            let s = e.snapshot();
            let future = &s.curves.futures[0];
            assert_eq!((future.run, future.of), (3, 2));
            // Every lane is at its own reading there; what all of them had passed is the past.
            let before = |curve: &Curve| {
                let all = curve.mean.iter().chain(&curve.low).chain(&curve.high);
                all.filter(|[x, _]| *x <= least).map(|[_, y]| *y).collect::<Vec<f64>>()
            };
            let (steps, reward) = (before(&future.steps), before(&future.reward));
            assert!(steps.iter().chain(&reward).all(|y| *y == 0.0), "{clock:?} {axis:?}");
            // Lengths begin once every lane has come home, which may lie behind the split.
            assert!(!reward.is_empty(), "{clock:?} {axis:?}");
            let last = |curve: &Curve| curve.mean.last().unwrap()[1];
            let gain = match axis {
                Clock::Episodes => -last(&future.steps),
                _ => last(&future.reward),
            };
            println!("{clock:?} {axis:?}: {gain}");
            assert!(gain < 0.0, "at random it falls behind: {clock:?} {axis:?}");
        }
    }
}

#[test]
fn a_fork_left_alone_never_differs_on_any_axis() {
    let mut e = Engine::new(three(Clock::EnvSteps, 4), 1).unwrap();
    e.handle(Command::Play(false));
    e.handle(Command::Fork { run: 1 });
    while e.experiment().position() < Position::at(Clock::EnvSteps, 3_000) {
        e.handle(Command::Step);
    }
    for axis in Clock::ALL {
        e.handle(Command::Axis(axis));
        let s = e.snapshot();
        let future = &s.curves.futures[0];
        for curve in [&future.steps, &future.reward] {
            let all = || curve.mean.iter().chain(&curve.low).chain(&curve.high);
            assert!(all().all(|[_, y]| *y == 0.0), "{axis:?}");
        }
        assert!(!future.reward.mean.is_empty(), "{axis:?}");
    }
}
