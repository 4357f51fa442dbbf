//! Play, pause, step, back, speed, clocks, seed and lanes; and a window at rest.

use std::sync::Arc;
use std::time::Duration;

use egui::{Key, Modifiers};
use imaginarium::experiment::arena::Grain;
use imaginarium::experiment::clock::Clock;
use imaginarium::experiment::snapshot::Snapshot;

use crate::desk::{Desk, opening};

/// Everything a learner knows and has done, for comparing two moments.
fn state(s: &Snapshot) -> String {
    let lanes: Vec<_> = s.runs.iter().map(|r| (&r.lane, &r.params)).collect();
    format!("{:?} {lanes:?}", s.position)
}

#[test]
fn it_opens_on_the_first_lesson_and_moves() {
    let mut desk = Desk::new();
    let first = desk.snapshot();
    assert_eq!((first.title.as_str(), first.runs.len(), first.lanes), ("Dyna maze", 3, 30));
    assert!(first.playing);
    desk.frames(60);
    let later = desk.snapshot();
    let steps = later.runs[0].lane.counters.env_steps - first.runs[0].lane.counters.env_steps;
    let speed = opening().arena.speed.expect("a pace that eyes can follow") as u64;
    assert!(steps.abs_diff(speed) <= 4, "{speed} steps a second, {steps} in 60 frames");
    for run in 0..3 {
        assert!(
            desk.has(&format!("Maze of run {} {}", later.runs[run].letter, later.runs[run].name))
        );
    }
    // Nothing is known yet, and planning draws from dice of its own: one walk for all.
    assert_eq!(later.runs[0].lane.trail, later.runs[2].lane.trail);
}

#[test]
fn space_and_the_button_play_and_pause() {
    let mut desk = Desk::new();
    desk.key(Key::Space);
    assert!(!desk.snapshot().playing && desk.has("Play") && !desk.has("Pause"));
    let here = desk.snapshot().position;
    desk.frames(30);
    assert_eq!(desk.snapshot().position, here, "paused means still");
    desk.click("Play");
    assert!(desk.snapshot().playing && desk.has("Pause"));
    desk.frames(10);
    assert!(desk.snapshot().position > here);
    desk.click("Pause");
    assert!(!desk.snapshot().playing);
}

#[test]
fn an_update_is_one_unit() {
    let mut desk = Desk::paused();
    desk.go_to(0, 3).click("update");
    assert_eq!(desk.snapshot().grain, Grain::Unit);
    let before = desk.run(2).lane.counters;
    desk.key(Key::ArrowRight);
    let real = desk.run(2).lane.counters;
    assert_eq!((real.unit, real.real_updates), (1, before.real_updates + 1));
    for imagined in 1..=4 {
        desk.click("One step on (→)");
        let now = desk.run(2).lane.counters;
        assert_eq!(now.imagined_updates, before.imagined_updates + imagined);
        assert_eq!(now.unit, imagined + 1);
        assert_eq!(now.env_steps, before.env_steps, "the real step is still under way");
    }
    // Run B has done its own five no faster, run A waits with its step done.
    assert_eq!(desk.run(1).lane.counters.unit, 5);
    assert!(desk.has("imagined update 4 of 50"));
}

#[test]
fn a_step_is_one_real_step_of_every_run() {
    let mut desk = Desk::paused();
    desk.go_to(1, 2);
    let before = desk.snapshot();
    desk.key(Key::ArrowRight);
    let after = desk.snapshot();
    assert_eq!(after.position, before.position.steps_on(1));
    for (run, n) in [(0, 0), (1, 5), (2, 50)] {
        let (b, a) = (before.runs[run].lane.counters, after.runs[run].lane.counters);
        assert_eq!(a.env_steps, b.env_steps + 1);
        assert_eq!(a.real_updates, b.real_updates + 1);
        assert_eq!(a.imagined_updates, b.imagined_updates + n);
    }
}

