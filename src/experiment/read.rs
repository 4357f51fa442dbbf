//! Reading TOML strictly: an unknown key, a value out of range or a file from the future is one
//! sentence that says what, where and what is allowed.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::clock::Clock;
use crate::base::params::Spec;

/// The file format this program writes and reads.
pub const VERSION: i64 = 1;

/// Why a configuration was refused, in one sentence.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

impl ConfigError {
    pub(crate) fn at(place: &str, what: impl std::fmt::Display) -> Self {
        Self(format!("{place}: {what}"))
    }
}

pub(super) type Result<T> = std::result::Result<T, ConfigError>;

/// Parses TOML text; the error names line and column.
pub fn parse(place: &str, text: &str) -> Result<Table> {
    text.parse::<Table>().map_err(|e| {
        let before = &text[..e.span().map_or(0, |s| s.start.min(text.len()))];
        let line = before.matches('\n').count() + 1;
        let what = e.message().lines().next().unwrap_or("unreadable").to_owned();
        ConfigError::at(place, format!("line {line}: not valid TOML: {what}"))
    })
}

/// Refuses files from the future and files without a version.
pub(super) fn check_version(place: &str, table: &Table) -> Result<()> {
    match table.get("version") {
        Some(Value::Integer(VERSION)) => Ok(()),
        Some(Value::Integer(found)) => {
            let what =
                format!("is a file of version {found}; this program reads version {VERSION}");
            Err(ConfigError::at(place, what))
        }
        Some(other) => {
            let what =
                format!("version = {other} is not allowed: a whole number without quotes, like 1");
            Err(ConfigError::at(place, what))
        }
        None => {
            let what = format!("has no version; write 'version = {VERSION}' at the top");
            Err(ConfigError::at(place, what))
        }
    }
}

/// Refuses keys that nobody reads.
pub fn only(place: &str, table: &Table, allowed: &[&str]) -> Result<()> {
    match table.keys().find(|k| !allowed.contains(&k.as_str())) {
        Some(key) => Err(unknown(place, "key", key, allowed.iter().copied())),
        None => Ok(()),
    }
}

pub(super) fn unknown<'a>(
    place: &str,
    what: &str,
    name: &str,
    allowed: impl Iterator<Item = &'a str>,
) -> ConfigError {
    let mut names: Vec<&str> = Vec::new();
    for name in allowed {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let names = match names.is_empty() {
        true => "none".to_owned(),
        false => names.join(", "),
    };
    ConfigError::at(place, format!("{what} '{name}' is unknown; allowed: {names}"))
}

/// Reads a clock's name.
pub fn clock(place: &str, id: &str) -> Result<Clock> {
    let ids = Clock::ALL.iter().map(|c| c.id());
    Clock::from_id(id).ok_or_else(|| unknown(place, "clock", id, ids))
}

/// Reads an optional text.
pub fn text(place: &str, table: &Table, key: &str) -> Result<Option<String>> {
    match table.get(key) {
        None => Ok(None),
        Some(Value::String(s)) => Ok(Some(s.clone())),
        Some(other) => {
            Err(ConfigError::at(place, format!("{key} = {other} is not allowed: a text in quotes")))
        }
    }
}

/// Reads an optional switch; without the key it is off.
pub fn switch(place: &str, table: &Table, key: &str) -> Result<bool> {
    match table.get(key) {
        None => Ok(false),
        Some(Value::Boolean(on)) => Ok(*on),
        Some(other) => {
            Err(ConfigError::at(place, format!("{key} = {other} is not allowed: true or false")))
        }
    }
}

/// Reads an optional whole number in a range.
pub fn whole(place: &str, table: &Table, key: &str, min: i64, max: i64) -> Result<Option<i64>> {
    match table.get(key) {
        None => Ok(None),
        Some(Value::Integer(i)) if (min..=max).contains(i) => Ok(Some(*i)),
        Some(other) => Err(ConfigError::at(
            place,
            format!("{key} = {other} is not allowed: a whole number from {min} to {max}"),
        )),
    }
}

pub(super) fn positive(place: &str, value: &Value) -> Result<f64> {
    let number = value.as_float().or(value.as_integer().map(|i| i as f64));
    number.filter(|&x| (0.1..=1e9).contains(&x)).ok_or_else(|| {
        let what =
            format!("speed = {value} is not allowed: steps a second, 0.1 to 1e9, or \"max\"");
        ConfigError::at(place, what)
    })
}

/// Rewards of small letters.
pub(super) fn rewards(place: &str, value: &Value) -> Result<BTreeMap<char, f64>> {
    let entry = |(key, value): (&String, &Value)| {
        let mut letters = key.chars();
        let number = value.as_float().or(value.as_integer().map(|i| i as f64));
        match (letters.next(), letters.next(), number) {
            (Some(letter), None, Some(reward)) if letter.is_ascii_lowercase() => {
                Some((letter, reward))
            }
            _ => None,
        }
    };
    let table = value.as_table();
    let read: Option<BTreeMap<_, _>> = table.and_then(|t| t.iter().map(entry).collect());
    read.ok_or_else(|| {
        let what =
            format!("rewards = {value} is not allowed: small letters with numbers, like a = -0.1");
        ConfigError::at(place, what)
    })
}

/// Wind per column.
pub(super) fn wind(place: &str, value: &Value) -> Result<Vec<i8>> {
    let number = |v: &Value| v.as_integer().filter(|i| (-63..=63).contains(i)).map(|i| i as i8);
    let read: Option<Vec<i8>> = value.as_array().and_then(|a| a.iter().map(number).collect());
    read.ok_or_else(|| {
        let what =
            format!("wind = {value} is not allowed: whole numbers from -63 to 63, one a column");
        ConfigError::at(place, what)
    })
}

/// A value as `Spec::parse` reads it: texts without quotes.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

pub(super) fn set_one(
    place: &str,
    specs: &[Spec],
    values: &mut [f64],
    key: &str,
    value: &str,
) -> Result<()> {
    let Some(index) = specs.iter().position(|s| s.key == key) else {
        return Err(unknown(place, "parameter", key, specs.iter().map(|s| s.key)));
    };
    values[index] = specs[index].parse(value).map_err(|e| ConfigError::at(place, e))?;
    Ok(())
}
