//! The picture in a run's tile where a body moves, and its numbers.

use egui::{Align2, Ui, Vec2, vec2};

use super::Cx;
use crate::app::actions::Action;
use crate::app::theme;
use crate::app::widgets::body_picture::{BodyPicture, has_time_around};
use crate::app::widgets::text;
use crate::app::words::minus;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::mdp::physical::{Body, Dimension, wrap};
use crate::mdp::scene::{BodyScene, Scene};

/// Least width beside the picture for its numbers, in points before the text scale.
const BESIDE: f32 = 100.0;

/// Draws run `index` into a box of `size` points.
pub fn picture(ui: &mut Ui, index: usize, scene: &BodyScene, size: Vec2, cx: &mut Cx<'_>) {
    let run = &cx.snapshot.runs[index];
    let path: Vec<Body> = run.lane.path.episode().copied().collect();
    let picture = BodyPicture {
        label: &format!("Body of run {} {}: {}", run.letter, run.name, told(run).join(", ")),
        scene,
        path: &path,
        faded: run.failure.is_some(),
    };
    let points = theme::scale(ui.ctx());
    // Beside the picture if there is room, else above it.
    let beside = size.x - size.y.min(size.x) > 2.0 * BESIDE * points;
    let font = theme::code_medium(ui.ctx());
    let wide = |words: &String| {
        text::line(ui.painter(), words, font.clone(), egui::Color32::PLACEHOLDER).size().x
    };
    let lines = if beside { told(run) } else { told_briefly(run) };
    let lines =
        if lines.iter().map(wide).fold(0.0, f32::max) > size.x { told_bare(run) } else { lines };
    let line_high = 18.0 * points;
    let head = if beside { 0.0 } else { line_high * lines.len() as f32 };
    let (t, top) = (theme::tokens(ui.ctx()), ui.cursor().min);
    ui.add_space(head);
    let size = size - vec2(0.0, head);
    let response = picture.ui(ui, size);
    let painter = ui.painter();
    for (index, words) in lines.iter().enumerate() {
        let line = text::line(painter, words, font.clone(), t.text);
        let at = top + vec2(0.0, index as f32 * line_high);
        text::place(painter, &line, at, Align2::LEFT_TOP);
    }
    if beside && has_time_around(scene, size, points) {
        let foot = response.rect.left_bottom() - vec2(0.0, 2.0);
        let words = ["time runs outwards,", "a ring is 10 steps"];
        let font = theme::small(ui.ctx());
        let mut at = foot;
        for words in words.iter().rev() {
            let line = text::line(painter, words, font.clone(), t.text_weak);
            at.y -= text::place(painter, &line, at, Align2::LEFT_BOTTOM).height();
        }
    }
    if response.clicked() {
        cx.actions.push(Action::Run(index));
    }
}

/// A number of a state as it is shown: angles within half a turn either way.
pub fn shown(dimension: &Dimension, x: f64) -> f64 {
    if dimension.turns { wrap(x) } else { x }
}

/// The numbers of the body, with sign so that they do not jump.
fn told(run: &RunSnapshot) -> Vec<String> {
    numbers(run, |d| d.name)
}

/// The same by their symbols alone, two on a line.
fn told_briefly(run: &RunSnapshot) -> Vec<String> {
    pairs(numbers(run, symbol))
}

fn symbol(d: &'static Dimension) -> &'static str {
    d.name.rsplit(' ').next().unwrap_or(d.name)
}

fn pairs(all: Vec<String>) -> Vec<String> {
    all.chunks(2).map(|pair| pair.join("   ")).collect()
}

/// Symbols and numbers without units, for a narrow tile.
fn told_bare(run: &RunSnapshot) -> Vec<String> {
    let bare =
        |words: String| words.rsplit_once(' ').map_or(words.clone(), |(bare, _)| bare.into());
    pairs(numbers(run, symbol).into_iter().map(bare).collect())
}

fn numbers(run: &RunSnapshot, name: fn(&'static Dimension) -> &'static str) -> Vec<String> {
    let (Scene::Body(scene), Some(body)) = (run.truth.scene(), run.lane.path.now()) else {
        return Vec::new();
    };
    let one = |(dimension, &x): (&'static Dimension, &f64)| {
        // What rounds to 0 has no sign.
        let number = minus(&format!("{:+.2}", shown(dimension, x)).replace("-0.00", "+0.00"));
        format!("{} {number} {}", name(dimension), dimension.unit)
    };
    scene.dimensions.iter().zip(&**body).map(one).collect()
}

/// What the episode under way has brought so far.
pub fn total(run: &RunSnapshot) -> String {
    minus(&format!("return {:.0}", run.lane.episode_return))
}

/// Text twin of a tile.
pub fn text(run: &RunSnapshot) -> String {
    let c = &run.lane.counters;
    format!(
        "{} {}: episode {}, step {}, return {} so far, {}",
        run.letter,
        run.name,
        c.episodes + 1,
        c.step,
        minus(&format!("{:.1}", run.lane.episode_return)),
        told(run).join(", "),
    )
}

/// Where every run's body was in its episode, newest last; `None` in worlds without bodies.
pub fn data(snapshot: &Snapshot) -> Option<String> {
    let Scene::Body(scene) = snapshot.runs[0].truth.scene() else {
        return None;
    };
    let keys: Vec<&str> = scene.dimensions.iter().map(|d| d.key).collect();
    let mut csv = format!("run,episode,step,{}\n", keys.join(","));
    for run in &snapshot.runs {
        let episode = run.lane.counters.episodes + 1;
        let path = run.lane.path.episode();
        let first = (run.lane.counters.step + 1).saturating_sub(path.len() as u64);
        for (step, body) in (first..).zip(path) {
            let numbers: Vec<String> = body.iter().map(f64::to_string).collect();
            csv += &format!("{},{episode},{step},{}\n", run.letter, numbers.join(","));
        }
    }
    Some(csv)
}
