//! Pictures in three dimensions, pixel by pixel: what hides what, lines of equal height, no work
//! for a picture that stays the same, and the heat map where nothing can draw.

#[path = "common/adapter.rs"]
mod adapter;

use std::sync::Arc;

use egui::{Color32, Context, Id, Key, Pos2, Vec2, vec2};
use egui_kittest::wgpu::{WgpuTestRenderer, create_render_state, default_wgpu_setup};
use egui_kittest::{Harness, SnapshotOptions};
use imaginarium::app::fonts;
use imaginarium::app::theme::{self, Theme};
use imaginarium::gfx::{
    self, Axis, Ball, Camera, Colours, Cross, Drawn, Field, Isolines, Label, Line, Scene, Shown,
    TangentPlane,
};

const SIZE: [f32; 2] = [760.0, 460.0];
const POINTS: usize = 65;

/// What a harness holds: the scene, its camera, and what the last frame answered.
struct Stand {
    scene: Scene,
    camera: Camera,
    shown: Option<Shown>,
    /// The picture is not asked for.
    closed: bool,
}

/// A harness with or without an adapter for three dimensions.
fn stand(scene: Scene, camera: Camera, look: Theme, solid: bool) -> Harness<'static, Stand> {
    // One after the other: drivers in software do not all like to be opened side by side.
    let state =
        create_render_state(default_wgpu_setup(), eframe::egui_wgpu::RendererOptions::default());
    let mut harness = Harness::builder()
        .with_size(SIZE)
        .with_render_cursor(false)
        .with_step_dt(1.0 / 60.0)
        .with_context_setup({
            let state = state.clone();
            move |ctx: &Context| {
                fonts::install(ctx);
                theme::install(ctx, look, 1.0);
                if solid {
                    gfx::install(ctx, &state);
                }
            }
        })
        .renderer(WgpuTestRenderer::from_render_state(state))
        .build_ui_state(
            |ui, stand: &mut Stand| {
                let style = theme::solid(ui.ctx(), false);
                ui.painter().rect_filled(ui.ctx().content_rect(), 0.0, style.ground);
                let size = ui.available_size();
                gfx::tidy(ui.ctx());
                if stand.closed {
                    return;
                }
                let Stand { scene, camera, .. } = stand;
                let id = Id::unique("picture");
                stand.shown = Some(gfx::show(ui, (&style, "Surface"), id, scene, camera, size));
            },
            Stand { scene, camera, shown: None, closed: false },
        );
    harness.run_steps(2);
    harness
}

fn shown(harness: &Harness<'_, Stand>) -> Shown {
    harness.state().shown.clone().expect("it was drawn")
}

/// A field of `height` over the unit square.
fn field(height: impl Fn(f32, f32) -> f32, colour: fn(f32) -> Color32) -> Field {
    let share = |i: usize| i as f32 / (POINTS - 1) as f32;
    let at = |i: usize| height(share(i % POINTS), share(i / POINTS));
    let heights: Arc<[f32]> = (0..POINTS * POINTS).map(at).collect();
    Field::new([POINTS, POINTS], heights, Colours::Heights(colour, [0.0, 1.0]), 1)
}

fn unit_box() -> Scene {
    let axis = |name| Axis::new(name, "m", 0.0, 1.0);
    Scene::new([axis("along"), axis("across"), axis("height")])
}

fn white(_: f32) -> Color32 {
    Color32::WHITE
}

/// The pixel at a point of the screen.
fn pixel(image: &image::RgbaImage, at: Pos2) -> [u8; 3] {
    let [r, g, b, _] = image.get_pixel(at.x.round() as u32, at.y.round() as u32).0;
    [r, g, b]
}

fn is_red([r, g, b]: [u8; 3]) -> bool {
    r > 150 && g < 90 && b < 90
}

