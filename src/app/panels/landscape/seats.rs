//! Who stands where on the bench.

use egui::{Rect, Vec2, pos2, vec2};

/// Width of the column, and the least width of the pictures beside it.
const COLUMN: f32 = 288.0;
const LEAST: f32 = 560.0;
/// Height of the row of race and map, and the least height with it.
const BELOW: f32 = 214.0;
const HIGH: f32 = 640.0;
/// Width of a surface beside its height, and the height of the words above it before the text scale.
const ASPECT: f32 = 1.35;
const HEAD: f32 = 26.0;
/// Gap between two pictures, before the text scale.
const GAP: f32 = 12.0;

/// Where things stand.
pub struct Places {
    /// The four pictures.
    pub pictures: Rect,
    /// Controls and readings, where it is wide.
    pub column: Option<Rect>,
    /// Race and map, where it is high.
    pub below: Option<Rect>,
}

impl Places {
    /// Divides the room.
    pub fn of(room: Rect, points: f32) -> Self {
        let gap = 16.0 * points;
        let wide = room.width() >= (COLUMN + LEAST) * points;
        let (left, column) = match wide {
            true => {
                let at = room.right() - COLUMN * points;
                let column = Rect::from_min_max(pos2(at, room.top()), room.max);
                (Rect::from_min_max(room.min, pos2(at - gap, room.bottom())), Some(column))
            }
            false => (room, None),
        };
        if room.height() < HIGH * points {
            return Self { pictures: left, column, below: None };
        }
        let at = left.bottom() - BELOW * points;
        let below = Rect::from_min_max(pos2(left.left(), at), left.max);
        let pictures = Rect::from_min_max(left.min, pos2(left.right(), at - 10.0 * points));
        Self { pictures, column, below: Some(below) }
    }
}

/// The seats of the four pictures: in two rows or side by side, as surfaces get larger.
pub fn of_pictures(room: Rect, points: f32) -> [Rect; 4] {
    let size = |cols: usize| {
        let gaps = vec2((cols - 1) as f32, (4 / cols - 1) as f32) * GAP * points;
        (room.size() - gaps) / vec2(cols as f32, (4 / cols) as f32)
    };
    let surface = |size: Vec2| (size.x / ASPECT).min(size.y - HEAD * points);
    let cols = if surface(size(4)) > surface(size(2)) { 4 } else { 2 };
    let size = size(cols);
    [0, 1, 2, 3].map(|index| {
        let place = vec2((index % cols) as f32, (index / cols) as f32);
        Rect::from_min_size(room.min + place * (size + Vec2::splat(GAP * points)), size)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_stand_side_by_side_where_the_room_is_low() {
        let low = of_pictures(Rect::from_min_size(pos2(10.0, 20.0), vec2(1200.0, 310.0)), 1.6);
        assert!(low.iter().all(|seat| seat.top() == 20.0 && seat.height() == 310.0));
        assert!((low[3].right() - 1210.0).abs() < 0.01);
        let high = of_pictures(Rect::from_min_size(pos2(0.0, 0.0), vec2(900.0, 600.0)), 1.0);
        assert_eq!((high[1].top(), high[2].left()), (0.0, 0.0));
        assert!((high[3].max - pos2(900.0, 600.0)).length() < 0.01);
    }
}
