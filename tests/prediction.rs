//! What states are worth to somebody who acts at random: the learners against an independent
//! program, and against values known by theory.

mod common;

use common::arena;
use common::golden::{agree, number, rows};
use imaginarium::base::stats::mean;
use imaginarium::envs::world;
use imaginarium::experiment::{Clock, Experiment, Position};
use imaginarium::mdp::{Action, State, Tabular as _};
use imaginarium::rl::dp::random_policy_values;

const RUNS: usize = 100;

/// Root mean square error over the five states, one number a run.
fn errors(e: &Experiment) -> Vec<f64> {
    let of = |lane| {
        let q = e.runs()[0].lane_view(lane).view.table.unwrap().q;
        let squares = (0..5).map(|i| (q[i] - (i + 1) as f64 / 6.0).powi(2));
        (squares.sum::<f64>() / 5.0).sqrt()
    };
    (0..RUNS).map(of).collect()
}

fn walk(agent: &str, alpha: &str) -> Experiment {
    let run = format!("agent = '{agent}'\nalpha = {alpha}\ngamma = 1.0\ninitial = 0.5");
    let head = format!("lanes = {RUNS}\nseed = 1");
    Experiment::new(arena(&head, "id = 'random-walk'", &[&run]), 2).unwrap()
}

#[test]
fn the_random_walk_is_learned_as_fast_as_by_the_python_program() {
    let golden = rows("random_walk.csv");
    assert_eq!(golden.len(), 24);
    for setting in golden.chunks(4) {
        let (agent, alpha) = (&setting[0][0], &setting[0][1]);
        let mut e = walk(agent, alpha);
        for row in setting {
            let episodes = row[2].parse().unwrap();
            assert!(e.advance_to(Position::at(Clock::Episodes, episodes), None));
            let ours = errors(&e);
            let said = mean(&ours).unwrap();
            println!("{agent} {alpha}, {episodes} episodes: {said:.3} here, {} there", row[3]);
            assert!(agree(&ours, number(&row[3]), number(&row[4]), 4000.0), "{row:?}: {said}");
        }
    }
}

/// A table of 100 runs made by another program, rounded to three digits.
const TABLE: [(&str, &str, [f64; 4]); 6] = [
    ("td-prediction", "0.05", [0.175, 0.110, 0.052, 0.036]),
    ("td-prediction", "0.1", [0.128, 0.058, 0.051, 0.055]),
    ("td-prediction", "0.15", [0.095, 0.061, 0.071, 0.070]),
    ("monte-carlo-prediction", "0.01", [0.214, 0.185, 0.146, 0.101]),
    ("monte-carlo-prediction", "0.02", [0.199, 0.159, 0.113, 0.087]),
    ("monte-carlo-prediction", "0.04", [0.184, 0.142, 0.114, 0.108]),
];

#[test]
fn the_random_walk_agrees_with_a_table_of_hundred_runs() {
    for (agent, alpha, theirs) in TABLE {
        let mut e = walk(agent, alpha);
        for (episodes, theirs) in [10, 25, 50, 100].into_iter().zip(theirs) {
            e.advance_to(Position::at(Clock::Episodes, episodes), None);
            let ours = errors(&e);
            let here = mean(&ours).unwrap();
            let variance = ours.iter().map(|x| (x - here).powi(2)).sum::<f64>() / 99.0;
            // As many runs there as here, of the same spread; and half a digit of rounding.
            let bound = 4.0 * (2.0 * variance / 100.0).sqrt() + 0.0005;
            assert!((here - theirs).abs() <= bound, "{agent} {alpha} {episodes}: {here:.4}");
        }
    }
}

#[test]
fn five_states_are_worth_one_sixth_to_five_sixths_at_random() {
    let info = world("random-walk").unwrap();
    let walk = info.build(None, &info.defaults()).unwrap().tabular().unwrap();
    let outcomes = |s: usize, a: usize| walk.outcomes(s as State, a as Action);
    let sizes = (walk.states(), walk.actions());
    let values = random_policy_values(sizes, outcomes, 1.0).unwrap();
    for (i, value) in values[..5].iter().enumerate() {
        assert!((value - (i + 1) as f64 / 6.0).abs() < 1e-12, "{values:?}");
    }
}

#[test]
fn a_first_value_can_be_changed_until_news_arrives() {
    let mut e = walk("td-prediction", "0.1");
    e.advance_to(Position::at(Clock::Episodes, 1), None);
    let q = |e: &Experiment| e.runs()[0].lane_view(0).view.table.unwrap();
    let touched: Vec<bool> = q(&e).tally.iter().map(|t| t.real > 0).collect();
    let before = q(&e).q;
    e.set_param(0, 2, -3.0).unwrap();
    assert!(touched.iter().any(|&t| t) && touched.iter().any(|&t| !t));
    for ((now, before), touched) in q(&e).q.iter().zip(before).zip(touched) {
        assert_eq!(*now, if touched { before } else { -3.0 });
    }
}
