//! The per-episode table as CSV: `run,lane,seed,episode,env_steps,updates,imagined_steps,return,length`.

use std::io::Write;

use super::arena::Experiment;
use super::record::EpisodeRow;
use crate::base::rng::lane_seed;

/// The columns.
pub const COLUMNS: [&str; 9] = [
    "run",
    "lane",
    "seed",
    "episode",
    "env_steps",
    "updates",
    "imagined_steps",
    "return",
    "length",
];

/// One line of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line<'a> {
    /// Name of the run.
    pub run: &'a str,
    /// Lane, from 0.
    pub lane: usize,
    /// Its seed.
    pub seed: u64,
    /// Episode, from 1.
    pub episode: u64,
    /// What it came to.
    pub row: EpisodeRow,
}

/// Finished episodes that were not seen before; remembers which those are, so that it can be
/// asked again and again while an experiment goes on.
#[derive(Clone, Debug, Default)]
pub struct NewEpisodes {
    /// `[runs][lanes]`: episodes seen.
    seen: Vec<Vec<u64>>,
}

impl NewEpisodes {
    /// Hands on what is new: run by run, lane by lane.
    pub fn each<E>(
        &mut self,
        experiment: &Experiment,
        mut take: impl FnMut(Line<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        for (index, run) in experiment.runs().iter().enumerate() {
            if self.seen.len() == index {
                self.seen.push(vec![0; run.record().lanes().len()]);
            }
            for (lane, series) in run.record().lanes().iter().enumerate() {
                let seed = lane_seed(experiment.config().seed, lane);
                while let Some(&row) = series.get(self.seen[index][lane]) {
                    let episode = self.seen[index][lane] + 1;
                    take(Line { run: &run.config.name, lane, seed, episode, row })?;
                    self.seen[index][lane] = episode;
                }
            }
        }
        Ok(())
    }
}

/// Writes finished episodes as CSV.
pub struct EpisodeTable<W: Write> {
    out: csv::Writer<W>,
    new: NewEpisodes,
}

impl<W: Write> EpisodeTable<W> {
    /// Writes the header.
    pub fn new(out: W) -> csv::Result<Self> {
        let mut out = csv::Writer::from_writer(out);
        out.write_record(COLUMNS)?;
        Ok(Self { out, new: NewEpisodes::default() })
    }

    /// Writes what is new: run by run, lane by lane.
    pub fn write_new(&mut self, experiment: &Experiment) -> csv::Result<()> {
        let out = &mut self.out;
        self.new.each(experiment, |Line { run, lane, seed, episode, row }| {
            let clocks = (row.env_steps, row.updates, row.imagined_steps);
            let (env_steps, updates, imagined) = clocks;
            let (sum, length) = (row.episode_return, row.length);
            out.serialize((run, lane, seed, episode, env_steps, updates, imagined, sum, length))
        })
    }

    /// Flushes and hands the writer back.
    pub fn finish(self) -> Result<W, String> {
        self.out.into_inner().map_err(|e| e.error().to_string())
    }
}
