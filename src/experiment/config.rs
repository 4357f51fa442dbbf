//! An arena as written in a file: world, runs, clock. Read strictly: an unknown key, a value out
//! of range or a file from the future is one sentence that says what, where and what is allowed.

use toml::{Table, Value};

use super::clock::Clock;
use super::fork::Fork;
pub use super::read::{ConfigError, VERSION, only, parse, switch, text, whole};
use super::read::{Result, check_version, clock, plain, positive, set_one, unknown};
pub use super::world_config::WorldConfig;
use super::world_config::{idle, world_config};
use crate::agents::{AGENTS, AgentInfo, agent};
use crate::envs::any::AnyWorld;

/// Most lanes a run may have.
pub const MAX_LANES: usize = 10_000;
/// Most runs in one arena: one letter each.
pub const MAX_RUNS: usize = 6;

/// Most memory that the tables of all lanes may take.
pub(super) const MAX_GIB: f64 = 8.0;
pub(super) const GIB: f64 = (1_u64 << 30) as f64;
/// About what a lane keeps for each pair of state and action: value, tally, model.
const PAIR_BYTES: f64 = 64.0;

/// One run.
#[derive(Clone, Debug)]
pub struct RunConfig {
    /// Name on the screen and in tables.
    pub name: String,
    /// A few words more.
    pub note: String,
    /// Which agent.
    pub info: &'static AgentInfo,
    /// Values in the order of the agent's parameters.
    pub params: Vec<f64>,
    /// Where it split off from another run, if it did.
    pub fork: Option<Fork>,
    /// A world of its own in place of the arena's.
    pub world: Option<WorldConfig>,
}

impl RunConfig {
    /// An agent with its defaults.
    pub fn new(name: &str, info: &'static AgentInfo) -> Self {
        Self {
            name: name.to_owned(),
            note: String::new(),
            info,
            params: info.params().iter().map(|s| s.default).collect(),
            fork: None,
            world: None,
        }
    }
}

/// An arena.
#[derive(Clone, Debug)]
pub struct ArenaConfig {
    /// Name on the screen.
    pub title: String,
    /// The clock of the lock-step.
    pub clock: Clock,
    /// Ticks of that clock until the arena stops for the first time.
    pub length: u64,
    /// Seeds per run.
    pub lanes: usize,
    /// Seed of lane 0.
    pub seed: u64,
    /// Natural steps a second when it opens; `None` as fast as it goes.
    pub speed: Option<f64>,
    /// Mean steps of an episode that count as "found the way".
    pub threshold: f64,
    /// The world of all runs that have none of their own.
    pub world: WorldConfig,
    /// The runs, at most [`MAX_RUNS`].
    pub runs: Vec<RunConfig>,
}

impl ArenaConfig {
    /// Reads a file. `place` names it in errors.
    pub fn from_toml(place: &str, text: &str) -> Result<Self> {
        let table = parse(place, text)?;
        Self::from_table(place, &table)
    }

