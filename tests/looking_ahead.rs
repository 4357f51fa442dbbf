//! What looking ahead changes, measured on agents that have lived for a while (checklist H29, H30,
//! H33 to H36). With `--nocapture` it prints the figures of `benches/results/search.md`.

mod common;

use common::arena;
use imaginarium::base::stats::mean;
use imaginarium::experiment::snapshot::{Curves, curves};
use imaginarium::experiment::{Clock, Experiment, Position};
use imaginarium::probes::depth_error::{cuts, off_by_depth};
use imaginarium::probes::gain::{Verdict, gain, guidance};
use imaginarium::probes::lookahead::{Best, Learner, dials};

const SEEDS: usize = 8;

/// Agents in the Dyna maze after `episodes`.
fn lived(world: &str, agent: &str, episodes: u64) -> Experiment {
    let head = format!("lanes = {SEEDS}\nseed = 1\nclock = 'episodes'");
    let run = format!("agent = 'search'\n{agent}");
    let mut e = Experiment::new(arena(&head, &format!("id = 'dyna-maze'\n{world}"), &[&run]), 1);
    let e2 = e.as_mut().expect("an arena");
    e2.measure_values();
    e2.advance_to(Position::at(Clock::Episodes, episodes), None);
    e.expect("an arena")
}

/// Asks something of every seed.
fn each<T>(e: &Experiment, ask: impl Fn(&Learner<'_>, &Best, &Experiment, usize) -> T) -> Vec<T> {
    let best = Best::of(e.truth(), 0.95).expect("it can be solved");
    let one = |lane| {
        let view = e.runs()[0].lane_view(lane).view;
        let (table, model) = (view.table.expect("a table"), view.model.expect("a model"));
        ask(&Learner { table: &table, model: &model, gamma: 0.95 }, &best, e, lane)
    };
    (0..SEEDS).map(one).collect()
}

fn average(xs: impl IntoIterator<Item = f64>) -> f64 {
    mean(&xs.into_iter().collect::<Vec<_>>()).expect("some")
}

#[test]
fn the_search_is_right_where_the_value_is_wrong_and_nearer_to_the_truth() {
    let e = lived("", "method = 'uct'\nbudget = 200\ndepth = 20\nclosing = 'off'", 8);
    let gains = each(&e, |learner, best, e, _| {
        let run = &e.runs()[0];
        let params: Vec<f64> = (0..run.config.params.len()).map(|i| run.param(i)).collect();
        let roots = learner.met(e.truth(), 400);
        gain(learner, best, dials("search", &params).plan(), &roots)
    });
    let of = |verdict| average(gains.iter().map(|g| g.count(verdict) as f64));
    let (wrong, mended) = (average(gains.iter().map(|g| g.wrong() as f64)), of(Verdict::Mended));
    let global = average(gains.iter().map(|g| g.global_error));
    let search = average(gains.iter().map(|g| g.search_error));
    let spoiled = of(Verdict::Spoiled);
    println!("H29: value wrong in {wrong:.1} states, mended {mended:.1}, spoiled {spoiled:.1}");
    println!("H30: error of the global value {global:.3}, of the roots {search:.3}");
    assert!(gains.iter().all(|g| g.count(Verdict::Mended) > 0));
    assert!(gains.iter().all(|g| g.search_error < g.global_error));
    assert!(mended > spoiled);
}

#[test]
fn guidance_saves_simulations() {
    for method in ["monte-carlo", "td", "puct"] {
        let e = lived("", &format!("method = '{method}'\ndepth = 30\ntruncated = 'off'"), 12);
        let all = each(&e, |learner, _, e, _| {
            let run = &e.runs()[0];
            let params: Vec<f64> = (0..run.config.params.len()).map(|i| run.param(i)).collect();
            let roots = learner.met(e.truth(), 24);
            guidance(learner, dials("search", &params).plan(), &roots)
        });
        let most = all.iter().flatten().map(|g| f64::from(g.most)).fold(0.0, f64::max);
        let with = average(all.iter().flatten().map(|g| g.with.unwrap_or(most)));
        let without = average(all.iter().flatten().map(|g| g.without.unwrap_or(most)));
        println!("H33 {method}: guided {with:.1} simulations, not guided {without:.1} or more");
        assert!(with < without, "{method}");
    }
}

#[test]
fn error_grows_with_depth_and_depth_trades_cost_for_error() {
    let e = lived("slip = 0.2", "method = 'monte-carlo'\ndepth = 30", 3);
    let plan = dials("", &[]).plan();
    let plan = imaginarium::probes::lookahead::Plan {
        method: imaginarium::probes::lookahead::Method::MonteCarlo,
        depth: 30,
        ..plan
    };
    let off = each(&e, |learner, _, e, _| {
        off_by_depth(learner, e.truth(), plan, &learner.met(e.truth(), 32))
    });
    let at = |depth: usize| average(off.iter().filter_map(|o| o.get(depth - 1)).map(|o| o.off));
    let depths = [1, 2, 4, 8];
    println!("H35: off by depth {depths:?}: {:.3?}", depths.map(at));
    assert!(depths.windows(2).all(|w| at(w[1]) > at(w[0])));
    let e = lived("", "method = 'monte-carlo'\ndepth = 8", 6);
    let all =
        each(&e, |learner, best, e, _| cuts(learner, best, plan, &learner.met(e.truth(), 32)));
    for index in 0..all[0].len() {
        let depth = all[0][index].depth;
        let error = average(all.iter().map(|c| c[index].error));
        let calls = average(all.iter().map(|c| c[index].calls));
        println!("H34: cut at {depth:?}: error {error:.3}, {calls:.0} model calls");
    }
    let ends = |index: usize| average(all.iter().map(|c| c[index].error));
    assert!(ends(4) < ends(0), "five steps are better than none");
}

#[test]
fn closing_the_loop_lowers_the_measured_error_faster() {
    let error = |closing: &str| {
        let method = "method = 'td'\ndepth = 30\nalpha = 0.5";
        let e = lived("", &format!("{method}\nclosing = '{closing}'"), 20);
        let Curves { value_error, .. } = curves(&e, Clock::Episodes);
        value_error[0].mean.iter().map(|[_, error]| *error).collect::<Vec<f64>>()
    };
    let (open, closed) = (error("off"), error("on"));
    for episode in [1, 4, 8, 12, 20] {
        let (open, closed) = (open[episode - 1], closed[episode - 1]);
        println!("H36: error after {episode} episodes: open {open:.3}, closed {closed:.3}");
    }
    assert_eq!((open.len(), closed.len()), (20, 20));
    assert!((1..8).all(|i| closed[i] < open[i]), "{open:?} {closed:?}");
}
