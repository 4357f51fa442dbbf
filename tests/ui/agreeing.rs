//! Panels about a latent model that agrees with itself: what they say is what was trained.

use egui::{Key, Modifiers};
use imaginarium::app::panels::PanelId;
use imaginarium::app::theme::Theme;
use imaginarium::lessons::Lesson;

use crate::desk::{Desk, LARGE};

/// A small agent that imagines as SC-Direct, after two episodes.
fn open() -> Desk {
    let text = "version = 1\nclock = 'episodes'\nlanes = 1\nseed = 3\n[world]\nid = 'gridworld'\n\
                max_steps = 20\nmap = 'S..G'\n[[run]]\nagent = 'muzero'\nsimulations = 4\nbatch = 8\n\
                width = 16\nlatent = 8\nunroll = 2\nimagine = 'sc-direct'\nimagined_steps = 2";
    let lesson = Lesson::from_toml("test.toml", text).unwrap();
    let mut desk = Desk::open(lesson, Theme::Dark, LARGE);
    desk.pause();
    while desk.run(0).lane.counters.real_updates < 5 {
        desk.key_with(Modifiers::SHIFT, Key::ArrowRight);
    }
    desk
}

fn csv(desk: &Desk, panel: PanelId) -> Vec<Vec<String>> {
    let data = panel.open().data(&desk.snapshot());
    data.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

/// The number in the row that has these words.
fn number(rows: &[Vec<String>], words: [&str; 2]) -> f64 {
    let row = rows.iter().find(|row| row.windows(2).any(|two| two == words));
    row.unwrap_or_else(|| panic!("{words:?}")).last().unwrap().parse().unwrap()
}

#[test]
fn the_parts_of_the_loss_add_up_and_name_what_acts_on_the_latent_state() {
    let desk = open();
    let rows = csv(&desk, PanelId::Losses);
    let part = |name| number(&rows, ["loss", name]);
    let parts = ["reward", "value", "policy", "consistency", "decoder", "imagined"];
    let sum: f64 = parts.map(part).iter().sum();
    assert!((sum - part("total")).abs() < 1e-5);
    let terms: f64 = (0..=2).map(|k| number(&rows, ["imagined", &format!("k = {k}")])).sum();
    assert!((terms - part("imagined")).abs() < 1e-5, "the policy learns nothing there");
    let said = PanelId::Losses.open().text(&desk.snapshot());
    let acts = "acts on the latent state: reward, value, policy, consistency, imagined value";
    assert!(said.contains(acts), "{said}");
    assert!(said.contains("imagined (SC-Direct): "), "{said}");
    assert!(said.contains("numbers taught a real step: reward "), "{said}");
}

#[test]
fn the_figure_of_the_paper_has_the_same_terms() {
    let mut desk = open();
    let (losses, figure) = (csv(&desk, PanelId::Losses), csv(&desk, PanelId::Schematic));
    let beta = desk.run(0).param("beta").unwrap();
    for k in 0..=2 {
        let row = figure.iter().find(|row| row[2] == "term" && row[3] == k.to_string()).unwrap();
        let term: f64 = row[4].parse().unwrap();
        let trained = number(&losses, ["imagined", &format!("k = {k}")]);
        assert!((beta * term - trained).abs() < 1e-9);
    }
    assert_eq!(number(&figure, ["gradient reward", "all"]), 0.0, "it sits in the stopped target");
    assert!(number(&figure, ["gradient dynamics", "all"]) > 0.0);
    // The dial among its own: another update trains other networks.
    let imagine = desk.run(0).agent.params().iter().position(|p| p.key == "imagine").unwrap();
    assert_eq!(desk.run(0).params[imagine], 2.0);
    desk.key(Key::ArrowRight);
    assert!(PanelId::Loops.open().text(&desk.snapshot()).contains("model learning"));
}

#[test]
fn its_search_and_the_way_of_its_values_are_there_to_be_seen() {
    let mut desk = open();
    let said = PanelId::Drift.open().text(&desk.snapshot());
    assert!(said.contains("error") && said.contains("drift"), "{said}");
    let wrong = PanelId::ConsistentWrong.open().text(&desk.snapshot());
    assert!(wrong.contains("residual"), "{wrong}");
    desk.frames(2);
}
