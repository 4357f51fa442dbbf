//! Lessons: an arena, notes and questions, one TOML file each, embedded in the program.

pub mod bench;
pub mod layout;
pub mod opening;

use toml::{Table, Value};

use crate::experiment::config::{ArenaConfig, ConfigError, only, parse, switch, text, whole};

/// A lesson.
#[derive(Clone, Debug)]
pub struct Lesson {
    /// Name on the command line.
    pub id: String,
    /// Chapter of the lecture, from 1; 0 for a file that is not part of it.
    pub chapter: usize,
    /// Place within the chapter, from 1.
    pub order: usize,
    /// One sentence.
    pub summary: String,
    /// What the pictures answer.
    pub question: String,
    /// What to ask the room.
    pub ask: String,
    /// The answer to it.
    pub reveal: String,
    /// Speaker notes.
    pub notes: String,
    /// The run that is selected at first: the last one, which does most, or the one it names.
    pub run: usize,
    /// Opens with the tools that draw into the world.
    pub sandbox: bool,
    /// The side column stays in its drawer: the pictures want all the width.
    pub drawer: bool,
    /// How the bench of landscapes is laid out at first.
    pub bench: bench::Bench,
    /// Which panels it shows, and where.
    pub layout: layout::Layout,
    /// World, runs and clock.
    pub arena: ArenaConfig,
    /// All but the arena, as it stands in the file.
    pub words: Table,
}

/// Chapters in lecture order.
pub const CHAPTERS: [&str; 7] = [
    "What is a model",
    "Planning with a model",
    "Local planning",
    "Value equivalence",
    "Value expansion",
    "What to get right",
    "One objective",
];

/// Name of a chapter as the rail shows it.
pub fn chapter_name(chapter: usize) -> &'static str {
    match chapter.checked_sub(1).and_then(|index| CHAPTERS.get(index)) {
        Some(name) => name,
        None => "Your file",
    }
}

