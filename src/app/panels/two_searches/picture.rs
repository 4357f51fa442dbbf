//! Both searches on one axis: figures above, nodes by depth below, the full tree to the left, the
//! partial one to the right.

use egui::{Align2, Painter, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{NAMES, PARTIAL, Shown, Side, spoken};
use crate::app::panels::searching::{self, blocks, small};
use crate::app::theme;
use crate::app::widgets::number::grouped;
use crate::app::widgets::{chart, text};
use crate::app::words::value;

/// Height of a row of figures, in points before the text scale.
const ROW: f32 = 21.0;
/// Least and greatest height of a row of bars.
const BAR: (f32, f32) = (5.0, 17.0);

/// One row of figures: left, what it is, right.
type Figure = (String, &'static str, String);

pub fn draw(ui: &mut Ui, shown: &Shown<'_>) {
    let (response, painter) = ui.allocate_painter(ui.available_size(), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, spoken(shown)));
    let rect = response.rect;
    let points = theme::scale(ui.ctx());
    let figures = figures(shown);
    let high = ROW * points * (figures.len() + 1) as f32;
    let wide = rect.width() > 640.0 * points && rect.height() < high + 150.0 * points;
    let (above, below) = match wide {
        true => rect.split_left_right_at_fraction(0.5),
        false => rect.split_top_bottom_at_y(rect.top() + high.min(0.75 * rect.height())),
    };
    let inset = if wide { vec2(14.0, 0.0) } else { vec2(0.0, 0.0) };
    table(&painter, above, &figures, shown);
    bars(&painter, Rect::from_min_max(below.min + inset, below.max), shown);
}

fn figures(shown: &Shown<'_>) -> Vec<Figure> {
    let (full, partial) = (&shown.pair.full, &shown.pair.partial);
    let big = |n: u128| match u64::try_from(n) {
        Ok(n) if n < 10_000_000 => grouped(n),
        _ => chart::number(n as f64, 2),
    };
    let of = |side: &Side, all: u128| format!("{} of {}", grouped(side.nodes), big(all));
    let calls = |side: &Side| grouped(side.calls);
    let error = |side: &Side| side.error.map_or("not known".to_owned(), value);
    let actions = |side: &Side| {
        let names = searching::signs(shown.subject.truth(), &side.actions);
        let right = side.right.map_or("", |right| if right { " \u{2713}" } else { " \u{2717}" });
        format!("{names}{right}")
    };
    let mut rows = vec![
        (of(full, shown.pair.complete), "nodes of Σ Aᵏ", of(partial, shown.pair.as_deep)),
        (calls(full), "model calls", calls(partial)),
        (actions(full), "action", actions(partial)),
        (error(full), "root value − truth", error(partial)),
    ];
    if shown.timed {
        let time = |side: &Side| format!("{:.2} ms", 1e3 * side.took.as_secs_f64());
        rows.push((time(full), "time", time(partial)));
    }
    rows
}

/// Names of both over their figures.
fn table(painter: &Painter, rect: Rect, rows: &[Figure], shown: &Shown<'_>) {
    let ctx = painter.ctx();
    let (t, points) = (theme::tokens(ctx), theme::scale(ctx));
    let row = (rect.height() / (rows.len() + 1) as f32).min(ROW * points);
    let half = 62.0 * points;
    let center = rect.center().x;
    let method = PARTIAL.iter().position(|m| *m == shown.ask.plan.method).unwrap_or(0);
    let line = |index: usize| rect.top() + (index as f32 + 0.5) * row;
    let beside = |left: &str, right: &str, y: f32, font: &egui::FontId, ink| {
        let room = rect.width() / 2.0 - half - 4.0;
        for (words, sign, anchor) in
            [(left, -1.0, Align2::RIGHT_CENTER), (right, 1.0, Align2::LEFT_CENTER)]
        {
            let words = text::elided(painter, words, font.clone(), ink, room);
            text::place(painter, &words, pos2(center + sign * half, y), anchor);
        }
    };
    let full = format!("full tree, depth {}", shown.ask.depth);
    beside(&full, NAMES[method], line(0), &theme::body_strong(ctx), t.text_strong);
    for (index, (left, what, right)) in rows.iter().enumerate() {
        let y = line(index + 1);
        small(painter, pos2(center, y), Align2::CENTER_CENTER, what, t.text_weak);
        beside(left, right, y, &theme::code(ctx), t.imagined_text);
    }
}

/// Nodes at each depth: lengths on a log scale, since each depth of a full tree has A times more.
fn bars(painter: &Painter, rect: Rect, shown: &Shown<'_>) {
    let ctx = painter.ctx();
    let (t, points) = (theme::tokens(ctx), theme::scale(ctx));
    let (full, partial) = (&shown.pair.full.by_depth, &shown.pair.partial.by_depth);
    let depths = full.len().max(partial.len());
    let foot = 20.0 * points;
    let room = rect.with_max_y(rect.bottom() - foot);
    let row = (room.height() / depths as f32).min(BAR.1 * points);
    let shown_depths = ((room.height() / row.max(BAR.0 * points)) as usize).min(depths);
    let row = row.max(BAR.0 * points);
    let most = full.iter().chain(partial).copied().max().unwrap_or(1) as f32;
    let (center, half) = (rect.center().x, 16.0 * points);
    let long = (rect.width() / 2.0 - half - 52.0 * points).max(20.0);
    let every = (15.0 * points / row).ceil().max(1.0) as usize;
    let mut free = [f32::NEG_INFINITY; 2];
    for depth in 0..shown_depths {
        let y = room.top() + (depth as f32 + 0.5) * row;
        if depth % every == 0 {
            let word = depth.to_string();
            small(painter, pos2(center, y), Align2::CENTER_CENTER, &word, t.text_weak);
        }
        for (side, (counts, sign)) in [(full, -1.0), (partial, 1.0)].into_iter().enumerate() {
            let Some(&nodes) = counts.get(depth).filter(|n| **n > 0) else { continue };
            let from = pos2(center + sign * half, y);
            let to = from.x + sign * long * ((1.0 + nodes as f32).ln() / (1.0 + most).ln());
            if depth == 0 {
                painter.circle_filled(pos2(from.x + sign * 4.0, y), 0.3 * row.min(14.0), t.real);
            } else {
                blocks(painter, from, to, 0.62 * row);
            }
            if y - 7.0 * points >= free[side] {
                let anchor = if sign < 0.0 { Align2::RIGHT_CENTER } else { Align2::LEFT_CENTER };
                let at = pos2(if depth == 0 { from.x + sign * 10.0 } else { to } + sign * 6.0, y);
                let word = grouped(nodes as u64);
                free[side] = small(painter, at, anchor, &word, t.text_weak).bottom();
            }
        }
    }
    let cut = match depths - shown_depths {
        0 => String::new(),
        more => format!(", {more} deeper ones not shown"),
    };
    let note = format!("nodes at each depth (log scale){cut}");
    small(painter, rect.center_bottom(), Align2::CENTER_BOTTOM, &note, t.text_weak);
}