#[test]
fn a_ridge_hides_what_is_behind_it_and_nothing_else() {
    if !adapter::can_draw() {
        return;
    }
    let mut scene = unit_box();
    scene.fields.push(field(|_, y| if (y - 0.5).abs() < 0.04 { 0.9 } else { 0.0 }, white));
    let red = Color32::from_rgb(255, 0, 0);
    for y in [0.2, 0.62] {
        scene.lines.push(Line::new(vec![[0.3, y, 0.02], [0.7, y, 0.02]], red, 5.0));
    }
    let ball = |y: f32| Ball { at: [0.2, y, 0.0], radius: 7.0, colour: red, casing: red };
    scene.balls.extend([ball(0.2), ball(0.62)]);
    let mut harness = stand(scene, Camera::at(0.0, 30.0), Theme::Dark, true);
    assert_eq!(shown(&harness).drawn, Drawn::Solid);
    let image = harness.render().unwrap();
    let (shown, scene) = (shown(&harness), &harness.state().scene);
    let at = |x: f32, y: f32| pixel(&image, shown.project(scene, [x, y, 0.02]));
    assert!(is_red(at(0.5, 0.2)), "before the ridge: {:?}", at(0.5, 0.2));
    assert!(!is_red(at(0.5, 0.62)), "behind the ridge: {:?}", at(0.5, 0.62));
    let ball = |y: f32| pixel(&image, shown.project(scene, [0.2, y, 0.0]) - vec2(0.0, 4.0));
    assert!(is_red(ball(0.2)) && !is_red(ball(0.62)), "{:?} {:?}", ball(0.2), ball(0.62));
    // From straight above nothing is hidden.
    harness.state_mut().camera = Camera::at(0.0, 89.0);
    harness.run_steps(2);
    let image = harness.render().unwrap();
    let (shown, scene) = (self::shown(&harness), &harness.state().scene);
    let at = |y: f32| pixel(&image, shown.project(scene, [0.5, y, 0.02]));
    assert!(is_red(at(0.2)) && is_red(at(0.62)));
}

#[test]
fn lines_of_equal_height_run_where_the_height_is() {
    if !adapter::can_draw() {
        return;
    }
    let mut scene = unit_box();
    let mut slope = field(|x, _| x, white);
    slope
        .isolines
        .push(Isolines { width: 3.0, ..Isolines::thin(vec![0.25, 0.5, 0.75], Color32::BLACK) });
    scene.fields.push(slope);
    let mut harness = stand(scene, Camera::at(0.0, 80.0), Theme::Dark, true);
    let image = harness.render().unwrap();
    let (shown, scene) = (shown(&harness), &harness.state().scene);
    for step in 2..39 {
        let x = step as f32 / 40.0;
        let [r, ..] = pixel(&image, shown.project(scene, [x, 0.5, x]));
        let line = [10, 20, 30].contains(&step);
        assert_eq!(r < 60, line, "at {x}: {r}");
    }
}

#[test]
fn a_picture_that_was_closed_gives_its_memory_back() {
    if !adapter::can_draw() {
        return;
    }
    let mut harness = stand(unit_box(), Camera::at(0.0, 30.0), Theme::Dark, true);
    assert_eq!(gfx::kept(&harness.ctx), 1);
    harness.state_mut().closed = true;
    harness.run_steps(10);
    assert_eq!(gfx::kept(&harness.ctx), 1, "it may be back soon");
    harness.run_steps(300);
    assert_eq!(gfx::kept(&harness.ctx), 0);
    harness.state_mut().closed = false;
    harness.run_steps(2);
    assert_eq!(shown(&harness).drawn, Drawn::Solid, "it is drawn anew");
}

#[test]
fn a_picture_that_stays_the_same_is_not_drawn_again() {
    if !adapter::can_draw() {
        return;
    }
    let mut harness = stand(bowl(Theme::Dark), Camera::default(), Theme::Dark, true);
    let passes = |harness: &Harness<'_, Stand>| gfx::passes(&harness.ctx);
    let first = passes(&harness);
    assert!(first >= 1);
    harness.run_steps(5);
    assert_eq!(passes(&harness), first);
    harness.state_mut().camera.orbit(vec2(10.0, 0.0));
    harness.run_steps(3);
    assert_eq!(passes(&harness), first + 1);
    harness.state_mut().scene.fields[0].id += 1;
    harness.run_steps(3);
    assert_eq!(passes(&harness), first + 2);
    harness.state_mut().scene.balls[0].at[0] += 0.1;
    harness.run_steps(3);
    assert_eq!(passes(&harness), first + 3);
}

