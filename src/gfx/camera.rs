//! Where a picture is seen from, and what that does to places: the same matrix for the adapter, for
//! words and for the pointer.

use egui::{Pos2, Rect, Vec2, pos2, vec2};

use super::scene::Scene;

/// Half of the box along the ground, across it, and its whole height, before it is fitted.
const BOX: [f32; 3] = [0.5, 0.5, 0.44];
/// Distance of the eye in widths of the box: far off, so that the perspective is weak.
const EYE: f32 = 5.0;
/// Radius round the middle of the box within which everything lies.
const REACH: f32 = 1.6;
/// Least and greatest elevation in radians: never from below, and from straight above.
const PITCH: [f32; 2] = [0.12, std::f32::consts::FRAC_PI_2];
/// Nearest and farthest, as parts of the distance that fits.
const DISTANCE: [f32; 2] = [0.25, 2.5];
/// Most that the ground is drawn out along the first axis in a wide picture.
const STRETCH: f32 = 1.7;
/// Steps along a ray before it is halved.
const STEPS: usize = 240;

/// Where a picture is seen from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// How far the box is turned about its height, in radians, counter-clockwise from above.
    pub yaw: f32,
    /// Elevation over the ground, in radians.
    pub pitch: f32,
    /// 1 fits the box into the picture, less is nearer.
    pub distance: f32,
    /// From straight above, as a map.
    pub flat: bool,
    /// Where it returns to.
    home: [f32; 2],
}

impl Default for Camera {
    fn default() -> Self {
        Self::at(24.0, 46.0)
    }
}

impl Camera {
    /// Looks from an azimuth and an elevation in degrees, and returns there.
    pub fn at(azimuth: f32, elevation: f32) -> Self {
        let home = [azimuth.to_radians(), elevation.to_radians()];
        Self { yaw: home[0], pitch: home[1], distance: 1.0, flat: false, home }
    }

    /// Turns it by a drag of so many points.
    pub fn orbit(&mut self, drag: Vec2) {
        self.yaw = (self.yaw + 0.008 * drag.x).rem_euclid(std::f32::consts::TAU);
        self.pitch = (self.pitch + 0.006 * drag.y).clamp(PITCH[0], PITCH[1]);
    }

    /// Comes `factor` times nearer.
    pub fn zoom(&mut self, factor: f32) {
        self.distance = (self.distance / factor).clamp(DISTANCE[0], DISTANCE[1]);
    }

    /// Goes back to where it was at first.
    pub fn reset(&mut self) {
        ([self.yaw, self.pitch], self.distance) = (self.home, 1.0);
    }

    /// Whether it is where it was at first.
    pub fn is_home(&self) -> bool {
        [self.yaw, self.pitch, self.distance] == [self.home[0], self.home[1], 1.0]
    }
}

/// How shares of the box become points of the screen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Projection {
    /// The picture.
    pub rect: Rect,
    /// From straight above: the ground fills this field.
    flat: Option<Rect>,
    sin_cos: [[f32; 2]; 2],
    half: [f32; 2],
    /// Points of the screen for a unit of the box, and where its middle lies.
    scale: f32,
    middle: Pos2,
}

impl Projection {
    /// The ground over `field`, from straight above.
    pub fn flat(rect: Rect, field: Rect) -> Self {
        let plain = Self::unfitted(rect, &Camera::default());
        Self { flat: Some(field), ..plain }
    }

    /// Seen by `camera`, the box as large as `inner` allows; over the corners without an axis so much
    /// of its height is sure to be seen.
    pub fn fitted(rect: Rect, inner: Rect, camera: &Camera, corners: f32) -> Self {
        let mut plain = Self::unfitted(rect, camera);
        // The upright axis is seen in full; what stands at the other corners is seldom that tall.
        let upright = plain.upright_corner();
        let corner = |[x, y, z]: [f32; 3]| {
            let tall = if [x, y] == upright { z } else { corners * z };
            plain.project([x, y, tall])
        };
        let seen = Rect::from_points(&CORNERS.map(corner));
        let fits = (inner.width() / seen.width()).min(inner.height() / seen.height());
        plain.scale = fits.max(1.0) / camera.distance;
        plain.middle = inner.center() - plain.scale * seen.center().to_vec2();
        plain
    }

