//! The line of time on the upper edge of the transport: drag to any place already seen. Where a
//! run has forked the line splits in two.

use egui::{Pos2, Rangef, Role, Sense, Stroke, Ui, WidgetInfo, lerp, pos2, remap_clamp, vec2};

use crate::app::actions::Action;
use crate::app::panels::Cx;
use crate::app::theme;
use crate::app::widgets::number::grouped;
use crate::app::widgets::{badge, focus};
use crate::experiment::clock::Position;
use crate::experiment::engine::Command;
use crate::experiment::fork::Fork;
use crate::experiment::keyframes::MEMORY;
use crate::experiment::snapshot::Snapshot;

/// Half the distance of the two branches, and the length of the bend, in points.
const APART: f32 = 7.0;
const BEND: f32 = 18.0;

/// Draws the line over the available width.
pub fn scrub(ui: &mut Ui, cx: &mut Cx<'_>) {
    let s = cx.snapshot;
    let points = theme::scale(ui.ctx());
    let fork = fork_shown(cx);
    let high = if fork.is_some() { 22.0 } else { 16.0 };
    let size = vec2(ui.available_width(), high * points);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
    // The ends of the branches wear their letters.
    let room = if fork.is_some() { badge::SIDE * points } else { 0.0 };
    let rail = Rangef::new(rect.left() + 14.0, rect.right() - 14.0 - room);
    let line = Line { rail, y: rect.center().y, s };
    match fork {
        None => line.paint(ui),
        Some((run, fork)) => line.paint_split(ui, run, fork, cx.view.run),
    }
    focus::ring(ui, &response, rect, 4.0);
    if let Some(pointer) = response.interact_pointer_pos()
        && (response.dragged() || response.clicked())
    {
        let wish = remap_clamp(pointer.x, rail, 0.0..=1.0);
        let count = (f64::from(wish) * s.limit as f64).round() as u64;
        let goal = Position::at(s.position.clock, count);
        let goal = if goal > s.furthest { s.furthest } else { goal };
        if goal != s.position {
            cx.actions.push(Action::Engine(Command::Play(false)));
            cx.actions.push(Action::Engine(Command::Seek(goal)));
        }
    }
    let unit = s.position.clock.label();
    let label = format!("Time, in {unit}");
    let count = s.position.count as f64;
    response.widget_info(|| WidgetInfo {
        value: Some(count),
        ..WidgetInfo::labeled(Role::Slider, true, &label)
    });
    let (seen, kept) = (grouped(s.furthest.count), s.keyframes);
    let mib = |bytes: usize| (bytes as f64 / f64::from(1 << 20)).ceil();
    response.on_hover_text(format!(
        "Drag to any of the {seen} {unit} already seen.\n{} copies of the past take {} of {} MiB.",
        kept.0,
        mib(kept.1),
        mib(MEMORY)
    ));
}

/// The fork that the selected run has to do with: itself, its latest fork, or the latest of all.
fn fork_shown(cx: &Cx<'_>) -> Option<(usize, Fork)> {
    let runs = cx.snapshot.runs.iter().enumerate();
    let forks: Vec<_> = runs.filter_map(|(i, run)| Some((i, run.fork?))).collect();
    let selected = cx.view.run;
    let own = forks.iter().find(|(run, _)| *run == selected);
    let child = forks.iter().rfind(|(_, fork)| fork.of == selected);
    own.or(child).or(forks.last()).copied()
}

struct Line<'a> {
    rail: Rangef,
    y: f32,
    s: &'a Snapshot,
}

impl Line<'_> {
    /// Where a position lies along the line.
    fn x(&self, at: Position) -> f32 {
        let share = (at.count as f64 / self.s.limit.max(1) as f64).min(1.0);
        lerp(self.rail.min..=self.rail.max, share as f32)
    }

    fn paint(&self, ui: &Ui) {
        let t = theme::tokens(ui.ctx());
        let points = theme::scale(ui.ctx());
        let line = |to: f32, color| {
            let ends = [pos2(self.rail.min, self.y), pos2(to, self.y)];
            ui.painter().line_segment(ends, Stroke::new(3.0 * points, color));
        };
        let now = self.x(self.s.position);
        line(self.rail.max, t.stroke);
        line(self.x(self.s.furthest), t.stroke_strong);
        line(now, t.text_strong);
        ui.painter().circle_filled(pos2(now, self.y), 6.0 * points, self.knob(ui));
    }

    /// Back in time the knob says so.
    fn knob(&self, ui: &Ui) -> egui::Color32 {
        let t = theme::tokens(ui.ctx());
        if self.s.position < self.s.furthest { t.accent } else { t.text_strong }
    }

    /// One line up to the split, the parent above and the fork below from there on.
    fn paint_split(&self, ui: &Ui, run: usize, fork: Fork, selected: usize) {
        let t = theme::tokens(ui.ctx());
        let points = theme::scale(ui.ctx());
        let painter = ui.painter();
        let (split, now) = (self.x(fork.at), self.x(self.s.position));
        let seen = self.x(self.s.furthest);
        // With neither of both selected, the parent leads.
        let leads = |branch: usize| branch == selected || (branch == fork.of && selected != run);
        for (branch, side) in [(run, 1.0), (fork.of, -1.0)] {
            let (ink, width) =
                if leads(branch) { (t.text_strong, 3.0) } else { (t.text_weak, 2.2) };
            for (to, ink) in [(self.rail.max, t.stroke), (seen, t.stroke_strong), (now, ink)] {
                if to > split {
                    let path = self.branch(split, to, side * APART * points);
                    painter.add(egui::Shape::line(path, Stroke::new(width * points, ink)));
                }
            }
            let end = pos2(self.rail.max + 12.0 * points, self.y + side * APART * points);
            badge::paint_small(painter, end, branch);
        }
        let trunk = |to: f32, ink| {
            let ends = [pos2(self.rail.min, self.y), pos2(to.min(split), self.y)];
            painter.line_segment(ends, Stroke::new(3.0 * points, ink));
        };
        trunk(seen, t.stroke_strong);
        trunk(now, t.text_strong);
        let ring = Stroke::new(2.0 * points, t.text_strong);
        painter.circle(pos2(split, self.y), 4.0 * points, t.panel, ring);
        if now <= split {
            painter.circle_filled(pos2(now, self.y), 6.0 * points, self.knob(ui));
            return;
        }
        for (branch, side) in [(run, 1.0), (fork.of, -1.0)] {
            let at = pos2(now, self.height(split, now, side * APART * points));
            match leads(branch) {
                true => painter.circle_filled(at, 5.5 * points, self.knob(ui)),
                false => painter.circle_filled(at, 4.5 * points, t.text_weak),
            };
        }
    }

    /// Height of a branch at `x`: it bends away and then runs beside the other.
    fn height(&self, split: f32, x: f32, apart: f32) -> f32 {
        let share = ((x - split) / BEND).clamp(0.0, 1.0);
        self.y + apart * share * share * (3.0 - 2.0 * share)
    }

    fn branch(&self, split: f32, to: f32, apart: f32) -> Vec<Pos2> {
        let bend = (0..=12).map(|i| split + BEND * i as f32 / 12.0).filter(|x| *x < to);
        bend.chain([to]).map(|x| pos2(x, self.height(split, x, apart))).collect()
    }
}
