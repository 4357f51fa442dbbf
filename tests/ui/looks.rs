//! Lessons, lecture view, themes, sizes; and that nothing hangs over the edge.

use egui::{Key, Modifiers, Rect, Role};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use imaginarium::app::panels::PanelId;
use imaginarium::app::theme::Theme;
use imaginarium::lessons::{self, Lesson};

use crate::desk::{Desk, LARGE, SMALL, opening};

#[test]
fn page_down_reveals_the_answer_and_page_up_hides_it() {
    let mut desk = Desk::paused();
    let lesson = opening();
    assert!(desk.has(&lesson.ask) && !desk.has(&lesson.reveal));
    desk.key(Key::PageDown);
    assert!(desk.view().revealed && desk.has(&lesson.reveal));
    desk.key(Key::PageUp);
    assert!(!desk.view().revealed && !desk.has(&lesson.reveal));
    desk.click("Ask the room");
    assert!(desk.has(&lesson.reveal));
}

#[test]
fn paging_walks_through_the_lessons_and_stops_at_both_ends() {
    let mut desk = Desk::paused();
    let lessons = lessons::all().expect("the program's own");
    let titles: Vec<&str> = lessons.iter().map(|l| l.arena.title.as_str()).collect();
    for _ in 0..2 * titles.len() + 3 {
        desk.key(Key::PageUp).frames(2);
    }
    assert_eq!(desk.snapshot().title, titles[0], "nothing stands before the first");
    // One press for each answer, one for each next lesson, and a few too many.
    for _ in 0..2 * titles.len() + 3 {
        desk.key(Key::PageDown).frames(2);
    }
    assert_eq!(desk.snapshot().title, titles[titles.len() - 1]);
    for _ in 0..2 * titles.len() + 3 {
        desk.key(Key::PageUp).frames(2);
    }
    assert_eq!(desk.snapshot().title, titles[0]);
}

#[test]
fn a_lesson_is_opened_from_the_rail() {
    for lesson in lessons::all().expect("sound lessons") {
        let mut desk = Desk::new();
        // One chapter is open at a time.
        let chapter = lessons::chapter_name(lesson.chapter);
        if lesson.chapter != opening().chapter {
            desk.harness.get_by_role_and_label(Role::Button, chapter).click();
            desk.frames(5);
        }
        // The title also stands in the top bar, once the lesson is open.
        desk.harness.get_by_role_and_label(Role::Button, &lesson.arena.title).click();
        desk.frames(5);
        assert_eq!(desk.snapshot().title, lesson.arena.title);
        let title = &lesson.arena.title;
        assert!(desk.has(&lesson.ask), "{title} asks its question");
        assert!(desk.snapshot().playing, "{title} plays");
    }
}

#[test]
fn the_lecture_view_hides_the_controls() {
    for size in [LARGE, SMALL] {
        let mut desk = Desk::open(opening(), Theme::Dark, size);
        desk.pause().key(Key::L);
        assert!(desk.view().lecture);
        for label in ["Planning steps", "Speed", "Seed", "One step on (→)", "Copy text"] {
            assert!(!desk.has(label), "{label} is hidden");
        }
        assert!(desk.has(&opening().ask), "the question is there");
        assert!(!desk.has_words("way home: 14"), "the answer is not given away");
        desk.key(Key::PageDown);
        assert!(desk.has(&opening().reveal));
        // The transport works as ever.
        desk.key(Key::ArrowRight);
        assert_eq!(desk.view().theme_now(), Theme::ProjectorDark);
        desk.key(Key::Escape);
        assert!(!desk.view().lecture);
    }
}

#[test]
fn themes_go_round() {
    let mut desk = Desk::paused();
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(desk.view().theme);
        desk.key(Key::T);
    }
    assert_eq!(seen, Theme::ALL);
    assert_eq!(desk.view().theme, Theme::Dark);
    desk.click("Dark");
    assert_eq!(desk.view().theme, Theme::Light);
}

