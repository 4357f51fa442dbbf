//! Real against imagined at the window: which way round, from where, and under a person's hand.

use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use imaginarium::app::panels::PanelId;
use imaginarium::app::theme::Theme;
use imaginarium::lessons::Lesson;

use crate::desk::{Desk, LARGE, lesson};

const BADGE: &str = "the keyboard drives: the dream and the real copy";
const SEAT: &str = "Drive by hand, arrow keys";

/// A maze that Dyna-Q has learned, with the panel.
fn maze() -> Desk {
    let head = "length = 30\nlanes = 1\nseed = 7\n[lesson]\npanels = [['imagined', 'mazes']]";
    let mut desk =
        Desk::open(lesson(head, &["agent = 'dyna-q'\nplanning_steps = 50"]), Theme::Dark, LARGE);
    desk.go_to(6, 3);
    desk
}

/// A pendulum whose learner dreams by the true dynamics.
fn pendulum(more: &str) -> Desk {
    let text = format!(
        "version = 1\nclock = 'env-steps'\nlength = 5000\nlanes = 1\nseed = 3\n\
         [lesson]\npanels = [['imagined', 'mazes'], ['losses', 'clouds', 'relatives']]\n\
         [world]\nid = 'pendulum'\n[[run]]\nagent = 'mve'\nhorizon = 4\nwarmup = 30\nhidden = 8\n\
         model_hidden = 8\nbatch = 8\nmodel_batch = 8\n{more}"
    );
    let lesson = Lesson::from_toml("test.toml", &text).expect("a sound lesson");
    let mut desk = Desk::open(lesson, Theme::Dark, LARGE);
    while desk.snapshot().position.count < 40 {
        desk.frames(1);
    }
    desk.pause();
    desk
}

