//! Colour tokens of the four themes: the one place where colours are written down.
//!
//! Everything else asks [`tokens`] for a role ("real", "stroke") and never names a colour,
//! so that a projector theme changes every picture at once.

mod install;
mod maps;
mod solid;
mod type_scale;

use egui::Color32;

pub use install::{current, install, scale, tokens};
pub use maps::{arrow_ink, cividis, isoline, level_line, loss_ink, off_scale, piyg, viridis};
pub use solid::solid;
pub use type_scale::{
    body, body_strong, code, code_medium, formula, hero, hero_words, icon, icon_fill, lede, number,
    small, tick, tick_strong, title,
};

/// The four appearances of the laboratory.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Theme {
    /// The default at a desk.
    #[default]
    Dark,
    /// For bright rooms and print.
    Light,
    /// Pure black and brighter hues, for a beamer in a dark hall.
    ProjectorDark,
    /// Pure white and darker hues, for a beamer in a lit room.
    ProjectorLight,
}

impl Theme {
    /// Every theme, in the order in which the theme key walks through them.
    pub const ALL: [Self; 4] = [Self::Dark, Self::Light, Self::ProjectorDark, Self::ProjectorLight];

    /// Name shown in the top bar and in the settings.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Dark => "Dark",
            Self::Light => "Light",
            Self::ProjectorDark => "Projector dark",
            Self::ProjectorLight => "Projector light",
        }
    }

    /// The theme after this one, for the theme key.
    pub const fn next(self) -> Self {
        match self {
            Self::Dark => Self::Light,
            Self::Light => Self::ProjectorDark,
            Self::ProjectorDark => Self::ProjectorLight,
            Self::ProjectorLight => Self::Dark,
        }
    }

    /// The colours of this theme.
    pub const fn tokens(self) -> Tokens {
        match self {
            Self::Dark => DARK,
            Self::Light => LIGHT,
            Self::ProjectorDark => PROJECTOR_DARK,
            Self::ProjectorLight => PROJECTOR_LIGHT,
        }
    }
}

/// Colours by role. Chrome is grey; a hue always says something about an agent or a state.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Tokens {
    /// Window, rail and side column.
    pub bg: Color32,
    /// Tiles and transport.
    pub panel: Color32,
    /// Selected row, segment track, fields.
    pub elev: Color32,
    /// Frames and grid lines; carries no information by itself.
    pub stroke: Color32,
    /// Slider track, ticks.
    pub stroke_strong: Color32,
    /// Titles and live numbers.
    pub text_strong: Color32,
    /// Body text.
    pub text: Color32,
    /// Questions, units, tick labels.
    pub text_weak: Color32,
    /// Focus ring and selection, one place at a time.
    pub accent: Color32,
    /// What happened: always solid.
    pub real: Color32,
    /// What was dreamt: always dashed.
    pub imagined: Color32,
    /// Numbers and words about what happened.
    pub real_text: Color32,
    /// Numbers and words about what was dreamt.
    pub imagined_text: Color32,
    /// Translucent fill behind a real line of code.
    pub real_faint: Color32,
    /// Translucent fill behind an imagined line of code.
    pub imagined_faint: Color32,
    /// A state that is fine; never data.
    pub good: Color32,
    /// A state to look at; never data.
    pub warn: Color32,
    /// A failure; never data.
    pub bad: Color32,
    /// Runs A to F; always together with the letter badge.
    pub runs: [Color32; 6],
    /// Outline of marks that lie on a heat map.
    pub casing: Color32,
    /// Walls of a maze.
    pub wall: Color32,
    /// Whether text is light on dark.
    pub dark: bool,
    /// Whether this is one of the two projector themes.
    pub projector: bool,
}

impl Tokens {
    /// The colour of a run by its index (0 is A); runs after F start over.
    pub const fn run(&self, index: usize) -> Color32 {
        self.runs[index % 6]
    }
}

/// An opaque colour from its hexadecimal notation, as LOOK.md writes it.
const fn hex(rgb: u32) -> Color32 {
    Color32::from_rgb((rgb >> 16) as u8, (rgb >> 8) as u8, rgb as u8)
}

/// The same with an opacity in percent, for fills that tint what lies behind.
const fn tint(rgb: u32, percent: u32) -> Color32 {
    let alpha = (percent * 255 + 50) / 100;
    Color32::from_rgba_unmultiplied_const(
        (rgb >> 16) as u8,
        (rgb >> 8) as u8,
        rgb as u8,
        alpha as u8,
    )
}

