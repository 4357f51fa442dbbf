//! Fields as triangles, in shares of the box.

use super::scene::{Axis, Field, Isolines};

/// A corner of a triangle: place 3, normal and hatching 4 (16 bits), colour 4 (8 bits), levels 2.
pub const STRIDE: usize = 32;
/// How deep blocks go below the ground, so that even the lowest has sides.
const BASE: f32 = -0.03;
/// Gap between blocks as a part of their width.
const GAP: f32 = 0.035;

/// Triangles of a field.
#[derive(Debug, Default)]
pub struct Mesh {
    /// Corners, [`STRIDE`] bytes each.
    pub bytes: Vec<u8>,
    /// Three a triangle.
    pub indices: Vec<u32>,
}

impl Mesh {
    /// The triangles of `field` over heights along `axis`; colours beyond its ends are `off_scale`.
    pub fn of(field: &Field, axis: &Axis, off_scale: [u8; 4]) -> Self {
        let mut mesh = Self::default();
        let shares: Vec<f32> =
            field.heights.iter().map(|&z| axis.share(f64::from(z)) as f32).collect();
        let colour = |index: usize| match (-1e-3..=1.001).contains(&shares[index]) {
            true => field.colour(index).to_array(),
            false => off_scale,
        };
        let shares: Vec<f32> =
            shares.iter().map(|z| if z.is_nan() { f32::NAN } else { z.clamp(0.0, 1.0) }).collect();
        match field.blocks {
            true => mesh.blocks(field, &shares, colour),
            false => mesh.smooth(field, &shares, colour),
        }
        mesh
    }

    fn smooth(&mut self, field: &Field, z: &[f32], colour: impl Fn(usize) -> [u8; 4]) {
        let (rows, cols) = (field.rows, field.cols);
        let levels = [0, 1].map(|family| levels(field, family));
        self.bytes.reserve(rows * cols * STRIDE);
        for row in 0..rows {
            for col in 0..cols {
                let index = row * cols + col;
                let place =
                    [field.share(col as f32, cols), field.share(row as f32, rows), z[index]];
                let normal = normal(z, [rows, cols], row, col);
                let hatched = f32::from(u8::from(field.is_hatched(index)));
                let level = [0, 1].map(|family| levels[family].get(index).copied().unwrap_or(-1.0));
                let known = if place[2].is_nan() { [0; 4] } else { colour(index) };
                self.corner(place, (normal, hatched), known, level);
            }
        }
        for row in 0..rows - 1 {
            for col in 0..cols - 1 {
                let first = row * cols + col;
                let [a, b, c, d] = [first, first + 1, first + cols, first + cols + 1];
                // The shorter diagonal: ridges stay ridges.
                let along = (z[a] - z[d]).abs() <= (z[b] - z[c]).abs();
                let both = if along { [[a, b, d], [a, d, c]] } else { [[a, b, c], [b, d, c]] };
                for triangle in both {
                    if triangle.iter().all(|&corner| z[corner].is_finite()) {
                        self.indices.extend(triangle.map(|corner| corner as u32));
                    }
                }
            }
        }
    }

    fn blocks(&mut self, field: &Field, z: &[f32], colour: impl Fn(usize) -> [u8; 4]) {
        let (rows, cols) = (field.rows, field.cols);
        for (index, &top) in z.iter().enumerate().filter(|(_, z)| z.is_finite()) {
            let (row, col) = (index / cols, index % cols);
            let ends = |at: usize, count: usize| {
                let [low, high] = [at as f32 + GAP, at as f32 + 1.0 - GAP];
                [low / count as f32, high / count as f32]
            };
            let ([left, right], [front, back]) = (ends(col, cols), ends(row, rows));
            let look = (f32::from(u8::from(field.is_hatched(index))), colour(index));
            let corners = [[left, front], [right, front], [right, back], [left, back]];
            self.face(corners.map(|[x, y]| [x, y, top]), [0.0, 0.0, 1.0], look);
            let sides = [[0.0, -1.0], [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]];
            for (side, [nx, ny]) in sides.into_iter().enumerate() {
                let ([x, y], [u, v]) = (corners[side], corners[(side + 1) % 4]);
                let face = [[x, y, BASE], [u, v, BASE], [u, v, top], [x, y, top]];
                self.face(face, [nx, ny, 0.0], look);
            }
        }
    }

    fn face(
        &mut self,
        corners: [[f32; 3]; 4],
        normal: [f32; 3],
        (hatched, colour): (f32, [u8; 4]),
    ) {
        let first = (self.bytes.len() / STRIDE) as u32;
        for place in corners {
            self.corner(place, (normal, hatched), colour, [-1.0; 2]);
        }
        self.indices.extend([0, 1, 2, 0, 2, 3].map(|corner| first + corner));
    }

