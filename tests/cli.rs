//! The program as a person calls it: results, exit codes, and one sentence for every mistake.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn imaginarium(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_imaginarium")).args(args).output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// Runs it, expects success and returns stdout.
fn good(args: &[&str]) -> String {
    let done = imaginarium(args);
    assert_eq!(done.status.code(), Some(0), "{args:?}: {}", text(&done.stderr));
    text(&done.stdout)
}

/// Runs it, expects `code` and returns the one sentence on stderr; nothing may be on stdout.
fn bad(code: i32, args: &[&str]) -> String {
    let done = imaginarium(args);
    let said = text(&done.stderr);
    assert_eq!(done.status.code(), Some(code), "{args:?}: {said}");
    assert_eq!(text(&done.stdout), "", "{args:?}");
    assert_eq!(said.lines().count(), 1, "{args:?}: {said}");
    said.strip_prefix("imaginarium: ").expect("says who speaks").trim().to_owned()
}

/// A folder of one test's own, empty.
fn folder(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    path
}

/// Writes a file into `folder`; returns its path as text.
fn file(folder: &Path, name: &str, content: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, content).unwrap();
    path.to_str().unwrap().to_owned()
}

fn arena(world: &str, agent: &str) -> String {
    format!("version = 1\nlength = 2\nlanes = 2\n[world]\n{world}\n[[run]]\n{agent}\n")
}

const MAZE: &str = "id = 'dyna-maze'";
const DYNA: &str = "agent = 'dyna-q'";

// ---------------------------------------------------------------- run

#[test]
fn run_writes_a_row_for_every_episode_of_every_lane() {
    let out = good(&["run", "dyna-maze", "--seeds", "3", "--seed", "11", "--episodes", "4"]);
    let mut reader = csv::Reader::from_reader(out.as_bytes());
    let columns = "run,lane,seed,episode,env_steps,updates,imagined_steps,return,length";
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>().join(","), columns);
    let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.unwrap()).collect();
    assert_eq!(rows.len(), 3 * 3 * 4);
    let number = |row: &csv::StringRecord, i: usize| row[i].parse::<u64>().unwrap();
    for row in &rows {
        assert_eq!(number(row, 2), 11 + number(row, 1), "seed of the lane");
        let n: u64 = row[0].strip_prefix("n = ").unwrap().parse().unwrap();
        let [steps, updates, imagined] = [4, 5, 6].map(|i| number(row, i));
        assert_eq!((imagined, updates), (n * steps, (n + 1) * steps));
        assert_eq!(row[7].parse::<f64>().unwrap(), 1.0);
        assert!(number(row, 8) >= 14);
    }
    // Steps add up along a lane.
    for lane in rows.chunks(4) {
        let lengths: u64 = lane.iter().map(|row| number(row, 8)).sum();
        assert_eq!(number(&lane[3], 4), lengths);
    }
}

#[test]
fn run_repeats_itself_byte_by_byte_into_a_file_or_not() {
    let here = folder("repeats");
    let out = here.join("table.csv");
    let out = out.to_str().unwrap();
    let args = ["run", "dyna-maze", "--seeds", "5", "--episodes", "6"];
    let printed = good(&args);
    assert_eq!(good(&args), printed);
    assert_eq!(good(&[&args[..], &["--out", out]].concat()), "");
    assert_eq!(fs::read_to_string(out).unwrap(), printed);
    let said = bad(2, &[&args[..], &["--out", out]].concat());
    assert!(said.contains("the file exists; give --force"), "{said}");
    good(&[&args[..], &["--out", out, "--force"]].concat());
    assert_eq!(fs::read_to_string(out).unwrap(), printed);
    assert_eq!(fs::read_dir(&here).unwrap().count(), 1, "no temporary files are left");
}

