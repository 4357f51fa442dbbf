//! Films and pictures made beside the window: by accessible label, with a renderer for the film
//! alone.

#[path = "common/adapter.rs"]
mod adapter;
#[path = "common/desk.rs"]
mod desk;

use std::time::{Duration, Instant};

use desk::Desk;
use egui::{Key, Modifiers};

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
    desk.get("Length").type_text("1");
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
    assert!(size > 10_000, "{size} bytes");
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
