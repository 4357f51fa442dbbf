//! Parses, hands over, and turns the answer into an exit code.

use std::process::ExitCode;

use clap::Parser as _;
use imaginarium::app::window;
use imaginarium::cli::args::{Cli, Command, OpenArgs};
use imaginarium::cli::{self, CliError, open_lesson};

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // Help and the version are no faults.
        Err(asked) if !asked.use_stderr() => asked.exit(),
        Err(fault) => {
            eprintln!("imaginarium: {}", cli::args::one_sentence(&fault));
            return ExitCode::from(2);
        }
    };
    let done = match &cli.command {
        Some(Command::List) => cli::list::list(&mut std::io::stdout().lock()),
        Some(Command::Run(args)) => cli::run::run(args),
        Some(Command::Film(args)) => cli::film::film(args),
        Some(Command::Replay(args)) => cli::replay::replay(args, &mut std::io::stdout().lock()),
        None => laboratory(&cli.open),
    };
    match done {
        // Whoever reads the table may stop when it has seen enough.
        Ok(()) | Err(CliError::Unread) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("imaginarium: {error}");
            ExitCode::from(error.code())
        }
    }
}

/// Opens the window; without a display, says so and runs the lesson headless.
fn laboratory(args: &OpenArgs) -> cli::Result<()> {
    let name = args.lesson.as_deref().unwrap_or(cli::FIRST);
    let lesson = open_lesson(name)?;
    let theme = match &args.theme {
        None => imaginarium::app::theme::Theme::default(),
        Some(name) => window::theme_from_name(name).ok_or_else(|| {
            let allowed = "dark, light, projector-dark, projector-light";
            CliError::Usage(format!("--theme {name}: one of {allowed} is allowed"))
        })?,
    };
    let options = imaginarium::app::lab::Options { lesson, theme, beside: true };
    let size = window::WindowOptions { size: args.size, exit_after: args.exit_after };
    match window::open(options, size) {
        Ok(()) => Ok(()),
        Err(error @ window::WindowError::NoDisplay(_)) => {
            eprintln!("imaginarium: {error}; running {name} without a window instead");
            cli::run::run(&cli::args::RunArgs::lesson(name))
        }
        Err(error) => Err(CliError::Failed(error.to_string())),
    }
}
