//! Costly probes beside the window, and Copy and Data that give what a panel shows.

use std::time::Duration;

use egui::Key;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use imaginarium::app::lab::Options;
use imaginarium::app::panels::PanelId;
use imaginarium::app::theme::Theme;
use imaginarium::lessons;

use crate::desk::{Desk, LARGE};

/// Text and data as the tools in the header of panel number `index` give them.
fn copied(desk: &mut Desk, index: usize) -> [String; 2] {
    ["Copy text", "Copy data as CSV"].map(|tool| {
        desk.harness.get_all_by_label(tool).nth(index).expect("a tool").click();
        desk.frames(1);
        desk.clipboard().expect("something was copied")
    })
}

/// A lesson some way on, standing still.
fn some_way_on(id: &str) -> Desk {
    let mut desk = Desk::open(lessons::find(id).unwrap(), Theme::Dark, LARGE);
    desk.click("As fast as it goes").frames(60).pause();
    desk
}

#[test]
fn the_wall_machine_copies_the_pair_and_the_depth_on_screen() {
    let mut desk = some_way_on("wall");
    desk.key(Key::Num2).frames(2);
    let [_, second] = copied(&mut desk, 0);
    desk.key(Key::Num1).frames(2);
    desk.get("Steps ahead").focus();
    desk.frames(1);
    desk.key(Key::ArrowUp);
    let [text, data] = copied(&mut desk, 0);
    assert!(text.contains(", 5 steps ahead"), "{text}");
    assert_ne!(data, second, "another run");
    let fresh = PanelId::Wall.open();
    assert_eq!(data, fresh.data(&desk.snapshot()), "the first run is the default");
    let down = desk.run(0).truth.action_name(2);
    assert!(!text.contains(&format!(" {down}, tried")), "{text}");
    desk.click(&down);
    let [text, _] = copied(&mut desk, 0);
    let no_data = text.starts_with("No data") && text.contains(&down);
    assert!(no_data || text.contains(&format!(" {down}, tried")), "{text}");
}

#[test]
fn the_data_of_a_model_are_those_of_the_selected_run() {
    let mut lesson = lessons::find("wall").unwrap();
    lesson.layout = lessons::find("look-up").unwrap().layout;
    let mut desk = Desk::open(lesson, Theme::Dark, LARGE);
    desk.click("As fast as it goes").frames(60).pause();
    let first = PanelId::ModelData.open().text(&desk.snapshot());
    let texts = [Key::Num1, Key::Num2].map(|key| {
        desk.key(key).frames(2);
        copied(&mut desk, 0)[0].clone()
    });
    assert_eq!(texts[0], first);
    assert_ne!(texts[1], first, "the second run has other data");
}

#[test]
fn beside_the_window_answers_come_later_and_are_the_same() {
    for (id, panel, words) in [
        ("exploit", PanelId::Exploit, "imagined "),
        ("wall", PanelId::Wall, "E[v(s"),
        ("small-error", PanelId::ModelError, "the policy flips at"),
    ] {
        let options =
            Options { beside: true, ..Options::plain(lessons::find(id).unwrap(), Theme::Dark) };
        let mut desk = Desk::with(Harness::builder(), options, LARGE);
        let mut wait = |until: &dyn Fn(&mut Desk) -> bool| {
            let met = (0..2_000).any(|_| {
                std::thread::sleep(Duration::from_millis(5));
                desk.frames(1);
                until(&mut desk)
            });
            assert!(met, "{id}: {words}");
        };
        wait(&|desk| desk.snapshot().position.count >= 20);
        wait(&|desk| {
            desk.harness.key_press(Key::Space);
            desk.frames(2);
            std::thread::sleep(Duration::from_millis(50));
            desk.frames(2);
            !desk.snapshot().playing
        });
        // Standing still, the copy on the clipboard becomes what a fresh panel says.
        wait(&|desk| {
            let fresh = panel.open().text(&desk.snapshot());
            let tools = desk.harness.get_all_by_label("Copy text").count();
            (0..tools).any(|index| copied(desk, index)[0] == fresh)
        });
    }
}
