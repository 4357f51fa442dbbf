//! Walking back and forth in time: a position determines the state of every lane, whatever path
//! led there.

mod common;

use std::time::{Duration, Instant};

use common::{Change, Pick, arena, digests, dyna, maze, place, remembering, straight, three};
use imaginarium::experiment::arena::Grain;
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};

const GRAINS: [Grain; 3] = [Grain::Unit, Grain::Step, Grain::Episode];

/// A place well inside a run on each clock.
fn inside(clock: Clock) -> Position {
    match clock {
        Clock::Episodes => place(clock, 3, 9, 4),
        Clock::EnvSteps => place(clock, 1_203, 0, 7),
        Clock::Updates | Clock::Imagined => Position::at(clock, 4_321),
    }
}

#[test]
fn back_and_forward_again_is_the_same() {
    for clock in Clock::ALL {
        for grain in GRAINS {
            let mut e = remembering(three(clock, 2), 1);
            e.advance_to(inside(clock), None);
            e.settle(None);
            let (here, state) = (e.position(), digests(&e));
            let mut places = vec![here];
            for _ in 0..4 {
                if e.position() == Position::at(clock, 0) {
                    break;
                }
                e.back(grain, 2);
                assert!(e.position() < *places.last().unwrap(), "{clock:?} {grain:?}");
                places.push(e.position());
                let there = straight(three(clock, 2), &[], e.position());
                assert_eq!(digests(&e), there, "{clock:?} {grain:?} {:?}", e.position());
            }
            e.advance_to(here, None);
            assert_eq!(digests(&e), state, "{clock:?} {grain:?}");
        }
    }
}

#[test]
fn seeking_anywhere_shows_what_was_there() {
    for clock in Clock::ALL {
        let mut e = remembering(three(clock, 2), 2);
        // Slowly, so that keyframes are kept on the way.
        let mut on = Position::at(clock, 0);
        while on < inside(clock) {
            on = on.steps_on(if clock == Clock::Episodes { 3 } else { 97 });
            e.advance_to(on, None);
            e.remember();
            if e.position().step > 3_000 {
                on = Position::at(clock, on.count + 1);
            }
        }
        let mut pick = Pick(11);
        for _ in 0..12 {
            let furthest = e.furthest();
            let to = match clock {
                Clock::Episodes => {
                    let (count, step) = (pick.below(furthest.count + 1), pick.below(300));
                    place(clock, count, step, pick.below(60))
                }
                Clock::EnvSteps => place(clock, pick.below(furthest.count), 0, pick.below(60)),
                _ => Position::at(clock, pick.below(furthest.count)),
            };
            e.seek(to);
            assert_eq!(e.position(), to);
            assert_eq!(digests(&e), straight(three(clock, 2), &[], to), "{to:?}");
        }
    }
}

#[test]
fn unit_by_unit_through_whole_steps_is_the_same_as_at_once() {
    for clock in [Clock::Episodes, Clock::EnvSteps] {
        let mut e = remembering(three(clock, 1), 1);
        for _ in 0..400 {
            let unit = e.position().unit_on();
            e.advance_to(unit, None);
            e.settle(None);
        }
        assert!(e.position().step + e.position().count > 5, "{:?}", e.position());
        assert_eq!(digests(&e), straight(three(clock, 1), &[], e.position()));
        let steps = |run: usize| e.runs()[run].counters(0).env_steps;
        assert!(steps(0) - steps(2) <= 1 && steps(1) - steps(2) <= 1);
    }
}

/// Changes of n, alpha and epsilon at odd places, two of them at the same one.
fn changes(clock: Clock) -> Vec<Change> {
    let at = |n: u64| match clock {
        Clock::Episodes => place(clock, n / 40, n % 40, n % 3),
        Clock::EnvSteps => place(clock, n * 5, 0, n % 4),
        Clock::Updates | Clock::Imagined => Position::at(clock, n * 17),
    };
    vec![
        (at(3), 0, 0, 7.0),
        (at(3), 1, 0, 0.0),
        (at(11), 1, 1, 0.7),
        (at(44), 2, 3, 0.5),
        (at(45), 1, 0, 20.0),
        (at(90), 0, 0, 0.0),
        (at(91), 0, 4, 1.0),
        (at(117), 0, 0, 3.0),
    ]
}

