//! The course of the search: visits of the root's actions, its value, and what it would do, over
//! all simulations. A hand on it goes to any of them.

use egui::{Align2, Color32, Pos2, Rect, Role, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::desk::Stage;
use crate::app::panels::Cx;
use crate::app::theme::{self, Tokens};
use crate::app::widgets::text;
use crate::app::words::value;
use crate::mdp::Action;
use crate::probes::story::Frame;

/// Opacity of what lies ahead of the simulation shown.
const AHEAD: f32 = 0.45;

/// Three pictures over one axis.
struct Axis<'a> {
    frames: &'a [Frame],
    left: f32,
    right: f32,
}

impl Axis<'_> {
    fn last(&self) -> usize {
        self.frames.len().saturating_sub(1).max(1)
    }

    fn x(&self, done: usize) -> f32 {
        self.left + (self.right - self.left) * done as f32 / self.last() as f32
    }

    fn done(&self, x: f32) -> u32 {
        let share = ((x - self.left) / (self.right - self.left)).clamp(0.0, 1.0);
        (share * self.last() as f32).round() as u32
    }
}

/// Draws it; returns the simulation that a hand went to.
pub fn ui(ui: &mut Ui, rect: Rect, stage: &Stage<'_>, cx: &Cx<'_>) -> Option<u32> {
    let ctx = ui.ctx().clone();
    let (t, points) = (theme::tokens(&ctx), theme::scale(&ctx));
    let sense = if cx.view.still { Sense::HOVER } else { Sense::CLICK | Sense::DRAG };
    let response = ui.interact(rect, ui.scope_id().with("course of the search"), sense);
    let frames = match &stage.hand {
        Some(hand) => &hand.frames,
        None => &stage.story.frames,
    };
    let spoken = format!("Course of the search, {} simulations", frames.len() - 1);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &spoken));
    let title = if stage.hand.is_some() { "Your course" } else { "The course of the search" };
    let title = text::line(ui.painter(), title, theme::body_strong(&ctx), t.text_strong);
    let title = text::place(ui.painter(), &title, rect.min, Align2::LEFT_TOP);
    let (left, right) = (rect.left() + 72.0 * points, rect.right() - 84.0 * points);
    let axis = Axis { frames, left, right };
    let body = rect.with_min_y(rect.top() + 28.0 * points);
    let body = body.with_max_y(body.bottom() - 20.0 * points);
    let strip = 18.0 * points;
    let split = body.top() + 0.6 * (body.height() - strip);
    let visits = body.with_max_y(split - 8.0 * points);
    let worth = body.with_min_y(split + 4.0 * points).with_max_y(body.bottom() - strip - 6.0);
    visits_of(ui, visits, &axis, stage, &t);
    value_of(ui, worth, &axis, stage, &t);
    chosen(ui, body.with_min_y(body.bottom() - strip), &axis, stage, &t);
    now(ui, body, &axis, stage, title.right() + 10.0 * points);
    let held = response.dragged() || response.clicked();
    let at = response.interact_pointer_pos().filter(|_| held && stage.hand.is_none());
    at.map(|at| axis.done(at.x))
}

fn word(ui: &Ui, words: &str, at: Pos2, anchor: Align2, ink: Color32) -> Rect {
    let words = text::line(ui.painter(), words, theme::small(ui.ctx()), ink);
    text::place(ui.painter(), &words, at, anchor)
}

/// One line up to now in full ink, and pale beyond.
fn curve(ui: &Ui, axis: &Axis<'_>, done: u32, ink: Color32, width: f32, y: impl Fn(&Frame) -> f32) {
    let points: Vec<Pos2> =
        (0..axis.frames.len()).map(|i| pos2(axis.x(i), y(&axis.frames[i]))).collect();
    let now = (done as usize).min(points.len() - 1);
    let ahead = Stroke::new(width, ink.gamma_multiply(AHEAD));
    ui.painter().add(Shape::line(points[now..].to_vec(), ahead));
    ui.painter().add(Shape::line(points[..=now].to_vec(), Stroke::new(width, ink)));
}

/// Actions of the root, those with most visits at the end first.
fn ranked(frame: &Frame) -> Vec<usize> {
    let mut order: Vec<usize> = (0..frame.visits.len()).collect();
    order.sort_by_key(|&action| std::cmp::Reverse(frame.visits[action]));
    order
}

