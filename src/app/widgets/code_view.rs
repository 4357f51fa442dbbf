//! Pseudo-code with the running line lit and the numbers it just used.
//!
//! Plain data in, so that lessons can describe code without knowing about drawing. The lit line
//! is solid blue when it touched the world and dashed orange when it touched a model.

use egui::{
    Align2, Color32, CornerRadius, FontId, Painter, Rect, Response, Role, Sense, Stroke,
    StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::source::Source;
use super::{dashes, text};
use crate::app::theme;

/// One line of pseudo-code.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CodeLine {
    /// What it says, without indentation.
    pub text: String,
    /// Depth in blocks.
    pub indent: u8,
    /// Whether the line touches the world, a model, or neither.
    pub source: Source,
    /// Whether it runs right now.
    pub lit: bool,
    /// What it just produced, shown at the right end in the hue of its source.
    pub value: Option<String>,
}

/// The boxed note under the code: how one number became another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CodeNote {
    /// Decides hue and border: solid when real, dashed when imagined.
    pub source: Source,
    /// The target as a sum, such as `0 + 0.95 × 0.428 = 0.407`.
    pub target: String,
    /// The entry that changes, such as `Q[s,a]`.
    pub entry: String,
    /// Its value before.
    pub old: String,
    /// Its value after.
    pub new: String,
}

/// Height of a line in points, before the text scale.
const LINE: f32 = 27.0;

/// Draws the lines over the available width; the lit one reaches 8 points past both sides.
pub fn code_view(ui: &mut Ui, lines: &[CodeLine]) -> Response {
    let scale = theme::scale(ui.ctx());
    let row = LINE * scale;
    let size = vec2(ui.available_width(), row * lines.len() as f32);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    for (index, line) in lines.iter().enumerate() {
        let top = pos2(rect.left(), rect.top() + row * index as f32);
        paint_line(ui.painter(), Rect::from_min_size(top, vec2(size.x, row)), index + 1, line);
    }
    response.widget_info(|| {
        let lit = lines.iter().enumerate().find(|(_, line)| line.lit);
        let spoken = lit.map_or_else(
            || "Pseudo-code, nothing runs".to_owned(),
            |(index, line)| format!("Pseudo-code, line {} runs: {}", index + 1, line.text),
        );
        WidgetInfo::labeled(Role::Label, true, spoken)
    });
    response
}

/// One numbered line.
fn paint_line(painter: &Painter, rect: Rect, number: usize, line: &CodeLine) {
    let ctx = painter.ctx();
    let (t, scale) = (theme::tokens(ctx), theme::scale(ctx));
    if line.lit {
        paint_light(painter, rect.expand2(vec2(8.0 * scale, 0.0)), line.source);
    }
    let middle = rect.center().y;
    let small = FontId::new(theme::small(ctx).size, egui::FontFamily::Monospace);
    let digits = text::line(painter, &format!("{number:>2}"), small, t.text_weak);
    text::place(painter, &digits, pos2(rect.left(), middle), Align2::LEFT_CENTER);
    let left = rect.left() + (24.0 + 16.0 * f32::from(line.indent)) * scale;
    let font = if line.lit { theme::code_medium(ctx) } else { theme::code(ctx) };
    let mut right = rect.right();
    if let Some(value) = &line.value {
        let galley = text::line(painter, value, font.clone(), line.source.ink(&t));
        let seat = text::place(painter, &galley, pos2(right, middle), Align2::RIGHT_CENTER);
        right = seat.left() - 8.0 * scale;
    }
    let ink = if line.lit { t.text_strong } else { t.text };
    let galley = text::elided(painter, &line.text, font, ink, right - left);
    text::place(painter, &galley, pos2(left, middle), Align2::LEFT_CENTER);
}

/// The faint fill and the edge of the running line.
fn paint_light(painter: &Painter, rect: Rect, source: Source) {
    let t = theme::tokens(painter.ctx());
    let scale = theme::scale(painter.ctx());
    painter.rect_filled(rect, CornerRadius::ZERO, source.faint(&t));
    let stroke = Stroke::new(3.0 * scale, source.hue(&t));
    let x = rect.left() + 1.5 * scale;
    let edge = [pos2(x, rect.top()), pos2(x, rect.bottom())];
    if source == Source::Imagined {
        // Two gaps and three dashes fill the height exactly, whatever the scale.
        let dash = rect.height() / (3.0 + 2.0 * 0.57);
        dashes::paint(painter, &edge, stroke, dash, dash * 0.57);
    } else {
        painter.line_segment(edge, stroke);
    }
}

/// Draws the note over the available width.
pub fn code_note(ui: &mut Ui, note: &CodeNote) -> Response {
    let (t, scale) = (theme::tokens(ui.ctx()), theme::scale(ui.ctx()));
    let row = 23.0 * scale;
    let size = vec2(ui.available_width(), 2.0 * row + 24.0 * scale);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    paint_note_box(ui.painter(), rect, note.source);
    let painter = ui.painter();
    let put = |words: &str, font: FontId, ink: Color32, x: f32, row_index: f32| {
        let y = rect.top() + 12.0 * scale + row * (row_index + 0.5);
        let room = rect.right() - 14.0 * scale - x;
        let galley = text::elided(painter, words, font, ink, room);
        text::place(painter, &galley, pos2(x, y), Align2::LEFT_CENTER).right()
    };
    let left = rect.left() + 14.0 * scale;
    let code = || theme::code(ui.ctx());
    let first = put("target", code(), t.text, left, 0.0);
    let second = put(&note.entry, code(), t.text, left, 1.0);
    let column = first.max(second) + 16.0 * scale;
    put(&note.target, code(), t.text, column, 0.0);
    let arrow = put(&format!("{} → ", note.old), code(), t.text, column, 1.0);
    let bold = FontId::new(code().size, theme::hero(ui.ctx()).family);
    put(&note.new, bold, note.source.ink(&t), arrow, 1.0);
    response.widget_info(|| {
        let spoken =
            format!("target {}; {} from {} to {}", note.target, note.entry, note.old, note.new);
        WidgetInfo::labeled(Role::Label, true, spoken)
    });
    response
}

/// The note's fill and border.
fn paint_note_box(painter: &Painter, rect: Rect, source: Source) {
    let t = theme::tokens(painter.ctx());
    let corner = CornerRadius::same(8);
    painter.rect_filled(rect, corner, source.faint(&t));
    let stroke = Stroke::new(1.0, source.hue(&t));
    if source == Source::Imagined {
        dashes::paint_box(painter, rect, corner, stroke);
    } else {
        painter.rect_stroke(rect, corner, stroke, StrokeKind::Inside);
    }
}
