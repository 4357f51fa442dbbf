//! How a slider looks and what it tells a screen reader.

use egui::accesskit::Action;
use egui::{Align2, CursorIcon, Rect, Response, Stroke, Ui, Vec2, WidgetInfo, pos2};

use super::{Slider, travel};
use crate::app::theme;
use crate::app::widgets::{focus, text};

impl Slider<'_> {
    /// Label, and its unit in small weak type on the same baseline.
    pub(super) fn paint_head(&self, ui: &Ui, head: Rect, number_width: f32) {
        let ctx = ui.ctx();
        let (t, points) = (theme::tokens(ctx), theme::scale(ctx));
        let room = head.width() - number_width - 8.0 * points;
        let label = text::elided(ui.painter(), self.label, theme::body(ctx), t.text, room);
        let baseline = head.top() + text::ascent(&label);
        text::place(ui.painter(), &label, head.left_top(), Align2::LEFT_TOP);
        let gap = 6.0 * points;
        let room = room - label.size().x - gap;
        let unit = text::line(ui.painter(), self.unit, theme::small(ctx), t.text_weak);
        // A unit cut to a letter says nothing: leave it out instead.
        if !self.unit.is_empty() && unit.size().x <= room {
            text::place_on(ui.painter(), &unit, head.left() + label.size().x + gap, baseline);
        }
    }

    /// Rail, default tick, knob and focus ring.
    pub(super) fn paint_rail(&self, ui: &Ui, response: &Response, rail: Rect, value: f64) {
        let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
        let (left, right) = travel(rail);
        let at = |value: f64| left + (right - left) * self.scale.share(value) as f32;
        let (knob, y) = (at(value), rail.center().y);
        let (radius, gap) = (8.0 * points, 10.0 * points);
        let bar = |from: f32, to: f32| {
            let half = 2.0 * points;
            Rect::from_min_max(pos2(from, y - half), pos2(to.max(from), y + half))
        };
        let painter = ui.painter();
        if knob - gap > rail.left() {
            painter.rect_filled(bar(rail.left(), knob - gap), 2, t.text);
        }
        if knob + gap < rail.right() {
            painter.rect_filled(bar(knob + gap, rail.right()), 2, t.stroke_strong);
        }
        if let Some(default) = self.default {
            let x = at(default);
            if (x - knob).abs() > gap {
                let (top, bottom) = (y - 6.0 * points, y + 6.0 * points);
                painter.vline(x, top..=bottom, Stroke::new(1.5 * points, t.text_weak));
            }
        }
        let fill = if ui.is_enabled() { t.text_strong } else { t.stroke_strong };
        painter.circle_filled(pos2(knob, y), radius, fill);
        let seat = Rect::from_center_size(pos2(knob, y), Vec2::splat(2.0 * radius));
        focus::ring(ui, response, seat, radius);
        if response.hovered() || response.dragged() {
            ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
        }
    }

    /// Name, value and reach for screen readers.
    pub(super) fn tell(&self, ui: &Ui, response: &Response, value: f64) {
        response.widget_info(|| WidgetInfo::slider(ui.is_enabled(), value, self.label));
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_min_numeric_value(self.scale.min);
            node.set_max_numeric_value(self.scale.max);
            node.set_value(format!("{} {}", self.scale.write(value), self.unit));
            node.add_action(Action::SetValue);
            node.add_action(Action::Increment);
            node.add_action(Action::Decrement);
        });
    }
}
