//! Value expansion: the parts of one state's target, how wrong every horizon is, and where which
//! horizon is best.

mod bars;
mod map;

use std::borrow::Cow;
use std::sync::Arc;

use egui::{Align2, Rect, Stroke, Ui, UiBuilder, WidgetInfo, vec2};

use super::asked::Asked;
use super::plot::{Ends, Field};
use super::{Cx, Panel, PanelId, framed, weak};
use crate::app::theme;
use crate::app::widgets::segmented::segmented;
use crate::app::widgets::{badge, text};
use crate::app::words::minus;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::mdp::physical::{Body, Dimension};
use crate::probes::expansion::{Expansion, ExpansionView, MOST, SteeredView, Sweep};
use map::Map;

/// Seconds between two answers while time passes beside the window.
const EVERY: f64 = 0.25;
/// Least width of a part where all three stand side by side, in points before the text scale.
const LEAST: f32 = 240.0;
/// Cells of the map.
const CELLS: [usize; 2] = [18, 15];
/// What can be shown where there is room for one.
const PARTS: [&str; 3] = ["parts", "error", "best H"];

/// A learner at one moment, and a state.
#[derive(Clone, PartialEq)]
struct Question {
    run: usize,
    view: Arc<SteeredView>,
    place: [f64; 2],
}

impl Question {
    fn answer(&self) -> Option<Expansion> {
        Expansion::of(&self.view, &Body::new(&self.place))
    }
}

/// The panel.
#[derive(Clone, Default)]
pub struct MveStack {
    /// The state a person chose; else the one the run is in.
    place: Option<[f64; 2]>,
    /// Which of [`PARTS`].
    part: usize,
    /// The selected run.
    run: usize,
    one: Asked<Question, Option<Expansion>>,
    all: Asked<(usize, Arc<SteeredView>), Option<Sweep>>,
}

/// A run that expands values.
struct Subject<'a> {
    index: usize,
    run: &'a RunSnapshot,
    view: &'a Arc<SteeredView>,
    how: &'a ExpansionView,
    numbers: [&'static Dimension; 2],
}

/// The selected run if it expands values, else the first one that does.
fn subject(s: &Snapshot, selected: usize) -> Option<Subject<'_>> {
    let of = |index: usize| {
        let run = s.runs.get(index)?;
        let view = run.lane.view.steered.as_ref()?;
        let [first, second] = view.oracle.dimensions() else {
            return None;
        };
        let numbers = [first, second];
        Some(Subject { index, run, view, how: view.expansion.as_ref()?, numbers })
    };
    of(selected).or_else(|| (0..s.runs.len()).find_map(of))
}

impl Subject<'_> {
    /// Whether a learner of that run is this one, now or a little earlier.
    fn is(&self, run: usize, view: &SteeredView) -> bool {
        run == self.index && Arc::ptr_eq(&view.oracle, &self.view.oracle)
    }

    /// Where the run is now.
    fn here(&self) -> [f64; 2] {
        let wrapped = |index: usize, x: f64| super::body_tile::shown(self.numbers[index], x);
        self.run.lane.path.now().map_or([0.0; 2], |b| [wrapped(0, b[0]), wrapped(1, b[1])])
    }

    fn question(&self, place: Option<[f64; 2]>) -> Question {
        let place = place.unwrap_or_else(|| self.here());
        Question { run: self.index, view: self.view.clone(), place }
    }

    /// A place in words.
    fn place(&self, at: [f64; 2]) -> String {
        let number = |i: usize| {
            let d = self.numbers[i];
            format!("{} {} {}", d.name, short(at[i]), d.unit)
        };
        format!("{}, {}", number(0), number(1))
    }

    /// What the parts of an expansion add up to.
    fn told(&self, found: &Expansion) -> String {
        let stack = found.stack(self.how.horizon);
        // Without imagined steps the share may be -0.
        let model = 100.0 * stack.share_of_model().unwrap_or(0.0) + 0.0;
        format!(
            "H = {}: model {:.0} %, critic {:.0} %; adds up to {}, true {}",
            self.how.horizon,
            model,
            100.0 - model,
            short(stack.value()),
            short(found.truth)
        )
    }
}

/// One digit after the point, or two where the number is small.
fn short(x: f64) -> String {
    let text = if x.abs() < 10.0 { format!("{x:.2}") } else { format!("{x:.1}") };
    minus(&text)
}

/// The next number away from 0 with two digits: an end of an axis that can be read.
fn outward(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    let unit = 10_f64.powf(x.abs().log10().floor() - 1.0);
    (x.abs() / unit).ceil() * unit * x.signum()
}

