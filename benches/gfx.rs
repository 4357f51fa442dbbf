//! What surfaces cost: a frame with a picture that stays, turns, or changes; the heights of a critic;
//! and the learner beside a panel that is open or shut.
//!
//! `cargo bench --bench gfx`, on an idle machine.

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use egui::{Context, Id, RawInput, Rect, pos2, vec2};
use egui_kittest::wgpu::{create_render_state, default_wgpu_setup};
use imaginarium::app::fonts;
use imaginarium::app::lab::{Lab, Options};
use imaginarium::app::theme::{self, Theme};
use imaginarium::experiment::snapshot::Snapshot;
use imaginarium::gfx::{self, Axis, Camera, Colours, Field, Isolines, Scene};
use imaginarium::lessons::{self, Lesson};
use imaginarium::probes::dynamics::Place;
use imaginarium::probes::heights::{Ask, Heights};

/// Size of the picture in points.
const SIZE: [f32; 2] = [1000.0, 700.0];
/// Real steps after which networks are asked.
const STEPS: u64 = 1500;

fn main() {
    let quick = std::env::args().any(|arg| arg == "--test");
    frames(if quick { 3 } else { 200 });
    heights(if quick { 1 } else { 9 });
    learner(if quick { 0.1 } else { 8.0 }, if quick { 1 } else { 5 });
}

/// A field of `points` by `points` with lines of equal height.
fn scene(points: usize, id: u64) -> Scene {
    let axis = |name| Axis::new(name, "", 0.0, 1.0);
    let mut scene = Scene::new([axis("along"), axis("across"), axis("height")]);
    let share = |i: usize| i as f32 / (points - 1) as f32;
    let shift = id as f32 * 0.1;
    let height = |i: usize| {
        let (x, y) = (share(i % points), share(i / points));
        0.5 + 0.25 * (6.0 * x + shift).sin() + 0.2 * (5.0 * y - shift).cos()
    };
    let heights: Arc<[f32]> = (0..points * points).map(height).collect();
    let colours = Colours::Heights(theme::viridis, [0.0, 1.0]);
    let mut field = Field::new([points; 2], heights, colours, id);
    let levels = (1..14).map(|level| level as f32 / 14.0).collect();
    field.isolines.push(Isolines::thin(levels, theme::isoline()));
    scene.fields.push(field);
    scene
}

/// Milliseconds on the wall of `ui` and what it submits, without waiting for the adapter.
fn frames(count: usize) {
    let ctx = Context::default();
    fonts::install(&ctx);
    theme::install(&ctx, Theme::Dark, 1.0);
    let options = eframe::egui_wgpu::RendererOptions::PREDICTABLE;
    let state = create_render_state(default_wgpu_setup(), options);
    gfx::install(&ctx, &state);
    println!("points     what             median (ms of a frame, adapter not waited for)");
    for points in [65, 128, 257] {
        for (what, turns, changes) in
            [("stays", false, false), ("turns", true, false), ("changes", false, true)]
        {
            let (mut camera, mut shown) = (Camera::default(), scene(points, 1));
            let mut times: Vec<f64> = Vec::new();
            for index in 0..=count {
                if turns {
                    camera.orbit(vec2(3.0, 0.0));
                }
                if changes {
                    shown = scene(points, index as u64 + 2);
                }
                let begun = Instant::now();
                draw(&ctx, &shown, &mut camera);
                times.push(begun.elapsed().as_secs_f64() * 1e3);
                // Software adapters fall behind; what waits must not count.
                let wait = eframe::egui_wgpu::wgpu::PollType::wait_indefinitely();
                let _ = state.device.poll(wait);
            }
            // The first frame makes what the others keep.
            let times = &mut times[1..];
            times.sort_by(f64::total_cmp);
            println!("{points:<10} {what:<16} {:.3}", times[times.len() / 2]);
        }
    }
}

