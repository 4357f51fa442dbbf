//! Drawing into the world while agents learn: strokes are events, lived again bit by bit.

mod common;

use common::{arena, digests, dyna, maze, remembering};
use imaginarium::experiment::arena::Change;
use imaginarium::experiment::engine::{Command, Engine};
use imaginarium::experiment::take::Take;
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};
use imaginarium::mdp::State;
use imaginarium::mdp::edit::Stroke;
use imaginarium::mdp::scene::Cell;

/// Walls over the gap of the Dyna maze right before its goal, one above the other.
fn closing() -> Stroke {
    Stroke::paint(vec![(17, Cell::Wall)])
}

fn two(clock: Clock) -> ArenaConfig {
    let head = format!("clock = '{}'\nlanes = 3\nseed = 3", clock.id());
    maze(&head, &[&dyna(5), "agent = 'dyna-q-plus'\nkappa = 0.001"])
}

fn at(clock: Clock, share: u64) -> Position {
    match clock {
        Clock::Episodes => Position::at(clock, share),
        Clock::EnvSteps => Position::at(clock, 300 * share),
        Clock::Updates | Clock::Imagined => Position::at(clock, 1500 * share),
    }
}

fn cell(e: &Experiment, run: usize, state: State) -> Cell {
    e.truth_of(run).cell(state).unwrap()
}

fn shortest(e: &Experiment) -> Vec<Option<usize>> {
    (0..e.runs().len()).map(|run| e.truth_of(run).shortest).collect()
}

#[test]
fn a_stroke_changes_the_world_of_every_lane_and_its_truth() {
    let mut e = remembering(two(Clock::Episodes), 2);
    e.advance_to(at(Clock::Episodes, 3), None);
    assert_eq!(shortest(&e), [Some(14); 2]);
    let before = digests(&e);
    e.edit(closing()).unwrap();
    assert_eq!(shortest(&e), [None; 2], "(1,8) was the only way");
    assert!(digests(&e).iter().flatten().zip(before.iter().flatten()).all(|(a, b)| a != b));
    assert_eq!(e.events().len(), 2, "one a run");
    e.edit(Stroke::paint(vec![(7, Cell::Free)])).unwrap();
    assert_eq!(shortest(&e), [Some(10); 2], "through the wall beside it");
    assert!(e.advance_to(at(Clock::Episodes, 6), None));
}

#[test]
fn what_was_drawn_is_lived_again_whatever_way_leads_there() {
    for clock in Clock::ALL {
        let mut e = remembering(two(clock), 2);
        e.advance_to(at(clock, 2), None);
        e.edit(Stroke::paint(vec![(7, Cell::Free), (30, Cell::Pit)])).unwrap();
        e.advance_to(at(clock, 4), None);
        e.remember();
        e.edit(Stroke::paint(vec![(17, Cell::Wall), (3, Cell::Reward(0.5))])).unwrap();
        let drawn = (digests(&e), shortest(&e));
        e.advance_to(at(clock, 6), None);
        let end = (digests(&e), shortest(&e), cell(&e, 1, 3));
        for share in [1, 5, 0, 4, 3] {
            e.seek(at(clock, share));
            assert_eq!(cell(&e, 0, 7) == Cell::Wall, share < 2, "{clock:?} {share}");
            assert_eq!(cell(&e, 1, 17) == Cell::Wall, share >= 4, "{clock:?} {share}");
            if share == 4 {
                assert_eq!((digests(&e), shortest(&e)), drawn, "{clock:?}");
            }
        }
        e.seek(at(clock, 6));
        assert_eq!((digests(&e), shortest(&e), cell(&e, 1, 3)), end, "{clock:?}");
        // A film of the same past, without any keyframe.
        let mut take = Take::from_start(two(clock));
        (take.events, take.from) = (e.events().into(), at(clock, 6));
        let film = Engine::for_film(&take, 1).unwrap();
        assert_eq!(digests(film.experiment()), end.0, "{clock:?}");
        assert_eq!(shortest(film.experiment()), end.1);
    }
}

