//! The per-episode table as CSV: `run,lane,seed,episode,env_steps,updates,imagined_steps,return,length`.

use std::io::{Error, Write};

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

/// Finished episodes that were not handed on before; remembers which those are, so that it can be
/// asked again and again while an experiment goes on.
#[derive(Clone, Debug, Default)]
pub struct NewEpisodes {
    /// `[runs][lanes]`.
    lanes: Vec<Vec<Lane>>,
}

/// One lane's share of the table.
#[derive(Clone, Debug, Default)]
struct Lane {
    written: u64,
    /// Copied out of the record, to be handed on in their turn.
    waiting: Vec<EpisodeRow>,
}

impl NewEpisodes {
    /// Copies what is new, to be handed on by the next [`Self::each`]. To be called whenever
    /// [`Experiment::advance_to`] comes back, since a record folds its old rows.
    pub fn collect(&mut self, experiment: &Experiment) -> Result<(), Error> {
        for (index, run) in experiment.runs().iter().enumerate() {
            let record = run.record().lanes();
            if self.lanes.len() == index {
                self.lanes.push(vec![Lane::default(); record.len()]);
            }
            for (lane, series) in self.lanes[index].iter_mut().zip(record) {
                for episode in lane.written + lane.waiting.len() as u64..series.len() {
                    let row = series.get(episode).ok_or_else(|| {
                        let name = experiment.run_name(index);
                        let number = episode + 1;
                        Error::other(format!(
                            "run {name}: episode {number} was folded before it was written"
                        ))
                    })?;
                    lane.waiting.push(*row);
                }
            }
        }
        Ok(())
    }

    /// Hands on what is new: run by run, lane by lane.
    pub fn each<E: From<Error>>(
        &mut self,
        experiment: &Experiment,
        mut take: impl FnMut(Line<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.collect(experiment)?;
        for (run, lanes) in experiment.runs().iter().zip(&mut self.lanes) {
            for (index, lane) in lanes.iter_mut().enumerate() {
                let seed = lane_seed(experiment.config().seed, index);
                for row in lane.waiting.drain(..) {
                    lane.written += 1;
                    let episode = lane.written;
                    take(Line { run: &run.config.name, lane: index, seed, episode, row })?;
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

    /// Copies what is new; see [`NewEpisodes::collect`].
    pub fn collect(&mut self, experiment: &Experiment) -> csv::Result<()> {
        Ok(self.new.collect(experiment)?)
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
    pub fn finish(self) -> std::io::Result<W> {
        let kept = |e: &std::io::Error| std::io::Error::new(e.kind(), e.to_string());
        self.out.into_inner().map_err(|e| kept(e.error()))
    }
}
