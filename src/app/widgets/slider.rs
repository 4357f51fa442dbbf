//! The slider of the laboratory: label and unit left, number right, rail below.
//!
//! The number is a field too: click it to type. A small tick marks the default value, and a
//! double click on the rail returns to it. Up and Down move the focused slider; Left and Right
//! belong to the transport, so the slider keeps egui from using them to move the focus.

mod number_field;
mod paint;
mod scale;

use std::ops::RangeInclusive;

use egui::accesskit::{Action, ActionData};
use egui::{EventFilter, Key, Rect, Response, Sense, Ui, pos2, vec2};

use crate::app::theme;
use scale::Scale;

/// A slider; configure, then [`Slider::show`].
#[must_use]
pub struct Slider<'a> {
    value: &'a mut f64,
    label: &'a str,
    unit: &'a str,
    default: Option<f64>,
    width: Option<f32>,
    scale: Scale,
}

/// What happened to a slider this frame.
pub struct SliderResponse {
    /// The rail (focus, hover); `changed()` is set on it as well.
    pub response: Response,
    /// The value moved: redraw previews.
    pub changed: bool,
    /// A gesture ended (drag let go, key pressed, number typed, reset): restart what is dear.
    pub settled: bool,
}

impl<'a> Slider<'a> {
    /// A linear slider with two decimals.
    pub const fn new(value: &'a mut f64, range: RangeInclusive<f64>, label: &'a str) -> Self {
        let scale = Scale { min: *range.start(), max: *range.end(), log: false, decimals: 2 };
        Self { value, label, unit: "", default: None, width: None, scale }
    }

    /// Small words after the label: symbol and unit ("n, per real step").
    pub const fn unit(mut self, unit: &'a str) -> Self {
        self.unit = unit;
        self
    }

    /// Marks a value on the rail and lets a double click return to it.
    pub const fn default_value(mut self, value: f64) -> Self {
        self.default = Some(value);
        self
    }

    /// Equal ratios take equal lengths; a range from 0 is allowed.
    pub const fn logarithmic(mut self) -> Self {
        self.scale.log = true;
        self
    }

    /// Whole numbers only.
    pub const fn integer(mut self) -> Self {
        self.scale.decimals = 0;
        self
    }

    /// Decimals of a linear slider (0 to 6).
    pub const fn decimals(mut self, decimals: u8) -> Self {
        self.scale.decimals = decimals;
        self
    }

    /// Width in points; by default all there is.
    pub const fn width(mut self, width: f32) -> Self {
        self.width = Some(width);
        self
    }

    /// Draws the slider.
    pub fn show(self, ui: &mut Ui) -> SliderResponse {
        let points = theme::scale(ui.ctx());
        let before = *self.value;
        let width = self.width.unwrap_or_else(|| ui.available_width()).max(60.0);
        // Ask for the font first: inside `fonts_mut` the context is locked.
        let font = theme::body(ui.ctx());
        let head = ui.painter().fonts_mut(|fonts| fonts.row_height(&font));
        let size = vec2(width, head + (7.0 + 16.0) * points);
        let (id, rect) = ui.allocate_space(size);
        let rail_row =
            Rect::from_min_max(pos2(rect.left(), rect.bottom() - 16.0 * points), rect.max);
        // The row is 16 high, the target 40.
        let target = rail_row.expand2(vec2(0.0, 12.0 * points));
        let mut response = ui.interact(target, id, Sense::click_and_drag());

        // What nobody touches is not rounded: looking at a parameter must not change it.
        let mut value = before;
        let mut settled = self.follow_pointer(&response, rail_row, &mut value);
        settled |= self.follow_keys(ui, &response, &mut value);
        let head_rect = Rect::from_min_size(rect.min, vec2(width, head));
        let typed = number_field::show(ui, id, head_rect, self.label, &self.scale, value);
        if let Some(typed) = typed.value {
            value = typed;
            settled = true;
        }
        self.paint_head(ui, head_rect, typed.width);
        self.paint_rail(ui, &response, rail_row, value);

        let changed = value != before;
        *self.value = value;
        if changed {
            response.mark_changed();
        }
        self.tell(ui, &response, value);
        SliderResponse { response, changed, settled }
    }

    /// Drag, click and double click; true when the gesture ended.
    fn follow_pointer(&self, response: &Response, rail: Rect, value: &mut f64) -> bool {
        if response.is_pointer_button_down_on() && !response.has_focus() {
            response.request_focus();
        }
        if response.double_clicked()
            && let Some(default) = self.default
        {
            *value = self.scale.tidy(default);
            return true;
        }
        if let Some(pointer) = response.interact_pointer_pos() {
            let (left, right) = travel(rail);
            let share = (pointer.x - left) / (right - left).max(1.0);
            *value = self.scale.value_at(f64::from(share));
        }
        response.drag_stopped() || response.clicked()
    }

    /// Up and Down, and what a screen reader asks for; true when it moved.
    fn follow_keys(&self, ui: &Ui, response: &Response, value: &mut f64) -> bool {
        let mut steps = 0;
        if response.has_focus() {
            let keep = EventFilter {
                horizontal_arrows: true,
                vertical_arrows: true,
                ..EventFilter::default()
            };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, keep));
            steps += ui.input(|i| i.num_presses(Key::ArrowUp) as i32);
            steps -= ui.input(|i| i.num_presses(Key::ArrowDown) as i32);
        }
        let ask =
            |action| ui.input(|i| i.num_accesskit_action_requests(response.id, action) as i32);
        steps += ask(Action::Increment) - ask(Action::Decrement);
        let before = *value;
        if steps != 0 {
            *value = self.scale.stepped(*value, steps);
        }
        let wish = ui.input(|i| {
            i.accesskit_action_requests(response.id, Action::SetValue)
                .filter_map(|request| match request.data {
                    Some(ActionData::NumericValue(number)) => Some(number),
                    _ => None,
                })
                .last()
        });
        if let Some(wish) = wish {
            *value = self.scale.tidy(wish);
        }
        *value != before
    }
}

/// Where the knob's centre may go: its edge stops at the end of the rail.
fn travel(rail: Rect) -> (f32, f32) {
    (rail.left() + rail.height() / 2.0, rail.right() - rail.height() / 2.0)
}
