//! Planning while the world stands still, and model-based learning without model-free updates
//! (checklist H16, H18, H21).

mod common;

use common::maze;
use imaginarium::experiment::arena::{Change, Experiment};
use imaginarium::experiment::clock::{Clock, Position};
use imaginarium::lessons;

fn arena(lesson: &str, lanes: usize) -> Experiment {
    let mut config = lessons::find(lesson).expect("a lesson of the program").arena;
    config.lanes = lanes;
    Experiment::new(config, 1).expect("a lesson can be built")
}

fn episodes(n: u64) -> Position {
    Position::at(Clock::Episodes, n)
}

/// H16: the world is paused, the value changes from model samples only.
#[test]
fn planning_alone_moves_the_imagined_counter_and_nothing_real() {
    let mut arena = arena("dyna-maze", 2);
    arena.advance_to(episodes(1), None);
    let run = 2;
    let before = arena.runs()[run].lane_view(0);
    arena.dream(run, 500);
    let after = arena.runs()[run].lane_view(0);
    assert_eq!(after.counters.imagined_updates, before.counters.imagined_updates + 500);
    assert_eq!(after.counters.real_updates, before.counters.real_updates);
    assert_eq!(after.counters.env_steps, before.counters.env_steps);
    assert_eq!((after.state, &after.trail), (before.state, &before.trail));
    assert_ne!(after.view.table, before.view.table);
    let planned = arena.events().last().map(|e| (e.run, e.change.clone()));
    assert_eq!(planned, Some((run, Change::Dream { units: 500, done: 500 })));
}

/// H18: the way home is found while only the imagined counter moves.
#[test]
fn many_simulations_and_few_real_steps_find_the_way_home() {
    let mut arena = arena("dyna-maze", 1);
    arena.advance_to(episodes(2), None);
    let way = |arena: &Experiment| {
        let table = arena.runs()[0].lane_view(0).view.table.expect("a tabular agent");
        arena.truth().greedy_way(&table).map(|way| way.len() - 1)
    };
    assert_eq!(way(&arena), None, "two episodes without planning know no way yet");
    let real = arena.runs()[0].counters(0).env_steps;
    arena.dream(0, 100_000);
    let found = way(&arena).expect("planning found a way");
    assert!((14..=20).contains(&found), "{found} steps");
    assert_eq!(arena.runs()[0].counters(0).env_steps, real);
}

/// An agent without a model cannot dream, and says so by standing still.
#[test]
fn without_a_model_nothing_is_dreamt() {
    let mut arena = arena("three-ways", 1);
    arena.advance_to(episodes(1), None);
    arena.remember();
    arena.advance_to(episodes(2), None);
    arena.seek(episodes(1));
    let before = arena.runs()[0].digests();
    assert!(!arena.runs()[0].can_dream() && arena.runs()[1].can_dream());
    arena.dream(0, 50);
    assert_eq!(arena.runs()[0].digests(), before);
    assert!(arena.events().is_empty(), "nothing was done");
    assert_eq!(arena.furthest(), episodes(2), "the known future still holds");
    assert_eq!(arena.runs()[0].record().lanes()[0].len(), 2);
    arena.dream(9, 50);
    arena.dream(1, 0);
    assert!(arena.events().is_empty());
}

/// A model that knows nothing yet and a sweep that moves nothing any more have no dreams either.
#[test]
fn dreams_end_where_nothing_is_left_to_be_learned() {
    let mut arena = self::arena("dyna-maze", 2);
    arena.dream(1, 50);
    assert!(arena.events().is_empty(), "an empty model");
    let config = maze("lanes = 2", &["agent = 'value-iteration'"]);
    let mut arena = Experiment::new(config, 1).expect("a sound configuration");
    arena.dream(0, 100_000_000);
    let done = arena.runs()[0].counters(0).imagined_updates;
    let told = arena.events().last().map(|e| e.change.clone());
    let units = 100_000_000;
    assert_eq!(told, Some(Change::Dream { units, done: done as u32 }));
    assert!(done > 0 && done < 1_000_000);
    arena.dream(0, 50);
    assert_eq!(arena.events().len(), 1);
}

/// A dream that ends in infinity says where it was.
#[test]
fn a_dream_that_fails_is_no_real_step() {
    let world = "id = 'gridworld'\nstep_reward = -1000.0\nmax_steps = 300";
    let config = common::arena("", world, &["agent = 'dyna-q'\nplanning_steps = 1\nalpha = 2.5"]);
    let mut arena = Experiment::new(config, 1).expect("a sound configuration");
    let place = Position { step: 7, ..episodes(0) };
    arena.advance_to(place, None);
    arena.dream(0, 1_000_000);
    assert!(!arena.runs()[0].can_dream());
    arena.advance_to(place.steps_on(1), None);
    let failure = arena.runs()[0].failure().expect("it diverges");
    assert_eq!(failure.title, "Not a number while planning after step 7");
    assert_eq!(arena.runs()[0].counters(0).env_steps, 7);
}

/// Going back and forward again repeats what was dreamt, to the last bit.
#[test]
fn dreams_are_part_of_the_past() {
    let mut arena = arena("dyna-maze", 2);
    arena.remember();
    arena.advance_to(episodes(2), None);
    arena.dream(1, 70);
    arena.dream(1, 30);
    arena.dream(2, 10);
    arena.advance_to(episodes(4), None);
    let digests =
        |arena: &Experiment| -> Vec<_> { arena.runs().iter().map(|run| run.digests()).collect() };
    let there = digests(&arena);
    for place in [episodes(0), episodes(1), episodes(2), episodes(3)] {
        arena.seek(place);
        arena.seek(episodes(4));
        assert_eq!(digests(&arena), there, "by way of {place:?}");
    }
}

/// A keyframe taken after a dream holds it already.
#[test]
fn a_keyframe_at_the_place_of_a_dream_does_not_repeat_it() {
    let mut arena = arena("dyna-maze", 2);
    arena.advance_to(episodes(2), None);
    arena.dream(1, 70);
    arena.remember();
    arena.dream(2, 30);
    arena.remember();
    let here: Vec<_> = arena.runs().iter().map(|run| run.digests()).collect();
    arena.advance_to(episodes(3), None);
    arena.seek(episodes(2));
    let again: Vec<_> = arena.runs().iter().map(|run| run.digests()).collect();
    assert_eq!(again, here);
}

/// H21: three ways on one seed; the model-based one never updates from a real step.
#[test]
fn the_model_based_run_learns_from_its_model_alone() {
    let mut arena = arena("three-ways", 20);
    arena.advance_to(episodes(15), None);
    let [free, based, dyna] = [0, 1, 2].map(|run| &arena.runs()[run]);
    assert_eq!(based.counters(0).real_updates, 0);
    assert_eq!(free.counters(0).imagined_updates, 0);
    let c = dyna.counters(0);
    assert_eq!((c.real_updates, c.imagined_updates), (c.env_steps, 5 * c.env_steps));
    let first =
        |run: &imaginarium::experiment::Run| run.record().lanes()[0].get(0).map(|row| row.length);
    assert_eq!(first(free), first(based), "episode 1 is the same walk");
    let mean = |run: &imaginarium::experiment::Run| {
        let lanes = run.record().lanes();
        lanes.iter().filter_map(|l| l.get(9)).map(|row| row.length).sum::<u64>() / 20
    };
    assert!(mean(based) < 22 && mean(dyna) < 22 && mean(free) > 60, "in episode 10");
}
