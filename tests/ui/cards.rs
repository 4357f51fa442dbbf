//! The bench of cards by mouse and by keyboard: taken away, brought back, written.

use egui::Key;
use imaginarium::app::theme::Theme;
use imaginarium::lessons;

use crate::desk::{Desk, LARGE};

fn bench() -> Desk {
    let mut desk = Desk::open(lessons::find("ab").unwrap(), Theme::Dark, LARGE);
    desk.pause();
    desk
}

const EIGHT: &str = "V(A): table model 0.750, batch TD(0) 0.750, Monte-Carlo 0; \
                     V(B): table model 0.750, batch TD(0) 0.750, Monte-Carlo 0.750";
const SEVEN: &str = "V(A): table model 0.857, batch TD(0) 0.857, Monte-Carlo 0; \
                     V(B): table model 0.857, batch TD(0) 0.857, Monte-Carlo 0.857";

#[test]
fn a_card_is_taken_away_and_brought_back_with_the_mouse() {
    let mut desk = bench();
    assert!(desk.has(EIGHT) && desk.has("8 of 8 episodes count"));
    desk.click("Card 8: B 0");
    assert!(desk.has(SEVEN) && desk.has("7 of 8 episodes count"));
    desk.click("Card 8: B 0");
    assert!(desk.has(EIGHT));
    desk.click("Card 1: A 0 B 0");
    assert!(!desk.has_words("V(A): table"), "no card speaks of A");
}

#[test]
fn the_same_by_keyboard() {
    let mut desk = bench();
    let playing = desk.snapshot().playing;
    desk.get("Card 8: B 0").focus();
    desk.frames(2).key(Key::Delete);
    assert!(desk.has(SEVEN));
    desk.key(Key::Enter);
    assert!(desk.has(EIGHT));
    assert_eq!(desk.snapshot().playing, playing, "the arena is left alone");
}

#[test]
fn cards_of_ones_own_are_written_and_bad_ones_refused_in_one_sentence() {
    let mut desk = bench();
    desk.get("New card").focus();
    desk.frames(2).type_text("A 0 C 2");
    assert!(desk.has("9 of 9 episodes count"));
    assert!(desk.has_words("V(C): table model 2, batch TD(0) 2, Monte-Carlo 2"));
    // Half of all A lead to B, worth 0.75, the others to C, worth 2.
    assert!(desk.has_words("V(A): table model 1.375, batch TD(0) 1.375, Monte-Carlo 1;"));
    desk.type_text("7 0");
    assert!(desk.has_words("'7' is no state: one letter from A to Z is allowed"));
    assert_eq!(desk.view().cards.cards.len(), 9);
    desk.click("The eight");
    assert!(desk.has(EIGHT) && !desk.has("The eight"));
}

#[test]
fn in_the_lecture_answers_wait_for_page_down() {
    let mut desk = bench();
    desk.key(Key::L);
    assert!(desk.has("Answers, not shown yet") && !desk.has("New card"));
    desk.key(Key::PageDown);
    assert!(desk.has(EIGHT));
}

#[test]
fn what_is_copied_is_what_is_shown() {
    let mut desk = bench();
    desk.click("Card 8: B 0");
    let panel = imaginarium::app::panels::PanelId::Cards;
    let fresh = panel.open().text(&desk.snapshot());
    assert!(fresh.contains("p(B|A) = 1") && fresh.contains("r(B) = 0.750"), "{fresh}");
    let copied = desk.copied("Copy text");
    assert!(copied.starts_with("7 episodes: A 0 B 0; B 1;"), "{copied}");
    assert!(copied.contains("V(B): 0.857 by the table model"), "{copied}");
}
