//! The type scale: every size of text in the laboratory, times the text scale.
//!
//! Interface words are set in Inter; numbers that change are set in JetBrains Mono, because
//! Inter's digits differ in width and a running counter would dance.

use egui::{Context, FontFamily, FontId};

use super::install::scale;

/// A size in points times the text scale, on half points so that stems stay crisp.
fn sized(ctx: &Context, points: f32, family: FontFamily) -> FontId {
    FontId::new((points * scale(ctx) * 2.0).round() / 2.0, family)
}

/// A family by its registered name (see `fonts.rs`).
fn named(name: &'static str) -> FontFamily {
    FontFamily::Name(name.into())
}

/// Panel and section titles: Inter SemiBold 18.
pub fn title(ctx: &Context) -> FontId {
    sized(ctx, 18.0, named("semibold"))
}

/// Labels, rail, buttons, questions: Inter Regular 15.
pub fn body(ctx: &Context) -> FontId {
    sized(ctx, 15.0, FontFamily::Proportional)
}

/// The same with weight, for a chosen row or a button that acts: Inter Medium 15.
pub fn body_strong(ctx: &Context) -> FontId {
    sized(ctx, 15.0, named("medium"))
}

/// Units, captions, provenance; nothing in the laboratory is smaller: Inter Regular 13.
pub fn small(ctx: &Context) -> FontId {
    sized(ctx, 13.0, FontFamily::Proportional)
}

/// Axis ticks: Inter Regular 14.
pub fn tick(ctx: &Context) -> FontId {
    sized(ctx, 14.0, FontFamily::Proportional)
}

/// Labels that stand beside their curve: Inter SemiBold 14.
pub fn tick_strong(ctx: &Context) -> FontId {
    sized(ctx, 14.0, named("semibold"))
}

/// Every number that changes: JetBrains Mono Medium 15.
pub fn number(ctx: &Context) -> FontId {
    sized(ctx, 15.0, named("mono-medium"))
}

/// The two great counters of a tile: JetBrains Mono Bold 22.
pub fn hero(ctx: &Context) -> FontId {
    sized(ctx, 22.0, named("mono-bold"))
}

/// The question for the room in the lecture view: Inter Medium 22.
pub fn hero_words(ctx: &Context) -> FontId {
    sized(ctx, 22.0, named("medium"))
}

/// Longer words on the same card: Inter Medium 18.
pub fn lede(ctx: &Context) -> FontId {
    sized(ctx, 18.0, named("medium"))
}

/// Pseudo-code and its values: JetBrains Mono Regular 13.
pub fn code(ctx: &Context) -> FontId {
    sized(ctx, 13.0, FontFamily::Monospace)
}

/// The running line of pseudo-code: JetBrains Mono Medium 13.
pub fn code_medium(ctx: &Context) -> FontId {
    sized(ctx, 13.0, named("mono-medium"))
}

/// Living formulas: KaTeX Math 19.
pub fn formula(ctx: &Context) -> FontId {
    sized(ctx, 19.0, named("math"))
}

/// Line icons: Phosphor Regular, at a size in points before scaling (18 to 20 beside text).
pub fn icon(ctx: &Context, points: f32) -> FontId {
    sized(ctx, points, named("icons"))
}

/// Filled icons: Phosphor Fill, at a size in points before scaling.
pub fn icon_fill(ctx: &Context, points: f32) -> FontId {
    sized(ctx, points, named("icons-fill"))
}
