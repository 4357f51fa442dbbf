//! The search tree at the window: linked pictures, scrubbing, folding, a person as planner.

use egui::Key;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use imaginarium::app::panels::PanelId;
use imaginarium::app::theme::Theme;
use imaginarium::lessons::{self, Lesson};
use imaginarium::probes::story::Story;

use crate::desk::{Desk, LARGE};

fn searching(method: &str) -> Lesson {
    let mut lesson = lessons::find("search-tree").expect("the lesson exists");
    lesson.arena.set(&format!("method={method}")).expect("a method");
    lesson.arena.lanes = 1;
    lesson
}

/// The lesson, some episodes on, standing still.
fn desk(method: &str) -> Desk {
    let mut desk = Desk::open(searching(method), Theme::Dark, LARGE);
    desk.go_to(4, 2).frames(3);
    desk
}

/// The text twin, as the panel's tool copies it.
fn told(desk: &mut Desk) -> String {
    desk.copied("Copy text")
}

fn nodes(desk: &Desk) -> usize {
    let nodes = desk.harness.query_all_by_label_contains(" visit");
    let named = nodes.filter(|node| node.accesskit_node().role() == egui::Role::Button);
    let name = |node: egui_kittest::Node<'_>| node.accesskit_node().label().unwrap_or_default();
    named.map(name).filter(|name| name.starts_with("root ") || name.starts_with("node ")).count()
}

#[test]
fn searches_are_copied_out_only_while_the_panel_is_there() {
    let mut desk = desk("puct");
    assert!(desk.snapshot().evidence && desk.run(0).evidence.is_some());
    desk.frames(60 * 5);
    assert!(desk.sleeps_for().as_secs() > 1, "nothing moves, nothing is drawn");
    // The opening lesson has no such panel.
    let first = desk.harness.query_all_by_label_contains("What is a model").next();
    assert!(first.is_some());
    desk.key(Key::PageUp).key(Key::PageUp).frames(6);
    assert!(!desk.snapshot().evidence, "nobody draws it");
    let desk = Desk::paused();
    assert!(!desk.snapshot().evidence);
}

#[test]
fn the_tree_in_the_picture_is_that_of_the_agent() {
    let mut desk = desk("puct");
    let seen = desk.run(0).evidence.clone().expect("it searches");
    let all = seen.tree.len[0];
    let said = told(&mut desk);
    assert!(said.contains("64 of 64 simulations by pUCT"), "{said}");
    assert!(said.contains(&format!("of {all} nodes shown")), "{said}");
    let csv = desk.copied("Copy data as CSV");
    assert_eq!(csv.lines().count() as u32, 1 + all);
    for (line, node) in csv.lines().skip(1).zip(0..) {
        let cells: Vec<f64> =
            line.split(',').skip(1).map(|cell| cell.parse().expect("a number")).collect();
        assert_eq!(cells[5], f64::from(seen.tree.visits[node]), "{line}");
        assert_eq!(cells[6], seen.tree.value[node], "{line}");
    }
}

#[test]
fn simulations_are_scrubbed_by_keys_and_the_bar_says_what_comes() {
    let mut desk = desk("puct");
    let story = Story::of(&desk.run(0).evidence.clone().unwrap().past).unwrap();
    desk.get("Simulation").focus();
    desk.frames(1);
    for _ in 0..10 {
        desk.key(Key::ArrowDown);
    }
    let said = told(&mut desk);
    let done: u32 = said
        .split(" of 64 simulations")
        .next()
        .unwrap()
        .lines()
        .last()
        .unwrap()
        .parse()
        .expect("a number");
    assert!(done < 64, "{said}");
    let frame = story.at(done);
    assert!(said.contains(&format!("of {} nodes shown", frame.nodes)), "{said}");
    let next = story.next(done).unwrap().path[1].1;
    let name = desk.run(0).truth.action_name(next);
    assert!(said.contains(&format!("visited next: {name}")), "{said}");
    // Another step of the world: another search, shown to its end again.
    desk.key(Key::Escape);
    desk.key(Key::ArrowRight);
    assert!(told(&mut desk).contains("64 of 64 simulations"));
}

