//! Values of states against the truth, for runs that act at random and only predict.

use std::sync::Arc;

use egui::{Align2, Painter, Pos2, Rangef, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::{Cx, Panel, PanelId, framed};
use crate::app::theme;
use crate::app::widgets::{badge, text};
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::mdp::State;
use crate::probes::truth::Truth;

/// Share of the range of values that stays free above and below.
const MARGIN: f64 = 0.08;

/// The panel, and the truth it solved last.
#[derive(Clone, Default)]
pub struct Values {
    solved: Option<Solved>,
}

/// True values of a world for one discount.
#[derive(Clone)]
struct Solved {
    of: Arc<Truth>,
    gamma: f64,
    /// `[S]`; `None` where there is no single answer.
    values: Option<Arc<Vec<f64>>>,
}

/// What one run has learned, beside the truth for its discount.
struct Learned<'a> {
    index: usize,
    run: &'a RunSnapshot,
    /// `[S]`, states that are left only.
    values: Vec<f64>,
    truth: Vec<f64>,
}

impl Learned<'_> {
    /// Root mean square error over the states.
    fn error(&self) -> f64 {
        let squares = self.values.iter().zip(&self.truth).map(|(v, t)| (v - t).powi(2));
        (squares.sum::<f64>() / self.values.len() as f64).sqrt()
    }
}

/// States that are left, in the order of the table.
fn open_states(s: &Snapshot, count: usize) -> Vec<State> {
    (0..count as State).filter(|&state| s.runs[0].truth.is_left(state)).collect()
}

impl Values {
    /// The true values for a discount, solved once for each world.
    fn truth(&mut self, truth: &Arc<Truth>, gamma: f64) -> Option<Arc<Vec<f64>>> {
        match &self.solved {
            Some(s) if Arc::ptr_eq(&s.of, truth) && s.gamma == gamma => s.values.clone(),
            _ => {
                let values = truth.random_values(gamma).map(Arc::new);
                let solved = Solved { of: truth.clone(), gamma, values: values.clone() };
                self.solved = Some(solved);
                values
            }
        }
    }

    /// All runs that predict, where the truth is known.
    fn learned<'a>(&mut self, s: &'a Snapshot) -> Vec<Learned<'a>> {
        let predicting = s.runs.iter().enumerate().filter(|(_, run)| run.predicts());
        let of = |(index, run): (usize, &'a RunSnapshot)| {
            let table = run.lane.view.table.as_ref()?;
            let truth = self.truth(&run.truth, run.param("gamma")?)?;
            let open = open_states(s, table.states());
            let pick = |all: &[f64]| open.iter().map(|&s| all[s as usize]).collect();
            Some(Learned { index, run, values: pick(&table.q), truth: pick(&truth) })
        };
        predicting.filter_map(of).filter(|l| !l.values.is_empty()).collect()
    }
}

/// Where values stand on the screen.
struct Field {
    rect: Rect,
    low: f64,
    high: f64,
    states: usize,
}

impl Field {
    fn new(rect: Rect, all: &[Learned<'_>]) -> Self {
        let values = all.iter().flat_map(|l| l.values.iter().chain(&l.truth)).copied();
        let finite = values.filter(|v| v.is_finite());
        let (low, high) =
            finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        // Values between 0 and 1 keep their scale, so that nothing jumps.
        let (low, high) = if low >= 0.0 && high <= 1.0 { (0.0, 1.0) } else { (low, high) };
        let free = MARGIN * (high - low).max(1e-9);
        let states = all.first().map_or(0, |l| l.values.len());
        Self { rect, low: low - free, high: high + free, states }
    }

    fn at(&self, state: usize, value: f64) -> Pos2 {
        let across = (state as f32 + 0.5) / self.states as f32;
        let up = ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0) as f32;
        pos2(
            self.rect.left() + across * self.rect.width(),
            self.rect.bottom() - up * self.rect.height(),
        )
    }

    fn line(&self, values: &[f64]) -> Vec<Pos2> {
        values.iter().enumerate().map(|(state, &value)| self.at(state, value)).collect()
    }
}

/// Names of the states below, three values at the left.
fn axes(painter: &Painter, field: &Field, s: &Snapshot, open: &[State]) {
    let ctx = painter.ctx();
    let (t, scale) = (theme::tokens(ctx), theme::scale(ctx));
    for share in [0.0, 0.5, 1.0] {
        let free = MARGIN / (1.0 + 2.0 * MARGIN);
        let value = field.low + (free + share * (1.0 - 2.0 * free)) * (field.high - field.low);
        let y = field.at(0, value).y;
        let line = [pos2(field.rect.left(), y), pos2(field.rect.right(), y)];
        painter.line_segment(line, Stroke::new(1.0, t.stroke));
        let tick = format!("{}", (value * 1e3).round() / 1e3).replace('-', "\u{2212}");
        let tick = text::line(painter, &tick, theme::tick(ctx), t.text_weak);
        let at = pos2(field.rect.left() - 8.0 * scale, y);
        text::place(painter, &tick, at, Align2::RIGHT_CENTER);
    }
    let mut right = f32::NEG_INFINITY;
    for (index, &state) in open.iter().enumerate() {
        let name = s.runs[0].truth.state_name(state);
        let name = text::line(painter, &name, theme::tick(ctx), t.text);
        let at = pos2(field.at(index, 0.0).x, field.rect.bottom() + 6.0 * scale);
        // Names that would touch are left out.
        if at.x - name.size().x / 2.0 > right + 6.0 * scale {
            right = text::place(painter, &name, at, Align2::CENTER_TOP).right();
        }
    }
}

