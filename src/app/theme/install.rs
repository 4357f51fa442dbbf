//! Puts a theme into an egui context and hands it back to the widgets.

use std::collections::BTreeMap;

use egui::style::{HandleShape, WidgetVisuals, Widgets};
use egui::{
    Color32, Context, CornerRadius, FontFamily, FontId, Id, Margin, Shadow, Stroke, Style,
    TextStyle, vec2,
};

use super::{Theme, Tokens, type_scale};

/// What the widgets look up each frame.
#[derive(Clone, Copy)]
struct Installed {
    theme: Theme,
    tokens: Tokens,
    scale: f32,
}

/// Key of [`Installed`] in the context's temporary data.
fn key() -> Id {
    Id::unique("imaginarium theme")
}

/// Installs style and colours; `text_scale` is 1.0 at a desk and 1.6 in a lecture hall.
///
/// The fonts must have been set before (`fonts::install`), or the first text panics. The
/// person's zoom factor is left alone.
pub fn install(ctx: &Context, theme: Theme, text_scale: f32) {
    let tokens = theme.tokens();
    let scale = text_scale.clamp(0.7, 3.0);
    ctx.data_mut(|data| data.insert_temp(key(), Installed { theme, tokens, scale }));
    let base = if tokens.dark { egui::Theme::Dark } else { egui::Theme::Light };
    ctx.set_theme(base);
    let mut style = base.default_style();
    style.text_styles = text_styles(ctx);
    set_spacing(&mut style, scale);
    set_visuals(&mut style, &tokens);
    style.animation_time = 0.08;
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.35;
    // Both, so that a system that changes its mind about dark and light changes nothing here.
    ctx.set_style_of(egui::Theme::Dark, style.clone());
    ctx.set_style_of(egui::Theme::Light, style);
}

fn installed(ctx: &Context) -> Installed {
    ctx.data(|data| data.get_temp(key())).unwrap_or(Installed {
        theme: Theme::Dark,
        tokens: Theme::Dark.tokens(),
        scale: 1.0,
    })
}

/// The colours in force (dark before the first [`install`]).
pub fn tokens(ctx: &Context) -> Tokens {
    installed(ctx).tokens
}

/// The text scale in force: 1.0 at a desk, 1.6 in a lecture hall.
pub fn scale(ctx: &Context) -> f32 {
    installed(ctx).scale
}

/// The theme in force.
pub fn current(ctx: &Context) -> Theme {
    installed(ctx).theme
}

/// egui's own styles and ours by name, so that stock widgets and rich text agree with the scale.
fn text_styles(ctx: &Context) -> BTreeMap<TextStyle, FontId> {
    let monospace = FontId::new(type_scale::code(ctx).size, FontFamily::Monospace);
    [
        (TextStyle::Heading, type_scale::title(ctx)),
        (TextStyle::Body, type_scale::body(ctx)),
        (TextStyle::Button, type_scale::body(ctx)),
        (TextStyle::Small, type_scale::small(ctx)),
        (TextStyle::Monospace, monospace),
        (TextStyle::Name("hero".into()), type_scale::hero(ctx)),
        (TextStyle::Name("tick".into()), type_scale::tick(ctx)),
        (TextStyle::Name("number".into()), type_scale::number(ctx)),
    ]
    .into()
}

fn set_spacing(style: &mut Style, scale: f32) {
    let spacing = &mut style.spacing;
    spacing.item_spacing = vec2(8.0, 7.0) * scale;
    spacing.button_padding = vec2(12.0, 8.0) * scale;
    spacing.interact_size = vec2(40.0, 32.0) * scale;
    spacing.slider_rail_height = 4.0 * scale;
    spacing.window_margin = Margin::same(16);
    spacing.menu_margin = Margin::same(8);
    spacing.tooltip_width = 420.0 * scale;
}

fn set_visuals(style: &mut Style, t: &Tokens) {
    let visuals = &mut style.visuals;
    visuals.dark_mode = t.dark;
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(t.text_weak);
    visuals.widgets = widgets(t);
    visuals.selection.bg_fill = t.elev;
    visuals.selection.stroke = Stroke::new(2.0, t.accent);
    // egui's own cursor is blue, and blue is what happened.
    visuals.text_cursor.stroke = Stroke::new(2.0, t.text_strong);
    visuals.hyperlink_color = t.accent;
    visuals.faint_bg_color = t.elev;
    visuals.extreme_bg_color = t.bg;
    visuals.code_bg_color = t.elev;
    visuals.warn_fg_color = t.warn;
    visuals.error_fg_color = t.bad;
    visuals.window_corner_radius = CornerRadius::same(8);
    visuals.menu_corner_radius = CornerRadius::same(8);
    visuals.window_shadow = Shadow::NONE;
    visuals.popup_shadow = Shadow::NONE;
    visuals.window_fill = t.elev;
    visuals.window_stroke = Stroke::new(1.0, t.stroke_strong);
    visuals.panel_fill = t.bg;
    visuals.slider_trailing_fill = true;
    visuals.handle_shape = HandleShape::Circle;
}

fn widgets(t: &Tokens) -> Widgets {
    let state = |fill: Color32, frame: Color32, ink: Color32| WidgetVisuals {
        bg_fill: t.stroke_strong,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, frame),
        corner_radius: CornerRadius::same(6),
        fg_stroke: Stroke::new(1.0, ink),
        expansion: 0.0,
    };
    Widgets {
        noninteractive: WidgetVisuals { bg_fill: t.panel, ..state(t.panel, t.stroke, t.text) },
        inactive: state(t.elev, t.stroke, t.text_strong),
        hovered: state(t.elev, t.stroke_strong, t.text_strong),
        active: state(t.stroke, t.stroke_strong, t.text_strong),
        open: state(t.elev, t.stroke_strong, t.text_strong),
    }
}