#[test]
fn hands_turn_it_and_a_double_click_returns() {
    let mut harness = stand(bowl(Theme::Dark), Camera::default(), Theme::Dark, false);
    harness.state_mut().camera.flat = false;
    // Without an adapter there is nothing to turn.
    drag(&mut harness, Pos2::new(380.0, 200.0), vec2(60.0, 0.0));
    assert!(harness.state().camera.is_home());
    assert_eq!(shown(&harness).drawn, Drawn::Instead("no graphics adapter".to_owned()));
    if !adapter::can_draw() {
        return;
    }
    let mut harness = stand(bowl(Theme::Dark), Camera::default(), Theme::Dark, true);
    let yaw = |harness: &Harness<'_, Stand>| harness.state().camera.yaw;
    let before = yaw(&harness);
    drag(&mut harness, Pos2::new(500.0, 60.0), vec2(60.0, 0.0));
    assert!(yaw(&harness) > before + 0.2, "{} {before}", yaw(&harness));
    for _ in 0..2 {
        harness.drag_at(Pos2::new(500.0, 60.0));
        harness.run_steps(1);
        harness.drop_at(Pos2::new(500.0, 60.0));
        harness.run_steps(1);
    }
    assert!(harness.state().camera.is_home());
    // The keyboard does the same, for whom it serves.
    harness.key_press(Key::ArrowLeft);
    harness.run_steps(2);
    assert!(harness.state().camera.is_home());
    shown(&harness).response.request_focus();
    harness.run_steps(2);
    harness.key_press(Key::ArrowLeft);
    harness.key_press(Key::ArrowUp);
    harness.run_steps(2);
    assert!(yaw(&harness) < before && !harness.state().camera.is_home());
    harness.key_press(Key::R);
    harness.run_steps(2);
    assert!(harness.state().camera.is_home());
}

#[test]
fn a_cross_follows_the_hand_and_the_camera_stays() {
    for solid in [true, false] {
        if solid && !adapter::can_draw() {
            continue;
        }
        let mut harness = stand(bowl(Theme::Dark), Camera::default(), Theme::Dark, solid);
        let stand = harness.state();
        let shown = shown(&harness);
        let cross = stand.scene.on_field(stand.scene.crosses[0].at);
        let from = shown.project(&stand.scene, cross);
        let to = shown.project(&stand.scene, stand.scene.on_field([0.6, 0.3]));
        harness.drag_at(from);
        harness.run_steps(1);
        harness.hover_at(from + 0.5 * (to - from));
        harness.run_steps(1);
        harness.hover_at(to);
        harness.run_steps(1);
        let (index, place) = self::shown(&harness).dragged.expect("a hand holds it");
        assert_eq!(index, 0);
        assert!((place[0] - 0.6).abs() < 0.02 && (place[1] - 0.3).abs() < 0.02, "{place:?}");
        assert!(harness.state().camera.is_home());
    }
}

fn drag(harness: &mut Harness<'_, Stand>, from: Pos2, by: Vec2) {
    harness.drag_at(from);
    harness.run_steps(1);
    for part in 1..=4 {
        harness.hover_at(from + by * (part as f32 / 4.0));
        harness.run_steps(1);
    }
    harness.drop_at(from + by);
    harness.run_steps(1);
}

