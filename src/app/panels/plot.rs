//! A small field with two axes for panels that draw something other than curves of runs.

use std::sync::Arc;

use egui::{
    Align2, Color32, Galley, Painter, Pos2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};

use crate::app::theme::{self, Tokens};
use crate::app::widgets::{chart, text};

/// Room between the end of a line and its words, before the text scale.
const LEAD: f32 = 16.0;

/// Places in the order of `wished`, at least `high` from each other and half of that within `ends`,
/// as near to what was wished as that allows.
fn apart(wished: &[f32], high: f32, [top, bottom]: [f32; 2]) -> Vec<f32> {
    // Groups that touch: how many, and the mean of where their first members wish to be.
    let mut groups: Vec<(usize, f32)> = Vec::new();
    for &y in wished {
        groups.push((1, y));
        while let [.., (before, a), (n, b)] = groups[..]
            && a + before as f32 * high > b
        {
            let all = before + n;
            // The later group's first member stands `before` places below.
            let mean = (a * before as f32 + (b - before as f32 * high) * n as f32) / all as f32;
            groups.truncate(groups.len() - 2);
            groups.push((all, mean));
        }
    }
    let mut places: Vec<f32> = groups
        .into_iter()
        .flat_map(|(n, first)| (0..n).map(move |k| first + k as f32 * high))
        .collect();
    let (low, most) = (top + high / 2.0, bottom - high / 2.0);
    let count = places.len();
    for (index, place) in places.iter_mut().enumerate() {
        let room = (count - 1 - index) as f32 * high;
        *place = place.min(most - room).max(low + index as f32 * high);
    }
    places
}

/// Ends of an axis.
#[derive(Clone, Copy)]
pub struct Ends {
    /// Least value.
    pub low: f64,
    /// Greatest value.
    pub high: f64,
    /// Equal ratios take equal lengths.
    pub log: bool,
}

/// Ends of axes.
const ROUND: [f64; 10] = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0];

/// The least round number that is not below `x`.
pub fn round_up(x: f64) -> f64 {
    let decade = 10_f64.powf(x.max(1e-300).log10().floor());
    let found = ROUND.into_iter().map(|n| n * decade).find(|n| *n >= x * (1.0 - 1e-12));
    found.unwrap_or(10.0 * decade)
}

/// The greatest round number that is not above `x`.
fn round_down(x: f64) -> f64 {
    let decade = 10_f64.powf(x.max(1e-300).log10().floor());
    let found = ROUND.into_iter().rev().map(|n| n * decade).find(|n| *n <= x * (1.0 + 1e-12));
    found.unwrap_or(decade)
}

/// A number at an axis, as at the axes of charts; ten-thousandths stand beside thousandths as they do.
pub fn named(x: f64) -> String {
    match (1e-4..1e-3).contains(&x) {
        true => format!("{x:.5}").trim_end_matches('0').to_owned(),
        false => chart::number(x, 3),
    }
}

/// The first of `words` that fits `room` as small type, else the last.
pub fn fitting<'a>(ui: &Ui, words: &[&'a str], room: f32) -> &'a str {
    let font = theme::small(ui.ctx());
    let wide =
        |words: &str| text::line(ui.painter(), words, font.clone(), Color32::PLACEHOLDER).size().x;
    let fits = words.iter().find(|words| wide(words) <= room);
    fits.or(words.last()).copied().unwrap_or("")
}

impl Ends {
    /// From zero (or the least value, if that is lower) to the greatest.
    pub fn over(values: impl Iterator<Item = f64> + Clone) -> Self {
        let finite = values.filter(|v| v.is_finite());
        let high = finite.clone().fold(1e-12, f64::max);
        Self { low: finite.fold(0.0, f64::min), high, log: false }
    }

    /// Where the axis is labelled: its ends and the middle, or round numbers at least `apart` of its
    /// length from each other.
    fn ticks(self, apart: f32) -> Vec<f64> {
        if !self.log {
            return vec![self.low, (self.low + self.high) / 2.0, self.high];
        }
        let mut ticks = vec![self.low, self.high];
        // Powers of ten first; halves and fifths where there is room for them.
        for mark in [1.0, 3.0, 2.0, 5.0] {
            let decades = self.low.log10().floor() as i32..=self.high.log10().ceil() as i32;
            for value in decades.map(|decade| mark * 10_f64.powi(decade)) {
                let free = |other: &f64| (self.share(value) - self.share(*other)).abs() >= apart;
                if self.low < value && value < self.high && ticks.iter().all(free) {
                    ticks.push(value);
                }
            }
        }
        ticks
    }

