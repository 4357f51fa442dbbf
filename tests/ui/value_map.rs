//! A world of numbers in the window: bodies in tiles, returns, and the map of values.

use std::sync::Arc;

use egui::Key;
use imaginarium::agents::surface::{Surface, ValueSurface};
use imaginarium::app::panels::PanelId;
use imaginarium::app::theme::Theme;
use imaginarium::experiment::cohort::LaneView;
use imaginarium::lessons::Lesson;

use crate::desk::{Desk, LARGE, SMALL};

fn random(world: &str) -> Lesson {
    let text = format!(
        "version = 1\nlanes = 2\nseed = 3\nlength = 50\nspeed = 1\n[world]\nid = '{world}'\n\
         [[run]]\nname = 'one'\nagent = 'random'\n[[run]]\nname = 'two'\nagent = 'random'\n"
    );
    Lesson::from_toml("x.toml", &text).unwrap()
}

/// Thinks that hanging is as good as standing.
#[derive(Debug)]
struct Flat;

impl ValueSurface for Flat {
    fn value(&self, _: &[f32]) -> f64 {
        -5.0
    }
}

#[test]
fn bodies_are_shown_and_every_panel_is_honest_about_them() {
    for world in ["pendulum", "cart-pole"] {
        for (theme, size) in [(Theme::Dark, LARGE), (Theme::Light, SMALL)] {
            let mut desk = Desk::open(random(world), theme, size);
            desk.go_to(2, 7).frames(2);
            assert!(desk.has_words("What happens"), "{world}");
            let body = desk.snapshot();
            for &id in PanelId::ALL {
                let panel = id.open();
                assert!(!panel.text(&body).is_empty(), "{}", panel.title());
                assert!(panel.data(&body).contains(','), "{}", panel.title());
            }
            let text = PanelId::Mazes.open().text(&body);
            assert!(text.contains("A one: episode 3, step 7, return "), "{text}");
            assert!(text.contains(if world == "pendulum" { "speed ω" } else { "place x" }));
            let csv = PanelId::Mazes.open().data(&body);
            assert_eq!(csv.lines().count(), 1 + 2 * 8, "eight places each: {csv}");
            let returns = PanelId::Return.open().text(&body);
            assert!(returns.starts_with("Return against episode\nA one: "), "{returns}");
            assert!(!returns.contains("nothing finished"));
        }
    }
}

#[test]
fn every_panel_can_be_drawn_over_a_world_of_numbers() {
    for world in ["pendulum", "cart-pole"] {
        for &id in PanelId::ALL {
            let mut lesson = random(world);
            let words = format!("panels = [['{}']]", id.name()).parse().unwrap();
            lesson = Lesson::from_words("x.toml", words, lesson.arena).unwrap();
            let mut desk = Desk::open(lesson, Theme::Dark, LARGE);
            desk.go_to(1, 3).frames(3);
            desk.key(Key::ArrowLeft).key(Key::ArrowRight).frames(2);
        }
    }
}

#[test]
fn the_map_shows_the_truth_and_says_that_nothing_is_learned() {
    let mut desk = Desk::open(random("pendulum"), Theme::Dark, LARGE);
    desk.go_to(1, 20).frames(2);
    let map = PanelId::ValueMap.open();
    let text = map.text(&desk.snapshot());
    assert!(text.contains("A one: angle θ") && text.contains("learns no values, true "), "{text}");
    let csv = map.data(&desk.snapshot());
    assert_eq!(csv.lines().next(), Some("run,theta,omega,learned,true"));
    assert_eq!(csv.lines().count(), 1 + 180 * 161);
    assert!(csv.lines().nth(1).unwrap().contains(",nan,"));
    let cart = Desk::open(random("cart-pole"), Theme::Dark, LARGE).snapshot();
    let text = map.text(&cart);
    assert!(text.starts_with("A one: ") && text.contains("learns no values"), "{text}");
    let maze = Desk::paused().snapshot();
    assert!(map.text(&maze).starts_with("A map needs a world whose states are numbers"));
}

#[test]
fn what_an_agent_thinks_stands_beside_the_truth() {
    let mut desk = Desk::open(random("pendulum"), Theme::Dark, LARGE);
    desk.go_to(1, 20).frames(2);
    let mut snapshot = (*desk.snapshot()).clone();
    for run in &mut snapshot.runs {
        let mut lane = LaneView::clone(&run.lane);
        lane.view.surface = Some(Surface(Arc::new(Flat)));
        run.lane = Arc::new(lane);
    }
    let map = PanelId::ValueMap.open();
    assert!(map.text(&snapshot).contains("thinks \u{2212}5, true "), "{}", map.text(&snapshot));
    let csv = map.data(&snapshot);
    let learned = csv.lines().skip(1).map(|line| line.split(',').nth(3).unwrap());
    assert!(learned.into_iter().all(|x| x == "-5"));
}
