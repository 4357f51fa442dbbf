//! Colour maps for values, errors and signed errors, and the inks that go on top of them.

use egui::Color32;

use super::hex;

/// Viridis, evenly sampled from 0 to 90 % of its length (the last yellow fights with orange).
const VIRIDIS: [u32; 19] = [
    0x440154, 0x471365, 0x482475, 0x463480, 0x414487, 0x3B528B, 0x355F8D, 0x2F6C8E, 0x2A788E,
    0x25848E, 0x21918C, 0x1E9C89, 0x22A884, 0x2FB47C, 0x44BF70, 0x5EC962, 0x7AD151, 0x9BD93C,
    0xBDDF26,
];

/// Cividis, evenly sampled over its whole length.
const CIVIDIS: [u32; 19] = [
    0x00224E, 0x002C66, 0x123570, 0x2A3F6D, 0x3B496C, 0x4A536C, 0x575D6D, 0x646770, 0x707173,
    0x7D7C78, 0x8A8678, 0x979177, 0xA59C74, 0xB4A76F, 0xC3B369, 0xD2C060, 0xE1CC55, 0xF1D945,
    0xFEE838,
];

/// The PiYG pair, negative end first; the centre is the zero.
const PIYG: [u32; 11] = [
    0x8E0152, 0xC51B7D, 0xDE77AE, 0xF1B6DA, 0xFDE0EF, 0xF7F7F7, 0xE6F5D0, 0xB8E186, 0x7FBC41,
    0x4D9221, 0x276419,
];

/// The colour at `t` along evenly spaced stops; a value that is not a number gets the first stop.
fn along(stops: &[u32], t: f32) -> Color32 {
    let last = stops.len() - 1;
    let position = if t.is_nan() { 0.0 } else { t.clamp(0.0, 1.0) * last as f32 };
    let index = (position as usize).min(last.saturating_sub(1));
    hex(stops[index]).lerp_to_gamma(hex(stops[index + 1]), position - index as f32)
}

/// Values, dark is low: 0 to 1 maps onto the first 90 % of viridis.
pub fn viridis(t: f32) -> Color32 {
    along(&VIRIDIS, t)
}

/// Losses and error sizes, dark navy is low: 0 to 1 maps onto all of cividis.
pub fn cividis(t: f32) -> Color32 {
    along(&CIVIDIS, t)
}

/// Signed errors from -1 (purple) over 0 (near white) to 1 (green).
pub fn piyg(t: f32) -> Color32 {
    along(&PIYG, 0.5 + 0.5 * t)
}

/// The ink that reads best on a fill (at least 4.1 to 1 everywhere on viridis).
pub fn arrow_ink(fill: Color32) -> Color32 {
    let [r, g, b, _] = fill.to_array().map(|byte| f32::from(byte) / 255.0);
    let luma = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    if luma < 0.42 { hex(0xFFFFFF) } else { hex(0x0B1016) }
}

/// Cells whose value lies outside the scale of a loss surface: drawn grey, and counted.
pub fn off_scale() -> Color32 {
    hex(0x46505D)
}

/// Losses on a scale that ends at 1: what is beyond is off the scale.
pub fn loss_ink(t: f32) -> Color32 {
    if t > 1.0 { off_scale() } else { cividis(t) }
}

/// The contour of the value through a reference, on whatever surface.
pub fn level_line() -> Color32 {
    hex(0xFFFFFF)
}

/// Isolines on a surface.
pub fn isoline() -> Color32 {
    hex(0x080A0E).gamma_multiply(0.45)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_hit_their_ends_and_survive_bad_input() {
        assert_eq!(viridis(0.0), hex(0x440154));
        assert_eq!(viridis(1.0), hex(0xBDDF26));
        assert_eq!(viridis(7.0), viridis(1.0));
        assert_eq!(viridis(f32::NAN), viridis(0.0));
        assert_eq!(cividis(1.0), hex(0xFEE838));
        assert_eq!(piyg(0.0), hex(0xF7F7F7));
        assert_eq!(piyg(-1.0), hex(0x8E0152));
    }

    #[test]
    fn ink_turns_dark_on_the_bright_half() {
        assert_eq!(arrow_ink(viridis(0.0)), hex(0xFFFFFF));
        assert_eq!(arrow_ink(viridis(1.0)), hex(0x0B1016));
    }
}
