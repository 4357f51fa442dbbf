//! A world without a map: states as dots with their values, lines where one may follow another.
//!
//! What happened is solid and in the real hue, what was dreamt is dashed and in the imagined hue.

use egui::{
    Align2, Color32, Painter, Pos2, Rect, Response, Role, Sense, Shape, Stroke, StrokeKind, Ui,
    Vec2, WidgetInfo, pos2, vec2,
};

use super::{dashes, text};
use crate::app::theme::{self, Tokens};

/// Greatest distance of neighbours in points, before the text scale: few states stay together.
const PITCH: f32 = 130.0;
/// Radius of a dot beside the distance of neighbours, and its greatest value in points.
const RADIUS: (f32, f32) = (0.27, 27.0);
/// Smaller dots than this (in points) carry neither number nor name.
const DETAIL_FROM: f32 = 13.0;
/// More lines than this are a grey blot: they are left out.
const LINKS: usize = 260;
/// Steps of the trail that are drawn.
const TRAIL: usize = 4;
/// Distance of a spark from the line between two dots, as a share of their radius.
const LANE: f32 = 0.5;
/// Opacity of the last good picture of a failed run.
const FADED: f32 = 0.4;

/// What a state is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum DotKind {
    /// One of many.
    #[default]
    Free,
    /// Where episodes begin.
    Start,
    /// Where the task ends: a square without a value.
    End,
}

/// One state.
#[derive(Clone, Copy, Debug, Default)]
pub struct Dot<'a> {
    /// Where it stands, `[right, down]`; neighbours are about 1 apart.
    pub place: [f32; 2],
    /// What it is.
    pub kind: DotKind,
    /// What it is called.
    pub name: &'a str,
    /// Its place in the value map, 0 to 1, and the number; `None` where no news has arrived.
    pub value: Option<(f32, f64)>,
}

/// What to paint; states are named by their index.
#[derive(Clone, Copy, Default)]
pub struct GraphPicture<'a> {
    /// What a screen reader says about the picture.
    pub label: &'a str,
    /// `[S]`.
    pub dots: &'a [Dot<'a>],
    /// From where to where, each once.
    pub links: &'a [(u32, u32)],
    /// States really visited, oldest first; the agent is in the last one.
    pub trail: &'a [u32],
    /// Newest imagined updates, newest first: from where to where.
    pub sparks: &'a [(u32, u32)],
    /// Index of the state under inspection.
    pub selected: Option<usize>,
    /// Paints everything at 40 %: the last good picture of a failed run.
    pub faded: bool,
}

/// What happened on the picture in this frame.
pub struct GraphResponse {
    /// Response of the whole widget.
    pub response: Response,
    /// Index of the state under the pointer.
    pub hovered: Option<usize>,
}

/// Places of the dots on the screen.
struct Layout {
    centers: Vec<Pos2>,
    radius: f32,
}

impl Layout {
    fn new(outer: Rect, dots: &[Dot<'_>], scale: f32) -> Self {
        let mut bounds = Rect::NOTHING;
        dots.iter().for_each(|dot| bounds.extend_with(dot.place.into()));
        // Half a neighbour's distance stays free on each side, for names and rims.
        let span = bounds.size() + Vec2::splat(1.0);
        let pitch = (outer.width() / span.x).min(outer.height() / span.y).min(PITCH * scale);
        let center =
            |dot: &Dot<'_>| outer.center() + (Pos2::from(dot.place) - bounds.center()) * pitch;
        let radius = (RADIUS.0 * pitch).clamp(1.5, RADIUS.1 * scale);
        Self { centers: dots.iter().map(center).collect(), radius }
    }

    fn detailed(&self) -> bool {
        self.radius >= DETAIL_FROM
    }

    fn at(&self, pos: Pos2) -> Option<usize> {
        let reach = self.radius.max(6.0);
        self.centers.iter().position(|center| center.distance(pos) <= reach)
    }
}

struct Canvas<'a> {
    picture: &'a GraphPicture<'a>,
    painter: Painter,
    tokens: Tokens,
    layout: Layout,
}

