//! Strokes over the world as events: drawn, taken back, and lived again when time is walked.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::arena::{Change, Event, Experiment};
use super::engine::{Command, Engine};
use super::worlds::{Chapter, Truths};
use crate::mdp::State;
use crate::mdp::edit::{CannotEdit, Stroke};
use crate::mdp::scene::Cell;
use crate::probes::truth::Truth;

impl Experiment {
    /// Draws a stroke over the world of every lane of every run, here and now: one event a run, so
    /// that each run's past stays its own.
    pub fn edit(&mut self, stroke: Stroke) -> Result<(), CannotEdit> {
        self.finish_goal();
        match &self.homes[..] {
            [home] => home.worlds.check(&stroke)?,
            _ => return Err(CannotEdit::SeveralWorlds),
        }
        if !stroke.is_empty() {
            self.draw(Arc::new(stroke), false);
        }
        Ok(())
    }

    /// Whether anything can be drawn into the world: where there are several, a stroke over one of
    /// them would mean nothing in the others.
    pub fn can_be_drawn(&self) -> bool {
        matches!(&self.homes[..], [home] if home.worlds.can_be_drawn())
    }

    /// Takes the last stroke back that has not been taken back, as an event of its own. False if
    /// there is none.
    pub fn undo(&mut self) -> bool {
        self.finish_goal();
        match self.last_drawn() {
            None => false,
            Some(Drawn::World { before }) => {
                let inverse = self.inverse(before);
                self.draw(Arc::new(inverse), true);
                true
            }
            Some(Drawn::Model { run, event }) => {
                let cells = self.before_lie(run, event);
                self.paint_lie(run, cells.into(), true);
                true
            }
        }
    }

    /// Paints an error over the model of a run, in every lane: entering these cells pays so much
    /// more there.
    pub fn lie(&mut self, run: usize, cells: Vec<(State, f64)>) -> Result<(), CannotEdit> {
        self.finish_goal();
        let states = self.runs.get(run).map_or(0, |run| run.truths[0].states());
        if states == 0 {
            return Err(CannotEdit::NoMap);
        }
        for &(state, value) in &cells {
            if state as usize >= states {
                return Err(CannotEdit::Outside { state, cells: states });
            }
            if !value.is_finite() {
                return Err(CannotEdit::Reward { value });
            }
        }
        if !cells.is_empty() && run < self.runs.len() {
            self.paint_lie(run, cells.into(), false);
        }
        Ok(())
    }

    fn paint_lie(&mut self, run: usize, cells: Arc<[(State, f64)]>, undo: bool) {
        let change = Change::Lie { cells, undo };
        let again = self.note(run, change.clone());
        self.runs[run].apply(&change);
        if again {
            self.keyframe();
        }
    }

    /// What the cells of an event paid in the model of its run before.
    fn before_lie(&self, run: usize, event: usize) -> Vec<(State, f64)> {
        let Change::Lie { cells, .. } = &self.events[event].change else {
            return Vec::new();
        };
        let earlier = self.events[..event].iter().filter(|e| e.run == run);
        let mut told: BTreeMap<State, f64> = cells.iter().map(|&(cell, _)| (cell, 0.0)).collect();
        for change in earlier.map(|e| &e.change) {
            if let Change::Lie { cells, .. } = change {
                let known = cells.iter().filter(|(cell, _)| told.contains_key(cell));
                known.copied().collect::<Vec<_>>().into_iter().for_each(|(cell, extra)| {
                    told.insert(cell, extra);
                });
            }
        }
        told.into_iter().collect()
    }

    /// Whether there is a stroke to take back.
    pub fn can_undo(&self) -> bool {
        self.last_drawn().is_some()
    }

    fn draw(&mut self, stroke: Arc<Stroke>, undo: bool) {
        let mut again = false;
        for run in 0..self.runs.len() {
            let change = Change::Edit { stroke: stroke.clone(), undo };
            again |= self.note(run, change.clone());
            self.runs[run].apply(&change);
        }
        self.refresh_worlds();
        if again {
            self.keyframe();
        }
    }

