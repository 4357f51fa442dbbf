//! Who wrote a value: the updates of one cell, found by living the past again on a copy of its
//! lane, from the nearest keyframe on. Nothing is recorded while agents learn, so that the list is
//! complete at any speed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::arena::{Change, Experiment};
use super::cell_log::{CellLog, Logged};
use super::clock::Position;
use super::cohort::{Advance, Cohort};
use super::keyframes::Keyframe;
use crate::mdp::State;

/// Most updates in a list.
pub const LISTED: u64 = 4096;
/// Units between two looks at the time.
const BITE: u64 = 8_192;
/// How often the list is brought up to date while time passes.
const EVERY: Duration = Duration::from_millis(250);

/// The updates of one cell in the watched lane of a run.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// Which run.
    pub run: usize,
    /// Which cell.
    pub cell: State,
    /// Where it was taken.
    pub position: Position,
    /// Updates of this cell up to there.
    pub total: u64,
    /// How many came before the first in the list.
    pub first: u64,
    /// The list, oldest first, at most [`LISTED`].
    pub updates: Arc<[Logged]>,
    /// Number of the real step under way, to tell ages by.
    pub step: u64,
    /// Done over, the list gives the values that stand in the table, to the last bit.
    pub replays: bool,
}

/// Looks into one cell, slice by slice.
pub(super) struct Inspector {
    run: usize,
    cell: State,
    /// The list ends before the update of this number; `None` for the newest.
    before: Option<u64>,
    walker: Option<Walker>,
    /// Where the list in hand was taken, and which past that was.
    taken: Option<(Position, u64)>,
    found: Option<Arc<Inspection>>,
    rested: Instant,
}

/// A copy of the lane on its way through the past.
struct Walker {
    cohort: Box<dyn Cohort>,
    position: Position,
    /// Events of the log that it has lived.
    applied: usize,
    log: CellLog,
    /// Where it goes, the events that hold there, and which past that is.
    goal: Position,
    events: usize,
    past: u64,
    lane: usize,
}

impl Inspector {
    pub fn new(run: usize, cell: State, before: Option<u64>) -> Self {
        let rested = Instant::now();
        Self { run, cell, before, walker: None, taken: None, found: None, rested }
    }

    /// What was found so far.
    pub fn found(&self) -> Option<Arc<Inspection>> {
        self.found.clone()
    }

    /// Whether there is something to do now; an earlier list does not change while time passes.
    pub fn is_due(&self, e: &Experiment, playing: bool) -> bool {
        if e.under_way.is_some() {
            return false;
        }
        match self.taken {
            None => true,
            Some((_, past)) if past != e.past => true,
            Some(_) if self.before.is_some() => false,
            Some((position, _)) if position == e.position() => false,
            Some(_) => !playing || self.is_walking() || self.rested.elapsed() >= EVERY,
        }
    }

    fn is_walking(&self) -> bool {
        self.walker.as_ref().is_some_and(|w| !w.arrived())
    }

    /// Works until `deadline`; true once there is a new list.
    pub fn work(&mut self, e: &Experiment, deadline: Instant) -> bool {
        if !self.is_walking() && !self.set_out(e) {
            self.taken = Some((e.position(), e.past));
            self.found = None;
            return true;
        }
        let Some(walker) = &mut self.walker else {
            return false;
        };
        if walker.past != e.past {
            self.walker = None;
            return false;
        }
        walker.skip(e, self.run);
        if !walker.walk(e, self.run, deadline) {
            return false;
        }
        self.found = self.conclude(e);
        self.rested = Instant::now();
        true
    }

    /// Chooses where to begin: as late as it may, but before the first update wanted.
    fn set_out(&mut self, e: &Experiment) -> bool {
        let lane = e.watched();
        let now = e.runs[self.run].at(lane).0.cohort();
        let Some(total) = tally(now, self.cell) else {
            return false;
        };
        let end = self.before.unwrap_or(u64::MAX);
        let first = end.min(total).saturating_sub(LISTED);
        let (goal, events, past) = (e.position(), e.applied, e.past);
        let frames = e.keyframes.up_to(goal);
        let of = |frame: &Keyframe| tally(lane_of(frame, self.run, lane), self.cell);
        let count = frames.partition_point(|frame| of(frame).is_some_and(|n| n <= first));
        let frame = count.checked_sub(1).map(|last| &frames[last]);
        let ready = self.walker.take().filter(|w| {
            let same = (w.past, w.lane) == (past, lane) && self.before.is_none();
            same && w.position <= goal && frame.is_none_or(|f| f.position <= w.position)
        });
        self.walker = match (ready, frame) {
            (Some(walker), _) => Some(Walker { goal, events, ..walker }),
            (None, Some(frame)) => {
                let cohort = lane_of(frame, self.run, lane).duplicate();
                let mut log = CellLog::new(self.cell, end, LISTED as usize);
                log.begin(
                    of(frame).unwrap_or(0),
                    &cohort.counters(0),
                    alpha(e, self.run, &*cohort),
                );
                let (position, applied) = (frame.position, frame.applied);
                Some(Walker { cohort, position, applied, log, goal, events, past, lane })
            }
            (None, None) => None,
        };
        self.walker.is_some()
    }

