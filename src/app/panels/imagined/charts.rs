//! One chart for each number of the state and one for how far the futures are apart, on one axis of
//! time.

use egui::{Align2, Painter, Pos2, Rect, Shape as Ink, Stroke, pos2, vec2};

use super::{PALE, Shown};
use crate::app::theme::{self, Tokens};
use crate::app::widgets::number::grouped;
use crate::app::widgets::{dashes, text};
use crate::app::words;
use crate::mdp::physical::{Body, Dimension};
use crate::mdp::scene::Scene;
use crate::probes::imagined::{Measure, STEPS};

/// Room left of the axes for their numbers, above each chart for its name, and below the last one.
const LEFT: f32 = 46.0;
const NAME: f32 = 24.0;
const FOOT: f32 = 40.0;
/// Least height of a chart with its name; where there is less room, numbers of the state give way.
const LEAST: f32 = 64.0;
/// Ends of the axis of shares: far below what can be seen, and all there is to see.
const SHARES: (f64, f64) = (1e-4, 1.0);

/// One chart.
pub struct Chart<'a> {
    pub painter: &'a Painter,
    pub t: &'a Tokens,
    pub field: Rect,
    pub low: f64,
    pub high: f64,
    pub log: bool,
}

impl Chart<'_> {
    /// Where a step lies.
    pub fn x(&self, step: f64) -> f32 {
        self.field.left() + self.field.width() * (step / STEPS as f64) as f32
    }

    /// Where a number after a step lies.
    pub fn at(&self, step: usize, y: f64) -> Pos2 {
        let place = |y: f64| if self.log { y.max(1e-300).log10() } else { y };
        let (low, high) = (place(self.low), place(self.high));
        let share = ((place(y) - low) / (high - low)).clamp(-0.02, 1.02) as f32;
        pos2(self.x(step as f64), self.field.bottom() - share * self.field.height())
    }

    fn path(&self, from: usize, values: impl Iterator<Item = f64>) -> Vec<Pos2> {
        values.enumerate().map(|(step, y)| self.at(from + step, y)).collect()
    }

    /// A horizontal line with its number.
    pub fn tick(&self, y: f64, words: &str) {
        let at = self.at(0, y).y;
        let line = [pos2(self.field.left(), at), pos2(self.field.right(), at)];
        self.painter.line_segment(line, Stroke::new(1.0, self.t.stroke));
        let font = theme::small(self.painter.ctx());
        let words = text::line(self.painter, words, font, self.t.text_weak);
        text::place(self.painter, &words, line[0] - vec2(6.0, 0.0), Align2::RIGHT_CENTER);
    }

    /// A line of imagination: paler beyond the horizon.
    pub fn dashed(&self, path: &[Pos2], horizon: Option<usize>, (width, fade): (f32, f32)) {
        let near = horizon.map_or(path.len(), |horizon| path.len().min(horizon + 1));
        let far = &path[near.saturating_sub(1)..];
        for (part, pale) in [(&path[..near], 1.0), (far, PALE)] {
            let stroke = Stroke::new(width, self.t.imagined.gamma_multiply(fade * pale));
            dashes::paint(self.painter, part, stroke, dashes::ON, dashes::OFF);
        }
    }
}

/// Draws all of them into `rect`.
pub fn paint(painter: &Painter, rect: Rect, scene: &Scene, shown: &Shown<'_>) {
    let ctx = painter.ctx();
    let (t, points) = (theme::tokens(ctx), theme::scale(ctx));
    let rect = rect.intersect(painter.clip_rect());
    let dimensions = shown.measure.dimensions();
    let room = rect.height() - FOOT * points;
    let most = (room / (LEAST * points)).floor().max(1.0) as usize;
    let numbers = dimensions.len().min(most.saturating_sub(1));
    let each = room / (numbers + 1) as f32;
    let field = |row: usize| {
        let top = rect.top() + each * row as f32;
        Rect::from_min_max(
            pos2(rect.left() + LEFT * points, top + NAME * points),
            pos2(rect.right() - 10.0, top + each - 6.0),
        )
    };
    for (index, d) in dimensions.iter().take(numbers).enumerate() {
        let (low, high) = ends(d, index, scene, shown);
        let chart = Chart { painter, t: &t, field: field(index), low, high, log: false };
        beyond(&chart, shown);
        let taken = trace(&chart, d, index, shown);
        let free = (taken, chart.field.right());
        horizon(&chart, shown, Some(free).filter(|_| index == 0));
    }
    let (low, high) = gap_ends(shown);
    let log = matches!(shown.measure, Measure::Shares(_));
    let chart = Chart { painter, t: &t, field: field(numbers), low, high, log };
    beyond(&chart, shown);
    let taken = gaps(&chart, shown);
    horizon(&chart, shown, Some(taken).filter(|_| numbers == 0));
    foot(&chart, rect, shown);
}

