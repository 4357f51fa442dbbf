//! A run that fails says so in its tile; the others go on.

use egui::Key;
use imaginarium::app::theme::Theme;

use crate::desk::{Desk, LARGE, SMALL, lesson};

/// Run A is sound; run B overshoots its targets until they are no numbers any more.
fn failing(size: [f32; 2]) -> Desk {
    let head = "title = 'Too far'\nlength = 400\nlanes = 2\nseed = 7\nspeed = 'max'";
    let sound = "name = 'sound'\nagent = 'dyna-q'\nplanning_steps = 5";
    let wild = "name = 'wild'\nagent = 'dyna-q'\nplanning_steps = 50\nalpha = 2.5";
    let mut desk = Desk::open(lesson(head, &[sound, wild]), Theme::Dark, size);
    for _ in 0..100 {
        if desk.run(1).failure.is_some() && !desk.snapshot().playing {
            return desk;
        }
        desk.frames(1);
    }
    panic!("the run should have failed: {:?}", desk.run(1).lane.counters);
}

#[test]
fn the_tile_says_what_happened_and_the_others_go_on() {
    let desk = failing(LARGE);
    let (sound, wild) = (desk.run(0), desk.run(1));
    assert!(sound.failure.is_none() && sound.lane.counters.episodes == 400);
    let failure = wild.failure.expect("it failed");
    assert!(failure.title.starts_with("Not a number at step"), "{}", failure.title);
    assert!(desk.has(&failure.title) && desk.has(&failure.text));
    assert!(desk.has("Restart") && desk.has("Copy report"));
}

#[test]
fn the_report_holds_what_is_needed_to_see_it_again() {
    let mut desk = failing(LARGE);
    let report = desk.copied("Copy report");
    for words in
        ["run B wild (dyna-q)", "Not a number", "seed 7", "alpha = 2.5", "planning_steps = 50"]
    {
        assert!(report.contains(words), "{words} is missing in\n{report}");
    }
    desk.frames(2);
    assert!(desk.has("Report copied"));
}

#[test]
fn restart_begins_anew() {
    let mut desk = failing(LARGE);
    let before = (desk.snapshot().generation, desk.run(1).failure.map(|f| f.text));
    desk.click("Restart");
    let s = desk.snapshot();
    assert_eq!(s.generation, before.0 + 1);
    // At full speed one frame leads there again: the same dice, the same end.
    let again = s.runs[1].failure.clone().map(|f| f.text);
    assert_eq!(again, before.1);
}

#[test]
fn a_failed_run_can_be_looked_at_in_every_way() {
    for size in [LARGE, SMALL] {
        let mut desk = failing(size);
        desk.key(Key::Num2).key(Key::S).key(Key::N).key(Key::C);
        assert!(desk.has("Copy report"));
        let screen = desk.screen();
        for label in ["Restart", "Copy report"] {
            let rect = desk.get(label).rect();
            assert!(screen.contains_rect(rect), "{label} at {rect} in {screen}");
        }
        desk.key(Key::L).frames(2);
        desk.key(Key::Escape).key(Key::F).key(Key::Escape);
    }
}

#[test]
fn a_run_without_planning_stands_still_on_the_clock_of_dreams() {
    let head = "clock = 'imagined'\nlength = 2000\nlanes = 2\nspeed = 600";
    let runs = ["agent = 'dyna-q'\nplanning_steps = 0", "agent = 'dyna-q'\nplanning_steps = 5"];
    let mut desk = Desk::open(lesson(head, &runs), Theme::Dark, LARGE);
    desk.frames(30);
    assert!(desk.run(0).stands_still && !desk.run(1).stands_still);
    assert!(desk.has("stands still on this clock"));
}
