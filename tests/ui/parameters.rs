//! Sliders act at once, by mouse, keys and assistive technology; the world's start anew.

use egui::{Key, vec2};
use imaginarium::app::theme::Theme;
use imaginarium::experiment::arena::Change;

use crate::desk::{Desk, SMALL, opening};

/// Index of a parameter of the selected run's agent.
fn param(desk: &Desk, key: &str) -> usize {
    let specs = desk.run(desk.view().run).agent.params();
    specs.iter().position(|s| s.key == key).expect("the agent has it")
}

fn n(desk: &Desk, run: usize) -> f64 {
    desk.run(run).params[param(desk, "planning_steps")]
}

#[test]
fn a_key_on_the_slider_changes_n_and_is_an_event() {
    let mut desk = Desk::paused();
    desk.go_to(1, 3);
    desk.get("Planning steps").focus();
    desk.frames(1);
    assert!(desk.get("Planning steps").is_focused());
    desk.key(Key::ArrowUp);
    let s = desk.snapshot();
    let now = n(&desk, 2);
    assert!(now > 50.0, "one step up from 50 is {now}");
    let event = s.events.last().expect("the change is in the log");
    let change = Change::Param { param: param(&desk, "planning_steps"), value: now };
    assert_eq!((event.run, &event.change), (2, &change));
    assert_eq!(event.counters.env_steps, s.runs[2].lane.counters.env_steps);
    // The very next step plans with it; the others' n is theirs.
    let before = s.runs[2].lane.counters.imagined_updates;
    desk.key(Key::ArrowRight);
    assert_eq!(desk.run(2).lane.counters.imagined_updates, before + now as u64);
    assert_eq!((n(&desk, 0), n(&desk, 1)), (0.0, 5.0));
}

#[test]
fn n_is_dragged_from_0_to_50_while_it_runs() {
    let mut desk = Desk::new();
    desk.key(Key::Num1).frames(30);
    assert_eq!((desk.view().run, n(&desk, 0)), (0, 0.0));
    assert_eq!(desk.run(0).lane.counters.imagined_updates, 0);
    let slider = desk.get("Planning steps").rect();
    let y = slider.center().y;
    let (left, right) = (egui::pos2(slider.left() + 9.0, y), egui::pos2(slider.right() - 9.0, y));
    desk.harness.hover_at(left);
    desk.harness.drag_at(left);
    desk.frames(1);
    let mut values = Vec::new();
    for step in 1..=20 {
        desk.harness.hover_at(left + (right - left) * (step as f32 / 20.0 * 0.62));
        desk.frames(2);
        values.push(n(&desk, 0));
        assert!(desk.snapshot().playing, "dragging stops nothing");
    }
    desk.harness.drop_at(left + (right - left) * 0.62);
    desk.frames(2);
    assert!(values.is_sorted() && values[0] < 5.0, "{values:?}");
    assert!(n(&desk, 0) >= 30.0, "{values:?}");
    desk.get("Planning steps").set_value_accesskit(50.0);
    desk.frames(3);
    assert_eq!(n(&desk, 0), 50.0);
    let before = desk.run(0).lane.counters;
    desk.frames(10);
    let after = desk.run(0).lane.counters;
    let steps = after.env_steps - before.env_steps;
    assert!(steps > 0 && after.imagined_updates - before.imagined_updates >= (steps - 1) * 50);
    assert!(desk.snapshot().events.iter().all(|e| e.run == 0));
}

#[test]
fn an_agent_plans_on_while_the_world_stands_still() {
    let mut desk = Desk::paused();
    desk.go_to(1, 3);
    let before = desk.run(2).lane.counters;
    desk.key(Key::P);
    let after = desk.run(2).lane.counters;
    assert_eq!(after.imagined_updates, before.imagined_updates + 50);
    assert_eq!((after.env_steps, after.real_updates), (before.env_steps, before.real_updates));
    assert_eq!(desk.run(0).lane.counters.imagined_updates, 0, "the others do not");
    let event = desk.snapshot().events.last().map(|e| (e.run, e.change.clone()));
    assert_eq!(event, Some((2, Change::Dream { units: 50, done: 50 })));
    desk.click("Plan 50 times");
    assert_eq!(desk.run(2).lane.counters.imagined_updates, before.imagined_updates + 100);
}

