//! Films and pictures without a window: the same panels, drawn off-screen, one picture a tick.
//!
//! No clock on the wall comes in anywhere. Picture `f` shows the arena after
//! `floor((f + 1) * speed / fps)` steps, whether it took a millisecond or a minute to draw.

mod damage;
mod stage;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use egui::Context;

use super::film_view::{FilmView, Script};
use super::panels::PanelId;
use super::theme::Theme;
use super::{fonts, theme};
use crate::experiment::config::ConfigError;
use crate::experiment::engine::{Command, Engine};
use crate::experiment::take::Take;
use crate::film::{Codec, Done, FilmError, Kind, Quality, Reel, Spec};
use crate::lessons::Lesson;
use stage::Stage;

/// Height of a film in points: type looks the same at every size.
const HEIGHT: f32 = 720.0;
/// The same across, for films in upright formats.
const WIDTH: f32 = 1280.0;
/// Least pixels a point: below, fewer points fit into the picture.
const LEAST: f32 = 0.75;
/// Longest film, in seconds.
const LONGEST: f64 = 4.0 * 3600.0;
/// Pictures laid out before a single one, so that it shows what was moving.
const SETTLE: u64 = 40;

/// How long a film is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Length {
    /// Seconds of film.
    Seconds(f64),
    /// Steps of the arena.
    Steps(u64),
    /// Until the arena stops.
    Whole,
}

/// A film to be made.
#[derive(Clone, Debug)]
pub struct Request {
    /// Where it begins.
    pub take: Take,
    /// The lesson, for its words.
    pub lesson: Lesson,
    /// What is in the picture.
    pub script: Script,
    /// How long it is.
    pub length: Length,
    /// Steps a second of film.
    pub speed: f64,
    /// Where it goes.
    pub out: PathBuf,
    /// What it is.
    pub kind: Kind,
    /// Pixels across and down, even.
    pub size: (u32, u32),
    /// Pictures a second.
    pub fps: u32,
    /// Who compresses it.
    pub codec: Codec,
    /// How well.
    pub quality: Quality,
    /// Whether an existing file may be replaced.
    pub force: bool,
}

/// Why there is no film.
#[derive(Debug, thiserror::Error)]
pub enum HeadlessError {
    /// Nothing that can draw.
    #[error(
        "no graphics adapter that can draw ({0}); on Debian and Ubuntu the package \
         mesa-vulkan-drivers provides one in software"
    )]
    NoAdapter(String),
    /// More pixels than the adapter can draw.
    #[error("--size: this graphics adapter draws at most {0} pixels a side")]
    Size(u32),
    /// The adapter went away.
    #[error("the graphics adapter stopped drawing: {0}")]
    Lost(String),
    /// The film itself.
    #[error(transparent)]
    Film(#[from] FilmError),
    /// The arena.
    #[error(transparent)]
    Arena(#[from] ConfigError),
    /// The lesson ends before the film does.
    #[error(
        "the lesson ends after {0:.2} s of film at {1} steps a second, {2:.2} s were asked for: \
         ask for less, or for fewer steps a second"
    )]
    Short(f64, f64, f64),
    /// Nothing to film.
    #[error("the arena is at its end: there is nothing to film")]
    AtEnd,
    /// Nobody would watch it.
    #[error("the film would be longer than four hours: ask for less")]
    Long,
    /// Given up before the first picture.
    #[error("stopped before the first picture")]
    Stopped,
}

impl HeadlessError {
    /// Whether the person asked for something that cannot be.
    pub fn is_usage(&self) -> bool {
        match self {
            Self::Film(film) => film.is_usage(),
            Self::Size(_) | Self::Arena(_) | Self::Short(..) | Self::AtEnd | Self::Long => true,
            Self::NoAdapter(_) | Self::Lost(_) | Self::Stopped => false,
        }
    }
}

/// How a film ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// The file.
    pub done: Done,
    /// It was stopped early and is shorter than asked for.
    pub stopped: bool,
}

impl Request {
    /// What the encoder needs to know.
    pub fn spec(&self, frames: u64) -> Spec {
        Spec {
            out: self.out.clone(),
            kind: self.kind,
            size: self.size,
            fps: self.fps,
            frames,
            codec: self.codec,
            quality: self.quality,
            force: self.force,
        }
    }

    /// Steps that have passed once picture `frame` is shown.
    fn steps_at(&self, frame: u64) -> u64 {
        let steps = (frame + 1) as f64 * self.speed / f64::from(self.fps);
        // A hair more, so that 60 * (1 / 60) is 1.
        let steps = (steps + 1e-9).floor() as u64;
        match self.length {
            Length::Steps(most) => steps.min(most),
            _ => steps,
        }
    }

    /// Steps between the picture before and this one.
    fn steps_of(&self, frame: u64) -> u64 {
        let before = frame.checked_sub(1).map_or(0, |f| self.steps_at(f));
        self.steps_at(frame) - before
    }

