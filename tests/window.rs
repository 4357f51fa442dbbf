//! The program itself: a real window on an X server in memory, what it says without one, and
//! flags that make no sense.

#[path = "common/adapter.rs"]
mod adapter;

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, Output, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Longest time a window that closes by itself after three seconds may live, start included.
const PATIENCE: Duration = Duration::from_secs(20);

fn imaginarium(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_imaginarium"));
    for name in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        command.env_remove(name);
    }
    // Whoever runs the tests keeps their settings and sessions.
    let nowhere = std::env::temp_dir().join(format!("imaginarium-window-{}", std::process::id()));
    command.env("XDG_CONFIG_HOME", &nowhere).env("XDG_STATE_HOME", &nowhere);
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// An X server in memory, ended with the test.
struct Screen {
    server: Child,
    display: String,
}

impl Screen {
    /// `None`, said aloud, where there is no such server.
    fn open() -> Option<Self> {
        // The server picks a free number itself and writes it to its standard output.
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp"]);
        let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let Ok(mut server) = spawned.spawn() else {
            adapter::skip("no Xvfb to open a window on");
            return None;
        };
        let mut number = String::new();
        let pipe = server.stdout.take().expect("a pipe");
        BufReader::new(pipe).read_line(&mut number).expect("the server says its number");
        let display = format!(":{}", number.trim());
        Some(Self { server, display })
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// Reads a pipe to its end beside the test, so that a full pipe holds nobody up.
fn drain(pipe: Option<impl Read + Send + 'static>) -> JoinHandle<Vec<u8>> {
    let mut pipe = pipe.expect("a pipe");
    let read = move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("a pipe can be read");
        bytes
    };
    std::thread::Builder::new().name("pipe".to_owned()).spawn(read).expect("a thread starts")
}

/// Runs a program to its end, and ends one that does not end by itself.
fn run(command: &mut Command) -> Output {
    let begun = Instant::now();
    let mut child = command.spawn().expect("it starts");
    let (stdout, stderr) = (drain(child.stdout.take()), drain(child.stderr.take()));
    let mut late = false;
    let status = loop {
        if let Some(status) = child.try_wait().expect("the program can be asked") {
            break status;
        }
        if begun.elapsed() > PATIENCE && !late {
            late = true;
            child.kill().expect("the program can be ended");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    let read = |pipe: JoinHandle<Vec<u8>>| pipe.join().expect("a pipe can be read");
    let output = Output { status, stdout: read(stdout), stderr: read(stderr) };
    assert!(!late, "still open after {PATIENCE:?}; it said:\n{}", stderr_of(&output));
    output
}

fn stderr_of(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_window_opens_runs_and_closes_by_itself() {
    let Some(screen) = Screen::open().filter(|_| adapter::can_draw()) else {
        return;
    };
    let small = ["dyna-maze", "--theme", "light", "--size", "1280x720", "--exit-after", "500ms"];
    for (args, least) in [(&["--exit-after", "3s"][..], 3.0), (&small[..], 0.5)] {
        let mut command = imaginarium(args);
        // Containers and services have none; it must do no harm.
        command.env("DISPLAY", &screen.display).env_remove("XDG_RUNTIME_DIR");
        let begun = Instant::now();
        let output = run(&mut command);
        let lived = begun.elapsed().as_secs_f64();
        let said = stderr_of(&output);
        assert!(output.status.success(), "{:?}: {said}", output.status);
        assert!(!said.contains("panicked"), "{said}");
        assert!(output.stdout.is_empty(), "a window prints nothing");
        assert!(lived >= least, "{args:?} lived {lived} s only");
    }
}

#[test]
fn without_a_display_it_says_so_and_runs_the_first_lesson() {
    let output = run(&mut imaginarium(&[]));
    let said = stderr_of(&output);
    assert!(output.status.success(), "{:?}: {said}", output.status);
    let first = said.lines().next().unwrap_or_default();
    assert!(first.contains("no display") && first.contains("dyna-maze"), "{said}");
    assert!(!first.contains(".rs:"), "words for people, not for programmers: {first}");
    assert!(!said.contains("panicked"), "{said}");
    let table = String::from_utf8(output.stdout).expect("a table is text");
    let mut lines = table.lines();
    let head = "run,lane,seed,episode,env_steps,updates,imagined_steps,return,length";
    assert_eq!(lines.next(), Some(head));
    // Three runs, 30 seeds, 50 episodes.
    assert_eq!(lines.count(), 4500);
}

#[test]
fn a_display_that_is_not_there_is_no_display() {
    let output = run(imaginarium(&["--exit-after", "1s"]).env("DISPLAY", ":9731"));
    let said = stderr_of(&output);
    assert!(output.status.success() && said.contains("no display"), "{said}");
    assert_eq!(output.stdout.iter().filter(|&&b| b == b'\n').count(), 4501);
}

#[test]
fn flags_that_make_no_sense_are_refused_in_one_sentence() {
    for (args, words) in [
        (&["--theme", "x"][..], "dark, light, projector-dark, projector-light"),
        (&["--size", "1x1"][..], "320 to 8192"),
        (&["--exit-after", "soon"][..], "3s, 500ms or 2min"),
        (&["nowhere"][..], "lesson 'nowhere' is unknown"),
    ] {
        let output = run(&mut imaginarium(args));
        let said = stderr_of(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(words), "{args:?}: {said}");
        assert!(output.stdout.is_empty() && !said.contains("panicked"), "{args:?}: {said}");
        let sentences = said.lines().filter(|line| !line.trim().is_empty()).count();
        assert!(sentences <= 3, "{args:?}: {said}");
    }
}
