//! One update as boxes and arrows: targets above, predictions below them, imagined states at the
//! bottom.

use egui::{
    Align2, Color32, CornerRadius, Painter, Pos2, Rect, Stroke, StrokeKind, Ui, Vec2, pos2, vec2,
};

use crate::app::theme::{self, Tokens};
use crate::app::widgets::{dashes, text};
use crate::app::words::value;
use crate::mdp::Action;
use crate::probes::consistency::{Imagined, Wiring};
use crate::probes::truth::Truth;

/// Sizes in points before the text scale: boxes of numbers, the box of the dynamics, margins.
const BOX: Vec2 = vec2(74.0, 24.0);
const SMALL: Vec2 = vec2(30.0, 24.0);
const NAMES: f32 = 56.0;
const METERS: f32 = 160.0;
/// Least and greatest distance of two columns.
const PITCH: (f32, f32) = (136.0, 240.0);

/// What really happened along an update.
pub struct Real<'a> {
    /// What was done; empty where there are as many ways as places in a batch.
    pub actions: &'a [Action],
    /// What was paid.
    pub paid: Vec<f64>,
}

/// One update.
pub struct Row<'a> {
    /// Its numbers.
    pub numbers: &'a Imagined,
    /// Terms of its loss.
    pub terms: Vec<f64>,
    /// What really happened, where it came from real steps.
    pub real: Option<Real<'a>>,
    /// How far each block moved.
    pub moved: [f64; 3],
    /// Where its gradients flow.
    pub wiring: Wiring,
    /// Numbers are means over a batch of latent states, and `moved` are lengths of gradients: how far
    /// an optimiser goes belongs to both losses together.
    pub latent: bool,
}

impl Row<'_> {
    /// What the meters beside it say.
    pub fn meter(&self) -> &'static str {
        if self.latent { "gradient" } else { "moved" }
    }
}

/// What can be clicked: the switches of a wiring.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum What {
    /// Gradient into the prediction.
    Prediction,
    /// Gradient into the target's reward.
    TargetReward,
    /// Gradient into the target's value.
    TargetValue,
    /// Gradient through the imagined states.
    State,
    /// The value is trained.
    Value,
    /// The reward is trained.
    Reward,
    /// The dynamics are trained.
    Dynamics,
}

impl What {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Prediction => "Gradient into the prediction",
            Self::TargetReward => "Gradient into the target's reward",
            Self::TargetValue => "Gradient into the target's value",
            Self::State => "Gradient through the imagined states",
            Self::Value => "Train the value",
            Self::Reward => "Train the reward",
            Self::Dynamics => "Train the dynamics",
        }
    }

    pub(super) fn is_on(self, wiring: Wiring) -> bool {
        wiring.switches()[self as usize]
    }

    /// The wiring with this switch turned.
    pub fn toggled(self, wiring: Wiring) -> Wiring {
        let mut switches = wiring.switches();
        switches[self as usize] ^= true;
        Wiring::of_switches(switches)
    }
}

/// Where things stand, and what was clicked.
pub(super) struct Canvas<'a, 'b> {
    pub(super) ui: &'a Ui,
    pub(super) painter: &'a Painter,
    pub(super) t: Tokens,
    pub(super) points: f32,
    pub(super) row: &'a Row<'b>,
    /// Columns can be clicked.
    pub(super) live: bool,
    pub(super) clicked: Option<What>,
}

/// Draws a row and tells what was clicked.
pub fn row(ui: &Ui, area: Rect, row: &Row<'_>, truth: &Truth, live: bool) -> Option<What> {
    let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    let painter = ui.painter();
    let live = live && row.real.is_none() && !row.latent;
    let mut canvas = Canvas { ui, painter, t, points, row, live, clicked: None };
    let field = Rect::from_min_max(
        area.min + vec2(NAMES * points, 38.0 * points),
        area.max - vec2(METERS * points, 0.0),
    );
    canvas.headings(area, field);
    canvas.columns(field, truth);
    let meters = Rect::from_min_max(pos2(field.right() + 14.0 * points, field.top()), area.max);
    canvas.meters(meters);
    canvas.clicked
}