#[test]
fn an_episode_ends_at_the_goal_for_all() {
    let mut desk = Desk::paused();
    desk.go_to(0, 0).click("episode");
    assert_eq!(desk.snapshot().grain, Grain::Episode);
    for episode in 1..=2 {
        desk.click("One step on (→)");
        let s = desk.snapshot();
        assert_eq!((s.position.count, s.position.step, s.position.unit), (episode, 0, 0));
        assert!(s.runs.iter().all(|r| r.lane.counters.episodes == episode));
    }
    assert_eq!(desk.snapshot().curves.steps[0].mean.len(), 2, "curves are up to date at rest");
}

#[test]
fn shift_steps_by_episode_and_leaves_the_grain() {
    let mut desk = Desk::paused();
    desk.go_to(0, 0).key_with(Modifiers::SHIFT, Key::ArrowRight);
    let s = desk.snapshot();
    assert_eq!((s.position.count, s.grain), (1, Grain::Step));
    desk.key_with(Modifiers::SHIFT, Key::ArrowLeft);
    assert_eq!(desk.snapshot().position.count, 0);
}

#[test]
fn line_by_line_walks_through_the_marks_of_a_unit() {
    let mut desk = Desk::paused();
    desk.go_to(0, 2).click("line");
    // The lines of the unit that led here come first.
    let here = desk.snapshot().position;
    while desk.snapshot().position == here {
        desk.key(Key::ArrowRight);
    }
    let position = desk.snapshot().position;
    let lines = desk.run(2).unit_marks.len();
    assert!(lines >= 3, "a real step leaves {lines} marks");
    assert_eq!(desk.view().line, 0);
    for line in 1..lines {
        desk.key(Key::ArrowRight);
        assert_eq!((desk.view().line, desk.snapshot().position), (line, position));
    }
    desk.key(Key::ArrowRight);
    assert_eq!(desk.view().line, 0);
    assert!(desk.snapshot().position > position, "after its last line the next unit runs");
    desk.key(Key::ArrowLeft);
    assert_eq!(desk.snapshot().position, position);
}

#[test]
fn back_undoes() {
    for (grain, times) in [("update", 3), ("step", 5), ("episode", 2)] {
        let mut desk = Desk::paused();
        desk.go_to(2, 4).click(grain);
        let mut seen = vec![state(&desk.snapshot())];
        for _ in 0..times {
            desk.key(Key::ArrowRight);
            seen.push(state(&desk.snapshot()));
        }
        seen.pop();
        for before in seen.iter().rev() {
            if grain == "episode" && before == &seen[0] {
                // Back by an episode leads to its beginning, not into its middle.
                desk.click("One step back (←)");
                assert_eq!(desk.snapshot().position.step, 0);
                break;
            }
            desk.click("One step back (←)");
            assert_eq!(&state(&desk.snapshot()), before, "back by {grain}");
        }
    }
}

#[test]
fn the_speed_is_set_by_slider_keys_and_button() {
    let mut desk = Desk::paused();
    assert_eq!(desk.snapshot().speed, opening().arena.speed);
    desk.get("Speed").set_value_accesskit(600.0);
    desk.frames(3);
    assert_eq!(desk.snapshot().speed, Some(600.0));
    desk.key(Key::Plus);
    assert_eq!(desk.snapshot().speed, Some(1200.0));
    desk.key(Key::Minus).key(Key::Minus);
    assert_eq!(desk.snapshot().speed, Some(300.0));
    desk.click("As fast as it goes");
    assert_eq!(desk.snapshot().speed, None);
    assert!(desk.has("as fast as it goes"));
    desk.key(Key::Space);
    let end = desk.snapshot();
    assert_eq!((end.position.count, end.playing), (50, false), "it stops at the lesson's end");
    assert!(desk.has("all 50 episodes done"));
    desk.click("As fast as it goes: on");
    assert_eq!(desk.snapshot().speed, Some(60.0));
}

#[test]
fn at_the_end_play_goes_on() {
    let mut desk = Desk::paused();
    desk.click("As fast as it goes").key(Key::Space);
    assert_eq!(desk.snapshot().position.count, 50);
    desk.click("Play");
    assert_eq!(desk.snapshot().position.count, 100);
}

