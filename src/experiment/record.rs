//! Finished episodes of a run, lane by lane: the source of every learning curve and table.

use super::clock::Clock;
use crate::base::series::{Row, Series};
use crate::probes::price::{Price, Reading, price};

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
    /// How far the values are off the truth; `None` where that is not measured.
    pub value_error: Option<f32>,
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
    /// Mean steps of a good episode.
    threshold: f64,
    /// Episodes looked at in search of the first good one.
    searched: u64,
    /// Lanes that have finished the episode looked at next.
    ready: usize,
    price: Option<Price>,
}

impl Record {
    /// Nothing finished yet; an episode is good at a mean of at most `threshold` steps.
    pub fn new(lanes: usize, threshold: f64) -> Self {
        Self {
            lanes: (0..lanes).map(|_| Series::default()).collect(),
            version: 0,
            threshold,
            searched: 0,
            ready: 0,
            price: None,
        }
    }

    /// What the first good episode has cost, once there was one; kept when its rows are folded.
    pub fn price(&self) -> Option<Price> {
        self.price
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
            if index == self.searched {
                self.ready += 1;
                self.search();
            }
        } else {
            debug_assert!(
                series.get(index).is_none_or(|known| *known == row),
                "the past was not repeated"
            );
        }
    }

    /// Looks at every episode that all lanes have finished, until one is good.
    fn search(&mut self) {
        while self.price.is_none() && self.ready == self.lanes.len() {
            let reading = |lane: &Series<EpisodeRow>| {
                let row = lane.get(self.searched)?;
                let (length, env_steps, updates) = (row.length, row.env_steps, row.updates);
                Some(Reading { length, env_steps, updates })
            };
            let readings: Option<Vec<Reading>> = self.lanes.iter().map(reading).collect();
            // Lanes very far apart: what one has folded the others are not asked for.
            let exact = self.lanes.iter().map(Series::first_exact).max().unwrap_or(0);
            self.price = readings.and_then(|r| price(self.searched + 1, &r, self.threshold));
            self.look_from((self.searched + 1).max(exact));
        }
    }

    fn look_from(&mut self, episode: u64) {
        self.searched = episode;
        self.ready = self.lanes.iter().filter(|lane| lane.len() > episode).count();
    }

    /// Forgets the episodes of lane `lane` from `len` on: the future has changed.
    pub fn truncate(&mut self, lane: usize, len: u64) {
        let known = self.lanes[lane].len();
        if known <= len {
            return;
        }
        self.lanes[lane].truncate(len);
        self.version += 1;
        if self.price.is_some_and(|price| price.episodes > len as f64) {
            self.price = None;
        }
        if self.searched > len {
            self.look_from(len);
        } else if known > self.searched && len == self.searched {
            self.ready -= 1;
        }
    }

    /// Host memory in bytes.
    pub fn bytes(&self) -> usize {
        self.lanes.iter().map(Series::bytes).sum()
    }
}
