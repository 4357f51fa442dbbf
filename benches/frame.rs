//! What a frame costs: CPU time of `logic` and `ui` of the opening lesson, three runs of 30 lanes
//! at full speed beside it, without a renderer.
//!
//! `cargo bench --bench frame`, on an idle machine; add `-- 600` for another number of frames.

use std::time::{Duration, Instant};

use egui::{Context, FullOutput, RawInput, Rect, ViewportId, pos2, vec2};
use imaginarium::app::lab::{Lab, Options};
use imaginarium::app::theme::Theme;
use imaginarium::lessons;

/// Frames a second.
const PACE: f64 = 60.0;
/// Limits in milliseconds.
const MEDIAN: f64 = 4.0;
const NEARLY_ALL: f64 = 8.0;
const FIRST: f64 = 2000.0;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    // `cargo test --benches` asks for a quick look that everything still runs.
    let quick = args.iter().any(|arg| arg == "--test");
    let asked = args.iter().find_map(|arg| arg.parse().ok());
    let frames = if quick { 5 } else { asked.unwrap_or(1000) };
    println!("size       what        median   99 %     max    limits  (ms of CPU time a frame)");
    let mut fine = true;
    for size in [[1920.0, 1080.0], [1280.0, 720.0]] {
        fine &= measure(size, frames);
    }
    std::process::exit(i32::from(!fine && !quick));
}

/// The opening lesson without an end, as fast as it goes.
fn options() -> Options {
    let mut lesson = lessons::find(lessons::WITHOUT_WINDOW).expect("the first lesson exists");
    lesson.arena.speed = None;
    lesson.arena.length = 1_000_000_000;
    Options { beside: true, ..Options::plain(lesson, Theme::Dark) }
}

/// CPU time of this thread.
#[cfg(unix)]
fn cpu() -> Duration {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(now.tv_sec as u64, now.tv_nsec as u32)
}

/// Where threads have no clock of their own: time on the wall.
#[cfg(not(unix))]
fn cpu() -> Duration {
    static BEGUN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    BEGUN.get_or_init(Instant::now).elapsed()
}

/// Milliseconds of a part of each frame.
#[derive(Default)]
struct Times(Vec<f64>);

impl Times {
    fn add(&mut self, since: Duration) {
        self.0.push((cpu() - since).as_secs_f64() * 1e3);
    }

    /// Median, 99 % and the greatest.
    fn summary(&self) -> [f64; 3] {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let at = |share: f64| sorted[((sorted.len() - 1) as f64 * share).round() as usize];
        [at(0.5), at(0.99), at(1.0)]
    }
}

/// One frame as `eframe` would run it.
fn frame(
    ctx: &Context,
    lab: &mut Lab,
    size: [f32; 2],
    time: f64,
    parts: &mut [Times; 3],
) -> FullOutput {
    let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(size[0], size[1]));
    let mut input = RawInput { screen_rect: Some(screen), time: Some(time), ..RawInput::default() };
    input.viewports.entry(ViewportId::ROOT).or_default().native_pixels_per_point = Some(1.0);
    let begun = cpu();
    let output = ctx.run_ui(input, |ui| {
        let begun = cpu();
        lab.logic(ui.ctx());
        parts[1].add(begun);
        lab.ui(ui);
    });
    parts[0].add(begun);
    output
}

fn measure(size: [f32; 2], frames: usize) -> bool {
    let name = format!("{}x{}", size[0], size[1]);
    let begun = Instant::now();
    let ctx = Context::default();
    let mut lab = Lab::new(&ctx, options()).expect("the lesson opens");
    let mut parts = <[Times; 3]>::default();
    let output = frame(&ctx, &mut lab, size, 0.0, &mut parts);
    let triangles = ctx.tessellate(output.shapes, 1.0);
    let first = begun.elapsed().as_secs_f64() * 1e3;
    drop(triangles);

    parts = <[Times; 3]>::default();
    let begun = Instant::now();
    let mut steps = lab.snapshot().runs[2].lane.counters.updates();
    for index in 1..=frames {
        let due = Duration::from_secs_f64(index as f64 / PACE);
        std::thread::sleep(due.saturating_sub(begun.elapsed()));
        let time = begun.elapsed().as_secs_f64();
        let output = frame(&ctx, &mut lab, size, time, &mut parts);
        let begun = cpu();
        std::hint::black_box(ctx.tessellate(output.shapes, 1.0));
        parts[2].add(begun);
    }
    let lived = begun.elapsed().as_secs_f64();
    steps = lab.snapshot().runs[2].lane.counters.updates() - steps;
    let [all, logic, triangles] = parts.map(|times| times.summary());
    let fine = all[0] < MEDIAN && all[1] < NEARLY_ALL && first < FIRST;
    let verdict = if fine { "holds" } else { "MISSED" };
    for (what, [median, nearly_all, max], limits) in [
        ("logic + ui", all, format!("{MEDIAN}, {NEARLY_ALL}: {verdict}")),
        ("logic", logic, String::new()),
        ("triangles", triangles, String::new()),
    ] {
        println!("{name:<10} {what:<11} {median:>6.2} {nearly_all:>6.2} {max:>7.2}    {limits}");
    }
    println!("{name:<10} first frame {first:>6.1} ms on the wall, arena and fonts included");
    let rate = steps as f64 / lived / 1e6;
    println!("{name:<10} meanwhile one lane of n = 50 did {rate:.1} million updates a second\n");
    fine
}
