//! The world behind a search tree, and where on it nodes may stand.

use egui::{
    Align2, Painter, Pos2, Rect, Response, Sense, Stroke, StrokeKind, Ui, Vec2, pos2, vec2,
};

use super::desk::Stage;
use crate::app::panels::look::kind;
use crate::app::panels::{board_tile, graph_tile};
use crate::app::theme::{self, Tokens};
use crate::app::widgets::graph_picture::{Dot, GraphPicture};
use crate::app::widgets::grid_picture::{CellKind, GridPicture};
use crate::app::widgets::text;
use crate::app::words::value;
use crate::mdp::physical::Dimension;
use crate::mdp::scene::{BoardScene, GraphScene, GridScene, Scene};
use crate::probes::story::Seen;
use crate::probes::surface::{Cut, plane_of};

/// By what a node finds its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The number it stands for.
    State,
    /// The action that leads to it.
    Move,
}

/// Where nodes may stand.
pub struct Ground {
    pub by: By,
    /// By the number of a listed state, of a remembered sight, or of an action.
    pub places: Vec<Pos2>,
    /// What they do not leave.
    pub field: Rect,
    /// How far nodes may stray from there.
    pub stray: f32,
    /// What the picture says of it.
    pub words: &'static str,
}

impl Ground {
    /// Paints the world of a search; there is no ground where it has no picture.
    pub fn paint(ui: &mut Ui, seat: Rect, stage: &Stage<'_>) -> (Option<Self>, Response) {
        let sights = stage.past().sights();
        let (by, (places, stray, response), words) = match stage.truth().scene() {
            Scene::Grid(grid) => (By::State, cells(ui, seat, grid), stand(stage)),
            Scene::Graph(graph) => (By::State, dots(ui, seat, graph), stand(stage)),
            Scene::Body(_) if !sights.is_empty() => {
                let Some(found) = plane(ui, seat, stage) else { return nowhere(ui, seat) };
                let words = "Each node at the nearest remembered place.";
                (By::State, found, words)
            }
            Scene::Board(scene) if !sights.is_empty() => {
                let words = "Each node on the square its move takes.";
                (By::Move, board(ui, seat, scene, &sights[0]), words)
            }
            Scene::States(_) | Scene::Body(_) | Scene::Board(_) => return nowhere(ui, seat),
        };
        let field = response.rect;
        (Some(Self { by, places, field, stray, words }), response)
    }
}

fn nowhere(ui: &mut Ui, seat: Rect) -> (Option<Ground>, Response) {
    (None, ui.allocate_rect(seat, Sense::CLICK))
}