fn draw(ctx: &Context, scene: &Scene, camera: &mut Camera) {
    let screen = Rect::from_min_size(pos2(0.0, 0.0), SIZE.into());
    let input = RawInput { screen_rect: Some(screen), ..RawInput::default() };
    let mut output = ctx.run_ui(input, |ui| {
        let style = theme::solid(ui.ctx(), false);
        let id = Id::unique("picture");
        black_box(gfx::show(ui, (&style, "Surface"), id, scene, camera, SIZE.into()));
    });
    output.textures_delta.set.drain();
    output.textures_delta.free.drain();
}

/// The lesson of the panel, with these panels alone, as fast as it goes.
fn lesson(panels: &str) -> Lesson {
    let mut arena = lessons::find("value-surface").expect("it is a lesson").arena;
    (arena.speed, arena.length) = (None, 1_000_000_000);
    let words = format!("panels = {panels}").parse().expect("a layout");
    Lesson::from_words("bench", words, arena).expect("a sound lesson")
}

/// A laboratory without a renderer.
struct Desk {
    ctx: Context,
    lab: Lab,
    begun: Instant,
}

impl Desk {
    fn open(panels: &str) -> Self {
        let ctx = Context::default();
        let options = Options { beside: true, ..Options::plain(lesson(panels), Theme::Dark) };
        let lab = Lab::new(&ctx, options).expect("the lesson opens");
        Self { ctx, lab, begun: Instant::now() }
    }

    fn frame(&mut self) -> Arc<Snapshot> {
        let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(1920.0, 1080.0));
        let time = Some(self.begun.elapsed().as_secs_f64());
        let input = RawInput { screen_rect: Some(screen), time, ..RawInput::default() };
        let lab = &mut self.lab;
        let mut output = self.ctx.run_ui(input, |ui| {
            lab.logic(ui.ctx());
            lab.ui(ui);
        });
        output.textures_delta.set.drain();
        output.textures_delta.free.drain();
        std::thread::sleep(Duration::from_millis(16));
        self.lab.snapshot().clone()
    }

    /// Frames until so many real steps are done.
    fn until(&mut self, steps: u64) -> Arc<Snapshot> {
        loop {
            let snapshot = self.frame();
            if snapshot.runs[0].lane.counters.env_steps >= steps {
                return snapshot;
            }
        }
    }
}

/// Milliseconds of the heights of a critic.
fn heights(rounds: usize) {
    let snapshot = Desk::open("[['return']]").until(STEPS);
    let run = &snapshot.runs[0];
    let from = Place::Body(*run.lane.path.now().expect("it has begun"));
    println!("\npoints     heights of a critic, their truth and policy (ms, median)");
    for points in [65, 257] {
        let mut times: Vec<f64> = (0..=rounds)
            .map(|_| {
                let begun = Instant::now();
                black_box(Heights::of(&Ask {
                    truth: &run.truth,
                    view: &run.lane.view,
                    gamma: 0.98,
                    pair: [0, 1],
                    points,
                    from,
                    been: &[],
                    way: &[],
                }));
                begun.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        // The first one solves the world.
        let times = &mut times[1..];
        times.sort_by(f64::total_cmp);
        println!("{points:<10} {:.1}", times[times.len() / 2]);
    }
}

/// Real steps a second with the panel open and shut, in turns.
fn learner(seconds: f64, rounds: usize) {
    println!("\nround      steps a second shut, open; slower by");
    for round in 1..=rounds {
        let [shut, open] = ["[['return']]", "[['surface'], ['return']]"].map(|panels| {
            let mut desk = Desk::open(panels);
            let first = desk.until(STEPS).runs[0].lane.counters.env_steps;
            let begun = Instant::now();
            let mut last = first;
            while begun.elapsed().as_secs_f64() < seconds {
                last = desk.frame().runs[0].lane.counters.env_steps;
            }
            (last - first) as f64 / begun.elapsed().as_secs_f64()
        });
        println!("{round:<10} {shut:.0}, {open:.0}; {:.1} %", 100.0 * (1.0 - open / shut));
    }
}
