//! Where the panels of a film lie.

use egui::{Rect, pos2, vec2};

use super::GAP;
use crate::app::panels::PanelId;
use crate::lessons::layout::{Layout, Seat};

/// Panels that say what they have to say in little height.
const CURVES: [PanelId; 3] = [PanelId::Steps, PanelId::Reward, PanelId::Price];

/// Where panels lie: the mazes over the whole width, the others in a row below, as wide beside each
/// other as in the layout of the lesson.
pub fn seats(ids: &[PanelId], rect: Rect, layout: &Layout) -> Vec<Rect> {
    let upright = rect.height() > rect.width();
    let others: Vec<PanelId> = ids.iter().copied().filter(|&id| id != PanelId::Mazes).collect();
    let mazes = others.len() < ids.len();
    let share = match (mazes, others.len()) {
        (true, 0) => 1.0,
        (true, _) if upright || !others.iter().all(|id| CURVES.contains(id)) => 0.5,
        (true, _) => 0.65,
        (false, _) => 0.0,
    };
    let split = rect.top() + share * rect.height();
    let rest = if mazes { rect.with_min_y(split + GAP) } else { rect };
    // Two rows where panels have no mazes above them.
    let rows = if upright {
        others.len()
    } else if mazes || others.len() < 3 {
        1
    } else {
        2
    };
    let columns = others.len().div_ceil(rows.max(1)).max(1);
    let mut next = 0;
    let seat = |id: &PanelId| {
        if *id == PanelId::Mazes {
            return rect.with_max_y(split);
        }
        let (row, column) = (next / columns, next % columns);
        next += 1;
        cell(rest, (row, rows.max(1)), column, &widths(&others, columns, layout))
    };
    ids.iter().map(seat).collect()
}

/// Curves need more width than a slope chart, and four small maps beside each other more still; panels
/// that share a row of the lesson share this one alike.
fn widths(ids: &[PanelId], columns: usize, layout: &Layout) -> Vec<f32> {
    let usual = |id: &PanelId| match id {
        PanelId::Price => 0.62,
        PanelId::Wall => 1.8,
        _ => 1.0,
    };
    let seat = |id: &PanelId, row: &[Seat]| row.iter().find(|seat| seat.panel == *id).copied();
    let row = layout.rows().iter().find_map(|row| {
        let seats: Option<Vec<Seat>> = ids.iter().map(|id| seat(id, row)).collect();
        seats.filter(|_| *layout != Layout::default())
    });
    let shares: Vec<f32> = match (ids.len() == columns, row) {
        (true, Some(row)) => row.iter().map(|seat| seat.share).collect(),
        (true, None) => ids.iter().map(usual).collect(),
        (false, _) => vec![1.0; columns],
    };
    let sum: f32 = shares.iter().sum();
    shares.iter().map(|s| s / sum).collect()
}

/// One cell of a grid with gaps.
fn cell(rect: Rect, (row, rows): (usize, usize), column: usize, widths: &[f32]) -> Rect {
    let across = rect.width() - GAP * (widths.len() - 1) as f32;
    let high = (rect.height() - GAP * (rows - 1) as f32) / rows as f32;
    let before: f32 = widths[..column].iter().sum();
    let left = rect.left() + across * before + GAP * column as f32;
    let top = rect.top() + (high + GAP) * row as f32;
    Rect::from_min_size(pos2(left, top), vec2(across * widths[column], high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::film_view::Script;
    use crate::lessons;

    #[test]
    fn panels_are_as_wide_beside_each_other_as_in_the_lesson() {
        let lesson = lessons::find("five-agents").unwrap();
        let ids = Script::panels_of(&lesson);
        let rect = Rect::from_min_size(egui::Pos2::ZERO, vec2(1200.0, 700.0));
        let seats = seats(&ids, rect, &lesson.layout);
        let wide = |id: PanelId| seats[ids.iter().position(|&i| i == id).unwrap()].width();
        let share = wide(PanelId::Learning) / wide(PanelId::Imagined);
        assert!((share - 1.75).abs() < 1e-3, "{share}");
        assert_eq!(wide(PanelId::Mazes), 1200.0);
    }
}