    fn engine(&self) -> Result<Engine, HeadlessError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let tasks = self.take.config.lanes * self.take.config.runs.len();
        Ok(Engine::for_film(&self.take, cores.min(tasks))?)
    }

    /// Pictures asked for; `None` if that is not known before the arena was run.
    fn asked(&self) -> Option<u64> {
        let fps = f64::from(self.fps);
        let frames = match self.length {
            Length::Seconds(seconds) => (seconds * fps).round(),
            Length::Steps(steps) => (steps as f64 * fps / self.speed - 1e-9).ceil(),
            Length::Whole => return None,
        };
        Some(frames.max(1.0) as u64)
    }

    /// Runs the arena once without pictures to learn how many there will be; refuses what ends
    /// too early. `go_on` is asked now and then.
    pub fn rehearse(&self, go_on: &dyn Fn() -> bool) -> Result<u64, HeadlessError> {
        let most = (LONGEST * f64::from(self.fps)) as u64;
        let asked = self.asked();
        if asked.is_some_and(|frames| frames > most) {
            return Err(HeadlessError::Long);
        }
        let mut engine = self.engine()?;
        if !engine.is_playing() {
            return Err(HeadlessError::AtEnd);
        }
        let mut frame = 0;
        while engine.is_playing() && asked.is_none_or(|frames| frame < frames) {
            engine.pass(self.steps_of(frame));
            frame += 1;
            if frame > most {
                return Err(HeadlessError::Long);
            }
            if !go_on() {
                return Err(HeadlessError::Stopped);
            }
        }
        match asked {
            Some(frames) if frame < frames => {
                let seconds = |frames: u64| frames as f64 / f64::from(self.fps);
                Err(HeadlessError::Short(seconds(frame), self.speed, seconds(frames)))
            }
            _ => Ok(frame),
        }
    }

    /// Makes the film: `frames` as [`Self::rehearse`] said. `go_on` is told how many pictures are
    /// done, and ends the film early by saying no; what is there is kept.
    pub fn shoot(
        &self,
        frames: u64,
        go_on: &mut dyn FnMut(u64) -> bool,
    ) -> Result<Ending, HeadlessError> {
        self.spec(frames).check()?;
        let ctx = Context::default();
        let (size, points) = ([self.size.0, self.size.1], points(self.size));
        let mut stage = Stage::open(ctx.clone(), size, points)?;
        let mut engine = self.engine()?;
        let mut view = self.view(&ctx, &mut engine, frames);
        for time in [0.0, 0.5] {
            stage.rehearse(time, |ui| view.ui(ui));
        }
        let mut reel = Reel::open(&self.spec(frames))?;
        let ground = self.script.theme.tokens().bg;
        let alone = self.kind == Kind::Picture;
        let mut stopped = false;
        for frame in 0..frames {
            engine.pass(self.steps_of(frame));
            view.show(engine.film_snapshot(), frame);
            let time = 1.0 + frame as f64 / f64::from(self.fps);
            if !alone || frame + 1 == frames {
                stage.draw(time, ground, |ui| view.ui(ui));
            } else if frame + SETTLE >= frames {
                stage.rehearse(time, |ui| view.ui(ui));
            }
            push(&mut stage, &mut reel, false)?;
            if !go_on(frame + 1) {
                stopped = true;
                break;
            }
        }
        while push(&mut stage, &mut reel, true)? {}
        if reel.frames() == 0 {
            return Err(HeadlessError::Stopped);
        }
        Ok(Ending { done: reel.finish()?, stopped })
    }

    fn view(&self, ctx: &Context, engine: &mut Engine, frames: u64) -> FilmView {
        fonts::install(ctx);
        theme::install(ctx, self.script.theme, self.script.scale());
        let searches = self.script.panels.iter().any(|id| id.shows_searches());
        engine.handle(Command::Evidence(searches));
        let snapshot = engine.film_snapshot();
        let mut script = self.script.clone();
        script.card &= self.kind != Kind::Picture;
        let lesson = Arc::new(self.lesson.clone());
        FilmView::new(snapshot, lesson, script, self.fps, frames).of_run(self.take.selected)
    }
}

/// The paper of a single picture.
#[derive(Clone, Copy, Debug)]
pub struct Sheet {
    /// Pixels across and down.
    size: (u32, u32),
    /// Pixels a point.
    points: f32,
    theme: Theme,
}

impl Sheet {
    /// What suits a panel on a slide.
    pub fn of(panel: PanelId, theme: Theme) -> Self {
        match panel {
            PanelId::Mazes => Self { size: (1920, 800), points: 1.5, theme },
            _ => Self { size: (1600, 1000), points: 2.0, theme },
        }
    }
}

/// Draws one picture and saves it.
pub fn save(mut view: FilmView, sheet: Sheet, out: &Path) -> Result<(), HeadlessError> {
    let ctx = Context::default();
    fonts::install(&ctx);
    theme::install(&ctx, sheet.theme, 1.0);
    let mut stage = Stage::open(ctx, [sheet.size.0, sheet.size.1], sheet.points)?;
    for time in [0.0, 0.5] {
        stage.rehearse(time, |ui| view.ui(ui));
    }
    stage.draw(1.0, sheet.theme.tokens().bg, |ui| view.ui(ui));
    let mut reel = Reel::open(&Spec {
        out: out.to_owned(),
        kind: Kind::Picture,
        size: sheet.size,
        fps: 1,
        frames: 1,
        codec: Codec::default(),
        quality: Quality::default(),
        force: false,
    })?;
    while push(&mut stage, &mut reel, true)? {}
    reel.finish()?;
    Ok(())
}

/// Hands the oldest picture to the encoder, if it is ready.
fn push(stage: &mut Stage, reel: &mut Reel, all: bool) -> Result<bool, HeadlessError> {
    let mut frame = reel.blank();
    let taken = stage.take(all, &mut frame)?;
    if taken {
        reel.push(frame)?;
    }
    Ok(taken)
}

/// Pixels a point: a film is 1280 by 720 points, whatever its pixels, unless it is very small.
fn points(size: (u32, u32)) -> f32 {
    let (long, short) = (size.0.max(size.1) as f32, size.0.min(size.1) as f32);
    (long / WIDTH).min(short / HEIGHT).max(LEAST)
}

/// The name of the adapter films would be drawn with, or why there is none.
pub fn adapter() -> Result<String, HeadlessError> {
    Ok(Stage::open(Context::default(), [64, 64], 1.0)?.adapter())
}
