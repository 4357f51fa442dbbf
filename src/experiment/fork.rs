//! Forks: a twin of a run, so that one changed slider gives two futures of one past.
//!
//! A fork has the configuration and the events of its parent, so it is a twin from the very start:
//! seeking, replaying, films and files need nothing more to bring it back.

use super::arena::{Event, Experiment};
use super::clock::{Counters, Position};
use super::config::{ArenaConfig, ConfigError, MAX_RUNS, RunConfig, letter};
use super::keyframes::count_of;
use super::run::{Run, Slot};
use crate::base::params::Spec;

/// Where two runs may begin to differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fork {
    /// The run it is a twin of.
    pub of: usize,
    /// Up to here both are the same.
    pub at: Position,
    /// Counters of the watched lane there.
    pub counters: Counters,
}

impl ArenaConfig {
    /// Forks of an arena that begins anew may differ from the start.
    pub(super) fn split_at_start(&mut self) {
        let at = Position::at(self.clock, 0);
        for fork in self.runs.iter_mut().filter_map(|run| run.fork.as_mut()) {
            (fork.at, fork.counters) = (at, Counters::default());
        }
    }
}

impl Experiment {
    /// Gives run `parent` a twin: the same configuration, the same events so far, the same record.
    /// Returns its number. A future seen before is forgotten.
    pub fn fork(&mut self, parent: usize) -> Result<usize, ConfigError> {
        self.finish_goal();
        self.past += 1;
        let mut config = self.config.clone();
        let Some(mut twin) = config.runs.get(parent).cloned() else {
            return Err(ConfigError(format!("run {} does not exist", letter(parent))));
        };
        if config.runs.len() >= MAX_RUNS {
            let what = format!("no room for a fork: an arena has at most {MAX_RUNS} runs");
            return Err(ConfigError(what));
        }
        let (here, counters) = (self.position, self.runs[parent].counters(self.watched));
        twin.fork = Some(Fork { of: parent, at: here, counters });
        config.runs.push(twin);
        self.check_memory(&config, parent)?;
        self.keyframes.truncate(here);
        self.furthest = here;
        self.keyframes.fork(parent, &self.events);
        self.copy_events(parent);
        self.runs.push(self.runs[parent].twin());
        self.take_configs(config);
        Ok(self.runs.len() - 1)
    }

    /// Takes a fork away. What forked off from it counts as a fork of its parent.
    pub fn unfork(&mut self, run: usize) -> Result<(), ConfigError> {
        self.finish_goal();
        let Some(gone) = self.config.runs.get(run).and_then(|r| r.fork) else {
            let what = format!("run {} is no fork, only forks can be closed", letter(run));
            return Err(ConfigError(what));
        };
        let mut config = self.config.clone();
        config.runs.remove(run);
        for fork in config.runs.iter_mut().filter_map(|r| r.fork.as_mut()) {
            if fork.of == run {
                fork.of = gone.of;
                if gone.at < fork.at {
                    (fork.at, fork.counters) = (gone.at, gone.counters);
                }
            } else if fork.of > run {
                fork.of -= 1;
            }
        }
        self.past += 1;
        self.keyframes.unfork(run, &self.events);
        self.applied -= count_of(run, &self.events[..self.applied]);
        self.events.retain(|event| event.run != run);
        let behind = self.events.iter_mut().filter(|event| event.run > run);
        behind.for_each(|event| event.run -= 1);
        self.runs.remove(run);
        self.take_configs(config);
        Ok(())
    }

    /// After a change of `run` here, it and its twins are the same up to here at most.
    pub(super) fn split_no_later(&mut self, run: usize) {
        let (here, counters) = (self.position, self.runs[run].counters(self.watched));
        let mut config = self.config.clone();
        for (index, other) in config.runs.iter_mut().enumerate() {
            let concerned = |fork: &&mut Fork| fork.of == run || index == run;
            if let Some(fork) = other.fork.as_mut().filter(concerned)
                && here < fork.at
            {
                (fork.at, fork.counters) = (here, counters);
            }
        }
        self.take_configs(config);
    }

    /// The twin that comes next gets a copy of each event that `parent` has had, right behind it,
    /// and of the strokes ahead, which are common to all runs.
    fn copy_events(&mut self, parent: usize) {
        let (twin, applied) = (self.runs.len(), self.applied);
        self.applied += count_of(parent, &self.events[..applied]);
        let mut index = 0;
        let copy = |event: Event| {
            index += 1;
            let has = event.run == parent && (index <= applied || event.change.is_stroke());
            let copy = has.then(|| Event { run: twin, ..event.clone() });
            [Some(event), copy].into_iter().flatten()
        };
        self.events = std::mem::take(&mut self.events).into_iter().flat_map(copy).collect();
    }

    fn take_configs(&mut self, mut config: ArenaConfig) {
        name_forks(&mut config.runs);
        for (run, config) in self.runs.iter_mut().zip(&config.runs) {
            run.config.clone_from(config);
        }
        self.config = config;
    }
}

impl Run {
    /// A run with the same past, up to where the lanes are now.
    fn twin(&self) -> Self {
        let mut twin = Self {
            home: self.home,
            config: self.config.clone(),
            slots: self.slots.iter().map(Slot::duplicate).collect(),
            record: self.record.clone(),
            recorder: self.recorder.clone(),
            truths: self.truths.clone(),
            chapters: self.chapters.clone(),
            built: self.built.clone(),
        };
        for lane in 0..twin.record.lanes().len() {
            let episodes = twin.counters(lane).episodes;
            twin.record.truncate(lane, episodes);
        }
        twin
    }
}

/// "fork of B", "fork 2 of B".
fn name_forks(runs: &mut [RunConfig]) {
    for index in 0..runs.len() {
        let Some(fork) = runs[index].fork else {
            continue;
        };
        let parent = letter(fork.of);
        let name = |number: usize| match number {
            1 => format!("fork of {parent}"),
            _ => format!("fork {number} of {parent}"),
        };
        let taken = |name: &String| {
            let before = |(i, run): (usize, &RunConfig)| i < index || run.fork.is_none();
            runs.iter().enumerate().any(|(i, run)| before((i, run)) && run.name == *name)
        };
        let free = (1..).map(name).find(|name| !taken(name));
        runs[index].name = free.unwrap_or_default();
    }
}

/// Name and note of a fork: in what it differs from its parent now.
pub(super) fn fork_names(name: &str, of: usize, run: &Run, parent: &Run) -> (String, String) {
    let specs = run.config.info.params().iter().enumerate();
    let differ = |(i, _): &(usize, _)| run.param(*i) != parent.param(*i);
    let different: Vec<_> = specs.filter(differ).collect();
    let mine = |&(i, spec): &(usize, &Spec)| spec.written(run.param(i));
    let theirs = |(i, spec): &(usize, &Spec)| spec.written(parent.param(*i));
    let parent = letter(of);
    match different.as_slice() {
        [] => (name.to_owned(), format!("set as {parent}, same dice")),
        [one] => (format!("{name}, {}", mine(one)), format!("{parent}: {}", theirs(one))),
        many => {
            let words: Vec<String> = many.iter().map(mine).collect();
            (name.to_owned(), words.join(", "))
        }
    }
}
