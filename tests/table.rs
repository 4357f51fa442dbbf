//! The table of episodes: every row is written once, in one order, or the writer says why not.

mod common;

use std::time::{Duration, Instant};

use common::arena;
use imaginarium::base::series::EXACT;
use imaginarium::experiment::table::EpisodeTable;
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};

/// One step from start to goal: nearly as many episodes as steps.
fn short(clock: Clock, lanes: usize) -> ArenaConfig {
    let head = format!("clock = '{}'\nlanes = {lanes}", clock.id());
    let runs = ["agent = 'dyna-q'\nplanning_steps = 1", "agent = 'dyna-q'\nplanning_steps = 2"];
    arena(&head, "id = 'gridworld'\nmap = 'SG'", &runs)
}

fn lines(table: EpisodeTable<Vec<u8>>) -> Vec<String> {
    let text = String::from_utf8(table.finish().unwrap()).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn rows_cannot_outrun_the_writer_on_any_clock() {
    for clock in Clock::ALL {
        let mut e = Experiment::new(short(clock, 2), 1).unwrap();
        let mut table = EpisodeTable::new(Vec::new()).unwrap();
        let goal = Position::at(clock, 3 * EXACT as u64);
        let mut rounds = 0;
        // No deadline is near: it stops by itself before rows are folded.
        while !e.advance_to(goal, Some(Instant::now() + Duration::from_secs(3_600))) {
            table.collect(&e).unwrap();
            rounds += 1;
        }
        assert!(rounds > 2, "{clock:?}");
        table.write_new(&e).unwrap();
        let episodes = e.runs().iter().flat_map(|r| r.record().lanes()).map(|s| s.len());
        let expected: u64 = episodes.sum();
        let lines = lines(table);
        assert_eq!(lines.len() as u64, 1 + expected, "{clock:?}");
        // One lane after the other, whatever the rounds were.
        let place = |line: &String| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[0].to_owned(), cells[1].to_owned(), cells[3].parse::<u64>().unwrap())
        };
        let rows: Vec<_> = lines[1..].iter().map(place).collect();
        assert!(rows.windows(2).all(|w| {
            let same = (&w[0].0, &w[0].1) == (&w[1].0, &w[1].1);
            w[1].2 == if same { w[0].2 + 1 } else { 1 }
        }));
    }
}

#[test]
fn rows_that_were_folded_are_an_error_and_no_stop() {
    let mut e = Experiment::new(short(Clock::Episodes, 1), 1).unwrap();
    e.advance_to(Position::at(Clock::Episodes, EXACT as u64 + 5_000), None);
    let mut table = EpisodeTable::new(Vec::new()).unwrap();
    let said = table.write_new(&e).unwrap_err().to_string();
    assert!(said.contains("episode 1 was folded before it was written"), "{said}");
}
