//! Every panel has a title, a question, words and data, and can be enlarged and copied.

use egui::Key;
use egui_kittest::kittest::Queryable as _;
use imaginarium::app::panels::PanelId;
use imaginarium::app::theme::Theme;
use imaginarium::lessons;

use crate::desk::{Desk, LARGE, lesson};

/// A table with a header, the same number of columns in every line, and at least `rows` rows.
fn check_csv(title: &str, csv: &str, rows: usize) {
    let mut lines = csv.lines();
    let head: Vec<&str> = lines.next().expect("a header").split(',').collect();
    assert!(head.len() >= 3 && head.iter().all(|name| !name.is_empty()), "{title}: {head:?}");
    let mut found = 0;
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        assert_eq!(cells.len(), head.len(), "{title}: {line}");
        assert!(cells.iter().all(|cell| !cell.is_empty()), "{title}: {line}");
        found += 1;
    }
    assert!(found >= rows, "{title} has {found} rows, {rows} were expected");
}

#[test]
fn every_panel_says_what_it_shows() {
    let mut desk = Desk::paused();
    desk.click("As fast as it goes").key(Key::Space);
    let snapshot = desk.snapshot();
    for &id in PanelId::ALL {
        let panel = id.open();
        let (title, question) = (panel.title(), panel.question());
        assert!(!title.is_empty());
        assert!((1..=60).contains(&question.chars().count()), "{title}: {question}");
        let text = panel.text(&snapshot);
        // These are not about every run, and some of them not about this lesson.
        use PanelId::{Cards, Memory, ModelData, ModelError, Tree, ValueMap, Values, Wall};
        use PanelId::{Clouds, Device, Imagined, Landscape, Losses, MveStack, Relatives, Signal};
        use PanelId::{ConsistentWrong, Drift, Schematic};
        use PanelId::{Fit, Gradients, LookingAhead, Mismatch, Quadrants, TwoSearches};
        let fits = [Fit, Mismatch, Quadrants, Gradients].contains(&id);
        let of_one = [LookingAhead, TwoSearches].contains(&id) || fits;
        let consistent = [Schematic, ConsistentWrong, Drift].contains(&id);
        let dreams = [Clouds, Device, Imagined, Losses, MveStack, Relatives, Signal].contains(&id);
        let some = [
            Landscape,
            PanelId::Surface,
            PanelId::Imagines,
            PanelId::FourParts,
            PanelId::Unseen,
            PanelId::ValueEquivalence,
            PanelId::WhichLoop,
            PanelId::Games,
            Cards,
            Memory,
            Tree,
            ValueMap,
            Values,
            Wall,
            ModelData,
            ModelError,
        ];
        if consistent || dreams || of_one || some.contains(&id) {
            check_csv(title, &panel.data(&snapshot), 0);
            continue;
        }
        for run in &snapshot.runs {
            let name = format!("{} {}", run.letter, run.name);
            assert!(text.contains(&name), "{title}: {name} is missing in\n{text}");
        }
        // Nothing was changed, so these two have nothing to tell.
        let quiet = [PanelId::Futures, PanelId::Log].contains(&id);
        check_csv(title, &panel.data(&snapshot), if quiet { 0 } else { 3 });
    }
}

#[test]
fn values_are_as_far_off_as_their_table_says() {
    let mut desk = Desk::open(lessons::find("prediction").unwrap(), Theme::Dark, LARGE);
    desk.go_to(12, 0);
    let run = desk.run(1);
    let q = run.lane.view.table.clone().expect("a table").q;
    let squares: f64 = (0..5).map(|i| (q[i] - (i + 1) as f64 / 6.0).powi(2)).sum();
    let said = format!("B TD(0): off by {:.3} in the mean", (squares / 5.0).sqrt());
    assert!(desk.has_words(&said), "{said}");
    assert_eq!(PanelId::Values.open().data(&desk.snapshot()).lines().count(), 1 + 2 * 5);
}

#[test]
fn panels_have_words_before_anything_has_happened() {
    let mut desk = Desk::paused();
    desk.key(Key::Home).pause();
    let snapshot = desk.snapshot();
    for &id in PanelId::ALL {
        let panel = id.open();
        assert!(!panel.text(&snapshot).is_empty());
        check_csv(panel.title(), &panel.data(&snapshot), 0);
    }
}