    /// The stroke that an undo takes back.
    fn last_drawn(&self) -> Option<Drawn> {
        let mut drawn = Vec::new();
        let mut strokes = 0;
        for (index, event) in self.events[..self.applied].iter().enumerate() {
            // What is taken back is the last of its kind: between the two, time may have been
            // walked back and something else drawn.
            let run = event.run;
            match &event.change {
                Change::Lie { undo: true, .. } => take_last(&mut drawn, |d| d.is_model_of(run)),
                Change::Lie { .. } => drawn.push(Drawn::Model { run, event: index }),
                Change::Edit { undo, .. } if run == 0 => {
                    match undo {
                        true => take_last(&mut drawn, Drawn::is_world),
                        false => drawn.push(Drawn::World { before: strokes }),
                    }
                    strokes += 1;
                }
                _ => {}
            }
        }
        drawn.pop()
    }

    /// What makes the world again what it was after the first `before` strokes, where the next one
    /// touched it.
    fn inverse(&mut self, before: usize) -> Stroke {
        let strokes = strokes(&self.events[..self.applied], 0);
        let truths = self.homes[0].worlds.after(&strokes[..before]);
        let stage = |(index, truth): (usize, &Arc<_>)| {
            let touched = strokes[before].on(index).iter();
            touched.map(|&(state, _)| (state, cell(truth, state))).collect()
        };
        Stroke::of_stages(truths.iter().enumerate().map(stage).collect())
    }

    /// Brings the truth of every run up to the events that hold.
    pub(super) fn refresh_worlds(&mut self) {
        for index in 0..self.runs.len() {
            let drawn = self.events[..self.applied].iter().filter(|e| e.run == index);
            let drawn: Vec<_> = drawn.filter_map(|e| Some((e, stroke(e)?))).collect();
            let strokes: Vec<_> = drawn.iter().map(|(_, stroke)| (*stroke).clone()).collect();
            let worlds = &mut self.homes[self.runs[index].home].worlds;
            let chapters = &mut self.runs[index].chapters;
            let same = chapters.iter().zip(&strokes).take_while(|(c, s)| Arc::ptr_eq(&c.stroke, s));
            let same = same.count();
            chapters.truncate(same);
            for (count, (event, stroke)) in drawn.iter().enumerate().skip(same) {
                chapters.push(Chapter {
                    stroke: (*stroke).clone(),
                    position: event.position,
                    counters: event.counters,
                    shortest: shortest(&worlds.after(&strokes[..=count])),
                });
            }
            self.runs[index].truths = worlds.after(&strokes);
        }
        self.hand_out_yardsticks();
    }
}

impl Engine {
    /// Draws over the world or over a model, or takes that back.
    pub(super) fn draw(&mut self, command: Command) {
        self.stride = 1;
        let drawn = match command {
            Command::Edit(stroke) => self.experiment.edit(stroke),
            Command::Lie { run, cells } => self.experiment.lie(run, cells),
            _ => {
                self.experiment.undo();
                Ok(())
            }
        };
        if let Err(refused) = drawn {
            self.notice = Some(refused.to_string());
        }
    }
}

/// Something drawn that can be taken back.
enum Drawn {
    /// Over the world, after so many strokes.
    World { before: usize },
    /// Over the model of a run, by this event.
    Model { run: usize, event: usize },
}

impl Drawn {
    fn is_world(&self) -> bool {
        matches!(self, Self::World { .. })
    }

    fn is_model_of(&self, of: usize) -> bool {
        matches!(self, Self::Model { run, .. } if *run == of)
    }
}

/// Takes out the last that is `sought`.
fn take_last(drawn: &mut Vec<Drawn>, sought: impl Fn(&Drawn) -> bool) {
    if let Some(last) = drawn.iter().rposition(sought) {
        drawn.remove(last);
    }
}

impl Change {
    /// Whether it is a stroke over the world, which all runs of the arena have in common.
    pub(super) fn is_stroke(&self) -> bool {
        matches!(self, Self::Edit { .. })
    }
}

fn stroke(event: &Event) -> Option<&Arc<Stroke>> {
    match &event.change {
        Change::Edit { stroke, .. } => Some(stroke),
        _ => None,
    }
}

/// The strokes over the world of run `run`, in order.
fn strokes(events: &[Event], run: usize) -> Vec<Arc<Stroke>> {
    events.iter().filter(|e| e.run == run).filter_map(stroke).cloned().collect()
}

fn shortest(truths: &Truths) -> Vec<Option<usize>> {
    truths.iter().map(|truth| truth.shortest).collect()
}

fn cell(truth: &Truth, state: State) -> Cell {
    truth.cell(state).unwrap_or(Cell::Free)
}
