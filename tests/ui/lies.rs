//! Painting an error over one model, and the meter that shows what it promises.

use imaginarium::app::panels::PanelId;
use imaginarium::app::theme::Theme;
use imaginarium::experiment::arena::Change;
use imaginarium::lessons;

use crate::desk::{Desk, LARGE};

#[test]
fn the_lesson_on_small_errors_keeps_its_promise() {
    let mut desk = Desk::open(lessons::find("exploit").unwrap(), Theme::Dark, LARGE);
    desk.click("As fast as it goes").frames(120).pause();
    let meter = |desk: &Desk| {
        let csv = PanelId::Exploit.open().data(&desk.snapshot());
        let of_b = csv.lines().find(|line| line.starts_with("B,")).expect("run B").to_owned();
        let number = |index| of_b.split(',').nth(index).unwrap().parse::<f64>().unwrap();
        (number(3), number(4))
    };
    let (imagined, real) = meter(&desk);
    assert!((imagined - real).abs() < 0.01 && real > 0.4, "{imagined} {real}");
    desk.click("Model error");
    let corner = desk.cell("Maze of run B Dyna-Q", 5, 0);
    desk.click_at(corner);
    let events = desk.snapshot().events.clone();
    let painted = |c: &Change| matches!(c, Change::Lie { cells, .. } if **cells == [(45, 0.5)]);
    assert!(events.iter().any(|e| e.run == 1 && painted(&e.change)));
    assert!(desk.has_words("believed wrongly"), "its model is wrong about the corner");
    // At the end Space goes on as far again.
    desk.key(egui::Key::Space).frames(200).pause();
    let (imagined, real) = meter(&desk);
    assert!((imagined - 4.63).abs() < 0.1, "{imagined}");
    assert!(real < 0.01, "{real}");
}

#[test]
fn a_cell_shows_who_wrote_it() {
    let mut desk = Desk::open(lessons::find("sandbox").unwrap(), Theme::Dark, LARGE);
    desk.click("As fast as it goes").frames(60).pause();
    let place = desk.cell("Maze of run A Dyna-Q", 1, 8);
    desk.click_at(place);
    desk.frames(60);
    let found = desk.snapshot().inspection.clone().expect("it was looked into");
    assert_eq!((found.run, found.cell), (0, 17));
    assert!(found.replays && found.total > 0);
    assert!(desk.has("replays to the last bit"), "and says so");
    assert!(desk.has_words("updates"), "how many");
    let text = PanelId::Cell.open().text(&desk.snapshot());
    assert!(text.contains("updates of (1,8), replays to the last bit"), "{text}");
}