#[test]
fn agents_without_tables_are_no_trouble() {
    let head = "length = 3\nlanes = 2\nspeed = 'max'";
    let desk = Desk::open(lesson(head, &["agent = 'random'"]), Theme::Dark, LARGE);
    let snapshot = desk.snapshot();
    for &id in PanelId::ALL {
        let panel = id.open();
        assert!(!panel.text(&snapshot).is_empty());
        check_csv(panel.title(), &panel.data(&snapshot), 0);
    }
}

#[test]
fn the_data_are_those_of_the_learner() {
    let mut desk = Desk::paused();
    desk.go_to(4, 0);
    let snapshot = desk.snapshot();
    let csv = PanelId::Mazes.open().data(&snapshot);
    let table = snapshot.runs[2].lane.view.table.clone().expect("a table");
    let of_c: Vec<&str> = csv.lines().filter(|line| line.starts_with("C,")).collect();
    assert_eq!(of_c.len(), table.q.len());
    for (line, q) in of_c.iter().zip(&table.q) {
        let cell = line.split(',').nth(3).and_then(|cell| cell.parse::<f64>().ok());
        assert_eq!(cell, Some(*q), "{line}");
    }
    let csv = PanelId::Steps.open().data(&snapshot);
    let means: Vec<f64> = (csv.lines().filter(|line| line.starts_with("A,")))
        .filter_map(|line| line.split(',').nth(3)?.parse().ok())
        .collect();
    let drawn: Vec<f64> = snapshot.curves.steps[0].mean.iter().map(|p| p[1]).collect();
    assert_eq!(means, drawn);
    assert_eq!(means.len(), 4);
}

#[test]
fn text_and_data_go_to_the_clipboard() {
    let mut desk = Desk::paused();
    desk.go_to(2, 0);
    let snapshot = desk.snapshot();
    // The tools stand in the panels' headers in the order of the layout.
    for (index, id) in [PanelId::Steps, PanelId::Reward, PanelId::Price].into_iter().enumerate() {
        for (tool, want) in [
            ("Copy text", id.open().text(&snapshot)),
            ("Copy data as CSV", id.open().data(&snapshot)),
        ] {
            desk.harness.get_all_by_label(tool).nth(index).expect("a tool").click();
            desk.frames(1);
            assert_eq!(desk.clipboard().as_deref(), Some(want.as_str()), "{tool} of {id:?}");
            desk.frames(2);
            let said = if tool == "Copy text" { "Text copied" } else { "Data copied as CSV" };
            assert!(desk.has(said));
        }
    }
    desk.frames(60 * 5);
    assert!(!desk.has("Data copied as CSV"), "what was said fades");
}

#[test]
fn a_panel_is_enlarged_and_goes_back() {
    let mut desk = Desk::paused();
    desk.harness.get_all_by_label("Enlarge (F)").nth(1).expect("a tool").click();
    desk.frames(3);
    assert_eq!(desk.view().enlarged, Some(PanelId::Reward));
    assert!(desk.has("Cumulative reward") && !desk.has("Steps per episode"));
    desk.click("Enlarge (F)");
    assert_eq!(desk.view().enlarged, None);
    desk.key(Key::F);
    assert_eq!(desk.view().enlarged, Some(PanelId::Mazes));
    desk.key(Key::Escape);
    assert_eq!(desk.view().enlarged, None);
    assert!(desk.has("Steps per episode"));
}

#[test]
fn the_loop_counts_what_went_along_each_arrow() {
    let runs = [
        "agent = 'q-learning'",
        "agent = 'dyna-q'\nplanning_steps = 4\ndirect = 'off'",
        "agent = 'dyna-q'\nplanning_steps = 4",
    ];
    let mut desk = Desk::open(lesson("length = 5\nlanes = 2", &runs), Theme::Dark, LARGE);
    desk.pause();
    desk.key(Key::Home).go_to(2, 0);
    let snapshot = desk.snapshot();
    let csv = PanelId::Loops.open().data(&snapshot);
    let expected: String = (snapshot.runs.iter().zip([(1, 0, 0), (0, 1, 4), (1, 1, 4)]))
        .map(|(run, (direct, model, plan))| {
            let steps = run.lane.counters.env_steps;
            let letter = run.letter;
            format!("{letter},{steps},{},{},{}\n", steps * direct, steps * model, steps * plan)
        })
        .collect();
    assert_eq!(csv, format!("run,acting,learning,model_learning,planning\n{expected}"));
}