/// Runs A to F.
const fn runs(rgb: [u32; 6]) -> [Color32; 6] {
    [hex(rgb[0]), hex(rgb[1]), hex(rgb[2]), hex(rgb[3]), hex(rgb[4]), hex(rgb[5])]
}

const DARK: Tokens = Tokens {
    bg: hex(0x0E1116),
    panel: hex(0x161A20),
    elev: hex(0x1F252D),
    stroke: hex(0x2A313B),
    stroke_strong: hex(0x3B4551),
    text_strong: hex(0xF3F5F8),
    text: hex(0xC8D0DA),
    text_weak: hex(0x909BA9),
    accent: hex(0xB3A6FF),
    real: hex(0x56B4E9),
    imagined: hex(0xE69F00),
    real_text: hex(0x56B4E9),
    imagined_text: hex(0xE69F00),
    real_faint: tint(0x56B4E9, 16),
    imagined_faint: tint(0xE69F00, 15),
    good: hex(0x3FC796),
    warn: hex(0xEFE36E),
    bad: hex(0xF2664F),
    runs: runs([0x98A0AB, 0x52D9A0, 0xF3B2DC, 0xE9F06A, 0xAC74EE, 0xEF5A60]),
    casing: hex(0x0A0D11),
    wall: hex(0x566272),
    dark: true,
    projector: false,
};

const LIGHT: Tokens = Tokens {
    bg: hex(0xF4F5F7),
    panel: hex(0xFFFFFF),
    elev: hex(0xEDEFF2),
    stroke: hex(0xDCE0E6),
    stroke_strong: hex(0xB9C1CB),
    text_strong: hex(0x10151C),
    text: hex(0x333D49),
    text_weak: hex(0x5F6B79),
    accent: hex(0x5847C9),
    real: hex(0x0072B2),
    imagined: hex(0xB25200),
    real_text: hex(0x005E96),
    imagined_text: hex(0x964300),
    real_faint: tint(0x0072B2, 12),
    imagined_faint: tint(0xB25200, 11),
    good: hex(0x00845F),
    warn: hex(0x7A6A00),
    bad: hex(0xC0302B),
    runs: runs([0x39424D, 0x0A7A55, 0xA92D8C, 0x5A5200, 0x341F8F, 0x7D1420]),
    casing: hex(0xFFFFFF),
    wall: hex(0x8A95A3),
    dark: false,
    projector: false,
};

const PROJECTOR_DARK: Tokens = Tokens {
    bg: hex(0x000000),
    panel: hex(0x000000),
    elev: hex(0x1A1A1A),
    stroke: hex(0x6B7683),
    stroke_strong: hex(0x9AA5B1),
    text_strong: hex(0xFFFFFF),
    text: hex(0xFFFFFF),
    text_weak: hex(0xD5DBE2),
    accent: hex(0xCFC6FF),
    real: hex(0x7CCBFF),
    imagined: hex(0xFFB81C),
    real_text: hex(0x7CCBFF),
    imagined_text: hex(0xFFB81C),
    real_faint: tint(0x7CCBFF, 24),
    imagined_faint: tint(0xFFB81C, 24),
    good: hex(0x5CF2BD),
    warn: hex(0xFFF27A),
    bad: hex(0xFF8A75),
    runs: runs([0xA3ACB8, 0x7DF2BF, 0xFFD0F0, 0xF3FF5C, 0xC08BFF, 0xFF7A80]),
    casing: hex(0x0A0D11),
    wall: hex(0x566272),
    dark: true,
    projector: true,
};

const PROJECTOR_LIGHT: Tokens = Tokens {
    bg: hex(0xFFFFFF),
    panel: hex(0xFFFFFF),
    elev: hex(0xF0F0F0),
    stroke: hex(0x59636E),
    stroke_strong: hex(0x2B333C),
    text_strong: hex(0x000000),
    text: hex(0x000000),
    text_weak: hex(0x3A434D),
    accent: hex(0x3B2AA8),
    real: hex(0x00568A),
    imagined: hex(0x9A3F00),
    real_text: hex(0x00568A),
    imagined_text: hex(0x9A3F00),
    real_faint: tint(0x00568A, 14),
    imagined_faint: tint(0x9A3F00, 14),
    good: hex(0x00603F),
    warn: hex(0x5A4E00),
    bad: hex(0x9C1C18),
    runs: runs([0x454D57, 0x00603F, 0x7C1566, 0x3E3800, 0x2A1480, 0x6A0F1A]),
    casing: hex(0xFFFFFF),
    wall: hex(0x8A95A3),
    dark: false,
    projector: true,
};