    /// Reads a parsed file; a table `[lesson]` is left to the lessons.
    pub fn from_table(place: &str, table: &Table) -> Result<Self> {
        let allowed = [
            "version",
            "title",
            "clock",
            "length",
            "lanes",
            "seed",
            "speed",
            "threshold",
            "world",
            "run",
            "lesson",
        ];
        only(place, table, &allowed)?;
        check_version(place, table)?;
        if let Some(lesson) = table.get("lesson").filter(|v| !v.is_table()) {
            let what = format!("lesson = {lesson} is not allowed: write a [lesson] table");
            return Err(ConfigError::at(place, what));
        }
        let clock = match text(place, table, "clock")? {
            None => Clock::Episodes,
            Some(id) => clock(place, &id)?,
        };
        let speed = match table.get("speed") {
            None => Some(60.0),
            Some(Value::String(s)) if s == "max" => None,
            Some(v) => Some(positive(place, v)?),
        };
        let runs = match table.get("run") {
            Some(Value::Array(runs)) => runs.as_slice(),
            _ => &[],
        };
        if runs.is_empty() || runs.len() > MAX_RUNS {
            let found = runs.len();
            let what = format!("has {found} [[run]] tables, 1 to {MAX_RUNS} are allowed");
            return Err(ConfigError::at(place, what));
        }
        let named: Vec<bool> = runs.iter().map(|run| run.get("name").is_some()).collect();
        let run = |(i, v): (usize, &Value)| run(&format!("{place}, run {}", letter(i)), v);
        let mut runs: Vec<_> = runs.iter().enumerate().map(run).collect::<Result<_>>()?;
        tell_apart(place, &mut runs, &named)?;
        Ok(Self {
            title: text(place, table, "title")?.unwrap_or_else(|| place.to_owned()),
            clock,
            length: whole(place, table, "length", 1, i64::MAX)?.map_or(clock.usual(), |n| n as u64),
            lanes: whole(place, table, "lanes", 1, MAX_LANES as i64)?.unwrap_or(1) as usize,
            seed: whole(place, table, "seed", 0, i64::MAX)?.unwrap_or(0) as u64,
            speed,
            threshold: whole(place, table, "threshold", 1, 1_000_000)?.unwrap_or(20) as f64,
            world: world_config(&format!("{place}, [world]"), table.get("world"))?,
            runs,
        })
    }

    /// Builds the world that all runs share, but those with one of their own.
    pub fn build_world(&self) -> Result<AnyWorld> {
        self.world.build()
    }

    /// The world of run `run`.
    pub fn world_of(&self, run: usize) -> &WorldConfig {
        self.runs.get(run).and_then(|run| run.world.as_ref()).unwrap_or(&self.world)
    }

    /// All worlds that somebody lives in, and in which of them each run does.
    pub fn worlds(&self) -> (Vec<&WorldConfig>, Vec<usize>) {
        let mut worlds: Vec<&WorldConfig> = Vec::new();
        let homes = (0..self.runs.len()).map(|run| {
            let world = self.world_of(run);
            worlds.iter().position(|known| *known == world).unwrap_or_else(|| {
                worlds.push(world);
                worlds.len() - 1
            })
        });
        let homes = homes.collect();
        (worlds, homes)
    }

    /// Whether runs live in different worlds, so that only numbers of one world compare.
    pub fn is_mixed(&self) -> bool {
        let (_, homes) = self.worlds();
        homes.windows(2).any(|pair| pair[0] != pair[1])
    }

    /// Refuses what would not fit into memory: `pairs` of state and action in every lane.
    pub(super) fn check_size(&self, pairs: usize) -> Result<()> {
        let (lanes, runs) = (self.lanes, self.runs.len());
        let gib = (pairs as f64) * PAIR_BYTES * (lanes as f64) * (runs as f64) / GIB;
        if gib <= MAX_GIB {
            return Ok(());
        }
        let what = format!(
            "{runs} runs with {lanes} lanes each need about {gib:.1} GiB for tables of {pairs} \
             values; at most {MAX_GIB} GiB are allowed: take fewer lanes or a smaller world"
        );
        Err(ConfigError(what))
    }