#[test]
fn replay_shows_what_it_draws_and_makes_updates_in_a_row_less_alike() {
    let runs = ["agent = 'q-learning'", "agent = 'q-replay'\nreplays = 5\ncapacity = 40"];
    let mut desk = Desk::open(lesson("length = 9\nlanes = 1", &runs), Theme::Dark, LARGE);
    desk.pause();
    desk.key(Key::Home).go_to(1, 0);
    for _ in 0..12 {
        desk.key(Key::ArrowRight);
    }
    let snapshot = desk.snapshot();
    let memory = snapshot.runs[1].lane.view.memory.clone().expect("it replays");
    assert_eq!((memory.len, memory.capacity), (40, 40));
    assert_eq!(memory.newest() + 1, snapshot.runs[1].lane.counters.env_steps);
    let csv = PanelId::Memory.open().data(&snapshot);
    assert!(csv.lines().count() > 10, "{csv}");
    for line in csv.lines().skip(1) {
        let ago: u64 = line.split(',').nth(1).unwrap().parse().unwrap();
        assert!(ago < 40, "{line}");
    }
    let words = PanelId::Memory.open().text(&snapshot);
    assert!(words.contains("40 of 40 steps kept"), "{words}");
    let said: Vec<f64> = words.split(' ').filter_map(|word| word.parse().ok()).collect();
    let [.., with, without] = said[..] else { panic!("{words}") };
    assert!(with < without - 0.3, "{words}");
}

/// Panels about losses of models, in the lessons made for them: what is drawn is what is told, and a
/// corner can be chosen by the keyboard.
#[test]
fn losses_of_models_are_told_and_drawn() {
    use PanelId::{Fit, Gradients, Mismatch, Quadrants};
    let head = "clock = 'env-steps'\nlanes = 1\nseed = 3\nspeed = 'max'\nlength = 200";
    let run = |loss: &str| {
        format!(
            "[[run]]\nname = '{loss}'\nagent = 'low-rank'\ntrain = 60\ntest = 20\nbatch = 16\n\
             model_loss = '{loss}'\nvalue_every = 50\n"
        )
    };
    let text = format!(
        "version = 1\n{head}\n[lesson]\nid = 'x'\npanels = [['mismatch', 'gradients'], ['fit']]\n\
         [world]\nid = 'crossing'\n{}{}",
        run("mse"),
        run("vagram")
    );
    let lesson = lessons::Lesson::from_toml("x.toml", &text).expect("a sound lesson");
    let mut desk = Desk::open(lesson, Theme::Dark, LARGE);
    while desk.snapshot().position.count < 200 {
        desk.frames(1);
    }
    desk.frames(3);
    let snapshot = desk.snapshot();
    for id in [Fit, Mismatch] {
        let (text, data) = (id.open().text(&snapshot), id.open().data(&snapshot));
        assert!(text.contains("A mse") && text.contains("B vagram"), "{text}");
        check_csv("losses", &data, 10);
    }
    assert!(Mismatch.open().text(&snapshot).contains("cloud 2"));
    assert!(Fit.open().data(&snapshot).contains(",1,value_error,"), "the value has moved");
    assert!(Gradients.open().text(&snapshot).contains("VaGraM, unbounded"));
    assert!(Quadrants.open().text(&snapshot).starts_with("Needs a run with a model"));
    desk.click("state");
    desk.frames(2);
}

#[test]
fn four_kinds_of_prediction_are_counted_and_one_is_shown() {
    let lesson = lessons::find("four-models").expect("it is a lesson");
    let mut desk = Desk::open(lesson, Theme::Dark, LARGE);
    desk.go_to(2, 5).frames(5);
    let snapshot = desk.snapshot();
    let text = PanelId::Quadrants.open().text(&snapshot);
    let level = text.lines().find(|line| line.starts_with("B ")).expect("the altered model");
    assert!(level.contains("value 0") && level.contains("reward 0"), "{text}");
    let data = PanelId::Quadrants.open().data(&snapshot);
    assert!(data.contains(",state wrong\n") && data.contains(",both wrong\n"));
    desk.click("both wrong");
    desk.frames(3);
}