    /// A log axis from and to round numbers.
    fn rounded(self) -> Self {
        match self.log && self.low > 0.0 {
            true => Self { low: round_down(self.low), high: round_up(self.high), log: true },
            false => self,
        }
    }

    fn share(self, x: f64) -> f32 {
        let place = |x: f64| if self.log { x.max(1e-300).ln() } else { x };
        let (low, high) = (place(self.low), place(self.high));
        ((place(x) - low) / (high - low).max(1e-300)).clamp(0.0, 1.0) as f32
    }
}

/// The field: everything between the axes, in the coordinates of the data.
pub struct Field {
    /// For everything that lies in it.
    pub painter: Painter,
    /// Colours.
    pub t: Tokens,
    /// Text scale.
    pub points: f32,
    rect: Rect,
    outer: Rect,
    /// Lengths of the names of both axes.
    named: [f32; 2],
    /// How numbers are written at the axes.
    name: fn(f64) -> String,
    x: Ends,
    y: Ends,
}

impl Field {
    /// Takes all the space there is, with the quantities of both axes and what it says aloud.
    pub fn new(ui: &mut Ui, x: (Ends, &str), y: (Ends, &str), spoken: &str) -> Self {
        Self::before(ui, x, y, spoken, &[])
    }

    /// The same, with another way of writing the numbers at both axes.
    pub fn written(
        ui: &mut Ui,
        x: (Ends, &str),
        y: (Ends, &str),
        spoken: &str,
        name: fn(f64) -> String,
    ) -> Self {
        Self::made(ui, x, y, spoken, (&[], name))
    }

    /// The same, with room at the right for words at the ends of lines.
    pub fn before(
        ui: &mut Ui,
        x: (Ends, &str),
        y: (Ends, &str),
        spoken: &str,
        words: &[&str],
    ) -> Self {
        Self::made(ui, x, y, spoken, (words, named))
    }

