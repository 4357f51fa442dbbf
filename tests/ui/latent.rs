//! Pictures of latent models: a model is moved, a policy is drawn, parts are switched.

use egui::Key;
use imaginarium::app::theme::Theme;
use imaginarium::experiment::arena::Change;
use imaginarium::lessons;

use crate::desk::{Desk, LARGE};

/// A lesson, standing still after so many real steps.
fn after(id: &str, steps: usize) -> Desk {
    let mut desk = Desk::open(lessons::find(id).unwrap(), Theme::Dark, LARGE);
    desk.pause();
    desk.key(Key::Home).pause();
    for _ in 0..steps {
        desk.key(Key::ArrowRight);
    }
    desk
}

#[test]
fn a_moved_model_plans_right_until_another_value_is_asked_for() {
    let mut desk = after("what-we-want", 1);
    assert!(desk.has_words("the plan is exactly the right one"));
    desk.click("Plan for another goal in the same model");
    desk.frames(2);
    assert!(desk.has_words("For another value the same model is wrong"));
    // The slider at its left end: the model is the true one, for any value.
    desk.get("Moved along the null space of V, %").focus();
    desk.frames(1);
    for _ in 0..100 {
        desk.key(Key::ArrowDown);
    }
    desk.frames(2);
    assert!(desk.has_words("The model is right, and so is the plan"));
}

#[test]
fn a_policy_is_drawn_by_a_button_by_hand_and_by_keys() {
    let mut desk = after("unseen", 3);
    assert!(desk.has_words("drawn policy: nothing is drawn yet"));
    desk.click("Draw the policy: right, else down");
    desk.frames(2);
    assert!(!desk.has_words("nothing is drawn yet"));
    desk.click("Forget the drawn policy");
    desk.frames(2);
    assert!(desk.has_words("drawn policy: nothing is drawn yet"));
    let map = desk.get("Draw a policy: drag, or arrow keys").rect();
    desk.drag(map.left_center(), map.center(), 6);
    desk.frames(2);
    assert!(!desk.has_words("nothing is drawn yet"));
    desk.click("Forget the drawn policy");
    desk.get("Draw a policy: drag, or arrow keys").focus();
    desk.frames(1);
    let before = desk.snapshot().position;
    desk.key(Key::ArrowRight);
    desk.frames(2);
    assert_eq!(desk.snapshot().position, before, "the keys draw, time stands still");
    assert!(!desk.has_words("nothing is drawn yet"));
}

#[test]
fn a_lamp_switches_its_part_and_is_an_event() {
    let mut desk = after("four-parts", 0);
    desk.click("A: search acts");
    desk.frames(2);
    assert_eq!(desk.run(0).param("picks"), Some(1.0));
    let events = desk.snapshot().events.to_vec();
    assert!(events.iter().any(|e| e.run == 0 && matches!(e.change, Change::Param { .. })));
    desk.get("A: search acts").focus();
    desk.frames(1);
    desk.key(Key::Enter);
    desk.frames(2);
    assert_eq!(desk.run(0).param("picks"), Some(0.0));
}

#[test]
fn imagined_states_are_those_of_the_steps_really_taken() {
    let mut desk = after("imagines", 4);
    desk.click("this episode");
    desk.frames(2);
    let run = desk.run(0);
    let lived = &run.lane.view.muzero.as_ref().unwrap().lived;
    assert_eq!(lived.now.length(), 4);
    assert!(desk.has_words("unrolled from step 0 of 4"));
}
