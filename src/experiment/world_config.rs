//! A world as it is written in a file: its name, its parameters, its map.

use toml::{Table, Value};

use super::read::{ConfigError, Result, plain, rewards, set_one, text, unknown, wind};
use crate::envs::any::AnyWorld;
use crate::envs::grid::GridSource;
use crate::envs::{WORLDS, World, world};

/// A world with its map and parameter values.
#[derive(Clone, Debug)]
pub struct WorldConfig {
    /// Which world.
    pub info: &'static World,
    /// Map from the file; `None` takes the world's own.
    pub source: Option<GridSource>,
    /// Values in the order of the world's parameters.
    pub params: Vec<f64>,
}

impl PartialEq for WorldConfig {
    fn eq(&self, other: &Self) -> bool {
        (self.info.id, &self.source, &self.params) == (other.info.id, &other.source, &other.params)
    }
}

impl WorldConfig {
    /// Builds it.
    pub fn build(&self) -> Result<AnyWorld> {
        let Self { info, source, params } = self;
        info.build(source.as_ref(), params)
            .map_err(|e| ConfigError::at(&format!("world {}", info.id), e))
    }

    /// Whether a dial of an agent does nothing in it: how a state is coded is no question where
    /// numbers are seen, and nothing but a board can be turned.
    pub fn ignores(&self, key: &str) -> bool {
        match key {
            "features" => !self.info.tells_states(),
            "symmetries" => !self.info.is_board(),
            _ => false,
        }
    }
}

/// Why a dial that does nothing is refused.
pub(super) fn idle(place: &str, key: &str) -> ConfigError {
    let why = match key {
        "symmetries" => "this world is no board that could be turned",
        _ => "this world tells no states, but numbers or pixels",
    };
    ConfigError::at(place, format!("{key} has no effect here: {why}"))
}

/// Keys of a `[world]` that are no parameters: for worlds that change, with a map, without one.
const MAP_KEYS_AND_ID: &[&str] = &["map_after", "id", "map", "rewards", "wind"];

/// Those that `world` reads.
fn special(world: &World) -> &'static [&'static str] {
    let changes = world.params().iter().any(|s| s.key == "switch_step");
    match (world.default_map(), changes) {
        (Some(_), true) => MAP_KEYS_AND_ID,
        (Some(_), false) => &MAP_KEYS_AND_ID[1..],
        (None, _) => &MAP_KEYS_AND_ID[1..2],
    }
}

/// Reads a `[world]`.
pub(super) fn world_config(place: &str, value: Option<&Value>) -> Result<WorldConfig> {
    let Some(Value::Table(table)) = value else {
        return Err(ConfigError::at(place, "missing; write a [world] table with an id"));
    };
    let Some(id) = text(place, table, "id")? else {
        let ids: Vec<_> = WORLDS.iter().map(|w| w.id).collect();
        let what = format!("has no id; allowed: {}", ids.join(", "));
        return Err(ConfigError::at(place, what));
    };
    let ids = WORLDS.iter().map(|w| w.id);
    let info = world(&id).ok_or_else(|| unknown(place, "world", &id, ids))?;
    let specs = info.params();
    let mut params = info.defaults();
    let special = special(info);
    for (key, value) in table.iter().filter(|(k, _)| !special.contains(&k.as_str())) {
        if !specs.iter().any(|s| s.key == key) {
            let allowed = special.iter().copied().chain(specs.iter().map(|s| s.key));
            return Err(unknown(place, "key", key, allowed));
        }
        set_one(place, specs, &mut params, key, &plain(value))?;
    }
    Ok(WorldConfig { info, source: source(place, table, info)?, params })
}

/// Map, letters and wind; `None` if the file has none of them.
fn source(place: &str, table: &Table, info: &World) -> Result<Option<GridSource>> {
    let given = MAP_KEYS_AND_ID.iter().any(|&k| k != "id" && table.contains_key(k));
    let Some(mut source) = info.default_map().filter(|_| given) else {
        return Ok(None);
    };
    if let Some(map) = text(place, table, "map")? {
        source = GridSource::from_text(&map);
    }
    if let Some(after) = text(place, table, "map_after")? {
        source.after = Some(after);
    }
    if let Some(value) = table.get("rewards") {
        source.rewards = rewards(place, value)?;
    }
    if let Some(value) = table.get("wind") {
        source.wind = wind(place, value)?;
    }
    Ok(Some(source))
}

#[cfg(test)]
mod tests {
    use crate::experiment::config::ArenaConfig;

    #[test]
    fn a_dial_that_does_nothing_in_a_world_is_refused() {
        let source = "version = 1\n[world]\nid = 'cart-pole'\n\
                      [[run]]\nagent = 'deep-dyna-q'\n[[run]]\nagent = 'muzero'\n";
        let mut arena = ArenaConfig::from_toml("x.toml", source).unwrap();
        let want = "has no effect here: this world tells no states, but numbers or pixels";
        for assignment in ["features=one-hot", "A.features=one-hot"] {
            let said = arena.set(assignment).unwrap_err().to_string();
            assert_eq!(said, format!("--set {assignment}: features {want}"));
        }
        let said = arena.set("symmetries=off").unwrap_err().to_string();
        assert!(said.ends_with("has no effect here: this world is no board that could be turned"));
        let board = source.replace("cart-pole", "tic-tac-toe").replace("deep-dyna-q", "random");
        ArenaConfig::from_toml("x.toml", &board).unwrap().set("symmetries=off").unwrap();
        // Where one run lives among listed states it is for that run alone.
        let mixed = format!("{source}world = {{ id = 'dyna-maze' }}\n");
        let mut arena = ArenaConfig::from_toml("x.toml", &mixed).unwrap();
        let before = arena.runs[0].params.clone();
        arena.set("features=one-hot").unwrap();
        assert_eq!(arena.runs[0].params, before);
        let index = arena.runs[1].info.params().iter().position(|s| s.key == "features").unwrap();
        assert_ne!(arena.runs[1].params[index], arena.runs[1].info.params()[index].default);
        arena.set("B.features=place").unwrap();
        assert!(arena.set("A.features=place").is_err());
    }
}
