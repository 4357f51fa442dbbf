//! Models and planning with them beside an independent NumPy program (`tests/data/models.py`), and
//! linear Dyna beside least-squares temporal differences (`tests/data/lstd.py`).

mod common;

use common::golden::{number, rows};
use common::{arena, maze};
use imaginarium::agents::Agent as _;
use imaginarium::agents::dyna::{Dyna, DynaConfig};
use imaginarium::agents::dyna_q::Direct;
use imaginarium::base::rng::{Stream, StreamName};
use imaginarium::base::stats::mean;
use imaginarium::experiment::{Clock, Experiment, Position};
use imaginarium::mdp::trace::{Recorder, Source, Unwatched, Value};
use imaginarium::mdp::{Action, State, Step, Transition};
use imaginarium::models::bank::{Belief, Features, ModelKind, Models};
use imaginarium::models::features::Places;
use imaginarium::models::linear::LinearModel;
use imaginarium::rl::lstd::{Lstd, dot};

const PLACES: Places = Places { rows: 3, cols: 4 };
const ACTIONS: usize = 3;

/// An agent that learns nothing but its models from the golden experiences.
fn taught(model: ModelKind, features: Features) -> Dyna {
    let config = DynaConfig {
        model,
        features,
        direct: Direct::Off,
        alpha: 1.0,
        gamma: 0.9,
        ..DynaConfig::default()
    };
    let mut agent = Dyna::new(config, PLACES, (12, ACTIONS), 1);
    for row in rows("models_input.csv") {
        let step = Step {
            reward: number(&row[2]),
            next: number(&row[3]) as State,
            terminated: row[4] == "1",
            truncated: false,
        };
        let (obs, action) = (number(&row[0]) as State, number(&row[1]) as Action);
        agent.learn(&[Transition { lane: 0, obs, action, step }], &mut Unwatched);
    }
    agent
}

fn models(agent: &Dyna) -> std::sync::Arc<Models> {
    agent.view().known.unwrap().models
}

/// What the golden file calls `what`: `(a, b, c, value)`.
fn golden(what: &str) -> Vec<(usize, usize, i64, f64)> {
    let all = rows("models.csv");
    let of = all.iter().filter(|row| row[0] == what);
    let read = |row: &Vec<String>| {
        (
            number(&row[1]) as usize,
            number(&row[2]) as usize,
            number(&row[3]) as i64,
            number(&row[4]),
        )
    };
    let found: Vec<_> = of.map(read).collect();
    assert!(!found.is_empty(), "{what}");
    found
}

fn close(found: f64, want: f64, within: f64, what: impl std::fmt::Debug) {
    assert!((found - want).abs() <= within, "{what:?}: {found} here, {want} there");
}

#[test]
fn what_models_learned_is_what_the_other_program_says() {
    let agent = taught(ModelKind::Full, Features::OneHot);
    let models = models(&agent);
    let mut out = Vec::new();
    for &kind in &[ModelKind::Table, ModelKind::Sample, ModelKind::Full, ModelKind::Expectation] {
        let belief = Belief::honest(kind, Features::OneHot);
        for (s, a, next, want) in golden("p") {
            let pair = (s as State, a as Action);
            assert!(models.predict(&belief, pair, &mut out).is_some());
            let is = |o: &&_| {
                let o: &imaginarium::models::view::Predicted = o;
                if next < 0 { !o.goes_on } else { o.goes_on && i64::from(o.next) == next }
            };
            let found: f64 = out.iter().filter(is).map(|o| o.probability).sum();
            close(found, want, 1e-12, (s, a, next));
            let sum: f64 = out.iter().map(|o| o.probability).sum();
            close(sum, 1.0, 1e-12, (s, a));
        }
    }
    for (s, a, _, want) in golden("r") {
        close(models.table.reward(s as State, a as Action).unwrap(), want, 1e-12, (s, a));
    }
    for (s, a, i, want) in golden("mean") {
        let mean = models.expectation.get(s as State, a as Action).unwrap();
        close(mean.features[i as usize], want, 1e-12, (s, a, i));
    }
    for (a, i, j, want) in golden("linear") {
        // Feature by feature: the answer for a unit vector is a row of weights.
        let (mut phi, mut next) = ([0.0; 3], [0.0; 3]);
        phi[i] = 1.0;
        let reward = models.linear.predict(&phi, a as Action, &mut next).unwrap();
        let found = if j == 3 { reward } else { next[j as usize] };
        close(found, want, 1e-6, (a, i, j));
    }
    // The one pair that was never tried.
    for &kind in ModelKind::ALL {
        let belief = Belief::honest(kind, Features::OneHot);
        assert_eq!(models.predict(&belief, (7, 2), &mut out), None, "{kind:?}: no data");
    }
}

