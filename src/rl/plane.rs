//! Values over a plane of two numbers, interpolated between the points of a grid, and value
//! iteration on it: the reference for a world whose state is two numbers.
//!
//! Between the points a value is the bilinear mean of the four around it (Munos and Moore 2002), so
//! that an update is an expectation over points and value iteration converges as in a table.

/// Points along one number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// The first point.
    pub low: f64,
    /// The last point; on an axis that turns, where the first comes again.
    pub high: f64,
    /// How many points.
    pub points: usize,
    /// Whether it turns, as an angle does.
    pub turns: bool,
}

impl Axis {
    /// Distance of two points.
    pub fn pitch(&self) -> f64 {
        let gaps = if self.turns { self.points } else { self.points - 1 };
        (self.high - self.low) / gaps as f64
    }

    /// Point `index`.
    pub fn point(&self, index: usize) -> f64 {
        self.low + index as f64 * self.pitch()
    }

    /// The points on both sides of `x`, and the share of the second. Beyond the ends of an axis
    /// that does not turn, the end counts.
    pub fn between(&self, x: f64) -> (usize, usize, f64) {
        let at = (x - self.low) / self.pitch();
        if self.turns {
            let at = at.rem_euclid(self.points as f64);
            let first = (at as usize).min(self.points - 1);
            return (first, (first + 1) % self.points, at - first as f64);
        }
        let at = at.clamp(0.0, (self.points - 1) as f64);
        let first = (at as usize).min(self.points.saturating_sub(2));
        (first, (first + 1).min(self.points - 1), at - first as f64)
    }
}

/// A value for every point of a plane.
#[derive(Clone, Debug, PartialEq)]
pub struct Plane {
    /// Points along the first number, then along the second.
    pub axes: [Axis; 2],
    /// `[second * first]`: the values, the first number running fastest.
    pub values: Vec<f64>,
}

impl Plane {
    /// The same value everywhere.
    pub fn level(axes: [Axis; 2], value: f64) -> Self {
        Self { values: vec![value; axes[0].points * axes[1].points], axes }
    }

    /// The two numbers of point `index`.
    pub fn place(&self, index: usize) -> [f64; 2] {
        let [first, second] = &self.axes;
        [first.point(index % first.points), second.point(index / first.points)]
    }

    /// The value at any place.
    pub fn at(&self, place: [f64; 2]) -> f64 {
        let blend = Blend::of(&self.axes, place);
        blend.read(&self.values, self.axes[0].points)
    }
}

/// A place between four points.
#[derive(Clone, Copy, Debug, Default)]
struct Blend {
    /// The lower point and the next one along each number.
    first: [u16; 2],
    second: [u16; 2],
    /// How far it is to the next one.
    share: [f32; 2],
}

impl Blend {
    fn of(axes: &[Axis; 2], [x, y]: [f64; 2]) -> Self {
        let ((left, right, across), (low, high, up)) = (axes[0].between(x), axes[1].between(y));
        Self {
            first: [left as u16, right as u16],
            second: [low as u16, high as u16],
            share: [across as f32, up as f32],
        }
    }

    #[inline]
    fn read(&self, values: &[f64], row: usize) -> f64 {
        let [left, right] = self.first.map(usize::from);
        let [low, high] = self.second.map(|second| usize::from(second) * row);
        let [across, up] = self.share.map(f64::from);
        let below = values[low + left] + across * (values[low + right] - values[low + left]);
        let above = values[high + left] + across * (values[high + right] - values[high + left]);
        below + up * (above - below)
    }
}

/// What follows a point under one action.
#[derive(Clone, Copy, Debug, Default)]
struct Follow {
    next: Blend,
    reward: f64,
    /// Zero where the task ends.
    discount: f64,
}

/// Sweeps over the values of a fixed policy between two sweeps over all actions.
const EVALUATIONS: usize = 60;
/// Sweeps over all actions before it gives up.
const SWEEPS: usize = 400;

