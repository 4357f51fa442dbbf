//! Run files: all it takes to live an arena again, and fingerprints to prove that it was the same.
//!
//! TOML with a kind, a version and, in the last line, a check sum of everything before it, so that
//! a file that was cut off is never mistaken for a shorter life.

mod events;
mod strokes;

use std::sync::Arc;

use toml::{Table, Value};

use super::arena::Experiment;
use super::clock::{Clock, Counters, Position};
use super::config::{ArenaConfig, ConfigError, letter};
use super::fork::Fork;
use super::read::{Result, clock, only, parse, text};
use super::take::Take;
use super::write::whole;

/// What a run file calls itself.
pub const KIND: &str = "imaginarium-run";
/// The format this program writes and reads.
pub const VERSION: i64 = 1;
/// What the last line begins with.
const SUM: &str = "# check sum ";
/// Largest run file: thousands of lanes and thousands of events.
pub const MOST_BYTES: u64 = 64 << 20;

/// A life that can be lived again.
#[derive(Clone, Debug)]
pub struct RunFile {
    /// Id of the lesson it belongs to; may be empty.
    pub lesson: String,
    /// What a lesson that is not part of the program says, as in its file; else empty.
    pub words: Table,
    /// Configuration, events, place, and what was watched.
    pub take: Take,
    /// The furthest place ever reached.
    pub furthest: Position,
    /// `[runs][lanes]`: fingerprints at the place.
    pub digests: Vec<Vec<u64>>,
}

/// Whether a parsed file says that it is a run file.
pub fn is_run_file(table: &Table) -> bool {
    table.contains_key("kind")
}

impl RunFile {
    /// Writes it.
    pub fn to_text(&self) -> String {
        let take = &self.take;
        let mut table = Table::new();
        table.insert("kind".into(), Value::String(KIND.to_owned()));
        table.insert("version".into(), Value::Integer(VERSION));
        table.insert("program".into(), Value::String(env!("CARGO_PKG_VERSION").to_owned()));
        table.insert("lesson".into(), Value::String(self.lesson.clone()));
        if !self.words.is_empty() {
            table.insert("words".into(), Value::Table(self.words.clone()));
        }
        table.insert("at".into(), place(take.from));
        table.insert("furthest".into(), place(self.furthest));
        table.insert("limit".into(), whole(take.limit));
        table.insert("lane".into(), whole(take.watched as u64));
        table.insert("selected".into(), run_name(take.selected));
        table.insert("axis".into(), Value::String(take.axis.id().to_owned()));
        table.insert("arena".into(), Value::Table(take.config.to_table()));
        let forks = take.config.runs.iter().enumerate();
        let forks = forks.filter_map(|(run, config)| Some(fork_table(run, config.fork?)));
        table.insert("fork".into(), Value::Array(forks.collect()));
        let written = take.events.iter().map(|event| events::to_table(event, &take.config));
        table.insert("event".into(), Value::Array(written.map(Value::Table).collect()));
        let hex = |d: &u64| Value::String(format!("{d:016x}"));
        let digests = self.digests.iter().enumerate();
        let lane = |lanes: &Vec<u64>| Value::Array(lanes.iter().map(hex).collect());
        let digests = digests.map(|(run, lanes)| (letter(run).to_string(), lane(lanes)));
        table.insert("digests".into(), Value::Table(digests.collect()));
        let body = format!("# Imaginarium lives this again from the start.\n{table}");
        let body = body.trim_end();
        format!("{body}\n{SUM}{:016x}\n", sum(body))
    }

    /// Whether somebody did something to it: it is more than its configuration.
    pub fn is_touched(&self) -> bool {
        let take = &self.take;
        !take.events.is_empty() || take.config.runs.iter().any(|run| run.fork.is_some())
    }

    /// The first run of an arena that is not as it was; `None` if all are.
    pub fn differs(&self, e: &Experiment) -> Option<String> {
        let runs = e.runs().iter().zip(&self.digests);
        let found = runs.enumerate().find(|(_, (run, kept))| run.digests() != **kept);
        found.map(|(run, _)| format!("run {}", letter(run)))
    }

    /// Reads it; `place` names it in errors.
    pub fn from_text(place: &str, source: &str) -> Result<Self> {
        let table = parse(place, source)?;
        check_kind(place, &table)?;
        check_sum(place, source)?;
        read(place, &table)
    }
}

