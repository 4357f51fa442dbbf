//! The tree as trees are drawn: depth to the right, an edge as wide as its visits.

use egui::{
    Align2, Color32, Pos2, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::Touched;
use super::desk::Stage;
use super::told;
use crate::app::theme::{self, Tokens};
use crate::app::widgets::{dashes, text};
use crate::app::words::value;
use crate::mdp::scene::Scene;
use crate::probes::sketch::{Footing, Level, Shown, at_most, footing};

/// Greatest distances of columns and lines in points, before the text scale.
const COLUMN: f32 = 120.0;
const LINE: f32 = 64.0;
/// Radius of a node, at most.
const RADIUS: f32 = 11.0;
/// Width of an edge visited never, and what a share of all visits adds at most.
const WIDTH: (f32, f32) = (1.2, 6.5);
/// Least distance of columns from which numbers stand below them.
const NUMBERED: f32 = 52.0;
/// Height of the numbers by depth.
const TABLE: f32 = 100.0;

/// What they are.
const ROWS: [&str; 6] = ["depth", "nodes", "visits", "value", "no data", "wrong"];

/// Arrows of the four moves, in the order of the actions.
const ARROWS: [&str; 4] = ["↑", "→", "↓", "←"];

/// Where nodes stand.
pub struct Places {
    rect: Rect,
    /// Numbers by depth.
    table: Option<Rect>,
    first: Pos2,
    column: f32,
    line: f32,
    radius: f32,
}

impl Places {
    /// Gives the nodes of the sketch their places in `rect`.
    pub fn new(ui: &Ui, stage: &Stage<'_>, rect: Rect) -> Self {
        let points = theme::scale(ui.ctx());
        let deepest = stage.sketch.shown.iter().map(|s| s.depth).max().unwrap_or(0);
        // Room for what comes next and what is hidden beyond the last column.
        let columns = f32::from(deepest) + 1.2;
        let left = 72.0 * points;
        let column = ((rect.width() - left) / columns).min(COLUMN * points);
        let numbered = column >= NUMBERED * points && rect.height() > 3.2 * TABLE * points;
        let bottom = rect.bottom() - if numbered { TABLE + 6.0 } else { 20.0 } * points;
        let high = bottom - rect.top() - 34.0 * points;
        let line = (high / stage.sketch.lines as f32).min(LINE * points);
        let used = line * stage.sketch.lines as f32;
        let top = rect.top() + 34.0 * points + (high - used) / 2.0;
        Self {
            rect,
            table: numbered.then(|| rect.with_min_y(rect.bottom() - TABLE * points)),
            first: pos2(rect.left() + left, top + line / 2.0),
            column,
            line,
            radius: (0.38 * line).clamp(2.5, RADIUS * points).min(0.32 * column),
        }
    }

    fn at(&self, shown: &Shown) -> Pos2 {
        self.first + vec2(f32::from(shown.depth) * self.column, shown.line as f32 * self.line)
    }

    /// Every node can be clicked, and says what it is.
    pub fn touched(&self, ui: &Ui, stage: &Stage<'_>) -> Touched {
        let mut touched = Touched::default();
        let reach = (0.48 * self.line).clamp(4.0, 20.0).min(0.48 * self.column);
        for shown in &stage.sketch.shown {
            let rect = Rect::from_center_size(self.at(shown), egui::Vec2::splat(2.0 * reach));
            let id = ui.scope_id().with(("search node", shown.node));
            // No stop for the Tab key: buttons above go from node to node.
            let response = ui.interact(rect, id, Sense::CLICK);
            let name = told::name(stage, shown.node);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
            touched.hovered = touched.hovered.or(response.hovered().then_some(shown.node));
            touched.clicked = touched.clicked.or(response.clicked().then_some(shown.node));
        }
        touched
    }

    /// Edges first, then what comes next, then nodes.
    pub fn paint(&self, ui: &Ui, stage: &Stage<'_>, lit: Option<u32>) {
        let t = theme::tokens(ui.ctx());
        self.head(ui, stage, &t);
        for shown in &stage.sketch.shown {
            self.edge(ui, stage, shown, lit == Some(shown.node), &t);
        }
        self.next(ui, stage, &t);
        for shown in &stage.sketch.shown {
            self.node(ui, stage, shown, lit, &t);
        }
        if let Some(table) = self.table {
            self.table(ui, stage, table, &t);
        }
    }

    /// The legend, and how much is shown.
    fn head(&self, ui: &Ui, stage: &Stage<'_>, t: &Tokens) {
        let (ctx, painter) = (ui.ctx(), ui.painter());
        let points = theme::scale(ctx);
        let (low, high) = stage.story.range;
        let small = theme::small(ctx);
        let word = |words: &str, x: f32, ink: Color32| {
            let words = text::line(painter, words, small.clone(), ink);
            let y = self.rect.top() + 9.0 * points;
            text::place(painter, &words, pos2(x, y), Align2::LEFT_CENTER).right()
        };
        let mut x = word(&format!("Q {}", value(low)), self.rect.left(), t.text_weak) + 7.0;
        let bar =
            Rect::from_min_size(pos2(x, self.rect.top() + 5.0 * points), vec2(84.0, 8.0) * points);
        for step in 0..42 {
            let share = step as f32 / 42.0;
            let piece = Rect::from_min_max(
                pos2(bar.left() + share * bar.width(), bar.top()),
                pos2(bar.left() + (share + 1.0 / 42.0) * bar.width(), bar.bottom()),
            );
            painter.rect_filled(piece, 0, theme::viridis(0.22 + 0.78 * share));
        }
        x = word(&value(high), bar.right() + 7.0, t.text_weak) + 18.0 * points;
        let wedge = vec![
            pos2(x, self.rect.top() + 9.0 * points),
            pos2(x + 22.0 * points, self.rect.top() + 4.5 * points),
            pos2(x + 22.0 * points, self.rect.top() + 13.5 * points),
        ];
        painter.add(Shape::convex_polygon(wedge, t.text_weak, Stroke::NONE));
        x = word("visits", x + 28.0 * points, t.text_weak) + 16.0 * points;
        painter.vline(x, bar.y_range().expand(2.0), Stroke::new(2.0, t.text_weak));
        // Beside the tree stands what the other picture is.
        if x + 52.0 * points < self.rect.right() {
            x = word("prior", x + 6.0 * points, t.text_weak) + 16.0 * points;
        }
        // In a narrow panel the count alone.
        let count = format!("{} of {} nodes shown", stage.sketch.shown.len(), stage.sketch.all);
        let tries = [stage.sketch.words(), count];
        let mut lines = tries.iter().map(|words| text::line(painter, words, small.clone(), t.text));
        if let Some(words) = lines.find(|words| x + words.size().x < self.rect.right()) {
            let at = pos2(self.rect.right(), self.rect.top() + 9.0 * points);
            text::place(painter, &words, at, Align2::RIGHT_CENTER);
        }
    }

    fn curve(&self, from: Pos2, to: Pos2) -> Vec<Pos2> {
        let bend = vec2(0.5 * (to.x - from.x), 0.0);
        let points = [from, from + bend, to - bend, to];
        let curve = egui::epaint::CubicBezierShape::from_points_stroke(
            points,
            false,
            Color32::TRANSPARENT,
            Stroke::NONE,
        );
        (0..=20).map(|step| curve.sample(step as f32 / 20.0)).collect()
    }

    fn ends(&self, stage: &Stage<'_>, shown: &Shown) -> Option<[Pos2; 2]> {
        let parent = &stage.sketch.shown[shown.parent?];
        Some([self.at(parent), self.at(shown)])
    }

    fn edge(&self, ui: &Ui, stage: &Stage<'_>, shown: &Shown, lit: bool, t: &Tokens) {
        let Some([from, to]) = self.ends(stage, shown) else { return };
        let tree = stage.tree();
        let share = f64::from(tree.visits[shown.node as usize]) / f64::from(tree.visits[0].max(1));
        let width = (WIDTH.0 + WIDTH.1 * share.sqrt() as f32) * theme::scale(ui.ctx());
        let curve = self.curve(from, to);
        if lit {
            let rim = Stroke::new(width + 4.0, t.text_strong);
            ui.painter().add(Shape::line(curve.clone(), rim));
        }
        let stroke = Stroke::new(width, stage.hue(stage.q(shown.node)));
        ui.painter().add(Shape::line(curve, stroke));
        if let Some(prior) = stage.prior(shown.node).filter(|_| self.line > 9.0) {
            let half = (0.42 * self.line * prior as f32).max(1.0);
            let x = to.x - self.radius - 5.0;
            let ends = [pos2(x, to.y - half), pos2(x, to.y + half)];
            ui.painter().line_segment(ends, Stroke::new(2.0, t.text_weak));
        }
    }

    /// The way of the next simulation, imagined like all of them, but not part of the tree yet.
    fn next(&self, ui: &Ui, stage: &Stage<'_>, t: &Tokens) {
        let Some(next) = stage.next() else { return };
        let painter = ui.painter();
        let dashed = |way: &[Pos2]| {
            painter.add(Shape::line(way.to_vec(), Stroke::new(4.4, t.panel)));
            dashes::paint(painter, way, Stroke::new(2.4, t.imagined), dashes::ON, dashes::OFF);
        };
        let mut last = None;
        for shown in stage.sketch.shown.iter().filter(|s| stage.is_next(s.node)) {
            last = Some(shown);
            if let Some([from, to]) = self.ends(stage, shown) {
                dashed(&self.curve(from, to));
            }
        }
        let new = next.path.last().filter(|step| step.0 >= stage.tree().len[0]);
        let (Some(last), Some(_)) = (last, new) else { return };
        let from = self.at(last);
        let to = from + vec2(0.5 * self.column.min(80.0), 0.46 * self.line.max(24.0));
        dashed(&self.curve(from, to));
        painter.circle_filled(to, 0.5 * self.radius + 1.0, t.imagined);
        let words = format!("new in {}", stage.done + 1);
        let words = text::line(painter, &words, theme::small(ui.ctx()), t.imagined_text);
        let aside = 0.5 * self.radius + 5.0;
        let seats = [
            (vec2(aside, 0.0), Align2::LEFT_CENTER),
            (vec2(0.0, aside), Align2::CENTER_TOP),
            (vec2(-aside, 0.0), Align2::RIGHT_CENTER),
        ];
        // Where no side is free, the dot must do.
        let free = |seat: &Rect| {
            let nodes = stage.sketch.shown.iter().map(|shown| self.at(shown));
            let seat = seat.expand(self.radius);
            !nodes.into_iter().any(|node| seat.contains(node))
        };
        let seat =
            |(side, anchor): &(egui::Vec2, Align2)| anchor.anchor_size(to + *side, words.size());
        if let Some(seat) = seats.iter().map(seat).find(free) {
            painter.rect_filled(seat.expand(1.0), 2, t.panel);
            text::place(painter, &words, seat.min, Align2::LEFT_TOP);
        }
    }

    fn node(&self, ui: &Ui, stage: &Stage<'_>, shown: &Shown, lit: Option<u32>, t: &Tokens) {
        let (ctx, painter) = (ui.ctx(), ui.painter());
        let (at, node) = (self.at(shown), shown.node);
        let tree = stage.tree();
        let place = node as usize;
        let fill = stage.hue(stage.q(node));
        let ended = tree.discount[place] == 0.0;
        let unknown = footing(tree, place, stage.truth()) == Footing::Unknown;
        if node == 0 {
            painter.circle_filled(at, self.radius + 1.5, t.real);
            let core = if t.dark { t.text_strong } else { t.casing };
            painter.circle_filled(at, 0.4 * self.radius, core);
        } else if unknown {
            painter.circle(at, self.radius, t.panel, Stroke::new(1.5, fill));
        } else if ended {
            let square = Rect::from_center_size(at, egui::Vec2::splat(1.8 * self.radius));
            painter.rect(square, 2, fill, Stroke::new(1.5, t.casing), StrokeKind::Outside);
        } else {
            painter.circle(at, self.radius, fill, Stroke::new(1.5, t.casing));
        }
        let grid = matches!(stage.truth().scene(), Scene::Grid(_));
        if let Some(arrow) = ARROWS.get(usize::from(tree.action[place]))
            && node != 0
            && grid
            && self.radius >= 7.0
        {
            let ink = if unknown { t.text_weak } else { theme::arrow_ink(fill) };
            let arrow = text::line(painter, arrow, theme::small(ctx), ink);
            text::place(painter, &arrow, at, Align2::CENTER_CENTER);
        }
        for (ring, ink) in [
            (lit.filter(|&lit| lit != stage.selected), t.text_strong),
            (Some(stage.selected), t.accent),
        ] {
            if ring == Some(node) {
                painter.circle_stroke(at, self.radius + 5.0, Stroke::new(2.0, ink));
            }
        }
        self.numbers(ui, stage, shown, t);
    }

    /// Visits above, value below, descendants not shown beside, where there is room.
    fn numbers(&self, ui: &Ui, stage: &Stage<'_>, shown: &Shown, t: &Tokens) {
        let (ctx, painter) = (ui.ctx(), ui.painter());
        let points = theme::scale(ctx);
        let at = self.at(shown);
        let small = theme::small(ctx);
        let ring = if shown.node == stage.selected { 6.0 } else { 0.0 };
        let free = 0.5 * self.line - self.radius;
        if free >= 9.0 * points {
            let visits = stage.tree().visits[shown.node as usize].to_string();
            let visits = text::line(painter, &visits, theme::code(ctx), t.text_strong);
            let to = at - vec2(0.0, self.radius + 1.0 + ring);
            text::place(painter, &visits, to, Align2::CENTER_BOTTOM);
        }
        if free >= 17.0 * points && self.column > 56.0 * points {
            let q = value(stage.q(shown.node));
            let q = text::line(painter, &q, small.clone(), t.text_weak);
            text::place(painter, &q, at + vec2(0.0, self.radius + 2.0 + ring), Align2::CENTER_TOP);
        }
        if shown.hidden > 0 && self.line >= 11.0 * points {
            let words = format!("+{}", shown.hidden);
            let words = text::line(painter, &words, small, t.text_weak);
            let inner = stage.sketch.shown.iter().any(|s| {
                s.parent.is_some_and(|parent| stage.sketch.shown[parent].node == shown.node)
            });
            let (to, anchor) = match inner {
                true if free < 9.0 * points => return,
                true => (at + vec2(self.radius, self.radius), Align2::LEFT_TOP),
                false => (at + vec2(self.radius + 6.0, 0.0), Align2::LEFT_CENTER),
            };
            text::place(painter, &words, to, anchor);
        }
    }

    /// Nodes, visits, value and model error of every depth, below its column.
    fn table(&self, ui: &Ui, stage: &Stage<'_>, rect: Rect, t: &Tokens) {
        let (ctx, painter) = (ui.ctx(), ui.painter());
        // What a model gets wrong is known where states are listed.
        let rows = if stage.truth().states() > 0 { ROWS.len() } else { ROWS.len() - 2 };
        let row = rect.height() / rows as f32;
        let small = theme::small(ctx);
        let word = |words: &str, x: f32, line: usize, anchor: Align2, ink: Color32| {
            let words = text::line(painter, words, small.clone(), ink);
            let y = rect.top() + (line as f32 + 0.5) * row;
            text::place(painter, &words, pos2(x, y), anchor);
        };
        painter.hline(rect.x_range(), rect.top() - 2.0, Stroke::new(1.0, t.stroke));
        for (line, name) in ROWS.into_iter().take(rows).enumerate() {
            word(name, rect.left(), line, Align2::LEFT_CENTER, t.text_weak);
        }
        let place = |depth: usize| self.first.x + depth as f32 * self.column;
        let fits = |level: &&Level| place(level.depth) + 0.4 * self.column <= rect.right();
        let all = &stage.look.levels;
        let levels = at_most(all, all.iter().take_while(fits).count().max(1));
        for (column, level) in levels.iter().enumerate() {
            let x = place(column);
            let share = |share: f64| told::share(stage, share);
            // The last column stands for all that is deeper, too.
            let depth = match column + 1 == levels.len() && levels.len() < all.len() {
                true => format!("{} +", level.depth),
                false => level.depth.to_string(),
            };
            let counts = [depth, level.nodes.to_string(), level.visits.to_string()];
            let shares = [value(level.value), share(level.unknown), share(level.wrong)];
            for (line, cell) in counts.iter().chain(&shares).take(rows).enumerate() {
                let ink = match line {
                    0 => t.text_weak,
                    5 if level.wrong > 0.0 => t.bad,
                    _ => t.text,
                };
                word(cell, x, line, Align2::CENTER_CENTER, ink);
            }
        }
    }
}
