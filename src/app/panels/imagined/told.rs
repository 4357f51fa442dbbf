//! What the picture shows, in words.

use super::{Found, horizon};
use crate::app::words;
use crate::experiment::snapshot::RunSnapshot;
use crate::probes::imagined::{Direction, End, Future, STEPS};

/// How a future ended, if it did.
fn ended(who: &str, future: &Future) -> String {
    let steps = future.rewards.len();
    match future.end {
        End::Open => String::new(),
        End::Over => format!("; {who} the task ends after {steps}"),
        End::NoData => format!("; {who} nobody knows what follows after {steps}"),
    }
}

/// In words.
pub fn told(run: &RunSnapshot, from: &str, direction: Direction, found: &Found) -> String {
    let Found { compared: c, measure, dreamer, .. } = found;
    let horizon = horizon(run, found);
    let who = match direction {
        Direction::Act => "it acts in the world and the model is told the actions",
        Direction::Plan => "it acts in its model and the world is told the actions",
    };
    let gap = |depth: usize| {
        let gap = c.gaps.get(depth)?;
        Some(format!("{} after {depth}", words::value(*gap)))
    };
    let mut depths: Vec<usize> = [1, 5, 10, 20, STEPS].into_iter().chain(horizon).collect();
    depths.sort_unstable();
    depths.dedup();
    let gaps: Vec<String> = depths.into_iter().filter_map(gap).collect();
    let horizon = horizon.map_or(String::new(), |h| format!("; H = {h}"));
    let ends = ended("in the world", &c.real) + &ended("in the model", &c.dream);
    format!(
        "{} {}, from {from}: {who}; in imagination {dreamer} acts{horizon}\napart, {}: {}{ends}\n",
        run.letter,
        run.name,
        measure.unit(),
        gaps.join(", ")
    )
}
