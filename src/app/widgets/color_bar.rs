//! The value map as a bar with ticks; it stands once per row of tiles, at the row's title.

use egui::{
    Align2, Color32, CornerRadius, Mesh, Rect, Response, Role, Sense, Shape, Stroke, StrokeKind,
    Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::text;
use crate::app::theme;

/// A bar; configure, then [`ColorBar::show`].
#[must_use]
pub struct ColorBar<'a> {
    label: &'a str,
    ticks: Vec<(f32, String)>,
    map: fn(f32) -> Color32,
    no_news: bool,
    room: f32,
}

/// Length of the bar, and the least it may shrink to, in points before the text scale.
const WIDTH: f32 = 220.0;
const LEAST: f32 = 110.0;
/// Length from which every tick has its word; a shorter bar names each second one.
const ALL_WORDS: f32 = 170.0;

impl<'a> ColorBar<'a> {
    /// A log bar of the value map from 10 to the power `low` up to 10 to the power `high`.
    pub fn log(label: &'a str, low: i32, high: i32) -> Self {
        let span = (high - low).max(1) as f32;
        let tick = |power: i32| ((power - low) as f32 / span, power_of_ten(power));
        let ticks = (low..=high).map(tick).collect();
        Self { label, ticks, map: theme::viridis, no_news: true, room: f32::INFINITY }
    }

    /// A linear bar of the value map with both ends labelled.
    pub fn linear(label: &'a str, low: &str, high: &str) -> Self {
        let ticks = vec![(0.0, low.to_owned()), (1.0, high.to_owned())];
        Self { label, ticks, map: theme::viridis, no_news: false, room: f32::INFINITY }
    }

    /// Another map, such as `theme::cividis` for errors.
    pub fn map(mut self, map: fn(f32) -> Color32) -> Self {
        self.map = map;
        self
    }

    /// Whether to explain the cell that has no news.
    pub const fn no_news(mut self, shown: bool) -> Self {
        self.no_news = shown;
        self
    }

    /// Least room there is, in points: the bar gets shorter, then `no news` goes, then all.
    pub const fn room(mut self, room: f32) -> Self {
        self.room = room;
        self
    }

    /// Draws `no news`, the label and the bar on one line.
    pub fn show(self, ui: &mut Ui) -> Response {
        let ctx = ui.ctx();
        let (t, scale) = (theme::tokens(ctx), theme::scale(ctx));
        let news = text::line(ui.painter(), "no news", theme::small(ctx), t.text_weak);
        let label = text::line(ui.painter(), self.label, theme::small(ctx), t.text_weak);
        let (cell, gap) = (14.0 * scale, 20.0 * scale);
        // Half a tick label hangs over each end of the bar.
        let half = |tick: Option<&(f32, String)>| {
            let word = tick.map_or("", |(_, word)| word.as_str());
            text::line(ui.painter(), word, theme::small(ctx), t.text_weak).size().x / 2.0
        };
        let overhang = half(self.ticks.first()).max(9.0 * scale) + 9.0 * scale;
        let tail = half(self.ticks.last()).max(9.0 * scale);
        let lead = news.size().x + 8.0 * scale + cell + gap;
        let rest = self.room - label.size().x - overhang - tail;
        if rest < LEAST * scale {
            // Not even the bar alone: the tooltips of the cells have the numbers.
            return ui.allocate_exact_size(Vec2::ZERO, Sense::hover()).1;
        }
        let no_news = self.no_news && rest - lead >= LEAST * scale;
        let lead = if no_news { lead } else { 0.0 };
        let wide = (rest - lead).clamp(LEAST * scale, WIDTH * scale);
        let width = lead + label.size().x + overhang + wide + tail;
        let size = vec2(width, 12.0 * scale + 4.0 * scale + label.size().y);
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        let painter = ui.painter();
        let mut at = pos2(rect.left(), rect.top() + 6.0 * scale);
        if no_news {
            let words = text::place(painter, &news, at, Align2::LEFT_CENTER);
            let left = pos2(words.right() + 8.0 * scale, at.y - cell / 2.0);
            let empty = Rect::from_min_size(left, Vec2::splat(cell));
            let edge = Stroke::new(1.0, t.stroke_strong);
            painter.rect(empty, CornerRadius::same(3), t.panel, edge, StrokeKind::Inside);
            at.x = empty.right() + gap;
        }
        let words = text::place(painter, &label, at, Align2::LEFT_CENTER);
        let left = pos2(words.right() + overhang, rect.top() + scale);
        self.paint_bar(ui, Rect::from_min_size(left, vec2(wide, 10.0 * scale)));
        response.widget_info(|| {
            let ends = [self.ticks.first(), self.ticks.last()];
            let [low, high] = ends.map(|tick| tick.map_or("", |(_, word)| word.as_str()));
            WidgetInfo::labeled(Role::Label, true, format!("{}: {low} to {high}", self.label))
        });
        response
    }

    /// The gradient as one mesh, ticks and their words below.
    fn paint_bar(&self, ui: &Ui, bar: Rect) {
        const STEPS: u32 = 64;
        let ctx = ui.ctx();
        let (t, scale) = (theme::tokens(ctx), theme::scale(ctx));
        let mut mesh = Mesh::default();
        for step in 0..=STEPS {
            let share = step as f32 / STEPS as f32;
            let x = bar.left() + bar.width() * share;
            mesh.colored_vertex(pos2(x, bar.top()), (self.map)(share));
            mesh.colored_vertex(pos2(x, bar.bottom()), (self.map)(share));
            if step > 0 {
                let corner = 2 * step;
                mesh.add_triangle(corner - 2, corner - 1, corner);
                mesh.add_triangle(corner - 1, corner, corner + 1);
            }
        }
        ui.painter().add(Shape::mesh(mesh));
        // An even stride from the far end keeps both ends of a scale named.
        let every = if bar.width() < ALL_WORDS * scale { 2 } else { 1 };
        let last = self.ticks.len().saturating_sub(1);
        for (index, (share, word)) in self.ticks.iter().enumerate() {
            let x = bar.left() + bar.width() * share;
            let ends = bar.bottom()..=bar.bottom() + 3.0 * scale;
            ui.painter().vline(x, ends, Stroke::new(1.0, t.stroke_strong));
            if !(last - index).is_multiple_of(every) && index > 0 {
                continue;
            }
            let galley = text::line(ui.painter(), word, theme::small(ctx), t.text_weak);
            let at = pos2(x, bar.bottom() + 4.0 * scale);
            text::place(ui.painter(), &galley, at, Align2::CENTER_TOP);
        }
    }
}

/// Powers of ten as people read them: 10⁻⁴, then 0.001 up to 1000, then 10⁴.
fn power_of_ten(power: i32) -> String {
    match power {
        0..=3 => 10_i32.pow(power.unsigned_abs()).to_string(),
        -3..=-1 => format!("0.{}1", "0".repeat(power.unsigned_abs() as usize - 1)),
        _ => {
            let raise = |c: char| match c {
                '-' => '⁻',
                '1' => '¹',
                '2' => '²',
                '3' => '³',
                digit => char::from_u32(digit as u32 - '0' as u32 + '⁰' as u32).unwrap_or(digit),
            };
            format!("10{}", power.to_string().chars().map(raise).collect::<String>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::power_of_ten;

    #[test]
    fn powers_are_written_as_people_read_them() {
        let words = [-4, -3, -1, 0, 3, 4, -12].map(power_of_ten);
        assert_eq!(words, ["10⁻⁴", "0.001", "0.1", "1", "1000", "10⁴", "10⁻¹²"]);
    }
}
