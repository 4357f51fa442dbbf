//! What lies on the first field of a scene.

use super::scene::{Field, Scene};

/// Points of a line a block.
const BLOCK: usize = 12;
/// Least height of the rim that is made room for, and the steps in which it grows: a picture that
/// breathed with every update would never stand still.
const RIM: [f32; 2] = [0.6, 0.2];

impl Scene {
    /// How tall fields are at their edges, as a share of the box.
    pub fn rim(&self) -> f32 {
        let rim = |field: &Field| {
            let (rows, cols) = (field.rows, field.cols);
            let ends = (0..cols).flat_map(move |col| [col, (rows - 1) * cols + col]);
            let sides = (0..rows).flat_map(move |row| [row * cols, row * cols + cols - 1]);
            let heights = ends.chain(sides).map(|index| f64::from(field.heights[index]));
            heights.map(|z| self.axes[2].share(z) as f32).fold(0.0, f32::max)
        };
        let tallest = self.fields.iter().filter(|field| field.is_whole()).map(rim);
        let [least, step] = RIM;
        let tallest = tallest.fold(least, f32::max).min(1.0);
        ((tallest / step - 1e-4).ceil() * step).min(1.0)
    }

    /// The place on the first field above or below `[x, y]`, in units of the axes; on the ground
    /// where there is none.
    pub fn on_field(&self, [x, y]: [f32; 2]) -> [f32; 3] {
        let shares = [0, 1].map(|axis| self.axes[axis].share(f64::from([x, y][axis])) as f32);
        let ground = self.axes[2].low as f32;
        let height = self.fields.first().filter(|field| field.is_whole());
        let height = height.map_or(f32::NAN, |field| field.height(shares));
        let top = self.axes[2].high as f32;
        // Where the field is clipped, so is what lies on it.
        let clipped = height.clamp(ground.min(top), top.max(ground));
        [x, y, if height.is_finite() { clipped } else { ground }]
    }

    /// A way over the ground as it lies on the first field: as many points between two of `way` as
    /// it passes cells.
    pub fn draped(&self, way: &[[f32; 2]]) -> Vec<[f32; 3]> {
        // From block to block a line climbs: it needs points on both sides of every edge.
        let fine = |field: &Field| if field.blocks { BLOCK } else { 1 };
        let cells = self.fields.first();
        let cells = cells.map_or([1, 1], |f| [f.cols * fine(f), f.rows * fine(f)]);
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
    use egui::Color32;

    use super::super::scene::{Axis, Colours};
    use super::*;

    fn ramp(_: f32) -> Color32 {
        Color32::BLACK
    }

    /// Heights x + 10 y over a ground of 2 by 4.
    fn tilted() -> Scene {
        let mut scene = Scene::new([
            Axis::new("x", "m", 0.0, 2.0),
            Axis::new("y", "m", -2.0, 2.0),
            Axis::new("z", "J", 0.0, 30.0),
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
        scene.axes[2].high = 7.0;
        assert_eq!(scene.on_field([2.0, 2.0])[2], 7.0, "clipped like the field");
    }

    #[test]
    fn room_for_the_rim_grows_in_steps() {
        let mut scene = tilted();
        // The greatest height of 22 is a corner.
        for (high, want) in [(100.0, 0.6), (30.0, 0.8), (24.0, 1.0), (10.0, 1.0)] {
            scene.axes[2].high = high;
            assert!((scene.rim() - want).abs() < 1e-6, "{high}: {}", scene.rim());
        }
    }

    #[test]
    fn blocks_are_flat() {
        let mut field = tilted().fields.remove(0);
        field.blocks = true;
        assert_eq!(field.height([0.3, 0.1]), field.height([0.01, 0.3]));
        assert_eq!(field.height([0.99, 0.99]), 22.0);
    }
}
