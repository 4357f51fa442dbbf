//! Lines, balls and planes as triangles before the eye: widths are points of the screen, places and
//! depths those of the box.

use egui::{Color32, Pos2, Vec2, vec2};

use super::camera::Projection;
use super::flat::arms;
use super::scene::{Field, Line, Scene};
use super::style::Style;

/// A corner: clip place 4, across, along, half width and kind 4, colour 4 (8 bits).
pub const STRIDE: usize = 36;
/// How much nearer than its place a line is drawn, in depth: it lies on the field, not in it.
const NEARER: f32 = 0.0045;
/// The same for its edge.
const EDGE: f32 = 0.0038;
/// Width of an edge in points, on each side.
const CASING: f32 = 1.6;
/// Longest point of a bend, in half widths.
const MITRE: f32 = 1.8;

/// What a triangle is, for the shader.
#[derive(Clone, Copy)]
enum Kind {
    Solid = 0,
    Dashed = 1,
    Ball = 2,
    Disc = 3,
    Plain = 4,
}

/// Triangles of everything but fields.
#[derive(Default)]
pub struct Ribbons {
    /// What hides things behind it, and what does not: corners of [`STRIDE`] bytes, three a
    /// triangle.
    pub bytes: [Vec<u8>; 2],
}

/// A place before the eye.
#[derive(Clone, Copy)]
struct Seen {
    at: Pos2,
    depth: f32,
}

/// How a stroke looks.
#[derive(Clone, Copy)]
struct Brush {
    half: f32,
    kind: Kind,
    colour: Color32,
    nearer: f32,
}

/// A clip place, and where it lies across and along its strip.
type Corner = ([f32; 4], [f32; 2]);

/// Lays everything out in pixels.
struct Easel<'a> {
    scene: &'a Scene,
    p: &'a Projection,
    /// Pixels a point.
    pixels: f32,
    out: Ribbons,
}

impl Ribbons {
    /// Everything of `scene` but its fields, and the lines of the box.
    pub fn of(scene: &Scene, p: &Projection, style: &Style, pixels: f32) -> Self {
        let mut easel = Easel { scene, p, pixels, out: Self::default() };
        easel.floor(style);
        for plane in &scene.planes {
            let corner = |u: f32, v: f32| {
                let [x, y] = [u * plane.half[0], v * plane.half[1]];
                let z = plane.at[2] + x * plane.slope[0] + y * plane.slope[1];
                [plane.at[0] + x, plane.at[1] + y, z]
            };
            let corners = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0]];
            let edge = corners.map(|[u, v]| corner(u, v));
            easel.quad(edge[..4].iter().map(|&at| easel.seen(at)).collect(), plane.colour);
            easel.line(&Line::new(edge.to_vec(), plane.edge, 1.4));
        }
        for field in scene.fields.iter().filter(|f| f.is_whole() && !f.blocks) {
            easel.rim(field, style.rim);
        }
        for line in &scene.lines {
            easel.line(line);
        }
        for cross in &scene.crosses {
            let arms = arms(scene, cross).map(|arm| scene.draped(&arm));
            // Both edges first: where arms meet there is no edge.
            for (colour, more, nearer) in
                [(cross.casing, CASING, EDGE), (cross.colour, 0.0, NEARER)]
            {
                for arm in &arms {
                    let seen: Vec<Seen> = arm.iter().map(|&at| easel.seen(at)).collect();
                    let half = (2.5 + more) * pixels;
                    easel.strip(&seen, Brush { half, kind: Kind::Solid, colour, nearer });
                }
            }
        }
        for ball in &scene.balls {
            easel.ball(ball.at, ball.radius, [ball.colour, ball.casing]);
        }
        easel.out
    }
}

