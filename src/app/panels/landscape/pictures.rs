//! The four pictures: a head with the formula, the surface, and what became of the ball.

use egui::{Align2, Color32, Id, Pos2, Rect, Role, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::race::{Row, Verdict};
use super::scenes::{Ground, Rolling};
use super::settings::{Settings, name};
use super::sheet::letter;
use super::tiles::Tile;
use crate::app::theme::{self, Tokens};
use crate::app::widgets::formula::Formula;
use crate::app::widgets::text;
use crate::app::words::value;
use crate::gfx;
use crate::probes::landscape::{Loss, Roll, Valued};

/// Height of a picture from which on a sentence has room, in points before the text scale.
const TALL: f32 = 200.0;
/// Width of a picture below which its ball has a line of its own, before the text scale.
const NARROW: f32 = 330.0;
/// Heights of the lines above a picture, before the text scale: title, then ball or sentence.
const LINES: [f32; 3] = [26.0, 26.0, 18.0];

/// Height of the words above a picture in this seat.
fn head(seat: Rect, points: f32) -> f32 {
    let more = match (seat.width() < NARROW * points, seat.height() >= TALL * points) {
        (true, _) => LINES[1],
        (false, true) => LINES[2],
        (false, false) => 0.0,
    };
    (LINES[0] + more) * points
}

/// Whether pictures that stand in seats like this one have no words round them.
pub fn are_bare(seat: Rect, points: f32) -> bool {
    !gfx::has_words(seat.size() - vec2(0.0, head(seat, points)), points)
}

/// What hands did to a picture.
#[derive(Default)]
pub struct Done {
    /// 0 the cross, 1 the prediction, and where it should be.
    pub dragged: Option<(usize, [f64; 2])>,
    /// The place under the pointer.
    pub pointed: Option<[f64; 2]>,
}

/// Marks the place that lies under the pointer in another picture.
pub fn dot(ui: &Ui, within: Rect, at: Pos2) {
    let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    let painter = ui.painter().with_clip_rect(within);
    painter.circle_stroke(at, 6.0 * points, Stroke::new(4.0, t.casing));
    painter.circle_stroke(at, 6.0 * points, Stroke::new(2.0, t.text_strong));
}

/// One picture.
pub struct Picture<'a> {
    /// What lies on its ground.
    pub ground: &'a Ground<'a>,
    /// Its field.
    pub tile: &'a Tile,
    /// Its ball.
    pub ball: Option<(&'a Row, &'a Roll)>,
    /// The balls are held.
    pub held: bool,
    /// Nobody can touch it.
    pub still: bool,
}

fn title(loss: Option<Loss>) -> &'static str {
    loss.map_or("Value", name)
}

/// What a picture shows, in letters.
pub fn formula(loss: Option<Loss>, ink: Color32) -> Formula {
    let f = Formula::new(ink);
    match loss {
        None => f.math("V(s)"),
        Some(Loss::Squared) => f.math("‖").hat("s").math(" − s′‖").above("2"),
        Some(Loss::Vaml) => f.math("(V(").hat("s").math(") − V(s′))").above("2"),
        Some(Loss::Vagram) => f
            .math("Σ")
            .below("d")
            .math(" (∂")
            .below("d")
            .math("V(s′) (")
            .hat("s")
            .math(" − s′)")
            .below("d")
            .math(")")
            .above("2"),
        Some(Loss::VagramUnbounded) => f.math("(∇V(s′) · (").hat("s").math(" − s′))").above("2"),
    }
}

/// What to look at, in a sentence.
fn says(loss: Option<Loss>) -> &'static str {
    match loss {
        None => "What planning will use. White: as good as the true next state.",
        Some(Loss::Squared) => "A bowl. It knows nothing of the value.",
        Some(Loss::Vaml) => "A gorge along the level line: all of it looks solved.",
        Some(Loss::Vagram) => "A bowl again, as narrow as each number matters.",
        Some(Loss::VagramUnbounded) => "A trough: along it errors cancel out.",
    }
}

