//! Colours and type of a picture, handed in by whoever shows it.

use egui::{Color32, FontId};

/// How a picture looks, whatever it shows.
#[derive(Clone, Debug)]
pub struct Style {
    /// What lies behind it.
    pub ground: Color32,
    /// Lines of the box.
    pub grid: Color32,
    /// Axes and ticks.
    pub axis: Color32,
    /// Names of axes.
    pub text: Color32,
    /// Numbers at ticks.
    pub text_weak: Color32,
    /// The ring of who has the keyboard.
    pub focus: Color32,
    /// Hatching of cells without data.
    pub hatch: Color32,
    /// Cells whose number is none.
    pub missing: Color32,
    /// What lies beyond the ends of the upright axis.
    pub off_scale: Color32,
    /// The rim of a field.
    pub rim: Color32,
    /// Type of ticks.
    pub tick: FontId,
    /// Type of names and labels.
    pub name: FontId,
    /// Text scale.
    pub scale: f32,
    /// Nobody can turn it: films and pictures.
    pub still: bool,
}