#[test]
fn replay_with_parameter_events_is_bit_identical() {
    for clock in Clock::ALL {
        let events = changes(clock);
        let end = match clock {
            Clock::Episodes => place(clock, 4, 0, 0),
            Clock::EnvSteps => place(clock, 900, 0, 0),
            _ => Position::at(clock, 4_000),
        };
        let mut e = remembering(three(clock, 2), 1);
        for (index, &(at, run, param, value)) in events.iter().enumerate() {
            // Keyframes right at the events, before and after them, and between.
            e.advance_to(at, None);
            if index % 2 == 0 {
                e.remember();
            }
            e.set_param(run, param, value).unwrap();
            if index % 3 == 0 {
                e.remember();
            }
        }
        e.advance_to(e.position().steps_on(1), None);
        e.remember();
        e.advance_to(end, None);
        let state = digests(&e);
        assert_eq!(e.events().len(), events.len());
        assert_eq!(state, straight(three(clock, 2), &events, end));
        // To every event exactly, just before and just after it, and to the start.
        for &(at, ..) in events.iter().rev() {
            for to in [at, at.unit_on(), at.steps_on(1), Position::at(clock, 0)] {
                e.seek(to);
                assert_eq!(digests(&e), straight(three(clock, 2), &events, to), "{to:?}");
            }
            e.back(Grain::Unit, 0);
            e.advance_to(end, None);
            assert_eq!(digests(&e), state, "{clock:?} after {at:?}");
        }
        // At an event its parameter shows.
        e.seek(events[0].0);
        assert_eq!((e.runs()[0].param(0), e.runs()[1].param(0)), (7.0, 0.0));
    }
}

#[test]
fn a_drag_at_one_place_leaves_its_last_value() {
    let clock = Clock::EnvSteps;
    let here = place(clock, 40, 0, 2);
    let mut e = remembering(three(clock, 1), 1);
    e.advance_to(here, None);
    for value in [1.0, 9.0, 33.0] {
        e.set_param(1, 0, value).unwrap();
        e.remember();
        // Keyframes may be taken at any time; look around between two movements of the slider.
        e.seek(place(clock, 12, 0, 0));
        e.seek(here);
        assert_eq!(e.runs()[1].param(0), value);
    }
    assert_eq!(e.events().len(), 1);
    e.advance_to(Position::at(clock, 80), None);
    let state = digests(&e);
    let last = [(here, 1, 0, 33.0)];
    assert_eq!(state, straight(three(clock, 1), &last, Position::at(clock, 80)));
    // Back to the value it had: nothing has changed at all.
    e.seek(here);
    e.set_param(1, 0, 5.0).unwrap();
    e.advance_to(Position::at(clock, 80), None);
    assert_eq!(digests(&e)[0], state[0]);
    assert_eq!(digests(&e)[2], state[2]);
}

#[test]
fn a_drag_over_the_only_keyframe_leaves_its_last_value() {
    let here = Position::at(Clock::EnvSteps, 40);
    let mut e = Experiment::new(three(Clock::EnvSteps, 1), 1).unwrap();
    e.advance_to(here, None);
    for value in [1.0, 9.0, 33.0] {
        e.set_param(1, 0, value).unwrap();
        e.remember();
    }
    let end = Position::at(Clock::EnvSteps, 80);
    e.advance_to(end, None);
    e.seek(here);
    assert_eq!(e.runs()[1].param(0), 33.0);
    e.advance_to(end, None);
    assert_eq!(digests(&e), straight(three(Clock::EnvSteps, 1), &[(here, 1, 0, 33.0)], end));
}

