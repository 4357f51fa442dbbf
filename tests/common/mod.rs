//! What several tests need: arenas from a few words of TOML, and fingerprints.

#![allow(dead_code, reason = "every test file uses its own part of this")]

pub mod corridor;
pub mod garnet;
pub mod golden;
pub mod latent;

use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};

/// An arena in the Dyna maze: `head` are keys of the file, `runs` one `[[run]]` body each.
pub fn maze(head: &str, runs: &[&str]) -> ArenaConfig {
    arena(head, "id = 'dyna-maze'", runs)
}

/// An arena in any world.
pub fn arena(head: &str, world: &str, runs: &[&str]) -> ArenaConfig {
    let runs: String = runs.iter().map(|r| format!("[[run]]\n{r}\n")).collect();
    let text = format!("version = 1\n{head}\n[world]\n{world}\n{runs}");
    ArenaConfig::from_toml("test.toml", &text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// Dyna-Q with `n` planning steps, for [`maze`].
pub fn dyna(n: u32) -> String {
    format!("agent = 'dyna-q'\nplanning_steps = {n}")
}

/// The three runs of the opening lesson with `lanes` lanes on `clock`.
pub fn three(clock: Clock, lanes: usize) -> ArenaConfig {
    let runs = [0, 5, 50].map(dyna);
    let head = format!("clock = '{}'\nlanes = {lanes}\nseed = 7", clock.id());
    maze(&head, &runs.each_ref().map(String::as_str))
}

/// Builds an arena that remembers.
pub fn remembering(config: ArenaConfig, workers: usize) -> Experiment {
    let mut e = Experiment::new(config, workers).expect("a sound configuration");
    e.remember();
    e
}

/// Fingerprints of all lanes of all runs.
pub fn digests(e: &Experiment) -> Vec<Vec<u64>> {
    e.runs().iter().map(|r| r.digests()).collect()
}

/// Position `(count, step, unit)` on `clock`.
pub fn place(clock: Clock, count: u64, step: u64, unit: u64) -> Position {
    Position { clock, count, step, unit }
}

/// A small source of numbers for choosing positions; not the one under test.
pub struct Pick(pub u64);

impl Pick {
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

/// The state at `goal` of an arena that went there at once, with these events on the way.
pub fn straight(config: ArenaConfig, events: &[Change], goal: Position) -> Vec<Vec<u64>> {
    let mut e = Experiment::new(config, 1).unwrap();
    for &(at, run, param, value) in events.iter().filter(|change| change.0 <= goal) {
        assert!(e.advance_to(at, None));
        e.set_param(run, param, value).unwrap();
    }
    assert!(e.advance_to(goal, None));
    digests(&e)
}

/// Where, which run, which parameter, to what.
pub type Change = (Position, usize, usize, f64);