    /// The list, checked against the table that it must lead to.
    fn conclude(&mut self, e: &Experiment) -> Option<Arc<Inspection>> {
        let walker = self.walker.as_ref()?;
        let counters = walker.cohort.counters(0);
        let row = row(&*walker.cohort, self.cell)?;
        let updates: Arc<[Logged]> = walker.log.updates().collect();
        let live = e.runs[self.run].at(walker.lane).0.cohort();
        let here = walker.arrived() && walker.goal == e.position();
        // The newest list must lead to the very table on screen; an earlier one to itself.
        let same = self.before.is_some() || !here || live.digest() == walker.cohort.digest();
        let ends = self.before.is_none().then_some(row.as_slice());
        self.taken = Some((walker.goal, walker.past));
        Some(Arc::new(Inspection {
            run: self.run,
            cell: self.cell,
            position: walker.goal,
            total: tally(live, self.cell).unwrap_or(0),
            first: walker.log.first(),
            step: counters.env_steps + u64::from(counters.unit > 0),
            replays: same && super::cell_log::replays(&updates, ends),
            updates,
        }))
    }
}

impl Walker {
    fn arrived(&self) -> bool {
        self.log.is_complete() || self.position >= self.goal && self.applied >= self.events
    }

    /// Where nothing was written into the cell for long, the way leads from keyframe to keyframe.
    fn skip(&mut self, e: &Experiment, run: usize) {
        let ahead = e.keyframes.up_to(self.goal);
        let ahead = &ahead[ahead.partition_point(|frame| frame.position <= self.position)..];
        let cohort = |frame: &Keyframe| lane_of(frame, run, self.lane).duplicate();
        let cell = self.log.cell();
        let quiet = ahead.partition_point(|frame| {
            tally(lane_of(frame, run, self.lane), cell) == Some(self.log.seen())
        });
        if let Some(frame) = quiet.checked_sub(1).map(|last| &ahead[last]) {
            self.cohort = cohort(frame);
            (self.position, self.applied) = (frame.position, frame.applied);
            self.log.go_on(&self.cohort.counters(0), alpha(e, run, &*self.cohort));
        }
    }

    /// Goes on by the same dice and the same events; true once it has arrived.
    fn walk(&mut self, e: &Experiment, run: usize, deadline: Instant) -> bool {
        while !self.arrived() {
            let event = e.events()[..self.events].get(self.applied);
            let stop = event.map_or(self.goal, |event| event.position);
            loop {
                let end = self.cohort.advance_logged(stop, BITE, &mut self.log);
                // Episodes are the record's business.
                self.cohort.take_finished();
                if !matches!(end, Advance::OutOfFuel | Advance::Full) {
                    break;
                }
                if Instant::now() >= deadline || self.log.is_complete() {
                    return self.log.is_complete();
                }
            }
            if self.position < stop {
                self.position = stop;
            }
            if let Some(event) = event {
                if event.run == run {
                    self.relive(&event.change);
                    self.log.change(alpha(e, run, &*self.cohort));
                }
                self.applied += 1;
            }
        }
        true
    }

    fn relive(&mut self, change: &Change) {
        match change {
            &Change::Param { param, value } => self.cohort.set_param(param, value),
            &Change::Dream { units, .. } => {
                self.cohort.dream_logged(units, &mut self.log);
            }
            Change::Edit { stroke, .. } => self.cohort.edit(stroke),
            Change::Lie { cells, .. } => self.cohort.lie(cells),
        }
    }
}

fn lane_of(frame: &Keyframe, run: usize, lane: usize) -> &dyn Cohort {
    // Tables have one lane a cohort; whatever has more is not looked into.
    let slots = frame.slots_of(run);
    slots[lane / slots[0].cohort().lanes()].cohort()
}

/// Updates of a cell so far; `None` for agents without a table: an update of a network writes all
/// cells at once.
fn tally(cohort: &dyn Cohort, cell: State) -> Option<u64> {
    let view = cohort.lane_view(0).view;
    let table = view.table.filter(|_| view.computing.is_none())?;
    let tally = table.tally.get(cell as usize * table.actions..)?.get(..table.actions)?;
    Some(tally.iter().map(|t| t.real + t.imagined).sum())
}

fn row(cohort: &dyn Cohort, cell: State) -> Option<Vec<f64>> {
    let table = cohort.lane_view(0).view.table?;
    (table.states() > cell as usize).then(|| table.row(cell as usize).to_vec())
}

/// The step size of a run, where every update has the same.
fn alpha(e: &Experiment, run: usize, cohort: &dyn Cohort) -> Option<f64> {
    let specs = e.runs[run].config.info.params();
    if specs.iter().any(|s| s.key == "averaging") {
        return None;
    }
    specs.iter().position(|s| s.key == "alpha").map(|index| cohort.param(index))
}
