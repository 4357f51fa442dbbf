//! Wiring an update by hand: arrows and blocks are clicked, and the choice runs.

use egui::Key;
use imaginarium::app::panels::PanelId;
use imaginarium::app::theme::Theme;
use imaginarium::experiment::arena::Change;
use imaginarium::lessons;

use crate::desk::{Desk, LARGE};

fn open() -> Desk {
    let mut desk = Desk::open(lessons::find("wire-your-own").unwrap(), Theme::Dark, LARGE);
    desk.pause();
    for _ in 0..6 {
        desk.key(Key::ArrowRight);
    }
    desk
}

/// Value of a parameter of the selected run.
fn param(desk: &Desk, key: &str) -> f64 {
    desk.run(desk.view().run).param(key).unwrap()
}

/// Numbers of the panel's data: those of one update and one quantity of run B.
fn numbers(desk: &Desk, update: &str, what: &str) -> Vec<f64> {
    let csv = PanelId::Schematic.open().data(&desk.snapshot());
    let rows = csv.lines().map(|line| line.split(',').collect::<Vec<_>>());
    rows.filter(|row| row[..3] == ["B", update, what]).map(|row| row[4].parse().unwrap()).collect()
}

#[test]
fn a_click_on_an_arrow_opens_it_and_the_choice_runs() {
    let mut desk = open();
    assert_eq!(desk.run(desk.view().run).letter, 'B');
    assert_eq!(numbers(&desk, "imagined", "moved reward"), [0.0], "exactly");
    assert!(numbers(&desk, "imagined", "moved dynamics")[0] > 0.0);
    desk.click("Gradient into the target's reward, k = 0");
    assert_eq!((param(&desk, "update"), param(&desk, "into_reward")), (5.0, 1.0));
    let events = desk.snapshot().events.to_vec();
    assert!(events.iter().all(|e| e.run == 1 && matches!(e.change, Change::Param { .. })));
    desk.key(Key::ArrowRight);
    assert!(numbers(&desk, "imagined", "moved reward")[0] > 0.0);
    // The same arrow again, by keyboard: SC-Direct under its own name.
    desk.get("Gradient into the target's reward, k = 0").focus();
    desk.frames(1);
    desk.key(Key::Enter);
    assert_eq!(param(&desk, "update"), 2.0);
    desk.key(Key::ArrowRight);
    assert_eq!(numbers(&desk, "imagined", "moved reward"), [0.0]);
}

#[test]
fn blocks_that_are_not_trained_read_exactly_zero() {
    let mut desk = open();
    desk.click("Train the dynamics, k = 0");
    desk.key(Key::ArrowRight);
    assert_eq!(numbers(&desk, "imagined", "moved dynamics"), [0.0]);
    assert!(numbers(&desk, "imagined", "moved value")[0] > 0.0);
    desk.click("Train the value, k = 0");
    desk.key(Key::ArrowRight);
    for block in ["dynamics", "reward", "value"] {
        assert_eq!(numbers(&desk, "imagined", &format!("moved {block}")), [0.0]);
    }
    // From real steps everything goes on learning.
    assert!(numbers(&desk, "grounded", "moved value")[0] > 0.0);
}

#[test]
fn the_terms_add_up_to_the_trained_number() {
    let mut desk = open();
    desk.click("SC-Residual");
    for _ in 0..4 {
        desk.key(Key::ArrowRight);
        let [rewards, values, targets, terms] =
            ["reward", "value", "target", "term"].map(|what| numbers(&desk, "imagined", what));
        let gamma = param(&desk, "gamma");
        assert_eq!((rewards.len(), values.len(), terms.len()), (4, 5, 4));
        for k in 0..4 {
            assert!((rewards[k] + gamma * values[k + 1] - targets[k]).abs() < 1e-5);
            assert!((0.5 * (targets[k] - values[k]).powi(2) - terms[k]).abs() < 1e-5);
        }
        let imagined = numbers(&desk, "loss", "weighed imagined")[0];
        assert!((terms.iter().sum::<f64>() * param(&desk, "beta") - imagined).abs() < 1e-5);
        let parts = ["dynamics", "reward", "value", "imagined"];
        let parts = parts.map(|part| numbers(&desk, "loss", &format!("weighed {part}"))[0]);
        let total = numbers(&desk, "loss", "total")[0];
        assert!((parts.iter().sum::<f64>() - total).abs() < 1e-5 && total > 0.0);
    }
}

#[test]
fn the_three_panels_tell_of_both_runs_and_give_their_numbers() {
    let desk = open();
    for id in [PanelId::Schematic, PanelId::ConsistentWrong, PanelId::Drift] {
        let (panel, snapshot) = (id.open(), desk.snapshot());
        let text = panel.text(&snapshot);
        assert!(text.contains("A Dyna") && text.contains("B your wiring"), "{text}");
        let csv = panel.data(&snapshot);
        let width = csv.lines().next().unwrap().split(',').count();
        assert!(csv.lines().count() > 10, "{csv}");
        for line in csv.lines() {
            let cells: Vec<&str> = line.split(',').collect();
            assert!(cells.len() == width && cells.iter().all(|c| !c.is_empty()), "{line}");
        }
    }
}

#[test]
fn the_switch_of_the_grounded_loss_reaches_all_runs() {
    let mut desk = Desk::open(lessons::find("consistent-but-wrong").unwrap(), Theme::Light, LARGE);
    desk.pause();
    let grounded = |desk: &Desk| -> Vec<f64> {
        desk.snapshot().runs.iter().map(|run| run.param("grounded").unwrap()).collect()
    };
    assert_eq!(grounded(&desk), [0.0; 4]);
    desk.click("on");
    assert_eq!(grounded(&desk), [1.0; 4]);
    assert_eq!(desk.snapshot().events.len(), 4);
    let words = PanelId::ConsistentWrong.open().text(&desk.snapshot());
    assert!(words.contains("grounded loss on"), "{words}");
}
