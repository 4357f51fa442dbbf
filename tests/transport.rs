//! The transport: play, pause, step, back, seek, speed, clocks. Whatever a person presses, the
//! arena shows the same run.

mod common;

use std::time::Duration;

use common::{arena, digests, dyna, maze, straight, three};
use imaginarium::experiment::arena::Grain;
use imaginarium::experiment::command::without_overtaken;
use imaginarium::experiment::engine::{Command, Engine};
use imaginarium::experiment::{ArenaConfig, Clock, Position};

const GRAINS: [Grain; 3] = [Grain::Unit, Grain::Step, Grain::Episode];

fn engine(config: ArenaConfig) -> Engine {
    let mut engine = Engine::new(config, 1).unwrap();
    engine.handle(Command::Play(false));
    engine
}

/// Plays in slices until it stops by itself.
fn play_out(engine: &mut Engine) {
    engine.handle(Command::Speed(None));
    engine.handle(Command::Play(true));
    for _ in 0..10_000 {
        engine.advance(Duration::from_millis(16), Duration::from_millis(8));
        if !engine.is_playing() {
            return;
        }
    }
    panic!("still playing at {:?}", engine.experiment().position());
}

#[test]
fn every_step_back_is_a_step_on_the_screen() {
    // Forward by steps, noting the watched lanes; back must show the same pictures in reverse.
    for clock in Clock::ALL {
        for grain in [Grain::Unit, Grain::Step] {
            let mut engine = engine(three(clock, 3));
            engine.handle(Command::Grain(grain));
            engine.handle(Command::Select(1));
            let picture = |engine: &Engine| {
                let e = engine.experiment();
                let counters = e.runs().iter().map(|r| r.counters(0));
                counters.collect::<Vec<_>>()
            };
            let mut seen = vec![picture(&engine)];
            for _ in 0..25 {
                engine.handle(Command::Step);
                assert_ne!(&picture(&engine), seen.last().unwrap(), "{clock:?} {grain:?}");
                seen.push(picture(&engine));
            }
            for index in (0..25).rev() {
                engine.handle(Command::Back);
                assert_eq!(picture(&engine), seen[index], "{clock:?} {grain:?} {index}");
            }
            engine.handle(Command::Back);
            assert_eq!(engine.experiment().position(), Position::at(clock, 0));
        }
    }
}

#[test]
fn playing_stops_at_the_end_and_goes_on_as_far_again() {
    for clock in Clock::ALL {
        let mut config = three(clock, 2);
        config.length = if clock == Clock::Episodes { 4 } else { 700 };
        let length = config.length;
        let mut engine = engine(config.clone());
        for round in 1..=3 {
            play_out(&mut engine);
            let here = engine.experiment().position();
            assert_eq!(here, Position::at(clock, round * length));
            assert_eq!(engine.snapshot().limit, round * length);
            assert_eq!(digests(engine.experiment()), straight(config.clone(), &[], here));
        }
        // A single step may go beyond the end; going back leads inside again.
        engine.handle(Command::Step);
        assert!(engine.experiment().position() > Position::at(clock, 3 * length));
        engine.handle(Command::Seek(Position::at(clock, 1)));
        assert_eq!(engine.experiment().position(), Position::at(clock, 1));
        play_out(&mut engine);
        assert_eq!(engine.experiment().position(), Position::at(clock, 3 * length));
    }
}

#[test]
fn playing_stops_where_nothing_can_move_any_more() {
    for speed in [None, Some(1e5)] {
        let head = "clock = 'updates'\nlength = 100000000";
        let mut engine = engine(maze(head, &["agent = 'value-iteration'"]));
        play_out(&mut engine);
        assert!(engine.experiment().all_stand());
        let there = digests(engine.experiment());
        // Play again: there is nothing to be done, so it says so and rests.
        engine.handle(Command::Speed(speed));
        engine.handle(Command::Play(true));
        for _ in 0..10 {
            engine.advance(Duration::from_millis(16), Duration::from_millis(8));
        }
        assert!(!engine.is_playing() && engine.due_in().is_none(), "{speed:?}");
        assert_eq!(digests(engine.experiment()), there);
    }
}

#[test]
fn at_full_speed_and_at_any_pace_the_engine_shows_the_same_run() {
    for clock in Clock::ALL {
        let mut config = three(clock, 2);
        config.length = if clock == Clock::Episodes { 3 } else { 500 };
        for grain in GRAINS {
            let mut engine = engine(config.clone());
            engine.handle(Command::Grain(grain));
            engine.handle(Command::Speed(Some(1e6)));
            engine.handle(Command::Play(true));
            let mut slices = 0;
            while engine.is_playing() {
                slices += 1;
                assert!(slices < 100_000, "{clock:?} {grain:?}");
                engine.advance(Duration::from_millis(5), Duration::from_millis(1));
                if slices % 50 == 0 {
                    engine.handle(Command::Play(false));
                    let here = engine.experiment().position();
                    let there = straight(config.clone(), &[], here);
                    assert_eq!(digests(engine.experiment()), there, "{here:?}");
                    engine.handle(Command::Play(true));
                }
            }
            let end = Position::at(clock, config.length);
            assert!(engine.experiment().position() >= end);
        }
    }
}

