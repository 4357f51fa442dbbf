//! The world with both futures in it: what is real solid, what is imagined dashed, and what lies
//! beyond the horizon grey.

use egui::{
    Align2, Color32, Painter, Pos2, Rect, Sense, Shape as Ink, Stroke, StrokeKind, Ui, Vec2, vec2,
};

use super::{PALE, Shown};
use crate::app::panels::look::kind;
use crate::app::theme::{self, Tokens};
use crate::app::widgets::body_picture::{Frame, Look, paint_body, paint_still, rod_of, tip};
use crate::app::widgets::grid_picture::GridPicture;
use crate::app::widgets::{dashes, text};
use crate::experiment::snapshot::RunSnapshot;
use crate::mdp::physical::Body;
use crate::mdp::scene::{BodyScene, GridScene, Part, Scene, Shape};
use crate::probes::dynamics::Place;
use crate::probes::imagined::STEPS;

/// Steps between two bodies that are drawn, and between two rings of time.
const GHOST: usize = 5;
const RING: usize = 10;

/// Draws it; returns the place that was clicked.
pub fn ui(ui: &mut Ui, rect: Rect, run: &RunSnapshot, shown: &Shown<'_>) -> Option<Place> {
    match run.truth.scene() {
        Scene::Body(scene) => {
            let response = ui.allocate_rect(rect, Sense::CLICK);
            let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
            body(&painter, rect, scene, shown);
            let at = response.interact_pointer_pos().filter(|_| response.clicked())?;
            picked(fitted(rect, scene), scene, at).map(Place::Body)
        }
        Scene::Grid(grid) => cells(ui, rect, grid, shown).map(|cell| Place::State(cell as u32)),
        Scene::Graph(_) | Scene::Board(_) | Scene::States(_) => None,
    }
}

/// Points of a path between two steps, so that a fast turn is no corner.
const BETWEEN: usize = 6;

/// The colour of an imagined step: paler beyond the horizon, where nobody asks for it.
fn hue(t: &Tokens, shown: &Shown<'_>, step: usize) -> Color32 {
    match shown.horizon {
        Some(horizon) if step > horizon => t.imagined.gamma_multiply(PALE),
        _ => t.imagined,
    }
}

/// Where a scene lies in `rect`, with room for the rings of time around what swings.
fn fitted(rect: Rect, scene: &BodyScene) -> Frame {
    Frame::fit(rect.shrink(4.0), scene, rod_of(scene).is_some_and(|rod| rod.slides.is_none()))
}

/// The state of rest at the angle where somebody clicked.
fn picked(frame: Frame, scene: &BodyScene, at: Pos2) -> Option<Body> {
    let rod = rod_of(scene).filter(|rod| rod.slides.is_none())?;
    let (index, left) = rod.turns?;
    let away = at - frame.at(rod.at);
    let turn = f64::from((-away.x).atan2(-away.y));
    let mut numbers = [0.0; Body::MOST];
    numbers[index] = if left { turn } else { -turn };
    Some(Body::new(&numbers[..scene.dimensions.len()]))
}

fn body(painter: &Painter, rect: Rect, scene: &BodyScene, shown: &Shown<'_>) {
    let t = theme::tokens(painter.ctx());
    let frame = fitted(rect, scene);
    paint_still(painter, frame, scene, &t);
    let rod = rod_of(scene);
    if let Some(rod) = rod.filter(|rod| rod.slides.is_none()) {
        rings(painter, rect, frame, (rod, shown), &t);
    }
    ghosts(painter, frame, scene, shown, &t);
    if let Some(rod) = rod {
        let path = |bodies: &[Body]| -> Vec<Pos2> {
            match rod.slides {
                Some(_) => bodies.iter().map(|body| frame.at(tip(rod, body))).collect(),
                None => finer(bodies, |step, body| on_ring(rect, frame, rod, step, body)),
            }
        };
        let by = if rod.slides.is_some() { 1 } else { BETWEEN };
        futures(painter, (&path(&shown.dream.bodies), &path(&shown.real.bodies), by), shown, &t);
    }
    let at = |bodies: &[Body]| if shown.driven { bodies.last().copied() } else { None };
    if let Some(dream) = at(&shown.dream.bodies) {
        paint_body(painter, frame, scene, &dream, (Look::Imagined, &t));
    }
    let real = at(&shown.real.bodies).or_else(|| shown.real.bodies.first().copied());
    if let Some(real) = real {
        paint_body(painter, frame, scene, &real, (Look::Real, &t));
    }
}

