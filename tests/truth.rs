//! What the pictures say about the world is what the world is.

mod common;

use common::{arena, maze};
use imaginarium::experiment::{Clock, Experiment, Position};

/// The built-in gridworld has a pit nearer than its goal.
#[test]
fn the_shortest_path_leads_home_and_not_into_a_pit() {
    let config = arena("", "id = 'gridworld'", &["agent = 'value-iteration'"]);
    let mut e = Experiment::new(config, 1).unwrap();
    e.advance_to(Position::at(Clock::Episodes, 3), None);
    let table = e.runs()[0].lane_view(0).view.table.unwrap();
    let way = e.truth().greedy_way(&table).map(|way| way.len() - 1);
    assert_eq!((e.truth().shortest, way), (Some(13), Some(13)));
}

/// The new value of an expected update is its target, however likely each outcome was.
#[test]
fn an_expected_update_shows_its_expectation() {
    let mut config = maze("clock = 'updates'", &["agent = 'value-iteration'"]);
    config.set("world.slip=0.3").unwrap();
    let mut e = Experiment::new(config, 1).unwrap();
    e.watch(true);
    e.advance_to(Position::at(Clock::Updates, 700), None);
    let effects: Vec<_> =
        e.runs()[0].recorder().marks().iter().filter_map(|mark| mark.effect).collect();
    assert!(effects.len() > 100);
    // Ways that end in the same cell are one outcome, so there are one to three.
    assert!(effects.iter().all(|e| (1..=3).contains(&e.outcomes) && e.target == e.new));
    assert!(effects.iter().any(|e| e.outcomes == 3));
    let likeliest = |e: &imaginarium::mdp::trace::Effect| e.reward + e.discount * e.next_value;
    assert!(effects.iter().any(|e| (likeliest(e) - e.target).abs() > 1e-3));
}
