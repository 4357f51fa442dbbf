//! What was done to runs, in words: for the marks on curves and for the log.

use std::sync::Arc;

use super::words;
use crate::base::params::{Range, Spec};
use crate::experiment::arena::{Change, Event};
use crate::experiment::clock::{Counters, Position};
use crate::experiment::snapshot::Snapshot;

/// One thing that was done to a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Happening {
    /// Which run.
    pub run: usize,
    /// When, on the clock of the lock-step.
    pub position: Position,
    /// Counters of the watched lane at that moment.
    pub counters: Counters,
    /// In a few words: `n = 20`.
    pub what: String,
    /// What it was before, where that is a value.
    pub was: Option<String>,
    /// It changed what the run is, not how much of something it does: a part was swapped, or the
    /// run split off.
    pub swap: bool,
    /// It was done to the world of all runs alike.
    pub shared: bool,
}

/// Everything that was done, in order; those ahead belong to a future already seen. What a fork
/// has from its parent is told of the parent alone.
pub fn happenings(s: &Snapshot) -> Vec<Happening> {
    let split = |(run, of): (usize, _)| split(s, run, of);
    let mut all: Vec<Happening> =
        s.runs.iter().enumerate().filter_map(|(i, r)| Some((i, r.fork?))).map(split).collect();
    let mut values: Vec<Vec<f64>> = s.config.runs.iter().map(|r| r.params.clone()).collect();
    for event in s.events.iter().filter(|e| e.run < s.runs.len()) {
        let told = happening(s, event, &mut values[event.run]);
        all.extend(Some(told).filter(|_| !inherited(s, event)));
    }
    all.sort_by(|a, b| a.position.partial_cmp(&b.position).unwrap_or(std::cmp::Ordering::Equal));
    all
}

/// What was done, put into words once for as long as nothing more is done.
#[derive(Default)]
pub struct Told {
    /// Events, arena and number of runs that it was told of.
    of: Option<(Arc<[Event]>, u64, usize)>,
    all: Arc<[Happening]>,
}

impl Told {
    /// The same as [`happenings`].
    pub fn of(&mut self, s: &Snapshot) -> Arc<[Happening]> {
        let same = |(events, generation, runs): &(Arc<[Event]>, u64, usize)| {
            Arc::ptr_eq(events, &s.events) && (*generation, *runs) == (s.generation, s.runs.len())
        };
        if !self.of.as_ref().is_some_and(same) {
            self.of = Some((s.events.clone(), s.generation, s.runs.len()));
            self.all = happenings(s).into();
        }
        self.all.clone()
    }
}

fn split(s: &Snapshot, run: usize, fork: crate::experiment::fork::Fork) -> Happening {
    Happening {
        run,
        position: fork.at,
        counters: fork.counters,
        what: format!("fork of {}", s.runs[fork.of].letter),
        was: None,
        swap: true,
        shared: false,
    }
}

/// Whether a fork has this event from its parent: it lies before the split, or at it and the
/// parent has had the same.
fn inherited(s: &Snapshot, event: &Event) -> bool {
    let Some(fork) = s.runs[event.run].fork else {
        return false;
    };
    let same =
        |e: &Event| e.run == fork.of && e.position == event.position && e.change == event.change;
    event.position < fork.at || (event.position == fork.at && s.events.iter().any(same))
}

fn happening(s: &Snapshot, event: &Event, values: &mut [f64]) -> Happening {
    let (what, was, swap) = match &event.change {
        &Change::Param { param, value } => {
            let spec = &s.runs[event.run].agent.params()[param];
            let was = std::mem::replace(&mut values[param], value);
            let what = format!("{} = {}", name(spec), shown(spec, value));
            (what, Some(shown(spec, was)), matches!(spec.range, Range::Choice(_)))
        }
        Change::Dream { done, .. } => (format!("planned {done} times"), None, false),
        Change::Edit { stroke, undo } => (words::stroke(stroke, *undo), None, true),
        Change::Lie { cells, undo } => (words::lie(cells, *undo), None, true),
    };
    let (run, position, counters) = (event.run, event.position, event.counters);
    let shared = matches!(event.change, Change::Edit { .. });
    Happening { run, position, counters, what, was, swap, shared }
}

/// Symbol, or label where the notation has none.
fn name(spec: &Spec) -> &'static str {
    let symbol = spec.symbol.split(',').next().unwrap_or_default();
    if symbol.chars().count() == 1 { symbol } else { spec.label }
}

/// A value as the screen writes it.
fn shown(spec: &Spec, value: f64) -> String {
    match spec.range {
        Range::Choice(all) => all.get(value as usize).map_or("", |c| c.label).to_owned(),
        _ => spec.show(value),
    }
}

impl Happening {
    /// Where it was, e.g. `episode 10, step 9`.
    pub fn place(&self) -> String {
        words::position(self.position)
    }
}