/// What an axis shows: always what pictures show of the number, angles a half turn more at a time.
fn ends(d: &Dimension, index: usize, scene: &Scene, shown: &Shown<'_>) -> (f64, f64) {
    if let Scene::Grid(grid) = scene {
        let last = [grid.rows, grid.cols][index.min(1)].max(2) - 1;
        return (0.0, last as f64);
    }
    if !d.turns {
        return d.range;
    }
    let all = shown.real.bodies.iter().chain(&shown.dream.bodies).map(|body| body[index]);
    let (mut low, mut high) = d.range;
    let half = 0.5 * (high - low);
    for x in all {
        while x < low && low > -8.0 * half {
            low -= half;
        }
        while x > high && high < 8.0 * half {
            high += half;
        }
    }
    (low, high)
}

/// Numbers at an axis: half turns for angles, else both ends and what lies between.
fn ticks(chart: &Chart<'_>, d: &Dimension) -> Vec<(f64, String)> {
    use std::f64::consts::PI;
    if d.turns {
        let (low, high) = ((chart.low / PI).round() as i32, (chart.high / PI).round() as i32);
        let by = if high - low > 3 { 2 } else { 1 };
        let word = |half: i32| match half {
            0 => "0".to_owned(),
            1 => "π".to_owned(),
            -1 => "−π".to_owned(),
            n => format!("{n}π").replace('-', "−"),
        };
        return (low..=high).step_by(by).map(|half| (f64::from(half) * PI, word(half))).collect();
    }
    let middle = 0.5 * (chart.low + chart.high);
    let all = [chart.low, middle, chart.high].into_iter();
    all.filter(|x| x.fract() == 0.0).map(|x| (x, words::value(x))).collect()
}

/// The field beyond the horizon is greyed: nobody asks the model there.
fn beyond(chart: &Chart<'_>, shown: &Shown<'_>) {
    if let Some(horizon) = shown.horizon.filter(|&horizon| horizon < STEPS) {
        let far = chart.field.with_min_x(chart.x(horizon as f64));
        chart.painter.rect_filled(far, 0, chart.t.elev.gamma_multiply(0.6));
    }
}

/// A line at the horizon; its name above the axis, between what stands there at either end, or
/// below where there is no room.
fn horizon(chart: &Chart<'_>, shown: &Shown<'_>, taken: Option<(f32, f32)>) {
    let Some(horizon) = shown.horizon else {
        return;
    };
    let x = chart.x(horizon as f64);
    let line = [pos2(x, chart.field.top()), pos2(x, chart.field.bottom())];
    chart.painter.line_segment(line, Stroke::new(1.2, chart.t.text_strong));
    if let Some((taken, limit)) = taken {
        let font = theme::tick_strong(chart.painter.ctx());
        let words = format!("H = {horizon}");
        let words = text::line(chart.painter, &words, font, chart.t.text_strong);
        let wide = words.size().x;
        let left = (x - wide / 2.0).max(taken + 10.0);
        if left + wide <= limit {
            let at = pos2(left, chart.field.top() - 1.0);
            text::place(chart.painter, &words, at, Align2::LEFT_BOTTOM);
        } else {
            // Futures part upwards: the lower corner is free.
            let left = (x + 5.0).min(chart.field.right() - wide);
            let at = pos2(left, chart.field.bottom() - 1.0);
            text::place(chart.painter, &words, at, Align2::LEFT_BOTTOM);
        }
    }
}

/// The name of a chart, above its axis; returns where it ends.
pub fn name(chart: &Chart<'_>, words: &[&str]) -> f32 {
    let font = theme::small(chart.painter.ctx());
    let room = chart.field.width();
    let words = text::fitted(chart.painter, words, &font, chart.t.text_weak, room);
    let at = chart.field.left_top() - vec2(0.0, 2.0);
    text::place(chart.painter, &words, at, Align2::LEFT_BOTTOM).right()
}

/// One number of the state: imagined below, real on top. Returns where its name ends.
fn trace(chart: &Chart<'_>, d: &Dimension, index: usize, shown: &Shown<'_>) -> f32 {
    let taken = name(chart, &[&format!("{}, {}", d.name, d.unit)]);
    for (y, words) in ticks(chart, d) {
        chart.tick(y, &words);
    }
    let of = |bodies: &[Body]| chart.path(0, bodies.iter().map(|body| body[index]));
    let (dream, real) = (of(&shown.dream.bodies), of(&shown.real.bodies));
    chart.dashed(&dream, shown.horizon, (2.4, 0.85));
    chart.painter.add(Ink::line(real, Stroke::new(2.6, chart.t.real)));
    taken
}

