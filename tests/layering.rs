//! Reads the sources and holds the house plan: who may use whom, and how long things may be.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Who may use whom below `crate::`. `base` serves everybody.
const TABLE: &[(&str, &[&str])] = &[
    ("base", &[]),
    ("mdp", &[]),
    ("envs", &["mdp"]),
    ("rl", &["mdp"]),
    ("nn", &[]),
    ("search", &["mdp", "rl"]),
    ("models", &["mdp", "rl", "nn"]),
    ("agents", &["mdp", "rl", "nn", "search", "models"]),
    ("probes", &["mdp", "envs", "rl", "nn", "models", "search", "agents"]),
    ("experiment", &["mdp", "envs", "rl", "nn", "search", "models", "agents", "probes"]),
    ("lessons", &["mdp", "envs", "rl", "nn", "search", "models", "agents", "probes", "experiment"]),
    ("film", &[]),
    ("gfx", &[]),
    ("app", &["mdp", "probes", "experiment", "lessons", "film", "gfx"]),
    // `list` names everything there is.
    (
        "cli",
        &[
            "mdp",
            "envs",
            "nn",
            "models",
            "agents",
            "probes",
            "experiment",
            "lessons",
            "film",
            "gfx",
            "app",
        ],
    ),
    ("main", &["cli", "app"]),
    ("lib", &[]),
];

/// Greatest length of a file and of a function.
const FILE: usize = 400;
const FUNCTION: usize = 80;

struct Source {
    /// Path below `src`, with `/`.
    path: String,
    /// First part of the path: `agents`, `main`, ...
    module: String,
    /// Lines without comments, up to the unit tests.
    code: Vec<String>,
    /// All lines, unit tests too.
    lines: usize,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files.sort();
    assert!(files.len() > 40, "{} sources", files.len());
    files.iter().map(|file| read(&root, file)).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            files.push(path);
        }
    }
}

fn read(root: &Path, file: &Path) -> Source {
    let text = fs::read_to_string(file).unwrap();
    let parts: Vec<_> = file.strip_prefix(root).unwrap().iter().collect();
    let parts: Vec<&str> = parts.iter().map(|p| p.to_str().unwrap()).collect();
    let code = text.lines().take_while(|l| l.trim() != "#[cfg(test)]");
    Source {
        path: parts.join("/"),
        module: parts[0].trim_end_matches(".rs").to_owned(),
        code: code.map(without_comment).collect(),
        lines: text.lines().count(),
    }
}

fn without_comment(line: &str) -> String {
    line.split("//").next().unwrap_or("").to_owned()
}

/// Modules named after `crate::` in these lines, groups in braces included.
fn used(code: &[String]) -> Vec<String> {
    let text = code.join("\n");
    let mut names = Vec::new();
    for prefix in ["crate::", "imaginarium::"] {
        for (at, _) in text.match_indices(prefix) {
            let before = text[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$') {
                continue;
            }
            let rest = &text[at + prefix.len()..];
            match rest.strip_prefix('{') {
                Some(group) => names.extend(heads_of_group(group)),
                None => names.push(head(rest)),
            }
        }
    }
    names.retain(|n| !n.is_empty());
    names
}

fn head(path: &str) -> String {
    let word = |c: &char| c.is_alphanumeric() || *c == '_';
    path.chars().take_while(word).collect()
}

/// `a::{b, c}, d}` gives `a` and `d`.
fn heads_of_group(group: &str) -> Vec<String> {
    let (mut depth, mut names, mut start) = (1, Vec::new(), 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 1 => {
                names.push(head(group[start..at].trim()));
                start = at + 1;
            }
            _ => {}
        }
        if depth == 0 {
            names.push(head(group[start..at].trim()));
            break;
        }
    }
    names
}

#[test]
fn the_reader_of_use_lines_can_read() {
    let code = ["use crate::{a::{b, c}, d};", "let x = crate::e::f();", "use $crate::g;"];
    assert_eq!(used(&code.map(str::to_owned)), ["a", "d", "e"]);
    assert_eq!(without_comment("x // crate::y"), "x ");
}