impl Picture<'_> {
    /// Draws it into `rect`.
    pub fn ui(&self, ui: &mut Ui, rect: Rect, settings: &mut Settings, done: &mut Done) {
        let body = self.head(ui, rect, settings.camera.flat);
        let scene = self
            .ground
            .scene(self.tile, self.ball.map(|(row, roll)| Rolling { row, roll, held: self.held }));
        let style = theme::solid(ui.ctx(), self.still);
        let mut child =
            ui.new_child(UiBuilder::new().id_salt(title(self.tile.loss)).max_rect(body));
        let id = Id::unique(("landscape", self.tile.loss.map(Loss::index)));
        let spoken = self.spoken();
        let shown =
            gfx::show(&mut child, (&style, &spoken), id, &scene, &mut settings.camera, body.size());
        self.count(ui, rect, settings.camera.flat);
        if let Some((cross, at)) = shown.dragged {
            done.dragged = Some((cross, at.map(f64::from)));
        }
        if self.still {
            return;
        }
        if let Some(at) = settings.pointed.and_then(|at| self.ground.shown(at)) {
            dot(ui, body, shown.project(&scene, scene.on_field(at)));
        }
        let hover = shown.response.hover_pos().and_then(|at| shown.pick(&scene, at));
        done.pointed = hover.map(|at| at.map(f64::from)).or(done.pointed);
    }

    /// Title, formula and ball; what to look at and what is not on the scale. Returns what is left.
    fn head(&self, ui: &Ui, rect: Rect, flat: bool) -> Rect {
        let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
        let narrow = rect.width() < NARROW * points;
        let painter = ui.painter().with_clip_rect(rect);
        let strong = theme::body_strong(ui.ctx());
        let line = text::line(&painter, title(self.tile.loss), strong, t.text_strong);
        let baseline = rect.top() + 18.0 * points;
        let seat = text::place_on(&painter, &line, rect.left() + 2.0, baseline);
        let after = formula(self.tile.loss, t.text_weak);
        let (at, right) = (seat.right() + 12.0 * points, rect.right() - 4.0);
        let (ball, ink) = self.ball(&t);
        let ball = text::line(&painter, &ball, theme::body(ui.ctx()), ink);
        let lead = if self.ball.is_some() { 28.0 * points } else { 0.0 };
        let taken = if narrow { 0.0 } else { lead + ball.size().x };
        if at + after.width(&painter) < right - taken {
            after.paint(&painter, pos2(at, baseline));
        }
        let (x, below) = match (narrow, self.ball) {
            (true, Some(_)) => (rect.left() + 17.0 * points, LINES[1] * points),
            (true, None) => (rect.left() + 2.0, LINES[1] * points),
            (false, _) => (right - ball.size().x, 0.0),
        };
        let seat = text::place_on(&painter, &ball, x, baseline + below);
        if self.ball.is_some() {
            let dot = seat.left_center() - vec2(10.0 * points, 0.0);
            painter.circle_filled(dot, 4.5 * points, t.imagined);
        }
        let small = theme::small(ui.ctx());
        let off = text::line(&painter, &self.off(flat), small.clone(), t.text_weak);
        if !narrow && rect.height() >= TALL * points {
            let top = rect.top() + LINES[0] * points;
            let room = rect.width() - off.size().x - 20.0;
            let line = text::elided(&painter, says(self.tile.loss), small, t.text_weak, room);
            text::place(&painter, &line, pos2(rect.left() + 2.0, top), Align2::LEFT_TOP);
            text::place(&painter, &off, pos2(right, top), Align2::RIGHT_TOP);
        }
        let top = rect.top() + head(rect, points);
        Rect::from_min_max(pos2(rect.left(), top), rect.max)
    }

    /// What is not on the scale of a narrow picture, over its lower left corner.
    fn count(&self, ui: &Ui, rect: Rect, flat: bool) {
        let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
        let words = self.off(flat);
        if rect.width() >= NARROW * points || words.is_empty() {
            return;
        }
        let line =
            text::elided(ui.painter(), &words, theme::small(ui.ctx()), t.text_weak, rect.width());
        let seat = Align2::LEFT_BOTTOM.anchor_size(rect.left_bottom(), line.size());
        ui.painter().rect_filled(seat, 2, t.panel.gamma_multiply(0.8));
        text::place(ui.painter(), &line, seat.min, Align2::LEFT_TOP);
    }

    /// What is not on the scale; from above also the scale itself, which has no axis there.
    fn off(&self, flat: bool) -> String {
        let cells = |n: usize| if n == 1 { "cell" } else { "cells" };
        let (low, high) = self.tile.ends;
        let mut parts = Vec::new();
        if flat {
            parts.push(format!("{} to {}", short(low), short(high)));
        }
        for (n, what) in [(self.tile.off, "off scale"), (self.tile.missing, "without a number")] {
            if n > 0 {
                parts.push(format!("{n} {} {what}", cells(n)));
            }
        }
        parts.join(", ")
    }

    /// Where the ball is.
    fn ball(&self, t: &Tokens) -> (String, Color32) {
        let Some((row, _)) = self.ball else {
            let value = format!("V(s′) = {}", short(self.ground.judge.value));
            return (if self.tile.loss.is_none() { value } else { String::new() }, t.text);
        };
        let far = format!("{:.1} from the cross", row.state_error);
        match row.verdict {
            Verdict::Rolls => (far, t.text),
            Verdict::Left(_) | Verdict::Broke(_) => (row.verdict.words(), t.bad),
            _ if self.held => (format!("held, {far}"), t.text),
            Verdict::Found => ("on the cross".to_owned(), t.good),
            Verdict::WrongPlace | Verdict::Cancelled | Verdict::Stuck => (far, t.bad),
        }
    }

    fn spoken(&self) -> String {
        let name = title(self.tile.loss);
        let (low, high) = self.tile.ends;
        let ends = match self.tile.loss {
            None => format!("from {} to {}", value(low), value(high)),
            Some(_) => format!("square root, 0 to {}", value(high)),
        };
        let ball = self.ball.map_or_else(String::new, |(row, _)| {
            format!("; its ball: {}, {:.2} from the cross", row.verdict.words(), row.state_error)
        });
        format!("Landscape of {name}, {ends}{ball}")
    }
}

