//! Buttons: grey frames with icon and label, bare icons with a tooltip, and the play button.

use egui::{
    Align2, Color32, CornerRadius, CursorIcon, FontId, Rect, Response, Role, Sense, Stroke,
    StrokeKind, Ui, Vec2, WidgetInfo, vec2,
};

use super::{focus, text};
use crate::app::{icons, theme};

/// Height of a framed button and least side of any target, in points before the text scale.
pub const TARGET: f32 = 40.0;
const RADIUS: f32 = 8.0;

/// A framed button; configure, then [`Button::show`].
#[must_use]
pub struct Button<'a> {
    label: &'a str,
    name: &'a str,
    icon: Option<char>,
    filled: bool,
    icon_ink: Option<Color32>,
    on: bool,
}

impl<'a> Button<'a> {
    /// A button that reads `label`.
    pub const fn new(label: &'a str) -> Self {
        Self { label, name: label, icon: None, filled: false, icon_ink: None, on: false }
    }

    /// Its accessible name, where no label has room beside the icon.
    pub const fn named(mut self, name: &'a str) -> Self {
        self.name = name;
        self
    }

    /// Puts a line icon in front of the label.
    pub const fn icon(mut self, icon: char) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Puts a filled icon of a state colour in front (the record dot).
    pub const fn icon_fill(mut self, icon: char, ink: Color32) -> Self {
        self.icon = Some(icon);
        self.filled = true;
        self.icon_ink = Some(ink);
        self
    }

    /// Shows a lasting state: pressed in, such as a drawing tool in hand.
    pub const fn on(mut self, on: bool) -> Self {
        self.on = on;
        self
    }

    /// Draws the button and tells whether it was clicked.
    pub fn show(self, ui: &mut Ui) -> Response {
        let ctx = ui.ctx();
        let (t, scale) = (theme::tokens(ctx), theme::scale(ctx));
        let ink = if ui.is_enabled() { t.text } else { t.text_weak };
        let label = text::line(ui.painter(), self.label, theme::body(ctx), ink);
        let glyph = self.icon.map(|icon| {
            let points = if self.filled { 20.0 } else { 18.0 };
            let font = if self.filled { theme::icon_fill } else { theme::icon };
            let ink = self.icon_ink.unwrap_or(t.text_weak);
            text::line(ui.painter(), &icon.to_string(), font(ctx, points), ink)
        });
        let (pad, gap) = (14.0 * scale, 8.0 * scale);
        let gap = if self.label.is_empty() { 0.0 } else { gap };
        let lead = glyph.as_ref().map_or(0.0, |glyph| glyph.size().x + gap);
        let size = vec2(2.0 * pad + lead + label.size().x, TARGET * scale);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        frame(ui, &response, rect, self.on);
        let left = rect.left_center() + vec2(pad, 0.0);
        if let Some(glyph) = glyph {
            text::place(ui.painter(), &glyph, left, Align2::LEFT_CENTER);
        }
        text::place(ui.painter(), &label, left + vec2(lead, 0.0), Align2::LEFT_CENTER);
        name(ui, &response, self.name, self.on);
        response
    }
}

/// A bare icon for a panel header: 40 wide; the target is 40 high, the space it takes 28.
pub fn icon_button(ui: &mut Ui, icon: char, tooltip: &str) -> Response {
    let scale = theme::scale(ui.ctx());
    let (id, rect) = ui.allocate_space(vec2(TARGET, 28.0) * scale);
    let target = Rect::from_center_size(rect.center(), Vec2::splat(TARGET * scale));
    let response = ui.interact(target, id, Sense::click());
    let t = theme::tokens(ui.ctx());
    let spot = Rect::from_center_size(rect.center(), Vec2::splat(32.0 * scale));
    if response.hovered() && ui.is_enabled() {
        ui.painter().rect_filled(spot, CornerRadius::same(6), t.elev);
    }
    let ink = if response.hovered() { t.text_strong } else { t.text_weak };
    glyph(ui, rect, icon, theme::icon(ui.ctx(), 18.0), ink);
    focus::ring(ui, &response, spot, 6.0);
    name(ui, &response, tooltip, false);
    response.on_hover_text(tooltip)
}

/// A framed square with an icon: step back, step on.
pub fn framed_icon_button(ui: &mut Ui, icon: char, tooltip: &str) -> Response {
    let size = Vec2::splat(TARGET * theme::scale(ui.ctx()));
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    frame(ui, &response, rect, false);
    let t = theme::tokens(ui.ctx());
    let ink = if ui.is_enabled() { t.text } else { t.stroke_strong };
    glyph(ui, rect, icon, theme::icon(ui.ctx(), 20.0), ink);
    name(ui, &response, tooltip, false);
    response.on_hover_text(tooltip)
}

/// Play or pause: the one circle, and the one bright control. `playing` shows the pause icon.
pub fn play_button(ui: &mut Ui, playing: bool) -> Response {
    let scale = theme::scale(ui.ctx());
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(52.0 * scale), Sense::click());
    let t = theme::tokens(ui.ctx());
    let fill = if response.hovered() { t.text } else { t.text_strong };
    ui.painter().circle_filled(rect.center(), rect.width() / 2.0, fill);
    let icon = if playing { icons::PAUSE } else { icons::PLAY };
    // A triangle's box is centred, its mass is not: nudge it to the right.
    let nudge = if playing { 0.0 } else { 1.5 * scale };
    let seat = rect.translate(vec2(nudge, 0.0));
    glyph(ui, seat, icon, theme::icon_fill(ui.ctx(), 24.0), t.panel);
    focus::ring(ui, &response, rect, rect.width() / 2.0);
    let label = if playing { "Pause" } else { "Play" };
    name(ui, &response, label, false);
    response.on_hover_text(format!("{label} (Space)"))
}

/// Fill, outline and focus ring of a framed control.
fn frame(ui: &Ui, response: &Response, rect: Rect, on: bool) {
    let t = theme::tokens(ui.ctx());
    let hot = response.hovered() && ui.is_enabled();
    let held = response.is_pointer_button_down_on() && ui.is_enabled();
    let fill = if on || held { t.elev } else { t.panel };
    let edge = if hot || on { t.stroke_strong } else { t.stroke };
    let corner = CornerRadius::same(RADIUS as u8);
    ui.painter().rect(rect, corner, fill, Stroke::new(1.0, edge), StrokeKind::Inside);
    focus::ring(ui, response, rect, RADIUS);
    if hot {
        ui.ctx().set_cursor_icon(CursorIcon::PointingHand);
    }
}

/// One icon in the middle of `rect`.
fn glyph(ui: &Ui, rect: Rect, icon: char, font: FontId, ink: Color32) {
    let galley = text::line(ui.painter(), &icon.to_string(), font, ink);
    text::place(ui.painter(), &galley, rect.center(), Align2::CENTER_CENTER);
}

/// Accessible name and state.
fn name(ui: &Ui, response: &Response, label: &str, on: bool) {
    let enabled = ui.is_enabled();
    response.widget_info(|| {
        if on {
            WidgetInfo::selected(Role::Button, enabled, true, label)
        } else {
            WidgetInfo::labeled(Role::Button, enabled, label)
        }
    });
}