#[test]
fn text_grows_and_shrinks() {
    let mut desk = Desk::paused();
    desk.key_with(Modifiers::COMMAND, Key::Plus).key_with(Modifiers::COMMAND, Key::Equals);
    assert!((desk.view().text_scale - 1.2).abs() < 1e-6);
    desk.key_with(Modifiers::COMMAND, Key::Minus);
    assert!((desk.view().text_scale - 1.1).abs() < 1e-6);
    desk.key_with(Modifiers::COMMAND, Key::Num0);
    assert_eq!(desk.view().text_scale, 1.0);
    assert_eq!(desk.snapshot().speed, opening().arena.speed, "the speed has keys of its own");
    for _ in 0..40 {
        desk.key_with(Modifiers::COMMAND, Key::Plus);
    }
    assert_eq!(desk.view().text_scale, 2.0, "but not for ever");
}

#[test]
fn f1_shows_every_key() {
    let mut desk = Desk::paused();
    desk.key(Key::F1);
    assert!(desk.view().keys_open);
    for (keys, what) in imaginarium::app::keys::HELP {
        assert!(desk.has(&format!("key {keys}")) && desk.has(what), "{keys}: {what}");
    }
    desk.key(Key::Escape);
    assert!(!desk.view().keys_open && !desk.has("key Space"));
    desk.key(Key::F1).click("Close (Esc)");
    assert!(!desk.view().keys_open);
}

// -------------------------------------------------------------------- edges

/// What must be in reach at any size.
const TRANSPORT: [&str; 7] = [
    "One step back (←)",
    "Play",
    "One step on (→)",
    "Start anew (Home)",
    "As fast as it goes",
    "Seed",
    "Lanes",
];

fn inside(screen: Rect, rect: Rect) -> bool {
    screen.expand(0.5).contains_rect(rect)
}

/// Controls that reach over the edge of the window or lie on one another. The side column and
/// the rail's notes scroll: what is scrolled away is no fault.
fn check_edges(desk: &Desk, what: &str) {
    let screen = desk.screen();
    for label in TRANSPORT {
        let rect = desk.get(label).rect();
        assert!(inside(screen, rect), "{what}: {label} at {rect:?} is not inside {screen:?}");
    }
    check_across(desk, what);
    let bar: Vec<_> = TRANSPORT.map(|label| (label, desk.get(label).rect())).into();
    for (index, (label, rect)) in bar.iter().enumerate() {
        for (other, place) in &bar[index + 1..] {
            let both = rect.shrink(1.0).intersect(place.shrink(1.0));
            assert!(
                !both.is_positive(),
                "{what}: {label} at {rect:?} lies on {other} at {place:?}"
            );
        }
    }
}

fn check_across(desk: &Desk, what: &str) {
    let screen = desk.screen();
    for (label, rect) in desk.controls() {
        let across = rect.left() >= screen.left() - 0.5 && rect.right() <= screen.right() + 0.5;
        assert!(across, "{what}: {label} at {rect:?} reaches over {screen:?}");
    }
}

/// Shows everything there is to show, one after the other.
fn show_all(desk: &mut Desk, what: &str) {
    check_edges(desk, what);
    if !desk.has("Planning steps") {
        desk.key(Key::S);
        check_edges(desk, &format!("{what}, drawer open"));
    }
    desk.get("World").click_accesskit();
    desk.frames(4);
    for run in [Key::Num1, Key::Num2, Key::Num3] {
        desk.key(run);
    }
    desk.click("ε-greedy");
    for _ in 0..4 {
        desk.key(Key::C);
    }
    desk.key(Key::N).key(Key::PageDown).key(Key::F1);
    check_edges(desk, &format!("{what}, overview of keys"));
    for label in ["Close (Esc)", "key Space"] {
        let rect = desk.get(label).rect();
        assert!(inside(desk.screen(), rect), "{what}: {label} at {rect:?}");
    }
    desk.get("key F1").scroll_to_me();
    desk.frames(30);
    let keys = desk.get("key F1").rect();
    assert!(inside(desk.screen(), keys), "{what}: the last key at {keys:?}");
    desk.key(Key::F1).key(Key::F).key(Key::Escape);
    for index in 0..PanelId::ALL.len() - 1 {
        let tools: Vec<_> = desk.harness.query_all_by_label("Enlarge (F)").collect();
        let Some(tool) = tools.get(index) else { break };
        tool.click();
        desk.frames(3).key(Key::Escape);
    }
    desk.key(Key::L).frames(2);
    desk.key(Key::L).key(Key::N);
}

