//! Real against imagined, through the engine: an exact model never parts from the world, a learned
//! one does; what is kept of earlier models, and what a frozen world does to a learner.

use std::sync::Arc;

use imaginarium::agents::steered::SteeredView;
use imaginarium::experiment::cohort::LaneView;
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};
use imaginarium::mdp::physical::{Body, Deed};
use imaginarium::probes::clouds::clouds;
use imaginarium::probes::dynamics::Place;
use imaginarium::probes::imagined::{Compared, Direction, End, STEPS};
use imaginarium::probes::truth::Truth;
use imaginarium::probes::twins::Twins;

const SMALL: &str =
    "agent = 'mve'\nhidden = 8\nmodel_hidden = 16\nbatch = 8\nmodel_batch = 32\nwarmup = 60";

fn arena(world: &str, run: &str) -> Experiment {
    let text = format!(
        "version = 1\nclock = 'env-steps'\nlanes = 1\nseed = 5\n[world]\nid = '{world}'\n[[run]]\n{run}\n"
    );
    Experiment::new(ArenaConfig::from_toml("test", &text).unwrap(), 1).unwrap()
}

fn at(arena: &mut Experiment, step: u64) -> LaneView {
    assert!(arena.advance_to(Position::at(Clock::EnvSteps, step), None));
    arena.runs()[0].lane_view(0)
}

fn learner(lane: &LaneView) -> Arc<SteeredView> {
    lane.view.steered.clone().unwrap()
}

fn compared(arena: &Experiment, lane: &LaneView, direction: Direction) -> Compared {
    let truth: Arc<Truth> = arena.truth().clone();
    let start = Place::Body(*lane.path.now().unwrap());
    Twins::of(&truth, &lane.view).unwrap().compare(&start, direction, STEPS)
}

#[test]
fn true_dynamics_are_an_exact_model_in_both_directions() {
    let mut arena = arena("pendulum", &format!("{SMALL}\ndynamics = 'true'"));
    let lane = at(&mut arena, 90);
    for direction in [Direction::Act, Direction::Plan] {
        let found = compared(&arena, &lane, direction);
        assert_eq!(found.gaps, [0.0; STEPS + 1], "{direction:?}");
        assert_eq!(found.real, found.dream);
        let [(None, typical)] = &found.typical[..] else { panic!("no earlier exact model") };
        assert_eq!(*typical, [0.0; STEPS + 1]);
    }
}

#[test]
fn a_learned_model_parts_and_its_earlier_states_part_sooner() {
    let mut arena = arena("pendulum", SMALL);
    let lane = at(&mut arena, 1400);
    let found = compared(&arena, &lane, Direction::Act);
    assert_eq!(found.gaps[0], 0.0);
    assert_eq!((found.gaps.len(), found.real.end), (STEPS + 1, End::Open));
    assert!(found.gaps[1] > 0.0 && found.gaps[20] > found.gaps[1]);
    assert_eq!(found.real.deeds, found.dream.deeds);
    let updates: Vec<_> = found.typical.iter().map(|(updates, _)| *updates).collect();
    assert_eq!(updates, [Some(64), Some(256), Some(1024), None]);
    let first = &found.typical[0].1;
    let now = &found.typical[3].1;
    assert!(now[1] < 0.5 * first[1] && now[5] < 0.5 * first[5], "{now:?} {first:?}");
}

#[test]
fn what_was_dreamt_is_what_the_model_says_step_by_step() {
    let mut arena = arena("pendulum", SMALL);
    let lane = at(&mut arena, 150);
    let (view, found) = (learner(&lane), compared(&arena, &lane, Direction::Plan));
    let truth = arena.truth().clone();
    let mut seen = truth.motion().unwrap().see(lane.path.now().unwrap()).to_vec();
    for step in 0..STEPS {
        let action = view.action(view.dreaming_actor(), &seen);
        let dreamt = view.dream(&seen, action).unwrap();
        assert_eq!(dreamt.reward, found.dream.rewards[step]);
        seen = dreamt.next;
        assert!((f64::from(seen[2]) - found.dream.bodies[step + 1][1]).abs() < 1e-12);
    }
}

#[test]
fn copies_of_the_model_are_those_of_their_time() {
    let run = format!("{SMALL}\nupdates = 1");
    let mut later = arena("pendulum", &run);
    let kept = learner(&at(&mut later, 400)).expansion.clone().unwrap().earlier;
    assert_eq!(kept.iter().map(|(updates, _)| *updates).collect::<Vec<_>>(), [64, 256]);
    // It learns once after each step from the 60th on.
    let mut then = arena("pendulum", &run);
    let model = learner(&at(&mut then, 60 + 63)).expansion.clone().unwrap().model;
    assert_eq!(kept[0].1, model);
}

#[test]
fn a_frozen_world_only_evaluates() {
    let mut arena = arena("pendulum", &format!("{SMALL}\nfreeze_after = 100"));
    let before = learner(&at(&mut arena, 100));
    let lane = at(&mut arena, 130);
    let after = learner(&lane);
    assert_eq!((before.memory.len(), after.memory.len()), (100, 100));
    assert_eq!(after.memory.row(99), before.memory.row(99));
    assert!(after.value_targets > before.value_targets, "learning goes on");
    assert_ne!(after.actor, before.actor);
    // Acting bears no noise: the next step is the actor's own.
    let (truth, view) = (arena.truth().clone(), after);
    let motion = truth.motion().unwrap();
    let here: Body = *lane.path.now().unwrap();
    let deed = view.action(&view.actor, &motion.see(&here));
    let next = at(&mut arena, 131);
    let foreseen = motion.follow(&here, Deed::Steered(deed)).unwrap().body;
    let now = next.path.now().unwrap();
    assert!(foreseen.iter().zip(now.iter()).all(|(a, b)| (a - b).abs() < 1e-5));
}

#[test]
fn whoever_freezes_before_the_random_steps_end_learns_from_what_there_is() {
    let mut arena = arena("pendulum", &format!("{SMALL}\nfreeze_after = 30"));
    let view = learner(&at(&mut arena, 80));
    assert_eq!(view.memory.len(), 30);
    assert!(view.value_targets > 0);
}

#[test]
fn the_critic_is_judged_at_both_clouds_by_what_its_actor_is_truly_paid() {
    let mut arena = arena("pendulum", &format!("{SMALL}\nhorizon = 3\ngamma = 0.9"));
    let lane = at(&mut arena, 80);
    let (view, truth) = (learner(&lane), arena.truth().clone());
    let motion = &**truth.motion().unwrap();
    let found = clouds(&view).unwrap();
    assert_eq!((found.real.bodies.len(), found.imagined.bodies.len()), (8, 3 * 8));
    let paid = |body: &Body| {
        let (mut at, mut sum, mut weight) = (*body, 0.0, 1.0);
        for _ in 0..200 {
            let deed = Deed::Steered(view.action(view.dreaming_actor(), &motion.see(&at)));
            let next = motion.follow(&at, deed).unwrap();
            (at, sum, weight) = (next.body, sum + weight * next.reward, weight * 0.9);
        }
        sum
    };
    let square = |body: &Body| (view.tail(&motion.see(body)) - paid(body)).powi(2);
    let mean = found.real.bodies.iter().map(square).sum::<f64>() / 8.0;
    let said = found.real.error.unwrap();
    assert!((said - mean.sqrt()).abs() < 1e-3 * said, "{said} {}", mean.sqrt());
}