/// A path through all bodies with [`BETWEEN`] points a step: angles and time run on evenly.
fn finer(bodies: &[Body], place: impl Fn(f32, &Body) -> Pos2) -> Vec<Pos2> {
    let mut path = Vec::with_capacity(bodies.len() * BETWEEN);
    for (step, pair) in bodies.windows(2).enumerate() {
        for part in 0..BETWEEN {
            let share = part as f64 / BETWEEN as f64;
            let mut mixed = [0.0; Body::MOST];
            for (x, (a, b)) in mixed.iter_mut().zip(pair[0].iter().zip(pair[1].iter())) {
                *x = a + (b - a) * share;
            }
            path.push(place((step as f64 + share) as f32, &Body::new(&mixed[..pair[0].len()])));
        }
    }
    path.extend(bodies.last().map(|body| place(bodies.len() as f32 - 1.0, body)));
    path
}

/// Both lines, `by` points a step, the imagined one below.
fn futures(
    painter: &Painter,
    (dream, real, by): (&[Pos2], &[Pos2], usize),
    shown: &Shown<'_>,
    t: &Tokens,
) {
    let near = shown.horizon.map_or(dream.len(), |horizon| dream.len().min(horizon * by + 1));
    for (part, from) in [(&dream[..near], 0), (&dream[near.saturating_sub(1)..], STEPS)] {
        let stroke = Stroke::new(2.4, hue(t, shown, from).gamma_multiply(0.85));
        dashes::paint(painter, part, stroke, dashes::ON, dashes::OFF);
    }
    painter.add(Ink::line(real.to_vec(), Stroke::new(3.4, t.real)));
    let last = shown.dream.bodies.len().saturating_sub(1);
    if let Some(&end) = dream.last() {
        painter.circle_filled(end, 4.0, hue(t, shown, last));
    }
    if let Some(&end) = real.last() {
        painter.circle(end, 5.0, t.text_strong, Stroke::new(2.5, t.real));
    }
}

/// Bodies on the way, fainter the later; where a person drives, those left behind.
fn ghosts(painter: &Painter, frame: Frame, scene: &BodyScene, shown: &Shown<'_>, t: &Tokens) {
    if shown.driven {
        return;
    }
    let fading = |step: usize| {
        let mut faint = painter.clone();
        faint.multiply_opacity(0.95 - 0.65 * step as f32 / STEPS as f32);
        faint
    };
    let on_the_way = |bodies: &[Body]| -> Vec<(usize, Body)> {
        bodies.iter().copied().enumerate().skip(GHOST).step_by(GHOST).collect()
    };
    for (step, body) in on_the_way(&shown.dream.bodies).iter().rev() {
        let t = Tokens { imagined: hue(t, shown, *step), ..*t };
        paint_body(&fading(*step), frame, scene, body, (Look::Imagined, &t));
    }
    for (step, body) in on_the_way(&shown.real.bodies).iter().rev() {
        paint_body(&fading(*step), frame, scene, body, (Look::Past, t));
    }
}

/// Inner and outer radius of time around a rod.
fn radii(rect: Rect, frame: Frame, rod: &Part) -> (f32, f32) {
    let length = if let Shape::Rod { length, .. } = rod.shape { length } else { 0.0 };
    (frame.long(length) * 1.08, 0.5 * rect.size().min_elem() - 8.0)
}

/// Where a body of step `step` lies: the angle goes round, time runs outwards.
fn on_ring(rect: Rect, frame: Frame, rod: &Part, step: f32, body: &Body) -> Pos2 {
    let (inner, outer) = radii(rect, frame, rod);
    let radius = inner + (outer - inner) * step / STEPS as f32;
    let (_, turn) = rod.pose(body);
    frame.at(rod.at) + vec2(-turn.sin(), -turn.cos()) * radius
}