/// The files that are part of the program.
const FILES: &[(&str, &str)] = &[
    ("five-agents.toml", include_str!("../../assets/lessons/five-agents.toml")),
    ("ab.toml", include_str!("../../assets/lessons/ab.toml")),
    ("prediction.toml", include_str!("../../assets/lessons/prediction.toml")),
    ("dyna-maze.toml", include_str!("../../assets/lessons/dyna-maze.toml")),
    ("search-tree.toml", include_str!("../../assets/lessons/search-tree.toml")),
    ("look-up.toml", include_str!("../../assets/lessons/look-up.toml")),
    ("chaining.toml", include_str!("../../assets/lessons/chaining.toml")),
    ("linear.toml", include_str!("../../assets/lessons/linear.toml")),
    ("small-error.toml", include_str!("../../assets/lessons/small-error.toml")),
    ("hard-policy.toml", include_str!("../../assets/lessons/hard-policy.toml")),
    ("remedies.toml", include_str!("../../assets/lessons/remedies.toml")),
    ("wall.toml", include_str!("../../assets/lessons/wall.toml")),
    ("three-ways.toml", include_str!("../../assets/lessons/three-ways.toml")),
    ("changing-worlds.toml", include_str!("../../assets/lessons/changing-worlds.toml")),
    ("shortcut.toml", include_str!("../../assets/lessons/shortcut.toml")),
    ("sweeping.toml", include_str!("../../assets/lessons/sweeping.toml")),
    ("replay-or-model.toml", include_str!("../../assets/lessons/replay-or-model.toml")),
    ("sandbox.toml", include_str!("../../assets/lessons/sandbox.toml")),
    ("exploit.toml", include_str!("../../assets/lessons/exploit.toml")),
    ("action-selection.toml", include_str!("../../assets/lessons/action-selection.toml")),
    ("forward-search.toml", include_str!("../../assets/lessons/forward-search.toml")),
    ("simulation-search.toml", include_str!("../../assets/lessons/simulation-search.toml")),
    ("guide-truncate.toml", include_str!("../../assets/lessons/guide-truncate.toml")),
    ("depth-error.toml", include_str!("../../assets/lessons/depth-error.toml")),
    ("closing-loop.toml", include_str!("../../assets/lessons/closing-loop.toml")),
    ("networks.toml", include_str!("../../assets/lessons/networks.toml")),
    ("pole.toml", include_str!("../../assets/lessons/pole.toml")),
    ("self-consistency.toml", include_str!("../../assets/lessons/self-consistency.toml")),
    ("wire-your-own.toml", include_str!("../../assets/lessons/wire-your-own.toml")),
    ("consistent-but-wrong.toml", include_str!("../../assets/lessons/consistent-but-wrong.toml")),
    ("equal-frames.toml", include_str!("../../assets/lessons/equal-frames.toml")),
    ("real-or-imagined.toml", include_str!("../../assets/lessons/real-or-imagined.toml")),
    ("compounding.toml", include_str!("../../assets/lessons/compounding.toml")),
    ("how-far.toml", include_str!("../../assets/lessons/how-far.toml")),
    ("td-k.toml", include_str!("../../assets/lessons/td-k.toml")),
    ("offline-dream.toml", include_str!("../../assets/lessons/offline-dream.toml")),
    ("signal.toml", include_str!("../../assets/lessons/signal.toml")),
    ("value-surface.toml", include_str!("../../assets/lessons/value-surface.toml")),
    ("objective-mismatch.toml", include_str!("../../assets/lessons/objective-mismatch.toml")),
    ("four-models.toml", include_str!("../../assets/lessons/four-models.toml")),
    ("moving-value.toml", include_str!("../../assets/lessons/moving-value.toml")),
    ("moving-critic.toml", include_str!("../../assets/lessons/moving-critic.toml")),
    ("four-learners.toml", include_str!("../../assets/lessons/four-learners.toml")),
    ("distractors.toml", include_str!("../../assets/lessons/distractors.toml")),
    ("landscape.toml", include_str!("../../assets/lessons/landscape.toml")),
    ("vaml-wanders.toml", include_str!("../../assets/lessons/vaml-wanders.toml")),
    ("vaml-explodes.toml", include_str!("../../assets/lessons/vaml-explodes.toml")),
    ("vagram.toml", include_str!("../../assets/lessons/vagram.toml")),
    ("what-we-want.toml", include_str!("../../assets/lessons/what-we-want.toml")),
    ("four-parts.toml", include_str!("../../assets/lessons/four-parts.toml")),
    ("imagines.toml", include_str!("../../assets/lessons/imagines.toml")),
    ("value-equivalent.toml", include_str!("../../assets/lessons/value-equivalent.toml")),
    ("unseen.toml", include_str!("../../assets/lessons/unseen.toml")),
    ("self-consistency-deep.toml", include_str!("../../assets/lessons/self-consistency-deep.toml")),
    ("self-play.toml", include_str!("../../assets/lessons/self-play.toml")),
];

/// The lesson that opens first.
pub const FIRST: &str = "five-agents";

/// The lesson that runs where there is no display: short, and whole as a table.
pub const WITHOUT_WINDOW: &str = "dyna-maze";

impl Lesson {
    /// Reads a lesson or a plain arena file. `place` names it in errors.
    pub fn from_toml(place: &str, source: &str) -> Result<Self, ConfigError> {
        let table = parse(place, source)?;
        let arena = ArenaConfig::from_table(place, &table)?;
        let words = table.get("lesson").and_then(Value::as_table).cloned();
        Self::from_words(place, words.unwrap_or_default(), arena)
    }