/// Everything a scene can hold.
fn bowl(look: Theme) -> Scene {
    let t = look.tokens();
    let mut scene = Scene::new([
        Axis::new("angle θ", "rad", -1.0, 1.0),
        Axis::new("speed ω", "rad/s", -1.0, 1.0),
        Axis::new("value V", "", 0.0, 1.0),
    ]);
    let height = |x: f32, y: f32| {
        let (x, y) = (2.0 * x - 1.0, 2.0 * y - 1.0);
        0.12 + 0.75 * (-4.0 * (x * x + y * y - 0.35).powi(2)).exp() * (0.75 + 0.25 * x)
    };
    let mut hill = field(height, theme::viridis);
    let levels = (1..12).map(|level| level as f32 / 12.0).collect();
    hill.isolines.push(Isolines::thin(levels, theme::isoline()));
    hill.hatched = Some((0..POINTS * POINTS).map(|i| i % POINTS > 52 && i / POINTS < 20).collect());
    hill.ground = true;
    scene.fields.push(hill);
    let way = |shift: f32| -> Vec<[f32; 2]> {
        (0..40)
            .map(|i| i as f32 / 39.0)
            .map(|t| [1.5 * t - 0.8, shift + 0.5 * (4.0 * t).sin()])
            .collect()
    };
    let line = |shift, colour, width| Line {
        casing: Some(t.casing),
        ..Line::new(scene.draped(&way(shift)), colour, width)
    };
    let (real, dreamt) = (line(-0.2, t.real, 3.4), line(-0.05, t.imagined, 2.4));
    let ball =
        Ball { at: scene.on_field([0.7, -0.5]), radius: 7.0, colour: t.imagined, casing: t.casing };
    scene.lines.extend([Line { dashed: true, ..dreamt }, real]);
    scene.balls.push(ball);
    scene.crosses.push(Cross {
        at: [-0.35, -0.6],
        arm: 0.06,
        colour: t.real,
        casing: t.casing,
        grip: true,
    });
    let at = scene.on_field([-0.35, -0.6]);
    let colour = t.real.gamma_multiply(0.25);
    scene.planes.push(TangentPlane {
        at,
        slope: [0.5, 0.7],
        half: [0.3, 0.3],
        colour,
        edge: t.text,
    });
    scene.labels.push(Label {
        at: [0.7, -0.5, at[2]],
        text: "the ball".to_owned(),
        colour: t.text_strong,
    });
    scene
}

#[test]
fn everything_together_looks_as_before() {
    if !adapter::can_compare() {
        return;
    }
    let mut results = egui_kittest::SnapshotResults::new();
    for (look, name) in [(Theme::Dark, "solid-dark"), (Theme::Light, "solid-light")] {
        let mut harness = stand(bowl(look), Camera::default(), look, true);
        let options = SnapshotOptions::new().threshold(1.0).max_failed_pixels(60);
        results.add(harness.try_snapshot_options(name, &options));
    }
    let mut harness = stand(bowl(Theme::Dark), Camera::default(), Theme::Dark, false);
    let options = SnapshotOptions::new().threshold(1.0).max_failed_pixels(24);
    results.add(harness.try_snapshot_options("solid-flat", &options));
}

#[test]
fn films_have_depth_as_well() {
    if !adapter::can_draw() {
        return;
    }
    let out = std::env::temp_dir().join(format!("depth-{}.png", std::process::id()));
    let film = std::process::Command::new(env!("CARGO_BIN_EXE_imaginarium"))
        .args(["film", "dyna-maze", "--panel", "surface", "--size", "800x450"])
        .args(["--seconds", "1", "--force", "--out"])
        .arg(&out)
        .output()
        .unwrap();
    assert!(film.status.success(), "{}", String::from_utf8_lossy(&film.stderr));
    let image = image::open(&out).unwrap().into_rgba8();
    std::fs::remove_file(&out).unwrap();
    let [r, g, b, _] = Theme::Dark.tokens().panel.to_array();
    let at = |x: f32, y: f32| pixel(&image, Pos2::new(800.0 * x, 450.0 * y));
    // A map would fill the panel; a surface seen from the side leaves its corners free.
    assert_eq!(at(0.1, 0.3), [r, g, b]);
    assert_ne!(at(0.406, 0.533), [r, g, b]);
}
