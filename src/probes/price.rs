//! What it takes to find the way: the first good episode, read on three clocks.

use crate::base::stats::mean;

/// One lane's episode: its length, and the clocks at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Steps of this episode.
    pub length: u64,
    /// Real steps since the start.
    pub env_steps: u64,
    /// Updates since the start, real and imagined.
    pub updates: u64,
}

/// What the first good episode has cost, as means over lanes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Price {
    /// Episodes.
    pub episodes: f64,
    /// Real steps.
    pub env_steps: f64,
    /// Updates, real and imagined.
    pub updates: f64,
}

/// The price if episode `episode`, counted from 1, is good: at most `threshold` steps in the mean
/// over all lanes.
pub fn price(episode: u64, lanes: &[Reading], threshold: f64) -> Option<Price> {
    let average = |read: fn(&Reading) -> u64| {
        let values: Vec<f64> = lanes.iter().map(|lane| read(lane) as f64).collect();
        mean(&values)
    };
    (average(|r| r.length)? <= threshold).then_some(Price {
        episodes: episode as f64,
        env_steps: average(|r| r.env_steps)?,
        updates: average(|r| r.updates)?,
    })
}
