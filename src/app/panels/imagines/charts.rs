//! Step by step of the unrolling: how far imagined and real latent states are apart, and what both
//! say of reward, value and policy.

use egui::{Align2, Painter, Rect, Shape as Ink, Stroke, pos2, vec2};

use crate::app::panels::imagined::charts::{Chart, name};
use crate::app::panels::plot::round_up;
use crate::app::theme;
use crate::app::widgets::text;
use crate::app::words::value;
use crate::probes::imagined::STEPS;
use crate::probes::latent::imagines::{Imagines, Step};

/// Room left of the axes for their numbers, above each chart for its name, and below the last one.
const LEFT: f32 = 52.0;
const NAME: f32 = 22.0;
const FOOT: f32 = 38.0;
/// Least height of a chart with its name; where there is less room, the last ones give way.
const LEAST: f32 = 58.0;

/// Real and imagined after `k` steps.
type Pair = fn(&Step) -> Option<[f64; 2]>;

/// One chart: its names from long to short, and its numbers.
pub struct Quantity {
    names: [&'static str; 2],
    of: Pair,
    /// Ends of the axis; `None`: those of the numbers.
    ends: Option<(f64, f64)>,
    /// It is about both; otherwise about how far they are apart.
    both: bool,
}

/// All charts, the most telling first.
pub const QUANTITIES: [Quantity; 4] = [
    Quantity {
        names: ["drift: |zᵏ − h(o)|, in typical distances", "drift, typical distances"],
        of: |step| Some([0.0, step.drift]),
        ends: None,
        both: false,
    },
    Quantity { names: ["value", "value"], of: |step| Some(step.value), ends: None, both: true },
    Quantity {
        names: ["reward of the step that led here", "reward"],
        of: |step| step.reward,
        ends: None,
        both: true,
    },
    Quantity {
        names: ["policy: chance of the action really taken", "chance of the action"],
        of: |step| step.chance,
        ends: Some((0.0, 1.0)),
        both: true,
    },
];

/// Draws all of them into `rect`.
pub fn paint(
    painter: &Painter,
    rect: Rect,
    (found, axes): (&Imagines, &[(f64, f64)]),
    horizon: Option<usize>,
) {
    let ctx = painter.ctx();
    let (t, points) = (theme::tokens(ctx), theme::scale(ctx));
    let room = rect.height() - FOOT * points;
    let most = ((room / (LEAST * points)) as usize).clamp(1, QUANTITIES.len());
    let each = room / most as f32;
    let mut below = rect.top();
    for (row, (quantity, &(low, high))) in QUANTITIES.iter().zip(axes).take(most).enumerate() {
        let top = rect.top() + each * row as f32;
        let field = Rect::from_min_max(
            pos2(rect.left() + LEFT * points, top + NAME * points),
            pos2(rect.right() - 10.0, top + each - 8.0),
        );
        let chart = Chart { painter, t: &t, field, low, high, log: false };
        name(&chart, &quantity.names);
        chart.tick(low, &value(low));
        chart.tick(high, &value(high));
        trained(&chart, horizon, row == 0);
        lines(&chart, found, quantity);
        below = field.bottom();
    }
    foot(painter, (rect, below + 4.0), LEFT * points);
}

/// A line where training stops looking.
fn trained(chart: &Chart<'_>, horizon: Option<usize>, named: bool) {
    let Some(horizon) = horizon.filter(|&horizon| horizon < STEPS) else { return };
    let x = chart.x(horizon as f64);
    let line = [pos2(x, chart.field.top()), pos2(x, chart.field.bottom())];
    chart.painter.line_segment(line, Stroke::new(1.2, chart.t.text_weak));
    if named {
        let font = theme::tick_strong(chart.painter.ctx());
        let words = text::line(chart.painter, &format!("K = {horizon}"), font, chart.t.text);
        text::place(chart.painter, &words, line[1] + vec2(5.0, 0.0), Align2::LEFT_BOTTOM);
    }
}

/// Imagined below, real on top.
fn lines(chart: &Chart<'_>, found: &Imagines, quantity: &Quantity) {
    let all: Vec<(usize, [f64; 2])> = (found.steps.iter().enumerate())
        .filter_map(|(k, step)| Some((k, (quantity.of)(step)?)))
        .collect();
    let path = |of: usize| all.iter().map(|(k, pair)| chart.at(*k, pair[of])).collect::<Vec<_>>();
    let (real, dream) = (path(0), path(1));
    chart.dashed(&dream, None, (2.4, 0.85));
    if dream.len() == 1 {
        chart.painter.circle_filled(dream[0], 3.0, chart.t.imagined);
    }
    if quantity.both {
        chart.painter.add(Ink::line(real, Stroke::new(2.6, chart.t.real)));
    }
}

/// Ends of an axis: 0 and round numbers beyond the rest.
pub fn ends(found: &Imagines, quantity: &Quantity) -> (f64, f64) {
    if let Some(ends) = quantity.ends {
        return ends;
    }
    let all = || found.steps.iter().filter_map(quantity.of).flatten().filter(|x| x.is_finite());
    let (least, most) = (all().fold(0.0, f64::min), all().fold(0.0, f64::max));
    // What is small beside the rest is noise, and so is everything where nothing is large.
    let floor = (0.05 * (most - least)).max(0.01);
    let low = if least < -floor { -round_up(-least) } else { 0.0 };
    let high = if most > floor { round_up(most) } else { 0.0 };
    if high - low < 0.1 { (low, low + 0.1) } else { (low, high) }
}

/// The axis of time.
fn foot(painter: &Painter, (rect, top): (Rect, f32), left: f32) {
    let ctx = painter.ctx();
    let (t, font) = (theme::tokens(ctx), theme::small(ctx));
    let (from, wide) = (rect.left() + left, rect.width() - left - 10.0);
    let mut high = 0.0;
    for step in (0..=STEPS).step_by(10) {
        let words = text::line(painter, &step.to_string(), font.clone(), t.text_weak);
        let at = pos2(from + wide * step as f32 / STEPS as f32, top);
        high = text::place(painter, &words, at, Align2::CENTER_TOP).height();
    }
    let words = ["k, steps of the model without looking", "k, steps unrolled"];
    let words = text::fitted(painter, &words, &font, t.text_weak, wide);
    text::place(painter, &words, pos2(from, top + high), Align2::LEFT_TOP);
}
