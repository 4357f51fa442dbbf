//! The thread that runs an arena beside the window: bounded commands in, one latest-value slot
//! out. The window never waits for it and it never waits for the window.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use arc_swap::{ArcSwap, ArcSwapOption};

use super::command::without_overtaken;
use super::config::{ArenaConfig, ConfigError};
use super::engine::{Command, Engine, SLICE};
use super::snapshot::Snapshot;

/// Commands that may wait; a window sends a handful a frame.
const QUEUE: usize = 256;
/// Least time between two snapshots while running: one a frame.
const PUBLISH_EVERY: Duration = Duration::from_millis(16);

/// Called after a new snapshot lies ready.
pub type Notify = Arc<dyn Fn() + Send + Sync>;

struct Shared {
    slot: ArcSwap<Snapshot>,
    /// The window has looked at the last one.
    taken: AtomicBool,
    notice: ArcSwapOption<String>,
}

/// The window's end of the arena.
pub struct Runner {
    commands: Option<SyncSender<Command>>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl Runner {
    /// Builds the arena and starts its thread.
    pub fn start(config: ArenaConfig, notify: Notify) -> Result<Self, ConfigError> {
        // One core stays free for the window.
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let mut engine = Engine::new(config, cores.saturating_sub(1).max(1))?;
        let shared = Arc::new(Shared {
            slot: ArcSwap::from_pointee(engine.snapshot()),
            taken: AtomicBool::new(false),
            notice: ArcSwapOption::empty(),
        });
        let (commands, inbox) = sync_channel(QUEUE);
        let theirs = shared.clone();
        let thread = std::thread::Builder::new()
            .name("arena".to_owned())
            .spawn(move || run(&mut engine, &inbox, &theirs, &notify))
            .map_err(|e| ConfigError(format!("the arena's thread could not start: {e}")))?;
        Ok(Self { commands: Some(commands), shared, thread: Some(thread) })
    }

    /// The latest picture.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.shared.taken.store(true, Ordering::Release);
        self.shared.slot.load_full()
    }

    /// A sentence for the person, once.
    pub fn take_notice(&self) -> Option<Arc<String>> {
        self.shared.notice.swap(None)
    }

    /// Hands over a command, or gives it back if the queue is full: try again next frame.
    pub fn send(&self, command: Command) -> Result<(), Command> {
        let Some(commands) = &self.commands else {
            return Ok(());
        };
        match commands.try_send(command) {
            Err(TrySendError::Full(command)) => Err(command),
            // Without a thread there is nobody to wait for.
            Ok(()) | Err(TrySendError::Disconnected(_)) => Ok(()),
        }
    }

    /// False if the thread has ended by itself: a fault of the program.
    pub fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(|t| !t.is_finished())
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            // Nothing to be done about a fault at the very end.
            let _ = thread.join();
        }
    }
}

fn run(engine: &mut Engine, inbox: &Receiver<Command>, shared: &Shared, notify: &Notify) {
    let mut last = Instant::now();
    let mut published = Instant::now();
    let mut changed = true;
    loop {
        let was_playing = engine.is_playing();
        let Some(asked) = receive(engine, inbox, shared, changed) else {
            return;
        };
        changed |= asked;
        let now = Instant::now();
        // Time spent paused is not owed.
        let elapsed = if was_playing { now - last } else { Duration::ZERO };
        changed |= engine.advance(elapsed, SLICE);
        last = now;
        // After a command at once; while running once a frame, and only if the window looks.
        let looked = shared.taken.load(Ordering::Acquire);
        let calm = !engine.is_playing();
        let due = asked || calm || (looked && published.elapsed() >= PUBLISH_EVERY);
        if changed && due {
            if let Some(notice) = engine.take_notice() {
                shared.notice.store(Some(Arc::new(notice)));
            }
            shared.taken.store(false, Ordering::Release);
            shared.slot.store(Arc::new(engine.snapshot()));
            published = Instant::now();
            changed = false;
            notify();
        }
    }
}

/// Handles waiting commands; sleeps while there is nothing to do. `None` when the window is gone.
fn receive(
    engine: &mut Engine,
    inbox: &Receiver<Command>,
    shared: &Shared,
    unpublished: bool,
) -> Option<bool> {
    let first = match engine.due_in() {
        Some(Duration::ZERO) => inbox.try_recv().ok(),
        Some(mut wait) => {
            if unpublished && shared.taken.load(Ordering::Acquire) {
                wait = wait.min(PUBLISH_EVERY);
            }
            match inbox.recv_timeout(wait) {
                Ok(command) => Some(command),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        None if unpublished => inbox.try_recv().ok(),
        None => Some(inbox.recv().ok()?),
    };
    // What waits is taken at once, so that what was overtaken meanwhile is not done at all.
    let waiting = first.into_iter().chain(inbox.try_iter().take(QUEUE)).collect();
    let commands = without_overtaken(waiting);
    let asked = !commands.is_empty();
    for command in commands {
        engine.handle(command);
    }
    // A closed channel shows as an empty one above; look again so that the thread ends.
    match inbox.try_recv() {
        Err(std::sync::mpsc::TryRecvError::Disconnected) => None,
        Ok(command) => {
            engine.handle(command);
            Some(true)
        }
        Err(std::sync::mpsc::TryRecvError::Empty) => Some(asked),
    }
}
