//! What a frame costs: CPU time of `logic` and `ui` of the Dyna maze, three runs of 30 lanes at full
//! speed beside it, without a renderer; of the five agents of the opening lesson, as they open and as
//! fast as they go, with surfaces drawn; and of each of its panels alone, larger than life.
//!
//! `cargo bench --bench frame`, on an idle machine; add `-- 600` for another number of frames.

use std::time::{Duration, Instant};

use egui::{Context, FullOutput, RawInput, Rect, ViewportId, pos2, vec2};
use egui_kittest::wgpu::{create_render_state, default_wgpu_setup};
use imaginarium::app::lab::{Lab, Options};
use imaginarium::app::theme::Theme;
use imaginarium::gfx;
use imaginarium::lessons::{self, Lesson};

/// Frames a second.
const PACE: f64 = 60.0;
/// Limits in milliseconds: the median and 99 % of all frames.
const MAZE: [f64; 2] = [4.0, 8.0];
const FIVE: [f64; 2] = [6.0, 12.0];
/// Of one panel.
const PANEL: f64 = 2.0;
/// Of the first frame.
const FIRST: f64 = 2000.0;
/// The panel of least work.
const SHELL: &str = "log";

fn main() {
    let args: Vec<String> = std::env::args().collect();
    // `cargo test --benches` asks for a quick look that everything still runs.
    let quick = args.iter().any(|arg| arg == "--test");
    let asked = args.iter().find_map(|arg| arg.parse().ok());
    let frames = if quick { 5 } else { asked.unwrap_or(1000) };
    println!("size       what        median   99 %     max    limits  (ms of CPU time a frame)");
    let mut fine = true;
    for size in [[1920.0, 1080.0], [1280.0, 720.0]] {
        fine &= measure("Dyna maze", options(lessons::WITHOUT_WINDOW, true), size, frames, MAZE);
    }
    for size in [[1920.0, 1080.0], [1280.0, 720.0]] {
        fine &= measure("five agents", options(lessons::FIRST, false), size, frames, FIVE);
        fine &= measure("five at full speed", options(lessons::FIRST, true), size, frames, FIVE);
    }
    fine &= panels(frames / 3 + 2);
    std::process::exit(i32::from(!fine && !quick));
}

/// A lesson without an end, as it opens or as fast as it goes.
fn options(lesson: &str, hurried: bool) -> Options {
    let mut lesson = lessons::find(lesson).expect("the lesson exists");
    if hurried {
        lesson.arena.speed = None;
    }
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

/// What was measured of a window.
struct Measured {
    /// `logic` with `ui`, `logic` alone, triangles.
    parts: [Times; 3],
    /// Milliseconds on the wall until the first frame.
    first: f64,
    /// Updates a second of the watched lane of the third run, in millions.
    rate: f64,
}

/// Lives `frames` frames of a window in which surfaces are drawn.
fn live(options: Options, size: [f32; 2], frames: usize) -> Measured {
    let ctx = Context::default();
    let kept = eframe::egui_wgpu::RendererOptions::PREDICTABLE;
    let state = create_render_state(default_wgpu_setup(), kept);
    let begun = Instant::now();
    let mut lab = Lab::new(&ctx, options).expect("the lesson opens");
    gfx::install(&ctx, &state);
    let mut parts = <[Times; 3]>::default();
    let output = frame(&ctx, &mut lab, size, 0.0, &mut parts);
    drop(ctx.tessellate(output.shapes, 1.0));
    let first = begun.elapsed().as_secs_f64() * 1e3;

    parts = <[Times; 3]>::default();
    let begun = Instant::now();
    let updates = |lab: &Lab| lab.snapshot().runs[2].lane.counters.updates();
    let before = updates(&lab);
    for index in 1..=frames {
        let due = Duration::from_secs_f64(index as f64 / PACE);
        std::thread::sleep(due.saturating_sub(begun.elapsed()));
        let time = begun.elapsed().as_secs_f64();
        let output = frame(&ctx, &mut lab, size, time, &mut parts);
        let begun = cpu();
        std::hint::black_box(ctx.tessellate(output.shapes, 1.0));
        parts[2].add(begun);
    }
    let rate = (updates(&lab) - before) as f64 / begun.elapsed().as_secs_f64() / 1e6;
    Measured { parts, first, rate }
}

/// One table of figures; whether they keep within `limits`.
fn measure(
    lesson: &str,
    options: Options,
    size: [f32; 2],
    frames: usize,
    limits: [f64; 2],
) -> bool {
    let Measured { parts, first, rate } = live(options, size, frames);
    let name = format!("{}x{}", size[0], size[1]);
    let [all, logic, triangles] = parts.map(|times| times.summary());
    let fine = all[0] < limits[0] && all[1] < limits[1] && first < FIRST;
    let verdict = if fine { "holds" } else { "MISSED" };
    println!("{lesson}");
    for (what, [median, nearly_all, max], limits) in [
        ("logic + ui", all, format!("{}, {}: {verdict}", limits[0], limits[1])),
        ("logic", logic, String::new()),
        ("triangles", triangles, String::new()),
    ] {
        println!("{name:<10} {what:<11} {median:>6.2} {nearly_all:>6.2} {max:>7.2}    {limits}");
    }
    println!("{name:<10} first frame {first:>6.1} ms on the wall, arena and fonts included");
    println!("{name:<10} meanwhile a lane of run C did {rate:.3} million updates a second\n");
    fine
}

/// Each panel of the opening lesson with the window for itself, less a window with a list of
/// changes in it.
fn panels(frames: usize) -> bool {
    let opening = lessons::find(lessons::FIRST).expect("the lesson exists");
    let median = |panel: &str| {
        let words = format!("drawer = true\npanels = [[\"{panel}\"]]").parse().expect("a layout");
        let arena = opening.arena.clone();
        let lesson = Lesson::from_words("bench", words, arena).expect("a sound lesson");
        let options = Options { beside: true, ..Options::plain(lesson, Theme::Dark) };
        live(options, [1920.0, 1080.0], frames).parts[0].summary()[0]
    };
    let shell = median(SHELL);
    println!("five agents, one panel alone over the whole window, less {shell:.2} ms for the rest");
    let mut fine = true;
    for panel in opening.layout.panels() {
        let own = median(panel.name()) - shell;
        fine &= own < PANEL;
        let verdict = if own < PANEL { "holds" } else { "MISSED" };
        println!("{:<22} {own:>6.2}    {PANEL}: {verdict}", panel.name());
    }
    fine
}
