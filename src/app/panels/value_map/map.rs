//! One map: a texture, two axes, where the run has been, and its present way.

use egui::{
    Align2, Color32, ColorImage, Painter, Pos2, Rect, Role, Sense, Stroke, StrokeKind,
    TextureOptions, Ui, WidgetInfo, pos2, vec2,
};

use crate::app::theme::{self, Tokens};
use crate::app::widgets::text;
use crate::app::words::value;
use crate::experiment::cohort::Path;
use crate::mdp::physical::{Body, Dimension};
use crate::probes::surface::{Cut, Plane, Surfaces};

/// Points of the texture along one number.
const PIXELS: usize = 181;

/// How values become colours: the same for what is learned and what is true.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    /// Greatest difference either way.
    most: f64,
    is_signed: bool,
}

impl Scale {
    /// One scale for all maps. What is learned decides only where nothing is known to be true: a
    /// learner far off must not take all colours away.
    pub fn of(found: &Surfaces) -> Self {
        let truth = found.optimum.as_ref().map(|optimum| &optimum.plane);
        let ends = |plane: &Plane| {
            let values = plane.values.iter().copied().filter(|v| v.is_finite());
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)))
        };
        let (low, high) = truth.or(found.learned.as_ref()).map_or((0.0, 1.0), ends);
        let (low, high) = (outward(low, f64::floor), outward(high, f64::ceil));
        let most = found.excess.as_ref().map_or((0.0, 0.0), ends);
        let most = most.0.abs().max(most.1.abs()).max(1e-9);
        Self { low, high, most: round_up(most), is_signed: false }
    }

    /// The same for a difference.
    pub fn signed(self) -> Self {
        Self { is_signed: true, ..self }
    }

    fn color(self, x: f64) -> Color32 {
        match self.is_signed {
            _ if !x.is_finite() => theme::off_scale(),
            true => theme::piyg((x / self.most).clamp(-1.0, 1.0) as f32),
            false => theme::viridis(((x - self.low) / (self.high - self.low).max(1e-9)) as f32),
        }
    }

    /// Shares of the bar with what they mean.
    fn ticks(self) -> Vec<(f32, String)> {
        match self.is_signed {
            true => vec![
                (0.0, value(-self.most)),
                (0.5, "0".to_owned()),
                (1.0, format!("+{}", value(self.most))),
            ],
            false => vec![(0.0, value(self.low)), (1.0, value(self.high))],
        }
    }

    fn at_share(self, share: f32) -> f64 {
        let share = f64::from(share);
        match self.is_signed {
            true => (2.0 * share - 1.0) * self.most,
            false => self.low + share * (self.high - self.low),
        }
    }
}

/// The next number outwards with two digits: an end of a scale that can be read.
fn outward(x: f64, round: fn(f64) -> f64) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    let unit = 10_f64.powf(x.abs().log10().floor() - 1.0);
    round(x / unit) * unit
}

/// The next of 1, 2, 5, 10, 20, 50 ...: a scale that does not jump with every update.
fn round_up(x: f64) -> f64 {
    let power = 10_f64.powf(x.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * power).find(|&m| m >= x).unwrap_or(x)
}

/// One map of a plane.
pub struct Map<'a> {
    /// What it shows, in a word or two.
    pub title: String,
    /// What is missing.
    pub note: Option<&'a str>,
    /// The values.
    pub plane: Option<&'a Plane>,
    /// The plane that it shows.
    pub cut: Cut,
    /// Their colours.
    pub scale: Scale,
    /// Where the run was.
    pub path: &'a Path,
    /// The state that a person picked.
    pub picked: Option<Body>,
}

