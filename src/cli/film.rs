//! `film`: a lesson as a video, without a window.

use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::{ProgressBar, ProgressStyle};

use super::args::FilmArgs;
use super::run::{change, say_about_world};
use super::{CliError, Result, as_it_was, open};
use crate::app::film_view::Script;
use crate::app::headless::{HeadlessError, Length, Request};
use crate::app::panels::PanelId;
use crate::app::window::theme_from_name;
use crate::experiment::clock::Clock;
use crate::experiment::config::ArenaConfig;
use crate::experiment::take::Take;
use crate::film::{Codec, Kind, Quality, even};
use crate::lessons::Lesson;

/// Most steps a second of film.
const FASTEST: f64 = 1e6;
/// Steps a second for lessons that go as fast as they can.
const PACE: f64 = 60.0;

/// Set once the person wants no more of it.
static STOP: AtomicBool = AtomicBool::new(false);

/// Makes the film.
pub fn film(args: &FilmArgs) -> Result<()> {
    let request = request(args)?;
    // What cannot become a film is refused before the arena runs.
    request.spec(1).check().map_err(|e| explain(e.into()))?;
    if request.size != args.size {
        let (width, height) = request.size;
        eprintln!("note: --size rounded up to {width}x{height}: video needs even sides");
    }
    let listening = ctrlc::set_handler(|| STOP.store(true, Ordering::Relaxed));
    listening.map_err(|e| CliError::Failed(format!("interrupts cannot be answered: {e}")))?;
    let going = || !STOP.load(Ordering::Relaxed);
    let frames = request.rehearse(&going).map_err(explain)?;
    let bar = progress(frames);
    let ending = request.shoot(frames, &mut |done| {
        bar.set_position(done);
        going()
    });
    bar.finish_and_clear();
    let ending = ending.map_err(explain)?;
    let done = &ending.done;
    let seconds = done.frames as f64 / f64::from(request.fps);
    let size = match done.bytes {
        0 => String::new(),
        bytes => format!(", {:.2} MB", bytes as f64 / 1e6),
    };
    let length = match request.kind {
        Kind::Picture => "1 picture".to_owned(),
        _ => format!("{} pictures, {seconds:.2} s", done.frames),
    };
    let said = format!("{}: {length}{size}", done.out.display());
    if ending.stopped {
        return Err(CliError::Failed(format!("stopped; what was filmed is kept. {said}")));
    }
    eprintln!("{said}");
    Ok(())
}

fn request(args: &FilmArgs) -> Result<Request> {
    let opening = open(&args.lesson)?;
    let (lesson, past) = (opening.lesson, opening.past);
    let kind = Kind::of(&args.out).map_err(|e| explain(e.into()))?;
    let mut arena = match &past {
        Some(file) => ArenaConfig::clone(&file.take.config),
        None => lesson.arena.clone(),
    };
    if past.is_some() {
        as_it_was(&args.set, args.seeds, args.seed)?;
    }
    let (clock, whole) = (arena.clock, arena.length);
    change(&mut arena, &args.set, args.seeds, args.seed)?;
    let length = length(args, &mut arena)?;
    say_about_world(&arena)?;
    let take = match past {
        None => Take { selected: lesson.run, ..Take::from_start(arena.clone()) },
        Some(_) if arena.clock != clock => {
            let what =
                "--episodes: this run is not on the clock of episodes; give --seconds or --steps";
            return Err(CliError::Usage(what.to_owned()));
        }
        Some(file) if arena.length != whole => Take { limit: arena.length, ..file.take },
        Some(file) => file.take,
    };
    let speed = args.speed.or(arena.speed).unwrap_or(PACE);
    if !(speed > 0.0 && speed <= FASTEST) {
        let what = format!("--speed {speed}: above 0, at most {FASTEST:.0} steps a second");
        return Err(CliError::Usage(what));
    }
    let size = (even(args.size.0), even(args.size.1));
    let script = script(args, &lesson, &arena)?;
    Ok(Request {
        take,
        lesson,
        script,
        length,
        speed,
        out: args.out.clone(),
        kind,
        size,
        fps: args.fps.unwrap_or(if kind == Kind::Gif { 20 } else { 60 }),
        codec: choose("--encoder", &args.encoder, &CODECS)?,
        quality: choose("--quality", &args.quality, &QUALITIES)?,
        force: args.force,
    })
}

