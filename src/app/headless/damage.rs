//! Finds what has changed since the picture before, so that only that is drawn again: a film is
//! mostly still, and an adapter in software pays for every pixel.
//!
//! The picture is divided into squares. Each remembers a fingerprint of all triangles that touch
//! it, in order; where it is the same, so are the pixels.

use std::collections::BTreeMap;

use egui::epaint::{ClippedPrimitive, Mesh, Primitive, Vertex};
use egui::{Color32, Rect, pos2, vec2};

/// Side of a square in pixels.
const SIDE: usize = 32;
/// Rectangles drawn anew at most: each costs a look at all triangles.
const MOST: usize = 10;
/// Pixels that a rectangle more is worth.
const WORTH: f32 = 4096.0;

/// Fingerprints of the picture before.
pub struct Damage {
    points: f32,
    columns: usize,
    rows: usize,
    prints: Vec<u64>,
}

impl Damage {
    /// Before the first picture, of `size` pixels: everything is new.
    pub fn new(size: [u32; 2], points: f32) -> Self {
        let [columns, rows] = size.map(|side| (side as usize).div_ceil(SIDE));
        Self { points, columns, rows, prints: Vec::new() }
    }

    /// Forgets the picture before.
    pub fn forget(&mut self) {
        self.prints.clear();
    }

    /// What has to be drawn so that the picture before becomes this one, on plain `ground`.
    pub fn jobs(&mut self, all: &[ClippedPrimitive], ground: Color32) -> Vec<ClippedPrimitive> {
        let prints = self.fingerprints(all);
        let squares: Vec<Rect> = (0..prints.len())
            .filter(|&i| self.prints.get(i) != Some(&prints[i]))
            .map(|i| self.square(i))
            .collect();
        self.prints = prints;
        let rects = few(squares, WORTH / (self.points * self.points));
        rects.iter().flat_map(|&rect| clipped(all, rect, ground)).collect()
    }

    fn square(&self, index: usize) -> Rect {
        let side = SIDE as f32 / self.points;
        let (row, column) = (index / self.columns, index % self.columns);
        let corner = pos2(column as f32 * side, row as f32 * side);
        Rect::from_min_size(corner, vec2(side, side))
    }

    fn fingerprints(&self, all: &[ClippedPrimitive]) -> Vec<u64> {
        let mut prints = vec![1; self.columns * self.rows];
        for job in all {
            let clip = job.clip_rect;
            let Primitive::Mesh(mesh) = &job.primitive else {
                // What draws itself is always new.
                self.mix(&mut prints, clip, clip, self.prints.first().map_or(2, |p| p ^ 3));
                continue;
            };
            let corners = [clip.min.x, clip.min.y, clip.max.x, clip.max.y].map(f32::to_bits);
            let salt = corners.iter().fold(texture(mesh), |h, &c| hash(h, u64::from(c)));
            for triangle in mesh.indices.chunks_exact(3) {
                let [a, b, c] = [0, 1, 2].map(|i| &mesh.vertices[triangle[i] as usize]);
                let print = [a, b, c].into_iter().fold(salt, vertex);
                let around = Rect::from_points(&[a.pos, b.pos, c.pos]);
                self.mix(&mut prints, around, clip, print);
            }
        }
        prints
    }

    /// Adds a fingerprint to every square that `rect` within `clip` touches.
    fn mix(&self, prints: &mut [u64], rect: Rect, clip: Rect, print: u64) {
        let rect = rect.intersect(clip);
        let side = SIDE as f32 / self.points;
        // A pixel more on every side, for rounding.
        let edge = 1.0 / self.points;
        let first = |x: f32| ((x - edge) / side).floor().max(0.0) as usize;
        let last = |x: f32, most: usize| {
            (((x + edge) / side).floor().max(-1.0) + 1.0).min(most as f32) as usize
        };
        for row in first(rect.min.y)..last(rect.max.y, self.rows) {
            for column in first(rect.min.x)..last(rect.max.x, self.columns) {
                let at = &mut prints[row * self.columns + column];
                *at = hash(*at, print);
            }
        }
    }
}

fn hash(seed: u64, value: u64) -> u64 {
    let mixed = (seed.rotate_left(5) ^ value).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ (mixed >> 29)
}

fn texture(mesh: &Mesh) -> u64 {
    match mesh.texture_id {
        egui::TextureId::Managed(id) => id,
        egui::TextureId::User(id) => !id,
    }
}

fn vertex(seed: u64, v: &Vertex) -> u64 {
    let pair = |a: f32, b: f32| u64::from(a.to_bits()) << 32 | u64::from(b.to_bits());
    let seed = hash(hash(seed, pair(v.pos.x, v.pos.y)), pair(v.uv.x, v.uv.y));
    hash(seed, u64::from(u32::from_le_bytes(v.color.to_array())))
}