/// What the panel says, driven steps among it.
fn said(desk: &Desk) -> String {
    let all = desk.harness.get_all_by_label_contains("apart");
    let labels = all.map(|node| {
        use egui_kittest::kittest::NodeT as _;
        node.accesskit_node().label().unwrap_or_default()
    });
    labels.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_direction_is_turned_around() {
    let mut desk = pendulum("");
    assert!(desk.has_words("it acts in the world and the model is told the actions"));
    assert!(desk.has_words("the target actor μ′ acts; H = 4"));
    desk.click("plan, then act").frames(2);
    assert!(desk.has_words("it acts in its model and the world is told the actions"));
    let mut exact = pendulum("dynamics = 'true'");
    assert!(said(&exact).contains("0 after 1, 0 after 4, 0 after 5"), "{}", said(&exact));
    exact.click("plan, then act").frames(2);
    assert!(said(&exact).contains("0 after 20, 0 after 30"), "{}", said(&exact));
}

#[test]
fn futures_begin_where_somebody_clicks() {
    let mut desk = pendulum("");
    assert!(desk.has_words("from now"));
    let seat = desk.get(SEAT).rect();
    desk.click_at(seat.center() + egui::vec2(60.0, 0.0));
    let start = desk.view().start.expect("a state was picked");
    assert!((start[0] + std::f64::consts::FRAC_PI_2).abs() < 0.05 && start[1] == 0.0, "{start:?}");
    assert!(desk.has_words("from the picked state"));
    desk.click("From the present state");
    assert_eq!(desk.view().start, None);
}

#[test]
fn arrows_drive_dream_and_copy_and_the_lane_stands_still() {
    let mut desk = maze();
    let before = desk.snapshot();
    desk.key(Key::G);
    assert!(desk.has(BADGE));
    let (mut state, view) = (before.runs[0].lane.state.unwrap(), &before.runs[0].lane.view);
    let model = view.model.as_ref().expect("it has learned one");
    let keys = [Key::ArrowUp, Key::ArrowRight, Key::ArrowDown, Key::ArrowLeft];
    for _ in 0..3 {
        let known = (0..4).find(|&action| !model.get(state, action).is_empty()).expect("tried");
        desk.key(keys[usize::from(known)]);
        state = model.get(state, known)[0].next;
    }
    assert!(said(&desk).contains("3 steps, 0 apart now"), "{}", said(&desk));
    if let Some(unknown) = (0..4).find(|&action| model.get(state, action).is_empty()) {
        desk.key(keys[usize::from(unknown)]);
        assert!(said(&desk).contains("3 steps"), "{}", said(&desk));
        assert!(said(&desk).contains("the model knows nothing of that step"));
    }
    desk.key(Key::R);
    assert!(said(&desk).contains("0 steps, 0 apart now"), "{}", said(&desk));
    let after = desk.snapshot();
    assert_eq!(after.position, before.position);
    assert_eq!(after.runs[0].lane.state, before.runs[0].lane.state);
    assert_eq!(after.events.len(), before.events.len());
}

#[test]
fn no_other_shortcut_fires_while_a_person_drives() {
    let mut desk = maze();
    let view = desk.view();
    let looks = |view: &imaginarium::app::view::View| {
        (view.theme, view.lecture, view.keys_open, view.enlarged, view.numbers, view.sandbox)
    };
    desk.key(Key::G);
    for key in [Key::Space, Key::L, Key::T, Key::N, Key::F, Key::D, Key::F1, Key::K, Key::PageDown]
    {
        desk.key(key);
    }
    desk.key_with(Modifiers::SHIFT, Key::ArrowRight);
    assert!(desk.has(BADGE), "it still drives");
    assert!(!desk.snapshot().playing);
    assert_eq!(looks(&desk.view()), looks(&view));
    assert_eq!(desk.snapshot().runs.len(), 1);
    desk.key(Key::Escape);
    assert!(!desk.has(BADGE));
    desk.key(Key::T);
    assert_ne!(desk.view().theme, view.theme, "the keys are back");
}

#[test]
fn escape_ends_the_drive_and_nothing_else() {
    let mut desk = maze();
    desk.key(Key::F);
    assert_eq!(desk.view().enlarged, Some(PanelId::Imagined));
    desk.click("Drive by hand (G)");
    assert!(desk.has(BADGE));
    desk.key(Key::Escape);
    assert!(!desk.has(BADGE));
    assert_eq!(desk.view().enlarged, Some(PanelId::Imagined), "the panel stays");
    desk.key(Key::Escape);
    assert_eq!(desk.view().enlarged, None);
}

#[test]
fn where_no_dream_is_on_screen_nothing_takes_the_keyboard() {
    let mut desk = Desk::paused();
    desk.key(Key::G);
    assert!(desk.has("This lesson has no dream to drive."));
    desk.key(Key::T);
    assert_ne!(desk.view().theme, Theme::Dark);
}

#[test]
fn a_driven_pendulum_falls_in_its_own_time_and_an_exact_dream_with_it() {
    let mut desk = pendulum("dynamics = 'true'");
    let lane = *desk.run(0).lane.path.now().expect("a body");
    desk.key(Key::G);
    let begun = said(&desk);
    desk.harness.key_down(Key::ArrowLeft);
    desk.frames(60);
    desk.harness.key_up(Key::ArrowLeft);
    let words = said(&desk);
    // A second is 20 steps of 0.05 s.
    let steps = |words: &str| -> usize {
        let tail = words.split("copy; ").nth(1).expect("it drives");
        tail.split(' ').next().and_then(|n| n.parse().ok()).expect("a number")
    };
    assert!((19..=21).contains(&(steps(&words) - steps(&begun))), "{begun}\n{words}");
    assert!(words.contains("0 apart now, 0 at most"), "{words}");
    assert_eq!(*desk.run(0).lane.path.now().expect("a body"), lane, "the lane is not driven");
    desk.key(Key::Escape);
    desk.frames(30);
    assert!(!desk.has(BADGE));
}

#[test]
fn what_a_step_teaches_and_where_the_critic_learns() {
    let desk = pendulum("td_k = 'on'");
    assert!(desk.has_words("taught per"));
    assert!(desk.has_words("stored imagined states: 0"));
    assert!(desk.has_words("TD-k on: learns at depths 0 to 4"));
    assert!(desk.has_words("the target actor μ′ acts"));
    assert!(desk.has_words("importance weight 1"));
    let csv = PanelId::Clouds.open().data(&desk.snapshot());
    let rows = |kind: &str| csv.lines().filter(|line| line.contains(kind)).count();
    // Two numbers for each of 8 states, and 4 times as many imagined ones; one error each.
    assert_eq!((rows(",real,"), rows(",imagined,")), (2 * 8 + 1, 2 * 4 * 8 + 1));
    assert!(desk.has_words("I2A: one path for each action"));
    let off = pendulum("td_k = 'off'\ndreamer = 'live'");
    assert!(off.has_words("TD-k off: learns at real states alone"));
    assert!(off.has_words("in imagination the actor μ acts"));
    let stored = pendulum("td_k = 'off'\ndreams = 'stored'");
    assert!(stored.has_words("stored: learns at 4 imagined states for each real one"));
    assert!(!stored.has_words("TD-k") && !stored.has_words("importance weight"));
    assert!(!stored.has_words("stored imagined states: 0"));
}
