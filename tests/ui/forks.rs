//! Fork here, move one slider, see two futures; the log of what was done, and the way back.

use std::sync::Arc;

use egui::{Key, Modifiers};
use imaginarium::app::happenings::{Told, happenings};
use imaginarium::app::panels::PanelId;

use crate::desk::Desk;

#[test]
fn k_forks_the_selected_run_and_its_tile_closes_the_fork_again() {
    let mut desk = Desk::paused();
    desk.go_to(1, 3);
    assert!(!desk.has("Two futures"), "no picture of futures without a fork");
    desk.key(Key::K).frames(3);
    assert_eq!(desk.snapshot().runs.len(), 4);
    assert_eq!(desk.view().run, 3, "the fork is selected, its sliders are at hand");
    assert!(desk.has_words("fork of C"), "{:#?}", desk.harness);
    assert!(desk.has("Two futures"), "its picture has come");
    assert_eq!(desk.run(3).lane.counters, desk.run(2).lane.counters);
    // One slider moved: the next step differs, and the name says in what.
    desk.get("Planning steps").focus();
    desk.frames(1);
    desk.key(Key::ArrowDown);
    desk.key(Key::ArrowRight);
    let run = desk.run(3);
    assert!(run.name.starts_with("fork of C, n = "), "{}", run.name);
    assert_eq!(run.note, "C: n = 50");
    assert_ne!(run.lane.counters.imagined_updates, desk.run(2).lane.counters.imagined_updates);
    desk.click("Close this fork");
    assert_eq!(desk.snapshot().runs.len(), 3);
    assert_eq!(desk.view().run, 2, "its parent is selected");
    assert!(!desk.has("Two futures"));
}

#[test]
fn what_was_done_is_put_into_words_once() {
    let mut desk = Desk::paused();
    desk.go_to(1, 3);
    desk.key(Key::K).frames(3);
    let mut told = Told::default();
    let forked = told.of(&desk.snapshot());
    assert_eq!((forked.len(), forked[0].what.as_str()), (1, "fork of C"));
    desk.key(Key::ArrowRight);
    assert!(Arc::ptr_eq(&told.of(&desk.snapshot()), &forked), "a step is another picture");
    desk.get("Planning steps").focus();
    desk.frames(1);
    desk.key(Key::ArrowDown);
    let moved = told.of(&desk.snapshot());
    assert_eq!(*moved, *happenings(&desk.snapshot()));
    assert_eq!(moved.len(), 2, "a slider moved");
    desk.click("Close this fork");
    assert_eq!(told.of(&desk.snapshot()).len(), 0, "the fork and what was done to it are gone");
}

#[test]
fn the_button_forks_too_until_there_is_no_room() {
    let mut desk = Desk::paused();
    desk.go_to(0, 5);
    for runs in 4..=6 {
        desk.click("Fork here").frames(3);
        assert_eq!(desk.snapshot().runs.len(), runs);
    }
    desk.click("Fork here").frames(3);
    assert_eq!(desk.snapshot().runs.len(), 6);
    assert!(desk.has_words("no room for a fork: an arena has at most 6 runs"));
}

#[test]
fn a_row_of_the_log_leads_to_its_place() {
    let mut desk = Desk::paused();
    desk.go_to(1, 3);
    desk.key(Key::E).frames(2);
    assert!(desk.has("Log"));
    desk.get("Planning steps").focus();
    desk.frames(1);
    desk.key(Key::ArrowUp);
    let there = desk.snapshot().position;
    let n = desk.run(2).params[0];
    for _ in 0..4 {
        desk.key(Key::ArrowRight);
    }
    let row = format!("Go to episode 2, step 3, C: n = {n}");
    assert_ne!(desk.snapshot().position, there);
    desk.click(&row);
    assert_eq!(desk.snapshot().position, there);
    assert!(desk.snapshot().furthest > there, "what comes after it is still known");
    let text = PanelId::Log.open().text(&desk.snapshot());
    let line = format!("episode 2, step 3: C n = {n}: n = {n} (was 50)");
    assert!(text.contains(&line), "{text}");
    let csv = PanelId::Log.open().data(&desk.snapshot());
    assert!(csv.lines().nth(1).is_some_and(|line| line.starts_with("C,episodes,1,3,0,")), "{csv}");
}

#[test]
fn what_a_fork_has_from_its_parent_is_told_once() {
    let mut desk = Desk::paused();
    desk.go_to(1, 3);
    desk.get("Planning steps").focus();
    desk.frames(1);
    desk.key(Key::ArrowUp);
    desk.key(Key::ArrowRight);
    desk.key(Key::K).frames(3);
    let text = PanelId::Log.open().text(&desk.snapshot());
    let told = text.lines().filter(|line| line.starts_with("episode"));
    assert_eq!(told.count(), 2, "{text}");
    assert!(text.contains("episode 2, step 4: D fork of C: fork of C"), "{text}");
    let csv = PanelId::Futures.open().data(&desk.snapshot());
    assert!(csv.starts_with("run,minus,metric,clock,x,mean,low,high\n"), "{csv}");
}

#[test]
fn control_s_opens_the_card_and_escape_closes_it() {
    let mut desk = Desk::paused();
    desk.key_with(Modifiers::COMMAND, Key::S).frames(2);
    assert!(desk.has("Save this run"));
    assert!(desk.get("File").is_focused(), "the name can be typed at once");
    desk.key(Key::Escape).frames(2);
    desk.key(Key::Escape).frames(2);
    assert!(!desk.has("Save this run"));
    assert!(!desk.view().side_open, "S alone is another key");
}