#[test]
fn one_clock_serves_every_curve() {
    let mut desk = Desk::paused();
    desk.click("As fast as it goes").key(Key::Space);
    let mut seen = vec![desk.snapshot().curves.axis];
    for _ in 0..4 {
        desk.key(Key::C);
        seen.push(desk.snapshot().curves.axis);
    }
    let all = Clock::ALL;
    assert_eq!(seen, [all[0], all[1], all[2], all[3], all[0]]);
    for axis in Clock::ALL {
        let s = desk.snapshot();
        assert_eq!(s.curves.axis, axis);
        let points = |run: usize| s.curves.steps[run].mean.len();
        assert!((0..3).all(|run| points(run) == 50), "fifty episodes of each run on {axis:?}");
        desk.key(Key::C);
    }
    desk.click("updates");
    let curves = desk.snapshot().curves.clone();
    assert_eq!(curves.axis, Clock::Updates);
    let last = |run: usize| curves.steps[run].mean.last().map_or(0.0, |p| p[0]);
    assert!(last(2) > 5.0 * last(0), "the dreamer pays in updates: {} {}", last(2), last(0));
}

#[test]
fn seed_and_lanes_start_anew() {
    let mut desk = Desk::paused();
    desk.go_to(1, 1);
    let before = desk.snapshot();
    desk.click("Seed").type_text("11");
    let s = desk.snapshot();
    assert_eq!((s.seed, s.lanes), (11, 30));
    assert_eq!((s.position.count, s.position.step), (0, 0));
    assert_ne!(s.generation, before.generation);
    desk.click("Lanes").type_text("3");
    let s = desk.snapshot();
    assert_eq!((s.seed, s.lanes), (11, 3));
    // Digits typed into a field select no run.
    assert_eq!(desk.view().run, 2);
}

#[test]
fn the_line_of_time_leads_back() {
    let mut desk = Desk::paused();
    desk.go_to(6, 0);
    let line = desk.get("Time, in episodes").rect();
    let place = |episode: f32| {
        let rail = line.x_range().shrink(14.0);
        egui::pos2(egui::lerp(rail.min..=rail.max, episode / 50.0), line.center().y)
    };
    desk.click_at(place(2.0));
    let s = desk.snapshot();
    assert_eq!((s.position.count, s.furthest.count), (2, 6));
    assert!(desk.has("Position, in the past"));
    desk.drag(place(2.0), place(40.0), 5);
    assert_eq!(desk.snapshot().position.count, 6, "no further than has been seen");
}

#[test]
fn start_anew_forgets_all() {
    let mut desk = Desk::paused();
    desk.go_to(2, 2);
    let before = state(&desk.snapshot());
    desk.click("Start anew (Home)");
    let s = desk.snapshot();
    assert_eq!((s.position.count, s.position.step), (0, 0));
    desk.go_to(2, 2);
    assert_eq!(state(&desk.snapshot()), before, "the same seed, the same walk");
}

#[test]
fn a_paused_window_sleeps() {
    let mut desk = Desk::paused();
    desk.frames(5);
    assert_eq!(desk.sleeps_for(), Duration::MAX);
    let (snapshot, shapes) = (desk.snapshot(), desk.harness.output().shapes.clone());
    desk.frames(100);
    assert_eq!(desk.sleeps_for(), Duration::MAX);
    assert!(Arc::ptr_eq(&snapshot, &desk.snapshot()), "nothing was computed");
    assert_eq!(shapes, desk.harness.output().shapes, "nothing was drawn anew");
}

#[test]
fn a_playing_window_asks_for_the_next_frame() {
    let mut desk = Desk::new();
    desk.frames(3);
    assert_eq!(desk.sleeps_for(), Duration::ZERO);
}

#[test]
fn the_lesson_is_the_same_for_everybody() {
    let run = || {
        let mut desk = Desk::open(opening(), imaginarium::app::theme::Theme::Dark, [1440.0, 900.0]);
        desk.frames(200).pause();
        state(&desk.snapshot())
    };
    assert_eq!(run(), run());
}
