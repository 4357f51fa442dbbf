//! What a frame costs while a hand drags the cross of the landscape bench, all four pictures alive:
//! CPU time of the window's thread in `logic`, `ui` and triangles.
//!
//! `cargo bench --bench drag`; add `-- 600` for another number of frames.

use std::time::{Duration, Instant};

use egui::{Context, Event, Id, Modifiers, PointerButton, Pos2, RawInput, Rect, pos2, vec2};
use egui_kittest::wgpu::{create_render_state, default_wgpu_setup};
use imaginarium::app::lab::{Lab, Options};
use imaginarium::app::theme::Theme;
use imaginarium::gfx;
use imaginarium::lessons;

/// Frames a second.
const PACE: f64 = 60.0;
/// Limit of the median in milliseconds where there is no graphics card.
const MEDIAN: f64 = 8.0;
/// Frames in which the world is solved before the hand comes.
const BEFORE: usize = 90;

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let quick = args.iter().any(|arg| arg == "--test");
    let frames = args.iter().find_map(|arg| arg.parse().ok()).unwrap_or(600);
    let frames = if quick { 3 } else { frames };
    println!("size       drawn        median   99 %     max   (ms of CPU time a frame)");
    let mut fine = true;
    for size in [[1920.0, 1080.0], [1280.0, 720.0]] {
        for surfaces in [false, true] {
            fine &= Desk::open(size, surfaces, quick).drag(frames);
        }
    }
    std::process::exit(i32::from(!fine && !quick));
}

/// CPU time of this thread in milliseconds.
#[cfg(unix)]
fn cpu() -> f64 {
    let now = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    now.tv_sec as f64 * 1e3 + now.tv_nsec as f64 * 1e-6
}

/// Where threads have no clock of their own: time on the wall.
#[cfg(not(unix))]
fn cpu() -> f64 {
    static BEGUN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    BEGUN.get_or_init(Instant::now).elapsed().as_secs_f64() * 1e3
}

/// A laboratory without a window, at the bench.
struct Desk {
    ctx: Context,
    lab: Lab,
    size: [f32; 2],
    begun: Instant,
    frame: usize,
    surfaces: bool,
}

impl Desk {
    fn open(size: [f32; 2], surfaces: bool, quick: bool) -> Self {
        let ctx = Context::default();
        if surfaces {
            let options = eframe::egui_wgpu::RendererOptions::PREDICTABLE;
            gfx::install(&ctx, &create_render_state(default_wgpu_setup(), options));
        }
        let lesson = lessons::find("landscape").expect("it is a lesson");
        let options = Options { beside: true, ..Options::plain(lesson, Theme::Dark) };
        let lab = Lab::new(&ctx, options).expect("the lesson opens");
        let mut desk = Self { ctx, lab, size, begun: Instant::now(), frame: 0, surfaces };
        (0..BEFORE).for_each(|_| _ = desk.frame(Vec::new()));
        // The value of the whole plane takes its time on a busy machine.
        while !quick && desk.map().is_none() && desk.begun.elapsed().as_secs() < 60 {
            desk.frame(Vec::new());
        }
        desk
    }

    /// Where the map is that a hand drags over.
    fn map(&self) -> Option<Rect> {
        self.ctx.read_response(Id::unique("landscape from above")).map(|map| map.rect)
    }

    /// One frame; its CPU time.
    fn frame(&mut self, events: Vec<Event>) -> f64 {
        self.frame += 1;
        let due = Duration::from_secs_f64(self.frame as f64 / PACE);
        std::thread::sleep(due.saturating_sub(self.begun.elapsed()));
        let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(self.size[0], self.size[1]));
        let time = Some(self.begun.elapsed().as_secs_f64());
        let input = RawInput { screen_rect: Some(screen), time, events, ..RawInput::default() };
        let (lab, begun) = (&mut self.lab, cpu());
        let mut output = self.ctx.run_ui(input, |ui| {
            lab.logic(ui.ctx());
            lab.ui(ui);
        });
        std::hint::black_box(self.ctx.tessellate(output.shapes, 1.0));
        let took = cpu() - begun;
        output.textures_delta.set.drain();
        output.textures_delta.free.drain();
        took
    }

    /// Takes the cross and draws circles with it.
    fn drag(mut self, frames: usize) -> bool {
        let Some(map) = self.map() else {
            println!("{}x{}: the map is not on screen", self.size[0], self.size[1]);
            return false;
        };
        let at = |turn: f32| -> Pos2 {
            map.center() + 0.35 * vec2(map.width() * turn.cos(), map.height() * turn.sin())
        };
        let press = |pos, pressed| Event::PointerButton {
            pos,
            button: PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        };
        self.frame(vec![Event::PointerMoved(at(0.0))]);
        self.frame(vec![press(at(0.0), true)]);
        let turn = |index: usize| at(index as f32 * 0.05);
        let mut times: Vec<f64> =
            (1..=frames).map(|index| self.frame(vec![Event::PointerMoved(turn(index))])).collect();
        self.frame(vec![press(turn(frames), false)]);
        times.sort_by(f64::total_cmp);
        let [median, nearly_all, most] = [0.5, 0.99, 1.0]
            .map(|share| times[((times.len() - 1) as f64 * share).round() as usize]);
        let fine = median < MEDIAN;
        let (size, drawn) = (
            format!("{}x{}", self.size[0], self.size[1]),
            if self.surfaces { "surfaces" } else { "flat" },
        );
        let verdict = if fine { "holds" } else { "MISSED" };
        println!(
            "{size:<10} {drawn:<11} {median:>6.2} {nearly_all:>6.2} {most:>7.2}   {MEDIAN}: {verdict}"
        );
        fine
    }
}
