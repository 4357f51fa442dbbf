//! The parts of one target, each begun where the last one ended.

use egui::{CornerRadius, Rect, Stroke, Ui};

use super::super::plot::{Ends, Field};
use super::{outward, short};
use crate::app::widgets::dashes;
use crate::probes::expansion::Expansion;

/// Bars of imagined rewards, the critic's bar, what they add up to, and the truth.
pub fn ui(ui: &mut Ui, found: &Expansion, horizon: usize) {
    let stack = found.stack(horizon);
    let mut ends = vec![0.0];
    for part in stack.near.iter().chain([&stack.far]) {
        ends.push(ends[ends.len() - 1] + part);
    }
    let (sum, truth) = (stack.value(), found.truth);
    let all = ends.iter().copied().chain([truth]).filter(|x| x.is_finite());
    let (low, high) = all.fold((0.0_f64, 0.0_f64), |(l, h), x| (l.min(x), h.max(x)));
    // A little more, so that no bar ends at the edge; where all is 0 there must be an axis still.
    let high = if low == high { 1e-6 } else { high };
    let y = Ends { low: outward(1.05 * low), high: outward(1.05 * high), log: false };
    let x = Ends { low: 0.0, high: (horizon + 1) as f64, log: false };
    let field = Field::new(
        ui,
        (x, "imagined steps, then the critic's word (grey)"),
        (y, "discounted rewards, added up"),
        "Parts of the expansion",
    );
    let t = field.t;
    for (index, pair) in ends.windows(2).enumerate() {
        let at = index as f64;
        let corners = [[at + 0.12, pair[0]], [at + 0.88, pair[1]]].map(|corner| field.at(corner));
        let bar = Rect::from_two_pos(corners[0], corners[1]);
        if index < horizon {
            field.painter.rect_filled(bar, 2, t.imagined.gamma_multiply(0.32));
            let edge = Stroke::new(1.6, t.imagined);
            dashes::paint_box(&field.painter, bar, CornerRadius::same(2), edge);
        } else {
            field.painter.rect_filled(bar, 2, t.stroke_strong);
        }
    }
    let level = |value: f64| [field.at([0.0, value]), field.at([x.high, value])];
    field.painter.line_segment(level(sum), Stroke::new(1.2, t.text_strong));
    field.painter.line_segment(level(truth), Stroke::new(2.6, t.real));
    field.label(level(truth)[0], &format!("true {}", short(truth)), t.real_text);
    field.label(level(sum)[1], &format!("sum {}", short(sum)), t.text_strong);
}