/// Values after planning for a long time while the world stands still.
fn planned(model: ModelKind, features: Features, alphas: &[f64], units: u32) -> Vec<f64> {
    let mut agent = taught(model, features);
    for &alpha in alphas {
        agent.set_param(3, alpha);
        agent.dream(units, &mut Unwatched);
    }
    agent.view().table.unwrap().q
}

#[test]
fn planning_converges_to_the_exact_solution_of_each_model() {
    use Features::{OneHot, Place};
    use ModelKind::{Expectation, Full, LastSeen, Linear};
    for (kind, features, name) in [
        (Full, OneHot, "full"),
        (Full, Place, "full"),
        (Expectation, OneHot, "full"),
        (Linear, OneHot, "full"),
        (Expectation, Place, "place"),
        (LastSeen, OneHot, "last"),
    ] {
        let q = planned(kind, features, &[1.0], 60_000);
        for (s, a, _, want) in golden(name) {
            close(q[s * ACTIONS + a], want, 1e-9, (kind, features, s, a));
        }
    }
}

#[test]
fn samples_with_a_shrinking_step_size_come_to_the_same_values() {
    let alphas: Vec<f64> = (1..=60).map(|i| 1.0 / f64::from(i * i).max(4.0)).collect();
    for kind in [ModelKind::Table, ModelKind::Sample] {
        let q = planned(kind, Features::OneHot, &alphas, 40_000);
        for (s, a, _, want) in golden("full") {
            close(q[s * ACTIONS + a], want, 0.05, (kind, s, a));
        }
    }
}

#[test]
fn place_and_full_differ_where_value_is_not_linear() {
    let differs = golden("full").iter().zip(golden("place")).any(|(a, b)| (a.3 - b.3).abs() > 0.5);
    assert!(differs, "the golden worlds show it");
}

#[test]
fn no_data_and_too_little_leave_values_alone_and_say_so() {
    let mut agent = taught(ModelKind::Full, Features::OneHot);
    agent.set_param(9, 1.0);
    let mut recorder = Recorder::default();
    assert_eq!(agent.dream(50, &mut recorder), 50);
    assert_eq!(agent.work().imagined_steps, 0);
    let silent = recorder.marks().iter().filter(|m| m.value == Some(Value::NoData)).count();
    assert_eq!(silent, 50);
    assert!(recorder.marks().iter().all(|m| m.effect.is_none()));
    assert!(agent.view().table.unwrap().q.iter().all(|&q| q == 0.0));
}

// ---------------------------------------------------------------- swapping

const DYNA: &str = "agent = 'dyna'\nplanning_steps = 10";

fn run(model: &str, features: &str) -> String {
    format!("{DYNA}\nmodel = '{model}'\nfeatures = '{features}'")
}

const EXACT: [(&str, &str); 6] = [
    ("last-seen", "one-hot"),
    ("table", "one-hot"),
    ("sample", "one-hot"),
    ("full", "one-hot"),
    ("expectation", "one-hot"),
    ("linear", "one-hot"),
];

#[test]
fn in_a_world_without_chance_all_exact_models_write_the_same_values() {
    let runs = EXACT.map(|(model, features)| run(model, features));
    let config = maze("clock = 'env-steps'\nseed = 3", &runs.each_ref().map(String::as_str));
    let mut e = Experiment::new(config, 2).unwrap();
    e.advance_to(Position::at(Clock::EnvSteps, 3000), None);
    let q = |run: usize| e.runs()[run].lane_view(0).view.table.unwrap().q;
    assert!(q(0).iter().any(|&q| q > 0.5), "something was learned");
    for (other, (model, _)) in EXACT.iter().enumerate().skip(1) {
        assert_eq!(q(0), q(other), "{model}");
    }
}

