//! Axes: bounds that only grow, ticks at round steps, and how numbers are written on them.

use egui::{Context, Id};

use super::{Chart, Curve};

/// Steps at which an axis may end (times a power of ten): fine enough that little room is wasted.
const ENDS: [f64; 6] = [1.0, 1.5, 2.0, 3.0, 5.0, 10.0];

/// The same for positions on a linear axis.
const FINE: [f64; 8] = [1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.0, 10.0];

/// Steps between the ticks of a linear axis (times a power of ten).
const STEPS: [f64; 4] = [1.0, 2.0, 5.0, 10.0];

/// Values labelled in each decade of a log axis, from dense to sparse.
const DECADES: [&[f64]; 4] = [&[1.0, 2.0, 3.0, 5.0], &[1.0, 2.0, 5.0], &[1.0, 3.0], &[1.0]];

/// One axis in plot coordinates: values, or their log10 on a log axis.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Axis {
    pub lo: f64,
    pub hi: f64,
    pub log: bool,
}

impl Axis {
    /// Plot coordinate of a value, or `None` where it has no place on this axis.
    pub fn place(self, value: f64) -> Option<f64> {
        let at = if self.log { log10(value) } else { value };
        at.is_finite().then_some(at)
    }

    /// The value at a plot coordinate.
    pub fn value(self, at: f64) -> f64 {
        if self.log { 10_f64.powf(at) } else { at }
    }

    /// Tick values inside the axis: the densest set of round steps that `fits`.
    pub fn ticks(self, most: f32, fits: impl Fn(&[f64]) -> bool) -> Vec<f64> {
        if self.log && self.hi - self.lo > 0.75 {
            return self.log_ticks(fits);
        }
        let (lo, hi) = (self.value(self.lo), self.value(self.hi));
        let mut step = round_up((hi - lo) / f64::from(most.max(2.0)), &STEPS);
        for _ in 0..12 {
            let ticks = multiples(lo, hi, step);
            if ticks.len() < 2 {
                break;
            }
            if fits(&ticks) {
                return ticks;
            }
            step = round_up(step * 1.01, &STEPS);
        }
        // So low an axis has room for its ends at most; they are round in the whole view.
        vec![lo, hi]
    }

    fn log_ticks(self, fits: impl Fn(&[f64]) -> bool) -> Vec<f64> {
        for marks in DECADES {
            let ticks = self.decades(1, marks);
            if fits(&ticks) {
                return ticks;
            }
        }
        let widest = (self.hi - self.lo).ceil().max(2.0) as i32;
        let sparse = (2..=widest).map(|stride| self.decades(stride, &[1.0]));
        sparse.into_iter().find(|ticks| fits(ticks)).unwrap_or_default()
    }

    /// The labelled values of every `stride`-th decade that lie on the axis.
    fn decades(self, stride: i32, marks: &[f64]) -> Vec<f64> {
        let (first, last) = (self.lo.floor() as i32, self.hi.ceil() as i32);
        // Sparse decades count from the lowest on the axis, so that two of them have the most room.
        let lowest = (self.lo - 1e-9).ceil() as i32;
        let decades = (first..=last).filter(|decade| (decade - lowest).rem_euclid(stride) == 0);
        decades
            .flat_map(|decade| marks.iter().map(move |mark| mark * 10_f64.powi(decade)))
            .filter(|value| (self.lo - 1e-9..=self.hi + 1e-9).contains(&value.log10()))
            .collect()
    }
}

/// Logarithm for the screen: single precision is a hundredth of a pixel and twice as fast.
/// Neither is inlined, or the compiler computes both for every point and throws one away.
#[inline(never)]
fn log10(value: f64) -> f64 {
    let fast = f64::from((value as f32).log2()) * std::f64::consts::LOG10_2;
    if fast.is_finite() { fast } else { exact_log10(value) }
}

/// For the few values beyond single precision.
#[cold]
#[inline(never)]
fn exact_log10(value: f64) -> f64 {
    value.log10()
}