#[test]
fn every_module_keeps_to_its_neighbours() {
    let table: BTreeMap<&str, &[&str]> = TABLE.iter().copied().collect();
    let mut wrong = Vec::new();
    for source in sources() {
        let allowed = table.get(source.module.as_str());
        let allowed = allowed.unwrap_or_else(|| panic!("{} is not in the table", source.path));
        for name in used(&source.code) {
            let macros = ["params", "choice"].contains(&name.as_str());
            let fine = name == "base" || name == source.module || macros;
            if !fine && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{} uses {name}", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Files whose code has one of `words` as a whole word, outside the places that may.
fn mentions(words: &[&str], may: impl Fn(&Source) -> bool) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources().iter().filter(|s| !may(s)) {
        for (index, line) in source.code.iter().enumerate() {
            let mut parts = line.split(|c: char| !(c.is_alphanumeric() || c == '_'));
            if parts.any(|part| words.contains(&part)) {
                found.push(format!("{}:{}: {}", source.path, index + 1, line.trim()));
            }
        }
    }
    found
}

#[test]
fn windows_are_the_business_of_app_and_its_pictures() {
    let words = ["egui", "eframe", "egui_plot", "egui_tiles", "egui_kittest", "winit"];
    let found = mentions(&words, |s| ["app", "gfx"].contains(&s.module.as_str()));
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn devices_are_the_business_of_few() {
    let may =
        |s: &Source| ["app", "gfx"].contains(&s.module.as_str()) || s.path.starts_with("nn/device");
    let found = mentions(&["wgpu"], may);
    assert!(found.is_empty(), "{found:#?}");
    let found = mentions(&["burn"], |s| ["nn", "models", "agents"].contains(&s.module.as_str()));
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn agents_know_nothing_of_what_is_built_on_them() {
    let words = ["experiment", "probes", "panels", "thread", "lessons", "app"];
    let elsewhere = |s: &Source| s.module != "agents";
    let found = mentions(&words, elsewhere);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn all_chance_comes_from_named_streams() {
    let found = mentions(&["rand", "rand_core", "SmallRng", "StdRng"], |s| s.path == "base/rng.rs");
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn files_stay_short() {
    let long = |s: &Source| s.lines > FILE;
    let sources = sources();
    let found: Vec<_> = sources.iter().filter(|s| long(s)).collect();
    let said: Vec<String> =
        found.iter().map(|s| format!("{}: {} lines", s.path, s.lines)).collect();
    assert!(said.is_empty(), "at most {FILE}: {said:#?}");
    assert!(sources.iter().any(|s| s.path == "main.rs" && s.lines < 60));
}

/// `(name, lines)` of every function: from `fn` to the brace that closes its indentation.
fn functions(code: &[String]) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (start, line) in code.iter().enumerate() {
        let trimmed = line.trim_start();
        let words: Vec<&str> = trimmed.split(['(', '<', ' ']).collect();
        let Some(at) = words.iter().position(|w| *w == "fn") else {
            continue;
        };
        let qualifiers = ["pub", "const", "async", "unsafe", "super)", "crate)"];
        if words[..at].iter().any(|w| !qualifiers.contains(w)) {
            continue;
        }
        let body = code[start..].iter().find(|l| l.trim_end().ends_with(['{', ';', '}']));
        if body.is_some_and(|l| l.trim_end().ends_with(';')) {
            continue;
        }
        let close = format!("{}}}", " ".repeat(line.len() - trimmed.len()));
        let end = code[start..].iter().position(|l| *l == close);
        let name = words.get(at + 1).copied().unwrap_or("").to_owned();
        found.extend(end.map(|lines| (name, lines + 1)));
    }
    found
}

#[test]
fn functions_stay_short() {
    let mut said = Vec::new();
    let mut lengths = Vec::new();
    for source in sources() {
        for (name, lines) in functions(&source.code) {
            lengths.push(lines);
            if lines > FUNCTION {
                said.push(format!("{}: fn {name} has {lines} lines", source.path));
            }
        }
    }
    lengths.sort_unstable();
    assert!(lengths.len() > 200, "{} functions found", lengths.len());
    assert!(said.is_empty(), "at most {FUNCTION}: {said:#?}");
    let (median, most) = (lengths[lengths.len() / 2], lengths[lengths.len() * 9 / 10]);
    assert!(median <= 12 && most <= 40, "median {median}, nine of ten at most {most}");
}
