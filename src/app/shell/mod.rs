//! What stands around the pictures: top bar, rail, side column, transport, overview of keys.

mod clipped;
pub mod code;
pub mod help;
pub mod lecture;
pub mod provenance;
pub mod rail;
pub mod record;
pub mod save;
pub mod scrub;
pub mod side;
pub mod top_bar;
pub mod transport;

use egui::{Align, Layout, Ui, vec2};

use crate::app::theme;

/// A row of `height` points (before the text scale) whose items are centred.
pub fn row<R>(ui: &mut Ui, height: f32, add: impl FnOnce(&mut Ui) -> R) -> R {
    let size = vec2(ui.available_width(), height * theme::scale(ui.ctx()));
    ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), add).inner
}

/// How much of the window's furniture fits, by width and height in points at text scale 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// The side column has a place of its own.
    pub side: bool,
    /// The rail shows names, not numbers alone.
    pub names: bool,
    /// The rail has a place at all.
    pub rail: bool,
    /// The window is high enough for two rows of pictures in full.
    pub high: bool,
    /// The transport has a place for seed and lanes.
    pub fields: bool,
    /// It shows all clocks side by side and the position in full.
    pub clocks: bool,
}

impl Room {
    /// Reads it off the window.
    pub fn of(ui: &Ui) -> Self {
        let size = ui.ctx().content_rect().size() / theme::scale(ui.ctx());
        Self {
            side: size.x >= 1400.0,
            names: size.x >= 1400.0,
            rail: size.x >= 1100.0,
            high: size.y >= 800.0,
            fields: size.x >= 780.0,
            clocks: size.x >= 1600.0,
        }
    }
}
