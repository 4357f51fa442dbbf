//! A body that moves: a pendulum, a pole on a cart. What is real is filled; where it was is fainter.
//!
//! A rod that only turns has room around it for its past: there time runs outwards, the angle goes
//! round, and the outermost point is now.

use egui::{
    Align2, Color32, Painter, Pos2, Rect, Response, Role, Sense, Shape as Ink, Stroke, StrokeKind,
    Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::{dashes, text};
use crate::app::theme::{self, Tokens};
use crate::mdp::physical::Body;
use crate::mdp::scene::{BodyScene, Part, Shape};

/// Steps of the past that are drawn.
pub const PAST: usize = 40;
/// Steps between two rings of time, and between two bodies left behind.
const RING: usize = 10;
/// The circle of the rod beside the whole picture, where time runs around it.
const INNER: f32 = 0.55;
/// Lower pictures than this (in points before the text scale) have no room for time around.
const LOW: f32 = 170.0;
/// Opacity of the last good picture of a failed run.
const FADED: f32 = 0.4;

/// How a body is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Look {
    /// It is there.
    Real,
    /// It was there.
    Past,
    /// It is dreamt to be there.
    Imagined,
}

/// Metres on the screen.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    center: Pos2,
    scale: f32,
    middle: f32,
}

impl Frame {
    /// All of `scene` in `rect`, with room for time around it if asked for.
    pub fn fit(rect: Rect, scene: &BodyScene, time_around: bool) -> Self {
        let (half, low, high) = scene.extent;
        let room = if time_around { INNER } else { 1.0 };
        let scale = (rect.width() / (2.0 * half)).min(rect.height() / (high - low)) * room;
        Self { center: rect.center(), scale, middle: (low + high) / 2.0 }
    }

    /// Where a place in metres lies.
    pub fn at(&self, [x, y]: [f32; 2]) -> Pos2 {
        self.center + vec2(x, self.middle - y) * self.scale
    }

    /// A length in metres.
    pub fn long(&self, metres: f32) -> f32 {
        metres * self.scale
    }
}

/// The rod that tells how the body stands.
pub fn rod_of(scene: &BodyScene) -> Option<&Part> {
    scene.parts.iter().find(|part| matches!(part.shape, Shape::Rod { .. }) && part.turns.is_some())
}

/// Where the end of a rod is, in metres.
pub fn tip(rod: &Part, body: &[f64]) -> [f32; 2] {
    let ([x, y], turn) = rod.pose(body);
    let Shape::Rod { length, .. } = rod.shape else {
        return [x, y];
    };
    [x - length * turn.sin(), y + length * turn.cos()]
}

/// Whether a picture of this size shows the past on rings of time around the rod.
pub fn has_time_around(scene: &BodyScene, size: Vec2, points: f32) -> bool {
    rod_of(scene).is_some_and(|rod| rod.slides.is_none()) && size.min_elem() >= LOW * points
}

/// What never moves: tracks and pegs.
pub fn paint_still(painter: &Painter, frame: Frame, scene: &BodyScene, t: &Tokens) {
    for part in scene.parts.iter().filter(|part| is_still(part)) {
        if let Shape::Line { from, to } = part.shape {
            let stroke = Stroke::new(2.0, t.stroke_strong);
            painter.line_segment([frame.at(from), frame.at(to)], stroke);
        }
    }
}

fn is_still(part: &Part) -> bool {
    part.slides.is_none() && part.turns.is_none() && matches!(part.shape, Shape::Line { .. })
}

/// The body in one place.
pub fn paint_body(
    painter: &Painter,
    frame: Frame,
    scene: &BodyScene,
    body: &[f64],
    (look, t): (Look, &Tokens),
) {
    for part in scene.parts.iter().filter(|part| !is_still(part)) {
        let (at, turn) = part.pose(body);
        let at = frame.at(at);
        match part.shape {
            Shape::Rod { length, width } => {
                let along = vec2(-turn.sin(), -turn.cos()) * frame.long(length);
                let across = along.rot90().normalized() * (0.5 * frame.long(width)).max(2.0);
                let corners = [at + across, at + along + across, at + along - across, at - across];
                paint_area(painter, &corners, (look, t));
            }
            Shape::Box { width, height } => {
                let half = 0.5 * vec2(frame.long(width), frame.long(height));
                let box_ = Rect::from_center_size(at, 2.0 * half);
                let corners =
                    [box_.left_top(), box_.right_top(), box_.right_bottom(), box_.left_bottom()];
                paint_area(painter, &corners, (look, t));
            }
            Shape::Disc { radius } if look == Look::Real => {
                let radius = frame.long(radius).max(3.0);
                painter.circle(at, radius, t.panel, Stroke::new(1.5, t.text_strong));
            }
            Shape::Disc { .. } | Shape::Line { .. } => {}
        }
    }
}

fn paint_area(painter: &Painter, corners: &[Pos2], (look, t): (Look, &Tokens)) {
    let closed: Vec<Pos2> = corners.iter().chain(corners.first()).copied().collect();
    let fill = |color: Color32, edge: Stroke| Ink::convex_polygon(corners.to_vec(), color, edge);
    match look {
        Look::Real => {
            painter.add(fill(t.real, Stroke::new(1.5, t.text_strong)));
        }
        Look::Past => {
            painter.add(fill(t.real.gamma_multiply(0.28), Stroke::NONE));
        }
        Look::Imagined => {
            painter.add(fill(t.imagined.gamma_multiply(0.32), Stroke::NONE));
            let stroke = Stroke::new(1.6, t.imagined);
            dashes::paint(painter, &closed, stroke, 5.0, 3.4);
        }
    }
}

