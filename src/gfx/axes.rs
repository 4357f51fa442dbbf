//! Ticks, and where their words stand beside a box that turns.

use egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Stroke, Vec2, pos2, vec2};

use super::camera::Projection;
use super::scene::{Axis, Label, Scene};
use super::style::Style;

/// Length of a tick in points.
const TICK: f32 = 5.0;
/// Where the name of an edge stands: so far from the nearest corner.
const NAME: f32 = 0.36;
/// Height of a picture below which names stand among the numbers, in points before the text scale.
const TIGHT: f32 = 330.0;

/// A number as it stands beside a tick, with so many digits after the point.
pub fn written(x: f64, digits: usize) -> String {
    let text = format!("{x:.digits$}");
    let zero = text.trim_start_matches('-').chars().all(|c| c == '0' || c == '.');
    if zero { text.replace('-', "") } else { text.replace('-', "\u{2212}") }
}

/// At most `most` round places of an axis, but at least two, with their names.
pub fn ticks(axis: &Axis, most: usize) -> Vec<(f64, String)> {
    let most = most.max(2);
    if axis.turns {
        return turning(axis, most);
    }
    if axis.log {
        return powers(axis, most);
    }
    let wide = (axis.high - axis.low).abs();
    if !(wide > 0.0 && wide.is_finite()) {
        return Vec::new();
    }
    let power = 10_f64.powf((wide / most as f64).log10().floor());
    let least = if axis.whole { 1.0 } else { 0.0 };
    let steps = [1.0, 2.0, 5.0, 10.0, 20.0].map(|m| (m * power).max(least));
    let count = |step: f64| whole(axis, step).count();
    let step = steps.into_iter().find(|&step| count(step) <= most).unwrap_or(steps[4]);
    let digits = (-step.log10().floor()).clamp(0.0, 9.0) as usize;
    whole(axis, step).map(|x| (x, written(x, digits))).collect()
}

/// Multiples of `step` within the axis.
fn whole(axis: &Axis, step: f64) -> impl Iterator<Item = f64> {
    let [low, high] = [axis.low.min(axis.high), axis.low.max(axis.high)];
    let ends = [(low / step - 1e-6).ceil(), (high / step + 1e-6).floor()];
    (ends[0] as i64..=ends[1] as i64).map(move |k| k as f64 * step)
}

/// Parts of pi.
fn turning(axis: &Axis, most: usize) -> Vec<(f64, String)> {
    use std::f64::consts::PI;
    let all = [4_i64, 2, 1].map(|parts| {
        let named = move |x: f64| (x, of_pi((x / PI * parts as f64).round() as i64, parts));
        whole(axis, PI / parts as f64).map(named).collect::<Vec<_>>()
    });
    let last = all[2].clone();
    all.into_iter().find(|ticks| ticks.len() <= most).unwrap_or(last)
}

/// `k` parts of pi of which `parts` make a whole, in words.
fn of_pi(k: i64, parts: i64) -> String {
    let mut common = parts;
    while common > 1 && (k % common != 0 || parts % common != 0) {
        common -= 1;
    }
    let (over, under) = (k / common, parts / common);
    let sign = if over < 0 { "\u{2212}" } else { "" };
    let times = if over.abs() == 1 { String::new() } else { over.abs().to_string() };
    match (over, under) {
        (0, _) => "0".to_owned(),
        (_, 1) => format!("{sign}{times}π"),
        _ => format!("{sign}{times}π/{under}"),
    }
}

/// Powers of ten.
fn powers(axis: &Axis, most: usize) -> Vec<(f64, String)> {
    let ends = [axis.low.log10() - 1e-9, axis.high.log10() + 1e-9];
    let all: Vec<i32> = (ends[0].ceil() as i32..=ends[1].floor() as i32).collect();
    let every = all.len().div_ceil(most).max(1);
    let name = |k: i32| match k {
        -2..=3 => written(10_f64.powi(k), (-k).max(0) as usize),
        _ => format!("1e{}", k.to_string().replace('-', "\u{2212}")),
    };
    all.into_iter().step_by(every).map(|k| (10_f64.powi(k), name(k))).collect()
}

/// Least width and height of a picture with words round it, in points before the text scale.
const LEAST: Vec2 = vec2(260.0, 150.0);

/// Whether a picture of this size has words round it: in a smaller one they would leave no room.
pub fn has_words(size: Vec2, scale: f32) -> bool {
    size.x >= LEAST.x * scale && size.y >= LEAST.y * scale
}

/// Whether the words round a picture have to be short of room.
fn is_tight(p: &Projection, style: &Style) -> bool {
    p.rect.height() < TIGHT * style.scale
}

/// Words at a place, kept so that they can be measured before they are painted.
pub struct Word {
    text: String,
    ink: Color32,
    font: FontId,
    rect: Rect,
}

/// A short line beside an edge of the box.
type Mark = [Pos2; 2];

