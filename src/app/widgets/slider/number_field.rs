//! The number at the right end of a slider's label: a click turns it into a field.

use egui::{
    Align2, CornerRadius, CursorIcon, Frame, Id, Key, Margin, Rect, Role, Sense, Stroke,
    StrokeKind, TextEdit, Ui, UiBuilder, WidgetInfo, vec2,
};

use super::scale::Scale;
use crate::app::theme;
use crate::app::widgets::{focus, text};

/// Outcome of a frame: the width taken, and a value once one was typed.
pub(super) struct Field {
    pub width: f32,
    pub value: Option<f64>,
}

/// Shows the number right-aligned in `head`, or the field while it is being typed into.
pub(super) fn show(
    ui: &mut Ui,
    id: Id,
    head: Rect,
    label: &str,
    scale: &Scale,
    value: f64,
) -> Field {
    let key = id.with("typed");
    let draft: Option<String> = ui.data(|data| data.get_temp(key));
    match draft {
        Some(draft) => edit(ui, key, head, label, scale, draft),
        None => rest(ui, key, head, label, scale, value),
    }
}

/// The number as text; hover shows the frame of the field it can become.
fn rest(ui: &Ui, key: Id, head: Rect, label: &str, scale: &Scale, value: f64) -> Field {
    let ctx = ui.ctx();
    let (t, points) = (theme::tokens(ctx), theme::scale(ctx));
    let written = scale.write(value);
    let galley = text::line(ui.painter(), &written, theme::number(ctx), t.text_strong);
    let rect = Align2::RIGHT_CENTER.anchor_size(head.right_center(), galley.size());
    let field = rect.expand2(vec2(6.0, 3.0) * points);
    let hit = ui.interact(field.expand2(vec2(0.0, 4.0 * points)), key, Sense::click());
    if hit.hovered() && ui.is_enabled() {
        let edge = Stroke::new(1.0, t.stroke_strong);
        ui.painter().rect(field, CornerRadius::same(6), t.elev, edge, StrokeKind::Inside);
        ctx.set_cursor_icon(CursorIcon::Text);
    }
    focus::ring(ui, &hit, field, 6.0);
    text::place(ui.painter(), &galley, head.right_center(), Align2::RIGHT_CENTER);
    if hit.clicked() {
        ui.data_mut(|data| data.insert_temp(key, written.clone()));
    }
    hit.widget_info(|| {
        WidgetInfo::labeled(Role::Button, ui.is_enabled(), format!("{label}: type a number"))
    });
    Field { width: galley.size().x, value: None }
}

/// The field; Enter or leaving it takes the number, Escape and nonsense do not.
fn edit(ui: &mut Ui, key: Id, head: Rect, label: &str, scale: &Scale, mut draft: String) -> Field {
    let ctx = ui.ctx().clone();
    let (t, points) = (theme::tokens(&ctx), theme::scale(&ctx));
    let width = 96.0 * points;
    let pad = vec2(6.0, 3.0) * points;
    let inner = Align2::RIGHT_CENTER.anchor_size(head.right_center(), vec2(width, head.height()));
    let good = scale.read(&draft);
    let edge = Stroke::new(2.0, if good.is_some() { t.accent } else { t.bad });
    let corner = CornerRadius::same(6);
    // `bg`, because the selection in it is `elev`.
    ui.painter().rect(inner.expand2(pad), corner, t.bg, edge, StrokeKind::Outside);
    let id = key.with("edit");
    let field = TextEdit::singleline(&mut draft)
        .id(id)
        .frame(Frame::NONE)
        .margin(Margin::ZERO)
        .font(theme::number(&ctx))
        .text_color(t.text_strong)
        .align(Align2::RIGHT_CENTER)
        .desired_width(width);
    // A child of its own: `Ui::put` would move the cursor, and the column would jump.
    let mut seat = ui.new_child(UiBuilder::new().max_rect(inner));
    // The field would claim a full control's height, and the number would drop while edited.
    seat.spacing_mut().interact_size.y = 0.0;
    let response = seat.add_sized(inner.size(), field);
    let fresh: bool = !ui.data(|data| data.get_temp(id).unwrap_or(false));
    if fresh {
        select_all(ui, id, draft.chars().count());
        response.request_focus();
        ui.data_mut(|data| data.insert_temp(id, true));
    }
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::TextInput, true, label);
        info.current_text_value = Some(draft.clone());
        info
    });
    let dropped = ui.input(|input| input.key_pressed(Key::Escape));
    if response.lost_focus() && !fresh {
        ui.data_mut(|data| {
            data.remove::<String>(key);
            data.remove::<bool>(id);
        });
        return Field { width, value: if dropped { None } else { scale.read(&draft) } };
    }
    ui.data_mut(|data| data.insert_temp(key, draft));
    Field { width, value: None }
}

/// Selects the old number, so that typing replaces it.
fn select_all(ui: &Ui, id: Id, length: usize) {
    use egui::text::{CCursor, CCursorRange};
    let mut state = TextEdit::load_state(ui.ctx(), id).unwrap_or_default();
    let all = CCursorRange::two(CCursor::new(0), CCursor::new(length));
    state.cursor.set_char_range(Some(all));
    TextEdit::store_state(ui.ctx(), id, state);
}
