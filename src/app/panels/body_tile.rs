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

/// Height of the line that says what the rings are, in points before the text scale.
const LEGEND: f32 = 18.0;
/// What they are, longer and shorter.
const RINGS: [&str; 3] = [
    "time runs outwards, a ring is 10 steps",
    "outwards: time; a ring: 10 steps",
    "a ring: 10 steps",
];

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
    let lines = if beside { told(run) } else { told_briefly(ui, run, size.x) };
    let line_high = 18.0 * points;
    let head = if beside { 0.0 } else { line_high * lines.len() as f32 };
    let (t, top) = (theme::tokens(ui.ctx()), ui.cursor().min);
    ui.add_space(head);
    let size = size - vec2(0.0, head);
    let foot = legend_height(scene, size, beside, points);
    let drawn = size - vec2(0.0, foot);
    let response = picture.ui(ui, drawn);
    let painter = ui.painter();
    for (index, words) in lines.iter().enumerate() {
        let line = text::line(painter, words, theme::code_medium(ui.ctx()), t.text);
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
    if foot > 0.0 && has_time_around(scene, drawn, points) {
        let font = theme::small(ui.ctx());
        let words = text::fitted(painter, &RINGS, &font, t.text_weak, size.x);
        let at = response.rect.center_bottom() + vec2(0.0, 1.0);
        text::place(painter, &words, at, Align2::CENTER_TOP);
    }
    ui.add_space(foot);
    if response.clicked() {
        cx.actions.push(Action::Run(index));
    }
}

/// Room below the picture for what its rings are, where there is none beside it; 0 where it has none.
fn legend_height(scene: &BodyScene, size: Vec2, beside: bool, points: f32) -> f32 {
    let rings = !beside && has_time_around(scene, size, points);
    if rings { LEGEND * points } else { 0.0 }
}

/// A number of a state as it is shown: angles within half a turn either way.
pub fn shown(dimension: &Dimension, x: f64) -> f64 {
    if dimension.turns { wrap(x) } else { x }
}

/// The numbers of the body, with sign so that they do not jump.
fn told(run: &RunSnapshot) -> Vec<String> {
    numbers(run, |d| d.name, true)
}

/// The same by their symbols alone, two on a line; without units where they would not fit into
/// `width`.
fn told_briefly(ui: &Ui, run: &RunSnapshot, width: f32) -> Vec<String> {
    let lines = |unit: bool| -> Vec<String> {
        let all = numbers(run, |d| d.name.rsplit(' ').next().unwrap_or(d.name), unit);
        all.chunks(2).map(|pair| pair.join("   ")).collect()
    };
    let ink = theme::tokens(ui.ctx()).text;
    let laid = |line: &String| text::line(ui.painter(), line, theme::code_medium(ui.ctx()), ink);
    let long = lines(true);
    match long.iter().all(|line| laid(line).size().x <= width) {
        true => long,
        false => lines(false),
    }
}

fn numbers(
    run: &RunSnapshot,
    name: fn(&'static Dimension) -> &'static str,
    unit: bool,
) -> Vec<String> {
    let (Scene::Body(scene), Some(body)) = (run.truth.scene(), run.lane.path.now()) else {
        return Vec::new();
    };
    let one = |(dimension, &x): (&'static Dimension, &f64)| {
        // What rounds to 0 has no sign.
        let number = minus(&format!("{:+.2}", shown(dimension, x)).replace("-0.00", "+0.00"));
        match unit {
            true => format!("{} {number} {}", name(dimension), dimension.unit),
            false => format!("{} {number}", name(dimension)),
        }
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

/// Where every run's body was in its episode, newest last, with a head wherever other numbers begin;
/// `None` in worlds without bodies.
pub fn data(snapshot: &Snapshot) -> Option<String> {
    let (mut csv, mut head) = (String::new(), String::new());
    for run in &snapshot.runs {
        let Scene::Body(scene) = run.truth.scene() else { continue };
        let keys: Vec<&str> = scene.dimensions.iter().map(|d| d.key).collect();
        let own = format!("run,episode,step,{}\n", keys.join(","));
        if own != head {
            csv += &own;
            head = own;
        }
        let episode = run.lane.counters.episodes + 1;
        let path = run.lane.path.episode();
        let first = (run.lane.counters.step + 1).saturating_sub(path.len() as u64);
        for (step, body) in (first..).zip(path) {
            let numbers: Vec<String> = body.iter().map(f64::to_string).collect();
            csv += &format!("{},{episode},{step},{}\n", run.letter, numbers.join(","));
        }
    }
    (!csv.is_empty()).then_some(csv)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envs::world;
    use crate::mdp::scene::Scenic as _;

    #[test]
    fn rings_are_named_wherever_they_are_drawn() {
        let info = world("pendulum").unwrap();
        let Scene::Body(scene) = info.build(None, &info.defaults()).unwrap().scene() else {
            panic!("a pendulum has a body");
        };
        for high in (100..400).map(|high| high as f32) {
            let size = vec2(290.0, high);
            let foot = legend_height(&scene, size, false, 1.0);
            let rings = has_time_around(&scene, size - vec2(0.0, foot), 1.0);
            assert!(!rings || foot == LEGEND, "{high}");
            assert_eq!(legend_height(&scene, size, true, 1.0), 0.0, "beside it there is room");
        }
        let size = vec2(290.0, 300.0);
        assert!(has_time_around(&scene, size - vec2(0.0, LEGEND), 1.0), "there are rings at all");
    }
}