/// An end of a scale.
fn short(x: f64) -> String {
    let text = if x.abs() < 10.0 { format!("{x:.1}") } else { format!("{x:.0}") };
    text.trim_end_matches(".0").replace('-', "−")
}

/// The numbers at the place under the pointer.
pub fn numbers(ground: &Ground<'_>, valued: &impl Valued, at: [f64; 2]) -> String {
    let v = valued.value(at);
    let [first, second] = [0, 1].map(|d| {
        let number = &ground.floor.numbers[d];
        format!("{} = {}", letter(number), value(at[d]))
    });
    let losses = Loss::ALL
        .map(|loss| format!("{} {}", name(loss), value(ground.judge.loss(loss, at, v))))
        .join(" · ");
    format!("{first}, {second}: V {} · {losses}", value(v))
}

/// What the marks are, the same for every picture; or, first, what a person should know.
///
/// `bare` pictures have no words round them: what their axes are stands here.
pub fn legend(ui: &mut Ui, rect: Rect, (data, bare): (bool, bool), notice: Option<String>) {
    let t = theme::tokens(ui.ctx());
    let hatch = if data { " · hatched: no data" } else { "" };
    let ink = if notice.is_some() { t.text_strong } else { t.text_weak };
    let words = notice.unwrap_or_else(|| match bare {
        true => format!(
            "blue: true s′ · orange: prediction ŝ · white: V(s) = V(s′) · θ to the right, ω to the \
             back, √ loss up{hatch}"
        ),
        false => format!(
            "blue: true next state s′, plane: slope of V there · orange: prediction ŝ · white: \
             V(s) = V(s′) · heights: √ loss, grey: off scale{hatch}"
        ),
    });
    let response = ui.interact(rect, Id::unique("legend of landscapes"), egui::Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    let small = theme::small(ui.ctx());
    let line = text::elided(ui.painter(), &words, small, ink, rect.width());
    text::place(ui.painter(), &line, rect.left_top(), Align2::LEFT_TOP);
    response.on_hover_text(words);
}