impl Canvas<'_, '_> {
    pub(super) fn hue(&self) -> (Color32, Color32) {
        match &self.row.real {
            Some(_) => (self.t.real, self.t.real_text),
            None => (self.t.imagined, self.t.imagined_text),
        }
    }

    pub(super) fn faint(&self) -> Color32 {
        if self.row.real.is_some() { self.t.real_faint } else { self.t.imagined_faint }
    }

    pub(super) fn small(&self, words: &str, at: Pos2, anchor: Align2, ink: Color32) {
        let line = text::line(self.painter, words, theme::small(self.ui.ctx()), ink);
        text::place(self.painter, &line, at, anchor);
    }

    /// Centres of the three lines of boxes.
    fn tiers(&self, field: Rect) -> [f32; 3] {
        let half = BOX.y * self.points / 2.0;
        let gap = ((field.height() - 2.0 * half) / 2.0).min(100.0 * self.points);
        [0.0, 1.0, 2.0].map(|tier| field.top() + half + tier * gap)
    }

    fn headings(&self, area: Rect, field: Rect) {
        let name = match self.row.real {
            Some(_) => "Update from real steps",
            None => "Imagined update",
        };
        let font = theme::tick_strong(self.ui.ctx());
        let word = text::line(self.painter, name, font, self.hue().1);
        let name = text::place(self.painter, &word, area.left_top(), Align2::LEFT_TOP);
        let more = match self.row.real {
            Some(_) if self.row.latent => {
                "means over the batch; targets from rewards really paid; filled: trained".to_owned()
            }
            Some(_) => "actions really taken; targets from rewards really paid".to_owned(),
            None => {
                let what =
                    if self.row.latent { "means over the batch" } else { "numbers before it" };
                format!("{what}; filled: trained; bar: gradient stopped")
            }
        };
        let room = field.right() - name.right() - 12.0;
        let font = theme::small(self.ui.ctx());
        let more = text::elided(self.painter, &more, font, self.t.text_weak, room);
        let at = name.right_bottom() + vec2(10.0 * self.points, 0.0);
        text::place(self.painter, &more, at, Align2::LEFT_BOTTOM);
        for (tier, name) in self.tiers(field).into_iter().zip(["target", "predicts", "state"]) {
            self.small(name, pos2(area.left(), tier), Align2::LEFT_CENTER, self.t.text_weak);
        }
    }

    /// Which terms have room: all, or the first ones and the last.
    fn shown(&self, field: Rect) -> Vec<usize> {
        let count = self.row.numbers.targets.len();
        let room = (field.width() - BOX.x * self.points) / (PITCH.0 * self.points);
        let fit = (room as usize).max(1);
        match count <= fit {
            true => (0..count).collect(),
            false => (0..fit - 1).chain([count - 1]).collect(),
        }
    }

