//! The same tree in the world: every node at the state it stands for, the sight that is nearest to
//! it, or the square that its move takes.

use std::collections::BTreeMap;

use egui::{Align2, Pos2, Rect, Response, Stroke, Ui, UiBuilder, Vec2, vec2};

use super::Touched;
use super::desk::Stage;
use super::ground::{By, Ground};
use crate::app::theme;
use crate::app::widgets::{dashes, text};
use crate::probes::story::NONE;

/// Turn from one node to the next at the same state: the golden angle spreads any number.
const TURN: f32 = 2.399_963;

/// Where nodes stand.
pub struct Places {
    /// As many as the sketch has; `None` in worlds without a picture. A root may stand nowhere.
    at: Option<Vec<Option<Pos2>>>,
    /// What they are.
    words: &'static str,
    /// Where a new node would stand.
    next: Option<Pos2>,
    radius: f32,
    rect: Rect,
}

impl Places {
    /// Paints the world and gives the nodes their places on it.
    pub fn new(ui: &mut Ui, stage: &Stage<'_>, rect: Rect) -> (Self, Response) {
        let points = theme::scale(ui.ctx());
        let seat = rect.with_min_y(rect.top() + 24.0 * points);
        let mut child = ui.new_child(UiBuilder::new().id_salt("tree in the world").max_rect(seat));
        let (ground, response) = Ground::paint(&mut child, seat, stage);
        let Some(ground) = ground else {
            let words = "This world has no picture.";
            return (Self { at: None, words, next: None, radius: 0.0, rect }, response);
        };
        let mut there: BTreeMap<usize, f32> = BTreeMap::new();
        let mut spread = |place: usize| {
            let count = there.entry(place).or_insert(0.0);
            let turn = Vec2::angled(*count * TURN) * ground.stray * (0.34 * count.sqrt()).min(1.0);
            *count += 1.0;
            Some(ground.field.clamp(*ground.places.get(place)? + turn))
        };
        let tree = stage.tree();
        let mut stand = |node: u32| {
            let moves = tree.parent[node as usize] != NONE;
            match ground.by {
                By::State => spread(tree.node[node as usize] as usize),
                By::Move => spread(usize::from(tree.action[node as usize])).filter(|_| moves),
            }
        };
        let at: Vec<Option<Pos2>> = stage.sketch.shown.iter().map(|s| stand(s.node)).collect();
        let new = stage.next().filter(|next| next.nodes > tree.len[0]);
        let next = new.and_then(|next| match ground.by {
            By::State => next.end.map(|state| state as usize),
            By::Move => next.path.last().map(|(_, action)| usize::from(*action)),
        });
        let next = next.and_then(&mut spread);
        let radius = (0.3 * ground.stray).clamp(2.5, 6.5 * points);
        (Self { at: Some(at), words: ground.words, next, radius, rect }, response)
    }

    /// The node under the pointer.
    pub fn touched(&self, stage: &Stage<'_>, map: &Response) -> Touched {
        let (Some(at), Some(pos)) = (&self.at, map.hover_pos()) else {
            return Touched::default();
        };
        let distance = |index: usize| Some((at[index]?.distance(pos), index));
        let near = (0..at.len()).filter_map(distance).min_by(|a, b| a.0.total_cmp(&b.0));
        let near = near.filter(|near| near.0 < 2.5 * self.radius).map(|near| near.1);
        let hovered = near.map(|index| stage.sketch.shown[index].node);
        Touched { hovered, clicked: hovered.filter(|_| map.clicked()) }
    }

    /// Edges by visits, the greatest on top, then what comes next, then nodes.
    pub fn paint(&self, ui: &Ui, stage: &Stage<'_>, lit: Option<u32>) {
        let (ctx, painter) = (ui.ctx(), ui.painter());
        let (t, points) = (theme::tokens(ctx), theme::scale(ctx));
        let width = self.rect.width();
        let words = text::elided(painter, self.words, theme::small(ctx), t.text_weak, width);
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
            let (Some(from), Some(to)) = (at[parent], at[index]) else { continue };
            let ends = [from, to];
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
            let Some(at) = at[index] else { continue };
            painter.circle(at, self.radius, stage.hue(stage.q(node.node)), rim);
        }
        if let Some(root) = at[0] {
            painter.circle(root, 1.5 * self.radius, t.real, Stroke::new(1.5, t.casing));
            let core = if t.dark { t.text_strong } else { t.casing };
            painter.circle_filled(root, 0.6 * self.radius, core);
        }
        for (ring, ink) in [(lit, t.text_strong), (Some(stage.selected), t.accent)] {
            let index = shown.iter().position(|s| Some(s.node) == ring);
            if let Some(at) = index.and_then(|index| at[index]) {
                painter.circle_stroke(at, 2.0 * self.radius + 3.0, Stroke::new(2.0, ink));
            }
        }
    }

    /// The way of the next simulation.
    fn next(&self, ui: &Ui, stage: &Stage<'_>, at: &[Option<Pos2>]) {
        let t = theme::tokens(ui.ctx());
        let on_way = (0..at.len()).filter(|&i| stage.is_next(stage.sketch.shown[i].node));
        let mut way: Vec<Pos2> = on_way.filter_map(|index| at[index]).collect();
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
