//! `run`: a lesson or a file without a window.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::args::RunArgs;
use super::columns::Table;
use super::output::Output;
use super::{CliError, Result, as_it_was, open};
use crate::experiment::arena::{Experiment, Run};
use crate::experiment::clock::{Clock, Position};
use crate::experiment::config::{ArenaConfig, MAX_LANES, RunConfig, WorldConfig, letter};
use crate::experiment::run_file::RunFile;
use crate::mdp::Tabular as _;

/// Episodes after which rows are written, run by run and lane by lane; the order of rows in the
/// file depends on it, so it is part of the format.
const CHUNK: u64 = 1_000;
/// The same in ticks of every other clock.
const CHUNK_OF_TICKS: u64 = 32_768;
/// Time between two looks at the progress.
const LOOK: Duration = Duration::from_millis(100);

/// Runs and writes the table.
pub fn run(args: &RunArgs) -> Result<()> {
    let opening = open(&args.lesson)?;
    let past = opening.past.as_deref();
    let mut arena = past.map_or(opening.lesson.arena, |file| ArenaConfig::clone(&file.take.config));
    if let Some(file) = past {
        as_it_was(&args.set, args.seeds, args.seed)?;
        if args.device.is_some() {
            let what = "--device: a run file is lived as it was; change a lesson instead";
            return Err(CliError::Usage(what.to_owned()));
        }
        arena.length = file.take.limit;
    }
    let clock = arena.clock;
    apply(&mut arena, args)?;
    if past.is_some() && arena.clock != clock {
        let what = format!(
            "{}: its runs wait for each other on the clock of {}",
            args.lesson,
            clock.label()
        );
        return Err(CliError::Usage(what));
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let workers = cores.min(arena.lanes * arena.runs.len());
    let usage = |e: crate::experiment::config::ConfigError| CliError::Usage(e.to_string());
    say_about_world(&arena)?;
    let mut experiment = match past {
        Some(file) => file.take.again(arena, workers).map_err(usage)?,
        None => Experiment::new(arena, workers).map_err(usage)?,
    };
    say_devices(&experiment);
    let output = Output::open(args.out.as_deref(), args.force)?;
    let name = output.name();
    let mut table = Table::new(args.out.as_deref(), output)?;
    let bar = progress(&experiment);
    let (clock, end) = (experiment.position().clock, experiment.config().length);
    let mut next = 0;
    while next < end {
        let chunk = if clock == Clock::Episodes { CHUNK } else { CHUNK_OF_TICKS };
        next = end.min(next.saturating_add(chunk));
        let goal = Position::at(clock, next);
        if let Some(file) =
            past.filter(|f| experiment.position() < f.take.from && f.take.from <= goal)
        {
            walk(&mut experiment, file.take.from, (&mut table, &name), &bar)?;
            compare(&experiment, file);
        }
        walk(&mut experiment, goal, (&mut table, &name), &bar)?;
        table.write_new(&name, &experiment)?;
        if experiment.all_stand() {
            break;
        }
    }
    bar.finish_and_clear();
    table.finish(&name)?;
    say_clipping(&experiment);
    report_failures(&experiment)
}

/// Advances to `goal`, with a look at the table and the progress ten times a second.
fn walk(
    experiment: &mut Experiment,
    goal: Position,
    (table, name): (&mut Table, &str),
    bar: &ProgressBar,
) -> Result<()> {
    while !experiment.advance_to(goal, Some(Instant::now() + LOOK)) {
        table.collect(name, experiment)?;
        show(bar, experiment);
    }
    Ok(())
}

/// Says whether the place where a run was kept is the same again.
fn compare(experiment: &Experiment, file: &RunFile) {
    match file.differs(experiment) {
        None => eprintln!("note: relived to the last bit"),
        Some(which) => eprintln!("note: {which} differs from what was kept"),
    }
}

fn apply(arena: &mut ArenaConfig, args: &RunArgs) -> Result<()> {
    change(arena, &args.set, args.seeds, args.seed)?;
    if let Some(device) = &args.device {
        set_device(arena, device)?;
    }
    for (flag, value, clock) in
        [("--episodes", args.episodes, Clock::Episodes), ("--steps", args.steps, Clock::EnvSteps)]
    {
        match value {
            Some(0) => return Err(CliError::Usage(format!("{flag} 0: at least 1 is allowed"))),
            Some(n) => (arena.clock, arena.length) = (clock, n),
            None => {}
        }
    }
    Ok(())
}

/// Parameters, seeds per run, and the first seed.
pub(super) fn change(
    arena: &mut ArenaConfig,
    set: &[String],
    seeds: Option<usize>,
    seed: Option<u64>,
) -> Result<()> {
    for assignment in set {
        arena.set(assignment).map_err(|e| CliError::Usage(e.to_string()))?;
    }
    if let Some(seeds) = seeds {
        if !(1..=MAX_LANES).contains(&seeds) {
            let what = format!("--seeds {seeds}: 1 to {MAX_LANES} are allowed");
            return Err(CliError::Usage(what));
        }
        arena.lanes = seeds;
    }
    arena.seed = seed.unwrap_or(arena.seed);
    Ok(())
}

/// Sets the device of every run with networks.
fn set_device(arena: &mut ArenaConfig, device: &str) -> Result<()> {
    let spec = |run: &RunConfig| run.info.params().iter().position(|s| s.key == "device");
    let mut found = false;
    for run in &mut arena.runs {
        let Some(index) = spec(run) else { continue };
        let value = run.info.params()[index].parse(device);
        run.params[index] = value.map_err(|error| CliError::Usage(format!("--{error}")))?;
        found = true;
    }
    if !found {
        let what = format!("--device {device}: no run here has networks that can be moved");
        return Err(CliError::Usage(what));
    }
    Ok(())
}

/// Says where networks compute.
fn say_devices(experiment: &Experiment) {
    for (index, run) in experiment.runs().iter().enumerate() {
        if let Some(computing) = run.lane_view(0).view.computing {
            let (name, why) = (computing.place.name(), computing.why);
            eprintln!("note: run {} computes on {name}: {why}", letter(index));
        }
    }
}

/// Says which supports are too small for the values of all lanes, and by how much.
fn say_clipping(experiment: &Experiment) {
    let told = |run: &&Run| run.config.info.params().iter().any(|s| s.key == "support");
    for (index, run) in experiment.runs().iter().enumerate().filter(|(_, run)| told(run)) {
        let views =
            (0..experiment.config().lanes).filter_map(|lane| run.lane_view(lane).view.muzero);
        let clipped = views.filter_map(|view| Some((view.support?, view.clipping)));
        let all = clipped.reduce(|(support, a), (_, b)| (support, a.with(b)));
        if let Some(words) = all.and_then(|(support, clipping)| clipping.warning(support)) {
            eprintln!("note: run {}: {words}", letter(index));
        }
    }
}

/// Says what is odd about the world; refuses what could never end.
pub(super) fn say_about_world(arena: &ArenaConfig) -> Result<()> {
    let clock = arena.clock;
    arena.worlds().0.into_iter().try_for_each(|world| say_about(world, clock))
}

fn say_about(config: &WorldConfig, clock: Clock) -> Result<()> {
    let world = config.build().map_err(|e| CliError::Usage(e.to_string()))?;
    let Some(world) = world.tabular() else {
        return Ok(());
    };
    if world.distance(true).is_none() {
        eprintln!("note: no goal can be reached from a start of this world");
    }
    let params = config.info.params().iter().zip(&config.params);
    let limited = params.into_iter().any(|(s, &value)| s.key == "max_steps" && value > 0.0);
    let endless = world.distance(false).is_none() && !limited;
    if endless && clock == Clock::Episodes {
        let what = "no episode of this world can end: neither goal nor pit can be reached and \
                    world.max_steps is 0; set it, or give --steps instead of --episodes";
        return Err(CliError::Usage(what.to_owned()));
    }
    Ok(())
}

/// A bar with time left on stderr; nothing where stderr is no terminal.
fn progress(experiment: &Experiment) -> ProgressBar {
    let config = experiment.config();
    let lanes = (config.lanes * config.runs.len()) as u64;
    let bar = ProgressBar::new(config.length.saturating_mul(lanes));
    let style = ProgressStyle::with_template("{msg} [{bar:40}] {percent} %, {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style.progress_chars("=> "));
    bar.set_message(config.title.clone());
    bar
}

fn show(bar: &ProgressBar, experiment: &Experiment) {
    let clock = experiment.position().clock;
    let lanes = 0..experiment.config().lanes;
    let runs = experiment.runs().iter();
    let done = runs.flat_map(|r| lanes.clone().map(|lane| r.counters(lane).on(clock)));
    bar.set_position(done.sum());
}

fn report_failures(experiment: &Experiment) -> Result<()> {
    let runs = experiment.runs().iter().enumerate();
    let failed: Vec<String> = runs
        .filter_map(|(i, run)| {
            let f = run.failure()?;
            Some(format!("run {}: {}: {}", experiment.run_name(i), f.title, f.text))
        })
        .collect();
    for (index, run) in experiment.runs().iter().enumerate() {
        if run.stands_still() {
            let clock = experiment.position().clock.label();
            let name = experiment.run_name(index);
            eprintln!("note: run {name} stands still on the clock of {clock}");
        }
    }
    match failed.is_empty() {
        true => Ok(()),
        false => Err(CliError::Failed(failed.join("\n"))),
    }
}
