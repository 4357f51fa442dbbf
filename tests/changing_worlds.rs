//! Worlds that change while agents learn: when, for whom, and what the pictures say of it.

mod common;

use common::{arena, digests, remembering};
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};
use imaginarium::mdp::scene::{Cell, Scene};

/// A changing maze with Dyna-Q and Dyna-Q+ in it.
fn blocking(clock: &str) -> ArenaConfig {
    let head = format!("clock = '{clock}'\nlanes = 3\nseed = 4");
    let world = "id = 'blocking-maze'\nswitch_step = 400";
    arena(&head, world, &["agent = 'dyna-q'", "agent = 'dyna-q-plus'\nkappa = 0.01"])
}

/// Whether the right end of the wall is closed, and the fewest steps home.
fn picture(e: &Experiment, run: usize) -> (bool, Option<usize>) {
    let Scene::Grid(grid) = e.truth_of(run).scene() else {
        panic!("a grid");
    };
    (grid.cells[3 * 9 + 8] == Cell::Wall, e.truth_of(run).shortest)
}

#[test]
fn on_the_clock_of_real_steps_the_world_changes_for_all_at_once() {
    let mut e = Experiment::new(blocking("env-steps"), 2).unwrap();
    e.advance_to(Position::at(Clock::EnvSteps, 399), None);
    assert!((0..2).all(|run| picture(&e, run) == (false, Some(10))));
    e.advance_to(Position::at(Clock::EnvSteps, 400), None);
    assert!((0..2).all(|run| picture(&e, run) == (true, Some(16))));
    for run in e.runs() {
        assert_eq!((0..3).map(|lane| run.stage(lane)).collect::<Vec<_>>(), [1, 1, 1]);
    }
}

#[test]
fn on_the_clock_of_episodes_each_lane_has_its_own_moment() {
    let mut config = blocking("episodes");
    config.set("world.switch_step=1500").unwrap();
    let mut e = Experiment::new(config, 1).unwrap();
    let mut together = true;
    for episode in 1..60 {
        e.advance_to(Position::at(Clock::Episodes, episode), None);
        for run in 0..2 {
            let steps = e.runs()[run].counters(0).env_steps;
            assert_eq!(picture(&e, run).0, steps >= 1500, "{steps} steps");
        }
        together &= picture(&e, 0) == picture(&e, 1);
    }
    assert!(!together, "this seed has them apart for a while");
}

#[test]
fn the_change_is_undone_by_walking_back_and_done_again() {
    let mut e = remembering(blocking("env-steps"), 1);
    e.advance_to(Position::at(Clock::EnvSteps, 700), None);
    let there = digests(&e);
    e.seek(Position::at(Clock::EnvSteps, 200));
    assert_eq!(picture(&e, 0), (false, Some(10)));
    e.seek(Position::at(Clock::EnvSteps, 700));
    assert_eq!((picture(&e, 1), digests(&e)), ((true, Some(16)), there));
}

#[test]
fn a_file_brings_its_own_second_map_or_is_refused() {
    let read = |world: &str| {
        let text = format!("version = 1\n[world]\n{world}\n[[run]]\nagent = 'sarsa'\n");
        let arena = ArenaConfig::from_toml("x.toml", &text);
        arena.and_then(|a| a.build_world()).map(|_| ()).map_err(|e| e.to_string())
    };
    let maps = "map = 'S.G'\nmap_after = 'SG.'";
    assert_eq!(read(&format!("id = 'gridworld'\nswitch_step = 9\n{maps}")), Ok(()));
    let said = read("id = 'gridworld'\nswitch_step = 9\nmap = 'S.G'").unwrap_err();
    assert!(said.contains("switch_step = 9 needs a second map: give map_after"), "{said}");
    let said = read("id = 'dyna-maze'\nmap_after = 'SG'").unwrap_err();
    assert!(said.contains("key 'map_after' is unknown; allowed: id, map,"), "{said}");
    let said = read("id = 'dyna-maze'\nswitch_step = 5").unwrap_err();
    assert!(said.contains("key 'switch_step' is unknown"), "{said}");
}
