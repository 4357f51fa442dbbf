//! The typefaces built into the program and the families the theme asks for by name.
//!
//! egui's own fonts are switched off in `Cargo.toml`, so nothing can be written before
//! [`install`] has run. Every family ends in the same chain (Inter, JetBrains Mono, KaTeX Main,
//! icons): a glyph one face lacks, such as the nabla, comes from the next.

use std::sync::Arc;

use egui::{Context, FontData, FontDefinitions, FontFamily, FontTweak};

/// Every face by the name used in the chains below.
const FACES: [(&str, &[u8]); 10] = [
    ("inter", include_bytes!("../../assets/fonts/Inter-Regular.otf")),
    ("inter-medium", include_bytes!("../../assets/fonts/Inter-Medium.otf")),
    ("inter-semibold", include_bytes!("../../assets/fonts/Inter-SemiBold.otf")),
    ("mono", include_bytes!("../../assets/fonts/JetBrainsMono-Regular.ttf")),
    ("mono-medium", include_bytes!("../../assets/fonts/JetBrainsMono-Medium.ttf")),
    ("mono-bold", include_bytes!("../../assets/fonts/JetBrainsMono-Bold.ttf")),
    ("katex-main", include_bytes!("../../assets/fonts/KaTeX_Main-Regular.ttf")),
    ("katex-math", include_bytes!("../../assets/fonts/KaTeX_Math-Italic.ttf")),
    ("phosphor", include_bytes!("../../assets/fonts/Phosphor.ttf")),
    ("phosphor-fill", include_bytes!("../../assets/fonts/Phosphor-Fill.ttf")),
];

/// Families by name; the first face sets the look, the rest fill its gaps.
const FAMILIES: [(&str, &[&str]); 7] = [
    ("medium", &["inter-medium", "mono-medium", "katex-main", "phosphor"]),
    ("semibold", &["inter-semibold", "mono-bold", "katex-main", "phosphor"]),
    ("mono-medium", &["mono-medium", "inter-medium", "katex-main", "phosphor"]),
    ("mono-bold", &["mono-bold", "inter-semibold", "katex-main", "phosphor"]),
    ("math", &["katex-math", "katex-main", "inter", "mono"]),
    ("icons", &["phosphor", "inter"]),
    ("icons-fill", &["phosphor-fill", "phosphor", "inter"]),
];

/// All faces and families, ready for [`Context::set_fonts`].
pub fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    for (name, bytes) in FACES {
        let mut data = FontData::from_static(bytes);
        if name.starts_with("phosphor") {
            // Icons are placed by us, and snapping their outlines to the pixel grid bends
            // circles; text keeps egui's hinting.
            data.tweak = FontTweak { hinting: Some(false), ..FontTweak::default() };
        }
        fonts.font_data.insert(name.to_owned(), Arc::new(data));
    }
    let chain = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    let regular = ["inter", "mono", "katex-main", "phosphor"];
    fonts.families.insert(FontFamily::Proportional, chain(&regular));
    let mono = ["mono", "inter", "katex-main", "phosphor"];
    fonts.families.insert(FontFamily::Monospace, chain(&mono));
    for (name, faces) in FAMILIES {
        fonts.families.insert(FontFamily::Name(name.into()), chain(faces));
    }
    fonts
}

/// Hands the faces to egui; call it before the first frame and before `theme::install`.
pub fn install(ctx: &Context) {
    ctx.set_fonts(definitions());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_family_names_faces_that_exist() {
        let fonts = definitions();
        for face in fonts.families.values().flatten() {
            assert!(fonts.font_data.contains_key(face), "{face} is not loaded");
        }
    }
}
