//! Forks: the same past twice, and two futures once a slider was moved in one of them.

mod common;

use common::{digests, place, remembering, straight, three};
use imaginarium::experiment::config::MAX_RUNS;
use imaginarium::experiment::engine::{Command, Engine};
use imaginarium::experiment::take::Take;
use imaginarium::experiment::{Clock, Experiment, Position};

/// Some ticks on any clock.
fn at(clock: Clock, tenth: u64) -> Position {
    match clock {
        Clock::Episodes => place(clock, tenth, 3, 0),
        Clock::EnvSteps => Position::at(clock, 150 * tenth),
        Clock::Updates | Clock::Imagined => Position::at(clock, 1_500 * tenth),
    }
}

/// Run C with a change before the fork, forked at 3; keyframes before, at and after.
fn forked(clock: Clock) -> Experiment {
    let mut e = remembering(three(clock, 2), 2);
    e.advance_to(at(clock, 1), None);
    e.set_param(2, 1, 0.3).unwrap();
    e.remember();
    e.advance_to(at(clock, 2), None);
    e.remember();
    e.advance_to(at(clock, 3), None);
    assert_eq!(e.fork(2), Ok(3));
    e
}

#[test]
fn a_fork_is_its_parent_for_ever_as_long_as_nothing_is_changed() {
    for clock in Clock::ALL {
        let mut e = forked(clock);
        for goal in [3, 6, 2, 1, 0, 1, 6, 4, 9] {
            e.seek(at(clock, goal));
            e.advance_to(at(clock, goal), None);
            let all = digests(&e);
            assert_eq!(all[3], all[2], "{clock:?} {goal}");
            let there = straight(three(clock, 2), &[(at(clock, 1), 2, 1, 0.3)], e.position());
            assert_eq!(all[..3], there, "{clock:?} {goal}");
        }
        let rows = |run: usize| e.runs()[run].record().lanes()[1].exact().copied();
        assert!(rows(3).eq(rows(2)), "and so is its record");
    }
}

#[test]
fn a_slider_moved_in_the_fork_changes_the_fork_alone() {
    for clock in Clock::ALL {
        let mut e = forked(clock);
        e.advance_to(at(clock, 4), None);
        e.set_param(3, 0, 2.0).unwrap();
        e.advance_to(at(clock, 9), None);
        let both = [(at(clock, 1), 2, 1, 0.3), (at(clock, 4), 2, 0, 2.0)];
        let (as_it_was, changed) = (
            straight(three(clock, 2), &both[..1], at(clock, 9)),
            straight(three(clock, 2), &both, at(clock, 9)),
        );
        let all = digests(&e);
        assert_eq!(all[..3], as_it_was, "{clock:?}");
        assert_eq!(all[3], changed[2], "{clock:?}");
        assert_ne!(all[3], all[2], "{clock:?}");
        // Before the change both are one again.
        e.seek(at(clock, 3));
        assert_eq!(digests(&e)[3], digests(&e)[2]);
        e.seek(at(clock, 9));
        assert_eq!(digests(&e), all);
    }
}

#[test]
fn a_change_before_the_split_moves_the_split() {
    let clock = Clock::EnvSteps;
    for run in [2, 3] {
        let mut e = forked(clock);
        e.advance_to(at(clock, 5), None);
        assert_eq!(e.config().runs[3].fork.unwrap().at, at(clock, 3));
        e.seek(at(clock, 2));
        e.set_param(0, 3, 0.2).unwrap();
        assert_eq!(e.config().runs[3].fork.unwrap().at, at(clock, 3), "A is none of both");
        e.set_param(run, 3, 0.2).unwrap();
        let fork = e.config().runs[3].fork.unwrap();
        assert_eq!((fork.at, fork.of), (at(clock, 2), 2));
        assert_eq!(fork.counters.env_steps, e.runs()[2].counters(0).env_steps);
        assert_eq!(e.runs()[3].config.fork, Some(fork));
    }
}

#[test]
fn a_fork_shares_the_keyframes_of_its_parent() {
    let mut e = remembering(three(Clock::EnvSteps, 3), 1);
    for tick in 1..20 {
        e.advance_to(Position::at(Clock::EnvSteps, 40 * tick), None);
        e.remember();
    }
    let before = e.keyframes().bytes();
    e.fork(2).unwrap();
    assert_eq!(e.keyframes().bytes(), before, "what is shared counts once");
    e.advance_to(Position::at(Clock::EnvSteps, 1_000), None);
    e.remember();
    let grown = e.keyframes().bytes() - before;
    let (all, keyframes) = (before, 20);
    assert!(grown > all / keyframes, "the next keyframe holds four runs: {grown} bytes");
    // Without the fork there is what would have been there without it.
    e.unfork(3).unwrap();
    let mut plain = remembering(three(Clock::EnvSteps, 3), 1);
    for tick in 1..20 {
        plain.advance_to(Position::at(Clock::EnvSteps, 40 * tick), None);
        plain.remember();
    }
    plain.advance_to(Position::at(Clock::EnvSteps, 1_000), None);
    plain.remember();
    assert_eq!(e.keyframes().bytes(), plain.keyframes().bytes());
}

