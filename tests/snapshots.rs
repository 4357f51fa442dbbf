//! Pictures of the whole window and of every panel, drawn in software from one fixed moment and
//! compared with `tests/snapshots/`. `UPDATE_SNAPSHOTS=1 cargo test --release --test snapshots`
//! draws them anew; look at them before you commit.

#[path = "common/adapter.rs"]
mod adapter;
#[path = "common/desk.rs"]
mod desk;

use std::sync::Arc;

use eframe::egui_wgpu::RendererOptions;
use egui::{Key, Modifiers};
use egui_kittest::wgpu::{WgpuTestRenderer, create_render_state, default_wgpu_setup};
use egui_kittest::{Harness, HarnessBuilder, SnapshotOptions, SnapshotResults};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use imaginarium::agents::surface::{Surface, ValueSurface};
use imaginarium::app::actions::Actions;
use imaginarium::app::panels::{Cx, PanelId};
use imaginarium::app::theme::{self, Theme};
use imaginarium::app::view::View;
use imaginarium::experiment::cohort::LaneView;
use imaginarium::experiment::snapshot::Snapshot;
use imaginarium::gfx;
use imaginarium::lessons::Lesson;

use desk::{Desk, LARGE, SMALL, opening};

/// One driver of one machine draws the same bits each time. Other versions of it round the edges
/// of glyphs differently: hence a little more than the default, but no room for a moved line.
fn options() -> SnapshotOptions {
    SnapshotOptions::new().threshold(1.0).max_failed_pixels(24)
}

/// Compares with the picture of that name, or writes it anew when asked to: as small as it gets,
/// because every version of it stays in the repository for ever.
fn compare<S>(harness: &mut Harness<'_, S>, name: &str, results: &mut SnapshotResults) {
    results.add(harness.try_snapshot_options(name, &options()));
    let path = options().output_path.join(format!("{name}.png"));
    if std::env::var_os("UPDATE_SNAPSHOTS").is_none() || !path.exists() {
        return;
    }
    let picture = image::open(&path).expect("it was just written").into_rgb8();
    let encoded = |filter: FilterType| {
        let mut bytes = Vec::new();
        let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, filter);
        picture.write_with_encoder(encoder).expect("a picture can be encoded");
        bytes
    };
    let filters = [FilterType::NoFilter, FilterType::Sub, FilterType::Up, FilterType::Paeth];
    let all = filters.map(encoded);
    let small = all.iter().min_by_key(|bytes| bytes.len()).expect("four ways to encode");
    if (small.len() as u64) < std::fs::metadata(&path).expect("it is there").len() {
        std::fs::write(&path, small).expect("it can be written");
    }
}

/// The tenth episode, nine steps in, seed 7: what the pictures of the design show.
fn moment(theme: Theme) -> Desk {
    let mut lesson = opening();
    (lesson.arena.seed, lesson.arena.speed) = (7, Some(60.0));
    let builder = Harness::builder().with_render_cursor(false).wgpu();
    let mut desk = Desk::build(builder, lesson, theme, SMALL);
    desk.go_to(9, 9).frames(5);
    desk
}

/// Run B forked in the third episode, with a little more planning from then on.
fn forked() -> Desk {
    let mut desk = Desk::open(opening(), Theme::Dark, SMALL);
    desk.go_to(2, 5);
    desk.key(Key::Num2).key(Key::K).frames(2);
    desk.key(Key::S);
    for _ in 0..4 {
        desk.get("Planning steps").focus();
        desk.frames(1);
        desk.key(Key::ArrowUp);
    }
    for _ in 0..12 {
        desk.key_with(Modifiers::SHIFT, Key::ArrowRight);
    }
    desk
}

/// A search at the start of the sixth episode.
fn searched() -> Desk {
    let lesson = imaginarium::lessons::find("search-tree").expect("the lesson exists");
    let mut desk = Desk::open(lesson, Theme::Dark, LARGE);
    desk.go_to(5, 0).frames(3);
    desk
}

/// Thinks of the angle alone.
#[derive(Debug)]
struct Cosine;

impl ValueSurface for Cosine {
    fn value(&self, seen: &[f32]) -> f64 {
        100.0 * f64::from(seen[0]) - 110.0
    }
}

