//! The price of finding the way: the same moment read on three clocks. Lines that cross are the
//! message: whoever is cheap in episodes may be dear in updates.

use egui::{Align2, Pos2, Rect, Role, Stroke, Ui, WidgetInfo, pos2};

use super::{Cx, Panel, PanelId, framed};
use crate::app::theme;
use crate::app::widgets::number::grouped;
use crate::app::widgets::{badge, text};
use crate::experiment::snapshot::{Price as Cost, RunSnapshot, Snapshot};

/// Long and short name of a clock, and how a price is read on it.
type PriceClock = (&'static str, &'static str, fn(&Cost) -> f64);

/// The clocks, from left to right.
const CLOCKS: [PriceClock; 3] = [
    ("episodes", "episodes", |c| c.episodes),
    ("real steps", "steps", |c| c.env_steps),
    ("all updates", "updates", |c| c.updates),
];

/// The panel.
pub struct Price;

impl Panel for Price {
    fn title(&self) -> &'static str {
        "Price of the way"
    }

    fn question(&self) -> &'static str {
        "Who pays least, on which clock?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        framed(self, PanelId::Price, ui, cx, |ui, cx| slopes(ui, cx.snapshot));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let mut text =
            format!("First episode with a mean of {} steps or less\n", snapshot.threshold);
        for (run, price) in snapshot.runs.iter().zip(reached(snapshot)) {
            text += &match price {
                Some(p) => format!(
                    "{} {}: {} episodes, {:.0} real steps, {:.0} updates\n",
                    run.letter, run.name, p.episodes, p.env_steps, p.updates
                ),
                None => format!("{} {}: not yet\n", run.letter, run.name),
            };
        }
        text
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,episodes,real_steps,updates\n".to_owned();
        for (run, price) in snapshot.runs.iter().zip(reached(snapshot)) {
            if let Some(p) = price {
                let (e, s, u) = (p.episodes, p.env_steps, p.updates);
                csv += &format!("{},{e},{s},{u}\n", run.letter);
            }
        }
        csv
    }
}

/// What each run has paid by now: prices seen before going back in time are not yet paid.
fn reached(s: &Snapshot) -> Vec<Option<Cost>> {
    let paid = |(run, price): (&RunSnapshot, &Option<Cost>)| {
        price.filter(|p| p.episodes <= run.lane.counters.episodes as f64)
    };
    s.runs.iter().zip(&s.curves.price).map(paid).collect()
}

fn slopes(ui: &mut Ui, s: &Snapshot) {
    let points = theme::scale(ui.ctx());
    let t = theme::tokens(ui.ctx());
    let (response, painter) = ui.allocate_painter(ui.available_size(), egui::Sense::hover());
    let spoken = Price.text(s);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
    let rect = response.rect;
    let bottom = rect.bottom() - 26.0 * points;
    let field = Rect::from_min_max(
        pos2(rect.left() + 48.0 * points, rect.top() + 34.0 * points),
        pos2(rect.right() - 64.0 * points, bottom - 10.0 * points),
    );
    let x = |i: usize| field.left() + field.width() * i as f32 / (CLOCKS.len() - 1) as f32;
    let roomy = field.width() > 210.0 * points;
    for (i, (long, short, _)) in CLOCKS.iter().enumerate() {
        let name = if roomy { long } else { short };
        let top = pos2(x(i), field.top() - 12.0 * points);
        painter.line_segment([top, pos2(x(i), field.bottom())], Stroke::new(1.0, t.stroke));
        let word = text::line(&painter, name, theme::tick_strong(ui.ctx()), t.text_strong);
        text::place(&painter, &word, top, Align2::CENTER_BOTTOM);
    }
    let all = places(s, field);
    for (run, places) in all.iter().enumerate() {
        let line = places.iter().flatten().map(|p| p.0).collect();
        painter.line(line, Stroke::new(2.0, t.run(run)));
    }
    let mut labels: Vec<Rect> = Vec::new();
    for (run, places) in all.into_iter().enumerate() {
        let Some(places) = places else {
            continue;
        };
        for (i, &(at, cost)) in places.iter().enumerate() {
            let mark = badge::paint_round(&painter, at, run);
            let word = grouped(cost.round() as u64);
            let word = text::line(&painter, &word, theme::tick(ui.ctx()), t.text_strong);
            let (to, align) = match i {
                0 => (mark.left_center() - egui::vec2(6.0, 0.0), Align2::RIGHT_CENTER),
                _ => (mark.right_center() + egui::vec2(6.0, 0.0), Align2::LEFT_CENTER),
            };
            let free = clear_of(&labels, align.anchor_size(to, word.size()));
            labels.push(free);
            // A line that passes below must not cross the number out.
            painter.rect_filled(free.expand2(egui::vec2(2.0, 0.0)), 2.0, t.panel);
            text::place(&painter, &word, free.min, Align2::LEFT_TOP);
        }
    }
    let missing: Vec<String> = (s.runs.iter().zip(reached(s)))
        .filter(|(_, p)| p.is_none())
        .map(|(run, _)| run.letter.to_string())
        .collect();
    let note = match missing.is_empty() {
        true => format!("first mean of {} steps or less over {} seeds", s.threshold, s.lanes),
        false => format!("not yet at {} steps: {}", s.threshold, missing.join(", ")),
    };
    let note = text::elided(&painter, &note, theme::small(ui.ctx()), t.text_weak, rect.width());
    text::place(&painter, &note, rect.left_bottom(), Align2::LEFT_BOTTOM);
}

/// A label moved down until it covers no other.
fn clear_of(labels: &[Rect], mut label: Rect) -> Rect {
    while let Some(other) = labels.iter().find(|other| other.intersects(label)) {
        label = label.translate(egui::vec2(0.0, other.bottom() - label.top() + 1.0));
    }
    label
}

/// Where each run stands on each clock: log scale between the least and the greatest cost.
fn places(s: &Snapshot, field: Rect) -> Vec<Option<Vec<(Pos2, f64)>>> {
    let costs = reached(s);
    let known: Vec<&Cost> = costs.iter().flatten().collect();
    let place = |cost: &Cost| {
        let at = CLOCKS.iter().enumerate().map(|(i, (_, _, read))| {
            let logs = known.iter().map(|c| read(c).max(1.0).ln());
            let low = logs.clone().fold(f64::INFINITY, f64::min);
            let high = logs.fold(f64::NEG_INFINITY, f64::max);
            let share = match high - low {
                span if span > 1e-9 => (read(cost).max(1.0).ln() - low) / span,
                _ => 0.5,
            };
            let x = field.left() + field.width() * i as f32 / (CLOCKS.len() - 1) as f32;
            (pos2(x, field.bottom() - field.height() * share as f32), read(cost))
        });
        at.collect()
    };
    costs.iter().map(|cost| cost.as_ref().map(place)).collect()
}
