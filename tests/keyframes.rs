//! Keyframes stay within the bytes they state, and state what they take.

mod common;

use common::{arena, digests, dyna, straight};
use imaginarium::experiment::keyframes::MEMORY;
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};

/// Resident memory in bytes; `None` where the system does not say.
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmRSS:"))?;
    let kib: usize = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib << 10)
}

/// A world of the greatest size without walls, so that one keyframe takes some megabytes.
fn large() -> ArenaConfig {
    let mut map = vec!["S".to_owned() + &".".repeat(63)];
    map.extend(vec![".".repeat(64); 62]);
    map.push(".".repeat(63) + "G");
    let world = format!("id = 'gridworld'\nmap = \"\"\"\n{}\"\"\"", map.join("\n"));
    arena("clock = 'env-steps'\nlanes = 4", &world, &[&dyna(5), "agent = 'q-replay'"])
}

#[test]
fn keyframes_take_what_they_say_and_no_more_than_they_may() {
    let clock = Clock::EnvSteps;
    let mut e = Experiment::new(large(), 1).unwrap();
    e.advance_to(Position::at(clock, 2_000), None);
    e.remember();
    let one = e.keyframes().bytes();
    assert!(one > 1 << 20, "{one} bytes");
    let (before, stated) = (resident(), e.keyframes().bytes());
    let mut compared = false;
    // Twice as many as there is room for.
    let count = 2 * MEMORY / one;
    for tick in 1..=count as u64 {
        e.advance_to(Position::at(clock, 2_000 + 20 * tick), None);
        e.remember();
        assert!(e.keyframes().bytes() <= MEMORY, "{} keyframes", e.keyframes().len());
        // When memory is nearly full for the first time, nothing has been given back yet.
        let said = e.keyframes().bytes() - stated;
        if !compared && e.keyframes().bytes() + 2 * one > MEMORY {
            compared = true;
            match before.zip(resident()) {
                Some((before, now)) => {
                    let share = (now.saturating_sub(before)) as f64 / said as f64;
                    assert!((0.85..1.15).contains(&share), "{share} of the bytes stated");
                }
                None => eprintln!("resident memory is not compared: this system does not say"),
            }
        }
    }
    assert!(compared && e.keyframes().len() < count);
    // What is left of them still leads everywhere.
    let end = e.position();
    for tick in [0, 3, count as u64 / 2, count as u64 - 1] {
        let to = Position::at(clock, 2_000 + 20 * tick + 7);
        e.seek(to);
        assert_eq!(digests(&e), straight(large(), &[], to), "{to:?}");
    }
    e.seek(end);
}
