//! Runs and cells are selected by key and click; values say where they come from.

use egui::Key;
use imaginarium::app::theme::Theme;
use imaginarium::lessons;

use crate::desk::{Desk, LARGE};

const MAZE_A: &str = "Maze of run A n = 0";
const MAZE_B: &str = "Maze of run B n = 5";
const MAZE_C: &str = "Maze of run C n = 50";

#[test]
fn runs_are_selected_by_key_and_click() {
    let mut desk = Desk::paused();
    assert_eq!(desk.view().run, 2, "the run that does most");
    desk.key(Key::Num2);
    assert_eq!(desk.view().run, 1);
    assert!(desk.get("Planning steps").value().is_some_and(|v| v.starts_with("5 ")));
    desk.key(Key::Num6);
    assert_eq!(desk.view().run, 1, "there is no run F");
    desk.click("n = 0");
    assert_eq!(desk.view().run, 0);
    desk.click(MAZE_C);
    assert_eq!(desk.view().run, 2);
}

#[test]
fn a_cell_says_who_wrote_its_value() {
    let mut desk = Desk::paused();
    desk.go_to(5, 0);
    assert!(desk.has("Where a value comes from"));
    // One cell above the goal's neighbour: (1,8) leads up to the goal.
    let place = desk.cell(MAZE_C, 1, 8);
    desk.click_at(place);
    assert_eq!((desk.view().run, desk.view().cell), (2, Some(17)));
    assert!(desk.has_words("Cell (1,8) going up: Q = "), "{:#?}", desk.harness);
    assert!(desk.has_words("% dreamt by weight"));
    // The same cell in another maze: the other run's value.
    let place = desk.cell(MAZE_A, 1, 8);
    desk.click_at(place);
    assert_eq!(desk.view().run, 0);
    assert!(desk.has("0 % dreamt by weight") || desk.view().cell.is_none());
}

/// Whether the list of the selected cell's updates is there, for the run that is selected.
fn is_found(desk: &mut Desk) -> bool {
    desk.frames(60);
    let (view, found) = (desk.view(), desk.snapshot().inspection.clone());
    let of = (view.run, view.cell.map(|cell| cell as u32));
    !desk.has("Its updates are being looked for.")
        && found.is_some_and(|f| (f.run, Some(f.cell)) == of)
}

#[test]
fn a_selected_cell_is_looked_into_whatever_run_or_arena_it_is_of() {
    let mut desk = Desk::open(lessons::find("sandbox").unwrap(), Theme::Dark, LARGE);
    desk.click("As fast as it goes").frames(60).pause();
    let place = desk.cell("Maze of run A Dyna-Q", 1, 8);
    desk.click_at(place);
    assert!(is_found(&mut desk), "clicked");
    desk.key(Key::K);
    assert_eq!((desk.view().run, desk.view().cell), (desk.snapshot().runs.len() - 1, Some(17)));
    assert!(is_found(&mut desk), "in the fork");
    desk.click("Close this fork");
    assert_eq!(desk.view().cell, Some(17));
    assert!(is_found(&mut desk), "in its parent");
    let before = desk.snapshot().generation;
    desk.click("Seed").type_text("11");
    assert!(desk.snapshot().generation > before, "another seed is another arena");
    assert_eq!(desk.view().cell, Some(17));
    assert!(is_found(&mut desk), "after a restart");
}

#[test]
fn a_second_click_lets_the_cell_go() {
    let mut desk = Desk::paused();
    let place = desk.cell(MAZE_B, 3, 3);
    desk.click_at(place);
    assert_eq!(desk.view().cell, Some(30));
    // A pause, or the two clicks would be a double click: that counts as well.
    desk.frames(60).click_at(place);
    assert_eq!(desk.view().cell, None);
}

#[test]
fn pointing_at_a_cell_tells_its_values() {
    let mut desk = Desk::paused();
    desk.go_to(3, 0);
    let place = desk.cell(MAZE_C, 1, 8);
    desk.harness.hover_at(place);
    desk.frames(60);
    assert!(desk.has_words("cell (1,8)"), "the tooltip names the cell");
    assert!(desk.has_words("imagined)"), "and who wrote each value");
}

#[test]
fn numbers_replace_arrows() {
    let mut desk = Desk::paused();
    desk.go_to(2, 0);
    let arrows = desk.harness.output().shapes.clone();
    desk.key(Key::N);
    assert!(desk.view().numbers);
    assert_ne!(arrows, desk.harness.output().shapes);
    desk.key(Key::N);
    assert!(!desk.view().numbers);
}
