//! The per-episode table as CSV: `run,lane,seed,episode,env_steps,updates,imagined_steps,return,length`.

use std::io::Write;

use super::arena::Experiment;
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

/// Writes finished episodes; remembers what it has written, so that it can be called again and
/// again while an experiment goes on.
pub struct EpisodeTable<W: Write> {
    out: csv::Writer<W>,
    /// `[runs][lanes]`: episodes written.
    written: Vec<Vec<u64>>,
}

impl<W: Write> EpisodeTable<W> {
    /// Writes the header.
    pub fn new(out: W) -> csv::Result<Self> {
        let mut out = csv::Writer::from_writer(out);
        out.write_record(COLUMNS)?;
        Ok(Self { out, written: Vec::new() })
    }

    /// Writes what is new: run by run, lane by lane.
    pub fn write_new(&mut self, experiment: &Experiment) -> csv::Result<()> {
        for (index, run) in experiment.runs().iter().enumerate() {
            if self.written.len() == index {
                self.written.push(vec![0; run.record().lanes().len()]);
            }
            for (lane, series) in run.record().lanes().iter().enumerate() {
                let seed = lane_seed(experiment.config().seed, lane);
                while let Some(row) = series.get(self.written[index][lane]) {
                    let episode = self.written[index][lane] + 1;
                    self.out.serialize((
                        &run.config.name,
                        lane,
                        seed,
                        episode,
                        row.env_steps,
                        row.updates,
                        row.imagined_steps,
                        row.episode_return,
                        row.length,
                    ))?;
                    self.written[index][lane] = episode;
                }
            }
        }
        Ok(())
    }

    /// Flushes and hands the writer back.
    pub fn finish(self) -> Result<W, String> {
        self.out.into_inner().map_err(|e| e.error().to_string())
    }
}
