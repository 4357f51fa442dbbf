//! Experience replay: what is kept, what was drawn from it just now, and how alike updates are that
//! follow each other, with the drawn ones among them and without.

use egui::{Align2, Painter, Pos2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{Cx, Panel, PanelId, framed};
use crate::app::theme;
use crate::app::widgets::number::grouped;
use crate::app::widgets::{badge, text};
use crate::app::words;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::probes::alike::{Alike, MemoryView, alike};

/// Side of a remembered step in the picture, in points before the text scale.
const STEP: f32 = 7.0;
/// Rows of the table at most.
const ROWS: usize = 8;

/// The panel.
pub struct Memory;

/// A run that replays.
struct Kept<'a> {
    index: usize,
    run: &'a RunSnapshot,
    memory: &'a MemoryView,
    alike: Alike,
}

/// The first run that keeps its steps.
fn kept(s: &Snapshot) -> Option<Kept<'_>> {
    s.runs.iter().enumerate().find_map(|(index, run)| {
        let memory = run.lane.view.memory.as_ref()?;
        Some(Kept { index, run, memory, alike: alike(memory, run.truth.scene()) })
    })
}

fn written(share: Option<f64>) -> String {
    share.map_or("–".to_owned(), |share| format!("{share:.2}"))
}

impl Panel for Memory {
    fn title(&self) -> &'static str {
        "Memory of steps"
    }

    fn question(&self) -> &'static str {
        "What is drawn, and how alike are updates in a row?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        framed(self, PanelId::Memory, ui, cx, |ui, cx| {
            let (response, painter) = ui.allocate_painter(ui.available_size(), Sense::hover());
            let spoken = Self.text(cx.snapshot);
            response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
            match kept(cx.snapshot) {
                Some(kept) => body(&painter, response.rect, &kept),
                None => {
                    let t = theme::tokens(ui.ctx());
                    let words = "Needs a run of 'Q-learning with replay'.";
                    let words = text::line(&painter, words, theme::body(ui.ctx()), t.text_weak);
                    text::place(&painter, &words, response.rect.min, Align2::LEFT_TOP);
                }
            }
        });
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let Some(k) = kept(snapshot) else {
            return "no run replays\n".to_owned();
        };
        format!(
            "{} {}: {} of {} steps kept; updates in a row: correlation {} with replay, {} without\n",
            k.run.letter,
            k.run.name,
            grouped(k.memory.len as u64),
            grouped(k.memory.capacity as u64),
            written(k.alike.replayed),
            written(k.alike.real)
        )
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,steps_ago,state,action,reward,next\n".to_owned();
        if let Some(k) = kept(snapshot) {
            for drawn in &k.memory.drawn {
                let (ago, s, a) = (k.memory.newest() - drawn.serial, drawn.state, drawn.action);
                let (letter, r, next) = (k.run.letter, drawn.reward, drawn.next);
                csv += &format!("{letter},{ago},{s},{a},{r},{next}\n");
            }
        }
        csv
    }
}

fn body(painter: &Painter, rect: Rect, k: &Kept<'_>) {
    let ctx = painter.ctx();
    let (t, points) = (theme::tokens(ctx), theme::scale(ctx));
    let mark = badge::paint(painter, rect.min + vec2(11.0, 11.0) * points, k.index);
    let (kept, most) = (grouped(k.memory.len as u64), grouped(k.memory.capacity as u64));
    let words = format!("{kept} of {most} steps kept, the newest last; drawn ones are lit");
    let room = rect.right() - mark.right() - 8.0;
    let words = text::elided(painter, &words, theme::small(ctx), t.text_weak, room);
    text::place(painter, &words, mark.right_center() + vec2(8.0, 0.0), Align2::LEFT_CENTER);
    let line = 20.0 * points;
    let below = rect.bottom() - 2.0 * line;
    let rows = (((below - mark.bottom()) / line) as usize).saturating_sub(3).min(ROWS);
    let table = below - rows as f32 * line;
    let strip =
        Rect::from_min_max(pos2(rect.left(), mark.bottom() + 8.0), pos2(rect.right(), table));
    steps(painter, strip.shrink2(vec2(0.0, 4.0)), k.memory);
    let newest = k.memory.drawn.iter().rev().take(rows).enumerate();
    for (row, drawn) in newest {
        let at = pos2(rect.left(), table + row as f32 * line);
        let truth = &k.run.truth;
        let ago = grouped(k.memory.newest() - drawn.serial);
        let words = format!(
            "{} {}  →  {}, {}   {ago} steps ago",
            truth.state_name(drawn.state),
            truth.action_name(drawn.action),
            words::value(drawn.reward),
            truth.state_name(drawn.next)
        );
        let words = text::elided(painter, &words, theme::code(ctx), t.real_text, rect.width());
        text::place(painter, &words, at, Align2::LEFT_TOP);
    }
    let figures = [("with replay", k.alike.replayed), ("real steps alone", k.alike.real)];
    for (row, (name, share)) in figures.into_iter().enumerate() {
        let y = below + (row as f32 + 0.5) * line;
        correlation(painter, pos2(rect.left(), y), rect.width(), (name, share));
    }
}

/// The newest steps as squares, from left to right and from top to bottom.
fn steps(painter: &Painter, rect: Rect, memory: &MemoryView) {
    let t = theme::tokens(painter.ctx());
    let side = STEP * theme::scale(painter.ctx());
    let columns = ((rect.width() / side) as usize).max(1);
    let rows = (rect.height() / side) as usize;
    let shown = memory.len.min(columns * rows);
    let first = memory.first + (memory.len - shown) as u64;
    for index in 0..shown {
        let place = vec2((index % columns) as f32, (index / columns) as f32) * side;
        let cell = Rect::from_min_size(rect.min + place, vec2(side - 1.5, side - 1.5));
        let lit = memory.drawn.iter().any(|d| d.serial == first + index as u64);
        painter.rect_filled(cell, 1.0, if lit { t.real } else { t.elev });
    }
}

/// One correlation: name, bar from 0 to 1, number.
fn correlation(painter: &Painter, at: Pos2, width: f32, (name, share): (&str, Option<f64>)) {
    let ctx = painter.ctx();
    let (t, points) = (theme::tokens(ctx), theme::scale(ctx));
    let words = text::line(painter, name, theme::small(ctx), t.text_weak);
    text::place(painter, &words, at, Align2::LEFT_CENTER);
    let left = at.x + 116.0 * points;
    let full = (width - 176.0 * points).max(10.0);
    let bar = Rect::from_min_size(pos2(left, at.y - 3.0), vec2(full, 6.0));
    painter.rect_filled(bar, 2.0, t.elev);
    let part = share.unwrap_or(0.0).clamp(0.0, 1.0) as f32;
    painter.rect_filled(bar.with_max_x(left + full * part), 2.0, t.real);
    let number = text::line(painter, &written(share), theme::number(ctx), t.real_text);
    text::place(painter, &number, pos2(bar.right() + 8.0, at.y), Align2::LEFT_CENTER);
}