    /// Applies `key=value`: `planning_steps=5` to every run that has this parameter,
    /// `B.planning_steps=5` to run B, `world.slip=0.1` to the world, `B.world.slip=0.1` to that of
    /// run B alone.
    pub fn set(&mut self, assignment: &str) -> Result<()> {
        let Some((key, value)) = assignment.split_once('=') else {
            let what = format!("--set {assignment}: write key=value");
            return Err(ConfigError(what));
        };
        let (key, value) = (key.trim(), value.trim());
        let place = format!("--set {assignment}");
        if let Some(key) = key.strip_prefix("world.") {
            let specs = self.world.info.params();
            return set_one(&place, specs, &mut self.world.params, key, value);
        }
        if let Some((name, key)) = key.split_once('.') {
            let index = self.run_called(&place, name)?;
            if let Some(key) = key.strip_prefix("world.") {
                let Some(world) = &mut self.runs[index].world else {
                    let what = format!("run {name} has no world of its own: write world.{key}");
                    return Err(ConfigError::at(&place, what));
                };
                return set_one(&place, world.info.params(), &mut world.params, key, value);
            }
            if self.world_of(index).ignores(key) {
                return Err(idle(&place, key));
            }
            let run = &mut self.runs[index];
            return set_one(&place, run.info.params(), &mut run.params, key, value);
        }
        let has = |run: &RunConfig| run.info.params().iter().any(|s| s.key == key);
        let with: Vec<usize> = (0..self.runs.len()).filter(|&i| has(&self.runs[i])).collect();
        if with.is_empty() {
            let all = self.runs.iter().flat_map(|r| r.info.params());
            return Err(unknown(&place, "parameter", key, all.map(|s| s.key)));
        }
        // What does nothing in some worlds is for the runs in the others.
        let heard = |&index: &usize| !self.world_of(index).ignores(key);
        let with: Vec<usize> = with.into_iter().filter(heard).collect();
        if with.is_empty() {
            return Err(idle(&place, key));
        }
        for index in with {
            let run = &mut self.runs[index];
            set_one(&place, run.info.params(), &mut run.params, key, value)?;
        }
        Ok(())
    }

    fn run_called(&self, place: &str, name: &str) -> Result<usize> {
        let index = (0..self.runs.len())
            .find(|&i| letter(i).to_string() == name || self.runs[i].name == name);
        match index {
            Some(index) => Ok(index),
            None => {
                let letters: Vec<String> =
                    (0..self.runs.len()).map(|i| letter(i).to_string()).collect();
                let letters = letters.iter().map(String::as_str);
                Err(unknown(place, "run", name, letters))
            }
        }
    }
}

/// Letter of run `index`: A to F.
pub fn letter(index: usize) -> char {
    char::from(b'A' + (index % 26) as u8)
}

/// Names that repeat: an agent's title gets the letter of its run, a given name is refused.
fn tell_apart(place: &str, runs: &mut [RunConfig], named: &[bool]) -> Result<()> {
    for i in 0..runs.len() {
        let taken = |name: &str| {
            // An agent's title also makes way for names given further down.
            let counts = |j: usize| j < i || (named[j] && !named[i]);
            (0..runs.len()).find(|&j| counts(j) && runs[j].name == name)
        };
        let mut name = runs[i].name.clone();
        if !named[i] && taken(&name).is_some() {
            name = format!("{name} {}", letter(i));
        }
        if let Some(other) = taken(&name) {
            let what = format!("name '{name}' belongs to run {} already", letter(other));
            return Err(ConfigError::at(&format!("{place}, run {}", letter(i)), what));
        }
        runs[i].name = name;
    }
    Ok(())
}

