//! Few colours for many: 255 of them, chosen by median cut, which keeps rare hues alive.

use std::collections::BTreeMap;

/// Red, green, blue.
pub type Rgb = [u8; 3];

/// Colours and how many pixels have each, in a fixed order.
pub type Histogram = BTreeMap<Rgb, u32>;

/// A list of colours with an answer to "which is nearest?".
#[derive(Clone, Debug, Default)]
pub struct Palette {
    colors: Vec<Rgb>,
    known: BTreeMap<Rgb, (u8, u32)>,
}

impl Palette {
    /// The best `most` colours (at most 255) for these pixels.
    pub fn of(histogram: &Histogram, most: usize) -> Self {
        let all: Vec<(Rgb, u32)> = histogram.iter().map(|(&c, &n)| (c, n)).collect();
        let colors = match all.len() <= most {
            true => all.into_iter().map(|(color, _)| color).collect(),
            false => median_cut(all, most),
        };
        Self { colors, known: BTreeMap::new() }
    }

    /// The colours.
    pub fn colors(&self) -> &[Rgb] {
        &self.colors
    }

    /// Index of the nearest colour, and the square of its distance.
    pub fn nearest(&mut self, color: Rgb) -> (u8, u32) {
        if let Some(&known) = self.known.get(&color) {
            return known;
        }
        let distances = self.colors.iter().map(|&c| distance(c, color)).zip(0..=u8::MAX);
        let (far, index) = distances.min().unwrap_or((0, 0));
        self.known.insert(color, (index, far));
        (index, far)
    }
}

/// Square of a distance in which green weighs most, as in the eye.
pub fn distance(a: Rgb, b: Rgb) -> u32 {
    let square = |i: usize| u32::from(a[i].abs_diff(b[i])).pow(2);
    2 * square(0) + 4 * square(1) + square(2)
}

/// Splits the box whose split pays most, until there are enough.
fn median_cut(all: Vec<(Rgb, u32)>, most: usize) -> Vec<Rgb> {
    let mut boxes = vec![all];
    while boxes.len() < most {
        let pays = |b: &Vec<(Rgb, u32)>| (widest(b).1 as u64).pow(2) * weight(b);
        let Some((index, _)) =
            boxes.iter().enumerate().filter(|(_, b)| b.len() > 1).max_by_key(|(_, b)| pays(b))
        else {
            break;
        };
        let mut low = boxes.swap_remove(index);
        let (axis, _) = widest(&low);
        low.sort_by_key(|(color, _)| (color[axis], *color));
        let half = weight(&low) / 2;
        let mut sum = 0;
        let cut = low.iter().position(|(_, n)| {
            sum += root(*n);
            sum > half
        });
        let cut = cut.unwrap_or(0).clamp(1, low.len() - 1);
        let high = low.split_off(cut);
        boxes.extend([low, high]);
    }
    boxes.iter().map(|b| mean(b)).collect()
}

/// A hue that covers few pixels counts for more than its share: a thin line is not noise.
fn root(count: u32) -> u64 {
    u64::from(count.isqrt().max(1))
}

fn weight(colors: &[(Rgb, u32)]) -> u64 {
    colors.iter().map(|(_, n)| root(*n)).sum()
}

/// The channel in which colours differ most, and by how much.
fn widest(colors: &[(Rgb, u32)]) -> (usize, u8) {
    let range = |axis: usize| {
        let values = colors.iter().map(|(c, _)| c[axis]);
        values.clone().max().unwrap_or(0) - values.min().unwrap_or(0)
    };
    let ranges = [range(0), range(1), range(2)];
    let axis = (0..3).max_by_key(|&axis| (ranges[axis], axis == 1)).unwrap_or(1);
    (axis, ranges[axis])
}

/// The mean by weight; the colour of many pixels stays exact.
fn mean(colors: &[(Rgb, u32)]) -> Rgb {
    let total: u64 = colors.iter().map(|(_, n)| u64::from(*n)).sum();
    if let Some((color, _)) = colors.iter().find(|(_, n)| 2 * u64::from(*n) > total) {
        return *color;
    }
    [0, 1, 2].map(|axis| {
        let sum: u64 = colors.iter().map(|(c, n)| u64::from(c[axis]) * u64::from(*n)).sum();
        (sum / total.max(1)) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_colours_stay_as_they_are() {
        let histogram = Histogram::from([([1, 2, 3], 5), ([200, 0, 0], 1)]);
        let mut palette = Palette::of(&histogram, 255);
        assert_eq!(palette.colors(), [[1, 2, 3], [200, 0, 0]]);
        assert_eq!(palette.nearest([199, 1, 0]), (1, 2 + 4));
    }

    #[test]
    fn a_thin_line_keeps_its_hue() {
        let mut histogram = Histogram::new();
        for shade in 0..=255 {
            histogram.insert([shade, shade, shade], 4_000);
        }
        histogram.insert([239, 90, 96], 40);
        let mut palette = Palette::of(&histogram, 64);
        assert!(palette.colors().len() <= 64);
        assert!(palette.nearest([239, 90, 96]).1 < 500);
    }
}