const CODECS: [(&str, Codec); 2] = [("embedded", Codec::Embedded), ("ffmpeg", Codec::Ffmpeg)];
const QUALITIES: [(&str, Quality); 3] =
    [("small", Quality::Small), ("good", Quality::Good), ("best", Quality::Best)];

/// One of a few names.
fn choose<T: Copy>(flag: &str, name: &str, all: &[(&str, T)]) -> Result<T> {
    let found = all.iter().find(|(n, _)| *n == name).map(|(_, value)| *value);
    found.ok_or_else(|| {
        let names: Vec<_> = all.iter().map(|(n, _)| *n).collect();
        CliError::Usage(format!("{flag} {name}: one of {} is allowed", names.join(", ")))
    })
}

fn length(args: &FilmArgs, arena: &mut ArenaConfig) -> Result<Length> {
    let none = |flag: &str| CliError::Usage(format!("{flag} 0: at least 1 is allowed"));
    match (args.seconds, args.steps, args.episodes) {
        (Some(s), ..) if !(s > 0.0 && s.is_finite()) => {
            Err(CliError::Usage(format!("--seconds {s}: a number above 0 is allowed")))
        }
        (Some(seconds), ..) => Ok(Length::Seconds(seconds)),
        (_, Some(0), _) => Err(none("--steps")),
        (_, Some(steps), _) => Ok(Length::Steps(steps)),
        (.., Some(0)) => Err(none("--episodes")),
        (.., Some(episodes)) => {
            (arena.clock, arena.length) = (Clock::Episodes, episodes);
            Ok(Length::Whole)
        }
        _ => {
            let what = "how long is the film? Give --seconds S, --steps N or --episodes N";
            Err(CliError::Usage(what.to_owned()))
        }
    }
}

fn script(args: &FilmArgs, lesson: &Lesson, arena: &ArenaConfig) -> Result<Script> {
    let names = PanelId::names();
    let panel = |name: &String| {
        let what = format!("--panel {name}: one of {names} is allowed");
        PanelId::from_name(name).ok_or(CliError::Usage(what))
    };
    let mut panels: Vec<PanelId> = args.panels.iter().map(panel).collect::<Result<_>>()?;
    if panels.is_empty() {
        panels = Script::panels_of(lesson);
    }
    panels.dedup();
    let theme = theme_from_name(&args.theme).ok_or_else(|| {
        let allowed = "dark, light, projector-dark, projector-light";
        CliError::Usage(format!("--theme {}: one of {allowed} is allowed", args.theme))
    })?;
    Ok(Script {
        title: args.title.clone().unwrap_or_else(|| arena.title.clone()),
        caption: args.caption.clone().unwrap_or_else(|| lesson.summary.clone()),
        panels,
        theme,
        numbers: false,
        card: !args.no_card,
    })
}

/// A bar with the time left on stderr; nothing where stderr is no terminal.
fn progress(frames: u64) -> ProgressBar {
    let bar = ProgressBar::new(frames);
    let style = "[{bar:40}] {pos} of {len} pictures, {per_sec}, {eta} left";
    let style =
        ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style.progress_chars("=> "));
    bar
}

fn explain(error: HeadlessError) -> CliError {
    match error.is_usage() {
        true => CliError::Usage(error.to_string()),
        false => CliError::Failed(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: FilmArgs,
    }

    #[test]
    fn a_film_is_of_the_run_that_its_lesson_selects() {
        for (lesson, want) in [("value-equivalent", 0), ("four-parts", 4)] {
            let line = Line::parse_from(["film", lesson, "--out", "x.png", "--steps", "5"]);
            assert_eq!(request(&line.args).unwrap().take.selected, want, "{lesson}");
        }
    }
}
