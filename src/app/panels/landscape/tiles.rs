//! The value and three losses as height fields: made anew when a number of theirs has changed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::race::Known;
use crate::app::theme;
use crate::gfx::{Colours, Field, Isolines, level_lines};
use crate::probes::landscape::{Fields, Judge, Loss, quantile};

/// Share of the points that a scale of a loss takes in; spikes above it are clipped and counted.
const WITHIN: f64 = 0.98;
/// Contours of a picture.
const LEVELS: usize = 13;
/// Width of the contour of the value through the cross.
pub const LEVEL: f32 = 2.2;

/// Ids of fields: each set of heights has one of its own.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// How tiles are to look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Look {
    /// Which losses.
    pub losses: [Loss; 3],
    /// VAML and VaGraM share their scale.
    pub same_scale: bool,
    /// Contours are those of the value.
    pub value_lines: bool,
}

/// One picture.
#[derive(Clone, Debug)]
pub struct Tile {
    /// Which loss; `None` for the value.
    pub loss: Option<Loss>,
    /// Heights, colours, contours.
    pub field: Field,
    /// Ends of its scale: the value, or the square root of the loss.
    pub ends: (f64, f64),
    /// Points above the scale.
    pub off: usize,
    /// Points without a number.
    pub missing: usize,
}

/// All four, and what they were made of.
#[derive(Clone)]
pub struct Tiles {
    known: Known,
    /// What predictions are judged by.
    pub judge: Judge,
    look: Look,
    /// The value, then the losses.
    pub tiles: [Tile; 4],
}

impl Tiles {
    /// Whether they are of these numbers and look like that.
    pub fn are(&self, known: &Known, judge: &Judge, look: Look) -> bool {
        Arc::ptr_eq(&self.known, known) && (&self.judge, self.look) == (judge, look)
    }

    /// Computes all losses and makes the pictures; `None` where there is no value.
    pub fn new(known: &Known, judge: Judge, look: Look) -> Option<Self> {
        let sheet = known.1.as_ref().ok()?;
        let fields = Fields::of(&judge, sheet.window, &sheet.values);
        let roots = look
            .losses
            .map(|loss| -> Vec<f64> { fields.loss(loss).iter().map(|loss| loss.sqrt()).collect() });
        let mut tops = roots.each_ref().map(|roots| top(roots));
        if look.same_scale {
            // Both are in units of the value; the squared error is in those of the state.
            let both = tops[1].max(tops[2]);
            (tops[1], tops[2]) = (both, both);
        }
        let lines = Lines { values: sheet.heights.clone(), ends: sheet.ends, level: judge.value };
        let value = lines.value_tile(sheet.missing, sheet.unknown.clone());
        let tile = |index: usize| {
            let made = Made { loss: look.losses[index], roots: &roots[index], top: tops[index] };
            // Where predictions go that the value alone judges.
            let unknown = sheet.unknown.clone().filter(|_| made.loss == Loss::Vaml);
            lines.loss_tile(made, look.value_lines, unknown)
        };
        let tiles = [value, tile(0), tile(1), tile(2)];
        Some(Self { known: known.clone(), judge, look, tiles })
    }
}

/// The value of the whole plane from above: its picture stays while a hand moves the cross, the
/// level line through it follows.
#[derive(Clone)]
pub struct Above {
    known: Known,
    /// The picture.
    pub tile: Tile,
    level: f64,
    /// Places as good as the cross, in pieces, in shares of the plane.
    pub line: Arc<Vec<Vec<[f32; 2]>>>,
}

impl Above {
    /// The picture of a value; `None` where there is none.
    pub fn new(known: &Known) -> Option<Self> {
        let sheet = known.1.as_ref().ok()?;
        let lines = Lines { values: sheet.heights.clone(), ends: sheet.ends, level: f64::NAN };
        let mut tile = lines.value_tile(sheet.missing, sheet.unknown.clone());
        tile.field.isolines.truncate(1);
        Some(Self { known: known.clone(), tile, level: f64::NAN, line: Arc::default() })
    }

