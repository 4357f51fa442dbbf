//! What a picture in three dimensions is made of: plain data in the units of its axes.

use std::sync::Arc;

use egui::Color32;

/// One of the three axes of the box.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// What it measures, e.g. `angle θ`.
    pub name: String,
    /// Its unit, e.g. `rad`; may be empty.
    pub unit: String,
    /// The near, left or lower end of the box, in that unit; may be the greater one.
    pub low: f64,
    /// The other end.
    pub high: f64,
    /// Places lie by their logarithm; both ends are positive then.
    pub log: bool,
    /// It is an angle: ticks stand at parts of pi.
    pub turns: bool,
    /// It counts: ticks stand at whole numbers.
    pub whole: bool,
}

impl Axis {
    /// A plain axis.
    pub fn new(name: &str, unit: &str, low: f64, high: f64) -> Self {
        let (name, unit, log, turns, whole) = (name.into(), unit.into(), false, false, false);
        Self { name, unit, low, high, log, turns, whole }
    }

    /// The same for an angle.
    pub fn turning(self) -> Self {
        Self { turns: true, ..self }
    }

    /// The same for whole numbers.
    pub fn counted(self) -> Self {
        Self { whole: true, ..self }
    }

    /// The same by logarithm.
    pub fn logarithmic(self) -> Self {
        Self { log: true, ..self }
    }

    /// Where `x` lies: 0 at the low end, 1 at the high one. Not a number where there is none.
    pub fn share(&self, x: f64) -> f64 {
        match self.log {
            true => (x.ln() - self.low.ln()) / (self.high.ln() - self.low.ln()),
            false => (x - self.low) / (self.high - self.low),
        }
    }

    /// The place at a share of the axis.
    pub fn at(&self, share: f64) -> f64 {
        match self.log {
            true => (self.low.ln() + share * (self.high.ln() - self.low.ln())).exp(),
            false => self.low + share * (self.high - self.low),
        }
    }

    /// Name and unit.
    pub fn label(&self) -> String {
        let log = if self.log { ", log scale" } else { "" };
        match self.unit.is_empty() {
            true => format!("{}{log}", self.name),
            false => format!("{}, {}{log}", self.name, self.unit),
        }
    }
}

/// A colour map: 0 to 1 onto colours.
pub type Ramp = fn(f32) -> Color32;

/// How a field is coloured.
#[derive(Clone, Debug)]
pub enum Colours {
    /// By its heights, from the first number of the range to the second.
    Heights(Ramp, [f32; 2]),
    /// By other numbers, one a cell.
    Values(Ramp, [f32; 2], Arc<[f32]>),
    /// One colour a cell.
    Cells(Arc<[Color32]>),
}

/// Lines of equal height, or of an equal other number, over a field.
#[derive(Clone, Debug, PartialEq)]
pub struct Isolines {
    /// The numbers whose lines are drawn, one a cell; the heights if `None`.
    pub of: Option<Arc<[f32]>>,
    /// Where lines run, rising.
    pub levels: Vec<f32>,
    /// Their colour.
    pub colour: Color32,
    /// Their width in points.
    pub width: f32,
}

impl Isolines {
    /// Thin lines of equal height at `levels`.
    pub fn thin(levels: Vec<f32>, colour: Color32) -> Self {
        Self { of: None, levels, colour, width: 0.9 }
    }
}

/// Heights over a grid that spans the whole ground: the first row lies at the low end of the second
/// axis, the first column at the low end of the first.
#[derive(Clone, Debug)]
pub struct Field {
    /// Points along the second axis.
    pub rows: usize,
    /// Points along the first axis.
    pub cols: usize,
    /// Heights row by row, in units of the third axis. Where there is none: not a number.
    pub heights: Arc<[f32]>,
    /// Its colours.
    pub colours: Colours,
    /// At most two families of lines.
    pub isolines: Vec<Isolines>,
    /// Cells without data: hatched.
    pub hatched: Option<Arc<[bool]>>,
    /// 1 hides what lies behind.
    pub opacity: f32,
    /// Each cell is a flat block of its own, for worlds of separate states; points are the middles
    /// of cells then, and not places of the ground's edges.
    pub blocks: bool,
    /// Its lines of equal height lie on the ground, too.
    pub ground: bool,
    /// Changes whenever anything of the above does.
    pub id: u64,
}

impl Field {
    /// A smooth, opaque field without lines.
    pub fn new([rows, cols]: [usize; 2], heights: Arc<[f32]>, colours: Colours, id: u64) -> Self {
        Self {
            rows,
            cols,
            heights,
            colours,
            isolines: Vec::new(),
            hatched: None,
            opacity: 1.0,
            blocks: false,
            ground: false,
            id,
        }
    }

    /// Whether it can be drawn: numbers for every point, and at least two points each way.
    pub fn is_whole(&self) -> bool {
        let least = if self.blocks { 1 } else { 2 };
        let fits = self.rows >= least && self.cols >= least;
        fits && self.heights.len() == self.rows * self.cols
    }