/// Refuses what is no run file, or one of a future version.
fn check_kind(place: &str, table: &Table) -> Result<()> {
    let wrong = |what: String| Err(ConfigError::at(place, what));
    match table.get("kind") {
        Some(Value::String(kind)) if kind == KIND => {}
        _ => return wrong(format!("is no run file of Imaginarium (kind = \"{KIND}\")")),
    }
    match table.get("version") {
        Some(Value::Integer(VERSION)) => Ok(()),
        Some(Value::Integer(found)) if *found > VERSION => wrong(format!(
            "is a run file of version {found}, from a later program; this one reads {VERSION}"
        )),
        _ => wrong(format!("has no version that this program knows: {VERSION}")),
    }
}

/// Fingerprint of the text before the last line.
fn sum(body: &str) -> u64 {
    let mut digest = crate::base::digest::Digest::default();
    body.bytes().for_each(|byte| digest.word(u64::from(byte)));
    digest.finish()
}

fn check_sum(place: &str, source: &str) -> Result<()> {
    // Line ends of other systems are no damage.
    let source = source.replace("\r\n", "\n");
    let Some((body, last)) = source.trim_end().rsplit_once('\n') else {
        return Err(ConfigError::at(place, "is damaged: it has one line only"));
    };
    match last.strip_prefix(SUM) {
        None => {
            let what = "is damaged: the check sum of the last line is missing, the end was cut off";
            Err(ConfigError::at(place, what))
        }
        Some(hex) if hex == format!("{:016x}", sum(body)) => Ok(()),
        Some(_) => {
            let what = "is damaged: its check sum does not fit, something in it was changed";
            Err(ConfigError::at(place, what))
        }
    }
}

fn read(place: &str, table: &Table) -> Result<RunFile> {
    let allowed = [
        "kind", "version", "program", "lesson", "at", "furthest", "limit", "lane", "selected",
        "axis", "arena", "fork", "event", "digests", "words",
    ];
    only(place, table, &allowed)?;
    let arena_place = format!("{place}, [arena]");
    let Some(Value::Table(arena)) = table.get("arena") else {
        return Err(ConfigError::at(place, "has no [arena]"));
    };
    let mut config = ArenaConfig::from_table(&arena_place, arena)?;
    read_forks(place, table, &mut config)?;
    let events = events::read(place, table, &config)?;
    let (from, furthest) =
        (position(place, table, "at", &config)?, position(place, table, "furthest", &config)?);
    let axis = text(place, table, "axis")?.unwrap_or_default();
    let file = RunFile {
        lesson: text(place, table, "lesson")?.unwrap_or_default(),
        words: table.get("words").and_then(Value::as_table).cloned().unwrap_or_default(),
        digests: digests(place, table, &config)?,
        furthest,
        take: Take {
            events: events.into(),
            from,
            limit: number(place, table, "limit", i64::MAX as u64)?.max(1),
            watched: number(place, table, "lane", config.lanes as u64 - 1)? as usize,
            selected: run_index(place, table, "selected", &config)?,
            axis: clock(place, &axis)?,
            config: Arc::new(config),
        },
    };
    if file.furthest < file.take.from {
        return Err(ConfigError::at(place, "at lies beyond furthest"));
    }
    Ok(file)
}

fn number(place: &str, table: &Table, key: &str, most: u64) -> Result<u64> {
    let found = table.get(key).and_then(Value::as_integer);
    let found = found.and_then(|n| u64::try_from(n).ok()).filter(|&n| n <= most);
    found.ok_or_else(|| ConfigError::at(place, format!("{key}: a whole number from 0 to {most}")))
}

// ---------------------------------------------------------------- places

fn place(at: Position) -> Value {
    Value::Array([at.count, at.step, at.unit].map(whole).to_vec())
}

fn counters(c: &Counters) -> Value {
    let all = [c.episodes, c.env_steps, c.step, c.unit];
    let work = [c.real_updates, c.imagined_updates, c.imagined_steps];
    Value::Array(all.into_iter().chain(work).map(whole).collect())
}

