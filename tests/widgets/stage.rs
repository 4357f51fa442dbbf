//! What the pages of the gallery share: themes, tiles and the data they show.

use egui::{Rect, Ui, UiBuilder, Vec2, pos2, vec2};
use egui_kittest::Harness;
use imaginarium::app::theme::{self, Theme};
use imaginarium::app::widgets::chart::{Chart, Curve, Mark, MarkKind};

use crate::dyna::{self, Dice, Lane};

/// Text scale of each theme's page.
const THEMES: [(Theme, f32); 4] = [
    (Theme::Dark, 1.0),
    (Theme::Light, 1.0),
    (Theme::ProjectorDark, 1.3),
    (Theme::ProjectorLight, 1.6),
];

/// Draws a page in every theme, down to triangles.
pub fn gallery(size: [f32; 2], draw: impl Fn(&mut Ui)) {
    for (look, scale) in THEMES {
        let mut harness = Harness::builder()
            .with_size(Vec2::from(size))
            .with_context_setup(move |ctx| {
                imaginarium::app::fonts::install(ctx);
                theme::install(ctx, look, scale);
            })
            .build_ui(|ui| draw(ui));
        harness.run_steps(3);
        let shapes = harness.output().shapes.clone();
        assert!(!harness.ctx.tessellate(shapes, 1.0).is_empty());
    }
}

/// A tile with a title at a place of the page.
pub fn tile(ui: &mut Ui, rect: [f32; 4], title: &str, draw: impl FnOnce(&mut Ui)) {
    let t = theme::tokens(ui.ctx());
    let rect = Rect::from_min_size(pos2(rect[0], rect[1]), vec2(rect[2], rect[3]));
    let stroke = egui::Stroke::new(1.0, t.stroke);
    ui.painter().rect(rect, 10, t.panel, stroke, egui::StrokeKind::Inside);
    let mut inner = ui.new_child(UiBuilder::new().max_rect(rect.shrink2(vec2(16.0, 14.0))));
    inner.label(egui::RichText::new(title).font(theme::body(ui.ctx())).color(t.text_strong));
    draw(&mut inner);
}

pub struct Data {
    pub curves: Vec<[Vec<[f64; 2]>; 3]>,
    pub rings: Vec<Vec<[f64; 2]>>,
    pub lanes: Vec<Lane>,
}

pub fn data() -> Data {
    let plans = [0, 5, 50];
    let curves = plans.map(dyna::curve).to_vec();
    let mut lanes: Vec<Lane> = plans.map(|plan| Lane::new(plan, 7)).into_iter().collect();
    for lane in &mut lanes {
        (0..9).for_each(|_| lane.episode());
        lane.trail.truncate(1);
        (0..9).for_each(|_| assert!(!lane.advance()));
    }
    let ring = |lane: &Lane| {
        lane.steps.iter().enumerate().map(|(index, steps)| [index as f64 + 1.0, *steps]).collect()
    };
    Data { rings: lanes.iter().map(ring).collect(), curves, lanes }
}

pub const NAMES: [&str; 3] = ["n = 0", "n = 5", "n = 50"];

pub fn curves<'a>(
    data: &'a Data,
    t: &theme::Tokens,
    until: usize,
    ahead: Option<f64>,
) -> Vec<Curve<'a>> {
    let letters = ['A', 'B', 'C'];
    let curve = |index: usize| {
        let [mean, low, high] = &data.curves[index];
        Curve {
            letter: letters[index],
            name: NAMES[index],
            color: t.runs[index],
            mean: &mean[..until],
            band: Some((&low[..until], &high[..until])),
            rings: &data.rings[index][..until.min(9)],
            ahead_from: ahead,
            marks: &[],
        }
    };
    (0..3).map(curve).collect()
}

pub fn steps_chart(id: &str) -> Chart<'_> {
    Chart {
        id,
        x_label: "episode",
        note: "line: mean of 30 seeds, band: 10 to 90 %, rings: seed 7",
        log_x: true,
        log_y: true,
        x_end: Some(50.0),
        reference: Some((14.0, "shortest path: 14 steps".into())),
        ..Chart::default()
    }
}

/// Cumulative reward after a wall has moved, with a fork.
pub fn rising() -> Vec<[Vec<[f64; 2]>; 3]> {
    let slopes = [(0.04, 0.012), (0.06, 0.035), (0.06, 0.045)];
    slopes
        .iter()
        .enumerate()
        .map(|(run, (before, after))| {
            let mut dice = Dice(run as u64);
            let (mut level, mut curves) = (0.0, [Vec::new(), Vec::new(), Vec::new()]);
            for x in 0..2000 {
                let x = 1.5 * f64::from(x);
                let rate = if x < 200.0 {
                    0.0
                } else if x < 1000.0 {
                    *before
                } else if x < 1400.0 {
                    0.0
                } else {
                    *after
                };
                level += 1.5 * rate * 2.0 * dice.unit();
                let spread = 0.004 * x;
                for (curve, y) in curves.iter_mut().zip([level, level - spread, level + spread]) {
                    curve.push([x, y]);
                }
            }
            curves
        })
        .collect()
}

pub fn long_curves<'a>(
    data: &'a [[Vec<[f64; 2]>; 3]],
    marks: &'a [Vec<Mark>],
    t: &theme::Tokens,
) -> Vec<Curve<'a>> {
    let letters = ['A', 'B', 'C'];
    let names = ["Dyna-Q", "Dyna-Q+, κ = 10⁻⁴", "fork of B, κ = 10⁻³"];
    let curve = |index: usize| Curve {
        letter: letters[index],
        name: names[index],
        color: t.runs[index],
        mean: &data[index][0],
        band: Some((&data[index][1], &data[index][2])),
        rings: if index == 1 { &data[1][0][..600] } else { &[] },
        ahead_from: Some(1120.0),
        marks: &marks[index],
    };
    (0..3).map(curve).collect()
}

pub fn events() -> Vec<Vec<Mark>> {
    let moves = Mark { x: 1000.0, text: "the wall moves".into(), kind: MarkKind::Change };
    let failed = Mark { x: 2200.0, text: "not a number".into(), kind: MarkKind::Failure };
    let step =
        Mark { x: 1300.0, text: "C: κ 10⁻⁴ → 10⁻³".into(), kind: MarkKind::Change };
    vec![vec![moves.clone(), failed], vec![moves.clone()], vec![moves, step]]
}
