//! Dyna-Q with networks: the same first episode, fewer real steps by planning, a model that answers
//! for cells nobody has seen, lanes that never mix, and the same on an adapter.

#[path = "common/adapter.rs"]
mod adapter;
mod common;

use common::{digests, maze, remembering};
use imaginarium::agents::deep_dyna_q::{DeepDynaQ, DeepDynaQConfig};
use imaginarium::agents::{Agent as _, Fault, View};
use imaginarium::base::params::Params;
use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::envs::grid::{Grid, GridConfig};
use imaginarium::envs::mazes;
use imaginarium::experiment::cohort::{Cohort as _, Group};
use imaginarium::experiment::{Clock, Experiment, Position};
use imaginarium::mdp::scene::Scenic as _;
use imaginarium::mdp::trace::Unwatched;
use imaginarium::mdp::{Action, State, Step, Tabular as _, Transition};
use imaginarium::models::coding::{Coded, Coding};
use imaginarium::models::features::Places;
use imaginarium::models::network::{NetworkModel, Steps};
use imaginarium::models::table::TableModel;
use imaginarium::nn::device::{Compute, Place, Wish, adapters};
use imaginarium::nn::init::dice;

fn dyna_maze() -> Grid {
    let config = GridConfig { step_reward: -0.1, ..GridConfig::default() };
    Grid::new(&mazes::dyna_maze(), &config).unwrap()
}

fn agent(config: DeepDynaQConfig, seeds: &[u64]) -> DeepDynaQ {
    let world = dyna_maze();
    DeepDynaQ::new(config, Places::of(&world.scene()), (world.states(), world.actions()), seeds)
        .unwrap()
}

fn small() -> DeepDynaQConfig {
    DeepDynaQConfig { batch: 8, width: 16, device: Wish::Flex, ..DeepDynaQConfig::default() }
}

/// Lengths of the first `episodes` episodes, one list a lane, with `n` planning steps.
fn lengths(n: u32, lanes: usize, episodes: u64) -> Vec<Vec<u64>> {
    let run = format!("agent = 'deep-dyna-q'\nplanning_steps = {n}\ndevice = 'flex'");
    let mut e = Experiment::new(maze(&format!("lanes = {lanes}\nseed = 3"), &[&run]), 2).unwrap();
    assert!(e.advance_to(Position::at(Clock::Episodes, episodes), None));
    assert!(e.runs()[0].failure().is_none());
    let record = e.runs()[0].record();
    record.lanes().iter().map(|lane| lane.exact().map(|row| row.length).collect()).collect()
}

#[test]
fn planning_leaves_the_first_episode_and_shortens_those_after() {
    let [without, with] = [0, 5].map(|n| lengths(n, 5, 12));
    for (a, b) in without.iter().zip(&with) {
        assert_eq!(a[0], b[0], "before the first reward there is nothing to plan for");
    }
    // Real steps until the twelfth episode, in the middle lane: one unlucky walk says little.
    let steps = |runs: &[Vec<u64>]| -> u64 {
        let mut sums: Vec<u64> = runs.iter().map(|run| run[1..].iter().sum()).collect();
        sums.sort_unstable();
        sums[sums.len() / 2]
    };
    let (without, with) = (steps(&without), steps(&with));
    assert!(4 * with < 3 * without, "{with} real steps with planning, {without} without");
}

/// All that happens in the Dyna maze outside the cells that `hidden` names.
fn experience(hidden: &[State]) -> Vec<(State, Action, f32, State, bool)> {
    let world = dyna_maze();
    let mut all = Vec::new();
    for state in (0..world.states() as State).filter(|s| !hidden.contains(s)) {
        for action in 0..world.actions() as Action {
            let told = |o: &imaginarium::mdp::Outcome| {
                (state, action, o.reward as f32, o.next, !o.terminated)
            };
            all.extend(world.outcomes(state, action).iter().map(told));
        }
    }
    all
}

#[test]
fn the_network_answers_for_cells_nobody_has_seen_and_the_table_says_no_data() {
    // Four cells in the open, away from walls and edges.
    let hidden: [State; 4] = [12, 21, 31, 40];
    let world = dyna_maze();
    let seen = experience(&hidden);
    let mut table = TableModel::new(world.states(), world.actions());
    seen.iter().for_each(|&(s, a, r, next, on)| table.learn((s, a), f64::from(r), next, on));
    for coded in [Coded::RowCol, Coded::Place] {
        let coding = Coding { coded, places: Places::of(&world.scene()) };
        let mut init = dice(&[1], 0);
        let compute = Compute::flex();
        let mut model = NetworkModel::new(coding, 4, 64, 0.003, &mut init, &compute).unwrap();
        let mut draws = Stream::new(1, StreamName::Replay);
        for _ in 0..1500 {
            let mut steps = Steps { lanes: 1, ..Steps::default() };
            for _ in 0..32 {
                let (s, a, r, next, on) = seen[draws.below(seen.len() as u32) as usize];
                steps.states.push(s);
                steps.actions.push(a);
                steps.rewards.push(r);
                steps.nexts.push(next);
                steps.goes_on.push(on);
            }
            model.learn(&steps, &[true]).unwrap();
        }
        let copy = model.copy(0);
        let pairs = hidden.iter().flat_map(|&s| (0..4).map(move |a: Action| (s, a)));
        let right =
            |(s, a): (State, Action)| world.outcomes(s, a)[0].next == copy.predict(s, a).next;
        let hits = pairs.clone().filter(|&pair| right(pair)).count();
        // Of 16; a guess among the four neighbours would have 4.
        assert!(hits >= 10, "{coded:?}: {hits} of 16 right");
        assert!(pairs.clone().all(|(s, a)| table.followed(s, a).is_empty()));
        let known = seen.iter().filter(|e| right((e.0, e.1))).count();
        assert!(known * 10 >= seen.len() * 9, "{coded:?}: {known} of {} seen", seen.len());
    }
}