/// `N` whole numbers under `key`.
fn numbers<const N: usize>(place: &str, table: &Table, key: &str) -> Result<[u64; N]> {
    let array = table.get(key).and_then(Value::as_array);
    let read = |v: &Value| v.as_integer().and_then(|n| u64::try_from(n).ok());
    let all: Option<Vec<u64>> = array.and_then(|a| a.iter().map(read).collect());
    all.and_then(|all| <[u64; N]>::try_from(all).ok())
        .ok_or_else(|| ConfigError::at(place, format!("{key}: {N} whole numbers in brackets")))
}

fn position(place: &str, table: &Table, key: &str, config: &ArenaConfig) -> Result<Position> {
    let [count, step, unit] = numbers(place, table, key)?;
    let at = Position { clock: config.clock, count, step, unit };
    let fits = match config.clock {
        Clock::Episodes => true,
        Clock::EnvSteps => step == 0,
        Clock::Updates | Clock::Imagined => step + unit == 0,
    };
    match fits {
        true => Ok(at),
        false => Err(ConfigError::at(place, format!("{key}: no place on this clock"))),
    }
}

fn read_counters(place: &str, table: &Table) -> Result<Counters> {
    let [episodes, env_steps, step, unit, real_updates, imagined_updates, imagined_steps] =
        numbers(place, table, "counters")?;
    let work = Counters { real_updates, imagined_updates, imagined_steps, ..Counters::default() };
    Ok(Counters { episodes, env_steps, step, unit, ..work })
}

// ---------------------------------------------------------------- runs

fn run_name(run: usize) -> Value {
    Value::String(letter(run).to_string())
}

/// The run whose letter stands under `key`.
fn run_index(place: &str, table: &Table, key: &str, config: &ArenaConfig) -> Result<usize> {
    let name = text(place, table, key)?.unwrap_or_default();
    let found = (0..config.runs.len()).find(|&run| letter(run).to_string() == name);
    found.ok_or_else(|| {
        let last = letter(config.runs.len() - 1);
        ConfigError::at(place, format!("{key} = \"{name}\" is not allowed: a run, A to {last}"))
    })
}

fn fork_table(run: usize, fork: Fork) -> Value {
    let mut table = Table::new();
    table.insert("run".into(), run_name(run));
    table.insert("of".into(), run_name(fork.of));
    table.insert("at".into(), place(fork.at));
    table.insert("counters".into(), counters(&fork.counters));
    Value::Table(table)
}

/// The tables under `key`, with a name for errors.
fn tables<'a>(place: &str, table: &'a Table, key: &str) -> Result<Vec<(String, &'a Table)>> {
    let all = table.get(key).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let named = |(index, value): (usize, &'a Value)| {
        let name = format!("{place}, {key} {}", index + 1);
        match value.as_table() {
            Some(table) => Ok((name, table)),
            None => Err(ConfigError::at(&name, "is no table")),
        }
    };
    all.iter().enumerate().map(named).collect()
}

fn read_forks(place: &str, table: &Table, config: &mut ArenaConfig) -> Result<()> {
    for (place, fork) in tables(place, table, "fork")? {
        only(&place, fork, &["run", "of", "at", "counters"])?;
        let run = run_index(&place, fork, "run", config)?;
        let of = run_index(&place, fork, "of", config)?;
        let (at, counters) = (position(&place, fork, "at", config)?, read_counters(&place, fork)?);
        let same = config.runs[of].info.id == config.runs[run].info.id;
        if of >= run || !same {
            let what = "of: an earlier run of the same agent";
            return Err(ConfigError::at(&place, what));
        }
        config.runs[run].fork = Some(Fork { of, at, counters });
    }
    Ok(())
}

fn digests(place: &str, table: &Table, config: &ArenaConfig) -> Result<Vec<Vec<u64>>> {
    let found = table.get("digests").and_then(Value::as_table);
    let lane = |v: &Value| v.as_str().and_then(|hex| u64::from_str_radix(hex, 16).ok());
    let run = |run: usize| {
        let lanes = found?.get(&letter(run).to_string())?.as_array()?;
        let all: Vec<u64> = lanes.iter().map(lane).collect::<Option<_>>()?;
        (all.len() == config.lanes).then_some(all)
    };
    let all: Option<Vec<_>> = (0..config.runs.len()).map(run).collect();
    all.ok_or_else(|| {
        ConfigError::at(place, "[digests]: one fingerprint for each lane of each run")
    })
}