    fn corner(
        &mut self,
        place: [f32; 3],
        (normal, hatched): ([f32; 3], f32),
        colour: [u8; 4],
        levels: [f32; 2],
    ) {
        let place = place.map(|x| if x.is_nan() { 0.0 } else { x });
        place.iter().for_each(|x| self.bytes.extend(x.to_le_bytes()));
        let sixteen = |x: f32| ((x * 32767.0) as i16).to_le_bytes();
        normal.iter().for_each(|&x| self.bytes.extend(sixteen(x)));
        self.bytes.extend(sixteen(hatched));
        self.bytes.extend(colour);
        levels.iter().for_each(|x| self.bytes.extend(x.to_le_bytes()));
    }
}

/// What is upright on the field at a point, in shares of the box and of length 1, from the heights
/// around it; upright where there are none.
fn normal(z: &[f32], [rows, cols]: [usize; 2], row: usize, col: usize) -> [f32; 3] {
    let here = z[row * cols + col];
    let slope = |at: usize, count: usize, of: &dyn Fn(usize) -> f32| {
        let [low, high] = [at.saturating_sub(1), (at + 1).min(count - 1)];
        let ends = [of(low), of(high)].map(|z| if z.is_finite() { z } else { here });
        (ends[1] - ends[0]) * (count - 1) as f32 / (high - low) as f32
    };
    let x = slope(col, cols, &|col| z[row * cols + col]);
    let y = slope(row, rows, &|row| z[row * cols + col]);
    if !(x.is_finite() && y.is_finite()) {
        return [0.0, 0.0, 1.0];
    }
    let long = (x * x + y * y + 1.0).sqrt();
    [-x / long, -y / long, 1.0 / long]
}

/// Each point's place among the levels of a family of lines: `i` on level `i`, in between in
/// proportion. Empty without that family.
fn levels(field: &Field, family: usize) -> Vec<f32> {
    let Some(Isolines { of, levels, .. }) = field.isolines.get(family) else {
        return Vec::new();
    };
    let numbers = of.as_ref().unwrap_or(&field.heights);
    numbers.iter().map(|&x| level(levels, x)).collect()
}

fn level(levels: &[f32], x: f32) -> f32 {
    match levels {
        [] => -1.0,
        // A step of its own size on both sides is as good as any: there is no other line.
        [only] => (x - only) / only.abs().max(1.0),
        _ => {
            let above = levels.partition_point(|&level| level <= x);
            let low = above.clamp(1, levels.len() - 1) - 1;
            low as f32 + (x - levels[low]) / (levels[low + 1] - levels[low])
        }
    }
}

#[cfg(test)]
mod tests {
    use egui::Color32;

    use super::super::scene::Colours;
    use super::*;

    fn field(rows: usize, cols: usize, heights: Vec<f32>) -> Field {
        Field::new([rows, cols], heights.into(), Colours::Heights(|_| Color32::RED, [0.0, 1.0]), 1)
    }

    fn axis() -> Axis {
        Axis::new("z", "", 0.0, 1.0)
    }

    #[test]
    fn a_hole_has_no_triangles_and_a_spike_is_clipped_and_grey() {
        let mut heights = vec![0.5; 16];
        heights[0] = f32::NAN;
        heights[15] = 7.0;
        let mesh = Mesh::of(&field(4, 4, heights), &axis(), [1, 2, 3, 4]);
        assert_eq!(mesh.bytes.len(), 16 * STRIDE);
        // Of 9 squares the one at the hole loses one or both halves.
        assert!([16, 17].contains(&(mesh.indices.len() / 3)), "{}", mesh.indices.len());
        assert!(!mesh.indices.contains(&0));
        let spike = &mesh.bytes[15 * STRIDE..];
        assert_eq!(f32::from_le_bytes(spike[8..12].try_into().unwrap()), 1.0);
        assert_eq!(spike[20..24], [1, 2, 3, 4]);
    }

    #[test]
    fn normals_are_those_of_the_plane() {
        let z: Vec<f32> = (0..25).map(|i| 0.5 * (i % 5) as f32 / 4.0).collect();
        for (row, col) in [(0, 0), (2, 2), (4, 1)] {
            let [x, y, up] = normal(&z, [5, 5], row, col);
            assert!((x + 0.5 * up).abs() < 1e-6 && y.abs() < 1e-6);
            assert!((x * x + y * y + up * up - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn levels_are_whole_numbers_on_their_lines() {
        let levels = [1.0, 2.0, 4.0];
        let of = [0.0, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0].map(|x| level(&levels, x));
        assert_eq!(of, [-1.0, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0]);
        assert_eq!((level(&[5.0], 5.0), level(&[], 5.0)), (0.0, -1.0));
    }

    #[test]
    fn a_block_has_five_faces() {
        let mut two = field(1, 2, vec![0.2, f32::NAN]);
        two.blocks = true;
        let mesh = Mesh::of(&two, &axis(), [0; 4]);
        assert_eq!((mesh.bytes.len() / STRIDE, mesh.indices.len()), (20, 30));
    }
}