impl Easel<'_> {
    fn seen(&self, at: [f32; 3]) -> Seen {
        self.seen_share(self.scene.shares(at).map(|share| share.clamp(-0.2, 1.2)))
    }

    fn seen_share(&self, shares: [f32; 3]) -> Seen {
        Seen { at: self.p.project(shares), depth: self.p.depth(shares) }
    }

    /// The floor with a line at every tick, and the upright edge at the leftmost corner.
    fn floor(&mut self, style: &Style) {
        let below = -0.012;
        let brush =
            |colour| Brush { half: 0.5 * self.pixels, kind: Kind::Solid, colour, nearer: 0.0 };
        let (grid, axis) = (brush(style.grid), brush(style.axis));
        let mut lines: Vec<([[f32; 3]; 2], Brush)> = Vec::new();
        for which in 0..2 {
            let places = super::axes::ticks(&self.scene.axes[which], 7);
            let shares = places.iter().map(|(x, _)| self.scene.axes[which].share(*x) as f32);
            for share in shares.chain([0.0, 1.0]) {
                let place = |t: f32| if which == 0 { [share, t, below] } else { [t, share, below] };
                lines.push(([place(0.0), place(1.0)], grid));
            }
        }
        let [x, y] = self.p.upright_corner();
        lines.push(([[x, y, below], [x, y, 1.0]], axis));
        for (ends, brush) in lines {
            let ends = ends.map(|share| self.seen_share(share));
            self.strip(&ends, brush);
        }
    }

    /// A thin line along the four edges of a field: they are straight, and so they look.
    fn rim(&mut self, field: &Field, colour: Color32) {
        let (rows, cols) = (field.rows, field.cols);
        let [last_row, last_col] = [rows - 1, cols - 1];
        let edges: [Vec<[usize; 2]>; 4] = [
            (0..cols).map(|col| [0, col]).collect(),
            (0..cols).map(|col| [last_row, col]).collect(),
            (0..rows).map(|row| [row, 0]).collect(),
            (0..rows).map(|row| [row, last_col]).collect(),
        ];
        let brush =
            Brush { half: 0.7 * self.pixels, kind: Kind::Solid, colour, nearer: 0.5 * EDGE };
        for edge in edges {
            let place = |&[row, col]: &[usize; 2]| {
                let z = f64::from(field.heights[row * cols + col]);
                let z = self.scene.axes[2].share(z) as f32;
                [field.share(col as f32, cols), field.share(row as f32, rows), z]
            };
            let places: Vec<[f32; 3]> = edge.iter().map(place).collect();
            for piece in places.split(|place| place[2].is_nan()) {
                let seen = |&[x, y, z]: &[f32; 3]| self.seen_share([x, y, z.clamp(0.0, 1.0)]);
                let seen: Vec<Seen> = piece.iter().map(seen).collect();
                self.strip(&seen, brush);
            }
        }
    }

    fn line(&mut self, line: &Line) {
        let whole = |place: &[f32; 3]| place.iter().all(|x| x.is_finite());
        let kind = if line.dashed { Kind::Dashed } else { Kind::Solid };
        let half = 0.5 * line.width * self.pixels;
        for piece in line.points.split(|place| !whole(place)) {
            let seen: Vec<Seen> = piece.iter().map(|&at| self.seen(at)).collect();
            if let Some(casing) = line.casing {
                let half = half + CASING * self.pixels;
                self.strip(&seen, Brush { half, kind, colour: casing, nearer: EDGE });
            }
            self.strip(&seen, Brush { half, kind, colour: line.colour, nearer: NEARER });
            if let [.., before, last] = seen[..]
                && line.arrow
            {
                self.head(before, last, line);
            }
        }
    }

    /// A strip along `seen`, with pointed bends.
    fn strip(&mut self, seen: &[Seen], brush: Brush) {
        let mut kept: Vec<Seen> = Vec::with_capacity(seen.len());
        for &place in seen {
            if kept.last().is_none_or(|last| (last.at - place.at).length() > 0.05) {
                kept.push(place);
            }
        }
        if kept.len() < 2 {
            return;
        }
        // One pixel more on every side, for soft edges.
        let reach = brush.half + 1.0;
        let (mut along, mut last): (f32, Option<[Corner; 2]>) = (0.0, None);
        for index in 0..kept.len() {
            let here = kept[index];
            let before = kept[index.saturating_sub(1)];
            let after = kept[(index + 1).min(kept.len() - 1)];
            along += (here.at - before.at).length() * self.pixels;
            let side = bend(before.at, here.at, after.at) * (reach / self.pixels);
            let corner = |sign: f32| {
                let clip = self.clip(here.at + sign * side, here.depth - brush.nearer);
                (clip, [sign * reach, along])
            };
            let both = [corner(-1.0), corner(1.0)];
            if let Some([a, b]) = last {
                let [c, d] = both;
                for (clip, at) in [a, b, c, b, d, c] {
                    self.corner(0, clip, [at[0], at[1], brush.half], brush.kind, brush.colour);
                }
            }
            last = Some(both);
        }
    }

    /// The head of an arrow.
    fn head(&mut self, before: Seen, last: Seen, line: &Line) {
        let along = (last.at - before.at).normalized();
        let (side, tip) = (line.width * 1.9 * along.rot90(), last.at + line.width * 1.4 * along);
        let back = last.at - line.width * 2.2 * along;
        for at in [tip, back + side, back - side] {
            let clip = self.clip(at, last.depth - NEARER);
            self.corner(0, clip, [0.0; 3], Kind::Plain, line.colour);
        }
    }

    /// A ball that stands on its place, and its edge.
    fn ball(&mut self, at: [f32; 3], radius: f32, [colour, casing]: [Color32; 2]) {
        let foot = self.seen(at);
        let middle = foot.at - vec2(0.0, 0.8 * radius);
        // Its front is a radius nearer than its foot; a unit of depth is a few boxes.
        let nearer = NEARER + 0.3 * radius / self.p.scale().max(1.0);
        for (radius, kind, colour, nearer) in [
            (radius + 1.5, Kind::Disc, casing, nearer),
            (radius, Kind::Ball, colour, nearer + 0.0005),
        ] {
            let (half, reach) = (radius * self.pixels, radius + 1.0);
            let corners = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]].map(|[u, v]| {
                let off = reach * vec2(u, -v);
                let clip = self.clip(middle + off, foot.depth - nearer);
                (clip, [reach * self.pixels * u, reach * self.pixels * v])
            });
            for index in [0, 1, 2, 0, 2, 3] {
                let (clip, [x, y]) = corners[index];
                self.corner(0, clip, [x, y, half], kind, colour);
            }
        }
    }

    /// A translucent square.
    fn quad(&mut self, seen: Vec<Seen>, colour: Color32) {
        for index in [0, 1, 2, 0, 2, 3] {
            let clip = self.clip(seen[index].at, seen[index].depth - 0.5 * NEARER);
            self.corner(1, clip, [0.0; 3], Kind::Plain, colour);
        }
    }

    fn clip(&self, at: Pos2, depth: f32) -> [f32; 4] {
        let half = 0.5 * self.p.rect.size();
        let off = at - self.p.rect.center();
        [off.x / half.x, -off.y / half.y, depth.clamp(0.0, 1.0), 1.0]
    }

    fn corner(&mut self, to: usize, clip: [f32; 4], at: [f32; 3], kind: Kind, colour: Color32) {
        let bytes = &mut self.out.bytes[to];
        let numbers = clip.into_iter().chain(at).chain([kind as u8 as f32]);
        numbers.for_each(|x| bytes.extend(x.to_le_bytes()));
        bytes.extend(colour.to_srgba_unmultiplied());
    }
}