/// What listed states are to nodes.
fn stand(stage: &Stage<'_>) -> &'static str {
    match stage.past().is_latent() {
        true => "The same nodes, each at the state whose latent is nearest.",
        false => "The same nodes, where their states are.",
    }
}

fn cells(ui: &mut Ui, seat: Rect, grid: &GridScene) -> (Vec<Pos2>, f32, Response) {
    let cells: Vec<CellKind> = grid.cells.iter().map(|&cell| kind(cell)).collect();
    let picture = GridPicture {
        label: "The search tree in the world",
        cols: grid.cols,
        rows: grid.rows,
        cells: &cells,
        wind: &grid.wind,
        ..GridPicture::default()
    };
    let response = picture.ui(ui, seat.size()).response;
    let outer = response.rect;
    let count = cells.len();
    let centers: Vec<Pos2> =
        (0..count).map(|index| picture.cell_rect(outer, index).center()).collect();
    let stray = 0.36 * picture.cell_rect(outer, 0).width();
    (centers, stray, response)
}

fn dots(ui: &mut Ui, seat: Rect, graph: &GraphScene) -> (Vec<Pos2>, f32, Response) {
    let dots: Vec<Dot<'_>> =
        (0..graph.places.len()).map(|state| graph_tile::dot(graph, state, None)).collect();
    let picture = GraphPicture {
        label: "The search tree in the world",
        dots: &dots,
        links: &graph.links,
        ..GraphPicture::default()
    };
    let response = picture.ui(ui, seat.size()).response;
    let (centers, radius) = picture.places(response.rect, theme::scale(ui.ctx()));
    (centers, 0.8 * radius, response)
}

/// Two numbers of the world, with the remembered places in them.
fn plane(ui: &mut Ui, seat: Rect, stage: &Stage<'_>) -> Option<(Vec<Pos2>, f32, Response)> {
    let (truth, sights) = (stage.truth(), stage.past().sights());
    let (cut, motion) = (plane_of(truth)?, truth.motion()?);
    let response = ui.allocate_rect(seat, Sense::CLICK);
    let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    let field = seat.with_min_x(seat.left() + 40.0 * points);
    let field = field.with_max_y(seat.bottom() - 20.0 * points).shrink(4.0);
    axes(ui.painter(), field, &cut, &t);
    let along = |d: &Dimension, x: f64| ((x - d.range.0) / (d.range.1 - d.range.0)) as f32;
    let place = |seen: &Seen| match seen {
        Seen::Numbers(numbers) => {
            let body = motion.locate(numbers);
            let [x, y] = [0, 1].map(|i| along(cut.numbers[i], body[cut.at[i]]).clamp(0.0, 1.0));
            pos2(egui::lerp(field.x_range(), x), egui::lerp(field.bottom()..=field.top(), y))
        }
        Seen::State(_) => field.center(),
    };
    let places: Vec<Pos2> = sights.iter().map(place).collect();
    let ink = t.text_weak.gamma_multiply(0.55);
    places.iter().skip(1).for_each(|&at| {
        ui.painter().circle_filled(at, 1.4 * points, ink);
    });
    Some((places, 12.0 * points, response))
}

/// The frame of a plane, with its ends and names.
fn axes(painter: &Painter, field: Rect, cut: &Cut, t: &Tokens) {
    let small = theme::small(painter.ctx());
    painter.rect_stroke(field, 2, Stroke::new(1.0, t.stroke), StrokeKind::Inside);
    let word = |words: &str, at: Pos2, anchor: Align2| {
        let words = text::line(painter, words, small.clone(), t.text_weak);
        text::place(painter, &words, at, anchor);
    };
    let [across, up] = cut.numbers;
    let end = |x: f64| value(x);
    let below = field.bottom() + 3.0;
    word(&end(across.range.0), pos2(field.left(), below), Align2::LEFT_TOP);
    word(&end(across.range.1), pos2(field.right(), below), Align2::RIGHT_TOP);
    let name = |d: &Dimension| match d.unit {
        "" => d.name.to_owned(),
        unit => format!("{} ({unit})", d.name),
    };
    word(&name(across), pos2(field.center().x, below), Align2::CENTER_TOP);
    let beside = field.left() - 5.0;
    word(&end(up.range.1), pos2(beside, field.top()), Align2::RIGHT_TOP);
    word(&end(up.range.0), pos2(beside, field.bottom()), Align2::RIGHT_BOTTOM);
    let inside = field.left_top() + vec2(6.0, 4.0);
    word(&name(up), inside, Align2::LEFT_TOP);
}

/// The board at the root, as whoever moves there sees it.
fn board(ui: &mut Ui, seat: Rect, scene: &BoardScene, root: &Seen) -> (Vec<Pos2>, f32, Response) {
    let response = ui.allocate_rect(seat, Sense::CLICK);
    let side = seat.size().min_elem() - 8.0;
    let board = Rect::from_center_size(seat.center(), Vec2::splat(side));
    let t = theme::tokens(ui.ctx());
    board_tile::paint(ui.painter(), board, scene.side, &marks(root), &t);
    let squares = 0..scene.side * scene.side;
    let places = squares.map(|square| board_tile::place(board, scene.side, square).center());
    (places.collect(), 0.3 * side / scene.side as f32, response)
}

/// `x`, `o` or `.` on every square; whoever began has crosses, and moves where both have as many.
fn marks(root: &Seen) -> Vec<char> {
    let Seen::Numbers(seen) = root else { return Vec::new() };
    let count = |mark: f32| seen.iter().filter(|&&x| x == mark).count();
    let own = if count(1.0) == count(-1.0) { ['x', 'o'] } else { ['o', 'x'] };
    let mark = |&x: &f32| match x {
        1.0 => own[0],
        -1.0 => own[1],
        _ => '.',
    };
    seen.iter().map(mark).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mdp::physical::Vector;

    #[test]
    fn who_moves_has_crosses_where_both_have_as_many_marks() {
        let seen = |numbers: &[f32]| Seen::Numbers(Vector::new(numbers));
        assert_eq!(marks(&seen(&[1.0, 0.0, -1.0, 0.0])), ['x', '.', 'o', '.']);
        assert_eq!(marks(&seen(&[1.0, -1.0, -1.0, 0.0])), ['o', 'x', 'x', '.']);
    }
}
