//! `replay`: steps the true world, so that other people's code can be held against it.

mod motion;

use std::io::{Read as _, Write};
use std::path::Path;

use super::args::ReplayArgs;
use super::{CliError, Result};
use crate::base::rng::{Stream, StreamName};
use crate::envs::any::{AnyTabular, AnyWorld};
use crate::envs::{WORLDS, world};
use crate::experiment::config::ArenaConfig;
use crate::mdp::scene::{GridScene, Scene, Scenic as _};
use crate::mdp::{Action, Simulator as _, State, Tabular as _};

/// Prints what each action of the file does, as a table.
pub fn replay(args: &ReplayArgs, out: &mut impl Write) -> Result<()> {
    match open(args)? {
        AnyWorld::Tabular(world) => listed(args, world, out),
        AnyWorld::Pendulum(world) => motion::replay(args, world, &text(&args.actions)?, out),
        AnyWorld::Torques(world) => motion::replay(args, world, &text(&args.actions)?, out),
        AnyWorld::Image(world) => listed(args, AnyTabular::Grid(world.grid().clone()), out),
        AnyWorld::Board(world) => motion::replay(args, world, &text(&args.actions)?, out),
        AnyWorld::CartPole(world) => motion::replay(args, world, &text(&args.actions)?, out),
        AnyWorld::Crossing(world) => motion::replay(args, world, &text(&args.actions)?, out),
    }
}

/// Prints `step,row,col,action,reward,next_row,next_col,terminated,truncated` for a world with a
/// map, and names of states in place of rows and columns for any other whose states are listed.
fn listed(args: &ReplayArgs, mut world: AnyTabular, out: &mut impl Write) -> Result<()> {
    let scene = world.scene();
    let start = match &scene {
        Scene::Grid(grid) => cell(&args.state, grid)?,
        _ => named(&args.state, &scene, world.states())?,
    };
    if world.place(start).is_none() {
        let what = match &scene {
            Scene::Grid(_) => "the agent cannot stand in a wall, goal or pit",
            _ => "the task is over there",
        };
        return Err(CliError::Usage(format!("--state {}: {what}", args.state)));
    }
    let actions = read_actions(&args.actions, &scene, world.actions())?;
    let mut dice = Stream::new(args.seed, StreamName::World);
    let mut csv = csv::Writer::from_writer(out);
    let broken = |e: csv::Error| CliError::Failed(format!("stdout: {e}"));
    let place: &[&str] = if is_grid(&scene) { &["row", "col"] } else { &["state"] };
    let next = place.iter().map(|name| format!("next_{name}"));
    let head = ["step"].iter().chain(place).chain(&["action", "reward"]).map(|&s| s.to_owned());
    let end = ["terminated", "truncated"].map(str::to_owned);
    csv.write_record(head.chain(next).chain(end)).map_err(broken)?;
    for (index, &action) in actions.iter().enumerate() {
        let mut row = vec![(index + 1).to_string()];
        row.extend(names(&scene, world.state()));
        let step = world.step(action, &mut dice);
        row.extend([action.to_string(), format!("{:?}", step.reward)]);
        row.extend(names(&scene, step.next));
        row.extend([step.terminated, step.truncated].map(|end| end.to_string()));
        csv.write_record(row).map_err(broken)?;
        let left = actions.len() - index - 1;
        if (step.terminated || step.truncated) && left > 0 {
            eprintln!("note: the episode ended; {left} actions were not used");
            break;
        }
    }
    csv.flush().map_err(|e| CliError::Failed(format!("stdout: {e}")))
}

fn is_grid(scene: &Scene) -> bool {
    matches!(scene, Scene::Grid(_))
}

/// A state as the table writes it: row and column, or its name.
fn names(scene: &Scene, state: State) -> Vec<String> {
    match scene {
        Scene::Grid(grid) => {
            let (row, col) = grid.place(state);
            vec![row.to_string(), col.to_string()]
        }
        _ => vec![scene.state_name(state)],
    }
}

fn open(args: &ReplayArgs) -> Result<AnyWorld> {
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

/// Reads `ROW,COLUMN`.
fn cell(text: &str, grid: &GridScene) -> Result<State> {
    let (rows, cols) = (grid.rows, grid.cols);
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

/// Reads the name of a state.
fn named(text: &str, scene: &Scene, states: usize) -> Result<State> {
    let mut all = 0..states as State;
    all.find(|&s| scene.state_name(s) == text.trim()).ok_or_else(|| {
        let names: Vec<String> = (0..states.min(8) as State).map(|s| scene.state_name(s)).collect();
        let more = if states > names.len() { ", ..." } else { "" };
        CliError::Usage(format!("--state {text}: a state is allowed: {}{more}", names.join(", ")))
    })
}

/// What stands in the file of actions; `-` is what comes in.
fn text(path: &Path) -> Result<String> {
    let broken = |e: std::io::Error| {
        CliError::Failed(format!("--actions {}: cannot be read: {e}", path.display()))
    };
    if path.as_os_str() == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map_err(broken)?;
        return Ok(text);
    }
    std::fs::read_to_string(path).map_err(broken)
}

fn read_actions(path: &Path, scene: &Scene, count: usize) -> Result<Vec<Action>> {
    let (shown, text) = (path.display(), text(path)?);
    let names: Vec<String> = (0..count).map(|a| scene.action_name(a as Action)).collect();
    let words = text.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty());
    words
        .enumerate()
        .map(|(i, word)| {
            let named = names.iter().position(|name| name == word);
            let number = word.parse::<usize>().ok().filter(|&a| a < count);
            named.or(number).map(|a| a as Action).ok_or_else(|| {
                CliError::Usage(format!(
                    "--actions {shown}: action {}, '{word}', is unknown; allowed: {} or 0 to {}",
                    i + 1,
                    names.join(", "),
                    count - 1
                ))
            })
        })
        .collect()
}