/// `steps` real steps in the maze with planning; what each lane then shows, and the fingerprint.
fn lived(config: DeepDynaQConfig, seeds: &[u64], steps: u64) -> (Vec<View>, u64) {
    let mut group = Group::new(&dyna_maze(), agent(config, seeds), seeds);
    group.advance(Position::at(Clock::EnvSteps, steps), u64::MAX);
    let views = (0..seeds.len()).map(|lane| group.lane_view(lane).view).collect();
    (views, group.digest())
}

fn table(view: &View) -> &[f64] {
    &view.table.as_ref().unwrap().q
}

#[track_caller]
fn close(a: &View, b: &View, tolerance: f64) {
    let greatest = table(a).iter().zip(table(b)).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(greatest <= tolerance, "values differ by {greatest}");
    assert!(table(a).iter().any(|&q| q != 0.0), "something was learned");
}

/// Dice alone choose the actions.
fn random() -> DeepDynaQConfig {
    DeepDynaQConfig { epsilon: 1.0, ..small() }
}

/// Enough for values to move: every step costs something here.
const STEPS: u64 = 80;

#[test]
fn lanes_of_one_population_never_mix() {
    let (all, _) = lived(random(), &[4, 5, 6, 7], STEPS);
    let (other, _) = lived(random(), &[4, 9, 6, 7], STEPS);
    for lane in [0, 2, 3] {
        assert_eq!(table(&all[lane]), table(&other[lane]), "lane {lane}, to the last bit");
    }
    assert_ne!(table(&all[1]), table(&other[1]));
    for (lane, seed) in [4, 5, 6, 7].into_iter().enumerate() {
        // Both live the same; rounding is all that differs.
        let (alone, _) = lived(random(), &[seed], STEPS);
        close(&alone[0], &all[lane], 1e-4);
        let happened = |view: &View| view.table.as_ref().unwrap().known_pairs;
        assert_eq!(happened(&alone[0]), happened(&all[lane]));
    }
}

#[test]
fn a_run_goes_on_from_a_keyframe_as_it_would_have() {
    let run = "agent = 'deep-dyna-q'\nbatch = 8\nwidth = 16\ndevice = 'flex'\nepsilon = 1.0";
    let mut e = remembering(maze("lanes = 2\nseed = 5\nclock = 'env-steps'", &[run]), 1);
    let place = |count| Position::at(Clock::EnvSteps, count);
    e.advance_to(place(400), None);
    let width = <DeepDynaQConfig as Params>::index("width").unwrap();
    e.set_param(0, width, 24.0).unwrap();
    e.advance_to(place(500), None);
    let end = digests(&e);
    e.seek(place(390));
    e.seek(place(500));
    assert_eq!(digests(&e), end, "a new width is lived again, too");
}

#[test]
fn a_reward_that_is_no_number_stops_the_run_and_names_the_tensor() {
    let mut agent = agent(small(), &[1]);
    let step = Step { reward: f64::INFINITY, next: 1, terminated: false, truncated: false };
    agent.learn(&[Transition { lane: 0, obs: 0, action: 0, step }], &mut Unwatched);
    let Some(Fault::Number { what, .. }) = agent.fault() else { panic!("{:?}", agent.fault()) };
    assert!(what.starts_with("gradient of Q.") && agent.has_failed(), "{what}");
    assert_eq!(agent.plan(5, &mut Unwatched), 0);
}

#[test]
fn an_adapter_runs_it_and_a_switch_keeps_the_run() {
    if adapters().is_empty() {
        adapter::skip("no graphics adapter to train on");
        return;
    }
    let on = |device| DeepDynaQConfig { device, planning_steps: 1, ..random() };
    let seeds = [4, 5];
    let (flex, _) = lived(on(Wish::Flex), &seeds, STEPS);
    let mut group = Group::new(&dyna_maze(), agent(on(Wish::Flex), &seeds), &seeds);
    group.advance(Position::at(Clock::EnvSteps, 70), u64::MAX);
    let specs = <DeepDynaQConfig as Params>::specs();
    let index = specs.iter().position(|s| s.key == "device").unwrap();
    group.set_param(index, 2.0);
    group.advance(Position::at(Clock::EnvSteps, STEPS), u64::MAX);
    for (lane, flex) in flex.iter().enumerate() {
        let view = group.lane_view(lane).view;
        assert_eq!(view.computing.as_ref().unwrap().place, Place::Adapter(0));
        assert_eq!(
            view.table.as_ref().unwrap().known_pairs,
            flex.table.as_ref().unwrap().known_pairs
        );
        let greatest = table(&view).iter().zip(table(flex)).map(|(a, b)| (a - b).abs());
        assert!(greatest.fold(0.0, f64::max) < 1e-3);
    }
}
