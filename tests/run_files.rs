//! Run files: what was lived is lived again to the last bit, and nothing half is ever read.

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::time::{Duration, Instant};

use common::{Pick, arena, digests, dyna, maze, three};
use imaginarium::base::atomic::{self, Existing};
use imaginarium::experiment::engine::{Command, Engine, SLICE};
use imaginarium::experiment::run_file::RunFile;
use imaginarium::experiment::take::Take;
use imaginarium::experiment::{ArenaConfig, Clock, Grain, Position};
use imaginarium::lessons;
use imaginarium::lessons::opening::Opening;

fn engine(config: ArenaConfig) -> Engine {
    let mut engine = Engine::new(config, 2).unwrap();
    engine.handle(Command::Play(false));
    engine
}

/// An arena that has seen all that can happen: parameters, dreams, forks, and a way back.
fn eventful(clock: Clock) -> Engine {
    let mut e = engine(three(clock, 2));
    let steps = |e: &mut Engine, n: u64| (0..n).for_each(|_| e.handle(Command::Step));
    steps(&mut e, 40);
    e.handle(Command::Set { run: 1, param: 0, value: 20.0 });
    e.handle(Command::Dream { run: 2, units: 30 });
    steps(&mut e, 40);
    e.handle(Command::Fork { run: 2 });
    e.handle(Command::Set { run: 3, param: 1, value: 0.125 });
    steps(&mut e, 60);
    e.handle(Command::Watch(1));
    e.handle(Command::Axis(Clock::EnvSteps));
    steps(&mut e, 20);
    (0..15).for_each(|_| e.handle(Command::Back));
    e
}

/// Lets time pass until there is something to be said.
fn said(e: &mut Engine) -> String {
    let begun = Instant::now();
    loop {
        if let Some(said) = e.take_notice() {
            return said;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "nothing was said");
        e.advance(SLICE, SLICE);
    }
}

fn relive(file: RunFile) -> (Engine, String) {
    let mut e = engine(three(Clock::Episodes, 1));
    e.handle(Command::Relive { name: "it".to_owned(), file: Box::new(file) });
    let said = said(&mut e);
    (e, said)
}

