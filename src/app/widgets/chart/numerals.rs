//! How numbers are written on axes and in the tooltip.

use crate::app::widgets::number::grouped;

/// A number as it stands on an axis or in a tooltip: thousands grouped, a true minus sign,
/// at most `digits` significant digits, powers of ten where zeros would run away.
pub fn number(value: f64, digits: usize) -> String {
    if value == 0.0 {
        return "0".into();
    }
    let sign = if value < 0.0 { "\u{2212}" } else { "" };
    let size = value.abs();
    let exponent = (size.log10() + 1e-9).floor() as i32;
    if !(-3..7).contains(&exponent) {
        let mantissa = size / 10_f64.powi(exponent);
        let power = superscript(exponent);
        if (mantissa - 1.0).abs() < 1e-6 {
            return format!("{sign}10{power}");
        }
        return format!("{sign}{}\u{00B7}10{power}", trimmed(mantissa, digits.min(3) - 1));
    }
    let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
    let text = trimmed(size, decimals);
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let dot = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{dot}{fraction}", grouped(whole.parse().unwrap_or(0)))
}

/// A number without the zeros at its end.
fn trimmed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    if !text.contains('.') {
        return text;
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn superscript(exponent: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let shown = exponent.to_string();
    let raised = |digit: char| match digit.to_digit(10) {
        Some(digit) => DIGITS[digit as usize],
        None => '\u{207B}',
    };
    shown.chars().map(raised).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_and_signed() {
        assert_eq!(number(3000.0, 3), "3\u{00A0}000");
        assert_eq!(number(-1234567.0, 3), "\u{2212}1\u{00A0}234\u{00A0}567");
        assert_eq!(number(0.25, 3), "0.25");
        assert_eq!(number(13.94, 3), "13.9");
        assert_eq!(number(1e-4, 3), "10⁻⁴");
        assert_eq!(number(2.5e9, 3), "2.5\u{00B7}10⁹");
        assert_eq!(number(1000.0, 6), "1\u{00A0}000");
    }
}
