//! The thread that turns pictures into a film while the next ones are drawn.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use super::{FilmError, Frame, Spec, writer};

/// Pictures that may wait to be encoded.
const WAITING: usize = 3;

enum Message {
    Frame(Frame),
    Finish,
}

/// A finished film.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Where it lies.
    pub out: PathBuf,
    /// Pictures in it.
    pub frames: u64,
    /// Its size on the disk; of a folder, 0.
    pub bytes: u64,
}

/// A film being encoded. Dropped before [`Reel::finish`] it leaves nothing behind.
pub struct Reel {
    inbox: Option<SyncSender<Message>>,
    used: Receiver<Frame>,
    thread: Option<JoinHandle<Result<(), FilmError>>>,
    out: PathBuf,
    frames: u64,
}

impl Reel {
    /// Checks what is asked for and opens the file.
    pub fn open(spec: &Spec) -> Result<Self, FilmError> {
        spec.check()?;
        let mut writer = writer(spec)?;
        let (inbox, frames) = sync_channel(WAITING);
        let (give_back, used) = sync_channel(WAITING + 2);
        let work = move || {
            while let Ok(message) = frames.recv() {
                match message {
                    Message::Frame(frame) => {
                        writer.frame(&frame)?;
                        // Nobody may want it any more.
                        let _ = give_back.try_send(frame);
                    }
                    Message::Finish => return writer.finish(),
                }
            }
            Ok(())
        };
        let thread = std::thread::Builder::new().name("reel".to_owned()).spawn(work);
        let thread = thread.map_err(FilmError::Disk)?;
        let out = spec.out.clone();
        Ok(Self { inbox: Some(inbox), used, thread: Some(thread), out, frames: 0 })
    }

    /// A picture to draw into: a used one where there is one.
    pub fn blank(&self) -> Frame {
        self.used.try_recv().unwrap_or_default()
    }

    /// Adds a picture; waits if the encoder is behind.
    pub fn push(&mut self, frame: Frame) -> Result<(), FilmError> {
        self.frames += 1;
        self.send(Message::Frame(frame))
    }

    /// Pictures handed over so far.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Puts the file into its place.
    pub fn finish(mut self) -> Result<Done, FilmError> {
        if self.frames == 0 {
            return Err(FilmError::Empty);
        }
        self.send(Message::Finish)?;
        self.join()?;
        let bytes =
            std::fs::metadata(&self.out).map_or(0, |m| if m.is_file() { m.len() } else { 0 });
        Ok(Done { out: self.out.clone(), frames: self.frames, bytes })
    }

    fn send(&mut self, message: Message) -> Result<(), FilmError> {
        let Some(inbox) = &self.inbox else {
            return Err(FilmError::Empty);
        };
        match inbox.send(message) {
            Ok(()) => Ok(()),
            // The thread has ended early: it says why.
            Err(_) => self.join().and(Err(FilmError::Empty)),
        }
    }

    fn join(&mut self) -> Result<(), FilmError> {
        self.inbox = None;
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(done)) => done,
            Some(Err(_)) => Err(FilmError::Encoder("the encoder stopped by a fault".to_owned())),
            None => Ok(()),
        }
    }
}

impl Drop for Reel {
    fn drop(&mut self) {
        // The writer is dropped unfinished and takes its temporary file away.
        let _ = self.join();
    }
}
