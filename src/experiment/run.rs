//! One run of an arena: a configuration, its lanes, and why a lane stopped.

use super::arena::Change;
use super::clock::Counters;
use super::cohort::{Advance, Cohort, LaneView};
use super::config::RunConfig;
use super::record::Record;
use super::workers::Task;
use super::worlds::{Chapter, Truths};
use crate::agents::Fault;
use crate::agents::search::Evidence;
use crate::mdp::trace::{CodeLine, Recorder};
use crate::probes::truth::Truth;
use crate::probes::value_error::Yardstick;

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

impl Failure {
    /// Why the lane of `task` leaves the lock-step, if it does.
    pub(super) fn of(task: &Task, seed: u64, truth: &Truth) -> Option<Self> {
        let counters = task.cohort.counters(task.cohort.failed_lane());
        // The step under way; a lane between two steps failed while it dreamt.
        let place = match (&task.outcome, counters.unit) {
            (Ok(_), 0) => format!("while planning after step {}", counters.env_steps),
            _ => format!("at step {}", counters.env_steps + 1),
        };
        let (title, text) = match &task.outcome {
            Ok(Advance::Failed(Fault::Number { what, value })) => {
                (format!("Not a number {place}"), format!("{what} became {}", number(*value)))
            }
            Ok(Advance::Failed(Fault::World { index, value })) => {
                let text = format!("{} became {}", truth.number_name(*index), number(*value));
                (format!("Not a number {place}"), text)
            }
            Ok(Advance::Failed(Fault::Entry(nan))) => {
                let (state, action) = (truth.state_name(nan.state), truth.action_name(nan.action));
                let text = format!("Q at {state} going {action} became {}", number(nan.value));
                (format!("Not a number {place}"), text)
            }
            Ok(Advance::Failed(Fault::Refused(why))) => (format!("Refused {place}"), why.clone()),
            Ok(_) => return None,
            Err(lost) if task.cohort.place().is_some_and(|place| place.lost().is_some()) => {
                (format!("Device lost {place}"), format!("{lost}; the device flex needs none"))
            }
            Err(panic) => (format!("Stopped by a fault {place}"), panic.clone()),
        };
        Some(Self { title, text: format!("{text} (seed {seed})"), seed, counters })
    }
}

/// A number that is none, as a person would say it.
fn number(x: f64) -> String {
    match x {
        f64::INFINITY => "∞".to_owned(),
        f64::NEG_INFINITY => "−∞".to_owned(),
        x if x.is_nan() => "not a number".to_owned(),
        x => x.to_string(),
    }
}

/// One cohort of a run, with one lane or several, and how it fares in the lock-step.
pub(super) struct Slot {
    /// Away on a worker's thread only while [`Experiment::advance_to`] runs.
    ///
    /// [`Experiment::advance_to`]: super::arena::Experiment::advance_to
    cohort: Option<Box<dyn Cohort>>,
    /// Set once it has left the lock-step; the other cohorts go on, so that a position still
    /// determines the state of all of them.
    pub failure: Option<Failure>,
    /// The clock of the lock-step does not move for it.
    pub standing: bool,
}

impl Slot {
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

    /// The same for a keyframe, which must outlive devices.
    pub fn stowed(&self) -> Self {
        let (failure, standing) = (self.failure.clone(), self.standing);
        Self { cohort: Some(self.cohort().stowed()), failure, standing }
    }

    #[expect(clippy::expect_used, reason = "cohorts are away during a slice only")]
    pub fn cohort(&self) -> &dyn Cohort {
        self.cohort.as_deref().expect("at home between slices")
    }

    pub fn cohort_mut(&mut self) -> Option<&mut (dyn Cohort + 'static)> {
        self.cohort.as_deref_mut()
    }

    /// Hands the cohort out, unless it was stopped.
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
    /// Which of the arena's worlds it lives in.
    pub(super) home: usize,
    /// Its cohorts, all with the same number of lanes: one each for tables, several where networks
    /// of many lanes are one population.
    pub(super) slots: Vec<Slot>,
    pub(super) record: Record,
    pub(super) recorder: Recorder,
    /// The truth about its world in each stage, with everything drawn over it.
    pub(super) truths: Truths,
    /// The strokes that hold.
    pub(super) chapters: Vec<Chapter>,
    /// Fewest steps home in each stage of the world as it was built.
    pub(super) built: Vec<Option<usize>>,
}

impl Run {
    pub(super) fn new(
        config: RunConfig,
        cohorts: Vec<Box<dyn Cohort>>,
        (home, truths): (usize, Truths),
        threshold: f64,
    ) -> Self {
        Self {
            config,
            home,
            built: truths.iter().map(|truth| truth.shortest).collect(),
            truths,
            chapters: Vec::new(),
            record: Record::new(cohorts.iter().map(|c| c.lanes()).sum(), threshold),
            slots: cohorts.into_iter().map(Slot::new).collect(),
            recorder: Recorder::default(),
        }
    }

    /// How many lanes each cohort has.
    pub(super) fn width(&self) -> usize {
        self.slots[0].cohort().lanes()
    }

