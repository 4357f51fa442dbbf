//! The wall machine at the fork: where expectation, samples and distributions think they will be.

mod common;

use common::arena;
use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::envs::fork::{FORK, ForkConfig, MOVE, SIDES, fork};
use imaginarium::experiment::{Clock, Experiment, Position};
use imaginarium::mdp::scene::{GridScene, Scene, Scenic as _};
use imaginarium::mdp::{Action, State, Tabular as _};
use imaginarium::models::coding::{Coded, Coding};
use imaginarium::models::features::Places;
use imaginarium::models::network::{ModelCopy, NetworkModel, Steps};
use imaginarium::nn::device::Compute;
use imaginarium::nn::init::dice;
use imaginarium::probes::wall::{
    Ask, DEPTH, Machine, SAMPLES, ask, in_wall, off_the_mean, share_in_walls,
};

/// The learner of the lesson after `steps` real steps at a fork that goes left this often.
fn learner(left: f64, steps: u64, more: &str) -> Experiment {
    let run = format!("agent = 'dyna'\nmodel = 'full'\n{more}");
    let world = format!("id = 'fork'\nleft = {left}");
    let config = arena("clock = 'env-steps'\nseed = 4", &world, &[&run]);
    let mut e = Experiment::new(config, 1).unwrap();
    e.advance_to(Position::at(Clock::EnvSteps, steps), None);
    e
}

fn machine(e: &Experiment) -> (Machine, GridScene) {
    let Scene::Grid(grid) = e.truth().scene().clone() else { panic!("the fork is a grid") };
    let view = e.runs()[0].lane_view(0).view;
    let (known, table) = (view.known.unwrap(), view.table.unwrap());
    let at = (FORK, MOVE);
    (ask(&Ask { known: &known, table: &table, at, gamma: 0.95, seed: 4 }).unwrap(), grid)
}

#[test]
fn expectation_is_in_the_wall_and_samples_never_are() {
    let e = learner(0.5, 20_000, "");
    assert_eq!(e.truth().fork(), Some((FORK, MOVE)), "the cell that is asked about");
    let (m, grid) = machine(&e);
    let mean = m.means[0].unwrap();
    assert!(in_wall(&grid, mean), "{mean:?}");
    let (inside, of) = m.means_in_walls(&grid, DEPTH);
    println!("{inside} of {of} expected states in walls; seen {} times", m.count);
    assert!(inside >= 2 && of > inside);
    let deeper: Vec<usize> = (1..=4).map(|n| m.means_in_walls(&grid, n).0).collect();
    assert!(deeper.windows(2).all(|w| w[0] <= w[1]) && deeper[3] > deeper[0], "{deeper:?}");
    for cloud in m.sample.iter().chain(&m.full) {
        assert_eq!(share_in_walls(&grid, cloud), 0.0);
    }
    assert!(m.table.iter().all(|s| grid.cells[*s as usize] != imaginarium::mdp::scene::Cell::Wall));
}

#[test]
fn the_mean_converges_to_the_middle_of_both_outcomes() {
    let (m, grid) = machine(&learner(0.5, 40_000, "epsilon = 1.0"));
    let [left, right] = SIDES.map(|s| grid.place(s).1 as f64);
    let mean = m.means[0].unwrap();
    let off = (mean[1] - (left + right) / 2.0).abs() / (right - left);
    println!("mean column {:.4}, {:.1} % of the distance off", mean[1], 100.0 * off);
    assert!(off < 0.05);
}

#[test]
fn the_cloud_matches_the_true_frequencies() {
    for left in [0.5, 0.3] {
        let (m, _) = machine(&learner(left, 400_000, "planning_steps = 0\nepsilon = 1.0"));
        let sum: f64 = m.first.iter().map(|o| o.probability).sum();
        assert!((sum - 1.0).abs() < 1e-12);
        for (state, p) in [(SIDES[0], left), (SIDES[1], 1.0 - left)] {
            let share = m.sample[0].iter().find(|(s, _)| *s == state).unwrap().1;
            let error = (p * (1.0 - p) / f64::from(SAMPLES)).sqrt();
            println!("{share} of {SAMPLES} draws, {p} in truth");
            assert!((share - p).abs() < 3.0 * error, "{share} for {p}");
        }
    }
}

#[test]
fn the_linear_identity_holds_and_the_nonlinear_value_breaks_it() {
    let (m, _) = machine(&learner(0.5, 20_000, ""));
    assert_eq!(m.worth.len(), 20);
    let linear = m.greatest_difference(|w| w.linear);
    let nearest = m.greatest_difference(|w| w.nearest);
    println!("greatest difference {linear:e}, with the value of the nearest cell {nearest:.3}");
    assert!(linear < 1e-12 && nearest > 0.1);
    assert!(m.worth[0].expected > 0.3, "the goal is worth something here");
}

