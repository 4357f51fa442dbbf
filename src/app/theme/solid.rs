//! The theme as pictures in three dimensions want it.

use egui::Context;

use super::{install::scale, isoline, off_scale, small, tick, tokens};
use crate::gfx::Style;

/// Colours and type of pictures in three dimensions; `still` where nobody can turn them.
pub fn solid(ctx: &Context, still: bool) -> Style {
    let t = tokens(ctx);
    Style {
        ground: t.panel,
        grid: t.stroke,
        axis: t.stroke_strong,
        text: t.text,
        text_weak: t.text_weak,
        focus: t.accent,
        hatch: t.panel,
        missing: t.elev,
        off_scale: off_scale(),
        rim: isoline(),
        tick: small(ctx),
        name: tick(ctx),
        scale: scale(ctx),
        still,
    }
}
