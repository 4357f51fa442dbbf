//! Films and pictures made while the window stays in use: each on a thread of its own, with an
//! arena of its own that repeats the past of the one on screen and goes on from there.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use egui::Context;

use super::film_view::FilmView;
use super::headless::{HeadlessError, Request, Sheet, save};

/// Least time between two looks at the progress.
const LOOK: Duration = Duration::from_millis(100);

/// What is being made.
#[derive(Default)]
pub struct Studio {
    film: Option<Film>,
    words: Option<(Sender<String>, Receiver<String>)>,
    pictures: Vec<JoinHandle<()>>,
    /// How the last film ended, until it is read.
    pub(super) ended: Option<Result<String, String>>,
}

struct Film {
    out: PathBuf,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<Result<String, String>>>,
    begun: Instant,
}

#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    done: AtomicU64,
    /// 0 until it is known.
    frames: AtomicU64,
}

/// How far a film has come.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Its file.
    pub out: PathBuf,
    /// Pictures done.
    pub done: u64,
    /// Pictures in all, once that is known.
    pub frames: Option<u64>,
    /// Time left, once that can be told.
    pub left: Option<Duration>,
}

impl Studio {
    /// Begins a film; false if one is under way.
    pub fn film(&mut self, ctx: &Context, request: Request) -> bool {
        if self.film.is_some() {
            return false;
        }
        self.ended = None;
        let shared = Arc::new(Shared::default());
        let (theirs, waker, out) = (shared.clone(), ctx.clone(), request.out.clone());
        let work = move || {
            let ending = shoot(&request, &theirs, &waker);
            waker.request_repaint();
            ending
        };
        match std::thread::Builder::new().name("film".to_owned()).spawn(work) {
            Ok(thread) => {
                let (thread, begun) = (Some(thread), Instant::now());
                self.film = Some(Film { out, shared, thread, begun });
            }
            Err(error) => self.ended = Some(Err(format!("no film: {error}"))),
        }
        true
    }

    /// Ends the film early; what is there is kept.
    pub fn stop(&self) {
        if let Some(film) = &self.film {
            film.shared.stop.store(true, Ordering::Relaxed);
        }
    }

    /// How far the film has come, if one is under way.
    pub fn progress(&self) -> Option<Progress> {
        let film = self.film.as_ref()?;
        let done = film.shared.done.load(Ordering::Relaxed);
        let frames = Some(film.shared.frames.load(Ordering::Relaxed)).filter(|&n| n > 0);
        let left = frames.filter(|_| done > 5).map(|frames| {
            film.begun.elapsed().mul_f64(frames.saturating_sub(done) as f64 / done as f64)
        });
        Some(Progress { out: film.out.clone(), done, frames, left })
    }

    /// Draws one panel off-screen into `out`.
    pub fn picture(&mut self, ctx: &Context, view: FilmView, sheet: Sheet, out: PathBuf) {
        let words = &self.words.get_or_insert_with(channel).0;
        let (tell, waker) = (words.clone(), ctx.clone());
        let work = move || {
            let said = match save(view, sheet, &out) {
                Ok(()) => format!("Picture saved: {}", shown(&out)),
                Err(error) => format!("No picture: {error}"),
            };
            // The window may be gone.
            let _ = tell.send(said);
            waker.request_repaint();
        };
        self.pictures.retain(|thread| !thread.is_finished());
        // If no thread can start there is nobody to say so either.
        self.pictures.extend(std::thread::Builder::new().name("picture".to_owned()).spawn(work));
    }

    /// Looks whether anything has ended; a sentence about a picture, if there is one.
    pub fn poll(&mut self) -> Option<String> {
        if let Some(film) = &mut self.film
            && film.thread.as_ref().is_none_or(JoinHandle::is_finished)
        {
            let ending = film.thread.take().map(JoinHandle::join);
            let fault = || Err("The film stopped by a fault of the program.".to_owned());
            self.ended = Some(ending.and_then(Result::ok).unwrap_or_else(fault));
            self.film = None;
        }
        self.words.as_ref().and_then(|(_, words)| words.try_recv().ok())
    }
}

impl Drop for Studio {
    fn drop(&mut self) {
        // The window closes: the film ends early, but it ends well.
        self.stop();
        let film = self.film.as_mut().and_then(|film| film.thread.take());
        let _ = film.map(JoinHandle::join);
        for picture in self.pictures.drain(..) {
            let _ = picture.join();
        }
    }
}

fn shoot(request: &Request, shared: &Shared, ctx: &Context) -> Result<String, String> {
    let going = || !shared.stop.load(Ordering::Relaxed);
    let explain = |error: HeadlessError| format!("No film: {error}");
    let frames = request.rehearse(&going).map_err(explain)?;
    shared.frames.store(frames, Ordering::Relaxed);
    let mut looked = Instant::now();
    let ending = request.shoot(frames, &mut |done| {
        shared.done.store(done, Ordering::Relaxed);
        if looked.elapsed() > LOOK {
            looked = Instant::now();
            ctx.request_repaint();
        }
        going()
    });
    let ending = ending.map_err(explain)?;
    let seconds = ending.done.frames as f64 / f64::from(request.fps);
    let how = if ending.stopped { "Film stopped early" } else { "Film saved" };
    Ok(format!("{how}: {}, {seconds:.1} s", shown(&ending.done.out)))
}

/// The whole path: a person has to find it.
fn shown(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

/// `stem.extension` in the current folder, or `stem-2.extension` and so on where that is taken.
pub fn free_name(stem: &str, extension: &str) -> PathBuf {
    let name = |number: u32| match number {
        1 => PathBuf::from(format!("{stem}.{extension}")),
        _ => PathBuf::from(format!("{stem}-{number}.{extension}")),
    };
    let free = (1..10_000).map(name).find(|path| !path.exists());
    free.unwrap_or_else(|| name(10_000))
}

/// A title as part of a file's name.
pub fn slug(title: &str) -> String {
    let words = title.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    let joined = words.map(str::to_lowercase).collect::<Vec<_>>().join("-");
    if joined.is_empty() { "film".to_owned() } else { joined }
}