    fn columns(&mut self, field: Rect, truth: &Truth) {
        let n = self.row.numbers;
        let shown = self.shown(field);
        let half = BOX.x * self.points / 2.0;
        let pitch = ((field.width() - 2.0 * half) / shown.len() as f32)
            .clamp(80.0 * self.points, PITCH.1 * self.points);
        let [target, predicted, state] = self.tiers(field);
        let size = BOX * self.points;
        let at = |column: usize, y: f32| {
            Rect::from_center_size(pos2(field.left() + half + column as f32 * pitch, y), size)
        };
        for (column, &k) in shown.iter().enumerate() {
            let (y, v, z) = (at(column, target), at(column, predicted), at(column, state));
            let middle = |y: f32, size: Vec2| {
                let x = (v.center().x + at(column + 1, y).center().x) / 2.0;
                Rect::from_center_size(pos2(x, y), size)
            };
            let reward = vec2((pitch - size.x - 8.0).min(size.x), size.y);
            let r = middle(predicted, reward);
            let m = middle(state, SMALL * self.points);
            let (next_v, next_z) = (at(column + 1, predicted), at(column + 1, state));
            self.target(y, k);
            self.arrow(What::Prediction, k, [v.center_top(), y.center_bottom()]);
            self.plain([z.center_top(), v.center_bottom()]);
            self.block(What::Value, k, v, &format!("v̂ {}", value(n.values[k])));
            self.state(z, k, truth);
            // Unrolled along real steps, the last one is compared and goes no further.
            let Some(&reward) = n.rewards.get(k) else { continue };
            self.inner_arrows(k, (y, r, next_v));
            self.arrow(What::State, k, [z.right_center(), m.left_center()]);
            self.plain([m.right_center(), next_z.left_center()]);
            self.block(What::Reward, k, r, &self.reward(reward, r.width()));
            self.block(What::Dynamics, k, m, if self.row.latent { "g" } else { "p̂" });
            self.real_step(k, (m, r), truth);
            self.gap(&shown, column, (v, next_v));
        }
        let (last, column) = (n.values.len() - 1, shown.len());
        if last >= n.targets.len() {
            let (v, z) = (at(column, predicted), at(column, state));
            self.plain([z.center_top(), v.center_bottom()]);
            self.block(What::Value, last, v, &format!("v̂ {}", value(n.values[last])));
            self.state(z, last, truth);
        }
    }

    /// Reward and next value within the target of an imagined update.
    fn inner_arrows(&mut self, k: usize, (y, r, next): (Rect, Rect, Rect)) {
        if self.row.real.is_some() {
            return;
        }
        let low = pos2(y.right(), y.center().y + 5.0 * self.points);
        let high = pos2(y.right(), y.center().y - 5.0 * self.points);
        self.arrow(What::TargetReward, k, [r.center_top(), low]);
        self.arrow(What::TargetValue, k, [next.center_top(), high]);
    }

    /// Says where steps are left out.
    fn gap(&self, shown: &[usize], column: usize, (v, next): (Rect, Rect)) {
        if shown.get(column + 1).is_some_and(|&next| next > shown[column] + 1) {
            let at = pos2(next.left() - 4.0, v.top() - 8.0 * self.points);
            self.small("…", at, Align2::RIGHT_BOTTOM, self.t.text_weak);
        }
    }

    /// What was really done and paid.
    fn real_step(&self, k: usize, (m, r): (Rect, Rect), truth: &Truth) {
        let Some(real) = &self.row.real else { return };
        let ink = self.t.real_text;
        if let Some(&action) = real.actions.get(k).filter(|_| truth.actions() > 1) {
            // Above its box, or beside it where there is no room.
            let (at, anchor) = match m.top() - r.bottom() > 16.0 * self.points {
                true => (m.center_top(), Align2::CENTER_BOTTOM),
                false => (m.right_center() + vec2(3.0, -1.0), Align2::LEFT_BOTTOM),
            };
            self.small(&truth.action_name(action), at, anchor, ink);
        }
        if let Some(&paid) = real.paid.get(k) {
            let paid = format!("paid {}", value(paid));
            self.small(&paid, r.center_top() - vec2(0.0, 3.0), Align2::CENTER_BOTTOM, ink);
        }
    }

    /// A dashed target, or a solid one that real experience made.
    fn target(&self, rect: Rect, k: usize) {
        let Some(&target) = self.row.numbers.targets.get(k) else { return };
        let (line, ink) = self.hue();
        let corner = CornerRadius::same(6);
        match self.row.real {
            Some(_) => {
                let stroke = Stroke::new(1.6, line);
                self.painter.rect_stroke(rect, corner, stroke, StrokeKind::Inside);
            }
            None => dashes::paint_box(self.painter, rect, corner, Stroke::new(1.6, line)),
        }
        self.number(rect, &format!("y {}", value(target)), ink);
        let head = format!("k = {k}");
        self.small(&head, rect.center_top(), Align2::CENTER_BOTTOM, self.t.text_weak);
    }
}
