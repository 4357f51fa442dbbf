//! The price of finding the way: found once, kept for ever, forgotten with its past.

mod common;

use common::arena;
use imaginarium::base::series::EXACT;
use imaginarium::experiment::config::ArenaConfig;
use imaginarium::experiment::engine::{Command, Engine};
use imaginarium::experiment::record::{EpisodeRow, Record};
use imaginarium::experiment::snapshot::curves;
use imaginarium::experiment::{Clock, Experiment, Position};

fn row(index: u64, length: u64) -> EpisodeRow {
    let (env_steps, updates) = (10 * (index + 1), 20 * (index + 1));
    let (episode_return, total_return) = (0.0, 0.0);
    EpisodeRow {
        env_steps,
        updates,
        imagined_steps: 0,
        episode_return,
        total_return,
        length,
        value_error: None,
    }
}

/// Episodes of 30 steps, from 5000 on of 10; lane 1 is always half as far as lane 0.
fn pushed(record: &mut Record, from: [u64; 2], to: u64) {
    let length = |index: u64| if index < 5_000 { 30 } else { 10 };
    let mut next = from;
    while next[1] < to {
        for lane in [0, 0, 1] {
            if next[lane] < to {
                record.push(lane, next[lane], row(next[lane], length(next[lane])));
                next[lane] += 1;
            }
        }
    }
}

#[test]
fn it_is_found_after_thousands_of_episodes_and_outlives_their_rows() {
    let mut record = Record::new(2, 20.0);
    pushed(&mut record, [0, 0], 4_999);
    assert_eq!(record.price(), None);
    pushed(&mut record, [4_999, 4_999], 6_000);
    let price = record.price().expect("the first good episode");
    let read = (price.episodes, price.env_steps, price.updates);
    assert_eq!(read, (5_001.0, 50_010.0, 100_020.0));
    pushed(&mut record, [6_000, 6_000], 3 * EXACT as u64);
    assert_eq!(record.lanes()[0].get(5_000), None, "folded");
    assert_eq!(record.price(), Some(price));
}

#[test]
fn another_past_has_another_price() {
    let mut record = Record::new(2, 20.0);
    pushed(&mut record, [0, 0], 9_000);
    let price = record.price();
    record.truncate(0, 5_001);
    assert_eq!(record.price(), price, "still part of this past");
    record.truncate(1, 4_000);
    assert_eq!(record.price(), None);
    record.truncate(0, 3_000);
    pushed(&mut record, [3_000, 4_000], 5_000);
    assert_eq!(record.price(), None);
    // This time the way is found an episode later.
    for index in 5_000..5_100 {
        for lane in [1, 0] {
            record.push(lane, index, row(index, if index == 5_000 { 21 } else { 20 }));
        }
    }
    assert_eq!(record.price().map(|p| p.episodes), Some(5_002.0));
}

#[test]
fn the_file_says_how_many_steps_are_few() {
    let agent = ["agent = 'dyna-q'\nplanning_steps = 5"];
    let config = arena("threshold = 2\nlanes = 2", "id = 'gridworld'\nmap = 'S.G'", &agent);
    let mut engine = Engine::new(config.clone(), 1).unwrap();
    engine.handle(Command::Play(false));
    assert_eq!(engine.snapshot().threshold, 2.0);
    let mut e = Experiment::new(config, 1).unwrap();
    e.advance_to(Position::at(Clock::Episodes, 200), None);
    let price = curves(&e, Clock::Episodes).price[0].expect("two steps are enough");
    let mean = |episode: u64| {
        let lanes = e.runs()[0].record().lanes().iter();
        lanes.map(|lane| lane.get(episode).unwrap().length).sum::<u64>() as f64 / 2.0
    };
    let first = (0..200).find(|&episode| mean(episode) <= 2.0).unwrap();
    assert_eq!(price.episodes, (first + 1) as f64);
    for wrong in ["0", "2.5", "'few'"] {
        let head = format!("version = 1\nthreshold = {wrong}");
        let text = format!("{head}\n[world]\nid = 'dyna-maze'\n[[run]]\nagent = 'random'");
        let said = ArenaConfig::from_toml("x.toml", &text).unwrap_err().to_string();
        assert!(said.contains("is not allowed: a whole number from 1 to"), "{said}");
    }
}