    /// A lesson from what it says and the arena that it says it of.
    pub fn from_words(place: &str, lesson: Table, arena: ArenaConfig) -> Result<Self, ConfigError> {
        let place = &format!("{place}, [lesson]");
        let allowed = [
            "id",
            "chapter",
            "order",
            "summary",
            "question",
            "ask",
            "reveal",
            "notes",
            "panels",
            "run",
            "sandbox",
            "drawer",
            "landscape",
        ];
        only(place, &lesson, &allowed)?;
        let words = |key| text(place, &lesson, key).map(Option::unwrap_or_default);
        let number = |key, max| whole(place, &lesson, key, 1, max).map(|n| n.unwrap_or(0) as usize);
        Ok(Self {
            id: words("id")?,
            chapter: number("chapter", CHAPTERS.len() as i64)?,
            order: number("order", 99)?,
            summary: words("summary")?,
            question: words("question")?,
            ask: words("ask")?,
            reveal: words("reveal")?,
            notes: words("notes")?,
            run: selected(place, &lesson, arena.runs.len())?,
            sandbox: switch(place, &lesson, "sandbox")?,
            drawer: switch(place, &lesson, "drawer")?,
            bench: bench::Bench::read(place, &lesson)?,
            layout: layout::Layout::read(place, &lesson, arena.world.info.numbers())?,
            arena,
            words: lesson,
        })
    }
}

/// The run called by its letter in `run`, else the last one of `count`.
fn selected(place: &str, lesson: &Table, count: usize) -> Result<usize, ConfigError> {
    let Some(letter) = text(place, lesson, "run")? else {
        return Ok(count.saturating_sub(1));
    };
    let letters = ('A'..='Z').take(count);
    letters.clone().position(|run| letter == run.to_string()).ok_or_else(|| {
        let allowed: Vec<String> = letters.map(String::from).collect();
        let what = format!("run '{letter}' is unknown; allowed: {}", allowed.join(", "));
        ConfigError::at(place, what)
    })
}

/// All lessons of the program in lecture order.
pub fn all() -> Result<Vec<Lesson>, ConfigError> {
    let read = |(name, text): &(&str, &str)| Lesson::from_toml(name, text);
    let mut lessons: Vec<Lesson> = FILES.iter().map(read).collect::<Result<_, _>>()?;
    lessons.sort_by_key(|lesson| (lesson.chapter, lesson.order));
    Ok(lessons)
}

/// The lesson called `id`, or a sentence with the names that exist.
pub fn find(id: &str) -> Result<Lesson, ConfigError> {
    let lessons = all()?;
    let ids: Vec<String> = lessons.iter().map(|l| l.id.clone()).collect();
    lessons.into_iter().find(|l| l.id == id).ok_or_else(|| {
        ConfigError(format!(
            "lesson '{id}' is unknown; allowed: {}, or a path that ends in .toml",
            ids.join(", ")
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lesson_names_the_run_that_is_selected_at_first() {
        let runs = "[[run]]\nagent = 'dyna-q'\n".repeat(2);
        let read = |words: &str| {
            let world = "[world]\nid = 'dyna-maze'";
            let source = format!("version = 1\n[lesson]\nid = 'x'\n{words}\n{world}\n{runs}");
            Lesson::from_toml("x.toml", &source).map(|l| l.run).map_err(|e| e.to_string())
        };
        assert_eq!(read(""), Ok(1), "the last one");
        assert_eq!(read("run = 'A'"), Ok(0));
        let said = read("run = 'C'").unwrap_err();
        assert!(said.contains("run 'C' is unknown; allowed: A, B"), "{said}");
    }

    #[test]
    fn every_lesson_can_be_read_and_found() {
        let lessons = all().unwrap();
        assert_eq!(lessons.len(), FILES.len());
        let places: std::collections::BTreeSet<_> =
            lessons.iter().map(|l| (l.chapter, l.order)).collect();
        assert_eq!(places.len(), FILES.len(), "no two lessons share a number");
        for lesson in &lessons {
            let (worlds, _) = lesson.arena.worlds();
            worlds.iter().for_each(|world| drop(world.build().unwrap()));
            assert!(!lesson.summary.is_empty() && !lesson.question.is_empty());
            assert!(lesson.question.chars().count() <= 60, "{}", lesson.question);
            assert_eq!(find(&lesson.id).unwrap().id, lesson.id);
        }
        assert!(find(FIRST).is_ok());
        let said = find("nowhere").unwrap_err().to_string();
        assert!(said.contains("'nowhere' is unknown; allowed: five-agents, "));
    }
}
