//! Which horizon is best where; a click chooses a state.

use egui::{
    Align2, Color32, EventFilter, Key, Painter, Pos2, Rect, Role, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};

use super::{CELLS, Subject};
use crate::app::theme;
use crate::app::widgets::text;
use crate::app::words::value;
use crate::probes::expansion::{MOST, Sweep};

/// The map.
pub struct Map<'a> {
    pub subject: &'a Subject<'a>,
    pub sweep: &'a Sweep,
    /// The state whose parts are shown.
    pub place: [f64; 2],
}

impl Map<'_> {
    /// Draws it into `outer`; a click or an arrow key chooses another state.
    pub fn ui(&self, ui: &mut Ui, outer: Rect, chosen: &mut Option<[f64; 2]>) {
        let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
        let field = Rect::from_min_max(
            outer.min + vec2(44.0, 28.0) * points,
            outer.max - vec2(12.0, 44.0) * points,
        );
        if !field.is_positive() {
            return;
        }
        let response = ui.interact(field, ui.scope_id().with("map"), Sense::click_and_drag());
        let spoken = format!("Best horizon by state, {}", self.subject.place(self.place));
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &spoken));
        if let Some(at) = response.interact_pointer_pos() {
            *chosen = Some(self.under(field, at));
        }
        if response.has_focus() {
            // Arrows choose a state here; they do not move the focus.
            let arrows = EventFilter {
                horizontal_arrows: true,
                vertical_arrows: true,
                ..EventFilter::default()
            };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
            self.keys(ui, chosen);
        }
        let painter = ui.painter().with_clip_rect(outer.intersect(ui.clip_rect()));
        self.cells(&painter, field);
        let edge = if response.has_focus() { (2.0, t.accent) } else { (1.0, t.stroke) };
        let edge = Stroke::new(edge.0, edge.1);
        painter.rect_stroke(field, 0, edge, StrokeKind::Outside);
        self.axes(&painter, outer, field);
        let at = self.at(field, self.place);
        painter.circle_stroke(at, 7.0, Stroke::new(4.0, t.casing));
        painter.circle_stroke(at, 7.0, Stroke::new(2.0, t.accent));
        let Some(at) = response.hover_pos().filter(|at| field.contains(*at)) else {
            return;
        };
        let place = self.under(field, at);
        let best = self.sweep.best[self.cell(place)];
        let words = format!("{}\nbest H = {best}", self.subject.place(place));
        response.on_hover_text_at_pointer(words);
    }

    /// Arrow keys move the state by a cell.
    fn keys(&self, ui: &Ui, chosen: &mut Option<[f64; 2]>) {
        let moves = [
            (Key::ArrowLeft, [-1.0, 0.0]),
            (Key::ArrowRight, [1.0, 0.0]),
            (Key::ArrowDown, [0.0, -1.0]),
            (Key::ArrowUp, [0.0, 1.0]),
        ];
        for (key, by) in moves {
            let none = egui::Modifiers::NONE;
            if ui.input_mut(|input| input.consume_key(none, key)) {
                let step = |i: usize| {
                    let (low, high) = self.subject.numbers[i].range;
                    let moved = self.place[i] + by[i] * (high - low) / CELLS[i] as f64;
                    moved.clamp(low, high)
                };
                *chosen = Some([step(0), step(1)]);
            }
        }
    }

    fn share(&self, index: usize, x: f64) -> f64 {
        let (low, high) = self.subject.numbers[index].range;
        (x - low) / (high - low)
    }

    fn at(&self, field: Rect, place: [f64; 2]) -> Pos2 {
        let [x, y] = [0, 1].map(|i| self.share(i, place[i]) as f32);
        pos2(field.left() + x * field.width(), field.bottom() - y * field.height())
    }

    fn under(&self, field: Rect, at: Pos2) -> [f64; 2] {
        let shares = [
            f64::from((at.x - field.left()) / field.width()),
            f64::from((field.bottom() - at.y) / field.height()),
        ];
        [0, 1].map(|i| {
            let (low, high) = self.subject.numbers[i].range;
            low + shares[i].clamp(0.0, 1.0) * (high - low)
        })
    }

    fn cell(&self, place: [f64; 2]) -> usize {
        let along = |i: usize| {
            let cell = self.share(i, place[i]) * CELLS[i] as f64;
            (cell.max(0.0) as usize).min(CELLS[i] - 1)
        };
        along(1) * CELLS[0] + along(0)
    }

    fn cells(&self, painter: &Painter, field: Rect) {
        let size = vec2(field.width() / CELLS[0] as f32, field.height() / CELLS[1] as f32);
        for (cell, &best) in self.sweep.best.iter().enumerate() {
            let (x, y) = ((cell % CELLS[0]) as f32, (cell / CELLS[0]) as f32);
            let corner = pos2(field.left() + x * size.x, field.bottom() - (y + 1.0) * size.y);
            painter.rect_filled(Rect::from_min_size(corner, size), 0, ink(best));
        }
    }

    fn axes(&self, painter: &Painter, outer: Rect, field: Rect) {
        let t = &theme::tokens(painter.ctx());
        let ctx = painter.ctx();
        let (font, points) = (theme::small(ctx), theme::scale(ctx));
        let word = |words: &str, at: Pos2, anchor: Align2| {
            let line = text::line(painter, words, font.clone(), t.text_weak);
            text::place(painter, &line, at, anchor);
        };
        let [across, up] = self.subject.numbers;
        let named = |turns: bool, x: f64| match turns {
            true if x > 0.0 => "π".to_owned(),
            true if x < 0.0 => "\u{2212}π".to_owned(),
            _ => value(x),
        };
        for (x, anchor) in [
            (across.range.0, Align2::LEFT_TOP),
            (0.0, Align2::CENTER_TOP),
            (across.range.1, Align2::RIGHT_TOP),
        ] {
            let at = self.at(field, [x, up.range.0]) + vec2(0.0, 4.0);
            word(&named(across.turns, x), at, anchor);
        }
        for y in [up.range.0, 0.0, up.range.1] {
            let at = self.at(field, [across.range.0, y]) - vec2(6.0, 0.0);
            word(&named(up.turns, y), at, Align2::RIGHT_CENTER);
        }
        let below = field.bottom() + 22.0 * points;
        let label = format!("{}, {}; up: {}, {}", across.name, across.unit, up.name, up.unit);
        let line = text::elided(painter, &label, font.clone(), t.text_weak, field.width());
        text::place(painter, &line, pos2(field.left(), below), Align2::LEFT_TOP);
        word("best horizon H", outer.left_top() + vec2(0.0, 4.0 * points), Align2::LEFT_TOP);
        // The scale stands where the title of the other parts ends.
        let wide = 84.0 * points;
        let right = outer.right() - 12.0 * points - 18.0 * points;
        for step in 0..=MOST {
            let left = right - wide + wide * step as f32 / (MOST + 1) as f32;
            let size = vec2(wide / (MOST + 1) as f32 + 0.5, 8.0 * points);
            let bar = Rect::from_min_size(pos2(left, outer.top() + 7.0 * points), size);
            painter.rect_filled(bar, 0, ink(step));
        }
        let middle = outer.top() + 11.0 * points;
        word("0", pos2(right - wide - 4.0, middle), Align2::RIGHT_CENTER);
        word(&MOST.to_string(), pos2(right + 4.0, middle), Align2::LEFT_CENTER);
    }
}

/// The colour of a horizon.
fn ink(horizon: usize) -> Color32 {
    theme::viridis(horizon as f32 / MOST as f32)
}
