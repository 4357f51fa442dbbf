//! What a length of rail means: linear or logarithmic, whole numbers or decimals.

/// Decimals that a typed number may have where the rail has fewer.
const TYPED: usize = 4;

/// The range of a slider and how values are rounded and written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    pub min: f64,
    pub max: f64,
    pub log: bool,
    /// 0 means whole numbers.
    pub decimals: u8,
}

impl Scale {
    /// Position along the rail, 0 to 1.
    pub fn share(&self, value: f64) -> f64 {
        let (low, high) = (self.bend(self.min), self.bend(self.max));
        if high > low { ((self.bend(value) - low) / (high - low)).clamp(0.0, 1.0) } else { 0.0 }
    }

    /// The tidy value at a position along the rail.
    pub fn value_at(&self, share: f64) -> f64 {
        let (low, high) = (self.bend(self.min), self.bend(self.max));
        self.tidy(self.unbend(low + (high - low) * share.clamp(0.0, 1.0)))
    }

    /// Log scales that start at 0 bend by ln(1 + x), so that "none" keeps a place on the rail.
    fn bend(&self, value: f64) -> f64 {
        match (self.log, self.min > 0.0) {
            (false, _) => value,
            (true, true) => value.max(self.min).ln(),
            (true, false) => value.max(0.0).ln_1p(),
        }
    }

    fn unbend(&self, bent: f64) -> f64 {
        match (self.log, self.min > 0.0) {
            (false, _) => bent,
            (true, true) => bent.exp(),
            (true, false) => bent.exp_m1(),
        }
    }

    /// Rounds to what is written, so that no hidden digits take part in an experiment.
    pub fn tidy(&self, value: f64) -> f64 {
        if value.is_nan() {
            return self.min;
        }
        let rounded = if self.log && self.decimals > 0 && value != 0.0 {
            round_to(value, 1 - value.abs().log10().floor() as i32)
        } else {
            round_to(value, i32::from(self.decimals))
        };
        rounded.clamp(self.min, self.max)
    }

    /// The value `steps` key presses away: a hundredth of the rail, but at least one written unit.
    pub fn stepped(&self, value: f64, steps: i32) -> f64 {
        if steps == 0 {
            return value;
        }
        let moved = self.value_at(self.share(value) + 0.01 * f64::from(steps));
        if self.log && self.decimals > 0 {
            return moved;
        }
        let unit = 10_f64.powi(-i32::from(self.decimals)) * f64::from(steps);
        if (moved - value).abs() < unit.abs() { self.tidy(value + unit) } else { moved }
    }

    /// Decimals that a number is shown with: as many as the rail has, more where it was typed with more,
    /// so that 0.997 is not read as 1.
    fn shown(&self, value: f64) -> usize {
        let own = usize::from(self.decimals);
        let most = if own == 0 { 0 } else { own.max(TYPED) };
        let exact = |&places: &usize| (round_to(value, places as i32) - value).abs() < 1e-9;
        (own..=most).find(exact).unwrap_or(own)
    }

    /// The number as shown, with U+2212 for minus and U+00A0 between thousands.
    pub fn write(&self, value: f64) -> String {
        let decimals = if self.log && self.decimals > 0 && value != 0.0 {
            (1 - value.abs().log10().floor() as i32).clamp(0, 8) as usize
        } else {
            self.shown(value)
        };
        let tiny = self.log && value != 0.0 && value.abs() < 1e-4;
        let plain = if tiny { format!("{value:.0e}") } else { format!("{value:.decimals$}") };
        let (whole, rest) = plain.split_at(plain.find('.').unwrap_or(plain.len()));
        let digits = whole.trim_start_matches('-');
        let sign = if whole.starts_with('-') { "\u{2212}" } else { "" };
        let whole = digits
            .parse()
            .map_or_else(|_| digits.replace('-', "\u{2212}"), super::super::number::grouped);
        format!("{sign}{whole}{rest}")
    }

    /// Reads what a person typed: comma or point, spaces and either minus are fine.
    pub fn read(&self, typed: &str) -> Option<f64> {
        let plain: String = typed
            .chars()
            .filter(|c| !c.is_whitespace())
            .map(|c| match c {
                ',' => '.',
                '\u{2212}' => '-',
                other => other,
            })
            .collect();
        let value: f64 = plain.parse().ok()?;
        let typed = || match self.log || self.decimals == 0 {
            true => self.tidy(value),
            false => round_to(value, i32::from(self.decimals).max(TYPED as i32)),
        };
        value.is_finite().then(|| typed().clamp(self.min, self.max))
    }
}

/// Rounds to a number of decimals, which may be negative.
fn round_to(value: f64, decimals: i32) -> f64 {
    let places = usize::try_from(decimals.max(0)).unwrap_or(0);
    if decimals < 0 {
        let unit = 10_f64.powi(-decimals);
        return (value / unit).round() * unit;
    }
    // Through text, so that 0.1 stays 0.1 and not 0.1 plus a rounding error.
    format!("{value:.places$}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINEAR: Scale = Scale { min: 0.0, max: 1.0, log: false, decimals: 2 };
    const STEPS: Scale = Scale { min: 0.0, max: 1000.0, log: true, decimals: 0 };
    const RATE: Scale = Scale { min: 1e-5, max: 1.0, log: true, decimals: 4 };

    #[test]
    fn positions_and_values_invert_each_other() {
        for (scale, value) in [(LINEAR, 0.37), (STEPS, 50.0), (RATE, 0.0003)] {
            assert_eq!(scale.value_at(scale.share(value)), value);
        }
        assert_eq!(STEPS.value_at(0.0), 0.0);
        assert_eq!(RATE.value_at(1.0), 1.0);
    }

    #[test]
    fn a_key_press_always_moves() {
        assert_eq!(STEPS.stepped(0.0, 1), 1.0);
        assert_eq!(STEPS.stepped(1.0, -1), 0.0);
        assert_eq!(LINEAR.stepped(0.5, 1), 0.51);
        assert_eq!(LINEAR.stepped(1.0, 1), 1.0);
        assert!(RATE.stepped(0.0003, 1) > 0.0003);
    }

    #[test]
    fn numbers_are_written_and_read_back() {
        assert_eq!(LINEAR.write(0.1), "0.10");
        assert_eq!((LINEAR.read("0.997"), LINEAR.write(0.997)), (Some(0.997), "0.997".to_owned()));
        assert_eq!(LINEAR.write(1.0 / 3.0), "0.33", "nobody typed that");
        assert_eq!((LINEAR.tidy(0.997), STEPS.read("7.4")), (1.0, Some(7.0)));
        assert_eq!(STEPS.write(1000.0), "1\u{a0}000");
        assert_eq!(RATE.write(0.0003), "0.00030");
        assert_eq!(STEPS.read("1\u{a0}000"), Some(1000.0));
        assert_eq!(LINEAR.read("0,25"), Some(0.25));
        assert_eq!(LINEAR.read("7"), Some(1.0));
        assert_eq!(LINEAR.read("inf"), None);
        assert_eq!(LINEAR.read("a third"), None);
    }
}
