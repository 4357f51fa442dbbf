//! The same tree in the world: every node at the state it stands for.

use std::collections::BTreeMap;

use egui::{Align2, Pos2, Rect, Response, Stroke, Ui, UiBuilder, Vec2, vec2};

use super::Touched;
use super::desk::Stage;
use crate::app::panels::look::kind;
use crate::app::theme;
use crate::app::widgets::graph_picture::{Dot, DotKind, GraphPicture};
use crate::app::widgets::grid_picture::{CellKind, GridPicture};
use crate::app::widgets::{dashes, text};
use crate::mdp::State;
use crate::mdp::scene::{GraphScene, GridScene, Node, Scene};

/// Turn from one node to the next at the same state: the golden angle spreads any number.
const TURN: f32 = 2.399_963;

/// Where nodes stand.
pub struct Places {
    /// As many as the sketch has; `None` in worlds without a picture.
    at: Option<Vec<Pos2>>,
    /// Where a new node would stand.
    next: Option<Pos2>,
    radius: f32,
    rect: Rect,
}

/// Where states stand, by their number, and how far nodes may stray from them.
struct Ground {
    state: Box<dyn Fn(State) -> Option<Pos2>>,
    stray: f32,
}

impl Places {
    /// Paints the world and gives the nodes their places on it.
    pub fn new(ui: &mut Ui, stage: &Stage<'_>, rect: Rect) -> (Self, Response) {
        let points = theme::scale(ui.ctx());
        let seat = rect.with_min_y(rect.top() + 24.0 * points);
        let mut child = ui.new_child(UiBuilder::new().id_salt("tree in the world").max_rect(seat));
        let (ground, response) = match stage.truth().scene() {
            Scene::Grid(grid) => cells(&mut child, seat, grid),
            Scene::Graph(graph) => dots(&mut child, seat, graph),
            Scene::States(_) | Scene::Body(_) | Scene::Board(_) => {
                let response = child.allocate_rect(seat, egui::Sense::CLICK);
                let none = Self { at: None, next: None, radius: 0.0, rect };
                return (none, response);
            }
        };
        let mut there: BTreeMap<State, f32> = BTreeMap::new();
        let mut spread = |state: State| {
            let count = there.entry(state).or_insert(0.0);
            let turn = Vec2::angled(*count * TURN) * ground.stray * (0.34 * count.sqrt()).min(1.0);
            *count += 1.0;
            Some((ground.state)(state)? + turn)
        };
        let tree = stage.tree();
        let shown = stage.sketch.shown.iter();
        let at: Vec<Pos2> =
            shown.map(|s| spread(tree.node[s.node as usize]).unwrap_or(seat.center())).collect();
        let new = stage.next().filter(|next| next.nodes > tree.len[0]);
        let next = new.and_then(|next| next.end).and_then(&mut spread);
        let radius = (0.3 * ground.stray).clamp(2.5, 6.5 * points);
        (Self { at: Some(at), next, radius, rect }, response)
    }