    fn unfitted(rect: Rect, camera: &Camera) -> Self {
        let aspect = rect.width() / rect.height().max(1.0);
        let stretch = (0.9 * aspect).clamp(1.0, STRETCH);
        Self {
            rect,
            flat: None,
            sin_cos: [camera.yaw, camera.pitch].map(|angle| [angle.sin(), angle.cos()]),
            half: [BOX[0] * stretch, BOX[1]],
            scale: 1.0,
            middle: Pos2::ZERO,
        }
    }

    /// Whether it is seen from straight above.
    pub fn is_flat(&self) -> bool {
        self.flat.is_some()
    }

    /// The field of the ground, where it is seen from straight above.
    pub fn field(&self) -> Option<Rect> {
        self.flat
    }

    /// To the right, up, and away from the eye, for shares of the box.
    fn turned(&self, [x, y, z]: [f32; 3]) -> [f32; 3] {
        let [[sin_yaw, cos_yaw], [sin, cos]] = self.sin_cos;
        let (x, y) = ((2.0 * x - 1.0) * self.half[0], (2.0 * y - 1.0) * self.half[1]);
        let z = (z - 0.5) * BOX[2];
        let (right, deep) = (x * cos_yaw - y * sin_yaw, x * sin_yaw + y * cos_yaw);
        [right, deep * sin + z * cos, deep * cos - z * sin]
    }

    /// Where shares of the box lie on the screen.
    pub fn project(&self, shares: [f32; 3]) -> Pos2 {
        if let Some(field) = self.flat {
            let (x, y) = (shares[0] * field.width(), shares[1] * field.height());
            return pos2(field.left() + x, field.bottom() - y);
        }
        let [right, up, deep] = self.turned(shares);
        self.middle + self.scale * vec2(right, -up) / (1.0 + deep / EYE)
    }

    /// How far away shares of the box are: 0 nearest, 1 farthest, as the depth buffer has it.
    pub fn depth(&self, shares: [f32; 3]) -> f32 {
        let deep = self.turned(shares)[2];
        let near = (1.0 + REACH / EYE) / 2.0;
        near * (1.0 + deep / REACH) / (1.0 + deep / EYE)
    }

    /// The matrix that takes shares of the box to the clip space of the picture, column by column.
    pub fn matrix(&self) -> [[f32; 4]; 4] {
        let origin = self.clip([0.0; 3]);
        let column = |unit: [f32; 3]| {
            let clip = self.clip(unit);
            [0, 1, 2, 3].map(|row| clip[row] - origin[row])
        };
        [column([1.0, 0.0, 0.0]), column([0.0, 1.0, 0.0]), column([0.0, 0.0, 1.0]), origin]
    }

    /// Clip coordinates of shares of the box; linear in them.
    fn clip(&self, shares: [f32; 3]) -> [f32; 4] {
        let [right, up, deep] = self.turned(shares);
        let w = 1.0 + deep / EYE;
        let half = 0.5 * self.rect.size();
        let off = self.middle - self.rect.center();
        let near = (1.0 + REACH / EYE) / 2.0;
        [
            (self.scale * right + w * off.x) / half.x,
            (self.scale * up - w * off.y) / half.y,
            near * (1.0 + deep / REACH),
            w,
        ]
    }

    /// Directions of the light and of the eye's azimuth in shares of the ground: the light comes
    /// from the upper left front of whoever looks.
    pub fn light(&self) -> [f32; 3] {
        let [[sin, cos], _] = self.sin_cos;
        let (right, deep) = (-0.45, -0.35);
        [right * cos + deep * sin, deep * cos - right * sin, 0.82]
    }

    /// Size of the box: along, across, up. Slopes on the screen are steeper in a lower box.
    pub fn size(&self) -> [f32; 3] {
        [2.0 * self.half[0], 2.0 * self.half[1], BOX[2]]
    }

    /// Points of the screen for a unit of the box.
    pub fn scale(&self) -> f32 {
        self.scale
    }

