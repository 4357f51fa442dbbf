//! What was drawn over worlds and models, as keys of an event of a run file.

use std::sync::Arc;

use toml::{Table, Value};

use crate::experiment::arena::Change;
use crate::experiment::config::ConfigError;
use crate::experiment::read::{Result, switch};
use crate::mdp::State;
use crate::mdp::edit::Stroke;
use crate::mdp::scene::Cell;

/// `draw = [["17 wall", "3 pays 0.5"]]`: one list for each stage of the world.
pub fn edit(table: &mut Table, stroke: &Stroke, undo: bool) {
    let word = |&(state, cell): &(State, Cell)| {
        Value::String(match cell {
            Cell::Reward(reward) => format!("{state} pays {reward}"),
            cell => format!("{state} {}", name(cell)),
        })
    };
    let stage = |cells: &Vec<(State, Cell)>| Value::Array(cells.iter().map(word).collect());
    table.insert("draw".into(), Value::Array(stroke.stages().iter().map(stage).collect()));
    table.insert("undo".into(), Value::Boolean(undo));
}

/// `lie = ["26 pays 0.3"]`.
pub fn lie(table: &mut Table, cells: &[(State, f64)], undo: bool) {
    let word = |(state, extra): &(State, f64)| Value::String(format!("{state} pays {extra}"));
    table.insert("lie".into(), Value::Array(cells.iter().map(word).collect()));
    table.insert("undo".into(), Value::Boolean(undo));
}

/// Reads a stroke over a map of `states` cells.
pub fn read_edit(place: &str, table: &Table, states: usize) -> Result<Change> {
    let stages = table.get("draw").and_then(Value::as_array).ok_or_else(|| wrong(place, "draw"))?;
    let stage = |value: &Value| -> Result<Vec<(State, Cell)>> {
        let words = value.as_array().ok_or_else(|| wrong(place, "draw"))?;
        words.iter().map(|w| drawn(w).ok_or_else(|| wrong(place, "draw"))).collect()
    };
    let stroke = Stroke::of_stages(stages.iter().map(stage).collect::<Result<_>>()?);
    stroke.check(states).map_err(|e| ConfigError::at(place, e))?;
    Ok(Change::Edit { stroke: Arc::new(stroke), undo: switch(place, table, "undo")? })
}

/// Reads an error over a model of `states` states.
pub fn read_lie(place: &str, table: &Table, states: usize) -> Result<Change> {
    let words = table.get("lie").and_then(Value::as_array).ok_or_else(|| wrong(place, "lie"))?;
    let mut cells = Vec::new();
    for word in words {
        match drawn(word) {
            Some((state, Cell::Reward(extra))) => cells.push((state, extra)),
            _ => return Err(wrong(place, "lie")),
        }
    }
    let as_stroke = cells.iter().map(|&(state, extra)| (state, Cell::Reward(extra))).collect();
    Stroke::paint(as_stroke).check(states).map_err(|e| ConfigError::at(place, e))?;
    Ok(Change::Lie { cells: cells.into(), undo: switch(place, table, "undo")? })
}

fn wrong(place: &str, key: &str) -> ConfigError {
    let what =
        format!("{key}: write cells with what they become, like \"17 wall\", \"3 pays 0.5\"");
    ConfigError::at(place, what)
}

fn name(cell: Cell) -> &'static str {
    match cell {
        Cell::Free => "free",
        Cell::Wall => "wall",
        Cell::Start => "start",
        Cell::Goal => "goal",
        Cell::Pit => "pit",
        Cell::Reward(_) => "pays",
    }
}

fn drawn(value: &Value) -> Option<(State, Cell)> {
    let mut words = value.as_str()?.split(' ');
    let state = words.next()?.parse().ok()?;
    let cell = match words.next()? {
        "pays" => Cell::Reward(words.next()?.parse().ok()?),
        word => {
            let kinds = [Cell::Free, Cell::Wall, Cell::Start, Cell::Goal, Cell::Pit];
            kinds.into_iter().find(|&kind| name(kind) == word)?
        }
    };
    words.next().is_none().then_some((state, cell))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_drawn_is_read_again_to_the_last_bit() {
        let cells = vec![(17, Cell::Wall), (3, Cell::Reward(0.1 + 0.2)), (5, Cell::Start)];
        let stroke = Stroke::of_stages(vec![cells, vec![(17, Cell::Free)]]);
        let mut table = Table::new();
        edit(&mut table, &stroke, true);
        let again = read_edit("x", &table, 54).unwrap();
        assert_eq!(again, Change::Edit { stroke: Arc::new(stroke), undo: true });
        let mut table = Table::new();
        lie(&mut table, &[(2, -0.7)], false);
        let again = read_lie("x", &table, 54).unwrap();
        assert_eq!(again, Change::Lie { cells: [(2, -0.7)].into(), undo: false });
    }

    #[test]
    fn what_was_never_drawn_is_refused() {
        let say = |text: &str| {
            let table = text.parse().unwrap();
            read_edit("x", &table, 54).unwrap_err().to_string()
        };
        assert!(say("draw = [['54 wall']]").contains("x: cell 54 is not on the map"));
        assert!(say("draw = [['4 moat']]").contains("x: draw: write cells"));
        assert!(say("draw = [['4 pays']]").contains("x: draw: write cells"));
        assert!(say("draw = [['4 pays nan']]").contains("finite numbers"));
        assert!(say("draw = 4").contains("x: draw: write cells"));
        let table = "lie = ['4 wall']".parse().unwrap();
        assert!(read_lie("x", &table, 54).is_err());
    }
}