#[test]
fn views_of_a_world_seen_as_a_picture_see_the_goals_of_now() {
    let source = "version = 1\nclock = 'env-steps'\n[world]\nid = 'noisy-image'\n[[run]]\n\
                  agent = 'muzero'\nsimulations = 2\nupdates = 0\nwidth = 4\nlatent = 2\n";
    let mut e = remembering(ArenaConfig::from_toml("x.toml", source).unwrap(), 1);
    e.advance_to(Position::at(Clock::EnvSteps, 3), None);
    let pixels = |e: &Experiment| {
        let view = e.runs()[0].lane_view(0).view;
        view.muzero.unwrap().eyes.state(0).unwrap()
    };
    assert_eq!(pixels(&e)[35], -1.0, "the goal is where it was built");
    let drawn = Stroke::paint(vec![(35, Cell::Free), (30, Cell::Goal)]);
    e.edit(drawn).unwrap();
    let now = pixels(&e);
    assert_eq!(now[30], -1.0, "before another step is taken");
    assert!(now[35].abs() <= 0.5, "noise, like any other cell: {}", now[35]);
    e.advance_to(Position::at(Clock::EnvSteps, 9), None);
    assert_eq!(pixels(&e), now);
    e.seek(Position::at(Clock::EnvSteps, 1));
    assert_eq!(pixels(&e)[35], -1.0);
    e.seek(Position::at(Clock::EnvSteps, 6));
    assert_eq!(pixels(&e), now);
}

#[test]
fn undo_is_an_event_that_brings_the_world_back() {
    let mut e = remembering(two(Clock::EnvSteps), 1);
    e.advance_to(at(Clock::EnvSteps, 1), None);
    assert!(!e.can_undo() && !e.undo());
    let cells = |e: &Experiment| (0..54).map(|s| cell(e, 0, s)).collect::<Vec<_>>();
    let built = cells(&e);
    e.edit(closing()).unwrap();
    let closed = cells(&e);
    e.advance_to(at(Clock::EnvSteps, 2), None);
    e.edit(Stroke::paint(vec![(8, Cell::Free), (0, Cell::Goal), (17, Cell::Pit)])).unwrap();
    assert!(e.undo());
    assert_eq!(cells(&e), closed);
    assert!(e.undo() && !e.can_undo());
    assert_eq!((cells(&e), shortest(&e)), (built, vec![Some(14); 2]));
    let undone = |c: &Change| matches!(c, Change::Edit { undo: true, .. });
    assert_eq!(e.events().iter().filter(|event| undone(&event.change)).count(), 4);
    let there = digests(&e);
    e.seek(at(Clock::EnvSteps, 1));
    assert!(e.can_undo(), "the first stroke holds here again");
    e.seek(at(Clock::EnvSteps, 2));
    assert_eq!((digests(&e), e.can_undo()), (there, false));
}

#[test]
fn a_stroke_lasts_through_a_change_of_the_world_and_undo_knows_both_maps() {
    let world = "id = 'blocking-maze'\nswitch_step = 400";
    let head = "clock = 'env-steps'\nlanes = 2\nseed = 4";
    let mut e = remembering(arena(head, world, &[&dyna(5)]), 1);
    e.advance_to(Position::at(Clock::EnvSteps, 100), None);
    // The gap at the right end is closed in both maps, the left end opened in both.
    e.edit(Stroke::paint(vec![(35, Cell::Wall), (27, Cell::Free)])).unwrap();
    assert_eq!(shortest(&e), [Some(16)]);
    e.advance_to(Position::at(Clock::EnvSteps, 500), None);
    assert_eq!((cell(&e, 0, 35), shortest(&e)), (Cell::Wall, vec![Some(16)]));
    e.seek(Position::at(Clock::EnvSteps, 200));
    e.undo();
    assert_eq!((cell(&e, 0, 35), cell(&e, 0, 27)), (Cell::Free, Cell::Wall));
    e.advance_to(Position::at(Clock::EnvSteps, 500), None);
    assert_eq!((cell(&e, 0, 35), cell(&e, 0, 27)), (Cell::Wall, Cell::Free), "the second map");
}

