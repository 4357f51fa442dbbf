//! Threads that advance cohorts. A cohort always goes to the same thread; the calling thread is
//! worker 0. With one worker there are no threads at all, and the results are the same.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::clock::Position;
use super::cohort::{Advance, Cohort};
use crate::mdp::trace::Recorder;
use crate::nn::device::DeviceError;

/// Most units between two looks at the time: of a table well below a millisecond.
const BITE: u64 = 8_192;
/// Units before the first look: mini-batches of networks take a thousand times longer.
const NIBBLE: u64 = 8;
/// What the time between two looks should be about.
const LOOK: Duration = Duration::from_micros(300);

/// One cohort to be advanced.
pub struct Task {
    /// Place in the arena; also chooses the thread.
    pub index: usize,
    /// The cohort.
    pub cohort: Box<dyn Cohort>,
    /// Present for the cohort that is watched.
    pub recorder: Option<Recorder>,
    /// How it ended, out of fuel at first; `Err` carries the text of a panic.
    pub outcome: Result<Advance, String>,
}

/// An order to a thread.
struct Order {
    tasks: Vec<Task>,
    goal: Position,
    deadline: Option<Instant>,
}

struct Worker {
    orders: Option<Sender<Order>>,
    done: Receiver<Vec<Task>>,
    thread: Option<JoinHandle<()>>,
}

/// The threads.
pub struct Workers {
    others: Vec<Worker>,
}

impl Workers {
    /// `count` workers, the calling thread among them.
    pub fn new(count: usize) -> std::io::Result<Self> {
        let others = (1..count.max(1)).map(Worker::spawn).collect::<Result<_, _>>()?;
        Ok(Self { others })
    }

    /// How many workers, the calling thread included.
    pub fn count(&self) -> usize {
        self.others.len() + 1
    }

    /// Advances every task to `goal` or until `deadline`, and waits for all of them.
    pub fn advance(
        &self,
        tasks: Vec<Task>,
        goal: Position,
        deadline: Option<Instant>,
    ) -> Vec<Task> {
        let mut shares: Vec<Vec<Task>> = (0..self.count()).map(|_| Vec::new()).collect();
        for task in tasks {
            shares[task.index % self.count()].push(task);
        }
        let mut mine = shares.swap_remove(0);
        // `swap_remove` put the last share first; who gets which does not change from call to
        // call, and that is all that pinning asks for.
        for (worker, tasks) in self.others.iter().zip(shares) {
            worker.send(Order { tasks, goal, deadline });
        }
        run_all(&mut mine, goal, deadline);
        for worker in &self.others {
            // A worker only goes away with this struct; its tasks report their own panics.
            mine.extend(worker.done.recv().unwrap_or_default());
        }
        mine.sort_by_key(|task| task.index);
        mine
    }
}

impl Worker {
    fn spawn(index: usize) -> std::io::Result<Self> {
        let (orders, inbox) = channel::<Order>();
        let (outbox, done) = channel();
        let thread =
            std::thread::Builder::new().name(format!("worker {index}")).spawn(move || {
                for mut order in inbox {
                    run_all(&mut order.tasks, order.goal, order.deadline);
                    if outbox.send(order.tasks).is_err() {
                        return;
                    }
                }
            })?;
        Ok(Self { orders: Some(orders), done, thread: Some(thread) })
    }

    fn send(&self, order: Order) {
        if let Some(orders) = &self.orders {
            // Fails only if the thread is gone, and then `recv` says so as well.
            let _ = orders.send(order);
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(thread) = self.thread.take() {
            // A panic inside a task was caught and reported there.
            let _ = thread.join();
        }
    }
}

fn run_all(tasks: &mut [Task], goal: Position, deadline: Option<Instant>) {
    let mut worked = false;
    for task in tasks {
        // Once it is late the rest wait for the next slice, but every slice does something.
        if worked && is_late(deadline) {
            continue;
        }
        let run = || run_one(&mut *task.cohort, task.recorder.as_mut(), goal, deadline);
        task.outcome = catch_unwind(AssertUnwindSafe(run)).map_err(|panic| panic_text(&*panic));
        worked |= matches!(task.outcome, Ok(Advance::OutOfFuel | Advance::Full));
    }
}

fn is_late(deadline: Option<Instant>) -> bool {
    deadline.is_some_and(|at| Instant::now() >= at)
}

fn run_one(
    cohort: &mut dyn Cohort,
    mut recorder: Option<&mut Recorder>,
    goal: Position,
    deadline: Option<Instant>,
) -> Advance {
    let mut bite = if deadline.is_some() { NIBBLE } else { BITE };
    loop {
        let begun = Instant::now();
        let end = match &mut recorder {
            Some(recorder) => cohort.advance_watched(goal, bite, recorder),
            None => cohort.advance(goal, bite),
        };
        if end != Advance::OutOfFuel || is_late(deadline) {
            return end;
        }
        bite = match begun.elapsed() {
            took if took < LOOK / 2 => (bite * 2).min(BITE),
            took if took > LOOK * 2 => (bite / 2).max(1),
            _ => bite,
        };
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned())
        .or_else(|| panic.downcast_ref::<DeviceError>().map(DeviceError::to_string))
        .unwrap_or_else(|| "a panic without a message".to_owned())
}