    /// The cohort that lane `lane` belongs to, and its number there.
    pub(super) fn at(&self, lane: usize) -> (&Slot, usize) {
        (&self.slots[lane / self.width()], lane % self.width())
    }

    /// Finished episodes.
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Why it stopped, if it did: the failure of the lane that came least far; the first lane
    /// counts where several are equal.
    pub fn failure(&self) -> Option<&Failure> {
        let failures = self.slots.iter().filter_map(|l| l.failure.as_ref());
        failures.min_by_key(|f| (f.counters.env_steps, f.counters.unit))
    }

    /// Marks of the watched lane.
    pub fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// True if the clock of the lock-step does not move for this run.
    pub fn stands_still(&self) -> bool {
        self.slots.iter().all(|l| l.standing)
    }

    /// Whether the clock of the lock-step can still move lane `lane`.
    pub fn moves(&self, lane: usize) -> bool {
        self.at(lane).0.moves()
    }

    /// How far lane `lane` has come.
    pub fn counters(&self, lane: usize) -> Counters {
        let (slot, lane) = self.at(lane);
        slot.cohort().counters(lane)
    }

    /// What a picture needs of lane `lane`.
    pub fn lane_view(&self, lane: usize) -> LaneView {
        let (slot, lane) = self.at(lane);
        slot.cohort().lane_view(lane)
    }

    /// The search from the present state of lane `lane`, copied out.
    pub fn evidence(&self, lane: usize) -> Option<Evidence> {
        let (slot, lane) = self.at(lane);
        slot.cohort().evidence(lane)
    }

    /// Which of its stages the world of lane `lane` is in.
    pub fn stage(&self, lane: usize) -> usize {
        let (slot, lane) = self.at(lane);
        slot.cohort().stage(lane)
    }

    /// Fewest steps home in stage `stage` after the first `strokes` strokes over its world.
    pub fn way_after(&self, strokes: usize, stage: usize) -> Option<usize> {
        let ways = match strokes.checked_sub(1) {
            Some(last) => &self.chapters[last].shortest,
            None => &self.built,
        };
        ways.get(stage).or(ways.last()).copied().flatten()
    }

    /// The agent's pseudo-code as it is set now.
    pub fn code(&self) -> &'static [CodeLine] {
        self.slots[0].cohort().code()
    }

    /// Present value of parameter `index`.
    pub fn param(&self, index: usize) -> f64 {
        self.slots[0].cohort().param(index)
    }

    /// Fingerprints of all lanes; lanes of one cohort share theirs.
    pub fn digests(&self) -> Vec<u64> {
        let of = |slot: &Slot| std::iter::repeat_n(slot.cohort().digest(), self.width());
        self.slots.iter().flat_map(of).collect()
    }

    /// Whether any lane could plan while the world stands still.
    pub fn can_dream(&self) -> bool {
        let mut sound = self.slots.iter().filter(|slot| slot.failure.is_none());
        sound.any(|slot| slot.cohort().can_dream())
    }

    /// Lets every cohort plan `units` times while the world stands still, that of lane `recorded`
    /// with the recorder. Returns how often each lane did.
    pub(super) fn dream(&mut self, units: u32, recorded: Option<usize>) -> Vec<u32> {
        let width = self.width();
        let recorder = &mut self.recorder;
        let dream =
            |(index, slot): (usize, &mut Slot)| match (slot.failure.is_none(), slot.cohort_mut()) {
                (true, Some(cohort)) => {
                    let here = recorded.filter(|lane| lane / width == index);
                    here.into_iter().for_each(|lane| recorder.look_at(lane % width));
                    cohort.dream(units, here.map(|_| &mut *recorder))
                }
                _ => 0,
            };
        let done: Vec<u32> = self.slots.iter_mut().enumerate().map(dream).collect();
        done.into_iter().flat_map(|units| std::iter::repeat_n(units, width)).collect()
    }

    /// Does what an event says.
    pub(super) fn apply(&mut self, change: &Change) {
        match change {
            &Change::Param { param, value } => self.set_param(param, value),
            &Change::Dream { units, .. } => {
                self.dream(units, None);
            }
            Change::Edit { stroke, .. } => self.each(|cohort| cohort.edit(stroke)),
            Change::Lie { cells, .. } => self.each(|cohort| cohort.lie(cells)),
        }
    }

    /// Does something to every cohort; a clock that stood still may move again.
    fn each(&mut self, change: impl Fn(&mut dyn Cohort)) {
        for slot in &mut self.slots {
            if let Some(cohort) = slot.cohort_mut() {
                change(cohort);
            }
            slot.standing = false;
        }
    }

    /// Every lane measures its values against this from now on.
    pub(super) fn measure(&mut self, yardstick: &Yardstick) {
        self.each(|cohort| cohort.measure(yardstick));
    }

    /// Sets a live parameter of every cohort to a checked value.
    pub(super) fn set_param(&mut self, param: usize, value: f64) {
        self.each(|cohort| cohort.set_param(param, value));
    }
}
