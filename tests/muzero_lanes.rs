//! Lanes of the MuZero-style agent are apart, whether each is a cohort or all are one population: none
//! knows of another. One that diverges stops alone where it is a cohort. An adapter finds what the
//! processor finds.

#[path = "common/adapter.rs"]
mod adapter;
mod common;

use common::arena;
use imaginarium::agents::muzero::MuZero;
use imaginarium::agents::muzero::config::{Imagine, MuZeroConfig, Tree};
use imaginarium::agents::search::Switch;
use imaginarium::base::params::{Dial as _, Params as _};
use imaginarium::envs::cart_pole::{CartPole, CartPoleConfig};
use imaginarium::envs::process::{Law, Process};
use imaginarium::envs::random_walk::{WalkConfig, random_walk};
use imaginarium::experiment::cohort::{Advance, Cohort as _, Group};
use imaginarium::experiment::{Clock, Experiment, Position};
use imaginarium::mdp::scene::{Scene, Scenic as _};
use imaginarium::mdp::{Outcome, Tabular as _};
use imaginarium::models::coding::{Coded, Coding};
use imaginarium::models::features::Places;
use imaginarium::models::sight::Numbers;
use imaginarium::nn::device::{Place, Wish, adapters};

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

// ------------------------------------------------------------ lanes of one population

/// Small networks on `device`, a lane for each of `seeds`, after `steps` real steps of the pole.
fn lived(device: Wish, seeds: &[u64], steps: u64, keys: &MuZeroConfig) -> Pole {
    let world = CartPole::new(CartPoleConfig::default());
    let config = MuZeroConfig { device, ..*keys };
    let agent = MuZero::new(config, Numbers::of(&world), (0, 2), seeds).unwrap();
    let mut group = Group::new(&world, agent, seeds);
    let end = group.advance(Position::at(Clock::EnvSteps, steps), u64::MAX);
    assert!(matches!(end, Advance::Reached), "{end:?}");
    group
}

type Pole = Group<CartPole, MuZero<Numbers>>;

fn small() -> MuZeroConfig {
    MuZeroConfig {
        simulations: 6,
        batch: 8,
        unroll: 3,
        width: 16,
        latent: 8,
        updates: 0.5,
        ..MuZeroConfig::default()
    }
}

/// Values, and what a whole search finds, in a few places.
fn thinks(group: &Pole, lane: usize) -> Vec<f64> {
    let view = group.lane_view(lane).view.muzero.unwrap();
    let places = [[0.0, 0.0, 0.1, 0.0], [1.0, -0.5, 0.0, 0.4], [0.0, 0.0, -0.2, -1.0]];
    let one = |place: &[f32; 4]| {
        let found = view.search(&view.eyes.numbers(place).unwrap()).unwrap();
        [found.raw_value, found.value].into_iter().chain(found.policy)
    };
    places.iter().flat_map(one).collect()
}

#[track_caller]
fn close(a: &[f64], b: &[f64], tolerance: f64) {
    let greatest = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(greatest <= tolerance, "they differ by {greatest}: {a:?} {b:?}");
    assert!(a[0] != 0.0, "something was learned");
}

#[test]
fn lanes_never_mix() {
    let all = [
        MuZeroConfig { imagine: Imagine::Direct, ..small() },
        MuZeroConfig { tree: Tree::Gumbel, reanalyse: 0.5, slow: 4, ..small() },
    ];
    for keys in all {
        let together = lived(Wish::Flex, &[4, 5, 6], 90, &keys);
        let other = lived(Wish::Flex, &[4, 9, 6], 90, &keys);
        for lane in [0, 2] {
            assert_eq!(thinks(&together, lane), thinks(&other, lane), "to the last bit");
        }
        assert_ne!(thinks(&together, 1), thinks(&other, 1));
        for (lane, seed) in [4, 5, 6].into_iter().enumerate() {
            let alone = lived(Wish::Flex, &[seed], 90, &keys);
            assert_eq!(thinks(&alone, 0), thinks(&together, lane), "a lane is a run of its own");
            assert_eq!(alone.counters(0), together.counters(lane));
        }
    }
}

