//! Films and pictures made beside the window: by accessible label, with a renderer for the film
//! alone.

#[path = "common/adapter.rs"]
mod adapter;
#[path = "common/desk.rs"]
mod desk;

use std::time::{Duration, Instant};

use desk::Desk;
use egui::{Key, Modifiers};
use imaginarium::app::film_view::FilmView;
use imaginarium::app::headless::{self, Sheet};
use imaginarium::app::panels::PanelId;

/// Frames until `done`, or a minute.
fn wait(desk: &mut Desk, done: impl Fn(&Desk) -> bool) {
    let begun = Instant::now();
    while !done(desk) {
        assert!(begun.elapsed() < Duration::from_secs(60), "it takes too long");
        desk.frames(1);
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn record_films_from_the_present_moment_while_the_window_goes_on() {
    if !adapter::can_draw() {
        return;
    }
    let out = std::env::temp_dir().join(format!("record-{}.mp4", std::process::id()));
    let _ = std::fs::remove_file(&out);
    let mut desk = match std::env::var_os("PICTURES") {
        Some(_) => {
            let builder = egui_kittest::Harness::builder().wgpu();
            Desk::build(builder, desk::opening(), imaginarium::app::theme::Theme::Dark, desk::SMALL)
        }
        None => Desk::new(),
    };
    desk.frames(30);
    desk.click("Record (R)");
    desk.frames(2);
    desk.get("File").focus();
    desk.frames(1);
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    desk.get("File").type_text(&out.display().to_string());
    desk.click("360p");
    desk.click("10");
    desk.get("Length").focus();
    desk.frames(2);
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    desk.get("Length").type_text("12");
    desk.frames(2);
    desk.click("arena steps");
    desk.click("best");
    desk.frames(2);
    if let Some(folder) = std::env::var_os("PICTURES") {
        let image = desk.harness.render().unwrap();
        image.save(std::path::Path::new(&folder).join("record.png")).unwrap();
    }
    let before = desk.snapshot().position;
    desk.click("Film");
    wait(&mut desk, |desk| desk.has_words("Film saved"));
    assert!(desk.snapshot().position > before, "the window goes on");
    let size = std::fs::metadata(&out).unwrap().len();
    assert!(size > 5_000, "{size} bytes");
    std::fs::remove_file(&out).unwrap();
}

#[test]
fn a_film_that_cannot_be_is_refused_in_the_card() {
    let mut desk = Desk::paused();
    desk.frames(2);
    desk.click("Record (R)");
    desk.frames(2);
    desk.get("File").focus();
    desk.frames(1);
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    desk.get("File").type_text("film.avi");
    desk.frames(2);
    desk.click("Film");
    desk.frames(2);
    assert!(desk.has_words("must end in .mp4"));
    desk.key(Key::Escape);
    desk.frames(2);
    desk.key(Key::Escape);
    desk.frames(2);
    assert!(!desk.has("File"));
}

#[test]
fn every_panel_can_be_saved_as_a_picture() {
    if !adapter::can_draw() {
        return;
    }
    let mut desk = Desk::paused();
    desk.go_to(9, 9);
    let lesson = std::sync::Arc::new(desk::opening());
    for &id in PanelId::ALL {
        let view = FilmView::panel(desk.snapshot(), lesson.clone(), id, desk.view());
        let name = format!("panel-{}-{}.png", id.name(), std::process::id());
        let out = std::env::temp_dir().join(name);
        headless::save(view, Sheet::of(id, desk.view().theme_now()), &out).unwrap();
        let picture = image::open(&out).unwrap().into_rgb8();
        assert!(picture.width() >= 1600);
        let ground = *picture.get_pixel(0, 0);
        let drawn = picture.pixels().filter(|pixel| **pixel != ground).count();
        assert!(drawn > 500_000, "{}: {drawn} pixels", id.name());
        match std::env::var_os("PICTURES") {
            Some(folder) => {
                std::fs::rename(&out, std::path::Path::new(&folder).join(id.name())).unwrap();
            }
            None => std::fs::remove_file(&out).unwrap(),
        }
    }
}