/// A pendulum in its third episode, moved by somebody who thinks of the angle alone.
fn swinging() -> Arc<Snapshot> {
    let text = "version = 1\nlanes = 3\nseed = 5\nspeed = 1\n[world]\nid = 'pendulum'\n\
                [[run]]\nname = 'one'\nagent = 'random'\n[[run]]\nname = 'two'\nagent = 'random'\n\
                [[run]]\nname = 'three'\nagent = 'random'\n";
    let lesson = Lesson::from_toml("x.toml", text).unwrap();
    let mut desk = Desk::open(lesson, Theme::Dark, SMALL);
    desk.go_to(2, 50).frames(2);
    let mut snapshot = Snapshot::clone(&desk.snapshot());
    for run in &mut snapshot.runs {
        let mut lane = LaneView::clone(&run.lane);
        lane.view.surface = Some(Surface(Arc::new(Cosine)));
        run.lane = Arc::new(lane);
    }
    Arc::new(snapshot)
}

/// The lesson in which updates are wired, a dozen steps in.
fn wired() -> Desk {
    let lesson = imaginarium::lessons::find("wire-your-own").expect("it is a lesson");
    let mut desk = Desk::open(lesson, Theme::Dark, SMALL);
    desk.pause();
    desk.key(Key::Home).pause();
    for _ in 0..12 {
        desk.key(Key::ArrowRight);
    }
    desk
}

#[test]
fn the_window_looks_as_before() {
    if !adapter::can_compare() {
        return;
    }
    let mut results = SnapshotResults::new();
    for (look, name) in [(Theme::Dark, "window-dark"), (Theme::Light, "window-light")] {
        let mut desk = moment(look);
        compare(&mut desk.harness, name, &mut results);
    }
}

/// A pendulum's learner that has just begun: few updates, so that every machine dreams the same.
fn dreaming() -> Desk {
    let text = "version = 1\nclock = 'env-steps'\nlength = 200\nseed = 3\nspeed = 'max'\n\
                [world]\nid = 'pendulum'\n[[run]]\nagent = 'mve'\nhorizon = 5\nwarmup = 120\n\
                hidden = 16\nmodel_hidden = 32\nbatch = 16\nmodel_batch = 32";
    let lesson = Lesson::from_toml("test.toml", text).expect("a sound lesson");
    let mut desk = Desk::open(lesson, Theme::Dark, SMALL);
    while desk.snapshot().position.count < 200 {
        desk.frames(1);
    }
    desk
}

/// One panel alone on the theme's ground.
fn panel(id: PanelId, look: Theme, snapshot: Arc<Snapshot>, lesson: Lesson) -> Harness<'static> {
    panel_by(Harness::builder().wgpu(), (id, look), snapshot, lesson)
}

/// The same with depth, drawn by an adapter of its own.
fn solid(id: PanelId, look: Theme, snapshot: Arc<Snapshot>, lesson: Lesson) -> Harness<'static> {
    let options = RendererOptions::PREDICTABLE;
    let state = create_render_state(default_wgpu_setup(), options);
    let renderer = WgpuTestRenderer::from_render_state(state.clone());
    let builder = Harness::builder().renderer(renderer);
    let harness = panel_by(builder, (id, look), snapshot, lesson);
    gfx::install(&harness.ctx, &state);
    harness
}

fn panel_by(
    builder: HarnessBuilder<()>,
    (id, look): (PanelId, Theme),
    snapshot: Arc<Snapshot>,
    lesson: Lesson,
) -> Harness<'static> {
    let size = match id {
        PanelId::Mazes | PanelId::Imagined | PanelId::ValueMap => [960.0, 380.0],
        PanelId::Mismatch | PanelId::Quadrants => [900.0, 420.0],
        PanelId::Surface => [900.0, 560.0],
        PanelId::Tree | PanelId::Landscape => [1200.0, 760.0],
        PanelId::Schematic => [900.0, 500.0],
        PanelId::Imagines | PanelId::Unseen | PanelId::ValueEquivalence => [1100.0, 420.0],
        _ => [560.0, 340.0],
    };
    let mut panel = id.open();
    // Measured times have no place in a picture that is compared.
    let still = id == PanelId::TwoSearches;
    let view = View { theme: look, run: 2, cell: Some(17), still, ..View::default() };
    builder
        .with_size(size)
        .with_render_cursor(false)
        .with_context_setup(move |ctx| {
            imaginarium::app::fonts::install(ctx);
            theme::install(ctx, look, 1.0);
        })
        .build_ui(move |ui| {
            let ground = theme::tokens(ui.ctx()).bg;
            ui.painter().rect_filled(ui.ctx().content_rect(), 0.0, ground);
            let mut actions = Actions::new();
            let mut cx = Cx {
                snapshot: &snapshot,
                view: &view,
                lesson: &lesson,
                actions: &mut actions,
                bare: false,
            };
            panel.ui(ui, &mut cx);
        })
}