/// All words and ticks round a box.
#[derive(Default)]
pub struct Around {
    words: Vec<Word>,
    marks: Vec<Mark>,
}

impl Around {
    /// Lays out what stands round the box of `scene`.
    pub fn of(painter: &Painter, scene: &Scene, p: &Projection, style: &Style) -> Self {
        let mut around = Self::default();
        if !p.is_flat() && !has_words(p.rect.size(), style.scale) {
            return around;
        }
        if p.is_flat() {
            let below = (vec2(0.0, 1.0), 0.5);
            around.edge(painter, (&scene.axes[0], style), p, |t| [t, 0.0, 0.0], below);
            around.numbers(painter, (&scene.axes[1], style), p, |t| [0.0, t, 0.0], vec2(-1.0, 0.0));
            // Over its upper end: beside it the name would take the picture's room.
            let ink = (style.name.clone(), style.text);
            let end = p.project([0.0, 1.0, 0.0]);
            let size = around.put(painter, scene.axes[1].label(), ink, end, vec2(0.0, -1.0), 8.0);
            let name = around.words.last_mut();
            name.into_iter().for_each(|word| {
                let left = p.rect.left() + 4.0;
                word.rect = Rect::from_min_size(pos2(left, end.y - 8.0 - size), word.rect.size());
            });
            return around;
        }
        let [x, y] = p.nearest_corner();
        let middle = p.project([0.5, 0.5, 0.0]);
        let out = |at: [f32; 3]| (p.project(at) - middle).normalized();
        // Names stand towards the nearest corner, where the slanting edges leave room.
        let name = |corner: f32| (corner - NAME).abs();
        let beside = (out([0.5, y, 0.0]), name(x));
        around.edge(painter, (&scene.axes[0], style), p, |t| [t, y, 0.0], beside);
        let beside = (out([x, 0.5, 0.0]), name(y));
        around.edge(painter, (&scene.axes[1], style), p, |t| [x, t, 0.0], beside);
        around.upright(painter, (&scene.axes[2], style), p);
        around
    }

    /// An edge of the ground, with its words on the side of `out` and its name at a share of it.
    fn edge(
        &mut self,
        painter: &Painter,
        (axis, style): (&Axis, &Style),
        p: &Projection,
        at: impl Fn(f32) -> [f32; 3],
        (out, name): (Vec2, f32),
    ) {
        let most = self.numbers(painter, (axis, style), p, &at, out);
        // The name stands clear of the numbers; where the picture is low it takes the place of some.
        let foot = p.project(at(name));
        let ink = (style.name.clone(), style.text);
        let gap = if is_tight(p, style) { TICK + 3.0 } else { 4.0 + most / style.scale };
        self.put(painter, axis.label(), ink, foot, out, gap * style.scale);
    }

    /// Its numbers alone. Returns how far they reach from it.
    fn numbers(
        &mut self,
        painter: &Painter,
        (axis, style): (&Axis, &Style),
        p: &Projection,
        at: impl Fn(f32) -> [f32; 3],
        out: Vec2,
    ) -> f32 {
        let ends = [0.0, 1.0].map(|t| p.project(at(t)));
        let along = ends[1] - ends[0];
        let room = (along.x.abs() / 60.0).max(along.y.abs() / 40.0) / style.scale;
        let gap = (TICK + 3.0) * style.scale;
        let mut most = 0.0_f32;
        for (x, name) in ticks(axis, room as usize) {
            let foot = p.project(at(axis.share(x) as f32));
            self.marks.push([foot, foot + TICK * style.scale * out]);
            let size =
                self.put(painter, name, (style.tick.clone(), style.text_weak), foot, out, gap);
            most = most.max(size);
        }
        gap + most
    }

    /// The axis of heights over a corner of the ground, its numbers away from the box.
    fn upright(&mut self, painter: &Painter, (axis, style): (&Axis, &Style), p: &Projection) {
        let [x, y] = p.upright_corner();
        let [near_x, near_y] = p.nearest_corner();
        let right = p.project([x, y, 0.0]).x > p.project([near_x, near_y, 0.0]).x;
        let aside = vec2(if right { 1.0 } else { -1.0 }, 0.0);
        let ends = [0.0, 1.0].map(|z| p.project([x, y, z]));
        let tall = (ends[0] - ends[1]).length();
        for (z, name) in ticks(axis, (tall / (26.0 * style.scale)) as usize) {
            let foot = p.project([x, y, axis.share(z) as f32]);
            self.marks.push([foot, foot + TICK * style.scale * aside]);
            let ink = (style.tick.clone(), style.text_weak);
            self.put(painter, name, ink, foot, aside, (TICK + 3.0) * style.scale);
        }
        // The name stands over the numbers, beside the surface rather than on it.
        let ink = (style.name.clone(), style.text);
        let over = ends[1] - vec2(0.0, 18.0 * style.scale);
        self.put(painter, axis.label(), ink, over, aside, 2.0 * style.scale);
    }