#[test]
fn a_world_without_goal_or_start_or_ground_goes_on() {
    let mut e = remembering(two(Clock::EnvSteps), 1);
    e.advance_to(Position::at(Clock::EnvSteps, 50), None);
    let here = e.runs()[0].lane_view(0).state.unwrap();
    let cells = (0..54).map(|s| (s, Cell::Wall)).collect();
    e.edit(Stroke::paint(cells)).unwrap();
    e.advance_to(Position::at(Clock::EnvSteps, 500), None);
    let lane = e.runs()[0].lane_view(0);
    assert_eq!((lane.state, lane.counters.env_steps), (Some(here), 500), "walled in");
    // Free ground without a start: an episode that ends begins at the old one.
    let mut cells: Vec<_> = (0..54).map(|s| (s, Cell::Free)).collect();
    cells[here as usize + 1].1 = Cell::Goal;
    e.edit(Stroke::paint(cells)).unwrap();
    e.advance_to(Position::at(Clock::EnvSteps, 5000), None);
    assert_eq!(e.truth_of(0).starts, [18]);
    assert!(e.runs()[0].counters(0).episodes > 1);
    assert!(e.runs().iter().all(|run| run.failure().is_none()));
}

#[test]
fn what_cannot_be_drawn_is_refused_in_one_sentence() {
    let mut engine = Engine::new(two(Clock::EnvSteps), 1).unwrap();
    engine.handle(Command::Edit(Stroke::paint(vec![(54, Cell::Wall)])));
    let said = engine.take_notice().unwrap();
    assert_eq!(said, "cell 54 is not on the map: its cells are numbered 0 to 53");
    assert!(engine.experiment().events().is_empty());
    engine.handle(Command::Edit(Stroke::default()));
    assert!(engine.experiment().events().is_empty() && engine.take_notice().is_none());
}

#[test]
fn the_shortest_way_is_told_from_each_change_on() {
    let world = "id = 'blocking-maze'\nswitch_step = 400";
    let head = "clock = 'env-steps'\nlanes = 2\nseed = 4";
    let mut e = remembering(arena(head, world, &[&dyna(5)]), 1);
    e.advance_to(Position::at(Clock::EnvSteps, 100), None);
    let levels = |e: &Experiment| {
        let all = imaginarium::experiment::snapshot::curves(e, Clock::EnvSteps).shortest;
        all.iter().map(|[x, y]| (*x, y.is_finite().then_some(*y))).collect::<Vec<_>>()
    };
    assert_eq!(levels(&e), [(0.0, Some(10.0))]);
    e.edit(Stroke::paint(vec![(35, Cell::Wall)])).unwrap();
    e.advance_to(Position::at(Clock::EnvSteps, 600), None);
    assert_eq!(levels(&e), [(0.0, Some(10.0)), (100.0, None), (400.0, Some(16.0))]);
    e.seek(Position::at(Clock::EnvSteps, 300));
    assert_eq!(levels(&e), [(0.0, Some(10.0)), (100.0, None)]);
}

#[test]
fn an_error_painted_over_one_model_is_lived_again_and_taken_back() {
    for agent in ["dyna-q", "dyna-q-plus", "prioritized-sweeping"] {
        let run = format!("agent = '{agent}'");
        let head = "clock = 'env-steps'\nlanes = 2\nseed = 3";
        let config = maze(head, &[&run, &dyna(3)]);
        let mut e = remembering(config, 1);
        e.advance_to(at(Clock::EnvSteps, 2), None);
        let before = digests(&e);
        e.lie(0, vec![(27, 2.0), (28, 1.0)]).unwrap();
        let painted = digests(&e);
        assert!(painted[0] != before[0] && painted[1] == before[1], "{agent}: one run alone");
        let reward = |e: &Experiment| {
            let view = e.runs()[0].lane_view(0).view.model.unwrap();
            view.get(18, 2).first().map(|p| (p.next, p.reward))
        };
        assert_eq!(reward(&e), Some((27, 2.0)), "{agent}");
        e.advance_to(at(Clock::EnvSteps, 4), None);
        let end = digests(&e);
        assert!(e.undo());
        assert_eq!(reward(&e), Some((27, 0.0)), "{agent}");
        e.seek(at(Clock::EnvSteps, 1));
        e.seek(at(Clock::EnvSteps, 2));
        assert_eq!(digests(&e), painted, "{agent}");
        e.seek(at(Clock::EnvSteps, 3));
        e.advance_to(at(Clock::EnvSteps, 4), None);
        assert_ne!(digests(&e)[0], end[0], "{agent}: taken back there");
    }
}

