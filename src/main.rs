//! Parses, hands over, and turns the answer into an exit code.

use std::process::ExitCode;

use clap::Parser as _;
use imaginarium::cli::args::{Cli, Command};
use imaginarium::cli::{self, CliError};

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
        Some(Command::Devices(args)) => cli::devices::devices(args, &mut std::io::stdout().lock()),
        None => cli::laboratory::laboratory(&cli.open),
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