/// Rests the pointer on everything that can be clicked, so that its tooltip is laid out too.
fn hover_all(desk: &mut Desk) {
    let screen = desk.screen();
    for (_, rect) in desk.controls() {
        if screen.contains(rect.center()) {
            desk.harness.hover_at(rect.center());
            desk.frames(40);
        }
    }
    desk.harness.remove_cursor();
    desk.frames(2);
}

/// Six agents, one of which fails: as much as a window ever holds.
fn six() -> Lesson {
    let runs = [
        "agent = 'random'\nname = 'random'",
        "agent = 'q-learning'\nname = 'Q-learning'",
        "agent = 'dyna-q'\nname = 'Dyna-Q, a name longer than its tile'\nplanning_steps = 10",
        "agent = 'dyna-q'\nname = 'from the policy'\npicks = 'e-greedy'",
        "agent = 'value-iteration'\nname = 'value iteration'",
        "agent = 'dyna-q'\nname = 'wild'\nplanning_steps = 50\nalpha = 2.5",
    ];
    let title = "title = 'Six ways through the same maze and a title without an end'";
    crate::desk::lesson(&format!("{title}\nlength = 60\nlanes = 2\nspeed = 'max'"), &runs)
}

#[test]
fn six_runs_fit() {
    for size in [[800.0, 560.0], SMALL, [1440.0, 900.0], LARGE] {
        let mut desk = Desk::open(six(), Theme::Light, size);
        desk.frames(2).pause();
        assert!(desk.run(5).failure.is_some());
        let what = format!("six runs at {}x{}", size[0], size[1]);
        let keys = [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6];
        for (run, key) in keys.into_iter().enumerate() {
            desk.key(key);
            assert_eq!(desk.view().run, run);
            let s = desk.snapshot();
            let maze = format!("Maze of run {} {}", s.runs[run].letter, s.runs[run].name);
            let rect = desk.get(&maze).rect();
            assert!(inside(desk.screen(), rect), "{what}: {maze} at {rect:?}");
            check_across(&desk, &what);
        }
        desk.click("Copy report");
    }
}

fn everywhere(theme: Theme) {
    for size in [SMALL, LARGE] {
        for scale in [1.0, 1.6] {
            let mut desk = Desk::open(opening(), theme, size);
            desk.pause();
            desk.go_to(2, 5);
            while desk.view().text_scale < scale - 0.05 {
                desk.key_with(Modifiers::COMMAND, Key::Plus);
            }
            let what = format!("{}, {}x{}, text {scale}", theme.label(), size[0], size[1]);
            show_all(&mut desk, &what);
            desk.harness.check_accessibility();
        }
    }
}

#[test]
fn dark_fits_everywhere() {
    everywhere(Theme::Dark);
}

#[test]
fn light_fits_everywhere() {
    everywhere(Theme::Light);
}

#[test]
fn projector_dark_fits_everywhere() {
    everywhere(Theme::ProjectorDark);
}

#[test]
fn projector_light_fits_everywhere() {
    everywhere(Theme::ProjectorLight);
}

#[test]
fn every_tooltip_can_be_written() {
    let mut desk = Desk::paused();
    desk.go_to(1, 0);
    hover_all(&mut desk);
}

#[test]
fn the_least_window_has_the_transport_too() {
    let mut desk = Desk::open(opening(), Theme::Dark, [800.0, 560.0]);
    desk.pause();
    let screen = desk.screen();
    check_edges(&desk, "800x560");
    // Larger still: seed and lanes give way, what moves time stays.
    for _ in 0..6 {
        desk.key_with(Modifiers::COMMAND, Key::Plus);
    }
    for label in &TRANSPORT[..5] {
        let rect = desk.get(label).rect();
        assert!(inside(screen, rect), "{label} at {rect:?}");
    }
}

#[test]
fn letters_in_names_of_lessons_are_drawn() {
    // Names from files are data: anything the faces have, and a box for what they lack.
    let head = "title = 'Größe ≤ ½ · ελληνικά'\nlength = 3\nspeed = 'max'";
    let run = "name = 'α → β ★'\nagent = 'q-learning'";
    let lesson = crate::desk::lesson(head, &[run]);
    let builder = egui_kittest::Harness::builder().allow_missing_glyphs();
    let desk = Desk::build(builder, lesson, Theme::Dark, LARGE);
    assert!(desk.harness.root().children_recursive().count() > 10);
}