/// How many strokes each run has in the log.
fn strokes(e: &Experiment) -> Vec<usize> {
    let drawn = |c: &Change| matches!(c, Change::Edit { .. });
    let of = |run| e.events().iter().filter(|x| x.run == run && drawn(&x.change)).count();
    (0..e.runs().len()).map(of).collect()
}

#[test]
fn strokes_ahead_stay_common_to_all_runs_and_their_twins() {
    for clock in Clock::ALL {
        let mut e = remembering(two(clock), 2);
        e.advance_to(at(clock, 2), None);
        e.edit(Stroke::paint(vec![(7, Cell::Free)])).unwrap();
        e.advance_to(at(clock, 4), None);
        e.edit(closing()).unwrap();
        e.advance_to(at(clock, 5), None);
        e.undo();
        e.advance_to(at(clock, 6), None);
        // Another future of one run, and a twin of the other, before two of the strokes.
        e.seek(at(clock, 3));
        e.set_param(1, 3, 0.3).unwrap();
        e.dream(0, 9);
        e.lie(0, vec![(27, -0.5)]).unwrap();
        assert_eq!(e.fork(0), Ok(2));
        assert_eq!(strokes(&e), [3; 3], "{clock:?}");
        e.advance_to(at(clock, 4), None);
        let walls = |e: &Experiment| [0, 1, 2].map(|run| cell(e, run, 17));
        assert_eq!(walls(&e), [Cell::Wall; 3], "{clock:?}");
        e.advance_to(at(clock, 6), None);
        assert_eq!(walls(&e), [Cell::Free; 3], "{clock:?}");
        let end = digests(&e);
        assert_eq!(end[2], end[0], "{clock:?}: the twin lives in the same world");
        for share in [0, 4, 6] {
            e.seek(at(clock, share));
        }
        assert_eq!(digests(&e), end, "{clock:?}");
        // A new stroke in the past takes the place of those ahead, in every run.
        e.seek(at(clock, 3));
        e.edit(Stroke::paint(vec![(30, Cell::Pit)])).unwrap();
        assert_eq!(strokes(&e), [2; 3], "{clock:?}");
        e.advance_to(at(clock, 6), None);
        assert_eq!(walls(&e), [Cell::Free; 3]);
        while e.undo() {}
        assert_eq!(shortest(&e), [Some(14); 3], "{clock:?}");
    }
}

#[test]
fn a_stroke_taken_back_ahead_stays_taken_back_whatever_is_drawn_before() {
    let clock = Clock::EnvSteps;
    let mut e = remembering(two(clock), 1);
    e.advance_to(at(clock, 1), None);
    e.edit(closing()).unwrap();
    e.advance_to(at(clock, 3), None);
    e.undo();
    e.seek(at(clock, 2));
    e.lie(0, vec![(27, 2.0)]).unwrap();
    e.advance_to(at(clock, 4), None);
    assert_eq!((shortest(&e), e.can_undo()), (vec![Some(14); 2], true));
    e.undo();
    let last = &e.events().last().unwrap().change;
    assert_eq!(*last, Change::Lie { cells: [(27, 0.0)].into(), undo: true });
    assert_eq!((shortest(&e), e.can_undo()), (vec![Some(14); 2], false));
}
