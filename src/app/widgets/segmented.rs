//! Two to four choices side by side; more belong into a menu.

use std::sync::Arc;

use egui::{
    Align2, CornerRadius, Galley, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    vec2,
};

use super::{focus, text};
use crate::app::theme;

const RADIUS: f32 = 8.0;
/// Space between the track's edge and the chosen segment, in points before the text scale.
const INSET: f32 = 3.0;
/// Least and most room on either side of a word, in points before the text scale.
const PAD: [f32; 2] = [6.0, 12.0];

/// Whether all words fit into the room there is.
pub fn fits(ui: &Ui, choices: &[&str], chosen: usize) -> bool {
    let scale = theme::scale(ui.ctx());
    let words = labels(ui, choices, chosen, f32::INFINITY);
    let words: f32 = words.iter().map(|galley| galley.size().x).sum();
    let least = 2.0 * scale * (PAD[0] * choices.len() as f32 + INSET);
    words + least <= ui.available_width()
}

/// Draws `choices` on one track and moves `chosen`; the response is `changed` when it moved.
///
/// `name` is what is chosen ("Step by"), for screen readers. Segments are 36 high, their targets
/// 40; where the column is narrow the segments give up padding first, then their last letters.
pub fn segmented(ui: &mut Ui, name: &str, choices: &[&str], chosen: &mut usize) -> Response {
    let scale = theme::scale(ui.ctx());
    let galleys = labels(ui, choices, *chosen, f32::INFINITY);
    let words: f32 = galleys.iter().map(|galley| galley.size().x).sum();
    let room = ui.available_width() - 2.0 * INSET * scale;
    let count = choices.len().max(1) as f32;
    let pad = ((room - words) / (2.0 * count)).clamp(PAD[0] * scale, PAD[1] * scale);
    let galleys = if words + 2.0 * pad * count > room {
        labels(ui, choices, *chosen, room / count - 2.0 * pad)
    } else {
        galleys
    };
    let words: f32 = galleys.iter().map(|galley| galley.size().x).sum();
    let size = vec2(words + 2.0 * pad * count + 2.0 * INSET * scale, 36.0 * scale);
    let (track, mut response) = ui.allocate_exact_size(size, Sense::hover());
    let t = theme::tokens(ui.ctx());
    ui.painter().rect_filled(track, CornerRadius::same(RADIUS as u8), t.elev);
    let mut left = track.left() + INSET * scale;
    for (index, galley) in galleys.iter().enumerate() {
        let width = galley.size().x + 2.0 * pad;
        let top = egui::pos2(left, track.top() + INSET * scale);
        let cell = Rect::from_min_size(top, vec2(width, track.height() - 2.0 * INSET * scale));
        let hit = segment(ui, &response, cell, galley, (index, choices[index]), index == *chosen);
        if hit.clicked() && *chosen != index {
            *chosen = index;
            response.mark_changed();
        }
        left += width;
    }
    response.widget_info(|| WidgetInfo::labeled(Role::RadioGroup, ui.is_enabled(), name));
    response
}

/// Lays the labels out; the chosen one has weight and full ink.
fn labels(ui: &Ui, choices: &[&str], chosen: usize, width: f32) -> Vec<Arc<Galley>> {
    let ctx = ui.ctx();
    let t = theme::tokens(ctx);
    let lay = |(index, word): (usize, &&str)| {
        let ink = if index == chosen { t.text_strong } else { t.text_weak };
        let font = if index == chosen { theme::body_strong(ctx) } else { theme::body(ctx) };
        text::elided(ui.painter(), word, font, ink, width)
    };
    choices.iter().enumerate().map(lay).collect()
}

/// One segment: its target, its frame when chosen, its label.
fn segment(
    ui: &Ui,
    track: &Response,
    cell: Rect,
    galley: &Arc<Galley>,
    (index, word): (usize, &str),
    chosen: bool,
) -> Response {
    let t = theme::tokens(ui.ctx());
    // The visible cell is 30 high, the target 40.
    let target = cell.expand2(vec2(0.0, 5.0 * theme::scale(ui.ctx())));
    let hit = ui.interact(target, track.id.with(index), Sense::click());
    let corner = CornerRadius::same(RADIUS as u8 - 2);
    if chosen {
        let edge = Stroke::new(1.0, t.stroke_strong);
        ui.painter().rect(cell, corner, t.bg, edge, StrokeKind::Inside);
    } else if hit.hovered() && ui.is_enabled() {
        let edge = Stroke::new(1.0, t.stroke_strong);
        ui.painter().rect_stroke(cell, corner, edge, StrokeKind::Inside);
    }
    text::place(ui.painter(), galley, cell.center(), Align2::CENTER_CENTER);
    focus::ring(ui, &hit, cell, RADIUS - 2.0);
    hit.widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), chosen, word));
    hit
}