impl MveStack {
    /// What was found of a state of this run, now or a little earlier.
    fn known_one(&self, subject: &Subject<'_>) -> Option<&(Question, Option<Expansion>)> {
        self.one.known().filter(|(q, _)| subject.is(q.run, &q.view))
    }

    /// The same of all states.
    fn known_all(&self, subject: &Subject<'_>) -> Option<&Option<Sweep>> {
        self.all.known().filter(|((run, view), _)| subject.is(*run, view)).map(|(_, found)| found)
    }

    /// The state that is drawn and its parts, computed only where nothing was drawn yet.
    fn one(&self, subject: &Subject<'_>) -> Option<([f64; 2], Cow<'_, Expansion>)> {
        match self.known_one(subject) {
            Some((question, found)) => Some((question.place, Cow::Borrowed(found.as_ref()?))),
            None => {
                let question = subject.question(self.place);
                Some((question.place, Cow::Owned(question.answer()?)))
            }
        }
    }

    /// The same of all states.
    fn all(&self, subject: &Subject<'_>) -> Option<Cow<'_, Sweep>> {
        match self.known_all(subject) {
            Some(found) => found.as_ref().map(Cow::Borrowed),
            None => Sweep::of(subject.view, CELLS).map(Cow::Owned),
        }
    }

    fn draw(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        self.run = cx.view.run;
        let Some(subject) = subject(cx.snapshot, self.run) else {
            return weak(ui, "Needs a run of 'MVE' in a world like the pendulum.");
        };
        let pace = if cx.snapshot.playing && !cx.view.at_once() { EVERY } else { 0.0 };
        let context = (ui.ctx(), cx.view);
        let question = subject.question(self.place);
        self.one.ask(context, &question, pace, Question::answer);
        let learner = (subject.index, subject.view.clone());
        self.all.ask(context, &learner, pace, |(_, view)| Sweep::of(view, CELLS));
        let (one, all) = (self.known_one(&subject), self.known_all(&subject));
        let (Some(one), Some(all)) = (one.cloned(), all.cloned()) else {
            return weak(ui, "The expansions are being computed.");
        };
        let (Some(expansion), Some(sweep)) = (one.1, all) else {
            return weak(ui, "Needs a world whose state is two numbers.");
        };
        self.head(ui, &subject, one.0.place, &expansion);
        self.parts(ui, cx, &subject, (one.0.place, &expansion), &sweep);
    }

    /// Whose state, which one, and what its parts add up to.
    fn head(&self, ui: &mut Ui, subject: &Subject<'_>, place: [f64; 2], found: &Expansion) {
        let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
        let size = vec2(ui.available_width(), 24.0 * points);
        let (rect, response) = ui.allocate_exact_size(size, egui::Sense::hover());
        let chosen = if self.place.is_some() { "chosen" } else { "now" };
        let told = subject.told(found);
        let words = format!("{chosen}: {}   {told}", subject.place(place));
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &words));
        let center = rect.left_center() + vec2(11.0 * points, 0.0);
        let mark = badge::paint(ui.painter(), center, subject.index);
        let room = rect.right() - mark.right() - 10.0;
        let font = theme::small(ui.ctx());
        let line = text::fitted(ui.painter(), &[&words, &told], &font, t.text, room);
        let at = mark.right_center() + vec2(8.0, 0.0);
        text::place(ui.painter(), &line, at, Align2::LEFT_CENTER);
    }

    fn parts(
        &mut self,
        ui: &mut Ui,
        cx: &Cx<'_>,
        subject: &Subject<'_>,
        (place, found): ([f64; 2], &Expansion),
        sweep: &Sweep,
    ) {
        let points = theme::scale(ui.ctx());
        let fits = ui.available_width() >= 3.0 * LEAST * points;
        let bare = cx.view.still || cx.view.lecture;
        if !fits && !bare {
            segmented(ui, "Part shown", &PARTS, &mut self.part);
        }
        let shown = if fits { vec![0, 1, 2] } else { vec![self.part] };
        let room = ui.available_rect_before_wrap();
        let wide = room.width() / shown.len() as f32;
        for (seat, part) in shown.into_iter().enumerate() {
            let corner = room.min + vec2(seat as f32 * wide, 0.0);
            let rect = Rect::from_min_size(corner, vec2(wide - 10.0, room.height()));
            let salt = ("part of the expansion", part);
            let mut child = ui.new_child(UiBuilder::new().id_salt(salt).max_rect(rect));
            match part {
                0 => bars::ui(&mut child, found, subject.how.horizon),
                1 => errors(&mut child, found, sweep, subject.how),
                _ => {
                    let map = Map { subject, sweep, place };
                    map.ui(&mut child, rect, &mut self.place);
                }
            }
        }
        ui.advance_cursor_after_rect(room);
    }
}