#[test]
fn a_swap_keeps_values_and_experience() {
    let mut e = Experiment::new(maze("clock = 'env-steps'", &[&run("table", "place")]), 1).unwrap();
    e.advance_to(Position::at(Clock::EnvSteps, 1500), None);
    let before = e.runs()[0].lane_view(0);
    for kind in 0..ModelKind::ALL.len() {
        e.set_param(0, 0, kind as f64).unwrap();
        let after = e.runs()[0].lane_view(0);
        assert_eq!(after.view.table, before.view.table, "values stay");
        assert_eq!(after.counters, before.counters, "nothing starts anew");
        let known = after.view.known.unwrap();
        assert_eq!(known.models, before.view.known.as_ref().unwrap().models);
        assert_eq!(known.belief.kind, ModelKind::ALL[kind]);
    }
    assert!(!e.events().is_empty(), "the swap is marked on the curves");
    e.advance_to(Position::at(Clock::EnvSteps, 1600), None);
    assert!(e.runs()[0].failure().is_none());
}

#[test]
fn every_model_that_can_solves_the_maze() {
    let place = ("expectation", "place");
    for (model, features) in EXACT.into_iter().chain([place]) {
        let config = maze("lanes = 10\nseed = 7", &[&run(model, features)]);
        let mut e = Experiment::new(config, 2).unwrap();
        e.advance_to(Position::at(Clock::Episodes, 25), None);
        let last: Vec<f64> = (e.runs()[0].record().lanes().iter())
            .flat_map(|lane| lane.exact().skip(20).map(|row| row.length as f64).collect::<Vec<_>>())
            .collect();
        let steps = mean(&last).unwrap();
        println!("{model}, {features}: {steps:.1} steps");
        assert!(steps < 22.0, "{model}, {features}: {steps}");
    }
}

#[test]
fn the_same_noise_gives_the_same_run_and_new_noise_another() {
    let digest = |noise: u32| {
        let run = format!("{}\nnoise = {noise}", run("sample", "one-hot"));
        let config = arena("clock = 'env-steps'", "id = 'dyna-maze'\nslip = 0.3", &[&run]);
        let mut e = Experiment::new(config, 1).unwrap();
        e.advance_to(Position::at(Clock::EnvSteps, 2000), None);
        e.runs()[0].lane_view(0).view.table.unwrap().q
    };
    assert_eq!(digest(1), digest(1));
    assert_ne!(digest(1), digest(2));
}

#[test]
fn real_and_imagined_updates_have_one_format() {
    let mut e =
        Experiment::new(maze("clock = 'env-steps'", &[&run("full", "one-hot")]), 1).unwrap();
    e.advance_to(Position::at(Clock::EnvSteps, 2000), None);
    e.watch(true);
    e.advance_to(Position::at(Clock::EnvSteps, 2050), None);
    let run = &e.runs()[0];
    for source in [Source::Real, Source::Imagined] {
        let mut effects = run.recorder().marks().iter().filter_map(|m| m.effect);
        assert!(effects.any(|effect| effect.source == source));
    }
}

// ---------------------------------------------------------------- linear Dyna and LSTD

/// Features, transitions and golden weights of one world.
struct World {
    phi: Vec<Vec<f64>>,
    /// `(s, r, s')`, `None` at the end.
    steps: Vec<(usize, f64, Option<usize>)>,
    theta: Vec<f64>,
    gamma: f64,
}

fn world(name: &str, gamma: f64) -> World {
    let mut phi: Vec<Vec<f64>> = Vec::new();
    for row in rows("lstd_features.csv").iter().filter(|row| row[0] == name) {
        let s = number(&row[1]) as usize;
        phi.resize(phi.len().max(s + 1), Vec::new());
        phi[s].push(number(&row[3]));
    }
    let steps = rows("lstd_steps.csv");
    let steps = steps.iter().filter(|row| row[0] == name).map(|row| {
        let next: i64 = row[3].parse().unwrap();
        (number(&row[1]) as usize, number(&row[2]), usize::try_from(next).ok())
    });
    let theta = rows("lstd.csv");
    let theta = theta.iter().filter(|row| row[0] == name).map(|row| number(&row[2]));
    World { phi, steps: steps.collect(), theta: theta.collect(), gamma }
}

impl World {
    fn next(&self, next: Option<usize>) -> Vec<f64> {
        next.map_or_else(|| vec![0.0; self.theta.len()], |s| self.phi[s].clone())
    }
}

