//! How the window reaches an arena: beside it on a thread, or inside it on the frame's own clock
//! (films and tests), through the same commands and snapshots.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use crate::experiment::config::{ArenaConfig, ConfigError};
use crate::experiment::engine::{Command, Engine, SLICE};
use crate::experiment::networks::settle_on_flex;
use crate::experiment::runner::{Notify, Runner};
use crate::experiment::snapshot::Snapshot;

enum Arena {
    Beside(Runner),
    Inside(Box<Engine>),
}

/// The connection.
pub struct Link {
    arena: Arena,
    /// Commands that found the queue full.
    waiting: VecDeque<Command>,
    snapshot: Arc<Snapshot>,
    notice: Option<String>,
}

impl Link {
    /// An arena on a thread of its own; `notify` is called when a snapshot is ready.
    pub fn beside(config: ArenaConfig, notify: Notify) -> Result<Self, ConfigError> {
        let runner = Runner::start(config, notify)?;
        Ok(Self {
            snapshot: runner.snapshot(),
            arena: Arena::Beside(runner),
            waiting: VecDeque::new(),
            notice: None,
        })
    }

    /// An arena that moves only when [`Self::receive`] says how much time has passed. Networks whose
    /// device is left open compute on Flex: nothing in a film is measured.
    pub fn inside(mut config: ArenaConfig) -> Result<Self, ConfigError> {
        settle_on_flex(&mut config);
        let mut engine = Engine::new(config, 1)?;
        Ok(Self {
            snapshot: Arc::new(engine.snapshot()),
            arena: Arena::Inside(Box::new(engine)),
            waiting: VecDeque::new(),
            notice: None,
        })
    }

    /// Takes the latest snapshot. `elapsed` moves an arena inside. True if the picture is new.
    pub fn receive(&mut self, elapsed: Duration) -> bool {
        let before = self.snapshot.clone();
        match &mut self.arena {
            Arena::Beside(runner) => {
                while let Some(command) = self.waiting.pop_front() {
                    if let Err(back) = runner.send(command) {
                        self.waiting.push_front(back);
                        break;
                    }
                }
                if let Some(notice) = runner.take_notice() {
                    self.notice = Some(notice.to_string());
                }
                self.snapshot = runner.snapshot();
            }
            Arena::Inside(engine) => {
                let asked = !self.waiting.is_empty();
                self.waiting.drain(..).for_each(|c| engine.handle(c));
                // No deadline: a tick is a tick, however long it takes.
                if engine.advance(elapsed, SLICE * 1000) || asked {
                    self.notice = engine.take_notice().or(self.notice.take());
                    self.snapshot = Arc::new(engine.snapshot());
                }
            }
        }
        !Arc::ptr_eq(&before, &self.snapshot)
    }

    /// Sends a command; it is never lost and never waited for.
    pub fn send(&mut self, command: Command) {
        self.waiting.push_back(command);
    }

    /// Hands over everything that waits, if the arena takes it within a second: the window closes.
    pub fn flush(&mut self) {
        let until = std::time::Instant::now() + Duration::from_secs(1);
        match &mut self.arena {
            Arena::Inside(engine) => self.waiting.drain(..).for_each(|c| engine.handle(c)),
            Arena::Beside(runner) => {
                while let Some(command) = self.waiting.pop_front() {
                    match runner.send(command) {
                        Ok(()) => {}
                        Err(_) if std::time::Instant::now() > until => break,
                        Err(back) => {
                            self.waiting.push_front(back);
                            std::thread::sleep(Duration::from_millis(1));
                        }
                    }
                }
            }
        }
    }

    /// True if commands wait for the next frame.
    pub fn is_busy(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// The picture in hand.
    pub fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// A sentence for the person, once.
    pub fn take_notice(&mut self) -> Option<String> {
        self.notice.take()
    }

    /// False if the arena's thread has ended: a fault of the program.
    pub fn is_alive(&self) -> bool {
        match &self.arena {
            Arena::Beside(runner) => runner.is_alive(),
            Arena::Inside(_) => true,
        }
    }
}