#[test]
fn settings_reach_the_runs() {
    let base = ["run", "dyna-maze", "--seeds", "1", "--episodes", "2"];
    let with = |set: &[&str]| good(&[&base[..], set].concat());
    let plain = with(&[]);
    assert_ne!(with(&["--set", "epsilon=0.5"]), plain);
    let one = with(&["--set", "C.planning_steps=5"]);
    let rows = |out: &str, run: &str| {
        let rows = out.lines().filter(|l| l.starts_with(run));
        rows.map(|l| l.split_once(',').unwrap().1.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(rows(&one, "n = 50"), rows(&plain, "n = 5,"));
    assert!(with(&["--set", "world.step_reward=-1"]).contains(",-"));
    let steps = good(&["run", "dyna-maze", "--seeds", "1", "--steps", "5000"]);
    assert!(steps.lines().count() > 3);
}

#[test]
fn a_long_run_counted_in_steps_or_updates_loses_no_rows() {
    let here = folder("long");
    let content = arena("id = 'gridworld'\nmap = 'SG'", "agent = 'dyna-q'\nplanning_steps = 0");
    let path = file(&here, "short.toml", &content);
    let clock =
        format!("clock = 'updates'\n{content}").replace("length = 2\n", "length = 200000\n");
    let ticks = file(&here, "ticks.toml", &clock);
    for args in [vec!["run", &path, "--steps", "200000"], vec!["run", &ticks]] {
        let out = good(&args);
        let last = |lane: &str| {
            let rows = out.lines().filter(|l| l.starts_with(&format!("Dyna-Q,{lane},")));
            let numbers: Vec<u64> =
                rows.map(|l| l.split(',').nth(3).unwrap().parse().unwrap()).collect();
            assert!(numbers.iter().zip(1..).all(|(&n, i)| n == i), "{args:?}");
            numbers.len()
        };
        assert!(last("0") > 150_000 && last("1") > 150_000, "{args:?}");
    }
}

#[test]
fn a_file_of_ones_own_runs_and_an_unreachable_goal_is_said() {
    let here = folder("own");
    let world = "id = 'gridworld'\nmap = '''\nS.a.\n..#G\n'''\nrewards = { a = -0.5 }";
    let path = file(&here, "own.toml", &arena(world, DYNA));
    assert_eq!(good(&["run", &path]).lines().count(), 1 + 2 * 2);
    let world = "id = 'gridworld'\nmap = 'S#G'\nmax_steps = 10";
    let path = file(&here, "walled.toml", &arena(world, DYNA));
    let done = imaginarium(&["run", &path]);
    assert_eq!(done.status.code(), Some(0));
    assert!(text(&done.stderr).contains("no goal can be reached"));
    assert_eq!(text(&done.stdout).lines().count(), 1 + 2 * 2);
    // Without a time limit no episode would ever end.
    let path = file(&here, "endless.toml", &arena("id = 'gridworld'\nmap = 'S#G'", DYNA));
    let done = imaginarium(&["run", &path]);
    assert_eq!(done.status.code(), Some(2));
    assert!(text(&done.stderr).contains("no episode of this world can end"));
    let done = imaginarium(&["run", &path, "--steps", "100"]);
    assert_eq!(done.status.code(), Some(0));
}

#[test]
fn a_value_that_is_no_number_ends_in_code_one_and_a_sentence() {
    let here = folder("diverges");
    let world = "id = 'gridworld'\nstep_reward = -1000.0\nmax_steps = 200";
    let runs = "agent = 'dyna-q'\nalpha = 2.5\n[[run]]\nname = 'calm'\nagent = 'random'";
    let path = file(&here, "wild.toml", &arena(world, runs).replace("length = 2", "length = 30"));
    let done = imaginarium(&["run", &path]);
    assert_eq!(done.status.code(), Some(1));
    let said = text(&done.stderr);
    assert!(said.contains("run A Dyna-Q: Not a number at step"), "{said}");
    let calm = text(&done.stdout);
    assert_eq!(calm.lines().filter(|l| l.starts_with("calm")).count(), 60, "others go on");
}

// ---------------------------------------------------------------- mistakes

#[test]
fn names_that_do_not_exist() {
    let said = bad(2, &["run", "nowhere"]);
    assert!(said.starts_with("lesson 'nowhere' is unknown; allowed: five-agents, ab, "), "{said}");
    let said = bad(2, &["replay", "moon", "--state", "0,0", "--actions", "-"]);
    assert!(
        said.starts_with("world 'moon' is unknown; allowed: dyna-maze, blocking-maze"),
        "{said}"
    );
    let here = folder("names");
    let cases = [
        (arena("id = 'moon'", DYNA), "[world]: world 'moon' is unknown; allowed: dyna-maze"),
        (arena(MAZE, "agent = 'magic'"), "run A: agent 'magic' is unknown; allowed: random"),
        (arena(MAZE, "agent = 'dyna-q'\nn = 5"), "run A: key 'n' is unknown; allowed: agent"),
        (arena("id = 'dyna-maze'\nslop = 1", DYNA), "[world]: key 'slop' is unknown; allowed: id"),
        (format!("spede = 9\n{}", arena(MAZE, DYNA)), "key 'spede' is unknown; allowed: version"),
        (arena(MAZE, DYNA).replace("version", "clock = 'sundial'\nversion"), "clock 'sundial' is"),
    ];
    for (content, expected) in cases {
        let path = file(&here, "x.toml", &content);
        let said = bad(2, &["run", &path]);
        assert!(said.starts_with(&path) && said.contains(expected), "{said}");
    }
    for (set, expected) in [
        ("planning=9", "parameter 'planning' is unknown; allowed: planning_steps, alpha"),
        ("D.alpha=0.5", "run 'D' is unknown; allowed: A, B, C"),
        ("world.slop=1", "parameter 'slop' is unknown; allowed: slip"),
        ("alpha", "write key=value"),
    ] {
        let said = bad(2, &["run", "dyna-maze", "--set", set]);
        assert!(said.starts_with(&format!("--set {set}: ")) && said.contains(expected), "{said}");
    }
}

#[test]
fn values_out_of_range() {
    for (args, expected) in [
        (["--seeds", "0"], "--seeds 0: 1 to 10000 are allowed"),
        (["--seeds", "10001"], "--seeds 10001: 1 to 10000 are allowed"),
        (["--episodes", "0"], "--episodes 0: at least 1 is allowed"),
        (["--steps", "0"], "--steps 0: at least 1 is allowed"),
        (["--set", "alpha=3"], "alpha = 3 is not allowed: a number from 0.001 to 2.5"),
        (["--set", "alpha=much"], "alpha = much is not allowed: a number from"),
        (["--set", "planning_steps=2.5"], "a whole number from 0 to 500"),
        (["--set", "picks=best"], "picks = best is not allowed: one of pairs-taken, e-greedy"),
        (["--set", "world.slip=-1"], "slip = -1 is not allowed: a number from 0 to 1"),
    ] {
        let said = bad(2, &[&["run", "dyna-maze"], &args[..]].concat());
        assert!(said.contains(expected), "{said}");
    }
    let here = folder("ranges");
    for (from, to, expected) in [
        ("lanes = 2", "lanes = 0", "lanes = 0 is not allowed: a whole number from 1 to 10000"),
        ("length = 2", "length = -4", "length = -4 is not allowed"),
        ("length = 2", "speed = 'warp'", "steps a second, 0.1 to 1e9, or \"max\""),
        ("[[run]]", "[run]", "0 [[run]] tables, 1 to 6 are allowed"),
        ("[world]", "[wurld]", "key 'wurld' is unknown"),
    ] {
        let path = file(&here, "x.toml", &arena(MAZE, DYNA).replace(from, to));
        let said = bad(2, &["run", &path]);
        assert!(said.contains(expected), "{said}");
    }
    // Flags that clap itself refuses have the same exit code.
    for args in [["run", "dyna-maze", "--seeds", "-1"], ["run", "dyna-maze", "--swim", "1"]] {
        assert_eq!(imaginarium(&args).status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn maps_that_cannot_be() {
    let here = folder("maps");
    for (map, expected) in [
        ("S..", "the map has no goal: mark at least one cell with 'G'"),
        ("..G", "the map has no start: mark at least one cell with 'S'"),
        ("S..\\n.G", "map line 2 has 2 cells, the first line has 3"),
        ("S.x\\n..G", "map line 1, column 3: 'x' is unknown; allowed are '.' free"),
        ("", "the map is empty"),
    ] {
        let world = format!("id = 'gridworld'\nmap = \"{map}\"");
        let path = file(&here, "x.toml", &arena(&world, DYNA));
        let said = bad(2, &["run", &path]);
        assert!(said.contains(expected), "{said}");
    }
    let world = "id = 'gridworld'\nmap = 'S.G'\nwind = [1]";
    let path = file(&here, "x.toml", &arena(world, DYNA));
    let said = bad(2, &["run", &path]);
    assert!(said.contains("wind has 1 numbers, the map has 3 columns"), "{said}");
}

#[test]
fn files_that_are_damaged_missing_or_from_the_future() {
    let here = folder("files");
    let future = arena(MAZE, DYNA).replace("version = 1", "version = 2");
    let said = bad(2, &["run", &file(&here, "future.toml", &future)]);
    assert!(said.contains("is a file of version 2; this program reads version 1"), "{said}");
    let said = bad(2, &["run", &file(&here, "none.toml", "title = 'x'")]);
    assert!(said.contains("has no version; write 'version = 1' at the top"), "{said}");
    let damaged = arena(MAZE, DYNA);
    let damaged = &damaged[..damaged.find("dyna-q").unwrap()];
    let said = bad(2, &["run", &file(&here, "cut.toml", damaged)]);
    assert!(said.contains("line 7: not valid TOML"), "{said}");
    fs::write(here.join("bytes.toml"), [0xff, 0xfe, 0x00]).unwrap();
    let said = bad(1, &["run", here.join("bytes.toml").to_str().unwrap()]);
    assert!(said.contains("cannot be read"), "{said}");
    let said = bad(1, &["run", here.join("missing.toml").to_str().unwrap()]);
    assert!(said.contains("missing.toml: cannot be read"), "{said}");
}

#[test]
fn outputs_that_cannot_be_written_leave_nothing() {
    let here = folder("outputs");
    let nowhere = here.join("no/such/folder/x.csv");
    let said = bad(1, &["run", "dyna-maze", "--out", nowhere.to_str().unwrap()]);
    assert!(said.starts_with("--out ") && said.contains("cannot be written"), "{said}");
    let other = here.join("x.txt");
    let said = bad(2, &["run", "dyna-maze", "--out", other.to_str().unwrap()]);
    assert!(said.contains("the name must end in .csv or .parquet"), "{said}");
    // A mistake found after the flags leaves nothing either.
    let fine = here.join("x.csv");
    bad(2, &["run", "dyna-maze", "--set", "alpha=9", "--out", fine.to_str().unwrap()]);
    let folder_in_the_way = here.join("dir.csv");
    fs::create_dir(&folder_in_the_way).unwrap();
    let out = folder_in_the_way.to_str().unwrap();
    bad(1, &["run", "dyna-maze", "--seeds", "1", "--out", out, "--force"]);
    let left: Vec<_> = fs::read_dir(&here).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["dir.csv"], "nothing half-written");
}

#[test]
fn runs_of_the_same_agent_can_be_told_apart() {
    let here = folder("same");
    let three = format!("{DYNA}\n[[run]]\n{DYNA}\n[[run]]\nname = 'mine'\n{DYNA}");
    let out = good(&["run", &file(&here, "three.toml", &arena(MAZE, &three))]);
    for name in ["Dyna-Q", "Dyna-Q B", "mine"] {
        let rows = out.lines().filter(|l| l.starts_with(&format!("{name},")));
        assert_eq!(rows.count(), 4, "{name}");
    }
    // A name that was given is nobody else's, wherever it stands.
    let taken = format!("{DYNA}\n[[run]]\nname = 'Dyna-Q'\n{DYNA}");
    let out = good(&["run", &file(&here, "taken.toml", &arena(MAZE, &taken))]);
    assert!(out.contains("\nDyna-Q A,0") && out.contains("\nDyna-Q,0"));
    let twice = format!("name = 'x'\n{DYNA}\n[[run]]\nname = 'x'\n{DYNA}");
    let said = bad(2, &["run", &file(&here, "twice.toml", &arena(MAZE, &twice))]);
    assert!(said.ends_with("run B: name 'x' belongs to run A already"), "{said}");
}

#[test]
fn files_that_ask_for_what_cannot_be() {
    let here = folder("cannot");
    let gridworld = "id = 'gridworld'\nmap = 'S.G'\nwind = [0, -9223372036854775808, 0]";
    let quoted = arena(MAZE, DYNA).replace("version = 1", "version = \"1\"");
    for (content, expected) in [
        (arena(gridworld, DYNA), "whole numbers from -63 to 63, one a column"),
        (format!("lesson = 3\n{}", arena(MAZE, DYNA)), "lesson = 3 is not allowed: write a"),
        (quoted, "version = \"1\" is not allowed: a whole number without quotes"),
    ] {
        let said = bad(2, &["run", &file(&here, "x.toml", &content)]);
        assert!(said.contains(expected), "{said}");
    }
    // The largest map in ten thousand lanes: refused before any of it is taken.
    let map = format!("S{}G\\n{}", ".".repeat(62), vec![".".repeat(64); 63].join("\\n"));
    let world = format!("id = 'gridworld'\nmap = \"{map}\"");
    let large = arena(&world, DYNA).replace("lanes = 2", "lanes = 10000");
    let said = bad(2, &["run", &file(&here, "large.toml", &large)]);
    let expected = "1 runs with 10000 lanes each need about 9.8 GiB for tables of 16384 values; \
                    at most 8 GiB are allowed";
    assert!(said.contains(expected), "{said}");
}

// ---------------------------------------------------------------- list, replay

#[test]
fn list_names_everything_one_a_line_id_first() {
    let out = good(&["list"]);
    let first = |line: &str| line.split_whitespace().next().unwrap().to_owned();
    let ids: Vec<String> = out.lines().map(first).collect();
    for id in ["dyna-maze", "gridworld", "q-learning", "last-seen", "dyna-q.planning_steps"] {
        assert!(ids.iter().any(|i| i == id), "{id} in {ids:?}");
    }
    let line = out.lines().find(|l| l.starts_with("dyna-q.alpha ")).unwrap();
    assert!(line.contains("Default 0.1, a number from 0.001 to 2.5; live."), "{line}");
}

#[test]
fn replay_follows_a_table_made_by_hand() {
    let here = folder("replay");
    // Right, then against the wall (2,2), up twice, left, against the edge, back down.
    let actions = file(&here, "actions.txt", "right right up up, 3\nup 2");
    let out = good(&["replay", "dyna-maze", "--state", "2,0", "--actions", &actions]);
    let expected = "step,row,col,action,reward,next_row,next_col,terminated,truncated\n\
                    1,2,0,1,0.0,2,1,false,false\n\
                    2,2,1,1,0.0,2,1,false,false\n\
                    3,2,1,0,0.0,1,1,false,false\n\
                    4,1,1,0,0.0,0,1,false,false\n\
                    5,0,1,3,0.0,0,0,false,false\n\
                    6,0,0,0,0.0,0,0,false,false\n\
                    7,0,0,2,0.0,1,0,false,false\n";
    assert_eq!(out, expected);
    // Into the goal; what is left over is said.
    let actions = file(&here, "goal.txt", "up up right");
    let done = imaginarium(&["replay", "dyna-maze", "--state", "2,8", "--actions", &actions]);
    let out = text(&done.stdout);
    assert!(out.ends_with("1,2,8,0,0.0,1,8,false,false\n2,1,8,0,1.0,0,8,true,false\n"), "{out}");
    assert!(text(&done.stderr).contains("the episode ended; 1 actions were not used"));
    // Wind, a pit and a reward in a world of one's own; the column that is left blows.
    let world = "id = 'gridworld'\nmap = '''\n..P\n.a.\nS.G\n'''\nwind = [0, 1, 0]\n\
                 rewards = { a = -0.25 }\nstep_reward = -1.0";
    let path = file(&here, "windy.toml", &arena(world, DYNA));
    let actions = file(&here, "windy.txt", "right up");
    let out = good(&["replay", &path, "--state", "2,0", "--actions", &actions]);
    let rows: Vec<&str> = out.lines().skip(1).collect();
    assert_eq!(rows, ["1,2,0,1,-1.0,2,1,false,false", "2,2,1,0,-1.0,0,1,false,false"]);
}

#[test]
fn replay_follows_worlds_without_a_map_by_the_names_of_their_states() {
    let here = folder("replay-names");
    let actions = file(&here, "moves.txt", "left right, right 1");
    let out = good(&["replay", "random-walk", "--state", "C", "--actions", &actions]);
    let want = "step,state,action,reward,next_state,terminated,truncated\n\
                1,C,0,0.0,B,false,false\n2,B,1,0.0,C,false,false\n\
                3,C,1,0.0,D,false,false\n4,D,1,0.0,E,false,false\n";
    assert_eq!(out, want);
    let run = |set: &str, state: &str| {
        let args = ["replay", "random-walk", "--set", set, "--state", state, "--actions", &actions];
        imaginarium(&args)
    };
    let out = run("states=3", "A");
    assert!(text(&out.stdout).ends_with("1,A,0,0.0,left end,true,false\n"));
    for (set, state, said) in [
        ("states=5", "Q", "--state Q: a state is allowed: A, B, C, D, E, left end, right end"),
        ("states=5", "left end", "--state left end: the task is over there"),
        ("states=4", "A", "world random-walk: states = 4 is not allowed: an odd number"),
    ] {
        let out = run(set, state);
        assert_eq!(out.status.code(), Some(2));
        assert!(text(&out.stderr).contains(said), "{}", text(&out.stderr));
    }
}

#[test]
fn replay_follows_worlds_of_numbers_from_any_state() {
    let here = folder("replay-numbers");
    let torques = file(&here, "torques.txt", "2 -9\n0.5");
    let out = good(&["replay", "pendulum", "--state", "-3.25,0", "--actions", &torques]);
    let rows: Vec<&str> = out.lines().collect();
    let head = "step,theta,omega,torque,reward,next_theta,next_omega,terminated,truncated";
    assert_eq!((rows[0], rows.len()), (head, 4));
    // cost = (2 pi - 3.25)^2 + 0.004; speed = (15 sin(-3.25) + 3 * 2) * 0.05.
    let number = |row: usize, column: usize| -> f64 {
        rows[row].split(',').nth(column).unwrap().parse().unwrap()
    };
    let left = std::f64::consts::TAU - 3.25;
    assert!((number(1, 4) + left * left + 0.004).abs() < 1e-12);
    let speed = (15.0 * (-3.25_f64).sin() + 6.0) * 0.05;
    assert!((number(1, 6) - speed).abs() < 1e-12 && number(1, 5) == -3.25 + 0.05 * speed);
    assert_eq!((number(2, 1), number(2, 3)), (number(1, 5), -9.0));
    let pushes = file(&here, "pushes.txt", "left, 1");
    let out = good(&["replay", "cart-pole", "--state", "0,0,0.1,0", "--actions", &pushes]);
    assert!(out.starts_with("step,x,v,theta,omega,action,reward,next_x,next_v,"), "{out}");
    for (world, state, actions, said) in [
        ("pendulum", "1", &torques, "2 numbers with commas are allowed: angle θ in rad, speed"),
        ("pendulum", "1,nan", &torques, "2 numbers with commas are allowed"),
        ("pendulum", "1,0", &pushes, "action 1, 'left', is unknown; allowed: a number for the"),
        (
            "cart-pole",
            "0,0,1,0",
            &pushes,
            "--state 0,0,1,0: it cannot be there; allowed: a place from",
        ),
        ("pendulum", "0,100", &torques, "--state 0,100: it cannot be there; allowed: any angle, a"),
        ("cart-pole", "0,0,0,0", &torques, "action 1, '2', is unknown; allowed: left, right or 0"),
    ] {
        let told = bad(2, &["replay", world, "--state", state, "--actions", actions]);
        assert!(told.contains(said), "{told}");
    }
    let few = file(&here, "few.txt", "0 -1.00 4");
    let args = ["replay", "pendulum", "--state", "1,0", "--set", "torques=5", "--actions", &few];
    assert_eq!(good(&args).lines().count(), 4);
}

#[test]
fn replay_says_what_is_wrong() {
    let here = folder("replay_wrong");
    let fine = file(&here, "fine.txt", "up");
    let wrong = file(&here, "wrong.txt", "up sideways");
    for (code, state, actions, expected) in [
        (2, "9,9", &fine, "--state 9,9: ROW,COLUMN is allowed, 0,0 to 5,8"),
        (2, "here", &fine, "ROW,COLUMN is allowed"),
        (2, "2,2", &fine, "the agent cannot stand in a wall, goal or pit"),
        (2, "2,0", &wrong, "action 2, 'sideways', is unknown; allowed: up, right, down, left"),
        (1, "2,0", &"missing.txt".to_owned(), "--actions missing.txt: cannot be read"),
    ] {
        let said = bad(code, &["replay", "dyna-maze", "--state", state, "--actions", actions]);
        assert!(said.contains(expected), "{said}");
    }
    let args = ["replay", "dyna-maze", "--state", "2,0", "--actions", &fine, "--set", "slip=4"];
    assert!(bad(2, &args).contains("slip = 4 is not allowed"));
}

#[test]
fn whoever_reads_the_table_may_stop() {
    use std::io::{BufRead as _, BufReader};
    use std::process::Stdio;

    let mut program = Command::new(env!("CARGO_BIN_EXE_imaginarium"));
    program.args(["run", "dyna-maze"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().expect("the program starts");
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.starts_with("run,lane"), "{first}");
    let done = child.wait_with_output().unwrap();
    assert_eq!(done.status.code(), Some(0));
    assert_eq!(text(&done.stderr), "");
}

// ---------------------------------------------------------------- devices

#[test]
fn devices_are_listed_with_their_times_and_what_auto_takes() {
    let out = good(&["devices", "--width", "8", "--batch", "4"]);
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[0], "one training step of 1 x 4-8-8-4, batch 4");
    assert!(lines[1].starts_with("flex ") && lines[1].contains(" ms a step"), "{out}");
    assert!(lines.last().unwrap().starts_with("auto takes "), "{out}");
    let said = bad(2, &["devices", "--width", "4096", "--lanes", "64"]);
    assert!(said.starts_with("64 x network trial asks for 16"), "{said}");
    assert!(said.ends_with("at most 1024 MiB"), "{said}");
    assert!(bad(2, &["devices", "--lanes", "0"]).contains("0 is not in 1..=1024"));
}

#[test]
fn a_run_says_where_its_networks_compute() {
    let folder = folder("device");
    let maze = file(&folder, "deep.toml", &arena(MAZE, "agent = 'deep-dyna-q'"));
    let done = imaginarium(&["run", &maze, "--steps", "5", "--device", "flex"]);
    let said = text(&done.stderr);
    assert!(said.contains("note: run A computes on Flex (processor): as its dial says"), "{said}");
    let said = bad(2, &["run", &maze, "--device", "cuda"]);
    assert_eq!(said, "--device = cuda is not allowed: one of auto, flex, wgpu, wgpu:1");
    let said = bad(2, &["run", "dyna-maze", "--device", "flex"]);
    assert_eq!(said, "--device flex: no run here has networks that can be moved");
}
