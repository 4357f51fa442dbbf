//! How a lesson lays out the bench of landscapes: `[lesson.landscape]`.

use toml::{Table, Value};

use crate::experiment::config::{ConfigError, only, switch, text};
use crate::rl::landscape::race::Optimiser;

/// Where the value comes from that landscapes stand on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ValueFrom {
    /// Value iteration on the true world.
    #[default]
    Best,
    /// What the selected run thinks now.
    Critic,
    /// What it thought before.
    Earlier,
    /// The toy with a closed form.
    Bumps,
}

impl ValueFrom {
    /// All, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Best, Self::Critic, Self::Earlier, Self::Bumps];

    /// Name in files and at the control.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Best => "best",
            Self::Critic => "critic",
            Self::Earlier => "kept",
            Self::Bumps => "toy",
        }
    }
}

/// Greatest and least step size of a ball.
pub const RATES: (f64, f64) = (1e-5, 1.0);

/// The bench as it is at first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bench {
    /// The observed next state.
    pub cross: Option<[f64; 2]>,
    /// The prediction that rolls.
    pub start: Option<[f64; 2]>,
    /// Whose value.
    pub value: ValueFrom,
    /// Only the surroundings of the cross are shown.
    pub near: bool,
    /// The unbounded form of VaGraM in place of the bounded one.
    pub unbounded: bool,
    /// How balls roll, and with which step size.
    pub optimiser: Option<Optimiser>,
    /// The step size.
    pub rate: Option<f64>,
}

/// Optimisers by name, in the order in which they are offered.
pub const OPTIMISERS: [(Optimiser, &str); 3] =
    [(Optimiser::Descent, "descent"), (Optimiser::Momentum, "momentum"), (Optimiser::Adam, "Adam")];

impl Bench {
    /// Reads the table of that name, if the lesson has one.
    pub(super) fn read(place: &str, lesson: &Table) -> Result<Self, ConfigError> {
        let table = match lesson.get("landscape") {
            None => return Ok(Self::default()),
            Some(Value::Table(table)) => table,
            Some(_) => return Err(ConfigError::at(place, "landscape is not allowed: a table")),
        };
        let place = &format!("{place}, landscape");
        let allowed = ["cross", "start", "value", "near", "unbounded", "optimiser", "rate"];
        only(place, table, &allowed)?;
        let values = ValueFrom::ALL.map(|from| (from, from.name()));
        Ok(Self {
            cross: pair(place, table, "cross")?,
            start: pair(place, table, "start")?,
            value: one_of(place, table, "value", &values)?.unwrap_or_default(),
            near: switch(place, table, "near")?,
            unbounded: switch(place, table, "unbounded")?,
            optimiser: one_of(place, table, "optimiser", &OPTIMISERS)?,
            rate: rate(place, table)?,
        })
    }
}

fn number(value: &Value) -> Option<f64> {
    let number = value.as_float().or(value.as_integer().map(|i| i as f64));
    number.filter(|x| x.is_finite())
}

fn pair(place: &str, table: &Table, key: &str) -> Result<Option<[f64; 2]>, ConfigError> {
    let Some(value) = table.get(key) else { return Ok(None) };
    let numbers = value.as_array().map(|all| all.iter().filter_map(number).collect::<Vec<_>>());
    match numbers.as_deref() {
        Some(&[x, y]) => Ok(Some([x, y])),
        _ => {
            let what = format!("{key} = {value} is not allowed: two numbers, e.g. [-0.5, 1.0]");
            Err(ConfigError::at(place, what))
        }
    }
}

fn one_of<T: Copy>(
    place: &str,
    table: &Table,
    key: &str,
    choices: &[(T, &str)],
) -> Result<Option<T>, ConfigError> {
    let Some(name) = text(place, table, key)? else { return Ok(None) };
    let found = choices.iter().find(|(_, choice)| choice.eq_ignore_ascii_case(&name));
    found.map(|(choice, _)| Some(*choice)).ok_or_else(|| {
        let names: Vec<&str> = choices.iter().map(|(_, name)| *name).collect();
        let what = format!("{key} '{name}' is unknown; allowed: {}", names.join(", "));
        ConfigError::at(place, what)
    })
}

fn rate(place: &str, table: &Table) -> Result<Option<f64>, ConfigError> {
    let Some(value) = table.get("rate") else { return Ok(None) };
    let (low, high) = RATES;
    match number(value).filter(|rate| (low..=high).contains(rate)) {
        Some(rate) => Ok(Some(rate)),
        None => {
            let what = format!("rate = {value} is not allowed: a number from {low} to {high}");
            Err(ConfigError::at(place, what))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Bench, String> {
        let table: Table = text.parse().unwrap();
        Bench::read("x.toml, [lesson]", &table).map_err(|e| e.to_string())
    }

    #[test]
    fn a_bench_is_read_as_it_is_written() {
        let bench = read(
            "[landscape]\ncross = [-0.5, 1]\nvalue = 'kept'\noptimiser = 'adam'\nrate = 0.05\n\
             near = true",
        );
        let bench = bench.unwrap();
        assert_eq!((bench.cross, bench.start), (Some([-0.5, 1.0]), None));
        assert_eq!((bench.value, bench.near), (ValueFrom::Earlier, true));
        assert_eq!((bench.optimiser, bench.rate), (Some(Optimiser::Adam), Some(0.05)));
        assert_eq!(read("").unwrap(), Bench::default());
    }

    #[test]
    fn refusals_say_what_where_and_what_is_allowed() {
        let say = |text: &str| read(text).unwrap_err();
        assert!(say("landscape = 1").contains("a table"));
        assert!(say("[landscape]\ncross = [1]").contains("two numbers"));
        assert!(say("[landscape]\ncross = [1, nan]").contains("two numbers"));
        assert!(say("[landscape]\nvalue = 'x'").contains("allowed: best, critic, kept, toy"));
        assert!(say("[landscape]\nrate = 7").contains("from 0.00001 to 1"));
        assert!(say("[landscape]\nratte = 1").contains("ratte"));
    }
}