impl GraphPicture<'_> {
    /// Draws the picture into a box of `size` points.
    pub fn ui(&self, ui: &mut Ui, size: Vec2) -> GraphResponse {
        // Clickable but no stop for the Tab key: its arrow keys belong to the transport.
        let (outer, response) = ui.allocate_exact_size(size, Sense::CLICK);
        let layout = Layout::new(outer, self.dots, theme::scale(ui.ctx()));
        let hovered = response.hover_pos().and_then(|pos| layout.at(pos));
        if ui.is_rect_visible(outer) && !self.dots.is_empty() {
            let mut painter = ui.painter().with_clip_rect(outer.intersect(ui.clip_rect()));
            if self.faded {
                painter.multiply_opacity(FADED);
            }
            let tokens = theme::tokens(ui.ctx());
            Canvas { picture: self, painter, tokens, layout }.paint(hovered);
        }
        response.widget_info(|| WidgetInfo::labeled(Role::Image, ui.is_enabled(), self.label));
        GraphResponse { response, hovered }
    }

    /// Where the dots stand, and their radius, if the picture were drawn into `outer`: to draw on
    /// top of it.
    pub fn places(&self, outer: Rect, scale: f32) -> (Vec<Pos2>, f32) {
        let layout = Layout::new(outer, self.dots, scale);
        (layout.centers, layout.radius)
    }
}

