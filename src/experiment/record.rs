//! Finished episodes of a run, lane by lane: the source of every learning curve and table.

use super::clock::Clock;
use crate::base::series::{Row, Series};

/// One finished episode. Clock readings are those at its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EpisodeRow {
    /// Real steps since the start.
    pub env_steps: u64,
    /// Value updates since the start.
    pub updates: u64,
    /// Model calls since the start.
    pub imagined_steps: u64,
    /// Sum of this episode's rewards.
    pub episode_return: f64,
    /// Sum of all rewards since the start.
    pub total_return: f64,
    /// Steps of this episode.
    pub length: u64,
}

impl EpisodeRow {
    /// Reading of `clock` at the end of this episode, which is number `episode` counted from 1.
    pub fn on(&self, clock: Clock, episode: u64) -> u64 {
        match clock {
            Clock::Episodes => episode,
            Clock::EnvSteps => self.env_steps,
            Clock::Updates => self.updates,
            Clock::Imagined => self.imagined_steps,
        }
    }
}

impl Row for EpisodeRow {
    fn value(&self) -> f64 {
        self.length as f64
    }
}

/// All lanes of one run.
#[derive(Clone, Debug)]
pub struct Record {
    lanes: Vec<Series<EpisodeRow>>,
    /// Grows with every change, so that pictures know when to be drawn anew.
    version: u64,
}

impl Record {
    /// Nothing finished yet.
    pub fn new(lanes: usize) -> Self {
        Self { lanes: (0..lanes).map(|_| Series::default()).collect(), version: 0 }
    }

    /// The curves, `[L]`.
    pub fn lanes(&self) -> &[Series<EpisodeRow>] {
        &self.lanes
    }

    /// Grows with every change.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Notes that lane `lane` finished episode `index`. An episode that is already known was
    /// merely walked through again after going back in time.
    pub fn push(&mut self, lane: usize, index: u64, row: EpisodeRow) {
        let series = &mut self.lanes[lane];
        if index == series.len() {
            series.push(row);
            self.version += 1;
        } else {
            debug_assert!(
                series.get(index).is_none_or(|known| *known == row),
                "the past was not repeated"
            );
        }
    }

    /// Forgets the episodes of lane `lane` from `len` on: the future has changed.
    pub fn truncate(&mut self, lane: usize, len: u64) {
        if self.lanes[lane].len() > len {
            self.lanes[lane].truncate(len);
            self.version += 1;
        }
    }

    /// Host memory in bytes.
    pub fn bytes(&self) -> usize {
        self.lanes.iter().map(Series::bytes).sum()
    }
}