/// Multiples of `step` inside a range, its ends included.
fn multiples(lo: f64, hi: f64, step: f64) -> Vec<f64> {
    let slack = step * 1e-6;
    let first = ((lo - slack) / step).ceil() as i64;
    let last = ((hi + slack) / step).floor() as i64;
    (first..=last.min(first + 200)).map(|index| index as f64 * step).collect()
}

/// The smallest round number at or above a positive value.
fn round_up(value: f64, ladder: &[f64]) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    let mantissa = value / power * (1.0 - 1e-9);
    ladder.iter().find(|step| **step >= mantissa).copied().unwrap_or(10.0) * power
}

/// The largest round number at or below a positive value.
fn round_down(value: f64, ladder: &[f64]) -> f64 {
    let power = 10_f64.powf(value.log10().floor());
    let mantissa = value / power * (1.0 + 1e-9);
    ladder.iter().rev().find(|step| **step <= mantissa).copied().unwrap_or(1.0) * power
}

/// Round bounds around the data, in plot coordinates. A linear axis starts at zero where the
/// data come closer to it than `anchor` times their far end.
fn around([lo, hi]: [f64; 2], log: bool, anchor: f64) -> [f64; 2] {
    if log {
        let (lo, hi) = (round_down(lo, &ENDS), round_up(hi, &ENDS));
        let hi = if hi > lo * 1.01 { hi } else { lo * 10.0 };
        return [lo.log10(), hi.log10()];
    }
    // A lone value says nothing about the span to come: it gets the way from zero.
    let anchor = if hi > lo { anchor } else { 1.0 };
    if lo >= 0.0 && lo <= anchor * hi {
        return [0.0, if hi > 0.0 { round_up(hi, &ENDS) } else { 1.0 }];
    }
    if hi <= 0.0 && hi >= anchor * lo {
        return [-round_up(-lo, &ENDS), 0.0];
    }
    let span = (hi - lo).max(hi.abs() * 1e-6).max(1e-12);
    let step = round_up(span / 8.0, &STEPS);
    let ends = [(lo / step + 1e-9).floor() * step, (hi / step - 1e-9).ceil() * step];
    if ends[1] > ends[0] { ends } else { [ends[0] - step, ends[0] + step] }
}

/// Round bounds of positions: they only ever grow, so their end may come in smaller steps.
fn along(range: [f64; 2], log: bool) -> [f64; 2] {
    let [lo, hi] = around(range, log, POSITION_ANCHOR);
    if log || range[1] <= 0.0 { [lo, hi] } else { [lo, hi.min(round_up(range[1], &FINE))] }
}

/// Zero belongs to a height axis unless the data keep far away from it, so that heights compare.
const HEIGHT_ANCHOR: f64 = 0.6;

/// Positions compare by distance, so the x axis follows the data sooner.
const POSITION_ANCHOR: f64 = 0.25;

/// The range of all that is drawn: `[x, y]`, each `[least, greatest]`, in values.
fn extent(chart: &Chart<'_>, curves: &[Curve<'_>]) -> Option<[[f64; 2]; 2]> {
    let mut range = [[f64::INFINITY, f64::NEG_INFINITY]; 2];
    let mut take = |points: &[[f64; 2]]| {
        for &[x, y] in points {
            let drawable = |value: f64, log: bool| value.is_finite() && (!log || value > 0.0);
            if drawable(x, chart.log_x) && drawable(y, chart.log_y) {
                range[0] = [range[0][0].min(x), range[0][1].max(x)];
                range[1] = [range[1][0].min(y), range[1][1].max(y)];
            }
        }
    };
    for curve in curves {
        take(curve.mean);
        take(curve.rings);
        if let Some((low, high)) = curve.band {
            take(low);
            take(high);
        }
    }
    range[0][0].is_finite().then_some(range)
}

/// Bounds kept between frames, so that axes grow but never shrink while data arrive.
#[derive(Clone, Copy, PartialEq)]
struct Kept {
    x: [f64; 2],
    y: [f64; 2],
    logs: [bool; 2],
}

