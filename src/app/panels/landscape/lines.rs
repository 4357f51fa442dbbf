//! Rows of words and numbers in the column.

use egui::{Align2, Color32, Label, RichText, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::app::theme;
use crate::app::widgets::text;

/// Height of a row in points before the text scale.
const ROW: f32 = 22.0;

/// A heading.
pub fn heading(ui: &mut Ui, words: &str) {
    let t = theme::tokens(ui.ctx());
    ui.add(Label::new(
        RichText::new(words).font(theme::body_strong(ui.ctx())).color(t.text_strong),
    ));
}

/// A sentence in small type.
pub fn small(ui: &mut Ui, words: &str) {
    let t = theme::tokens(ui.ctx());
    let words = RichText::new(words).font(theme::small(ui.ctx())).color(t.text_weak);
    ui.add(Label::new(words).wrap());
}

/// A name on the left and a number on the right.
pub fn row(ui: &mut Ui, name: &str, number: &str) {
    let (t, points) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    let size = vec2(ui.available_width(), ROW * points);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{name}: {number}")));
    let painter = ui.painter();
    let right = text::line(painter, number, theme::number(ui.ctx()), t.text_strong);
    let room = rect.width() - right.size().x - 8.0;
    let left = text::elided(painter, name, theme::body(ui.ctx()), t.text, room);
    text::place(painter, &left, rect.left_center(), Align2::LEFT_CENTER);
    text::place(painter, &right, rect.right_center(), Align2::RIGHT_CENTER);
}

/// A cell of a table: words at `x` within a row, on the side of `anchor`.
pub fn cell(
    ui: &Ui,
    (row, x): (egui::Rect, f32),
    words: &str,
    (font, ink): (egui::FontId, Color32),
    anchor: Align2,
) {
    let line = text::line(ui.painter(), words, font, ink);
    text::place(ui.painter(), &line, pos2(x, row.center().y), anchor);
}
