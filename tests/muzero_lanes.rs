//! Lanes of the MuZero-style agent are apart: one that diverges stops alone.

mod common;

use common::arena;
use imaginarium::envs::process::{Law, Process};
use imaginarium::experiment::{Clock, Experiment, Position};
use imaginarium::mdp::Outcome;
use imaginarium::mdp::scene::Scene;

/// A game of one move that pays nothing, and very seldom more than any network can learn.
fn lottery() -> Process {
    let pays = |probability, reward| Outcome { probability, reward, next: 1, terminated: true };
    let outcomes = vec![pays(0.99, 0.0), pays(0.01, 1e300)];
    let law = Law {
        actions: 2,
        outcomes: vec![outcomes.clone(), outcomes, Vec::new(), Vec::new()],
        starts: vec![(0, 1.0)],
        bad_ends: Vec::new(),
        scene: Scene::States(2),
    };
    Process::new(law, 0).unwrap()
}

#[test]
fn a_lane_that_diverges_stops_alone() {
    let run =
        "agent = 'muzero'\nheads = 'scalar'\nsimulations = 2\nbatch = 8\nwidth = 8\nlatent = 4";
    let config = arena("lanes = 2\nseed = 3\nclock = 'env-steps'", "id = 'random-walk'", &[run]);
    let mut e = Experiment::in_world(config, &lottery(), 1).unwrap();
    let steps = |e: &Experiment| [0, 1].map(|lane| e.runs()[0].counters(lane).env_steps);
    let mut goal = 0;
    while e.runs()[0].failure().is_none() {
        goal += 5;
        assert!(goal < 2000, "somebody wins the lottery");
        e.advance_to(Position::at(Clock::EnvSteps, goal), None);
    }
    let said = e.runs()[0].failure().unwrap().text.clone();
    assert!(said.contains("in update"), "the update is named: {said}");
    let then = steps(&e);
    let stopped = usize::from(then[1] < goal);
    assert!(then[stopped] < goal && then[1 - stopped] == goal, "{then:?} of {goal}");
    e.advance_to(Position::at(Clock::EnvSteps, goal + 5), None);
    let now = steps(&e);
    assert_eq!(now[stopped], then[stopped], "it stands still");
    assert_eq!(now[1 - stopped], goal + 5, "the other one goes on");
}
