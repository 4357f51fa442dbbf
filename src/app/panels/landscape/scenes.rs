//! From a tile to a scene: the cross, the tangent plane, the ball and its way.

use super::race::Row;
use super::sheet::{Floor, Sheet, letter};
use super::tiles::Tile;
use crate::app::theme::Tokens;
use crate::gfx::{Axis, Ball, Cross, Line, Scene, TangentPlane};
use crate::probes::landscape::{Judge, Roll};

/// Length of an arm of the cross and of the prediction's mark, as shares of the ground.
const ARMS: [f32; 2] = [0.06, 0.03];
/// Points of a ball's way that are drawn.
const WAY: usize = 160;
/// How far above the surface a way lies, as a share of the height of the box.
const LIFT: f32 = 0.02;
/// Reach of the tangent plane along both numbers, and up, as shares of their ranges.
const REACH: [f64; 2] = [0.13, 0.30];

/// A ball on its way.
pub struct Rolling<'a> {
    /// Where it is.
    pub row: &'a Row,
    /// Where it came by.
    pub roll: &'a Roll,
    /// It is held: its way is no longer of interest.
    pub held: bool,
}

/// What lies on the ground of all pictures.
pub struct Ground<'a> {
    /// The two numbers.
    pub floor: &'a Floor,
    /// The value and its window.
    pub sheet: &'a Sheet,
    /// The reference.
    pub judge: &'a Judge,
    /// Where balls begin.
    pub start: [f64; 2],
    /// Colours.
    pub t: &'a Tokens,
}

impl Ground<'_> {
    /// The scene of a tile.
    pub fn scene(&self, tile: &Tile, ball: Option<Rolling<'_>>) -> Scene {
        let axis = |d: usize| {
            let (number, (low, high)) = (&self.floor.numbers[d], self.sheet.window.ranges[d]);
            let axis = Axis::new(letter(number), number.unit, low, high);
            if number.turns { axis.turning() } else { axis }
        };
        let (low, high) = tile.ends;
        let wide = (high - low).max(1e-9);
        let up = match tile.loss {
            None => Axis::new("V", "", low, low + wide),
            Some(_) => Axis::new("√ loss", "", low, low + wide),
        };
        let mut scene = Scene::new([axis(0), axis(1), up]);
        scene.fields.push(tile.field.clone());
        scene.crosses.push(self.cross(self.judge.at, ARMS[0], self.t.real));
        match ball {
            Some(ball) => self.roll(&mut scene, &ball),
            None if tile.loss.is_none() => scene.planes.extend(self.tangent(wide)),
            None => {}
        }
        if tile.loss.is_some() {
            let start = self.cross(self.start, ARMS[1], self.t.imagined);
            // Out of the window nothing can be taken hold of.
            let seen = self.floor.seen_in(&self.sheet.window, self.start);
            scene.crosses.extend(self.sheet.window.holds(seen).then_some(start));
        }
        scene
    }

    fn place(&self, at: [f64; 2]) -> [f32; 2] {
        self.floor.seen_in(&self.sheet.window, at).map(|x| x as f32)
    }

    /// Where a place lies in the window, if it does.
    pub fn shown(&self, at: [f64; 2]) -> Option<[f32; 2]> {
        let seen = self.floor.seen_in(&self.sheet.window, at);
        self.sheet.window.holds(seen).then(|| seen.map(|x| x as f32))
    }

    fn cross(&self, at: [f64; 2], arm: f32, colour: egui::Color32) -> Cross {
        Cross { at: self.place(at), arm, colour, casing: self.t.casing, grip: true }
    }

    /// The tangent plane of the value at the cross, not steeper than the picture has room for.
    fn tangent(&self, wide: f64) -> Option<TangentPlane> {
        if !self.judge.is_finite() {
            return None;
        }
        let half = |d: usize| {
            let (low, high) = self.sheet.window.ranges[d];
            let rise = REACH[1] * wide / self.judge.slope[d].abs().max(1e-9);
            (REACH[0] * (high - low)).min(rise) as f32
        };
        let [x, y] = self.place(self.judge.at);
        Some(TangentPlane {
            at: [x, y, self.judge.value as f32],
            slope: self.judge.slope.map(|g| g as f32),
            half: [half(0), half(1)],
            colour: self.t.real.gamma_multiply(0.28),
            edge: self.t.real.gamma_multiply(0.8),
        })
    }

    /// The ball and its way so far.
    fn roll(&self, scene: &mut Scene, ball: &Rolling<'_>) {
        let t = self.t;
        let seen = |at: [f64; 2]| self.floor.seen_in(&self.sheet.window, at);
        if !ball.held {
            let way = thinned(&ball.roll.path[..=ball.row.steps.min(ball.roll.path.len() - 1)]);
            for piece in self.pieces(&way) {
                // A little above the surface, so that no fold of it hides the way.
                let lift = LIFT * (scene.axes[2].high - scene.axes[2].low) as f32;
                let lifted = |[x, y, z]: [f32; 3]| [x, y, z + lift];
                let points = scene.draped(&piece).into_iter().map(lifted).collect();
                let line = Line::new(points, t.imagined, 2.4);
                scene.lines.push(Line { dashed: true, casing: Some(t.casing), ..line });
            }
        }
        let at = seen(ball.row.at);
        if self.sheet.window.holds(at) {
            let at = scene.on_field(at.map(|x| x as f32));
            scene.balls.push(Ball { at, radius: 7.0, colour: t.imagined, casing: t.casing });
        }
    }

    /// A way in pieces within the window: parted where it leaves it or passes over an edge.
    fn pieces(&self, way: &[[f64; 2]]) -> Vec<Vec<[f32; 2]>> {
        let window = &self.sheet.window;
        let half = 0.5 * (window.ranges[0].1 - window.ranges[0].0);
        let mut pieces: Vec<Vec<[f32; 2]>> = vec![Vec::new()];
        for &at in way {
            let at = self.floor.seen_in(window, at);
            let place = at.map(|x| x as f32);
            let last = pieces.last().and_then(|piece| piece.last()).copied();
            let jumps = last.is_some_and(|last| f64::from((last[0] - place[0]).abs()) > half);
            if !window.holds(at) || jumps {
                pieces.push(Vec::new());
            }
            if let Some(piece) = pieces.last_mut().filter(|_| window.holds(at)) {
                piece.push(place);
            }
        }
        pieces.retain(|piece| piece.len() > 1);
        pieces
    }
}

/// At most so many points of a way, its corners among them: points as far apart as the whole way
/// allows.
fn thinned(path: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let far = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
    let whole: f64 = path.windows(2).map(|pair| far(pair[0], pair[1])).sum();
    let (mut way, mut gone) = (Vec::with_capacity(WAY + 2), f64::INFINITY);
    for (index, &at) in path.iter().enumerate() {
        gone += index.checked_sub(1).map_or(0.0, |before| far(path[before], at));
        if gone >= whole / WAY as f64 {
            (gone, ..) = (0.0, way.push(at));
        }
    }
    way.extend(path.last());
    way
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_way_is_thinned_and_keeps_its_ends() {
        let path: Vec<[f64; 2]> = (0..2000).map(|k| [1.0 / f64::from(k + 1), 0.0]).collect();
        let way = thinned(&path);
        assert!(way.len() <= WAY + 2);
        assert_eq!((way[0], way[way.len() - 1]), (path[0], path[1999]));
        assert_eq!(thinned(&path[..1]), [path[0], path[0]]);
    }
}