#[test]
fn closing_a_fork_leaves_no_trace() {
    let clock = Clock::EnvSteps;
    let mut e = forked(clock);
    e.set_param(3, 0, 2.0).unwrap();
    e.fork(3).unwrap();
    e.advance_to(at(clock, 5), None);
    e.set_param(4, 4, 1.0).unwrap();
    e.set_param(0, 3, 0.2).unwrap();
    assert_eq!(e.events().len(), 1 + 2 + 2 + 2);
    assert!(e.unfork(1).unwrap_err().to_string().contains("run B is no fork"));
    let state = digests(&e)[4].clone();
    e.unfork(3).unwrap();
    assert_eq!(digests(&e)[3], state, "its own fork moves up");
    let fork = e.config().runs[3].fork.unwrap();
    assert_eq!((fork.of, fork.at), (2, at(clock, 3)), "and counts as a fork of C");
    e.advance_to(at(clock, 7), None);
    let all = digests(&e);
    e.seek(at(clock, 1));
    e.advance_to(at(clock, 7), None);
    assert_eq!(digests(&e), all);
    e.unfork(3).unwrap();
    let events = [(at(clock, 1), 2, 1, 0.3), (at(clock, 5), 0, 3, 0.2)];
    for goal in [7, 2, 0, 4, 8] {
        e.seek(at(clock, goal));
        e.advance_to(at(clock, goal), None);
        assert_eq!(digests(&e), straight(three(clock, 2), &events, at(clock, goal)));
    }
    assert_eq!(e.events().len(), 2);
}

#[test]
fn forking_in_the_past_keeps_the_futures_of_the_others_only() {
    let clock = Clock::EnvSteps;
    let mut e = remembering(three(clock, 2), 1);
    e.advance_to(at(clock, 4), None);
    e.set_param(2, 0, 5.0).unwrap();
    e.advance_to(at(clock, 6), None);
    e.remember();
    e.seek(at(clock, 2));
    e.fork(2).unwrap();
    assert_eq!(e.furthest(), at(clock, 2));
    let episodes = |e: &Experiment, run: usize| e.runs()[run].record().lanes()[0].len();
    assert!(episodes(&e, 2) > episodes(&e, 3), "the fork has no future yet");
    e.advance_to(at(clock, 6), None);
    let changed = straight(three(clock, 2), &[(at(clock, 4), 2, 0, 5.0)], at(clock, 6));
    let unchanged = straight(three(clock, 2), &[], at(clock, 6));
    assert_eq!(digests(&e)[..3], changed, "C's later event stays C's");
    assert_eq!(digests(&e)[3], unchanged[2], "its twin never had it");
}

#[test]
fn six_runs_are_enough_and_a_seventh_is_refused_in_words() {
    let mut e = forked(Clock::EnvSteps);
    e.fork(2).unwrap();
    e.fork(4).unwrap();
    let names: Vec<_> = e.config().runs[3..].iter().map(|run| run.name.clone()).collect();
    assert_eq!(names, ["fork of C", "fork 2 of C", "fork of E"]);
    assert_eq!(e.runs().len(), MAX_RUNS);
    let said = e.fork(0).unwrap_err().to_string();
    assert_eq!(said, "no room for a fork: an arena has at most 6 runs");
    assert!(e.fork(9).is_err());
    assert_eq!(e.runs().len(), MAX_RUNS);
}

#[test]
fn a_film_of_a_fork_shows_both_futures() {
    let mut engine = Engine::new(three(Clock::EnvSteps, 2), 1).unwrap();
    engine.handle(Command::Play(false));
    for _ in 0..300 {
        engine.handle(Command::Step);
    }
    engine.handle(Command::Fork { run: 2 });
    engine.handle(Command::Set { run: 3, param: 0, value: 1.0 });
    for _ in 0..200 {
        engine.handle(Command::Step);
    }
    let snapshot = engine.snapshot();
    assert_eq!(snapshot.runs[3].name, "fork of C, n = 1");
    assert_eq!(snapshot.runs[3].note, "C: n = 50");
    let film = Engine::for_film(&Take::from_here(&snapshot, 0), 1).unwrap();
    assert_eq!(digests(film.experiment()), digests(engine.experiment()));
    assert_ne!(digests(film.experiment())[3], digests(film.experiment())[2]);
    // Starting anew with other seeds keeps the pair, different from the start.
    engine.handle(Command::Restart { seed: 5, lanes: 3 });
    let fork = engine.snapshot().runs[3].fork.unwrap();
    assert_eq!((fork.of, fork.at), (2, Position::at(Clock::EnvSteps, 0)));
    engine.handle(Command::LockStep(Clock::Updates));
    let fork = engine.snapshot().runs[3].fork.unwrap();
    assert_eq!(fork.at, Position::at(Clock::Updates, 0));
    engine.handle(Command::Unfork { run: 1 });
    assert!(engine.take_notice().is_some_and(|said| said.contains("B is no fork")));
    engine.handle(Command::Unfork { run: 3 });
    assert_eq!(engine.snapshot().runs.len(), 3);
    assert_eq!(engine.snapshot().curves.steps.len(), 3);
}