#[test]
fn nodes_are_selected_folded_and_unfolded_without_a_mouse() {
    let mut desk = desk("puct");
    let before = nodes(&desk);
    assert!(before > 3, "{before} nodes");
    desk.click("To the child visited most");
    let said = told(&mut desk);
    assert!(said.contains("\nnode "), "{said}");
    desk.click("To the parent node");
    assert!(told(&mut desk).contains("\nroot ("));
    desk.click("Hide what is below the node");
    assert_eq!(nodes(&desk), 1, "only the root is left");
    assert!(told(&mut desk).contains("\n1 of "));
    desk.click("Show the children of the node");
    assert_eq!(nodes(&desk), before);
}

#[test]
fn fewer_nodes_are_shown_and_the_rest_is_counted() {
    let mut desk = desk("puct");
    let all = desk.run(0).evidence.clone().unwrap().tree.len[0];
    desk.get("Nodes shown").focus();
    desk.frames(1);
    for _ in 0..60 {
        desk.key(Key::ArrowDown);
    }
    assert_eq!(nodes(&desk), 2);
    assert!(told(&mut desk).contains(&format!("2 of {all} nodes shown")));
}

#[test]
fn a_person_spends_the_same_budget_and_is_compared() {
    let mut desk = desk("puct");
    desk.click("you");
    let said = told(&mut desk);
    assert!(said.contains("you: 0 of 64 simulations"), "{said}");
    assert!(said.contains("pUCT: 64 of 64 simulations") && said.contains("\ntruth: "), "{said}");
    // By key: below the selected node, which is the root.
    for spent in 1..=3 {
        desk.click("Spend one simulation below the selected node");
        assert!(told(&mut desk).contains(&format!("you: {spent} of 64 simulations")));
    }
    // By mouse: below a node of the tree.
    let node = desk.harness.query_all_by_label_contains("node 1, ").next().unwrap().rect().center();
    desk.click_at(node);
    let said = told(&mut desk);
    assert!(said.contains("you: 4 of 64 simulations"), "{said}");
    desk.click("Begin again");
    assert!(told(&mut desk).contains("you: 0 of 64 simulations"));
    desk.click("the rule");
    assert!(told(&mut desk).contains("64 of 64 simulations by pUCT"));
}

#[test]
fn where_nothing_can_be_tried_a_sentence_says_so() {
    let mut desk = desk("puct");
    desk.click("you");
    // Down the tree until a task ends or nothing is known.
    for _ in 0..40 {
        desk.click("Spend one simulation below the selected node");
        if desk.has_words("nothing can be tried at node") {
            return;
        }
        desk.click("To the child visited most");
    }
    panic!("no end in forty simulations");
}

#[test]
fn other_searches_have_a_tree_without_sums_and_no_hand() {
    for method in ["forward", "td"] {
        let mut lesson = searching("puct");
        lesson.arena.set("depth=8").unwrap();
        lesson.arena.set(&format!("method={method}")).unwrap();
        let mut desk = Desk::open(lesson, Theme::Light, LARGE);
        desk.go_to(2, 3).frames(3);
        assert!(told(&mut desk).contains("does not choose by a sum"));
        desk.click("you");
        assert!(desk.has_words("Choose UCT, pUCT or Gumbel"));
    }
}

#[test]
fn of_two_searches_the_selected_one_is_shown_and_told() {
    let mut lesson = searching("puct");
    let mut other = lesson.arena.runs[0].clone();
    other.name = "the other".to_owned();
    lesson.arena.runs.push(other);
    lesson.arena.set("B.method=uct").unwrap();
    lesson.run = 1;
    let mut desk = Desk::open(lesson, Theme::Dark, LARGE);
    desk.go_to(3, 2).frames(3);
    assert!(told(&mut desk).contains("Search tree of B the other"));
    desk.key(Key::Num1).frames(3);
    assert!(told(&mut desk).contains("64 of 64 simulations by pUCT"));
    desk.click("you");
    desk.click("Spend one simulation below the selected node");
    assert!(told(&mut desk).contains("you: 1 of 64 simulations"));
    // The other run's search is another one to plan in.
    desk.key(Key::Num2).frames(3);
    let said = told(&mut desk);
    assert!(
        said.contains("you: 0 of 64 simulations") && said.contains("\nUCT: 64 of 64"),
        "{said}"
    );
}

#[test]
fn without_a_search_the_panel_says_what_it_needs() {
    let desk = Desk::paused();
    let panel = PanelId::Tree.open();
    assert!(panel.text(&desk.snapshot()).contains("Needs a run that searches before it acts"));
    assert_eq!(panel.data(&desk.snapshot()).lines().count(), 1);
}