fn visits_of(ui: &Ui, rect: Rect, axis: &Axis<'_>, stage: &Stage<'_>, t: &Tokens) {
    let points = theme::scale(ui.ctx());
    let Some(end) = axis.frames.last() else { return };
    let most = end.visits.iter().copied().max().unwrap_or(1).max(1) as f32;
    let y = |n: u32| rect.bottom() - n as f32 / most * rect.height();
    for level in [0.0, most] {
        let at = y(level as u32);
        ui.painter().hline(axis.left..=axis.right, at, Stroke::new(1.0, t.stroke));
        let to = pos2(axis.left - 6.0, at);
        word(ui, &format!("{level:.0}"), to, Align2::RIGHT_CENTER, t.text_weak);
    }
    word(ui, "visits", rect.left_center(), Align2::LEFT_CENTER, t.text_weak);
    let order = ranked(end);
    for &action in order.iter().rev() {
        let best = action == usize::from(end.action);
        let (ink, width) = if best { (t.text_strong, 2.6) } else { (t.text_weak, 1.4) };
        curve(ui, axis, stage.done, ink, width, |frame| y(frame.visits[action]));
    }
    // Names beside the ends, from the top down, none on another.
    let line = 17.0 * points;
    let mut free = rect.top() - 0.5 * line;
    let fit = (rect.height() / line) as usize + 1;
    for (rank, &action) in order.iter().take(fit).enumerate() {
        let below = (order.len().min(fit) - rank - 1) as f32 * line;
        let at = y(end.visits[action]).max(free + 0.5 * line).min(rect.bottom() - below);
        free = at + 0.5 * line;
        let best = action == usize::from(end.action);
        let ink = if best { t.text_strong } else { t.text_weak };
        let name = stage.truth().action_name(action as Action);
        let words = format!("{name} {}", end.visits[action]);
        word(ui, &words, pos2(axis.right + 8.0, at), Align2::LEFT_CENTER, ink);
    }
}

fn value_of(ui: &Ui, rect: Rect, axis: &Axis<'_>, stage: &Stage<'_>, t: &Tokens) {
    let (low, high) = stage.story.range;
    let span = (high - low).max(1e-12);
    let y = |v: f64| rect.bottom() - ((v - low) / span).clamp(0.0, 1.0) as f32 * rect.height();
    for level in [low, high] {
        ui.painter().hline(axis.left..=axis.right, y(level), Stroke::new(1.0, t.stroke));
        let to = pos2(axis.left - 6.0, y(level));
        word(ui, &value(level), to, Align2::RIGHT_CENTER, t.text_weak);
    }
    word(ui, "root value", rect.left_center(), Align2::LEFT_CENTER, t.text_weak);
    curve(ui, axis, stage.done, t.text_strong, 2.0, |frame| y(frame.value));
    if let Some(end) = axis.frames.last() {
        let to = pos2(axis.right + 8.0, y(end.value));
        word(ui, &value(end.value), to, Align2::LEFT_CENTER, t.text);
    }
}

/// What it would do after every simulation: blocks in turns light and dark, with their names.
fn chosen(ui: &Ui, rect: Rect, axis: &Axis<'_>, stage: &Stage<'_>, t: &Tokens) {
    word(ui, "would do", rect.left_center(), Align2::LEFT_CENTER, t.text_weak);
    let action = |i: usize| axis.frames[i].action;
    // Before the first simulation there is nothing to choose by.
    let (mut from, mut dark) = (1, false);
    for done in 2..=axis.frames.len() {
        if done < axis.frames.len() && action(done) == action(from) {
            continue;
        }
        let block = Rect::from_min_max(
            pos2(axis.x(from - 1), rect.top()),
            pos2(axis.x(done - 1), rect.bottom()),
        );
        let fill = if dark { t.stroke } else { t.elev };
        ui.painter().rect_filled(block, 2, fill);
        let name = stage.truth().action_name(action(from));
        let ink = theme::arrow_ink(fill);
        let name = text::line(ui.painter(), &name, theme::small(ui.ctx()), ink);
        if name.size().x + 6.0 < block.width() {
            text::place(ui.painter(), &name, block.center(), Align2::CENTER_CENTER);
        }
        (from, dark) = (done, !dark);
    }
}

/// The simulation in the picture; its tag keeps to the right of the title.
fn now(ui: &Ui, rect: Rect, axis: &Axis<'_>, stage: &Stage<'_>, free: f32) {
    let t = theme::tokens(ui.ctx());
    let last = axis.frames.len().saturating_sub(1);
    let x = axis.x((stage.done as usize).min(last));
    ui.painter().vline(x, rect.y_range(), Stroke::new(1.2, t.text_strong));
    let words = format!("{} of {}", stage.done, stage.past().budget());
    let words = text::line(ui.painter(), &words, theme::code(ui.ctx()), t.bg);
    let half = words.size().x / 2.0 + 6.0;
    let x = x.min(axis.right - half).max(axis.left.max(free) + half);
    let seat =
        Rect::from_center_size(pos2(x, rect.top() - 9.0), vec2(2.0 * half, words.size().y + 4.0));
    ui.painter().rect_filled(seat, 4, t.text_strong);
    text::place(ui.painter(), &words, seat.center(), Align2::CENTER_CENTER);
    let low = pos2(axis.left, rect.bottom() + 3.0);
    word(ui, "simulations", low, Align2::LEFT_TOP, t.text_weak);
}
