//! How fast any of the last 100 000 steps of the opening lesson is reached again.
//!
//! `cargo bench --bench scrub`. The lesson is played as beside the window until its lanes are well
//! past so many steps; then the line of time is clicked at random places, from wherever the last
//! click led. The same places are also walked to from the start, as it would be without keyframes.

use std::hint::black_box;
use std::time::{Duration, Instant};

use imaginarium::experiment::engine::{Command, Engine, SLICE};
use imaginarium::experiment::{ArenaConfig, Clock, Experiment, Position};
use imaginarium::lessons;

/// Steps back in time that must be in reach.
const LAST: u64 = 100_000;
/// Longest time that a place may take.
const LIMIT: Duration = Duration::from_millis(200);

fn main() {
    // `cargo test --benches` asks for a quick look that everything still runs.
    let quick = std::env::args().any(|arg| arg == "--test");
    let (steps, clicks) = if quick { (3_000, 5) } else { (250_000, 300) };
    for clock in [Clock::EnvSteps, Clock::Episodes] {
        for pace in [None, Some(20_000.0)] {
            scrub(clock, pace, steps, clicks);
        }
    }
}

fn lesson(clock: Clock) -> ArenaConfig {
    let mut arena = lessons::find(lessons::WITHOUT_WINDOW).expect("shipped").arena;
    (arena.clock, arena.length, arena.speed) = (clock, u64::MAX >> 1, None);
    arena
}

fn cores() -> usize {
    // As beside the window, which keeps one for itself.
    std::thread::available_parallelism().map_or(1, |n| usize::from(n) - 1).max(1)
}

/// Real steps of the lane on screen that has done least.
fn done(e: &Experiment) -> u64 {
    let steps = e.runs().iter().map(|run| run.counters(e.watched()).env_steps);
    steps.min().expect("three runs")
}

/// Plays at full speed, or at a pace that leaves most of the time unused.
fn play(clock: Clock, pace: Option<f64>, steps: u64) -> Engine {
    let mut engine = Engine::new(lesson(clock), cores()).expect("shipped");
    engine.handle(Command::Speed(pace));
    engine.handle(Command::Play(true));
    let mut pictured = Instant::now();
    while done(engine.experiment()) < steps {
        engine.advance(SLICE, SLICE);
        if pictured.elapsed() >= 2 * SLICE {
            black_box(engine.snapshot());
            pictured = Instant::now();
        }
    }
    engine.handle(Command::Play(false));
    engine
}

fn scrub(clock: Clock, pace: Option<f64>, steps: u64, clicks: u64) {
    let mut engine = play(clock, pace, steps);
    let furthest = engine.experiment().furthest();
    let (frames, bytes) = engine.snapshot().keyframes;
    let all = done(engine.experiment());
    // On the clock of episodes as many ticks as hold so many steps.
    let ticks = (furthest.count as f64 * (LAST as f64 / all as f64).min(1.0)) as u64;
    let mut dice = 88_172_645_463_325_252_u64;
    let mut times = Vec::new();
    for _ in 0..clicks {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        let to = Position::at(clock, furthest.count - dice % ticks);
        let begun = Instant::now();
        engine.handle(Command::Seek(to));
        black_box(engine.snapshot());
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    let (median, worst) = (times[times.len() / 2], times[times.len() - 1]);
    let mut naked = Experiment::new(lesson(clock), cores()).expect("shipped");
    let begun = Instant::now();
    naked.advance_to(furthest, None);
    let walked = begun.elapsed();
    let verdict = if worst < LIMIT { "holds" } else { "MISSED" };
    let how = pace.map_or("at full speed".to_owned(), |pace| format!("at {pace} steps/s"));
    println!(
        "{} of {} real steps on the clock of {}, played {how}: median {:.1} ms, worst {:.1} ms of {clicks}; limit {} ms: \
         {verdict}; {frames} keyframes, {} MiB; from the start {:.2} s, {:.0} times the median",
        LAST.min(all),
        all,
        clock.label(),
        1e3 * median.as_secs_f64(),
        1e3 * worst.as_secs_f64(),
        LIMIT.as_millis(),
        bytes >> 20,
        walked.as_secs_f64(),
        walked.as_secs_f64() / median.as_secs_f64(),
    );
}
