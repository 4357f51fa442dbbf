//! The line of time on the upper edge of the transport: drag to any place already seen.

use egui::{Role, Sense, Stroke, Ui, WidgetInfo, lerp, pos2, remap_clamp, vec2};

use crate::app::actions::Action;
use crate::app::panels::Cx;
use crate::app::theme;
use crate::app::widgets::focus;
use crate::experiment::clock::Position;
use crate::experiment::engine::Command;
use crate::experiment::snapshot::Snapshot;

/// Draws the line over the available width.
pub fn scrub(ui: &mut Ui, cx: &mut Cx<'_>) {
    let s = cx.snapshot;
    let points = theme::scale(ui.ctx());
    let size = vec2(ui.available_width(), 16.0 * points);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    let rail = rect.shrink2(vec2(14.0, 0.0)).x_range();
    let place = |share: f64| lerp(rail.min..=rail.max, share as f32);
    let y = rect.center().y;
    let t = theme::tokens(ui.ctx());
    let line = |from: f32, to: f32, color| {
        let ends = [pos2(from, y), pos2(to, y)];
        ui.painter().line_segment(ends, Stroke::new(3.0 * points, color));
    };
    let (now, seen) = (share(s, s.position), share(s, s.furthest));
    line(rail.min, rail.max, t.stroke);
    line(rail.min, place(seen), t.stroke_strong);
    line(rail.min, place(now), t.text_strong);
    let back = s.position < s.furthest;
    let knob = if back { t.accent } else { t.text_strong };
    ui.painter().circle_filled(pos2(place(now), y), 6.0 * points, knob);
    focus::ring(ui, &response, rect, 4.0);
    if let Some(pointer) = response.interact_pointer_pos()
        && (response.dragged() || response.clicked())
    {
        let wish = remap_clamp(pointer.x, rail, 0.0..=1.0);
        let count = (f64::from(wish) * s.limit as f64).round() as u64;
        let goal = Position::at(s.position.clock, count);
        let goal = if goal > s.furthest { s.furthest } else { goal };
        if goal != s.position {
            cx.actions.push(Action::Engine(Command::Play(false)));
            cx.actions.push(Action::Engine(Command::Seek(goal)));
        }
    }
    let unit = s.position.clock.label();
    let label = format!("Time, in {unit}");
    let count = s.position.count as f64;
    response.widget_info(|| WidgetInfo {
        value: Some(count),
        ..WidgetInfo::labeled(Role::Slider, true, &label)
    });
    response.on_hover_text(format!("Drag to any of the {} {unit} already seen", s.furthest.count));
}

/// How far along the line a position lies.
fn share(s: &Snapshot, at: Position) -> f64 {
    (at.count as f64 / s.limit.max(1) as f64).min(1.0)
}