#[test]
fn lanes_that_begin_to_learn_at_different_steps_meet_on_the_clock_of_updates() {
    let keys = MuZeroConfig { updates: 1.5, ..small() };
    let world = CartPole::new(CartPoleConfig::default());
    let seeds = [4, 5, 6];
    let agent = MuZero::new(keys, Numbers::of(&world), (0, 2), &seeds).unwrap();
    let mut group = Group::new(&world, agent, &seeds);
    for goal in [7, 20] {
        let end = group.advance(Position::at(Clock::Updates, goal), 1_000_000);
        assert!(matches!(end, Advance::Reached), "{end:?}");
        let done: Vec<u64> = (0..3).map(|lane| group.counters(lane).real_updates).collect();
        assert!(done.iter().all(|&done| done >= goal), "{done:?}");
    }
    let steps: Vec<u64> = (0..3).map(|lane| group.counters(lane).env_steps).collect();
    assert!(
        steps.iter().any(|&other| other != steps[0]),
        "they began at different steps: {steps:?}"
    );
}

#[test]
fn every_lane_of_a_population_has_its_own_search_to_show() {
    let [alone, together] = [vec![8], vec![7, 8]].map(|seeds| {
        let room = random_walk(&WalkConfig { states: 19, ..WalkConfig::default() }).unwrap();
        let sight = Coding { coded: Coded::OneHot, places: Places::of(&room.scene()) };
        let sizes = (room.states(), room.actions());
        let agent = MuZero::new(small(), sight, sizes, &seeds).unwrap();
        let mut group = Group::new(&room, agent, &seeds);
        let at = Position::at(Clock::EnvSteps, 80);
        group.advance(at.unit_on().unit_on().unit_on(), u64::MAX);
        group
    });
    let (a, b) = (alone.evidence(0).unwrap(), together.evidence(1).unwrap());
    assert!((1..small().simulations).contains(&a.done), "under way: {}", a.done);
    assert_eq!((a.tree, a.answer, a.done), (b.tree, b.answer, b.done));
    assert_eq!(a.past.id(), b.past.id());
    let mut again = b.past.begin().unwrap();
    again.go_to(b.done);
    assert_eq!(again.answer(), together.evidence(1).unwrap().answer);
    assert_ne!(together.evidence(0).unwrap().past.id(), b.past.id());
}

#[test]
fn an_adapter_searches_and_learns_the_same() {
    if adapters().is_empty() {
        adapter::skip("no graphics adapter to train on");
        return;
    }
    for keys in [small(), MuZeroConfig { tree: Tree::Gumbel, guided: Switch::Off, ..small() }] {
        let flex = lived(Wish::Flex, &[4, 5], 60, &keys);
        let wgpu = lived(Wish::Wgpu, &[4, 5], 60, &keys);
        assert!(wgpu.place().is_some_and(|place| place != Place::Host));
        for lane in 0..2 {
            assert!(wgpu.counters(lane).real_updates > 0);
            assert_eq!(wgpu.counters(lane), flex.counters(lane), "the same searches");
            close(&thinks(&flex, lane), &thinks(&wgpu, lane), 1e-3);
        }
    }
}

#[test]
fn networks_move_while_the_run_goes_on() {
    if adapters().is_empty() {
        adapter::skip("no graphics adapter to move to");
        return;
    }
    let index = MuZeroConfig::index("device").unwrap();
    let mut moved = lived(Wish::Flex, &[4, 5], 45, &small());
    moved.set_param(index, Wish::Wgpu.to_number());
    moved.advance(Position::at(Clock::EnvSteps, 50), u64::MAX);
    assert!(moved.place().is_some_and(|place| place != Place::Host));
    let stowed = moved.stowed();
    assert_eq!(stowed.place(), Some(Place::Host), "a keyframe outlives the adapter");
    moved.set_param(index, Wish::Flex.to_number());
    moved.advance(Position::at(Clock::EnvSteps, 60), u64::MAX);
    assert_eq!(moved.place(), Some(Place::Host));
    let stayed = lived(Wish::Flex, &[4, 5], 60, &small());
    (0..2).for_each(|lane| close(&thinks(&stayed, lane), &thinks(&moved, lane), 1e-3));
}