/// Rectangles merged as long as that costs less than it saves.
fn few(mut rects: Vec<Rect>, worth: f32) -> Vec<Rect> {
    rects = runs(rects);
    loop {
        let mut best: Option<(f32, usize, usize)> = None;
        for (i, a) in rects.iter().enumerate() {
            for (j, b) in rects.iter().enumerate().skip(i + 1) {
                let more = a.union(*b).area() - a.area() - b.area();
                if best.is_none_or(|(least, ..)| more < least) {
                    best = Some((more, i, j));
                }
            }
        }
        match best {
            Some((more, i, j)) if more < worth || rects.len() > MOST => {
                let other = rects.swap_remove(j);
                rects[i] = rects[i].union(other);
            }
            _ => return rects,
        }
    }
}

/// Squares side by side become one rectangle, and equal ones below each other too.
fn runs(squares: Vec<Rect>) -> Vec<Rect> {
    let mut rows: Vec<Rect> = Vec::new();
    for square in squares {
        match rows.last_mut() {
            Some(run) if run.max.x == square.min.x && run.min.y == square.min.y => {
                run.max.x = square.max.x;
            }
            _ => rows.push(square),
        }
    }
    let mut done: Vec<Rect> = Vec::new();
    for row in rows {
        let above = done
            .iter_mut()
            .find(|r| r.max.y == row.min.y && r.min.x == row.min.x && r.max.x == row.max.x);
        match above {
            Some(above) => above.max.y = row.max.y,
            None => done.push(row),
        }
    }
    done
}

/// Everything that touches `rect`, and nothing outside it.
fn clipped(all: &[ClippedPrimitive], rect: Rect, ground: Color32) -> Vec<ClippedPrimitive> {
    let mut plain = Mesh::default();
    plain.add_colored_rect(rect, ground);
    let mut jobs = vec![ClippedPrimitive { clip_rect: rect, primitive: Primitive::Mesh(plain) }];
    for job in all {
        let clip_rect = job.clip_rect.intersect(rect);
        if !clip_rect.is_positive() {
            continue;
        }
        let primitive = match &job.primitive {
            Primitive::Mesh(mesh) => match part(mesh, clip_rect) {
                part if part.is_empty() => continue,
                part => Primitive::Mesh(part),
            },
            Primitive::Callback(callback) => Primitive::Callback(callback.clone()),
        };
        jobs.push(ClippedPrimitive { clip_rect, primitive });
    }
    jobs
}

/// The triangles that touch `rect`.
fn part(mesh: &Mesh, rect: Rect) -> Mesh {
    let mut part = Mesh::with_texture(mesh.texture_id);
    let mut places = BTreeMap::new();
    for triangle in mesh.indices.chunks_exact(3) {
        let corners = [0, 1, 2].map(|i| mesh.vertices[triangle[i] as usize].pos);
        if !Rect::from_points(&corners).expand(1.0).intersects(rect) {
            continue;
        }
        for &index in triangle {
            let place = *places.entry(index).or_insert_with(|| {
                part.vertices.push(mesh.vertices[index as usize]);
                part.vertices.len() as u32 - 1
            });
            part.indices.push(place);
        }
    }
    part
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scene(dot: f32) -> Vec<ClippedPrimitive> {
        let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(640.0, 320.0));
        let mut mesh = Mesh::default();
        mesh.add_colored_rect(screen, Color32::DARK_GRAY);
        mesh.add_colored_rect(Rect::from_min_size(pos2(dot, 100.0), vec2(4.0, 4.0)), Color32::RED);
        vec![ClippedPrimitive { clip_rect: screen, primitive: Primitive::Mesh(mesh) }]
    }

    fn area(jobs: &[ClippedPrimitive]) -> f32 {
        jobs.iter().map(|job| job.clip_rect).fold(Rect::NOTHING, Rect::union).area()
    }

    #[test]
    fn only_what_moved_is_drawn_again() {
        let mut damage = Damage::new([640, 320], 1.0);
        assert_eq!(area(&damage.jobs(&scene(40.0), Color32::BLACK)), 640.0 * 320.0);
        assert!(damage.jobs(&scene(40.0), Color32::BLACK).is_empty());
        let moved = damage.jobs(&scene(300.0), Color32::BLACK);
        // Where it was and where it is, one square each.
        assert_eq!(moved.len(), 4);
        let drawn: f32 = moved.iter().step_by(2).map(|job| job.clip_rect.area()).sum();
        assert_eq!(drawn, 2.0 * 32.0 * 32.0);
        damage.forget();
        assert_eq!(area(&damage.jobs(&scene(300.0), Color32::BLACK)), 640.0 * 320.0);
    }

    #[test]
    fn rectangles_are_few() {
        let squares = (0..40).map(|i| {
            Rect::from_min_size(
                pos2((i % 8) as f32 * 64.0, (i / 8) as f32 * 64.0),
                vec2(32.0, 32.0),
            )
        });
        assert!(few(squares.collect(), 10.0).len() <= MOST);
    }
}