impl Canvas<'_> {
    fn paint(&self, hovered: Option<usize>) {
        self.links();
        self.sparks();
        self.trail();
        for index in 0..self.picture.dots.len() {
            self.dot(index);
        }
        for (index, ink) in [
            (hovered.filter(|h| Some(*h) != self.picture.selected), self.tokens.text_strong),
            (self.picture.selected, self.tokens.accent),
        ] {
            if let Some(&center) = index.and_then(|i| self.layout.centers.get(i)) {
                let ring = self.layout.radius + 4.0;
                self.painter.circle_stroke(center, ring, Stroke::new(2.0, ink));
            }
        }
        self.agent();
    }

    /// Both ends of a line between two states, their dots left free; `None` for a state itself.
    fn between(&self, from: u32, to: u32) -> Option<[Pos2; 2]> {
        let centers = &self.layout.centers;
        let [from, to] = [*centers.get(from as usize)?, *centers.get(to as usize)?];
        let free = (to - from).normalized() * (self.layout.radius + 3.0);
        (from.distance(to) > 2.0 * free.length()).then_some([from + free, to - free])
    }

    fn links(&self) {
        if self.picture.links.len() > LINKS {
            return;
        }
        let stroke = Stroke::new(1.2, self.tokens.stroke_strong);
        for &(from, to) in self.picture.links {
            let Some([tail, tip]) = self.between(from, to) else {
                continue;
            };
            self.painter.line_segment([tail, tip], stroke);
            if self.layout.detailed() {
                let along = (tip - tail).normalized() * 7.0;
                let wings =
                    [tip - along + along.rot90() * 0.5, tip, tip - along - along.rot90() * 0.5];
                self.painter.add(Shape::line(wings.to_vec(), stroke));
            }
        }
    }

    /// The newest imagined updates, each beside its line; a state that leads to itself has none.
    fn sparks(&self) {
        let count = self.picture.sparks.len().max(1) as f32;
        for (rank, &(from, to)) in self.picture.sparks.iter().enumerate().rev() {
            let Some(ends) = self.between(from, to) else {
                continue;
            };
            let lane = (ends[1] - ends[0]).normalized().rot90() * LANE * self.layout.radius;
            let [tail, tip] = ends.map(|end| end + lane);
            let opacity = 1.0 - 0.5 * rank as f32 / count;
            let ink = |color: Color32| color.gamma_multiply(opacity);
            self.painter.line_segment([tail, tip], Stroke::new(4.4, ink(self.tokens.casing)));
            let stroke = Stroke::new(2.4, ink(self.tokens.imagined));
            dashes::paint(&self.painter, &[tip, tail], stroke, dashes::ON, dashes::OFF);
            self.painter.circle_filled(tip, 5.0, ink(self.tokens.casing));
            self.painter.circle_filled(tip, 3.5, ink(self.tokens.imagined));
        }
    }

    /// The last steps really taken.
    fn trail(&self) {
        let steps: Vec<[Pos2; 2]> = (self.picture.trail.windows(2).rev().take(TRAIL))
            .filter_map(|pair| self.between(pair[0], pair[1]))
            .collect();
        // All casings first: where the path crosses itself, it must not cut itself.
        for (width, color) in [(6.4, self.tokens.casing), (3.4, self.tokens.real)] {
            for &step in &steps {
                self.painter.line_segment(step, Stroke::new(width, color));
            }
        }
    }

    fn dot(&self, index: usize) {
        let (dot, center) = (&self.picture.dots[index], self.layout.centers[index]);
        let (t, radius) = (&self.tokens, self.layout.radius);
        let strong = Stroke::new(2.0, t.text_strong);
        let value = dot.value.filter(|_| dot.kind != DotKind::End);
        let fill = value.map_or(t.panel, |(place, _)| theme::viridis(place));
        let edge = match (dot.kind, value) {
            (DotKind::Start | DotKind::End, _) => strong,
            (DotKind::Free, None) => Stroke::new(1.0, t.stroke_strong),
            (DotKind::Free, Some(_)) => Stroke::NONE,
        };
        if dot.kind == DotKind::End {
            let square = Rect::from_center_size(center, Vec2::splat(1.5 * radius));
            self.painter.rect(square, 3, t.bg, edge, StrokeKind::Inside);
        } else {
            self.painter.circle(center, radius, fill, edge);
        }
        if !self.layout.detailed() {
            return;
        }
        if let Some((_, number)) = value {
            self.number(center, number, theme::arrow_ink(fill));
        }
        let name = text::line(&self.painter, dot.name, theme::small(self.painter.ctx()), t.text);
        let below = center + vec2(0.0, radius + 4.0);
        text::place(&self.painter, &name, below, Align2::CENTER_TOP);
    }

    /// As many digits as the dot has room for.
    fn number(&self, center: Pos2, number: f64, ink: Color32) {
        let font = theme::code_medium(self.painter.ctx());
        let room = 1.8 * self.layout.radius;
        let lay = |decimals: usize| {
            let words = format!("{number:.decimals$}").replace('-', "\u{2212}");
            text::line(&self.painter, &words, font.clone(), ink)
        };
        if let Some(galley) = [2, 1, 0].map(lay).into_iter().find(|g| g.size().x <= room) {
            text::place(&self.painter, &galley, center, Align2::CENTER_CENTER);
        }
    }

    /// The agent sits on the rim of its dot, so that the number stays readable.
    fn agent(&self) {
        let at = self.picture.trail.last().and_then(|&s| self.layout.centers.get(s as usize));
        let Some(&center) = at else {
            return;
        };
        let (t, radius) = (&self.tokens, (0.38 * self.layout.radius).max(3.5));
        let seat = pos2(center.x, center.y - self.layout.radius);
        let core = if t.dark { t.text_strong } else { t.casing };
        self.painter.circle_filled(seat, radius + 1.5, t.casing);
        self.painter.circle_filled(seat, radius, t.real);
        self.painter.circle_filled(seat, 0.42 * radius, core);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_keep_their_distances_and_are_found_again() {
        let dots =
            [[0.0, 0.0], [1.0, 0.0], [2.0, 1.0]].map(|place| Dot { place, ..Dot::default() });
        let outer = Rect::from_min_size(pos2(10.0, 20.0), vec2(300.0, 120.0));
        let layout = Layout::new(outer, &dots, 1.0);
        assert_eq!(layout.centers[1] - layout.centers[0], vec2(60.0, 0.0));
        assert_eq!(layout.centers[2] - layout.centers[1], vec2(60.0, 60.0));
        for (index, center) in layout.centers.iter().enumerate() {
            assert!(outer.contains(*center));
            assert_eq!(layout.at(*center + vec2(3.0, 3.0)), Some(index));
        }
        assert_eq!(layout.at(outer.left_top()), None);
    }
}