    /// The node under the pointer.
    pub fn touched(&self, stage: &Stage<'_>, map: &Response) -> Touched {
        let (Some(at), Some(pos)) = (&self.at, map.hover_pos()) else {
            return Touched::default();
        };
        let distance = |index: &usize| at[*index].distance(pos);
        let near = (0..at.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)));
        let near = near.filter(|index| distance(index) < 2.5 * self.radius);
        let hovered = near.map(|index| stage.sketch.shown[index].node);
        Touched { hovered, clicked: hovered.filter(|_| map.clicked()) }
    }

    /// Edges by visits, the greatest on top, then what comes next, then nodes.
    pub fn paint(&self, ui: &Ui, stage: &Stage<'_>, lit: Option<u32>) {
        let (ctx, painter) = (ui.ctx(), ui.painter());
        let (t, points) = (theme::tokens(ctx), theme::scale(ctx));
        let words = match self.at {
            Some(_) if stage.past().is_latent() => {
                "The same nodes, each at the state whose latent is nearest."
            }
            Some(_) => "The same nodes, where their states are.",
            None => "This world has no picture.",
        };
        let width = self.rect.width();
        let words = text::elided(painter, words, theme::small(ctx), t.text_weak, width);
        text::place(painter, &words, self.rect.min + vec2(0.0, 1.0), Align2::LEFT_TOP);
        let Some(at) = &self.at else { return };
        let (tree, shown) = (stage.tree(), &stage.sketch.shown);
        let visits = |index: usize| tree.visits[shown[index].node as usize];
        let mut order: Vec<usize> = (1..shown.len()).collect();
        order.sort_by_key(|&index| visits(index));
        let all = f64::from(tree.visits[0].max(1));
        for &index in &order {
            let Some(parent) = shown[index].parent else { continue };
            let share = (f64::from(visits(index)) / all).sqrt() as f32;
            let ends = [at[parent], at[index]];
            let width = (1.4 + 4.6 * share) * points;
            if lit == Some(shown[index].node) {
                painter.line_segment(ends, Stroke::new(width + 4.0, t.text_strong));
            }
            let hue = stage.hue(stage.q(shown[index].node));
            painter.line_segment(ends, Stroke::new(width, hue));
        }
        self.next(ui, stage, at);
        for (index, node) in shown.iter().enumerate().skip(1) {
            let rim = Stroke::new(1.5, t.casing);
            painter.circle(at[index], self.radius, stage.hue(stage.q(node.node)), rim);
        }
        painter.circle(at[0], 1.5 * self.radius, t.real, Stroke::new(1.5, t.casing));
        let core = if t.dark { t.text_strong } else { t.casing };
        painter.circle_filled(at[0], 0.6 * self.radius, core);
        for (ring, ink) in [(lit, t.text_strong), (Some(stage.selected), t.accent)] {
            if let Some(index) = shown.iter().position(|s| Some(s.node) == ring) {
                painter.circle_stroke(at[index], 2.0 * self.radius + 3.0, Stroke::new(2.0, ink));
            }
        }
    }

    /// The way of the next simulation.
    fn next(&self, ui: &Ui, stage: &Stage<'_>, at: &[Pos2]) {
        let t = theme::tokens(ui.ctx());
        let on_way = (0..at.len()).filter(|&i| stage.is_next(stage.sketch.shown[i].node));
        let mut way: Vec<Pos2> = on_way.map(|index| at[index]).collect();
        way.extend(self.next);
        if way.len() < 2 {
            return;
        }
        ui.painter().add(egui::Shape::line(way.clone(), Stroke::new(4.4, t.panel)));
        let stroke = Stroke::new(2.4, t.imagined);
        dashes::paint(ui.painter(), &way, stroke, dashes::ON, dashes::OFF);
        if let Some(to) = self.next {
            ui.painter().circle_filled(to, self.radius, t.imagined);
        }
    }
}

fn cells(ui: &mut Ui, seat: Rect, grid: &GridScene) -> (Ground, Response) {
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
    (Ground { state: Box::new(move |s| centers.get(s as usize).copied()), stray }, response)
}

fn dots(ui: &mut Ui, seat: Rect, graph: &GraphScene) -> (Ground, Response) {
    let dot = |state: usize| Dot {
        place: graph.places[state],
        kind: match graph.nodes[state] {
            Node::Free => DotKind::Free,
            Node::Start => DotKind::Start,
            Node::End => DotKind::End,
        },
        name: &graph.names[state],
        value: None,
    };
    let dots: Vec<Dot<'_>> = (0..graph.places.len()).map(dot).collect();
    let picture = GraphPicture {
        label: "The search tree in the world",
        dots: &dots,
        links: &graph.links,
        ..GraphPicture::default()
    };
    let response = picture.ui(ui, seat.size()).response;
    let (centers, radius) = picture.places(response.rect, theme::scale(ui.ctx()));
    let state = move |s: State| centers.get(s as usize).copied();
    (Ground { state: Box::new(state), stray: 0.8 * radius }, response)
}