/// Both axes of a chart and whether there is anything to draw.
pub(super) fn axes(ctx: &Context, chart: &Chart<'_>, curves: &[Curve<'_>]) -> ([Axis; 2], bool) {
    let key = Id::unique(("chart bounds", chart.id, chart.x_label, chart.y_label));
    let logs = [chart.log_x, chart.log_y];
    let Some([mut x, mut y]) = extent(chart, curves) else {
        ctx.data_mut(|data| data.remove::<Option<Kept>>(key));
        return (empty_axes(chart), false);
    };
    if let Some((level, _)) = &chart.reference
        && level.is_finite()
        && (!chart.log_y || *level > 0.0)
    {
        y = [y[0].min(*level), y[1].max(*level)];
    }
    if x[0] == x[1] && x[0] >= 0.0 {
        // The first point of a run stands at the left of what is to come.
        x[1] = if x[0] <= 5.0 { 10.0 } else { 1.4 * x[0] };
    }
    let mut now = Kept { x: along(x, logs[0]), y: around(y, logs[1], HEIGHT_ANCHOR), logs };
    let kept = ctx.data(|data| data.get_temp::<Option<Kept>>(key)).flatten();
    if let Some(kept) = kept.filter(|kept| kept.logs == logs) {
        now.x = [now.x[0].min(kept.x[0]), now.x[1].max(kept.x[1])];
        now.y = [now.y[0].min(kept.y[0]), now.y[1].max(kept.y[1])];
    }
    ctx.data_mut(|data| data.insert_temp(key, Some(now)));
    if let Some(end) = known_end(chart) {
        // A known end may lie below the next round number, but never before the data.
        let data_end = if logs[0] { x[1].log10() } else { x[1] };
        now.x[1] = end.max(data_end).max(now.x[0] + 1e-9);
    }
    let axis = |[lo, hi]: [f64; 2], log| Axis { lo, hi, log };
    ([axis(now.x, logs[0]), axis(now.y, logs[1])], true)
}

/// The announced end of the x axis in plot coordinates.
fn known_end(chart: &Chart<'_>) -> Option<f64> {
    let end = chart.x_end.filter(|end| end.is_finite() && *end > 0.0)?;
    Some(if chart.log_x { end.log10() } else { end })
}

/// Axes shown before the first number arrives.
fn empty_axes(chart: &Chart<'_>) -> [Axis; 2] {
    let lo = 0.0;
    let fallback = if chart.log_x { 1.0 } else { 10.0 };
    let hi = known_end(chart).filter(|end| *end > lo).unwrap_or(fallback);
    [Axis { lo, hi, log: chart.log_x }, Axis { lo: 0.0, hi: 1.0, log: chart.log_y }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_on_round_numbers() {
        assert_eq!(around([14.0, 2100.0], true, 0.6), [1.0, 3000_f64.log10()]);
        assert_eq!(around([0.0, 141.0], false, 0.6), [0.0, 150.0]);
        assert_eq!(around([-1600.0, -120.0], false, 0.6), [-2000.0, 0.0]);
        assert_eq!(around([1000.0, 3000.0], false, 0.25), [1000.0, 3000.0]);
        assert_eq!(around([5.0, 5.0], false, 0.6), [0.0, 5.0]);
        assert_eq!(along([0.0, 3990.0], false), [0.0, 4000.0]);
        assert_eq!(along([1000.0, 3000.0], false), [1000.0, 3000.0]);
        let [lo, hi] = around([0.0, 0.0], false, 0.6);
        assert!(lo <= 0.0 && hi > 0.0);
    }

    #[test]
    fn log_ticks_thin_out() {
        let axis = Axis { lo: 1.0, hi: 3000_f64.log10(), log: true };
        assert_eq!(
            axis.ticks(6.0, |ticks| ticks.len() <= 6),
            [10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0]
        );
        assert_eq!(axis.ticks(6.0, |ticks| ticks.len() <= 3), [10.0, 100.0, 1000.0]);
    }
}
