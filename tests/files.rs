//! Files at the window: runs are saved and dropped, sessions kept and restored, settings
//! remembered. Everything happens in folders of the test's own.

#[path = "common/desk.rs"]
mod desk;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use desk::{Desk, LARGE, opening};
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use imaginarium::app::lab::Options;
use imaginarium::app::settings::{Home, Settings};
use imaginarium::app::theme::Theme;
use imaginarium::lessons;

/// A folder that goes with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("files-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn home(&self) -> Home {
        Home::in_folder(&self.0)
    }

    fn state(&self, name: &str) -> PathBuf {
        self.home().state.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A window as it opens for a person with this home.
fn at_home(home: &Home) -> Desk {
    let (settings, complaint) = Settings::read(home);
    let lesson = settings.lesson.as_deref().map_or_else(opening, |id| lessons::find(id).unwrap());
    let home = Some(home.clone());
    let options = Options { home, settings, complaint, ..Options::plain(lesson, Theme::Dark) };
    Desk::with(Harness::builder(), options, LARGE)
}

/// Frames until `done`, or half a minute.
#[track_caller]
fn wait(desk: &mut Desk, done: impl Fn(&Desk) -> bool) {
    let begun = Instant::now();
    while !done(desk) {
        let message = desk.view().message;
        assert!(begun.elapsed() < Duration::from_secs(10), "{message:?}");
        desk.frames(1);
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// What the system tells of a file that was dropped.
#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("nobody reads it here".to_owned())
    }
}

fn drop_file(desk: &mut Desk, path: &Path) {
    let file = std::sync::Arc::new(Dropped(path.to_owned()));
    desk.harness.input_mut().dropped_files.push(file);
    desk.frames(1);
    desk.harness.input_mut().dropped_files.clear();
}

/// Saves under this name through the card.
fn save(desk: &mut Desk, path: &Path) {
    desk.key_with(Modifiers::COMMAND, Key::S).frames(2);
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    desk.get("File").type_text(&path.display().to_string());
    desk.frames(2);
    desk.click("Save");
}

#[test]
fn a_saved_run_comes_back_when_its_file_is_dropped() {
    let folder = Folder::new("drop");
    let path = folder.0.join("fork.run.toml");
    let mut desk = at_home(&folder.home());
    desk.go_to(1, 3);
    desk.key(Key::K).frames(3);
    desk.get("Planning steps").focus();
    desk.frames(1);
    desk.key(Key::ArrowDown);
    desk.key(Key::ArrowRight);
    let before = desk.snapshot();
    save(&mut desk, &path);
    wait(&mut desk, |desk| desk.has_words("Run saved: "));
    // Somewhere else, with something done there that is worth keeping.
    desk.key(Key::Escape);
    desk.click("Changing worlds").frames(3);
    assert_ne!(desk.snapshot().title, before.title);
    drop_file(&mut desk, &path);
    wait(&mut desk, |desk| desk.has_words("fork.run.toml: relived to the last bit"));
    let after = desk.snapshot();
    assert_eq!((&after.title, after.position), (&before.title, before.position));
    assert_eq!(after.events, before.events);
    for (a, b) in after.runs.iter().zip(&before.runs) {
        assert_eq!((&a.name, a.lane.counters, &a.params), (&b.name, b.lane.counters, &b.params));
    }
    assert!(desk.has("Two futures"), "the tiles are the lesson's again, with the fork's");
    // What was there before was kept first.
    wait(&mut desk, |_| folder.state("left-1.run.toml").exists());
}

#[test]
fn a_name_that_is_taken_and_a_file_that_is_damaged_are_refused_in_words() {
    let folder = Folder::new("refused");
    let (path, damaged) = (folder.0.join("a.run.toml"), folder.0.join("b.run.toml"));
    let mut desk = Desk::paused();
    desk.go_to(0, 4);
    save(&mut desk, &path);
    wait(&mut desk, |desk| desk.has_words("Run saved: "));
    let kept = std::fs::read(&path).unwrap();
    desk.key(Key::ArrowRight);
    save(&mut desk, &path);
    wait(&mut desk, |desk| desk.has_words("exists already: choose another name"));
    assert_eq!(std::fs::read(&path).unwrap(), kept);
    save_as(&mut desk, "picture.png");
    wait(&mut desk, |desk| desk.has_words("A run file's name ends in .run.toml"));
    std::fs::write(&damaged, &kept[..kept.len() / 2]).unwrap();
    let position = desk.snapshot().position;
    drop_file(&mut desk, &damaged);
    wait(&mut desk, |desk| desk.has_words("Not opened: "));
    assert_eq!(desk.snapshot().position, position, "the present arena goes on");
}

/// Another name in the open card.
fn save_as(desk: &mut Desk, name: &str) {
    desk.get("File").focus();
    desk.frames(1);
    desk.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    desk.get("File").type_text(name);
    desk.frames(2);
    desk.click("Save");
}

#[test]
fn a_lesson_of_ones_own_opens_when_it_is_dropped() {
    let folder = Folder::new("lesson");
    let path = folder.0.join("pit.toml");
    let text = "version = 1\ntitle = 'Pit'\n[world]\nid = 'gridworld'\n[[run]]\nagent = 'sarsa'\n\
                [lesson]\nid = 'pit'\nquestion = 'Who falls in?'";
    std::fs::write(&path, text).unwrap();
    let mut desk = Desk::new();
    drop_file(&mut desk, &path);
    wait(&mut desk, |desk| desk.snapshot().title == "Pit");
    assert!(desk.has("Pit"), "it stands in the rail");
    assert!(desk.has_words("Who falls in?"));
    // The run file brings the words along to where nobody has the lesson.
    let kept = folder.0.join("pit.run.toml");
    save(&mut desk, &kept);
    wait(&mut desk, |desk| desk.has_words("Run saved: "));
    let mut desk = Desk::new();
    drop_file(&mut desk, &kept);
    wait(&mut desk, |desk| desk.snapshot().title == "Pit");
    desk.frames(2);
    assert!(desk.has_words("Who falls in?"), "{:#?}", desk.harness);
}

#[test]
fn a_session_is_kept_twice_a_minute_and_can_be_restored() {
    let folder = Folder::new("session");
    let home = folder.home();
    let mut desk = at_home(&home);
    desk.go_to(2, 5);
    assert!(!folder.state("session.run.toml").exists(), "half a minute has not passed");
    desk.frames(1_800);
    wait(&mut desk, |_| folder.state("session.run.toml").exists());
    let position = desk.snapshot().position;
    // The program ends without a word. The next start offers what was kept.
    drop(desk);
    let mut desk = at_home(&home);
    assert!(!folder.state("session.run.toml").exists() && folder.state("last.run.toml").exists());
    desk.frames(3);
    desk.click("Restore the last session");
    wait(&mut desk, |desk| desk.has_words("The last session: relived to the last bit"));
    assert_eq!(desk.snapshot().position, position);
    assert!(!desk.has("Restore the last session"), "the offer is gone");
    // Closing keeps it, too.
    desk.key(Key::ArrowRight);
    desk.harness.state_mut().lab.close();
    assert!(folder.state("session.run.toml").exists());
}

/// Half a minute of frames, then as long as it takes until the session is another one.
#[track_caller]
fn wait_for_another_session(desk: &mut Desk, path: &Path) {
    let before = std::fs::read(path).ok();
    desk.frames(1_800);
    wait(desk, |_| path.is_file() && std::fs::read(path).ok() != before);
}

#[test]
fn the_last_of_two_changes_at_one_place_is_in_the_session() {
    let folder = Folder::new("drags");
    let session = folder.state("session.run.toml");
    let mut desk = at_home(&folder.home());
    desk.go_to(0, 4);
    desk.get("Planning steps").focus();
    desk.frames(1);
    desk.key(Key::ArrowDown);
    wait_for_another_session(&mut desk, &session);
    let before = desk.snapshot();
    desk.key(Key::ArrowDown);
    let after = desk.snapshot();
    assert_eq!((after.position, after.events.len()), (before.position, before.events.len()));
    assert_ne!(after.events, before.events, "the second drag took the place of the first");
    wait_for_another_session(&mut desk, &session);
    // What was asked for in the very last frame counts, though no picture shows it yet.
    let before = (std::fs::read(&session).unwrap(), desk.snapshot().events.clone());
    desk.harness.input_mut().events.push(egui::Event::Key {
        key: Key::ArrowDown,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers: Modifiers::NONE,
    });
    desk.frames(1);
    assert_eq!(desk.snapshot().events, before.1);
    desk.harness.state_mut().lab.close();
    assert_ne!(std::fs::read(&session).unwrap(), before.0);
}

#[test]
fn a_session_that_could_not_be_written_is_tried_again() {
    let folder = Folder::new("again");
    let session = folder.state("session.run.toml");
    let mut desk = at_home(&folder.home());
    desk.go_to(0, 4);
    // Something lies in the way.
    std::fs::create_dir_all(&session).unwrap();
    desk.frames(1_800);
    wait(&mut desk, |desk| desk.has_words("Not saved: "));
    std::fs::remove_dir(&session).unwrap();
    wait_for_another_session(&mut desk, &session);
}

#[test]
fn arenas_left_one_after_the_other_are_all_kept() {
    let folder = Folder::new("left");
    let kept = |number| std::fs::read_to_string(folder.state(&format!("left-{number}.run.toml")));
    let mut desk = at_home(&folder.home());
    // One that nobody touched is not worth a place, one that was changed is.
    desk.click("Changing worlds").frames(3);
    desk.get("Planning steps").focus();
    desk.frames(1);
    desk.key(Key::ArrowDown);
    for name in ["pit", "moat"] {
        let path = folder.0.join(format!("{name}.toml"));
        let world = "[world]\nid = 'gridworld'\n[[run]]\nagent = 'sarsa'";
        std::fs::write(&path, format!("version = 1\ntitle = '{name}'\n{world}")).unwrap();
        // Both are read before the arena that is left for the first was written.
        drop_file(&mut desk, &path);
    }
    std::thread::sleep(Duration::from_millis(200));
    wait(&mut desk, |desk| desk.snapshot().title == "moat");
    wait(&mut desk, |_| kept(2).is_ok());
    assert!(kept(1).unwrap().contains("Changing worlds"), "the first arena is still there");
    assert!(kept(2).unwrap().contains("pit") && kept(3).is_err());
}

#[test]
fn two_windows_keep_two_sessions() {
    let folder = Folder::new("windows");
    let home = folder.home();
    let session = folder.state("session.run.toml");
    let mut first = at_home(&home);
    first.go_to(2, 5);
    first.frames(1_800);
    wait(&mut first, |_| session.exists());
    let kept = std::fs::read(&session).unwrap();
    let mut second = at_home(&home);
    second.frames(3);
    assert!(!second.has("Restore the last session"), "it is alive in the first window");
    second.harness.state_mut().lab.close();
    assert_eq!(std::fs::read(&session).unwrap(), kept, "the first window's file is its own");
    assert!(folder.state("window-2/session.run.toml").exists());
    drop((first, second));
    // Without the first window its folder is free again.
    let mut third = at_home(&home);
    third.frames(3);
    third.click("Restore the last session");
    wait(&mut third, |desk| desk.has_words("The last session: relived to the last bit"));
    let position = third.snapshot().position;
    assert_eq!((position.count, position.step), (2, 5));
}

#[test]
fn a_session_that_nobody_restored_outlives_the_next_ones() {
    let folder = Folder::new("unrestored");
    let home = folder.home();
    let mut desk = at_home(&home);
    desk.go_to(0, 4);
    desk.get("Planning steps").focus();
    desk.frames(1);
    desk.key(Key::ArrowDown);
    desk.harness.state_mut().lab.close();
    drop(desk);
    let kept = std::fs::read(folder.state("session.run.toml")).unwrap();
    // Windows that are opened and closed again, more of them than there are places.
    for _ in 0..7 {
        let mut desk = at_home(&home);
        desk.frames(3);
        desk.harness.state_mut().lab.close();
    }
    assert_eq!(std::fs::read(folder.state("left-1.run.toml")).unwrap(), kept);
    assert!(!folder.state("left-2.run.toml").exists(), "what nobody touched takes no place");
}

#[test]
fn a_damaged_session_is_told_and_left_alone() {
    let folder = Folder::new("damaged");
    let home = folder.home();
    std::fs::create_dir_all(&home.state).unwrap();
    std::fs::write(folder.state("session.run.toml"), "kind = 'imaginarium-run'\nversion = 9")
        .unwrap();
    let mut desk = at_home(&home);
    desk.frames(2);
    assert!(desk.has_words("The last session is left alone: "), "{:#?}", desk.harness);
    assert!(!desk.has("Restore the last session"));
    assert!(folder.state("unread-1.toml").exists(), "a later program can still read it");
}

#[test]
fn the_window_opens_as_it_was_left() {
    let folder = Folder::new("settings");
    let home = folder.home();
    let mut desk = at_home(&home);
    desk.click("Changing worlds").frames(3);
    desk.key(Key::T).key_with(Modifiers::COMMAND, Key::Plus);
    let (theme, scale) = (desk.view().theme, desk.view().text_scale);
    desk.harness.state_mut().lab.close();
    drop(desk);
    let (settings, complaint) = Settings::read(&home);
    assert_eq!((settings.theme, settings.text_scale, complaint), (theme, scale, None));
    assert_eq!(settings.lesson.as_deref(), Some("changing-worlds"));
    let desk = at_home(&home);
    assert_eq!(
        (desk.view().text_scale, desk.snapshot().title.as_str()),
        (scale, "Changing worlds")
    );
}

#[test]
fn settings_that_cannot_be_used_are_ignored_with_one_sentence_and_stay() {
    let folder = Folder::new("future");
    let home = folder.home();
    std::fs::create_dir_all(&home.config).unwrap();
    let text = "version = 4\nnew = 'things'\n";
    std::fs::write(home.settings(), text).unwrap();
    let mut desk = at_home(&home);
    desk.frames(2);
    assert!(desk.has_words("Settings ignored: "), "{:#?}", desk.harness);
    desk.key(Key::T);
    desk.harness.state_mut().lab.close();
    assert_eq!(std::fs::read_to_string(home.settings()).unwrap(), text);
}

#[test]
fn tiles_keep_the_sizes_they_were_given() {
    let folder = Folder::new("tiles");
    let home = folder.home();
    let mut desk = at_home(&home);
    desk.frames(3);
    let width = |desk: &Desk| desk.get("Steps per episode").rect().width();
    let before = width(&desk);
    let edge = desk.get("Steps per episode").rect();
    let from = egui::pos2(edge.right() + 8.0, edge.center().y);
    desk.drag(from, from + egui::vec2(80.0, 0.0), 8);
    let wider = width(&desk);
    assert!(wider > before + 40.0, "{before} {wider}");
    desk.harness.state_mut().lab.close();
    drop(desk);
    let mut desk = at_home(&home);
    desk.frames(3);
    assert!((width(&desk) - wider).abs() < 2.0, "{wider} {}", width(&desk));
}
