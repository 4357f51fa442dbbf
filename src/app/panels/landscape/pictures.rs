//! The four pictures: a head with the formula, the surface, and what became of the ball.

use egui::{Align2, Color32, Id, Painter, Rect, Ui, UiBuilder, pos2, vec2};

use super::race::{Row, Verdict};
use super::scenes::{Ground, Rolling};
use super::settings::{Settings, name};
use super::tiles::Tile;
use crate::app::theme;
use crate::app::widgets::formula::Formula;
use crate::app::widgets::text;
use crate::app::words::value;
use crate::gfx::{self, Drawn};
use crate::probes::landscape::{Loss, Roll};

/// Height of a picture from which on a sentence has room, in points before the text scale.
const TALL: f32 = 200.0;

/// What hands did to a picture, and why it is flat if it is.
#[derive(Default)]
pub struct Done {
    /// 0 the cross, 1 the prediction, and where it should be.
    pub dragged: Option<(usize, [f64; 2])>,
    /// Why surfaces are drawn from above.
    pub reason: Option<String>,
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
        let points = theme::scale(ui.ctx());
        let tall = rect.height() >= TALL * points;
        let body = self.head(ui, rect, tall);
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
        if let Some((cross, at)) = shown.dragged {
            done.dragged = Some((cross, at.map(f64::from)));
        }
        if let Drawn::Instead(reason) = &shown.drawn {
            done.reason = Some(reason.clone());
        }
        self.foot(ui.painter(), body);
    }

    /// Title, formula, and what is not on the scale; returns what is left.
    fn head(&self, ui: &Ui, rect: Rect, tall: bool) -> Rect {
        let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
        let painter = ui.painter().with_clip_rect(rect);
        let line = text::line(
            &painter,
            title(self.tile.loss),
            theme::body_strong(ui.ctx()),
            t.text_strong,
        );
        let baseline = rect.top() + 18.0 * points;
        let seat = text::place_on(&painter, &line, rect.left() + 2.0, baseline);
        let after = formula(self.tile.loss, t.text_weak);
        let at = seat.right() + 12.0 * points;
        let off = self.off();
        let small = theme::small(ui.ctx());
        let off = text::line(&painter, &off, small.clone(), t.text_weak);
        let right = rect.right() - 4.0;
        if at + after.width(&painter) < right - off.size().x - 12.0 {
            after.paint(&painter, pos2(at, baseline));
        }
        text::place_on(&painter, &off, right - off.size().x, baseline);
        let mut top = rect.top() + 26.0 * points;
        if tall {
            let words = says(self.tile.loss);
            let line = text::elided(&painter, words, small, t.text_weak, rect.width() - 8.0);
            text::place(&painter, &line, pos2(rect.left() + 2.0, top), Align2::LEFT_TOP);
            top += 18.0 * points;
        }
        Rect::from_min_max(pos2(rect.left(), top), rect.max)
    }

    fn off(&self) -> String {
        let cells = |n: usize| if n == 1 { "cell" } else { "cells" };
        match (self.tile.off, self.tile.missing) {
            (0, 0) => String::new(),
            (0, n) => format!("{n} {} without a number", cells(n)),
            (n, 0) => format!("{n} {} off scale", cells(n)),
            (n, m) => format!("{n} {} off scale, {m} without a number", cells(n)),
        }
    }

    /// Where the ball is.
    fn foot(&self, painter: &Painter, body: Rect) {
        let Some((row, _)) = self.ball else { return };
        let ctx = painter.ctx();
        let (t, points) = (theme::tokens(ctx), theme::scale(ctx));
        let (what, ink) = match row.verdict {
            Verdict::Rolls => ("the ball rolls", t.text_strong),
            _ if self.held => ("the ball is held", t.text_strong),
            Verdict::Found => ("the ball rests", t.good),
            _ => ("the ball rests", t.bad),
        };
        let place = match row.verdict {
            Verdict::Found => "on the cross".to_owned(),
            Verdict::Left(_) | Verdict::Broke(_) => row.verdict.words(),
            _ => format!("{:.1} from the cross", row.state_error),
        };
        let at = body.right_bottom() - vec2(6.0, 4.0) * points;
        let line = text::line(painter, &place, theme::number(ctx), ink);
        let seat = text::place(painter, &line, at, Align2::RIGHT_BOTTOM);
        let line = text::line(painter, what, theme::small(ctx), t.text_weak);
        text::place(painter, &line, seat.right_top(), Align2::RIGHT_BOTTOM);
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

/// The same for every picture: what the marks are.
pub fn legend(painter: &Painter, at: egui::Pos2, width: f32, data: bool) {
    let ctx = painter.ctx();
    let t = theme::tokens(ctx);
    let hatch = if data { "; hatched: no data" } else { "" };
    let words = format!(
        "blue: true next state s′, with the tangent plane of V; orange: prediction; white line: V(s) = V(s′); heights of \
         losses are square roots, grey is off scale{hatch}"
    );
    let line = text::elided(painter, &words, theme::small(ctx), t.text_weak, width);
    text::place(painter, &line, at, Align2::LEFT_TOP);
}