#[test]
fn a_changed_parameter_drops_only_what_it_must() {
    let clock = Clock::Episodes;
    let mut e = remembering(three(clock, 2), 1);
    e.advance_to(Position::at(clock, 3), None);
    e.set_param(2, 0, 10.0).unwrap();
    e.advance_to(Position::at(clock, 4), None);
    e.set_param(1, 0, 8.0).unwrap();
    e.advance_to(Position::at(clock, 7), None);
    e.remember();
    e.advance_to(Position::at(clock, 8), None);
    let lengths = |e: &Experiment, run: usize| e.runs()[run].record().lanes()[0].len();
    e.seek(Position::at(clock, 2));
    assert_eq!([0, 1, 2].map(|run| lengths(&e, run)), [8, 8, 8], "looking drops nothing");
    e.set_param(1, 1, 0.5).unwrap();
    assert_eq!([0, 1, 2].map(|run| lengths(&e, run)), [8, 2, 8]);
    let runs: Vec<usize> = e.events().iter().map(|event| event.run).collect();
    assert_eq!(runs, [1, 2], "run B's later event belonged to its old future");
    assert_eq!(e.furthest(), e.position());
    e.advance_to(Position::at(clock, 8), None);
    let events = [(Position::at(clock, 2), 1, 1, 0.5), (Position::at(clock, 3), 2, 0, 10.0)];
    let there = straight(three(clock, 2), &events, Position::at(clock, 8));
    assert_eq!(digests(&e), there);
    assert_eq!([0, 1, 2].map(|run| lengths(&e, run)), [8, 8, 8]);
    // Keyframes of the old future are gone.
    e.advance_to(Position::at(clock, 9), None);
    e.seek(Position::at(clock, 8));
    assert_eq!(digests(&e), there);
}

#[test]
fn a_clock_that_a_run_does_not_move_leaves_it_where_it_is() {
    let clock = Clock::Imagined;
    let mut e = remembering(three(clock, 2), 2);
    e.advance_to(Position::at(clock, 1_000), None);
    assert!(e.runs()[0].stands_still() && !e.runs()[1].stands_still() && !e.all_stand());
    assert_eq!(e.runs()[0].counters(0).env_steps, 0);
    assert_eq!(e.runs()[1].counters(0).imagined_steps, 1_000);
    // Planning begins: it catches up with the others; it ends: it stands where it was.
    e.set_param(0, 0, 5.0).unwrap();
    e.advance_to(Position::at(clock, 1_503), None);
    assert_eq!(e.runs()[0].counters(0).imagined_steps, 1_503);
    e.set_param(0, 0, 0.0).unwrap();
    e.advance_to(Position::at(clock, 2_000), None);
    assert!(e.runs()[0].stands_still());
    let (state, steps) = (digests(&e), e.runs()[0].counters(0).env_steps);
    e.seek(Position::at(clock, 1_200));
    assert!(e.runs()[0].counters(0).env_steps < steps);
    e.advance_to(Position::at(clock, 2_000), None);
    assert_eq!(digests(&e), state);
}

#[test]
fn value_iteration_stops_at_the_same_place_however_it_got_there() {
    for clock in [Clock::Updates, Clock::Imagined] {
        let config = || {
            let head = format!("clock = '{}'\nlanes = 2", clock.id());
            maze(&head, &["agent = 'value-iteration'\nsweeps = 2", "agent = 'q-learning'"])
        };
        let far = Position::at(clock, 60_000);
        let whole = straight(config(), &[], far);
        let mut e = remembering(config(), 1);
        while e.position() < far {
            let next = e.position().steps_on(777);
            let next = if next > far { far } else { next };
            while !e.advance_to(next, Some(Instant::now() + Duration::from_micros(20))) {}
        }
        assert!(e.runs()[0].stands_still());
        assert_eq!(digests(&e)[0], whole[0], "{clock:?}");
        e.seek(Position::at(clock, 100));
        assert!(!e.runs()[0].stands_still());
        e.seek(far);
        assert_eq!(digests(&e)[0], whole[0], "{clock:?}");
    }
}

/// Rewards of a thousand and a step size of 2.5 make values explode.
fn diverging(clock: Clock, lanes: usize) -> ArenaConfig {
    let head = format!("clock = '{}'\nlanes = {lanes}", clock.id());
    let world = "id = 'gridworld'\nstep_reward = -1000.0\nmax_steps = 300";
    let wild = format!("{}\nalpha = 2.5", dyna(5));
    arena(&head, world, &[&wild, "agent = 'q-learning'"])
}

