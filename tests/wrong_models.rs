//! Lessons on models that are wrong, and on models that are learned long before the policy: what
//! their notes claim is measured here.

use imaginarium::base::stats::mean;
use imaginarium::experiment::{Clock, Experiment, Position};
use imaginarium::lessons;
use imaginarium::probes::foresight::{Loss, learned};
use imaginarium::probes::model_error::Solved;

/// A lesson of the program, lived to its end.
fn lived(id: &str) -> Experiment {
    let arena = lessons::find(id).unwrap().arena;
    let end = Position::at(arena.clock, arena.length);
    let mut e = Experiment::new(arena, 2).unwrap();
    assert!(e.advance_to(end, None));
    e
}

/// Mean steps an episode of run `run`, over all lanes, from episode `from` on; and real steps in
/// all.
fn steps(e: &Experiment, run: usize, from: usize) -> (f64, f64) {
    let lanes = e.runs()[run].record().lanes();
    let lengths = |skip: usize| -> Vec<f64> {
        let of = lanes.iter().flat_map(|l| l.exact().skip(skip).map(|row| row.length as f64));
        of.collect()
    };
    (mean(&lengths(from)).unwrap(), lengths(0).iter().sum::<f64>() / lanes.len() as f64)
}

#[test]
fn a_broken_model_is_better_left_alone_and_best_mistrusted() {
    let e = lived("remedies");
    let all: Vec<(f64, f64)> = (0..4).map(|run| steps(&e, run, 30)).collect();
    println!("trusted, model-free, uncertainty-aware, combined: {all:?}");
    let [trusted, free, aware, combined] = [all[0], all[1], all[2], all[3]];
    assert!(trusted.0 > 60.0, "planning with the broken model never gets good");
    assert!(free.0 < 25.0 && combined.0 < 20.0);
    assert!(aware.0 > 200.0, "planning alone never learns the half it mistrusts");
    assert!(combined.1 < 0.8 * free.1 && free.1 < trusted.1, "real steps in all");
}

#[test]
fn a_model_wrong_once_in_a_hundred_takes_the_long_way() {
    let e = lived("small-error");
    let lanes = e.config().lanes;
    let ways = |run: usize, steps: usize| {
        let takes = |lane: &usize| {
            let table = e.runs()[run].lane_view(*lane).view.table.unwrap();
            e.truth().greedy_way(&table).is_some_and(|way| way.len() - 1 == steps)
        };
        (0..lanes).filter(takes).count()
    };
    let took = [[ways(0, 7), ways(0, 9)], [ways(1, 7), ways(1, 9)]];
    println!("lanes that go 7 or 9 steps, without and with an error of 0.01: {took:?}");
    assert!(took[0][0] > lanes / 2 && took[1][1] > lanes / 2 && took[1][0] == 0, "{took:?}");
    // The learner's model is as wrong as it was made, and costs what the long way costs.
    let solved = Solved::of(e.truth(), 24, 4, 0.95).unwrap();
    let view = e.runs()[1].lane_view(0).view;
    let point = solved.learner(e.truth(), &view.model.unwrap()).unwrap();
    println!("{point:?}");
    assert!((point.model_error - 0.01).abs() < 1e-9 && point.value_error > point.model_error);
    let flip = solved.flip().unwrap();
    assert!(flip.model_error < 0.01, "{flip:?}");
}

#[test]
fn the_model_is_learned_long_before_the_policy() {
    let e = lived("hard-policy");
    let known = e.runs()[0].lane_view(0).view.known.unwrap();
    let x = learned(&known.judge.curve(Loss::Surprise).points()).unwrap();
    let threshold = e.config().threshold;
    // Y: the first episode that is short in the mean over all lanes, in real steps.
    let lanes = e.runs()[0].record().lanes();
    let rows: Vec<Vec<_>> = lanes.iter().map(|lane| lane.exact().copied().collect()).collect();
    let common = rows.iter().map(Vec::len).min().unwrap();
    let short = (0..common).find(|&i| {
        let lengths: Vec<f64> = rows.iter().map(|lane| lane[i].length as f64).collect();
        mean(&lengths).unwrap() <= threshold
    });
    let at = short.expect("the way is found");
    let readings: Vec<f64> = rows.iter().map(|lane| lane[at].env_steps as f64).collect();
    let y = mean(&readings).unwrap();
    println!("model learned at {x}, way found at {y}");
    assert!(y > 3.0 * x, "X = {x}, Y = {y}");
    assert_eq!(e.position().clock, Clock::EnvSteps);
}
