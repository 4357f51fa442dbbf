//! The card at the beginning of a film. It lies over the lower row, where curves have nothing to
//! show yet: the arena runs above it from the first picture on, and no tick is lost.

use egui::{Align2, Rect, Stroke, StrokeKind, Ui, pos2};

use super::Script;
use crate::app::theme;
use crate::app::widgets::{badge, text};
use crate::experiment::snapshot::Snapshot;

/// Columns of runs on the card.
const COLUMNS: usize = 3;

/// Draws it over `rect`.
pub fn card(ui: &Ui, rect: Rect, snapshot: &Snapshot, script: &Script, opacity: f32) {
    let ctx = ui.ctx();
    let (t, points) = (theme::tokens(ctx), theme::scale(ctx));
    let mut painter = ui.painter().clone();
    painter.set_opacity(opacity);
    let stroke = Stroke::new(1.0, t.stroke_strong);
    painter.rect(rect, 10.0, t.elev, stroke, StrokeKind::Inside);
    let inner = rect.shrink2(egui::vec2(28.0, 16.0) * points);
    let mut font = theme::hero_words(ctx);
    font.size *= 1.35;
    let title = text::elided(&painter, &script.title, font, t.text_strong, inner.width());
    let caption = text::elided(&painter, &script.caption, theme::title(ctx), t.text, inner.width());
    let count = snapshot.runs.len();
    let columns = count.clamp(1, COLUMNS);
    let line = 30.0 * points;
    let rows = count.div_ceil(columns) as f32 * 2.0 * line;
    let words = title.size().y + if script.caption.is_empty() { 0.0 } else { caption.size().y };
    let gap = 12.0 * points;
    let high = words + gap + rows;
    let mut y = inner.top() + ((inner.height() - high) / 2.0).max(0.0);
    for galley in [&title, &caption] {
        text::place(&painter, galley, pos2(inner.left(), y), Align2::LEFT_TOP);
        y += if galley.size().x > 0.0 { galley.size().y } else { 0.0 };
    }
    y += gap;
    let width = inner.width() / columns as f32;
    let differ = differences(snapshot);
    for (index, run) in snapshot.runs.iter().enumerate() {
        let x = inner.left() + width * (index % columns) as f32;
        let y = y + 2.0 * line * (index / columns) as f32;
        if y + 2.0 * line > rect.bottom() {
            break;
        }
        let side = badge::SIDE * points;
        badge::paint(&painter, pos2(x + side / 2.0, y + line / 2.0), index);
        let left = x + side + 10.0 * points;
        let room = width - side - 30.0 * points;
        let name = text::elided(&painter, &run.name, theme::title(ctx), t.text_strong, room);
        text::place(&painter, &name, pos2(left, y + line / 2.0), Align2::LEFT_CENTER);
        let own: Vec<String> =
            differ.iter().map(|(label, values)| format!("{label}: {}", values[index])).collect();
        let own = if own.is_empty() { run.note.clone() } else { own.join(", ") };
        let own = text::elided(&painter, &own, theme::body(ctx), t.text, room);
        text::place(&painter, &own, pos2(left, y + 1.4 * line), Align2::LEFT_CENTER);
    }
}

/// What tells the runs apart: label, and one value a run. The agent first, then parameters.
pub fn differences(snapshot: &Snapshot) -> Vec<(String, Vec<String>)> {
    let runs = &snapshot.runs;
    let differ = |values: &[String]| values.iter().any(|v| *v != values[0]);
    let mut found = Vec::new();
    let agents: Vec<String> = runs.iter().map(|r| r.agent.title.to_owned()).collect();
    if differ(&agents) {
        found.push(("agent".to_owned(), agents));
    }
    let mut seen = Vec::new();
    for spec in runs.iter().flat_map(|r| r.agent.params()) {
        if seen.contains(&spec.key) {
            continue;
        }
        seen.push(spec.key);
        let value = |run: &crate::experiment::snapshot::RunSnapshot| {
            let index = run.agent.params().iter().position(|p| p.key == spec.key)?;
            Some(run.agent.params()[index].show(run.params[index]))
        };
        let values: Vec<String> =
            runs.iter().map(|r| value(r).unwrap_or_else(|| "–".to_owned())).collect();
        if differ(&values) {
            found.push((spec.label.to_owned(), values));
        }
    }
    found
}