    /// The shares on the ray through `at`, `deep` away from the middle.
    fn on_ray(&self, at: Pos2, deep: f32) -> [f32; 3] {
        let [[sin_yaw, cos_yaw], [sin, cos]] = self.sin_cos;
        let seen = (at - self.middle) / self.scale * (1.0 + deep / EYE);
        let (right, up) = (seen.x, -seen.y);
        let (away, z) = (up * sin + deep * cos, up * cos - deep * sin);
        let (x, y) = (right * cos_yaw + away * sin_yaw, away * cos_yaw - right * sin_yaw);
        [x / self.half[0] * 0.5 + 0.5, y / self.half[1] * 0.5 + 0.5, z / BOX[2] + 0.5]
    }

    /// Shares of the ground under `at`: where the ray first meets the first field of `scene`, else
    /// the ground. `None` beside the box.
    pub fn pick_shares(&self, scene: &Scene, at: Pos2) -> Option<[f32; 2]> {
        if let Some(field) = self.flat {
            let (x, y) = (at.x - field.left(), field.bottom() - at.y);
            let shares = [x / field.width(), y / field.height()];
            return within(shares).then_some(shares);
        }
        let field = scene.fields.first().filter(|field| field.is_whole());
        let over = |[x, y, z]: [f32; 3]| {
            let height = field.filter(|_| within([x, y])).map_or(f32::NAN, |f| f.height([x, y]));
            let height = scene.axes[2].share(f64::from(height)) as f32;
            // Where there is no field there is the ground.
            z - if height.is_finite() { height.clamp(0.0, 1.0) } else { 0.0 }
        };
        let deep = |step: usize| REACH * (2.0 * step as f32 / STEPS as f32 - 1.0);
        let below = (1..=STEPS).find(|&step| over(self.on_ray(at, deep(step))) <= 0.0)?;
        let (mut near, mut far) = (deep(below - 1), deep(below));
        for _ in 0..16 {
            let half = 0.5 * (near + far);
            match over(self.on_ray(at, half)) > 0.0 {
                true => near = half,
                false => far = half,
            }
        }
        let [x, y, _] = self.on_ray(at, far);
        within([x, y]).then_some([x, y])
    }

    /// The corner of the ground that is nearest to the eye, as shares.
    pub fn nearest_corner(&self) -> [f32; 2] {
        GROUND
            .into_iter()
            .max_by(|a, b| self.deep(*b).total_cmp(&self.deep(*a)))
            .unwrap_or([0.0; 2])
    }

    fn deep(&self, [x, y]: [f32; 2]) -> f32 {
        self.turned([x, y, 0.0])[2]
    }

    /// The corner of the ground that bears the upright axis, as shares: the second nearest to the
    /// eye. The other side has the numbers of the edge that leads away.
    pub fn upright_corner(&self) -> [f32; 2] {
        let mut corners = GROUND;
        corners.sort_by(|a, b| self.deep(*a).total_cmp(&self.deep(*b)));
        corners[1]
    }
}

const GROUND: [[f32; 2]; 4] = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];

const CORNERS: [[f32; 3]; 8] = [
    [0.0, 0.0, 0.0],
    [1.0, 0.0, 0.0],
    [1.0, 1.0, 0.0],
    [0.0, 1.0, 0.0],
    [0.0, 0.0, 1.0],
    [1.0, 0.0, 1.0],
    [1.0, 1.0, 1.0],
    [0.0, 1.0, 1.0],
];