impl Map<'_> {
    /// Draws it into `outer`; returns the place that was clicked.
    pub fn ui(&self, ui: &mut Ui, outer: Rect) -> Option<[f64; 2]> {
        let response = ui.allocate_rect(outer, Sense::CLICK);
        let spoken = format!("Value map: {}", self.title);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
        let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
        let painter = ui.painter().with_clip_rect(outer.expand(4.0).intersect(ui.clip_rect()));
        let field = Rect::from_min_max(
            outer.min + vec2(44.0, 26.0) * points,
            outer.max - vec2(12.0, 44.0) * points,
        );
        if !field.is_positive() {
            return None;
        }
        self.head(&painter, outer, &t, points);
        if let Some(plane) = self.plane {
            self.texture(ui, &painter, field, plane);
        }
        painter.rect_stroke(field, 0, Stroke::new(1.0, t.stroke), StrokeKind::Outside);
        self.axes(&painter, field, &t, points);
        self.way(&painter.with_clip_rect(field), field, &t);
        let over = response.interact_pointer_pos().or(response.hover_pos());
        let place = self.place(field, over.filter(|at| field.contains(*at))?);
        let clicked = response.clicked();
        let words = self.plane.map(|plane| self.words(plane, place));
        response.on_hover_text_at_pointer(words.unwrap_or_default());
        clicked.then_some(place)
    }

    /// A place and its value, in words.
    fn words(&self, plane: &Plane, place: [f64; 2]) -> String {
        let number = |index: usize| {
            let d = self.cut.numbers[index];
            format!("{} {} {}", d.name, value(place[index]), d.unit)
        };
        format!("{}, {}\n{}: {}", number(0), number(1), self.title, value(plane.at(place)))
    }

    /// Title, colour bar with its ends, and what is missing.
    fn head(&self, painter: &Painter, outer: Rect, t: &Tokens, points: f32) {
        let ctx = painter.ctx();
        let title = text::line(painter, &self.title, theme::tick_strong(ctx), t.text_strong);
        let seat =
            text::place(painter, &title, outer.min + vec2(44.0 * points, 0.0), Align2::LEFT_TOP);
        let bar_end = outer.right() - 12.0 * points;
        let wide = (0.36 * outer.width()).min(150.0 * points);
        let bar = Rect::from_min_max(
            pos2(bar_end - wide, outer.top() + 2.0),
            pos2(bar_end, outer.top() + 8.0 * points),
        );
        if bar.left() < seat.right() + 8.0 {
            return;
        }
        let steps = 48;
        for step in 0..steps {
            let edge = |step: i32| bar.left() + bar.width() * step as f32 / steps as f32;
            let piece = Rect::from_x_y_ranges(edge(step)..=edge(step + 1), bar.y_range());
            let share = (step as f32 + 0.5) / steps as f32;
            painter.rect_filled(piece, 0, self.scale.color(self.scale.at_share(share)));
        }
        for (share, words) in self.scale.ticks() {
            let line = text::line(painter, &words, theme::small(ctx), t.text_weak);
            let at = pos2(bar.left() + share * bar.width(), bar.bottom() + 1.0);
            let anchor = match share {
                0.0 => Align2::LEFT_TOP,
                1.0 => Align2::RIGHT_TOP,
                _ => Align2::CENTER_TOP,
            };
            text::place(painter, &line, at, anchor);
        }
    }

    fn texture(&self, ui: &Ui, painter: &Painter, field: Rect, plane: &Plane) {
        let [across, up] = self.cut.numbers.map(|d| d.range);
        let along = |(low, high): (f64, f64), index: usize| {
            low + (high - low) * index as f64 / (PIXELS - 1) as f64
        };
        let pixel = |index: usize| {
            let (x, y) = (index % PIXELS, PIXELS - 1 - index / PIXELS);
            self.scale.color(plane.at([along(across, x), along(up, y)]))
        };
        let image = ColorImage::new([PIXELS, PIXELS], (0..PIXELS * PIXELS).map(pixel).collect());
        let id = ui.scope_id().with("plane");
        let texture =
            painter.ctx().load_texture_cached("value map", id, image, TextureOptions::LINEAR);
        // Colours belong to the middles of pixels: the ends of the axes are half a pixel inside.
        let half = 0.5 / PIXELS as f32;
        let inside = Rect::from_min_max(pos2(half, half), pos2(1.0 - half, 1.0 - half));
        painter.image(texture.id(), field, inside, Color32::WHITE);
    }

    fn axes(&self, painter: &Painter, field: Rect, t: &Tokens, points: f32) {
        let font = theme::small(painter.ctx());
        let word = |words: &str, at: Pos2, anchor: Align2| {
            let line = text::line(painter, words, font.clone(), t.text_weak);
            text::place(painter, &line, at, anchor);
        };
        let [across, up] = self.cut.numbers;
        let few = field.width() < 220.0 * points;
        for (x, name) in ticks(across, few) {
            let at = self.at(field, [x, up.range.0]);
            painter.line_segment([at, at + vec2(0.0, 4.0)], Stroke::new(1.0, t.stroke_strong));
            // The last number ends where the axis does.
            let last = x >= across.range.1 && !across.turns;
            let anchor = if last { Align2::RIGHT_TOP } else { Align2::CENTER_TOP };
            word(&name, at + vec2(0.0, 5.0), anchor);
        }
        for (y, name) in ticks(up, field.height() < 120.0 * points) {
            let at = self.at(field, [across.range.0, y]);
            painter.line_segment([at, at - vec2(4.0, 0.0)], Stroke::new(1.0, t.stroke_strong));
            word(&name, at - vec2(6.0, 0.0), Align2::RIGHT_CENTER);
        }
        let label = |d: &Dimension| format!("{}, {}", d.name, d.unit);
        let below = field.bottom() + 22.0 * points;
        word(&label(across), pos2(field.right(), below), Align2::RIGHT_TOP);
        let note = self.note.map_or_else(String::new, |note| format!("  ·  {note}"));
        let words = format!("up: {}{note}", label(up));
        let room = field.width() * 0.72;
        let line = text::elided(painter, &words, font, t.text_weak, room);
        text::place(painter, &line, pos2(field.left(), below), Align2::LEFT_TOP);
    }

    /// Where a place of the plane lies; angles a full turn away are the same.
    fn at(&self, field: Rect, place: [f64; 2]) -> Pos2 {
        let share = |index: usize| {
            let (low, high) = self.cut.numbers[index].range;
            ((place[index] - low) / (high - low)) as f32
        };
        pos2(field.left() + share(0) * field.width(), field.bottom() - share(1) * field.height())
    }

    /// The place under a point.
    fn place(&self, field: Rect, at: Pos2) -> [f64; 2] {
        let [across, up] = self.cut.numbers.map(|d| d.range);
        let right = f64::from((at.x - field.left()) / field.width());
        let high = f64::from((field.bottom() - at.y) / field.height());
        [across.0 + right * (across.1 - across.0), up.0 + high * (up.1 - up.0)]
    }

    /// States of earlier episodes as dots, those of this one as a line, the present one on top.
    fn way(&self, painter: &Painter, field: Rect, t: &Tokens) {
        let wrapped = |body: &Body| {
            let number = |i: usize| super::wrapped(self.cut.numbers[i], body[self.cut.at[i]]);
            self.at(field, [number(0), number(1)])
        };
        for body in self.path.before() {
            let at = wrapped(body);
            painter.circle_filled(at, 2.6, t.casing.gamma_multiply(0.6));
            painter.circle_filled(at, 1.6, t.real);
        }
        let mut pieces: Vec<Vec<Pos2>> = vec![Vec::new()];
        for body in self.path.episode() {
            let at = wrapped(body);
            let last = pieces.last().and_then(|piece| piece.last());
            // Over the edge it comes in again at the other side.
            if last.is_some_and(|last| (last.x - at.x).abs() > 0.5 * field.width()) {
                pieces.push(Vec::new());
            }
            if let Some(piece) = pieces.last_mut() {
                piece.push(at);
            }
        }
        for (width, ink) in [(5.4, t.casing), (2.6, t.real)] {
            for piece in &pieces {
                painter.line(piece.clone(), Stroke::new(width, ink));
            }
        }
        if let Some(at) = self.picked.as_ref().map(wrapped) {
            painter.circle_stroke(at, 8.0, Stroke::new(4.5, t.casing));
            painter.circle_stroke(at, 8.0, Stroke::new(2.0, t.accent));
        }
        if let Some(at) = self.path.now().map(wrapped) {
            let core = if t.dark { t.text_strong } else { t.casing };
            painter.circle_filled(at, 7.5, t.casing);
            painter.circle_filled(at, 6.0, t.real);
            painter.circle_filled(at, 2.4, core);
        }
    }
}

