//! An arena as a file: what [`ArenaConfig::from_table`] reads.

use toml::{Table, Value};

use super::config::{ArenaConfig, RunConfig, VERSION, WorldConfig};
use crate::base::params::{Range, Spec};
use crate::envs::grid::GridSource;

impl ArenaConfig {
    /// Everything, defaults included, so that later versions with other defaults read the same.
    pub fn to_table(&self) -> Table {
        let mut table = Table::new();
        table.insert("version".into(), Value::Integer(VERSION));
        table.insert("title".into(), Value::String(self.title.clone()));
        table.insert("clock".into(), Value::String(self.clock.id().to_owned()));
        table.insert("length".into(), whole(self.length));
        table.insert("lanes".into(), whole(self.lanes as u64));
        table.insert("seed".into(), whole(self.seed));
        let speed = self.speed.map_or(Value::String("max".to_owned()), Value::Float);
        table.insert("speed".into(), speed);
        table.insert("threshold".into(), Value::Integer(self.threshold as i64));
        table.insert("world".into(), Value::Table(world(&self.world)));
        let runs = self.runs.iter().map(|config| Value::Table(run(config))).collect();
        table.insert("run".into(), Value::Array(runs));
        table
    }
}

/// Numbers beyond what TOML can hold come from nowhere in this program.
pub(super) fn whole(n: u64) -> Value {
    Value::Integer(i64::try_from(n).unwrap_or(i64::MAX))
}

/// A parameter's value as its definition reads it.
pub(super) fn param(spec: &Spec, value: f64) -> Value {
    match spec.range {
        Range::Choice(_) => Value::String(spec.show(value)),
        Range::Int { .. } => Value::Integer(value as i64),
        Range::Float { .. } => Value::Float(value),
    }
}

fn params<'a>(specs: &'a [Spec], values: &'a [f64]) -> impl Iterator<Item = (String, Value)> + 'a {
    specs.iter().zip(values).map(|(spec, &value)| (spec.key.to_owned(), param(spec, value)))
}

fn run(config: &RunConfig) -> Table {
    let mut table: Table = params(config.info.params(), &config.params).collect();
    table.insert("agent".into(), Value::String(config.info.id.to_owned()));
    table.insert("name".into(), Value::String(config.name.clone()));
    table.insert("note".into(), Value::String(config.note.clone()));
    let own = config.world.as_ref().map(|own| ("world".to_owned(), Value::Table(world(own))));
    table.extend(own);
    table
}

fn world(config: &WorldConfig) -> Table {
    let mut table: Table = params(config.info.params(), &config.params).collect();
    table.insert("id".into(), Value::String(config.info.id.to_owned()));
    if let Some(source) = &config.source {
        table.extend(map(source));
    }
    table
}

fn map(source: &GridSource) -> Table {
    let mut table = Table::new();
    table.insert("map".into(), Value::String(source.map.clone()));
    if let Some(after) = &source.after {
        table.insert("map_after".into(), Value::String(after.clone()));
    }
    let letters = source.rewards.iter().map(|(k, v)| (k.to_string(), Value::Float(*v)));
    table.insert("rewards".into(), Value::Table(letters.collect()));
    let wind = source.wind.iter().map(|&cells| Value::Integer(i64::from(cells))).collect();
    table.insert("wind".into(), Value::Array(wind));
    table
}
