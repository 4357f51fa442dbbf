//! `replay`: steps the true world, so that other people's code can be held against it.

use std::io::{Read as _, Write};
use std::path::Path;

use super::args::ReplayArgs;
use super::{CliError, Result};
use crate::base::rng::{Stream, StreamName};
use crate::envs::grid::Grid;
use crate::envs::{WORLDS, world};
use crate::experiment::config::ArenaConfig;
use crate::mdp::scene::GRID_ACTIONS;
use crate::mdp::{Action, Simulator as _, State};

/// Prints `step,row,col,action,reward,next_row,next_col,terminated,truncated`.
pub fn replay(args: &ReplayArgs, out: &mut impl Write) -> Result<()> {
    let mut grid = open(args)?;
    let scene = grid.grid_scene().clone();
    let start = state(&args.state, scene.rows, scene.cols)?;
    if grid.place(start).is_none() {
        let what = format!("--state {}: the agent cannot stand in a wall, goal or pit", args.state);
        return Err(CliError::Usage(what));
    }
    let actions = read_actions(&args.actions)?;
    let mut dice = Stream::new(args.seed, StreamName::World);
    let mut csv = csv::Writer::from_writer(out);
    let broken = |e: csv::Error| CliError::Failed(format!("stdout: {e}"));
    csv.write_record([
        "step",
        "row",
        "col",
        "action",
        "reward",
        "next_row",
        "next_col",
        "terminated",
        "truncated",
    ])
    .map_err(broken)?;
    for (index, &action) in actions.iter().enumerate() {
        let (row, col) = scene.place(grid.state());
        let step = grid.step(action, &mut dice);
        let (next_row, next_col) = scene.place(step.next);
        csv.serialize((
            index + 1,
            row,
            col,
            action,
            step.reward,
            next_row,
            next_col,
            step.terminated,
            step.truncated,
        ))
        .map_err(broken)?;
        let left = actions.len() - index - 1;
        if (step.terminated || step.truncated) && left > 0 {
            eprintln!("note: the episode ended; {left} actions were not used");
            break;
        }
    }
    csv.flush().map_err(|e| CliError::Failed(format!("stdout: {e}")))
}

fn open(args: &ReplayArgs) -> Result<Grid> {
    let usage = |e: crate::experiment::config::ConfigError| CliError::Usage(e.to_string());
    let mut arena = match Path::new(&args.world).extension() {
        Some(e) if e == "toml" => super::open_lesson(&args.world)?.arena,
        _ => default_arena(&args.world)?,
    };
    for assignment in &args.set {
        arena.set(&format!("world.{assignment}")).map_err(usage)?;
    }
    arena.build_world().map_err(usage)
}

/// An arena around a registered world with its defaults.
fn default_arena(id: &str) -> Result<ArenaConfig> {
    let Some(info) = world(id) else {
        let ids: Vec<_> = WORLDS.iter().map(|w| w.id).collect();
        let what = format!(
            "world '{id}' is unknown; allowed: {}, or a path that ends in .toml",
            ids.join(", ")
        );
        return Err(CliError::Usage(what));
    };
    let text = format!("version = 1\n[world]\nid = \"{}\"\n[[run]]\nagent = \"random\"\n", info.id);
    ArenaConfig::from_toml(id, &text).map_err(|e| CliError::Usage(e.to_string()))
}

fn state(text: &str, rows: usize, cols: usize) -> Result<State> {
    let read = |s: &str, max: usize| s.trim().parse::<usize>().ok().filter(|&x| x < max);
    let place = text.split_once(',').and_then(|(r, c)| Some((read(r, rows)?, read(c, cols)?)));
    place.map(|(row, col)| (row * cols + col) as State).ok_or_else(|| {
        CliError::Usage(format!(
            "--state {text}: ROW,COLUMN is allowed, 0,0 to {},{}",
            rows - 1,
            cols - 1
        ))
    })
}

fn read_actions(path: &Path) -> Result<Vec<Action>> {
    let shown = path.display();
    let broken =
        |e: std::io::Error| CliError::Failed(format!("--actions {shown}: cannot be read: {e}"));
    let text = if path.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(broken)?;
        text
    } else {
        std::fs::read_to_string(path).map_err(broken)?
    };
    let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty());
    words
        .enumerate()
        .map(|(i, word)| {
            let named = GRID_ACTIONS.iter().position(|&name| name == word);
            let number = word.parse::<usize>().ok().filter(|&a| a < GRID_ACTIONS.len());
            named.or(number).map(|a| a as Action).ok_or_else(|| {
                CliError::Usage(format!(
                    "--actions {shown}: action {}, '{word}', is unknown; allowed: {} or 0 to 3",
                    i + 1,
                    GRID_ACTIONS.join(", ")
                ))
            })
        })
        .collect()
}
