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

/// Writes finished episodes; remembers what it has written, so that it can be called again and
/// again while an experiment goes on.
pub struct EpisodeTable<W: Write> {
    out: csv::Writer<W>,
    /// `[runs][lanes]`.
    lanes: Vec<Vec<Lane>>,
}

/// One lane's share of the table.
#[derive(Clone, Default)]
struct Lane {
    written: u64,
    /// Copied out of the record, to be written in their turn.
    waiting: Vec<EpisodeRow>,
}

impl<W: Write> EpisodeTable<W> {
    /// Writes the header.
    pub fn new(out: W) -> csv::Result<Self> {
        let mut out = csv::Writer::from_writer(out);
        out.write_record(COLUMNS)?;
        Ok(Self { out, lanes: Vec::new() })
    }

    /// Copies what is new, to be written by the next [`Self::write_new`]. To be called whenever
    /// [`Experiment::advance_to`] comes back, since a record folds its old rows.
    pub fn collect(&mut self, experiment: &Experiment) -> csv::Result<()> {
        for (index, run) in experiment.runs().iter().enumerate() {
            let record = run.record().lanes();
            if self.lanes.len() == index {
                self.lanes.push(vec![Lane::default(); record.len()]);
            }
            for (lane, series) in self.lanes[index].iter_mut().zip(record) {
                for episode in lane.written + lane.waiting.len() as u64..series.len() {
                    let row = series.get(episode).ok_or_else(|| {
                        let name = experiment.run_name(index);
                        let what = format!(
                            "run {name}: episode {} was folded before it was written",
                            episode + 1
                        );
                        csv::Error::from(std::io::Error::other(what))
                    })?;
                    lane.waiting.push(*row);
                }
            }
        }
        Ok(())
    }

    /// Writes what is new: run by run, lane by lane.
    pub fn write_new(&mut self, experiment: &Experiment) -> csv::Result<()> {
        self.collect(experiment)?;
        for (run, lanes) in experiment.runs().iter().zip(&mut self.lanes) {
            for (index, lane) in lanes.iter_mut().enumerate() {
                let seed = lane_seed(experiment.config().seed, index);
                for row in lane.waiting.drain(..) {
                    lane.written += 1;
                    self.out.serialize((
                        &run.config.name,
                        index,
                        seed,
                        lane.written,
                        row.env_steps,
                        row.updates,
                        row.imagined_steps,
                        row.episode_return,
                        row.length,
                    ))?;
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