    /// Share of the ground at which column or row `index` of `count` lies.
    pub fn share(&self, index: f32, count: usize) -> f32 {
        match self.blocks {
            true => (index + 0.5) / count as f32,
            false => index / (count - 1) as f32,
        }
    }

    /// Column or row at a share of the ground, with its fraction.
    pub fn index(&self, share: f32, count: usize) -> f32 {
        match self.blocks {
            true => (share * count as f32 - 0.5).round().clamp(0.0, count as f32 - 1.0),
            false => (share * (count - 1) as f32).clamp(0.0, count as f32 - 1.0),
        }
    }

    /// The height at shares of the ground, between four points by both; not a number where one of
    /// them is missing.
    pub fn height(&self, [x, y]: [f32; 2]) -> f32 {
        sampled(&self.heights, self, [x, y])
    }

    /// The colour map and its range; `None` where cells have colours of their own.
    pub fn ramp(&self) -> Option<(Ramp, [f32; 2])> {
        match self.colours {
            Colours::Heights(ramp, range) | Colours::Values(ramp, range, _) => Some((ramp, range)),
            Colours::Cells(_) => None,
        }
    }

    /// Colour of point `index`.
    pub fn colour(&self, index: usize) -> Color32 {
        let mapped = |ramp: Ramp, [low, high]: [f32; 2], x: f32| {
            ramp(if high > low { (x - low) / (high - low) } else { 0.5 })
        };
        match &self.colours {
            Colours::Heights(ramp, range) => mapped(*ramp, *range, self.heights[index]),
            Colours::Values(ramp, range, of) => {
                mapped(*ramp, *range, of.get(index).copied().unwrap_or(f32::NAN))
            }
            Colours::Cells(cells) => cells.get(index).copied().unwrap_or_default(),
        }
    }

    /// Whether point `index` is hatched.
    pub fn is_hatched(&self, index: usize) -> bool {
        self.hatched.as_ref().is_some_and(|mask| mask.get(index).copied().unwrap_or(false))
    }
}

/// Numbers over the points of `field`, between four of them by both.
pub fn sampled(numbers: &[f32], field: &Field, [x, y]: [f32; 2]) -> f32 {
    let (c, r) = (field.index(x, field.cols), field.index(y, field.rows));
    let (left, low) = (c.floor() as usize, r.floor() as usize);
    let at = |dr: usize, dc: usize| {
        let (row, col) = ((low + dr).min(field.rows - 1), (left + dc).min(field.cols - 1));
        numbers.get(row * field.cols + col).copied().unwrap_or(f32::NAN)
    };
    let (u, v) = (c - left as f32, r - low as f32);
    let mix = |a: f32, b: f32, t: f32| if t == 0.0 { a } else { a + (b - a) * t };
    mix(mix(at(0, 0), at(0, 1), u), mix(at(1, 0), at(1, 1), u), v)
}

/// A line through places of the box.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Places in units of the three axes; one that is not a number parts the line.
    pub points: Vec<[f32; 3]>,
    /// Its colour.
    pub colour: Color32,
    /// Its width in points.
    pub width: f32,
    /// What was dreamt is dashed.
    pub dashed: bool,
    /// Colour of an edge on both sides, for lines that lie on a field.
    pub casing: Option<Color32>,
    /// Ends in the head of an arrow.
    pub arrow: bool,
}

impl Line {
    /// A plain line.
    pub fn new(points: Vec<[f32; 3]>, colour: Color32, width: f32) -> Self {
        Self { points, colour, width, dashed: false, casing: None, arrow: false }
    }
}

/// A lit ball that touches the place from above.
#[derive(Clone, Debug, PartialEq)]
pub struct Ball {
    /// The place below it, in units of the three axes.
    pub at: [f32; 3],
    /// Its radius in points.
    pub radius: f32,
    /// Its colour.
    pub colour: Color32,
    /// Colour of its edge.
    pub casing: Color32,
}

/// A cross that lies on the first field.
#[derive(Clone, Debug, PartialEq)]
pub struct Cross {
    /// Its middle, in units of the first two axes.
    pub at: [f32; 2],
    /// Length of an arm as a share of the ground.
    pub arm: f32,
    /// Its colour.
    pub colour: Color32,
    /// Colour of its edge.
    pub casing: Color32,
    /// A hand can drag it.
    pub grip: bool,
}

/// A translucent plane that touches a field.
#[derive(Clone, Debug, PartialEq)]
pub struct TangentPlane {
    /// Where it touches, in units of the three axes.
    pub at: [f32; 3],
    /// How much it rises along the first two axes: units of the third a unit of theirs.
    pub slope: [f32; 2],
    /// How far it reaches along both, in their units.
    pub half: [f32; 2],
    /// Its colour, translucent.
    pub colour: Color32,
    /// Colour of its edge.
    pub edge: Color32,
}

/// Words beside a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// The place, in units of the three axes.
    pub at: [f32; 3],
    /// What is written to its right.
    pub text: String,
    /// Its colour.
    pub colour: Color32,
}