/// Ends of the axis of gaps: shares on a log scale, cells in steps of 1, 2, 5.
fn gap_ends(shown: &Shown<'_>) -> (f64, f64) {
    match shown.measure {
        Measure::Shares(_) => SHARES,
        Measure::Cells(_) => {
            let typical = shown.typical.iter().flat_map(|(_, gaps)| gaps);
            let most = shown.gaps.iter().chain(typical).copied().fold(1.0, f64::max);
            let steps = [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0];
            (0.0, steps.into_iter().find(|&step| step >= most).unwrap_or(most))
        }
    }
}

/// How far apart they are: from here, and typically, now and earlier. Returns what is free above
/// the axis.
fn gaps(chart: &Chart<'_>, shown: &Shown<'_>) -> (f32, f32) {
    let scale = if chart.log { " (log scale)" } else { "" };
    let whole = format!("apart, {}{scale}", shown.measure.unit());
    let taken = name(chart, &[&whole, &format!("apart{scale}"), "apart"]);
    match chart.log {
        true => [1e-4, 1e-3, 1e-2, 1e-1, 1.0].iter().enumerate().for_each(|(index, &y)| {
            let crowded = chart.field.height() < 76.0 * theme::scale(chart.painter.ctx());
            let words = if crowded && index % 2 == 1 { String::new() } else { format!("{y}") };
            chart.tick(y, &words);
        }),
        false => [0.0, chart.high].iter().for_each(|&y| chart.tick(y, &words::value(y))),
    }
    let far = shown.gaps.len() > 2 || !shown.typical.is_empty();
    let exact = |gaps: &[f64]| gaps.iter().all(|&gap| gap == 0.0);
    if far && exact(shown.gaps) && shown.typical.iter().all(|(_, gaps)| exact(gaps)) {
        let words = "exactly 0 at every depth";
        let font = theme::tick_strong(chart.painter.ctx());
        let words = text::line(chart.painter, words, font, chart.t.text_strong);
        text::place(chart.painter, &words, chart.field.center(), Align2::CENTER_CENTER);
        return (taken, chart.field.right());
    }
    // On a log scale nothing is 0 apart, as both are where they begin.
    let from = usize::from(chart.log);
    let path = |gaps: &[f64]| chart.path(from, gaps.iter().copied().skip(from));
    for (age, (_, gaps)) in shown.typical.iter().rev().enumerate() {
        let fade = 0.85 * 0.62_f32.powi(age as i32);
        chart.dashed(&path(gaps), shown.horizon, (1.4, fade));
    }
    let here = path(shown.gaps);
    chart.dashed(&here, shown.horizon, (2.4, 0.95));
    // The oldest is named; those between fade towards it.
    if let Some((Some(updates), _)) = shown.typical.first() {
        let words = format!("faintest: after {} updates", grouped(*updates));
        let font = theme::small(chart.painter.ctx());
        let words = text::line(chart.painter, &words, font, chart.t.text_weak);
        let at = chart.field.right_top() - vec2(0.0, 2.0);
        if at.x - words.size().x > taken + 12.0 {
            let seat = text::place(chart.painter, &words, at, Align2::RIGHT_BOTTOM);
            return (taken, seat.left() - 10.0);
        }
    }
    (taken, chart.field.right())
}

/// The axis of time, and what the lines mean.
fn foot(chart: &Chart<'_>, rect: Rect, shown: &Shown<'_>) {
    let ctx = chart.painter.ctx();
    let (t, font) = (chart.t, theme::small(ctx));
    let below = chart.field.bottom() + 4.0;
    let mut high = 0.0;
    for step in (0..=STEPS).step_by(10) {
        let words = (shown.first + step).to_string();
        let words = text::line(chart.painter, &words, font.clone(), t.text_weak);
        let at = pos2(chart.x(step as f64), below);
        high = text::place(chart.painter, &words, at, Align2::CENTER_TOP).height();
    }
    let at = pos2(chart.field.left(), below + high);
    let what = if shown.driven { "steps driven" } else { "steps ahead" };
    let what = text::line(chart.painter, what, font.clone(), t.text_weak);
    let left = text::place(chart.painter, &what, at, Align2::LEFT_TOP);
    let room = rect.right() - left.right() - 24.0;
    let note = text::fitted(chart.painter, &notes(shown), &font, t.text_weak, room);
    let at = pos2(rect.right() - 10.0, at.y);
    text::place(chart.painter, &note, at, Align2::RIGHT_TOP);
}

/// What the lines mean, in fewer and fewer words.
fn notes(shown: &Shown<'_>) -> [&'static str; 3] {
    let earlier = shown.typical.iter().filter(|(updates, _)| updates.is_some()).count();
    match (shown.driven || shown.typical.is_empty(), earlier) {
        (true, _) => [""; 3],
        (false, 0) => ["thin: median of 16 states", "thin: median", ""],
        (false, _) => {
            ["thin: median of 16 states, fainter: earlier", "fainter: earlier models", ""]
        }
    }
}