/// Two models with too little room, a little trained.
fn fitting() -> Desk {
    let run = "[[run]]\nagent = 'low-rank'\ntrain = 60\ntest = 20\nbatch = 16\nmodel_loss = ";
    let text = format!(
        "version = 1\nclock = 'env-steps'\nlength = 400\nseed = 3\nspeed = 'max'\n[world]\n\
         id = 'crossing'\n{run}'mse'\n{run}'vagram'\n"
    );
    let lesson = Lesson::from_toml("test.toml", &text).expect("a sound lesson");
    let mut desk = Desk::open(lesson, Theme::Dark, SMALL);
    while desk.snapshot().position.count < 400 {
        desk.frames(1);
    }
    desk
}

/// A MuZero that has found its way home a few times.
fn latent() -> Desk {
    let text = "version = 1\nclock = 'env-steps'\nlength = 600\nseed = 5\nspeed = 'max'\n[world]\n\
                id = 'gridworld'\nmap = \"\"\"\nS..\n.#.\n..G\n\"\"\"\n[[run]]\nagent = 'muzero'\n\
                simulations = 10\nlatent = 8\nwidth = 16\nbatch = 8\n";
    let lesson = Lesson::from_toml("test.toml", text).expect("a sound lesson");
    let mut desk = Desk::open(lesson, Theme::Dark, SMALL);
    while desk.snapshot().position.count < 600 {
        desk.frames(1);
    }
    desk
}

/// A MuZero that has played some games against itself.
fn playing() -> Desk {
    let text = "version = 1\nclock = 'env-steps'\nlength = 60\nseed = 5\nspeed = 'max'\n[world]\n\
                id = 'tic-tac-toe'\n[[run]]\nagent = 'muzero'\n\
                simulations = 4\nlatent = 8\nwidth = 16\nbatch = 8\n";
    let lesson = Lesson::from_toml("test.toml", text).expect("a sound lesson");
    let mut desk = Desk::open(lesson, Theme::Dark, SMALL);
    while desk.snapshot().position.count < 60 {
        desk.frames(1);
    }
    desk
}

#[test]
fn every_panel_looks_as_before() {
    if !adapter::can_compare() {
        return;
    }
    let snapshot = moment(Theme::Dark).snapshot();
    let (forked, searched) = (forked().snapshot(), searched().snapshot());
    let dreaming = dreaming().snapshot();
    let swinging = swinging();
    let wired = wired().snapshot();
    let fitting = fitting().snapshot();
    let (latent, playing) = (latent().snapshot(), playing().snapshot());
    let mut results = SnapshotResults::new();
    for (index, id) in PanelId::ALL.iter().copied().enumerate() {
        // In turns dark and light: the window shows all of them in both.
        let look = if index % 2 == 0 { Theme::Dark } else { Theme::Light };
        use PanelId::{
            Clouds, ConsistentWrong, Drift, Imagined, Losses, MveStack, Schematic, Signal, Surface,
        };
        let snapshot = match id {
            PanelId::Tree => &searched,
            PanelId::Futures | PanelId::Log => &forked,
            PanelId::Return | PanelId::ValueMap | PanelId::Landscape => &swinging,
            Schematic | ConsistentWrong | Drift => &wired,
            PanelId::Fit | PanelId::Mismatch => &fitting,
            PanelId::Quadrants | PanelId::Gradients => &dreaming,
            PanelId::Imagines | PanelId::FourParts | PanelId::Unseen => &latent,
            PanelId::ValueEquivalence | PanelId::WhichLoop => &latent,
            PanelId::Games => &playing,
            Clouds | Imagined | Losses | MveStack | Signal | Surface => &dreaming,
            _ => &snapshot,
        };
        let mut harness = panel(id, look, snapshot.clone(), opening());
        harness.run_steps(3);
        let name = format!("panel-{id:?}").to_lowercase();
        compare(&mut harness, &name, &mut results);
    }
    // Surfaces have depth where there is an adapter for it.
    let toy = imaginarium::lessons::find("vaml-wanders").expect("it is a lesson");
    for look in [Theme::Dark, Theme::Light] {
        let mut harness = solid(PanelId::Landscape, look, swinging.clone(), toy.clone());
        harness.run_steps(3);
        compare(&mut harness, &format!("panel-landscape-{look:?}").to_lowercase(), &mut results);
    }
    for (name, snapshot) in [("dreaming", &dreaming), ("maze", &snapshot)] {
        let mut harness = solid(PanelId::Surface, Theme::Dark, snapshot.clone(), opening());
        harness.run_steps(3);
        compare(&mut harness, &format!("panel-surface-{name}"), &mut results);
    }
    let mut harness = panel(PanelId::Mazes, Theme::Light, swinging, opening());
    harness.run_steps(3);
    compare(&mut harness, "panel-bodies", &mut results);
}
