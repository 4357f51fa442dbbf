//! Places for direct labels: the curves on a raster, and how good a box beside one of them is.

use egui::{Pos2, Rect, Vec2, pos2, vec2};

use super::Frame;
use super::paint::Paths;

/// Places a label can take along the x axis.
const SLOTS: u8 = 28;
/// Width of one sample of the curves' outline in points.
const STEP: f32 = 5.0;
/// Free space between a label and its curve in points.
const GAP: f32 = 5.0;
/// Costs above this are collisions: the label moves as soon as it may.
pub(super) const COLLISION: f32 = 60.0;
/// Cost of a label that covers another one: no place at all.
const COVERED: f32 = 1e4;
/// What having the name beside the badge is worth.
const NAME: f32 = 80.0;
/// Cost of a label that travels with the end of its curve.
const RESTLESS: f32 = 50.0;

/// Where a label stands relative to its curve.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Place {
    Above(u8),
    Below(u8),
    /// Behind the last point.
    End,
    /// In front of the last point, where nothing else of the curve is.
    Front,
}

impl Place {
    /// Whether the label stays where it is while its curve grows.
    pub fn rests(self) -> bool {
        matches!(self, Self::Above(_) | Self::Below(_))
    }
}

/// A place, and whether the run's name has room there beside its badge.
#[derive(Clone, Copy)]
pub(super) struct Spot {
    pub place: Place,
    pub named: bool,
}

/// A place with what it costs.
struct Choice {
    place: Place,
    /// Part of the cost that comes from standing on something.
    collision: f32,
    cost: f32,
}

/// What one column of the field holds of one curve: its upper and lower screen edge.
#[derive(Clone, Copy)]
struct Cell {
    top: f32,
    bottom: f32,
}

/// Outlines of all curves on a common raster.
pub(super) struct Raster<'a> {
    field: Rect,
    outer: Rect,
    curves: Vec<Vec<Option<Cell>>>,
    ends: Vec<Option<Pos2>>,
    pub rings: &'a [Pos2],
    /// Vertical lines of the moment shown and of events.
    lines: Vec<f32>,
    /// Height of the reference line.
    level: Option<f32>,
}

impl<'a> Raster<'a> {
    /// Enters all curves; `level` is the reference line.
    pub fn new(
        frame: &Frame<'_>,
        paths: &[Paths],
        rings: &'a [Pos2],
        lines: Vec<f32>,
        level: Option<f32>,
    ) -> Self {
        Self {
            field: frame.field,
            outer: frame.outer,
            curves: paths.iter().map(|paths| outline(frame.field, paths)).collect(),
            ends: paths.iter().map(|paths| paths.last()?.last().copied()).collect(),
            rings,
            lines,
            level,
        }
    }

    /// The columns between two screen positions.
    fn columns(&self, curve: usize, left: f32, right: f32) -> &[Option<Cell>] {
        let cells = &self.curves[curve];
        let index = |x: f32| (((x - self.field.left()) / STEP).max(0.0) as usize).min(cells.len());
        &cells[index(left)..index(right + STEP).max(index(left))]
    }

    /// The rectangle of a label at a place, or `None` if the curve does not reach there.
    pub fn rect(&self, curve: usize, place: Place, size: Vec2) -> Option<Rect> {
        let left = |slot: u8| {
            let room = (self.field.width() - size.x).max(0.0);
            self.field.left() + room * f32::from(slot) / f32::from(SLOTS - 1)
        };
        let edge = |slot: u8, pick: fn(f32, f32) -> f32, of: fn(&Cell) -> f32| {
            let cells = self.columns(curve, left(slot), left(slot) + size.x);
            let known = cells.iter().flatten().count();
            let reached = 2 * known >= cells.len() && known > 0;
            reached.then(|| cells.iter().flatten().map(of).reduce(pick)).flatten()
        };
        let lowest = (self.field.bottom() - size.y).max(self.field.top());
        let level = |end: Pos2| (end.y - size.y / 2.0).clamp(self.field.top(), lowest);
        let corner = match place {
            Place::Above(slot) => {
                let bottom = edge(slot, f32::min, |cell| cell.top)?;
                pos2(left(slot), bottom - GAP - size.y)
            }
            Place::Below(slot) => pos2(left(slot), edge(slot, f32::max, |cell| cell.bottom)? + GAP),
            Place::End => {
                let end = self.ends[curve]?;
                pos2(end.x + 2.0 * GAP, level(end))
            }
            Place::Front => {
                let end = self.ends[curve]?;
                pos2(end.x - 2.0 * GAP - size.x, level(end))
            }
        };
        Some(Rect::from_min_size(corner, size))
    }

    /// The best spot for a label of the size `full`, or for its badge alone where the whole
    /// label would collide with something.
    pub fn choose(
        &self,
        curve: usize,
        full: Option<Vec2>,
        badge: Vec2,
        taken: &[Rect],
    ) -> Option<Spot> {
        let named = full
            .and_then(|size| self.best(curve, size, taken))
            .filter(|choice| choice.collision < COLLISION);
        let bare = self.best(curve, badge, taken).filter(|choice| choice.collision < COVERED);
        let spot = |choice: Choice, named: bool| Spot { place: choice.place, named };
        match (named, bare) {
            // The name is worth a slightly worse place, but not one where curves have merged.
            (Some(named), Some(bare)) if named.cost > bare.cost + NAME => Some(spot(bare, false)),
            (Some(named), _) => Some(spot(named, true)),
            (None, bare) => bare.map(|bare| spot(bare, false)),
        }
    }