#[test]
fn a_number_is_typed() {
    let mut desk = Desk::paused();
    desk.click("Discount: type a number").type_text("0,5");
    assert_eq!(desk.run(2).params[param(&desk, "gamma")], 0.5);
    // Nonsense leaves the value alone, and letters are no shortcuts meanwhile.
    let theme = desk.view().theme;
    desk.click("Discount: type a number");
    desk.key(Key::T).type_text("tea");
    assert_eq!(desk.run(2).params[param(&desk, "gamma")], 0.5);
    assert_eq!(desk.view().theme, theme);
}

#[test]
fn a_choice_shows_the_rule_it_needs() {
    let mut desk = Desk::paused();
    assert!(!desk.has("skip"), "unseen pairs only matter to ε-greedy planning");
    desk.click("ε-greedy");
    assert_eq!(desk.run(2).params[param(&desk, "picks")], 1.0);
    assert!(desk.has("skip") && desk.has("stay, reward 0"));
    desk.click("stay, reward 0");
    assert_eq!(desk.run(2).params[param(&desk, "unseen")], 1.0);
    assert!(desk.run(2).code.iter().any(|line| line.text.contains("ε-greedy") && line.indent == 2));
}

#[test]
fn a_parameter_of_the_world_starts_anew() {
    let mut desk = Desk::paused();
    desk.go_to(1, 1);
    desk.get("World").scroll_to_me();
    desk.frames(30);
    desk.click("World");
    desk.frames(5);
    let slip = desk.snapshot().world.info.params().iter().position(|s| s.label == "Slip");
    let slip = slip.expect("the maze can be slippery");
    let before = desk.snapshot().generation;
    desk.get("Slip").scroll_to_me();
    desk.frames(30);
    desk.get("Slip").set_value_accesskit(0.2);
    desk.frames(4);
    let s = desk.snapshot();
    assert_eq!(s.world.params[slip], 0.2);
    assert_eq!((s.position.count, s.position.step), (0, 0));
    assert_ne!(s.generation, before);
    // The lock-step too.
    desk.get("real step").scroll_to_me();
    desk.frames(30);
    desk.click("real step");
    let clock = desk.snapshot().position.clock;
    assert_eq!(clock, imaginarium::experiment::clock::Clock::EnvSteps);
}

#[test]
fn dragging_a_parameter_of_the_world_waits_for_the_hand() {
    let mut desk = Desk::paused();
    desk.go_to(1, 0);
    desk.get("World").scroll_to_me();
    desk.frames(30);
    desk.click("World");
    desk.get("Slip").scroll_to_me();
    desk.frames(30);
    let rect = desk.get("Slip").rect();
    let before = desk.snapshot().generation;
    let from = rect.left_center() + vec2(9.0, 0.0);
    desk.harness.hover_at(from);
    desk.harness.drag_at(from);
    for x in [40.0, 80.0, 120.0] {
        desk.harness.hover_at(from + vec2(x, 0.0));
        desk.frames(2);
        assert_eq!(desk.snapshot().generation, before, "nothing restarts under the hand");
    }
    desk.harness.drop_at(from + vec2(120.0, 0.0));
    desk.frames(3);
    assert_eq!(desk.snapshot().generation, before + 1, "one restart, on letting go");
    assert_eq!(desk.snapshot().position.count, 0);
}

#[test]
fn a_small_window_keeps_parameters_in_a_drawer() {
    let mut desk = Desk::open(opening(), Theme::Dark, SMALL);
    desk.pause();
    assert!(!desk.has("Planning steps"));
    desk.key(Key::S);
    assert!(desk.has("Planning steps") && desk.has("What runs now"));
    desk.click("Parameters and code");
    assert!(!desk.has("Planning steps"));
}
