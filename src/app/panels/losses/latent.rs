//! The losses of a learner with a latent model: the parts that add up to what is trained, which of
//! them act on its latent states, and what they do to each network.

use egui::{Align2, Color32, Painter, Pos2, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use crate::app::panels::plot::{Ends, Field};
use crate::app::panels::searching::blocks;
use crate::app::theme::{self, Tokens};
use crate::app::widgets::formula::Formula;
use crate::app::widgets::{badge, dashes, meter, text};
use crate::app::words::value;
use crate::experiment::snapshot::{RunSnapshot, Snapshot};
use crate::probes::latent_losses::{
    METERED, MuZeroView, PARTS, Stretch, Update, imagined_name, imagined_terms,
};

/// What batches tell numbers of.
const TAUGHT: [&str; 5] = ["reward", "value", "policy", "latent state", "what was seen"];
/// Sizes in points before the text scale: a line, names, numbers, least height of the course.
const LINE: f32 = 24.0;
const NAMES: f32 = 124.0;
const NUMBERS: f32 = 76.0;
const COURSE: f32 = 130.0;

/// A run with a latent model.
pub struct Subject<'a> {
    pub index: usize,
    pub run: &'a RunSnapshot,
    view: &'a MuZeroView,
}

impl<'a> Subject<'a> {
    /// Run `index`, if it has one.
    pub fn of(s: &'a Snapshot, index: usize) -> Option<Self> {
        let run = s.runs.get(index)?;
        Some(Self { index, run, view: run.lane.view.muzero.as_deref()? })
    }

    fn last(&self) -> &Update {
        &self.view.last
    }

    pub fn has_learned(&self) -> bool {
        self.view.course.updates() > 0
    }

    /// `acts on the latent state: reward, value, policy`.
    fn acting(&self) -> String {
        let all = self.last().config.on_latent();
        let all = if all.is_empty() { "nothing".to_owned() } else { all.join(", ") };
        format!("acts on the latent state: {all}")
    }

    /// `numbers taught a real step: reward 5, value 6`.
    fn taught(&self) -> String {
        let steps = self.run.lane.counters.env_steps.max(1) as f64;
        let named = TAUGHT.iter().zip(self.view.course.taught()).filter(|(_, count)| *count > 0);
        let each = named.map(|(name, count)| format!("{name} {:.0}", count as f64 / steps));
        format!("numbers taught a real step: {}", each.collect::<Vec<_>>().join(", "))
    }

    pub fn text(&self) -> String {
        let (letter, name, last) = (self.run.letter, &self.run.name, self.last());
        let mut text = format!("{letter} {name}: {}\n", self.acting());
        let parts = PARTS.iter().zip(last.weighed()).filter(|(_, loss)| *loss != 0.0);
        let parts: Vec<String> =
            parts.map(|(part, loss)| format!("{part} {}", value(loss))).collect();
        let total = value(last.total());
        text += &format!("loss {total} after {} updates: ", self.view.course.updates());
        text += &format!("{}\n", parts.join(" + "));
        if let Some(imagined) = imagined_name(last) {
            let (terms, policy) = imagined_terms(last);
            let terms: Vec<String> = terms.into_iter().map(value).collect();
            text += &format!("imagined ({imagined}): {}", terms.join(" + "));
            text += &if policy == 0.0 {
                "\n".to_owned()
            } else {
                format!(", policy {}\n", value(policy))
            };
        }
        text += &format!("{}\n", self.taught());
        for (name, [real, imagined, moved]) in rows(last) {
            let [real, imagined, moved] = [real, imagined, moved].map(value);
            text += &format!("{name}: gradient {real} real, {imagined} imagined; moved {moved}\n");
        }
        text
    }

    pub fn data(&self) -> String {
        let (letter, last) = (self.run.letter, self.last());
        let mut csv = "run,update,what,of,number\n".to_owned();
        let mut row = |update: u64, what: &str, of: &str, number: f64| {
            csv += &format!("{letter},{update},{what},{of},{number}\n");
        };
        let now = self.view.course.updates();
        for (part, loss) in PARTS.iter().zip(last.weighed()) {
            row(now, "loss", part, loss);
        }
        row(now, "loss", "total", last.total());
        let (terms, policy) = imagined_terms(last);
        for (k, term) in terms.into_iter().enumerate() {
            row(now, "imagined", &format!("k = {k}"), term);
        }
        row(now, "imagined", "policy", policy);
        for stretch in self.view.course.stretches() {
            row(stretch.last, "real loss, mean", "all", stretch.losses[0]);
            row(stretch.last, "imagined loss, mean", "all", stretch.losses[1]);
            let meters = &stretch.meters;
            for (at, name) in METERED.iter().enumerate() {
                row(stretch.last, "real gradient, mean", name, meters.grounded[at]);
                row(stretch.last, "imagined gradient, mean", name, meters.imagined[at]);
                row(stretch.last, "moved, mean", name, meters.moved[at]);
            }
        }
        csv
    }
}

