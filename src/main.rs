//! Parses, hands over, and turns the answer into an exit code.

use std::process::ExitCode;

use clap::Parser as _;
use imaginarium::cli::args::{Cli, Command};
use imaginarium::cli::{self, CliError};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let mut stdout = std::io::stdout().lock();
    let done = match &cli.command {
        Some(Command::List) => cli::list::list(&mut stdout),
        Some(Command::Run(args)) => {
            drop(stdout);
            cli::run::run(args)
        }
        Some(Command::Replay(args)) => cli::replay::replay(args, &mut stdout),
        None => Err(CliError::Failed("no window yet".to_owned())),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("imaginarium: {error}");
            ExitCode::from(error.code())
        }
    }
}
