//! What each fork has more than its parent, on any clock.

use super::arena::{Experiment, Run};
use super::clock::Clock;
use super::record::EpisodeRow;
use crate::base::series::Series;
use crate::probes::curves::{Curve, Lane};
use crate::probes::futures::{minus_by_episode, minus_step_held};

/// One fork beside its parent.
#[derive(Clone, Debug)]
pub struct Future {
    /// The fork.
    pub run: usize,
    /// Its parent.
    pub of: usize,
    /// Steps an episode, fork minus parent.
    pub steps: Curve,
    /// Cumulative reward, fork minus parent.
    pub reward: Curve,
}

/// All forks of an arena on `axis`.
pub fn futures(e: &Experiment, axis: Clock) -> Vec<Future> {
    let runs = e.runs().iter().enumerate();
    let pair = |(run, of): (usize, usize)| {
        let both = [&e.runs()[run], &e.runs()[of]];
        let ahead = |row: &EpisodeRow| row.total_return;
        let reward = match axis {
            Clock::Episodes => by_episode(both, e.watched(), ahead),
            _ => step_held(both, axis, ahead, Some(reached(e, both, axis))),
        };
        let length = |row: &EpisodeRow| row.length as f64;
        let steps = match axis {
            Clock::Episodes => by_episode(both, e.watched(), length),
            _ => step_held(both, axis, length, None),
        };
        Future { run, of, steps, reward }
    };
    runs.filter_map(|(i, run)| Some((i, run.config.fork?.of))).map(pair).collect()
}

/// How far all lanes of both have come on `axis`.
fn reached(e: &Experiment, both: [&Run; 2], axis: Clock) -> f64 {
    let lanes = 0..e.config().lanes;
    let counts = both.iter().flat_map(|run| lanes.clone().map(|lane| run.counters(lane).on(axis)));
    counts.min().unwrap_or(0) as f64
}

/// The first episode that all lanes of both still know exactly.
fn first_exact(both: [&Run; 2]) -> u64 {
    let lanes = both.into_iter().flat_map(|run| run.record().lanes());
    lanes.map(Series::first_exact).max().unwrap_or(0)
}

fn by_episode(both: [&Run; 2], watched: usize, value: fn(&EpisodeRow) -> f64) -> Curve {
    let first = first_exact(both);
    let lane = |series: &'_ Series<EpisodeRow>| rows(series, first);
    let [run, twin] = both.map(|run| run.record().lanes());
    let read = |series: &Series<EpisodeRow>, i: usize| {
        series.get(first + i as u64).map_or(f64::NAN, value)
    };
    let pair = |(a, b)| {
        let at = |series| move |i| read(series, i);
        (Lane { len: lane(a), at: at(a) }, Lane { len: lane(b), at: at(b) })
    };
    minus_by_episode(first + 1, &run.iter().zip(twin).map(pair).collect::<Vec<_>>(), watched)
}

fn step_held(
    both: [&Run; 2],
    axis: Clock,
    value: fn(&EpisodeRow) -> f64,
    total_until: Option<f64>,
) -> Curve {
    let first = first_exact(both);
    // Who forgot the first rows does not know where the total began.
    let total_until = total_until.filter(|_| first == 0);
    let [run, twin] = both.map(|run| run.record().lanes());
    let read = move |series: &Series<EpisodeRow>, i: usize| {
        let row = series.get(first + i as u64);
        row.map_or([f64::NAN; 2], |row| [row.on(axis, 0) as f64, value(row)])
    };
    let pair = |(a, b)| {
        let at = |series| move |i| read(series, i);
        (Lane { len: rows(a, first), at: at(a) }, Lane { len: rows(b, first), at: at(b) })
    };
    minus_step_held(&run.iter().zip(twin).map(pair).collect::<Vec<_>>(), total_until)
}

/// Rows from number `first` on.
fn rows(series: &Series<EpisodeRow>, first: u64) -> usize {
    series.len().saturating_sub(first) as usize
}
