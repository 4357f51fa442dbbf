//! Time travel: events, going back to a keyframe and forward again by the same dice,
//! and finding the place one grain back.

use super::arena::{Change, Event, Experiment, Grain};
use super::build::refusal;
use super::clock::{Clock, Position};
use super::config::ArenaConfig;
use super::networks::is_device;
use super::run::{Run, Slot};
use crate::base::params::{Dial as _, Refused};
use crate::nn::device::Wish;

impl Experiment {
    /// Changes a live parameter of a run at the present position. The future seen before no
    /// longer holds for this run; events of the others stay.
    pub fn set_param(&mut self, run: usize, param: usize, value: f64) -> Result<(), Refused> {
        self.finish_goal();
        let specs = self.runs.get(run).map(|r| r.config.info.params());
        let Some(spec) = specs.and_then(|s| s.get(param)) else {
            return Ok(());
        };
        let mut value = spec.check_live(value)?;
        if is_device(spec) && Wish::from_number(value) == Wish::Auto {
            value =
                self.ground_of(run).fastest(&self.runs[run].config, self.config.lanes).to_number();
        }
        if self.runs[run].param(param) == value {
            return Ok(());
        }
        let now = &self.runs[run];
        let mut params: Vec<f64> = (0..now.config.params.len()).map(|i| now.param(i)).collect();
        params[param] = value;
        let actions = now.truths[0].actions();
        if let Some(said) = refusal(now.config.info.id, &params, actions) {
            return Err(spec.refuse_for(value, said));
        }
        if let Err(said) = self.check_memory(&self.as_set(run, params), run) {
            return Err(spec.refuse_for(value, said.to_string()));
        }
        let again = self.note(run, Change::Param { param, value });
        self.runs[run].set_param(param, value);
        self.hand_out_yardsticks();
        if again {
            self.keyframe();
        }
        Ok(())
    }

    /// The configuration with all dials where they are now, those of `run` at `params`.
    fn as_set(&self, run: usize, params: Vec<f64>) -> ArenaConfig {
        let mut config = self.config.clone();
        for (config, run) in config.runs.iter_mut().zip(&self.runs) {
            let now = config.params.iter_mut().enumerate();
            now.for_each(|(index, value)| *value = run.param(index));
        }
        config.runs[run].params = params;
        config
    }

    /// Lets a run plan `units` times in every lane while the world stands still. Changes nothing,
    /// the known future included, where nothing can be dreamt.
    pub fn dream(&mut self, run: usize, units: u32) {
        self.finish_goal();
        if units == 0 || !self.runs.get(run).is_some_and(Run::can_dream) {
            return;
        }
        let again = self.note(run, Change::Dream { units, done: 0 });
        let recorded = self.records.then_some(self.watched);
        let done = self.runs[run].dream(units, recorded)[self.watched];
        self.events[self.applied - 1].change = Change::Dream { units, done };
        if again {
            self.keyframe();
        }
    }

    /// Writes a change into the log at the present position; the future seen before no longer
    /// holds for this run. True if the keyframe here must be taken again after the change, since
    /// it holds an event that this one may replace.
    pub(super) fn note(&mut self, run: usize, change: Change) -> bool {
        let here = self.position;
        let counters = self.runs[run].counters(self.watched);
        // A drag leaves only its last value, unless something was done to the run in between;
        // this run's later events belong to the old future. Strokes over the world are common to
        // all runs: those ahead stay, until a new one begins another future for all.
        let draws = change.is_stroke();
        let applied = self.applied;
        let last = self.events[..applied].iter().rposition(|e| e.run == run);
        let dragged = last.filter(|&last| {
            let last = &self.events[last];
            last.position == here && same_param(&last.change, &change)
        });
        let mut index = 0..;
        self.events.retain(|e| {
            let index = index.next();
            let ahead = index >= Some(applied);
            let stays = if ahead { e.change.is_stroke() && !draws } else { index != dragged };
            e.run != run || stays
        });
        let event = Event { position: here, run, change, counters };
        let at = self.events.partition_point(|e| e.position <= here);
        self.events.insert(at, event);
        self.split_no_later(run);
        self.applied = at + 1;
        self.keyframes.truncate(here);
        let before = self.events.partition_point(|e| e.position < here);
        let again = self.keyframes.forget_beyond(before);
        self.furthest = here;
        self.past += 1;
        let run = &mut self.runs[run];
        for lane in 0..run.record.lanes().len() {
            let episodes = run.counters(lane).episodes;
            run.record.truncate(lane, episodes);
        }
        again
    }

    pub(super) fn apply_due_events(&mut self) {
        let (before, mut drawn) = (self.applied, false);
        while let Some(event) = self.events.get(self.applied) {
            if event.position > self.position {
                break;
            }
            drawn |= event.change.is_stroke();
            self.runs[event.run].apply(&event.change);
            self.applied += 1;
        }
        if drawn {
            self.refresh_worlds();
        } else if self.applied > before {
            // A discount may be among what was set.
            self.hand_out_yardsticks();
        }
    }

    // ---------------------------------------------------------------- backward

    /// Goes to any place between the start and the furthest one: to the last keyframe before it,
    /// unless the present is nearer, then forward by the same dice and the same events.
    pub fn seek(&mut self, goal: Position) {
        let passed = goal < self.position || self.under_way.is_some_and(|begun| goal < begun);
        let nearer = self.keyframes.before(goal).is_some_and(|f| f.position > self.position);
        if (passed || nearer) && !self.restore(goal) {
            return;
        }
        self.forget_marks();
        self.advance_to(goal, None);
        self.apply_due_events();
    }