/// Places with names on an axis: parts of pi on one that turns.
fn ticks(d: &Dimension, few: bool) -> Vec<(f64, String)> {
    let (low, high) = d.range;
    let middle = (low + high) / 2.0;
    if !d.turns {
        return [low, middle, high].map(|x| (x, value(x))).to_vec();
    }
    let names = ["\u{2212}π", "\u{2212}π/2", "0", "π/2", "π"];
    let all = names
        .iter()
        .enumerate()
        .map(|(index, name)| (low + (high - low) * index as f64 / 4.0, (*name).to_owned()));
    all.step_by(if few { 2 } else { 1 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_grow_in_round_steps() {
        let up: Vec<f64> = [0.3, 1.0, 1.1, 4.0, 70.0].map(round_up).to_vec();
        let want = [0.5, 1.0, 2.0, 5.0, 100.0];
        up.iter().zip(want).for_each(|(a, b)| assert!((a - b).abs() < 1e-12, "{up:?}"));
        assert_eq!((outward(-257.7, f64::floor), outward(0.0, f64::ceil)), (-260.0, 0.0));
        let scale = Scale { low: -4.0, high: 0.0, most: 2.0, is_signed: true };
        assert_eq!(scale.color(0.0), theme::piyg(0.0));
        assert_eq!(scale.at_share(1.0), 2.0);
        assert_eq!(scale.color(f64::NAN), theme::off_scale());
    }
}