    /// Words beside `foot`, their box `gap` away in the direction `out`. Returns how far the box
    /// reaches along it.
    fn put(
        &mut self,
        painter: &Painter,
        text: String,
        (font, ink): (FontId, Color32),
        foot: Pos2,
        out: Vec2,
        gap: f32,
    ) -> f32 {
        let size = painter.layout_no_wrap(text.clone(), font.clone(), ink).size();
        let reach = 0.5 * (out.x.abs() * size.x + out.y.abs() * size.y);
        let rect = Rect::from_center_size(foot + (gap + reach) * out, size);
        self.words.push(Word { text, ink, font, rect });
        2.0 * reach
    }

    /// What the words take up.
    pub fn rect(&self) -> Rect {
        self.words.iter().map(|word| word.rect).fold(Rect::NOTHING, Rect::union)
    }

    /// Paints them; words that would lie over others are left out.
    pub fn paint(&self, painter: &Painter, style: &Style) {
        for mark in &self.marks {
            painter.line_segment(*mark, Stroke::new(1.0, style.axis));
        }
        let mut taken: Vec<Rect> = Vec::new();
        // Names of axes count more than numbers.
        let names = self.words.iter().filter(|word| word.ink == style.text);
        let numbers = self.words.iter().filter(|word| word.ink != style.text);
        for word in names.chain(numbers) {
            if taken.iter().any(|rect| rect.shrink(1.0).intersects(word.rect)) {
                continue;
            }
            taken.push(word.rect);
            haloed(painter, (&word.text, &word.font), word.rect, word.ink, style.ground);
        }
    }
}

/// Labels beside their places.
pub fn labels(painter: &Painter, scene: &Scene, p: &Projection, style: &Style) {
    for Label { at, text, colour } in &scene.labels {
        let foot = p.project(scene.shares(*at));
        let font = style.name.clone();
        let size = painter.layout_no_wrap(text.clone(), font.clone(), *colour).size();
        let gap = 12.0 * style.scale;
        let right = foot.x + gap + size.x <= p.rect.right();
        let corner = if right { foot + vec2(gap, 0.0) } else { foot - vec2(gap, 0.0) };
        let anchor = if right { Align2::LEFT_CENTER } else { Align2::RIGHT_CENTER };
        let rect = anchor.anchor_size(corner, size);
        haloed(painter, (text, &font), rect, *colour, style.ground);
    }
}

/// Words that stay readable on whatever lies behind them.
fn haloed(
    painter: &Painter,
    (text, font): (&str, &FontId),
    rect: Rect,
    ink: Color32,
    halo: Color32,
) {
    let around = [(-1.0, 0.0), (1.0, 0.0), (0.0, -1.0), (0.0, 1.0), (-0.7, -0.7), (0.7, 0.7)];
    for (x, y) in around {
        let at = rect.min + 1.6 * vec2(x, y);
        painter.text(at, Align2::LEFT_TOP, text, font.clone(), halo);
    }
    painter.text(rect.min, Align2::LEFT_TOP, text, font.clone(), ink);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(axis: &Axis, most: usize) -> Vec<String> {
        ticks(axis, most).into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn ticks_are_round_and_few() {
        let axis = Axis::new("speed", "rad/s", -8.0, 8.0);
        assert_eq!(names(&axis, 5), ["−5", "0", "5"]);
        assert_eq!(names(&axis, 9), ["−8", "−6", "−4", "−2", "0", "2", "4", "6", "8"]);
        assert_eq!(names(&Axis::new("", "", 0.0, 0.3), 4), ["0.0", "0.1", "0.2", "0.3"]);
        assert_eq!(names(&Axis::new("", "", -170.0, 0.0), 4), ["−150", "−100", "−50", "0"]);
        assert!(ticks(&Axis::new("", "", 1.0, 1.0), 4).is_empty());
        // Rows count from above.
        let rows = Axis::new("row", "", 2.5, -0.5).counted();
        assert_eq!(names(&rows, 9), ["0", "1", "2"]);
    }

    #[test]
    fn angles_have_parts_of_pi() {
        use std::f64::consts::PI;
        let axis = Axis::new("angle", "rad", -PI, PI).turning();
        assert_eq!(names(&axis, 5), ["−π", "−π/2", "0", "π/2", "π"]);
        assert_eq!(names(&axis, 3), ["−π", "0", "π"]);
        assert_eq!(names(&axis, 9)[..3], ["−π", "−3π/4", "−π/2"]);
        assert_eq!(names(&Axis::new("", "", 0.0, 2.0 * PI).turning(), 3), ["0", "π", "2π"]);
    }

    #[test]
    fn powers_of_ten_on_a_log_axis() {
        let axis = Axis::new("loss", "", 1e-2, 1e4).logarithmic();
        assert_eq!(names(&axis, 8), ["0.01", "0.1", "1", "10", "100", "1000", "1e4"]);
        assert_eq!(names(&axis, 4).len(), 4);
    }
}
