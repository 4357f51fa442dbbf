//! Latent states in a box: what was really reached, and what was imagined.

use egui::{Align2, Ui, vec2};

use crate::app::theme::{self, Tokens};
use crate::app::widgets::text;
use crate::gfx::{self, Axis, Ball, Camera, Line, Scene};
use crate::probes::latent::imagines::Imagines;

/// Half the width of the box, the same along all directions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Room {
    of: Option<u64>,
    half: f64,
}

impl Room {
    /// Makes room for what was found; another arena begins anew.
    pub fn grow(&mut self, found: &Imagines, arena: u64) {
        if self.of != Some(arena) {
            *self = Self { of: Some(arena), half: 0.0 };
        }
        let imagined = found.steps.iter().flat_map(|step| step.at);
        let all = found.at.iter().copied().chain(imagined).flatten();
        let most = all.fold(1e-3, |most: f64, x| most.max(x.abs()));
        self.half = self.half.max(step_up(most));
    }
}

/// The next of 1, 2, 5 at or above a positive number.
fn step_up(x: f64) -> f64 {
    let decade = 10_f64.powf(x.log10().floor());
    let steps = [1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0].map(|m| m * decade);
    steps.into_iter().find(|step| *step >= x * (1.0 - 1e-9)).unwrap_or(steps[6])
}

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

#[cfg(test)]
mod tests {
    use super::step_up;

    #[test]
    fn boxes_have_round_ends() {
        assert_eq!([0.9, 1.0, 1.2, 4.0, 71.0].map(step_up), [1.0, 1.0, 1.5, 5.0, 100.0]);
    }
}
