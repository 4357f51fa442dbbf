//! The "now" tag and the words of events at the upper edge of the field.

use std::sync::Arc;

use egui::{Align2, Galley, Rect, Stroke, pos2, vec2};

use super::{Chart, Curve, Frame, MarkKind, axes};
use crate::app::theme;
use crate::app::widgets::text;

/// Rows of event words before further words are left to the tooltip.
const ROWS: usize = 4;

/// A word or two with the vertical line it belongs to.
struct Tag {
    x: f32,
    /// `None` where no free place was found.
    rect: Option<Rect>,
    text: Arc<Galley>,
    kind: MarkKind,
}

/// All tags of one frame, laid out so that none covers another.
pub(super) struct Tags {
    now: Option<Tag>,
    marks: Vec<Tag>,
}

impl Tags {
    /// Finds places for the tag of the moment shown first, then for the events.
    pub fn lay_out(frame: &Frame<'_>, chart: &Chart<'_>, curves: &[Curve<'_>]) -> Self {
        let mut taken: Vec<Rect> = axes::y_label(frame, chart)
            .map(|text| Rect::from_min_size(frame.outer.min, text.size()))
            .into_iter()
            .collect();
        let now = chart.now.as_ref().and_then(|(x, text)| now_tag(frame, *x, text, &taken));
        taken.extend(now.iter().filter_map(|tag| tag.rect));
        let mut seen: Vec<(f64, &str)> = Vec::new();
        let mut marks = Vec::new();
        let marked = curves.iter().flat_map(|curve| curve.marks);
        for mark in marked.filter(|mark| mark.kind != MarkKind::Tick) {
            let same = |(x, text): &(f64, &str)| *x == mark.x && *text == mark.text;
            let inside = frame.x(mark.x).filter(|x| frame.field.x_range().contains(*x));
            let Some(x) = inside.filter(|_| !seen.iter().any(same)) else { continue };
            seen.push((mark.x, &mark.text));
            let color = match mark.kind {
                MarkKind::Change | MarkKind::Tick => frame.tokens.text,
                MarkKind::Failure => frame.tokens.bad,
            };
            let text =
                text::line(frame.ui.painter(), &mark.text, theme::small(frame.ui.ctx()), color);
            let rect = mark_place(frame, x, text.size(), &taken);
            taken.extend(rect);
            marks.push(Tag { x, rect, text, kind: mark.kind });
        }
        Self { now, marks }
    }

    /// The vertical lines, under the curves' means.
    pub fn paint_lines(&self, frame: &Frame<'_>) {
        let (painter, field) = (frame.ui.painter(), frame.field);
        for tag in &self.marks {
            let color = match tag.kind {
                MarkKind::Change | MarkKind::Tick => frame.tokens.text_weak.gamma_multiply(0.7),
                MarkKind::Failure => frame.tokens.bad,
            };
            painter.vline(tag.x, field.y_range(), Stroke::new(1.0, color));
        }
        if let Some(now) = &self.now {
            painter.vline(now.x, field.y_range(), Stroke::new(1.5, frame.tokens.text_strong));
        }
    }

    /// The words themselves.
    pub fn paint_texts(&self, frame: &Frame<'_>) {
        let (painter, tokens) = (frame.ui.painter(), &frame.tokens);
        for tag in &self.marks {
            if let Some(rect) = tag.rect {
                let backing = tokens.panel.gamma_multiply(0.75);
                painter.rect_filled(rect.expand2(vec2(4.0, 1.0)), 4, backing);
                painter.galley(rect.min, Arc::clone(&tag.text), tokens.text);
            }
        }
        if let Some((now, rect)) = self.now.as_ref().and_then(|now| Some((now, now.rect?))) {
            painter.rect_filled(rect, (5.0 * frame.scale) as u8, tokens.text_strong);
            let inner = Align2::CENTER_CENTER.anchor_size(rect.center(), now.text.size());
            painter.galley(inner.min, Arc::clone(&now.text), tokens.bg);
        }
    }

    /// What curve labels must keep away from.
    pub fn obstacles(&self) -> impl Iterator<Item = Rect> + '_ {
        self.now.iter().chain(&self.marks).filter_map(|tag| tag.rect)
    }

    /// Screen positions of the vertical lines.
    pub fn lines(&self) -> impl Iterator<Item = f32> + '_ {
        self.now.iter().chain(&self.marks).map(|tag| tag.x)
    }
}

/// The tag of the moment shown, centred on its line at the upper edge of the field.
fn now_tag(frame: &Frame<'_>, x: f64, text: &str, taken: &[Rect]) -> Option<Tag> {
    let x = frame.x(x).filter(|x| frame.field.expand(1.0).x_range().contains(*x))?;
    let font = theme::tick_strong(frame.ui.ctx());
    let text = text::line(frame.ui.painter(), text, font, frame.tokens.bg);
    let size = text.size() + vec2(14.0, 5.0) * frame.scale;
    let half = size.x / 2.0;
    // Towards the left only as far as the field: the tag must not cover tick labels.
    let center = x.min(frame.outer.right() - half).max(frame.field.left() - 6.0 + half);
    let mut rect = Rect::from_center_size(pos2(center, frame.field.top()), size);
    if let Some(other) = taken.iter().find(|other| other.expand(2.0).intersects(rect)) {
        rect = rect.translate(vec2(0.0, other.bottom() + 3.0 - rect.top()));
    }
    Some(Tag { x, rect: Some(rect), text, kind: MarkKind::Change })
}

/// A free place for the words of an event: left of its line, else right, else a row lower.
fn mark_place(frame: &Frame<'_>, x: f32, size: egui::Vec2, taken: &[Rect]) -> Option<Rect> {
    let gap = 7.0;
    for row in 0..ROWS {
        let top = frame.field.top() + 3.0 + row as f32 * (size.y + 3.0);
        for left in [x - gap - size.x, x + gap] {
            let rect = Rect::from_min_size(pos2(left, top), size);
            let inside = left >= frame.field.left() && rect.right() <= frame.outer.right();
            if inside && !taken.iter().any(|other| other.expand(3.0).intersects(rect)) {
                return Some(rect);
            }
        }
    }
    None
}
