//! What panels about searches have in common: whose model is asked, and what its world is worth.

use std::sync::Arc;

use egui::{Align2, Color32, Painter, Pos2, Rect, Stroke, Vec2, pos2, vec2};

use super::asked::Moment;
use crate::app::theme;
use crate::app::widgets::text;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::mdp::{Action, State};
use crate::probes::lookahead::{Best, Learner, Plan, dials};
use crate::probes::truth::Truth;

/// Seconds between two answers while time passes beside the window.
pub const EVERY: f64 = 0.25;

/// A run that can be asked: it has action values and a model.
#[derive(Clone, PartialEq)]
pub struct Subject {
    /// Which run.
    pub index: usize,
    /// Its tables and its world.
    pub run: Moment,
    /// How it searches, or how a searching agent would with its dials as they are at first.
    pub plan: Plan,
}

/// What a world is worth, for one discount.
pub type World = Option<Arc<Best>>;

impl Subject {
    /// Run `index`, if it can be asked.
    pub fn of(s: &Snapshot, index: usize) -> Option<Self> {
        let run = s.runs.get(index).filter(|run| run.failure.is_none())?;
        let view = &run.lane.view;
        let can = view.model.is_some() && view.table.as_ref().is_some_and(|t| !t.is_of_states());
        let plan = dials(run.agent.id, &run.params).plan();
        can.then(|| Self { index, run: Moment::of(run), plan })
    }

    /// The selected run if it can be asked, else the first that can.
    pub fn selected(s: &Snapshot, run: usize) -> Option<Self> {
        Self::of(s, run).or_else(|| (0..s.runs.len()).find_map(|run| Self::of(s, run)))
    }

    /// All that can be asked.
    pub fn all(s: &Snapshot) -> Vec<Self> {
        (0..s.runs.len()).filter_map(|run| Self::of(s, run)).collect()
    }

    /// The copy that probes ask.
    pub fn learner(&self) -> Option<Learner<'_>> {
        let view = &self.run.lane.view;
        let (table, model) = (view.table.as_ref()?, view.model.as_ref()?);
        Some(Learner { table, model, gamma: self.run.gamma })
    }

    /// Its world.
    pub fn truth(&self) -> &Truth {
        &self.run.truth
    }

    /// What its world is worth, not solved anew if it is that of `before`.
    pub fn world(&self, before: Option<(&Self, &World)>) -> World {
        match before.filter(|(old, _)| old.run.same_world(&self.run)) {
            Some((_, known)) => known.clone(),
            None => Best::of(self.truth(), self.run.gamma).map(Arc::new),
        }
    }
}

/// Letter and name.
pub fn name(run: &RunSnapshot) -> String {
    format!("{} {}", run.letter, run.name)
}

/// What is said where no run can be asked.
pub const NOBODY: &str = "Needs a run with action values and a model.";

/// The names of actions, in one string.
pub fn actions(truth: &Truth, actions: &[Action]) -> String {
    let all: Vec<String> = actions.iter().map(|&action| truth.action_name(action)).collect();
    all.join(" ")
}

/// The same where there is little room: moves on a map as arrows.
pub fn signs(truth: &Truth, actions: &[Action]) -> String {
    let sign = |name: String| match name.as_str() {
        "up" => "\u{2191}".to_owned(),
        "right" => "\u{2192}".to_owned(),
        "down" => "\u{2193}".to_owned(),
        "left" => "\u{2190}".to_owned(),
        _ => name,
    };
    let all: Vec<String> = actions.iter().map(|&action| sign(truth.action_name(action))).collect();
    all.join(" ")
}

/// Whether the greedy way of somebody may begin in `state`: it can be left.
pub fn can_start(truth: &Truth, state: State) -> bool {
    (state as usize) < truth.states() && truth.is_left(state)
}

/// An arrow of a move on a map from `center`, `reach` long.
pub fn arrow(painter: &Painter, center: Pos2, action: Action, reach: f32, stroke: Stroke) {
    const DIRECTIONS: [Vec2; 4] = [Vec2::UP, Vec2::RIGHT, Vec2::DOWN, Vec2::LEFT];
    let Some(&along) = DIRECTIONS.get(usize::from(action)) else { return };
    let (tip, head) = (center + along * reach, 0.38 * reach);
    let side = along.rot90();
    painter.line_segment([center + along * 0.2 * reach, tip], stroke);
    let wings = [tip - (along - side) * head, tip, tip - (along + side) * head];
    painter.line(wings.to_vec(), stroke);
}

/// A bar of imagined things: blocks, as everywhere. `to` is its far end on the line through `from`.
pub fn blocks(painter: &Painter, from: Pos2, to: f32, height: f32) {
    let scale = theme::scale(painter.ctx());
    let hue = theme::tokens(painter.ctx()).imagined;
    let (on, off) = (8.0 * scale, 4.0 * scale);
    let long = (to - from.x).abs().max(2.0);
    let sign = if to < from.x { -1.0 } else { 1.0 };
    let mut done = 0.0;
    while done < long {
        let end = (done + on).min(long);
        let (a, b) = (from.x + sign * done, from.x + sign * end);
        let top = from.y - height / 2.0;
        let block = Rect::from_two_pos(pos2(a, top), pos2(b, top + height));
        painter.rect_filled(block, 1, hue);
        done += on + off;
    }
}

/// A few words in the middle of a panel that has nothing to show yet.
pub fn empty(painter: &Painter, rect: Rect, words: &str) {
    let ctx = painter.ctx();
    let (t, font) = (theme::tokens(ctx), theme::body(ctx));
    let words = text::elided(painter, words, font, t.text_weak, rect.width());
    text::place(painter, &words, rect.left_top() + vec2(0.0, 4.0), Align2::LEFT_TOP);
}

/// One line of words in small type.
pub fn small(painter: &Painter, at: Pos2, anchor: Align2, words: &str, ink: Color32) -> Rect {
    let words = text::line(painter, words, theme::small(painter.ctx()), ink);
    text::place(painter, &words, at, anchor)
}
