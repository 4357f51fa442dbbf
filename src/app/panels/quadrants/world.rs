//! One transition in its world: where it began, where it led, and where the model says it leads.

use egui::{Pos2, Rect, Stroke, Ui, vec2};

use super::caption;
use crate::app::panels::look::kind;
use crate::app::theme;
use crate::app::widgets::body_picture::{Frame, Look, paint_body, paint_still};
use crate::app::widgets::dashes;
use crate::app::widgets::grid_picture::GridPicture;
use crate::app::words::value;
use crate::experiment::snapshot::RunSnapshot;
use crate::mdp::physical::Deed;
use crate::mdp::scene::{GridScene, Scene};
use crate::probes::dynamics::Place;
use crate::probes::judged::Judged;

/// Room for the words below, in points before the text scale.
const WORDS: f32 = 44.0;

/// Draws it into `rect`.
pub fn picture(ui: &mut Ui, rect: Rect, run: &RunSnapshot, one: &Judged) {
    let points = theme::scale(ui.ctx());
    let (above, below) = rect.split_top_bottom_at_y(rect.bottom() - WORDS * points);
    match run.truth.scene() {
        Scene::Grid(grid) => cells(ui, above, grid, one),
        Scene::Body(_) => bodies(ui, above, run, one),
        Scene::Graph(_) | Scene::Board(_) | Scene::States(_) => {}
    }
    let (state, off) = (value(one.state_error), value(one.value_error));
    let half = below.split_top_bottom_at_y(below.center().y);
    caption(ui, half.0, &words(run, one));
    caption(ui, half.1, &format!("off by {state} in state, {off} in value"));
}

/// What was done, and what it led to.
fn words(run: &RunSnapshot, one: &Judged) -> String {
    let truth = &run.truth;
    let name = |place: &Place| match place {
        Place::State(state) => truth.state_name(*state),
        Place::Seen(seen) => match truth.motion() {
            Some(motion) => listed(&motion.locate(seen)),
            None => listed_f32(seen),
        },
        Place::Body(body) => listed(body),
    };
    let deed = match one.deed {
        Deed::Chosen(action) => truth.action_name(action),
        Deed::Steered(control) => control.first().map_or(String::new(), |u| format!("u = {u:.2}")),
    };
    format!("{}, {deed}: {}, said {}", name(&one.from), name(&one.real), name(&one.said))
}

fn listed(numbers: &[f64]) -> String {
    let all: Vec<String> = numbers.iter().map(|x| format!("{x:.2}")).collect();
    format!("({})", all.join(", "))
}

fn listed_f32(numbers: &[f32]) -> String {
    listed(&numbers.iter().map(|&x| f64::from(x)).collect::<Vec<_>>())
}

/// A map with the real step solid and the predicted one dashed.
fn cells(ui: &mut Ui, rect: Rect, grid: &GridScene, one: &Judged) {
    let t = theme::tokens(ui.ctx());
    let kinds: Vec<_> = grid.cells.iter().map(|&cell| kind(cell)).collect();
    let picture = GridPicture {
        label: "The transition in its map",
        cols: grid.cols,
        rows: grid.rows,
        cells: &kinds,
        wind: &grid.wind,
        ..GridPicture::default()
    };
    let outer = picture.ui(ui, rect.size()).response.rect;
    let painter = ui.painter().with_clip_rect(outer.expand(4.0).intersect(ui.clip_rect()));
    let center = |place: &Place| match place {
        Place::State(state) => Some(picture.cell_rect(outer, *state as usize).center()),
        Place::Seen(_) | Place::Body(_) => None,
    };
    let all = [center(&one.from), center(&one.real), center(&one.said)];
    let [Some(from), Some(real), Some(said)] = all else { return };
    let pitch = picture.cell_rect(outer, 0).width();
    let aside = vec2(0.1, 0.1) * pitch;
    dashes::paint(&painter, &[from + aside, said + aside], Stroke::new(2.4, t.imagined), 7.0, 4.0);
    painter.circle_filled(said + aside, (0.14 * pitch).clamp(3.0, 7.0), t.imagined);
    painter.line_segment([from, real], Stroke::new(3.4, t.real));
    painter.circle_filled(real, (0.16 * pitch).clamp(3.0, 8.0), t.real);
    painter.circle(from, (0.2 * pitch).clamp(4.0, 9.0), t.text_strong, Stroke::new(3.0, t.real));
}

/// The body before, after, and as predicted.
fn bodies(ui: &Ui, rect: Rect, run: &RunSnapshot, one: &Judged) {
    let (Scene::Body(scene), Some(motion)) = (run.truth.scene(), run.truth.motion()) else {
        return;
    };
    let t = theme::tokens(ui.ctx());
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let frame = Frame::fit(rect.shrink(6.0), scene, false);
    paint_still(&painter, frame, scene, &t);
    let body = |place: &Place| match place {
        Place::Seen(seen) => Some(motion.locate(seen)),
        Place::Body(body) => Some(*body),
        Place::State(_) => None,
    };
    let looks = [(&one.from, Look::Past), (&one.real, Look::Real), (&one.said, Look::Imagined)];
    for (place, look) in looks {
        if let Some(body) = body(place) {
            paint_body(&painter, frame, scene, &body, (look, &t));
        }
    }
    let center: Pos2 = frame.at([0.0, 0.0]);
    painter.circle_filled(center, 2.0, t.text_weak);
}
