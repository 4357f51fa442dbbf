//! Values as a surface: what is shown of which world, and what hands change.

use egui::Key;
use imaginarium::app::panels::PanelId;
use imaginarium::app::theme::Theme;
use imaginarium::lessons::{Lesson, find};

use crate::desk::{Desk, LARGE};

/// A lesson with this panel alone.
fn lesson(arena: &str) -> Lesson {
    let lesson = Lesson::from_toml("x.toml", arena).unwrap();
    let words = "panels = [['surface']]".parse().unwrap();
    Lesson::from_words("x.toml", words, lesson.arena).unwrap()
}

fn maze() -> Lesson {
    let maze = find("dyna-maze").unwrap();
    let words = "panels = [['surface']]".parse().unwrap();
    Lesson::from_words("x.toml", words, maze.arena).unwrap()
}

#[test]
fn a_maze_has_learned_and_true_values_and_their_difference() {
    let mut desk = Desk::open(maze(), Theme::Dark, LARGE);
    desk.go_to(5, 3).frames(3);
    assert!(desk.has("Surface of values, learned"));
    desk.click("true").frames(2);
    assert!(desk.has("Surface of values, true"));
    desk.click("difference").frames(2);
    assert!(desk.has("Surface of values, difference"));
    let panel = PanelId::Surface.open();
    let text = panel.text(&desk.snapshot());
    assert!(text.starts_with("Value of A "), "{text}");
    assert!(text.contains("over column and row") && text.contains("never visited: "), "{text}");
    let csv = panel.data(&desk.snapshot());
    // 54 cells, 7 walls, and what is true at the start of the shortest way: 0.95^13.
    assert_eq!(csv.lines().count(), 1 + 54 - 7, "{csv}");
    let start = csv.lines().find(|line| line.starts_with("A,0,2,")).unwrap();
    let truth: f64 = start.split(',').nth(4).unwrap().parse().unwrap();
    assert!((truth - 0.95_f64.powi(13)).abs() < 1e-5, "{start}");
}

#[test]
fn without_an_adapter_it_is_a_map_and_says_why() {
    let mut desk = Desk::open(maze(), Theme::Light, LARGE);
    desk.go_to(2, 3).frames(3);
    // The reason is painted, not spoken; the switch is both.
    desk.click("map").frames(2);
    desk.click("3D").frames(2);
    assert!(desk.has("Surface of values, learned"));
    // Whoever has the focus turns the picture: time stands still.
    desk.pause();
    let before = desk.snapshot().position;
    desk.get("Surface of values, learned").focus();
    desk.frames(1);
    desk.key(Key::ArrowRight).frames(2);
    assert_eq!(desk.snapshot().position, before);
}

#[test]
fn surfaces_of_earlier_steps_are_kept_and_can_be_seen_again() {
    let mut desk = Desk::open(maze(), Theme::Dark, LARGE);
    for episode in 1..4 {
        desk.go_to(episode, 2).frames(2);
    }
    assert!(desk.has_words("Surface of real step"));
    assert!(desk.has_words("(now)"));
}

#[test]
fn four_numbers_have_a_choice_of_two_and_learners_without_values_say_so() {
    let text = "version = 1\nlanes = 1\nseed = 3\nlength = 50\nspeed = 1\n[world]\nid = 'cart-pole'\n\
                [[run]]\nname = 'one'\nagent = 'random'\n";
    let mut desk = Desk::open(lesson(text), Theme::Dark, LARGE);
    desk.go_to(1, 3).frames(3);
    assert!(desk.has_words("No values are learned here, and this world cannot be solved."));
    let text = PanelId::Surface.open().text(&desk.snapshot());
    assert!(text.contains("held: angle θ") && text.contains("learned unknown"), "{text}");
}