/// The optimal values of a world of two numbers with `actions` actions: `follow(place, action)` is
/// the next place, the reward, and whether the task is over. Modified policy iteration (Puterman and
/// Shin 1978) until no value changes by more than `tolerance` in a sweep; `None` if that never
/// happens.
pub fn optimal(
    axes: [Axis; 2],
    actions: usize,
    follow: impl Fn([f64; 2], usize) -> ([f64; 2], f64, bool),
    gamma: f64,
    tolerance: f64,
) -> Option<Plane> {
    let mut plane = Plane::level(axes, 0.0);
    let row = axes[0].points;
    let table = table(&plane, actions, follow, gamma);
    let mut chosen = vec![Follow::default(); plane.values.len()];
    let worth = |f: &Follow, values: &[f64]| f.reward + f.discount * f.next.read(values, row);
    let mut next = plane.values.clone();
    for _ in 0..SWEEPS {
        let mut change: f64 = 0.0;
        for (point, follows) in table.chunks(actions).enumerate() {
            let mut best = (f64::NEG_INFINITY, 0);
            for (action, follow) in follows.iter().enumerate() {
                let worth = worth(follow, &plane.values);
                if worth > best.0 {
                    best = (worth, action);
                }
            }
            change = change.max((best.0 - plane.values[point]).abs());
            (next[point], chosen[point]) = (best.0, follows[best.1]);
        }
        std::mem::swap(&mut plane.values, &mut next);
        if change <= tolerance {
            return Some(plane);
        }
        for _ in 0..EVALUATIONS {
            let values = &plane.values;
            next.iter_mut().zip(&chosen).for_each(|(v, follow)| *v = worth(follow, values));
            std::mem::swap(&mut plane.values, &mut next);
        }
    }
    None
}

/// `[point * A]`: what follows every point.
fn table(
    plane: &Plane,
    actions: usize,
    follow: impl Fn([f64; 2], usize) -> ([f64; 2], f64, bool),
    gamma: f64,
) -> Vec<Follow> {
    let pairs = 0..plane.values.len() * actions;
    let one = |pair: usize| {
        let (next, reward, over) = follow(plane.place(pair / actions), pair % actions);
        let discount = if over { 0.0 } else { gamma };
        Follow { next: Blend::of(&plane.axes, next), reward, discount }
    };
    pairs.map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: Axis = Axis { low: 0.0, high: 4.0, points: 5, turns: false };
    const RING: Axis = Axis { low: -1.0, high: 1.0, points: 4, turns: true };

    #[test]
    fn places_between_points_are_their_bilinear_mean() {
        let mut plane = Plane::level([RING, LINE], 0.0);
        for index in 0..plane.values.len() {
            let [_, y] = plane.place(index);
            plane.values[index] = 10.0 * y + (index % 4) as f64;
        }
        assert_eq!(plane.place(6), [0.0, 1.0]);
        assert_eq!(plane.at([0.0, 1.0]), 12.0, "on a point");
        assert_eq!(plane.at([-0.25, 1.5]), 16.5, "halfway along both");
        assert_eq!(plane.at([0.75, 0.0]), 1.5, "between the last and the first of a ring");
        assert_eq!(plane.at([2.0 - 0.25, 0.0]), plane.at([-0.25, 0.0]), "a turn further");
        assert_eq!(plane.at([-1.0, 9.0]), 40.0, "beyond the end, the end counts");
    }

    /// On a line with a goal at 4: a step to the right or to the left costs 1.
    fn walk([x, y]: [f64; 2], action: usize) -> ([f64; 2], f64, bool) {
        let next = (y + if action == 1 { 1.0 } else { -1.0 }).max(0.0);
        ([x, next], -1.0, next >= 4.0)
    }

    #[test]
    fn on_its_points_it_is_value_iteration_of_a_table() {
        let plane = optimal([RING, LINE], 2, walk, 0.9, 1e-12).unwrap();
        for index in 0..16 {
            let [_, y] = plane.place(index);
            let steps = 4 - y as i32;
            let want = -(1.0 - 0.9_f64.powi(steps)) / 0.1;
            assert!((plane.values[index] - want).abs() < 1e-9, "{y}: {}", plane.values[index]);
        }
        assert_eq!(optimal([RING, LINE], 2, |p, _| (p, -1.0, false), 1.0, 1e-9), None, "no end");
    }
}
