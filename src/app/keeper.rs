//! Files written and read beside the window: run files, the session, settings. One thread, one
//! file after the other; the window never waits for a disk.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use egui::Context;
use toml::Table;

use super::session::Mark;
use crate::base::atomic::{self, Existing};
use crate::experiment::run_file::RunFile;
use crate::lessons::find;
use crate::lessons::opening::Opening;

/// Longest time that an arena may take to hand over its life.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a life is kept for, and where.
pub enum Purpose {
    /// A person asked for this file. What is there stays; success is worth a sentence.
    Asked(PathBuf),
    /// The session, known by this mark.
    Session(PathBuf, Mark),
    /// It is left for another one. Of these places it takes the oldest.
    Left {
        /// Where it may go.
        places: Vec<PathBuf>,
        /// Even if nobody did anything to it.
        always: bool,
    },
}

/// What can be asked of the thread.
enum Job {
    /// Write the life that an arena hands over.
    Run(Receiver<RunFile>, Table, Purpose),
    /// Write a text over what is there.
    Text { text: String, path: PathBuf },
    /// Read a run or a lesson.
    Open(PathBuf),
}

/// What the thread has to tell.
pub enum News {
    /// A sentence.
    Said(String),
    /// The session was written as it was at this mark.
    Kept(Mark),
    /// A file was read.
    Opened {
        /// Its name without folders.
        name: String,
        /// What is in it.
        opening: Box<Opening>,
    },
}

/// The window's end of the thread.
pub struct Keeper {
    jobs: Option<Sender<Job>>,
    news: Receiver<News>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Starts the thread; `ctx` is woken by news.
    pub fn start(ctx: &Context) -> Self {
        let (jobs, inbox) = channel();
        let (tell, news) = channel();
        let waker = ctx.clone();
        let work = move || {
            for job in inbox {
                if let Some(said) = work(job) {
                    // The window may be gone.
                    let _ = tell.send(said);
                    waker.request_repaint();
                }
            }
        };
        // Without a thread nothing can be kept, and every attempt says so.
        let thread = std::thread::Builder::new().name("keeper".to_owned()).spawn(work).ok();
        Self { jobs: Some(jobs), news, thread }
    }

    /// Writes the life that comes through `from`, with the words of its lesson. False if nobody can.
    pub fn run(&self, from: Receiver<RunFile>, words: Table, purpose: Purpose) -> bool {
        self.ask(Job::Run(from, words, purpose))
    }

    /// Writes a text over what is there.
    pub fn text(&self, text: String, path: PathBuf) -> bool {
        self.ask(Job::Text { text, path })
    }

    /// Reads a file.
    pub fn open(&self, path: PathBuf) -> bool {
        self.ask(Job::Open(path))
    }

    fn ask(&self, job: Job) -> bool {
        self.jobs.as_ref().is_some_and(|jobs| jobs.send(job).is_ok())
    }

    /// The next piece of news, if there is one.
    pub fn poll(&self) -> Option<News> {
        self.news.try_recv().ok()
    }

    /// Waits until everything asked for is done.
    pub fn finish(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A fault of the thread is nobody's business any more.
            let _ = thread.join();
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.finish();
    }
}

fn work(job: Job) -> Option<News> {
    match job {
        Job::Run(from, words, purpose) => {
            let came = from.recv_timeout(PATIENCE);
            keep(came.map(|file| with_words(file, words)), purpose)
        }
        Job::Text { text, path } => put(&path, &text, Existing::Replace).err().map(News::Said),
        Job::Open(path) => {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Some(match Opening::read(&path) {
                Ok(opening) => News::Opened { name, opening: Box::new(opening) },
                Err(why) => News::Said(format!("Not opened: {why}")),
            })
        }
    }
}

fn keep(came: Result<RunFile, RecvTimeoutError>, purpose: Purpose) -> Option<News> {
    let aloud = matches!(purpose, Purpose::Asked(_));
    let path = match &purpose {
        Purpose::Asked(path) | Purpose::Session(path, _) => path.clone(),
        // Chosen and judged only now: what was left a moment ago has been written by now, and
        // the arena has done all that it was asked for.
        Purpose::Left { always: false, .. } if came.as_ref().is_ok_and(|f| !f.is_touched()) => {
            return None;
        }
        Purpose::Left { places, .. } => oldest(places)?.clone(),
    };
    let existing = if aloud { Existing::Keep } else { Existing::Replace };
    let done = match came {
        Ok(file) => put(&path, &file.to_text(), existing),
        // The arena was replaced before it came to it: what it was has been kept before.
        Err(RecvTimeoutError::Disconnected) if !aloud => return None,
        Err(_) => Err(format!("Not saved: the arena did not answer: {}", path.display())),
    };
    match (done, purpose) {
        (Err(why), _) => Some(News::Said(why)),
        (Ok(()), Purpose::Asked(_)) => Some(News::Said(format!("Run saved: {}", absolute(&path)))),
        (Ok(()), Purpose::Session(_, mark)) => Some(News::Kept(mark)),
        (Ok(()), Purpose::Left { .. }) => None,
    }
}

/// A lesson that is part of the program has its words there and need not bring them along.
fn with_words(file: RunFile, words: Table) -> RunFile {
    match find(&file.lesson) {
        Ok(_) => file,
        Err(_) => RunFile { words, ..file },
    }
}

/// The place that is free, or was written first.
pub(super) fn oldest(places: &[PathBuf]) -> Option<&PathBuf> {
    places.iter().min_by_key(|path| std::fs::metadata(path).and_then(|m| m.modified()).ok())
}

fn put(path: &Path, text: &str, existing: Existing) -> Result<(), String> {
    atomic::write(path, text.as_bytes(), existing).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => format!("Not saved: {} exists already", path.display()),
        _ => format!("Not saved: {}: {error}", path.display()),
    })
}

/// The whole path: a person has to find it.
fn absolute(path: &Path) -> String {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}