fn within(shares: [f32; 2]) -> bool {
    shares.iter().all(|share| (-1e-4..=1.0001).contains(share))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use egui::Color32;

    use super::super::scene::{Axis, Colours, Field};
    use super::*;

    fn projection(camera: &Camera) -> Projection {
        let rect = Rect::from_min_size(pos2(40.0, 60.0), vec2(900.0, 500.0));
        Projection::fitted(rect, rect.shrink(50.0), camera, 0.6)
    }

    fn scene(height: impl Fn(f32, f32) -> f32) -> Scene {
        let axis = |name| Axis::new(name, "", 0.0, 1.0);
        let mut scene = Scene::new([axis("x"), axis("y"), axis("z")]);
        let n = 33;
        let heights: Arc<[f32]> =
            (0..n * n).map(|i| height((i % n) as f32 / 32.0, (i / n) as f32 / 32.0)).collect();
        let colours = Colours::Heights(|_| Color32::BLACK, [0.0, 1.0]);
        scene.fields.push(Field::new([n, n], heights, colours, 1));
        scene
    }

    #[test]
    fn the_box_fills_what_it_may_from_wherever_it_is_seen() {
        for (yaw, pitch) in [(0.0, 20.0), (24.0, 46.0), (130.0, 70.0), (301.0, 88.0)] {
            let p = projection(&Camera::at(yaw, pitch));
            let upright = p.upright_corner();
            let tall = |[x, y, z]: [f32; 3]| if [x, y] == upright { z } else { 0.6 * z };
            let seen = Rect::from_points(&CORNERS.map(|c| p.project([c[0], c[1], tall(c)])));
            let inner = p.rect.shrink(50.0);
            assert!(inner.expand(0.5).contains_rect(seen), "{yaw} {pitch}: {seen}");
            let full = (seen.width() - inner.width()).abs() < 0.5;
            assert!(full || (seen.height() - inner.height()).abs() < 0.5, "{yaw} {pitch}: {seen}");
        }
    }

    #[test]
    fn the_matrix_and_the_pointer_agree_with_the_projection() {
        let p = projection(&Camera::at(37.0, 52.0));
        let m = p.matrix();
        for shares in [[0.1, 0.8, 0.3], [1.0, 0.0, 1.0], [0.5, 0.5, 0.0]] {
            let clip: [f32; 4] = [0, 1, 2, 3]
                .map(|row| (0..3).map(|axis| m[axis][row] * shares[axis]).sum::<f32>() + m[3][row]);
            let half = 0.5 * p.rect.size();
            let at = p.rect.center() + vec2(clip[0] * half.x, -clip[1] * half.y) / clip[3];
            assert!((at - p.project(shares)).length() < 0.01, "{shares:?}");
            assert!((clip[2] / clip[3] - p.depth(shares)).abs() < 1e-5);
            assert!((0.0..=1.0).contains(&p.depth(shares)));
        }
    }

    #[test]
    fn what_is_nearer_has_less_depth() {
        let p = projection(&Camera::default());
        let [near, far] = [[0.0, 0.0, 0.2], [1.0, 1.0, 0.2]];
        assert!(p.depth(near) < p.depth(far));
        assert_eq!(p.nearest_corner(), [0.0, 0.0]);
        assert_eq!(p.upright_corner(), [1.0, 0.0]);
    }

    #[test]
    fn a_place_on_the_field_is_found_under_its_point() {
        let scene = scene(|x, y| 0.3 * x + 0.2 * y);
        let p = projection(&Camera::default());
        for [x, y] in [[0.2, 0.3], [0.9, 0.5], [0.5, 0.95]] {
            let at = p.project([x, y, 0.3 * x + 0.2 * y]);
            let [px, py] = p.pick_shares(&scene, at).unwrap();
            assert!((px - x).abs() < 2e-3 && (py - y).abs() < 2e-3, "{x} {y}: {px} {py}");
        }
        assert_eq!(p.pick_shares(&scene, p.rect.min + vec2(3.0, 3.0)), None);
    }

    #[test]
    fn a_ridge_hides_what_lies_behind_it() {
        // A wall at y = 0.4, seen from the front and low.
        let scene = scene(|_, y| if (y - 0.4).abs() < 0.05 { 1.0 } else { 0.0 });
        let p = projection(&Camera::at(0.0, 25.0));
        let [_, y] = p.pick_shares(&scene, p.project([0.5, 0.6, 0.0])).unwrap();
        assert!(y < 0.46, "the wall is in front: {y}");
    }

    #[test]
    fn cameras_keep_within_their_limits_and_return() {
        let mut camera = Camera::at(14.0, 49.0);
        camera.orbit(vec2(300.0, 5000.0));
        camera.zoom(100.0);
        assert_eq!((camera.pitch, camera.distance), (PITCH[1], DISTANCE[0]));
        assert!(!camera.is_home());
        camera.reset();
        assert!(camera.is_home() && (camera.yaw - 14_f32.to_radians()).abs() < 1e-6);
    }
}