/// Where rings are named: the first way out from the rod that both futures leave free.
fn free_way(rod: &Part, shown: &Shown<'_>) -> Vec2 {
    const CLEAR: f32 = 0.35;
    let ways = [Vec2::DOWN, Vec2::UP, Vec2::RIGHT, Vec2::LEFT];
    let out = |body: &Body| {
        let (_, turn) = rod.pose(body);
        vec2(-turn.sin(), -turn.cos())
    };
    let bodies = || shown.real.bodies.iter().chain(&shown.dream.bodies);
    let free = |way: &Vec2| bodies().all(|body| out(body).dot(*way) < 1.0 - CLEAR);
    ways.into_iter().find(free).unwrap_or(Vec2::DOWN)
}

/// Rings of time; those far enough from each other are named.
fn rings(
    painter: &Painter,
    rect: Rect,
    frame: Frame,
    (rod, shown): (&Part, &Shown<'_>),
    t: &Tokens,
) {
    let way = free_way(rod, shown);
    let (inner, outer) = radii(rect, frame, rod);
    let center = frame.at(rod.at);
    for step in (0..=STEPS).step_by(RING) {
        let radius = inner + (outer - inner) * step as f32 / STEPS as f32;
        painter.circle_stroke(center, radius, Stroke::new(1.0, t.stroke));
        let font = theme::small(painter.ctx());
        let words = text::line(painter, &step.to_string(), font, t.text_weak);
        let crowded = (outer - inner) * (RING as f32 / STEPS as f32) < words.size().y;
        if step == 0 || crowded && step < STEPS {
            continue;
        }
        let at = center + way * radius;
        let seat = Rect::from_center_size(at, words.size() + vec2(4.0, 0.0));
        painter.rect(seat, 2, t.panel, Stroke::NONE, StrokeKind::Inside);
        text::place(painter, &words, at, Align2::CENTER_CENTER);
    }
}

/// The map with both ways; returns the cell that was clicked.
fn cells(ui: &mut Ui, rect: Rect, grid: &GridScene, shown: &Shown<'_>) -> Option<usize> {
    let t = theme::tokens(ui.ctx());
    let kinds: Vec<_> = grid.cells.iter().map(|&cell| kind(cell)).collect();
    let size = rect.size() - Vec2::splat(8.0);
    let picture = GridPicture {
        label: "Map with both ways",
        cols: grid.cols,
        rows: grid.rows,
        cells: &kinds,
        wind: &grid.wind,
        ..GridPicture::default()
    };
    let done = picture.ui(ui, size);
    let outer = done.response.rect;
    let painter = ui.painter().with_clip_rect(outer.expand(4.0).intersect(ui.clip_rect()));
    let place = |body: &Body| {
        let index = body[0] as usize * grid.cols + body[1] as usize;
        picture.cell_rect(outer, index).center()
    };
    let pitch = picture.cell_rect(outer, 0).width();
    // Beside each other, so that two ways that agree are both seen.
    let aside = Vec2::splat((0.12 * pitch).min(6.0));
    let dream: Vec<Pos2> = shown.dream.bodies.iter().map(|body| place(body) + aside).collect();
    let real: Vec<Pos2> = shown.real.bodies.iter().map(|body| place(body) - aside).collect();
    futures(&painter, (&dream, &real, 1), shown, &t);
    for (step, at) in dream.iter().enumerate().skip(1) {
        let faint = 0.95 - 0.65 * step as f32 / STEPS as f32;
        painter.circle_filled(*at, 3.0, hue(&t, shown, step).gamma_multiply(faint));
    }
    if let Some(&at) = if shown.driven { real.last() } else { real.first() } {
        painter.circle(at, (0.2 * pitch).clamp(4.0, 9.0), t.text_strong, Stroke::new(3.0, t.real));
    }
    done.clicked_cell
}
