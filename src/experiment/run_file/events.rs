//! What was done to runs, as tables of a run file.

use toml::{Table, Value};

use super::strokes;
use super::{counters, number, place, position, read_counters, run_index, run_name, tables};
use crate::base::params::Spec;
use crate::experiment::arena::{Change, Event};
use crate::experiment::config::{ArenaConfig, ConfigError};
use crate::experiment::read::{Result, only, plain, text};
use crate::experiment::write::{param as param_value, whole};

/// One event; its keys are those of its kind of change and no others.
pub fn to_table(event: &Event, config: &ArenaConfig) -> Table {
    let mut table = Table::new();
    table.insert("run".into(), run_name(event.run));
    table.insert("at".into(), place(event.position));
    table.insert("counters".into(), counters(&event.counters));
    match &event.change {
        &Change::Param { param, value } => {
            let spec = &config.runs[event.run].info.params()[param];
            table.insert("set".into(), Value::String(spec.key.to_owned()));
            table.insert("to".into(), param_value(spec, value));
        }
        Change::Edit { stroke, undo } => strokes::edit(&mut table, stroke, *undo),
        Change::Lie { cells, undo } => strokes::lie(&mut table, cells, *undo),
        &Change::Dream { units, done } => {
            table.insert("plan".into(), whole(u64::from(units)));
            table.insert("done".into(), whole(u64::from(done)));
        }
    }
    table
}

/// All events, which must be in order.
pub fn read(place: &str, table: &Table, config: &ArenaConfig) -> Result<Vec<Event>> {
    let mut events: Vec<Event> = Vec::new();
    let tables = tables(place, table, "event")?;
    // A large world takes long to be built: once for all strokes.
    let (worlds, homes) = config.worlds();
    let mut cells: Vec<Option<usize>> = vec![None; worlds.len()];
    for (place, table) in tables {
        let run = run_index(&place, table, "run", config)?;
        let home = homes[run];
        let is_drawn = table.contains_key("draw") || table.contains_key("lie");
        if is_drawn && cells[home].is_none() {
            cells[home] = Some(worlds[home].build()?.cells());
        }
        let event = event(&place, table, config, (run, cells[home].unwrap_or(0)))?;
        if events.last().is_some_and(|last| event.position < last.position) {
            return Err(ConfigError::at(&place, "lies before the one above it"));
        }
        events.push(event);
    }
    Ok(events)
}

/// One event of a run in a world of so many states.
fn event(
    place: &str,
    table: &Table,
    config: &ArenaConfig,
    (run, states): (usize, usize),
) -> Result<Event> {
    let common = ["run", "at", "counters"];
    let change = if table.contains_key("set") {
        only(place, table, &[&common[..], &["set", "to"]].concat())?;
        param(place, table, config.runs[run].info.params())?
    } else if table.contains_key("draw") {
        only(place, table, &[&common[..], &["draw", "undo"]].concat())?;
        strokes::read_edit(place, table, states)?
    } else if table.contains_key("lie") {
        only(place, table, &[&common[..], &["lie", "undo"]].concat())?;
        strokes::read_lie(place, table, states)?
    } else {
        only(place, table, &[&common[..], &["plan", "done"]].concat())?;
        let units = |key| number(place, table, key, u64::from(u32::MAX)).map(|n| n as u32);
        Change::Dream { units: units("plan")?, done: units("done")? }
    };
    let counters = read_counters(place, table)?;
    Ok(Event { position: position(place, table, "at", config)?, run, change, counters })
}

fn param(place: &str, table: &Table, specs: &[Spec]) -> Result<Change> {
    let key = text(place, table, "set")?.unwrap_or_default();
    let Some(param) = specs.iter().position(|spec| spec.key == key) else {
        return Err(ConfigError::at(
            place,
            format!("set = \"{key}\": this agent has no such dial"),
        ));
    };
    let to = table.get("to").map(plain).unwrap_or_default();
    let value = specs[param].parse(&to).and_then(|value| specs[param].check_live(value));
    let value = value.map_err(|refused| ConfigError::at(place, refused))?;
    Ok(Change::Param { param, value })
}
