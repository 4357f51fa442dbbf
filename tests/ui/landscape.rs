//! The bench of landscapes: a hand moves the cross, balls roll, the rug is pulled, and whatever is
//! wrong is said in one sentence.

use egui::{Key, Modifiers, pos2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use imaginarium::app::panels::PanelId;
use imaginarium::app::theme::Theme;
use imaginarium::lessons::{self, Lesson};

use crate::desk::{Desk, LARGE, SMALL};

/// The bench over a pendulum whose learner has not begun, laid out by a few keys.
fn bench(keys: &str, run: &str) -> Lesson {
    let text = format!(
        "version = 1\nseed = 3\nlength = 400\nspeed = 1\n[lesson]\nid = 'x'\n\
         panels = [['landscape']]\n[lesson.landscape]\n{keys}\n[world]\nid = 'pendulum'\n\
         [[run]]\n{run}\n"
    );
    Lesson::from_toml("x.toml", &text).expect("a sound lesson")
}

fn open(keys: &str, run: &str, size: [f32; 2]) -> Desk {
    let mut desk = Desk::open(bench(keys, run), Theme::Dark, size);
    desk.pause();
    desk.frames(4);
    desk
}

const TOY: &str = "value = 'toy'\noptimiser = 'descent'\nrate = 0.1";
const RANDOM: &str = "agent = 'random'";
const LEARNER: &str = "agent = 'ddpg'\nhidden = 8\nwarmup = 20\nbatch = 8";
const MAP: &str = "Move the true next state";

/// What the map says of the place in hand.
fn place(desk: &Desk) -> [f64; 2] {
    let spoken = desk.harness.get_by_label_contains("Move the ").accesskit_node().label();
    let spoken = spoken.expect("a name");
    let numbers = spoken.split("now at ").nth(1).expect("a place").replace('−', "-");
    let mut numbers = numbers.split(", ").map(|x| x.parse().expect("a number"));
    [numbers.next().expect("one"), numbers.next().expect("two")]
}

#[test]
fn the_toy_is_raced_and_only_vaml_stays_behind() {
    let desk = open(&format!("{TOY}\nstart = [-1.0, -0.5]"), RANDOM, LARGE);
    for words in [
        "MSE: on the cross after",
        "VAML: right value, wrong place after",
        "VaGraM, bounded: on the cross after",
        "VaGraM, unbounded: errors cancel out after",
    ] {
        assert!(desk.has_words(words), "{words}");
    }
    assert!(desk.has_words("VAML: task-aware 1.00 (lit)"));
    assert!(desk.has_words("slope along x: 0.259"));
}

#[test]
fn mouse_and_arrows_move_the_cross_and_nothing_else() {
    let mut desk = open(TOY, RANDOM, LARGE);
    let before = desk.snapshot().position;
    assert_eq!(place(&desk), [1.0, 0.5]);
    let map = desk.harness.get_by_label_contains(MAP).rect();
    desk.drag(map.center(), map.center() + egui::vec2(0.25 * map.width(), 0.0), 8);
    let [x, y] = place(&desk);
    assert!((x - 1.0).abs() < 0.05 && y.abs() < 0.05, "{x} {y}");
    desk.key(Key::ArrowUp).key(Key::ArrowUp).key(Key::ArrowLeft);
    let [moved, up] = place(&desk);
    assert!((up - y - 2.0 * 4.0 / 64.0).abs() < 2e-3, "{y} to {up}");
    assert!((x - moved - 4.0 / 64.0).abs() < 2e-3, "{x} to {moved}");
    assert_eq!(desk.snapshot().position, before, "arrows do not step through time here");
    desk.click("prediction");
    assert!(desk.has_words("Move the prediction, now at"));
}

/// A learner with a few actions on a body of four numbers: a cut through them has all four pictures,
/// and the truth, which nobody knows there, says so.
#[test]
fn the_pole_of_a_cart_has_landscapes_too() {
    let text = |value: &str| {
        format!(
            "version = 1\nseed = 3\nlength = 400\nspeed = 100\n[lesson]\nid = 'x'\n\
             panels = [['landscape']]\n[lesson.landscape]\nvalue = '{value}'\n\
             cross = [0.05, 0.3]\nstart = [-0.05, -0.3]\n[world]\nid = 'cart-pole'\n[[run]]\n\
             agent = 'deep-dyna-q'\nwidth = 8\nbatch = 8\n"
        )
    };
    let open = |value: &str| {
        let lesson = Lesson::from_toml("x.toml", &text(value)).expect("a sound lesson");
        let mut desk = Desk::open(lesson, Theme::Dark, LARGE);
        desk.frames(120);
        desk.pause();
        desk.frames(4);
        desk
    };
    let desk = open("critic");
    for words in ["Landscape of Value", "Landscape of VAML", "MSE: "] {
        assert!(desk.has_words(words), "{words}");
    }
    let desk = open("best");
    assert!(desk.has_words("This world has no exact value"), "nobody knows it");
    assert!(!desk.has_words("Landscape of VAML"));
}

/// One step back for each gesture, whatever it changed, and forward again.
#[test]
fn changes_of_the_bench_are_taken_back_and_done_again() {
    let mut desk = open(TOY, RANDOM, LARGE);
    let map = desk.harness.get_by_label_contains(MAP).rect();
    desk.drag(map.center(), map.center() + egui::vec2(0.25 * map.width(), 0.0), 8);
    let dragged = place(&desk);
    desk.key(Key::ArrowUp);
    let up = place(&desk);
    desk.click("unbounded").frames(2);
    assert!(desk.has_words("Landscape of VaGraM, unbounded"));
    let shifted = Modifiers::COMMAND | Modifiers::SHIFT;
    desk.key_with(Modifiers::COMMAND, Key::Z).frames(2);
    assert!(desk.has_words("Landscape of VaGraM, bounded"));
    desk.key_with(Modifiers::COMMAND, Key::Z).frames(2);
    assert_eq!(place(&desk), dragged);
    desk.key_with(Modifiers::COMMAND, Key::Z).frames(2);
    assert_eq!(place(&desk), [1.0, 0.5], "a whole drag is one step");
    desk.key_with(Modifiers::COMMAND, Key::Z).frames(2);
    assert_eq!(place(&desk), [1.0, 0.5], "before that there is nothing");
    for want in [dragged, up] {
        desk.key_with(shifted, Key::Z).frames(2);
        assert_eq!(place(&desk), want);
    }
}

/// The same place is marked in all pictures, and its numbers are said.
#[test]
fn a_place_under_the_pointer_has_its_numbers() {
    let mut desk = open(TOY, RANDOM, LARGE);
    let seat = desk.harness.get_by_label_contains("Landscape of VAML").rect();
    assert!(!desk.has_words("x = "));
    desk.harness.hover_at(seat.center());
    desk.frames(3);
    assert!(desk.has_words(": V ") && desk.has_words("x = "), "the foot tells the numbers");
    desk.harness.hover_at(pos2(2.0, 2.0));
    desk.frames(3);
    assert!(!desk.has_words("x = "));
}

#[test]
fn a_cross_on_a_surface_can_be_dragged() {
    // Without an adapter surfaces are drawn from above: the cross lies where the toy has it.
    let mut desk = open(TOY, RANDOM, LARGE);
    let value = desk.harness.get_by_label_contains("Landscape of Value").rect();
    let far = |desk: &Desk| place(desk);
    let mut dragged = false;
    // Where the cross is depends on the room for ticks: a few places near it are tried.
    for share in [0.70, 0.74, 0.78, 0.82] {
        let from = pos2(value.left() + share * value.width(), value.center().y);
        for rise in [-0.10, -0.06, -0.02] {
            let from = from + egui::vec2(0.0, rise * value.height());
            desk.drag(from, from + egui::vec2(-40.0, 12.0), 6);
            dragged |= far(&desk) != [1.0, 0.5];
        }
    }
    assert!(dragged, "the cross follows a hand");
}

#[test]
fn balls_roll_and_come_to_rest() {
    let mut desk = open(TOY, RANDOM, LARGE);
    desk.click("Let the balls roll");
    desk.frames(30);
    assert!(desk.has_words("MSE: rolls after") || desk.has_words("VAML: rolls after"));
    desk.click("Straight to the end");
    assert!(desk.has_words("MSE: on the cross after"));
}

#[test]
fn balls_are_held_while_the_value_is_trained_and_then_let_go() {
    let mut desk = open("value = 'critic'\nrate = 0.05", LEARNER, LARGE);
    for _ in 0..60 {
        desk.key(Key::ArrowRight);
    }
    desk.frames(3);
    desk.click("Hold the balls");
    desk.click("Train the value a little");
    desk.frames(60);
    desk.pause();
    desk.frames(3);
    assert!(desk.has_words("value error when held"));
    desk.click("Let the balls go");
    assert!(!desk.has_words("value error when held"));
}

#[test]
fn whatever_is_wrong_is_said_in_one_sentence() {
    let says = |keys: &str, run: &str, words: &str| {
        let desk = open(keys, run, LARGE);
        assert!(desk.has_words(words), "{keys}: {words}");
    };
    says("value = 'critic'", RANDOM, "A learns no values of places: take best or toy instead.");
    says("value = 'kept'", LEARNER, "A has kept no value yet");
    says("value = 'critic'", LEARNER, "A has not learned yet");
    says("cross = [5, 1]", RANDOM, "lies outside of the world: angle θ");
    let grid = Lesson::from_toml(
        "x.toml",
        "version = 1\n[lesson]\nid = 'x'\npanels = [['landscape']]\n[world]\nid = 'dyna-maze'\n\
         [[run]]\nagent = 'dyna-q'\n",
    );
    let mut desk = Desk::open(grid.unwrap(), Theme::Dark, LARGE);
    desk.pause();
    assert!(desk.has_words("A landscape needs a world of numbers"));
    desk.click("toy");
    assert!(desk.has_words("Landscape of VAML"), "the toy needs no world");
}

#[test]
fn words_and_data_tell_what_is_drawn() {
    let desk = Desk::open(lessons::find("vaml-wanders").unwrap(), Theme::Dark, SMALL);
    let panel = PanelId::Landscape.open();
    let text = panel.text(&desk.snapshot());
    assert!(text.contains("the best value there is") && text.contains("VAML: "), "{text}");
    let csv = panel.data(&desk.snapshot());
    let head = "theta,omega,value,mse,vaml,vagram_bounded,vagram_unbounded";
    assert_eq!(csv.lines().next(), Some(head));
    assert_eq!(csv.lines().count(), 1 + 128 * 128);
}

#[test]
fn every_choice_of_the_bench_can_be_drawn_in_both_sizes() {
    for size in [LARGE, SMALL] {
        let mut desk = open("value = 'critic'", LEARNER, size);
        for _ in 0..30 {
            desk.key(Key::ArrowRight);
        }
        if size == SMALL {
            desk.click("look");
        } else {
            desk.click("How landscapes look");
        }
        desk.frames(8);
        for choice in ["(cos θ, sin θ, ω)", "near the cross", "the same", "of V", "from above"] {
            desk.click(choice);
            assert!(desk.has_words("Landscape of MSE"), "{choice}");
        }
    }
}