#[test]
fn every_lesson_is_read_as_it_was_written() {
    let same = |arena: &ArenaConfig| {
        let table = arena.to_table();
        let text = toml::to_string(&table).unwrap();
        let again =
            ArenaConfig::from_toml("again", &text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        assert_eq!(format!("{arena:?}"), format!("{again:?}"));
        assert_eq!(again.to_table(), table);
    };
    lessons::all().unwrap().iter().for_each(|lesson| same(&lesson.arena));
    // Everything that a file of one's own can say.
    let world = "id = 'gridworld'\nslip = 0.1\nwind = [0, -1, 2]\nmap = 'S.a\n.#G'\n\
                 map_after = 'S.a\n..G'\nswitch_step = 30\nrewards = { a = -0.3 }"
        .replace("'S.a\n", "\"\"\"\nS.a\n")
        .replace("G'", "G\"\"\"");
    same(&arena("speed = 'max'\nthreshold = 7\nclock = 'imagined'", &world, &[&dyna(3)]));
    same(&arena("speed = 0.30000000000000004", "id = 'windy-grid'", &["agent = 'sarsa'"]));
}

#[test]
fn a_kept_run_is_lived_again_to_the_last_bit() {
    for clock in Clock::ALL {
        let mut first = eventful(clock);
        let file = first.run_file("dyna-maze".to_owned());
        let text = file.to_text();
        let read = RunFile::from_text("x", &text).unwrap();
        assert_eq!(read.to_text(), text, "{clock:?}");
        assert_eq!(read.lesson, "dyna-maze");
        let (mut again, said) = relive(read);
        assert_eq!(said, "it: relived to the last bit", "{clock:?}");
        let (a, b) = (first.snapshot(), again.snapshot());
        assert_eq!((a.position, a.limit, a.watched), (b.position, b.limit, b.watched));
        assert_eq!((a.curves.axis, a.events.to_vec()), (b.curves.axis, b.events.to_vec()));
        assert!(a.furthest <= b.furthest && !b.playing);
        assert_eq!(a.runs[3].fork, b.runs[3].fork);
        assert_eq!(b.runs[3].name, "fork of C, α = 0.125");
        // And so is the future that had been seen, and any other.
        let far = a.furthest.steps_on(30);
        for e in [&mut first, &mut again] {
            e.handle(Command::Set { run: 0, param: 3, value: 0.5 });
            while e.experiment().position() < far {
                e.handle(Command::Step);
            }
        }
        assert_eq!(digests(first.experiment()), digests(again.experiment()), "{clock:?}");
        // "Start anew" goes to the beginning without the fork.
        again.handle(Command::Reset);
        assert_eq!(again.snapshot().runs.len(), 3);
    }
}

#[test]
fn a_run_kept_while_it_plays_is_whole_too() {
    let mut e = Engine::new(three(Clock::EnvSteps, 3), 2).unwrap();
    e.handle(Command::Speed(None));
    e.handle(Command::Play(true));
    for _ in 0..5 {
        e.advance(SLICE, SLICE);
        let (reply, from) = std::sync::mpsc::channel();
        e.handle(Command::Keep { lesson: String::new(), reply });
        let file = from.try_recv().unwrap();
        assert!(file.take.from.count > 0);
        let (again, said) = relive(RunFile::from_text("x", &file.to_text()).unwrap());
        assert_eq!(said, "it: relived to the last bit");
        assert_eq!(again.experiment().position(), file.take.from);
    }
}

#[test]
fn a_place_many_episodes_on_is_reached() {
    let mut e = engine(three(Clock::Episodes, 4));
    e.handle(Command::Grain(Grain::Episode));
    (0..9).for_each(|_| e.handle(Command::Step));
    e.handle(Command::Grain(Grain::Step));
    (0..5).for_each(|_| e.handle(Command::Step));
    assert_eq!((e.experiment().position().count, e.experiment().position().step), (9, 5));
    let (_, said) = relive(e.run_file(String::new()));
    assert_eq!(said, "it: relived to the last bit");
}

#[test]
fn what_differs_is_named() {
    let mut file = eventful(Clock::EnvSteps).run_file(String::new());
    file.digests[1][0] ^= 1;
    let (_, said) = relive(file);
    assert!(said.contains("it: relived, but run B differs from what was saved"), "{said}");
}

#[test]
fn a_hand_that_moves_time_ends_reliving() {
    let mut file = engine(three(Clock::EnvSteps, 2)).run_file(String::new());
    file.take.from = Position::at(Clock::EnvSteps, 3_000_000);
    file.furthest = file.take.from;
    let mut e = engine(three(Clock::Episodes, 1));
    e.handle(Command::Relive { name: "it".to_owned(), file: Box::new(file) });
    e.advance(SLICE, SLICE);
    e.handle(Command::Select(1));
    e.handle(Command::Inspect { run: 1, cell: Some(17), before: None });
    assert_eq!(e.take_notice(), None, "looking does not");
    e.advance(SLICE, SLICE);
    assert_eq!(e.take_notice(), None, "and it goes on");
    e.handle(Command::Grain(Grain::Episode));
    e.handle(Command::Step);
    assert_eq!(e.take_notice().unwrap(), "it: stopped before it was relived");
    assert!(e.experiment().position().count < 3_000_000);
}

#[test]
fn a_life_kept_while_it_is_relived_stays_whole() {
    let mut file = eventful(Clock::EnvSteps).run_file("dyna-maze".to_owned());
    file.furthest = Position::at(Clock::EnvSteps, 3_000_000);
    let mut e = engine(three(Clock::Episodes, 1));
    e.handle(Command::Relive { name: "it".to_owned(), file: Box::new(file.clone()) });
    e.advance(SLICE, SLICE);
    assert!(e.experiment().position() < file.furthest, "it is under way");
    let (reply, from) = std::sync::mpsc::channel();
    e.handle(Command::Keep { lesson: String::new(), reply });
    assert_eq!(from.try_recv().unwrap().to_text(), file.to_text());
    // A hand ends it, and from then on the present counts.
    e.handle(Command::Step);
    assert!(e.run_file(String::new()).furthest < file.furthest);
}

#[test]
fn a_film_begins_where_a_file_was_kept() {
    let mut e = eventful(Clock::EnvSteps);
    let text = e.run_file(String::new()).to_text();
    let take: Take = RunFile::from_text("x", &text).unwrap().take;
    let film = Engine::for_film(&take, 1).unwrap();
    assert_eq!(digests(film.experiment()), digests(e.experiment()));
}

/// A small life in words.
fn text() -> String {
    eventful(Clock::EnvSteps).run_file("dyna-maze".to_owned()).to_text()
}

#[test]
fn a_file_that_was_cut_off_or_changed_is_refused() {
    let whole = text();
    for cut in (0..whole.len() - 2).step_by(61).chain([whole.len() - 2, whole.len() - 30]) {
        let said = RunFile::from_text("x.run.toml", &whole[..cut]).unwrap_err().to_string();
        assert!(said.starts_with("x.run.toml: "), "{said}");
    }
    // Cut at the end of a line it would still be sound TOML.
    let lines: Vec<&str> = whole.lines().collect();
    let short = lines[..lines.len() - 1].join("\n");
    let said = RunFile::from_text("x", &short).unwrap_err().to_string();
    assert!(said.contains("is damaged: the check sum of the last line is missing"), "{said}");
    for at in (0..whole.len() - 1).step_by(97) {
        let mut bytes = whole.clone().into_bytes();
        bytes[at] = if bytes[at] == b'7' { b'8' } else { b'7' };
        let changed = String::from_utf8(bytes).unwrap();
        assert!(RunFile::from_text("x", &changed).is_err(), "byte {at}: {}", &whole[at..at + 1]);
    }
    RunFile::from_text("x", &whole.replace('\n', "\r\n")).unwrap();
}

/// The file with something changed, and a check sum that fits.
fn forged(from: &str, to: &str) -> String {
    let whole = text();
    let changed = whole.replacen(from, to, 1);
    assert_ne!(changed, whole, "{from}");
    let (body, _) = changed.trim_end().rsplit_once('\n').unwrap();
    let mut digest = imaginarium::base::digest::Digest::default();
    body.bytes().for_each(|byte| digest.word(u64::from(byte)));
    format!("{body}\n# check sum {:016x}\n", digest.finish())
}

#[test]
fn foreign_and_future_files_are_refused_with_a_reason() {
    let say = |text: &str| RunFile::from_text("x", text).unwrap_err().to_string();
    assert!(say("kind = 'cookbook'\nversion = 1").contains("is no run file of Imaginarium"));
    assert!(say("title = 'nothing'").contains("is no run file of Imaginarium"));
    assert!(say("PNG\u{1}...").contains("not valid TOML"));
    let future = forged("\nversion = 1", "\nversion = 2");
    assert!(say(&future).contains("is a run file of version 2, from a later program"));
    for (from, to, why) in [
        ("set = \"alpha\"", "set = \"magic\"", "event 4: set = \"magic\""),
        ("to = 0.125", "to = 12.5", "a number from"),
        ("lane = 1", "lane = 2", "lane: a whole number from 0 to 1"),
        ("axis = \"env-steps\"", "axis = \"lunar\"", "clock 'lunar' is unknown"),
        ("of = \"C\"", "of = \"D\"", "of: an earlier run"),
        ("selected = ", "chosen = ", "key 'chosen' is unknown"),
        ("agent = \"dyna-q\"", "agent = \"magic\"", "agent 'magic' is unknown"),
        ("D = [\"", "D = [\"00\", \"", "[digests]"),
    ] {
        let said = say(&forged(from, to));
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn a_file_opens_what_it_is() {
    let opening = Opening::from_text("x", &text()).unwrap();
    assert_eq!((opening.lesson.id.as_str(), opening.past.is_some()), ("dyna-maze", true));
    let stranger = engine(maze("", &["agent = 'sarsa'"])).run_file("gone".to_owned());
    let opening = Opening::from_text("x", &stranger.to_text()).unwrap();
    assert_eq!((opening.lesson.chapter, opening.lesson.arena.runs.len()), (0, 1));
    let lesson = "version = 1\n[world]\nid = 'dyna-maze'\n[[run]]\nagent = 'sarsa'";
    assert!(Opening::from_text("x", lesson).unwrap().past.is_none());
    let folder = folder("opens");
    let path = folder.join("picture.run.toml");
    std::fs::write(&path, [0x89, b'P', b'N', b'G', 0xff, 0xfe]).unwrap();
    assert!(Opening::read(&path).unwrap_err().contains("is no text"));
    assert!(Opening::read(&folder.join("none")).unwrap_err().contains("cannot be read"));
    std::fs::remove_dir_all(&folder).unwrap();
}

// ---------------------------------------------------------------- command line

fn program(args: &[&str]) -> (i32, String, String) {
    let done = Process::new(env!("CARGO_BIN_EXE_imaginarium")).args(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (done.status.code().unwrap(), text(&done.stdout), text(&done.stderr))
}

#[test]
fn the_command_line_lives_a_file_again() {
    let folder = folder("cli");
    let path = folder.join("kept.run.toml");
    let mut e = eventful(Clock::EnvSteps);
    let mut file = e.run_file("dyna-maze".to_owned());
    file.take.limit = 3_000;
    std::fs::write(&path, file.to_text()).unwrap();
    let path = path.to_str().unwrap();
    let (code, table, said) = program(&["run", path]);
    assert_eq!((code, said.contains("relived to the last bit")), (0, true), "{said}");
    // The same rows as in the arena that was kept, the fork's among them.
    e.handle(Command::Play(false));
    while e.experiment().position() < Position::at(Clock::EnvSteps, 3_000) {
        e.handle(Command::Step);
    }
    for (run, name) in [(0, "Dyna-Q,"), (3, "fork of C,")] {
        let rows = |lane: &str| {
            let of = |line: &&str| line.starts_with(name) && line.split(',').nth(1) == Some(lane);
            table
                .lines()
                .filter(of)
                .map(|line| line.rsplit(',').next().unwrap())
                .collect::<Vec<_>>()
        };
        let lanes = e.experiment().runs()[run].record().lanes();
        let lengths: Vec<String> = lanes[1].exact().map(|row| row.length.to_string()).collect();
        assert_eq!(rows("1"), lengths, "{name}");
    }
    for flags in [&["--seeds", "3"][..], &["--seed", "1"], &["--set", "alpha=0.2"]] {
        let (code, _, said) = program(&[&["run", path][..], flags].concat());
        assert_eq!((code, said.contains("is lived as it was")), (2, true), "{said}");
    }
    let (code, _, said) = program(&["run", path, "--episodes", "3"]);
    assert_eq!((code, said.contains("on the clock of real steps")), (2, true), "{said}");
    let whole = file.to_text();
    let half = &whole[..whole.len() / 2];
    std::fs::write(path, half).unwrap();
    for command in ["run", "film"] {
        let out = folder.join("x.gif");
        let film = ["--out", out.to_str().unwrap(), "--seconds", "1"];
        let args = [&[command, path][..], if command == "film" { &film } else { &[] }].concat();
        let (code, _, said) = program(&args);
        assert_eq!(code, 2, "{said}");
        assert!(said.contains("kept.run.toml: "), "{said}");
    }
    assert_eq!(std::fs::read_to_string(path).unwrap(), half, "it stays as it is");
    std::fs::remove_dir_all(&folder).unwrap();
}

// ---------------------------------------------------------------- kill -9

fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("run-files-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Where the child below saves, over and over again; no test without it.
const CHILD: &str = "IMAGINARIUM_TEST_SAVES_TO";

#[test]
fn the_child_saves_until_it_is_killed() {
    let Some(path) = std::env::var_os(CHILD) else {
        return;
    };
    // A large file, so that the end often comes in the middle of it.
    let config = maze("lanes = 9999", &[&dyna(1)]);
    let take = Take::from_start(config);
    let mut file = RunFile {
        lesson: String::new(),
        words: toml::Table::new(),
        furthest: take.from,
        take,
        digests: vec![vec![u64::MAX; 9_999]],
    };
    for round in 0.. {
        file.digests[0][0] = round;
        let text = file.to_text();
        atomic::write(Path::new(&path), text.as_bytes(), Existing::Replace).unwrap();
    }
}

#[test]
fn a_kill_in_the_middle_of_a_save_loses_nothing_earlier() {
    let folder = folder("kill");
    let path = folder.join("session.run.toml");
    let mut pick = Pick(5);
    let (mut last, mut partial) = (0, 0);
    for round in 0..20 {
        let mut child = Process::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_child_saves_until_it_is_killed"])
            .env(CHILD, &path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        while !path.exists() && begun.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(20 + pick.below(60)));
        child.kill().unwrap();
        child.wait().unwrap();
        let file = RunFile::from_text("kept", &std::fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(file.digests[0].len(), 9_999, "round {round}");
        last = file.digests[0][0].max(last);
        partial += std::fs::read_dir(&folder).unwrap().count() - 1;
    }
    assert!(last > 0, "the child saved more than once");
    assert!(partial > 0, "no kill came in the middle of a save: {last} saves");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_run_of_a_world_of_numbers_is_lived_again() {
    for world in ["id = 'pendulum'\nstop = 1.5", "id = 'cart-pole'"] {
        let config = arena("lanes = 3\nseed = 4", world, &["agent = 'random'"]);
        let mut e = engine(config);
        (0..300).for_each(|_| e.handle(Command::Step));
        (0..20).for_each(|_| e.handle(Command::Back));
        let read = RunFile::from_text("x", &e.run_file(String::new()).to_text()).unwrap();
        let (again, said) = relive(read);
        assert_eq!(said, "it: relived to the last bit", "{world}");
        assert_eq!(digests(again.experiment()), digests(e.experiment()));
    }
}
