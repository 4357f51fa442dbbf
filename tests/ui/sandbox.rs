//! Drawing into the world with mouse and keyboard while agents learn.

use egui::{Key, Modifiers};
use imaginarium::app::brush::Tool;
use imaginarium::experiment::arena::Change;
use imaginarium::mdp::scene::Cell;

use crate::desk::Desk;

const MAZE_A: &str = "Maze of run A n = 0";
const MAZE_C: &str = "Maze of run C n = 50";

fn cell(desk: &Desk, run: usize, state: u32) -> Cell {
    desk.run(run).truth.cell(state).expect("a cell")
}

fn strokes(desk: &Desk) -> usize {
    let events = desk.snapshot().events.clone();
    let drawn = |c: &Change| matches!(c, Change::Edit { undo: false, .. });
    events.iter().filter(|e| e.run == 0 && drawn(&e.change)).count()
}

#[test]
fn the_strip_opens_by_key_and_holds_every_tool() {
    let mut desk = Desk::paused();
    assert!(!desk.has("Wall"));
    desk.key(Key::D);
    for tool in Tool::ALL {
        assert!(desk.has(tool.look().1), "{tool:?}");
    }
    desk.click("Pit");
    assert_eq!(desk.view().tool, Tool::Pit);
    desk.click("Reward");
    assert!(desk.has("pays"), "a field for what it pays");
    desk.key(Key::Escape);
    assert_eq!(desk.view().tool, Tool::Inspect);
    desk.key(Key::D);
    assert!(!desk.has("Eraser"));
}

#[test]
fn a_drag_draws_one_stroke_into_all_worlds_and_undo_takes_it_back() {
    let mut desk = Desk::paused();
    desk.go_to(3, 0).key(Key::D).click("Wall");
    let (from, to) = (desk.cell(MAZE_C, 4, 0), desk.cell(MAZE_C, 4, 4));
    desk.drag(from, to, 2);
    assert_eq!(strokes(&desk), 1, "one stroke, one event a run");
    for run in 0..3 {
        assert!((36..41).all(|state| cell(&desk, run, state) == Cell::Wall), "{run}");
    }
    assert!(!desk.run(2).stale.is_empty(), "its model has not been told");
    assert!(desk.has_words("believed wrongly"));
    desk.click("Undo");
    assert!((36..41).all(|state| cell(&desk, 1, state) == Cell::Free));
    assert!(!desk.snapshot().can_undo);
    // A click is a stroke as well; Ctrl Z takes it back.
    let place = desk.cell(MAZE_A, 5, 5);
    desk.frames(60).click_at(place);
    assert_eq!(cell(&desk, 2, 50), Cell::Wall);
    desk.key_with(Modifiers::COMMAND, Key::Z);
    assert_eq!(cell(&desk, 2, 50), Cell::Free);
}

#[test]
fn a_stroke_is_shown_under_the_hand_and_time_goes_on() {
    let mut desk = Desk::new();
    desk.key(Key::D).click("Wall");
    let (from, to) = (desk.cell(MAZE_C, 5, 0), desk.cell(MAZE_C, 5, 8));
    desk.harness.hover_at(from);
    desk.harness.drag_at(from);
    desk.frames(2);
    desk.harness.hover_at(to);
    desk.frames(3);
    assert_eq!(cell(&desk, 0, 50), Cell::Free, "not before the hand lets go");
    let before = desk.snapshot().position;
    desk.harness.drop_at(to);
    desk.frames(10);
    assert_eq!(cell(&desk, 0, 50), Cell::Wall);
    assert!(desk.snapshot().playing && desk.snapshot().position > before);
    assert!(desk.has_words("walls drawn") || desk.snapshot().curves.steps[0].mean.is_empty());
}

#[test]
fn the_keyboard_draws_too() {
    let mut desk = Desk::paused();
    desk.go_to(1, 0).key(Key::D).click("Goal");
    let here = desk.view().cursor.expect("it begins where the agent is");
    let before = desk.snapshot().position;
    desk.key(Key::ArrowDown).key(Key::ArrowRight);
    assert_eq!(desk.view().cursor, Some(here + 9 + 1));
    desk.key(Key::Enter);
    assert_eq!(cell(&desk, 0, here as u32 + 10), Cell::Goal);
    assert_eq!(desk.snapshot().position, before, "the arrows did not move time");
    for _ in 0..9 {
        desk.key(Key::ArrowUp);
    }
    assert!(desk.view().cursor.is_some_and(|cell| cell < 9), "the edge holds");
    desk.key(Key::Escape).key(Key::ArrowRight);
    assert!(desk.snapshot().position > before, "now they do");
}

#[test]
fn what_an_edit_does_to_the_agents_is_explained() {
    let mut desk = Desk::paused();
    desk.go_to(1, 5).key(Key::D);
    assert!(desk.has_words("every stroke is an event"));
    desk.click("Eraser");
    let goal = desk.cell(MAZE_C, 0, 8);
    desk.click_at(goal);
    assert!(desk.has_words("No goal is left"), "{:#?}", desk.harness);
    desk.click("Undo").click("Wall");
    let gap = desk.cell(MAZE_C, 1, 8);
    desk.frames(60).click_at(gap);
    assert!(desk.has_words("No goal can be reached"));
}
