//! Latent states in a box: what was really reached, and what was imagined.

use egui::{Align2, Ui, vec2};

use super::room::Room;
use crate::app::theme::{self, Tokens};
use crate::app::widgets::text;
use crate::gfx::{self, Axis, Ball, Camera, Line, Scene};
use crate::probes::latent::imagines::Imagines;

/// Draws the box and lets a hand turn it.
pub fn ui(ui: &mut Ui, (found, room): (&Imagines, &Room), camera: &mut Camera, still: bool) {
    let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    let style = theme::solid(ui.ctx(), still);
    let scene = scene(found, room, &t);
    let rect = ui.available_rect_before_wrap();
    let line = 20.0 * points;
    let id = ui.scope_id().with("latents");
    let size = rect.size() - vec2(0.0, line);
    gfx::show(ui, (&style, "Latent states, real and imagined"), id, &scene, camera, size);
    let share: f64 = found.principal.shares.iter().take(3).sum();
    let words = [
        format!(
            "latent states z along their 3 main directions: {:.0} % of what differs; thin: drift",
            100.0 * share
        ),
        format!("3 main directions: {:.0} % of what differs", 100.0 * share),
    ];
    let words = words.each_ref().map(String::as_str);
    let font = theme::small(ui.ctx());
    let words = text::fitted(ui.painter(), &words, &font, t.text_weak, rect.width());
    text::place(ui.painter(), &words, rect.left_bottom(), Align2::LEFT_BOTTOM);
}

fn axis(found: &Imagines, room: &Room, index: usize) -> Axis {
    let share = found.principal.shares.get(index).copied().unwrap_or(0.0);
    let name = format!("{}: {:.0} %", ["1st", "2nd", "3rd"][index], 100.0 * share);
    Axis::new(&name, "", -room.half, room.half)
}

fn scene(found: &Imagines, room: &Room, t: &Tokens) -> Scene {
    let place = |at: [f64; 3]| at.map(|x| x as f32);
    let mut scene = Scene::new([0, 1, 2].map(|index| axis(found, room, index)));
    for &[from, to] in &found.links {
        let ends = vec![place(found.at[from]), place(found.at[to])];
        scene.lines.push(Line::new(ends, t.stroke_strong, 1.2));
    }
    let ball = |at: [f64; 3], radius: f32, colour| {
        let at = place(at);
        Ball { at, radius, colour, casing: t.casing }
    };
    let faint = t.real.gamma_multiply(0.55);
    scene.balls.extend(found.at.iter().map(|&at| ball(at, 2.4, faint)));
    for step in &found.steps[1.min(found.steps.len())..] {
        scene.lines.push(Line::new(step.at.map(place).to_vec(), t.text_weak, 1.0));
    }
    let way = |of: usize| found.steps.iter().map(|step| place(step.at[of])).collect();
    let dream = Line::new(way(1), t.imagined, 2.4);
    scene.lines.push(Line { dashed: true, ..dream });
    scene.lines.push(Line::new(way(0), t.real, 3.4));
    for step in &found.steps {
        scene.balls.push(ball(step.at[1], 4.0, t.imagined));
        scene.balls.push(ball(step.at[0], 4.6, t.real));
    }
    if let Some(root) = found.steps.first() {
        scene.balls.push(ball(root.at[0], 7.0, t.real));
    }
    scene
}
