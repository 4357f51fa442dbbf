//! Direct labels: the run's badge and name beside its curve, where curves are best apart.
//!
//! A label keeps its place (a slot along the x axis and a side) until it stands on something;
//! only then a new place is sought, so that labels do not wander while data arrive.

use std::collections::HashMap;
use std::sync::Arc;

use egui::{Align2, Galley, Id, Pos2, Rect, Vec2, pos2, vec2};

use super::paint::Paths;
use super::placing::{COLLISION, Raster, Spot};
use super::tags::Tags;
use super::{Chart, Curve, Frame, axes};
use crate::app::theme;
use crate::app::widgets::text;

/// Places remembered between frames.
#[derive(Clone, Default)]
struct Memory {
    /// View for which the places were chosen: visible axes and rough size.
    view: [i64; 6],
    /// Letters of the names for which they were chosen: a longer name needs another place.
    names: usize,
    /// Points drawn when places were last sought.
    points: usize,
    spots: HashMap<char, Spot>,
}

/// Chooses places (or keeps them) and draws the labels.
pub(super) fn ui(
    frame: &Frame<'_>,
    chart: &Chart<'_>,
    curves: &[Curve<'_>],
    paths: &[Paths],
    rings: &[Pos2],
    tags: &Tags,
) {
    let level = chart.reference.as_ref().and_then(|(level, _)| frame.y(*level));
    let raster = Raster::new(frame, paths, rings, tags.lines().collect(), level);
    let mut taken: Vec<Rect> = tags.obstacles().collect();
    let key = Id::unique(("chart labels", chart.id, chart.x_label));
    let mut memory: Memory = frame.ui.data(|data| data.get_temp(key)).unwrap_or_default();
    let points: usize = curves.iter().map(|curve| curve.mean.len()).sum();
    let names = curves.iter().map(|curve| curve.name.len()).sum();
    let renamed = std::mem::replace(&mut memory.names, names) != names;
    let may_move = may_move(&mut memory, frame, points) || renamed;
    taken.extend(reference_label(frame, chart, &raster, &taken));
    let mut seats: Vec<(usize, Rect)> = Vec::new();
    for (index, curve) in curves.iter().enumerate() {
        let label = Label::new(frame, curve);
        let kept = memory.spots.get(&curve.letter).copied().filter(|spot| {
            let rect = || raster.rect(index, spot.place, label.size(spot.named));
            let free = || rect().is_some_and(|rect| raster.collision(rect, &taken) < COLLISION);
            !may_move || (spot.place.rests() && free())
        });
        let Some(spot) = kept.or_else(|| label.choose(&raster, index, &taken)) else {
            // A curve that lies on an earlier one shares its place.
            let same = seats.iter().rev().find(|(other, _)| paths[*other] == paths[index]);
            if let Some(rect) = same.and_then(|(_, seat)| beside(frame, *seat, label.size(false))) {
                label.paint(frame, rect, false, true);
                taken.push(rect);
                seats.push((index, rect));
            }
            continue;
        };
        memory.spots.insert(curve.letter, spot);
        if let Some(rect) = raster.rect(index, spot.place, label.size(spot.named)) {
            label.paint(frame, rect, spot.named, raster.hits(rect) > 0.05);
            taken.push(rect);
            seats.push((index, rect));
        }
    }
    frame.ui.data_mut(|data| data.insert_temp(key, memory));
}

/// A place behind another label or, at the edge, before it.
fn beside(frame: &Frame<'_>, seat: Rect, size: Vec2) -> Option<Rect> {
    let gap = 5.0 * frame.scale;
    let lefts = [seat.right() + gap, seat.left() - gap - size.x];
    let at = |left| Rect::from_min_size(pos2(left, seat.top()), size);
    let inside = |r: &Rect| r.left() >= frame.field.left() && r.right() <= frame.outer.right();
    lefts.map(at).into_iter().find(inside)
}

/// Whether labels may look for a new place: after a change of view at once, and otherwise only
/// when the data have grown by a tenth.
fn may_move(memory: &mut Memory, frame: &Frame<'_>, points: usize) -> bool {
    let [x, y] = frame.axes;
    let rough = |value: f64| (value * 1e4) as i64;
    let size = frame.field.size() / 40.0;
    let view = [rough(x.lo), rough(x.hi), rough(y.lo), rough(y.hi), size.x as i64, size.y as i64];
    let other_view = memory.view != view;
    memory.view = view;
    let may = other_view || points < memory.points || points * 10 > memory.points * 11;
    if may {
        memory.points = points;
    }
    may
}

/// The name of the reference line, at whichever end and side is free; in the row under the axis
/// where no side is.
fn reference_label(
    frame: &Frame<'_>,
    chart: &Chart<'_>,
    raster: &Raster<'_>,
    taken: &[Rect],
) -> Option<Rect> {
    let (level, name) = chart.reference.as_ref()?;
    let y = frame.y(*level).filter(|y| frame.field.y_range().contains(*y))?;
    let font = theme::small(frame.ui.ctx());
    let label = text::line(frame.ui.painter(), name, font, frame.tokens.text_weak);
    let (field, size) = (frame.field, label.size());
    let lefts = [field.left() + 8.0, field.right() - size.x - 4.0, field.center().x - size.x / 2.0];
    let tops = [y + 2.0, y - size.y - 2.0];
    let places = lefts.iter().flat_map(|left| tops.map(|top| pos2(*left, top)));
    let cost = |rect: Rect| {
        let low = if rect.bottom() > field.bottom() + 4.0 * frame.scale { 10.0 } else { 0.0 };
        let covered = taken.iter().filter(|other| other.intersects(rect)).count() as f32;
        let rings = raster.rings.iter().filter(|at| rect.expand(3.0).contains(**at)).count();
        low + 5.0 * covered + raster.hits(rect) + 0.2 * rings as f32
    };
    let rect = places
        .map(|corner| Rect::from_min_size(corner, size))
        .min_by(|a, b| cost(*a).total_cmp(&cost(*b)))?;
    if cost(rect) < 0.12 {
        text::place(frame.ui.painter(), &label, rect.min, Align2::LEFT_TOP);
        return Some(rect);
    }
    let free = axes::free_caption(frame, chart);
    let name = format!("thin line: {name}");
    let font = theme::small(frame.ui.ctx());
    let text = text::line(frame.ui.painter(), &name, font, frame.tokens.text_weak);
    if text.size().x <= free.width() {
        text::place(frame.ui.painter(), &text, free.min, Align2::LEFT_TOP);
        return None;
    }
    if field.height() < 160.0 * frame.scale {
        // In so low a chart the words would cover what they name; the tooltip says them.
        return None;
    }
    text::place(frame.ui.painter(), &label, rect.min, Align2::LEFT_TOP);
    Some(rect)
}

/// A badge and, where there is room, the run's name.
struct Label {
    name: Option<Arc<Galley>>,
    letter: Arc<Galley>,
    color: egui::Color32,
    badge: f32,
    gap: f32,
}

impl Label {
    fn new(frame: &Frame<'_>, curve: &Curve<'_>) -> Self {
        let (painter, font) = (frame.ui.painter(), theme::tick_strong(frame.ui.ctx()));
        let badge = (20.0 * frame.scale).round();
        let name = text::line(painter, curve.name, font.clone(), curve.color);
        let letter = text::line(painter, &curve.letter.to_string(), font, frame.tokens.bg);
        let fits = badge + name.size().x < 0.45 * frame.field.width();
        let name = (!curve.name.is_empty() && fits).then_some(name);
        Self { name, letter, color: curve.color, badge, gap: 7.0 * frame.scale }
    }

    /// The best spot beside a curve.
    fn choose(&self, raster: &Raster<'_>, curve: usize, taken: &[Rect]) -> Option<Spot> {
        let full = self.name.is_some().then(|| self.size(true));
        raster.choose(curve, full, self.size(false), taken)
    }

    /// Size with or without the name.
    fn size(&self, named: bool) -> Vec2 {
        let name = self.name.as_ref().filter(|_| named);
        vec2(self.badge + name.map_or(0.0, |name| self.gap + name.size().x), self.badge)
    }

    fn paint(&self, frame: &Frame<'_>, rect: Rect, named: bool, backed: bool) {
        let painter = frame.ui.painter();
        if backed {
            let fill = frame.tokens.panel.gamma_multiply(0.8);
            painter.rect_filled(rect.expand(3.0), 6, fill);
        }
        let badge = Rect::from_min_size(rect.min.round(), Vec2::splat(self.badge));
        painter.rect_filled(badge, (5.0 * frame.scale) as u8, self.color);
        text::place(painter, &self.letter, badge.center(), Align2::CENTER_CENTER);
        if let Some(name) = self.name.as_ref().filter(|_| named) {
            let at = pos2(badge.right() + self.gap, badge.center().y);
            text::place(painter, name, at, Align2::LEFT_CENTER);
        }
    }
}