/// How wrong every horizon is: all states, and the one chosen.
fn errors(ui: &mut Ui, found: &Expansion, sweep: &Sweep, how: &ExpansionView) {
    let one: Vec<f64> = found.errors().iter().map(|error| error.abs()).collect();
    let x = Ends { low: 0.0, high: MOST as f64, log: false };
    let high = sweep.errors.iter().chain(&one).copied().filter(|e| e.is_finite());
    let y = Ends { low: 0.0, high: outward(high.fold(1e-6, f64::max)), log: false };
    let field = Field::new(
        ui,
        (x, "horizon H, imagined steps"),
        (y, "error, in rewards"),
        "Error against the horizon",
    );
    let path = |errors: &[f64], from: usize, to: usize| {
        field.path((from..=to).map(|h| [h as f64, errors[h]]))
    };
    let (t, horizon) = (field.t, how.horizon.min(MOST));
    field.painter.line(path(&one, 0, MOST), Stroke::new(1.2, t.text_weak));
    // Beyond the horizon nothing is imagined.
    field.painter.line(path(&sweep.errors, horizon, MOST), Stroke::new(2.6, t.stroke_strong));
    field.painter.line(path(&sweep.errors, 0, horizon), Stroke::new(2.6, t.text_strong));
    let best = sweep.sweet_spot();
    if best == horizon {
        field.mark(best as f64, 0, &format!("H = {horizon}, the best"), t.text_strong);
    } else {
        field.mark(horizon as f64, 0, &format!("H = {horizon}"), t.text_strong);
        field.mark(best as f64, 1, &format!("best {best}"), t.text_weak);
    }
    field.note("thick: all states, thin: this one");
}

impl Panel for MveStack {
    fn title(&self) -> &'static str {
        "Value expansion"
    }

    fn question(&self) -> &'static str {
        "How far may a target trust the model?"
    }

    fn ui(&mut self, ui: &mut Ui, cx: &mut Cx<'_>) {
        // The frame needs the panel's words while the picture changes what it remembers.
        let words = self.clone();
        framed(&words, PanelId::MveStack, ui, cx, |ui, cx| self.draw(ui, cx));
    }

    fn text(&self, snapshot: &Snapshot) -> String {
        let subject = subject(snapshot, self.run);
        let found = subject.and_then(|subject| Some((self.one(&subject)?, subject)));
        let Some(((place, found), subject)) = found else {
            return "no run expands values\n".to_owned();
        };
        let errors = found.errors();
        let of = |h: usize| format!("{h}: {}", short(errors[h]));
        let listed: Vec<String> = [0, 1, 2, 3, 5, 10, 20].into_iter().map(of).collect();
        format!(
            "{} {} at {}: {}; error by horizon {}; {} imagined steps kept, real steps {} old on \
             average, importance weight 1\n",
            subject.run.letter,
            subject.run.name,
            subject.place(place),
            subject.told(&found),
            listed.join(", "),
            subject.how.kept,
            short(subject.how.age)
        )
    }

    fn data(&self, snapshot: &Snapshot) -> String {
        let mut csv = "run,horizon,model,critic,sum,truth,rms_error\n".to_owned();
        let Some(subject) = subject(snapshot, self.run) else {
            return csv;
        };
        let Some(((_, found), sweep)) = self.one(&subject).zip(self.all(&subject)) else {
            return csv;
        };
        for horizon in 0..=MOST {
            let stack = found.stack(horizon);
            let near: f64 = stack.near.iter().sum();
            let (far, sum, truth) = (stack.far, stack.value(), found.truth);
            let (letter, error) = (subject.run.letter, sweep.errors[horizon]);
            csv += &format!("{letter},{horizon},{near},{far},{sum},{truth},{error}\n");
        }
        csv
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_axes_end_outwards() {
        assert_eq!([short(-4.1234), short(123.456), short(0.0)], ["−4.12", "123.5", "0.00"]);
        for (x, end) in [(-183.2, -190.0), (0.0, 0.0), (91.2, 92.0), (0.034, 0.034)] {
            assert!((outward(x) - end).abs() < 1e-9, "{x} ends at {}", outward(x));
        }
        assert!(outward(-0.0123) <= -0.0123);
    }
}