    fn made(
        ui: &mut Ui,
        x: (Ends, &str),
        y: (Ends, &str),
        spoken: &str,
        (words, name): (&[&str], fn(f64) -> String),
    ) -> Self {
        let points = theme::scale(ui.ctx());
        let t = theme::tokens(ui.ctx());
        let size = ui.available_size().max(vec2(120.0, 60.0));
        let (response, painter) = ui.allocate_painter(size, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, spoken));
        let outer = response.rect;
        let font = theme::tick_strong(ui.ctx());
        let lead = LEAD * points + 4.0;
        let wide = |word: &&str| text::line(&painter, word, font.clone(), t.text).size().x + lead;
        let right = words.iter().map(wide).fold(12.0 * points, f32::max);
        let rect = Rect::from_min_max(
            outer.min + vec2(52.0, 24.0) * points,
            outer.max - vec2(right, 40.0 * points),
        );
        let small = theme::small(ui.ctx());
        let x_name = if x.0.log { format!("{} (log scale)", x.1) } else { x.1.to_owned() };
        let named = [x_name.as_str(), y.1]
            .map(|name| text::line(&painter, name, small.clone(), t.text).size().x);
        let (x, y_ends) = (x.0.rounded(), y.0.rounded());
        let field = Self { painter, t, points, rect, outer, named, name, x, y: y_ends };
        field.axes(&x_name, y.1);
        field
    }

    fn axes(&self, x_name: &str, y_name: &str) {
        let outer = self.outer;
        let font = theme::small(self.painter.ctx());
        let word = |words: &str, at: Pos2, anchor: Align2| {
            let line =
                text::elided(&self.painter, words, font.clone(), self.t.text_weak, outer.width());
            text::place(&self.painter, &line, at, anchor);
        };
        for y in self.y.ticks(0.12) {
            let at = self.rect.bottom() - self.y.share(y) * self.rect.height();
            let line = [pos2(self.rect.left(), at), pos2(self.rect.right(), at)];
            self.painter.line_segment(line, Stroke::new(1.0, self.t.stroke));
            word(&(self.name)(y), line[0] - vec2(6.0, 0.0), Align2::RIGHT_CENTER);
        }
        let below = self.rect.bottom() + 5.0 * self.points;
        for x in if self.x.log { self.x.ticks(0.2) } else { vec![self.x.low, self.x.high] } {
            let share = self.x.share(x);
            let anchor = match share {
                ..0.01 => Align2::LEFT_TOP,
                0.99.. => Align2::RIGHT_TOP,
                _ => Align2::CENTER_TOP,
            };
            word(
                &(self.name)(x),
                pos2(self.rect.left() + share * self.rect.width(), below),
                anchor,
            );
        }
        word(x_name, outer.left_bottom(), Align2::LEFT_BOTTOM);
        word(y_name, outer.left_top(), Align2::LEFT_TOP);
    }

    /// Where a point of the data lies.
    pub fn at(&self, [x, y]: [f64; 2]) -> Pos2 {
        let right = self.x.share(x) * self.rect.width();
        pos2(self.rect.left() + right, self.rect.bottom() - self.y.share(y) * self.rect.height())
    }

    /// Points on the screen.
    pub fn path(&self, points: impl Iterator<Item = [f64; 2]>) -> Vec<Pos2> {
        points.map(|point| self.at(point)).collect()
    }

    /// The same, with its words where they cover least of `lines`.
    pub fn mark_beside(&self, x: f64, words: &str, ink: Color32, lines: &[Vec<Pos2>]) {
        let small = theme::small(self.painter.ctx());
        let high = text::line(&self.painter, words, small, ink).size().y;
        let rows = ((self.rect.height() / high.max(1.0)) as usize).max(1);
        let covered = |row: &usize| {
            let seat = self.seat_of(x, *row, words, ink).0.expand(3.0);
            let inside = |line: &Vec<Pos2>| {
                line.windows(2)
                    .filter(|ends| seat.intersects(Rect::from_two_pos(ends[0], ends[1])))
                    .count()
            };
            lines.iter().map(inside).sum::<usize>()
        };
        let row = (0..rows).min_by_key(covered).unwrap_or(0);
        self.mark(x, row, words, ink);
    }

    /// Where the words of a mark stand, and they themselves.
    fn seat_of(&self, x: f64, row: usize, words: &str, ink: Color32) -> (Rect, Arc<Galley>) {
        let at = self.at([x, self.y.high]).x;
        let words = text::line(&self.painter, words, theme::small(self.painter.ctx()), ink);
        let right = at + words.size().x + 8.0 > self.rect.right();
        let anchor = if right { Align2::RIGHT_TOP } else { Align2::LEFT_TOP };
        let aside = vec2(if right { -4.0 } else { 4.0 }, row as f32 * words.size().y);
        (anchor.anchor_size(pos2(at, self.rect.top()) + aside, words.size()), words)
    }

    /// A thin vertical line with a few words in line `row` from the top.
    pub fn mark(&self, x: f64, row: usize, words: &str, ink: Color32) {
        let at = self.at([x, self.y.high]).x;
        let line = [pos2(at, self.rect.top()), pos2(at, self.rect.bottom())];
        self.painter.line_segment(line, Stroke::new(1.2, ink));
        let (seat, words) = self.seat_of(x, row, words, ink);
        text::place(&self.painter, &words, seat.min, Align2::LEFT_TOP);
    }

    /// What the marks mean: at the upper right beside the name of the vertical axis, at the lower
    /// right where both do not fit in one line, and in the field where that is full, too.
    pub fn note(&self, words: &str) {
        let font = theme::small(self.painter.ctx());
        let room = self.rect.width();
        let words = text::elided(&self.painter, words, font, self.t.text_weak, room);
        let all = self.rect.right() - self.outer.left() - 12.0 * self.points;
        let free = self.named.map(|name| words.size().x <= all - name);
        let (y, anchor) = match free {
            [_, true] => (self.outer.top(), Align2::RIGHT_TOP),
            [true, _] => (self.outer.bottom(), Align2::RIGHT_BOTTOM),
            _ => (self.rect.top() + 3.0 * self.points, Align2::RIGHT_TOP),
        };
        text::place(&self.painter, &words, pos2(self.rect.right(), y), anchor);
    }

    /// The first of some notes that has room outside the field, else the last one within it.
    pub fn fitting_note(&self, all: &[&str]) {
        let font = theme::small(self.painter.ctx());
        let room = self.rect.right() - self.outer.left() - 12.0 * self.points;
        let free = room - self.named[0].min(self.named[1]);
        let wide = |words: &&&str| {
            text::line(&self.painter, words, font.clone(), self.t.text_weak).size().x <= free
        };
        self.note(all.iter().find(wide).or(all.last()).copied().unwrap_or(""));
    }

    /// Words behind the ends of lines, moved apart no farther than they must be; a thin line leads
    /// to each that was moved.
    pub fn ends(&self, ends: &[(Pos2, &str, Color32)]) {
        let font = theme::tick_strong(self.painter.ctx());
        let mut ends = ends.to_vec();
        ends.sort_by(|a, b| a.0.y.total_cmp(&b.0.y));
        let high = text::line(&self.painter, "0", font.clone(), self.t.text).size().y;
        let wished: Vec<f32> = ends.iter().map(|(at, ..)| at.y).collect();
        let middles = apart(&wished, high, [self.rect.top(), self.rect.bottom()]);
        for ((at, words, ink), y) in ends.iter().zip(middles) {
            let seat = pos2(at.x + LEAD * self.points, y);
            if (y - at.y).abs() > 1.0 {
                let lead = [*at + vec2(3.0, 0.0), seat - vec2(3.0, 0.0)];
                self.painter.line_segment(lead, Stroke::new(1.0, self.t.text_weak));
            }
            let words = text::line(&self.painter, words, font.clone(), *ink);
            text::place(&self.painter, &words, seat, Align2::LEFT_CENTER);
        }
    }

    /// Words beside a point, inside the field.
    pub fn label(&self, at: Pos2, words: &str, ink: Color32) {
        let words = text::line(&self.painter, words, theme::tick_strong(self.painter.ctx()), ink);
        let high = words.size().y;
        let x = at.x.min(self.rect.right() - words.size().x);
        let y = (at.y - high - 3.0).clamp(self.rect.top(), self.rect.bottom() - high);
        let seat = Rect::from_min_size(pos2(x, y), words.size());
        self.painter.rect_filled(seat.expand(2.0), 2, self.t.panel.gamma_multiply(0.8));
        text::place(&self.painter, &words, seat.min, Align2::LEFT_TOP);
    }
}