    /// The cheapest place for a box beside a curve.
    fn best(&self, curve: usize, size: Vec2, taken: &[Rect]) -> Option<Choice> {
        let slots = (0..SLOTS).flat_map(|slot| [Place::Above(slot), Place::Below(slot)]);
        slots
            .chain([Place::End, Place::Front])
            .filter_map(|place| {
                let rect = self.rect(curve, place, size)?;
                let collision = self.collision(rect, taken);
                let restless = if place.rests() { 0.0 } else { RESTLESS };
                let cost = collision + self.looseness(curve, rect) + restless;
                cost.is_finite().then_some(Choice { place, collision, cost })
            })
            .min_by(|a, b| a.cost.total_cmp(&b.cost))
    }

    /// How badly a label would stand on something; infinite outside the field.
    pub fn collision(&self, rect: Rect, taken: &[Rect]) -> f32 {
        let field = self.field;
        let sides = rect.left() >= field.left() - 1.0 && rect.right() <= self.outer.right();
        let inside = rect.top() >= field.top() - 2.0 && rect.bottom() <= field.bottom() + 2.0;
        if !sides || !inside {
            return f32::INFINITY;
        }
        if taken.iter().any(|other| other.expand(4.0).intersects(rect)) {
            return COVERED;
        }
        let wide = rect.expand2(vec2(3.0, 2.0));
        let on_line = self.lines.iter().filter(|x| wide.x_range().contains(**x)).count();
        let on_ring = self.rings.iter().filter(|at| wide.expand(3.0).contains(**at)).count();
        let on_level = self.level.filter(|y| rect.y_range().contains(*y)).map_or(0.0, |_| 45.0);
        on_level + 400.0 * self.hits(wide) + 40.0 * on_line as f32 + 32.0 * on_ring as f32
    }

    /// Share of a rectangle's columns that hold a curve.
    pub fn hits(&self, rect: Rect) -> f32 {
        let mut worst = 0.0_f32;
        for curve in 0..self.curves.len() {
            let cells = self.columns(curve, rect.left(), rect.right());
            let hit = cells
                .iter()
                .flatten()
                .filter(|cell| cell.bottom >= rect.top() && cell.top <= rect.bottom())
                .count();
            worst = worst.max(hit as f32 / cells.len().max(1) as f32);
        }
        worst
    }

    /// How badly a label would tell which curve it names: a badge far from its own curve, another
    /// curve closer by, or curves that have merged.
    fn looseness(&self, curve: usize, rect: Rect) -> f32 {
        let badge = Rect::from_min_size(rect.min, vec2(rect.height(), rect.height()));
        let distance = |index: usize, area: Rect| {
            self.columns(index, area.left(), area.right())
                .iter()
                .flatten()
                .map(|cell| (cell.top - area.bottom()).max(area.top() - cell.bottom).max(0.0))
                .reduce(f32::min)
        };
        // Beside the end of a curve there is nothing above or below.
        let own = distance(curve, badge).unwrap_or(2.0 * GAP);
        let others = (0..self.curves.len()).filter(|index| *index != curve);
        let nearest = others.filter_map(|index| distance(index, rect)).fold(80.0, f32::min);
        let closest = distance(curve, rect).unwrap_or(2.0 * GAP);
        let ambiguous = (closest + 10.0 - nearest).max(0.0);
        let merged = (24.0 - self.separation(curve, badge)).max(0.0);
        0.5 * own + 3.0 * ambiguous + 4.0 * merged - 0.4 * nearest
    }
    /// Distance between a curve and its nearest neighbour beside a badge: where curves have
    /// merged, a letter names nothing.
    fn separation(&self, curve: usize, badge: Rect) -> f32 {
        let middle = |cell: &Cell| (cell.top + cell.bottom) / 2.0;
        let own = self.columns(curve, badge.left(), badge.right());
        let beside_end = own.iter().flatten().next().is_none();
        let gap = |other: usize| {
            if beside_end {
                let gap = self.ends[other]? - self.ends[curve]?;
                return Some(gap.y.abs() + gap.x.abs());
            }
            let cells = self.columns(other, badge.left(), badge.right());
            let pairs = own.iter().zip(cells);
            pairs
                .filter_map(|(own, cell)| {
                    Some((middle(own.as_ref()?) - middle(cell.as_ref()?)).abs())
                })
                .reduce(f32::min)
        };
        let others = (0..self.curves.len()).filter(|index| *index != curve);
        others.filter_map(gap).fold(100.0, f32::min)
    }
}

/// Upper and lower edge of a curve in every column of the field.
fn outline(field: Rect, paths: &Paths) -> Vec<Option<Cell>> {
    let columns = (field.width() / STEP).ceil() as usize + 1;
    let mut cells = vec![None; columns];
    for path in paths {
        for index in 0..path.len() {
            let (from, to) = (path[index], path[(index + 1).min(path.len() - 1)]);
            mark_segment(&mut cells, field.left(), from, to);
        }
    }
    cells
}

/// Enters one straight piece into the columns it crosses.
fn mark_segment(cells: &mut [Option<Cell>], left: f32, from: Pos2, to: Pos2) {
    let column = |x: f32| ((x - left) / STEP).floor();
    let last = cells.len() as f32 - 1.0;
    let (first, end) = (column(from.x).max(0.0), column(to.x).min(last));
    if end < first {
        return;
    }
    let at = |x: f32| {
        let share = (x - from.x) / (to.x - from.x).max(1e-6);
        egui::lerp(from.y..=to.y, share.clamp(0.0, 1.0))
    };
    for (index, cell) in cells.iter_mut().enumerate().take(end as usize + 1).skip(first as usize) {
        let x = left + index as f32 * STEP;
        let (a, b) = (at(x), at(x + STEP));
        let cell = cell.get_or_insert(Cell { top: a.min(b), bottom: a.max(b) });
        cell.top = cell.top.min(a).min(b);
        cell.bottom = cell.bottom.max(a).max(b);
    }
}
