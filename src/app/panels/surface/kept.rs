//! Surfaces of earlier moments, kept by the picture while it is on screen: enough to go over the
//! whole of training, no two too close.

use std::sync::Arc;

use egui::Ui;

use super::{POINTS, Question};
use crate::app::theme;
use crate::app::widgets::number::grouped;
use crate::probes::heights::Heights;

/// Most surfaces kept.
const MOST: usize = 48;

/// One of them.
#[derive(Clone)]
pub struct Shown {
    /// What it looked like.
    pub heights: Arc<Heights>,
    /// Another one for every other one.
    pub id: u64,
}

/// All of them, oldest first, and which one is looked at.
#[derive(Clone, Default)]
pub struct Kept {
    all: Vec<(u64, Shown)>,
    /// The newest, as fine as it is.
    live: Option<(u64, Shown)>,
    /// Which of `all` is looked at; the newest if `None`.
    at: Option<usize>,
    next: u64,
    /// The log's version when the last one came.
    past: u64,
    of: Option<Question>,
}

impl Kept {
    /// Takes over a surface of a moment: real steps, version of the log, points along an axis.
    /// Forgets all others unless they are of the `same` picture, and those ahead of it if the past
    /// has changed.
    pub fn take(
        &mut self,
        heights: &Arc<Heights>,
        (steps, past, points): (u64, u64, usize),
        same: impl Fn(&Question) -> bool,
    ) {
        if !self.of.as_ref().is_none_or(same) {
            *self = Self { next: self.next, ..Self::default() };
        }
        if std::mem::replace(&mut self.past, past) != past {
            self.all.retain(|(at, _)| *at <= steps);
            self.at = None;
        }
        let known = self.live.as_ref().is_some_and(|(_, live)| Arc::ptr_eq(&live.heights, heights));
        if known {
            return;
        }
        self.next += 1;
        let shown = Shown { heights: heights.clone(), id: self.next };
        self.live = Some((steps, shown.clone()));
        if self.all.last().is_none_or(|(last, _)| *last < steps) {
            let heights =
                if points > POINTS[0] { Arc::new(heights.coarse(4)) } else { shown.heights };
            self.next += 1;
            self.all.push((steps, Shown { heights, id: self.next }));
            self.thin();
        }
    }

    /// What all of them are surfaces of.
    pub fn name(&mut self, question: &Question) {
        if self.of.is_none() {
            self.of = Some(question.clone());
        }
    }

    /// Drops the one that is missed least: the one between the closest neighbours.
    fn thin(&mut self) {
        if self.all.len() <= MOST {
            return;
        }
        let gap = |&index: &usize| self.all[index + 1].0 - self.all[index - 1].0;
        if let Some(least) = (1..self.all.len() - 1).min_by_key(gap) {
            self.all.remove(least);
            self.at = self.at.map(|at| if at > least { at - 1 } else { at });
        }
    }

    /// How many can be looked at.
    pub fn len(&self) -> usize {
        self.all.len().max(1)
    }

    /// Which one is looked at.
    pub fn at(&self) -> usize {
        self.at.unwrap_or(self.len() - 1).min(self.len() - 1)
    }

    /// Looks at another one; the last follows the learner.
    pub fn go(&mut self, at: usize) {
        self.at = (at + 1 < self.len()).then_some(at);
    }

    /// The one that is looked at, or `now`.
    pub fn shown(&self, now: &Arc<Heights>) -> Shown {
        let earlier = self.at.and_then(|at| self.all.get(at)).map(|(_, shown)| shown.clone());
        let live = || self.live.as_ref().map(|(_, shown)| shown.clone());
        earlier.or_else(live).unwrap_or_else(|| Shown { heights: now.clone(), id: 0 })
    }

    /// Of which moment it is.
    pub fn words(&self) -> String {
        let steps = self.all.get(self.at()).map_or(0, |(steps, _)| *steps);
        let when = if self.at.is_none() { "now" } else { "earlier" };
        format!("Surface of real step {} ({when}), of {} kept", grouped(steps), self.all.len())
    }

    /// Height of the line in points; nothing while there is but one.
    pub fn height(&self, ui: &Ui) -> f32 {
        if self.all.len() < 2 { 0.0 } else { 52.0 * theme::scale(ui.ctx()) }
    }
}
