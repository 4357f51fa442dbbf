//! Who wrote a value: the list of updates is complete at any speed, and done over it gives the
//! value to the last bit.

mod common;

use std::time::Duration;

use common::{arena, dyna, maze};
use imaginarium::agents::AGENTS;
use imaginarium::experiment::arena::Grain;
use imaginarium::experiment::cell_log::replays;
use imaginarium::experiment::engine::{Command, Engine};
use imaginarium::experiment::inspect::{Inspection, LISTED};
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};
use imaginarium::mdp::edit::Stroke;
use imaginarium::mdp::scene::Cell;
use imaginarium::mdp::trace::Source;

const SLICE: Duration = Duration::from_millis(8);

/// Right before the goal of the Dyna maze.
const LAST: u32 = 17;

fn paused(config: ArenaConfig) -> Engine {
    let mut engine = Engine::new(config, 1).unwrap();
    engine.handle(Command::Play(false));
    engine
}

/// As fast as it goes to `goal`, then a look into a cell.
fn run_to(engine: &mut Engine, goal: Position) {
    engine.handle(Command::Speed(None));
    engine.handle(Command::Play(true));
    while engine.experiment().position() < goal {
        engine.advance(SLICE, SLICE);
    }
    engine.handle(Command::Play(false));
}

/// Exactly so many episodes further.
fn episodes(engine: &mut Engine, count: u64) {
    engine.handle(Command::Grain(Grain::Episode));
    let end = engine.experiment().position().count + count;
    while engine.experiment().position().count < end {
        engine.handle(Command::Step);
        while engine.experiment().position().unit + engine.experiment().position().step > 0 {
            engine.advance(Duration::ZERO, SLICE);
        }
    }
    assert_eq!(engine.experiment().position(), Position::at(Clock::Episodes, end));
}

fn look(engine: &mut Engine, run: usize, cell: u32, before: Option<u64>) -> Inspection {
    engine.handle(Command::Inspect { run, cell: Some(cell), before });
    for _ in 0..10_000 {
        engine.advance(Duration::ZERO, SLICE);
        if let Some(found) = engine.snapshot().inspection {
            assert_eq!(engine.due_in(), None, "nothing is left to be done");
            return (*found).clone();
        }
    }
    panic!("nothing was found");
}

/// Updates of a cell by its tallies: real, imagined.
fn tally(engine: &Engine, run: usize, cell: u32) -> [u64; 2] {
    let table = engine.experiment().runs()[run].lane_view(0).view.table.unwrap();
    let tally = &table.tally[cell as usize * table.actions..][..table.actions];
    [tally.iter().map(|t| t.real).sum(), tally.iter().map(|t| t.imagined).sum()]
}

fn counts(found: &Inspection) -> [u64; 2] {
    let of = |source| found.updates.iter().filter(|u| u.effect.source == source).count() as u64;
    [of(Source::Real), of(Source::Imagined)]
}

#[test]
fn every_agent_with_a_table_leaves_a_list_that_replays() {
    // An update of a network writes all cells at once: no list could replay it.
    let has_table = |id: &str| !["random", "muzero"].contains(&id) && !id.starts_with("deep-");
    for agent in AGENTS.iter().filter(|a| has_table(a.id)) {
        let run = format!("agent = '{}'", agent.id);
        let config = maze("lanes = 2\nseed = 6\nlength = 12", &[&run]);
        // Agents that steer were not made for mazes.
        if Experiment::new(config.clone(), 1).is_err() {
            continue;
        }
        let mut engine = paused(config);
        run_to(&mut engine, Position::at(Clock::Episodes, 12));
        for cell in [LAST, 18, 0] {
            let found = look(&mut engine, 0, cell, None);
            let [real, imagined] = tally(&engine, 0, cell);
            assert_eq!(found.total, real + imagined, "{}", agent.id);
            assert_eq!(found.first + found.updates.len() as u64, found.total, "{}", agent.id);
            assert!(found.replays, "{} at {cell}", agent.id);
            if found.first == 0 {
                assert_eq!(counts(&found), [real, imagined], "{}", agent.id);
            }
        }
    }
}

#[test]
fn a_long_past_is_read_back_page_by_page_without_a_gap() {
    let mut engine = paused(maze("lanes = 1\nseed = 6\nlength = 200", &[&dyna(200)]));
    run_to(&mut engine, Position::at(Clock::Episodes, 200));
    let mut before = None;
    let mut newer: Option<Inspection> = None;
    let mut all = [0; 2];
    loop {
        let page = look(&mut engine, 0, LAST, before);
        assert!(page.replays && page.updates.len() as u64 <= LISTED);
        all = [all[0] + counts(&page)[0], all[1] + counts(&page)[1]];
        if let Some(newer) = &newer {
            assert_eq!(page.first + page.updates.len() as u64, newer.first);
            let both: Vec<_> = page.updates.iter().chain(&*newer.updates).copied().collect();
            assert!(replays(&both, None), "the pages join");
        }
        if page.first == 0 {
            break;
        }
        before = Some(page.first);
        newer = Some(page);
    }
    assert!(newer.is_some(), "more than one page");
    assert_eq!(all, tally(&engine, 0, LAST));
}