#[cfg(test)]
mod tests {
    use super::{Ends, apart, round_up};

    #[test]
    fn log_axes_are_labelled_at_round_numbers() {
        let ticks = |low, high, apart| {
            let mut ticks = Ends { low, high, log: true }.rounded().ticks(apart);
            ticks.sort_by(f64::total_cmp);
            ticks.iter().map(|x| format!("{x:.3}")).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(ticks(200.0, 12_000.0, 0.2), "200.000 1000.000 3000.000 12000.000");
        assert_eq!(ticks(1e-3, 1.0, 0.12), "0.001 0.003 0.010 0.030 0.100 0.300 1.000");
        assert_eq!(ticks(0.0032, 0.0101, 0.12), "0.003 0.005 0.010 0.012");
        assert_eq!(ticks(199.0, 4_000.0, 0.2), "150.000 300.000 1000.000 2000.000 4000.000");
    }

    #[test]
    fn words_at_the_ends_of_lines_move_no_farther_than_they_must() {
        let ends = [0.0, 100.0];
        assert_eq!(apart(&[20.0, 60.0], 10.0, ends), [20.0, 60.0], "nothing touches");
        assert_eq!(apart(&[40.0, 40.0], 10.0, ends), [35.0, 45.0], "both give way alike");
        assert_eq!(apart(&[1.0, 50.0, 99.0], 10.0, ends), [5.0, 50.0, 95.0], "within the field");
        assert_eq!(apart(&[50.0, 52.0, 54.0], 10.0, ends), [42.0, 52.0, 62.0]);
    }

    #[test]
    fn axes_end_at_the_next_round_number() {
        let cases = [(0.663, 0.8), (1.0, 1.0), (1243.0, 1500.0), (9.1, 10.0), (3e-4, 3e-4)];
        for (x, end) in cases {
            assert!((round_up(x) - end).abs() < 1e-9 * end, "{x}: {}", round_up(x));
        }
    }
}