/// Name of each network, its gradient by real and by imagined loss, and how far it moved.
fn rows(update: &Update) -> impl Iterator<Item = (&'static str, [f64; 3])> {
    let m = update.meters;
    let of = move |at: usize| [m.grounded[at], m.imagined[at], m.moved[at]];
    METERED.into_iter().enumerate().map(move |(at, name)| (name, of(at)))
}

/// Draws everything there is room for: the course goes first, then the networks.
pub fn draw(ui: &mut Ui, subject: &Subject<'_>) {
    let points = theme::scale(ui.ctx());
    let table = LINE * 7.4 * points;
    let head = LINE * 3.6 * points;
    let room = ui.available_height();
    let networks = room >= head + table;
    let high = if networks { head + table } else { head };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), high), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, subject.text()));
    let painter = ui.painter().clone();
    heading(&painter, rect, subject);
    if networks {
        let below = rect.with_min_y(rect.top() + head);
        meters(&painter, below, subject.last());
        let t = theme::tokens(ui.ctx());
        let words = text::elided(
            &painter,
            &subject.taught(),
            theme::small(ui.ctx()),
            t.text_weak,
            rect.width(),
        );
        text::place(&painter, &words, below.left_bottom(), Align2::LEFT_BOTTOM);
    }
    if room - high > COURSE * points {
        course(ui, subject);
    }
}

/// Which losses act on the latent state, and the sum in numbers and as a bar.
fn heading(painter: &Painter, rect: Rect, subject: &Subject<'_>) {
    let (t, points) = (theme::tokens(painter.ctx()), theme::scale(painter.ctx()));
    let small = theme::small(painter.ctx());
    let center = rect.left_top() + vec2(11.0, 11.0) * points;
    let mark = badge::paint(painter, center, subject.index);
    let room = rect.right() - mark.right() - 10.0;
    let words = text::elided(painter, &subject.acting(), small.clone(), t.text, room);
    text::place(painter, &words, mark.right_center() + vec2(8.0, 0.0), Align2::LEFT_CENTER);
    let last = subject.last();
    let at = rect.left_top() + vec2(0.0, 1.9 * LINE * points);
    let (terms, _) = imagined_terms(last);
    let mut shown = terms.len();
    let mut line = sum(&t, last, shown);
    while shown > 1 && line.width(painter) > rect.width() {
        shown -= 1;
        line = sum(&t, last, shown);
    }
    line.paint(painter, at);
    let bar = Rect::from_min_size(
        pos2(rect.left(), at.y + 0.45 * LINE * points),
        vec2(rect.width(), 6.0 * points),
    );
    let [real @ .., imagined] = last.weighed();
    let count = |part: f64| (1e6 * part.max(0.0) / last.total().abs().max(1e-300)) as u64;
    meter::paint(painter, bar, count(real.iter().sum()), count(imagined));
    let parts = PARTS.iter().zip(real).filter(|(_, loss)| *loss != 0.0);
    let parts: Vec<String> = parts.map(|(part, loss)| format!("{part} {}", value(loss))).collect();
    let below = bar.bottom() + 3.0;
    let words = format!("real: {}", parts.join(" + "));
    let words = text::elided(painter, &words, small.clone(), t.real_text, 0.66 * rect.width());
    let right = text::place(painter, &words, pos2(rect.left(), below), Align2::LEFT_TOP).right();
    let words = match imagined_name(last) {
        Some(name) => format!("imagined: {name} {}", value(imagined)),
        None => "nothing imagined but in searches".to_owned(),
    };
    let words = text::elided(painter, &words, small, t.imagined_text, rect.right() - right - 16.0);
    text::place(painter, &words, pos2(right + 16.0, below), Align2::LEFT_TOP);
}

/// `L = w (..) + beta (t_0 + t_1 + ..) = total`; the terms as they are before their weight.
fn sum(t: &Tokens, last: &Update, shown: usize) -> Formula {
    let f = Formula::new(t.text_strong).math("L").gap(5.0).math("=").gap(5.0).ink(t.real_text);
    let f = f.number(&value(last.w)).gap(2.0).math("·").gap(2.0);
    let mut f = f.number(&value(last.losses.sum()));
    if let Some(dreamed) = &last.dreamed {
        f = f.gap(5.0).ink(t.text_strong).math("+").gap(5.0).ink(t.imagined_text);
        f = f.number(&value(last.beta)).gap(2.0).math("·").gap(2.0).math("(");
        for (k, term) in dreamed.terms.iter().take(shown).enumerate() {
            f = if k > 0 { f.gap(4.0).math("+").gap(4.0) } else { f };
            f = f.number(&value(*term));
        }
        f = if shown < dreamed.terms.len() { f.gap(4.0).math("+ …") } else { f };
        if dreamed.policy != 0.0 {
            f = f.gap(4.0).math("+").gap(4.0).number(&value(dreamed.policy)).below("p");
        }
        f = f.math(")");
    }
    f.gap(5.0).ink(t.text_strong).math("=").gap(5.0).number(&value(last.total()))
}