#[test]
fn what_a_person_did_on_the_way_is_lived_again() {
    let mut engine = paused(maze("lanes = 2\nseed = 6\nlength = 12", &[&dyna(5), &dyna(20)]));
    episodes(&mut engine, 4);
    engine.handle(Command::Set { run: 1, param: 1, value: 0.7 });
    engine.handle(Command::Dream { run: 1, units: 300 });
    episodes(&mut engine, 2);
    engine.handle(Command::Edit(Stroke::paint(vec![(7, Cell::Free), (16, Cell::Wall)])));
    engine.handle(Command::Lie { run: 1, cells: vec![(26, 0.3)] });
    episodes(&mut engine, 3);
    for cell in [LAST, 26, 18] {
        let found = look(&mut engine, 1, cell, None);
        assert!(found.replays && found.updates.len() > 3, "{cell}: {}", found.updates.len());
        let [real, imagined] = tally(&engine, 1, cell);
        assert_eq!(counts(&found), [real, imagined], "{cell}");
        let alphas: Vec<_> = found.updates.iter().filter_map(|u| u.alpha).collect();
        assert!(alphas.windows(2).all(|pair| pair[0] <= pair[1]), "0.1, then 0.7");
        assert!(found.updates.windows(2).all(|pair| pair[0].step <= pair[1].step));
        assert!(found.updates.iter().all(|u| u.step <= found.step));
    }
}

#[test]
fn the_list_follows_time_and_goes_back_with_it() {
    let mut engine = paused(maze("lanes = 1\nseed = 6\nlength = 30", &[&dyna(5)]));
    episodes(&mut engine, 5);
    let early = look(&mut engine, 0, LAST, None);
    episodes(&mut engine, 15);
    let settle = |engine: &mut Engine| {
        for _ in 0..200 {
            engine.advance(Duration::ZERO, SLICE);
        }
        (*engine.snapshot().inspection.unwrap()).clone()
    };
    let late = settle(&mut engine);
    assert!(late.total > early.total, "{} {}", late.total, early.total);
    assert!(late.replays, "{late:?}");
    assert_eq!(late.updates[..early.updates.len()], early.updates[..]);
    engine.handle(Command::Seek(Position::at(Clock::Episodes, 5)));
    let again = settle(&mut engine);
    assert_eq!((again.total, &again.updates), (early.total, &early.updates));
}

#[test]
fn the_models_counts_are_those_of_what_happened() {
    // Everything that happened leaves one real update with Q-learning on the same dice; with
    // sweeping the counts of the model are all there is: recount them from a log of real steps.
    let run = "agent = 'dyna-q'\nplanning_steps = 0";
    let world = "id = 'dyna-maze'\nslip = 0.3";
    let mut engine = paused(arena("lanes = 1\nseed = 2\nlength = 6", world, &[run]));
    run_to(&mut engine, Position::at(Clock::Episodes, 6));
    let table = engine.experiment().runs()[0].lane_view(0).view.table.unwrap();
    for cell in 0..54 {
        let found = look(&mut engine, 0, cell, None);
        for action in 0..4 {
            let logged = found.updates.iter().filter(|u| u.effect.action == action);
            let tally = table.tally[cell as usize * 4 + usize::from(action)];
            assert_eq!(logged.count() as u64, tally.real, "N({cell},{action})");
        }
    }
}

#[test]
fn closing_a_fork_ends_the_look_into_it() {
    // The fork itself, and one before it: what was looked at is gone, or at another place.
    for gone in [2, 1] {
        let mut engine = paused(maze("lanes = 1\nseed = 6\nlength = 12", &[&dyna(5)]));
        episodes(&mut engine, 2);
        (0..2).for_each(|_| engine.handle(Command::Fork { run: 0 }));
        engine.handle(Command::Set { run: 2, param: 1, value: 0.7 });
        episodes(&mut engine, 2);
        assert_eq!(look(&mut engine, 2, LAST, None).run, 2);
        engine.handle(Command::Unfork { run: gone });
        episodes(&mut engine, 1);
        engine.advance(Duration::ZERO, SLICE);
        assert!(engine.snapshot().inspection.is_none(), "{gone}");
        assert_eq!(look(&mut engine, 1, LAST, None).run, 1);
    }
}