#[test]
fn the_identity_holds_with_chance_at_every_step_too() {
    let run = "agent = 'dyna'\nmodel = 'linear'\nplanning_steps = 10";
    let config = arena("clock = 'env-steps'\nseed = 4", "id = 'gridworld'\nslip = 0.3", &[run]);
    let mut e = Experiment::new(config, 1).unwrap();
    e.advance_to(Position::at(Clock::EnvSteps, 20_000), None);
    let view = e.runs()[0].lane_view(0).view;
    let (known, table) = (view.known.unwrap(), view.table.unwrap());
    let mut asked = 0;
    for state in 0..54 {
        let at = (state, 1);
        let Some(m) = ask(&Ask { known: &known, table: &table, at, gamma: 0.95, seed: 1 }) else {
            continue;
        };
        asked += 1;
        let off = m.greatest_difference(|w| w.linear);
        assert!(off < 1e-12, "{state}: {off:e}");
    }
    assert!(asked > 30, "{asked}");
}

#[test]
fn probabilities_stay_probabilities_and_chaining_adds_noise() {
    let (m, _) = machine(&learner(0.5, 3_000, "epsilon = 0.3"));
    for (depth, cloud) in m.full.iter().enumerate() {
        let sum: f64 = cloud.iter().map(|(_, p)| p).sum();
        assert!(sum <= 1.0 + 1e-12, "{depth}");
    }
    let first: f64 = m.full[0].iter().map(|(_, p)| p).sum();
    assert!((first - 1.0).abs() < 1e-12);
    println!("{:?}", m.variance);
    // Nothing is paid before the goal, four moves from the fork at least; who has not arrived by
    // then arrives later or never, and returns differ.
    assert_eq!(m.variance[..3], [0.0; 3]);
    assert!(m.variance[DEPTH - 1] > 1e-3);
}

#[test]
fn looking_changes_nothing() {
    let e = learner(0.5, 2_000, "");
    let before = e.runs()[0].digests();
    machine(&e);
    assert_eq!(e.runs()[0].digests(), before);
}

/// A network that was taught every move of the fork's world as often as any other.
fn taught(coded: Coded, rate: impl Fn(u32) -> f32) -> ModelCopy {
    let world = fork(&ForkConfig::default()).unwrap();
    let coding = Coding { coded, places: Places::of(&world.scene()) };
    let mut model =
        NetworkModel::new(coding, 4, 64, 1e-3, &mut dice(&[1], 0), &Compute::flex()).unwrap();
    let pairs: Vec<(State, Action)> = (0..world.states() as State)
        .flat_map(|s| (0..4).map(move |a: Action| (s, a)))
        .filter(|&(s, a)| !world.outcomes(s, a).is_empty())
        .collect();
    let mut draws = Stream::new(1, StreamName::Replay);
    for update in 0..20_000 {
        let mut steps = Steps { lanes: 1, ..Steps::default() };
        for _ in 0..64 {
            let (s, a) = pairs[draws.below(pairs.len() as u32) as usize];
            let (outcomes, mut at) = (world.outcomes(s, a), draws.unit());
            let happened = outcomes.iter().find(|o| {
                at -= o.probability;
                at < 0.0
            });
            let o = happened.unwrap_or(&outcomes[0]);
            steps.states.push(s);
            steps.actions.push(a);
            steps.rewards.push(o.reward as f32);
            steps.nexts.push(o.next);
            steps.goes_on.push(!o.terminated);
        }
        model.set_rate(rate(update));
        model.learn(&steps, &[true]).unwrap();
    }
    model.copy(0)
}

#[test]
fn a_network_with_squared_errors_goes_to_the_mean_too() {
    let world = fork(&ForkConfig::default()).unwrap();
    let Scene::Grid(grid) = world.scene() else { panic!("a grid") };
    // Small steps at the end: single batches have more of one side.
    let rate = |update| if update < 10_000 { 3e-3 } else { 1e-4 };
    for coded in [Coded::RowCol, Coded::Place] {
        let place = taught(coded, rate).place(FORK, MOVE).unwrap();
        let off = off_the_mean(&grid, &world.outcomes(FORK, MOVE), place);
        println!("{coded:?}: {place:?}, {:.1} % of the distance off", 100.0 * off);
        assert!(off < 0.05 && in_wall(&grid, place), "{coded:?}: {place:?}");
    }
    let states = taught(Coded::OneHot, |_| 3e-3);
    assert_eq!(states.place(FORK, MOVE), None, "it has learned which states, no places");
    assert!(SIDES.contains(&states.predict(FORK, MOVE).next), "one of them, never their mean");
}

#[test]
fn the_distance_from_the_mean_is_counted_in_ways_between_the_outcomes() {
    let world = fork(&ForkConfig { left: 0.25, ..ForkConfig::default() }).unwrap();
    let Scene::Grid(grid) = world.scene() else { panic!("a grid") };
    let of = |at, place| off_the_mean(&grid, &world.outcomes(at, MOVE), place);
    // A quarter at (3,1), the rest at (3,3): the mean is (3,2.5).
    for (place, off) in
        [([3.0, 2.5], 0.0), ([3.0, 1.5], 0.5), ([4.0, 2.5], 0.5), ([3.0, 2.6], 0.05)]
    {
        assert!((of(FORK, place) - off).abs() < 1e-12, "{place:?}");
    }
    assert!((of(SIDES[0], [2.0, 2.0]) - 1.0).abs() < 1e-12, "one outcome, one cell aside");
}