/// A whole picture.
#[derive(Clone, Debug)]
pub struct Scene {
    /// Along the ground, across it, and up.
    pub axes: [Axis; 3],
    /// Heights; the first one is what crosses lie on and what is picked.
    pub fields: Vec<Field>,
    /// Lines.
    pub lines: Vec<Line>,
    /// Balls.
    pub balls: Vec<Ball>,
    /// Crosses.
    pub crosses: Vec<Cross>,
    /// Tangent planes.
    pub planes: Vec<TangentPlane>,
    /// Words.
    pub labels: Vec<Label>,
}

impl Scene {
    /// An empty box.
    pub fn new(axes: [Axis; 3]) -> Self {
        let (fields, lines, balls) = (Vec::new(), Vec::new(), Vec::new());
        let (crosses, planes, labels) = (Vec::new(), Vec::new(), Vec::new());
        Self { axes, fields, lines, balls, crosses, planes, labels }
    }

    /// Shares of the box of a place in units of its axes.
    pub fn shares(&self, at: [f32; 3]) -> [f32; 3] {
        [0, 1, 2].map(|axis| self.axes[axis].share(f64::from(at[axis])) as f32)
    }

    /// The place on the first field above or below `[x, y]`, in units of the axes; on the ground
    /// where there is none.
    pub fn on_field(&self, [x, y]: [f32; 2]) -> [f32; 3] {
        let shares = [0, 1].map(|axis| self.axes[axis].share(f64::from([x, y][axis])) as f32);
        let ground = self.axes[2].low as f32;
        let height = self.fields.first().filter(|field| field.is_whole());
        let height = height.map_or(f32::NAN, |field| field.height(shares));
        [x, y, if height.is_finite() { height } else { ground }]
    }

    /// A way over the ground as it lies on the first field: as many points between two of `way` as
    /// it passes cells.
    pub fn draped(&self, way: &[[f32; 2]]) -> Vec<[f32; 3]> {
        let cells = self.fields.first().map_or([1, 1], |field| [field.cols, field.rows]);
        let mut points = Vec::new();
        for pair in way.windows(2) {
            let across = |axis: usize| {
                let share = |at: [f32; 2]| self.axes[axis].share(f64::from(at[axis]));
                (share(pair[1]) - share(pair[0])).abs() * cells[axis] as f64
            };
            let pieces = (across(0) + across(1)).ceil().clamp(1.0, 400.0) as usize;
            points.extend((0..pieces).map(|piece| {
                let t = piece as f32 / pieces as f32;
                self.on_field(
                    [0, 1].map(|axis| pair[0][axis] + (pair[1][axis] - pair[0][axis]) * t),
                )
            }));
        }
        points.extend(way.last().map(|&end| self.on_field(end)));
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(_: f32) -> Color32 {
        Color32::BLACK
    }

    /// Heights x + 10 y over a ground of 2 by 4.
    fn tilted() -> Scene {
        let mut scene = Scene::new([
            Axis::new("x", "m", 0.0, 2.0),
            Axis::new("y", "m", -2.0, 2.0),
            Axis::new("z", "J", 0.0, 1.0),
        ]);
        let heights: Vec<f32> = (0..9).map(|i| (i % 3) as f32 + 10.0 * (i / 3) as f32).collect();
        let colours = Colours::Heights(ramp, [0.0, 1.0]);
        scene.fields.push(Field::new([3, 3], heights.into(), colours, 1));
        scene
    }

    #[test]
    fn axes_map_both_ways() {
        let axis = Axis::new("loss", "", 0.01, 100.0).logarithmic();
        assert!((axis.share(1.0) - 0.5).abs() < 1e-12);
        assert!((axis.at(0.25) - 0.1).abs() < 1e-12);
        assert!(axis.share(-1.0).is_nan());
        assert_eq!(axis.label(), "loss, log scale");
    }

    #[test]
    fn heights_between_points_are_those_of_the_plane() {
        let scene = tilted();
        assert_eq!(scene.on_field([0.5, 1.0]), [0.5, 1.0, 15.5]);
        assert_eq!(scene.on_field([2.0, 2.0]), [2.0, 2.0, 22.0]);
        let way = scene.draped(&[[0.0, -2.0], [2.0, 2.0]]);
        assert_eq!(way.len(), 7);
        for at in way {
            assert!((at[2] - (at[0] + 5.0 * (at[1] + 2.0))).abs() < 1e-4, "{at:?}");
        }
    }

    #[test]
    fn a_missing_point_is_missing_all_round_and_no_further() {
        let mut scene = tilted();
        let mut heights = scene.fields[0].heights.to_vec();
        heights[4] = f32::NAN;
        scene.fields[0].heights = heights.into();
        assert!(scene.fields[0].height([0.3, 0.3]).is_nan());
        assert_eq!(scene.fields[0].height([0.0, 0.5]), 10.0);
        // What lies where nothing is known lies on the ground.
        assert_eq!(scene.on_field([1.0, 0.0])[2], 0.0);
    }

    #[test]
    fn blocks_are_flat() {
        let mut field = tilted().fields.remove(0);
        field.blocks = true;
        assert_eq!(field.height([0.3, 0.1]), field.height([0.01, 0.3]));
        assert_eq!(field.height([0.99, 0.99]), 22.0);
    }
}