#[test]
fn least_squares_td_agrees_with_numpy() {
    for w in [world("walk", 0.98), world("garnet", 0.9)] {
        let mut lstd = Lstd::new(w.theta.len(), w.gamma);
        w.steps.iter().for_each(|&(s, r, next)| lstd.add(&w.phi[s], r, &w.next(next)));
        for (found, want) in lstd.weights().unwrap().iter().zip(&w.theta) {
            close(*found, *want, 1e-9, "LSTD");
        }
    }
}

/// Draws features to plan from.
type Draw<'a> = &'a dyn Fn(&mut Stream) -> Vec<f64>;

#[test]
fn linear_dyna_comes_to_the_lstd_solution_whatever_it_plans_with() {
    for w in [world("walk", 0.98), world("garnet", 0.9)] {
        let d = w.theta.len();
        let mut model = LinearModel::new(d, 1);
        w.steps.iter().for_each(|&(s, r, next)| model.add(&w.phi[s], 0, r, &w.next(next)));
        model.fit(0);
        // Three ways to choose where planning begins: states as in the data, one-sidedly, and
        // directions that are no state's features at all.
        let mut dice = Stream::new(5, StreamName::Plan);
        let unit = |dice: &mut Stream| {
            let mut phi = vec![0.0; d];
            phi[dice.below(d as u32) as usize] = 1.0;
            phi
        };
        let visited = |dice: &mut Stream| {
            let (s, ..) = w.steps[dice.below(w.steps.len() as u32) as usize];
            w.phi[s].clone()
        };
        let few = |dice: &mut Stream| {
            let n = w.phi.len() as f64;
            w.phi[(n * dice.unit().powi(3)) as usize].clone()
        };
        let ways: [Draw<'_>; 3] = [&unit, &visited, &few];
        for (way, draw) in ways.into_iter().enumerate() {
            let mut theta = vec![0.0; d];
            for step in 0..2_000_000 {
                let phi = draw(&mut dice);
                let alpha = 0.3 / dot(&phi, &phi).max(1e-9);
                let error = model.plan(&mut theta, (&phi, 0), alpha, w.gamma).unwrap();
                if step % 1000 == 999 && error.abs() < 1e-13 {
                    break;
                }
            }
            for (found, want) in theta.iter().zip(&w.theta) {
                close(*found, *want, 1e-5, ("planning distribution", way));
            }
        }
    }
}

/// What the table model says of every pair is what a count of the log of real steps says, exactly.
#[test]
fn the_table_equals_counts_of_the_log() {
    let run = "agent = 'dyna'\nmodel = 'table'\nepsilon = 0.5\nplanning_steps = 3";
    let head = "clock = 'env-steps'\nlength = 2000\nseed = 5";
    let mut e = Experiment::new(arena(head, "id = 'fork'", &[run]), 1).unwrap();
    e.watch(true);
    // Pair, next state: how often, and the sum of rewards.
    let mut log = std::collections::BTreeMap::<(State, Action, State), (u64, f64)>::new();
    for step in 1..=2_000 {
        let state = e.runs()[0].lane_view(0).state.unwrap();
        e.forget_marks();
        e.advance_to(Position::at(Clock::EnvSteps, step), None);
        let values = || e.runs()[0].recorder().marks().iter().filter_map(|mark| mark.value);
        let action = values().find_map(|v| if let Value::Action(a) = v { Some(a) } else { None });
        let outcome =
            values().find_map(|v| if let Value::Outcome(r, s) = v { Some((r, s)) } else { None });
        let (reward, next) = outcome.unwrap();
        let seen = log.entry((state, action.unwrap(), next)).or_default();
        *seen = (seen.0 + 1, seen.1 + reward);
    }
    let view = e.runs()[0].lane_view(0).view.model.unwrap();
    let mut found = 0;
    for (state, action) in (0..view.states() as State).flat_map(|s| (0..4).map(move |a| (s, a))) {
        let of = |next| log.get(&(state, action, next)).copied();
        let n: u64 = (0..view.states() as State).filter_map(of).map(|(count, _)| count).sum();
        for p in view.get(state, action) {
            let (count, sum) = of(p.next).expect("nothing that did not happen");
            assert_eq!((p.count, p.reward), (count, sum / count as f64));
            assert_eq!(p.probability, count as f64 / n as f64);
            found += 1;
        }
    }
    assert_eq!(found, log.len(), "nothing that happened is missing");
    assert!(found > 50, "{found}");
}
