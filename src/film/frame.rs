//! One picture of a film, and the same in the colours of video.

/// A picture: rows from the top, four bytes a pixel (red, green, blue, opaque), sRGB.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    /// Pixels across.
    pub width: usize,
    /// Pixels down.
    pub height: usize,
    /// `4 * width * height` bytes.
    pub rgba: Vec<u8>,
}

impl Frame {
    /// A black picture.
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height, rgba: vec![0; 4 * width * height] }
    }
}

/// A picture as three planes: brightness in full, both colour differences in half the size each
/// way. BT.709, limited range, as every player assumes for this size of picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Planes {
    /// Pixels across, even.
    pub width: usize,
    /// Pixels down, even.
    pub height: usize,
    /// Brightness.
    pub y: Vec<u8>,
    /// Blue difference.
    pub u: Vec<u8>,
    /// Red difference.
    pub v: Vec<u8>,
}

/// BT.709 times 2^16, with the limited range folded in.
const Y: [i32; 3] = [11_966, 40_254, 4_064];
const U: [i32; 3] = [-6_596, -22_189, 28_784];
const V: [i32; 3] = [28_784, -26_145, -2_639];
const HALF: i32 = 1 << 15;

impl Planes {
    /// Converts a picture of even size; memory is reused.
    pub fn set(&mut self, frame: &Frame) {
        let (width, height) = (frame.width, frame.height);
        (self.width, self.height) = (width, height);
        self.y.resize(width * height, 0);
        self.u.resize(width * height / 4, 0);
        self.v.resize(width * height / 4, 0);
        let rows = frame.rgba.chunks_exact(8 * width);
        let luma = self.y.chunks_exact_mut(2 * width);
        let chroma = self.u.chunks_exact_mut(width / 2).zip(self.v.chunks_exact_mut(width / 2));
        for ((rows, luma), (u, v)) in rows.zip(luma).zip(chroma) {
            pair_of_rows(rows, luma, u, v);
        }
    }
}

/// Two rows of pixels make two of brightness and one of colour.
fn pair_of_rows(rows: &[u8], luma: &mut [u8], u: &mut [u8], v: &mut [u8]) {
    for (pixel, y) in rows.chunks_exact(4).zip(luma.iter_mut()) {
        let sum = dot(Y, [pixel[0], pixel[1], pixel[2]].map(i32::from));
        *y = (16 + ((sum + HALF) >> 16)) as u8;
    }
    let (above, below) = rows.split_at(rows.len() / 2);
    let quads = above.chunks_exact(8).zip(below.chunks_exact(8));
    for ((a, b), (u, v)) in quads.zip(u.iter_mut().zip(v.iter_mut())) {
        let mean = |c: usize| {
            (i32::from(a[c]) + i32::from(a[c + 4]) + i32::from(b[c]) + i32::from(b[c + 4]) + 2) >> 2
        };
        let rgb = [mean(0), mean(1), mean(2)];
        *u = (128 + ((dot(U, rgb) + HALF) >> 16)) as u8;
        *v = (128 + ((dot(V, rgb) + HALF) >> 16)) as u8;
    }
}

fn dot(weights: [i32; 3], rgb: [i32; 3]) -> i32 {
    weights[0] * rgb[0] + weights[1] * rgb[1] + weights[2] * rgb[2]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planes_of(rgb: [u8; 3]) -> (u8, u8, u8) {
        let mut frame = Frame::new(4, 2);
        for pixel in frame.rgba.chunks_exact_mut(4) {
            pixel[..3].copy_from_slice(&rgb);
        }
        let mut planes = Planes::default();
        planes.set(&frame);
        assert!(planes.y.iter().all(|&y| y == planes.y[0]));
        (planes.y[0], planes.u[1], planes.v[0])
    }

    #[test]
    fn primaries_land_where_the_standard_says() {
        for (rgb, want) in [
            ([0, 0, 0], (16, 128, 128)),
            ([255, 255, 255], (235, 128, 128)),
            ([255, 0, 0], (63, 102, 240)),
            ([0, 255, 0], (173, 42, 26)),
            ([0, 0, 255], (32, 240, 118)),
        ] {
            assert_eq!(planes_of(rgb), want, "{rgb:?}");
        }
    }
}