fn run(place: &str, value: &Value) -> Result<RunConfig> {
    let Value::Table(table) = value else {
        return Err(ConfigError::at(place, "write runs as [[run]] tables"));
    };
    let ids = || AGENTS.iter().map(|a| a.id);
    let Some(id) = text(place, table, "agent")? else {
        let ids: Vec<_> = ids().collect();
        let what = format!("has no agent; allowed: {}", ids.join(", "));
        return Err(ConfigError::at(place, what));
    };
    let info = agent(&id).ok_or_else(|| unknown(place, "agent", &id, ids()))?;
    let specs = info.params();
    let mut run = RunConfig::new(info.title, info);
    for (key, value) in table.iter().filter(|(k, _)| *k != "agent") {
        match key.as_str() {
            "name" => run.name = text(place, table, "name")?.unwrap_or_default(),
            "note" => run.note = text(place, table, "note")?.unwrap_or_default(),
            "world" => run.world = Some(world_config(&format!("{place}, its world"), Some(value))?),
            key if specs.iter().any(|s| s.key == key) => {
                set_one(place, specs, &mut run.params, key, &plain(value))?;
            }
            key => {
                let allowed = ["agent", "name", "note", "world"].into_iter();
                return Err(unknown(place, "key", key, allowed.chain(specs.iter().map(|s| s.key))));
            }
        }
    }
    Ok(run)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::envs::WORLDS;

    const GOOD: &str = "version = 1\nlanes = 2\n[world]\nid = 'dyna-maze'\nslip = 0.1\n\
                        [[run]]\nagent = 'dyna-q'\nplanning_steps = 7\n";

    fn say(text: &str) -> String {
        ArenaConfig::from_toml("x.toml", text).unwrap_err().to_string()
    }

    #[test]
    fn reads_what_it_should() {
        let arena = ArenaConfig::from_toml("x.toml", GOOD).unwrap();
        assert_eq!(arena.world.params[0], 0.1);
        assert_eq!(arena.runs[0].params[0], 7.0);
        assert_eq!((arena.lanes, arena.length, arena.clock), (2, 50, Clock::Episodes));
        assert_eq!(Clock::EnvSteps.usual(), 20_000, "steps are shorter than episodes");
    }

    #[test]
    fn refusals_say_what_where_and_what_is_allowed() {
        let swap = |a: &str, b: &str| say(&GOOD.replace(a, b));
        assert_eq!(
            swap("version = 1", "version = 9"),
            "x.toml: is a file of version 9; this program reads version 1"
        );
        assert!(swap("version = 1", "").contains("has no version"));
        assert!(say("version = = 1").contains("line 1: not valid TOML"));
        let said = swap("dyna-maze", "moon");
        assert!(said.starts_with("x.toml, [world]: world 'moon' is unknown; allowed: dyna-maze, "));
        assert!(WORLDS.iter().all(|world| said.contains(world.id)), "{said}");
        assert!(
            swap("dyna-q", "magic").contains("run A: agent 'magic' is unknown; allowed: random,")
        );
        assert!(swap("planning_steps", "plan").contains("key 'plan' is unknown; allowed: agent,"));
        assert_eq!(
            swap("planning_steps = 7", "planning_steps = -1"),
            "x.toml, run A: planning_steps = -1 is not allowed: a whole number from 0 to 500"
        );
        assert!(swap("lanes = 2", "lanes = 0").contains("a whole number from 1 to 10000"));
        assert!(swap("slip = 0.1", "wind = ['a']").contains("one a column"));
        assert!(say("version = 1\n[world]\nid='dyna-maze'").contains("has 0 [[run]] tables"));
        assert_eq!(
            say(&GOOD.replace("'dyna-maze'\nslip = 0.1", "'fork'\nmap = 'S.G'")),
            "x.toml, [world]: key 'map' is unknown; allowed: id, left, max_steps"
        );
        let even = GOOD.replace("'dyna-maze'\nslip = 0.1", "'random-walk'\nstates = 4");
        let even = ArenaConfig::from_toml("x.toml", &even).unwrap();
        let said = even.build_world().unwrap_err().to_string();
        assert!(said.starts_with("world random-walk: states = 4 is not allowed: an odd"), "{said}");
    }

    #[test]
    fn set_reaches_runs_and_the_world() {
        let mut arena = ArenaConfig::from_toml("x.toml", GOOD).unwrap();
        arena.set("planning_steps=9").unwrap();
        arena.set("A.alpha=0.5").unwrap();
        arena.set("world.slip=0.2").unwrap();
        assert_eq!(arena.runs[0].params[..2], [9.0, 0.5]);
        assert_eq!(arena.world.params[0], 0.2);
        let say = |arena: &mut ArenaConfig, s: &str| arena.set(s).unwrap_err().to_string();
        assert!(
            say(&mut arena, "n=9").contains("parameter 'n' is unknown; allowed: planning_steps")
        );
        assert!(say(&mut arena, "Z.alpha=9").contains("run 'Z' is unknown; allowed: A"));
        assert!(say(&mut arena, "alpha").contains("write key=value"));
        assert!(say(&mut arena, "alpha=9").contains("a number from 0.001 to 2.5"));
    }
}