    /// Whether it is of this value.
    pub fn is_of(&self, known: &Known) -> bool {
        Arc::ptr_eq(&self.known, known)
    }

    /// Draws the line at another level, if it is one.
    pub fn follow(&mut self, level: f64) {
        if self.level != level {
            self.level = level;
            self.line = Arc::new(level_lines(&self.tile.field, level as f32));
        }
    }
}

/// The end of a scale that takes in nearly all numbers: a round one.
fn top(roots: &[f64]) -> f64 {
    round_up(quantile(roots, WITHIN).unwrap_or(1.0))
}

/// The next of 1, 1.5, 2, 3, 5, 7, 10, 15 ...
fn round_up(x: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    let power = 10_f64.powf(x.log10().floor());
    let steps = [1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0];
    steps.into_iter().map(|m| m * power).find(|&m| m >= x).unwrap_or(x)
}

/// A loss under way to its picture.
struct Made<'a> {
    loss: Loss,
    roots: &'a [f64],
    top: f64,
}

/// What the pictures share.
struct Lines {
    values: Arc<[f32]>,
    ends: (f64, f64),
    level: f64,
}

impl Lines {
    fn levels((low, high): (f64, f64)) -> Vec<f32> {
        let step = (high - low) / LEVELS as f64;
        (1..LEVELS).map(|k| (low + k as f64 * step) as f32).collect()
    }

    /// The contour of the value through the cross.
    fn through(&self) -> Isolines {
        let of = Some(self.values.clone());
        let levels = vec![self.level as f32];
        Isolines { of, levels, colour: theme::level_line(), width: LEVEL }
    }

    fn field(&self, heights: Arc<[f32]>, colours: Colours, unknown: Option<Arc<[bool]>>) -> Field {
        let side = super::sheet::POINTS;
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        Field { hatched: unknown, ..Field::new([side, side], heights, colours, id) }
    }

    fn value_tile(&self, missing: usize, unknown: Option<Arc<[bool]>>) -> Tile {
        let range = [self.ends.0 as f32, self.ends.1 as f32];
        let colours = Colours::Heights(theme::viridis, range);
        let mut field = self.field(self.values.clone(), colours, unknown);
        let thin = Isolines::thin(Self::levels(self.ends), theme::isoline());
        field.isolines = vec![thin, self.through()];
        Tile { loss: None, field, ends: self.ends, off: 0, missing }
    }

    fn loss_tile(&self, made: Made<'_>, value_lines: bool, unknown: Option<Arc<[bool]>>) -> Tile {
        let (roots, top) = (made.roots, made.top);
        // A number that is none is a hole; an infinite loss is off the scale like a large one.
        let height = |&x: &f64| if x.is_nan() { f32::NAN } else { x.min(top) as f32 };
        let heights = roots.iter().map(height).collect();
        let plain: Arc<[f32]> = roots.iter().map(|&x| x as f32).collect();
        let colours = Colours::Values(theme::loss_ink, [0.0, top as f32], plain);
        let mut field = self.field(heights, colours, unknown);
        let thin = match value_lines {
            true => Isolines {
                of: Some(self.values.clone()),
                ..Isolines::thin(Self::levels(self.ends), theme::isoline())
            },
            false => Isolines::thin(Self::levels((0.0, top)), theme::isoline()),
        };
        field.isolines = vec![thin, self.through()];
        let off = roots.iter().filter(|&&x| x > top).count();
        let missing = roots.iter().filter(|x| x.is_nan()).count();
        Tile { loss: Some(made.loss), field, ends: (0.0, top), off, missing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_end_on_round_numbers_and_spikes_are_left_out() {
        for (x, end) in [(0.9, 1.0), (1.2, 1.5), (61.0, 70.0), (0.0, 1.0), (300.1, 500.0)] {
            assert!((round_up(x) - end).abs() < 1e-9, "{x}");
        }
        let mut roots = vec![2.0; 100];
        roots[7] = 9000.0;
        assert_eq!(top(&roots), 2.0);
        assert_eq!(top(&[f64::NAN]), 1.0);
    }
}