fn draw(ui: &mut Ui, s: &Snapshot, all: &[Learned<'_>]) {
    let ctx = ui.ctx().clone();
    let (t, scale) = (theme::tokens(&ctx), theme::scale(&ctx));
    let (response, painter) = ui.allocate_painter(ui.available_size(), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, spoken(all)));
    let rect = response.rect;
    let Some(first) = all.first() else {
        let words = "No run predicts values at random in a world small enough to be solved.";
        let words = text::elided(&painter, words, theme::body(&ctx), t.text_weak, rect.width());
        text::place(&painter, &words, rect.left_top(), Align2::LEFT_TOP);
        return;
    };
    // In a narrow panel the curves have the room, and the numbers stand alone.
    let narrow = rect.width() < 460.0 * scale;
    let labels = if narrow { 118.0 } else { 230.0 } * scale;
    let inner = Rect::from_min_max(
        rect.min + vec2(52.0, 8.0) * scale,
        rect.max - vec2(labels, 30.0 * scale),
    );
    let field = Field::new(inner, all);
    let table = first.run.lane.view.table.as_ref();
    axes(&painter, &field, s, &open_states(s, table.map_or(0, |t| t.states())));
    let truth = field.line(&first.truth);
    let end = truth[truth.len() - 1];
    painter.line(truth, Stroke::new(1.2, t.text));
    let truth = if narrow { "truth" } else { "true values" };
    let mut seats = vec![(truth.to_owned(), None, end.y)];
    for l in all {
        let line = field.line(&l.values);
        let ink = t.run(l.index);
        line.iter().for_each(|&at| {
            painter.circle_filled(at, 4.0 * scale, ink);
        });
        let off = if narrow { "" } else { "off by " };
        seats.push((format!("{off}{:.3}", l.error()), Some(l.index), line[line.len() - 1].y));
        painter.line(line, Stroke::new(2.6, ink));
    }
    labels_beside(&painter, (inner.right() + 14.0 * scale, inner.y_range()), seats);
    let note = if narrow { "off by (RMS)" } else { "root mean square, seed on screen" };
    let note = text::elided(&painter, note, theme::small(&ctx), t.text_weak, labels - 20.0 * scale);
    text::place(&painter, &note, rect.right_bottom(), Align2::RIGHT_BOTTOM);
}

/// Words beside the ends of their lines, moved until none covers another or lies too low.
fn labels_beside(
    painter: &Painter,
    (left, high): (f32, Rangef),
    mut seats: Vec<(String, Option<usize>, f32)>,
) {
    let ctx = painter.ctx();
    let (t, scale) = (theme::tokens(ctx), theme::scale(ctx));
    seats.sort_by(|a, b| a.2.total_cmp(&b.2));
    let line = (26.0 * scale).min(high.span() / seats.len() as f32);
    let mut free = high.min;
    for (_, _, y) in &mut seats {
        *y = y.max(free);
        free = *y + line;
    }
    let mut free = high.max - 8.0 * scale;
    for (_, _, y) in seats.iter_mut().rev() {
        *y = y.min(free);
        free = *y - line;
    }
    for (words, run, y) in seats {
        let mut x = left;
        if let Some(run) = run {
            let center = pos2(x + badge::SIDE * scale / 2.0, y);
            x = badge::paint(painter, center, run).right() + 8.0 * scale;
        }
        let (font, ink) = match run {
            Some(_) => (theme::number(ctx), t.text_strong),
            None => (theme::tick_strong(ctx), t.text),
        };
        let words = text::line(painter, &words, font, ink);
        text::place(painter, &words, pos2(x, y), Align2::LEFT_CENTER);
    }
}

fn spoken(all: &[Learned<'_>]) -> String {
    let one = |l: &Learned<'_>| {
        format!("{} {}: off by {:.3} in the mean", l.run.letter, l.run.name, l.error())
    };
    match all.is_empty() {
        true => "No values to compare".to_owned(),
        false => all.iter().map(one).collect::<Vec<_>>().join("; "),
    }
}

impl Panel for Values {
    fn title(&self) -> &'static str {
        "Values against the truth"
    }

    fn question(&self) -> &'static str {
        "How far off is each state's value at random?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        let all = self.learned(cx.snapshot);
        let words = self.clone();
        framed(&words, PanelId::Values, ui, cx, |ui, cx| draw(ui, cx.snapshot, &all));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        spoken(&self.clone().learned(snapshot)).replace("; ", "\n")
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,state,value,truth\n".to_owned();
        for l in self.clone().learned(snapshot) {
            let states = l.run.lane.view.table.as_ref().map_or(0, |t| t.states());
            let open = open_states(snapshot, states);
            for ((state, value), truth) in open.iter().zip(&l.values).zip(&l.truth) {
                csv += &format!("{},{state},{value},{truth}\n", l.run.letter);
            }
        }
        csv
    }
}