    /// Takes over the last keyframe at or before `goal`; false if there is none.
    pub(super) fn restore(&mut self, goal: Position) -> bool {
        let Some(frame) = self.keyframes.before(goal) else {
            return false;
        };
        for (run, slots) in self.runs.iter_mut().zip(frame.slots()) {
            run.slots = slots.iter().map(Slot::duplicate).collect();
        }
        self.position = frame.position;
        self.applied = frame.applied;
        self.cost = frame.milestone.cost;
        self.next_keyframe = self.cost;
        self.under_way = None;
        self.past += 1;
        self.refresh_worlds();
        true
    }

    /// One `grain` back; `selected` is the run whose steps and episodes count on clocks that do
    /// not know them.
    pub fn back(&mut self, grain: Grain, selected: usize) {
        self.finish_goal();
        let goal = match grain {
            Grain::Unit => self.unit_before(),
            Grain::Step => self.step_before(selected),
            Grain::Episode => self.episode_before(selected),
        };
        if let Some(goal) = goal {
            self.seek(goal);
        }
    }

    /// The present position, or the round one where all watched lanes wait for others.
    fn here(&self) -> Position {
        self.round_position().unwrap_or(self.position)
    }

    fn step_before(&mut self, selected: usize) -> Option<Position> {
        match self.position.clock {
            Clock::Episodes | Clock::EnvSteps => self.tick_before(),
            Clock::Updates | Clock::Imagined => self.real_step_before(selected),
        }
    }

    /// One natural step of the clock back.
    fn tick_before(&self) -> Option<Position> {
        let here = self.here();
        let whole = Position { unit: 0, ..here };
        match here {
            Position { unit: 1.., .. } => Some(whole),
            Position { step: 1.., .. } => Some(Position { step: here.step - 1, ..whole }),
            Position { count: 0, .. } => None,
            _ if here.clock == Clock::Episodes => {
                let length = |r: &Run| {
                    let lane = r.record.lanes().get(self.watched)?;
                    lane.get(here.count - 1).map(|row| row.length)
                };
                let longest = self.runs.iter().filter_map(length).max().unwrap_or(1);
                Some(Position { count: here.count - 1, step: longest.saturating_sub(1), ..whole })
            }
            _ => Some(Position::at(here.clock, here.count - 1)),
        }
    }

    /// Walks the step before once, to find how many units it has.
    fn unit_before(&mut self) -> Option<Position> {
        let here = self.position;
        if here.unit > 0 {
            let unit = here.unit - 1;
            return Some(Position { unit, ..here });
        }
        let mut goal = self.tick_before()?;
        if matches!(here.clock, Clock::Updates | Clock::Imagined) {
            return Some(goal);
        }
        self.seek(goal);
        loop {
            let next = self.position.unit_on();
            self.advance_to(next, None);
            if self.round_position().is_some() || self.moving_watched().next().is_none() {
                return Some(goal);
            }
            goal = next;
        }
    }

    /// On clocks of updates: the first tick at which the watched lane of the selected run had
    /// finished one real step less, or the beginning of the one under way.
    fn real_step_before(&mut self, selected: usize) -> Option<Position> {
        let here = self.position;
        let tick = |count| Position::at(here.clock, count);
        let one_back = here.count.checked_sub(1).map(tick);
        let Some(run) = self.runs.get(selected).filter(|run| run.moves(self.watched)) else {
            return one_back;
        };
        let now = run.counters(self.watched).env_steps;
        let steps = |e: &Self| e.runs[selected].counters(e.watched).env_steps;
        // Back in growing strides to a place before the step sought, then forward tick by tick.
        let mut stride = 64;
        loop {
            let from = here.count.saturating_sub(stride);
            self.seek(tick(from));
            if steps(self) + 1 < now || from == 0 {
                break;
            }
            stride *= 4;
        }
        let mut found = self.position;
        let mut seen = steps(self);
        while self.position.count + 1 < here.count {
            self.advance_to(self.position.unit_on(), None);
            if steps(self) != seen {
                seen = steps(self);
                found = self.position;
            }
        }
        (found.count < here.count).then_some(found)
    }

    fn episode_before(&self, selected: usize) -> Option<Position> {
        let here = self.here();
        let inside = here.step + here.unit > 0;
        match here.clock {
            Clock::Episodes if inside => Some(Position::at(here.clock, here.count)),
            Clock::Episodes => Some(Position::at(here.clock, here.count.checked_sub(1)?)),
            _ => {
                let run = self.runs.get(selected)?;
                let now = run.counters(self.watched);
                let lane = run.record.lanes().get(self.watched)?;
                let start_of = |episodes: u64| match episodes.checked_sub(1) {
                    None => Some(Position::at(here.clock, 0)),
                    Some(last) => lane
                        .get(last)
                        .map(|row| Position::at(here.clock, row.on(here.clock, last + 1))),
                };
                let start = start_of(now.episodes)?;
                match start < here {
                    true => Some(start),
                    false => start_of(now.episodes.checked_sub(1)?),
                }
            }
        }
    }
}

/// Whether both set the same parameter.
fn same_param(a: &Change, b: &Change) -> bool {
    match (a, b) {
        (Change::Param { param: a, .. }, Change::Param { param: b, .. }) => a == b,
        _ => false,
    }
}