/// Half a strip's width at a bend, for a strip of half width 1: square to both sides of it.
fn bend(before: Pos2, here: Pos2, after: Pos2) -> Vec2 {
    let [into, out] = [(here - before).normalized(), (after - here).normalized()];
    let along = match (into == Vec2::ZERO, out == Vec2::ZERO) {
        (true, _) => out,
        (_, true) => into,
        _ => into + out,
    };
    // A line that turns back on itself has no point.
    if along.length() < 0.2 {
        return into.rot90();
    }
    let side = along.normalized().rot90();
    let other = if out == Vec2::ZERO { into } else { out };
    side * (1.0 / side.dot(other.rot90()).abs().max(1e-3)).min(MITRE)
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;

    #[test]
    fn a_bend_is_as_wide_as_its_sides() {
        let [a, b, c] = [pos2(0.0, 0.0), pos2(10.0, 0.0), pos2(10.0, 10.0)];
        let side = bend(a, b, c);
        // Square to both sides at a distance of 1.
        let reach = [vec2(0.0, 1.0), vec2(1.0, 0.0)].map(|n| side.dot(n).abs());
        assert!(reach.iter().all(|r| (r - 1.0).abs() < 1e-5), "{reach:?}");
        assert!((bend(a, b, a).length() - 1.0).abs() < 1e-5);
        assert_eq!(bend(a, a, b), vec2(1.0, 0.0).rot90());
    }
}