/// Each network: filled where a loss trains it, how long both gradients are, how far it moved.
fn meters(painter: &Painter, rect: Rect, last: &Update) {
    let (t, points) = (theme::tokens(painter.ctx()), theme::scale(painter.ctx()));
    let small = theme::small(painter.ctx());
    let line = LINE * points;
    let left = rect.left() + NAMES * points;
    let [first, second, third] =
        [3.0, 2.0, 1.0].map(|n| rect.right() - (n - 1.0) * NUMBERS * points);
    let full = first - NUMBERS * points - 12.0 * points - left;
    let most = rows(last).flat_map(|(_, [a, b, _])| [a, b]).fold(1e-12, f64::max);
    let say = |words: &str, at: Pos2, anchor: Align2, ink: Color32| {
        let room = (NUMBERS - 6.0) * points;
        let words = text::elided(painter, words, small.clone(), ink, room.max(full));
        text::place(painter, &words, at, anchor);
    };
    let y = rect.top() + 0.5 * line;
    say("length of the gradient, as weighed", pos2(left, y), Align2::LEFT_CENTER, t.text_weak);
    for (x, words, ink) in [
        (first, "real", t.real_text),
        (second, "imagined", t.imagined_text),
        (third, "moved", t.text),
    ] {
        say(words, pos2(x, y), Align2::RIGHT_CENTER, ink);
    }
    for (place, (name, [real, imagined, moved])) in rows(last).enumerate() {
        let y = rect.top() + (place as f32 + 1.6) * line;
        let seat = Rect::from_min_max(
            pos2(rect.left(), y - 0.42 * line),
            pos2(left - 10.0 * points, y + 0.42 * line),
        );
        block(painter, seat, name, [real > 0.0, imagined > 0.0]);
        let bar = |share: f64| left + full.max(8.0) * (share / most) as f32;
        if real > 0.0 {
            let solid = Rect::from_min_max(
                pos2(left, y - 0.3 * line),
                pos2(bar(real).max(left + 2.0), y - 0.04 * line),
            );
            painter.rect_filled(solid, 2, t.real);
        }
        if imagined > 0.0 {
            blocks(painter, pos2(left, y + 0.2 * line), bar(imagined), 0.26 * line);
        }
        let number = |x: f32, number: f64, ink: Color32| {
            let ink = if number == 0.0 { t.text_weak } else { ink };
            let font = theme::code_medium(painter.ctx());
            let words = text::line(painter, &value(number), font, ink);
            text::place(painter, &words, pos2(x, y), Align2::RIGHT_CENTER);
        };
        number(first, real, t.real_text);
        number(second, imagined, t.imagined_text);
        number(third, moved, t.text);
    }
}

/// A network as a box: its left half filled where real steps train it, its right half where
/// imagination does.
fn block(painter: &Painter, seat: Rect, name: &str, [real, imagined]: [bool; 2]) {
    let t = theme::tokens(painter.ctx());
    let middle = seat.center().x;
    if real {
        painter.rect_filled(seat.with_max_x(middle), 4, t.real_faint);
    }
    if imagined {
        painter.rect_filled(seat.with_min_x(middle), 4, t.imagined_faint);
    }
    let stroke = Stroke::new(1.2, if imagined { t.imagined } else { t.stroke_strong });
    match imagined {
        true => dashes::paint_box(painter, seat, egui::CornerRadius::same(4), stroke),
        false => {
            painter.rect_stroke(seat, 4, stroke, egui::StrokeKind::Inside);
        }
    }
    let font = theme::small(painter.ctx());
    let words = text::elided(painter, name, font, t.text_strong, seat.width() - 6.0);
    text::place(painter, &words, seat.center(), Align2::CENTER_CENTER);
}

/// Both losses over all updates.
fn course(ui: &mut Ui, subject: &Subject<'_>) {
    let t = theme::tokens(ui.ctx());
    let all: Vec<&Stretch> = subject.view.course.stretches().collect();
    let last = all.last().map_or(1.0, |s| s.last as f64);
    let x = Ends { low: 0.0, high: last.max(1.0), log: false };
    let y = Ends::over(all.iter().flat_map(|s| s.losses));
    let words = ["real", "imagined"];
    let field = Field::before(
        ui,
        (x, "updates"),
        (y, "loss as weighed, means of updates"),
        "Real and imagined loss over the updates",
        &words,
    );
    let path = |of: usize| field.path(all.iter().map(|s| [s.last as f64, s.losses[of]]));
    let (real, imagined) = (path(0), path(1));
    field.painter.line(real.clone(), Stroke::new(2.0, t.real));
    let mut ends: Vec<(Pos2, &str, Color32)> = Vec::new();
    ends.extend(real.last().map(|at| (*at, words[0], t.real_text)));
    if all.iter().any(|s| s.losses[1] != 0.0) {
        let stroke = Stroke::new(2.0, t.imagined);
        dashes::paint(&field.painter, &imagined, stroke, dashes::ON, dashes::OFF);
        ends.extend(imagined.last().map(|at| (*at, words[1], t.imagined_text)));
    }
    field.ends(&ends);
}