#[test]
fn a_run_that_fails_leaves_the_others_alone_and_fails_again_after_seeking() {
    for clock in Clock::ALL {
        let far = Position::at(clock, if clock == Clock::Episodes { 20 } else { 30_000 });
        let mut e = remembering(diverging(clock, 3), 2);
        e.watch(true);
        e.advance_to(far, None);
        e.remember();
        let failure = e.runs()[0].failure().expect("it diverges").clone();
        assert!(failure.title.contains("Not a number"), "{failure:?}");
        assert!(failure.text.contains("(seed "), "{failure:?}");
        assert!(e.runs()[1].failure().is_none());
        let state = digests(&e);
        // The lanes left it where each of them failed, whatever slices led there.
        let mut slow = remembering(diverging(clock, 3), 1);
        while slow.position() < far {
            let next = slow.position().steps_on(151);
            let next = if slow.position().step > 4_000 { far } else { next };
            let next = if next > far { far } else { next };
            slow.advance_to(next, None);
        }
        assert_eq!(digests(&slow), state, "{clock:?}");
        assert_eq!(slow.runs()[0].failure(), Some(&failure));
        e.seek(Position::at(clock, 0).steps_on(5));
        assert!(e.runs()[0].failure().is_none(), "before the fault there is none");
        e.seek(far);
        assert_eq!(e.runs()[0].failure(), Some(&failure));
        assert_eq!(digests(&e), state, "{clock:?}");
        // The same from a keyframe that was taken after the fault.
        e.seek(Position::at(clock, 0));
        e.seek(far);
        e.advance_to(far.steps_on(10), None);
        e.seek(far);
        assert_eq!(e.runs()[0].failure(), Some(&failure));
        assert_eq!(digests(&e), state, "{clock:?}");
        e.back(Grain::Unit, 0);
        e.back(Grain::Step, 0);
        e.back(Grain::Episode, 0);
        assert!(e.position() < far);
    }
}

#[test]
fn a_failure_names_the_step_it_happened_in() {
    // Every step ends an episode; the value alternates its sign and grows a little faster than
    // it can be written down.
    let world = "id = 'gridworld'\nmap = 'S.G'\nstep_reward = -1000.0\nmax_steps = 1";
    for (n, agent) in [(0, "dyna-q"), (3, "dyna-q")] {
        let wild = format!("agent = '{agent}'\nplanning_steps = {n}\nalpha = 2.5");
        let config = arena("clock = 'env-steps'", world, &[&wild]);
        let mut e = Experiment::new(config.clone(), 1).unwrap();
        e.advance_to(Position::at(Clock::EnvSteps, 100_000), None);
        let failure = e.runs()[0].failure().expect("it diverges").clone();
        // The same walk, step by step, until the table holds the first infinity.
        let mut slow = Experiment::new(config, 1).unwrap();
        let mut step = 0;
        let infinite = |e: &Experiment| {
            let table = e.runs()[0].lane_view(0).view.table.unwrap();
            table.q.iter().any(|q| !q.is_finite())
        };
        while !infinite(&slow) {
            step += 1;
            slow.advance_to(Position::at(Clock::EnvSteps, step), None);
        }
        assert_eq!(failure.title, format!("Not a number at step {step}"), "n = {n}");
        assert!(failure.text.contains("∞ (seed ") && !failure.text.contains("inf"), "{failure:?}");
        // The failed step was never finished, and its episode neither.
        assert_eq!(failure.counters.env_steps + 1, step);
        assert_eq!(e.runs()[0].record().lanes()[0].len() + 1, step);
    }
}

#[test]
fn milder_parameters_before_the_fault_prevent_it() {
    let clock = Clock::EnvSteps;
    let mut e = remembering(diverging(clock, 2), 1);
    e.advance_to(Position::at(clock, 20_000), None);
    assert!(e.runs()[0].failure().is_some());
    e.seek(Position::at(clock, 3));
    e.set_param(0, 1, 0.1).unwrap();
    e.advance_to(Position::at(clock, 20_000), None);
    assert_eq!(e.runs()[0].failure(), None);
}

#[test]
fn a_goal_under_way_is_finished_before_anything_else_counts() {
    let clock = Clock::EnvSteps;
    let goal = Position::at(clock, 30_000);
    for act in 0..3 {
        let mut e = remembering(three(clock, 2), 1);
        e.advance_to(Position::at(clock, 10), None);
        assert!(!e.advance_to(goal, Some(Instant::now())), "a slice ends long before");
        let near = Position::at(clock, 20);
        match act {
            0 => assert!(e.advance_to(near, None)),
            1 => e.seek(near),
            _ => e.set_param(0, 3, 0.2).unwrap(),
        }
        let expected = if act == 1 { near } else { goal };
        assert_eq!(e.position(), expected);
        let events = [(goal, 0, 3, 0.2)];
        let events = if act == 2 { &events[..] } else { &[] };
        assert_eq!(digests(&e), straight(three(clock, 2), events, expected), "{act}");
    }
}
