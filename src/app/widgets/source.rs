//! Whether a thing happened, was dreamt, or is neither.

use egui::Color32;

use crate::app::theme::Tokens;

/// Where a number, line or word comes from; decides hue and dash together.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Source {
    /// Neither: chrome, bookkeeping, a target.
    #[default]
    Plain,
    /// It happened in the world: blue, solid.
    Real,
    /// A model dreamt it: orange, dashed.
    Imagined,
}

impl Source {
    /// Hue of lines and fills.
    pub const fn hue(self, t: &Tokens) -> Color32 {
        match self {
            Self::Plain => t.text_weak,
            Self::Real => t.real,
            Self::Imagined => t.imagined,
        }
    }

    /// Hue of numbers and words.
    pub const fn ink(self, t: &Tokens) -> Color32 {
        match self {
            Self::Plain => t.text_strong,
            Self::Real => t.real_text,
            Self::Imagined => t.imagined_text,
        }
    }

    /// Fill behind a line of code.
    pub const fn faint(self, t: &Tokens) -> Color32 {
        match self {
            Self::Plain => t.elev,
            Self::Real => t.real_faint,
            Self::Imagined => t.imagined_faint,
        }
    }
}
