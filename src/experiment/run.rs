//! One run of an arena: a configuration, its lanes, and why a lane stopped.

use super::arena::Change;
use super::clock::Counters;
use super::cohort::{Cohort, LaneView};
use super::config::RunConfig;
use super::record::Record;
use crate::mdp::trace::{CodeLine, Recorder};

/// Why a lane was stopped.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    /// One sentence for a title.
    pub title: String,
    /// The offending number and where it stood.
    pub text: String,
    /// Seed of the lane.
    pub seed: u64,
    /// How far that lane had come.
    pub counters: Counters,
}

/// One lane and how it fares in the lock-step.
pub(super) struct Lane {
    /// Away on a worker's thread only while [`Experiment::advance_to`] runs.
    ///
    /// [`Experiment::advance_to`]: super::arena::Experiment::advance_to
    cohort: Option<Box<dyn Cohort>>,
    /// Set once it has left the lock-step; the other lanes go on, so that a position still
    /// determines the state of all of them.
    pub failure: Option<Failure>,
    /// The clock of the lock-step does not move for it.
    pub standing: bool,
}

impl Lane {
    pub fn new(cohort: Box<dyn Cohort>) -> Self {
        Self { cohort: Some(cohort), failure: None, standing: false }
    }

    /// A copy that goes on exactly as this one would.
    pub fn duplicate(&self) -> Self {
        Self {
            cohort: Some(self.cohort().duplicate()),
            failure: self.failure.clone(),
            standing: self.standing,
        }
    }

    #[expect(clippy::expect_used, reason = "cohorts are away during a slice only")]
    pub fn cohort(&self) -> &dyn Cohort {
        self.cohort.as_deref().expect("at home between slices")
    }

    pub fn cohort_mut(&mut self) -> Option<&mut (dyn Cohort + 'static)> {
        self.cohort.as_deref_mut()
    }

    /// Hands the cohort out, unless the lane was stopped.
    pub fn send_out(&mut self) -> Option<Box<dyn Cohort>> {
        match self.failure {
            None => self.cohort.take(),
            Some(_) => None,
        }
    }

    pub fn welcome(&mut self, cohort: Box<dyn Cohort>) {
        self.cohort = Some(cohort);
    }

    /// Whether the clock of the lock-step can still move it.
    pub fn moves(&self) -> bool {
        self.failure.is_none() && !self.standing
    }
}

/// One run: a configuration and its lanes.
pub struct Run {
    /// What it was started with.
    pub config: RunConfig,
    /// One cohort a lane.
    pub(super) lanes: Vec<Lane>,
    pub(super) record: Record,
    pub(super) recorder: Recorder,
}

impl Run {
    pub(super) fn new(config: RunConfig, cohorts: Vec<Box<dyn Cohort>>) -> Self {
        Self {
            config,
            record: Record::new(cohorts.len()),
            lanes: cohorts.into_iter().map(Lane::new).collect(),
            recorder: Recorder::default(),
        }
    }

    /// Finished episodes.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Why it stopped, if it did: the failure of the lane that came least far; the first lane
    /// counts where several are equal.
    pub fn failure(&self) -> Option<&Failure> {
        let failures = self.lanes.iter().filter_map(|l| l.failure.as_ref());
        failures.min_by_key(|f| (f.counters.env_steps, f.counters.unit))
    }

    /// Marks of the watched lane.
    pub fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// True if the clock of the lock-step does not move for this run.
    pub fn stands_still(&self) -> bool {
        self.lanes.iter().all(|l| l.standing)
    }

    /// Whether the clock of the lock-step can still move lane `lane`.
    pub fn moves(&self, lane: usize) -> bool {
        self.lanes[lane].moves()
    }

    /// How far lane `lane` has come.
    pub fn counters(&self, lane: usize) -> Counters {
        self.lanes[lane].cohort().counters(0)
    }

    /// What a picture needs of lane `lane`.
    pub fn lane_view(&self, lane: usize) -> LaneView {
        self.lanes[lane].cohort().lane_view(0)
    }

    /// The agent's pseudo-code as it is set now.
    pub fn code(&self) -> &'static [CodeLine] {
        self.lanes[0].cohort().code()
    }

    /// Present value of parameter `index`.
    pub fn param(&self, index: usize) -> f64 {
        self.lanes[0].cohort().param(index)
    }

    /// Fingerprints of all lanes.
    pub fn digests(&self) -> Vec<u64> {
        self.lanes.iter().map(|l| l.cohort().digest()).collect()
    }

    /// Lets every lane plan `units` times while the world stands still, lane `watched` with the
    /// recorder if `records`.
    pub(super) fn dream(&mut self, units: u32, watched: Option<usize>) {
        for (index, lane) in self.lanes.iter_mut().enumerate().filter(|(_, l)| l.failure.is_none())
        {
            let recorder = (watched == Some(index)).then_some(&mut self.recorder);
            if let Some(cohort) = lane.cohort_mut() {
                cohort.dream(units, recorder);
            }
        }
    }

    /// Does what an event says.
    pub(super) fn apply(&mut self, change: Change) {
        match change {
            Change::Param { param, value } => self.set_param(param, value),
            Change::Dream { units } => self.dream(units, None),
        }
    }

    /// Sets a live parameter of every lane to a checked value.
    pub(super) fn set_param(&mut self, param: usize, value: f64) {
        for lane in &mut self.lanes {
            if let Some(cohort) = lane.cohort_mut() {
                cohort.set_param(param, value);
            }
            lane.standing = false;
        }
    }
}
