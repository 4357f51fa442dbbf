//! The difference of two futures: paired by seed, exactly zero before the split.

mod common;

use common::three;
use imaginarium::experiment::engine::{Command, Engine};
use imaginarium::experiment::{Clock, Position};

/// Runs to `end`, forked from C at `split`, the fork choosing at random nine times in ten.
fn forked(clock: Clock, split: u64, end: u64) -> Engine {
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
    e.handle(Command::Fork { run: 2 });
    e.handle(Command::Set { run: 3, param: 3, value: 0.9 });
    go_on(&mut e, end);
    e
}

#[test]
fn before_the_split_the_difference_is_exactly_nothing() {
    // Enough steps for some goals before and after.
    for (clock, split, end) in [
        (Clock::EnvSteps, 3_000, 4_500),
        (Clock::Episodes, 6, 12),
        (Clock::Updates, 60_000, 90_000),
    ] {
        for axis in Clock::ALL {
            let mut e = forked(clock, split, end);
            e.handle(Command::Axis(axis));
            let s = e.snapshot();
            let future = &s.curves.futures[0];
            assert_eq!((future.run, future.of), (3, 2));
            let fork = s.runs[3].fork.unwrap();
            // Every lane is at its own reading there; what all of them had passed is the past.
            let least = if axis == clock { fork.at.count as f64 } else { continue };
            for curve in [&future.steps, &future.reward] {
                assert!(!curve.mean.is_empty(), "{clock:?} {axis:?}");
                let all = curve.mean.iter().chain(&curve.low).chain(&curve.high);
                let before: Vec<_> = all.filter(|[x, _]| *x <= least).collect();
                assert!(before.iter().all(|[_, y]| *y == 0.0), "{clock:?} {axis:?}");
            }
            let reward = future.reward.mean.last().unwrap()[1];
            let steps = future.steps.mean.last().unwrap()[1];
            let worse = if axis == Clock::Episodes { steps > 0.0 } else { reward < 0.0 };
            assert!(
                worse || clock == Clock::Updates,
                "at random it falls behind: {clock:?} {axis:?}"
            );
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