#[test]
fn commands_get_through_while_an_episode_does_not_end() {
    let world = "id = 'gridworld'\nmap = 'S#G'";
    for (clock, playing) in [(Clock::Episodes, false), (Clock::Updates, true)] {
        let head = format!("clock = '{}'\nlanes = 2", clock.id());
        let mut engine = engine(arena(&head, world, &[&dyna(50)]));
        engine.handle(Command::Grain(Grain::Episode));
        match playing {
            true => engine.handle(Command::Play(true)),
            false => engine.handle(Command::Step),
        }
        engine.advance(Duration::from_millis(16), Duration::from_millis(8));
        assert!(engine.due_in().is_some(), "still on its way");
        engine.handle(Command::Play(false));
        assert_eq!(engine.due_in(), None);
        let before = engine.experiment().position();
        engine.handle(Command::Grain(Grain::Step));
        engine.handle(Command::Step);
        assert!(engine.experiment().position() > before);
        engine.handle(Command::Set { run: 0, param: 0, value: 3.0 });
        assert_eq!(engine.experiment().runs()[0].param(0), 3.0);
    }
}

#[test]
fn a_hand_that_scrubs_is_followed_to_its_last_place_only() {
    let at = |n| Command::Seek(Position::at(Clock::Episodes, n));
    let set = |value| Command::Set { run: 0, param: 0, value };
    let said =
        |commands: Vec<Command>| commands.iter().map(|c| format!("{c:?}")).collect::<Vec<_>>();
    let kept = |commands: Vec<Command>| said(without_overtaken(commands));
    let scrubbed = vec![at(1), Command::Play(false), at(2), at(3), Command::Play(false)];
    assert_eq!(kept(scrubbed), said(vec![Command::Play(false), at(3), Command::Play(false)]));
    // What happens at a place keeps the way there.
    let anew = Command::Restart { seed: 1, lanes: 1 };
    for act in [set(1.0), Command::Step, Command::Play(true), anew] {
        let commands = vec![at(1), at(2), act.clone(), at(3), at(4)];
        assert_eq!(kept(commands), said(vec![at(2), act, at(4)]));
    }
    // A place on another clock cannot be gone to; the one before still can.
    let other = Command::Seek(Position::at(Clock::Updates, 9));
    assert_eq!(kept(vec![at(1), other.clone()]), said(vec![at(1), other]));
}

#[test]
fn switching_clocks_starts_anew_and_keeps_parameters() {
    let mut engine = engine(three(Clock::Episodes, 2));
    engine.handle(Command::Set { run: 1, param: 0, value: 12.0 });
    for clock in [Clock::Updates, Clock::Imagined, Clock::EnvSteps, Clock::Episodes] {
        play_out(&mut engine);
        engine.handle(Command::LockStep(clock));
        let e = engine.experiment();
        assert_eq!(e.position(), Position::at(clock, 0));
        assert_eq!(e.runs()[1].param(0), 12.0);
        assert!(e.runs().iter().all(|r| r.counters(1).env_steps == 0 && !r.stands_still()));
    }
    engine.handle(Command::Reset);
    assert_eq!(engine.experiment().runs()[1].param(0), 5.0);
}

#[test]
fn impossible_commands_are_refused_in_one_sentence() {
    let mut engine = engine(three(Clock::Episodes, 1));
    engine.handle(Command::SetWorld { param: 0, value: 7.0 });
    let said = engine.take_notice().expect("slip is a probability");
    assert!(said.contains("slip = 7 is not allowed"), "{said}");
    engine.handle(Command::SetWorld { param: 99, value: 0.0 });
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        engine.handle(Command::Speed(Some(rate)));
        assert!(engine.take_notice().is_some(), "{rate}");
    }
    for (run, param) in [(9, 0), (0, 99)] {
        let value = 1.0;
        engine.handle(Command::Set { run, param, value });
    }
    engine.handle(Command::Select(99));
    engine.handle(Command::Watch(99));
    engine.handle(Command::Seek(Position::at(Clock::Updates, 5)));
    engine.handle(Command::Seek(Position::at(Clock::Episodes, 1 << 40)));
    assert_eq!(engine.experiment().position(), Position::at(Clock::Episodes, 0));
    engine.handle(Command::Step);
    engine.snapshot();
}
