//! One definition per parameter: slider, TOML key, `--set` flag, help text and check.

use std::fmt;

/// When a changed value acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// At the next update.
    Live,
    /// The named part starts anew; clocks and curves go on.
    Rebuild,
    /// The experiment starts anew.
    Restart,
}

impl Kind {
    /// One word for lists.
    pub fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Rebuild => "rebuild",
            Self::Restart => "restart",
        }
    }
}

/// What values are allowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Range {
    /// Whole numbers, both ends included.
    Int {
        /// Least value.
        min: f64,
        /// Greatest value.
        max: f64,
        /// Slider moves in equal ratios (zero kept reachable).
        log: bool,
    },
    /// Numbers, both ends included.
    Float {
        /// Least value.
        min: f64,
        /// Greatest value.
        max: f64,
        /// Slider moves in equal ratios.
        log: bool,
    },
    /// One of several named choices; the value is its index.
    Choice(&'static [Choice]),
}

/// One named choice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Choice {
    /// As written in files and flags.
    pub id: &'static str,
    /// As written on the screen.
    pub label: &'static str,
}

/// Everything there is to know about a parameter.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// TOML key and `--set` name.
    pub key: &'static str,
    /// Label of the slider.
    pub label: &'static str,
    /// Symbol or unit after the label, in the notation of the source.
    pub symbol: &'static str,
    /// One sentence.
    pub help: &'static str,
    /// When a change acts.
    pub kind: Kind,
    /// What is allowed.
    pub range: Range,
    /// Default value (index for a choice).
    pub default: f64,
}

/// A value that was refused, in one sentence.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{key} = {value} is not allowed: {allowed}")]
pub struct Refused {
    key: String,
    value: String,
    allowed: String,
}

impl Spec {
    /// The allowed values in words.
    pub fn allowed(&self) -> String {
        match self.range {
            Range::Int { min, max, .. } => format!("a whole number from {min} to {max}"),
            Range::Float { min, max, .. } => format!("a number from {min} to {max}"),
            Range::Choice(all) => {
                let ids: Vec<_> = all.iter().map(|c| c.id).collect();
                format!("one of {}", ids.join(", "))
            }
        }
    }

    /// Accepts or refuses a number. Choices are given by index.
    pub fn check(&self, value: f64) -> Result<f64, Refused> {
        let inside = match self.range {
            Range::Int { min, max, .. } => value.fract() == 0.0 && (min..=max).contains(&value),
            Range::Float { min, max, .. } => (min..=max).contains(&value),
            Range::Choice(all) => value.fract() == 0.0 && (0.0..all.len() as f64).contains(&value),
        };
        inside.then_some(value).ok_or_else(|| self.refuse(value))
    }

    /// A value that is allowed by itself, but not for this reason.
    pub fn refuse_for(&self, value: f64, reason: String) -> Refused {
        Refused { key: self.key.to_owned(), value: self.show(value), allowed: reason }
    }

    /// The same while an experiment runs: only live parameters may change then.
    pub fn check_live(&self, value: f64) -> Result<f64, Refused> {
        let value = self.check(value)?;
        (self.kind == Kind::Live).then_some(value).ok_or_else(|| Refused {
            key: self.key.to_owned(),
            value: self.show(value),
            allowed: format!(
                "it is no live parameter ({}); set it before the start",
                self.kind.word()
            ),
        })
    }

    /// Reads a value as written in a file or flag.
    pub fn parse(&self, text: &str) -> Result<f64, Refused> {
        if let Range::Choice(all) = self.range {
            let index = all.iter().position(|c| c.id == text);
            return index.map(|i| i as f64).ok_or_else(|| self.refuse(text));
        }
        let value: f64 = text.parse().map_err(|_| self.refuse(text))?;
        self.check(value)
    }

    /// Writes a value as [`Self::parse`] reads it.
    pub fn show(&self, value: f64) -> String {
        match self.range {
            Range::Choice(all) => {
                all.get(value as usize).map_or_else(|| value.to_string(), |c| c.id.to_owned())
            }
            Range::Int { .. } | Range::Float { .. } => value.to_string(),
        }
    }

    /// Symbol, or label where the notation has none, and value: `α = 0.1`.
    pub fn written(&self, value: f64) -> String {
        let symbol = self.symbol.split(',').next().unwrap_or_default();
        let name = if symbol.chars().count() == 1 { symbol } else { self.label };
        format!("{name} = {}", self.show(value))
    }

    fn refuse(&self, value: impl fmt::Display) -> Refused {
        Refused { key: self.key.to_owned(), value: value.to_string(), allowed: self.allowed() }
    }
}

/// A configuration whose fields are parameters, in a fixed order.
pub trait Params: Clone + Default {
    /// The definitions, in the order shown.
    fn specs() -> &'static [Spec];
    /// Value of parameter `index`.
    fn get(&self, index: usize) -> f64;
    /// Sets parameter `index` to a value that [`Spec::check`] accepted.
    fn set(&mut self, index: usize, value: f64);
    /// The configuration with these checked values, in the order of the definitions.
    fn of(values: &[f64]) -> Self {
        let mut config = Self::default();
        values.iter().enumerate().for_each(|(index, &value)| config.set(index, value));
        config
    }
    /// Position of `key`.
    fn index(key: &str) -> Option<usize> {
        Self::specs().iter().position(|s| s.key == key)
    }
}