/// What to paint.
#[derive(Clone, Copy)]
pub struct BodyPicture<'a> {
    /// What a screen reader says about the picture.
    pub label: &'a str,
    /// What it is made of.
    pub scene: &'a BodyScene,
    /// Where it was in this episode, oldest first; it is in the last one.
    pub path: &'a [Body],
    /// Paints everything at 40 %: the last good picture of a failed run.
    pub faded: bool,
}

impl BodyPicture<'_> {
    /// Draws the picture into a box of `size` points.
    pub fn ui(&self, ui: &mut Ui, size: Vec2) -> Response {
        let (outer, response) = ui.allocate_exact_size(size, Sense::CLICK);
        if ui.is_rect_visible(outer) {
            let mut painter = ui.painter().with_clip_rect(outer.intersect(ui.clip_rect()));
            if self.faded {
                painter.multiply_opacity(FADED);
            }
            let tokens = theme::tokens(ui.ctx());
            self.paint(&painter, outer, &tokens);
        }
        response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), self.label));
        response
    }

    fn paint(&self, painter: &Painter, outer: Rect, t: &Tokens) {
        let time_around = has_time_around(self.scene, outer.size(), theme::scale(painter.ctx()));
        let frame = Frame::fit(outer.shrink(4.0), self.scene, time_around);
        let past = &self.path[self.path.len().saturating_sub(PAST + 1)..];
        paint_still(painter, frame, self.scene, t);
        let rod = rod_of(self.scene);
        for body in past.iter().rev().skip(RING).step_by(RING) {
            paint_body(painter, frame, self.scene, body, (Look::Past, t));
        }
        match rod {
            Some(rod) if time_around => self.time_around(painter, frame, (rod, past), outer, t),
            Some(rod) if rod.slides.is_some() => {
                let tips: Vec<Pos2> = past.iter().map(|body| frame.at(tip(rod, body))).collect();
                painter.line(tips, Stroke::new(1.6, t.real.gamma_multiply(0.7)));
            }
            _ => {}
        }
        if let Some(body) = past.last() {
            paint_body(painter, frame, self.scene, body, (Look::Real, t));
        }
    }

    /// The angle of the last steps on rings of time.
    fn time_around(
        &self,
        painter: &Painter,
        frame: Frame,
        (rod, past): (&Part, &[Body]),
        outer: Rect,
        t: &Tokens,
    ) {
        let center = frame.at(rod.at);
        let Shape::Rod { length, .. } = rod.shape else {
            return;
        };
        let inner = frame.long(length) * 1.08;
        let most = 0.5 * outer.size().min_elem() - 8.0;
        let radius = |ago: usize| most - (most - inner) * ago as f32 / PAST as f32;
        let font = theme::small(painter.ctx());
        painter.circle_stroke(center, inner, Stroke::new(1.0, t.stroke));
        for ago in (0..PAST).step_by(RING) {
            painter.circle_stroke(center, radius(ago), Stroke::new(1.0, t.stroke));
        }
        // Below the line: where it passes, it counts for more.
        for ago in (RING..PAST).step_by(RING).step_by(2) {
            let words = text::line(painter, &format!("\u{2212}{ago}"), font.clone(), t.text_weak);
            let at = pos2(center.x, center.y + radius(ago));
            let seat = Rect::from_center_size(at, words.size() + vec2(4.0, 0.0));
            painter.rect(seat, 2, t.panel, Stroke::NONE, StrokeKind::Inside);
            text::place(painter, &words, at, Align2::CENTER_CENTER);
        }
        let on_ring = |ago: usize, body: &Body| {
            let (_, turn) = rod.pose(body);
            center + vec2(-turn.sin(), -turn.cos()) * radius(ago)
        };
        let spiral = past.iter().rev().enumerate().map(|(ago, body)| on_ring(ago, body));
        let spiral: Vec<Pos2> = spiral.collect();
        let now = spiral.first().copied();
        painter.line(spiral, Stroke::new(3.4, t.real));
        if let Some(now) = now {
            painter.circle(now, 5.0, t.real, Stroke::new(1.5, t.text_strong));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envs::world;
    use crate::mdp::scene::{Scene, Scenic as _};

    fn scene(id: &str) -> BodyScene {
        let info = world(id).unwrap();
        match info.build(None, &info.defaults()).unwrap().scene() {
            Scene::Body(scene) => scene,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_rod_upright_points_up_and_a_positive_angle_leans_as_gymnasium_draws_it() {
        let (pendulum, cart) = (scene("pendulum"), scene("cart-pole"));
        let [rod, pole] = [&pendulum, &cart].map(|scene| rod_of(scene).unwrap());
        assert_eq!(tip(rod, &[0.0, 0.0]), [0.0, 1.0]);
        assert!(tip(rod, &[0.5, 0.0])[0] < 0.0, "counter-clockwise");
        assert!(tip(pole, &[1.0, 0.0, 0.1, 0.0])[0] > 1.05, "to the right, on its cart");
    }

    #[test]
    fn everything_lies_inside_the_frame() {
        let rect = Rect::from_min_size(pos2(10.0, 20.0), vec2(300.0, 200.0));
        for id in ["pendulum", "cart-pole"] {
            let scene = scene(id);
            let frame = Frame::fit(rect, &scene, id == "pendulum");
            let rod = rod_of(&scene).unwrap();
            for body in [[0.0; 4], [2.4, 0.0, 0.2, 0.0], [-2.4, 0.0, -0.2, 0.0]] {
                let place = frame.at(tip(rod, &body));
                assert!(rect.contains(place), "{id} {place:?}");
            }
        }
    }
}