/// A field type that a parameter can have.
pub trait Dial: Copy {
    /// As a number.
    fn to_number(self) -> f64;
    /// From a checked number.
    fn from_number(x: f64) -> Self;
}

impl Dial for f64 {
    fn to_number(self) -> f64 {
        self
    }
    fn from_number(x: f64) -> Self {
        x
    }
}

impl Dial for u32 {
    fn to_number(self) -> f64 {
        f64::from(self)
    }
    fn from_number(x: f64) -> Self {
        x as Self
    }
}

/// Defines a configuration: a struct whose fields are parameters.
///
/// ```
/// imaginarium::params! {
///     /// Dials of a toy.
///     pub struct Toy {
///         /// How big.
///         size: u32 = 3 => { "Size", "cells", Restart, Int { min: 1.0, max: 9.0, log: false } },
///     }
/// }
/// use imaginarium::base::params::Params as _;
/// assert_eq!(Toy::default().size, 3);
/// assert_eq!(Toy::specs()[0].help, "How big.");
/// assert!(Toy::specs()[0].check(10.0).is_err());
/// ```
#[macro_export]
macro_rules! params {
    (
        $(#[doc = $doc:literal])*
        pub struct $name:ident {
            $(
                #[doc = $help:literal]
                $field:ident : $type:ty = $default:expr =>
                    { $label:literal, $symbol:literal, $kind:ident, $($range:tt)+ }
            ),* $(,)?
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $name { $(#[doc = $help] pub $field: $type,)* }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl $crate::base::params::Params for $name {
            fn specs() -> &'static [$crate::base::params::Spec] {
                use $crate::base::params::Spec;
                static SPECS: std::sync::LazyLock<Vec<Spec>> = std::sync::LazyLock::new(|| {
                    let _defaults = $name::default();
                    vec![$(Spec {
                        key: stringify!($field),
                        label: $label,
                        symbol: $symbol,
                        help: $help.trim_ascii(),
                        kind: $crate::base::params::Kind::$kind,
                        range: $crate::base::params::Range::$($range)+,
                        default: $crate::base::params::Dial::to_number(_defaults.$field),
                    },)*]
                });
                &SPECS
            }

            fn get(&self, index: usize) -> f64 {
                let values: &[f64] = &[$($crate::base::params::Dial::to_number(self.$field),)*];
                values[index]
            }

            fn set(&mut self, index: usize, value: f64) {
                let setters: &[fn(&mut Self, f64)] = &[
                    $(|config, x| config.$field = $crate::base::params::Dial::from_number(x),)*
                ];
                setters[index](self, value);
            }
        }
    };
}

/// Defines an enum that serves as a parameter with named choices.
#[macro_export]
macro_rules! choice {
    (
        $(#[doc = $doc:literal])*
        pub enum $name:ident {
            $(#[doc = $help:literal] $variant:ident = $id:literal, $label:literal;)+
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $(#[doc = $help] $variant,)+ }

        impl $name {
            /// All choices in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// Their names.
            pub const CHOICES: &'static [$crate::base::params::Choice] =
                &[$($crate::base::params::Choice { id: $id, label: $label },)+];
        }

        impl $crate::base::params::Dial for $name {
            fn to_number(self) -> f64 {
                self as u8 as f64
            }
            fn from_number(x: f64) -> Self {
                Self::ALL[(x as usize).min(Self::ALL.len() - 1)]
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    choice! {
        /// Two ways.
        pub enum Way {
            /// Left.
            Left = "left", "to the left";
            /// Right.
            Right = "right", "to the right";
        }
    }

    params! {
        /// A toy.
        pub struct Toy {
            /// How many.
            count: u32 = 5 => { "Count", "n", Live, Int { min: 0.0, max: 10.0, log: false } },
            /// How much.
            rate: f64 = 0.5 => { "Rate", "r", Live, Float { min: 0.0, max: 1.0, log: false } },
            /// Which way.
            way: Way = Way::Right => { "Way", "", Restart, Choice(Way::CHOICES) },
        }
    }

    #[test]
    fn get_set_and_defaults_agree() {
        let mut toy = Toy::default();
        for (i, spec) in Toy::specs().iter().enumerate() {
            assert_eq!(toy.get(i), spec.default);
            assert_eq!(spec.parse(&spec.show(spec.default)), Ok(spec.default));
        }
        toy.set(2, 0.0);
        assert_eq!(toy.way, Way::Left);
        assert_eq!(Toy::index("rate"), Some(1));
    }

    #[test]
    fn only_live_parameters_change_while_an_experiment_runs() {
        assert_eq!(Toy::specs()[0].check_live(3.0), Ok(3.0));
        assert!(Toy::specs()[0].check_live(11.0).is_err());
        let said = Toy::specs()[2].check_live(0.0).unwrap_err().to_string();
        let what = "it is no live parameter (restart); set it before the start";
        assert_eq!(said, format!("way = left is not allowed: {what}"));
    }

    #[test]
    fn a_refusal_says_what_and_what_is_allowed() {
        let say = |i: usize, text: &str| Toy::specs()[i].parse(text).unwrap_err().to_string();
        assert_eq!(say(0, "11"), "count = 11 is not allowed: a whole number from 0 to 10");
        assert_eq!(say(0, "2.5"), "count = 2.5 is not allowed: a whole number from 0 to 10");
        assert_eq!(say(1, "NaN"), "rate = NaN is not allowed: a number from 0 to 1");
        assert_eq!(say(2, "up"), "way = up is not allowed: one of left, right");
    }
}
